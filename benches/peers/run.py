#!/usr/bin/env python3
"""Runs `gmv decompose` and its peers on the same exports, checks that their answers agree, and prints what each took.

usage: run.py [--sessions N] [--rounds N] [--gmv PATH] [--data DIR] [--only NAMES] [--python PATH] [--json FILE] [--smoke]

Needs the standard library only; the engines are in a virtual environment that is made on the first run, or in that of
--python. First all must agree on edges/, a few rows for each rule that a sample would not tell apart (the rows of an order in
a sample differ in nothing but their status), then on the sample in every round. Every command runs as a whole process, all
in turn in each round (A B C, A B C, ...): a shared machine changes from hour to hour, so only commands of the same round are
compared, and ratios are medians of the ratios of rounds.
"""
import argparse
import csv
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gmv"
ENGINES = {"duckdb": "2.0", "polars": "2.1", "chdb": "4.4"}  # of which the answers and the table in the documentation are
TITLES = {"duckdb": "DuckDB", "polars": "Polars", "chdb": "ClickHouse (chdb)", "python": "Python"}
PLAIN = [f"{engine}_plain" for engine in ENGINES]
SAME_WORK = [f"{engine}_same_work" for engine in ENGINES]
# Money is compared in cents and watch time in seconds, so that every cell is an integer.
PLAIN_CELLS = ["uv", "watch_seconds", "buyers", "orders", "gmv"]
CELLS = ["uv", "uv_private", "watch_seconds", "buyers", "orders", "gmv", "orders_off_live", "gmv_off_live"]
MEASURES = {"cpu": "CPU s", "wall": "wall s", "peak": "peak MiB"}
SHOWN = 5  # differing cells shown of a pair


class Failure(Exception):
    """What went wrong, for the user."""


def main():
    options = parser().parse_args()
    if options.rounds < 1:
        parser().error("--rounds must be at least 1")
    try:
        gmv = find_gmv(options.gmv)
        python = find_engines(options.python)
        versions = versions_of(gmv, python)
        data = make_data(gmv, options.sessions, options.data)
        with tempfile.TemporaryDirectory() as scratch:
            edges = commands_of(gmv, python, HERE / "edges", Path(scratch), options.only)
            for command, _ in edges.values():
                run(command)
            agree(edges)
            commands = commands_of(gmv, python, data, Path(scratch), options.only)
            warm(data)
            rounds = []
            for number in range(1, options.rounds + 1):
                rounds.append({name: measure(name, command, number, options.rounds) for name, (command, _) in commands.items()})
                compared = agree(commands)
    except Failure as failure:
        print(f"run.py: {failure}", file=sys.stderr)
        return 1
    print(f"agreed: {compared or 'nothing to compare'}", file=sys.stderr)
    if options.smoke:
        return 0
    about = {"date": date.today().isoformat(), "machine": machine(), "versions": versions, "data": size(data, options.sessions), "rounds": len(rounds)}
    print(report(about, rounds))
    if options.json:
        Path(options.json).write_text(json.dumps({**about, "runs": rounds, "medians": medians(rounds)}, indent=1) + "\n", encoding="utf-8")
    return 0


def parser():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--sessions", type=int, default=10_000_000, help="sessions of the sample; orders are a tenth (default %(default)s)")
    p.add_argument("--rounds", type=int, default=5, help="rounds in which all run in turn (default %(default)s)")
    p.add_argument("--gmv", help="the binary (default: that of `cargo build --release` here, else the one in PATH)")
    p.add_argument("--data", type=Path, help="where the sample is, or is made and kept (default: a folder of the cache)")
    p.add_argument("--only", default="", help=f"peers beside gmv, with commas: {', '.join(PLAIN + SAME_WORK)}; or plain, same_work")
    p.add_argument("--python", help="a Python that has the engines (default: one is made in the cache)")
    p.add_argument("--json", help="write all measurements to this file too")
    p.add_argument("--smoke", action="store_true", help="only check that all run and agree: a small sample says nothing of times")
    return p


# ------------------------------------------------------------------------------------------------------------- what is needed

def find_gmv(path):
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    found = shutil.which(path or target / "release" / "gmv") or (None if path else shutil.which("gmv"))
    if not found:
        raise Failure(f"no gmv at {path}" if path else "no gmv: run `cargo build --release` first, or say where it is with --gmv")
    return found


