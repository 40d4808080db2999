"""Limits of the system: a full disk, too few file handles, too little memory, a clock that is wrong or jumps."""
import resource
import subprocess
from collections import Counter

from work import Bench, Wrong, limited

PAGE = 4096
ENOUGH = 256 << 20  # bytes with which every case comes to its end


def mount(folder, size, *options):
    """A file system in memory of so many bytes."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", *options, "none", str(folder)], check=True)


def room(bench, folder, size):
    """One run with so many bytes of room in `out` or `tmp`; whether it came to its end."""
    bench.reset()
    place = bench.folder / folder
    first = bench.first if folder == "out" else None
    mount(place, ENOUGH)
    try:
        if first:
            subprocess.run(["cp", "-a", f"{first}/.", str(place)], check=True)
        subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)
        done = bench.run()
        grow = lambda: subprocess.run(["mount", "-o", f"remount,size={ENOUGH}", str(place)], check=True)
        return bench.judge(done, mended=grow)
    finally:
        subprocess.run(["umount", str(place)], check=True)


def full(shop, tally, step, cases):
    """A disk that is full after so many pages more than are taken at first, until a run comes to its end."""
    for case in cases:
        bench = Bench(shop, case)
        folder = "tmp" if case.slow else "out"
        files = [path for path in bench.first.rglob("*") if path.is_file() and not path.is_symlink()]
        taken = sum(-(-path.stat().st_size // PAGE) for path in files) * PAGE if folder == "out" else PAGE
        tried, size, done = 0, max(taken, PAGE), False
        while not done and size < ENOUGH:
            try:
                done = room(bench, folder, size)
            except Wrong as wrong:
                tally.wrongly(f"disk full at {size} bytes: {wrong}")
            tried += 1
            size += step * PAGE
        tally.row(f"disk full ({folder}): {case.name}", tried, f"to {size - step * PAGE} bytes")


def handles(shop, tally, cases):
    """Every limit on open files from 3 up, until a run comes to its end twice."""
    for case in cases:
        bench, counts, count, successes = Bench(shop, case), Counter(), 3, 0
        while successes < 2 and count < 256:
            bench.reset()
            done = bench.run(preexec_fn=limited(resource.RLIMIT_NOFILE, count))
            try:
                if done.code == 127 or "error while loading shared libraries" in done.err:
                    counts["loader"] += 1
                elif bench.judge(done):
                    counts["done"] += 1
                    successes += 1
                else:
                    counts["error"] += 1
            except Wrong as wrong:
                tally.wrongly(f"{count} handles: {wrong}")
            count += 1
        words = ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
        tally.row(f"file handles: {case.name}", count - 3, f"{words}; enough {count - 2}")


def sizes(shop, tally, step, cases):
    """Every limit on the size of a file (`ulimit -f`) in steps of so many bytes, until a run comes to its end."""
    for case in cases:
        bench, counts, size, done = Bench(shop, case), Counter(), 0, False
        while not done and size < ENOUGH:
            bench.reset()
            try:
                done = bench.judge(bench.run(preexec_fn=limited(resource.RLIMIT_FSIZE, size)))
                counts["done" if done else "error"] += 1
            except Wrong as wrong:
                tally.wrongly(f"files of {size} bytes at most: {wrong}")
            size += step
        words = ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
        tally.row(f"size of files: {case.name}", size // step, words)


def memory(shop, tally, step, cases):
    """Every limit on memory (`ulimit -v`) from 8 MiB up in steps of so many KiB, until a run comes to its end three times."""
    for case in cases:
        bench, counts, size, successes, tried = Bench(shop, case), Counter(), 8 << 20, 0, 0
        while successes < 3 and size < 4 << 30:
            bench.reset()
            done = bench.run(preexec_fn=limited(resource.RLIMIT_AS, size))
            try:
                if done.code == 127 or "error while loading shared libraries" in done.err:
                    counts["loader"] += 1
                elif done.code < 0:
                    counts["ended for want of memory"] += 1
                    bench.check("memory" in done.err or not done.err, f"other words: {done.err}")
                    bench.judge(done, killed=True)
                elif bench.judge(done):
                    counts["done"] += 1
                    successes += 1
                else:
                    counts["error"] += 1
            except Wrong as wrong:
                tally.wrongly(f"{size >> 10} KiB: {wrong}")
            size += step << 10
            tried += 1
        words = ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
        tally.row(f"memory: {case.name}", tried, f"{words}; enough {size >> 20} MiB")


CLOCKS = ["@1970-01-01 00:00:01", "@2038-01-19 03:14:06", "@2100-02-28 23:59:59", "-20y", "+50y",
          "@2026-11-16 00:00:00 i-3600", "@2026-11-16 00:00:00 i86400"]


def clock(shop, tally, cases):
    """Clocks that are wrong, and such as jump at each look."""
    for case in cases:
        bench = Bench(shop, case)
        for time in CLOCKS:
            bench.reset()
            try:
                bench.judge(bench.run(prefix=["faketime", "-f", time]))
            except Wrong as wrong:
                tally.wrongly(f"clock {time}: {wrong}")
        tally.row(f"clock: {case.name}", len(CLOCKS), "the same bytes")
