//! The way from GMV before to GMV after, as bars: in a terminal, and as a picture for slides.

mod picture;

use std::io::Write;

use unicode_width::UnicodeWidthStr;

use super::compare::{Change, effect_heading};
use super::error::PresentError;
use super::format::Signs;
use super::model::{Language, Phrase};
use super::text::{money, shown, signed_money};
use crate::change::Effect;
use crate::factor::Factor;

pub use picture::svg;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub label: Phrase,
    /// Whether it is a level, not a change.
    pub is_level: bool,
    /// Where it begins and ends, in minor units; a level begins at zero.
    pub from: i128,
    /// Where it ends.
    pub to: i128,
}

impl Step {
    /// What is written beside it: the level, or the change.
    #[must_use]
    pub fn amount(&self) -> i128 {
        self.to - self.from
    }
}

/// GMV of all rows before, the effects of the factors, and GMV after.
#[must_use]
pub fn steps(change: &Change<'_>) -> Vec<Step> {
    let level = |side: usize| change.total(|row| row.gmv()[side]).unwrap_or_default();
    let dated = |side: usize| {
        let label = format!("GMV {}", change.span(side));
        Phrase::new(label.clone(), label)
    };
    let mut steps = vec![Step { label: dated(0), is_level: true, from: 0, to: level(0) }];
    let mut reached = level(0);
    for effect in Factor::ALL.map(Effect::of) {
        // An effect that cannot be known is part of another one.
        let Some(size) = change.total(|row| row.effects[effect]) else { continue };
        let (en, zh) = effect_heading(effect);
        let label = Phrase::new(en, zh);
        steps.push(Step { label, is_level: false, from: reached, to: reached + size });
        reached += size;
    }
    steps.push(Step { label: dated(1), is_level: true, from: 0, to: level(1) });
    steps
}

/// From where to where bars are drawn: from zero, or from near the lowest one where changes would be too small to see.
#[must_use]
pub fn axis(steps: &[Step]) -> (f64, f64) {
    let reached = || steps.iter().map(|step| step.to as f64);
    let (low, high) = (reached().fold(f64::INFINITY, f64::min), reached().fold(f64::NEG_INFINITY, f64::max));
    let (low, high) = (low.min(high), high.max(0.0));
    if low > 0.5 * high { (low - (high - low).max(0.02 * high) * 0.5, high) } else { (low.min(0.0), high) }
}

/// How bars are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    /// The language of labels.
    pub language: Language,
    /// The width of the terminal; `None` is as a page.
    pub width: Option<usize>,
    /// What bars are drawn of.
    pub signs: Signs,
    /// The currency sign.
    pub currency: &'a str,
}

/// Bars for a terminal: levels solid, gains and losses in their own patterns.
///
/// # Errors
/// When writing fails.
pub fn draw(steps: &[Step], drawing: Drawing<'_>, out: &mut dyn Write) -> Result<(), PresentError> {
    const LEAST: usize = 10;
    const PAGE: usize = 100;
    let labels: Vec<String> =
        steps.iter().map(|step| shown(step.label.get(drawing.language)).into_owned()).collect();
    let amounts: Vec<String> = steps.iter().map(|step| amount(step, drawing.currency)).collect();
    let widest = |texts: &[String]| texts.iter().map(|text| text.width()).max().unwrap_or_default();
    let (label_width, amount_width) = (widest(&labels), widest(&amounts));
    let room = drawing.width.unwrap_or(PAGE).min(PAGE).saturating_sub(label_width + amount_width + 4);
    let room = room.max(LEAST);
    let (low, high) = axis(steps);
    let place = |value: i128| {
        let share = if high > low { (value as f64 - low) / (high - low) } else { 0.0 };
        (share * room as f64).round().clamp(0.0, room as f64) as usize
    };
    for ((step, label), amount) in steps.iter().zip(&labels).zip(&amounts) {
        let from = if step.is_level { place(0) } else { place(step.from) };
        let (start, end) = (from.min(place(step.to)), from.max(place(step.to)));
        // What changed a little is still seen.
        let start = if start == end && step.amount() != 0 { start.min(room - 1) } else { start };
        let end = if step.amount() == 0 { end } else { end.max(start + 1) };
        let sign = sign(step, drawing.signs).to_string();
        let bar = format!("{}{}", " ".repeat(start), sign.repeat(end - start));
        let label_gap = " ".repeat(label_width - label.width());
        let gap = " ".repeat(amount_width - amount.width());
        writeln!(out, "{}", format!("{label}{label_gap}  {gap}{amount}  {bar}").trim_end())?;
    }
    if low > 0.0 {
        let from = money(low as i128, drawing.currency);
        let text = match drawing.language {
            Language::English => format!("Bars begin at {from}."),
            Language::Chinese => format!("条形自 {from} 起。"),
        };
        writeln!(out, "{text}")?;
    }
    Ok(())
}

