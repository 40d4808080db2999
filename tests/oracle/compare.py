#!/usr/bin/env python3
"""Compares every cell of `gmv decompose` with the oracle (decompose.py) over many combinations of options.

usage: compare.py --gmv PATH --orders FILE... --sessions FILE... [--streamers FILE] [--lives FILE...] [--quick] [--only N,N] [--extra "ARGS"]

Integers, money and text must be equal, reals within a relative 1e-12, nulls in the same cells; the same rows by key
(period and group columns), no key twice, and the rows in the order of the contract: period, gmv down, group columns.
One line per combination, a summary, exit 1 on any difference. --extra goes to the binary alone (`--extra "--max-bad 10%"`).
"""
import argparse
import csv
import io
import shlex
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

import decompose

REAL = {"watch_hours", "watch_hours_per_viewer", "buyers_per_watch_hour", "aov", "orders_per_buyer", "live_hours"}
MONEY = decompose.MONEY
INTEGER = {"uv", "uv_private", "uv_public", "uv_paid", "buyers", "orders", "orders_off_live", "broadcasts", *decompose.MOMENTS}
TOLERANCE = 1e-12
SHOWN = 5  # differences shown per combination


def combinations(oracle):
    """Option lists that spread over every option and kind of group; those whose columns the files lack are left out."""
    con = oracle.con
    a, z = con.execute("SELECT min(entered) // 86400, max(entered) // 86400 FROM session_all").fetchone()
    first, last = date(1970, 1, 1) + timedelta(a or 0), date(1970, 1, 1) + timedelta(z or 0)
    span = (last - first).days
    inner = f"--from {first + timedelta(min(span, 2 + span // 7))} --to {last - timedelta(min(span // 2, 1 + span // 6))}"
    attr = [name for name in oracle.attributes if name != "streamer_name"]
    t = attr[0] if attr else None
    dim = "category" if "category" in oracle.dimensions else (oracle.dimensions[0] if oracle.dimensions else None)
    net = " --basis net" if oracle.has_refunds else ""
    split = oracle.has_source
    live = oracle.knows_lives
    quick = [
        "--moments",
        f"--by total,buyer-type,price-band --period day --attribution window:30m --moments{net}",
        split and f"--by streamer,domain,carrier --domain-rule longest --attribution all --week-start sun {inner} --moments",
        split and t and dim and f"--by {t},traffic,{dim} --domain-rule first --attribution carrier --day-start 05:00 --moments",
    ]
    full = [
        "",
        net,
        "--attribution window:30m --moments",
        "--attribution window:0s --period day",
        "--attribution window:36h --period day --by total --moments",
        "--attribution carrier --by total",
        "--attribution all --moments",
        "--attribution all --by total --period month --moments",
        split and "--domain-rule first --by streamer,domain",
        split and "--domain-rule longest --by total,domain --period day --moments",
        split and f"--by domain --attribution all --moments{net}",
        split and "--by streamer,traffic --moments",
        split and "--by total,traffic --domain-rule longest --period all --attribution window:2h",
        f"--by streamer,buyer-type{net}",
        "--by buyer-type --period day --attribution all --moments",
        split and f"--by total,domain,traffic,buyer-type --moments {inner}",
        "--by total,price-band --moments",
        f"--by streamer,price-band --price-bands 0,9.9,100,1000{net}",
        "--by streamer,carrier --attribution carrier",
        "--by carrier --attribution all --period month --moments",
        dim and f"--by streamer,{dim} --moments",
        dim and f"--by total,{dim} --period quarter{net}",
        dim and split and f"--by domain,buyer-type,{dim},price-band,carrier --moments",
        dim and split and f"--by price-band,{dim},streamer,traffic --attribution window:1d --moments{net}",
        dim and f"--by {dim},buyer-type --period day --attribution all --day-start 06:30",
        t and f"--by {t} --moments",
        t and split and f"--by {t},domain --attribution all --moments",
        t and split and f"--by {t},buyer-type,traffic,price-band --domain-rule longest{net}",
        t and split and f"--by {t},streamer,domain --period day",
        len(attr) > 1 and f"--by {','.join(attr)} --attribution carrier --moments",
        len(attr) > 1 and f"--by {attr[1]},carrier,{t} --period month",
        "--week-start sun",
        "--week-start sun --day-start 05:00 --by total --moments",
        "--period day --day-start 05:00",
        "--period day --by total --day-start 23:59 --moments",
        f"{inner}",
        f"{inner} --by total,buyer-type --attribution window:30m --moments",
        f"{inner} --period all --by streamer --moments",
        f"{inner} --period month --by buyer-type,price-band --attribution all{net} --moments",
        "--period quarter --by total --moments",
        "--period year --attribution window:30m",
        split and "--period all --by streamer,domain --domain-rule first",
        live and "--by live --moments",
        live and f"--by streamer,live --attribution window:30m --period day --moments{net}",
        live and split and "--by live,domain,buyer-type --domain-rule longest --moments",
        live and dim and f"--by live,{dim} --attribution all --period month --moments",
        live and t and split and f"--by {t},live,traffic --domain-rule first {inner}",
        live and f"--by live --period all --attribution carrier --day-start 05:00 {inner}",
        "--max-session 10m --moments",
        split and "--max-session 1h --attribution window:0s --by total,domain --domain-rule longest --period day",
        "--max-session 7d --period day --by total --moments",
    ]
    clean = lambda xs: [" ".join(x.split()) for x in xs if x is not None and x is not False]
    return clean(quick), clean(quick) + [c for c in clean(full) if c not in clean(quick)]


