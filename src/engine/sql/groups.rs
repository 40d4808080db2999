//! The groups of a statement: what a row of people and streamers belongs to, and which slice an order.

use std::sync::Arc;

use super::question::Question;
use super::text::{Sql, Steps, sql};
use crate::engine::GroupColumn;
use crate::engine::assembly::band;
use crate::input::streamers::TIER;
use crate::units::MinorUnits;

impl Question {
    /// Whether a column is one of the groups.
    pub(super) fn has(&self, column: &GroupColumn) -> bool {
        self.rules.grouping.columns.contains(column)
    }

    /// The name that a column of the groups has in the steps: those that users name have a number, so that none is that of another column.
    pub(super) fn alias(&self, column: &GroupColumn) -> Sql {
        let at = self.rules.grouping.columns.iter().position(|known| known == column).unwrap_or_default() + 1;
        match column {
            GroupColumn::Dimension(_) | GroupColumn::Attribute(_) | GroupColumn::Given(_) => {
                sql!("group_{at}", at = at)
            }
            _ => self.dialect.name(column.name()),
        }
    }

    /// The groups as the steps call them.
    pub(super) fn aliases(&self) -> impl Iterator<Item = Sql> {
        self.rules.grouping.columns.iter().map(|column| self.alias(column))
    }

    /// Their names in the result.
    pub(super) fn names(&self) -> impl Iterator<Item = Sql> {
        self.rules.grouping.columns.iter().map(|column| self.dialect.name(column.name()))
    }

    /// The groups of the cells `c`, under these names.
    pub(super) fn named_columns(&self) -> impl Iterator<Item = Sql> {
        let named = self.aliases().zip(self.names());
        named.map(|(alias, name)| sql!("c.{alias} AS {name}", alias = alias, name = name))
    }

    /// Whether a column is the tier of streamers, and no table gives it.
    fn is_computed(&self, column: &GroupColumn) -> bool {
        self.tiers.is_some() && matches!(column, GroupColumn::Attribute(name) if name == TIER)
    }

    /// The attributes of streamers that are asked for of their table: their names there and in the steps.
    fn attributes(&self) -> Vec<(Sql, Sql)> {
        let columns = self.rules.grouping.columns.iter();
        let attributes =
            columns.filter(|one| matches!(one, GroupColumn::Attribute(_)) && !self.is_computed(one));
        attributes.map(|column| (self.dialect.name(column.name()), self.alias(column))).collect()
    }

    /// The order columns that are asked for by their own names, as the steps call them.
    pub(super) fn dimensions(&self) -> Vec<Sql> {
        let columns = self.rules.grouping.columns.iter();
        let dimensions = columns.filter(|column| matches!(column, GroupColumn::Dimension(_)));
        dimensions.map(|column| self.alias(column)).collect()
    }

    fn base_columns(&self) -> impl Iterator<Item = &GroupColumn> {
        self.rules
            .grouping
            .columns
            .iter()
            .filter(|column| !column.is_order_side() && !column.is_viewer_side())
    }

    /// The names of these columns.
    pub(super) fn base_aliases(&self) -> impl Iterator<Item = Sql> {
        self.base_columns().map(|column| self.alias(column))
    }

    /// The same with a comma before each.
    pub(super) fn base_names_behind(&self) -> Sql {
        Sql::join(self.base_aliases().map(|name| sql!(", {name}", name = name)), "")
    }

    /// The attributes of the streamers of a step that are asked for, with a comma before each.
    pub(super) fn attribute_columns(&self, step: &'static str) -> Sql {
        let one = |(_, name)| sql!(", coalesce(t.{name}, '(none)') AS {name}", name = name);
        let given = self.attributes().into_iter().map(one);
        let tier = |column: &GroupColumn| {
            let above = if self.has_tiers() { "coalesce(k.tier, 'tail')" } else { "'tail'" };
            sql!(
                ", CASE WHEN {step}.streamer_id = '(none)' THEN '(none)' ELSE {above} END AS {name}",
                step = step,
                above = above,
                name = self.alias(column)
            )
        };
        let computed = self.rules.grouping.columns.iter().filter(|column| self.is_computed(column)).map(tier);
        Sql::join(given.chain(computed), "")
    }

