//! Buyers followed over time in a statement: which order of theirs one is, and what came before it, as `repurchase::gathering` has them.

use jiff::civil::{Date, date};

use super::Query;
use super::question::Question;
use super::text::{Sql, Steps, sql};
use crate::engine::GroupColumn;
use crate::journey::rules::Occasion;

impl Question {
    /// Orders of the range and before it, or their parts where they have several values of an order column, as rows of the stream.
    pub(super) fn followed_item(&self) -> Sql {
        let (_, after) = self.bounds();
        let dimensions =
            Sql::join(self.dimensions().into_iter().map(|name| sql!(", {name}", name = name)), "");
        let (money, by) = if self.orders.has_lines() {
            let by = sql!(
                "\nGROUP BY order_key, streamer_id, paid, person, carrier, live_id, total{dimensions}",
                dimensions = dimensions
            );
            ("CAST(sum(money) AS BIGINT)", by)
        } else {
            ("money", Sql::default())
        };
        sql!(
            "SELECT 1 AS kind, coalesce(person, order_key, '') AS person, person IS NULL AS nobody, streamer_id, live_id, carrier, paid, paid AS own_paid, total{dimensions},\n  {money} AS money, 1 AS whole{followed}\nFROM line\nWHERE fate IS NULL AND paid < {after}{by}",
            dimensions = dimensions,
            money = money,
            followed = self.followed_columns(),
            after = after,
            by = by
        )
    }

    /// What orders carry beside their money, with a comma before each.
    fn followed_columns(&self) -> Sql {
        let lines = self.orders.has_lines();
        let day = if self.follows_days() {
            sql!(", {day} AS day", day = self.known_day(&sql!("paid")))
        } else {
            Sql::default()
        };
        let refunded = match (self.tells_refunds(), lines) {
            (false, _) => "",
            (true, false) => ", refunded",
            (true, true) => ", CAST(sum(refunded) AS BIGINT) AS refunded",
        };
        let is_order = match (self.tells_gone(), lines) {
            (false, _) => "",
            (true, false) => ", NOT gone AS is_order",
            (true, true) => ", NOT bool_and(gone) AS is_order",
        };
        sql!("{day}{refunded}{is_order}", day = day, refunded = refunded, is_order = is_order)
    }

