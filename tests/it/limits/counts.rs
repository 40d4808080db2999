//! Counts, hours and factors: of facts and of broadcasts, at the ends of 64 bits, and what is compared and planned from them.

use super::{check, run, too_bad, verdict};
use crate::support::Work;

const FACTS: &str = "period,streamer_id,uv,watch_hours,buyers,orders,gmv";
/// The most of 64 bits.
const MOST: &str = "9223372036854775807";
const MOST_MONEY: &str = "9223372036854775807.99";

fn facts(rows: &[&str]) -> Work {
    Work::with(&[("facts.csv", &format!("{FACTS}\n{}\n", rows.join("\n")))])
}

#[test]
fn facts_hold_64_bits_and_name_the_cell_beyond() {
    let with = |at: usize, cell: &str| {
        let mut cells = ["2026-03-02", "s1", "5", "1", "2", "3", "10.00"];
        cells[at] = cell;
        facts(&[&cells.join(",")])
    };
    let place = |at: usize, name: &str, cell: &str, fault: &str| {
        format!("1 gmv: facts.csv:2:{}: {name} {cell:?} {fault}", at + 1)
    };
    let above = "is above 9223372036854775807";
    let hours = "is no number of hours";
    let count = "is no whole number of at least 0";
    let bad = [
        (2, "uv", "9223372036854775808", above),
        (2, "uv", "18446744073709551615", above),
        (2, "uv", "9e18", count),
        (2, "uv", "-1", count),
        (2, "uv", "NaN", count),
        (3, "watch_hours", "2500000000001", "is above 2499999999999"),
        (3, "watch_hours", "1e300", "is above 2499999999999"),
        (3, "watch_hours", "inf", hours),
        (3, "watch_hours", "NaN", hours),
        (3, "watch_hours", "-1", hours),
        (4, "buyers", "9223372036854775808", above),
        (5, "orders", "9223372036854775808", above),
        (6, "gmv", "9223372036854775808.00", "is above 9223372036854775807.99"),
        (6, "gmv", "1e18", "is no amount of at least 0, such as 1299.90"),
        (6, "gmv", "0.001", "has more than 2 decimals"),
        (0, "period", "-0001-01-01", "is no date, such as 2026-03-02"),
        (0, "period", "-009999-01-01", "is no date, such as 2026-03-02"),
        (0, "period", "0000-01-01", "is no date, such as 2026-03-02"),
        (0, "period", "10000-01-01", "is no date, such as 2026-03-02"),
        (0, "period", "2026-02-29", "is no date, such as 2026-03-02"),
    ];
    let line = "decompose --facts facts.csv -q";
    check(
        "gmv",
        bad.map(|(at, name, cell, fault)| (with(at, cell), line.to_owned(), place(at, name, cell, fault))),
    );
    let good = [
        (2, MOST, "uv", MOST),
        (3, "2499999999999.9", "watch_hours", "2499999999999.9"),
        (3, "1e-300", "watch_hours", "0"),
        (5, MOST, "orders_per_buyer", "4611686018427388000"),
        (6, MOST_MONEY, "gmv", MOST_MONEY),
    ];
    for (at, cell, column, expected) in good {
        assert_eq!(verdict(&run(&with(at, cell), line), column), expected, "{cell}");
    }
}

/// Two rows of the most that each may hold: money and hours add up, and counts are refused by name.
#[test]
fn counts_that_do_not_add_up_are_refused_with_their_group_and_period() {
    let wide = format!("2026-03-02,s1,5,2000000000000,2,3,{MOST_MONEY}");
    let money = [wide.as_str(), &wide.replace("s1", "s2"), "2026-03-09,s1,1,1,1,1,0.01"];
    let line = "compare --facts facts.csv --period week --by total --before 2026-03-02 --after 2026-03-09 -q";
    check(
        "gmv_before,gmv_after,gmv_change",
        [(
            facts(&money),
            line.to_owned(),
            "18446744073709551615.98,0.01,-18446744073709551615.97".to_owned(),
        )],
    );
    let row = |at: usize| {
        let mut cells = ["2026-03-02", "s1", "5", "1", "2", "3", "10.00"];
        cells[at] = MOST;
        cells.join(",")
    };
    for (at, name) in [(2, "uv"), (4, "buyers"), (5, "orders")] {
        let work = facts(&[&row(at), &row(at).replace("s1", "s2"), "2026-03-09,s1,1,1,1,1,0.01"]);
        for line in [line, "plan --facts facts.csv --period week --by total --uv +10% -q"] {
            assert_eq!(
                verdict(&run(&work, line), "gmv"),
                format!(
                    "1 gmv: {name} of all streamers in the period 2026-03-02 add up to more than {MOST}; look for numbers that are none, such as \
                     ids or times in the column"
                )
            );
        }
    }
}

