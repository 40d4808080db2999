//! Which two periods are compared, and what is refused.

use super::{BOTH, money, rows, run, sample};
use crate::support::Work;

fn pair(work: &Work, more: &str) -> (String, String) {
    let found = rows(&run(work, &format!("compare {BOTH} -q --by total {more}")), "");
    let row = &found[&vec![]];
    (row["before"].clone(), row["after"].clone())
}

#[test]
fn periods_are_found_by_what_was_asked() {
    let work = sample(60, "--sessions 60000 --streamers 6");
    let weeks = |before: &str, after: &str| (before.to_owned(), after.to_owned());
    assert_eq!(pair(&work, ""), weeks("2026-11-02", "2026-11-09"));
    assert_eq!(pair(&work, "--last"), weeks("2026-11-02", "2026-11-09"));
    // The last complete one, where the last is cut.
    assert_eq!(pair(&work, "--to 2026-11-12"), weeks("2026-10-26", "2026-11-02"));
    assert_eq!(pair(&work, "--yoy"), weeks("2025-11-10", "2026-11-09"));
    assert_eq!(
        pair(&work, "--yoy --period month --covers 2025-10-01..2026-10-31"),
        weeks("2025-10-01", "2026-10-01")
    );
    assert_eq!(
        pair(&work, "--before 2026-01-01 --after 2026-02-03 --period month"),
        weeks("2026-01-01", "2026-02-01")
    );
    assert_eq!(pair(&work, "--before 2026-03-05 --after 2026-03-01"), weeks("2026-03-02", "2026-02-23"));
    assert_eq!(pair(&work, "--period day"), weeks("2026-11-14", "2026-11-15"));
}

/// A range is one period: persons count once in it.
#[test]
fn ranges_are_recomputed_as_one_period_each() {
    let work = sample(6, "");
    let found = rows(
        &run(
            &work,
            &format!("compare {BOTH} -q --before 2026-10-06..2026-10-18 --after 2026-11-01..2026-11-12 --ci"),
        ),
        "streamer_id",
    );
    for (range, side) in
        [("--from 2026-10-06 --to 2026-10-18", "before"), ("--from 2026-11-01 --to 2026-11-12", "after")]
    {
        let sums = rows(
            &run(&work, &format!("decompose {BOTH} -q --period all {range} --by streamer")),
            "period,streamer_id",
        );
        assert!(!sums.is_empty());
        for (key, sums) in &sums {
            let row = &found[&key[1..]];
            assert_eq!(
                (money(row, &format!("gmv_{side}")), &row[&format!("uv_{side}")]),
                (money(sums, "gmv"), &sums["uv"]),
                "{key:?}"
            );
            assert_eq!(row[side], key[0]);
        }
    }
}

#[test]
fn what_cannot_be_compared_is_refused_in_one_line() {
    let work = sample(2, "");
    let says = |code: i32, more: &str, expected: &str| {
        let line = format!("compare {BOTH} -q {more}");
        let err = work.fails(code, &line.split_whitespace().collect::<Vec<_>>());
        assert!(err.contains(expected), "{more}\n{err}");
        assert_eq!(err.lines().count(), 1, "{more}\n{err}");
    };
    says(2, "--before 2026-11-02 --after 2026-11-08", "lie in the same period");
    says(1, "--before 2026-10-01 --after 2026-11-09", "no period of the data holds this date");
    says(1, "--yoy", "no period of the data holds this date");
    says(1, "--from 2026-11-09", "there is none before it");
    says(1, "--from 2026-11-10", "no period is complete");
    says(2, "--before 2026-11-02..2026-11-09 --after 2026-11-09..2026-11-12", "share dates");
    says(
        2,
        "--before 2026-11-02..2026-11-08 --after 2026-11-09",
        "a date for both, or a range A..B for both",
    );
    says(2, "--order uv,aov", "--method chain");
    says(2, "--method chain --order uv,aov", "each of uv, watch, conversion, aov, repurchase once");
    says(2, "--by domain --leaf streamer", "add domain to --leaf");
    says(2, "--by total --leaf streamer,streamer", "--leaf names streamer twice");
    says(2, "--waterfall --format json", "--format table");
    says(2, "--chart a.png", ".svg");
    says(2, "--chart a.svg --order uv", "--method chain");
    assert!(!work.path("a.svg").exists());
    work.write("facts.csv", "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n2026-03-02,a,1,1,1,1,1\n");
    let err = work.fails(
        2,
        &[
            "compare",
            "--facts",
            "facts.csv",
            "--before",
            "2026-03-02..2026-03-03",
            "--after",
            "2026-03-04..2026-03-05",
        ],
    );
    assert!(err.contains("cannot be recomputed"), "{err}");
    let err = work.fails(1, &["compare", "--facts", "facts.csv"]);
    assert!(err.contains("there is none before it"), "{err}");
}

/// A picture never takes the place of an input or of the result.
#[test]
fn the_picture_is_no_input() {
    let work = sample(2, "");
    std::fs::copy(work.path("sample/orders.csv"), work.path("orders.svg")).unwrap();
    let line = "compare --orders orders.svg --sessions sample/sessions.csv -q --chart orders.svg";
    let err = work.fails(2, &line.split_whitespace().collect::<Vec<_>>());
    assert!(err.contains("--chart"), "{err}");
    let line = format!("compare {BOTH} -q --chart a.svg -o ./a.svg --format csv");
    let err = work.fails(2, &line.split_whitespace().collect::<Vec<_>>());
    assert!(err.contains("-o and --chart name the same file"), "{err}");
}
