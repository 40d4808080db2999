//! The geometry of the still pictures: in hundredths of the width, so that texts keep their size on any screen.

use crate::present::waterfall::{Step, axis};

/// A bar from one place to another.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Where it begins, in hundredths of the width.
    pub x: String,
    /// Its width, in hundredths.
    pub width: String,
}

impl Bar {
    fn between(from: f64, to: f64) -> Self {
        let (left, right) = (from.min(to), from.max(to));
        // What is there at all is seen.
        let width = if from.total_cmp(&to).is_eq() { 0.0 } else { (right - left).max(0.4) };
        Self { x: hundredths(left.min(99.6)), width: hundredths(width) }
    }
}

fn hundredths(value: f64) -> String {
    format!("{value:.2}%")
}

/// The bars of a way from a level to another.
#[must_use]
pub fn waterfall(steps: &[Step]) -> Vec<Bar> {
    let (low, high) = axis(steps);
    let place = |value: f64| if high > low { (value - low) / (high - low) * 100.0 } else { 0.0 };
    let bar = |step: &Step| {
        // A level begins at zero, or where the axis does.
        let from = if step.is_level { low.max(0.0) } else { step.from as f64 };
        Bar::between(place(from), place(step.to as f64))
    };
    steps.iter().map(bar).collect()
}

/// Bars to both sides of a zero that all share, and where it is; intervals need no room.
#[must_use]
pub fn diverging(values: &[f64]) -> (Vec<Bar>, String) {
    let low = values.iter().copied().fold(0.0, f64::min);
    let high = values.iter().copied().fold(0.0, f64::max);
    let place = |value: f64| if high > low { (value - low) / (high - low) * 100.0 } else { 0.0 };
    let bars = values.iter().map(|value| Bar::between(place(0.0), place(*value))).collect();
    (bars, hundredths(place(0.0)))
}

/// A line over periods with the band of its interval, in a box of 300 by 80.
#[derive(Debug, Clone, Default)]
pub struct Spark {
    /// The points of each stretch without a gap.
    pub lines: Vec<String>,
    /// The corners of the band of each stretch.
    pub bands: Vec<String>,
}

/// One period of a line: its value, and its interval.
pub type Point = (Option<f64>, Option<(f64, f64)>);

/// The line of values.
#[must_use]
pub fn spark(points: &[Point]) -> Spark {
    const BOX: (f64, f64) = (300.0, 80.0);
    let ends = points.iter().flat_map(|(value, range)| {
        let (low, high) = range.map_or((None, None), |(low, high)| (Some(low), Some(high)));
        [*value, low, high].into_iter().flatten()
    });
    let (low, high) =
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let across = |at: usize| at as f64 / (points.len().max(2) - 1) as f64 * BOX.0;
    let up = |value: f64| {
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        4.0 + (1.0 - share) * (BOX.1 - 8.0)
    };
    let corner = |at: usize, value: f64| format!("{:.1},{:.1}", across(at), up(value));
    let mut spark = Spark::default();
    let indexed: Vec<(usize, Point)> = points.iter().copied().enumerate().collect();
    for stretch in indexed.split(|(_, (value, _))| value.is_none()).filter(|stretch| !stretch.is_empty()) {
        let line = stretch.iter().filter_map(|(at, (value, _))| Some(corner(*at, (*value)?)));
        spark.lines.push(line.collect::<Vec<_>>().join(" "));
        let there = || stretch.iter().filter_map(|(at, (_, range))| Some((*at, (*range)?)));
        let upper = there().map(|(at, (_, high))| corner(at, high));
        let lower = there().rev().map(|(at, (low, _))| corner(at, low));
        let band: Vec<String> = upper.chain(lower).collect();
        if band.len() > 2 {
            spark.bands.push(band.join(" "));
        }
    }
    spark
}

/// A share of the largest size in steps from -4 to 4, as a class: `h-3`, `h0`, `h4`.
#[must_use]
pub fn shade(value: f64, largest: f64) -> &'static str {
    const CLASSES: [&str; 9] = ["h-4", "h-3", "h-2", "h-1", "h0", "h1", "h2", "h3", "h4"];
    // The root makes middling effects visible beside one that is very large.
    let share = if largest > 0.0 { (value.abs() / largest).sqrt() * value.signum() } else { 0.0 };
    let at = (share * 4.0).round().clamp(-4.0, 4.0) + 4.0;
    CLASSES.get(at as usize).copied().unwrap_or("h0")
}

/// A part of a whole in steps from 0 to 8, as a class.
#[must_use]
pub fn depth(share: f64) -> &'static str {
    const CLASSES: [&str; 9] = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8"];
    CLASSES.get((share.clamp(0.0, 1.0).sqrt() * 8.0).round() as usize).copied().unwrap_or("d0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::model::Phrase;

    #[test]
    fn bars_begin_where_the_one_before_ends() {
        let step = |is_level, from, to| Step { label: Phrase::new("", ""), is_level, from, to };
        let steps = [step(true, 0, 100), step(false, 100, 20), step(false, 20, 20), step(true, 0, 20)];
        let bars = waterfall(&steps);
        let places: Vec<(&str, &str)> = bars.iter().map(|bar| (bar.x.as_str(), bar.width.as_str())).collect();
        assert_eq!(
            places,
            [("0.00%", "100.00%"), ("20.00%", "80.00%"), ("20.00%", "0.00%"), ("0.00%", "20.00%")]
        );
    }

    #[test]
    fn losses_go_to_the_left_of_zero() {
        let (bars, zero) = diverging(&[30.0, -10.0]);
        assert_eq!(zero, "25.00%");
        assert_eq!((bars[0].x.as_str(), bars[0].width.as_str()), ("25.00%", "75.00%"));
        assert_eq!((bars[1].x.as_str(), bars[1].width.as_str()), ("0.00%", "25.00%"));
        assert_eq!(diverging(&[0.0]).0[0].width, "0.00%");
    }

    #[test]
    fn a_gap_parts_a_line() {
        let spark = spark(&[
            (Some(1.0), Some((0.0, 2.0))),
            (Some(2.0), Some((1.0, 3.0))),
            (None, None),
            (Some(0.0), None),
        ]);
        assert_eq!(spark.lines, ["0.0,52.0 100.0,28.0", "300.0,76.0"]);
        assert_eq!(spark.bands, ["0.0,28.0 100.0,4.0 100.0,52.0 0.0,76.0"]);
        assert!(super::spark(&[(Some(5.0), None)]).lines[0].starts_with("0.0,40.0"));
    }

    #[test]
    fn shades_are_alike_for_gains_and_losses() {
        assert_eq!(
            [shade(-8.0, 8.0), shade(0.0, 8.0), shade(2.0, 8.0), shade(8.0, 8.0)],
            ["h-4", "h0", "h2", "h4"]
        );
        assert_eq!(shade(1.0, 0.0), "h0");
        assert_eq!([depth(0.0), depth(1.0), depth(7.0)], ["d0", "d8", "d8"]);
    }
}
