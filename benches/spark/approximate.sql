-- What approximate distinct counts could save at most: viewers and buyers by streamer and week from sketches, watch time and money as plain
-- sums, without unions of intervals, attribution and moments. {orders} and {sessions} are tables of text columns. scale.py runs it.
WITH session AS (
  SELECT nullif(trim(viewer_id), '') AS person, nullif(trim(streamer_id), '') AS streamer, date_trunc('WEEK', entered) AS period,
    unix_seconds(coalesce(try_cast(replace(left_at, '/', '-') AS TIMESTAMP), entered)) - unix_seconds(entered) AS watched
  FROM (SELECT *, try_cast(replace(entered_at, '/', '-') AS TIMESTAMP) AS entered FROM {sessions})),
sale AS (
  SELECT nullif(trim(buyer_id), '') AS person, coalesce(nullif(trim(streamer_id), ''), '(none)') AS streamer,
    date_trunc('WEEK', try_cast(replace(paid_at, '/', '-') AS TIMESTAMP)) AS period, try_cast(amount AS DECIMAL(20, 2)) AS money FROM {orders})
SELECT streamer, period, approx_count_distinct(viewer, 0.01) AS uv, sum(watched) AS watched, approx_count_distinct(buyer, 0.01) AS buyers,
  count(money) AS orders, sum(money) AS gmv
FROM (SELECT streamer, period, person AS viewer, watched, CAST(NULL AS STRING) AS buyer, CAST(NULL AS DECIMAL(20, 2)) AS money FROM session
  UNION ALL SELECT streamer, period, NULL, NULL, person, money FROM sale)
GROUP BY streamer, period
