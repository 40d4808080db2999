//! The shop in every encoding and container: the same bytes come out, and what cannot be read says what to do.

mod archives;
mod bombs;
mod damage;
mod encodings;
mod faults;
mod workbooks;

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use zip::write::SimpleFileOptions;

use crate::shop::{RESULT, run};
use crate::support::Work;

/// Checks that files of these names and bytes give the shop's result; returns standard error.
fn same(orders: (&str, &[u8]), sessions: (&str, &[u8]), more: &str) -> String {
    let work = Work::new();
    work.write(orders.0, orders.1);
    work.write(sessions.0, sessions.1);
    let arguments = format!("--orders {} --sessions {} {more}", orders.0, sessions.0);
    let run = run(&work, &arguments);
    assert_eq!(run.code, 0, "{arguments}: {}", run.err);
    assert_eq!(run.out, RESULT, "{arguments}: {}", run.err);
    run.err
}

pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// A ZIP archive of members in their order; a name that ends in `/` is a folder.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        match name.strip_suffix('/') {
            Some(folder) => writer.add_directory(folder, SimpleFileOptions::default()).unwrap(),
            None => writer.start_file(*name, SimpleFileOptions::default()).unwrap(),
        }
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The cells of a text of the shop, the header first.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// How the cells of a workbook are typed.
#[derive(Clone, Copy, PartialEq)]
pub enum Typed {
    /// Everything is text.
    Text,
    /// Amounts are numbers and times dates, as a person would have them.
    Values,
    /// The same, with dates that count from 1904.
    Since1904,
}

/// Writes a table, whose first row is `first`, into a sheet.
fn fill(sheet: &mut Worksheet, table: &[Vec<String>], first: u32, typed: Typed) {
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    for (at, row) in table.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let (row, column) = (first + at as u32, column as u16);
            let name = table[0][usize::from(column)].as_str();
            let value = at > 0 && typed != Typed::Text && !cell.is_empty();
            if value && name.ends_with("amount") {
                sheet.write_number(row, column, cell.parse::<f64>().unwrap()).unwrap();
            } else if value && name.ends_with("_at") && typed == Typed::Values {
                let moment = ExcelDateTime::parse_from_str(cell).unwrap();
                sheet.write_datetime_with_format(row, column, &moment, &time).unwrap();
            } else if value && name.ends_with("_at") {
                let moment = ExcelDateTime::parse_from_str(cell).unwrap().to_excel();
                sheet.write_number_with_format(row, column, moment - 1462.0, &time).unwrap();
            } else if !cell.is_empty() {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
}

/// A workbook with one sheet.
pub fn workbook(text: &str, typed: Typed) -> Vec<u8> {
    sheets(&mut [("Sheet1", &mut |sheet| fill(sheet, &rows(text), 0, typed))])
}

/// What fills a sheet.
type Filling<'a> = &'a mut dyn FnMut(&mut Worksheet);

/// A workbook with these sheets.
fn sheets(all: &mut [(&str, Filling<'_>)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, fill) in all {
        fill(workbook.add_worksheet().set_name(*name).unwrap());
    }
    workbook.save_to_buffer().unwrap()
}

/// A ZIP archive with a text of one member replaced.
fn edited(archive: &[u8], member: &str, old: &str, new: &str) -> Vec<u8> {
    let mut reader = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut members = Vec::new();
    for at in 0..reader.len() {
        let mut file = reader.by_index(at).unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut file, &mut bytes).unwrap();
        let name = file.name().unwrap().into_owned();
        if name == member {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(old), "{old} is not in {member}: {text}");
            bytes = text.replacen(old, new, 1).into_bytes();
        }
        members.push((name, bytes));
    }
    let members: Vec<(&str, &[u8])> =
        members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zip(&members)
}
