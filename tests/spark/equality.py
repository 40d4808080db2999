#!/usr/bin/env python3
"""Compares, cell by cell, `gmv decompose` and `gmv repurchase` on this machine with the statements of `gmv sql`, run by DuckDB and by Spark.

usage: equality.py --gmv PATH [--engines duckdb,spark] [--parts sums,rows,rates,cohorts,influences] [--worlds NAME,…] [--only N,…] [--quick] [--sessions N] [--python PATH] [--list] [--keep FOLDER]

The combinations of tests/oracle/compare.py over a clean shop and dirty ones (worlds.py). Ids, integers, text and money must be
equal, reals within a relative 1e-12, nulls in the same cells, the same rows by key, no key twice. Where gmv refuses, the
statement must be refused or fail as well. Of `gmv compare` the tables of exports and of facts with their influences (influences.py).
Where every row went (ledgers.py) is held against what gmv says of it, also where it refuses orders. One line per combination and engine, a summary, exit 1 on any difference.

Runs in the environment of the oracle (duckdb). Spark is that of GMV_SPARK, or servers.py starts one; --python is an
interpreter with pyspark. Exit 77 and `NOT RUN` where Spark is asked for and cannot be had.
"""
import argparse
import csv
import io
import json
import os
import re
import select
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import duckdb

import influences
import ledgers
import repurchase
import servers
import statements
import worlds

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle"))
import compare  # noqa: E402

# The interface of `gmv sql` that this file stands on: an option for each table, one for the list of its columns, and one for what makes a row later.
TABLES = {"orders": "--orders-table", "sessions": "--sessions-table", "streamers": "--streamers-table", "lives": "--lives-table"}
COLUMNS = {"orders": "--orders-columns", "sessions": "--sessions-columns", "streamers": "--streamers-columns"}
FILE, ROW = "gmv_file", "gmv_row"
LATEST = ["--latest-by", f"{FILE},{ROW}"]
REFERENCES = {"duckdb": str, "spark": str}  # how a Parquet file is named
FACTS = ["gmv", "uv", "uv_private", "uv_public", "uv_paid", "watch_hours", "buyers", "orders", "gmv_off_live", "orders_off_live", "gmv_total", "partial"]
MOMENTS = compare.decompose.MOMENTS
OPTIONAL = {"broadcasts", "live_hours"}  # compared where a statement has them
UNKNOWN = {"streamer_name"}              # columns of decompose that are no facts

MORE = ["--by streamer --period day --covers 2026-01-01..2026-12-31", "--by total --max-session 30m --attribution window:10m --moments --week-start sun"]
SHOWN = 5
TIMEOUT = 300  # seconds for one statement


class Failed(Exception):
    """A command or a statement that failed, with what it said."""


# ------------------------------------------------------------------------------------------------------------ the engines

class DuckDB:
    name = "duckdb"

    def rows(self, sql):
        con = duckdb.connect()
        try:
            con.execute("SET TimeZone = 'UTC'; SET threads = 2")
            result = con.execute(sql)
            return [d[0] for d in result.description], [[statements.text(v) for v in r] for r in result.fetchall()]
        except duckdb.Error as e:
            raise Failed(str(e)) from e
        finally:
            con.close()

    def save(self, sql, out):
        """The rows in a file, and its path."""
        path = out.with_suffix(".parquet")
        self.rows(f"COPY ({sql}) TO {compare.decompose.literal(str(path))} (FORMAT parquet)")
        return path


class Spark:
    name = "spark"

    def __init__(self, stack, python):
        if not os.environ.get("GMV_SPARK"):
            os.environ |= stack.enter_context(servers.Servers(deadline=4 * 3600)).variables()
        self.command = [str(python), str(Path(statements.__file__)), "--serve"]
        self.child = None
        stack.callback(self.stop)

    def stop(self):
        if self.child is not None:
            self.child.kill()
            self.child.wait()
            self.child = None

    def rows(self, sql):
        if self.child is None:
            self.said = tempfile.TemporaryFile()
            self.child = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said)
        self.child.stdin.write(json.dumps({"sql": sql}).encode() + b"\n")
        self.child.stdin.flush()
        ready, _, _ = select.select([self.child.stdout], [], [], TIMEOUT)
        line = self.child.stdout.readline() if ready else b""
        if not line:
            self.said.seek(0)
            failure = f"the client of Spark ended with {self.child.wait()}: {self.said.read()[-500:]}" if ready else f"no answer in {TIMEOUT} s"
            self.stop()
            raise Failed(failure)
        said = json.loads(line)
        if "error" in said:
            raise Failed(said["error"])
        return said["header"], said["rows"]

    def save(self, sql, out):
        """The rows in a file, and its path."""
        path, (header, rows) = out.with_suffix(".csv"), self.rows(sql)
        with open(path, "w", encoding="utf-8", newline="") as f:
            csv.writer(f).writerows([header, *rows])
        return path


