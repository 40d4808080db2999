//! The result of `gmv compare` as a document: the columns of the contract, with headings, units and notes for people.

pub mod notes;

use std::sync::Arc;

use jiff::civil::Date;

use super::decompose::factor_unit;
use super::groups::{self, Labels};
use super::model::{Column, Document, Phrase, Unit, Values};
use crate::change::compare::difference;
use crate::change::{Asked, Effect, Judgement, Method, Pair, Precision, RowChange};
use crate::engine::leaves::{LeafPeriod, LeafRow, Leaves};
use crate::factor::Factor;

/// A comparison, and what is to be said of it.
pub struct Change<'a> {
    /// The sums.
    pub leaves: &'a Leaves,
    /// The two periods.
    pub pair: Pair,
    /// How they were asked for.
    pub asked: Asked,
    /// The rows.
    pub rows: &'a [RowChange],
    /// How the change is divided.
    pub method: &'a Method,
    /// Where intervals come from.
    pub precision: Precision,
    /// Whether intervals have columns.
    pub shows_precision: bool,
    /// Whether intervals know each person.
    pub has_persons: bool,
    /// Whether a group is the column of the buyers, whatever it is called.
    pub groups_name_persons: bool,
    /// The currency sign.
    pub currency: String,
}

impl Change<'_> {
    /// The period before (0) or after (1).
    #[must_use]
    pub fn period(&self, side: usize) -> LeafPeriod {
        self.leaves.periods[[self.pair.before, self.pair.after][side] as usize]
    }

    /// Whether rows name persons.
    #[must_use]
    pub fn names_persons(&self) -> bool {
        self.groups_name_persons || self.leaves.by.names_persons
    }

    /// The period before (0) or after (1) in words.
    #[must_use]
    pub fn span(&self, side: usize) -> String {
        span(self.asked, self.period(side), side)
    }

    /// The texts of a row.
    #[must_use]
    pub fn row(&self, row: &RowChange) -> &LeafRow {
        &self.leaves.rows[row.row as usize]
    }

    /// A sum over all rows; `None` where one of them is not known.
    #[must_use]
    pub fn total(&self, of: impl Fn(&RowChange) -> Option<i128>) -> Option<i128> {
        self.rows.iter().map(of).sum()
    }

    /// Whether rows by these columns add up to all.
    fn has_total(&self) -> bool {
        self.rows.len() > 1
    }
}

/// A range of dates as it was asked for, before (0) or after (1); else the first date of the period.
#[must_use]
pub fn span(asked: Asked, period: LeafPeriod, side: usize) -> String {
    match asked {
        Asked::Ranges { before, after } => {
            let range = [before, after][side];
            format!("{}..{}", range.first, range.last)
        }
        _ => period.first.to_string(),
    }
}

/// The same within a sentence, in both languages.
#[must_use]
pub fn when(asked: Asked, period: LeafPeriod, side: usize) -> (String, String) {
    let span = span(asked, period, side);
    match asked {
        Asked::Ranges { .. } => (span.clone(), span),
        _ => (format!("the period from {span}"), format!("{span} 起的周期")),
    }
}

/// The document of a comparison.
#[must_use]
pub fn document(change: &Change<'_>, metadata: Vec<(String, String)>) -> Document {
    let mut columns = group_columns(change);
    columns.extend(period_columns(change));
    columns.extend(money_columns(change));
    columns.extend(factor_columns(change));
    if change.shows_precision {
        columns.extend(precision_columns(change));
    }
    let total = change.has_total().then(|| columns.iter().map(|column| total(change, column)).collect());
    Document {
        total,
        notes: notes::notes(change),
        columns,
        metadata,
        currency: change.currency.clone(),
        names_persons: change.names_persons(),
    }
}

/// The cell of the total line: money of effects adds up over rows.
fn total(change: &Change<'_>, column: &Column) -> Values {
    match &column.values {
        Values::Money(values) if !column.name.ends_with("_lo") && !column.name.ends_with("_hi") => {
            Values::Money(vec![values.iter().copied().sum()])
        }
        Values::Date(_) => {
            let side = usize::from(column.name == "after");
            Values::Date(vec![Some(change.period(side).first)])
        }
        Values::Text(_) => Values::Text(vec![None]),
        Values::Count(_) => Values::Count(vec![None]),
        Values::Flag(_) => Values::Flag(vec![None]),
        Values::Money(_) | Values::Wide(_) => Values::Money(vec![None]),
        Values::Real(_) => Values::Real(vec![None]),
    }
}

