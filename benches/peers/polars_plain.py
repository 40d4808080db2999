"""Polars (streaming engine), the plain query: does and leaves out the same as duckdb_plain.py, and gives the same cells.

usage: polars_plain.py ORDERS.csv SESSIONS.csv OUT.csv
"""
import sys

import polars as pl

orders, sessions, out = sys.argv[1:4]


def scan(path, *texts):
    return pl.scan_csv(path, schema_overrides={name: pl.String for name in texts})


def time(name):
    # Read as text and parsed here: several times quicker than a Datetime in the schema of scan_csv.
    return pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S")


by = ["period", "streamer_id"]
watching = (
    scan(sessions, "viewer_id", "streamer_id", "entered_at", "left_at")
    .filter(pl.col("viewer_id").is_not_null())
    .select("viewer_id", "streamer_id", entered=time("entered_at"), left=time("left_at"))
    .with_columns(period=pl.col("entered").dt.truncate("1w"))
    .group_by(*by, "viewer_id")
    .agg(watched=(pl.col("left") - pl.col("entered")).dt.total_seconds().sum())
    .group_by(by)
    .agg(uv=pl.len(), watch_seconds=pl.col("watched").sum())
)
buying = (
    scan(orders, "buyer_id", "streamer_id", "paid_at")
    .with_columns(amount=pl.col("amount").cast(pl.Decimal(18, 2)))
    .filter(~pl.col("status").is_in(["pending", "cancelled"]), pl.col("paid_at").is_not_null())
    .select("buyer_id", "streamer_id", "amount", period=time("paid_at").dt.truncate("1w"))
    .group_by(*by, "buyer_id")
    .agg(orders=pl.len(), gmv=pl.col("amount").sum())
    .group_by(by)
    .agg(buyers=pl.len(), orders=pl.col("orders").sum(), gmv=pl.col("gmv").sum())
)
(
    watching.join(buying, on=by, how="full", coalesce=True)
    .with_columns(pl.col("period").dt.date(), pl.col("uv", "watch_seconds", "buyers", "orders", "gmv").fill_null(0))
    .sort(by)
    .collect(engine="streaming")
    .write_csv(out)
)
