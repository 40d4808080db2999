//! What makes the sheets of tables quick to read: bars behind changes, shades of cohorts, and columns of details that are folded away.

use rust_xlsxwriter::{
    ConditionalFormat2ColorScale, ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatDataBar,
    ConditionalFormatDataBarAxisPosition, ConditionalFormatFormula, ConditionalFormatType, Format, Worksheet,
    XlsxError,
};

use super::super::cells::Source;
use super::super::{Report, tables};
use super::pages::Page;
use super::pen::{DEEP, LIGHT_BLUE, ORANGE, PALE_BLUE, PALE_ORANGE};
use super::selection::column;
use crate::change::Effect;
use crate::factor::Factor;

/// Dresses the sheet of a table that is written already.
///
/// # Errors
/// When the library refuses.
pub fn decorate(sheet: &mut Worksheet, page: &Page, report: &Report) -> Result<(), XlsxError> {
    fold(sheet, page)?;
    let rows = u32::try_from(page.document.rows()).unwrap_or(u32::MAX);
    if rows == 0 {
        return Ok(());
    }
    let mut cells = Cells { sheet, page, rows };
    match page.table {
        tables::STREAMER_CHANGES => {
            cells.signed(&["gmv_change"])?;
            let effects = Factor::ALL.map(|factor| Effect::of(factor).name());
            cells.signed(&effects)?;
            cells.bold("$gmv_change_significant")?;
        }
        tables::STREAMERS => cells.bar("gmv")?,
        tables::SLICES => cells.signed(&["excess"])?,
        tables::HEADROOM => {
            cells.bar("gain")?;
            cells.bold("$beyond_noise")?;
        }
        tables::TOTALS | tables::DOMAINS | tables::BUYER_TYPES | tables::REPURCHASE => {
            let (year, month, day) =
                (report.period.first.year(), report.period.first.month(), report.period.first.day());
            cells.bold(&format!("$period=DATE({year},{month},{day})"))?;
        }
        tables::COHORTS => cells.shades()?,
        tables::QUALITY => cells.levels(report)?,
        tables::ALERTS => cells.fired(report)?,
        _ => {}
    }
    Ok(())
}

/// Folds the columns of details away; a click shows them.
fn fold(sheet: &mut Worksheet, page: &Page) -> Result<(), XlsxError> {
    let first = page.leading.and_then(|leading| u16::try_from(leading).ok());
    let columns = u16::try_from(page.document.columns.len()).ok();
    if let (Some(first), Some(last)) = (first, columns.and_then(|columns| columns.checked_sub(1))) {
        sheet.group_columns_collapsed(first, last)?;
        // On paper, what is folded takes no room.
        sheet.set_print_fit_to_pages(1, 0);
    }
    Ok(())
}

/// The cells below the header of a sheet.
struct Cells<'a> {
    sheet: &'a mut Worksheet,
    page: &'a Page,
    rows: u32,
}

/// Bars of gains and losses from a middle that all share, up to this size on both sides.
pub(super) fn signed_bar(largest: f64) -> ConditionalFormatDataBar {
    ConditionalFormatDataBar::new()
        .set_fill_color(PALE_BLUE)
        .set_negative_fill_color(PALE_ORANGE)
        .set_solid_fill(true)
        .set_border_off(true)
        .set_axis_position(ConditionalFormatDataBarAxisPosition::Midpoint)
        .set_minimum(ConditionalFormatType::Number, -largest)
        .set_maximum(ConditionalFormatType::Number, largest)
}

