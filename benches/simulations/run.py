#!/usr/bin/env python3
"""Runs `gmv compare --ci` on many samples whose truth is known, and prints how often its intervals hold and its words mislead.

usage: run.py [--seeds N] [--only coverage|alarms] [--gmv PATH] [--jobs N] [--json FILE] [--smoke]

Needs the standard library only. Two questions, each with samples of its own (`gmv sample`):

coverage: how often does an interval hold the true effect? All samples have one plan (--plan-seed), so the same expectations, and
          differ by --seed. The true effects are those of the expected sums of each streamer and week, which are the means over
          all seeds; the division (LMDI) is computed here again, and held against what gmv prints for every sample.
alarms:   how often is an effect beyond sampling, unusual, and significant, where nothing happens but schedules, shocks and
          chance (--story none)? Each seed has a plan of its own, 26 weeks, and several pairs of weeks.
"""
import argparse
import csv
import io
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FACTORS = ["uv", "watch", "conversion", "aov", "repurchase"]
FIVE = [f"{factor}_effect" for factor in FACTORS]
OF_STREAMERS = [*FIVE, "viewer_conversion_effect", "gmv_change"]
PARTS = ["uv_scale_effect", "uv_overlap_effect", "uv_mix_effect"]
OF_TOTAL = [*FIVE, "viewer_conversion_effect", *PARTS, "gmv_change"]
LAST_MONDAY = date(2026, 11, 9)  # of samples, whose last day is 2026-11-15
PLAN = 7  # the streamer that is gone in its story has no show in the night to the last week, so that it is gone wholly
STREAMERS = 8
ALARM_WEEKS = 26
AFTER = [14, 17, 20, 23, 26]  # of the alarms, the weeks that are compared with those before them: 12 changes lie before the first
FEW_BUYERS = 30
QUANTILE = 1.959964  # of the intervals' level, 95 %
TOLERANCE = 0.03  # in money, between what is printed and what is computed here: effects are rounded so that they add up

SMALL = 10  # so many times fewer sessions has the small shop, whose streamers have 5 to 40 buyers a week
WAYS = {  # of samples of coverage: their options, and how many times fewer sessions they have
    "no story": (["--shocks", "off", "--story", "none"], 1),
    "story": (["--shocks", "off", "--story", "last-week"], 1),
    "no story, shocks": (["--shocks", "on", "--story", "none"], 1),
    "story, shocks": (["--shocks", "on", "--story", "last-week"], 1),
    "small shop": (["--shocks", "off", "--story", "none"], SMALL),
}
SHOPS = {"shop": 1, "small shop": SMALL}  # of samples of alarms: how many times fewer sessions they have
MANY, FEW, TOTAL = f"streamers with {FEW_BUYERS} buyers or more on both sides", "streamers with fewer", "total"
KINDS = [MANY, FEW, TOTAL]  # of rows
LEAST = 0.1  # of the rows of streamers a kind must have to be reported: the few others are of their kind by chance, which moves what is measured


class Failure(Exception):
    """What went wrong, for the user."""


def main():
    options = parser().parse_args()
    found = {}
    try:
        gmv = find_gmv(options.gmv)
        if options.only != "alarms":
            found["coverage"] = {name: coverage(gmv, options, *way) for name, way in WAYS.items()}
        if options.only != "coverage":
            found["alarms"] = {name: alarms(gmv, options, fewer) for name, fewer in SHOPS.items()}
    except Failure as failure:
        print(f"run.py: {failure}", file=sys.stderr)
        return 1
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if options.smoke:
        print("run.py: samples, comparisons and truth agree", file=sys.stderr)
        return 0
    print("\n\n".join(REPORTS[question](tables) for question, tables in found.items()))
    return 0


def parser():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seeds", type=int, help="seeds of each kind of sample (default: 600 of coverage, 200 of alarms)")
    p.add_argument("--sessions", type=int, default=15_000, help="sessions of a sample, by week (default %(default)s)")
    p.add_argument("--only", choices=["coverage", "alarms"], help="one question alone")
    p.add_argument("--gmv", help="the binary (default: that of `cargo build --release` here, else the one in PATH)")
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="samples at the same time, a thread each (default: processors)")
    p.add_argument("--json", help="write all figures to this file too")
    p.add_argument("--smoke", action="store_true", help="only check on a few seeds that all runs and that gmv divides as this script does")
    return p


# --------------------------------------------------------------------------------------------------------------------- running

def find_gmv(path):
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    found = shutil.which(path or target / "release" / "gmv") or (None if path else shutil.which("gmv"))
    if not found:
        raise Failure(f"no gmv at {path}" if path else "no gmv: run `cargo build --release` first, or say where it is with --gmv")
    return found


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))}\n{done.stderr.strip()}")
    return done.stdout


