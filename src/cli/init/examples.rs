//! Values of options that say more than their defaults, or stand in the place of one.

/// Settings that the file makes: the command, or nothing for the top, the key, and its value in TOML.
pub const LIVE: &[(&str, &str, &str)] = &[
    ("report", "out", r#""reports""#),
    (
        "report",
        "alert",
        r#"["gmv change < -10 % and significant", "streamer: gmv change < -30 % and significant", "data gap"]"#,
    ),
];

/// Options and the values that are shown of them; an option of a command stands before that of all.
const EXAMPLES: &[(&str, &str, &[&str])] = &[
    ("", "orders", &["orders/*.csv"]),
    ("sample", "sessions", &["100000"]),
    ("", "sessions", &["sessions/"]),
    ("", "refunds", &["after-sales.csv"]),
    ("", "store", &["store"]),
    ("sample", "streamers", &["50"]),
    ("", "streamers", &["streamers.csv"]),
    ("", "lives", &["lives.csv"]),
    ("", "engine", &["sc://localhost:15002"]),
    ("", "orders-table", &["shop.orders"]),
    ("", "sessions-table", &["shop.sessions"]),
    ("", "streamers-table", &["shop.streamers"]),
    ("", "streamers-columns", &["tier"]),
    ("", "latest-by", &["exported_at"]),
    ("sql", "output", &["sums.sql"]),
    ("", "facts", &["dashboard.csv"]),
    ("", "influences", &["squares.parquet"]),
    ("", "viewing", &["groups.parquet"]),
    ("", "rooms", &["live-sessions.csv"]),
    ("", "spend", &["ads.csv"]),
    ("", "profile", &["canonical"]),
    ("", "set", &["streamer_id={file}"]),
    ("", "encoding", &["gb18030"]),
    ("", "delimiter", &[";"]),
    ("", "timezone", &["Asia/Shanghai"]),
    ("", "rejects", &["rejected.csv"]),
    ("", "pseudonymize", &["pseudonyms.key"]),
    ("", "threads", &["2"]),
    ("", "memory", &["2GiB"]),
    ("", "max-decompressed", &["64G"]),
    ("", "by", &["streamer"]),
    ("", "leaf", &["streamer"]),
    ("", "period", &["week"]),
    ("", "order", &["uv", "watch", "conversion", "aov", "repurchase"]),
    ("", "refund-within", &["7d"]),
    ("", "bootstrap", &["1000"]),
    ("", "output", &["result.csv"]),
    ("compare", "chart", &["waterfall.svg"]),
    ("repurchase", "chart", &["cohorts.svg"]),
    ("", "currency", &["¥"]),
    ("", "streamer", &["s001"]),
    ("", "target", &["+5%"]),
    ("", "cap", &["uv=+10%", "aov=+5%"]),
    ("", "peers", &["tier"]),
    ("", "plan-seed", &["7"]),
    ("sample", "out", &["sample"]),
    ("man", "out", &["man"]),
    ("report", "out", &["reports"]),
    ("report", "as-of", &["today"]),
    ("report", "alert", &["gmv change < -10 % and significant"]),
    ("report", "title", &["My shop"]),
];

/// By the form of a value, where there is nothing else.
const BY_FORM: &[(&str, &str)] = &[
    ("DATE", "2026-11-09"),
    ("DATE|A..B", "2026-11-09"),
    ("A..B", "2026-11-01..2026-11-30"),
    ("CHANGE", "+10%"),
    ("FILE", "file"),
    ("DIR", "folder"),
    ("N", "10"),
];

/// The values that are shown of an option.
pub fn of(command: &str, key: &str) -> Option<&'static [&'static str]> {
    let is_it = |of: &str| EXAMPLES.iter().find(|(known, name, _)| *known == of && *name == key);
    is_it(command).or_else(|| is_it("")).map(|(_, _, values)| *values)
}

/// The value that is shown of a form.
pub fn of_form(form: &str) -> Option<&'static str> {
    BY_FORM.iter().find(|(known, _)| *known == form).map(|(_, value)| *value)
}

/// What the file itself sets.
pub fn live(command: &str, key: &str) -> Option<&'static str> {
    LIVE.iter().find(|(of, name, _)| *of == command && *name == key).map(|(_, _, value)| *value)
}
