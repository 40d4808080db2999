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
