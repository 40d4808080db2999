//! The page of a small report with hostile names.

use std::sync::Arc;

use jiff::civil::date;

use super::render;
use crate::calendar::{DateRange, PeriodKind};
use crate::input::digests::InputFile;
use crate::present::fixture::{column, text};
use crate::present::ledger::{Amount, Ledger, LedgerLine};
use crate::present::model::{Column, Document, Language, Phrase, Unit, Values};
use crate::present::report::{Report, Table, tables};
use crate::present::waterfall::Step;
use crate::units::Level;

const HOSTILE: &str = "<script>alert(1)</script>\" onload='x' \u{202e}\x1b[2J";

/// A change of -2.00 at so many streamers, the first of which is hostile.
fn changes(rows: usize, by_streamer: bool) -> Document {
    let money = |name: &str, amount: i128| {
        column(name, name, name, Unit::Currency, 0, Values::Money(vec![Some(amount); rows]))
    };
    let mut columns: Vec<Column> = Vec::new();
    if by_streamer {
        let ids = (0..rows).map(|row| Some(Arc::from(format!("7349583948573{row:06}")))).collect();
        let names =
            (0..rows).map(|row| Some(Arc::from(if row == 0 { HOSTILE } else { "王芳的直播间" }))).collect();
        columns.push(column("streamer_id", "streamer", "主播ID", Unit::Plain, 0, Values::Text(ids)));
        columns.push(column("streamer_name", "name", "主播", Unit::Plain, 0, Values::Text(names)));
    }
    columns.extend([
        money("gmv_before", 123_456_789),
        money("gmv_after", 123_456_589),
        money("gmv_change", -200),
        money("gmv_change_lo", -3_000_000),
        money("gmv_change_hi", 2_000_000),
        money("uv_effect", 123_456_700),
        money("watch_effect", -123_456_900),
        money("conversion_effect", 123_456_700),
        money("aov_effect", -123_456_700),
        money("repurchase_effect", 0),
        money("off_live_change", 1_234_567),
    ]);
    let ratio = Values::Real(vec![Some(0.999_999_98); rows]);
    columns.push(column("gmv_ratio", "ratio", "比", Unit::Plain, 0, ratio));
    let flag = Values::Flag(vec![Some(false); rows]);
    columns.push(column("gmv_change_beyond_sampling", "beyond", "超出", Unit::Answer, 0, flag));
    let viewers = Values::Count(vec![Some(1_234_567); rows]);
    columns.push(column("uv_after", "UV after", "本期UV", Unit::Plain, 0, viewers));
    Document { columns, currency: "¥".to_owned(), ..Document::default() }
}

fn totals() -> Document {
    let periods = [date(2026, 11, 2), date(2026, 11, 9)].map(Some).to_vec();
    let gmv = Values::Money(vec![Some(123_456_789), Some(123_456_589)]);
    let columns = vec![
        column("period", "period", "周期", Unit::Plain, 0, Values::Date(periods)),
        column("gmv", "GMV", "GMV", Unit::Currency, 0, gmv),
        column("uv", "UV", "UV", Unit::Plain, 0, Values::Count(vec![None, Some(7)])),
    ];
    Document { columns, currency: "¥".to_owned(), ..Document::default() }
}

fn findings() -> Document {
    let columns = vec![
        column("level", "level", "级别", Unit::Plain, 0, text(&[Some("warning"), Some("ok")])),
        column("check", "check", "检查", Unit::Plain, 0, text(&[Some("file"), Some("span")])),
        column("detail", "detail", "说明", Unit::Plain, 0, text(&[Some(HOSTILE), None])),
        column("count", "count", "数量", Unit::Plain, 0, Values::Count(vec![Some(1), None])),
    ];
    Document { columns, currency: "¥".to_owned(), ..Document::default() }
}

