"""ClickHouse (embedded, chdb), the same work as `gmv decompose`: does and leaves out the same as duckdb_same_work.py, and
gives the same cells.

usage: chdb_same_work.py ORDERS.csv SESSIONS.csv OUT.csv
"""
import sys

import chdb

orders, sessions, out = (path.replace("\\", "\\\\").replace("'", "\\'") for path in sys.argv[1:4])
DAY, WEEK = 86_400, 604_800
# DateTime('UTC') keeps local times as they stand in the files, whatever the zone of the machine.
chdb.query(f"""
WITH
viewer AS (
    SELECT period, streamer_id, viewer_id, max(private) AS private, intervalLengthSum(a, z) AS watched
    FROM (
        -- a session of at most a day touches two weeks at most; its last instant is no part of it
        SELECT streamer_id, viewer_id, private, period, greatest(entered, period) AS a, least(left, period + {WEEK}) AS z
        FROM (
            SELECT streamer_id, viewer_id, source IN ('follow', 'fans_group', 'profile', 'message', 'shop') AS private,
                   toInt64(entered_at) AS entered,
                   -- without an end: 0 seconds, but the viewer was there
                   least(toInt64(ifNull(left_at, entered_at)), entered + {DAY}) AS left,
                   intDiv(entered - 345600, {WEEK}) * {WEEK} + 345600 AS monday
            FROM file('{sessions}', 'CSVWithNames', 'viewer_id String, streamer_id String, entered_at DateTime(\\'UTC\\'), left_at Nullable(DateTime(\\'UTC\\')), source String')
            WHERE viewer_id != ''
        )
        ARRAY JOIN if(left > monday + {WEEK}, [monday, monday + {WEEK}], [monday]) AS period
    )
    GROUP BY ALL
),
latest AS (
    SELECT order_id, argMax((streamer_id, buyer_id, paid_at, amount, status), row_in_file) AS row
    FROM (
        SELECT order_id, streamer_id, buyer_id, paid_at, amount, status, _row_number AS row_in_file
        FROM file('{orders}', 'CSVWithNames', 'order_id String, buyer_id String, streamer_id String, paid_at Nullable(DateTime(\\'UTC\\')), amount Decimal(18, 2), status String')
    )
    GROUP BY order_id
),
-- masked buyers (张**) stay what they are here: no viewer has such a name, so their orders find none
buyer AS (
    SELECT intDiv(toInt64(assumeNotNull(row.3)) - 345600, {WEEK}) * {WEEK} + 345600 AS period,
           row.1 AS streamer_id, row.2 AS viewer_id, count() AS orders, sum(row.4) AS gmv
    FROM latest WHERE row.5 NOT IN ('pending', 'cancelled') AND row.3 IS NOT NULL
    GROUP BY ALL
)
SELECT toDate(toDateTime(period, 'UTC')) AS period, streamer_id,
       countIf(present) AS uv, countIf(private) AS uv_private, sum(watched) AS watch_seconds, countIf(present AND n > 0) AS buyers,
       sumIf(n, present) AS orders, ifNull(sumIf(g, present), 0) AS gmv,
       sumIf(n, NOT present) AS orders_off_live, ifNull(sumIf(g, NOT present), 0) AS gmv_off_live
FROM (
    SELECT period, streamer_id, viewer.there AS present, viewer.private AS private, viewer.watched AS watched, buyer.orders AS n, buyer.gmv AS g
    FROM (SELECT *, true AS there FROM viewer) AS viewer FULL JOIN buyer USING (period, streamer_id, viewer_id)
)
GROUP BY ALL ORDER BY period, streamer_id
INTO OUTFILE '{out}' TRUNCATE FORMAT CSVWithNames""")
