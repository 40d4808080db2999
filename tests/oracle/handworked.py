#!/usr/bin/env python3
"""Holds the cases worked by hand (../handworked) against the oracle, or with --gmv PATH against the binary.

usage: handworked.py [--gmv PATH] [CASE...]
"""
import argparse
import csv
import subprocess
import sys
from pathlib import Path

REAL = {"watch_hours", "watch_hours_per_viewer", "buyers_per_watch_hour", "aov", "orders_per_buyer"}
HERE = Path(__file__).resolve().parent
CASES = HERE.parent / "handworked"


def equal(column, a, b):
    if column in REAL and a and b:
        return abs(float(a) - float(b)) <= 1e-12 * max(abs(float(a)), abs(float(b)))
    return a == b


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--gmv")
    p.add_argument("cases", nargs="*")
    args = p.parse_args()
    files = "--orders orders.csv --sessions sessions.csv --streamers streamers.csv".split()
    bad = 0
    for line in (CASES / "cases.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, options = line.split("\t")
        if args.cases and name not in args.cases:
            continue
        command = [str(Path(args.gmv).resolve()), "decompose"] if args.gmv else [sys.executable, str(HERE / "decompose.py")]
        run = subprocess.run(command + files + options.split() + ["--format", "csv", "-q"], cwd=CASES, capture_output=True, text=True, encoding="utf-8")
        expected = list(csv.reader((CASES / "expected" / f"{name}.csv").open(encoding="utf-8", newline="")))
        found = list(csv.reader(run.stdout.splitlines()))
        problems = []
        if run.returncode:
            problems.append(f"exit {run.returncode}: {run.stderr.strip()[-400:]}")
        elif not found or found[0] != expected[0]:
            problems.append(f"header {found[:1]}")
        else:
            head = expected[0]
            width = head.index("gmv")
            order = [r[:width] for r in expected[1:]], [r[:width] for r in found[1:]]
            if order[0] != order[1]:
                problems.append(f"rows: expected {[' '.join(r) for r in order[0]]}\n        found    {[' '.join(r) for r in order[1]]}")
            by_key = {tuple(r[:width]): r for r in found[1:]}
            for r in expected[1:]:
                for c, a, b in zip(head, r, by_key.get(tuple(r[:width]), r)):
                    if not equal(c, a, b):
                        problems.append(f"{' '.join(r[:width])}: {c}: expected {a or 'null'}, found {b or 'null'}")
        print(f"{'ok  ' if not problems else 'DIFF'} {name}")
        for x in problems:
            print(f"        {x}")
        bad += bool(problems)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
