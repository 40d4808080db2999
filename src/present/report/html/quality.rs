//! Whether the numbers can be believed: where every row went, what was found about the exports, and which files were read.

use super::super::cells::Source;
use super::super::words::Words;
use super::super::{Report, tables};
use super::table::{Cell, Head, Line, TableView};
use crate::input::digests::InputFile;
use crate::present::ledger::Amount;
use crate::present::text::{NULL, money, shown};

/// The list of one input as a table.
#[must_use]
pub fn ledgers(report: &Report, words: Words) -> Vec<TableView> {
    let of = |ledger: &crate::present::ledger::Ledger| {
        let mut view = TableView::new("", ledger.title.get(report.language), words);
        view.heads = vec![
            Head::new("", false),
            Head::new(words.say("rows", "行数"), true),
            Head::new(words.say("money or time", "金额或时长"), true),
        ];
        view.lines = ledger.lines.iter().map(|line| self::line(line, report)).collect();
        view.class = "ledger";
        view
    };
    report.ledgers.iter().map(of).collect()
}

fn line(line: &crate::present::ledger::LedgerLine, report: &Report) -> Line {
    let label = line.label.get(report.language);
    let class = match label.chars().next() {
        Some('=') => "sum",
        Some(' ') => "part",
        _ => "",
    };
    let amount = match line.amount {
        Some(Amount::Money(amount)) => money(amount, &report.currency).replacen('-', "−", 1),
        Some(Amount::Seconds(seconds)) => hours(seconds),
        None => String::new(),
    };
    let rows = line.rows.map_or_else(String::new, |rows| grouped(&rows.to_string()));
    Line {
        row: None,
        class,
        cells: vec![Cell::Text(label.trim().to_owned()), Cell::Text(rows), Cell::Text(amount)],
    }
}

fn hours(seconds: i128) -> String {
    let tenths = (seconds + 180) / 360;
    format!("{}.{} h", grouped(&(tenths / 10).to_string()), tenths % 10)
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What was found about the exports: what is not in order, and what is.
#[must_use]
pub fn findings(report: &Report, words: Words) -> Vec<TableView> {
    let Some(source) = Source::of(report, tables::QUALITY) else { return Vec::new() };
    let told = Source::told(tables::QUALITY, report.findings.as_ref(), report);
    let Some(told) = told else { return Vec::new() };
    let is_ok = |row: &usize| source.raw("level", *row) == Some("ok");
    let (good, bad): (Vec<usize>, Vec<usize>) = (0..source.rows()).partition(is_ok);
    let captions =
        [words.say("What deserves attention", "需要注意的发现"), words.say("What is in order", "正常的项目")];
    let view = |(rows, caption): (Vec<usize>, &str)| {
        let mut view = TableView::new(tables::QUALITY, caption, words);
        let heads = [
            ("check", "检查"),
            ("level", "级别"),
            ("input", "数据"),
            ("count", "数量"),
            ("share", "占比"),
            ("money", "金额"),
            ("detail", "说明"),
        ];
        view.heads = heads
            .into_iter()
            .enumerate()
            .map(|(at, (en, zh))| Head::new(words.say(en, zh), (3..6).contains(&at)))
            .collect();
        for (head, name) in view.heads.iter_mut().zip(["", "", "", "count", "share", "gmv", ""]) {
            name.clone_into(&mut head.column);
        }
        view.lines = rows.iter().map(|row| finding(&source, &told, *row)).collect();
        view.class = "findings";
        view
    };
    [bad, good].into_iter().zip(captions).filter(|(rows, _)| !rows.is_empty()).map(view).collect()
}

fn finding(source: &Source<'_>, told: &Source<'_>, row: usize) -> Line {
    let text = |name: &str| told.raw(name, row).map(|text| shown(&text.replace('_', " ")).into_owned());
    let detail = |name: &str| told.raw(name, row).map(|text| shown(text).into_owned());
    let word = |name: &str| Cell::Text(text(name).unwrap_or_else(|| NULL.to_owned()));
    let details: Vec<String> = ["file", "detail", "examples"].into_iter().filter_map(detail).collect();
    let mut share = source.value("share", row);
    if let Some(part) = source.number("share", row) {
        share.text = format!("{:.1} %", part * 100.0);
    }
    Line {
        row: Some(row),
        class: match source.raw("level", row) {
            Some("error") => "error",
            Some("warning") => "warning",
            _ => "",
        },
        cells: vec![
            word("check"),
            word("level"),
            word("input"),
            Cell::number(source.value("count", row)),
            Cell::number(share),
            Cell::number(source.value("gmv", row)),
            Cell::Text(details.join(" · ")),
        ],
    }
}

/// A file that was read, for a person.
pub struct FileView {
    /// What it holds.
    pub input: &'static str,
    /// Its path, made harmless.
    pub path: String,
    /// Its size in bytes.
    pub bytes: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// The files that were read.
#[must_use]
pub fn files(report: &Report) -> Vec<FileView> {
    let file = |file: &InputFile| FileView {
        input: file.input,
        path: shown(&file.path).into_owned(),
        bytes: grouped(&file.bytes.to_string()),
        sha256: file.sha256.clone(),
    };
    report.inputs.iter().map(file).collect()
}

/// Sentences, made harmless.
#[must_use]
pub fn sentences(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| shown(text).into_owned()).collect()
}
