//! The formats of a result, and the one function that sends a document to its renderer.

use std::io::Write;
use std::path::Path;

use super::error::PresentError;
use super::model::{Document, Language};
use super::{csv, json, markdown, parquet, table, xlsx};

/// A format that a document can be rendered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A table for a terminal.
    Table,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values, quoted as in CSV.
    Tsv,
    /// A JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// A GitHub table.
    Markdown,
    /// Parquet with typed columns.
    Parquet,
    /// A workbook with typed cells.
    Xlsx,
}

impl Format {
    /// The format that a file's extension names, in any case; `None` for an extension that names no format.
    #[must_use]
    pub fn from_extension(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "txt" => Self::Table,
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "json" => Self::Json,
            "ndjson" | "jsonl" => Self::Ndjson,
            "md" | "markdown" => Self::Markdown,
            "parquet" => Self::Parquet,
            "xlsx" => Self::Xlsx,
            _ => return None,
        })
    }

    /// Whether the format is bytes that no terminal or text pipe should get, so that it needs a file.
    #[must_use]
    pub fn needs_file(self) -> bool {
        matches!(self, Self::Parquet | Self::Xlsx)
    }
}

/// How a document is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenderOptions {
    /// The format.
    pub format: Format,
    /// The language of headings and notes; only for people.
    pub language: Language,
    /// The width of the terminal in columns; `None` is unlimited.
    pub width: Option<usize>,
    /// What bars are drawn of.
    pub signs: Signs,
    /// Whether a table may use bold and dim.
    pub colour: bool,
    /// Whether CSV and TSV begin with the byte order mark that Excel needs to see UTF-8.
    pub bom: bool,
    /// Whether CSV and TSV leave text alone that a spreadsheet would run as a formula.
    pub raw_text: bool,
}

/// What bars are drawn of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Blocks.
    Unicode,
    /// Signs of ASCII, where a terminal shows nothing else.
    Ascii,
}

impl RenderOptions {
    /// What cells are shaded with, where a person reads them in a table.
    #[must_use]
    pub fn shades(&self) -> Option<Signs> {
        (self.format == Format::Table).then_some(self.signs)
    }

    /// A format with everything else at its plainest: English, unlimited width, no colour, no mark, text guarded.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            language: Language::English,
            width: None,
            signs: Signs::Unicode,
            colour: false,
            bom: false,
            raw_text: false,
        }
    }
}

/// Renders a document in the format that the options name.
pub fn render(document: &Document, options: &RenderOptions, out: &mut dyn Write) -> Result<(), PresentError> {
    match options.format {
        Format::Table => table::render(document, options.language, options.width, options.colour, out),
        Format::Csv => csv::render(document, b',', options.bom, options.raw_text, out),
        Format::Tsv => csv::render(document, b'\t', options.bom, options.raw_text, out),
        Format::Json => json::render_array(document, out),
        Format::Ndjson => json::render_lines(document, out),
        Format::Markdown => markdown::render(document, options.language, out),
        Format::Parquet => parquet::render(document, out),
        Format::Xlsx => xlsx::render(document, options.language, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_name_formats_in_any_case() {
        let format = |name: &str| Format::from_extension(Path::new(name));
        assert_eq!(format("a/b.CSV"), Some(Format::Csv));
        assert_eq!(format("b.tab"), Some(Format::Tsv));
        assert_eq!(format("b.jsonl"), Some(Format::Ndjson));
        assert_eq!(format("b.2026.parquet"), Some(Format::Parquet));
        assert_eq!(format("csv"), None);
        assert_eq!(format("b.csv.gz"), None);
        assert_eq!(format("b.XLSX"), Some(Format::Xlsx));
        assert!(Format::Parquet.needs_file() && Format::Xlsx.needs_file());
        assert!(!Format::Json.needs_file());
    }
}
