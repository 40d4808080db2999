#!/usr/bin/env python3
"""Whether equality.py sees what is wrong: statements of a stand-in for `gmv sql` that are right, or wrong in one known way.

usage: equality_test.py --gmv PATH [--engine duckdb|spark]

The stand-in answers `sql` with a query that reads the rows of `gmv decompose` from a Parquet file, after spoiling them. Runs
where equality.py does.
"""
import argparse
import os
import shlex
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
# name: (an SQL text on the rows, what equality.py must say)
FAULTS = {
    "nothing": ("SELECT * FROM facts", "0 differences"),
    "a cent": ("SELECT * REPLACE (gmv + CASE WHEN n = 3 THEN 0.01 ELSE 0 END AS gmv) FROM facts", ": gmv: "),
    "one viewer": ("SELECT * REPLACE (uv + CASE WHEN n = 3 THEN 1 ELSE 0 END AS uv) FROM facts", ": uv: "),
    "a null": ("SELECT * REPLACE (CASE WHEN n <> 3 THEN orders END AS orders) FROM facts", "null there"),
    "a real in its eleventh digit": ("SELECT * REPLACE (watch_hours * (1 + 1e-11) AS watch_hours) FROM facts", ": watch_hours: "),
    "a real in its last digit": ("SELECT * REPLACE (watch_hours * (1 + 2e-16) AS watch_hours) FROM facts", "0 differences"),
    "a real that is money": ("SELECT * REPLACE (gmv::DOUBLE AS gmv) FROM facts", ": gmv: "),
    "a row less": ("SELECT * FROM facts WHERE n <> 3", "row missing"),
    "a row more": ("SELECT * FROM facts UNION ALL SELECT * REPLACE ('1999-01-01' AS period) FROM facts WHERE n = 1", "row too many"),
    "a row twice": ("SELECT * FROM facts UNION ALL SELECT * FROM facts WHERE n = 3", "twice: "),
    "a wrong key": ("SELECT * REPLACE (period || ' ' AS period) FROM facts", "row missing"),
    "a wrong moment": ("SELECT * REPLACE (m_gg + CASE WHEN n = 3 THEN 1 ELSE 0 END AS m_gg) FROM facts", ": m_gg: "),
    "partial turned round": ("SELECT * REPLACE (NOT partial AS partial) FROM facts", ": partial: "),
    "a column less": ("SELECT * EXCLUDE (buyers) FROM facts", "no column buyers"),
    "a column more": ("SELECT *, 1 AS surprise FROM facts", "a column too many: surprise"),
    "a statement that fails": ("SELECT * REPLACE (CAST(period || 'x' AS DATE) AS period) FROM facts", "x"),
}
COUNTED = "SELECT input, what, field, reason, {} AS rows, {} AS money, {} AS seconds FROM facts"
# The same of the query `rows`: what is done to the answer of the real statement.
ROW_FAULTS = {
    "rows: nothing": ("SELECT * FROM facts", "0 differences"),
    "rows: a row": (COUNTED.format("rows + CASE WHEN what = 'guests' THEN 1 ELSE 0 END", "money", "seconds"), "sessions guests"),
    "rows: a cent": (COUNTED.format("rows", "money + CASE WHEN what = 'attributed' THEN 0.01 ELSE 0.00 END", "seconds"), "orders attributed"),
    "rows: a cent of a reason": (COUNTED.format("rows", "money + CASE WHEN field = 'paid_at' THEN 0.01 ELSE 0.00 END", "seconds"), "orders rejected paid_at"),
    "rows: a second": (COUNTED.format("rows", "money", "seconds + CASE WHEN what = 'overlap' THEN 1 ELSE 0 END"), "sessions overlap"),
    "rows: another column": ("SELECT input, what, CASE WHEN field = 'viewer_id' THEN 'streamer_id' ELSE field END AS field, reason, rows, money, seconds FROM facts WHERE field IS NULL OR field <> 'streamer_id'",
                             "rejected here"),
    "rows: a line less": ("SELECT * FROM facts WHERE what <> 'never_paid'", "orders never_paid"),
    "rows: a line more": ("SELECT * FROM facts UNION ALL SELECT 'orders', 'skipped', NULL, NULL, 1, 0.00, NULL", "orders skipped"),
    "rows: a line twice": ("SELECT * FROM facts UNION ALL SELECT * FROM facts WHERE what = 'counted'", "twice: "),
}
# The same of statements about buyers who come back, on DuckDB alone: the query, an SQL text on its rows, and what must be said.
RETURNING = {
    "nothing of rates": ("rates", "SELECT * FROM facts", "0 differences"),
    "a buyer who bought again": ("rates", "SELECT * REPLACE (repeat_buyers + CASE WHEN n = 3 THEN 1 ELSE 0 END AS repeat_buyers) FROM facts", ": repurchase_rate: "),
    "a private viewer": ("rates", "SELECT * REPLACE (private_viewers + CASE WHEN n = 3 THEN 1 ELSE 0 END AS private_viewers) FROM facts", ": funnel_viewers: "),
    "a refund": ("rates", "SELECT * REPLACE (refunded_gmv + CASE WHEN n = 2 THEN 0.01 ELSE 0 END AS refunded_gmv) FROM facts", ": refund_rate_gmv: "),
    "a second moment of refunds": ("rates", "SELECT * REPLACE (m_refunds + CASE WHEN n = 2 THEN 1 ELSE 0 END AS m_refunds) FROM facts", ": refund_rate_orders_lo: "),
    "a day of history": ("rates", "SELECT * REPLACE (history_days + CASE WHEN n = 3 THEN 1 ELSE 0 END AS history_days) FROM facts", ": history_days: "),
    "a row of rates less": ("rates", "SELECT * FROM facts WHERE n <> 3", "row missing"),
    "a wait a day longer": ("waits", "SELECT * REPLACE (days + CASE WHEN days >= 4 THEN 1 ELSE 0 END AS days) FROM facts", ": days_to_second_order_p"),
    "one more who waits": ("waits", "SELECT * REPLACE (not_yet + CASE WHEN n = 3 THEN 1 ELSE 0 END AS not_yet) FROM facts", ": at_risk: "),
    "one who returned": ("cohorts", "SELECT * REPLACE (returned + CASE WHEN n = 3 THEN 1 ELSE 0 END AS returned) FROM facts", ": returned: "),
    "a cohort one larger": ("cohorts", "SELECT * REPLACE (buyers + CASE WHEN n = 3 THEN 1 ELSE 0 END AS buyers) FROM facts", " buyers, not "),
    "one more in no cohort": ("cohorts", "SELECT * FROM facts UNION ALL BY NAME SELECT 1 AS buyers", "in no cohort: "),
    "a cohort less": ("cohorts", "SELECT * FROM facts WHERE n <> 3", "row missing"),
}
STAND_IN = """#!/bin/sh
if [ "$1" = sql ]; then shift; exec {python} {this} stand-in {gmv} {fault} "$@"; fi
exec {gmv} "$@"
"""


