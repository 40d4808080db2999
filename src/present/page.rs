//! A document as text, column by column: what the tables for people, on a terminal or in Markdown, lay out.

use super::model::{Document, Language, Unit, Values};
use super::text::{NULL, Style, sanitize};

/// A document as text; all of it is safe for a terminal.
#[derive(Debug, Clone)]
pub struct Page {
    /// The columns in their order.
    pub columns: Vec<PageColumn>,
    /// The number of rows of the body.
    pub rows: usize,
    /// The label of the total line; `None` without a total line.
    pub total_label: Option<&'static str>,
    /// The notes.
    pub notes: Vec<String>,
}

/// One column as text.
#[derive(Debug, Clone)]
pub struct PageColumn {
    /// The heading.
    pub heading: String,
    /// Whether it is a number, aligned right.
    pub number: bool,
    /// Whether it is text that may be cut when room is short.
    pub text: bool,
    /// What is hidden first, as in the model.
    pub rank: u8,
    /// The cells of the body.
    pub cells: Vec<String>,
    /// The cell of the total line; `None` where the column has no total of its own and may carry the label.
    pub total: Option<String>,
}

impl PageColumn {
    /// Whether it tells nothing: every cell is null or blank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.iter().chain(&self.total).all(|cell| cell.is_empty() || cell == NULL)
    }
}

impl Page {
    /// The document as people read it in a language.
    #[must_use]
    pub fn new(document: &Document, language: Language) -> Self {
        let style = Style::new(document, language);
        let rows = document.rows();
        let columns = document.columns.iter().enumerate().map(|(i, column)| {
            let cell = |row| style.cell(&column.values, row, column.unit).unwrap_or_else(|| NULL.to_owned());
            let total = document.total.as_ref().and_then(|total| total.get(i));
            PageColumn {
                heading: sanitize(column.heading.get(language)).into_owned(),
                number: is_number(&column.values),
                text: matches!(column.values, Values::Text(_)),
                rank: column.rank,
                cells: (0..rows).map(cell).collect(),
                total: total.and_then(|total| total_cell(&style, total, column.unit)),
            }
        });
        Self {
            columns: columns.collect(),
            rows,
            total_label: document.total.is_some().then_some(match language {
                Language::English => "Total",
                Language::Chinese => "合计",
            }),
            notes: document.notes.iter().map(|note| sanitize(note.get(language)).into_owned()).collect(),
        }
    }

    /// The total line over some of the columns; its label stands in the first that has no total of its own.
    #[must_use]
    pub fn total(&self, columns: &[usize]) -> Option<Vec<String>> {
        let mut label = Some(self.total_label?);
        let cell = |&i: &usize| match self.columns.get(i).and_then(|c| c.total.clone()) {
            Some(text) => text,
            None => label.take().unwrap_or_default().to_owned(),
        };
        Some(columns.iter().map(cell).collect())
    }
}

fn is_number(values: &Values) -> bool {
    !matches!(values, Values::Text(_) | Values::Date(_) | Values::Flag(_))
}

/// A cell of the total line: numbers show their null, whatever names a group is left open.
fn total_cell(style: &Style<'_>, total: &Values, unit: Unit) -> Option<String> {
    match style.cell(total, 0, unit) {
        None if is_number(total) => Some(NULL.to_owned()),
        None if matches!(total, Values::Flag(_)) => Some(String::new()),
        cell => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn the_label_stands_in_the_first_column_without_a_total() {
        let page = Page::new(&fixture::hostile(), Language::English);
        assert_eq!(page.total(&[0, 1, 4]).unwrap(), ["Total", "", "9,880,000"]);
        assert_eq!(page.total(&[2, 10]).unwrap(), ["Total", ""]);
        assert_eq!(page.total(&[3, 7]).unwrap(), ["¥123,456,788.96", NULL]);
        let mut document = fixture::hostile();
        document.total = None;
        assert_eq!(Page::new(&document, Language::Chinese).total(&[0]), None);
    }

    #[test]
    fn a_short_column_is_filled_with_nulls() {
        let mut document = fixture::hostile();
        document.columns[4].values = Values::Count(vec![Some(1)]);
        let page = Page::new(&document, Language::English);
        assert_eq!(page.columns[4].cells, ["1", NULL, NULL, NULL, NULL, NULL]);
    }
}
