//! Facts files: a saved result gives itself again, and sums typed in by hand give their factors.

use crate::shop::{BOTH, RESULT, decompose, run, shop};
use crate::support::Work;

#[test]
fn a_saved_result_gives_itself_again() {
    let work = shop();
    for (group, more) in [
        ("", ""),
        ("", "--moments"),
        ("", "--moments --ci"),
        ("--by total", "--moments --ci --level 0.8"),
        ("--by domain,category,price-band", "--moments --ci"),
        ("--by traffic,buyer-type,carrier --period day --basis net", "--moments --ci"),
        ("--attribution all --by streamer", "--ci --moments"),
    ] {
        for file in ["facts.csv", "facts.parquet", "facts.tsv"] {
            let result = decompose(&work, &format!("{BOTH} {group} {more}"));
            decompose(&work, &format!("{BOTH} {group} --moments -o {file}"));
            let again = decompose(&work, &format!("--facts {file} {more}"));
            assert_eq!(again, result, "{file} {group} {more}");
        }
    }
}

#[test]
fn a_result_with_its_derived_columns_is_a_facts_file() {
    let work = shop();
    work.write("facts.csv", decompose(&work, &format!("{BOTH} --ci --moments")));
    assert_eq!(decompose(&work, "--facts facts.csv"), RESULT);
    decompose(&work, &format!("{BOTH} -o plain.csv"));
    let without = decompose(&work, "--facts plain.csv --ci");
    let first = without.lines().nth(1).unwrap();
    assert!(first.ends_with(",false,,,,,,,,,,,true"), "intervals without moments must be empty: {first}");
}

#[test]
fn sums_typed_in_by_hand_give_their_factors() {
    let typed = "period;streamer_id;uv;watch_hours;buyers;orders;gmv\r\n\
                 2026-03-09;007;\"10,000\";300.5;1;2;¥1,299.90\r\n\
                 2026-03-02;s2;0;0;0;0;0\r\n\
                 2026-03-02;s1;;;3;4;10\r\n";
    let work = Work::with(&[("facts.csv", typed)]);
    let expected = "\
period,streamer_id,gmv,uv,uv_private,uv_public,uv_paid,watch_hours,buyers,orders,watch_hours_per_viewer,buyers_per_watch_hour,aov,orders_per_buyer,gmv_off_live,orders_off_live,gmv_total,partial
2026-03-02,s1,10.00,,,,,,3,4,,,2.5,1.3333333333333333,,,,
2026-03-02,s2,0.00,0,,,,0,0,0,,,,,,,,
2026-03-09,007,1299.90,10000,,,,300.5,1,2,0.03005,0.0033277870216306157,649.95,2,,,,
";
    assert_eq!(decompose(&work, "--facts facts.csv"), expected);
    assert_eq!(decompose(&work, "--facts facts.csv --by streamer --period week"), expected);
}

#[test]
fn a_file_that_knows_its_periods_refuses_others() {
    let work = shop();
    decompose(&work, &format!("{BOTH} -o week.parquet"));
    assert_eq!(decompose(&work, "--facts week.parquet --period week"), RESULT);
    let refused = run(&work, "--facts week.parquet --period day");
    let message =
        "gmv: week.parquet: the facts are by week, not by day; sums of persons cannot be regrouped\n";
    assert_eq!((refused.code, refused.out.as_str(), refused.err.as_str()), (2, "", message));
}