/// From 2⁶³ − 1 to 1 and back: logs and log means of what is farthest apart.
#[test]
fn the_farthest_change_has_effects_that_add_up() {
    let far = format!("2026-03-02,s1,{MOST},2000000000000,{MOST},{MOST},{MOST_MONEY}");
    let near = "2026-03-09,s1,1,0.0002777777777777778,1,1,0.01";
    let effects = "uv_effect,watch_effect,conversion_effect,aov_effect,repurchase_effect";
    for method in ["lmdi", "shapley", "chain"] {
        for (before, after) in [("2026-03-02", "2026-03-09"), ("2026-03-09", "2026-03-02")] {
            let line = format!(
                "compare --facts facts.csv --period week --before {before} --after {after} --method {method} -q"
            );
            let run = run(&facts(&[&far, near]), &line);
            let cents = |text: &str| text.replace('.', "").parse::<i128>().unwrap();
            let sum: i128 = verdict(&run, effects).split(',').map(cents).sum();
            assert_eq!(sum, cents(&verdict(&run, "gmv_change")), "{line}\n{}", run.err);
        }
    }
}

/// Of factors no one of which is far off, replacing one at a time gives products that nothing holds.
#[test]
fn effects_and_intervals_that_cannot_be_told_are_refused_with_their_group() {
    let untold = |figure: &str| {
        format!(
            "1 gmv: {figure} of streamer_id \"s1\" is too large to be told: no real figures are as large, or as far apart; look for \
             numbers that are none"
        )
    };
    let [before, after] = [
        format!("2026-03-02,s1,{MOST},0.0002777777777777778,{MOST},1,0.01"),
        format!("2026-03-09,s1,1,2499999999999,1,{MOST},{MOST_MONEY}"),
    ];
    let line = "compare --facts facts.csv --period week --before 2026-03-02 --after 2026-03-09 -q";
    check(
        "gmv_change",
        [
            (facts(&[&before, &after]), line.to_owned(), MOST_MONEY.replace("7.99", "7.98")),
            (facts(&[&before, &after]), format!("{line} --method shapley"), untold("uv_effect")),
        ],
    );
    let names = "m_11,m_1w,m_1b,m_1o,m_1g,m_ww,m_wb,m_wo,m_wg,m_bb,m_bo,m_bg,m_oo,m_og,m_gg";
    let moments = vec!["170141183460469231731687303715884105727"; 15].join(",");
    let text = format!(
        "{FACTS},{names}\n2026-03-02,s1,5,1,2,3,10.00,{moments}\n2026-03-09,s1,6,1,2,3,{MOST_MONEY},{moments}\n"
    );
    let work = Work::with(&[("facts.csv", &text)]);
    let found = verdict(&run(&work, &format!("{line} --ci")), "gmv_change");
    assert_eq!(found, untold("uv_effect_lo and _hi"));
    // One more in a moment is no number of 128 bits.
    work.write("facts.csv", text.replacen("884105727", "884105728", 1));
    let found = verdict(&run(&work, "decompose --facts facts.csv -q"), "gmv");
    assert_eq!(
        found,
        "1 gmv: facts.csv:2:8: m_11 \"170141183460469231731687303715884105728\" is no whole number"
    );
    // A narrow interval is one at any level below 1.
    work.write("facts.csv", text.replace(&moments, "5,5,2,3,5,9,2,3,5,2,3,5,3,5,9"));
    for level in ["1e-300", "0.5", "0.9999999999999999"] {
        let run = run(&work, &format!("decompose --facts facts.csv --ci --level {level} -q"));
        assert!(!verdict(&run, "uv_lo,uv_hi").contains(",|") && run.code == 0, "{level} {}", run.out);
    }
}

#[test]
fn plans_of_the_most_and_the_least() {
    let rows: Vec<String> =
        (0..9).map(|at| format!("2026-03-02,s{at},{MOST},1,{MOST},{MOST},{MOST_MONEY}")).collect();
    let mut rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let small = "2026-03-02,tiny,9223372036854775807,1,1,9223372036854775807,9223372036854775807.99";
    rows.push(small);
    let work = facts(&rows);
    let line = "plan --facts facts.csv --period week -q";
    let found = verdict(&run(&work, &format!("{line} --peers all")), "gain");
    assert_eq!(
        found,
        "1 gmv: the gain of streamer_id \"tiny\" by its viewer_conversion is beyond what can be counted: next to its peers its viewer_conversion is as good as \
         nothing; mend its row, or leave it out with --streamer"
    );
}

