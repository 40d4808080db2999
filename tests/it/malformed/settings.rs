//! Configurations, profiles and alerts that say nothing, or nonsense.

use super::{Case, case};
use crate::shop::BOTH;

fn configuration(name: &'static str, text: impl AsRef<[u8]>, expected: impl Into<String>) -> Case {
    case(name, "c.toml", text, expected).with(format!("{BOTH} --config c.toml"))
}

fn profile(name: &'static str, text: impl AsRef<[u8]>, expected: impl Into<String>) -> Case {
    case(name, "p.toml", text, expected).with(format!("{BOTH} --profile p.toml"))
}

fn alert(text: &str, expected: impl Into<String>) -> Case {
    let arguments = format!("{BOTH} --as-of 2026-03-09 --out r --alert |{text}|");
    // What steers a terminal is left out of what was typed.
    let typed = text.replace("\u{1b}[2J", "");
    let expected = format!("2 invalid value '{typed}' for '--alert <CONDITION>': {}", expected.into());
    case(format!("{text:?}"), "x", "", expected).of("report", arguments)
}

const FINE: &str = "0 · 9 · 9";
const TOO_LONG: &str = "1 c.toml: it has 4194305 bytes; is that a configuration?";

pub fn configurations() -> Vec<Case> {
    vec![
        configuration("nothing", "", FINE),
        configuration("a mark", "\u{feff}basis = \"paid\"\n", FINE),
        configuration("YAML", "by: total\n", "1 c.toml:1:5: key with no value, expected `=`"),
        configuration("JSON", "{\"by\": \"total\"}\n", "1 c.toml:1:1: invalid key-value pair, expected key"),
        configuration(
            "UTF-16",
            b"\xFF\xFEb\0y\0",
            "1 c.toml:1:1: this is not UTF-8; save the configuration as UTF-8",
        ),
        configuration(
            "a NUL",
            "by = \"a\0b\"\n",
            "1 c.toml:1:8: invalid basic string, expected non-double-quote visible characters, `\\`",
        ),
        configuration(
            "carriage returns",
            "by = \"total\"\rbasis = \"net\"\r",
            "1 c.toml:1:14: carriage return must be followed by newline, expected newline",
        ),
        configuration(
            "half a pair",
            "by = \"\\ud800\"\n",
            "1 c.toml:1:9: invalid value, expected unicode hexadecimal value",
        ),
        configuration(
            "lists in lists",
            format!("by = {}", "[".repeat(100_000)),
            "1 c.toml:1:86: cannot recurse further; max recursion depth met",
        ),
        configuration(
            "tables in tables",
            format!("by = {}", "{a=".repeat(5_000)),
            "1 c.toml:1:246: cannot recurse further; max recursion depth met",
        ),
    ]
}

pub fn configurations_of_odd_values() -> Vec<Case> {
    let long = "x".repeat(5 << 20);
    let no_level = |text: &str| {
        format!("1 c.toml:1:9: level: \"{text}\" is no level between 0 and 1, such as 0.95 or 95%")
    };
    vec![
        configuration(
            "a key of many parts",
            format!("[{}]\n", vec!["a"; 50_000].join(".")),
            "1 c.toml:1:1: recursion limit",
        ),
        configuration("a long remark", format!("#{long}\n"), TOO_LONG),
        configuration("a long value", format!("by = \"{long}\"\n"), TOO_LONG),
        configuration("many keys", super::a_million_names().replace(',', "=1\n"), TOO_LONG),
        configuration("a code that steers", "\"\\u001b[2J\" = 1\n", "1 c.toml:1:1: \\u{1b}[2J is no option"),
        configuration(
            "a number beyond numbers",
            "threads = 99999999999999999999\n",
            "1 c.toml:1:11: threads: invalid value \"99999999999999999999\": not a number from 1 to 1024",
        ),
        configuration("no number", "level = nan\n", no_level("nan")),
        configuration("a number without end", "level = inf\n", no_level("inf")),
        configuration(
            "a moment for a day",
            "from = 2026-03-02T00:00:00Z\n",
            "1 c.toml:1:8: from: \"2026-03-02T00:00:00Z\" is no date, such as 2026-03-02",
        ),
        configuration("a table twice", "[decompose]\n[decompose]\n", "1 c.toml:2:2: duplicate key"),
    ]
}

pub fn profiles_that_are_none() -> Vec<Case> {
    let names = "`name`, `title`, `notes`, `currency`, `orders`, `sessions`, `rooms`, `refunds`, `lives`, `anonymous`, `time`";
    let no_utf_8 = "1 p.toml: this is not UTF-8; is it a profile? save it as UTF-8";
    vec![
        profile("nothing", "", "1 p.toml:1:1: missing field `name`"),
        profile("no name", "[orders.columns]\norder_id = \"x\"\n", "1 p.toml:1:1: missing field `name`"),
        profile(
            "no value",
            "name = \n",
            "1 p.toml:1:8: string values must be quoted, expected literal string",
        ),
        profile(
            "another field",
            "name = \"p\"\nfoo = 1\n",
            format!("1 p.toml:2:1: unknown field `foo`, expected one of {names}"),
        ),
        profile("bytes", [0xFF; 64], no_utf_8),
        profile("a picture", b"\x89PNG\r\n\x1a\n", no_utf_8),
        profile(
            "a long one",
            "#".repeat(5 << 20),
            "1 p.toml: it has more than 4194304 bytes; is that a profile?",
        ),
        case(
            "one without an end",
            "x",
            "",
            "1 /dev/zero: it has more than 4194304 bytes; is that a profile?",
        )
        .with(format!("{BOTH} --profile /dev/zero")),
        profile(
            "lists in lists",
            format!("a = {}", "[".repeat(100_000)),
            "1 p.toml:1:85: cannot recurse further; max recursion depth met",
        ),
        profile(
            "a word of two meanings",
            "name = \"p\"\n[orders.statuses]\npaid = [\"a\"]\nshipped = [\"a\"]\n",
            "1 p.toml: the word \"a\" is mapped to two meanings; keep one of them",
        ),
    ]
}

