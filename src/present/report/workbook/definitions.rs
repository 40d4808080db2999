//! The last sheet: how the report was made, what each sheet holds and which command gives the same, and what every column means.

use rust_xlsxwriter::{Format, FormatAlign, XlsxError};

use super::super::definitions::{Definition, definitions};
use super::super::{files, tables};
use super::pages::Page;
use super::pen::Pen;
use crate::present::model::Language;
use crate::present::text::sanitize;
use crate::present::width::wrapped;
use crate::present::xlsx::about::TALLEST;
use crate::present::xlsx::formats;
use crate::present::xlsx::sheet::{self, LINE};

/// The widths of the columns.
const WIDTHS: [u16; 5] = [24, 34, 34, 22, 80];

/// Writes the sheet.
///
/// # Errors
/// When the library refuses.
pub fn write(pen: &mut Pen<'_>, pages: &[Page]) -> Result<(), XlsxError> {
    pen.widths(&WIDTHS)?;
    let terms = definitions(pen.words);
    about(pen)?;
    sheets(pen, pages)?;
    metrics(pen, &terms)?;
    columns(pen, pages, &terms)?;
    notes(pen)?;
    options(pen)?;
    sheet::page(pen.sheet);
    Ok(())
}

/// A line of texts, the last of which takes as many lines as it needs.
fn line(pen: &mut Pen<'_>, texts: &[&str], format: &Format) -> Result<(), XlsxError> {
    let format = format.clone().set_text_wrap().set_align(FormatAlign::Top);
    let mut lines = 1;
    for (text, at) in texts.iter().zip(0..) {
        let width = WIDTHS.get(usize::from(at)).copied().unwrap_or(80);
        lines = lines.max(wrapped(&sanitize(text), usize::from(width) - 2).len());
        let format = if at > 0 { format.clone().set_indent(1) } else { format.clone() };
        pen.text((pen.row, at), text, &format)?;
    }
    if lines > 1 {
        pen.sheet.set_row_height(pen.row, (LINE * lines as f64).min(TALLEST))?;
    }
    pen.row += 1;
    Ok(())
}

/// What the report is about.
fn about(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let (report, words) = (pen.report, pen.words);
    pen.title(words.say("The report", "报告"))?;
    let text = formats::text();
    let level = format!("{} %", (report.level.value() * 1_000.0).round() / 10.0);
    let days = |range: crate::calendar::DateRange| format!("{} – {}", range.first, range.last);
    let gaps: Vec<String> = report.gaps.iter().map(ToString::to_string).collect();
    for (name, value) in [
        (words.say("period", "周期"), days(report.period)),
        (words.say("compared with", "对比周期"), report.before.map(days).unwrap_or_default()),
        (words.say("as of", "截至"), report.as_of.to_string()),
        (words.say("level of intervals", "置信水平"), level),
        (
            words.say("reconciliation closes", "对账是否平衡"),
            if report.closes { words.say("yes", "是") } else { words.say("no", "否") }.to_owned(),
        ),
        (words.say("days without rows", "无数据的日期"), gaps.join(", ")),
        (words.say("made by", "生成工具"), format!("gmv {}", env!("CARGO_PKG_VERSION"))),
    ] {
        if !value.is_empty() {
            line(pen, &[name, &value], &text)?;
        }
    }
    for sentence in report.warnings.iter().chain(&report.facts) {
        let all: u16 = WIDTHS.iter().sum();
        pen.paragraph(sentence, (4, usize::from(all)), &text)?;
    }
    Ok(())
}

/// What each sheet holds, where the rest of it is, and what gives the same rows.
fn sheets(pen: &mut Pen<'_>, pages: &[Page]) -> Result<(), XlsxError> {
    let (report, words) = (pen.report, pen.words);
    pen.title(words.say("Sheets", "工作表"))?;
    header(
        pen,
        [
            ("sheet", "工作表"),
            ("what it shows", "内容"),
            ("file of all rows", "全部数据的文件"),
            ("rows there", "文件行数"),
            ("command", "命令"),
        ],
    )?;
    let text = formats::text();
    let one = |table: &str| report.tables.iter().find(|one| one.name == table);
    let change = report.table(tables::CHANGE).map(|_| {
        let about = words.say(
            "What each factor did to GMV, and the cells of the waterfall",
            "各因素对 GMV 的影响，以及瀑布图所用的单元格",
        );
        (super::change::name(words), about.to_owned(), tables::CHANGE)
    });
    let others = pages.iter().map(|page| (page.name, said(page, report.language), page.table));
    for (name, about, table) in change.into_iter().chain(others) {
        let of = one(table);
        let file = of.map(|table| files::file(table.name)).unwrap_or_default();
        let rows = of.map(|table| table.document.rows().to_string()).unwrap_or_default();
        let command = of.and_then(|table| table.command.as_deref()).unwrap_or_default();
        line(pen, &[name, &about, &file, &rows, command], &text)?;
    }
    Ok(())
}

