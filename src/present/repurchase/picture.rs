//! Cohorts as a picture for slides, by the plotting library `plotters`.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::wide::{Measure, darkness};
use crate::present::error::PresentError;
use crate::repurchase::{CohortRow, CohortTable};

const CELL: (i32, i32) = (64, 26);
const LEFT: i32 = 190;
const TOP: i32 = 34;
const MARGIN: i32 = 12;
const FONT: &str = "sans-serif";
const LIGHT: (f64, f64, f64) = (244.0, 247.0, 251.0);
const DARK: (f64, f64, f64) = (44.0, 92.0, 150.0);

/// The triangle of one group as an SVG document.
///
/// # Errors
/// When there are several groups, or the library cannot draw.
pub fn cohort_picture(table: &CohortTable, measure: Measure, currency: &str) -> Result<String, PresentError> {
    let keys = table.rows.first().map(|row| &row.keys);
    if table.rows.iter().any(|row| Some(&row.keys) != keys) {
        let message = "it holds one group: use --by total, or a filtered export".to_owned();
        return Err(PresentError::Picture { message });
    }
    let mut picture = String::new();
    draw(table, measure, currency, &mut picture)
        .map_err(|error| PresentError::Picture { message: error.to_string() })?;
    Ok(picture)
}

fn draw(
    table: &CohortTable,
    measure: Measure,
    currency: &str,
    picture: &mut String,
) -> Result<(), Box<dyn std::error::Error>> {
    let cohorts: Vec<&[CohortRow]> = table.rows.chunk_by(|_, next| next.offset > 0).collect();
    let widest = cohorts.iter().map(|rows| rows.len()).max().unwrap_or_default();
    let wide = LEFT + widest as i32 * CELL.0 + MARGIN;
    let high = TOP + cohorts.len() as i32 * CELL.1 + MARGIN;
    let area = SVGBackend::with_string(picture, (wide as u32, high as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let dark = darkness(measure, &table.rows);
    let style = |colour: &'static RGBColor, side: HPos| {
        (FONT, 13).into_text_style(&area).color(colour).pos(Pos::new(side, VPos::Center))
    };
    for offset in 0..widest as i32 {
        let place = (LEFT + offset * CELL.0 + CELL.0 / 2, TOP / 2);
        area.draw(&Text::new(format!("+{offset}"), place, style(&BLACK, HPos::Center)))?;
    }
    for (rows, line) in cohorts.iter().zip(0..) {
        let top = TOP + line * CELL.1;
        let label = rows.first().map(|row| format!("{} · {}", row.cohort, row.buyers)).unwrap_or_default();
        area.draw(&Text::new(label, (LEFT - MARGIN, top + CELL.1 / 2), style(&BLACK, HPos::Right)))?;
        for (row, offset) in rows.iter().zip(0..) {
            let Some(value) = measure.value(row) else { continue };
            let left = LEFT + offset * CELL.0;
            let corners = [(left, top), (left + CELL.0 - 2, top + CELL.1 - 2)];
            area.draw(&Rectangle::new(corners, colour(dark(value)).filled()))?;
            let ink = if dark(value) > 0.6 { &WHITE } else { &BLACK };
            let place = (left + CELL.0 / 2, top + CELL.1 / 2);
            area.draw(&Text::new(measure.text(value, currency), place, style(ink, HPos::Center)))?;
        }
    }
    area.present()?;
    Ok(())
}

fn colour(dark: f64) -> RGBColor {
    let mixed = |light: f64, deep: f64| (light + (deep - light) * dark).round() as u8;
    RGBColor(mixed(LIGHT.0, DARK.0), mixed(LIGHT.1, DARK.1), mixed(LIGHT.2, DARK.2))
}