fn column(name: &str, (en, zh): (&str, &str), (unit, rank): (Unit, u8), values: Values) -> Column {
    Column { name: name.to_owned(), heading: Phrase::new(en, zh), unit, rank, values }
}

fn group_columns(change: &Change<'_>) -> Vec<Column> {
    let rows = change.rows.iter().map(|row| change.row(row));
    let labels: Vec<Labels<'_>> = rows.map(|row| (&row.keys[..], row.name.as_ref())).collect();
    let has_names = change.leaves.rows.iter().any(|row| row.name.is_some());
    groups::group_columns(&change.leaves.by.columns, &labels, has_names, 8)
}

fn period_columns(change: &Change<'_>) -> Vec<Column> {
    let dates = |date: Date| Values::Date(vec![Some(date); change.rows.len()]);
    let status = change.rows.iter().map(|row| Some(Arc::from(row.status.name()))).collect();
    vec![
        column("before", ("before", "前期"), (Unit::Plain, 7), dates(change.period(0).first)),
        column("after", ("after", "本期"), (Unit::Plain, 7), dates(change.period(1).first)),
        column("status", ("status", "状态"), (Unit::Plain, 5), Values::Text(status)),
    ]
}

fn money_columns(change: &Change<'_>) -> Vec<Column> {
    let money = |name: &str, heading, rank, of: &dyn Fn(&RowChange) -> Option<i128>| {
        column(name, heading, (Unit::Currency, rank), Values::Money(change.rows.iter().map(of).collect()))
    };
    let mut columns = vec![
        money("gmv_before", ("GMV before", "前期GMV"), 3, &|row| row.gmv()[0]),
        money("gmv_after", ("GMV after", "本期GMV"), 3, &|row| row.gmv()[1]),
    ];
    let effect = |effect: Effect| {
        let rank = match effect {
            Effect::Change => 0,
            Effect::ViewerConversion => 6,
            Effect::Scale | Effect::Overlap | Effect::Mix | Effect::LiveHours | Effect::PerLiveHour => 7,
            _ => 2,
        };
        money(effect.name(), effect_heading(effect), rank, &|row| row.effects[effect])
    };
    columns.push(effect(Effect::Change));
    columns.extend(Effect::ALL.into_iter().filter(|one| *one != Effect::Change).map(effect));
    columns.extend([
        money("off_live_change", ("off-live change", "非直播变化"), 4, &|row| {
            difference(row.off_live())
        }),
        money("gmv_total_before", ("total GMV before", "前期总GMV"), 6, &|row| row.total()[0]),
        money("gmv_total_after", ("total GMV after", "本期总GMV"), 6, &|row| row.total()[1]),
        money("gmv_total_change", ("total GMV change", "总GMV变化"), 4, &|row| difference(row.total())),
    ]);
    columns
}

/// The heading of an effect.
#[must_use]
pub fn effect_heading(effect: Effect) -> (&'static str, &'static str) {
    match effect {
        Effect::Viewers => ("by UV", "UV影响"),
        Effect::Watch => ("by watch time", "观看时长影响"),
        Effect::Conversion => ("by conversion", "转化影响"),
        Effect::OrderValue => ("by AOV", "笔单价影响"),
        Effect::Repurchase => ("by repurchase", "复购影响"),
        Effect::ViewerConversion => ("by watch and conversion", "观看转化合计"),
        Effect::Scale => ("UV: scale", "UV规模"),
        Effect::Overlap => ("UV: overlap", "UV重叠"),
        Effect::Mix => ("UV: mix", "UV结构"),
        Effect::LiveHours => ("UV: live hours", "开播时长"),
        Effect::PerLiveHour => ("UV: per live hour", "每小时UV"),
        Effect::Change => ("GMV change", "GMV变化"),
    }
}

