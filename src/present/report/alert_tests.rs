//! Alerts on tables made by hand: what is looked up where, and the words of what was found.

use std::sync::Arc;

use jiff::civil::{Date, date};

use super::alerts::alerts_document;
use super::subjects::{AlertTables, TableSubjects};
use crate::alert::{Alert, Judged, Measure, Missing, Outcome, Subjects, Value, When};
use crate::present::model::{Column, Document, Language, Phrase, Unit, Values};

const BEFORE: Date = date(2026, 11, 2);
const NOW: Date = date(2026, 11, 9);

fn document(columns: Vec<(&str, Values)>) -> Document {
    let column = |(name, values): (&str, Values)| Column {
        name: name.to_owned(),
        heading: Phrase::new(name, name),
        unit: Unit::Plain,
        rank: 0,
        values,
    };
    Document { columns: columns.into_iter().map(column).collect(), ..Document::default() }
}

fn dates<const N: usize>(dates: [Date; N]) -> Values {
    Values::Date(dates.map(Some).to_vec())
}

fn texts<const N: usize>(texts: [&str; N]) -> Values {
    Values::Text(texts.map(|text| Some(Arc::from(text))).to_vec())
}

fn money<const N: usize>(money: [i128; N]) -> Values {
    Values::Money(money.map(Some).to_vec())
}

fn count<const N: usize>(counts: [i64; N]) -> Values {
    Values::Count(counts.map(Some).to_vec())
}

/// The tables of a shop: s1 fell, `=s2` is new and sold nothing, `<s3>` left, and there are orders of nobody.
struct Tables {
    totals: Document,
    streamers: Document,
    repurchase: Document,
    streamer_repurchase: Document,
    change: Document,
    streamer_changes: Document,
}

impl Tables {
    fn new() -> Self {
        let aov = |values: &[Option<f64>]| Values::Real(values.to_vec());
        Self {
            totals: document(vec![
                ("period", dates([BEFORE, NOW])),
                ("gmv", money([123_400, 105_800])),
                ("uv", count([100, 101])),
                ("uv_public", Values::Count(vec![None, None])),
                ("buyers", count([10, 9])),
                ("orders", count([12, 10])),
                ("aov", aov(&[Some(102.83), Some(105.8)])),
            ]),
            streamers: document(vec![
                ("period", dates([BEFORE, BEFORE, NOW, NOW, NOW])),
                ("streamer_id", texts(["<s3>", "s1", "s1", "=s2", "(none)"])),
                ("streamer_name", texts(["gone", "\u{202e}one", "\u{202e}one", "two", "nobody"])),
                ("gmv", money([3_400, 120_000, 105_800, 0, 0])),
                ("uv", count([10, 90, 98, 3, 0])),
                ("uv_public", Values::Count(vec![None; 5])),
                ("buyers", count([1, 9, 9, 0, 0])),
                ("orders", count([1, 11, 10, 0, 0])),
                ("aov", aov(&[Some(34.0), Some(109.09), Some(105.8), None, None])),
            ]),
            repurchase: document(vec![
                ("period", dates([BEFORE, NOW])),
                ("gmv", money([0, 0])),
                ("refund_rate_gmv", aov(&[Some(0.2), Some(0.25)])),
                ("expected_gmv", aov(&[None, None])),
            ]),
            streamer_repurchase: document(vec![
                ("period", dates([BEFORE, NOW])),
                ("streamer_id", texts(["s1", "s1"])),
                ("refund_rate_gmv", aov(&[Some(0.2), Some(0.25)])),
            ]),
            change: document(vec![
                ("before", dates([BEFORE])),
                ("status", texts(["both"])),
                ("uv_effect", money([1_234])),
                ("gmv_change_beyond_sampling", Values::Flag(vec![Some(true)])),
                ("gmv_change_unusual", Values::Flag(vec![None])),
            ]),
            streamer_changes: document(vec![
                ("streamer_id", texts(["s1", "<s3>", "=s2"])),
                ("status", texts(["both", "left", "entered"])),
                ("uv_effect", money([4_634, -3_400, 0])),
                ("gmv_change_beyond_sampling", Values::Flag(vec![Some(true), None, None])),
                ("gmv_change_unusual", Values::Flag(vec![Some(true), None, None])),
            ]),
        }
    }

    fn subjects(&self, before: Option<Date>) -> TableSubjects<'_> {
        let tables = AlertTables {
            totals: &self.totals,
            streamers: &self.streamers,
            repurchase: &self.repurchase,
            streamer_repurchase: &self.streamer_repurchase,
            change: before.map(|_| &self.change),
            streamer_changes: before.map(|_| &self.streamer_changes),
        };
        TableSubjects::new(tables, NOW, before, vec![date(2026, 11, 11)])
    }

    fn judge(&self, text: &str) -> Judged {
        Alert::parse(text).unwrap().judge(&self.subjects(Some(BEFORE)))
    }
}

