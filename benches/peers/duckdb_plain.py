"""DuckDB, the plain query: the sums of the formula as an analyst would first write them. Less work than `gmv decompose` does.

usage: duckdb_plain.py ORDERS.csv SESSIONS.csv OUT.csv

Does: viewers, watch time, buyers, orders and money by streamer and week (from Monday, local times as they stand in the files).
Guests (sessions without a viewer) are left out, and so are orders that were never paid.
Does not: remove orders that were exported twice, unite overlapping sessions, cut sessions at the end of a week, tell private
from public viewers, or ask whether a buyer watched: every order counts.
"""
import sys

import duckdb

orders, sessions, out = (path.replace("'", "''") for path in sys.argv[1:4])
duckdb.connect().execute(f"""
COPY (
WITH
-- one row per viewer; a session without an end has no watch time, and sum() passes over it
person AS (
    SELECT date_trunc('week', entered_at) AS period, streamer_id, viewer_id,
           sum(epoch(left_at)::BIGINT - epoch(entered_at)::BIGINT) AS watched
    FROM read_csv('{sessions}', header = true, types = {{'viewer_id': 'VARCHAR', 'streamer_id': 'VARCHAR', 'entered_at': 'TIMESTAMP', 'left_at': 'TIMESTAMP'}})
    WHERE viewer_id IS NOT NULL
    GROUP BY ALL
),
buyer AS (
    SELECT date_trunc('week', paid_at) AS period, streamer_id, buyer_id, count(*) AS orders, sum(amount) AS gmv
    FROM read_csv('{orders}', header = true, types = {{'buyer_id': 'VARCHAR', 'streamer_id': 'VARCHAR', 'paid_at': 'TIMESTAMP', 'amount': 'DECIMAL(18,2)'}})
    WHERE status NOT IN ('pending', 'cancelled') AND paid_at IS NOT NULL
    GROUP BY ALL
),
watching AS (SELECT period, streamer_id, count(*) AS uv, coalesce(sum(watched), 0) AS watch_seconds FROM person GROUP BY ALL),
buying AS (SELECT period, streamer_id, count(*) AS buyers, sum(orders) AS orders, sum(gmv) AS gmv FROM buyer GROUP BY ALL)
SELECT period::DATE AS period, streamer_id, coalesce(uv, 0) AS uv, coalesce(watch_seconds, 0) AS watch_seconds,
       coalesce(buyers, 0) AS buyers, coalesce(orders, 0) AS orders, coalesce(gmv, 0) AS gmv
FROM watching FULL JOIN buying USING (period, streamer_id)
ORDER BY period, streamer_id
) TO '{out}' (FORMAT csv, HEADER)""")