fn factor_columns(change: &Change<'_>) -> Vec<Column> {
    let mut columns = Vec::new();
    let value = |row: &RowChange, factor: Factor, side: usize| factor.value(row.sums[side].as_ref()?);
    let has_distinct = !change.leaves.from_rooms;
    for factor in Factor::ALL {
        let (name, unit) = (factor.name(), factor_unit(factor));
        let (before, after) = factor_headings(factor);
        for (side, suffix, heading) in [(0, "before", before), (1, "after", after)] {
            let values = if factor == Factor::UniqueViewers && has_distinct {
                let viewers = |row: &RowChange| row.sums[side].as_ref()?.viewers;
                Values::Count(change.rows.iter().map(viewers).collect())
            } else {
                Values::Real(change.rows.iter().map(|row| value(row, factor, side)).collect())
            };
            columns.push(column(&format!("{name}_{suffix}"), heading, (unit, 8), values));
        }
    }
    let ratio =
        |before: Option<f64>, after: Option<f64>| Some(after? / before?).filter(|ratio| ratio.is_finite());
    let gmv = |row: &RowChange| {
        let [before, after] = row.gmv().map(|gmv| gmv.map(|gmv| gmv as f64));
        ratio(before, after)
    };
    let ratios = Values::Real(change.rows.iter().map(gmv).collect());
    columns.push(column("gmv_ratio", ("GMV ratio", "GMV比"), (Unit::Plain, 9), ratios));
    for factor in Factor::ALL {
        let of = |row: &RowChange| ratio(value(row, factor, 0), value(row, factor, 1));
        let ratios = Values::Real(change.rows.iter().map(of).collect());
        let (en, zh) = ratio_heading(factor);
        columns.push(column(&format!("{}_ratio", factor.name()), (en, zh), (Unit::Plain, 9), ratios));
    }
    columns
}

type Heading = (&'static str, &'static str);

fn factor_headings(factor: Factor) -> (Heading, Heading) {
    match factor {
        Factor::UniqueViewers => (("UV before", "前期UV"), ("UV after", "本期UV")),
        Factor::WatchTime => {
            (("watch/viewer before", "前期人均观看"), ("watch/viewer after", "本期人均观看"))
        }
        Factor::Conversion => (("buyers/hour before", "前期时长转化"), ("buyers/hour after", "本期时长转化")),
        Factor::OrderValue => (("AOV before", "前期笔单价"), ("AOV after", "本期笔单价")),
        Factor::Repurchase => {
            (("orders/buyer before", "前期复购频次"), ("orders/buyer after", "本期复购频次"))
        }
    }
}

fn ratio_heading(factor: Factor) -> Heading {
    match factor {
        Factor::UniqueViewers => ("UV ratio", "UV比"),
        Factor::WatchTime => ("watch/viewer ratio", "人均观看比"),
        Factor::Conversion => ("buyers/hour ratio", "时长转化比"),
        Factor::OrderValue => ("AOV ratio", "笔单价比"),
        Factor::Repurchase => ("orders/buyer ratio", "复购频次比"),
    }
}

fn precision_columns(change: &Change<'_>) -> Vec<Column> {
    let mut columns = Vec::new();
    let order =
        std::iter::once(Effect::Change).chain(Effect::ALL.into_iter().filter(|one| *one != Effect::Change));
    for effect in order {
        let (en, zh) = effect_heading(effect);
        let name = |suffix: &str| format!("{}_{suffix}", effect.name());
        let heading = |suffix_en: &str, suffix_zh: &str| {
            Phrase::new(format!("{en} {suffix_en}"), format!("{zh}{suffix_zh}"))
        };
        let judged = || change.rows.iter().map(|row| row.judged[effect]);
        let mut push = |name: String, heading: Phrase, unit: Unit, rank: u8, values: Values| {
            columns.push(Column { name, heading, unit, rank, values });
        };
        let ends =
            |of: fn(&Judgement) -> i128| Values::Money(judged().map(|one| one.as_ref().map(of)).collect());
        let rank = if effect == Effect::Change { 1 } else { 9 };
        push(name("lo"), heading("from", "下限"), Unit::Currency, rank, ends(|one| one.interval.0));
        push(name("hi"), heading("to", "上限"), Unit::Currency, rank, ends(|one| one.interval.1));
        let flags =
            |of: fn(&Judgement) -> Option<bool>| Values::Flag(judged().map(|one| of(&one?)).collect());
        let flag = Unit::Answer;
        push(
            name("beyond_sampling"),
            heading("beyond sampling", "超出抽样"),
            flag,
            rank + 1,
            flags(|one| Some(one.beyond_sampling)),
        );
        push(name("unusual"), heading("unusual", "异常"), flag, rank + 1, flags(|one| one.unusual));
        push(name("significant"), heading("significant", "显著"), flag, rank, flags(Judgement::significant));
    }
    columns
}