# ------------------------------------------------------------------------------------------------------------- the inputs

def parquet(paths, out, numbered=True):
    """One Parquet file of text columns out of CSV files, with the numbers of file and row; one that is there as it is."""
    if Path(paths[0]).suffix == ".parquet":
        return Path(paths[0])
    con = duckdb.connect()
    con.execute("SET threads = 1")
    parts = []
    for number, path in enumerate(paths):
        with open(path, encoding="utf-8", newline="") as f:
            head = next(csv.reader(f))
        names = "{" + ", ".join(f"{compare.decompose.literal(h)}: 'VARCHAR'" for h in head) + "}"
        con.execute(f"CREATE TABLE part_{number} AS SELECT * FROM read_csv({compare.decompose.literal(str(path))}, header=true, columns={names}, "
                    "delim=',', quote='\"', escape='\"', auto_detect=false)")
        numbers = f", {number} AS {FILE}, rowid AS {ROW}" if numbered else ""
        parts.append(f"SELECT *{numbers} FROM part_{number}")
    con.execute(f"COPY ({' UNION ALL BY NAME '.join(parts)}) TO {compare.decompose.literal(str(out))} (FORMAT parquet)")
    con.close()
    return out


class Asked:
    """What compare.combinations asks of its oracle, told by a world."""

    def __init__(self, world):
        day = lambda d: int((d - datetime(1970, 1, 1)).total_seconds())
        self.con = duckdb.connect()
        self.con.execute(f"CREATE TABLE session_all AS SELECT unnest([{day(world.first)}, {day(world.last)}]) AS entered")
        self.attributes, self.dimensions = world.attributes, world.dimensions
        self.has_refunds = self.has_source = True
        self.knows_lives = world.lives is not None


def combinations(world, quick):
    chosen = world.combinations
    if not chosen:
        some, full = compare.combinations(Asked(world))
        chosen = some if quick else full + MORE
    return [" ".join(f"{c} {world.options}".split()) for c in (chosen[:2] if quick and world.combinations else chosen)]


# --------------------------------------------------------------------------------------------------------- the comparison

def this_machine(gmv, world, combination, command="decompose", form="csv"):
    """The table of a command, or its text in another form."""
    tables = [*world.exports]
    tables += (["--streamers", world.streamers] if world.streamers else []) + (["--lives", world.lives] if world.lives else [])
    run = subprocess.run([gmv, *command.split(), *tables, *shlex.split(combination), *shlex.split(world.extra), "--format", form, "--raw-text", "-q"],
                         stdin=subprocess.DEVNULL, capture_output=True)
    if run.returncode:
        raise Failed(run.stderr.decode(errors="replace").strip())
    if form != "csv":
        return run.stdout.decode("utf-8")
    table = list(csv.reader(io.StringIO(run.stdout.decode("utf-8"), newline="")))
    return table[0], table[1:]


def statement(gmv, dialect, tables, combination, query="sums"):
    named = [part for name, path in tables.items() for part in (TABLES[name], REFERENCES[dialect](path))]
    for name in [n for n in COLUMNS if n in tables]:
        head = [d[0] for d in duckdb.sql(f"SELECT * FROM {compare.decompose.literal(str(tables[name]))} LIMIT 0").description]
        own = {FILE, ROW} if name != "orders" else set()
        named += [COLUMNS[name], ",".join(c for c in head if c not in own)]
    run = subprocess.run([gmv, "sql", "--query", query, "--dialect", dialect, *named, *LATEST, *shlex.split(combination.replace("--repurchase", "--occasion"))], stdin=subprocess.DEVNULL, capture_output=True)
    if run.returncode:
        raise Failed("gmv sql: " + run.stderr.decode(errors="replace").strip())
    return run.stdout.decode("utf-8").rstrip().removesuffix(";")


def same(column, ours, theirs):
    if column in compare.REAL and ours and theirs:
        a, b = float(ours), float(theirs)
        return abs(a - b) <= compare.TOLERANCE * max(abs(a), abs(b))
    return ours == theirs


def columns(head, found, moments):
    """(key columns, compared columns, what is wrong with the columns found)"""
    keys = [h for h in head[:head.index("gmv")] if h not in UNKNOWN]
    needed = FACTS + (MOMENTS if moments else [])
    wanted = keys + needed
    wrong = [f"no column {c}" for c in wanted if c not in found]
    wrong += [f"a column too many: {c}" for c in found if c not in wanted and c not in OPTIONAL | UNKNOWN]
    wrong += [f"a column twice: {c}" for c, n in Counter(found).items() if n > 1]
    return keys, needed + [c for c in found if c in OPTIONAL and c in head], wrong


