//! The result of `gmv plan` as a document: what becomes of rows whose factors are multiplied, or what levers would bring.

mod headroom;
mod notes;

use super::compare::effect_heading;
use super::decompose::factor_unit;
use super::groups::{self, Labels};
use super::model::{Column, Document, Phrase, Unit, Values};
use crate::change::Effect;
use crate::engine::leaves::Leaves;
use crate::factor::Factor;
use crate::plan::{Answer, Lifted, Plan, PlanRow, Question};

/// A plan, and what is to be said of it.
pub struct Planned<'a> {
    /// The sums.
    pub leaves: &'a Leaves,
    /// The plan.
    pub plan: &'a Plan,
    /// What was asked.
    pub question: &'a Question,
    /// The currency sign.
    pub currency: String,
    /// Whether rows name persons.
    pub names_persons: bool,
}

type Heading = (&'static str, &'static str);

/// The document of a plan.
#[must_use]
pub fn document(planned: &Planned<'_>, metadata: Vec<(String, String)>) -> Document {
    let (columns, total) = match &planned.plan.answer {
        Answer::WhatIf(changed) => lifted(planned, &changed.rows),
        Answer::Target(reached) => lifted(planned, &reached.rows),
        Answer::Headroom(levers) => (headroom::columns(planned, levers), None),
    };
    Document {
        total,
        notes: notes::notes(planned),
        columns,
        metadata,
        currency: planned.currency.clone(),
        names_persons: planned.names_persons,
    }
}

fn column(name: &str, (en, zh): (&str, &str), (unit, rank): (Unit, u8), values: Values) -> Column {
    Column { name: name.to_owned(), heading: Phrase::new(en, zh), unit, rank, values }
}

/// The period and the group columns of rows.
fn group_columns(planned: &Planned<'_>, rows: &[&PlanRow]) -> Vec<Column> {
    let all = &planned.leaves.rows;
    let label = |row: &&PlanRow| (&all[row.row as usize].keys[..], all[row.row as usize].name.as_ref());
    let labels: Vec<Labels<'_>> = rows.iter().map(label).collect();
    let dates = Values::Date(vec![Some(planned.plan.base.first); rows.len()]);
    let mut columns = vec![column("period", ("period", "周期"), (Unit::Plain, 7), dates)];
    let has_names = all.iter().any(|row| row.name.is_some());
    columns.extend(groups::group_columns(&planned.leaves.by.columns, &labels, has_names, 6));
    columns
}

/// The columns of rows whose factors are multiplied, and their total line.
fn lifted(planned: &Planned<'_>, rows: &[Lifted]) -> (Vec<Column>, Option<Vec<Values>>) {
    let of: Vec<&PlanRow> = rows.iter().map(|one| &one.row).collect();
    let mut columns = group_columns(planned, &of);
    let money = |of: &dyn Fn(&Lifted) -> Option<i128>| Values::Money(rows.iter().map(of).collect());
    let currency = |rank| (Unit::Currency, rank);
    columns.push(column("gmv", ("GMV", "GMV"), currency(1), money(&|one| Some(one.row.gmv))));
    columns.push(column("gmv_new", ("new GMV", "新GMV"), currency(0), money(&|one| Some(one.gmv_new))));
    let change = money(&|one| Some(one.gmv_new - one.row.gmv));
    columns.push(column("gmv_change", effect_heading(Effect::Change), currency(1), change));
    // A narrow terminal shows what changes.
    let rank =
        |at: usize, rank: u8| if rows.iter().any(|one| one.times[at].log != 0.0) { rank } else { rank + 5 };
    for (at, factor) in Factor::ALL.into_iter().enumerate() {
        let effect = Effect::of(factor);
        // What no row has is not known, and did not do nothing.
        let known = rows.iter().any(|one| one.row.has[at]);
        let values = money(&|one| known.then_some(one.effects[at]));
        columns.push(column(effect.name(), effect_heading(effect), currency(rank(at, 2)), values));
    }
    for (at, factor) in Factor::ALL.into_iter().enumerate() {
        let values = reals(rows, |one| one.row.has[at].then(|| one.times[at].rise));
        let name = format!("{}_lift", factor.word());
        columns.push(column(&name, lift_heading(factor), (Unit::Share, rank(at, 3)), values));
    }
    let log_change = reals(rows, |one| Some(one.log_change()));
    columns.push(column("log_change", ("log change", "对数变化"), (Unit::Plain, 8), log_change));
    columns.extend(factor_columns(planned, rows));
    let total = (rows.len() > 1).then(|| columns.iter().map(|column| total(planned, column)).collect());
    (columns, total)
}

fn reals(rows: &[Lifted], of: impl Fn(&Lifted) -> Option<f64>) -> Values {
    Values::Real(rows.iter().map(of).collect())
}

/// The factors, and what they become.
fn factor_columns(planned: &Planned<'_>, rows: &[Lifted]) -> Vec<Column> {
    let mut columns = Vec::new();
    for (at, factor) in Factor::ALL.into_iter().enumerate() {
        let (now, new) = factor_headings(factor);
        let unit = (factor_unit(factor), 5);
        let value = |one: &Lifted| factor.value(&one.row.sums);
        let values = if factor == Factor::UniqueViewers && !planned.leaves.from_rooms {
            Values::Count(rows.iter().map(|one| one.row.sums.viewers).collect())
        } else {
            reals(rows, value)
        };
        columns.push(column(factor.name(), now, unit, values));
        let becomes = |one: &Lifted| Some(value(one)? * (1.0 + one.times[at].rise));
        columns.push(column(&format!("{}_new", factor.name()), new, unit, reals(rows, becomes)));
    }
    columns
}

/// The cell of the total line: money adds up over rows.
fn total(planned: &Planned<'_>, column: &Column) -> Values {
    match &column.values {
        Values::Money(values) => Values::Money(vec![values.iter().copied().sum()]),
        Values::Date(_) => Values::Date(vec![Some(planned.plan.base.first)]),
        Values::Text(_) => Values::Text(vec![None]),
        Values::Count(_) => Values::Count(vec![None]),
        Values::Flag(_) => Values::Flag(vec![None]),
        Values::Wide(_) => Values::Wide(vec![None]),
        Values::Real(_) => Values::Real(vec![None]),
    }
}

fn lift_heading(factor: Factor) -> Heading {
    match factor {
        Factor::UniqueViewers => ("UV by", "UV变动"),
        Factor::WatchTime => ("watch by", "观看变动"),
        Factor::Conversion => ("conversion by", "转化变动"),
        Factor::OrderValue => ("AOV by", "笔单价变动"),
        Factor::Repurchase => ("repurchase by", "复购变动"),
    }
}

fn factor_headings(factor: Factor) -> (Heading, Heading) {
    match factor {
        Factor::UniqueViewers => (("UV", "UV"), ("new UV", "新UV")),
        Factor::WatchTime => (("watch/viewer", "人均观看"), ("new watch/viewer", "新人均观看")),
        Factor::Conversion => (("buyers/hour", "单位时长转化"), ("new buyers/hour", "新单位时长转化")),
        Factor::OrderValue => (("AOV", "笔单价"), ("new AOV", "新笔单价")),
        Factor::Repurchase => (("orders/buyer", "复购频次"), ("new orders/buyer", "新复购频次")),
    }
}