def number(s):
    try:
        return Decimal(s)
    except InvalidOperation:
        return None


def same(column, ours, theirs):
    """ours: the oracle's value; theirs: the text of the tool's cell."""
    if ours is None or theirs == "":
        return ours is None and theirs == ""
    if column in REAL:
        n = number(theirs)
        return n is not None and n.is_finite() and abs(float(n) - ours) <= TOLERANCE * max(abs(ours), abs(float(n)))
    if column in MONEY or column in INTEGER:
        return decompose.text(column, ours) == theirs
    return decompose.text(column, ours) == theirs


def check(oracle, args, combination):
    """(rows, cells, differences)"""
    options = argparse.ArgumentParser()
    decompose.options(options)
    try:
        header, rows = oracle.decompose(options.parse_args(shlex.split(combination)))
        failure = None
    except decompose.OracleError as e:
        failure = e
    command = [args.gmv, "decompose", "--orders", *args.orders, "--sessions", *args.sessions,
               *(["--streamers", args.streamers] if args.streamers else []), *(["--lives", *args.lives] if args.lives else []), *shlex.split(combination),
               *shlex.split(args.extra), "--format", "csv", "--raw-text", "-q"]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    if failure:
        return 0, 0, [] if run.returncode else [f"the oracle refuses ({failure}), the tool does not"]
    if run.returncode:
        return 0, 0, [f"exit {run.returncode}: {run.stderr.decode(errors='replace').strip()[:500]}"]
    table = list(csv.reader(io.StringIO(run.stdout.decode("utf-8"), newline="")))
    if not table:
        return 0, 0, ["no output"]
    head, body = table[0], table[1:]
    keep = [i for i, h in enumerate(head) if h != "streamer_name" or h in header]
    differences = []
    got = [head[i] for i in keep]
    if got != header:
        return 0, 0, [f"columns: expected {header}, found {got}"]
    body = [[r[i] for i in keep] if len(r) == len(head) else r for r in body]
    short = [r for r in body if len(r) != len(header)]
    if short:
        return 0, 0, [f"a row of {len(short[0])} cells: {short[0]}"]
    keys = header[:header.index("gmv")]
    width = len(keys)
    show = lambda k: ", ".join(f"{n}={v}" for n, v in zip(keys, k))
    theirs = {tuple(r[:width]): r for r in body}
    twice = [k for k, n in Counter(tuple(r[:width]) for r in body).items() if n > 1]
    differences += [f"twice: {show(k)}" for k in twice]
    ours = {tuple(decompose.text(c, v) for c, v in zip(keys, r)): r for r in rows}
    differences += [f"row missing: {show(k)} (gmv {decompose.text('gmv', r[width])}, uv {r[width + 1]})" for k, r in ours.items() if k not in theirs]
    differences += [f"row too many: {show(k)} (gmv {r[width]}, uv {r[width + 1]})" for k, r in theirs.items() if k not in ours]
    cells = 0
    for k, r in ours.items():
        if k in theirs:
            for c, v, s in zip(header[width:], r[width:], theirs[k][width:]):
                cells += 1
                if not same(c, v, s):
                    differences.append(f"{show(k)}: {c}: expected {decompose.text(c, v) or 'null'}, found {s or 'null'}")
    # the order of rows: period, gmv down, the group columns as text
    rank = [(r[0], -(number(r[width]) or 0), [v.encode() for v in r[1:width]]) for r in body]
    for x, y, r in zip(rank, rank[1:], body[1:]):
        if y < x:
            differences.append(f"row order: {show(r[:width])} (gmv {r[width]}) should be before the row above it")
            break
    return len(rows), cells, differences


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--gmv", required=True)
    p.add_argument("--orders", nargs="+", action="extend", required=True)
    p.add_argument("--sessions", nargs="+", action="extend", required=True)
    p.add_argument("--streamers")
    p.add_argument("--lives", nargs="+", action="extend")
    p.add_argument("--quick", action="store_true", help="a few combinations only")
    p.add_argument("--only", help="numbers of combinations, as printed")
    p.add_argument("--extra", default="", help="arguments for the binary alone")
    p.add_argument("--list", action="store_true", help="print the combinations and stop")
    args = p.parse_args()
    oracle = decompose.Oracle(args.orders, args.sessions, args.streamers, args.lives)
    quick, full = combinations(oracle)
    chosen = list(enumerate(quick if args.quick else full, 1))
    if args.only:
        chosen = [(n, c) for n, c in chosen if str(n) in args.only.split(",")]
    if args.list:
        for n, c in chosen:
            print(f"{n:3}  {c or '(default)'}")
        return
    rows = cells = found = 0
    for n, c in chosen:
        began = time.monotonic()
        r, k, differences = check(oracle, args, c)
        rows, cells, found = rows + r, cells + k, found + len(differences)
        print(f"{n:3}  {'ok  ' if not differences else 'DIFF'}  {r:6} rows  {k:8} cells  {len(differences):6} differences  "
              f"{time.monotonic() - began:5.1f} s  {c or '(default)'}", flush=True)
        for d in differences[:SHOWN]:
            print(f"         {d}")
        if len(differences) > SHOWN:
            print(f"         … {len(differences) - SHOWN} more")
    print(f"{len(chosen)} combinations, {rows} rows, {cells} cells compared, {found} differences")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
