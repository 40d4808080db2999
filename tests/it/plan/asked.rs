//! Which period is planned from, and what is refused.

use super::{by_streamer, dashboard, plan};
use crate::compare::{BOTH, rows, sample};
use crate::support::Work;

#[test]
fn the_last_complete_period_is_planned_from() {
    let work = sample(3, "");
    let base = |more: &str| {
        let found = rows(&plan(&work, &format!("{BOTH} -q --uv +1% --by total {more}")), "");
        found[&vec![]]["period"].clone()
    };
    assert_eq!(base(""), "2026-11-09");
    assert_eq!(base("--to 2026-11-12"), "2026-11-02");
    assert_eq!(base("--base 2026-11-04"), "2026-11-02");
    assert_eq!(base("--period day"), "2026-11-15");
    let table = plan(&work, &format!("{BOTH} -q --uv +1% --base 2026-11-10 --to 2026-11-12 --format table"));
    assert!(table.contains("Partial: 2026-11-09."), "{table}");
}

#[test]
fn notes_are_in_both_languages() {
    let work = dashboard();
    for (question, english, chinese) in [
        (
            "--uv +10%",
            "What if, from the period 2026-03-02: uv ×1.1. GMV ¥10,000.00 → ¥11,000.00 (+¥1,000.00).",
            "假设（基期 2026-03-02）：uv ×1.1",
        ),
        (
            "--target +10%",
            "Target, from the period 2026-03-02: GMV ¥10,000.00 → ¥11,000.00 (+¥1,000.00), by uv, watch, conversion, aov, repurchase.",
            "目标（基期 2026-03-02）",
        ),
        (
            "",
            "Headroom, from the period 2026-03-02: GMV gained if this lever alone",
            "增长空间（基期 2026-03-02）",
        ),
    ] {
        let table =
            |lang: &str| plan(&work, &format!("--facts facts.csv {question} --format table --lang {lang}"));
        assert!(table("en").contains(english), "{}", table("en"));
        assert!(table("zh").contains(chinese), "{}", table("zh"));
    }
}