def stand_in(gmv, fault, rest):
    """Prints a query that reads the rows of decompose, spoiled."""
    p = argparse.ArgumentParser(add_help=False)
    for name in ("dialect", "orders-table", "sessions-table", "streamers-table", "lives-table", "orders-columns", "sessions-columns",
                 "streamers-columns", "latest-by"):
        p.add_argument("--" + name)
    if "--help" in rest:
        return None if fault in RETURNING else print("--lives-table")
    if fault in ROW_FAULTS:
        real = subprocess.run([gmv, "sql", *rest], check=True, capture_output=True, text=True).stdout
        return print(f"WITH facts AS ({real}) {ROW_FAULTS[fault][0]}")
    if fault in RETURNING:
        query, spoiled, _ = RETURNING[fault]
        statement = subprocess.run([gmv, "sql", *rest], check=True, capture_output=True, text=True).stdout
        if rest[rest.index("--query") + 1] != query:
            return print(statement)
        return print(f"WITH facts AS (SELECT *, row_number() OVER () AS n FROM ({statement}))\nSELECT * EXCLUDE (n) FROM ({spoiled})")
    rest = rest[2:]  # --query sums
    tables, options = p.parse_known_args(rest)
    orders = Path(tables.orders_table)
    world = orders.parent / orders.stem.removesuffix("-orders")
    files = lambda pattern: sorted(map(str, world.glob(pattern)))
    table = lambda name: [f"--{name}", f"{world}/{name}.csv"] if getattr(tables, f"{name}_table") else []
    if fault == "a statement that fails" and tables.dialect == "spark":
        return print("SELECT CAST('x' AS DATE) AS period")
    command = [gmv, "decompose", "--orders", *files("orders-*.csv"), "--sessions", *files("sessions*.csv"), *table("streamers"), *table("lives"), *options, "--max-bad", "100%",
               "--format", "csv", "--raw-text", "-q", "-o", str(world / "facts.csv")]
    subprocess.run(command, check=True)
    con = duckdb.connect()
    con.execute(f"CREATE TABLE facts AS SELECT * FROM read_csv('{world}/facts.csv', all_varchar=true)")
    head = [d[0] for d in con.execute("SELECT * FROM facts").description]
    drop = {"watch_hours_per_viewer", "buyers_per_watch_hour", "aov", "orders_per_buyer"}
    typed = [f"{c}::DECIMAL(38,2) AS {c}" if c in ("gmv", "gmv_off_live", "gmv_total") else f"{c}::DOUBLE AS {c}" if c in ("watch_hours", "live_hours")
             else f"{c}::BOOLEAN AS {c}" if c == "partial" else f"{c}::DECIMAL(38,0) AS {c}" if head.index(c) > head.index("gmv") else c for c in head if c not in drop]
    con.execute(f"CREATE OR REPLACE TABLE facts AS SELECT {', '.join(typed)}, row_number() OVER () AS n FROM facts")
    wrong = world / f"{tables.dialect}.parquet"
    try:
        con.execute(f"COPY (SELECT * EXCLUDE (n) FROM ({FAULTS[fault][0]})) TO '{wrong}' (FORMAT parquet)")
    except duckdb.ConversionException:
        return print("SELECT CAST('x' AS DATE) AS period")
    print(f"SELECT * FROM {f'parquet.`{wrong}`' if tables.dialect == 'spark' else repr(str(wrong))}")