#[test]
fn streamers_are_those_of_the_period_and_then_those_who_left() {
    let tables = Tables::new();
    let ids = |subjects: &TableSubjects<'_>| {
        subjects.streamers().iter().map(|streamer| streamer.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&tables.subjects(Some(BEFORE))), ["s1", "=s2", "<s3>"]);
    assert_eq!(ids(&tables.subjects(None)), ["s1", "=s2"]);
}

#[test]
fn values_stand_where_the_tables_have_them() {
    let tables = Tables::new();
    let subjects = tables.subjects(Some(BEFORE));
    let [one, two, gone] = subjects.streamers() else { panic!() };
    let of = |streamer, name: &str, when| subjects.value(streamer, Measure::named(name).unwrap(), when);
    let now = When::Now;
    assert_eq!(of(None, "gmv", now), Ok(Value::Money(105_800)), "of the sums, not of repurchase");
    assert_eq!(of(None, "gmv", When::Before), Ok(Value::Money(123_400)));
    assert_eq!(of(Some(one), "gmv", now), Ok(Value::Money(105_800)));
    assert_eq!(of(Some(one), "refund_rate", now), Ok(Value::Real(0.25)));
    assert_eq!(of(Some(gone), "gmv", now), Ok(Value::Money(0)), "who is not there sold nothing");
    assert_eq!(of(Some(two), "uv", When::Before), Ok(Value::Count(0)));
    assert_eq!(of(Some(two), "aov", now), Err(Missing::Nothing), "no orders");
    assert_eq!(of(Some(two), "refund_rate", now), Err(Missing::Nothing), "no row");
    assert_eq!(of(Some(gone), "aov", now), Err(Missing::Nothing));
    assert_eq!(of(None, "uv_public", now), Err(Missing::Unknown));
    assert_eq!(of(Some(gone), "uv_public", now), Err(Missing::Unknown), "not known of the shop either");
    assert_eq!(of(None, "expected_gmv", now), Err(Missing::Unknown));
    assert_eq!(of(None, "roi", now), Err(Missing::NoColumn));
    assert_eq!(of(Some(one), "uv_effect", now), Ok(Value::Money(4_634)));
    assert_eq!(of(None, "aov_effect", now), Err(Missing::NoColumn));
    let alone = tables.subjects(None);
    let of = |name: &str, when| alone.value(None, Measure::named(name).unwrap(), when);
    assert_eq!(of("gmv", When::Before), Err(Missing::NoPeriod));
    assert_eq!(of("uv_effect", now), Err(Missing::NoPeriod));
}

/// Outcome, streamer, values and reason of each row.
fn rows(judged: &[Judged], language: Language) -> Vec<[String; 4]> {
    let document = alerts_document(judged, "¥", language);
    let text = |at: usize, row: usize| match &document.columns[at].values {
        Values::Text(texts) => texts[row].as_deref().unwrap_or_default().to_owned(),
        _ => panic!(),
    };
    (0..document.rows()).map(|row| [text(2, row), text(3, row), text(5, row), text(6, row)]).collect()
}

#[test]
fn what_was_found_is_said_in_words() {
    let tables = Tables::new();
    for (text, en, zh) in [
        (
            "gmv change < -10 %",
            "gmv change -14.3 % (¥1,234.00 → ¥1,058.00)",
            "gmv 变化 -14.3 %（¥1,234.00 → ¥1,058.00）",
        ),
        (
            "gmv change < -100",
            "gmv change -¥176.00 (¥1,234.00 → ¥1,058.00)",
            "gmv 变化 -¥176.00（¥1,234.00 → ¥1,058.00）",
        ),
        ("uv change > 0", "uv change +1 (100 → 101)", "uv 变化 +1（100 → 101）"),
        ("gmv before > 0", "gmv before ¥1,234.00", "gmv 前期 ¥1,234.00"),
        ("refund_rate > 20 %", "refund_rate_gmv 25.0 %", "refund_rate_gmv 25.0 %"),
        (
            "refund_rate change >= 5 pp",
            "refund_rate_gmv change +5.0 pp (20.0 % → 25.0 %)",
            "refund_rate_gmv 变化 +5.0 pp（20.0 % → 25.0 %）",
        ),
        (
            "refund_rate change > 0.01",
            "refund_rate_gmv change +5.0 pp (20.0 % → 25.0 %)",
            "refund_rate_gmv 变化 +5.0 pp（20.0 % → 25.0 %）",
        ),
        (
            "uv_effect >= 1 %",
            "uv_effect +1.0 % of GMV before (¥12.34 of ¥1,234.00)",
            "uv_effect 为前期GMV的 +1.0 %（¥12.34 / ¥1,234.00）",
        ),
        ("data gap", "1 day without rows: 2026-11-11", "1 天没有数据：2026-11-11"),
        (
            "gmv > 1 and beyond_sampling of gmv",
            "gmv ¥1,058.00; change of gmv beyond_sampling",
            "gmv ¥1,058.00；gmv 的变化：beyond_sampling",
        ),
        ("streamer: left", "left: there before", "已离开：前期有"),
        ("streamer: uv change > 1000 %", "uv change from nothing (0 → 3)", "uv 变化 （从零开始）（0 → 3）"),
    ] {
        let judged = [tables.judge(text)];
        assert_eq!(judged[0].outcome, Outcome::Fired, "{text}");
        assert_eq!(rows(&judged, Language::English)[0][2], en, "{text}");
        assert_eq!(rows(&judged, Language::Chinese)[0][2], zh, "{text}");
    }
}