#[test]
fn changes_and_targets_of_the_most() {
    let line = "plan --facts facts.csv --period week -q";
    let one = facts(&[&format!("2026-03-02,s1,{MOST},1,{MOST},{MOST},{MOST_MONEY}")]);
    for (change, expected) in [
        ("--uv x1000", "9223372036854775807990.00"),
        ("--uv x1000 --aov x1000", "9223372036854775807990000.00"),
        ("--uv x0.001", "9223372036854775.81"),
    ] {
        let found = verdict(&run(&one, &format!("{line} {change}")), "gmv_new");
        assert!(found.starts_with(expected), "{change}: {found}");
    }
    for (change, expected) in [
        (
            "--target 1e308",
            "2 error: invalid value '1e308' for '--target <GMV|CHANGE>': \"1e308\" is no GMV above 0, such as 1200000, and no change, such as +20%",
        ),
        (
            "--target 9223372036854775808",
            "2 error: invalid value '9223372036854775808' for '--target <GMV|CHANGE>': \"9223372036854775808\" is above 9223372036854775807.99",
        ),
        ("--target 9223372036854775807.99", MOST_MONEY),
        (
            "--uv x0",
            "2 error: invalid value 'x0' for '--uv <CHANGE>': \"x0\" leaves nothing of the factor; take less away, such as -50%",
        ),
        (
            "--uv x1e300",
            "2 error: invalid value 'x1e300' for '--uv <CHANGE>': \"x1e300\" is no change, such as +10%, -5% or x1.2",
        ),
        (
            "--uv x1001",
            "2 error: invalid value 'x1001' for '--uv <CHANGE>': \"x1001\" is beyond x1000 or below x0.001; is the percentage right?",
        ),
        (
            "--uv x1000 --aov x1000 --repurchase x1.0001",
            "2 gmv: the changes multiply GMV by more than 1,000,000, or leave less than a millionth of it; give smaller ones",
        ),
    ] {
        assert_eq!(verdict(&run(&one, &format!("{line} {change}")), "gmv_new"), expected, "{change}");
    }
}

const ROOMS: &str = "streamer_id,started_at,viewers,watch_minutes_per_viewer,buyers,orders,gmv";

#[test]
fn figures_of_broadcasts() {
    let with = |at: usize, cell: &str| {
        let mut cells = ["s1", "2026-03-02 20:00:00", "9999999999999", "1.5", "2", "3", "10.00"];
        cells[at] = cell;
        Work::with(&[("rooms.csv", &format!("{ROOMS}\n{}\n", cells.join(",")))])
    };
    let line = "decompose --rooms rooms.csv -q";
    let many = "is more than a broadcast can have: 10000000000000 persons or orders, and 9223372036854775807 seconds of all viewers together";
    let bad = [
        (2, "viewers", "10000000000001", many),
        (2, "viewers", MOST, many),
        (4, "buyers", "99999999亿", many),
        (5, "orders", "99999999999999999999999", many),
        (5, "orders", "1e9", "is no number of at least 0, such as 12,345 or 1.2万"),
        (6, "gmv", "10000000000000.01", "is above 10000000000000.00"),
        (3, "watch_minutes_per_viewer", "9999999999999999999999", many),
        (3, "watch_minutes_per_viewer", "100000小时", many),
        (3, "watch_minutes_per_viewer", "99999999:59:59", many),
        (3, "watch_minutes_per_viewer", "1e9", "is no length of time, such as 133.5 (minutes) or 2小时13分"),
    ];
    check(
        "gmv",
        bad.map(|(at, name, cell, fault)| {
            let expected =
                format!("1 gmv: rooms.csv:2:{}: {name} {cell:?} {fault}{}", at + 1, too_bad("rooms", 1));
            (with(at, cell), line.to_owned(), expected)
        }),
    );
    for (at, cell, column, expected) in [
        (2, "10000000000000", "uv_broadcasts", "10000000000000"),
        (2, "0", "watch_hours,watch_hours_per_viewer,buyers_per_watch_hour", "0,,"),
        (3, "0.0000000000000000001", "watch_hours", "0"),
        (3, "0.999999999999999999999", "watch_hours", "166666666666.65"),
        (6, "10000000000000", "gmv", "10000000000000.00"),
    ] {
        assert_eq!(verdict(&run(&with(at, cell), line), column), expected, "{cell}");
    }
}
