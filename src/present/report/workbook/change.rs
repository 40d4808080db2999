//! The sheet of the change: GMV and what each factor did to it, line by line, and the cells of which the waterfall is drawn.

use rust_xlsxwriter::{Format, FormatAlign, XlsxError};

use super::super::cells::Source;
use super::super::html::factors;
use super::super::tables;
use super::super::words::Words;
use super::charts;
use super::pen::{Pen, signed};
use super::selection::column;
use crate::change::Effect;
use crate::factor::Factor;
use crate::present::compare::effect_heading;
use crate::present::waterfall::Step;
use crate::present::xlsx::formats;

/// The name of the sheet.
#[must_use]
pub fn name(words: Words) -> &'static str {
    words.say("Change", "变化")
}

/// The first row of the cells of the waterfall, below its header.
pub const WATERFALL: u32 = 21;

/// The widths of the columns of a table of effects.
pub const WIDTHS: [u16; 8] = [30, 16, 16, 12, 17, 17, 17, 28];

/// The width of the chart in pixels.
const WIDE: u32 = 900;

/// One line of a table of effects: its name, and the columns of what it was before, is now, the ratio, and the effect.
#[derive(Debug, Clone)]
pub struct Line {
    name: &'static str,
    levels: Option<[String; 3]>,
    effect: &'static str,
    is_part: bool,
}

/// The lines of GMV and the five factors.
#[must_use]
pub fn lines(words: Words) -> Vec<Line> {
    let gmv = ["gmv_before", "gmv_after", "gmv_ratio"].map(str::to_owned);
    let gmv = Line { name: "GMV", levels: Some(gmv), effect: "gmv_change", is_part: false };
    let factor = |factor: Factor| Line {
        name: factors::name(factor, words),
        levels: Some(["before", "after", "ratio"].map(|end| format!("{}_{end}", factor.name()))),
        effect: Effect::of(factor).name(),
        is_part: false,
    };
    std::iter::once(gmv).chain(Factor::ALL.map(factor)).collect()
}

/// What the factors are divided into further, or are together.
fn finer(words: Words) -> Vec<Line> {
    let five = Factor::ALL.map(Effect::of);
    let others = Effect::ALL.into_iter().filter(|effect| *effect != Effect::Change && !five.contains(effect));
    let line = |effect: Effect| {
        let (en, zh) = effect_heading(effect);
        Line { name: words.say(en, zh), levels: None, effect: effect.name(), is_part: true }
    };
    others.map(line).collect()
}

/// Writes the sheet.
///
/// # Errors
/// When the library refuses.
pub fn write(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let words = pen.words;
    pen.widths(&WIDTHS)?;
    table(pen, &[lines(words), finer(words)].concat())?;
    pen.sheet.set_freeze_panes(1, 1)?;
    others(pen)?;
    waterfall(pen)?;
    crate::present::xlsx::sheet::page(pen.sheet);
    Ok(())
}

/// The table of effects, from the next free row on.
///
/// # Errors
/// When the library refuses.
pub fn table(pen: &mut Pen<'_>, lines: &[Line]) -> Result<(), XlsxError> {
    let words = pen.words;
    let level = level(pen);
    let (low, high) = (
        words.say("at least ", "下限 ").to_owned() + &level,
        words.say("at most ", "上限 ").to_owned() + &level,
    );
    pen.header(&[
        (words.say("factor", "因素"), false),
        (words.say("before", "前期"), true),
        (words.say("this period", "本期"), true),
        (words.say("change", "变化"), true),
        (words.say("effect on GMV", "对 GMV 的影响"), true),
        (&low, true),
        (&high, true),
        (words.say("how sure", "确定程度"), false),
    ])?;
    let Some(source) = Source::of(pen.report, tables::CHANGE) else { return Ok(()) };
    for line in lines.iter().filter(|line| !line.is_part || source.number(line.effect, 0).is_some()) {
        self::line(pen, &source, line)?;
    }
    Ok(())
}

/// The level of intervals: `(95 %)`.
#[must_use]
pub fn level(pen: &Pen<'_>) -> String {
    format!("({} %)", (pen.report.level.value() * 1_000.0).round() / 10.0)
}

