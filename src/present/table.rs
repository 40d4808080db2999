//! A table for a terminal: rules and spaces, human units, and never wider than the terminal if that can be helped.
//!
//! Drawn by hand on `unicode-width`: `comfy-table` wraps cells where a table is too wide, but numbers are better served
//! by leaving whole columns out, and it cannot draw one rule above a total line.

use std::io::Write;

use unicode_width::UnicodeWidthStr;

use super::error::PresentError;
use super::model::{Document, Language};
use super::page::{Page, PageColumn};
use super::width::{cut, wrapped};

/// The spaces between columns.
const GAP: &str = "  ";
/// A text that is longer gives way before a column is hidden: a UUID still fits.
const LONG_TEXT: usize = 40;
/// So many hidden columns are named.
const NAMED: usize = 24;
/// No text is cut below this; a table that is still too wide overflows.
const SHORT_TEXT: usize = 8;

/// Writes the table; `width` is the terminal's, `None` for unlimited, and `colour` allows a bold header and dim rules.
pub fn render(
    document: &Document,
    language: Language,
    width: Option<usize>,
    colour: bool,
    out: &mut dyn Write,
) -> Result<(), PresentError> {
    let mut page = Page::new(document, language);
    let layout = Layout::fit(&page, width.unwrap_or(usize::MAX));
    page.notes.extend(layout.hidden_note(&page, language));
    if page.rows == 0 {
        page.notes.insert(0, no_rows(language).to_owned());
    }
    if !layout.columns.is_empty() {
        layout.draw(&page, colour, out)?;
        if !page.notes.is_empty() {
            writeln!(out)?;
        }
    }
    for note in &page.notes {
        for line in wrapped(note, width.unwrap_or(usize::MAX)) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn no_rows(language: Language) -> &'static str {
    match language {
        Language::English => "No rows.",
        Language::Chinese => "没有数据。",
    }
}

/// Which columns are shown, and how wide.
struct Layout {
    /// The columns shown, by their place in the page.
    columns: Vec<usize>,
    /// Their widths.
    widths: Vec<usize>,
}

impl Layout {
    /// The most columns that fit: first headings on two lines and long text cut, then columns hidden, those without any value before all
    /// others and both by rank, then text cut further.
    fn fit(page: &Page, limit: usize) -> Self {
        let bodies: Vec<usize> = page.columns.iter().map(body_width).collect();
        let mut columns: Vec<usize> = (0..page.columns.len()).collect();
        loop {
            let full = Self::natural(page, &bodies, &columns, full_width);
            if full.width() <= limit {
                return full;
            }
            let mut compact = Self::natural(page, &bodies, &columns, compact_width);
            if compact.width() <= limit {
                return compact;
            }
            let hideable = columns.iter().filter(|&&i| page.columns[i].rank > 0);
            let soonest = |&&i: &&usize| (page.columns[i].is_empty(), page.columns[i].rank, i);
            match hideable.max_by_key(soonest).copied() {
                Some(i) if columns.len() > 1 => columns.retain(|&c| c != i),
                _ => {
                    compact.squeeze(page, limit);
                    return compact;
                }
            }
        }
    }

    fn natural(
        page: &Page,
        bodies: &[usize],
        columns: &[usize],
        width: impl Fn(&PageColumn, usize) -> usize,
    ) -> Self {
        let total = page.total(columns).unwrap_or_default();
        let width = |(place, &i): (usize, &usize)| {
            let label = total.get(place).map_or(0, |text| text.width());
            width(&page.columns[i], bodies[i].max(label))
        };
        Self { columns: columns.to_vec(), widths: columns.iter().enumerate().map(width).collect() }
    }

    /// Takes the excess from the widest text columns, one by one.
    fn squeeze(&mut self, page: &Page, limit: usize) {
        while self.width() > limit {
            let texts = (0..self.columns.len()).filter(|&place| page.columns[self.columns[place]].text);
            match texts.max_by_key(|&place| self.widths[place]) {
                Some(place) if self.widths[place] > SHORT_TEXT => self.widths[place] -= 1,
                _ => return,
            }
        }
    }

    fn width(&self) -> usize {
        self.widths.iter().sum::<usize>() + GAP.len() * self.widths.len().saturating_sub(1)
    }

    fn hidden_note(&self, page: &Page, language: Language) -> Option<String> {
        let hidden: Vec<&str> = (0..page.columns.len())
            .filter(|i| !self.columns.contains(i))
            .map(|i| page.columns[i].heading.as_str())
            .collect();
        let (named, more) = (&hidden[..hidden.len().min(NAMED)], hidden.len().saturating_sub(NAMED));
        (!hidden.is_empty()).then(|| match language {
            Language::English => {
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!(
                    "Hidden to fit the terminal: {}{more}. --format csv has all columns.",
                    named.join(", ")
                )
            }
            Language::Chinese => {
                let more = if more > 0 { format!("等，另有 {more} 列") } else { String::new() };
                format!("终端宽度有限，未显示：{}{more}。--format csv 给出全部列。", named.join("、"))
            }
        })
    }

    fn draw(&self, page: &Page, colour: bool, out: &mut dyn Write) -> Result<(), PresentError> {
        let (bold, dim, plain) = if colour { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
        let rule = format!("{dim}{}{plain}", "─".repeat(self.width()));
        let headings: Vec<(String, String)> = self
            .columns
            .iter()
            .zip(&self.widths)
            .map(|(&i, &width)| two_lines(&page.columns[i].heading, width))
            .collect();
        if headings.iter().any(|(above, _)| !above.is_empty()) {
            let above = self.line(page, headings.iter().map(|(above, _)| above.as_str()));
            writeln!(out, "{bold}{above}{plain}")?;
        }
        let below = self.line(page, headings.iter().map(|(_, below)| below.as_str()));
        writeln!(out, "{bold}{below}{plain}\n{rule}")?;
        for row in 0..page.rows {
            let cells = self.columns.iter().map(|&i| page.columns[i].cells[row].as_str());
            writeln!(out, "{}", self.line(page, cells))?;
        }
        if let Some(total) = page.total(&self.columns) {
            let total = self.line(page, total.iter().map(String::as_str));
            writeln!(out, "{rule}\n{total}")?;
        }
        Ok(())
    }

    /// One line of cells, padded to their columns, without spaces at its end.
    fn line<'a>(&self, page: &Page, cells: impl Iterator<Item = &'a str>) -> String {
        let mut line = String::new();
        for (place, (cell, &width)) in cells.zip(&self.widths).enumerate() {
            if place > 0 {
                line.push_str(GAP);
            }
            let column = &page.columns[self.columns[place]];
            let cell = if column.text { cut(cell, width) } else { cell.to_owned() };
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            if column.number {
                line.push_str(&padding);
            }
            line.push_str(&cell);
            if !column.number {
                line.push_str(&padding);
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

fn body_width(column: &PageColumn) -> usize {
    let cells = column.cells.iter().chain(&column.total);
    cells.map(|cell| cell.width()).max().unwrap_or(0)
}

fn full_width(column: &PageColumn, body: usize) -> usize {
    body.max(column.heading.width())
}

fn compact_width(column: &PageColumn, body: usize) -> usize {
    let (above, below) = halves(&column.heading);
    let width = body.max(above.width()).max(below.width());
    if column.text { width.min(LONG_TEXT) } else { width }
}

/// A heading split at the space that makes the longer half shortest; the first half is empty without a space.
fn halves(heading: &str) -> (&str, &str) {
    let splits = heading.match_indices(' ').map(|(at, _)| (&heading[..at], &heading[at + 1..]));
    splits.min_by_key(|(above, below)| above.width().max(below.width())).unwrap_or(("", heading))
}

/// A heading on one line (the lower) where it fits, else on two.
fn two_lines(heading: &str, width: usize) -> (String, String) {
    if heading.width() <= width {
        return (String::new(), heading.to_owned());
    }
    let (above, below) = halves(heading);
    (above.to_owned(), below.to_owned())
}

#[cfg(test)]
mod tests;
