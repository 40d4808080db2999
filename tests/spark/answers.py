#!/usr/bin/env python3
"""Writes what the statements of `gmv sql --query rates|waits|cohorts|influences` give of tests/handworked, run by DuckDB, to answers/.

usage: answers.py --gmv PATH [--check]

`cargo test` holds the library's reading of these files against its own reckoning of the same exports. --check writes nothing, and
exits with 1 where a file is not what it was. Runs in the environment of the oracle (duckdb).
"""
import argparse
import csv
import io
import sys
import tempfile
from pathlib import Path

import equality
import influences

HERE = Path(__file__).resolve().parent
EXPORTS = HERE.parent / "handworked"
TABLES = {"orders": "orders.csv", "sessions": "sessions.csv", "streamers": "streamers.csv"}


class Csv(equality.DuckDB):
    """Files that are read by people, too."""

    def save(self, sql, out):
        path = out.with_suffix(".csv")
        path.write_text(text(*self.rows(sql)), encoding="utf-8")
        return path


def text(header, rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def questions(of="questions.txt"):
    lines = (HERE / "answers" / of).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


def answers(gmv, folder):
    """(file, its text) of each question and query that is not refused"""
    tables = {name: equality.parquet([EXPORTS / file], folder / f"{name}.parquet") for name, file in TABLES.items()}
    for name, options in questions():
        for query in ("rates", "waits", "cohorts"):
            try:
                statement = equality.statement(gmv, "duckdb", tables, options, query)
            except equality.Failed as e:
                if query == "cohorts" and "change from period to period" in str(e):
                    continue
                raise
            yield HERE / "answers" / f"{name}-{query}.csv", text(*equality.DuckDB().rows(statement))
    for name, combination in questions("comparisons.txt"):
        place = folder / f"compared_{name}"
        ask = lambda options, query: equality.statement(gmv, "duckdb", tables, options, query)
        for file in influences.files(ask, Csv().save, ["category"], combination, place).values():
            yield HERE / "answers" / file.name, file.read_text(encoding="utf-8")


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--gmv", required=True)
    p.add_argument("--check", action="store_true")
    args = p.parse_args()
    stale = 0
    with tempfile.TemporaryDirectory(prefix="gmv-answers-") as folder:
        for file, text in answers(args.gmv, Path(folder)):
            if args.check and (not file.exists() or file.read_text(encoding="utf-8") != text):
                stale += 1
                print(f"not as it was: {file}")
            elif not args.check:
                file.write_text(text, encoding="utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
