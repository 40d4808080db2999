//! Workbooks whose dates and numbers are no values.

use rust_xlsxwriter::{Format, Workbook};

use super::{Case, case};

/// An order in a workbook with this serial number as the date of its payment.
fn serial(name: &'static str, number: f64, expected: &'static str) -> Case {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let header = ["order_id", "buyer_id", "streamer_id", "amount", "paid_at"];
    for (column, (title, cell)) in header.iter().zip(["A", "u1", "s1", "5.00"]).enumerate() {
        sheet.write_string(0, column as u16, *title).unwrap();
        sheet.write_string(1, column as u16, cell).unwrap();
    }
    sheet.write_string(0, 4, header[4]).unwrap();
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    sheet.write_number_with_format(1, 4, number, &time).unwrap();
    case(name, "o.xlsx", workbook.save_to_buffer().unwrap(), expected)
        .with("--orders o.xlsx --sessions sessions.csv")
}

pub fn serials_of_dates() -> Vec<Case> {
    vec![
        serial(
            "the day that never was",
            60.0,
            "1 o.xlsx:2:5: paid_at \"1900-02-29 00:00:00\" is a date or a time of day that does not exist; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        serial(
            "negative",
            -1.0,
            "1 o.xlsx:2:5: paid_at \"-1\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
    ]
}