    /// The same in the stream: values of sessions or of orders, and their names. Nobody comes back, and nobody comes back to nobody.
    pub(super) fn followed_items(&self, of_sessions: bool) -> Vec<(Sql, Sql)> {
        let mut items = Vec::new();
        let mut add =
            |is_asked: bool, of_session: &'static str, of_order: &'static str, name: &'static str| {
                let value = if of_sessions { of_session } else { of_order };
                if is_asked {
                    items.push((sql!("{value}", value = value), sql!("{name}", name = name)));
                }
            };
        let is_followed = "NOT x.nobody AND x.streamer_id <> '(none)'";
        add(self.follows_buyers(), "FALSE", is_followed, "followed");
        add(self.follows_buyers() && self.follows_days(), "CAST(NULL AS BIGINT)", "x.day", "day");
        add(self.tells_refunds(), "CAST(NULL AS BIGINT)", "x.refunded", "refunded");
        add(self.tells_gone(), "FALSE", "x.is_order", "is_order");
        items
    }

    /// Whether it matters on which day an order was paid.
    fn follows_days(&self) -> bool {
        matches!(self.query, Query::Rates | Query::Waits)
    }

    /// The last day that `--covers` lets be known.
    pub(super) fn last_covered(&self) -> Option<i64> {
        let last = self.rules.covers?.last;
        Some(number(self.rules.range.1.map_or(last, |to| to.min(last))))
    }

    /// The number of the business day of an instant; those behind the last one that is known are as that.
    fn known_day(&self, instant: &Sql) -> Sql {
        let day = self.day(instant);
        match self.last_covered() {
            Some(last) => sql!("least({day}, {last})", day = day, last = last),
            None => day,
        }
    }

    /// The dates that are known, for those who follow buyers, with a comma before each.
    pub(super) fn known_days(&self) -> Sql {
        let last = |at: Option<Date>| match (self.last_covered(), at) {
            (Some(last), _) => sql!("CAST({last} AS BIGINT)", last = last),
            (None, Some(to)) => self.dialect.day(&sql!("least(o1, {to})", to = to)),
            (None, None) => self.dialect.day(&sql!("o1")),
        };
        match self.query {
            Query::Rates => sql!(",\n  o0 AS first_order"),
            Query::Waits => sql!(",\n  {last} AS last_day", last = last(self.rules.range.1)),
            Query::Cohorts => sql!(
                ",\n  o0 AS orders_first, o1 AS orders_last, s0 AS sessions_first, s1 AS sessions_last, s2 AS sessions_until"
            ),
            Query::Sums | Query::Rows | Query::Days => Sql::default(),
        }
    }

    /// The step `bought`: orders with their periods, for what does not depend on viewing.
    pub(super) fn bought_step(&self, steps: &mut Steps) {
        steps.add(
            "bought",
            "Orders with their periods. What lies before the range is before all of them.",
            sql!(
                "SELECT *, CASE WHEN in_range THEN {period} END AS period\nFROM timed",
                period = self.period_of(&sql!("moment"))
            ),
        );
    }

    /// The orders of a person from a group, in a slice, as a window has them.
    pub(super) fn own(&self) -> Sql {
        sql!(
            "PARTITION BY person{base}{slices}",
            base = self.base_names_behind(),
            slices = self.slice_names()
        )
    }

    /// The names of the slices, with a comma before each.
    pub(super) fn slice_names(&self) -> Sql {
        Sql::join(self.slices().into_iter().map(|(_, name)| sql!(", {name}", name = name)), "")
    }

    /// The number of the occasion among a buyer's own that an order is: orders, or days with orders.
    pub(super) fn occasion(&self, own: &Sql, order: &'static str) -> Sql {
        match self.rules.occasion {
            Occasion::Orders => sql!("row_number() OVER ({own} ORDER BY {order})", own = own, order = order),
            Occasion::Days => sql!("dense_rank() OVER ({own} ORDER BY day)", own = own),
        }
    }

    /// The first period in which a person bought; null where that was before all of them. `is_order` tells orders from other rows.
    pub(super) fn first_period(own: &Sql, is_order: &Sql) -> Sql {
        sql!(
            "CASE WHEN NOT bool_or({is_order} AND NOT in_range) OVER ({own})\n    THEN min(CASE WHEN {is_order} THEN period END) OVER ({own}) END AS first_period",
            is_order = is_order,
            own = own
        )
    }

    /// The streamer's column, where it is not one of the groups, with a comma before it.
    pub(super) fn streamer_name(&self) -> &'static str {
        if self.has(&GroupColumn::Streamer) { "" } else { ", streamer_id" }
    }

    /// The step `placed`: sessions and orders, also those before the range, as values of rows.
    pub(super) fn placed_steps(&self, steps: &mut Steps) {
        self.walk_steps(steps);
        self.judged_step(steps);
        let extra = self.followed_items(false);
        let extra = Sql::join(extra.into_iter().map(|(_, name)| sql!(", {name}", name = name)), "");
        steps.add(
            "placed",
            "The same as values of rows, with orders before the range, which tell who had bought.",
            sql!(
                "SELECT kind, person, nobody{streamer}{base}{slices}, period, in_range, moment, money{extra},\n  attributed AND in_range AS attributed, present AND NOT nobody AS present, present AND NOT nobody AND private AS private{sides}\nFROM judged\nWHERE in_range OR followed",
                streamer = self.streamer_name(),
                base = self.base_names_behind(),
                slices = self.slice_names(),
                extra = extra,
                sides = self.sides()
            ),
        );
    }
}

/// The first and last date of the report, and of what is covered, by the step `extent` that is called `e`.
pub(super) fn extent() -> [Sql; 4] {
    [sql!("e.first_date"), sql!("e.last_date"), sql!("e.cover_first"), sql!("e.cover_last")]
}

/// The number of days since 1970 of a date.
fn number(day: Date) -> i64 {
    i64::from((day - date(1970, 1, 1)).get_days())
}