def find_engines(python):
    """The Python that has the engines."""
    if python:
        run([python, "-c", f"import {', '.join(ENGINES)}"])
        return python
    python = CACHE / "peers" / "bin" / "python"
    if not (python.exists() and subprocess.run([python, "-c", f"import {', '.join(ENGINES)}"], stderr=subprocess.DEVNULL).returncode == 0):
        print(f"installing {', '.join(ENGINES)} into {CACHE / 'peers'}", file=sys.stderr)
        run([sys.executable, "-m", "venv", CACHE / "peers"])
        run([python, "-m", "pip", "install", "--quiet", *(f"{engine}=={version}.*" for engine, version in ENGINES.items())])
    return str(python)


def versions_of(gmv, python):
    script = f"import {', '.join(ENGINES)}; print({', '.join(f'{engine}.__version__' for engine in ENGINES)})"
    return {"gmv": run([gmv, "--version"]).split()[-1], **dict(zip(ENGINES, run([python, "-c", script]).split())),
            "python": run([python, "-c", "import platform; print(platform.python_version())"]).strip()}


def make_data(gmv, sessions, folder):
    """The folder of the sample; it is made unless it is there, and refused where it is of another size."""
    folder = folder or CACHE / f"sample-{sessions}"
    story = folder / "story.md"
    if not story.exists():
        print(f"making {sessions:,} sessions in {folder}", file=sys.stderr)
        # Under another name until it is whole, so that a run that was stopped leaves nothing that looks like data.
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        run([gmv, "sample", "--sessions", sessions, "--streamers", max(20, sessions // 5000), "--weeks", 8, "--seed", 7, "--out", part, "--quiet"])
        try:
            os.replace(part, folder)
        except OSError as error:
            raise Failure(f"{folder} is there, but is no sample: {error}") from error
    made = re.search(r"^\| sessions \| (\d+) ", story.read_text(encoding="utf-8"), re.MULTILINE)
    if not made or int(made[1]) != sessions:
        raise Failure(f"{folder} holds a sample of {made[1] if made else 'unknown'} sessions, not of {sessions}: give another --data, or that number as --sessions")
    return folder


def commands_of(gmv, python, data, scratch, only):
    """Name: (command, its answer), with gmv first."""
    groups = {"plain": PLAIN, "same_work": SAME_WORK}
    names = [name for word in only.split(",") if word for name in groups.get(word.strip(), [word.strip()])] or PLAIN + SAME_WORK
    if unknown := [name for name in names if name not in PLAIN + SAME_WORK]:
        raise Failure(f"--only: no peer is called {', '.join(unknown)}; there are {', '.join(PLAIN + SAME_WORK)}")
    orders, sessions = data / "orders.csv", data / "sessions.csv"
    answer = scratch / "gmv.csv"
    commands = {"gmv": ([gmv, "decompose", "--orders", orders, "--sessions", sessions, "-o", answer, "--quiet"], answer)}
    for name in names:
        answer = scratch / f"{name}.csv"
        commands[name] = ([python, HERE / f"{name}.py", orders, sessions, answer], answer)
    return commands


def run(command):
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    except OSError as error:
        raise Failure(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


# ----------------------------------------------------------------------------------------------------------------- measuring

def warm(data):
    """Reads the inputs once, so that the first command finds them in the page cache as the others do."""
    for name in ("orders.csv", "sessions.csv"):
        with open(data / name, "rb", buffering=0) as file:
            while file.read(1 << 22):
                pass


def measure(name, command, number, rounds):
    """CPU seconds (user and system, all threads), wall seconds and peak memory in MiB of one whole process."""
    with tempfile.TemporaryFile() as messages:
        begin = time.perf_counter()
        child = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=messages, stderr=messages)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            messages.seek(0)
            raise Failure(f"{name}: exit {child.returncode}\n{messages.read()[-2000:].decode(errors='replace')}")
    # Linux counts in KiB, macOS in bytes. A child's peak is never less than what this process had when it started the child.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    taken = {"cpu": round(usage.ru_utime + usage.ru_stime, 3), "wall": round(wall, 3), "peak": round(usage.ru_maxrss / unit, 1)}
    print(f"round {number}/{rounds}  {name:<18} {taken['cpu']:7.2f} CPU s {taken['wall']:7.2f} wall s {taken['peak']:8.0f} MiB", file=sys.stderr)
    return taken


# ----------------------------------------------------------------------------------------------------------------- agreement

def agree(commands):
    """Same work: every cell is gmv's. Plain: every cell is that of the first plain peer, since it counts other things than gmv.
    Says what was compared."""
    answers = {name: answer for name, (_, answer) in commands.items()}
    pairs = [("gmv", name, CELLS) for name in answers if name in SAME_WORK]
    plain = [name for name in answers if name in PLAIN]
    pairs += [(plain[0], name, PLAIN_CELLS) for name in plain[1:]]
    known = {}
    for expected, found, cells in pairs:
        for name in (expected, found):
            if (name, len(cells)) not in known:
                known[name, len(cells)] = read(answers[name], cells)
        compare(expected, known[expected, len(cells)], found, known[found, len(cells)], cells)
    return ", ".join(f"{found} with {expected} ({len(known[found, len(cells)]) * len(cells):,} cells)" for expected, found, cells in pairs)


def read(path, cells):
    """(period, streamer): cells as integers."""
    table = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            # gmv has a word for orders without a streamer, the engines leave the cell blank
            key = row["period"], row["streamer_id"].replace("(none)", "")
            if key in table:
                raise Failure(f"{path.stem}: two rows of {' '.join(key)}")
            table[key] = tuple(integer(row, cell, path) for cell in cells)
    if not table:
        raise Failure(f"{path.stem}: no rows")
    return table


def integer(row, cell, path):
    if cell == "watch_seconds" and cell not in row:
        # gmv writes hours with all digits: the whole seconds that give exactly these
        hours = float(row["watch_hours"])
        seconds = round(hours * 3600)
        if seconds / 3600 != hours:
            raise Failure(f"{path.stem}: {row['watch_hours']} hours are no whole seconds")
        return seconds
    value = Decimal(row[cell]) * (100 if cell.startswith("gmv") else 1)
    if value != int(value):
        raise Failure(f"{path.stem}: {cell} of {row['period']} {row['streamer_id']} is {row[cell]}")
    return int(value)


def compare(expected_name, expected, found_name, found, cells):
    differences = []
    for key in sorted(expected.keys() | found.keys()):
        one, two = expected.get(key), found.get(key)
        if one is None or two is None:
            differences.append((key, "row", "there" if one else "missing", "there" if two else "missing"))
        else:
            differences += [(key, cell, a, b) for cell, a, b in zip(cells, one, two) if a != b]
    if differences:
        shown = "\n".join(f"  {period} {streamer or '(none)'} {cell}: {expected_name} {a}, {found_name} {b}" for (period, streamer), cell, a, b in differences[:SHOWN])
        raise Failure(f"{found_name} does not agree with {expected_name}, in {len(differences)} cells, of which the first are (seconds and cents)\n{shown}")


# -------------------------------------------------------------------------------------------------------------------- report

def medians(rounds):
    """Of each command and measure: median, least and most, and the median of its ratios to gmv in the same round."""
    found = {}
    for name in rounds[0]:
        found[name] = {}
        for measured in MEASURES:
            values = [taken[name][measured] for taken in rounds]
            ratio = statistics.median(taken[name][measured] / taken["gmv"][measured] for taken in rounds)
            found[name][measured] = {"median": statistics.median(values), "min": min(values), "max": max(values), "ratio": round(ratio, 2)}
    return found


def report(about, rounds):
    """Markdown: the table, and under it all that one must know to repeat it."""
    heads = [*MEASURES.values(), *(f"{head.split()[0]}, gmv = 1" for head in MEASURES.values())]
    lines = ["| | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
    for name, values in medians(rounds).items():
        digits = {"cpu": ".1f", "wall": ".1f", "peak": ",.0f"} if values["cpu"]["median"] >= 1 else {"cpu": ".2f", "wall": ".2f", "peak": ",.0f"}
        cells = [f"{v['median']:{digits[m]}} ({v['min']:{digits[m]}}–{v['max']:{digits[m]}})" for m, v in values.items()]
        cells += [f"{v['ratio']:.2f}" for v in values.values()]
        lines.append(f"| {title(name)} | " + " | ".join(cells) + " |")
    versions = ", ".join(f"{TITLES.get(name, name)} {version}" for name, version in about["versions"].items())
    lines += ["", f"{about['date']}; {about['data']}; medians of {about['rounds']} rounds (least–most), ratios by round. {versions}. {about['machine']}."]
    return "\n".join(lines)


def title(name):
    engine, _, work = name.partition("_")
    return f"{TITLES[engine]}, {'plain' if work == 'plain' else 'the same work'}" if work else name


def size(data, sessions):
    return f"{sessions:,} sessions, {sum((data / name).stat().st_size for name in ('orders.csv', 'sessions.csv')) / 1e6:,.0f} MB of CSV"


def machine():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processor, memory = platform.processor() or platform.machine(), ""
    if sys.platform == "linux":
        cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        if model := re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE):
            processor = model[1]
        kib = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(encoding="utf-8"))[1]
        memory = f", {int(kib) / (1 << 20):.0f} GiB"
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{processor}, {cores} cores{memory}, {platform.system()} {kernel}"


if __name__ == "__main__":
    sys.exit(main())
