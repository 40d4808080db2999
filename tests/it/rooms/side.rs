//! Figures beside the factors: spend, live time, old fans.

use rust_xlsxwriter::{Format, Formula, Workbook};

use super::{canonical, columns};
use crate::shop::{decompose, run};
use crate::support::Work;

#[test]
fn a_figure_that_no_factor_needs_costs_no_broadcast() {
    let text = "streamer_id,started_at,ended_at,live_minutes,gmv,viewers,old_fan_share,spend\n\
                s1,2026-03-02 20:00,2026-03-02 21:00,,1,10,0.5,5\n\
                s2,2026-03-02 20:00,soon,,2,10,10%,much\n\
                s3,2026-03-02 20:00,,#N/A,4,10,101%,5\n\
                s4,2026-03-02 20:00,-,60,8,10,0,5\n";
    let work = canonical(text);
    let found = run(&work, "--rooms rooms.csv --max-bad 0 --strict");
    assert_eq!(found.code, 0, "{}", found.err);
    let rows = columns(&found.out, &["streamer_id", "gmv", "live_hours", "old_fan_share", "spend"]);
    assert_eq!(rows, ["s4 8.00 1 0 5.00", "s3 4.00   5.00", "s2 2.00  0.1 ", "s1 1.00 1  5.00"]);
    let said = "warning: figures that do not read and no factor needs, so not known of their broadcasts, which count all the same: \
                ended_at 1, live_minutes 1, old_fan_share 2, spend 1; the first: rooms.csv:2:7: old_fan_share \"0.5\" is no percentage \
                from 0% to 100%, such as 12.3%\n";
    assert!(found.err.contains(said), "{}", found.err);
    for more in ["--threads 1", "--threads 7 --block-size 1"] {
        let again = run(&work, &format!("--rooms rooms.csv {more}"));
        assert_eq!((again.out, again.err), (found.out.clone(), found.err.clone()), "{more}");
    }
}

#[test]
fn an_error_of_a_spreadsheet_beside_the_factors_costs_no_broadcast() {
    let book = |gmv: &str| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (column, name) in ["streamer_id", "date", "gmv", "spend"].into_iter().enumerate() {
            sheet.write_string(0, column as u16, name).unwrap();
        }
        let date = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_string(1, 0, "s1").unwrap();
        sheet.write_number_with_format(1, 1, 46_083.0, &date).unwrap();
        sheet.write_formula(1, 2, Formula::new("=1+1").set_result(gmv)).unwrap();
        sheet.write_formula(1, 3, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        workbook.save_to_buffer().unwrap()
    };
    let work = Work::new();
    work.write("sound.xlsx", book("2"));
    work.write("wrong.xlsx", book("#N/A"));
    let found = run(&work, "--rooms sound.xlsx");
    assert_eq!(columns(&found.out, &["gmv", "spend"]), ["2.00 "], "{}", found.err);
    assert!(found.err.contains("sound.xlsx:2:4: spend \"#DIV/0!\" is no amount"), "{}", found.err);
    let refused = run(&work, "--rooms wrong.xlsx");
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.err.contains("wrong.xlsx:2:3: \"#N/A\" is an error of a spreadsheet"), "{}", refused.err);
}

#[test]
fn the_columns_of_a_result_are_those_of_the_exports() {
    let header = "streamer_id,started_at,gmv,viewers,old_fan_share,spend\n";
    let known = format!("{header}s1,2026-03-02 20:00,1,10,50%,5\n");
    let work = Work::with(&[
        ("known.csv", known.as_str()),
        ("one.csv", &format!("{known}s2,2026-03-02 20:00,1,10,--,--\n")),
        ("none.csv", &format!("{header}s1,2026-03-03 20:00,1,0,-,-\n")),
        ("empty.csv", header),
        (
            "without.csv",
            "streamer_id,started_at,gmv,viewers\ns1,2026-03-02 20:00,1,10\ns2,2026-03-02 20:00,1,0\n",
        ),
    ]);
    let result = |arguments: &str| run(&work, &format!("{arguments} --by total --period all"));
    let names = |out: &str| out.lines().next().unwrap().to_owned();
    let expected = names(&result("--rooms known.csv").out);
    assert!(expected.ends_with(",broadcasts,live_hours,spend,old_fan_share"), "{expected}");
    for file in ["one.csv", "none.csv", "empty.csv", "without.csv known.csv"] {
        let found = result(&format!("--rooms {file}"));
        assert_eq!(names(&found.out), expected, "{file}: {}", found.err);
        decompose(&work, &format!("--rooms {file} -o facts.csv"));
        assert_eq!(
            names(&decompose(&work, "--facts facts.csv")),
            names(&decompose(&work, &format!("--rooms {file}")))
        );
    }
    assert_eq!(columns(&result("--rooms one.csv").out, &["spend", "old_fan_share"]), [" "]);
    let without = result("--rooms without.csv");
    assert!(names(&without.out).ends_with(",broadcasts,live_hours"), "{}", without.out);
    // Of no viewers there are no old fans, but where nobody tells of old fans, nothing of them is missing.
    assert!(without.err.contains("not known") && !without.err.contains("old fans"), "{}", without.err);
}

#[test]
fn a_length_beyond_all_calendars_is_a_number_like_others() {
    let work =
        canonical("streamer_id,started_at,gmv,live_minutes\na,2026-03-02 10:00,6,153722867280912930\n");
    let found = run(&work, "--rooms rooms.csv");
    assert_eq!(columns(&found.out, &["gmv", "live_hours"]), ["6.00 2562047788015215.5"], "{}", found.err);
    assert!(found.err.contains("ran past the end of their period"), "{}", found.err);
}
