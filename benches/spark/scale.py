#!/usr/bin/env python3
"""How a statement grows on Spark: time, processor time, shuffles, spills and memory over numbers of sessions, as a Markdown table.

usage: scale.py --gmv PATH [--millions 1,3,10,30] [--sql FILE | --options="--by streamer --moments" [--query NAME]] [--data DIR] [--rounds N] [--skew] [--here]
                [--stages] [--conf KEY=VALUE]... [--keep]

The statement is the text of FILE with {orders} and {sessions} in the place of the tables, or what `gmv sql --dialect spark` prints
for --options. Each size has servers of its own (tests/spark/servers.py: two executors of one core), a warm-up that counts the sessions,
and then the statement N times (1). The many small stages read the schemas of the files. The sample is written as CSV, turned into one Parquet file of text columns for each input, and the CSV is deleted.
--skew gives half of the sessions to one streamer and a fifth to one viewer. --here also times `gmv decompose` of the same rows on this machine.

Columns: wall is from sending to having all rows; cpu and run are of all tasks; peak task is the most execution memory of one task;
peak RSS is of the processes since they started. Runs in the environment of the oracle (duckdb), with pyspark of servers.py.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "spark"))
import equality  # noqa: E402
import servers  # noqa: E402

HEAD = ["sessions", "round", "wall s", "cpu s", "run s", "gc s", "stages", "tasks", "failed", "tables MB", "shuffle written MB", "shuffle read MB", "records shuffled",
        "spilled memory MB", "spilled disk MB", "peak task MB", "peak RSS executors MB", "peak RSS driver MB", "rows"]


def make(args, millions):
    """Parquet files of a sample; {table: path}."""
    folder = args.data / f"{millions:g}m{'-skew' if args.skew else ''}"
    tables = {name: folder / f"{name}.parquet" for name in ("orders", "sessions")}
    if all(path.exists() for path in tables.values()):
        return tables
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([args.gmv, "sample", "--sessions", str(round(millions * 1e6)), "--streamers", "300", "--weeks", "8", "--seed", "11", "--out", folder, "--quiet"], check=True)
    con = duckdb.connect()
    con.execute("SET threads = 2; SET memory_limit = '4GB'; SET preserve_insertion_order = true")
    skew = """REPLACE (CASE WHEN gmv_row % 2 = 0 THEN 's0001' ELSE streamer_id END AS streamer_id,
        CASE WHEN gmv_row % 5 = 0 THEN 'u0' ELSE viewer_id END AS viewer_id)"""
    for name, path in tables.items():
        con.execute(f"""COPY (SELECT * {skew if args.skew and name == 'sessions' else ''} FROM (
            SELECT *, 0 AS gmv_file, row_number() OVER () AS gmv_row FROM read_csv('{folder}/{name}.csv', header=true, all_varchar=true)))
            TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 500000)""")
    con.close()
    for csv in folder.glob("*.csv"):
        csv.unlink()
    return tables


def statement(args, tables):
    names = {name: f"parquet.`{path}`" for name, path in tables.items()}
    if args.options is None:
        text = args.sql.read_text(encoding="utf-8")
        for name, reference in names.items():
            text = text.replace("{" + name + "}", reference)
        return text
    return equality.statement(args.gmv, "spark", tables, args.options, args.query)


def rest(ui, path):
    with urllib.request.urlopen(f"{ui}/api/v1/{path}", timeout=60) as answer:
        return json.load(answer)


def peak_memory(group):
    """The highest resident memory so far, in MB, of (executors together, the driver)."""
    executors = driver = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[2]) != group:
                continue
            words = (entry / "cmdline").read_bytes()
            high = next(int(line.split()[1]) >> 10 for line in (entry / "status").read_text().splitlines() if line.startswith("VmHWM"))
        except (OSError, ValueError, IndexError, StopIteration):
            continue
        executors += high if b"CoarseGrainedExecutorBackend" in words else 0
        driver = max(driver, high if b"SparkConnectServer" in words else 0)
    return executors, driver


def run(client, sql):
    """(seconds, rows) of a statement."""
    began = time.monotonic()
    client.stdin.write(json.dumps({"sql": sql}) + "\n")
    client.stdin.flush()
    said = json.loads(client.stdout.readline() or '{"error": "the client ended"}')
    if "error" in said:
        raise RuntimeError(said["error"][:2000])
    return time.monotonic() - began, said["rows"]


def measured(spark, client, sql, tables, millions, round_):
    app = rest(spark.ui, "applications")[0]["id"]
    seen = {s["stageId"] for s in rest(spark.ui, f"applications/{app}/stages")}
    wall, rows = run(client, sql)
    time.sleep(2)  # the interface hears of the last stage a little later
    stages = [s for s in rest(spark.ui, f"applications/{app}/stages") if s["stageId"] not in seen and s["status"] in ("COMPLETE", "FAILED")]
    total = lambda key: sum(s.get(key, 0) for s in stages)
    most = [rest(spark.ui, f"applications/{app}/stages/{s['stageId']}/{s['attemptId']}/taskSummary?quantiles=1.0")["peakExecutionMemory"][0]
            for s in stages if s["numCompleteTasks"]]
    executors, driver = peak_memory(spark.keeper.pid)
    size_mb = sum(path.stat().st_size for path in tables.values()) / 1e6
    cells = [f"{millions:g} M", str(round_), f"{wall:.1f}", f"{total('executorCpuTime') / 1e9:.1f}", f"{total('executorRunTime') / 1e3:.1f}", f"{total('jvmGcTime') / 1e3:.1f}",
             str(len(stages)), str(total("numCompleteTasks")), str(total("numFailedTasks")), f"{size_mb:.1f}",
             *(f"{total(k) / 1e6:.1f}" for k in ("shuffleWriteBytes", "shuffleReadBytes")),
             f"{total('shuffleWriteRecords') / 1e3:.0f} k", *(f"{total(k) / 1e6:.0f}" for k in ("memoryBytesSpilled", "diskBytesSpilled")),
             f"{max(most, default=0) / 1e6:.0f}", str(executors), str(driver), str(len(rows))]
    return cells, sorted(stages, key=lambda s: s["stageId"])


def size(args, millions):
    """The rows of the table for one size."""
    tables = make(args, millions)
    sql = statement(args, tables)
    with servers.Servers(deadline=args.deadline, ui=True, conf=dict(c.split("=", 1) for c in args.conf)) as spark:
        command = [str(servers.python()), str(ROOT / "tests" / "spark" / "statements.py"), "--serve"]
        client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | spark.variables())
        try:
            run(client, f"SELECT count(*) FROM parquet.`{tables['sessions']}`")
            for round_ in range(1, args.rounds + 1):
                cells, stages = measured(spark, client, sql, tables, millions, round_)
                print("| " + " | ".join(cells) + " |", flush=True)
                for s in stages if args.stages else []:
                    print(f"    stage {s['stageId']}: {s['numCompleteTasks']} tasks, cpu {s['executorCpuTime'] / 1e9:.1f} s, "
                          f"shuffle read {s['shuffleReadBytes'] / 1e6:.1f} MB, written {s['shuffleWriteBytes'] / 1e6:.1f} MB ({s['shuffleWriteRecords']} records)", file=sys.stderr)
        finally:
            client.kill()
            client.wait()
    if args.here:
        here(args, tables, millions)
    if not args.keep:
        for path in tables.values():
            path.unlink()


def here(args, tables, millions):
    began = time.monotonic()
    subprocess.run([args.gmv, "decompose", "--orders", tables["orders"], "--sessions", tables["sessions"], *shlex.split(args.options or "--moments"),
                    "--format", "csv", "-q", "-o", os.devnull], check=True)
    print(f"    {millions:g} M on this machine: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--gmv", required=True)
    p.add_argument("--millions", default="1,3,10,30")
    p.add_argument("--sql", type=Path, default=Path(__file__).with_name("shape.sql"))
    p.add_argument("--options", help="options of `gmv sql`, in the place of --sql")
    p.add_argument("--query", default="sums", help="of `gmv sql`, with --options")
    p.add_argument("--data", type=Path, default=Path("/tmp/gmv-scale"))
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--deadline", type=float, default=3600, help="seconds for one size")
    p.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE")
    for name in ("skew", "here", "stages", "keep"):
        p.add_argument(f"--{name}", action="store_true")
    args = p.parse_args()
    print("| " + " | ".join(HEAD) + " |\n" + "|" + " ---: |" * len(HEAD), flush=True)
    try:
        for millions in map(float, args.millions.split(",")):
            size(args, millions)
    except servers.NotRun as e:
        print(f"NOT RUN: {e}", file=sys.stderr)
        return servers.SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