fn line(pen: &mut Pen<'_>, source: &Source<'_>, line: &Line) -> Result<(), XlsxError> {
    let Some(document) = pen.report.table(tables::CHANGE) else { return Ok(()) };
    let (row, money) = (pen.row, pen.signed_money());
    let strong = |format: Format| if line.effect == "gmv_change" { format.set_bold() } else { format };
    let label = match &line.levels {
        Some([before, ..]) => column(document, before)
            .map_or_else(|| line.name.to_owned(), |(_, column)| heading(line.name, column.unit, pen.words)),
        None => line.name.to_owned(),
    };
    let label_format = formats::text().set_indent(u8::from(line.is_part));
    pen.text((row, 0), &label, &strong(label_format))?;
    if let Some([before, after, ratio]) = &line.levels {
        pen.value((row, 1), document, (before, 0), strong)?;
        pen.value((row, 2), document, (after, 0), strong)?;
        if let Some(ratio) = source.number(ratio, 0) {
            pen.number((row, 3), ratio - 1.0, &strong(Format::new().set_num_format(signed("0.0%"))))?;
        }
    }
    let signed = |format: Format| strong(format.set_num_format(&money));
    pen.value((row, 4), document, (line.effect, 0), signed)?;
    for (end, at) in [("lo", 5), ("hi", 6)] {
        pen.value((row, at), document, (&format!("{}_{end}", line.effect), 0), signed)?;
    }
    let flag = |end: &str| source.flag(&format!("{}_{end}", line.effect), 0);
    let verdict = pen.words.verdict(flag("beyond_sampling"), flag("unusual"));
    pen.text((row, 7), verdict.text, &strong(formats::text().set_indent(1).set_align(FormatAlign::Left)))?;
    pen.row += 1;
    Ok(())
}

/// A name with the unit that its cells do not show.
fn heading(name: &str, unit: crate::present::model::Unit, words: Words) -> String {
    formats::heading(&crate::present::model::Phrase::new(name, name), unit, words.language)
}

/// Money off live, and all counted money: before, after, change.
fn others(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let Some(document) = pen.report.table(tables::CHANGE) else { return Ok(()) };
    let (words, money) = (pen.words, pen.signed_money());
    let lines = [
        (words.say("GMV off live", "非直播 GMV"), None, "off_live_change"),
        (
            words.say("all counted money", "总 GMV"),
            Some(["gmv_total_before", "gmv_total_after"]),
            "gmv_total_change",
        ),
    ];
    pen.row += 1;
    for (name, levels, change) in lines {
        pen.text((pen.row, 0), name, &formats::text())?;
        for (level, at) in levels.into_iter().flatten().zip(1..) {
            pen.value((pen.row, at), document, (level, 0), |format| format)?;
        }
        pen.value((pen.row, 4), document, (change, 0), |format| format.set_num_format(&money))?;
        pen.row += 1;
    }
    Ok(())
}

/// The parts of one bar that a stacked chart is made of, in minor units: where it begins, what of it is above zero, and what below.
#[must_use]
pub fn bar(step: &Step) -> [i128; 3] {
    let (low, high) = (step.from.min(step.to), step.from.max(step.to));
    let base = if low > 0 {
        low
    } else if high < 0 {
        high
    } else {
        0
    };
    [base, high.max(0) - low.max(0), low.min(0) - high.min(0)]
}

/// Which of the kinds of bars a step is: a level, a gain or a loss.
#[must_use]
pub fn kind(step: &Step) -> u16 {
    match (step.is_level, step.amount() < 0) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 2,
    }
}

/// Writes the cells that the waterfall is drawn of: what it is, its amount, where its bar begins, and its bar among those of its kind.
fn waterfall(pen: &mut Pen<'_>) -> Result<(), XlsxError> {
    let words = pen.words;
    pen.row = WATERFALL - 3;
    pen.title(words.say("The waterfall: cells that the chart is drawn of", "瀑布图：绘图所用的单元格"))?;
    pen.row = WATERFALL - 1;
    let heads = [
        ("step", "步骤"),
        ("amount", "金额"),
        ("base", "起点"),
        ("level", "水平"),
        ("gain", "增加"),
        ("loss", "减少"),
        ("below zero", "零以下"),
    ];
    let heads: Vec<(&str, bool)> =
        heads.iter().enumerate().map(|(at, (en, zh))| (words.say(en, zh), at > 0)).collect();
    pen.header(&heads)?;
    let money = Format::new().set_num_format(pen.money());
    let report = pen.report;
    for step in &report.steps {
        let [base, above, below] = bar(step).map(|part| part as f64 / 100.0);
        pen.text((pen.row, 0), step.label.get(words.language), &formats::text())?;
        pen.number((pen.row, 1), step.amount() as f64 / 100.0, &money)?;
        pen.number((pen.row, 2), base, &money)?;
        if above != 0.0 {
            pen.number((pen.row, 3 + kind(step)), above, &money)?;
        }
        if below != 0.0 {
            pen.number((pen.row, 6), below, &money)?;
        }
        pen.row += 1;
    }
    if let Some(mut chart) = charts::way(report, words) {
        chart.set_width(WIDE).set_height(340);
        pen.sheet.insert_chart(pen.row + 1, 0, &chart)?;
    }
    Ok(())
}
