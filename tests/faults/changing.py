"""Exports that are written to, cut or replaced at random moments while they are read: the result of the old bytes, of the new ones, or one
error that says so; never of a mixture."""
import random
import shutil
import subprocess
import time
from collections import Counter

from work import run

ROW = "x999999999,u1000001,s0001,2026-11-10 10:00:00,2026-11-10 10:10:00,recommend,\n"


def append(path):
    """A row more, in the same file."""
    with path.open("a") as file:
        file.write(ROW)


def cut(path):
    """Half of the file."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def overwrite(path):
    """Other bytes in its middle, of the same length."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.readline()
        line = file.readline()
        file.seek(-len(line), 1)
        file.write(line.replace(b"2026-", b"2025-"))


def copy_over(path):
    """Another export over it, as `cp` writes it: cut first, then filled again piece by piece."""
    other = path.read_bytes().replace(b",2026-10-", b",2026-09-")
    with path.open("wb") as file:
        for at in range(0, len(other), 1 << 18):
            file.write(other[at:at + (1 << 18)])
            file.flush()


def replace(path):
    """Another file in its place."""
    other = path.with_name("other")
    other.write_bytes(path.read_bytes() + ROW.encode())
    other.rename(path)


def changing(shop, tally, moments):
    """Changes a file so many times in each way."""
    place = shop.folder / "changing"
    place.mkdir()
    shop.sample("changing/whole", "--sessions 200000 --streamers 6 --weeks 6 --seed 4")
    whole, path = place / "whole/sessions.csv", place / "sessions.csv"
    line = "decompose --orders changing/whole/orders.csv --sessions changing/sessions.csv -q".split()
    chance = random.Random(10)
    for way in (append, cut, overwrite, copy_over, replace):
        shutil.copy(whole, path)
        began = time.monotonic()
        old = run(shop.gmv, line, shop.folder)
        took = time.monotonic() - began
        way(path)
        new = run(shop.gmv, line, shop.folder)
        counts = Counter()
        for _ in range(moments):
            shutil.copy(whole, path)
            process = start(shop, line)
            time.sleep(chance.uniform(0, took))
            way(path)
            out, err = process.communicate(timeout=120)
            err = err.decode()
            if process.returncode == 0:
                ending = "old" if out == old.out else "new" if out == new.out else "mixture"
            else:
                ending = "error" if "while it was read; run again" in err or err == new.err else "other error"
            counts[ending] += 1
            if ending in ("mixture", "other error"):
                tally.wrongly(f"{way.__name__} while read: {ending} {err[:200]}")
        words = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
        tally.row(f"while read: {way.__name__}", moments, words)


def start(shop, line):
    """Starts gmv in the folder of the shop."""
    return subprocess.Popen([str(shop.gmv), *line], cwd=shop.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