#[test]
fn what_is_missing_is_said_in_words() {
    let tables = Tables::new();
    for (text, en, zh) in [
        (
            "gmv change < -10 % and significant",
            "whether the change of gmv is significant is not known: fewer than 12 complete changes before it",
            "gmv 的变化是否 significant 未知：此前完整的变化不足 12 次",
        ),
        (
            "uv_public == 0",
            "uv_public is not known: the exports do not tell it",
            "uv_public 未知：导出数据中没有",
        ),
        (
            "uv_public before == 0",
            "uv_public before is not known: the exports do not tell it",
            "前期 uv_public 未知：导出数据中没有",
        ),
        ("roi < 1", "roi is not known: the report has no such column", "roi 未知：报告中没有这一列"),
        (
            "streamer: uv_public == 0",
            "s1 and 2 more: uv_public is not known: the exports do not tell it",
            "s1 等 3 位：uv_public 未知：导出数据中没有",
        ),
        (
            "streamer \"=s2\": aov < 5",
            "=s2: aov is not known: there is nothing to compute it from",
            "=s2：aov 未知：没有可供计算的数据",
        ),
        (
            "streamer \"s9\": gmv == 0",
            "no streamer s9 in the period or the one before; is the streamer_id right?",
            "本期与前期都没有主播 s9；请检查 streamer_id",
        ),
    ] {
        let judged = [tables.judge(text)];
        assert_eq!(rows(&judged, Language::English), [["unknown", "", "", en]], "{text}");
        assert_eq!(rows(&judged, Language::Chinese), [["unknown", "", "", zh]], "{text}");
    }
    let alone = tables.subjects(None);
    let judged = [Alert::parse("gmv change < 0").unwrap().judge(&alone)];
    let [[_, _, _, reason]] = &rows(&judged, Language::English)[..] else { panic!() };
    assert_eq!(reason, "gmv before is not known: there is no period before");
}

#[test]
fn who_came_or_left_has_no_certainty_and_leaves_no_alert_unknown() {
    let tables = Tables::new();
    let judged = tables.judge("streamer: gmv change < -10 % and significant");
    assert_eq!(judged.outcome, Outcome::Fired);
    let found = rows(&[judged], Language::English);
    let words = "gmv change -11.8 % (¥1,200.00 → ¥1,058.00); change of gmv significant";
    assert_eq!(found, [["fired", "s1", words, ""]]);
    let judged = tables.judge("streamer: gmv change < -15 % and significant");
    assert_eq!(judged.outcome, Outcome::Quiet, "{judged:?}");
}

#[test]
fn a_row_for_each_hit_and_for_each_alert_without_one() {
    let tables = Tables::new();
    let judged =
        ["streamer: uv > 0 or uv before > 0", "gmv > 1000000", "roi < 1"].map(|text| tables.judge(text));
    let found = rows(&judged, Language::English);
    let heads: Vec<_> = found.iter().map(|[outcome, id, ..]| format!("{outcome} {id}")).collect();
    assert_eq!(heads, ["fired s1", "fired =s2", "fired <s3>", "quiet ", "unknown "]);
    let document = alerts_document(&judged, "¥", Language::English);
    let names: Vec<_> = document.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["alert", "scope", "outcome", "streamer_id", "streamer_name", "values", "reason"]);
    // Names stay what they are: renderers make them harmless.
    let Values::Text(names) = &document.columns[4].values else { panic!() };
    assert_eq!(names[0].as_deref(), Some("\u{202e}one"));
    assert_eq!(alerts_document(&[], "¥", Language::Chinese).rows(), 0);
}
