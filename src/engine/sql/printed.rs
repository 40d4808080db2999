//! How sure effects are, in a statement that is printed. Nobody asks for distinct persons beforehand, so it counts those of rows itself, before
//! it says how effects answer to them; what it carries depends on the sums of leaves alone.

use super::influence::{UNIT, ViewerParts, Weights, numbers};
use super::question::{Asked, Question, SqlError};
use super::text::{Sql, Steps, sql};

/// The distinct viewers before and after that the weights of rows suppose which sum several leaves.
pub const SUPPOSED: [i64; 2] = [1, 2];

/// The column of every line that says of which comparison it is.
pub const COMPARISON: &str = "comparison";

/// What a printed statement carries beside its weights.
#[derive(Debug)]
pub struct Printed<'a> {
    /// How effects answer to what persons do; of rows that sum several leaves as if there were [`SUPPOSED`] distinct viewers.
    pub weights: &'a Weights,
    /// For each row, whether it sums several leaves.
    pub sums_leaves: &'a [bool],
    /// Which effects are what that of viewers is made of: scale answers to the logarithm of distinct viewers, overlap is what remains.
    pub parts: ViewerParts,
    /// The names of the effects.
    pub names: &'a [&'static str],
    /// What the lines say of themselves.
    pub comparison: &'a str,
}

/// What is counted of rows: the name in the answer, and whether it is of persons once.
pub const COUNTED: [&str; 6] = ["viewers", "buyers", "viewings", "seconds", "orders", "minor_units"];

/// The statement that gives for each row and period what was counted, and for each row, without a period, the sums of squared influences on
/// its effects, in columns `square_…`.
///
/// # Errors
/// When columns are missing, or what is asked cannot be said in the language.
pub fn printed_statement(asked: Asked, printed: &Printed<'_>) -> Result<String, SqlError> {
    let question = Question::of_persons(asked)?;
    let weights = printed.weights;
    let mut steps = question.share_steps(weights.table.periods, weights.sides(question.dialect));
    question.counted_steps(&mut steps);
    question.influence_step(weights, &mut steps);
    question.supposed_steps(printed, &mut steps);
    Ok(format!("{}\n", steps.statement(&question.told(printed))))
}

impl Question {
    /// The steps to `counted`: the distinct persons of rows, and their sums. Of slices of orders only those of both periods are told, since which
    /// slices count depends on these.
    pub(super) fn counted_steps(&self, steps: &mut Steps) {
        let periods = if self.rules.grouping.is_sliced() { "p.period = l.period" } else { "l.side = 0" };
        steps.add(
            "there",
            "Each person of a row and period, once.",
            sql!(
                "SELECT l.row_id, p.period, p.person, max(p.v) AS v, max(CASE WHEN p.o > 0 THEN 1 ELSE 0 END) AS b,\n  sum(p.v) AS viewings, sum(p.v * p.w) AS w, sum(p.o) AS o, sum(p.g) AS g\nFROM person AS p JOIN leaf AS l ON {periods}{is_same}\nWHERE NOT p.nobody AND (p.v > 0 OR p.o > 0)\nGROUP BY l.row_id, p.period, p.person",
                periods = periods,
                is_same = self.is_of_leaf()
            ),
        );
        let sums = ["v", "b", "viewings", "w", "o", "g"].into_iter().zip(COUNTED);
        let sums = sums.map(|(sum, name)| {
            let sum = self.dialect.exact(&sql!("sum({sum})", sum = sum));
            sql!("{sum} AS {name}", sum = sum, name = name)
        });
        steps.add(
            "counted",
            "What is counted of each row and period.",
            sql!(
                "SELECT row_id, period,\n  {sums}\nFROM there\nGROUP BY row_id, period",
                sums = Sql::join(sums, ",\n  ")
            ),
        );
    }

