#!/usr/bin/env python3
"""Compares what `gmv compare` and other tools say of the same sums, and prints a table of it in Markdown.

usage: compare.py [--gmv PATH] [--python PATH]

Needs the standard library only; the tools are in a virtual environment that is made on the first run, or in that of --python.
The sums are facts.csv, one case a streamer, and lmdir.csv, the test table of the R package LMDIR. Exits with 1 where a tool that
must agree does not, or one agrees where the documentation says that it differs.
"""
import argparse
import csv
import json
import math
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gmv"
TOOLS = ["kaya-decomposition==0.4.0", "shapley-decomposition==0.0.2", "icanexplain==0.3.0", "wise-pizza==0.2.9"]
# What these need and do not ask for themselves: a backend of ibis, and a SQLAlchemy that pyam can be imported with.
BESIDES = ["ibis-framework[duckdb]==9.5.0", "duckdb==1.1.3", "sqlalchemy==2.0.*"]
MODULES = "kaya_decomposition, shapley_decomposition, icanexplain, wise_pizza, duckdb"
EFFECTS = ["uv", "watch", "conversion", "aov", "repurchase"]
SUMS = ["uv", "watch_hours", "buyers", "orders", "gmv"]
FUNNEL = ["uv", "watch", "conversion", "repurchase", "aov"]  # the order in which the sums follow each other
AVERAGE_FIRST = ["aov", "uv", "watch", "conversion", "repurchase"]
PLAIN = ["example", "ordinary", "balanced", "unchanged"]
MERGED = {"no_watch": ["uv", "buyers", "orders", "gmv"], "no_viewers": ["buyers", "orders", "gmv"]}
DELTA = 1e-20  # what zeros are replaced by in the literature (Ang and Liu 2007)
SPARSE = "it names the segments that a sparse fit keeps"
PUBLISHED = {  # effects of LMDIR on its test table: two leaves of three factors, added up
    ("1971-01-04", "1972-01-03"): [69.79006598, -9.455125793, 39.66505981],
    ("1972-01-03", "1973-01-01"): [42.96021467, -34.31902656, 50.3588119],
    ("1973-01-01", "1974-01-07"): [54.01064234, -9.021284671, 54.01064234],
}
# gmv prints whole cents: an effect is floored, and may be given one of the missing cents.
CENT = 0.01 + 1e-7


class Failure(Exception):
    """What went wrong, for the user."""


def main():
    options = parser().parse_args()
    try:
        gmv = find_gmv(options.gmv)
        python = find_tools(options.python)
        facts = read(HERE / "facts.csv")
        answers = ask_tools(python, facts)
        table = Table()
        factors_by_lmdi(table, gmv, answers)
        factors_by_shapley(table, gmv, answers)
        factors_by_chain(table, gmv, answers)
        totals(table, gmv, answers)
        streamers(table, gmv, answers)
    except Failure as failure:
        print(f"compare.py: {failure}", file=sys.stderr)
        return 1
    print(table.text())
    versions = ", ".join(f"{tool} {version}" for tool, version in answers["versions"].items())
    print(f"{date.today().isoformat()}; gmv {run([gmv, '--version']).split()[-1]}, {versions}, Python {run([python, '--version']).split()[-1]}.")
    for complaint in table.complaints:
        print(f"compare.py: {complaint}", file=sys.stderr)
    return 1 if table.complaints else 0


def parser():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--gmv", help="the binary (default: that of `cargo build --release` here, else the one in PATH)")
    p.add_argument("--python", help="a Python that has the tools (default: one is made in the cache)")
    return p


# ------------------------------------------------------------------------------------------------------------- what is needed

def find_gmv(path):
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    found = shutil.which(path or target / "release" / "gmv") or (None if path else shutil.which("gmv"))
    if not found:
        raise Failure(f"no gmv at {path}" if path else "no gmv: run `cargo build --release` first, or say where it is with --gmv")
    return found


