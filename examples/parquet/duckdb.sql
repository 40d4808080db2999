-- Which streamers took most from GMV, and by which factor?
--
--   cd /srv/gmv/reports && duckdb < /path/to/duckdb.sql
--
-- Money is DECIMAL(38,2) and exact, dates are dates, a null is what is not known.
WITH effects AS (
    UNPIVOT (
        FROM 'latest/tables/streamer_changes.parquet'
        SELECT streamer_id, after, gmv_change, gmv_change_lo, gmv_change_hi, gmv_change_beyond_sampling,
               uv_effect, watch_effect, conversion_effect, aov_effect, repurchase_effect
        WHERE gmv_change < 0
    )
    ON uv_effect, watch_effect, conversion_effect, aov_effect, repurchase_effect
    INTO NAME factor VALUE effect
)
SELECT
    after AS week,
    streamer_id,
    any_value(gmv_change) AS gmv_change,
    any_value(gmv_change_beyond_sampling) AS beyond_sampling,
    arg_min(factor, effect) AS worst_factor,
    min(effect) AS its_effect,
    -- The five effects add up to the change, to the cent.
    sum(effect) = any_value(gmv_change) AS adds_up
FROM effects
GROUP BY ALL
ORDER BY gmv_change
LIMIT 10;
