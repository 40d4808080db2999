//! Exports of broadcasts that went through a spreadsheet.

use rust_xlsxwriter::{Format, Workbook};

use super::{COMPASS, FILLED, columns};
use crate::shop::run;
use crate::support::Work;

/// The first two broadcasts of a week, in the order of [`FILLED`]; the share of old fans is a fraction.
const ROWS: [&str; 2] = [
    "jia001|甲|2026-03-02 20:00:00|2026-03-02 22:00:00|120|1000|1.5|0.255|20|25|2000.00|2000.00|25|0|0|100",
    "jia001|甲|2026-03-04 20:00:00|2026-03-04 22:00:00|120|1000|1.5|0.07|20|25|2000.00|2000.00|25|0|0|100",
];

/// An export as a workbook in which numbers are numbers; shares have a format, and so has the cell of a dash among them.
fn workbook(share: &Format) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in COMPASS.split(',').enumerate() {
        let column = column as u16;
        sheet.write_string(0, column, name).unwrap();
        let Some(at) = FILLED.iter().position(|known| *known == name) else { continue };
        for (row, line) in ROWS.iter().enumerate() {
            let (row, cell) = (row as u32 + 1, line.split('|').nth(at).unwrap());
            match cell.parse::<f64>() {
                Ok(number) if name == "观看老粉占比" => {
                    sheet.write_number_with_format(row, column, number, share).unwrap()
                }
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_cell_with_the_format_of_a_percentage_is_one() {
    for format in ["0.00%", "0%", "[Red]0.0 %;-0%"] {
        let work = Work::new();
        work.write("week.xlsx", workbook(&Format::new().set_num_format(format)));
        let found = run(&work, "--rooms week.xlsx --by streamer");
        assert_eq!(found.code, 0, "{format}: {}", found.err);
        let names = ["gmv", "uv_broadcasts", "old_fan_share", "spend"];
        assert_eq!(columns(&found.out, &names), ["4000.00 2000 0.1625 200.00"], "{}", found.err);
        assert!(!found.err.contains("warning"), "{}", found.err);
    }
}

/// Two broadcasts of a streamer on each of two dates, the first with a time of day if one is given.
fn dates(column: &str, first: Option<f64>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (at, name) in ["streamer_id", column, "gmv"].into_iter().enumerate() {
        sheet.write_string(0, at as u16, name).unwrap();
    }
    let format = Format::new().set_num_format("yyyy-mm-dd");
    for row in 1..=4 {
        let day = 46_083.0 + f64::from((row - 1) / 2) + first.filter(|_| row == 1).unwrap_or_default();
        sheet.write_string(row, 0, "s1").unwrap();
        sheet.write_number_with_format(row, 1, day, &format).unwrap();
        sheet.write_number(row, 2, f64::from(1 << row)).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_date_of_a_workbook_is_a_date_alone() {
    let names = ["period", "gmv", "broadcasts"];
    for column in ["date", "started_at"] {
        let work = Work::new();
        work.write("week.xlsx", dates(column, None));
        let found = run(&work, "--rooms week.xlsx --period day --day-start 05:00");
        assert_eq!(
            columns(&found.out, &names),
            ["2026-03-02 6.00 ", "2026-03-03 24.00 "],
            "{column}: {}",
            found.err
        );
        assert!(found.err.contains("rows with a date but neither a time nor a live_id"), "{}", found.err);
    }
    // With a time of day in the file, midnights are times, and those of one second one broadcast.
    let work = Work::new();
    work.write("week.xlsx", dates("started_at", Some(0.5)));
    let found = run(&work, "--rooms week.xlsx --period day");
    assert_eq!(columns(&found.out, &names), ["2026-03-02 6.00 2", "2026-03-03 16.00 1"], "{}", found.err);
}