def differences(local, remote, moments):
    """(rows, cells compared, what differs)"""
    (head, body), (found, rows) = local, remote
    keys, values, wrong = columns(head, found, moments)
    if wrong:
        return 0, 0, wrong
    ours_at, theirs_at = [head.index(c) for c in keys + values], [found.index(c) for c in keys + values]
    width = len(keys)
    pick = lambda rows, at: [[r[i] for i in at] for r in rows]
    ours, theirs = pick(body, ours_at), pick(rows, theirs_at)
    show = lambda k: ", ".join(f"{n}={v}" for n, v in zip(keys, k))
    wrong += [f"twice: {show(k)}" for k, n in Counter(tuple(r[:width]) for r in theirs).items() if n > 1]
    ours, theirs = ({tuple(r[:width]): r[width:] for r in rows} for rows in (ours, theirs))
    wrong += [f"row missing: {show(k)} ({dict(zip(values, r))})" for k, r in ours.items() if k not in theirs]
    wrong += [f"row too many: {show(k)} ({dict(zip(values, r))})" for k, r in theirs.items() if k not in ours]
    cells = 0
    for k in ours.keys() & theirs.keys():
        cells += len(values)
        wrong += [f"{show(k)}: {c}: {a or 'null'} here, {b or 'null'} there" for c, a, b in zip(values, ours[k], theirs[k]) if not same(c, a, b)]
    return len(ours), cells, wrong


class Said:
    """What this machine says of where every row went, whether it refuses some or not."""

    def __init__(self, gmv, world, combination):
        self.tables = [*world.exports]
        more = (["--streamers", world.streamers] if world.streamers else []) + (["--lives", world.lives] if world.lives else [])
        run = subprocess.run([gmv, "decompose", *self.tables, *more, *shlex.split(combination), *shlex.split(world.extra), "--format", "csv"],
                             stdin=subprocess.DEVNULL, capture_output=True)
        self.text, self.refused = run.stderr.decode(errors="replace").strip(), run.returncode != 0


def check_rows(args, engine, tables, combination, local):
    """(lines, numbers compared, what differs)"""
    try:
        there = ledgers.answered(*engine.rows(statement(args.gmv, engine.name, tables, combination, "rows")))
    except (Failed, ValueError) as e:
        return 0, 0, [str(e)]
    here = ledgers.said(local.text)
    cells, wrong = 0, []
    if not local.refused:
        read = re.findall(r"--timezone \S+|--day-start \S+|--profile \S+|--allow-mangled-ids", combination)
        reasons = {key[3] for key in there if key[1] == "rejected"}
        rejected, spans = ledgers.checked(args.gmv, local.tables, " ".join(read).split(), reasons)
        here |= rejected
        cells, wrong = ledgers.days(*engine.rows(statement(args.gmv, engine.name, tables, combination, "days")), spans)
    more, differ = ledgers.differences(here, local.refused, there)
    return len(there), cells + more, wrong + differ


def check_influences(args, engine, world, tables, combination, local):
    """(rows, cells compared, what differs)"""
    try:
        ask = lambda options, query: statement(args.gmv, engine.name, tables, options, query)
        files = influences.files(ask, engine.save, world.dimensions, combination, tables["orders"].with_suffix(""))
        run = subprocess.run([args.gmv, "compare", *(str(w) for pair in files.items() for w in pair), *influences.compared(combination),
                              "--format", "csv", "--raw-text", "-q"], stdin=subprocess.DEVNULL, capture_output=True)
        if run.returncode:
            raise Failed("gmv compare: " + run.stderr.decode(errors="replace").strip())
    except Failed as e:
        # Of nothing there is no statement.
        is_same = isinstance(local, Failed) or not local[1] and "nothing was sold in either period" in str(e)
        return 0, 0, [] if is_same else [str(e)]
    if isinstance(local, Failed):
        return 0, 0, [f"gmv refuses, the statements do not: {local}"]
    table = list(csv.reader(io.StringIO(run.stdout.decode("utf-8"), newline="")))
    return influences.differences(local, (table[0], table[1:]))


def period(combination):
    words = shlex.split(combination)
    return words[words.index("--period") + 1] if "--period" in words else "week"


# By part: the tables of this machine, the queries of the statements, and the comparison of both.
PARTS = {
    "sums": (lambda ask, c: [ask()], ["sums"], lambda c, local, remote: differences(*local, *remote, "--moments" in c)),
    "rates": (lambda ask, c: [ask("repurchase --ci"), ask("repurchase --curve")], ["rates", "waits"], lambda c, local, remote: repurchase.rates(*local, *remote)),
    "cohorts": (lambda ask, c: [ask("repurchase --cohorts"), ask("repurchase --cohorts", "table")], ["cohorts"],
                lambda c, local, remote: repurchase.cohorts(*local, *remote, period(c))),
}


