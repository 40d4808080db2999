//! The headline, the five factors, and the way from GMV before to GMV after.

use super::super::cells::{Source, Value};
use super::super::words::{Verdict, Words};
use super::super::{Report, tables};
use super::pictures::{Bar, diverging, waterfall};
use super::table::{Cell, Head, Line, TableView, range};
use crate::change::Effect;
use crate::factor::Factor;
use crate::present::text::{money, shown, signed_money};

/// A factor as a person calls it.
#[must_use]
pub fn name(factor: Factor, words: Words) -> &'static str {
    let (en, zh) = match factor {
        Factor::UniqueViewers => ("Unique viewers", "观众数 UV"),
        Factor::WatchTime => ("Watch time per viewer", "人均观看时长"),
        Factor::Conversion => ("Buyers per watch hour", "单位时长转化"),
        Factor::OrderValue => ("GMV per order", "笔单价"),
        Factor::Repurchase => ("Orders per buyer", "复购频次"),
    };
    words.say(en, zh)
}

/// The figures that the page begins with.
pub struct Headline {
    /// The table that they are of, and its row.
    pub table: &'static str,
    /// The row.
    pub row: usize,
    /// GMV of the period.
    pub gmv: Value,
    /// All counted money, where it is another sum.
    pub total: Option<Value>,
    /// What became of it; `None` without a period before.
    pub change: Option<HeadChange>,
    /// What each factor did, the largest first; empty without a period before.
    pub effects: Vec<EffectBar>,
    /// Where zero is among the bars.
    pub zero: String,
}

/// What became of GMV.
pub struct HeadChange {
    /// By how much.
    pub amount: Value,
    /// The same in hundredths.
    pub ratio: Value,
    /// GMV before.
    pub before: Value,
    /// From where to where the change lies.
    pub range: Option<(Value, Value)>,
    /// How sure it is.
    pub verdict: Verdict,
}

/// What one factor did.
pub struct EffectBar {
    /// Its name.
    pub name: &'static str,
    /// Its effect on GMV.
    pub value: Value,
    /// The factor itself, as a change in hundredths.
    pub ratio: Value,
    /// The bar.
    pub bar: Bar,
    /// How sure it is.
    pub verdict: Verdict,
}

/// The figures that the page begins with; `None` where there is nothing at all.
#[must_use]
pub fn headline(report: &Report, words: Words) -> Option<Headline> {
    let Some(source) = Source::of(report, tables::CHANGE) else {
        let source = Source::of(report, tables::TOTALS)?;
        let row = source.of_period(report.period.first).next()?;
        let (gmv, total) = (source.value("gmv", row), source.value("gmv_total", row));
        let total = (total.machine.is_some() && total.machine != gmv.machine).then_some(total);
        return Some(Headline {
            table: tables::TOTALS,
            row,
            gmv,
            total,
            change: None,
            effects: Vec::new(),
            zero: String::new(),
        });
    };
    let (gmv, total) = (source.value("gmv_after", 0), source.value("gmv_total_after", 0));
    let total = (total.machine.is_some() && total.machine != gmv.machine).then_some(total);
    let amount = source.signed("gmv_change", 0);
    let change = amount.machine.is_some().then(|| HeadChange {
        ratio: ratio(&source, "gmv_ratio"),
        before: source.value("gmv_before", 0),
        range: range(&source, "gmv_change", 0, true),
        verdict: verdict(&source, "gmv_change", words),
        amount,
    });
    let (effects, zero) = effects(&source, words);
    Some(Headline { table: tables::CHANGE, row: 0, gmv, total, change, effects, zero })
}

fn verdict(source: &Source<'_>, name: &str, words: Words) -> Verdict {
    let flag = |end: &str| source.flag(&format!("{name}_{end}"), 0);
    words.verdict(flag("beyond_sampling"), flag("unusual"))
}

fn ratio(source: &Source<'_>, name: &str) -> Value {
    source.value(name, 0).changed_by(source.number(name, 0))
}

/// What each factor did, the largest first, and where zero is.
fn effects(source: &Source<'_>, words: Words) -> (Vec<EffectBar>, String) {
    let mut known: Vec<(Factor, f64)> = Factor::ALL
        .into_iter()
        .filter_map(|factor| Some((factor, source.number(Effect::of(factor).name(), 0)?)))
        .collect();
    known.sort_by(|(_, one), (_, other)| other.abs().total_cmp(&one.abs()));
    let sizes: Vec<f64> = known.iter().map(|(_, size)| *size).collect();
    let (bars, zero) = diverging(&sizes);
    let effect = |((factor, _), bar): ((Factor, f64), Bar)| {
        let effect = Effect::of(factor).name();
        EffectBar {
            name: name(factor, words),
            value: source.signed(effect, 0),
            ratio: ratio(source, &format!("{}_ratio", factor.name())),
            verdict: verdict(source, effect, words),
            bar,
        }
    };
    (known.into_iter().zip(bars).map(effect).collect(), zero)
}

