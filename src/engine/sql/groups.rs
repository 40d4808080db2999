//! The groups of a statement: what a row of people and streamers belongs to, and which slice an order.

use super::question::Question;
use super::text::{Sql, Steps, sql};
use crate::engine::GroupColumn;
use crate::units::MinorUnits;

impl Question {
    /// Whether a column is one of the groups.
    pub(super) fn has(&self, column: &GroupColumn) -> bool {
        self.grouping.columns.contains(column)
    }

    /// The attributes of streamers that are asked for.
    fn attributes(&self) -> Vec<&str> {
        let columns = self.grouping.columns.iter();
        columns
            .filter_map(|column| match column {
                GroupColumn::Attribute(name) => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The order columns that are asked for by their own names.
    pub(super) fn dimension_names(&self) -> Vec<String> {
        self.grouping.dimensions()
    }

    fn base_columns(&self) -> impl Iterator<Item = &GroupColumn> {
        self.grouping.columns.iter().filter(|column| !column.is_order_side() && !column.is_viewer_side())
    }

    /// The names of these columns, each with a comma behind it.
    pub(super) fn base_names(&self) -> Sql {
        let one = |column: &GroupColumn| sql!("{name}, ", name = self.dialect.name(column.name()));
        Sql::join(self.base_columns().map(one), "")
    }

    /// The same with a comma before each.
    pub(super) fn base_names_behind(&self) -> Sql {
        let one = |column: &GroupColumn| sql!(", {name}", name = self.dialect.name(column.name()));
        Sql::join(self.base_columns().map(one), "")
    }

    /// The attributes of streamers that are asked for, from the step `streamer`, with a comma before each.
    pub(super) fn attribute_columns(&self) -> Sql {
        let one = |name: &str| {
            let name = self.dialect.name(name);
            sql!(", coalesce(t.{name}, '(none)') AS {name}", name = name)
        };
        Sql::join(self.attributes().into_iter().map(one), "")
    }

    /// The step `streamer` beside one that has streamers, where attributes are asked for.
    pub(super) fn join_streamers(&self, step: &'static str) -> Sql {
        if self.attributes().is_empty() {
            return Sql::default();
        }
        sql!("\nLEFT JOIN streamer AS t ON t.streamer_id = {step}.streamer_id", step = step)
    }

    /// The step `streamer`, where attributes of streamers are asked for.
    pub(super) fn streamer_steps(&self, steps: &mut Steps) {
        let (Some(table), attributes) = (&self.streamers, self.attributes()) else { return };
        if attributes.is_empty() {
            return;
        }
        let dialect = self.dialect;
        let id = dialect.name("streamer_id");
        let text = |name: &Sql| {
            dialect.trimmed(&sql!("CAST({name} AS {text})", name = name, text = dialect.text_type()))
        };
        let names: Vec<Sql> = attributes.iter().map(|name| dialect.name(name)).collect();
        let texts = names.iter().map(|name| sql!(", {text} AS {name}", text = text(name), name = name));
        let words =
            sql!("concat('gmv: the table of streamers has ', streamer_id, ' twice, with different values')");
        let fail = dialect.fail(&words);
        let one = |name: &Sql| {
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
                values = Sql::join(names.iter().map(one), ""),
                id = text(&id),
                texts = Sql::join(texts, ""),
                table = table
            ),
        );
    }

    /// The order-side columns of an order.
    pub(super) fn slices(&self) -> Vec<(Sql, Sql)> {
        let columns = self.grouping.columns.iter().filter(|column| column.is_order_side());
        columns
            .map(|column| {
                let name = self.dialect.name(column.name());
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
        let edge = |edge: &MinorUnits| {
            let (whole, cents) = (edge.0 / 100, edge.0 % 100);
            if cents == 0 {
                whole.to_string()
            } else {
                format!("{whole}.{cents:02}").trim_end_matches('0').to_owned()
            }
        };
        let edges = &self.price_bands;
        let case = |(at, lower): (usize, &MinorUnits)| {
            let text = match edges.get(at + 1) {
                Some(upper) => format!("{}-{}", edge(lower), edge(upper)),
                None => format!("{}+", edge(lower)),
            };
            sql!("WHEN total >= {lower} THEN {text} ", lower = lower.0, text = self.dialect.text(&text))
        };
        let cases: Vec<Sql> = edges.iter().enumerate().rev().map(case).collect();
        let below = edges.first().map_or_else(|| "(none)".to_owned(), |first| format!("<{}", edge(first)));
        sql!("CASE {cases}ELSE {below} END", cases = Sql::join(cases, ""), below = self.dialect.text(&below))
    }
}