fn sign(step: &Step, signs: Signs) -> char {
    match (step.is_level, step.amount() < 0, signs == Signs::Ascii) {
        (true, _, false) => '█',
        (false, false, false) => '▓',
        (false, true, false) => '░',
        (true, _, true) => '#',
        (false, false, true) => '+',
        (false, true, true) => '-',
    }
}

/// `¥1,234.50`, `+¥12.00`, `-¥12.00`.
fn amount(step: &Step, currency: &str) -> String {
    if step.is_level { money(step.amount(), currency) } else { signed_money(step.amount(), currency) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Vec<Step> {
        let mut steps =
            vec![Step { label: Phrase::new("before", "前"), is_level: true, from: 0, to: 1_000_000 }];
        let mut reached = 1_000_000;
        for (name, size) in [("by UV", 200_000), ("by conversion", -350_000), ("by AOV", 0), ("by <x>", 1)] {
            steps.push(Step {
                label: Phrase::new(name, name),
                is_level: false,
                from: reached,
                to: reached + size,
            });
            reached += size;
        }
        steps.push(Step { label: Phrase::new("after", "后"), is_level: true, from: 0, to: reached });
        steps
    }

    fn drawn(width: usize, signs: Signs) -> String {
        let drawing = Drawing { language: Language::English, width: Some(width), signs, currency: "¥" };
        let mut out = Vec::new();
        draw(&example(), drawing, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn bars_begin_where_the_one_before_ends() {
        insta::assert_snapshot!(drawn(60, Signs::Ascii), @r#"
        before         ¥10,000.00  ####################
        by UV          +¥2,000.00                      +++++++++++++
        by conversion  -¥3,500.00             ----------------------
        by AOV              ¥0.00
        by <x>             +¥0.01             +
        after           ¥8,500.01  ###########
        Bars begin at ¥6,750.00.
        "#);
        insta::assert_snapshot!(drawn(40, Signs::Unicode), @r#"
        before         ¥10,000.00  ████████
        by UV          +¥2,000.00          ▓▓▓▓▓
        by conversion  -¥3,500.00      ░░░░░░░░░
        by AOV              ¥0.00
        by <x>             +¥0.01      ▓
        after           ¥8,500.01  ████
        Bars begin at ¥6,750.00.
        "#);
    }

    #[test]
    fn a_line_is_never_wider_than_the_terminal() {
        for width in 38..120 {
            assert!(
                drawn(width, Signs::Unicode).lines().all(|line| line.width() <= width),
                "{width}\n{}",
                drawn(width, Signs::Unicode)
            );
        }
    }

    #[test]
    fn the_axis_begins_at_zero_unless_changes_would_vanish() {
        assert!(axis(&example()).0 > 0.0);
        let mut steps = example();
        steps[1].to = 100;
        assert_eq!(axis(&steps).0.to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn a_picture_is_svg_and_its_texts_are_escaped() {
        let picture = svg(&example(), Language::English, "<b>").unwrap();
        assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"), "{picture}");
        assert!(
            picture.contains("by &lt;x&gt;") && !picture.contains("<x>") && !picture.contains("<b>"),
            "{picture}"
        );
        assert!(picture.contains("10,000.00") && picture.contains("-&lt;b&gt;3,500.00"), "{picture}");
    }
}
