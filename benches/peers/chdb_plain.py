"""ClickHouse (embedded, chdb), the plain query: does and leaves out the same as duckdb_plain.py, and gives the same cells.

usage: chdb_plain.py ORDERS.csv SESSIONS.csv OUT.csv
"""
import sys

import chdb

orders, sessions, out = (path.replace("\\", "\\\\").replace("'", "\\'") for path in sys.argv[1:4])
# DateTime('UTC') keeps local times as they stand in the files, whatever the zone of the machine.
chdb.query(f"""
SELECT period, streamer_id, uv, watch_seconds, buyers, orders, gmv
FROM (
    SELECT period, streamer_id, count() AS uv, sum(watched) AS watch_seconds
    FROM (
        -- a session without an end has no watch time
        SELECT toMonday(entered_at) AS period, streamer_id, viewer_id, sum(ifNull(left_at - entered_at, 0)) AS watched
        FROM file('{sessions}', 'CSVWithNames', 'viewer_id String, streamer_id String, entered_at DateTime(\\'UTC\\'), left_at Nullable(DateTime(\\'UTC\\'))')
        WHERE viewer_id != ''
        GROUP BY ALL
    ) GROUP BY ALL
) AS watching
FULL JOIN (
    SELECT period, streamer_id, count() AS buyers, sum(orders) AS orders, sum(gmv) AS gmv
    FROM (
        SELECT toMonday(assumeNotNull(paid_at)) AS period, streamer_id, buyer_id, count() AS orders, sum(amount) AS gmv
        FROM file('{orders}', 'CSVWithNames', 'buyer_id String, streamer_id String, paid_at Nullable(DateTime(\\'UTC\\')), amount Decimal(18, 2), status String')
        WHERE status NOT IN ('pending', 'cancelled') AND paid_at IS NOT NULL
        GROUP BY ALL
    ) GROUP BY ALL
) AS buying USING (period, streamer_id)
ORDER BY period, streamer_id
INTO OUTFILE '{out}' TRUNCATE FORMAT CSVWithNames""")
