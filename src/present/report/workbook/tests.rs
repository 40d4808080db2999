//! The parts that sheets are made of.

use jiff::civil::date;

use super::super::definitions::definitions;
use super::super::words::Words;
use super::change::bar;
use super::definitions::meaning;
use super::selection::{join, lead, rows};
use crate::present::fixture::{column, text};
use crate::present::model::{Document, Language, Phrase, Unit, Values};
use crate::present::waterfall::Step;

fn step(is_level: bool, from: i128, to: i128) -> Step {
    Step { label: Phrase::new("x", "x"), is_level, from, to }
}

#[test]
fn bars_reach_from_where_the_one_before_ends() {
    // Above zero: on an invisible foot.
    assert_eq!(bar(&step(true, 0, 500)), [0, 500, 0]);
    assert_eq!(bar(&step(false, 500, 700)), [500, 200, 0]);
    assert_eq!(bar(&step(false, 700, 100)), [100, 600, 0]);
    // Through zero: a part on each side, and no foot.
    assert_eq!(bar(&step(false, 100, -300)), [0, 100, -300]);
    assert_eq!(bar(&step(false, -300, 50)), [0, 50, -300]);
    // Below zero: the foot hangs.
    assert_eq!(bar(&step(false, -300, -500)), [-300, 0, -200]);
    assert_eq!(bar(&step(true, 0, -500)), [0, 0, -500]);
    for (from, to) in [(0, 5), (5, 2), (2, -4), (-4, -9), (-9, -1), (-1, 3)] {
        let [base, above, below] = bar(&step(false, from, to));
        assert_eq!(above - below, (to - from).abs(), "{from} to {to}");
        assert_eq!(
            [base.max(0) + above, base.min(0) + below],
            [from.max(to).max(0), from.min(to).min(0)],
            "{from} to {to}"
        );
    }
}

fn streamers() -> Document {
    let columns = vec![
        column("period", "period", "周期", Unit::Plain, 0, Values::Date(vec![Some(date(2026, 11, 9)); 3])),
        column("nothing", "nothing", "无", Unit::Plain, 0, Values::Count(vec![None; 3])),
        column("streamer_id", "id", "ID", Unit::Plain, 0, text(&[Some("a"), None, Some("b")])),
        column("gmv", "GMV", "GMV", Unit::Currency, 0, Values::Money(vec![Some(1), Some(2), None])),
    ];
    Document { columns, currency: "¥".to_owned(), ..Document::default() }
}

fn names(document: &Document) -> Vec<&str> {
    document.columns.iter().map(|column| column.name.as_str()).collect()
}

#[test]
fn columns_lead_in_the_order_asked_and_empty_ones_go() {
    let mut document = streamers();
    assert_eq!(lead(&mut document, &["gmv", "no such column", "streamer_id"]), 2);
    assert_eq!(names(&document), ["gmv", "streamer_id", "period"]);
    // Without rows nothing is known of columns.
    let mut document = rows(&streamers(), &[]);
    lead(&mut document, &["gmv"]);
    assert_eq!(names(&document), ["gmv", "period", "nothing", "streamer_id"]);
}

#[test]
fn rows_are_joined_by_their_key_and_null_where_there_is_none() {
    let mut document = streamers();
    let other = Document {
        columns: vec![
            column("streamer_id", "id", "ID", Unit::Plain, 0, text(&[Some("b"), Some("c"), Some("a")])),
            column("rate", "rate", "率", Unit::Share, 0, Values::Real(vec![Some(0.1), Some(0.2), Some(0.3)])),
            column("other", "other", "他", Unit::Share, 0, Values::Real(vec![Some(9.0); 3])),
        ],
        ..Document::default()
    };
    join(&mut document, &other, "streamer_id", &["rate"]);
    assert_eq!(names(&document), ["period", "nothing", "streamer_id", "gmv", "rate"]);
    assert_eq!(document.columns[4].values, Values::Real(vec![Some(0.3), None, Some(0.1)]));
}

#[test]
fn columns_mean_what_their_names_and_ends_say() {
    let terms = definitions(Words { language: Language::English });
    let begins = |name: &str| meaning(name, &terms).map(|text| text.split(' ').next().unwrap_or_default());
    for (name, word) in [
        ("gmv", Some("Money")),
        ("gmv_before", Some("Money")),
        ("gmv_total_change", Some("Off-live")),
        ("uv", Some("Distinct")),
        ("aov_ratio", Some("GMV")),
        ("aov_effect", Some("What")),
        ("aov_effect_lo", Some("From")),
        ("gmv_change_beyond_sampling", Some("The")),
        ("gmv_change_significant", Some("Unusual")),
        ("retention+3", Some("A")),
        ("refund_rate_gmv", Some("The")),
        ("tier", None),
    ] {
        assert_eq!(begins(name), word, "{name}");
    }
}
