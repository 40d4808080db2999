//! Native charts: the waterfall of the change, and GMV and its factors over the last periods.

use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFont, ChartFormat, ChartLine, ChartLineDashType, ChartMarker,
    ChartMarkerType, ChartSeries, ChartSolidFill, ChartType, ObjectMovement,
};

use super::super::Report;
use super::super::html::factors;
use super::super::words::Words;
use super::change::{self, WATERFALL};
use super::pages::Page;
use super::pen::{BLUE, GREY, ORANGE, PALE_BLUE, signed};
use super::selection::column;
use crate::calendar::PeriodKind;
use crate::factor::Factor;
use crate::present::model::{Column, Unit, Values};
use crate::present::waterfall;
use crate::present::xlsx::formats;

/// So many dates have room below a line.
const LABELS: u32 = 7;

/// The faint lines behind charts.
const GRID: u32 = 0x00E3_E6EA;

/// The way from GMV before to GMV after; `None` without a period before.
#[must_use]
pub fn way(report: &Report, words: Words) -> Option<Chart> {
    let last = WATERFALL + u32::try_from(report.steps.len().checked_sub(1)?).ok()?;
    let sheet = change::name(words);
    let whole = whole_money(&report.currency);
    let mut chart = Chart::new(ChartType::ColumnStacked);
    let mut series = |at: u16, fill: Option<u32>, label: Option<String>| {
        let mut series = ChartSeries::new();
        series
            .set_categories((sheet, WATERFALL, 0, last, 0))
            .set_values((sheet, WATERFALL, at, last, at))
            .set_name((sheet, WATERFALL - 1, at))
            .set_gap(40)
            .set_overlap(100);
        let mut format = ChartFormat::new();
        match fill {
            Some(color) => format.set_solid_fill(ChartSolidFill::new().set_color(color)),
            None => format.set_no_fill(),
        };
        series.set_format(&mut format);
        if let Some(label) = label {
            let mut shown = ChartDataLabel::new();
            shown.show_value().set_num_format(label).set_font(&small());
            series.set_data_label(&shown);
        }
        chart.push_series(&series);
    };
    series(2, None, None);
    series(3, Some(GREY), Some(whole.clone()));
    series(4, Some(PALE_BLUE), Some(format!("+{whole}")));
    series(5, Some(super::pen::PALE_ORANGE), Some(format!("-{whole}")));
    if report.steps.iter().any(|step| change::bar(step)[2] != 0) {
        series(6, Some(ORANGE), None);
    }
    chart.title().set_name(words.say("From GMV before to GMV now", "从前期 GMV 到本期 GMV"));
    let (low, _) = waterfall::axis(&report.steps);
    if low > 0.0 {
        chart.y_axis().set_min(round_down(low / 100.0));
    }
    let cut = words.say("GMV (axis not from zero)", "GMV（纵轴不从零开始）");
    chart.y_axis().set_num_format(&whole).set_name(if low > 0.0 { cut } else { "GMV" });
    chart.x_axis().set_font(&small());
    Some(dressed(chart, words.say("What each factor did to GMV", "各因素对 GMV 的影响")))
}

/// The largest number of two digits that is not above.
fn round_down(number: f64) -> f64 {
    let size = 10.0_f64.powf(number.log10().floor() - 1.0);
    (number / size).floor() * size
}

/// The columns that have a chart, and what they are called.
#[must_use]
pub fn figures(words: Words) -> Vec<(&'static str, &'static str)> {
    let factors = Factor::ALL.map(|factor| (factor.name(), factors::name(factor, words)));
    std::iter::once(("gmv", "GMV")).chain(factors).collect()
}

