//! What the sums mean, in words that a file carries with it.

/// A key and its text.
pub const DEFINITIONS: &[(&str, &str)] = &[
    (
        "gmv",
        "money of counted orders that viewing explains (attribution); gmv_off_live is the rest, gmv_total both",
    ),
    ("uv", "distinct viewers of the group in the period"),
    ("watch_hours", "hours of the union of each viewer's sessions per streamer, clipped at the period"),
    (
        "broadcasts",
        "distinct broadcasts of the group on air (or, without --lives, named by rows) in the period",
    ),
    ("live_hours", "hours of the broadcasts of --lives, clipped at the period"),
    (
        "gmv_first_paid",
        "with --spend: gmv of viewers whose first session with the group in the period was paid for; roi = gmv_first_paid / cost",
    ),
    ("buyers", "distinct buyers of attributed orders"),
    (
        "uv_broadcasts",
        "from broadcasts: the viewers of each broadcast, added up; who came to two counts twice",
    ),
    (
        "buyers_broadcasts",
        "from broadcasts: the buyers of each broadcast, added up; the factors stand on these where uv and buyers are empty",
    ),
    ("identity", "gmv = uv * watch_hours_per_viewer * buyers_per_watch_hour * aov * orders_per_buyer"),
    (
        "moments",
        "m_xy = sum over persons of x*y; 1 present, w watch seconds, b buyer, o orders, g minor units of money",
    ),
];