fn alerts() -> Document {
    let columns = vec![
        column("alert", "alert", "告警", Unit::Plain, 0, text(&[Some("quiet one"), Some(HOSTILE)])),
        column("outcome", "outcome", "结果", Unit::Plain, 0, text(&[Some("quiet"), Some("fired")])),
        column("streamer_name", "name", "主播", Unit::Plain, 0, text(&[None, Some(HOSTILE)])),
        column("values", "values", "数值", Unit::Plain, 0, text(&[None, Some(HOSTILE)])),
    ];
    Document { columns, currency: "¥".to_owned(), ..Document::default() }
}

fn table(name: &'static str, document: Document) -> Table {
    Table { name, command: Some(format!("gmv {HOSTILE}")), document }
}

fn report(language: Language, streamers: usize) -> Report {
    let step = |is_level, from, to| Step { label: Phrase::new(HOSTILE, HOSTILE), is_level, from, to };
    let line = LedgerLine {
        label: Phrase::new("= counted", "= 计入"),
        rows: Some(1_234),
        amount: Some(Amount::Money(-5)),
    };
    Report {
        title: Some(HOSTILE.to_owned()),
        language,
        currency: "¥".to_owned(),
        kind: PeriodKind::Week,
        period: DateRange { first: date(2026, 11, 9), last: date(2026, 11, 15) },
        before: Some(DateRange { first: date(2026, 11, 2), last: date(2026, 11, 8) }),
        as_of: date(2026, 11, 16),
        level: Level::new(0.95).unwrap(),
        peer_quantile: 0.75,
        trend: 13,
        tables: vec![
            table(tables::TOTALS, totals()),
            table(tables::CHANGE, changes(1, false)),
            table(tables::STREAMER_CHANGES, changes(streamers, true)),
            table(tables::QUALITY, findings()),
            table(tables::ALERTS, alerts()),
        ],
        narrative: HOSTILE.to_owned(),
        slices: HOSTILE.to_owned(),
        steps: vec![step(true, 0, 300), step(false, 300, 100), step(true, 0, 100)],
        fired: 1,
        unknown: 2,
        ledgers: vec![Ledger { input: "orders", title: Phrase::new("orders", "订单"), lines: vec![line] }],
        closes: false,
        warnings: vec![HOSTILE.to_owned()],
        facts: vec![HOSTILE.to_owned()],
        inputs: vec![InputFile {
            input: "orders",
            path: HOSTILE.to_owned(),
            bytes: 1_234,
            sha256: "ab".repeat(32),
        }],
        findings: Some(findings()),
        alerts: Some(alerts()),
        gaps: vec![date(2026, 11, 11)],
        metadata: vec![(HOSTILE.to_owned(), HOSTILE.to_owned())],
    }
}

fn page(report: &Report) -> String {
    String::from_utf8(render(report).unwrap()).unwrap()
}

/// The page without its own style and scripts.
fn markup(page: &str) -> String {
    let mut markup = String::new();
    for part in page.split("<style>").flat_map(|part| part.split("<script>")) {
        let end = ["</style>", "</script>"].iter().find_map(|end| part.split_once(end));
        markup.push_str(end.map_or(part, |(_, rest)| rest));
    }
    markup
}

#[test]
fn hostile_texts_stay_texts() {
    let markup = markup(&page(&report(Language::English, 2)));
    assert!(
        !markup.contains("<script") && !markup.contains("onload='") && !markup.contains("\" onload"),
        "{markup}"
    );
    assert!(!markup.contains(['\u{202e}', '\x1b']));
    // Title (twice), steps, narrative, slices, name (table and picture), warning, fact, path, detail, commands, options.
    assert!(markup.matches("&#60;script&#62;alert(1)&#60;/script&#62;").count() >= 15, "{markup}");
    assert!(markup.contains("\\u{202e}\\u{1b}[2J"));
}

