//! The picture, by the plotting library `plotters`.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Step, amount, axis};
use crate::present::error::PresentError;
use crate::present::model::Language;
use crate::present::text::money;

const SIZE: (u32, u32) = (1_000, 520);
const FONT: &str = "sans-serif";
const LEVEL: RGBColor = RGBColor(76, 110, 156);
const GAIN: RGBColor = RGBColor(52, 138, 88);
const LOSS: RGBColor = RGBColor(190, 72, 60);

/// The bars as an SVG document.
///
/// # Errors
/// When the library cannot draw them.
pub fn svg(steps: &[Step], language: Language, currency: &str) -> Result<String, PresentError> {
    let mut picture = String::new();
    draw(steps, language, currency, &mut picture)
        .map_err(|error| PresentError::Picture { message: error.to_string() })?;
    Ok(picture)
}

fn draw(
    steps: &[Step],
    language: Language,
    currency: &str,
    picture: &mut String,
) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(picture, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let (low, high) = axis(steps);
    let room = ((high - low) * 0.08).max(1.0);
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .x_label_area_size(36)
        .y_label_area_size(120)
        .build_cartesian_2d(0.0..steps.len() as f64, low..high + room)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .bold_line_style(RGBColor(220, 220, 220))
        .light_line_style(TRANSPARENT)
        .axis_style(RGBColor(150, 150, 150))
        .label_style((FONT, 14))
        .y_label_formatter(&|value| money(*value as i128, currency))
        .draw()?;
    for (step, place) in steps.iter().zip(0..) {
        let (left, from) =
            (f64::from(place) + 0.15, if step.is_level { low.max(0.0) } else { step.from as f64 });
        let corners = [(left, from), (left + 0.7, step.to as f64)];
        chart.draw_series([Rectangle::new(corners, colour(step).filled())])?;
        let top = from.max(step.to as f64);
        let above = (FONT, 14).into_text_style(&area).pos(Pos::new(HPos::Center, VPos::Bottom));
        chart.draw_series([Text::new(amount(step, currency), (left + 0.35, top), above)])?;
        let below = (FONT, 14).into_text_style(&area).pos(Pos::new(HPos::Center, VPos::Top));
        let text = step.label.get(language).to_owned();
        let (x, y) = chart.backend_coord(&(left + 0.35, low));
        area.draw(&Text::new(text, (x, y + 10), below))?;
    }
    area.present()?;
    Ok(())
}

fn colour(step: &Step) -> RGBColor {
    match (step.is_level, step.amount() < 0) {
        (true, _) => LEVEL,
        (false, false) => GAIN,
        (false, true) => LOSS,
    }
}
