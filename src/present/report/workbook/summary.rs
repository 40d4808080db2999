//! The first sheet: what happened, what did it, how sure that is, what to look at; then the pictures.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, XlsxError};

use super::super::cells::Source;
use super::super::html::outlook;
use super::super::html::table::{Cell, streamer};
use super::super::tables;
use super::change::{self, WIDTHS};
use super::charts;
use super::decoration::signed_bar;
use super::pages::Page;
use super::pen::{DIM, NAVY, ORANGE, Pen, signed};
use crate::present::xlsx::{formats, sheet};

/// The last column of paragraphs.
const LAST: u16 = 7;

/// So many rows of headroom are named.
const ROOM: usize = 5;

/// The rows that the waterfall takes, and those that a line takes: all pictures together fill a page as wide as the table.
const ROWS: [u32; 2] = [12, 11];

/// So many lines are beside each other.
const BESIDE: u32 = 3;

/// The height of a row in pixels.
const ROW: u32 = 20;

/// Writes the sheet.
///
/// # Errors
/// When the library refuses.
pub fn write(pen: &mut Pen<'_>, pages: &[Page]) -> Result<(), XlsxError> {
    pen.widths(&WIDTHS)?;
    pen.sheet.set_screen_gridlines(false);
    head(pen)?;
    figures(pen)?;
    let report = pen.report;
    if !report.narrative.trim().is_empty() {
        pen.title(pen.words.say("What happened", "发生了什么"))?;
        pen.paragraph(&report.narrative, (LAST, width()), &formats::text())?;
    }
    effects(pen)?;
    looks(pen)?;
    headroom(pen)?;
    if !report.slices.trim().is_empty() {
        pen.title(pen.words.say("Slices", "切片"))?;
        pen.paragraph(&report.slices, (LAST, width()), &formats::text())?;
    }
    pictures(pen, pages)?;
    sheet::page(pen.sheet);
    pen.sheet.set_margins(0.5, 0.5, 0.5, 0.6, 0.3, 0.3);
    Ok(())
}

/// The width of a paragraph.
fn width() -> usize {
    WIDTHS.iter().map(|width| usize::from(*width)).sum()
}

/// The title, the period, and the one that it is compared with.
fn head(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let (report, words) = (pen.report, pen.words);
    let title = report.title.as_deref().unwrap_or_else(|| words.title(report.kind));
    let format = formats::text().set_bold().set_font_size(18).set_font_color(NAVY);
    pen.sheet.set_row_height(0, 27)?;
    pen.text((0, 0), title, &format)?;
    let period = words.range(report.period);
    let line = report.before.map_or_else(
        || format!("{period} · {}", words.say("the first period of the data", "数据的第一个周期")),
        |before| format!("{period} · {} {}", words.say("compared with", "对比"), words.range(before)),
    );
    pen.text((1, 0), &line, &formats::text().set_font_size(12).set_font_color(DIM))?;
    pen.row = 3;
    Ok(())
}

/// The figures that come first, in large letters below what they are.
fn figures(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let (words, report) = (pen.words, pen.report);
    let large = |format: &str| {
        let format = Format::new().set_num_format(format).set_bold().set_font_size(16);
        format.set_align(FormatAlign::Left).set_border_bottom(FormatBorder::Thin)
    };
    let (money, change) =
        (charts::whole_money(&report.currency), charts::whole_signed_money(&report.currency));
    let of_change = Source::of(report, tables::CHANGE);
    let totals = Source::of(report, tables::TOTALS);
    let row = totals.as_ref().and_then(|totals| totals.of_period(report.period.first).next());
    let of_totals = |name: &str| totals.as_ref()?.number(name, row?);
    let of = |name: &str| of_change.as_ref()?.number(name, 0);
    let total = of_totals("gmv_total").filter(|total| Some(*total) != of_totals("gmv"));
    let tiles = [
        (0, 0, "GMV", of_totals("gmv"), &money),
        (1, 2, words.say("change", "变化"), of("gmv_change"), &change),
        (3, 3, words.say("in %", "变化率"), of("gmv_ratio").map(|ratio| ratio - 1.0), &signed("0.0%")),
        (4, 5, words.say("with GMV off live", "含非直播的总 GMV"), total, &money),
    ];
    pen.sheet.set_row_height(pen.row + 1, 24)?;
    let dim = formats::text().set_font_color(DIM);
    for (first, last, name, value, format) in tiles {
        let Some(value) = value else { continue };
        pen.text((pen.row, first), name, &dim)?;
        let format = large(format);
        if last > first {
            pen.sheet.merge_range(pen.row + 1, first, pen.row + 1, last, "", &format)?;
        }
        pen.number((pen.row + 1, first), value, &format)?;
    }
    if let Some(source) = &of_change {
        let flag = |end: &str| source.flag(&format!("gmv_change_{end}"), 0);
        let verdict = words.verdict(flag("beyond_sampling"), flag("unusual"));
        pen.text((pen.row, 6), words.say("how sure the change is", "变化的确定程度"), &dim)?;
        let format = large("@").set_font_size(13).set_font_color(NAVY);
        pen.sheet.merge_range(pen.row + 1, 6, pen.row + 1, LAST, "", &format)?;
        pen.text((pen.row + 1, 6), verdict.text, &format)?;
    }
    pen.row += 2;
    Ok(())
}

