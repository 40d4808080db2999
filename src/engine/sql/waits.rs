//! The time to the second order in a statement: of those whose first order from a group lies in a period, as `repurchase::survival` has it.

use super::followed::extent;
use super::question::Question;
use super::text::{Sql, Steps, sql};

/// The columns of the result behind the groups.
pub(super) const COLUMNS: [&str; 3] = ["days", "came_back", "not_yet"];

impl Question {
    /// The statement that gives how many came back after how many days, and how many have not as far as is known.
    pub(super) fn waits(&self) -> Sql {
        let mut steps = self.steps();
        // Groups that are split by what viewers are depend on viewing; all others on orders alone.
        let from = if self.rules.grouping.is_split() {
            self.placed_steps(&mut steps);
            "placed"
        } else {
            self.bought_step(&mut steps);
            "bought"
        };
        self.wait_steps(&mut steps, from);
        steps.statement(&self.waited())
    }

    fn wait_steps(&self, steps: &mut Steps, from: &'static str) {
        let (own, keys) = (self.own(), self.columns(|_| true));
        steps.add(
            "ordered",
            "Orders of known buyers from known streamers: which one it is of its buyer's, and on which occasion.",
            sql!(
                "SELECT *, row_number() OVER ({own} ORDER BY moment) AS nth, {occasion} AS occasion\nFROM {from}\nWHERE followed",
                own = own,
                occasion = self.occasion(&own, "moment"),
                from = from
            ),
        );
        steps.add(
            "second",
            "The day of the second occasion of its buyer; null where there is none yet.",
            sql!(
                "SELECT *, min(CASE WHEN occasion = 2 THEN day END) OVER ({own}) AS second_day\nFROM ordered",
                own = own
            ),
        );
        steps.add(
            "wait",
            "First orders in the range. Who has not come back is known up to the last day.",
            sql!(
                "SELECT {keys}period, coalesce(second_day, last_day) - day AS days,\n  CASE WHEN second_day IS NULL THEN 0 ELSE 1 END AS came_back\nFROM second CROSS JOIN extent\nWHERE nth = 1 AND in_range",
                keys = keys
            ),
        );
        steps.add(
            "cell",
            "How many came back so many days after their first order, and how many had not.",
            sql!(
                "SELECT {keys}period, days, sum(came_back) AS came_back, sum(1 - came_back) AS not_yet\nFROM wait\nGROUP BY {keys}period, days",
                keys = keys
            ),
        );
    }

    fn waited(&self) -> Sql {
        let groups = self.named_columns().map(|column| sql!("{column}, ", column = column));
        let order = self.names().map(|name| sql!("{name}, ", name = name));
        sql!(
            "SELECT\n  {period} AS period, {groups}CAST(c.days AS BIGINT) AS days,\n  CAST(c.came_back AS BIGINT) AS came_back, CAST(c.not_yet AS BIGINT) AS not_yet\nFROM cell AS c CROSS JOIN extent AS e\nORDER BY period, {order}days",
            period = self.period_columns(extent()).0,
            groups = Sql::join(groups, ""),
            order = Sql::join(order, "")
        )
    }
}
