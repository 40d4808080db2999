//! Results as readers of each format see them, cell by cell.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use calamine::{Data, Reader, Xlsx};

use crate::columns;
use crate::support::Work;

/// A result: its names and its rows, as text; null is empty.
pub type Table = (Vec<String>, Vec<Vec<String>>);

/// Whether a character moves a cursor, turns a line around, or ends one.
fn moves(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character does so, or is seen by nobody.
pub fn steers(c: char) -> bool {
    let unseen = matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{3164}' | '\u{e0000}'..='\u{e007f}' | '\u{fdd0}'..='\u{fdef}');
    moves(c) || unseen || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Checks that JSON moves nothing but to the next line.
pub fn is_calm(text: &str, place: &str) {
    let found = text.chars().find(|&c| moves(c) && c != '\n');
    assert!(found.is_none(), "{place}: {found:?}");
}

/// Checks that a text for people steers nothing but to the next line.
pub fn is_still(text: &str, place: &str) {
    let found = text.chars().find(|&c| steers(c) && c != '\n');
    assert!(found.is_none(), "{place}: {found:?}");
}

/// The cell without the guard that the contract promises, and nothing that a spreadsheet would run.
fn unguarded(cell: &str) -> String {
    let runs = |text: &str| {
        let is_id = || text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        match text.chars().next() {
            Some('=' | '+' | '@' | '\t' | '\r') => true,
            Some('-') => text.parse::<f64>().is_err() && !is_id(),
            _ => false,
        }
    };
    assert!(!runs(cell), "a spreadsheet would run {cell:?}");
    match cell.strip_prefix('\'') {
        Some(text) if runs(text) => text.to_owned(),
        _ => cell.to_owned(),
    }
}

/// Delimited text.
pub fn delimited(text: &str, delimiter: u8, is_raw: bool) -> Table {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(text.as_bytes());
    let cell = |cell: &str| if is_raw { cell.to_owned() } else { unguarded(cell) };
    let mut rows = reader.records().map(|row| row.unwrap().iter().map(cell).collect::<Vec<_>>());
    (rows.next().unwrap_or_default(), rows.collect())
}

/// JSON, an array or lines; numbers stay as they are written.
pub fn json(text: &str) -> Table {
    is_calm(text, "JSON");
    let text = text.trim();
    let rows: Vec<&str> = match text.strip_prefix('[') {
        Some(_) => text
            .lines()
            .filter(|line| line.starts_with("  {"))
            .map(|line| line.trim().trim_end_matches(','))
            .collect(),
        None => text.lines().collect(),
    };
    let whole: serde_json::Value = serde_json::from_str(&format!("[{}]", rows.join(","))).unwrap();
    let rows: Vec<Vec<(String, String)>> =
        whole.as_array().unwrap().iter().zip(&rows).map(|(value, row)| object(value, row)).collect();
    let names =
        rows.first().map(|row| row.iter().map(|(name, _)| name.clone()).collect()).unwrap_or_default();
    (names, rows.into_iter().map(|row| row.into_iter().map(|(_, cell)| cell).collect()).collect())
}

/// The names and values of an object, in their order.
fn object(value: &serde_json::Value, row: &str) -> Vec<(String, String)> {
    use serde::de::Deserializer as _;
    struct Pairs;
    impl<'de> serde::de::Visitor<'de> for Pairs {
        type Value = Vec<(String, String)>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut pairs = Vec::new();
            while let Some((name, value)) = map.next_entry::<String, Box<serde_json::value::RawValue>>()? {
                let text = match serde_json::from_str(value.get()).unwrap() {
                    serde_json::Value::Null => String::new(),
                    serde_json::Value::String(text) => text,
                    _ => value.get().to_owned(),
                };
                pairs.push((name, text));
            }
            Ok(pairs)
        }
    }
    let pairs = serde_json::Deserializer::from_str(row).deserialize_map(Pairs).unwrap();
    assert_eq!(value.as_object().unwrap().len(), pairs.len(), "two columns of one name: {row}");
    pairs
}

/// Parquet.
pub fn parquet(work: &Work, name: &str) -> Table {
    let rows = columns::read(&work.path(name));
    let names = rows.schema().fields().iter().map(|field| field.name().clone()).collect();
    let row = |at| rows.columns().iter().map(|column| value(column, at)).collect();
    (names, (0..rows.num_rows()).map(row).collect())
}

fn value(column: &ArrayRef, at: usize) -> String {
    match column.data_type() {
        _ if column.is_null(at) => String::new(),
        DataType::Date32 => column.as_primitive::<Date32Type>().value_as_date(at).unwrap().to_string(),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value_as_string(at),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(at).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(at).to_string(),
        DataType::Boolean => column.as_boolean().value(at).to_string(),
        _ => column.as_string::<i32>().value(at).to_owned(),
    }
}

/// The first sheet of a workbook, none of whose sheets holds a formula, and every part of which is XML.
pub fn sheet(work: &Work, name: &str) -> Table {
    let bytes = std::fs::read(work.path(name)).unwrap();
    let mut book = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).unwrap();
        assert!(
            formulas.cells().all(|(_, _, formula)| formula.is_empty()),
            "{name}: {sheet} holds a formula"
        );
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for at in 0..archive.len() {
        let part = archive.by_index(at).unwrap();
        let text = std::io::read_to_string(part).unwrap();
        let wrong = text.chars().find(|c| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'));
        assert!(wrong.is_none(), "{name}: {wrong:?} is no character of XML");
    }
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let cell = |cell: &Data| match cell {
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    };
    let mut rows = range.rows().map(|row| row.iter().map(cell).collect::<Vec<_>>());
    (rows.next().unwrap_or_default(), rows.collect())
}

/// The rows of a table of Markdown, each cell as a reader shows it; none may have more or fewer cells than its header.
pub fn markdown(text: &str) -> Table {
    is_still(text, "Markdown");
    let cells = |line: &str| {
        let mut cells = vec![String::new()];
        let mut rest = line.trim_start_matches("| ").trim_end_matches('|').chars();
        while let Some(c) = rest.next() {
            match c {
                '\\' => cells.last_mut().unwrap().extend(rest.next()),
                '|' => cells.push(String::new()),
                '<' | '>' => panic!("a tag in {line}"),
                c => cells.last_mut().unwrap().push(c),
            }
        }
        let plain =
            |cell: String| cell.trim().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        cells.into_iter().map(plain).collect::<Vec<_>>()
    };
    let mut rows = text.lines().take_while(|line| line.starts_with('|')).map(cells);
    let names = rows.next().unwrap_or_default();
    let rows: Vec<Vec<String>> = rows.skip(1).collect();
    assert!(
        rows.iter().all(|row| row.len() == names.len()),
        "rows of other cells than the header's {}",
        names.len()
    );
    (names, rows)
}
