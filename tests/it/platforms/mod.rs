//! The exports of the platforms, from their real headers: rows with test data in the columns that hold persons, figures worked out by hand.

mod buyers;
mod commands;
mod detection;
mod douyin;
mod forms;
mod kuaishou;
mod pinduoduo;
mod quirks;
mod taobao;
mod tiktok;
mod wechat;

use crate::support::{Run, Work, repository};

/// What no message may ever show: the receiver of every row.
pub const RECEIVER: [&str; 3] = ["测试收件人", "13800138000", "测试路"];

/// An export in the making.
#[derive(Clone)]
pub struct Export {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Export {
    /// An export with a header of `tests/it/headers`.
    pub fn of(header: &str) -> Self {
        let text = std::fs::read_to_string(repository(&format!("tests/it/headers/{header}.txt"))).unwrap();
        Self { header: text.lines().map(str::to_owned).collect(), rows: Vec::new() }
    }

    /// One more row: the cells of some columns; those of the receiver hold test data, the others are blank.
    pub fn row(mut self, cells: &[(&str, &str)]) -> Self {
        let mut row: Vec<String> = self.header.iter().map(|name| receiver(name).to_owned()).collect();
        for (column, cell) in cells {
            let at = self.column(column);
            row[at] = (*cell).to_owned();
        }
        self.rows.push(row);
        self
    }

    /// The number of a column, from 0.
    pub fn column(&self, name: &str) -> usize {
        let at = self.header.iter().position(|column| column.trim() == name);
        at.unwrap_or_else(|| panic!("no column {name} in {:?}", self.header))
    }

    /// Every cell of a column, changed.
    pub fn cells(mut self, column: &str, change: impl Fn(&str) -> String) -> Self {
        let at = self.column(column);
        for row in &mut self.rows {
            row[at] = change(&row[at]);
        }
        self
    }

    /// The text with commas and line feeds.
    pub fn text(&self) -> String {
        self.written(b',', false)
    }

    /// The text with a delimiter and line ends.
    pub fn written(&self, delimiter: u8, crlf: bool) -> String {
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer =
            csv::WriterBuilder::new().delimiter(delimiter).terminator(end).from_writer(Vec::new());
        writer.write_record(&self.header).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    /// A folder with the export as `orders.csv`.
    pub fn work(&self) -> Work {
        Work::with(&[("orders.csv", &self.text())])
    }
}

/// Test data for the columns that hold persons.
fn receiver(column: &str) -> &'static str {
    match column.trim() {
        "收件人" | "收货人姓名" | "收件人姓名" | "收货人/提货人" | "实名姓名" | "Recipient" => {
            "测试收件人"
        }
        "收件人手机号"
        | "收货人电话"
        | "收件人手机"
        | "联系手机"
        | "收货人手机号/提货人手机号"
        | "Phone #" => "13800138000",
        "详细地址" | "收货地址" | "收件人地址" | "详细收货地址/提货地址" | "Detail Address" => {
            "测试路 \"1\" 号,\n3 栋"
        }
        _ => "",
    }
}

/// Runs `gmv decompose --orders orders.csv` with more words; it must succeed, close, and show no receiver.
pub fn decompose(work: &Work, more: &str) -> Run {
    let line = format!("decompose --orders orders.csv {more}");
    let run = work.run(&line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(run.code, 0, "{more}: {}", run.err);
    assert!(!run.err.contains("does not close"), "{}", run.err);
    discreet(&run.err);
    run
}

/// Runs `gmv decompose --orders orders.csv` with more words, which must fail; what it says, which shows no receiver.
pub fn fails(work: &Work, more: &str) -> String {
    let line = format!("decompose --orders orders.csv {more}");
    let err = work.fails(1, &line.split_whitespace().collect::<Vec<_>>());
    discreet(&err);
    err
}

/// Checks that a text shows no receiver.
pub fn discreet(text: &str) {
    assert!(!RECEIVER.iter().any(|secret| text.contains(secret)), "{text}");
}

/// Some columns of a result, a row of it as one text.
pub fn columns(out: &str, wanted: &[&str]) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &&str| {
        header.iter().position(|column| column == *name).unwrap_or_else(|| panic!("{name}: {out}"))
    };
    let at: Vec<usize> = wanted.iter().map(at).collect();
    let line = |row: csv::StringRecord| at.iter().map(|&at| &row[at]).collect::<Vec<_>>().join(" ");
    reader.records().map(|row| line(row.unwrap())).collect()
}

/// The off-live money and orders of each streamer over all time, by its id, where no order has a buyer.
pub fn off_live(work: &Work, more: &str) -> Vec<String> {
    let run = decompose(work, &format!("--attribution all --set buyer_id= --period all {more}"));
    let mut found = columns(&run.out, &["streamer_id", "gmv_off_live", "orders_off_live"]);
    found.sort();
    found
}

/// Checks lines of the reconciliation, whatever the width of their columns.
pub fn says(err: &str, lines: &[&str]) {
    let squeezed: Vec<String> =
        err.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in lines {
        assert!(squeezed.iter().any(|said| said == line), "{line:?} is not in\n{err}");
    }
}