/// The five factors: what they were and are, what each did, and how sure that is.
fn effects(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let Some(source) = Source::of(pen.report, tables::CHANGE) else { return Ok(()) };
    pen.title(pen.words.say("What did it, and how sure that is", "原因与确定程度"))?;
    let lines = change::lines(pen.words);
    change::table(pen, &lines)?;
    let effects = crate::factor::Factor::ALL.map(|factor| crate::change::Effect::of(factor).name());
    let sizes = effects.iter().filter_map(|effect| source.number(effect, 0));
    let largest = sizes.map(f64::abs).fold(0.0, f64::max);
    if largest > 0.0 {
        let bar = signed_bar(largest);
        pen.sheet.add_conditional_format(pen.row - 5, 4, pen.row - 1, 4, &bar)?;
    }
    Ok(())
}

/// What deserves a look, and the alerts that fired.
fn looks(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let (report, words) = (pen.report, pen.words);
    let looks = outlook::looks(report, words);
    pen.title(words.say("What to look at", "需要关注"))?;
    if looks.is_empty() {
        pen.paragraph(
            words.say(
                "Nothing stands out: no alert, no warning, no unusual change.",
                "无异常：没有告警、警告或异常变化。",
            ),
            (LAST, width()),
            &formats::text(),
        )?;
    }
    for look in looks {
        let text = format!("• {}{}{}", look.before, look.name, look.after);
        let format = if look.kind == "bad" || look.kind == "warn" {
            formats::text().set_bold().set_font_color(ORANGE)
        } else {
            formats::text()
        };
        pen.paragraph(&text, (LAST, width()), &format)?;
        if look.place == "quality" && look.kind == "warn" {
            for warning in &report.warnings {
                let format = formats::text().set_indent(2);
                pen.paragraph(&format!("    {warning}"), (LAST, width()), &format)?;
            }
        }
    }
    Ok(())
}

/// The largest headroom.
fn headroom(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let report = pen.report;
    let (Some(source), Some(document)) =
        (Source::of(report, tables::HEADROOM), report.table(tables::HEADROOM))
    else {
        return Ok(());
    };
    let gain = |row: &usize| source.number("gain", *row).unwrap_or_default();
    let mut rows: Vec<usize> = (0..source.rows()).filter(|row| gain(row) > 0.0).collect();
    rows.sort_by(|one, other| gain(other).total_cmp(&gain(one)));
    if rows.is_empty() {
        return Ok(());
    }
    let words = pen.words;
    pen.title(words.say("What to do: the largest headroom", "可做之事：最大的提升空间"))?;
    let level = change::level(pen);
    let (low, high) = (
        words.say("at least ", "下限 ").to_owned() + &level,
        words.say("at most ", "上限 ").to_owned() + &level,
    );
    pen.header(&[
        (words.say("streamer", "主播"), false),
        (words.say("lever", "抓手"), false),
        ("", false),
        ("", false),
        (words.say("GMV to gain", "可增 GMV"), true),
        (&low, true),
        (&high, true),
        (words.say("more than noise", "超出噪声"), false),
    ])?;
    let money = pen.signed_money();
    for row in rows.into_iter().take(ROOM) {
        if let Cell::Name { name, .. } = streamer(&source, row) {
            pen.text((pen.row, 0), &name, &formats::text())?;
        }
        let by = words.lever(source.raw("lever", row).unwrap_or_default());
        pen.text((pen.row, 1), &by, &formats::text().set_indent(1))?;
        for (name, at) in [("gain", 4), ("gain_lo", 5), ("gain_hi", 6)] {
            pen.value((pen.row, at), document, (name, row), |format| format.set_num_format(&money))?;
        }
        let sure = match source.flag("beyond_noise", row) {
            Some(true) => words.say("yes", "是"),
            Some(false) => words.say("no: may be chance", "否，可能是偶然"),
            None => words.say("not known", "未知"),
        };
        pen.text((pen.row, 7), sure, &formats::text().set_indent(1).set_align(FormatAlign::Left))?;
        pen.row += 1;
    }
    Ok(())
}

/// The charts: the waterfall over all columns, and lines beside each other below it.
fn pictures(pen: &mut Pen<'_>, pages: &[Page]) -> Result<(), XlsxError> {
    let (report, words) = (pen.report, pen.words);
    pen.sheet.set_page_breaks(&[pen.row + 1])?;
    pen.title(words.say("In pictures", "图示"))?;
    // The columns take seven pixels for each place, and five more.
    let pixels: u32 = WIDTHS.iter().map(|width| u32::from(*width) * 7 + 5).sum();
    let [rows_of_way, rows] = ROWS;
    if let Some(mut chart) = charts::way(report, words) {
        chart.set_width(pixels - 8).set_height(rows_of_way * ROW - 8);
        pen.sheet.insert_chart_with_offset(pen.row, 0, &chart, 0, 4)?;
        pen.row += rows_of_way;
    }
    let Some(page) = super::page(pages, tables::TOTALS) else { return Ok(()) };
    let width = pixels / BESIDE;
    let figures = charts::figures(words);
    let trends = figures.into_iter().filter_map(|figure| charts::trend(report, words, page, figure));
    let mut place = 0;
    for mut chart in trends {
        chart.set_width(width - 8).set_height(rows * ROW - 8);
        let (down, right) = (place / BESIDE, place % BESIDE);
        pen.sheet.insert_chart_with_offset(pen.row + down * rows, 0, &chart, right * width, 4)?;
        place += 1;
    }
    pen.row += place.div_ceil(BESIDE) * rows;
    let note = words.say(
        "Lines are the values of the sheet Periods; dashed lines are the ends of their intervals.",
        "折线取自“各周期”表；虚线为区间的上下限。",
    );
    pen.text((pen.row, 0), note, &formats::text().set_font_color(DIM))
}
