//! The logic of alerts on subjects made by hand; the grammar is in `grammar`.

mod grammar;

use std::collections::HashMap;

use jiff::civil::{Date, date};

use super::judge::Truth;
use super::*;
use crate::change::Status;

/// A shop made by hand: a value, or why there is none, by streamer, measure and period.
#[derive(Default)]
struct Shop {
    streamers: Vec<Streamer>,
    values: HashMap<(Option<String>, &'static str, bool), Value>,
    sureness: HashMap<(Option<String>, &'static str), Sureness>,
    status: HashMap<String, Status>,
    gaps: Vec<Date>,
}

fn id(streamer: Option<&Streamer>) -> Option<String> {
    streamer.map(|streamer| streamer.id.to_string())
}

impl Subjects for Shop {
    fn streamers(&self) -> &[Streamer] {
        &self.streamers
    }

    fn value(
        &self,
        streamer: Option<&Streamer>,
        measure: Measure,
        when: When,
    ) -> std::result::Result<Value, Missing> {
        let key = (id(streamer), measure.name(), when == When::Now);
        // An average of no orders is nothing, everything else that is missing is unknown.
        let why = if measure.name() == "aov" { Missing::Nothing } else { Missing::Unknown };
        self.values.get(&key).copied().ok_or(why)
    }

    fn sureness(&self, streamer: Option<&Streamer>, measure: Measure) -> Sureness {
        self.sureness.get(&(id(streamer), measure.name())).copied().unwrap_or_default()
    }

    fn status(&self, streamer: &Streamer) -> Option<Status> {
        self.status.get(&*streamer.id).copied()
    }

    fn gaps(&self) -> &[Date] {
        &self.gaps
    }
}

impl Shop {
    /// A shop with values of the total: measure, before, now.
    fn with(values: &[(&'static str, Value, Value)]) -> Self {
        let mut shop = Self::default();
        for (measure, before, now) in values {
            shop.set(None, measure, *before, *now);
        }
        shop
    }

    fn set(&mut self, streamer: Option<&str>, measure: &'static str, before: Value, now: Value) {
        let id = streamer.map(str::to_owned);
        if let Some(id) = &id
            && self.streamers.iter().all(|streamer| *streamer.id != **id)
        {
            self.streamers.push(Streamer { id: id.as_str().into(), name: None });
        }
        self.values.insert((id.clone(), measure, false), before);
        self.values.insert((id, measure, true), now);
    }

    fn sure(
        &mut self,
        streamer: Option<&str>,
        measure: &'static str,
        beyond: Option<bool>,
        unusual: Option<bool>,
    ) {
        let sureness = Sureness { beyond_sampling: beyond, unusual };
        self.sureness.insert((streamer.map(str::to_owned), measure), sureness);
    }

    fn judge(&self, text: &str) -> Judged {
        Alert::parse(text).unwrap().judge(self)
    }

    fn outcome(&self, text: &str) -> Outcome {
        self.judge(text).outcome
    }
}

const MONEY: fn(i128) -> Value = Value::Money;

#[test]
fn money_is_compared_exactly_at_the_boundary() {
    let shop = Shop::with(&[("gmv", MONEY(10_000), MONEY(10_010))]);
    for (text, fires) in [
        ("gmv < 100.10", false),
        ("gmv <= 100.10", true),
        ("gmv == 100.1", true),
        ("gmv != 100.10", false),
        ("gmv >= 100.10", true),
        ("gmv > 100.10", false),
        ("gmv < 100.1000000001", true),
        ("gmv > 100.0999999999", true),
        ("gmv before == 100", true),
        ("gmv change == 0.10", true),
        ("gmv change > 0.1", false),
        ("gmv change == 0.1 %", true),
        ("gmv change > 0.1 %", false),
        ("gmv change > 0.0999999 %", true),
    ] {
        let outcome = if fires { Outcome::Fired } else { Outcome::Quiet };
        assert_eq!(shop.outcome(text), outcome, "{text}");
    }
    // Floats would not tell these apart.
    let large = 900_719_925_474_099_300;
    let shop = Shop::with(&[("gmv", MONEY(0), MONEY(large))]);
    assert_eq!(shop.outcome("gmv > 9007199254740992.99"), Outcome::Fired);
    assert_eq!(shop.outcome("gmv == 9007199254740993.01"), Outcome::Quiet);
}

#[test]
fn a_fall_of_a_tenth_is_no_more_than_a_tenth() {
    let shop = Shop::with(&[
        ("gmv", MONEY(123_450), MONEY(111_105)),
        ("uv", Value::Count(1_000), Value::Count(899)),
    ]);
    assert_eq!(shop.outcome("gmv change < -10 %"), Outcome::Quiet);
    assert_eq!(shop.outcome("gmv change <= -10 %"), Outcome::Fired);
    assert_eq!(shop.outcome("uv change < -10 %"), Outcome::Fired);
    assert_eq!(shop.outcome("uv change == -101"), Outcome::Fired);
    assert_eq!(shop.outcome("uv change == -10.1 %"), Outcome::Fired);
}

#[test]
fn a_change_from_nothing_is_more_than_any_part() {
    let rose = Shop::with(&[("gmv", MONEY(0), MONEY(1))]);
    assert_eq!(rose.outcome("gmv change > 1000000 %"), Outcome::Fired);
    assert_eq!(rose.outcome("gmv change < -10 %"), Outcome::Quiet);
    let same = Shop::with(&[("gmv", MONEY(0), MONEY(0)), ("roi", Value::Real(0.0), Value::Real(0.0))]);
    for text in ["gmv change <= -10 %", "gmv change >= 10 %", "roi change >= 10 %"] {
        assert_eq!(same.outcome(text), Outcome::Quiet, "{text}");
    }
    assert_eq!(same.outcome("gmv change == 0 %"), Outcome::Fired);
    let Evidence::Compared { size, .. } = rose.judge("gmv change > 5 %").hits[0].evidence[0] else {
        panic!()
    };
    assert!(size.is_infinite());
    let fell = Shop::with(&[("gmv", MONEY(0), MONEY(-1))]);
    assert_eq!(fell.outcome("gmv change < -99 %"), Outcome::Fired);
    let debt = Shop::with(&[("gmv", MONEY(-100), MONEY(-150))]);
    assert_eq!(debt.outcome("gmv change == -50 %"), Outcome::Fired, "of the size of what was before");
}

#[test]
fn ratios_are_compared_to_twelve_digits() {
    let (fifth, quarter) = (Value::Real(1.0 / 5.0), Value::Real(1.0 / 4.0));
    let shop = Shop::with(&[("refund_rate_gmv", fifth, quarter)]);
    for (text, fires) in [
        ("refund_rate before > 20 %", false),
        ("refund_rate before >= 20 %", true),
        ("refund_rate > 0.249", true),
        ("refund_rate change >= 5 pp", true),
        ("refund_rate change > 5 pp", false),
        ("refund_rate change == 0.05", true),
        ("refund_rate change == 25 %", true),
        ("refund_rate change > 24.9999 %", true),
        ("refund_rate == 25.0000001 %", false),
    ] {
        let outcome = if fires { Outcome::Fired } else { Outcome::Quiet };
        assert_eq!(shop.outcome(text), outcome, "{text}");
    }
}

#[test]
fn an_effect_in_hundredths_is_held_against_gmv_before() {
    let shop = Shop::with(&[("gmv", MONEY(100_000), MONEY(90_000)), ("uv_effect", MONEY(0), MONEY(-5_000))]);
    assert_eq!(shop.outcome("uv_effect <= -5 %"), Outcome::Fired);
    assert_eq!(shop.outcome("uv_effect < -5 %"), Outcome::Quiet);
    assert_eq!(shop.outcome("uv_effect == -50"), Outcome::Fired);
}

#[test]
fn amounts_beyond_all_measure_do_not_overflow() {
    let shop = Shop::with(&[
        ("gmv", MONEY(i128::MIN), MONEY(i128::MAX)),
        ("uv", Value::Count(i64::MIN), Value::Count(i64::MAX)),
    ]);
    assert_eq!(shop.outcome("gmv change > 10 % and uv change > 10 % and gmv change > 0"), Outcome::Fired);
}

fn unknown(word: &str) -> Truth {
    Truth::Unknown(vec![Reason::Value(Measure::named(word).unwrap(), When::Now, Missing::Unknown)])
}

#[test]
fn the_truth_tables_are_those_of_kleene() {
    let (yes, no, what) = (Truth::Yes, Truth::No, unknown("uv"));
    let all = [
        (&yes, &yes, &yes),
        (&yes, &no, &no),
        (&yes, &what, &what),
        (&no, &no, &no),
        (&no, &what, &no),
        (&what, &what, &what),
    ];
    for (a, b, both) in all {
        assert_eq!(&Truth::all(vec![a.clone(), b.clone()]), both);
        assert_eq!(&Truth::all(vec![b.clone(), a.clone()]), both);
        // De Morgan gives the table of or.
        assert_eq!(Truth::any(vec![!a.clone(), !b.clone()]), !both.clone());
        assert_eq!(Truth::any(vec![!b.clone(), !a.clone()]), !both.clone());
    }
    assert_eq!((!yes, !no, !what.clone()), (Truth::No, Truth::Yes, what));
    let Truth::Unknown(reasons) = Truth::all(vec![unknown("uv"), unknown("gmv"), unknown("uv")]) else {
        panic!()
    };
    assert_eq!(reasons.len(), 2, "each reason once");
}

#[test]
fn what_is_not_known_leaves_an_alert_unknown_only_where_it_matters() {
    let shop = Shop::with(&[("gmv", MONEY(100), MONEY(50))]);
    for (text, outcome) in [
        ("uv_public == 0", Outcome::Unknown),
        ("not uv_public == 0", Outcome::Unknown),
        ("gmv > 1 and uv_public == 0", Outcome::Quiet),
        ("gmv < 1 and uv_public == 0", Outcome::Unknown),
        ("gmv < 1 or uv_public == 0", Outcome::Fired),
        ("gmv > 1 or uv_public == 0", Outcome::Unknown),
        ("gmv change < -10 % and significant", Outcome::Unknown),
        ("gmv change > 10 % and significant", Outcome::Quiet),
    ] {
        assert_eq!(shop.outcome(text), outcome, "{text}");
    }
    let reasons = &shop.judge("uv_public == 0").undecided[0].reasons;
    let uv_public = Measure::named("uv_public").unwrap();
    assert_eq!(*reasons, [Reason::Value(uv_public, When::Now, Missing::Unknown)]);
}

#[test]
fn significance_is_as_in_the_columns() {
    let gmv = Measure::named("gmv").unwrap();
    let (yes, no) = (Some(true), Some(false));
    for (beyond, unusual, outcome) in [
        (yes, yes, Outcome::Fired),
        (yes, no, Outcome::Quiet),
        (no, yes, Outcome::Quiet),
        (yes, None, Outcome::Unknown),
        (no, None, Outcome::Unknown),
        (None, yes, Outcome::Unknown),
        (None, None, Outcome::Unknown),
    ] {
        let mut shop = Shop::with(&[("gmv", MONEY(100), MONEY(50))]);
        shop.sure(None, "gmv", beyond, unusual);
        let judged = shop.judge("gmv change < 0 and significant");
        assert_eq!(judged.outcome, outcome, "{beyond:?} {unusual:?}");
        let why = if beyond.is_none() { Unsure::NoInterval } else { Unsure::FewChanges };
        if outcome == Outcome::Unknown {
            assert_eq!(judged.undecided[0].reasons, [Reason::Sure(Certainty::Significant, gmv, why)]);
        }
        let of = |flag: Option<bool>| match flag {
            Some(true) => Outcome::Fired,
            Some(false) => Outcome::Quiet,
            None => Outcome::Unknown,
        };
        assert_eq!(shop.outcome("gmv change < 0 and beyond_sampling"), of(beyond));
        assert_eq!(shop.outcome("gmv change < 0 and unusual"), of(unusual));
    }
}

#[test]
fn streamers_are_judged_one_by_one_in_their_order() {
    let mut shop = Shop::default();
    for (streamer, before, now) in [("z", 100, 80), ("<script>", 100, 100), ("a", 100, 10)] {
        shop.set(Some(streamer), "gmv", MONEY(before), MONEY(now));
    }
    let judged = shop.judge("streamer: gmv change < -10 %");
    let ids: Vec<_> = judged.hits.iter().map(|hit| id(hit.streamer.as_ref()).unwrap()).collect();
    assert_eq!((judged.outcome, ids), (Outcome::Fired, vec!["z".to_owned(), "a".to_owned()]));
    assert_eq!(shop.outcome("streamer \"<script>\": gmv change < -10 %"), Outcome::Quiet);
    assert_eq!(shop.outcome("streamer \"a\": gmv change < -10 %"), Outcome::Fired);
    let nobody = shop.judge("streamer \"b\": gmv change < -10 %");
    assert_eq!(
        (nobody.outcome, &nobody.undecided[0].reasons[..]),
        (Outcome::Unknown, &[Reason::NoStreamer][..])
    );
    assert_eq!(Shop::default().judge("streamer: gmv < 1").undecided[0].reasons, [Reason::NoStreamers]);
}

#[test]
fn who_has_nothing_to_judge_does_not_count_unless_nobody_has() {
    let mut shop = Shop::default();
    shop.set(Some("a"), "aov", Value::Real(10.0), Value::Real(10.0));
    shop.set(Some("b"), "gmv", MONEY(1), MONEY(1));
    assert_eq!(shop.outcome("streamer: aov < 5"), Outcome::Quiet);
    assert_eq!(shop.outcome("streamer: aov < 15"), Outcome::Fired);
    assert_eq!(shop.outcome("streamer \"b\": aov < 5"), Outcome::Unknown);
    assert_eq!(shop.outcome("streamer: gmv > 5"), Outcome::Unknown, "that of a is missing");
}

#[test]
fn who_came_and_who_left() {
    let mut shop = Shop::default();
    for (streamer, status) in [("a", Status::Both), ("b", Status::Entered), ("c", Status::Left)] {
        shop.set(Some(streamer), "gmv", MONEY(1), MONEY(1));
        shop.status.insert(streamer.to_owned(), status);
    }
    for (text, who) in [("streamer: new", "b"), ("streamer: entered", "b"), ("streamer: left", "c")] {
        let judged = shop.judge(text);
        assert_eq!(judged.hits.len(), 1);
        assert_eq!(id(judged.hits[0].streamer.as_ref()).as_deref(), Some(who));
    }
    assert_eq!(shop.judge("streamer: not new and not left").hits.len(), 1);
    let mut shop = Shop::default();
    shop.set(Some("a"), "gmv", MONEY(1), MONEY(1));
    assert_eq!(shop.judge("streamer: new").undecided[0].reasons, [Reason::Status]);
}

#[test]
fn a_gap_is_a_day_without_rows() {
    let day = date(2026, 11, 11);
    assert_eq!(Shop::default().outcome("data gap"), Outcome::Quiet);
    let judged = Shop { gaps: vec![day], ..Shop::default() }.judge("data gap");
    assert_eq!(
        (judged.outcome, &judged.hits[0].evidence[..]),
        (Outcome::Fired, &[Evidence::Gaps(vec![day])][..])
    );
}

#[test]
fn a_hit_shows_what_was_compared_once() {
    let mut shop = Shop::with(&[("gmv", MONEY(123_400), MONEY(105_800))]);
    shop.sure(None, "gmv", Some(true), Some(true));
    let judged = shop.judge("gmv change < -10 % and significant and gmv change < -10 %");
    let [Evidence::Compared { now, before, size, .. }, Evidence::Sure(Certainty::Significant, _, true)] =
        &judged.hits[0].evidence[..]
    else {
        panic!("{:?}", judged.hits)
    };
    assert_eq!((*now, *before), (Some(MONEY(105_800)), Some(MONEY(123_400))));
    assert!((size + 14.262_560_777_957_86).abs() < 1e-9);
}