pub fn profiles_that_contradict_themselves() -> Vec<Case> {
    let columns = |text: &str| format!("name = \"p\"\n[orders.columns]\n{text}\n");
    vec![
        profile(
            "a status that is none",
            "name = \"p\"\n[orders.statuses]\npayed = [\"a\"]\n",
            "1 p.toml:3:1: unknown variant `payed`, expected one of `paid`, `shipped`, `completed`, `refunded`, `closed_paid`, `pending`, `cancelled`",
        ),
        profile(
            "a column without a name",
            columns("order_id = \"\""),
            "1 p.toml: order_id: the name of a column is empty; name one, or take it out",
        ),
        profile(
            "a column of no names",
            columns("order_id = []"),
            "1 p.toml: order_id: it names no column; name one, or take it out",
        ),
        profile(
            "a sum of nothing",
            columns("amount = { plus = [] }"),
            "1 p.toml: amount: it names no column; name one, or take it out",
        ),
        profile(
            "a sum of persons",
            columns("buyer_id = { plus = [\"a\"] }"),
            "1 p.toml: buyer_id: only amount and refund_amount may be a sum of columns",
        ),
        profile(
            "a constant order",
            columns("order_id = { value = \"1\" }"),
            "1 p.toml: order_id: a constant would make all rows one",
        ),
        profile(
            "a form of time that is none",
            "name = \"p\"\n[time]\nformats = [\"%Q\"]\n",
            "1 p.toml: [time] formats: \"%Q\": year required to parse date",
        ),
    ]
}

/// Alerts, and what is said of them.
const ALERTS: [(&str, &str); 23] = [
    ("", "character 1: there is no alert; write a condition, as in gmv change < -10 %"),
    ("  ", "character 1: there is no alert; write a condition, as in gmv change < -10 %"),
    ("gvm > 1", "character 1: there is no measure \"gvm\"; do you mean gmv?"),
    ("gmv >", "character 6: a number must stand here; write one, as in gmv > 100"),
    ("gmv > 1 2", "character 9: the condition has ended before this; join conditions by and or or"),
    ("gmv = 1", "character 5: = compares nothing; write == for equal"),
    ("gmv > > 1", "character 7: a second comparison stands here; write one of < <= > >= == !="),
    ("gmv > 1 && uv > 1", "character 9: & is no word of alerts; write and"),
    (
        "gmv / uv > 1",
        "character 5: there is no arithmetic in alerts; compare one measure with one number, as in gmv < 100",
    ),
    ("gmv > NaN", "character 7: a number must stand here; write one, as in gmv > 100"),
    (
        "gmv > 1e4",
        "character 8: letters stand right after a number; write numbers in full, without powers or words: 10000, not 10k or 1e4",
    ),
    (
        "gmv > 1,000",
        "character 8: a comma stands in or after a number; write numbers without separators, or with _: 1000000 or 1_000_000",
    ),
    (
        "gmv > 2万",
        "character 8: letters stand right after a number; write numbers in full, without powers or words: 10000, not 10k or 1e4",
    ),
    ("gmv > ¥1", "character 7: a currency sign has no place here; write the number alone: gmv < 100"),
    (
        "gmv > 99999999999999999999999",
        "character 7: \"99999999999999999999999\" is no number; write up to 20 digits with at most one point between them: 100.10",
    ),
    (
        "gmv > 1 pp",
        "character 9: pp, percentage points, is said of the change of a share; write %, or the number alone",
    ),
    ("refund_rate > 20", "character 15: refund_rate_gmv is a share, from 0 to 1; write 20 %"),
    (
        "significant of refund_rate",
        "character 16: how sure a change of refund_rate_gmv is cannot be known; it is known of gmv, of the five factors (uv, watch_hours_per_viewer, buyers_per_watch_hour, aov, orders_per_buyer), and of effects",
    ),
    (
        "streamer \"s1: gmv > 1",
        "character 10: the quote that begins here does not end; end the id with another \"",
    ),
    (
        "shop: gmv > 1",
        "character 1: there is no such scope; write streamer: or streamer \"ID\": before the condition, or nothing for the total",
    ),
    (": gmv > 1", "character 1: a condition must stand here; write one, as in gmv change < -10 %"),
    (
        "gmv > \u{1b}[2J",
        "character 7: '\\u{1b}' has no place in an alert; leave it out; docs/alerts.md has every word",
    ),
    (
        "\u{202e}gmv > 1",
        "character 1: '\\u{202e}' has no place in an alert; leave it out; docs/alerts.md has every word",
    ),
];

pub fn alerts() -> Vec<Case> {
    let deep = [
        (
            &format!("{}gmv > 1{}", "(".repeat(40), ")".repeat(40)),
            "character 34: the condition is nested too deeply; write at most 32 parentheses and nots within each other",
        ),
        (
            &format!("{}gmv > 1", "not ".repeat(40)),
            "character 133: the condition is nested too deeply; write at most 32 parentheses and nots within each other",
        ),
    ];
    let plain = ALERTS.iter().map(|(text, fault)| alert(text, *fault));
    plain.chain(deep.iter().map(|(text, fault)| alert(text, *fault))).collect()
}
