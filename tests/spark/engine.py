#!/usr/bin/env python3
"""`--engine` on a real Spark: the same answers as from exports, and one clear line where there is none.

usage: engine.py --gmv PATH [--only NAME,…] [--worlds NAME,…] [--match TEXT] [--quick]

PATH is built with the feature spark. The server asks for a token, and ends each stream of answers after a second, so that every
longer one has to be taken up again. Commands of this machine and of the cluster are held against each other cell by cell, over a
clean shop and dirty ones (worlds.py); columns that a cluster does not tell (NOT_TOLD) are named. Then come what goes wrong, a
certificate, signals, a deadline, and a worker that is killed in the middle of a statement. One line for each; exit 1 on any
difference. Runs in the environment of the oracle (duckdb). Exit 77 and `NOT RUN` where Spark cannot be had.
"""
import argparse
import csv
import io
import os
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb

import cells
import equality
import ledgers
import relay
import reports
import servers
import worlds
from commands import COMMANDS, NOT_TOLD, QUICK

TOKEN = "s3cr3t-t0ken"
VARIABLE = "SPARK_CONNECT_AUTHENTICATE_TOKEN"
CONF = {"spark.connect.authenticate.token": TOKEN, "spark.connect.execute.reattachable.senderMaxStreamDuration": "1s"}


class Wrong(Exception):
    """What is not as it should be."""


