"""Where is most to be gained, with levers that are more than noise?

    python3 polars_read.py /srv/gmv/reports

Needs polars. Prints for each lever what all streamers together would gain by reaching their peers' value, and the five largest gains.
"""

import pathlib
import sys

import polars as pl

tables = pathlib.Path(sys.argv[1]) / "latest" / "tables"
# Lazily: only the columns that are asked for are read.
headroom = pl.scan_parquet(tables / "headroom.parquet").filter(pl.col("gain").is_not_null())

by_lever = (
    headroom.group_by("lever")
    .agg(pl.col("gain").sum(), pl.col("gain").filter(pl.col("beyond_noise")).sum().alias("beyond_noise"))
    .sort("gain", descending=True)
)
largest = (
    headroom.select("streamer_id", "lever", "value", "peers_value", "gain", "beyond_noise")
    .sort("gain", descending=True)
    .head(5)
)
with pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, tbl_rows=10):
    print(by_lever.collect())
    print(largest.collect())