    /// Whether any streamer is in another computed tier than tail.
    fn has_tiers(&self) -> bool {
        let is_asked = self.rules.grouping.columns.iter().any(|column| self.is_computed(column));
        is_asked && self.tiers.as_ref().is_some_and(|tiers| !tiers.is_empty())
    }

    /// The steps `streamer` and `tiered` beside one that has streamers, where attributes are asked for.
    pub(super) fn join_streamers(&self, step: &'static str) -> Sql {
        let given = if self.attributes().is_empty() {
            Sql::default()
        } else {
            sql!("\nLEFT JOIN streamer AS t ON t.streamer_id = {step}.streamer_id", step = step)
        };
        let computed = if self.has_tiers() {
            sql!("\nLEFT JOIN tiered AS k ON k.tiered_id = {step}.streamer_id", step = step)
        } else {
            Sql::default()
        };
        Sql::join([given, computed], "")
    }

    /// The step `tiered`: the computed tiers of streamers but tail, which come with the statement.
    fn tiered_step(&self, steps: &mut Steps) {
        let row = |(id, tier): &(Arc<str>, &'static str)| {
            sql!("({id}, '{tier}')", id = self.dialect.text(id), tier = *tier)
        };
        let rows = self.tiers.iter().flatten().map(row);
        steps.add(
            "tiered",
            "The computed tiers of streamers; all others are tail.",
            sql!(
                "SELECT *\nFROM (VALUES\n  {rows}) AS listed(tiered_id, tier)",
                rows = Sql::join(rows, ",\n  ")
            ),
        );
    }

    /// The steps of streamers: `streamer` and `tiered`, where attributes of them are asked for, and `listed`, where the answer is about rows.
    pub(super) fn streamer_steps(&self, steps: &mut Steps) {
        self.table_steps(steps);
        if self.has_tiers() {
            self.tiered_step(steps);
        }
    }

    /// The steps from the table of streamers.
    fn table_steps(&self, steps: &mut Steps) {
        let (Some(table), attributes) = (&self.streamers, self.attributes()) else { return };
        let dialect = self.dialect;
        let id = dialect.unguarded(&dialect.cell(&dialect.name("streamer_id")));
        if self.is_of_rows() && self.lists_streamers {
            let listed = sql!("SELECT DISTINCT {id} AS listed_id FROM {table}", id = id, table = table);
            steps.add("listed", "The streamers that the table of them has.", listed);
        }
        if attributes.is_empty() {
            return;
        }
        let texts = attributes
            .iter()
            .map(|(column, name)| sql!(", {text} AS {name}", text = dialect.cell(column), name = name));
        let words =
            sql!("concat('gmv: the table of streamers has ', streamer_id, ' twice, with different values')");
        let fail = dialect.fail(&words);
        let one = |(_, name): &(Sql, Sql)| {
            sql!(
                ",\n  CASE WHEN min(coalesce({name}, '')) <> max(coalesce({name}, '')) THEN {fail} ELSE min({name}) END AS {name}",
                name = name,
                fail = fail
            )
        };
        steps.add(
            "streamer",
            "The attributes of streamers.",
            sql!(
                "SELECT streamer_id{values}\nFROM (SELECT {id} AS streamer_id{texts}\n  FROM {table}) AS texts\nWHERE streamer_id IS NOT NULL GROUP BY streamer_id",
                values = Sql::join(attributes.iter().map(one), ""),
                id = id,
                texts = Sql::join(texts, ""),
                table = table
            ),
        );
    }

    /// The order-side columns of an order.
    pub(super) fn slices(&self) -> Vec<(Sql, Sql)> {
        let columns = self.rules.grouping.columns.iter().filter(|column| column.is_order_side());
        columns
            .map(|column| {
                let name = self.alias(column);
                let value = match column {
                    GroupColumn::PriceBand => self.band(),
                    _ => name.clone(),
                };
                (value, name)
            })
            .collect()
    }

    /// The price band of the total of an order, as it is written.
    fn band(&self) -> Sql {
        let edges = &self.rules.price_bands;
        let text = |number| self.dialect.text(&band(edges, number));
        let case = |(at, lower): (usize, &MinorUnits)| {
            sql!("WHEN total >= {lower} THEN {text} ", lower = lower.0, text = text(at + 1))
        };
        let cases: Vec<Sql> = edges.iter().enumerate().rev().map(case).collect();
        sql!("CASE {cases}ELSE {below} END", cases = Sql::join(cases, ""), below = text(0))
    }
}