def gmv(args, words, timeout=600, token=TOKEN, **more):
    environment = {k: v for k, v in os.environ.items() if k != VARIABLE} | ({VARIABLE: token} if token else {}) | more
    return subprocess.run([args.gmv, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, env=environment)


def tables(world, folder, address):
    paths = {"orders": world.orders, "sessions": world.sessions, "streamers": [world.streamers]}
    named = {n: equality.parquet(p, folder / f"{world.name}-{n}.parquet", numbered=n != "streamers") for n, p in paths.items() if p not in ([], [None])}
    words = ["--engine", address, *(w for n, p in named.items() for w in (equality.TABLES[n], str(p)))]
    return words + equality.LATEST


def exports(world):
    return [*world.exports, *(["--streamers", str(world.streamers)] if world.streamers else [])]


def table(run):
    if run.returncode:
        raise Wrong(f"exit {run.returncode}: " + run.stderr.decode(errors="replace").strip()[-600:])
    rows = list(csv.reader(io.StringIO(run.stdout.decode("utf-8"), newline="")))
    return rows[0], rows[1:]


def compared(here, there):
    return cells.compared(here, there, NOT_TOLD)


# ------------------------------------------------------------------------------------------------------------- the same answers

def same(args, server, folder):
    cells = 0
    for name, commands in COMMANDS.items():
        if name not in args.worlds.split(","):
            continue
        world = worlds.WORLDS[name](folder, args.gmv, 20000)
        there = tables(world, folder, server.connect)
        for line in [c for c in (commands[:QUICK] if args.quick else commands) if args.match in c]:
            command, *options = shlex.split(line)
            shown = ["--raw-text", "-q"] if "--narrative" in options else ["--format", "csv", "--raw-text", "-q"]
            began = time.monotonic()
            here = gmv(args, [command, *exports(world), *options, *shown, "--max-bad", "100%"])
            cluster = gmv(args, [command, *there, *options, *shown, "--max-bad", "100%"])
            if "--narrative" in options:
                count, wrong = 1, [] if here.stdout == cluster.stdout else [f"{here.stdout!r} here, {cluster.stdout!r} there {cluster.stderr!r}"]
            else:
                count, wrong = compared(table(here), table(cluster))
            cells += count
            print(f"  {name:8} {line:88} {count:6} cells  {len(wrong):3} differences  {time.monotonic() - began:5.1f} s", flush=True)
            if wrong:
                raise Wrong("; ".join(wrong[:5]))
    return f"{cells} cells compared, 0 differences"


# --------------------------------------------------------------------------------------------------------- where every row went

LISTS = {
    "sample": ["", "--basis net --from 2026-01-12 --to 2026-02-15"],
    "dirty": ["--unknown-status skip --by streamer,domain", "--unknown-status count --attribution all --by total"],
    "guises": ["--unknown-status skip"],
}


def lists(args, server, folder):
    numbers = 0
    for name, combinations in LISTS.items():
        world = worlds.WORLDS[name](folder, args.gmv, 20000)
        there = tables(world, folder, server.connect)
        for options in map(shlex.split, combinations):
            runs = [gmv(args, ["decompose", *words, *options, "--max-bad", "100%", "--format", "csv"]) for words in (exports(world), there)]
            ours, theirs = (ledgers.said(run.stderr.decode(errors="replace")) for run in runs)
            wrong = [f"{k}: {ours.get(k)} here, {theirs.get(k)} there" for k in ours | theirs if ours.get(k) != theirs.get(k)]
            if not ours or wrong or any(run.returncode for run in runs):
                raise Wrong(f"{name} {options}: {wrong[:5]} {runs[1].stderr[-300:]!r}")
            numbers += 3 * len(ours)
    world = worlds.WORLDS["refuse"](folder, args.gmv, 2000)
    words = (exports(world), tables(world, folder, server.connect))
    here, cluster = (gmv(args, ["decompose", *tables, "--max-bad", "100%", "-q"]) for tables in words)
    if here.stderr != cluster.stderr or here.returncode != cluster.returncode:
        raise Wrong(f"{here.stderr!r} here, {cluster.stderr!r} there")
    return f"{numbers} numbers of where rows went compared, 0 differences; the same refusal of statuses"


# ------------------------------------------------------------------------------------------------------ what is said of the numbers

ABOUT = ["decompose --by total", "compare --before 2026-01-12 --after 2026-01-19 --by total", "repurchase --by total", "plan --by total --aov +5%", "explain --all --before 2026-01-12 --after 2026-01-19",
         "decompose --by category --attribution all"]


def about(args, server, folder):
    """The currency and definitions of a profile, and a file that names persons, which its owner alone may read."""
    world = worlds.WORLDS["words"](folder, args.gmv, 0)
    (folder / "persons.toml").write_text(worlds.WORDS.replace("[orders.columns]", '[orders.columns]\nbuyer_id = "category"'), encoding="utf-8")
    sides = {"here": world.exports, "there": tables(world, folder, server.connect)}
    numbers = 0
    for line in ABOUT:
        found = []
        for side, words in sides.items():
            command, *options = shlex.split(line)
            options += ["--profile", str(folder / "persons.toml")] if "category" in line else shlex.split(world.options)
            words, out = [command, *words, *options, "--max-bad", "100%", "-q"], folder / f"{side}.parquet"
            shown, saved = gmv(args, [*words, "--format", "table"]), gmv(args, [*words, "-o", str(out)])
            if shown.returncode or saved.returncode:
                raise Wrong(f"{side} {line}: {shown.stderr[-300:]!r} {saved.stderr[-300:]!r}")
            pairs = duckdb.execute("SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [str(out)]).fetchall()
            of_profile = {k: v for k, v in pairs if k in ("gmv.profile", "gmv.amount")}
            found.append((of_profile, oct(out.stat().st_mode & 0o777), b"US$" in shown.stdout))
        here, there = found
        if here != there or not (here[0].get("gmv.profile") and here[2]) or (here[1] == "0o600") != ("category" in line):
            raise Wrong(f"{line}: {here} here, {there} there")
        numbers += len(here[0]) + 2
    return f"{numbers} statements about numbers compared, 0 differences: the currency, what an amount is, who may read them"


# ---------------------------------------------------------------------------------------------------------------------- reports

def report(args, server, folder):
    cells = 0
    for name, lines in reports.REPORTS.items():
        world = worlds.WORLDS[name](folder, args.gmv, 20000)
        there = tables(world, folder, server.connect)
        for at, line in enumerate(lines[:1] if args.quick else lines):
            if args.match not in f"{name} report {line}":
                continue
            outs = [folder / f"{name}-{at}-{side}" for side in ("here", "there")]
            options = [*shlex.split(line), *(word for alert in reports.ALERTS for word in ("--alert", alert))]
            runs = [gmv(args, ["report", *words, *options, "--out", str(out)]) for words, out in zip((exports(world), there), outs)]
            codes = {run.returncode for run in runs}
            if len(codes) != 1 or not codes <= {0, 4} or TOKEN in str([run.stderr for run in runs]):
                raise Wrong(f"{name} {line}: {[(run.returncode, run.stderr[-300:]) for run in runs]}")
            count, wrong = reports.same(*(next(out.glob("latest*")) for out in outs), compared)
            cells += count
            print(f"  {name:8} report {line:81} {count:6} cells  {len(wrong):3} differences", flush=True)
            if wrong:
                raise Wrong("; ".join(wrong[:5]))
    late = ["report", *there, "--as-of", "2027-03-01", "--attribution", "all", "--max-bad", "100%", "--unknown-status", "skip", "--out", str(folder / "late")]
    told(gmv(args, late), 1, "missing 2027-02-22")
    if (folder / "late").exists() and list((folder / "late").glob("*2027*")):
        raise Wrong("a report of a week without rows")
    return f"{cells} cells of reports compared, 0 differences; a week that the tables do not reach is refused"


# ------------------------------------------------------------------------------------------------------------- what goes wrong

def told(run, code, *parts):
    """One line on standard error that holds all the parts, nothing on standard output, no token."""
    said = run.stderr.decode(errors="replace")
    lines = [line for line in said.strip().splitlines() if line.strip()]
    missing = [part for part in parts if part not in said]
    if run.returncode != code or len(lines) != 1 or missing or run.stdout or TOKEN in said or "\tat " in said:
        raise Wrong(f"exit {run.returncode}, wanted {code} and {missing}: {said[-800:]!r}")


def errors(args, server, folder):
    world = worlds.WORLDS["sample"](folder, args.gmv, 2000)
    there = tables(world, folder, server.connect)
    orders, sessions = there[there.index("--orders-table") + 1], there[there.index("--sessions-table") + 1]
    alone = ["--attribution", "all", "--by", "total"]
    ask = lambda *words, **more: gmv(args, ["decompose", *words], **more)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    told(ask("--engine", f"sc://127.0.0.1:{free}", "--orders-table", orders, *alone), 1, "does not answer", str(free))
    told(ask("--engine", "sc://nowhere.invalid", "--orders-table", orders, *alone, token=None), 1, "does not answer")
    told(ask("--engine", server.connect, "--orders-table", "shop.none", *alone), 1, "--orders-table `shop`.`none`", "cannot be found")
    told(ask("--engine", server.connect, "--orders-table", "/none.parquet", *alone), 1, "--orders-table", "does not exist")
    told(ask("--engine", server.connect, "--orders-table", sessions, *alone), 1, "not of orders")
    told(ask(*there, "--by", "colour"), 1, "missing column `colour` of --by", "order_id")
    told(ask(*there, "--latest-by", "version"), 2, "--latest-by version", "no such column")
    told(gmv(args, ["plan", *there, "--by", "total", "--aov", "+5%", "--covers", "2026-09-21..2026-11-22", "-q"]), 1, "nothing to multiply")
    told(ask("--engine", server.connect, "--orders-table", orders, *alone, token=None), 1, "refuses", VARIABLE)
    told(ask("--engine", server.connect, "--orders-table", orders, *alone, token="wrong"), 1, "refuses", VARIABLE)
    told(ask("--engine", f"sc://example.org/;token={TOKEN}", "--orders-table", orders, *alone, token=None), 2, "use_ssl=true")
    told(ask("--engine", f"sc://example.org:99999/;token={TOKEN}", "--orders-table", orders, *alone, token=None), 2, "port")
    told(ask("--engine", f"http://example.org/;token={TOKEN}", "--orders-table", orders, *alone, token=None), 2, "sc://")
    unknown, dirty = (tables(worlds.WORLDS[name](folder, args.gmv, 2000), folder, server.connect) for name in ("refuse", "dirty"))
    told(ask(*unknown, "--max-bad", "100%", "-q"), 1, "status")
    told(ask(*dirty), 1, " rows rejected: ", "more than --max-bad 1%")
    run = ask(*dirty, "--max-bad", "100%", "--unknown-status", "skip", "--strict", "--format", "csv")
    if run.returncode != 3 or run.stderr.count(b" rejected (") != 2:
        raise Wrong(f"rejected rows: exit {run.returncode}, {run.stderr!r}")
    out = folder / "late.csv"
    (folder / "long").mkdir()
    long = tables(worlds.WORLDS["sample"](folder / "long", args.gmv, 60000), folder / "long", server.connect)
    long += ["--by", "streamer,domain,category", "--period", "day", "-q"]
    told(ask(*long, "--engine-timeout", "1s", "-o", str(out)), 1, "has not answered within 1 s", "--engine-timeout")
    if out.exists():
        raise Wrong("something was written")
    address = server.connect + f"/;token={TOKEN}"
    run = gmv(args, ["decompose", "--engine", address, "--orders-table", orders, *alone, "--format", "json"], token=None)
    if run.returncode or TOKEN.encode() in run.stdout + run.stderr:
        raise Wrong(f"a token in the address: {run.stderr!r}")
    return "errors in one line each, none of them with the token; rejected rows are told of"


# -------------------------------------------------------------------------------------------------------------------- encrypted

def encrypted(args, server, folder):
    world = worlds.WORLDS["sample"](folder, args.gmv, 2000)
    there = tables(world, folder, server.connect)
    orders = there[there.index("--orders-table") + 1]
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=relay.serve, args=(listener, int(server.connect.rsplit(":", 1)[1]), context), daemon=True).start()
        port = listener.getsockname()[1]
        words = ["decompose", "--orders-table", orders, "--attribution", "all", "--by", "total", "--format", "csv", "-q", "--engine"]
        plain = table(gmv(args, [*words, server.connect]))
        trusted = table(gmv(args, [*words, f"sc://localhost:{port}/;use_ssl=true"], SSL_CERT_FILE=str(certificate)))
        if plain != trusted:
            raise Wrong("another answer when encrypted")
        told(gmv(args, [*words, f"sc://localhost:{port}/;use_ssl=true"]), 1, "does not answer")
        told(gmv(args, [*words, f"sc://localhost:{port}"]), 1, "does not answer")
    return "equal with a certificate that is trusted, refused with one that is not, and in the clear"


# -------------------------------------------------------------------------------------------------------- in the middle of a run

def begun(args, words):
    """A command in the middle of its statements; of a quick server sooner."""
    for wait in (4.0, 2.0, 1.0, 0.5):
        run = subprocess.Popen([args.gmv, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=os.environ | {VARIABLE: TOKEN})
        time.sleep(wait)
        if run.poll() is None:
            return run
        out, err = run.communicate()
        if run.returncode:
            break
    raise Wrong(f"it was over too soon: {err!r}")


def executors(server):
    """Seconds of the processor that the executors of a server have taken so far."""
    found = 0.0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            about = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(about[2]) == server.keeper.pid and b"CoarseGrainedExecutorBackend" in (entry / "cmdline").read_bytes():
                found += sum(map(int, about[11:13])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            continue
    return found


def signals(args, server, folder):
    world = worlds.WORLDS["sample"](folder, args.gmv, 60000)
    there = tables(world, folder, server.connect)
    for number in (signal.SIGINT, signal.SIGTERM):
        out = folder / "stopped.csv"
        run = begun(args, ["decompose", *there, "--period", "day", "--by", "streamer,domain,category", "-o", str(out)])
        sent = time.monotonic()
        run.send_signal(number)
        run.communicate(timeout=30)
        took = time.monotonic() - sent
        if run.returncode != -number or list(folder.glob("*stopped*")):
            raise Wrong(f"{number.name}: exit {run.returncode}, left {list(folder.glob('*stopped*'))}")
        # What compiles in the executors themselves goes on for a while.
        spent = []
        for _ in range(8):
            before = executors(server)
            time.sleep(2)
            spent.append(executors(server) - before)
            if spent[-1] < 0.3:
                break
        else:
            raise Wrong(f"{number.name}: the cluster goes on after {took:.1f} s: {spent}")
    return "SIGINT and SIGTERM end the run and what the cluster does for it; nothing is left"


def killed(args, server, folder):
    world = worlds.WORLDS["sample"](folder, args.gmv, 60000)
    there = tables(world, folder, server.connect)
    words = ["--period", "day", "--by", "streamer,domain", "--format", "csv", "-q"]
    expected = table(gmv(args, ["decompose", *exports(world), *words]))
    run = begun(args, ["decompose", *there, *words])
    worker = server.workers[0]
    children = subprocess.run(["pgrep", "-P", str(worker)], capture_output=True, text=True).stdout.split()
    for pid in [worker, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)
    out, err = run.communicate(timeout=600)
    if run.returncode:
        told(subprocess.CompletedProcess([], run.returncode, out, err), 1, server.connect)
        return f"one clear line: {err.decode().strip()}"
    rows = list(csv.reader(io.StringIO(out.decode("utf-8"), newline="")))
    cells, wrong = compared(expected, (rows[0], rows[1:]))
    if wrong:
        raise Wrong("; ".join(wrong[:5]))
    return f"a worker and its executor killed in the middle of a statement: {cells} cells compared, 0 differences"


TESTS = {"same": same, "lists": lists, "about": about, "report": report, "errors": errors, "encrypted": encrypted, "signals": signals, "killed": killed}


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--gmv", required=True)
    p.add_argument("--only", default=",".join(TESTS))
    p.add_argument("--worlds", default=",".join(COMMANDS), help="of `same`, their names")
    p.add_argument("--match", default="", help="of `same` and `report`, only commands with this in them")
    p.add_argument("--quick", action="store_true", help="a few commands of each world")
    args = p.parse_args()
    failed = 0
    try:
        with servers.Servers(conf=CONF) as server, tempfile.TemporaryDirectory(prefix="gmv-engine-") as folder:
            for name in args.only.split(","):
                own = Path(folder) / name
                own.mkdir()
                began = time.monotonic()
                try:
                    said = TESTS[name](args, server, own)
                except (Wrong, subprocess.TimeoutExpired) as e:
                    said, failed = f"WRONG: {e}", failed + 1
                print(f"{name:10} {time.monotonic() - began:6.1f} s  {said}", flush=True)
    except servers.NotRun as e:
        print(f"NOT RUN: {e}", file=sys.stderr)
        return servers.SKIPPED
    print(f"{failed} of {len(args.only.split(','))} went wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