    /// The steps from `influence` to `squared`.
    fn supposed_steps(&self, printed: &Printed<'_>, steps: &mut Steps) {
        let dialect = self.dialect;
        let [before, after] = printed.weights.table.periods;
        let viewers = |period, name: &'static str| {
            sql!(
                "CAST(coalesce(max(CASE WHEN c.period = {period} THEN c.viewers END), 0) AS DOUBLE) AS {name}",
                period = period,
                name = name
            )
        };
        steps.add(
            "listed_row",
            "How effects answer to one distinct viewer more of their row, and whether it sums several leaves.",
            self.supposed_rows(printed),
        );
        steps.add(
            "of_row",
            "The same with the distinct viewers of the row.",
            sql!(
                "SELECT l.*, n.viewers_before, n.viewers_after\nFROM listed_row AS l JOIN (\n  SELECT r.row_id, {before}, {after}\n  FROM listed_row AS r LEFT JOIN counted AS c ON c.row_id = r.row_id\n  GROUP BY r.row_id) AS n ON n.row_id = l.row_id",
                before = viewers(before, "viewers_before"),
                after = viewers(after, "viewers_after")
            ),
        );
        let moved = (0..printed.weights.effects).map(|effect| {
            let moved = self.moved(printed, effect);
            sql!("{moved} AS effect_{at}", moved = moved, at = effect + 1)
        });
        steps.add(
            "answering",
            "What each person moves each effect of a row.",
            sql!(
                "SELECT i.row_id,\n  {moved}\nFROM influence AS i JOIN of_row AS r ON r.row_id = i.row_id",
                moved = Sql::join(moved, ",\n  ")
            ),
        );
        let squares = (0..printed.weights.effects).map(|effect| {
            let whole = sql!("round(effect_{at} * {unit})", at = effect + 1, unit = UNIT);
            let whole = dialect.wide(&whole);
            let sum = dialect.exact(&sql!("sum({whole} * {whole})", whole = whole));
            sql!("{sum} AS square_{at}", sum = sum, at = effect + 1)
        });
        steps.add(
            "squared",
            "The same in whole parts of a minor unit, squared and added up.",
            sql!(
                "SELECT row_id,\n  {squares}\nFROM answering\nGROUP BY row_id",
                squares = Sql::join(squares, ",\n  ")
            ),
        );
    }

    /// What a person moves an effect of a row.
    fn moved(&self, printed: &Printed<'_>, effect: usize) -> Sql {
        let element = |list: &'static str, effect: usize| self.dialect.element(list, effect);
        let plain = |effect: usize| {
            sql!(
                "influence_{at} + before * {first} + after * {second}",
                at = effect + 1,
                first = element("before_weights", effect),
                second = element("after_weights", effect)
            )
        };
        let parts = printed.parts;
        let [before, after] = SUPPOSED.map(|count| count as usize);
        // Weighted as for as many more viewers as are supposed: in proportion to the logarithm of how many more there are.
        let scale = || {
            sql!(
                "CASE WHEN viewers_before > 0 AND viewers_after > 0 THEN influence_{at} * ln(viewers_after / viewers_before) / ln(CAST({more} AS DOUBLE) / {fewer})\n      + before * {first} * {fewer} / viewers_before + after * {second} * {more} / viewers_after ELSE 0 END",
                at = parts.scale + 1,
                first = element("before_weights", parts.scale),
                second = element("after_weights", parts.scale),
                fewer = before,
                more = after
            )
        };
        let of_several = if effect == parts.scale {
            scale()
        } else if effect == parts.overlap {
            sql!(
                "{whole} - ({mix}) - ({scale})",
                whole = plain(parts.whole),
                mix = plain(parts.mix),
                scale = scale()
            )
        } else {
            return plain(effect);
        };
        sql!(
            "CASE WHEN sums_leaves THEN\n    {of_several}\n    ELSE {plain} END",
            of_several = of_several,
            plain = plain(effect)
        )
    }

    fn supposed_rows(&self, printed: &Printed<'_>) -> Sql {
        let dialect = self.dialect;
        let rows = printed.weights.rows.iter().zip(printed.sums_leaves).enumerate();
        let row = |(at, (sides, sums_leaves)): (usize, (&[Vec<f64>; 2], &bool))| {
            let [before, after] = sides.each_ref().map(|side| numbers(dialect, side));
            let sums_leaves = if *sums_leaves { "TRUE" } else { "FALSE" };
            sql!(
                "({at}, {before}, {after}, {sums_leaves})",
                at = at,
                before = before,
                after = after,
                sums_leaves = sums_leaves
            )
        };
        sql!(
            "SELECT row_id, {before} AS before_weights, {after} AS after_weights, sums_leaves\nFROM (VALUES\n  {rows}) AS listed(row_id, before_text, after_text, sums_leaves)",
            before = dialect.numbers(&sql!("before_text")),
            after = dialect.numbers(&sql!("after_text")),
            rows = Sql::join(rows.map(row), ",\n  ")
        )
    }

    /// The last selection: what was counted, and squares.
    fn told(&self, printed: &Printed<'_>) -> Sql {
        let comparison = self.dialect.text(printed.comparison);
        let number = "DECIMAL(38, 0)";
        let nothing = |name: Sql| sql!("CAST(NULL AS {number}) AS {name}", number = number, name = name);
        let squares = || printed.names.iter().map(|name| sql!("square_{name}", name = *name));
        let counted = COUNTED.map(|name| sql!("c.{name}", name = name));
        let no_counts = COUNTED.map(|name| nothing(sql!("{name}", name = name)));
        let known = printed.names.iter().enumerate().map(|(effect, name)| {
            sql!("coalesce(s.square_{at}, 0) AS square_{name}", at = effect + 1, name = *name)
        });
        sql!(
            "SELECT {comparison} AS {name}, c.row_id, c.period,\n  {counted},\n  {no_squares}\nFROM counted AS c\nUNION ALL\nSELECT {comparison}, r.row_id, CAST(NULL AS DATE),\n  {no_counts},\n  {squares}\nFROM listed_row AS r LEFT JOIN squared AS s ON s.row_id = r.row_id\nORDER BY row_id, period",
            comparison = comparison,
            name = COMPARISON,
            counted = Sql::join(counted, ", "),
            no_squares = Sql::join(squares().map(nothing), ",\n  "),
            no_counts = Sql::join(no_counts, ", "),
            squares = Sql::join(known, ",\n  ")
        )
    }
}