LISTED = {"sums": combinations, "rows": combinations, "influences": influences.combinations}


def check(args, engine, world, part, tables, combination, local):
    """(rows, cells compared, what differs)"""
    if part == "rows":
        return check_rows(args, engine, tables, combination, local)
    if part == "influences":
        return check_influences(args, engine, world, tables, combination, local)
    _, queries, differ = PARTS[part]
    try:
        remote = [engine.rows(statement(args.gmv, engine.name, tables, combination, query)) for query in queries]
    except Failed as e:
        return 0, 0, [] if isinstance(local, Failed) else [str(e)]
    if isinstance(local, Failed):
        return 0, 0, [f"gmv refuses, the statement does not: {local}"]
    return differ(combination, local, remote)


def compare_one(args, engines, world, tables, name, part, combination):
    """Prints a line for each engine."""
    total = Counter()
    try:
        if part == "rows":
            local = Said(args.gmv, world, combination)
        elif part == "influences":
            local = this_machine(args.gmv, world, combination.split("|")[1], "compare")
        else:
            local = PARTS[part][0](lambda *command: this_machine(args.gmv, world, combination, *command), combination)
    except Failed as e:
        local = e
    for engine in engines:
        began = time.monotonic()
        rows, cells, wrong = check(args, engine, world, part, tables, combination, local)
        refused = isinstance(local, Failed) and not wrong
        total.update(comparisons=1, refused=int(refused), rows=rows, cells=cells, differences=len(wrong))
        print(f"{name} {engine.name:6}  {'both refuse' if refused else 'DIFF' if wrong else 'ok':11}  {rows:5} rows  {cells:6} cells  "
              f"{len(wrong):5} differences  {time.monotonic() - began:5.1f} s  {combination or '(default)'}", flush=True)
        if refused:
            print(f"         {local}"[:300])
        for line in wrong[:SHOWN]:
            print("         " + line[:600])
        if len(wrong) > SHOWN:
            print(f"         … {len(wrong) - SHOWN} more")
    return total


def compare_all(args, engines, folder):
    """(comparisons, refused by both, rows, cells, differences); prints a line for each."""
    total = Counter()
    offered = subprocess.run([args.gmv, "sql", "--help"], capture_output=True, text=True).stdout
    for name in args.worlds.split(","):
        world = worlds.WORLDS[name](folder, args.gmv, args.sessions)
        if TABLES["lives"] not in offered:
            world.lives = None  # broadcasts are then those that rows name
        paths = {"orders": world.orders, "sessions": world.sessions, "streamers": [world.streamers], "lives": [world.lives]}
        tables = {n: parquet(p, folder / f"{world.name}-{n}.parquet") for n, p in paths.items() if p not in ([], [None])}
        of_part = lambda part: LISTED.get(part, repurchase.combinations)(world, args.quick)
        parts = [(number, part, c) for part in args.parts.split(",") for number, c in enumerate(of_part(part), 1)]
        for number, part, combination in parts:
            if args.only and str(number) not in args.only.split(","):
                continue
            label = f"{number:3}  {world.name:10} {part:7}"
            if args.list:
                print(f"{label} {combination or '(default)'}")
            else:
                total += compare_one(args, engines, world, tables, label, part, combination)
    return total


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--gmv", required=True)
    p.add_argument("--engines", default="duckdb,spark")
    p.add_argument("--parts", default=",".join(["sums", "rows", *list(PARTS)[1:], "influences"]), help="what is compared")
    p.add_argument("--worlds", default=",".join(worlds.WORLDS), help="their names")
    p.add_argument("--only", help="numbers of combinations in their world and part, as printed")
    p.add_argument("--quick", action="store_true", help="a few combinations of each world")
    p.add_argument("--sessions", type=int, default=20000, help="sessions of the clean shop")
    p.add_argument("--python", default=servers.python(), help="an interpreter with pyspark")
    p.add_argument("--list", action="store_true", help="print the combinations and stop")
    p.add_argument("--keep", type=Path, help="a folder for the inputs, which is kept")
    args = p.parse_args()
    with ExitStack() as stack:
        folder = args.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gmv-equality-")))
        folder.mkdir(parents=True, exist_ok=True)
        try:
            named = [] if args.list else args.engines.split(",")
            engines = [DuckDB() if n == "duckdb" else Spark(stack, args.python) for n in named]
        except servers.NotRun as e:
            print(f"NOT RUN: {e}", file=sys.stderr)
            return servers.SKIPPED
        total = compare_all(args, engines, folder)
    if args.list:
        return 0
    print(f"{total['comparisons']} comparisons ({total['refused']} refused by both), {total['rows']} rows, {total['cells']} cells compared, {total['differences']} differences")
    return 1 if total["differences"] or not total["cells"] else 0


if __name__ == "__main__":
    sys.exit(main())