class Sample:
    """One sample in a directory that goes with it."""

    def __init__(self, gmv, seed, sessions, how):
        self.gmv, self.scratch = gmv, tempfile.TemporaryDirectory()
        run([gmv, "sample", "--sessions", sessions, "--streamers", STREAMERS, "--seed", seed, *how, "--out", self.scratch.name, "--quiet"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def ask(self, command, *arguments):
        files = ["--orders", f"{self.scratch.name}/orders.csv", "--sessions", f"{self.scratch.name}/sessions.csv"]
        text = run([self.gmv, command, *files, *arguments, "--format", "csv", "--threads", 1, "--quiet"])
        return list(csv.DictReader(io.StringIO(text)))


def over_seeds(options, usual, work):
    """What `work` finds for each seed."""
    seeds = range(1, 1 + (options.seeds or (4 if options.smoke else usual)))
    with ThreadPoolExecutor(max(1, options.jobs)) as pool:
        return list(pool.map(work, seeds))


def text(row, column):
    if column not in row:
        raise Failure(f"no column {column}, but {', '.join(row)}")
    return row[column]


def number(row, column):
    return float(cell) if (cell := text(row, column)) else None


# ----------------------------------------------------------------------------------------------------------------------- truth

SUMS = ["uv", "watch_hours", "buyers", "orders", "gmv"]


def log_mean(a, b):
    return a if a == b else (a - b) / math.log(a / b)


def divide(before, after):
    """The effects of one leaf and the weight of its log changes, from its sums; the weight is `None` where one side has no GMV."""
    effects = dict.fromkeys(FIVE, 0.0)
    change = after["gmv"] - before["gmv"]
    if before["gmv"] > 0 and after["gmv"] > 0:
        if min(before["uv"], before["watch_hours"], after["uv"], after["watch_hours"]) <= 0:
            return None
        weight = log_mean(after["gmv"], before["gmv"])
        for factor, effect in zip(FACTORS, FIVE):
            effects[effect] = weight * (math.log(value(after, factor)) - math.log(value(before, factor)))
    else:
        weight = None
        empty = min(before, after, key=lambda sums: sums["gmv"])
        zeros = [effect for effect, column in zip(FIVE, ["uv", "watch_hours", "buyers"]) if not empty[column]]
        effects[(zeros or ["aov_effect"])[0]] = change
    return {**effects, "viewer_conversion_effect": effects["watch_effect"] + effects["conversion_effect"], "gmv_change": change}, weight


def value(sums, factor):
    above, below = {"uv": ("uv", None), "watch": ("watch_hours", "uv"), "conversion": ("buyers", "watch_hours"),
                    "aov": ("gmv", "orders"), "repurchase": ("orders", "buyers")}[factor]
    return sums[above] / (sums[below] if below else 1)


def divide_total(leaves, distinct):
    """The effects of a row that sums leaves, `distinct` viewers before and after given."""
    total = dict.fromkeys(OF_TOTAL, 0.0)
    summed = [sum(leaf[side]["uv"] for leaf in leaves) for side in (0, 1)]
    for before, after in leaves:
        divided = divide(before, after)
        if divided is None:
            return None
        effects, weight = divided
        for effect, found in effects.items():
            total[effect] += found
        if weight is None:
            total["uv_mix_effect"] += effects["uv_effect"]
        else:
            total["uv_scale_effect"] += weight * math.log(distinct[1] / distinct[0])
            total["uv_overlap_effect"] += weight * math.log(summed[1] / distinct[1] / (summed[0] / distinct[0]))
            total["uv_mix_effect"] += weight * math.log(after["uv"] / summed[1] / (before["uv"] / summed[0]))
    return total


def sums_of(rows):
    """The sums of the last two weeks by streamer ("" of the total)."""
    weeks = [LAST_MONDAY - timedelta(7), LAST_MONDAY]
    found = defaultdict(lambda: [dict.fromkeys(SUMS, 0.0) for _ in weeks])
    for row in rows:
        if (week := date.fromisoformat(row["period"])) in weeks:
            found[row.get("streamer_id", "")][weeks.index(week)] = {name: number(row, name) or 0.0 for name in SUMS}
    return found


def means(all_sums):
    """The mean of each sum over samples."""
    streamers = sorted({streamer for sums in all_sums for streamer in sums})
    mean = lambda streamer, side, name: statistics.fmean(sums[streamer][side][name] for sums in all_sums)
    return {streamer: [{name: mean(streamer, side, name) for name in SUMS} for side in (0, 1)] for streamer in streamers}


# -------------------------------------------------------------------------------------------------------------------- coverage

def coverage(gmv, options, how, fewer):
    weeks = 3
    sessions = (options.sessions * weeks if not options.smoke else 12_000) // fewer

    def one(seed):
        with Sample(gmv, seed, sessions, ["--plan-seed", PLAN, "--weeks", weeks, *how]) as sample:
            asked = {by: sample.ask("compare", "--by", by, "--ci") for by in ("streamer", "total")}
            sums = sums_of(sample.ask("decompose", "--by", "streamer"))
            sums[""] = sums_of(sample.ask("decompose", "--by", "total"))[""]
        found = {row["streamer_id"]: row for row in asked["streamer"]} | {"": asked["total"][0]}
        agree(seed, sums, found)
        return sums, {streamer: {effect: estimate(row, effect) for effect in effects_of(streamer)} for streamer, row in found.items()}

    samples = over_seeds(options, 600, one)
    expected = means([sums for sums, _ in samples])
    truth = effects_by_row(expected)
    rows = [(kind_of(streamer, [side["buyers"] for side in sums[streamer]]), streamer, estimates) for sums, found in samples for streamer, estimates in found.items()]
    judged = {kind: judge([(streamer, estimates) for of, streamer, estimates in rows if of == kind], truth) for kind in KINDS}
    if without := set(OF_TOTAL) - set(judged[TOTAL]):
        raise Failure(f"no intervals of the total's {', '.join(sorted(without))}")
    return {"seeds": len(samples), "kinds": judged}


def kind_of(streamer, buyers):
    """Which kind of row it is, from its buyers before and after."""
    return TOTAL if not streamer else MANY if min(buyers) >= FEW_BUYERS else FEW


def effects_of(streamer):
    return OF_STREAMERS if streamer else OF_TOTAL


def effects_by_row(sums):
    """The effects of every streamer, and of the total ("")."""
    leaves = {streamer: sides for streamer, sides in sums.items() if streamer}
    found = {streamer: divide(*sides) for streamer, sides in leaves.items()}
    found = {streamer: divided and divided[0] for streamer, divided in found.items()}
    return {**found, "": divide_total(list(leaves.values()), [side["uv"] for side in sums[""]])}


def estimate(row, effect):
    return [number(row, effect), number(row, f"{effect}_lo"), number(row, f"{effect}_hi")]


def agree(seed, sums, found):
    """Whether the effects computed here from a sample's sums are those that gmv prints."""
    for streamer, effects in effects_by_row(sums).items():
        for effect in effects_of(streamer) if effects else []:
            printed = number(found[streamer], effect)
            if abs(printed - effects[effect]) > TOLERANCE:
                raise Failure(f"seed {seed}, {streamer or 'total'}, {effect}: gmv prints {printed}, but its sums give {effects[effect]:.4f}")


def judge(rows, truth):
    """By effect: how many intervals there are, which part of them holds the truth, and how the estimates lie around it."""
    found = {}
    for effect in OF_TOTAL:
        by_row = defaultdict(list)
        for streamer, estimates in rows:
            if estimates.get(effect) and None not in estimates[effect] and truth[streamer]:
                by_row[streamer].append(estimates[effect])
        # A row with an interval in a few samples alone says nothing of its spread.
        by_row = {streamer: ends for streamer, ends in by_row.items() if len(ends) > 1}
        if not by_row:
            continue
        held = [low <= truth[streamer][effect] <= high for streamer, ends in by_row.items() for _, low, high in ends]
        found[effect] = {"intervals": len(held), "held": statistics.fmean(held), **spread(by_row, truth, effect)}
    return found


def spread(by_row, truth, effect):
    """Means over rows: the standard error that intervals tell, and how far the mean estimate is from the truth, both in standard deviations of the estimates."""
    told, off = [], []
    for streamer, ends in by_row.items():
        deviation = statistics.stdev(value for value, _, _ in ends) or math.inf
        told.append(math.sqrt(statistics.fmean(((high - low) / 2 / QUANTILE) ** 2 for _, low, high in ends)) / deviation)
        off.append((statistics.fmean(value for value, _, _ in ends) - truth[streamer][effect]) / deviation)
    return {"told": statistics.fmean(told), "bias": statistics.fmean(off)}


# ---------------------------------------------------------------------------------------------------------------------- alarms

WORDS = ["beyond_sampling", "unusual", "significant"]


def alarms(gmv, options, fewer):
    sessions = (options.sessions * ALARM_WEEKS if not options.smoke else 30_000) // fewer
    after = AFTER if not options.smoke else AFTER[-1:]

    def one(seed):
        found = []
        with Sample(gmv, seed, sessions, ["--weeks", ALARM_WEEKS, "--story", "none", "--shocks", "on"]) as sample:
            for week in after:
                monday = LAST_MONDAY - timedelta(7 * (ALARM_WEEKS - week))
                pair = ["--before", monday - timedelta(7), "--after", monday]
                for by in ("streamer", "total"):
                    found += [(*words_of(row), week - 2) for row in sample.ask("compare", "--by", by, "--ci", *pair)]
        return found

    by_seed = over_seeds(options, 200, one)
    judged = lambda takes: rates([[words for kind, words, changes in rows if takes(kind, changes)] for rows in by_seed])
    kinds = {kind: judged(lambda of, _, kind=kind: of == kind) for kind in KINDS}
    if any("significant" not in kinds[TOTAL].get(effect, {}) for effect in OF_TOTAL):
        raise Failure("an effect of the total is never said to be significant or not")
    return {"seeds": len(by_seed), "kinds": kinds, "changes": {week - 2: judged(lambda of, changes, week=week: of != TOTAL and changes == week - 2) for week in after}}


def words_of(row):
    """Of which kind a row is, and what is said of each effect (`None` where nothing is)."""
    buyers = [math.prod(number(row, f"{column}_{side}") or 0.0 for column in ("uv", "watch_hours_per_viewer", "buyers_per_watch_hour")) for side in ("before", "after")]
    said = {effect: [{"true": True, "false": False}.get(text(row, f"{effect}_{word}")) for word in WORDS] for effect in OF_TOTAL if number(row, f"{effect}_lo") is not None}
    return kind_of(row.get("streamer_id", ""), [round(count) for count in buyers]), said


def rates(by_seed):
    """By effect: how often each word is said where it could be, and the standard error of that, with all rows of a seed as one draw."""
    found = {}
    for effect in OF_TOTAL:
        figures = {}
        for place, word in enumerate(WORDS):
            counts = [[words[effect][place] for words in rows if effect in words and words[effect][place] is not None] for rows in by_seed]
            counts = [(sum(said), len(said)) for said in counts if said]
            if not counts:
                continue
            said, asked = (sum(column) for column in zip(*counts))
            rate = said / asked
            squares = sum((one - rate * of) ** 2 for one, of in counts)
            figures[word] = {"rate": rate, "error": math.sqrt(squares) / asked, "asked": asked}
        if figures:
            found[effect] = figures
    return found


# -------------------------------------------------------------------------------------------------------------------- report

def table(heads, rows):
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [heads, ["---"] * len(heads), *rows])


def is_reported(kind, counts):
    """Whether enough rows are of this kind, given the rows of each."""
    return counts[kind] >= LEAST * (counts[MANY] + counts[FEW]) if kind != TOTAL else counts[TOTAL] > 0


def report_coverage(found):
    cells = {
        "Intervals that hold the truth": lambda figures: f"{100 * figures['held']:.1f} %",
        "Standard error told, and bias, both in standard deviations of the estimates": lambda figures: "{told:.2f}, {bias:+.2f}".format(**figures),
    }
    count = lambda kinds: {kind: max((figures["intervals"] for figures in effects.values()), default=0) for kind, effects in kinds.items()}
    parts = []
    for kind in KINDS:
        ways = {f"{name} ({count(way['kinds'])[kind]:,})": way["kinds"][kind] for name, way in found.items() if is_reported(kind, count(way["kinds"]))}
        effects = [effect for effect in OF_TOTAL if any(effect in way for way in ways.values())]
        for title, cell in cells.items() if ways else ():
            rows = [[effect, *(cell(way[effect]) if effect in way else "–" for way in ways.values())] for effect in effects]
            parts.append(f"{title}: {kind} (rows)\n\n" + table(["effect", *ways], rows))
    return "\n\n".join(parts)


def report_alarms(found):
    cell = lambda figures: "{0:.1f} ± {1:.1f}".format(100 * figures["rate"], 100 * figures["error"]) if figures else "–"
    count = lambda kinds: {kind: max((figures["beyond_sampling"]["asked"] for figures in effects.values()), default=0) for kind, effects in kinds.items()}
    parts = []
    for name, shop in found.items():
        counts = count(shop["kinds"])
        for kind in (kind for kind in KINDS if is_reported(kind, counts)):
            rows = [[effect, *(cell(figures.get(word)) for word in WORDS)] for effect, figures in shop["kinds"][kind].items()]
            parts.append(f"False alarms in % (± standard error): {name}, {kind} ({counts[kind]:,} rows of {shop['seeds']} samples)\n\n" + table(["effect", *WORDS], rows))
        rows = [[effect, *(cell(of.get(effect, {}).get("significant")) for of in shop["changes"].values())] for effect in OF_STREAMERS]
        parts.append(f"Significant, in %, by the number of changes before: {name}, all streamers\n\n" + table(["effect", *map(str, shop["changes"])], rows))
    return "\n\n".join(parts)


REPORTS = {"coverage": report_coverage, "alarms": report_alarms}


if __name__ == "__main__":
    sys.exit(main())