#[test]
fn nothing_is_loaded_and_nothing_needs_a_weaker_policy() {
    let page = page(&report(Language::English, 2));
    let markup = markup(&page);
    for forbidden in
        [" style=", " src=", "url(", "http:", "https:", "<link", "<base", "<iframe", "javascript:"]
    {
        assert!(!markup.contains(forbidden), "{forbidden}");
    }
    for handler in ["onclick", "onload", "onerror", "oninput", "onsubmit"] {
        assert!(!markup.contains(&format!(" {handler}=\"")), "{handler}");
    }
    assert!(page.contains("default-src &#39;none&#39;; script-src &#39;sha256-"), "{}", &page[..400]);
    assert!(!page[..800].contains("unsafe"));
    assert!(!super::CHARTS.contains("</script") && !super::SCRIPT.contains("</script"));
}

#[test]
fn cells_carry_what_json_has() {
    let page = page(&report(Language::English, 2));
    assert!(page.contains("data-c=\"gmv_after\" data-v=\"1234565.89\">¥1,234,565.89<"), "{}", markup(&page));
    assert!(page.contains("data-c=\"gmv_change\" data-v=\"-2.00\">−¥2.00<"));
    assert!(page.contains("data-v=\"1234567\">1,234,567<"));
    // What is not known has no value.
    assert!(page.contains("<td>–</td>"));
}

#[test]
fn a_thousand_streamers_are_on_the_page_and_the_rest_is_elsewhere() {
    let page = page(&report(Language::Chinese, 1_200));
    let rows =
        page.split("data-table=\"streamer_changes\"").nth(1).unwrap().split("</table>").next().unwrap();
    assert_eq!(rows.matches("<tr data-r=").count(), 1_000);
    assert!(
        page.contains("本页只列出前 1000 位，共 1200 位"),
        "{}",
        markup(&page).split("class=\"more\"").nth(1).unwrap()
    );
    assert!(page.len() < 2_000_000, "{}", page.len());
}

#[test]
fn alerts_that_fired_come_first_and_lead_the_page() {
    let markup = markup(&page(&report(Language::English, 2)));
    let table = markup.split("data-table=\"alerts\"").nth(1).unwrap();
    let [fired, quiet] = ["mark bad\">fired<", "quiet one"].map(|text| table.find(text).unwrap());
    assert!(fired < quiet);
    let first = markup.split("What to look at").nth(1).unwrap();
    let places = [
        "Alert: <bdi>&#60;script",
        "2 alerts could not be judged.",
        "does not close",
        "On a day of the period",
        "2 warnings",
    ];
    let places = places.map(|text| first.find(text).unwrap_or_else(|| panic!("{text} in {first}")));
    assert!(places.is_sorted());
}

#[test]
fn the_language_decides_what_a_person_reads() {
    let english = markup(&page(&report(Language::English, 2)));
    let chinese = markup(&page(&report(Language::Chinese, 2)));
    assert!(english.contains("<html lang=\"en\">") && chinese.contains("<html lang=\"zh-CN\">"));
    assert!(english.contains("9–15 Nov 2026") && chinese.contains("2026年11月9日–15日"));
    for word in ["Streamers", "Data quality", "compared with", "may be chance", "Unique viewers"] {
        assert!(english.contains(word) && !chinese.contains(word), "{word}");
    }
    assert!(!english.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c) && !"王芳的直播间".contains(c)));
}

#[test]
fn without_a_period_before_there_are_levels_and_no_change() {
    let mut report = report(Language::English, 2);
    report.before = None;
    report.tables.retain(|table| table.name == tables::TOTALS);
    (report.narrative, report.slices, report.steps) = (String::new(), String::new(), Vec::new());
    let markup = markup(&page(&report));
    assert!(markup.contains("data-c=\"gmv\" data-v=\"1234565.89\">¥1,234,565.89<"), "{markup}");
    assert!(
        !markup.contains("id=\"factors\"")
            && !markup.contains("compared with")
            && !markup.contains("What did it")
    );
    report.tables.clear();
    assert!(super::tests::markup(&page(&report)).contains("There are no rows for this period."));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = report(Language::Chinese, 40);
    assert_eq!(page(&report), page(&report.clone()));
}
