//! Alerts name columns that results have.

use std::collections::BTreeSet;

use gmv::alert::{Alert, Measure};

use crate::support::{Work, repository};

/// The columns of what a command gives.
fn columns(work: &Work, arguments: &str) -> Vec<String> {
    let folder = repository("data").display().to_string();
    let arguments = format!("{arguments} --format csv -q").replace("DATA", &folder);
    let csv = work.ok(&arguments.split(' ').collect::<Vec<_>>());
    csv.lines().next().unwrap().split(',').map(str::to_owned).collect()
}

#[test]
fn every_measure_is_a_column_of_a_result() {
    let work = Work::with(&[
        ("spend.csv", "streamer_id,date,cost\ns0001,2026-11-09,5.00\n"),
        (
            "rooms.csv",
            "主播抖音号,主播昵称,直播开始时间,直播结束时间,直播时长(分钟),直播间观看人数,人均观看时长(分钟),观看老粉占比,\
             直播间成交人数,直播间成交订单数,直播间成交金额,净成交金额,净成交订单数,直播间退款金额,直播间退款订单数,直播间投放消耗\n\
             a,甲,2026-03-02 20:00:00,2026-03-02 22:00:00,120,100,1.5,35%,5,6,60.00,60.00,6,0,0,1.00\n",
        ),
    ]);
    let own = "--orders DATA/orders.csv --sessions DATA/sessions.csv";
    let compared = columns(&work, &format!("compare {own} --by total --ci"));
    let mut known: BTreeSet<String> = compared.iter().cloned().collect();
    for command in [
        format!("decompose {own} --by total --lives DATA/lives.csv --spend spend.csv"),
        format!("repurchase {own} --by total"),
        "decompose --rooms rooms.csv --by total".to_owned(),
    ] {
        known.extend(columns(&work, &command));
    }
    let unknown: Vec<_> = Measure::all().map(Measure::name).filter(|name| !known.contains(*name)).collect();
    assert!(unknown.is_empty(), "no result has {unknown:?}");
    for effect in Measure::all().filter_map(Measure::effect) {
        for suffix in ["beyond_sampling", "unusual"] {
            assert!(compared.contains(&format!("{effect}_{suffix}")), "{effect}_{suffix}");
        }
    }
}

#[test]
fn every_number_of_a_result_is_a_measure_or_left_out_on_purpose() {
    let work = Work::new();
    let own = "--orders DATA/orders.csv --sessions DATA/sessions.csv";
    let sums = columns(&work, &format!("decompose {own} --by total --lives DATA/lives.csv"));
    let rates = columns(&work, &format!("repurchase {own} --by total"));
    let left_out = ["period", "partial"];
    for name in sums.iter().chain(&rates).filter(|name| !left_out.contains(&name.as_str())) {
        assert!(Measure::named(name).is_some(), "no alert can name {name}");
    }
}

/// The lines of the documentation that are alerts, each in quotes as in a configuration.
#[test]
fn the_documentation_shows_alerts_and_names_every_measure() {
    let text = std::fs::read_to_string(repository("docs/alerts.md")).unwrap();
    let quoted = text.lines().filter_map(|line| line.trim().strip_prefix('\'')?.split_once('\''));
    let shown: Vec<&str> = quoted.map(|(alert, _)| alert).collect();
    assert!(shown.len() >= 12, "{shown:?}");
    for alert in shown {
        assert!(Alert::parse(alert).is_ok(), "{alert}: {:?}", Alert::parse(alert));
    }
    for measure in Measure::all() {
        assert!(text.contains(&format!("`{}`", measure.name())), "docs/alerts.md lacks {}", measure.name());
    }
}