/// One column over the last periods, with its interval; `None` where it is not on the sheet of periods.
#[must_use]
pub fn trend(report: &Report, words: Words, page: &Page, (name, called): (&str, &str)) -> Option<Chart> {
    let rows = u32::try_from(page.document.rows()).ok().filter(|rows| *rows > 0)?;
    let shown = u32::try_from(report.trend.max(2)).unwrap_or(u32::MAX);
    let first = rows.saturating_sub(shown) + 1;
    let (period, _) = column(&page.document, "period")?;
    let (at, shown) = column(&page.document, name)?;
    let mut chart = Chart::new_line();
    let mut series = |at: u16, name: &str, line: &ChartLine, has_marker: bool| {
        // Added first, since the library takes the marks from what is added whole.
        let series = chart.add_series();
        series
            .set_categories((page.name, first, period, rows, period))
            .set_values((page.name, first, at, rows, at))
            .set_name(name)
            .set_format(ChartFormat::new().set_line(line));
        let mut marker = ChartMarker::new();
        if has_marker {
            marker
                .set_type(ChartMarkerType::Circle)
                .set_size(5)
                .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(BLUE)));
        } else {
            marker.set_none();
        }
        series.set_marker(&marker);
    };
    for (end, word) in [("lo", words.say("at least", "下限")), ("hi", words.say("at most", "上限"))] {
        if let Some((at, _)) = column(&page.document, &format!("{name}_{end}")) {
            let line =
                ChartLine::new().set_color(GREY).set_width(1).set_dash_type(ChartLineDashType::Dash).clone();
            series(at, word, &line, false);
        }
    }
    let line = ChartLine::new().set_color(BLUE).set_width(2.25).clone();
    series(at, called, &line, true);
    let unit = unit(shown, words);
    chart.title().set_name(&format!("{called}{unit}"));
    let format = axis_format(shown, &report.currency);
    chart.y_axis().set_num_format(format);
    let every = u16::try_from((rows + 1 - first).div_ceil(LABELS)).unwrap_or(u16::MAX);
    let dates = chart.x_axis().set_text_axis(true).set_num_format(dates(report.kind)).set_font(&small());
    dates.set_label_interval(every).set_tick_interval(every);
    Some(dressed(chart, called))
}

/// How the first days of periods are written.
fn dates(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Day | PeriodKind::Week | PeriodKind::All => "mm-dd",
        PeriodKind::Month | PeriodKind::Quarter => "yyyy-mm",
        PeriodKind::Year => "yyyy",
    }
}

/// The unit that a title names.
fn unit(column: &Column, words: Words) -> &'static str {
    match column.unit {
        Unit::HoursPerViewer | Unit::Hours => words.say(" (hours)", "（小时）"),
        _ => "",
    }
}

fn axis_format(column: &Column, currency: &str) -> String {
    match (&column.values, column.unit) {
        (Values::Money(_), _) => whole_money(currency),
        (_, Unit::Currency) => formats::number_format(&column.values, column.unit, currency).usual,
        (Values::Count(_) | Values::Wide(_), _) => "#,##0".to_owned(),
        _ => "0.00".to_owned(),
    }
}

/// Money without its cents.
#[must_use]
pub fn whole_money(currency: &str) -> String {
    format!("{}#,##0", formats::quoted(currency))
}

/// The same with a sign also where it is gained.
#[must_use]
pub fn whole_signed_money(currency: &str) -> String {
    signed(&whole_money(currency))
}

fn small() -> ChartFont {
    let mut font = ChartFont::new();
    font.set_size(8);
    font
}

/// What all charts have: a plain look, no legend where one line stands for itself, and words for who cannot see it.
fn dressed(mut chart: Chart, says: &str) -> Chart {
    let mut title = ChartFont::new();
    title.set_size(12).set_bold();
    chart.title().set_font(&title);
    chart.legend().set_hidden();
    chart.y_axis().set_major_gridlines_line(ChartLine::new().set_color(GRID)).set_font(&small());
    chart.set_object_movement(ObjectMovement::DontMoveOrSizeWithCells);
    // Ends of intervals stand in columns that are folded away.
    chart.show_hidden_data();
    chart.set_alt_text(says);
    chart
}
