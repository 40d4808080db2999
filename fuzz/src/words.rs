//! Words that bytes stand for, by what the text is.

/// Pieces of cells.
#[rustfmt::skip]
pub const CELL: &[&str] = &[
    "¥", "￥", "$", "元", "万", "亿", "w", "k", "%", "‰", "−", "－", "-", "+", ".", ",", "，", "1,234.50",
    "0.005", "000", "99999999999", "9223372036854775807", "1e308", "1E-5", "9.44E+18", "NaN", "inf", "0x10",
    "１２３", "٣", "~", "以上", "约", "2026-03-02", "2026/3/2", "2026年3月2日", "20260302", "03/02/2026",
    "02/03/2026 10:11:12", "T", " ", "20:10:00", "20:10", "24:00:00", "23:59:60", "20时10分", "下午8:10", "PM",
    "AM", ".123456789", "Z", "+08:00", "-05:30", "[Asia/Shanghai]", "46083.84", "1772452800",
    "1772452800000", "-62135596800", "253402300800", "9999-12-31", "-9999-01-01", "0000-00-00",
    "2026-11-01 01:30:00", "2026-03-08 02:30:00", "2小时13分", "13分20秒", "1天", "02:13:20", "133'20\"", "秒",
    "=\"", "\"", "'", "\t", "\u{feff}", "\u{3000}", "\u{a0}", "\u{200b}", "#N/A", "NULL", "--", "(12.30)",
    "100.00-", "/",
];

/// Pieces of a table in any encoding.
#[rustfmt::skip]
pub const TABLE: &[&str] = &[
    ",", ";", "\t", "|", "\"", "\"\"", "\n", "\r\n", "\n\n", ",\"", "\",", "\"\n", " ", "a", "b", "1",
    "5\" b", "订单编号", "甲", "¥", "é", "表", "ソ", "한", "🦌", "\u{3000}", "\u{feff}", "\u{0}", "\u{1a}", "=\"1\"",
    "漢字,", "\"甲\n乙\"", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// Pieces of what options take.
#[rustfmt::skip]
pub const VALUES: &[&str] = &[
    "30m", "0s", "24h", "7d", "1h30m", "2w", "9223372036854775807", "window:", "period", "carrier", "all",
    "2026-03-02", "2026-02-30", "9999-12-31", "-9999-01-01", "..", "today", "80%", "0.8", "1e-400", "NaN",
    "inf", "0.95", "+10%", "-5%", "x1.2", "×2", "＋10％", "s001=", "=", "uv=", "aov=", "watch", "conversion",
    "repurchase", "gmv", "1200000", "1,200,000", "¥", "万", "1.5", "0", "-0", "100", "100000", "05:00",
    "24:00", ":", "tab", "comma", "semicolon", "pipe", "\\t", "\t", "512M", "10G", "1.5GiB", "99999999T",
    "KB", "iB", "0,50,100,200,500", "0.01,49.99,50", ",", ".", " ", "\"", "+", "-", "%", "streamer",
    "total", "domain", "buyer-type", "price-band", "live", "tier", "\u{3000}", "ß", "İ", "٣", "utf-8",
    "gb18030", "1_000",
];

/// Pieces of a configuration.
#[rustfmt::skip]
pub const CONFIG: &[&str] = &[
    "\n", " = ", "[report]\n", "[decompose]\n", "[compare]\n", "[explain]\n", "[plan]\n", "[ingest]\n",
    "[check]\n", "[repurchase]\n", "[sample]\n", "[[report]]\n", "[report.x]\n", "orders", "sessions", "by",
    "period", "basis", "ci", "timezone", "alert", "out", "store", "config", "price-bands", "facts", "rooms",
    "refund-within", "target", "lift", "base", "against", "format", "output", "quiet", "threads", "memory",
    "top", "= true\n", "= false\n", "= []\n", "= 1\n", "= \"week\"\n", "= [\"streamer\", \"domain\"]\n",
    "= \"streamer,domain\"\n", "= \"Asia/Shanghai\"\n", "= [\"gmv < 1\", \"uv > 2\"]\n", "= 2026-03-02\n",
    "= 2026-03-02T10:00:00Z\n", "= 0x10\n", "= 1_000\n", "= 0.95\n", "= {}\n", "= 'net'\n",
    "= \"\"\"x\ny\"\"\"\n", "\"", "'", "\\u0000", "\\n", "#", ".", ",", "[", "]", "{", "}", "\u{feff}", "甲",
    "=", "\"a\\nb\" = 1\n", "profile = \"canonical\"\n", "moments = true\n", "day-start = \"05:00\"\n",
    "week-start = \"sun\"\n",
];
