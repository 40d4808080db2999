"""DuckDB, the same work as `gmv decompose` with its defaults: every cell must be equal, to the cent and to the second.

usage: duckdb_same_work.py ORDERS.csv SESSIONS.csv OUT.csv

Does: of orders exported twice only the later row, before statuses are looked at; sessions of at most a day, cut at the end of
their week (from Monday, local times as they stand in the files); watch time of a viewer with a streamer as the union of the
intervals; a viewer is private where any session of the week was; an order belongs to the live room where its buyer watched
its streamer in its week, else it is off-live, and so is one without a buyer or a streamer.
Does not, as `gmv` does: reject rows with line and column, say where each row went, count broadcasts, or read other forms of
ids, times and money than those of `gmv sample`.
"""
import sys

import duckdb

orders, sessions, out = (path.replace("'", "''") for path in sys.argv[1:4])
DAY, WEEK = 86_400, 604_800
con = duckdb.connect()
# From local seconds to the Monday before (1970-01-05 was one), and back to its date.
con.execute(f"CREATE MACRO monday(t) AS (t - 345600) // {WEEK} * {WEEK} + 345600")
con.execute("CREATE MACRO local(t) AS epoch(t)::BIGINT")
con.execute(f"""
COPY (
WITH
visit AS (
    SELECT streamer_id, viewer_id, local(entered_at) AS a, monday(local(entered_at)) AS period,
           -- without an end: 0 seconds, but the viewer was there
           least(coalesce(local(left_at), a), a + {DAY}) AS z,
           source IN ('follow', 'fans_group', 'profile', 'message', 'shop') AS private
    FROM read_csv('{sessions}', header = true, types = {{'viewer_id': 'VARCHAR', 'streamer_id': 'VARCHAR', 'entered_at': 'TIMESTAMP', 'left_at': 'TIMESTAMP', 'source': 'VARCHAR'}})
    WHERE viewer_id IS NOT NULL
),
-- a session of at most a day touches two weeks at most; its last instant is no part of it
part AS (
    SELECT streamer_id, viewer_id, p AS period, private, greatest(a, p) AS a, least(z, p + {WEEK}) AS z
    FROM (SELECT *, unnest(CASE WHEN z > period + {WEEK} THEN [period, period + {WEEK}] ELSE [period] END) AS p FROM visit)
),
-- of intervals in the order of their begin, each adds what lies behind the furthest end before it
reaching AS (
    SELECT *, max(z) OVER (PARTITION BY streamer_id, viewer_id, period ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM part
),
viewer AS (
    SELECT period, streamer_id, viewer_id, bool_or(coalesce(private, false)) AS private,
           sum(greatest(z - greatest(a, coalesce(reached, a)), 0)) AS watched
    FROM reaching GROUP BY ALL
),
line AS (
    SELECT order_id, streamer_id, buyer_id, paid_at, amount, status, row_number() OVER () AS row_in_file
    FROM read_csv('{orders}', header = true, types = {{'order_id': 'VARCHAR', 'buyer_id': 'VARCHAR', 'streamer_id': 'VARCHAR', 'paid_at': 'TIMESTAMP', 'amount': 'DECIMAL(18,2)', 'status': 'VARCHAR'}})
),
latest AS (SELECT * FROM line QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY row_in_file DESC) = 1),
-- masked buyers (张**) stay what they are here: no viewer has such a name, so their orders find none
buyer AS (
    SELECT monday(local(paid_at)) AS period, streamer_id, buyer_id AS viewer_id, count(*) AS orders, sum(amount) AS gmv
    FROM latest WHERE status NOT IN ('pending', 'cancelled') AND paid_at IS NOT NULL
    GROUP BY ALL
),
person AS (
    SELECT period, streamer_id, viewer.watched, viewer.private, buyer.orders, buyer.gmv, viewer.watched IS NOT NULL AS present
    FROM viewer FULL JOIN buyer USING (period, streamer_id, viewer_id)
)
SELECT make_timestamp(period * 1000000)::DATE AS period, streamer_id,
       count(*) FILTER (present) AS uv, count(*) FILTER (private) AS uv_private, coalesce(sum(watched), 0) AS watch_seconds,
       count(*) FILTER (present AND orders IS NOT NULL) AS buyers,
       coalesce(sum(orders) FILTER (present), 0) AS orders, coalesce(sum(gmv) FILTER (present), 0) AS gmv,
       coalesce(sum(orders) FILTER (NOT present), 0) AS orders_off_live, coalesce(sum(gmv) FILTER (NOT present), 0) AS gmv_off_live
FROM person
GROUP BY ALL ORDER BY period, streamer_id
) TO '{out}' (FORMAT csv, HEADER)""")
