//! The file of `--rejects`: every rejected row with its place, reason and mapped cells.

use std::io::Write;

use super::atomic::AtomicFile;
use super::csv::guarded;
use super::error::PresentError;
use crate::engine::reconciliation::RejectSummary;

/// Writes all rejected rows into their file, and puts it in its place.
///
/// # Errors
/// When writing fails.
pub fn write(
    rejects: &[(&str, RejectSummary)],
    raw_text: bool,
    mut file: AtomicFile,
) -> Result<(), PresentError> {
    let place = file.path().display().to_string();
    render(rejects, raw_text, &mut file).map_err(|error| error.at(&place))?;
    file.commit()
}

/// Writes all rejected rows as CSV: input, file, line, column, field, reason, value, and the mapped cells.
///
/// # Errors
/// When writing fails.
fn render(
    rejects: &[(&str, RejectSummary)],
    raw_text: bool,
    out: &mut dyn Write,
) -> Result<(), PresentError> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["input", "file", "line", "column", "field", "reason", "value", "cells"])?;
    for (input, summary) in rejects {
        for row in &summary.rows {
            let cells: Vec<String> = row.cells.iter().map(|(name, text)| format!("{name}={text}")).collect();
            let column = row.column.map(|column| column.to_string()).unwrap_or_default();
            let line = row.line.to_string();
            let texts =
                [*input, &row.file, &line, &column, row.field, &row.reason, &row.value, &cells.join("; ")];
            writer.write_record(texts.map(|text| guarded(text, raw_text).into_owned()))?;
        }
    }
    writer.flush()?;
    Ok(())
}