def find_tools(python):
    """The Python that has the tools."""
    if python:
        run([python, "-c", f"import {MODULES}"])
        return python
    python = CACHE / "methods" / "bin" / "python"
    if not (python.exists() and subprocess.run([python, "-c", f"import {MODULES}"], stderr=subprocess.DEVNULL).returncode == 0):
        print(f"installing {', '.join(TOOLS)} into {CACHE / 'methods'}", file=sys.stderr)
        run([sys.executable, "-m", "venv", CACHE / "methods"])
        run([python, "-m", "pip", "install", "--quiet", *TOOLS, *BESIDES])
    return str(python)


def run(command, text=None):
    try:
        done = subprocess.run([str(word) for word in command], input=text, capture_output=True, text=True)
    except OSError as error:
        raise Failure(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def read(path):
    """(side, streamer): its sums by their names."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = rows[0]["period"]
    return {(int(row["period"] != first), row["streamer_id"]): {name: float(row[name]) for name in SUMS} for row in rows}


def ours(gmv, *words, facts="facts.csv"):
    """What gmv says: streamer (or None): its row."""
    rows = json.loads(run([gmv, "compare", "--facts", HERE / facts, "--format", "json", "--quiet", *words]))
    return {row.get("streamer_id"): row for row in rows}


def effects_of(row, names=EFFECTS):
    return [row[f"{name}_effect"] for name in names]


# -------------------------------------------------------------------------------------------------------- what tools are asked

def sides(facts, streamer):
    return [facts.get((side, streamer)) for side in (0, 1)]


def quotients(sums, columns):
    """The factors that multiply to the last of the columns."""
    values = [1.0, *(sums[column] for column in columns)]
    return [after / before for before, after in zip(values, values[1:])]


def ask_tools(python, facts):
    products, funnels = {}, {}
    for name in PLAIN + list(MERGED) + ["free"]:
        columns = MERGED.get(name, SUMS)
        before, after = sides(facts, name)
        products[name] = {"before": quotients(before, columns), "after": quotients(after, columns)}
    nothing = dict.fromkeys(SUMS, 0.0)
    for name in ("entered", "left", "no_buyers"):
        pair = [{column: value or DELTA for column, value in (sums or nothing).items()} for sums in sides(facts, name)]
        products[name] = {"before": quotients(pair[0], SUMS), "after": quotients(pair[1], SUMS)}
    added = [{column: sum(sums[column] for (at, _), sums in facts.items() if at == side) for column in SUMS} for side in (0, 1)]
    products["totals"] = {"before": quotients(added[0], SUMS), "after": quotients(added[1], SUMS)}
    for streamer in sorted({streamer for _, streamer in facts}):
        columns = MERGED.get(streamer, SUMS)
        before, after = ([sums[column] for column in columns] if sums else None for sums in sides(facts, streamer))
        funnels[streamer] = {"columns": columns, "before": before, "after": after}
    # A zero of a product is a case of its own, to be asked as it is.
    products["zero"] = {"before": [0.0, 0.2, 0.125, 1.2, 70.0], "after": [800.0, 0.2, 0.125, 1.2, 70.0]}
    segments = [[side, streamer, sums["orders"], sums["gmv"]] for (side, streamer), sums in facts.items() if sums["orders"]]
    asked = {"products": products, "funnels": funnels, "segments": segments}
    return json.loads(run([python, HERE / "tools.py"], json.dumps(asked)))


# -------------------------------------------------------------------------------------------------------------- the comparison

class Table:
    """Rows in pairs, what gmv says and what a tool says, with a verdict; and what is not as it must be."""

    def __init__(self):
        self.lines, self.complaints = [], []

    def heading(self, title, columns):
        self.title = title
        self.lines += ["", f"**{title}**", "", f"| case | | {' | '.join(columns)} | |", "| --- | --- |" + " ---: |" * len(columns) + " --- |"]

    def equal(self, case, tool, expected, found, cents=1):
        """They must be the same to the cent, or to so many."""
        if isinstance(found, str):
            self.complain(case, tool, f"no answer ({found})")
            return self.rows(case, expected, tool, [None] * len(expected), f"no answer: {found}")
        # A part that a tool does not name is one that it takes to be 0.
        largest = max(abs(a - (b or 0.0)) for a, b in zip(expected, found, strict=True))
        if largest > cents * CENT:
            self.complain(case, tool, f"differs by {largest:.4f}")
            return self.rows(case, expected, tool, found, f"**differs** by {largest:.4f}")
        return self.rows(case, expected, tool, found, f"equal (largest difference {largest:.4f})")

    def differs(self, case, tool, expected, found, why):
        """They differ, by design."""
        if isinstance(found, str):
            return self.rows(case, expected, tool, [None] * len(expected), f"none ({found}): {why}")
        if all(b is not None and abs(a - b) <= CENT for a, b in zip(expected, found)):
            self.complain(case, tool, "agrees where it was to differ")
        return self.rows(case, expected, tool, found, f"differs: {why}")

    def complain(self, case, tool, what):
        self.complaints.append(f"{self.title}: {case}, {tool}: {what}")

    def rows(self, case, expected, tool, found, verdict):
        def cells(values, digits):
            return " | ".join("–" if value is None else f"{value:,.{digits}f}".replace("-", "−") for value in values)
        self.lines += [f"| {case} | gmv | {cells(expected, 2)} | |", f"| | {tool} | {cells(found, 4)} | {verdict} |"]

    def text(self):
        return "\n".join(self.lines[1:]) + "\n"


def placed(effects, columns):
    """Effects of a merged product in the places of the five factors; those merged away are zero."""
    if isinstance(effects, str) or columns == SUMS:
        return effects
    names = {"uv": "uv", "buyers": "conversion", "orders": "repurchase", "gmv": "aov"}
    by_name = dict(zip([names[column] for column in columns], effects))
    return [by_name.get(name, 0.0) for name in FUNNEL]


def as_listed(effects):
    """Effects in the order of the sums, told in the order of the formula."""
    return effects if isinstance(effects, str) else [effects[FUNNEL.index(name)] for name in EFFECTS]


def told(answer, name):
    return as_listed(placed(answer[name], MERGED.get(name, SUMS)))


def factors_by_lmdi(table, gmv, answers):
    tool, rows = "kaya-decomposition", ours(gmv, "--by", "streamer", "--method", "lmdi")
    table.heading("LMDI, by streamer (`--method lmdi`)", EFFECTS)
    for name in PLAIN:
        table.equal(name, tool, effects_of(rows[name]), told(answers["lmdi"], name))
    for name in MERGED:
        table.equal(name, f"{tool}, given the merged product", effects_of(rows[name]), told(answers["lmdi"], name))
    why = f"zeros replaced by {DELTA:g}, so that quotients of zeros are 1 and take a part"
    for name in ("entered", "left", "no_buyers"):
        table.differs(name, f"{tool}, zeros replaced", effects_of(rows[name]), told(answers["lmdi"], name), why)
    table.differs("entered", f"{tool}, zero as it is", effects_of(rows["entered"]), answers["lmdi"]["zero"], "no log mean of 0")
    table.differs("free", tool, effects_of(rows["free"]), told(answers["lmdi"], "free"), "no log mean of 0")
    why = "its correction sets negative effects to 0 and scales the others to the change"
    table.differs("example", f"{tool}, corrected", effects_of(rows["example"]), told(answers["lmdi corrected"], "example"), why)


def factors_by_shapley(table, gmv, answers):
    tool, rows = "shapley-decomposition", ours(gmv, "--by", "streamer", "--method", "shapley")
    table.heading("Shapley, by streamer (`--method shapley`)", EFFECTS)
    for name in ("example", "ordinary"):
        table.equal(name, tool, effects_of(rows[name]), told(answers["shapley"], name))
    for name in MERGED:
        table.equal(name, f"{tool}, given the merged product", effects_of(rows[name]), told(answers["shapley"], name))
    for name in ("balanced", "unchanged"):
        table.differs(name, tool, effects_of(rows[name]), told(answers["shapley"], name), "it divides by the change, which is 0")
    why = "a factor that is 0 is replaced like any other, so that those beside it take a part"
    table.differs("free", tool, effects_of(rows["free"]), told(answers["shapley"], "free"), why)


def factors_by_chain(table, gmv, answers):
    tool, rows = "icanexplain", ours(gmv, "--by", "streamer", "--method", "chain", "--order", ",".join(FUNNEL))
    table.heading(f"Chain substitution, by streamer (`--method chain --order {','.join(FUNNEL)}`)", EFFECTS)
    for name in PLAIN + list(MERGED) + ["free"]:
        beside = ", given the merged product" if name in MERGED else ""
        table.equal(name, tool + beside, effects_of(rows[name]), told(answers["chain"], name))
    for name in ("entered", "left"):
        table.differs(name, tool, effects_of(rows[name]), answers["chain"][name], "a group must be in both periods")
    table.differs("no_buyers", tool, effects_of(rows["no_buyers"]), told(answers["chain"], "no_buyers"), "0 / 0 orders per buyer")


def totals(table, gmv, answers):
    tool, row = "kaya-decomposition", ours(gmv, "--by", "total", "--method", "lmdi")[None]
    table.heading("All streamers together (`--by total --method lmdi`)", EFFECTS)
    rows = ours(gmv, "--by", "streamer", "--method", "lmdi").values()
    table.equal("total", "gmv, rows by streamer added up", effects_of(row), [sum(column) for column in zip(*map(effects_of, rows))], cents=len(rows))
    why = "one product of added sums: a change between streamers looks like one of factors"
    table.differs("total", f"{tool}, of the sums", effects_of(row), told(answers["lmdi"], "totals"), why)
    for (before, after), published in PUBLISHED.items():
        words = ("--by", "total", "--method", "lmdi", "--period", "week", "--before", before, "--after", after)
        found = ours(gmv, *words, facts="lmdir.csv")[None]
        table.equal(f"LMDIR, {before[:4]} to {after[:4]}", "LMDIR, as published", effects_of(found), [*published, 0.0, 0.0])


def streamers(table, gmv, answers):
    rows = ours(gmv, "--by", "streamer", "--method", "chain", "--order", ",".join(AVERAGE_FIRST))
    table.heading("Which streamers the change comes from (`--by streamer`)", ["change"])
    for name, row in rows.items():
        if name in ("balanced", "unchanged"):
            table.differs(name, "wise-pizza", [row["gmv_change"]], answers["segments"].get(name, "not named"), SPARSE)
        else:
            table.equal(name, "wise-pizza", [row["gmv_change"]], answers["segments"].get(name, "not named"))
    orders_and_average(table, rows, answers)


def orders_and_average(table, rows, answers):
    table.heading(f"Orders and their average (`--method chain --order {','.join(AVERAGE_FIRST)}`)", ["all but aov", "aov"])
    split = {name: [sum(effects_of(row)) - row["aov_effect"], row["aov_effect"]] for name, row in rows.items()}
    for name in PLAIN + list(MERGED) + ["entered", "no_buyers"]:
        table.equal(name, "icanexplain", split[name], answers["icanexplain"].get(name, "no rows"))
    for name in ("example", "ordinary", "balanced", "entered", "no_buyers"):
        table.equal(name, "wise-pizza", split[name], answers["wise-pizza"].get(name, "not named"))
    for name in MERGED:
        table.differs(name, "wise-pizza", split[name], answers["wise-pizza"].get(name, "not named"), SPARSE)
    why = "the average of no orders is 0, and is replaced first"
    table.differs("left", "icanexplain", split["left"], answers["icanexplain"]["left"], why)
    why = "the average of no orders is that of all streamers in the week"
    table.differs("left", "wise-pizza", split["left"], answers["wise-pizza"]["left"], why)
    why = "the new average times the orders added is theirs"
    for tool in ("icanexplain", "wise-pizza"):
        table.differs("free", tool, split["free"], answers[tool]["free"], why)


if __name__ == "__main__":
    sys.exit(main())
