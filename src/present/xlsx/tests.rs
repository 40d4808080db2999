//! Workbooks of the hostile document, read back; what a sheet cannot hold.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};

use super::super::fixture;
use super::super::model::{Column, Unit, Values};
use super::*;

fn read(bytes: &[u8], sheet: usize) -> Range<Data> {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    book.worksheet_range_at(sheet).unwrap().unwrap()
}

fn rendered(document: &Document) -> Vec<u8> {
    let mut out = Vec::new();
    render(document, Language::English, &mut out).unwrap();
    out
}

fn one_column(values: Values) -> Document {
    let columns: Vec<Column> = vec![fixture::column("x", "x", "x", Unit::Plain, 0, values)];
    Document { columns, ..Document::default() }
}

fn words(text: &str) -> Data {
    Data::String(text.to_owned())
}

#[test]
fn cells_are_what_the_document_holds() {
    let sheet = read(&rendered(&fixture::hostile()), 0);
    let rows: Vec<&[Data]> = sheet.rows().collect();
    assert_eq!(rows.len(), 7);
    let headings = ["Period", "Streamer", "Attribute", "GMV", "Viewers", "Watch hours (h)"].map(words);
    assert_eq!(rows[0][..6], headings);
    assert!(matches!(rows[1][0], Data::DateTime(_)), "{:?}", rows[1]);
    assert_eq!(
        rows[1][1..5],
        [words("7349583948573948573"), words("=cmd()"), Data::Float(1_234.5), Data::Float(12_345.0)]
    );
    assert_eq!(rows[2][3], Data::Float(-0.05));
    assert_eq!(rows[3][5], Data::Float(0.1 + 0.2));
    assert_eq!(rows[1][9], words("100000000000000000000"));
    assert_eq!((&rows[1][10], &rows[2][10]), (&Data::Bool(false), &Data::Bool(true)));
    assert_eq!((&rows[5][1], &rows[4][4], &rows[3][9]), (&Data::Empty, &Data::Empty, &Data::Empty));
}

#[test]
fn rows_through_a_file_are_the_rows_in_memory() {
    let document = fixture::hostile();
    let [memory, file] =
        [Rows::InMemory, Rows::InFile].map(|rows| bytes(&document, Language::Chinese, rows).unwrap());
    for sheet in [0, 1] {
        assert_eq!(read(&memory, sheet), read(&file, sheet));
    }
    assert_eq!(bytes(&document, Language::Chinese, Rows::InFile).unwrap(), file);
}

#[test]
fn a_name_that_looks_like_markup_is_text() {
    for name in ["<r></r>", "<r><t>a</t></r>", "<r>&</r>", "<r>\u{1b}_x0041_</r>"] {
        for rows in [Rows::InMemory, Rows::InFile] {
            let file = bytes(&one_column(fixture::text(&[Some(name)])), Language::English, rows).unwrap();
            let found = read(&file, 0).get((1, 0)).unwrap().to_string();
            assert_eq!(found, name, "{rows:?}");
        }
    }
    let long = format!("<r>{}</r>", "&".repeat(40_000));
    let found =
        read(&rendered(&one_column(fixture::text(&[Some(&long)]))), 0).get((1, 0)).unwrap().to_string();
    assert!(found.starts_with("<r>&&") && found.ends_with("&…"), "{}", found.len());
}

#[test]
fn days_that_spreadsheets_do_not_agree_about_are_text() {
    let days = [(1899, 12, 31), (1900, 2, 28), (1900, 3, 1), (9999, 12, 31), (-5, 1, 1)];
    let days = days.map(|(year, month, day)| Some(jiff::civil::date(year, month, day)));
    let sheet = read(&rendered(&one_column(Values::Date(days.to_vec()))), 0);
    let cells: Vec<&Data> = sheet.rows().skip(1).map(|row| &row[0]).collect();
    assert_eq!((cells[0], cells[1]), (&words("1899-12-31"), &words("1900-02-28")));
    assert_eq!([cells[2].to_string(), cells[3].to_string()], ["61", "2958465"]);
    assert_eq!(cells[4], &words("-000005-01-01"));
}

#[test]
fn an_empty_result_has_its_headings() {
    let sheet = read(&rendered(&one_column(Values::Count(vec![]))), 0);
    assert_eq!(sheet.rows().count(), 1);
    assert!(!rendered(&Document::default()).is_empty());
}

#[test]
fn a_result_larger_than_a_sheet_says_so() {
    let rows = |rows| one_column(Values::Flag(vec![None; rows]));
    assert!(check_size(&rows(1_048_575)).is_ok());
    let error = render(&rows(1_048_576), Language::English, &mut Vec::new()).unwrap_err().to_string();
    assert!(error.starts_with("the result has 1048576 rows and 1 columns"), "{error}");
    let wide = Document {
        columns: vec![one_column(Values::Flag(vec![])).columns[0].clone(); 16_385],
        ..Document::default()
    };
    assert!(check_size(&wide).is_err());
}

#[test]
fn a_panic_of_the_library_is_an_error() {
    let error = large(|| panic!("Couldn't write to xml file: {}", 28)).unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "Couldn't write to xml file: 28");
}
