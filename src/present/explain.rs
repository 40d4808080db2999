//! The result of `gmv explain`: the slices that moved GMV, as a document and in words.

use std::sync::Arc;

use super::compare::notes::{partial_of, unknown_of};
use super::compare::{effect_heading, span, when};
use super::decompose::group_heading;
use super::model::{Column, Document, Language, Phrase, Unit, Values};
use super::text::{money, shown, signed_money};
use crate::change::explain::{Explanation, Found, LEAST_BUYERS, MOST, Measure};
use crate::change::yardstick::UNUSUAL;
use crate::change::{Asked, Effect, Pair};
use crate::engine::GroupColumn;
use crate::engine::cube::Cube;
use crate::engine::leaves::LeafPeriod;

/// An explanation, and what is to be said of it.
pub struct Told<'a> {
    /// The slices.
    pub cube: &'a Cube,
    /// The two periods.
    pub pair: Pair,
    /// How they were asked for.
    pub asked: Asked,
    /// The answer.
    pub explanation: &'a Explanation,
    /// The currency sign.
    pub currency: String,
    /// Whether a column is that of the buyers, whatever it is called.
    pub names_persons: bool,
}

impl Told<'_> {
    fn period(&self, side: usize) -> LeafPeriod {
        self.cube.periods[[self.pair.before, self.pair.after][side] as usize]
    }

    fn span(&self, side: usize) -> String {
        span(self.asked, self.period(side), side)
    }

    fn slices(&self) -> &[Found] {
        &self.explanation.slices
    }

    /// The name of a slice: `domain = public, streamer = Anna`.
    fn name(&self, found: &Found) -> String {
        let part = |&(at, code): &(usize, u32)| {
            let column = &self.cube.columns[at];
            format!("{} = {}", column.column.name(), column.values[code as usize])
        };
        found.slice.values.iter().map(part).collect::<Vec<_>>().join(", ")
    }

    /// The same with the streamer's name in the place of its id, for a person.
    fn label(&self, found: &Found, language: Language) -> String {
        let part = |&(at, code): &(usize, u32)| {
            let column = &self.cube.columns[at];
            let value = &column.values[code as usize];
            let name = self.cube.names.get(code as usize).and_then(Option::as_ref);
            match (&column.column, name) {
                (GroupColumn::Streamer, Some(name)) => name.to_string(),
                (GroupColumn::Streamer, None) => value.to_string(),
                (group, _) => {
                    let (en, zh) = group_heading(group);
                    format!("{} {value}", if language == Language::English { en } else { zh })
                }
            }
        };
        let parts: Vec<String> = found.slice.values.iter().map(part).collect();
        shown(&parts.join(" / ")).into_owned()
    }

    /// What is said where no slice stands out.
    fn nothing(&self) -> (&'static str, &'static str) {
        if self.explanation.has_yardstick {
            (
                "Nothing unusual: no slice moved otherwise than the rest by more than chance and habit.",
                "没有异常：没有切片的变化超出偶然与以往波动。",
            )
        } else {
            (
                "Nothing beyond chance: no slice moved otherwise than the rest by more than chance between persons.",
                "未超出偶然：没有切片的变化超出观众之间的随机性。",
            )
        }
    }

    /// What a slice did, in words.
    fn words(&self, found: &Found, language: Language) -> String {
        let change = found.reading.gmv[1] - found.reading.gmv[0];
        let excess = signed_money(change - found.reading.expected.round() as i128, &self.currency);
        let why = found.factor.map(|(factor, _)| effect_heading(Effect::of(factor)));
        let label = self.label(found, language);
        let (per_en, per_zh) = match found.reading.measure {
            Measure::Gmv => ("", ""),
            Measure::PerViewer => (" in GMV per viewer", "按人均 GMV "),
            Measure::OrdersPerViewer => (" in orders per viewer", "按人均订单"),
            Measure::Viewers => (" in viewers", "按观众数"),
        };
        match (language, why) {
            (Language::English, Some((en, _))) => {
                format!("{label} {excess} beyond the rest{per_en}, most of all {en}")
            }
            (Language::English, None) => format!("{label} {excess} beyond the rest{per_en}"),
            (Language::Chinese, Some((_, zh))) => format!("{label} {per_zh}超额 {excess}，影响最大的是{zh}"),
            (Language::Chinese, None) => format!("{label} {per_zh}超额 {excess}"),
        }
    }
}

/// The document of an explanation.
#[must_use]
pub fn document(told: &Told<'_>, metadata: Vec<(String, String)>) -> Document {
    Document {
        columns: [slice_columns(told), money_columns(told), judged_columns(told)].concat(),
        total: None,
        notes: notes(told),
        metadata,
        currency: told.currency.clone(),
        names_persons: told.names_persons,
    }
}

fn column(name: &str, (en, zh): (&str, &str), (unit, rank): (Unit, u8), values: Values) -> Column {
    Column { name: name.to_owned(), heading: Phrase::new(en, zh), unit, rank, values }
}

