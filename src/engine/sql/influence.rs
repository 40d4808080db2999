//! How sure effects are, in a statement: what each person did in each leaf before and after, weighted by how the effects of its row answer to
//! it, squared and added up; and the distinct persons of rows. The leaves come with the statement, by their texts.

use std::sync::Arc;

use jiff::civil::Date;

use super::dialect::Dialect;
use super::question::{Asked, Question, SqlError};
use super::text::{Sql, Steps, sql};

/// Influences are rounded to this part of a minor unit, so that their squares add up in any order.
pub const UNIT: i64 = 65_536;

/// A leaf: the values of its group columns, and the number of its row.
pub type Leaf = (Vec<Arc<str>>, u32);

/// Leaves, the rows that they belong to, and the two periods that are compared.
#[derive(Debug, Clone)]
pub struct LeafTable {
    /// The first dates of the periods before and after.
    pub periods: [Date; 2],
    /// The values of the group columns of each leaf, and the number of its row.
    pub leaves: Vec<Leaf>,
}

/// How the effects of rows answer to what persons do.
#[derive(Debug, Clone)]
pub struct Weights {
    /// The leaves.
    pub table: LeafTable,
    /// How many effects there are.
    pub effects: usize,
    /// For each leaf and side: by presence, seconds, buyer, orders, minor units of money, and for each of these by effect.
    pub leaves: Vec<[Vec<f64>; 2]>,
    /// For each row and side, by effect: one distinct viewer more.
    pub rows: Vec<[Vec<f64>; 2]>,
}

impl Weights {
    /// The leaves with their weights by side.
    pub(super) fn sides(&self, dialect: Dialect) -> Vec<(&Leaf, [Sql; 2])> {
        let of_sides = |sides: &[Vec<f64>; 2]| sides.each_ref().map(|side| numbers(dialect, side));
        let leaves = self.table.leaves.iter().zip(&self.leaves);
        leaves.map(|(leaf, sides)| (leaf, of_sides(sides))).collect()
    }
}

/// The places among the effects of what the effect of viewers is made of.
#[derive(Debug, Clone, Copy)]
pub struct ViewerParts {
    /// The effect of viewers itself.
    pub whole: usize,
    /// How many distinct persons there are.
    pub scale: usize,
    /// How many leaves each of them is in.
    pub overlap: usize,
    /// Which leaves they are in.
    pub mix: usize,
}

/// The statement that gives the distinct viewers and buyers of rows: `row_id`, `day` (the number of the first one of a period), `viewers`, `buyers`. Of slices of
/// orders it tells them of both periods, of other leaves of all.
///
/// # Errors
/// When columns are missing, or what is asked cannot be said in the language.
pub fn persons_statement(asked: Asked, table: &LeafTable) -> Result<String, SqlError> {
    let question = Question::of_persons(asked)?;
    let leaves = table.leaves.iter().map(|leaf| (leaf, [Sql::default(), Sql::default()]));
    let mut steps = question.leaf_steps(table.periods, leaves.collect());
    question.counted_steps(&mut steps);
    let last = sql!(
        "SELECT row_id, {day} AS day, viewers, buyers\nFROM counted\nORDER BY row_id, day",
        day = question.dialect.day(&sql!("period"))
    );
    Ok(format!("{}\n", steps.statement(&last)))
}

/// The statement that gives, for each row, the sums of squared influences on its effects: `row_id`, `square_1`, ….
///
/// # Errors
/// When columns are missing, or what is asked cannot be said in the language.
pub fn influence_statement(asked: Asked, weights: &Weights) -> Result<String, SqlError> {
    let question = Question::of_persons(asked)?;
    let mut steps = question.share_steps(weights.table.periods, weights.sides(question.dialect));
    question.influence_step(weights, &mut steps);
    question.moved_steps(weights, &mut steps);
    let sum = |effect: usize| sql!("sum(moved_{at} * moved_{at}) AS square_{at}", at = effect + 1);
    let last = sql!(
        "SELECT row_id,\n  {sums}\nFROM moved\nGROUP BY row_id\nORDER BY row_id",
        sums = Sql::join((0..weights.effects).map(sum), ",\n  ")
    );
    Ok(format!("{}\n", steps.statement(&last)))
}

/// What is told of persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// What they bought in leaves.
    Bought,
    /// Which leaves they viewed.
    Viewed,
}