/// What a sheet shows, and what of it is folded away or left out.
fn said(page: &Page, language: Language) -> String {
    let mut parts = vec![page.about.to_owned()];
    let is_english = language == Language::English;
    let sentence = |en: String, zh: String| if is_english { en } else { zh };
    if let Some(leading) = page.leading {
        let folded = page.document.columns.len() - leading;
        parts.push(sentence(
            format!("{folded} further columns are folded away (the + above them)"),
            format!("另有 {folded} 列已折叠（点击上方的 +）"),
        ));
    }
    if page.document.rows() < page.rows {
        let (shown, all) = (page.document.rows(), page.rows);
        parts.push(sentence(
            format!("the first {shown} of {all} rows; the file has the others"),
            format!("仅前 {shown} 行，共 {all} 行；其余见文件"),
        ));
    }
    if page.table == tables::STREAMERS {
        parts.push(sentence("the file has the other periods".to_owned(), "其他周期见文件".to_owned()));
    }
    parts.join(if is_english { "; " } else { "；" })
}

fn header(pen: &mut Pen<'_>, heads: [(&str, &str); 5]) -> Result<(), XlsxError> {
    let heads = heads.map(|(en, zh)| (pen.words.say(en, zh), false));
    pen.header(&heads)
}

/// What each metric is.
fn metrics(pen: &mut Pen<'_>, terms: &[Definition]) -> Result<(), XlsxError> {
    let words = pen.words;
    pen.title(words.say("Metrics", "指标"))?;
    header(pen, [("metric", "指标"), ("columns", "列名"), ("", ""), ("", ""), ("meaning", "含义")])?;
    for term in terms {
        line(pen, &[term.term, term.columns, "", "", term.text], &formats::text())?;
    }
    Ok(())
}

/// What each column of each sheet is.
fn columns(pen: &mut Pen<'_>, pages: &[Page], terms: &[Definition]) -> Result<(), XlsxError> {
    let words = pen.words;
    pen.title(words.say("Columns", "列"))?;
    header(
        pen,
        [
            ("sheet", "工作表"),
            ("heading", "表头"),
            ("name elsewhere", "其他格式中的列名"),
            ("kind", "类型"),
            ("meaning", "含义"),
        ],
    )?;
    for page in pages {
        for column in &page.document.columns {
            let heading = formats::heading(&column.heading, column.unit, words.language);
            let joined = page.joined.filter(|(_, names)| names.contains(&column.name.as_str()));
            let name = match joined {
                Some((table, _)) => format!("{} ({table})", column.name),
                None => column.name.clone(),
            };
            let kind = formats::kind(&column.values, column.unit);
            let key = format!("gmv.definition.{}", column.name);
            let own = page.document.metadata.iter().find(|(name, _)| *name == key);
            let meaning = own.map(|(_, text)| text.as_str()).or_else(|| meaning(&column.name, terms));
            let texts = [page.name, &heading, &name, kind.get(words.language), meaning.unwrap_or_default()];
            line(pen, &texts, &formats::text())?;
        }
    }
    Ok(())
}

/// What a column means, by its name and its end.
#[must_use]
pub fn meaning<'a>(name: &str, terms: &'a [Definition]) -> Option<&'a str> {
    let listed = |wanted: &str| {
        let is_it = |term: &&Definition| term.columns.split([',', ' ']).any(|column| column == wanted);
        terms.iter().find(is_it).map(|term| term.text)
    };
    let of_end = |end: &str| listed(&format!("…_{end}"));
    for (end, kind) in [
        ("_lo", "lo"),
        ("_hi", "hi"),
        ("_beyond_sampling", "beyond_sampling"),
        ("_unusual", "unusual"),
        ("_significant", "significant"),
    ] {
        if name.ends_with(end) {
            return of_end(kind);
        }
    }
    if name.ends_with("_effect") {
        return listed("uv_effect");
    }
    let ends = ["_before", "_after", "_ratio", "_change"];
    let base = ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let base = base.split_once('+').map_or(base, |(base, _)| base);
    listed(base)
}

/// What must be known to read the tables, each sentence once.
fn notes(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let (report, words) = (pen.report, pen.words);
    let mut told: Vec<&str> = Vec::new();
    for note in report.tables.iter().flat_map(|table| &table.document.notes) {
        let note = note.get(report.language);
        if !told.contains(&note) {
            told.push(note);
        }
    }
    if told.is_empty() {
        return Ok(());
    }
    pen.title(words.say("Notes", "注释"))?;
    let all: u16 = WIDTHS.iter().sum();
    for note in told {
        pen.paragraph(note, (4, usize::from(all)), &formats::text())?;
    }
    Ok(())
}

/// The options.
fn options(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let (report, words) = (pen.report, pen.words);
    pen.title(words.say("Options", "选项"))?;
    let is_option = |(key, value): &&(String, String)| {
        !value.is_empty() && !key.starts_with("gmv.definition.") && key != "gmv.version" && key != "gmv.by"
    };
    for (key, value) in report.metadata.iter().filter(is_option) {
        line(pen, &[key, value], &formats::text())?;
    }
    Ok(())
}
