//! What is an alert and what is none: every rule of docs/alerts.md, every error with its place.

use proptest::prelude::*;

use crate::alert::{
    Alert, Aspect, Certainty, Comparison, Condition, Decimal, Kind, Measure, Relation, Scope, Unit,
};

#[test]
fn every_rule_reads_as_it_is_meant() {
    for (text, meant) in [
        ("gmv change < -10 % and significant", "total: gmv change < -10 % and significant of gmv"),
        ("uv_public == 0", "total: uv_public == 0"),
        ("streamer: refund_rate > 20 %", "streamer: refund_rate_gmv > 20 %"),
        ("data gap", "total: data gap"),
        ("total: gmv<=1_000_000.50", "total: gmv <= 1000000.5"),
        ("streamer \"s1\": left or new", "streamer \"s1\": left or entered"),
        ("streamer “主播 1”: aov >= 5", "streamer \"主播 1\": aov >= 5"),
        (r#"streamer "a\"b\\": gmv != 0"#, r#"streamer "a\"b\\": gmv != 0"#),
        ("GMV Change ＜ －10％ AND Significant", "total: gmv change < -10 % and significant of gmv"),
        ("（gmv ＞ 1）\u{3000}or not uv ≥ ２", "total: gmv > 1 or not uv >= 2"),
        ("gmv ≠ +5", "total: gmv != 5"),
        ("gmv before ≤ 5", "total: gmv before <= 5"),
        ("refund_rate change > 5pp", "total: refund_rate_gmv change > 5 pp"),
        ("refund_rate change > 5 %", "total: refund_rate_gmv change > 5 %"),
        (
            "uv_effect < -10 % and beyond_sampling",
            "total: uv_effect < -10 % and beyond_sampling of uv_effect",
        ),
        ("gmv > 1 or uv > 1 and aov > 1", "total: gmv > 1 or (uv > 1 and aov > 1)"),
        ("(gmv > 1 or uv > 1) and aov > 1", "total: (gmv > 1 or uv > 1) and aov > 1"),
        ("not not gmv > 1", "total: not not gmv > 1"),
        ("not (gmv > 1 and uv > 1)", "total: not (gmv > 1 and uv > 1)"),
        ("not gmv > 1 and uv > 1", "total: not gmv > 1 and uv > 1"),
        ("((gmv > 1))", "total: gmv > 1"),
        // Whose certainty: the change compared last before it, within reach; else the only one.
        (
            "gmv change < 0 and significant and uv change < 0 and unusual",
            "total: gmv change < 0 and significant of gmv and uv change < 0 and unusual of uv",
        ),
        (
            "gmv change < 0 and significant or uv change < 0 and significant",
            "total: (gmv change < 0 and significant of gmv) or (uv change < 0 and significant of uv)",
        ),
        ("significant and gmv change < 0", "total: significant of gmv and gmv change < 0"),
        (
            "gmv change < 0 and (significant or uv change < 0 and unusual)",
            "total: gmv change < 0 and (significant of gmv or (uv change < 0 and unusual of uv))",
        ),
        ("not gmv change > 0 and significant", "total: not gmv change > 0 and significant of gmv"),
        ("significant of aov", "total: significant of aov"),
        (
            "gmv > 0 and uv change < 0 and significant of gmv",
            "total: gmv > 0 and uv change < 0 and significant of gmv",
        ),
    ] {
        let alert = Alert::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(alert.to_string(), meant, "{text}");
        assert_eq!(alert.text, text);
    }
}

#[test]
fn numbers_and_units_are_as_typed() {
    let Condition::Compare(one) = Alert::parse("gmv change < -10.50 %").unwrap().condition else { panic!() };
    let number = Decimal::parse("-10.5").unwrap();
    let measure = Measure::named("gmv").unwrap();
    let (aspect, relation, unit) = (Aspect::Change, Relation::Less, Unit::Percent);
    assert_eq!(one, Comparison { measure, aspect, relation, number, unit });
}

/// Text, place, and a part of the message.
const ERRORS: [(&str, usize, &str); 62] = [
    ("", 1, "there is no alert"),
    ("  \n ", 1, "there is no alert"),
    ("gvm < 5", 1, "do you mean gmv?"),
    ("gmv < 5 and refundrate > 1 %", 13, "do you mean refund_rate?"),
    ("退款率 > 20 %", 1, "measures are named as columns are"),
    ("gmv < 5 and 退款率 > 1", 13, "no measure \"退款率\""),
    ("gmv_change < 5", 1, "write gmv change"),
    ("gmv_total_change < 5", 1, "write gmv_total change"),
    ("data", 1, "do you mean data gap?"),
    ("data_gap", 1, "do you mean data gap?"),
    ("gmv", 4, "a comparison must stand here"),
    ("gmv change", 11, "a comparison must stand here"),
    ("gmv 5", 5, "a comparison must stand here"),
    ("gmv % > 5", 5, "a unit stands after its number"),
    ("gmv <", 6, "a number must stand here"),
    ("gmv < uv", 7, "not with a measure"),
    ("gmv < < 5", 7, "a second comparison"),
    ("gmv < five", 7, "a number must stand here"),
    ("10 < gmv", 1, "begins with its measure"),
    ("gmv > 10 < 20", 10, "gmv > 10 and gmv < 20"),
    ("gmv > 10 uv > 5", 10, "join conditions by and or or"),
    ("gmv > 10 and", 13, "a condition must stand here"),
    ("gmv > 10 and or uv > 1", 14, "a condition must stand here, not or"),
    ("and gmv > 10", 1, "a condition must stand here, not and"),
    ("(gmv > 10", 10, "close the one of character 1"),
    ("(gmv > 10 uv > 5)", 11, "join conditions"),
    ("gmv > 10)", 9, "no parenthesis is open"),
    ("()", 2, "a condition must stand here"),
    ("gmv = 5", 5, "write =="),
    ("gmv =< 5", 5, "write <= or >="),
    ("gmv <> 5", 5, "write !="),
    ("gmv > 5 && uv > 5", 9, "write and"),
    ("gmv > 5 || uv > 5", 9, "write or"),
    ("!gmv > 5", 1, "write not"),
    ("gmv > 5, uv > 5", 8, "without separators"),
    ("gmv > 5 ，uv > 5", 9, "joins nothing"),
    ("gmv > 1,000", 8, "without separators"),
    ("gmv > 10k", 9, "in full"),
    ("gmv > 1e4", 8, "in full"),
    ("gmv > 2万", 8, "in full"),
    ("gmv > .5", 7, "0.5"),
    ("gmv > 5.", 7, "is no number"),
    ("gmv > 1__0", 7, "is no number"),
    ("gmv > 1234567890123456789012", 7, "is no number"),
    ("gmv < - 10", 7, "right before its number"),
    ("gmv-off_live < 5", 4, "names have _, not -"),
    ("gmv > ¥100", 7, "currency sign"),
    ("gmv * 2 > 5", 5, "no arithmetic"),
    ("streamer 's1': gmv > 5", 10, "double quotes"),
    ("streamer \"s1: gmv > 5", 10, "does not end"),
    ("streamer \"\": gmv > 5", 10, "the id is empty"),
    (r#"streamer "a\b": gmv > 5"#, 12, "a backslash stands alone"),
    ("streamer gmv > 5", 10, "a colon must stand after the scope"),
    ("shop: gmv > 5", 1, "no such scope"),
    ("gmv > 5 : uv", 9, "a scope stands before"),
    ("\u{202e}gmv > 5", 1, "'\\u{202e}' has no place"),
    ("streamer: data gap", 11, "the whole shop"),
    ("new", 1, "write streamer: new"),
    ("gmv > 5 %", 9, "gmv is no share"),
    ("refund_rate > 20", 15, "write 20 %"),
    ("refund_rate change > 5", 22, "write 5 pp"),
    ("refund_rate > 20 pp", 18, "write 20 %"),
];

#[test]
fn every_error_has_its_place_and_says_what_to_do() {
    for (text, at, part) in ERRORS {
        let error = Alert::parse(text).unwrap_err();
        assert_eq!(error.at, at, "{text}: {error}");
        let message = error.to_string();
        assert!(message.contains(part), "{text}: {message}");
        assert!(message.starts_with(&format!("character {at}: ")) && !error.advice.is_empty());
        assert!(!message.chars().any(char::is_control), "{message:?}");
    }
}

#[test]
fn a_certainty_needs_a_change_that_it_can_be_of() {
    for (text, at, part) in [
        ("gmv > 5 and significant", 13, "none is named"),
        ("significant", 1, "write significant of gmv"),
        ("(gmv change < 0 or uv change < 0) and significant", 39, "may be of several changes"),
        ("refund_rate change > 5 % and significant", 30, "cannot be known"),
        ("significant of gmv_total", 16, "cannot be known"),
        ("significant of", 15, "a measure must stand after of"),
        ("significant of gvm", 16, "do you mean gmv?"),
        ("uv_effect change < 5", 11, "a change already"),
        ("uv_effect before < 5", 11, "a change already"),
        ("gmv change < 5 pp", 16, "percentage points"),
        ("gmv change < 5 % %", 18, "a second unit"),
    ] {
        let error = Alert::parse(text).unwrap_err();
        assert_eq!(error.at, at, "{text}: {error}");
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
}

#[test]
fn depth_is_bounded_and_length_is_not() {
    let deep = format!("{}gmv > 1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(Alert::parse(&deep).unwrap_err().what.contains("nested"));
    let deep = format!("{}gmv > 1", "not ".repeat(100_000));
    assert!(Alert::parse(&deep).unwrap_err().what.contains("nested"));
    let nested = |parentheses, nots| {
        let text =
            format!("{}{}gmv > 1{}", "(".repeat(parentheses), "not ".repeat(nots), ")".repeat(parentheses));
        Alert::parse(&text)
    };
    assert!(nested(32, 0).is_ok() && nested(0, 32).is_ok() && nested(16, 16).is_ok());
    assert!([(33, 0), (0, 33), (16, 17)].into_iter().all(|(open, nots)| nested(open, nots).is_err()));
    // What is printed has parentheses that the text could do without, and is read again.
    let beside = |nots| format!("uv > 1 and {}gmv > 1 or aov > 1", "not ".repeat(nots));
    let alert = Alert::parse(&beside(31)).unwrap();
    assert_eq!(Alert::parse(&alert.to_string()).unwrap().condition, alert.condition);
    assert!(Alert::parse(&beside(32)).unwrap_err().what.contains("nested"));
    let long = vec!["gmv > 1"; 20_000].join(" or ");
    assert!(Alert::parse(&long).is_ok());
}

fn measure() -> impl Strategy<Value = Measure> {
    proptest::sample::select(Measure::all().collect::<Vec<_>>())
}

fn comparison() -> impl Strategy<Value = Comparison> {
    let relation = proptest::sample::select(vec![
        Relation::Less,
        Relation::AtMost,
        Relation::More,
        Relation::AtLeast,
        Relation::Equal,
        Relation::Other,
    ]);
    let aspect = proptest::sample::select(vec![Aspect::Now, Aspect::Before, Aspect::Change]);
    let numbers = (any::<i32>(), 0_u32..6, any::<bool>());
    (measure(), aspect, relation, numbers).prop_map(
        |(measure, aspect, relation, (number, scale, has_unit))| {
            let aspect = if measure.is_effect() { Aspect::Now } else { aspect };
            let is_share = measure.kind() == Kind::Share;
            let unit = match aspect {
                Aspect::Change if is_share && has_unit => Unit::Points,
                Aspect::Change => Unit::Percent,
                _ if is_share || (measure.is_effect() && has_unit) => Unit::Percent,
                _ => Unit::Own,
            };
            let sign = if number < 0 { "-" } else { "" };
            let text = format!("{sign}{}.{:0>6}", number.unsigned_abs() % 100_000, scale);
            Comparison { measure, aspect, relation, number: Decimal::parse(&text).unwrap(), unit }
        },
    )
}

fn condition() -> impl Strategy<Value = Condition> {
    let sure = (
        proptest::sample::select(vec![Certainty::Significant, Certainty::Unusual, Certainty::BeyondSampling]),
        measure().prop_filter("known", |measure| measure.effect().is_some()),
    );
    let leaf = prop_oneof![
        6 => comparison().prop_map(Condition::Compare),
        2 => sure.prop_map(|(certainty, measure)| Condition::Sure(certainty, measure)),
        1 => Just(Condition::Entered),
        1 => Just(Condition::Left),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Condition::Not(Box::new(one))),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
            proptest::collection::vec(inner, 2..4).prop_map(Condition::Any),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(condition in condition(), id in "\\PC{1,12}") {
        let scope = Scope::Streamer(id.into());
        let alert = Alert { text: String::new(), scope, condition };
        let again = Alert::parse(&alert.to_string()).unwrap();
        prop_assert_eq!((again.scope, again.condition), (alert.scope, alert.condition));
    }

    #[test]
    fn nothing_panics_and_every_place_is_in_the_text(text in "\\PC{0,40}") {
        if let Err(error) = Alert::parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.at));
        }
    }

    #[test]
    fn words_of_the_grammar_in_any_order_are_read_or_refused(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "gmv", "uv_effect", "refund_rate", "change", "before", "<", ">=", "==", "-10", "20", "0.5", "%", "pp", "and",
            "or", "not", "(", ")", "significant", "of", "streamer", "\"s1\"", ":", "data", "gap", "new", "total", "，", "万",
        ]), 0..14),
    ) {
        let text = words.join(" ");
        match Alert::parse(&text) {
            Ok(alert) => {
                let again = Alert::parse(&alert.to_string()).unwrap();
                prop_assert_eq!((again.scope, again.condition), (alert.scope, alert.condition));
            }
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.at)),
        }
    }
}