/// The statement that gives what persons did, without persons: `acts`, a list of `leaf:side:orders:money` (of viewing `leaf:side`) with commas between,
/// and `times`, how many persons did just that.
///
/// # Errors
/// When columns are missing, or what is asked cannot be said in the language.
pub fn acts_statement(asked: Asked, table: &LeafTable, act: Act) -> Result<String, SqlError> {
    let question = Question::of_persons(asked)?;
    let dialect = question.dialect;
    let leaves = table.leaves.iter().map(|leaf| (leaf, [Sql::default(), Sql::default()]));
    let mut steps = question.share_steps(table.periods, leaves.collect());
    let (is_told, one) = match act {
        Act::Bought => ("b > 0", "concat_ws(':', row_id, side, orders, money)"),
        Act::Viewed => ("v > 0", "concat_ws(':', row_id, side)"),
    };
    steps.add(
        "told",
        "What each person did, in one text.",
        sql!(
            "SELECT person, {joined} AS acts\nFROM share\nWHERE {is_told}\nGROUP BY person",
            joined = dialect.joined(one),
            is_told = is_told
        ),
    );
    let last = "SELECT acts, count(*) AS times\nFROM told\nGROUP BY acts\nORDER BY acts";
    Ok(format!("{}\n", steps.statement(&sql!("{last}", last = last))))
}

/// Numbers as one text, which is short.
pub(super) fn numbers(dialect: Dialect, all: &[f64]) -> Sql {
    let texts: Vec<String> = all.iter().map(|number| format!("{number:e}")).collect();
    dialect.text(&texts.join(","))
}

impl Question {
    /// The steps to `leaf`: what each person did in each row, and the leaves, with their weights where there are any.
    fn leaf_steps(&self, periods: [Date; 2], leaves: Vec<(&Leaf, [Sql; 2])>) -> Steps {
        let mut steps = self.person_steps();
        let has_weights = leaves.iter().any(|(_, sides)| sides.iter().any(|side| !side.is_empty()));
        steps.add(
            "leaf",
            "The leaves that count, by side, with the rows that they belong to.",
            self.leaf_rows(periods, leaves, has_weights),
        );
        steps
    }

    /// The steps to `share`: what each person did in each leaf and on each side, with the weights of the leaf where there are any.
    pub(super) fn share_steps(&self, periods: [Date; 2], leaves: Vec<(&Leaf, [Sql; 2])>) -> Steps {
        let has_weights = leaves.iter().any(|(_, sides)| sides.iter().any(|side| !side.is_empty()));
        let mut steps = self.leaf_steps(periods, leaves);
        steps.add(
            "share",
            "What each person did in each of them: viewer (1 or 0), seconds, buyer, orders, money.",
            sql!(
                "SELECT l.row_id, l.side, p.person, p.v, CAST(p.v * p.w AS DOUBLE) AS w, CASE WHEN p.o > 0 THEN 1 ELSE 0 END AS b,\n  CAST(p.o AS DOUBLE) AS o, CAST(p.g AS DOUBLE) AS g, CAST(p.o AS BIGINT) AS orders, CAST(p.g AS BIGINT) AS money{weights}\nFROM person AS p JOIN leaf AS l ON p.period = l.period{is_same}\nWHERE NOT p.nobody AND (p.v > 0 OR p.o > 0)",
                weights = if has_weights { ", l.weights" } else { "" },
                is_same = self.is_of_leaf()
            ),
        );
        steps
    }

    /// That a person `p` of a row is of a leaf `l`, behind another condition.
    pub(super) fn is_of_leaf(&self) -> Sql {
        let is_same = self.rules.grouping.columns.iter().map(|column| {
            let name = self.alias(column);
            // Viewing is of no slice: it is shared by all of its group.
            let or_viewing = if column.is_order_side() {
                sql!(" OR p.{name} IS NULL", name = name)
            } else {
                Sql::default()
            };
            sql!(" AND (p.{name} = l.{name}{or_viewing})", name = name, or_viewing = or_viewing)
        });
        Sql::join(is_same, "")
    }