#[test]
fn a_table_for_people() {
    let work = dashboard();
    insta::assert_snapshot!(plan(&work, "--facts facts.csv --aov +5% --format markdown"), @r"
    | period | streamer | GMV | new GMV | GMV change | by UV | by watch time | by conversion | by AOV | by repurchase | UV by | watch by | conversion by | AOV by | repurchase by | log change | UV | new UV | watch/viewer | new watch/viewer | buyers/hour | new buyers/hour | AOV | new AOV | orders/buyer | new orders/buyer |
    | :--- | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | 2026-03-02 | a | ¥6,000.00 | ¥6,300.00 | ¥300.00 | ¥0.00 | ¥0.00 | ¥0.00 | ¥300.00 | ¥0.00 | 0.0 % | 0.0 % | 0.0 % | 5.0 % | 0.0 % | 0.049 | 1,000 | 1,000.00 | 30.0 min | 30.0 min | 0.200 /h | 0.200 /h | ¥50.00 | ¥52.50 | 1.200 | 1.200 |
    | 2026-03-02 | b | ¥4,000.00 | ¥4,200.00 | ¥200.00 | ¥0.00 | ¥0.00 | ¥0.00 | ¥200.00 | ¥0.00 | 0.0 % | 0.0 % | 0.0 % | 5.0 % | 0.0 % | 0.049 | 200 | 200.00 | 15.0 min | 15.0 min | 0.200 /h | 0.200 /h | ¥400.00 | ¥420.00 | 1.000 | 1.000 |
    | 2026-03-02 | c | ¥0.00 | ¥0.00 | ¥0.00 | ¥0.00 | ¥0.00 | ¥0.00 | ¥0.00 | ¥0.00 | – | – | – | – | – | 0.000 | 50 | 50.00 | 12.0 min | 12.0 min | 0.00 /h | 0.00 /h | – | – | – | – |
    | **2026-03-02** | **Total** | **¥10,000.00** | **¥10,500.00** | **¥500.00** | **¥0.00** | **¥0.00** | **¥0.00** | **¥500.00** | **¥0.00** | **–** | **–** | **–** | **–** | **–** | **–** | **–** | **–** | **–** | **–** | **–** | **–** | **–** | **–** | **–** | **–** |
    
    - What if, from the period 2026-03-02: aov ×1.05. GMV ¥10,000.00 → ¥10,500.00 (+¥500.00).
    - New GMV is the product of the factors, rounded once; effects are those of the additive LMDI and add up to the change. Rows add up.
    ");
}

#[test]
fn what_cannot_be_planned_is_refused_in_one_line() {
    let work = dashboard();
    let says = |code: i32, more: &str, expected: &str| {
        let line = format!("plan --facts facts.csv {more}");
        let err = work.fails(code, &line.split_whitespace().collect::<Vec<_>>());
        assert!(err.contains(expected), "{more}\n{err}");
        assert!(err.starts_with("error: ") || err.lines().count() == 1, "{more}\n{err}");
    };
    says(2, "--aov 5%", "\"5%\" does not say which way: +5%, -5%, or a multiple such as x1.2");
    says(2, "--aov -100%", "\"-100%\" leaves nothing of the factor");
    says(2, "--uv --aov", "\"--aov\" is no change, such as +10%, -5% or x1.2");
    says(2, "--uv x5000", "is the percentage right?");
    says(2, "--uv x900 --uv x900 --aov x900", "the changes multiply GMV by more than 1,000,000");
    says(2, "--uv =+5%", "names no streamer before the `=`");
    says(1, "--aov d=+5%", "--aov: no streamer d in this period");
    says(1, "--aov +5% --streamer d", "--streamer: no streamer d in this period");
    says(2, "--aov +5% --streamer a --by total", "--streamer needs rows by streamer, and they are by total");
    says(2, "--by total", "headroom needs rows by streamer, and they are by total");
    says(1, "--base 2026-04-01 --aov +5%", "no period of the data holds this date");
    says(1, "--target 9999.99", "--target 9999.99: the period has 10000.00 already");
    says(1, "--target -5%", "--target 9500.00: the period has 10000.00 already");
    says(2, "--target much", "\"much\" is no GMV above 0");
    says(2, "--target +5% --aov +5%", "cannot be used with");
    says(2, "--target +5% --peers all", "cannot be used with");
    says(2, "--aov +5% --beyond-noise", "cannot be used with");
    says(2, "--lift aov", "--target <GMV|CHANGE>");
    says(2, "--target +5% --lift aov,least", "--lift: least and all stand alone");
    says(2, "--target +5% --lift aov --cap uv=+1%", "--cap uv: --lift does not lift it");
    says(2, "--target +5% --lift aov --cap aov=+0%", "--cap leaves no factor any room");
    says(2, "--target +5% --cap uv=+1%,uv=+2%", "--cap names uv twice");
    says(2, "--target +5% --cap uv=-1%", "would lower the factor");
    says(2, "--peers colour", "--peers colour: neither --by nor --streamers has this column");
    let bare =
        "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n2026-03-02,a,,,1,1,5\n2026-03-09,a,9,9,0,0,0\n";
    work.write("facts.csv", bare);
    says(1, "--uv +5% --base 2026-03-02", "--uv: no row that it speaks of has this factor");
    says(
        1,
        "--target +5% --lift watch --base 2026-03-02",
        "--lift watch: no row that it speaks of has this factor",
    );
    says(1, "--target 100", "has no GMV that viewing explains");
    work.write("facts.csv", "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n2026-03-02,a,0,0,0,0,0\n");
    says(1, "", "has neither viewers nor attributed orders");
}

/// Rows by the column of the buyers are their owner's alone.
#[cfg(unix)]
#[test]
fn results_that_name_persons_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let work = sample(2, "");
    let mode = |by: &str| {
        plan(&work, &format!("{BOTH} -q --uv +1% --by {by} -o out.csv"));
        std::fs::metadata(work.path("out.csv")).unwrap().permissions().mode() & 0o077
    };
    assert_eq!(mode("buyer_id"), 0);
}

/// Columns of the orders with the name of a column of the result are refused.
#[test]
fn columns_of_the_result_are_no_groups() {
    let orders = "order_id,buyer_id,streamer_id,paid_at,amount,gain\n1,u1,s1,2026-03-03 20:10:00,100.00,x\n";
    let work = Work::with(&[("orders.csv", orders)]);
    let line = "plan --orders orders.csv --attribution all --covers 2026-03-02..2026-03-08 --by streamer,gain --aov +5%";
    let err = work.fails(2, &line.split(' ').collect::<Vec<_>>());
    assert!(err.contains("--by gain: the result has a column of that name"), "{err}");
    let found = by_streamer(&work, &line.replace(",gain", "").replace("plan ", ""));
    assert_eq!(found.len(), 1);
}
