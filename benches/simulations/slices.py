#!/usr/bin/env python3
"""How often `gmv explain` finds what is planted in a sample, and how often it finds something where nothing is.

usage: slices.py [--seeds N] [--sessions N] [--weeks N] [--streamers N] [--cover PART] [--gmv PATH] [--smoke]

Each seed is a shop of its own (`gmv sample`): one with the story of the last week (public traffic up, two streamers that convert worse, one
new, one gone), with and without shocks that a broadcast shares, and one without a story, where whatever is told is a false alarm. Prints
Markdown tables. Needs the standard library only; two runs at a time. --smoke takes three seeds of a small shop and only looks whether
all runs and the columns are there.
"""
import argparse
import csv
import io
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = {"rank", "slice", "gmv_before", "gmv_after", "excess", "excess_lo", "excess_hi", "significant", "judged_by", "factor", "factor_effect"}
VIEWER_SIDE = ("domain", "traffic", "buyer_type")
NAMES = {"worse": ("s0001", "s0003"), "new": ("s0005",), "gone": ("s0004",)}


class Failure(Exception):
    """What went wrong, for the user."""


def main():
    options = parser().parse_args()
    if options.smoke:
        options.seeds, options.sessions, options.weeks, options.streamers = 3, 20_000, 15, 8
    try:
        gmv = find_gmv(options.gmv)
        quiet = tell(gmv, options, "none", "on")
        story = tell(gmv, options, "last-week", "on")
        calm = tell(gmv, options, "last-week", "off")
    except Failure as failure:
        print(f"slices.py: {failure}", file=sys.stderr)
        return 1
    if options.smoke:
        print("slices.py: all runs, all columns", file=sys.stderr)
        return 0
    print(report(options, quiet, story, calm))
    return 0


def parser():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seeds", type=int, default=100)
    p.add_argument("--sessions", type=int, default=2_000_000)
    p.add_argument("--weeks", type=int, default=26)
    p.add_argument("--streamers", type=int, default=20)
    p.add_argument("--cover", default="100%", help="how much of what stands out is to be covered (default 100%%)")
    p.add_argument("--gmv", type=Path)
    p.add_argument("--smoke", action="store_true")
    return p


def find_gmv(given):
    gmv = given or ROOT / "target" / "release" / "gmv"
    if not gmv.exists():
        raise Failure(f"{gmv} is not there: cargo build --release, or --gmv PATH")
    return gmv.resolve()


def tell(gmv, options, story, shocks):
    """The slices told of each seed."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda seed: one(gmv, options, story, shocks, seed), range(1, options.seeds + 1)))


def one(gmv, options, story, shocks, seed):
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample"
        size = ["--sessions", options.sessions, "--streamers", options.streamers, "--weeks", options.weeks]
        run([gmv, "sample", *size, "--seed", seed, "--story", story, "--shocks", shocks, "--out", sample, "--quiet"])
        inputs = ["--orders", sample / "orders.csv", "--sessions", sample / "sessions.csv", "--streamers", sample / "streamers.csv"]
        out = run([gmv, "explain", *inputs, "--cover", options.cover, "--threads", 1, "--quiet"])
    rows = csv.DictReader(io.StringIO(out))
    if missing := COLUMNS - set(rows.fieldnames or []):
        raise Failure(f"gmv explain gives no {', '.join(sorted(missing))}")
    return list(rows)


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"{' '.join(str(word) for word in command)}\n{done.stderr}")
    return done.stdout


def names(row, streamers):
    return row["column_1"] == "streamer_id" and row["value_1"] in streamers


def is_public(row):
    """A slice that parts viewers by where they came from, or new from returning ones, whoever the streamer is."""
    return row["column_1"] in VIEWER_SIDE or (row["column_2"] in VIEWER_SIDE and row["column_1"] != "streamer_id")


def report(options, quiet, story, calm):
    weeks = f"{options.seeds} seeds of {options.sessions:,} sessions, {options.streamers} streamers, {options.weeks} weeks"
    alarms = sum(bool(rows) for rows in quiet)
    lines = [
        f"Without a story ({weeks}): anything told in {alarms} of {len(quiet)} shops ({alarms / len(quiet):.1%}), {sum(map(len, quiet))} slices in all.",
        "",
        "| planted | found, with shocks | found, without shocks |",
        "| --- | --- | --- |",
    ]
    found = {
        "the new streamer": lambda rows: any(names(row, NAMES["new"]) for row in rows),
        "the gone streamer": lambda rows: any(names(row, NAMES["gone"]) for row in rows),
        "public traffic up (domain, traffic or buyer type)": lambda rows: any(map(is_public, rows)),
        "s0001 converts worse, by name": lambda rows: any(names(row, ("s0001",)) for row in rows),
        "s0003 converts worse, by name": lambda rows: any(names(row, ("s0003",)) for row in rows),
        "one of them, or their tier": lambda rows: any(names(row, NAMES["worse"]) or "head" in (row["value_1"], row["value_2"]) for row in rows),
    }
    for what, is_found in found.items():
        rates = [sum(map(is_found, shops)) / len(shops) for shops in (story, calm)]
        lines.append(f"| {what} | {rates[0]:.0%} | {rates[1]:.0%} |")
    others = []
    for shops in (story, calm):
        other = [row for rows in shops for row in rows if row["column_1"] == "streamer_id" and not any(names(row, some) for some in NAMES.values())]
        others.append(f"{len(other) / len(shops):.2f}")
    lines.append(f"| streamers told that are not planted, per shop | {others[0]} | {others[1]} |")
    lines.append(f"| slices told, per shop | {sum(map(len, story)) / len(story):.1f} | {sum(map(len, calm)) / len(calm):.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
