#!/usr/bin/env python3
"""Runs SQL text on Spark over Spark Connect and writes its rows as CSV, in the form of gmv's machine formats.

usage: statements.py [--remote sc://…] [--conf KEY=VALUE]... FILE|-      one statement; its rows on standard output
       statements.py [--remote sc://…] [--conf KEY=VALUE]... --serve     a line of JSON {"sql": …} in, one out, until the end

The session's zone is UTC and ANSI mode is on. --remote is GMV_SPARK where it is not given. A served answer is
{"header": […], "rows": [[…]], "seconds": S} with every cell as text, or {"error": …}; standard output has nothing else.
Runs in the environment of servers.py (pyspark and pyarrow).
"""
import argparse
import csv
import datetime
import decimal
import json
import logging
import os
import sys
import time
import warnings

SESSION = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}


def text(value):
    """A cell: money with two decimals, the shortest real that reads back the same, null empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value == value and abs(value) < 1e15 and value == int(value) else repr(value)
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    return str(value)  # texts, integers, dates


def connect(remote, conf=()):
    logging.disable(logging.CRITICAL)  # errors come as exceptions; the client logs each once more, with the server's stack
    warnings.simplefilter("ignore")
    from pyspark.sql import SparkSession
    session = SparkSession.builder.remote(remote).create()
    for key, value in [*SESSION.items(), *conf]:
        session.conf.set(key, value)
    return session


def rows_of(session, sql):
    """(header, rows), every cell as text."""
    table = session.sql(sql).toArrow()
    columns = [[text(v) for v in table.column(i).to_pylist()] for i in range(table.num_columns)]
    return table.column_names, [list(r) for r in zip(*columns)] if columns else []


def message(error):
    return str(error).split("\nJVM stacktrace")[0].strip() or type(error).__name__


def serve(session):
    for line in sys.stdin:
        began = time.monotonic()
        try:
            header, rows = rows_of(session, json.loads(line)["sql"])
            said = {"header": header, "rows": rows, "seconds": time.monotonic() - began}
        except Exception as e:  # whatever the server says is the answer
            said = {"error": message(e)}
        print(json.dumps(said, ensure_ascii=False), flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--remote", default=os.environ.get("GMV_SPARK"))
    p.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE")
    p.add_argument("--serve", action="store_true")
    p.add_argument("file", nargs="?", default="-")
    args = p.parse_args()
    if not args.remote:
        p.error("--remote, or GMV_SPARK in the environment, is needed")
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    session = connect(args.remote, [c.split("=", 1) for c in args.conf])
    if args.serve:
        return serve(session)
    sql = sys.stdin.read() if args.file == "-" else open(args.file, encoding="utf-8").read()
    try:
        header, rows = rows_of(session, sql)
    except Exception as e:
        sys.exit(f"statements.py: {message(e)}")
    w = csv.writer(sys.stdout, lineterminator="\n")
    w.writerow(header)
    w.writerows(rows)


if __name__ == "__main__":
    main()