fn slice_columns(told: &Told<'_>) -> Vec<Column> {
    let texts =
        |of: &dyn Fn(&Found) -> Option<Arc<str>>| Values::Text(told.slices().iter().map(of).collect());
    let value = |found: &Found, place: usize| found.slice.values.get(place).copied();
    let name = |found: &Found, place: usize| {
        let (at, _) = value(found, place)?;
        Some(Arc::from(told.cube.columns[at].column.name()))
    };
    let text = |found: &Found, place: usize| {
        let (at, code) = value(found, place)?;
        Some(Arc::clone(&told.cube.columns[at].values[code as usize]))
    };
    let dates = |side: usize| Values::Date(vec![Some(told.period(side).first); told.slices().len()]);
    let ranks = told.slices().iter().map(|found| found.rank.map(|rank| rank as i64)).collect();
    let plain = |rank| (Unit::Plain, rank);
    vec![
        column("rank", ("rank", "序"), plain(3), Values::Count(ranks)),
        column("slice", ("slice", "切片"), plain(0), texts(&|found| Some(Arc::from(told.name(found))))),
        column("column_1", ("column 1", "列1"), plain(9), texts(&|found| name(found, 0))),
        column("value_1", ("value 1", "值1"), plain(9), texts(&|found| text(found, 0))),
        column("column_2", ("column 2", "列2"), plain(9), texts(&|found| name(found, 1))),
        column("value_2", ("value 2", "值2"), plain(9), texts(&|found| text(found, 1))),
        column("before", ("before", "前期"), plain(8), dates(0)),
        column("after", ("after", "本期"), plain(8), dates(1)),
    ]
}

fn money_columns(told: &Told<'_>) -> Vec<Column> {
    let cents = |of: &dyn Fn(&Found) -> Option<i128>| Values::Money(told.slices().iter().map(of).collect());
    let currency = |rank| (Unit::Currency, rank);
    let [before, after] = told.explanation.gmv;
    let share = |found: &Found| {
        let [g0, g1] = found.reading.gmv;
        (after != before).then(|| (g1 - g0) as f64 / (after - before) as f64)
    };
    let shares = Values::Real(told.slices().iter().map(share).collect());
    let change = |found: &Found| found.reading.gmv[1] - found.reading.gmv[0];
    // The excess is what is left of the change, to the cent.
    let excess = |found: &Found| change(found) - found.reading.expected.round() as i128;
    let reach = |found: &Found| found.reading.reach.round() as i128;
    vec![
        column(
            "gmv_before",
            ("GMV before", "前期GMV"),
            currency(4),
            cents(&|found| Some(found.reading.gmv[0])),
        ),
        column(
            "gmv_after",
            ("GMV after", "本期GMV"),
            currency(4),
            cents(&|found| Some(found.reading.gmv[1])),
        ),
        column("gmv_change", ("GMV change", "GMV变化"), currency(1), cents(&|found| Some(change(found)))),
        column("share", ("share of change", "占变化"), (Unit::Share, 6), shares),
        column(
            "expected_change",
            ("with the rest", "随大盘"),
            currency(3),
            cents(&|found| Some(change(found) - excess(found))),
        ),
        column("excess", ("excess", "超额"), currency(0), cents(&|found| Some(excess(found)))),
        column(
            "excess_lo",
            ("excess from", "超额下限"),
            currency(2),
            cents(&|found| Some(excess(found) - reach(found))),
        ),
        column(
            "excess_hi",
            ("excess to", "超额上限"),
            currency(2),
            cents(&|found| Some(excess(found) + reach(found))),
        ),
    ]
}

fn judged_columns(told: &Told<'_>) -> Vec<Column> {
    let flags = |of: &dyn Fn(&Found) -> Option<bool>| Values::Flag(told.slices().iter().map(of).collect());
    let flag = |rank| (Unit::Answer, rank);
    let buyers = told.slices().iter().map(|found| Some(found.reading.buyers)).collect();
    let p_values = told.slices().iter().map(|found| Some(found.reading.p_value)).collect();
    let factors =
        |found: &Found| Some(Arc::from(Effect::of(found.factor?.0).name().trim_end_matches("_effect")));
    let measures = told.slices().iter().map(|found| Some(Arc::from(found.reading.measure.name()))).collect();
    let effects = told.slices().iter().map(|found| found.factor.map(|(_, effect)| effect)).collect();
    vec![
        column("judged_by", ("judged by", "口径"), (Unit::Plain, 4), Values::Text(measures)),
        column("buyers", ("buyers", "成交人数"), (Unit::Plain, 7), Values::Count(buyers)),
        column("p_value", ("p value", "p值"), (Unit::Plain, 8), Values::Real(p_values)),
        column(
            "beyond_sampling",
            ("beyond sampling", "超出抽样"),
            flag(5),
            flags(&|found| Some(found.reading.beyond_sampling)),
        ),
        column("unusual", ("unusual", "异常"), flag(5), flags(&|found| found.reading.unusual)),
        column("significant", ("significant", "显著"), flag(3), flags(&|found| found.reading.significant())),
        column(
            "factor",
            ("factor", "因素"),
            (Unit::Plain, 1),
            Values::Text(told.slices().iter().map(factors).collect()),
        ),
        column("factor_effect", ("its effect", "其影响"), (Unit::Currency, 1), Values::Money(effects)),
    ]
}