    fn leaf_rows(&self, periods: [Date; 2], leaves: Vec<(&Leaf, [Sql; 2])>, has_weights: bool) -> Sql {
        let dialect = self.dialect;
        let rows = leaves.into_iter().flat_map(|((keys, row), sides)| {
            let keys: Vec<Sql> = keys.iter().map(|key| dialect.text(key)).collect();
            sides.into_iter().zip(periods).enumerate().map(move |(side, (weights, period))| {
                let place =
                    sql!("{row}, {side}, {period}", row = *row as usize, side = side, period = period);
                let values = keys.iter().cloned().chain([place, weights]).filter(|value| !value.is_empty());
                sql!("({values})", values = Sql::join(values, ", "))
            })
        });
        let rows = Sql::join(rows, ",\n  ");
        let columns = self.rules.grouping.columns.iter().map(|column| self.alias(column));
        let text = has_weights.then_some("weight_text").into_iter();
        let names =
            ["row_id", "side", "period"].into_iter().chain(text).map(|name| sql!("{name}", name = name));
        let names = Sql::join(columns.chain(names), ", ");
        if has_weights {
            let list = dialect.numbers(&sql!("weight_text"));
            sql!(
                "SELECT *, {list} AS weights\nFROM (VALUES\n  {rows}) AS listed({names})",
                list = list,
                rows = rows,
                names = names
            )
        } else {
            sql!("SELECT *\nFROM (VALUES\n  {rows}) AS listed({names})", rows = rows, names = names)
        }
    }

    /// The step from `share` to `influence`: what each person moves each effect of a row by what they did in its leaves.
    pub(super) fn influence_step(&self, weights: &Weights, steps: &mut Steps) {
        let dialect = self.dialect;
        let element = |list: &'static str, at: usize| dialect.element(list, at);
        let of_effect = |effect: usize| {
            let products = ["v", "w", "b", "o", "g"].into_iter().enumerate().map(|(sum, name)| {
                let weight = element("weights", sum * weights.effects + effect);
                sql!("{name} * {weight}", name = name, weight = weight)
            });
            let products = Sql::join(products, " + ");
            sql!("sum({products}) AS influence_{at}", products = products, at = effect + 1)
        };
        steps.add(
            "influence",
            "What all that a person did moves each effect of a row, and on which sides the person was a viewer of it.",
            sql!(
                "SELECT row_id, person, max(CASE WHEN side = 0 THEN v ELSE 0 END) AS before, max(CASE WHEN side = 1 THEN v ELSE 0 END) AS after,\n  {effects}\nFROM share\nGROUP BY row_id, person",
                effects = Sql::join((0..weights.effects).map(of_effect), ",\n  ")
            ),
        );
    }

    /// The steps from `influence` to `moved`: the same with what each person moves as one of the distinct viewers of a row.
    fn moved_steps(&self, weights: &Weights, steps: &mut Steps) {
        let dialect = self.dialect;
        let element = |list: &'static str, at: usize| dialect.element(list, at);
        steps.add(
            "of_row",
            "How effects answer to one distinct viewer more of their row.",
            self.row_weights(weights),
        );
        let moved = |effect: usize| {
            let moved = sql!(
                "influence_{at} + before * {first} + after * {second}",
                at = effect + 1,
                first = element("before_weights", effect),
                second = element("after_weights", effect)
            );
            let whole = dialect.wide(&sql!("round(({moved}) * {unit})", moved = moved, unit = UNIT));
            sql!("{whole} AS moved_{at}", whole = whole, at = effect + 1)
        };
        steps.add(
            "moved",
            "The same in whole parts of a minor unit, so that squares add up in any order.",
            sql!(
                "SELECT i.row_id,\n  {moved}\nFROM influence AS i JOIN of_row AS r ON r.row_id = i.row_id",
                moved = Sql::join((0..weights.effects).map(moved), ",\n  ")
            ),
        );
    }

    fn row_weights(&self, weights: &Weights) -> Sql {
        let dialect = self.dialect;
        let row = |(at, sides): (usize, &[Vec<f64>; 2])| {
            let [before, after] = sides.each_ref().map(|side| numbers(dialect, side));
            sql!("({at}, {before}, {after})", at = at, before = before, after = after)
        };
        sql!(
            "SELECT row_id, {before} AS before_weights, {after} AS after_weights\nFROM (VALUES\n  {rows}) AS listed(row_id, before_text, after_text)",
            before = dialect.numbers(&sql!("before_text")),
            after = dialect.numbers(&sql!("after_text")),
            rows = Sql::join(weights.rows.iter().enumerate().map(row), ",\n  ")
        )
    }
}
