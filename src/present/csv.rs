//! CSV and TSV for machines, with a guard for the spreadsheets that people open them in.
//!
//! Spreadsheets run text that starts like a formula, and the text is a stranger's (a streamer's or a category's name):
//! such cells get a leading `'`. Ids stay as they are, so that joins on them keep working.
//!
//! Numbers go through `itoa` and `zmij`, not through the standard library's formatting, which took twice as long as all else here.

use std::borrow::Cow;
use std::io::{self, Write};

use super::error::PresentError;
use super::model::{Document, Values};

/// Writes the document with the given delimiter; nulls are empty, the total line and notes are left out.
pub fn render(
    document: &Document,
    delimiter: u8,
    bom: bool,
    raw_text: bool,
    out: &mut dyn Write,
) -> Result<(), PresentError> {
    if bom {
        out.write_all("\u{feff}".as_bytes())?;
    }
    if document.columns.is_empty() {
        return Ok(());
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    for column in &document.columns {
        writer.write_field(guarded(&column.name, raw_text).as_bytes())?;
    }
    writer.write_record(None::<&[u8]>)?;
    let mut buffer = Vec::new();
    for row in 0..document.rows() {
        for column in &document.columns {
            buffer.clear();
            write_cell(&column.values, row, raw_text, &mut buffer)?;
            writer.write_field(&buffer)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    Ok(())
}

/// One cell at full precision; null writes nothing.
fn write_cell(values: &Values, row: usize, raw_text: bool, out: &mut Vec<u8>) -> io::Result<()> {
    match values {
        Values::Text(v) => {
            let text = v.get(row).and_then(Option::as_deref).unwrap_or_default();
            out.extend_from_slice(guarded(text, raw_text).as_bytes());
        }
        Values::Date(v) => v.get(row).copied().flatten().map_or(Ok(()), |date| write!(out, "{date}"))?,
        Values::Count(v) => v.get(row).copied().flatten().into_iter().for_each(|n| write_whole(n, out)),
        Values::Money(v) => v.get(row).copied().flatten().into_iter().for_each(|n| write_money(n, out)),
        Values::Wide(v) => v.get(row).copied().flatten().into_iter().for_each(|n| write_whole(n, out)),
        Values::Real(v) => {
            v.get(row).copied().flatten().filter(|n| n.is_finite()).map_or(Ok(()), |n| write_real(n, out))?;
        }
        Values::Flag(v) => {
            let text = v.get(row).copied().flatten().map_or("", |yes| if yes { "true" } else { "false" });
            out.extend_from_slice(text.as_bytes());
        }
    }
    Ok(())
}

fn write_whole(value: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Minor units with exactly two decimals.
fn write_money(minor_units: i128, out: &mut Vec<u8>) {
    if minor_units < 0 {
        out.push(b'-');
    }
    let size = minor_units.unsigned_abs();
    write_whole(size / 100, out);
    let cents = (size % 100) as u8;
    out.extend_from_slice(&[b'.', b'0' + cents / 10, b'0' + cents % 10]);
}

/// The shortest decimal number that reads back the same, never with an exponent.
fn write_real(value: f64, out: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value);
    // The standard library's digits are the same, and it never writes an exponent.
    if text.contains('e') {
        return write!(out, "{value}");
    }
    out.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
    Ok(())
}

/// The text with a leading `'` where a spreadsheet would run it; `raw_text` leaves everything alone.
#[must_use]
pub fn guarded(text: &str, raw_text: bool) -> Cow<'_, str> {
    if raw_text || !runs_in_a_spreadsheet(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{text}"))
    }
}

fn runs_in_a_spreadsheet(text: &str) -> bool {
    match text.chars().next() {
        Some('=' | '+' | '@' | '\t' | '\r') => true,
        Some('-') => text.parse::<f64>().is_err() && !is_plain_id(text),
        _ => false,
    }
}

/// Whether the text is made of word characters and `-` only, as ids are.
fn is_plain_id(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::super::text::decimal;
    use super::*;
    use proptest::prelude::*;

    fn rendered(document: &Document, delimiter: u8, bom: bool, raw_text: bool) -> String {
        let mut out = Vec::new();
        render(document, delimiter, bom, raw_text, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_is_exact_and_guarded() {
        insta::assert_snapshot!(rendered(&fixture::hostile(), b',', false, false).replace('\x1b', "<ESC>"), @r#"
        period,streamer_id,'=attribute(),gmv,uv,watch_hours,watch_hours_per_viewer,buyers_per_watch_hour,orders_per_buyer,m_gg,partial
        2026-01-05,7349583948573948573,'=cmd(),1234.50,12345,1234.5,0.1,1.834,1.25,100000000000000000000,false
        2026-01-05,-5,<script>a|b</script>,-0.05,7,0.04,0.005,0.0123,1,-1,true
        2026-01-05,-x,<ESC>[31mred<ESC>[0m,-1234.50,0,0.30000000000000004,,,,,
        2026-01-05,'+1,"line
        break",0.00,,,,,,0,false
        2026-01-05,,'	x,,1,0,0,,0.0000001,1,false
        2026-01-05,'-1+1,王芳的直播间,123456789.01,9876543,98765.4321,2.5,18.2,12.5,2,true
        "#);
    }

    #[test]
    fn tsv_quotes_as_csv_does() {
        let mut document = fixture::hostile();
        document.columns.truncate(3);
        let tsv = rendered(&document, b'\t', false, false);
        assert!(tsv.starts_with("period\tstreamer_id\t'=attribute()\n"), "{tsv}");
        assert!(tsv.contains("\t\"'\tx\"\n"), "{tsv}");
    }

    #[test]
    fn mark_and_raw_text() {
        let document = fixture::hostile();
        let raw = rendered(&document, b',', true, true);
        assert!(raw.starts_with("\u{feff}period,"));
        assert!(raw.contains(",=cmd(),"));
        assert!(!raw.contains("'="));
    }

    #[test]
    fn what_reads_as_csv_is_what_was_written() {
        let document = fixture::hostile();
        let text = rendered(&document, b',', false, true);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names = fixture::names(&document);
        for (row, record) in reader.records().enumerate() {
            let record = record.unwrap();
            assert_eq!(record.len(), document.columns.len());
            assert_eq!(&record[2], names[row].as_deref().unwrap_or(""));
        }
    }

    #[test]
    fn guard_follows_the_contract() {
        for text in ["=1", "+1", "+x", "@x", "\t1", "\r1", "-cmd()", "-1+2", "-1,000", "-a b", "- 1"] {
            assert_eq!(guarded(text, false), format!("'{text}"), "{text:?}");
            assert_eq!(guarded(text, true), text);
        }
        for text in [
            "",
            "a=1",
            "-5",
            "-1.5",
            "-1e5",
            "-x",
            "-",
            "--",
            "-a_b-9",
            "-王芳",
            "1+1",
            "'=x",
            "7349583948573948573",
        ] {
            assert_eq!(guarded(text, false), text, "{text:?}");
        }
    }

    #[test]
    fn numbers_keep_full_precision() {
        let cell = |values: Values| {
            let mut out = Vec::new();
            write_cell(&values, 0, false, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(cell(Values::Money(vec![Some(-5)])), "-0.05");
        assert_eq!(cell(Values::Money(vec![Some(i128::MIN)])), "-1701411834604692317316873037158841057.28");
        assert_eq!(cell(Values::Wide(vec![Some(i128::MAX)])), i128::MAX.to_string());
        assert_eq!(cell(Values::Real(vec![Some(0.1 + 0.2)])), "0.30000000000000004");
        assert_eq!(cell(Values::Real(vec![Some(1e-7)])), "0.0000001");
        assert_eq!(cell(Values::Real(vec![Some(1e21)])), "1000000000000000000000");
        assert_eq!(cell(Values::Flag(vec![Some(false)])), "false");
        assert_eq!(cell(Values::Real(vec![Some(f64::NAN)])), "");
        assert_eq!(cell(Values::Count(vec![None])), "");
    }

    proptest! {
        #[test]
        fn numbers_are_written_as_the_standard_library_displays_them(
            real in any::<f64>(), near in -1e9..1e9_f64, whole in any::<i64>(), wide in any::<i128>(), shift in 0_u32..127
        ) {
            let written = |write: &dyn Fn(&mut Vec<u8>)| {
                let mut out = Vec::new();
                write(&mut out);
                String::from_utf8(out).unwrap()
            };
            for real in [real, near, near.trunc(), near / 1e12, f64::from(near as f32)].into_iter().filter(|n| n.is_finite()) {
                prop_assert_eq!(written(&|out| write_real(real, out).unwrap()), real.to_string());
            }
            prop_assert_eq!(written(&|out| write_whole(whole, out)), whole.to_string());
            for money in [wide, wide >> shift, i128::from(whole)] {
                prop_assert_eq!(written(&|out| write_money(money, out)), decimal(money));
            }
        }
    }

    #[test]
    fn no_columns_no_bytes() {
        assert_eq!(rendered(&Document::default(), b',', false, false), "");
    }
}
