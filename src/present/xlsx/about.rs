//! The sheet beside the data: notes, the total, what each column is, and the options that made the result.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::super::model::{Column, Document, Language, Phrase};
use super::super::text::sanitize;
use super::super::width::wrapped;
use super::sheet::{LINE, bold};
use super::{cells, formats, sheet};

/// How the keys of definitions begin, before the name of a column.
const DEFINITION: &str = "gmv.definition.";

/// The widths of the four columns.
const WIDTHS: [u16; 4] = [30, 34, 22, 60];

/// The tallest row that a spreadsheet takes, in points.
pub const TALLEST: f64 = 409.0;

/// Writes the sheet.
///
/// # Errors
/// When the library refuses.
pub fn write(sheet: &mut Worksheet, document: &Document, language: Language) -> Result<(), XlsxError> {
    for (width, at) in WIDTHS.into_iter().zip(0..) {
        sheet.set_column_width(at, width)?;
    }
    let mut about = About { sheet, language, row: 0 };
    about.notes(document)?;
    about.total(document)?;
    about.columns(document)?;
    about.options(document)?;
    sheet::page(about.sheet);
    Ok(())
}

/// The sheet, and the next free row of it.
struct About<'a> {
    sheet: &'a mut Worksheet,
    language: Language,
    row: u32,
}

impl About<'_> {
    /// A line of texts from the first column on.
    fn line(&mut self, texts: &[&str], format: &Format) -> Result<(), XlsxError> {
        for (text, at) in texts.iter().zip(0..) {
            cells::text(self.sheet, (self.row, at), &sanitize(text), Some(format))?;
        }
        self.row += 1;
        Ok(())
    }

    /// The title of a part, with an empty row before it.
    fn title(&mut self, en: &str, zh: &str) -> Result<(), XlsxError> {
        self.row += u32::from(self.row > 0);
        let title = self.say(en, zh);
        self.line(&[&title], &bold().set_font_size(12))
    }

    fn say(&self, en: &str, zh: &str) -> String {
        Phrase::new(en, zh).get(self.language).to_owned()
    }

    /// One note over all columns, as high as its lines.
    fn note(&mut self, note: &str) -> Result<(), XlsxError> {
        let width: u16 = WIDTHS.iter().sum();
        let note = sanitize(note);
        let lines = wrapped(&note, usize::from(width)).len();
        let format = formats::text().set_text_wrap().set_align(FormatAlign::Top);
        self.sheet.merge_range(self.row, 0, self.row, 3, "", &format)?;
        self.sheet.set_row_height(self.row, (LINE * lines as f64).min(TALLEST))?;
        self.line(&[&note], &format)
    }

    fn notes(&mut self, document: &Document) -> Result<(), XlsxError> {
        let exceptions = exceptions(document);
        if document.notes.is_empty() && exceptions.is_empty() {
            return Ok(());
        }
        self.title("Notes", "注释")?;
        for note in document.notes.iter().chain(&exceptions) {
            self.note(note.get(self.language))?;
        }
        Ok(())
    }

    /// The total line, each value beside its heading.
    fn total(&mut self, document: &Document) -> Result<(), XlsxError> {
        let Some(total) = &document.total else { return Ok(()) };
        self.title("Total", "合计")?;
        let left = FormatAlign::Left;
        for (column, values) in document.columns.iter().zip(total) {
            if super::super::text::Style::new(document, self.language).cell(values, 0, column.unit).is_none()
            {
                continue;
            }
            let heading = formats::heading(&column.heading, column.unit, self.language);
            cells::text(self.sheet, (self.row, 0), &sanitize(&heading), Some(&formats::text()))?;
            let mut formats = formats::ColumnFormats::new(values, column.unit, &document.currency);
            formats.align(left);
            cells::write(self.sheet, (self.row, 1), values, 0, &formats)?;
            self.row += 1;
        }
        Ok(())
    }

    /// What each column is: its heading, its name elsewhere, its kind, what it means.
    fn columns(&mut self, document: &Document) -> Result<(), XlsxError> {
        self.title("Columns", "列")?;
        let titles = [("Heading", "表头"), ("Name", "列名"), ("Kind", "类型"), ("Meaning", "含义")]
            .map(|(en, zh)| self.say(en, zh));
        self.line(&titles.each_ref().map(String::as_str), &formats::header_of_text())?;
        for column in &document.columns {
            let heading = formats::heading(&column.heading, column.unit, self.language);
            let kind = formats::kind(&column.values, column.unit);
            let meaning = definition(document, column).unwrap_or_default();
            let texts = [heading.as_str(), &column.name, kind.get(self.language), meaning];
            self.line(&texts, &formats::text())?;
        }
        Ok(())
    }

    /// The currency, and all options and definitions that stand at no column.
    fn options(&mut self, document: &Document) -> Result<(), XlsxError> {
        let is_told = |key: &str| {
            key.strip_prefix(DEFINITION)
                .is_some_and(|name| document.columns.iter().any(|column| column.name == name))
        };
        let mut options: Vec<(&str, &str)> = Vec::new();
        let currency = self.say("currency", "货币");
        if !document.currency.is_empty() {
            options.push((&currency, &document.currency));
        }
        let metadata = document.metadata.iter().filter(|(key, value)| !value.is_empty() && !is_told(key));
        options.extend(metadata.map(|(key, value)| (key.as_str(), value.as_str())));
        if options.is_empty() {
            return Ok(());
        }
        self.title("Options and definitions", "选项与定义")?;
        for (key, value) in options {
            self.line(&[key, value], &formats::text())?;
        }
        Ok(())
    }
}

/// What the document says that a column means.
fn definition<'a>(document: &'a Document, column: &Column) -> Option<&'a str> {
    let is_its = |key: &str| key.strip_prefix(DEFINITION) == Some(column.name.as_str());
    document.metadata.iter().find(|(key, _)| is_its(key)).map(|(_, text)| text.as_str())
}

/// What is in a cell otherwise than in the machine formats.
fn exceptions(document: &Document) -> Vec<Phrase> {
    let found = cells::exceptions(document);
    let long = found.long_numbers;
    let mut notes = Vec::new();
    if long > 0 {
        notes.push(Phrase::new(
            format!("{long} numbers of more than 15 digits are text, since a spreadsheet would round them."),
            format!("{long} 个超过 15 位的数以文本保存，因为电子表格会将其舍入。"),
        ));
    }
    let cut = found.cut_texts;
    if cut > 0 {
        notes.push(Phrase::new(
            format!("{cut} texts of more than 32,767 characters are cut, and end in …; CSV, JSON and Parquet hold them whole."),
            format!("{cut} 个超过 32,767 字符的文本已截断并以 … 结尾；CSV、JSON 与 Parquet 保留全文。"),
        ));
    }
    notes
}
