"""Polars (streaming engine where it can), the same work as `gmv decompose`: does and leaves out the same as
duckdb_same_work.py, and gives the same cells.

usage: polars_same_work.py ORDERS.csv SESSIONS.csv OUT.csv
"""
import sys

import polars as pl

orders, sessions, out = sys.argv[1:4]
DAY, WEEK = 86_400, 604_800
PRIVATE = ["follow", "fans_group", "profile", "message", "shop"]


def scan(path, *texts, **options):
    return pl.scan_csv(path, schema_overrides={name: pl.String for name in texts}, **options)


def local(name):
    """Local seconds since 1970."""
    return pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S").dt.epoch("s")


def monday(t):
    """The Monday before, in local seconds (1970-01-05 was one)."""
    return (t - 345_600) // WEEK * WEEK + 345_600


by = ["period", "streamer_id"]
person = [*by, "viewer_id"]
visit = (
    scan(sessions, "viewer_id", "streamer_id", "entered_at", "left_at", "source")
    .filter(pl.col("viewer_id").is_not_null())
    .select("viewer_id", "streamer_id", a=local("entered_at"), z=local("left_at"), private=pl.col("source").is_in(PRIVATE).fill_null(False))
    # without an end: 0 seconds, but the viewer was there
    .with_columns(z=pl.min_horizontal(pl.col("z").fill_null(pl.col("a")), pl.col("a") + DAY), period=monday(pl.col("a")))
    .collect(engine="streaming")
    .lazy()
)
end = pl.col("period") + WEEK
# a session of at most a day touches two weeks at most; its last instant is no part of it
part = pl.concat([
    visit.with_columns(z=pl.min_horizontal("z", end)),
    visit.filter(pl.col("z") > end).with_columns(a=end, period=end),
])
# Sorted by person and begin, an interval adds what lies behind the furthest end before it, of its person. One running
# maximum does for all persons: each later person's ends are lifted above those of all before.
lift = pl.col("next").cum_sum().cast(pl.Int64) * (1 << 36)
viewer = (
    part.sort(*person, "a")
    .with_columns(next=pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in person).fill_null(True))
    .with_columns(lift=lift)
    .with_columns(reached=(pl.col("z") + pl.col("lift")).cum_max().shift().fill_null(0) - pl.col("lift"))
    .with_columns(watched=(pl.col("z") - pl.max_horizontal("a", "reached")).clip(0))
    .group_by(person)
    .agg(private=pl.col("private").any(), watched=pl.col("watched").sum())
)
buyer = (
    scan(orders, "order_id", "buyer_id", "streamer_id", "paid_at", row_index_name="row_in_file")
    .select("order_id", "streamer_id", "status", "paid_at", "row_in_file", viewer_id="buyer_id", amount=pl.col("amount").cast(pl.Decimal(18, 2)))
    .sort("row_in_file")
    .unique("order_id", keep="last")
    .filter(~pl.col("status").is_in(["pending", "cancelled"]), pl.col("paid_at").is_not_null())
    .with_columns(period=monday(local("paid_at")))
    .group_by(person)
    .agg(orders=pl.len(), gmv=pl.col("amount").sum())
)
present = pl.col("watched").is_not_null()
(
    # masked buyers (张**) stay what they are here: no viewer has such a name, so their orders find none
    viewer.join(buyer, on=person, how="full", coalesce=True)
    .group_by(by)
    .agg(
        uv=present.sum(), uv_private=pl.col("private").sum(), watch_seconds=pl.col("watched").sum(),
        buyers=(present & pl.col("orders").is_not_null()).sum(),
        orders=pl.col("orders").filter(present).sum(), gmv=pl.col("gmv").filter(present).sum(),
        orders_off_live=pl.col("orders").filter(~present).sum(), gmv_off_live=pl.col("gmv").filter(~present).sum(),
    )
    .with_columns(period=pl.from_epoch("period", time_unit="s").dt.date())
    .sort(by)
    .collect(engine="streaming")
    .write_csv(out)
)
