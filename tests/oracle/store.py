"""The store of `gmv ingest`, seen by DuckDB: types, rows and sums against the exports; and by gmv itself, with and without its row groups left out."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

TYPES = {
    "paid_at": "TIMESTAMP WITH TIME ZONE",
    "entered_at": "TIMESTAMP WITH TIME ZONE",
    "left_at": "TIMESTAMP WITH TIME ZONE",
    "amount": "DECIMAL(18,2)",
    "refund_amount": "DECIMAL(18,2)",
    "watch_seconds": "BIGINT",
}

QUESTIONS = [
    [],
    ["--basis", "net", "--by", "total,category"],
    ["--from", "2026-10-26", "--to", "2026-11-01", "--by", "streamer,domain"],
    ["--from", "2026-11-02", "--to", "2026-11-08", "--attribution", "window:2h", "--period", "day"],
    ["--to", "2026-10-11", "--max-session", "20m"],
]


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("gmv", "orders", "sessions"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    wrong = 0

    def check(what: str, found: object, expected: object) -> None:
        nonlocal wrong
        if found != expected:
            wrong += 1
            print(f"{what}: {found!r}, not {expected!r}", file=sys.stderr)

    def run(*words: str) -> bytes:
        return subprocess.run([arguments.gmv, *words], check=True, capture_output=True).stdout

    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "store")
        exports = ["--orders", arguments.orders, "--sessions", arguments.sessions]
        run("ingest", "--store", store, *exports)
        base = duckdb.connect()
        base.execute("SET TimeZone = 'UTC'")
        for kind, export in (("orders", arguments.orders), ("sessions", arguments.sessions)):
            columns = dict(base.sql(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{store}/{kind}/*.parquet')").fetchall())
            for name, found in columns.items():
                check(f"type of {kind}.{name}", found, TYPES.get(name, "VARCHAR"))
            figures = {
                "orders": "count(*), sum(amount), count(buyer_id), min(epoch(paid_at)), max(epoch(paid_at)), count(distinct order_id)",
                "sessions": "count(*), count(left_at), count(distinct streamer_id), sum(epoch(entered_at)), sum(epoch(left_at)), 0",
            }[kind]
            stored = base.sql(f"SELECT {figures} FROM '{store}/{kind}/*.parquet'").fetchall()
            # Times of the export are of Shanghai, eight hours ahead; masked and blank persons are nobody.
            local = {"orders": ["paid_at"], "sessions": ["entered_at", "left_at"]}[kind]
            times = ", ".join(f"CAST({name} AS TIMESTAMP) - INTERVAL 8 HOUR AS {name}" for name in local)
            nobody = "CASE WHEN buyer_id LIKE '%**%' OR buyer_id = '匿名' THEN NULL ELSE buyer_id END AS buyer_id, CAST(amount AS DECIMAL(18,2)) AS amount"
            replaced = f"{times}, {nobody}" if kind == "orders" else times
            source = f"read_csv('{export}', all_varchar = true)"
            read = base.sql(f"SELECT {figures} FROM (SELECT * REPLACE ({replaced}) FROM {source})").fetchall()
            check(f"figures of {kind}", stored, read)
        for question in QUESTIONS:
            check(f"decompose {question}", run("decompose", "--store", store, *question), run("decompose", *exports, *question))
    print(f"store: {'all as in the exports' if not wrong else f'{wrong} differences'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