fn chosen(told: &Told<'_>) -> usize {
    told.slices().iter().filter(|found| found.rank.is_some()).count()
}

fn notes(told: &Told<'_>) -> Vec<Phrase> {
    let [before, after] = told.explanation.gmv.map(|gmv| money(gmv, &told.currency));
    let (from, to) = (told.span(0), told.span(1));
    let candidates = told.explanation.candidates;
    let mut notes = vec![Phrase::new(
        format!("{from} → {to}: GMV {before} → {after}. {candidates} slices were looked at."),
        format!("{from} → {to}：GMV {before} → {after}。共检视 {candidates} 个切片。"),
    )];
    notes.push(if chosen(told) == 0 {
        Phrase::new(told.nothing().0, told.nothing().1)
    } else {
        let covered = told.explanation.covered.unwrap_or_default() * 100.0;
        Phrase::new(
            format!("The chosen slices cover {covered:.1} % of what stands out; each is what it did beyond what those before it explain."),
            format!("所选切片覆盖突出变化的 {covered:.1} %；每个切片只计此前切片未能解释的部分。"),
        )
    });
    notes.extend(told.explanation.more.then(|| {
        Phrase::new(
            format!(
                "More stands out than is told: --cover 100% tells up to {MOST} slices, --all every candidate."
            ),
            format!("另有突出变化未列出：--cover 100% 最多列出 {MOST} 个切片，--all 列出全部候选。"),
        )
    }));
    notes.push(Phrase::new(
        format!(
            "Excess: the change beyond that of the rest; judged by gmv_per_viewer, beyond what its viewers would have brought had each moved with the rest; by uv or orders_per_viewer, what the change of viewers, or of orders per viewer, beyond the rest's stands for in GMV. Significant: beyond chance between persons (false discoveries held down by Benjamini and \
             Hochberg), and more than {UNUSUAL} times what the periods before did; never with fewer than {LEAST_BUYERS} buyers."
        ),
        format!("超额：超出其余部分变化的金额；按 gmv_per_viewer 判断时，为超出其观众人均随大盘变化的金额；按 uv 或 orders_per_viewer 判断时，为观众数或人均订单超出其余部分的变化所对应的 GMV。显著：超出观众间的随机性（Benjamini–Hochberg 控制误报），且超过此前波动的 {UNUSUAL} 倍；成交人数少于 {LEAST_BUYERS} 的切片从不算显著。"),
    ));
    notes.extend(partial_of([told.period(0), told.period(1)]));
    notes.extend(unknown(told));
    notes
}

fn unknown(told: &Told<'_>) -> Option<Phrase> {
    unknown_of(told.asked, told.pair.preceding(&told.cube.periods).len())
}

/// The same in words.
#[must_use]
pub fn narrative(told: &Told<'_>, language: Language) -> String {
    let say = |en: String, zh: String| if language == Language::English { en } else { zh };
    let amount = |cents: i128| signed_money(cents, &told.currency);
    let [before, after] = told.explanation.gmv;
    let [(from, from_zh), (to, to_zh)] = [0, 1].map(|side| when(told.asked, told.period(side), side));
    let change = amount(after - before);
    let [before, after] = [before, after].map(|gmv| money(gmv, &told.currency));
    let mut sentences = vec![say(
        format!("GMV went from {before} in {from} to {after} in {to} ({change})."),
        format!("{from_zh} GMV 为 {before}，{to_zh}为 {after}（{change}）。"),
    )];
    let chosen = told.slices().iter().filter(|found| found.rank.is_some());
    let all: Vec<String> = chosen.map(|found| told.words(found, language)).collect();
    sentences.push(if all.is_empty() {
        say(told.nothing().0.to_owned(), told.nothing().1.to_owned())
    } else {
        say(format!("What stands out: {}.", all.join("; ")), format!("突出的切片：{}。", all.join("；")))
    });
    // Of the columns that are covered least: where that is nothing, there is nothing to say.
    let covered = told.explanation.covered.unwrap_or_default() * 100.0;
    if !all.is_empty() && covered >= 0.05 {
        let habit = told.explanation.has_yardstick;
        let (en, zh) = if habit {
            ("; what else moved is what periods do", "；其余为平常波动")
        } else {
            ("", "")
        };
        sentences.push(say(
            format!("Together they cover {covered:.1} % of what stands out{en}."),
            format!("合计覆盖突出变化的 {covered:.1} %{zh}。"),
        ));
    }
    sentences
        .extend(partial_of([told.period(0), told.period(1)]).map(|phrase| phrase.get(language).to_owned()));
    sentences.extend(unknown(told).map(|phrase| phrase.get(language).to_owned()));
    format!("{}\n", sentences.join(if language == Language::English { " " } else { "" }))
}
