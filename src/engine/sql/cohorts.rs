//! Cohorts in a statement: buyers by the period of their first order from a group, and what they bought in each period, as
//! `repurchase::cohorts` has them.

use super::question::Question;
use super::text::{Sql, Steps, sql};
use crate::calendar::PeriodKind;

/// The columns of the result beside the groups.
pub(super) const COLUMNS: [&str; 8] = [
    "cohort",
    "returned",
    "orders_first",
    "orders_last",
    "sessions_first",
    "sessions_last",
    "sessions_until",
    "has_sessions",
];

impl Question {
    /// The statement that gives cohorts: all counted orders of known buyers from known streamers, whether viewing explains them or not.
    pub(super) fn cohorts(&self) -> Sql {
        let mut steps = self.steps();
        self.cohort_steps(&mut steps);
        steps.statement(&self.returned())
    }

    fn cohort_steps(&self, steps: &mut Steps) {
        self.bought_step(steps);
        let keys = self.columns(|_| true);
        steps.add(
            "ordered",
            "Orders of known buyers from known streamers, with the period of their buyer's first one; null where that was before all periods.",
            sql!(
                "SELECT person, {keys}period, money,\n  {first_period}\nFROM bought\nWHERE followed",
                keys = keys,
                first_period = Self::first_period(&self.own(), &sql!("TRUE"))
            ),
        );
        steps.add(
            "person",
            "What each buyer of a cohort bought in a period.",
            sql!(
                "SELECT {keys}first_period AS cohort, period, person, count(*) AS orders, {gmv} AS gmv\nFROM ordered\nGROUP BY {keys}first_period, period, person",
                keys = keys,
                gmv = self.dialect.wide(&sql!("sum(money)"))
            ),
        );
        steps.add(
            "cell",
            "What the cohort did. Who had bought before all periods is in none, and counted once.",
            sql!(
                "SELECT {keys}cohort, period, count(*) AS returned, sum(orders) AS orders, sum(gmv) AS gmv\nFROM person\nWHERE cohort IS NOT NULL OR period IS NULL\nGROUP BY {keys}cohort, period",
                keys = keys
            ),
        );
    }

    fn returned(&self) -> Sql {
        let dialect = self.dialect;
        let date = |name: &'static str| match self.rules.period {
            PeriodKind::All => sql!("CASE WHEN c.{name} IS NOT NULL THEN e.first_date END", name = name),
            _ => sql!("c.{name}", name = name),
        };
        let groups = self.named_columns().map(|column| sql!("{column}, ", column = column));
        let order = self.names().map(|name| sql!("{name}, ", name = name));
        let of_cohort = |value: &Sql| sql!("CASE WHEN c.cohort IS NOT NULL THEN {value} END", value = value);
        // Who sold later than is said to be covered has not told of these periods.
        let known = match self.last_covered() {
            Some(last) if self.rules.period != PeriodKind::All => sql!(
                "\nWHERE coalesce(c.period <= greatest(e.orders_first, {last}), TRUE)",
                last = dialect.date(&sql!("{last}", last = last))
            ),
            _ => Sql::default(),
        };
        sql!(
            "SELECT\n  {cohort} AS cohort, {groups}{period} AS period,\n  CAST(max(CASE WHEN c.period = c.cohort OR c.cohort IS NULL THEN c.returned END) OVER (PARTITION BY {keys}c.cohort) AS BIGINT) AS buyers,\n  {returned} AS returned, {orders} AS orders,\n  {gmv} AS gmv,\n  e.orders_first, e.orders_last, e.sessions_first, e.sessions_last, e.sessions_until, {there} AS has_sessions\nFROM cell AS c CROSS JOIN extent AS e{known}\nORDER BY {order}cohort NULLS FIRST, period NULLS FIRST",
            cohort = date("cohort"),
            groups = Sql::join(groups, ""),
            period = date("period"),
            keys = Sql::join(self.aliases().map(|name| sql!("c.{name}, ", name = name)), ""),
            returned = of_cohort(&sql!("CAST(c.returned AS BIGINT)")),
            orders = of_cohort(&sql!("CAST(c.orders AS BIGINT)")),
            gmv = of_cohort(&dialect.money(&sql!("c.gmv"))),
            there = if self.sessions.is_some() { "TRUE" } else { "FALSE" },
            known = known,
            order = Sql::join(order, "")
        )
    }
}