def main():
    if sys.argv[1:2] == ["stand-in"]:
        return stand_in(sys.argv[2], sys.argv[3], sys.argv[4:])
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--gmv", required=True)
    p.add_argument("--engine", default="duckdb")
    args = p.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="gmv-equality-test-") as folder:
        binary = Path(folder) / "stand-in"
        faults = {fault: (["--parts", "sums", "--worlds", "bare"], said) for fault, (_, said) in FAULTS.items()}
        faults |= {fault: (["--parts", "rows", "--worlds", "bare"], said) for fault, (_, said) in ROW_FAULTS.items()}
        if args.engine == "duckdb":
            faults |= {fault: (["--parts", "rates,cohorts", "--worlds", "dirty"], said) for fault, (*_, said) in RETURNING.items()}
        for fault, (part, said) in faults.items():
            names = {"python": sys.executable, "this": __file__, "gmv": os.path.abspath(args.gmv), "fault": fault}
            binary.write_text(STAND_IN.format(**{k: shlex.quote(v) for k, v in names.items()}))
            binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
            run = subprocess.run([sys.executable, HERE / "equality.py", "--gmv", binary, "--engines", args.engine, *part, "--sessions", "500", "--quick",
                                  "--keep", Path(folder) / "inputs"], capture_output=True, text=True)
            equal = said == "0 differences"
            good = run.returncode == (0 if equal else 1) and said in run.stdout
            failed += not good
            print(f"{'ok  ' if good else 'FAIL'}  {fault}: exit {run.returncode}")
            if not good:
                print(run.stdout[-1500:], run.stderr[-1500:])
    print(f"{len(faults)} faults, {failed} judged wrongly")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