/// GMV and its five factors before and after, and what each did.
#[must_use]
pub fn table(report: &Report, words: Words) -> Option<TableView> {
    let source = Source::of(report, tables::CHANGE)?;
    let caption = words.say("GMV and its five factors, before and after", "GMV 与五个因素：前期与本期");
    let mut view = TableView::new(tables::CHANGE, caption, words);
    let heads = [
        ("", "", false),
        ("before", "前期", true),
        ("after", "本期", true),
        ("change", "变化", true),
        ("effect on GMV", "对 GMV 的影响", true),
        ("how sure", "确定程度", false),
    ];
    view.heads = heads.map(|(en, zh, number)| Head::new(words.say(en, zh), number)).into();
    view.lines.push(line(&source, "GMV", ["gmv_before", "gmv_after", "gmv_ratio", "gmv_change"], words));
    for factor in Factor::ALL {
        let column = factor.name();
        let [before, after, change] = ["before", "after", "ratio"].map(|end| format!("{column}_{end}"));
        let effect = Effect::of(factor).name();
        view.lines.push(line(&source, name(factor, words), [&before, &after, &change, effect], words));
    }
    view.class = "roomy";
    Some(view)
}

fn line(source: &Source<'_>, name: &str, [before, after, change, effect]: [&str; 4], words: Words) -> Line {
    let row = Some(0);
    let plain = |name: &str| Cell::Number { value: source.value(name, 0), range: None, class: "n", row };
    let judged = verdict(source, effect, words);
    let value = source.signed(effect, 0);
    let mark =
        Value { text: judged.text.to_owned(), ..source.value(&format!("{effect}_beyond_sampling"), 0) };
    let cells = vec![
        Cell::Text(name.to_owned()),
        plain(before),
        plain(after),
        Cell::Number { value: ratio(source, change), range: None, class: "n", row },
        Cell::Number { class: value.tone(), value, range: range(source, effect, 0, true), row },
        Cell::Mark(mark, judged.kind),
    ];
    Line { row, class: "", cells }
}

/// One bar of the way from GMV before to GMV after.
pub struct WaterfallBar {
    /// What it is.
    pub label: String,
    /// The level, or the change.
    pub amount: String,
    /// Its place.
    pub bar: Bar,
    /// `level`, `up`, `down`, or nothing.
    pub class: &'static str,
    /// Where it stands from the top.
    pub y: usize,
}

/// The picture of the change.
pub struct Waterfall {
    /// The bars.
    pub bars: Vec<WaterfallBar>,
    /// Its height.
    pub height: usize,
    /// Where bars begin, where that is not zero.
    pub from: Option<String>,
    /// What it says.
    pub says: String,
}

/// The picture of the change; `None` without a period before.
#[must_use]
pub fn picture(report: &Report, words: Words) -> Option<Waterfall> {
    const ROW: usize = 42;
    let (steps, currency) = (&report.steps, report.currency.as_str());
    let amount = |amount: i128, is_level| {
        if is_level { money(amount, currency) } else { signed_money(amount, currency) }.replacen('-', "−", 1)
    };
    let bars: Vec<WaterfallBar> = steps
        .iter()
        .zip(waterfall(steps))
        .enumerate()
        .map(|(at, (step, bar))| WaterfallBar {
            label: shown(step.label.get(words.language)).into_owned(),
            amount: amount(step.amount(), step.is_level),
            class: match (step.is_level, step.amount().signum()) {
                (true, _) => "level",
                (false, 1) => "up",
                (false, -1) => "down",
                _ => "",
            },
            bar,
            y: at * ROW,
        })
        .collect();
    let says: Vec<String> = bars.iter().map(|bar| format!("{} {}", bar.label, bar.amount)).collect();
    let (low, _) = crate::present::waterfall::axis(steps);
    let from = (low > 0.0).then(|| amount(low as i128, true));
    (!bars.is_empty()).then(|| Waterfall {
        height: bars.len() * ROW,
        says: says.join(words.say("; ", "；")),
        from,
        bars,
    })
}
