-- The shape of the aggregation by streamer and week, in Spark SQL: what it reads, shuffles and sorts, without the rules of refunds,
-- lines and zones. {orders} and {sessions} are tables of text columns with gmv_file and gmv_row. scale.py runs it.
WITH session_row AS (
  SELECT nullif(trim(viewer_id), '') AS person, nullif(trim(streamer_id), '') AS streamer,
    CASE WHEN entered_at RLIKE r'^\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2})?\z'
         THEN unix_seconds(try_cast(replace(entered_at, '/', '-') AS TIMESTAMP)) END AS a0,
    CASE WHEN left_at RLIKE r'^\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2})?\z'
         THEN unix_seconds(try_cast(replace(left_at, '/', '-') AS TIMESTAMP)) END AS z0,
    coalesce(source IN ('follow', 'fans_group', 'profile', 'message', 'shop'), false) AS private, coalesce(source = 'paid', false) AS paid
  FROM {sessions}),
session AS (   -- capped at a day; nobody's sessions watch nothing
  SELECT person, streamer, a0 AS a, least(coalesce(z0, a0), a0 + 86400L) AS z, private, paid FROM session_row
  WHERE person IS NOT NULL AND streamer IS NOT NULL AND a0 IS NOT NULL AND NOT coalesce(z0 < a0, false)),
touched AS (   -- weeks from Monday 1970-01-05 on, by floor division
  SELECT *, explode(sequence((a - 345600L - pmod(a - 345600L, 604800L)) div 604800L,
    (greatest(a, z - 1L) - 345600L - pmod(greatest(a, z - 1L) - 345600L, 604800L)) div 604800L)) AS period FROM session),
order_row AS (
  SELECT nullif(trim(order_id), '') AS order_id, nullif(trim(buyer_id), '') AS person, coalesce(nullif(trim(streamer_id), ''), '(none)') AS streamer, status,
    CASE WHEN paid_at RLIKE r'^\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2})?\z'
         THEN unix_seconds(try_cast(replace(paid_at, '/', '-') AS TIMESTAMP)) END AS t,
    CASE WHEN amount RLIKE r'^\d+(\.\d{1,2})?\z' THEN CAST(CAST(amount AS DECIMAL(20, 2)) * 100 AS BIGINT) END AS money, gmv_file, gmv_row
  FROM {orders}),
standing AS (   -- of rows with one key the later file, then the later row
  SELECT * FROM order_row WHERE order_id IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY gmv_file DESC, gmv_row DESC) = 1),
stream AS (   -- one stream, divided by person once; an order of nobody has a key of its own
  SELECT /*+ REPARTITION(person) */ * FROM (
    SELECT concat('p', person) AS person, streamer, period, greatest(a, period * 604800L + 345600L) AS a, least(z, (period + 1L) * 604800L + 345600L) AS z,
      private, paid, CAST(NULL AS BIGINT) AS money, true AS seen FROM touched
    UNION ALL
    SELECT coalesce(concat('p', person), concat('n', order_id)), streamer, (t - 345600L - pmod(t - 345600L, 604800L)) div 604800L, t, t, false, false, money, false
    FROM standing WHERE status NOT IN ('pending', 'cancelled') AND t IS NOT NULL)),
added AS (   -- the union of intervals: what each adds to those before it
  SELECT *, CASE WHEN seen THEN greatest(0L, z - greatest(a, coalesce(max(CASE WHEN seen THEN z END) OVER (
    PARTITION BY person, streamer, period ORDER BY a, z ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), a))) END AS adds FROM stream),
person AS (
  SELECT person, streamer, period, bool_or(seen) AS present, bool_or(private) AS private, bool_or(paid) AS paid, coalesce(sum(adds), 0L) AS w,
    count_if(NOT seen) AS orders, coalesce(sum(money), 0L) AS money FROM added GROUP BY person, streamer, period),
wide AS (
  SELECT streamer, period, present, private, paid, CAST(w AS DECIMAL(38, 0)) AS w, CAST(CASE WHEN present THEN orders ELSE 0L END AS DECIMAL(38, 0)) AS o,
    CAST(CASE WHEN present THEN money ELSE 0L END AS DECIMAL(38, 0)) AS g, CASE WHEN present THEN 0L ELSE orders END AS orders_off,
    CAST(CASE WHEN present THEN 0L ELSE money END AS DECIMAL(38, 0)) AS g_off FROM person)
SELECT CAST(date_from_unix_date(CAST(period * 7 + 4 AS INT)) AS STRING) AS period, streamer AS streamer_id, sum(g) * CAST(0.01 AS DECIMAL(3, 2)) AS gmv,
  count_if(present) AS uv, count_if(present AND private) AS uv_private, count_if(present AND NOT private) AS uv_public,
  count_if(present AND paid AND NOT private) AS uv_paid, CAST(sum(w) AS DOUBLE) / CAST(3600 AS DOUBLE) AS watch_hours,
  count_if(o > 0) AS buyers, sum(o) AS orders, sum(g_off) * CAST(0.01 AS DECIMAL(3, 2)) AS gmv_off_live, sum(orders_off) AS orders_off_live,
  (sum(g) + sum(g_off)) * CAST(0.01 AS DECIMAL(3, 2)) AS gmv_total,
  count_if(present) AS m_11, sum(w) AS m_1w, count_if(o > 0) AS m_1b, sum(o) AS m_1o, sum(g) AS m_1g, sum(w * w) AS m_ww,
  sum(CASE WHEN o > 0 THEN w ELSE CAST(0 AS DECIMAL(38, 0)) END) AS m_wb, sum(w * o) AS m_wo, sum(w * g) AS m_wg,
  count_if(o > 0) AS m_bb, sum(o) AS m_bo, sum(g) AS m_bg, sum(o * o) AS m_oo, sum(o * g) AS m_og, sum(g * g) AS m_gg
FROM wide GROUP BY streamer, period
