"""The commands that engine.py gives to this machine and to a cluster, by world (worlds.py)."""

# What a cluster does not tell: names and broadcasts come with exports.
NOT_TOLD = {"streamer_name", "broadcasts", "live_hours", "broadcasts_before", "broadcasts_after", "live_hours_before", "live_hours_after",
            "live_hours_effect", "live_hours_effect_lo", "live_hours_effect_hi", "uv_per_live_hour_effect", "uv_per_live_hour_effect_lo",
            "uv_per_live_hour_effect_hi", *(f"expected_{what}{end}" for what in ("orders", "gmv") for end in ("", "_lo", "_hi"))}
QUICK = 2  # commands of each world
COMMANDS = {
    "sample": [
        "decompose --ci", "compare --by total --ci", "compare --by category --ci --method shapley", "plan",
        "compare --by tier --ci", "compare --by streamer,domain --ci --period day", "decompose --by tier,buyer-type --period month --moments",
        "plan --target +5% --by tier", "plan --aov +5% --by total", "compare --by total --narrative", "compare --by price-band,carrier",
        "compare --by domain --ci", "compare --by buyer-type --ci --period day",
        "compare --before 2026-10-18..2026-11-14 --after 2026-09-23..2026-10-09 --by tier,buyer-type --ci",
        "explain --before 2026-09-23..2026-10-09 --after 2026-10-10..2026-11-14 --all --day-start 05:00",
        "decompose --basis net --attribution window:30m --day-start 05:00 --timezone America/New_York",
        "explain --all", "explain --by streamer,category,tier --all --period day", "explain --narrative", "explain --by domain,traffic --attribution all",
        "repurchase --ci", "repurchase --by total,category --repurchase days --basis net", "repurchase --curve --period month",
        "repurchase --cohorts", "repurchase --cohorts --wide --by tier --period month",
        # A last week without rows.
        *(f"{command} --covers 2026-09-21..2026-11-22" for command in ("compare --by streamer --ci", "explain --all")),
    ],
    "dirty": [
        "decompose --unknown-status skip --by streamer,domain,buyer-type", "compare --unknown-status skip --by total --ci",
        "compare --unknown-status count --leaf streamer,category --by category --ci --domain-rule longest",
        "decompose --unknown-status count --attribution carrier --by carrier,price-band", "explain --unknown-status skip --all",
        "compare --unknown-status skip --before 2025-12-01..2025-12-07 --after 2026-01-16..2026-01-22 --by category --ci",
        "repurchase --unknown-status skip --by streamer,domain", "repurchase --unknown-status count --cohorts",
    ],
    # Without a table of streamers: their tiers are computed.
    "lines": [
        "decompose --by tier,domain --ci", "repurchase --by tier --basis net", "explain --by tier,category --all", "compare --by tier --ci",
        "compare --leaf tier,category --by category --ci", "plan --by tier --aov +5%",
    ],
    "guises": ["decompose --unknown-status skip", "compare --unknown-status skip --attribution all --ci"],
}