impl Cells<'_> {
    /// Bars of changes, on one scale for all of the columns.
    fn signed(&mut self, names: &[&str]) -> Result<(), XlsxError> {
        let source = |name: &str, row: usize| super::pen::number(&self.page.document, name, row);
        let all = names.iter().flat_map(|name| (0..self.page.document.rows()).map(|row| (*name, row)));
        let largest = all.filter_map(|(name, row)| source(name, row)).map(f64::abs).fold(0.0, f64::max);
        let bar = signed_bar(largest);
        for name in names {
            if let Some((at, _)) = column(&self.page.document, name).filter(|_| largest > 0.0) {
                self.sheet.add_conditional_format(1, at, self.rows, at, &bar)?;
            }
        }
        Ok(())
    }

    /// Bars of amounts.
    fn bar(&mut self, name: &str) -> Result<(), XlsxError> {
        let bar = ConditionalFormatDataBar::new()
            .set_fill_color(LIGHT_BLUE)
            .set_solid_fill(true)
            .set_border_off(true)
            .set_minimum(ConditionalFormatType::Number, 0);
        if let Some((at, _)) = column(&self.page.document, name) {
            self.sheet.add_conditional_format(1, at, self.rows, at, &bar)?;
        }
        Ok(())
    }

    /// Bold rows where a condition holds: `$` and the name of a column, and what follows it.
    fn bold(&mut self, condition: &str) -> Result<(), XlsxError> {
        let rest = condition.strip_prefix('$').unwrap_or(condition);
        let (name, rest) = rest.split_at(rest.find('=').unwrap_or(rest.len()));
        let Some((at, _)) = column(&self.page.document, name) else { return Ok(()) };
        let last = self.page.leading.unwrap_or(self.page.document.columns.len());
        let last = u16::try_from(last.saturating_sub(1)).unwrap_or(at);
        let letters = rust_xlsxwriter::utility::column_number_to_name(at);
        let rule = ConditionalFormatFormula::new()
            .set_rule(format!("=${letters}2{rest}").as_str())
            .set_format(Format::new().set_bold());
        self.sheet.add_conditional_format(1, 0, self.rows, last, &rule)?;
        Ok(())
    }

    /// Shades over the matrix of cohorts, all on one scale.
    fn shades(&mut self) -> Result<(), XlsxError> {
        let last = u16::try_from(self.page.document.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        if last < 2 {
            return Ok(());
        }
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum(ConditionalFormatType::Number, 0)
            .set_minimum_color(0x00FF_FFFF)
            .set_maximum_color(DEEP);
        self.sheet.add_conditional_format(1, 2, self.rows, last, &scale)?;
        Ok(())
    }

    /// The words of errors and warnings stand out.
    fn levels(&mut self, report: &Report) -> Result<(), XlsxError> {
        let Some(source) = Source::of(report, tables::QUALITY) else { return Ok(()) };
        for (level, format) in [
            ("error", Format::new().set_bold().set_font_color(0x00FF_FFFF).set_background_color(ORANGE)),
            ("warning", Format::new().set_bold().set_font_color(ORANGE)),
        ] {
            let is_it = |row: &usize| source.raw("level", *row) == Some(level);
            let row = (0..source.rows().min(self.page.document.rows())).find(is_it);
            self.word("level", row, format)?;
        }
        Ok(())
    }

    /// Alerts that fired stand out.
    fn fired(&mut self, report: &Report) -> Result<(), XlsxError> {
        let Some(source) = Source::of(report, tables::ALERTS) else { return Ok(()) };
        let row = (0..source.rows()).find(|row| source.raw("outcome", *row) == Some("fired"));
        self.word("outcome", row, Format::new().set_bold().set_font_color(ORANGE))
    }

    /// A format for all cells of a column that say what a row says.
    fn word(&mut self, name: &str, row: Option<usize>, format: Format) -> Result<(), XlsxError> {
        let Some((at, told)) = column(&self.page.document, name) else { return Ok(()) };
        let crate::present::model::Values::Text(texts) = &told.values else { return Ok(()) };
        let Some(word) = row.and_then(|row| texts.get(row).cloned().flatten()) else { return Ok(()) };
        let rule = ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::EqualTo(word.to_string()))
            .set_format(format);
        self.sheet.add_conditional_format(1, at, self.rows, at, &rule)?;
        Ok(())
    }
}
