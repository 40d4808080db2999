//! The sums of a statement: from what each person did in a row to the facts of the row.

use super::columns::SessionTable;
use super::question::{Carried, Question};
use super::text::{Sql, Steps, sql};
use crate::engine::GroupColumn;
use crate::sums::Moments;

impl Question {
    /// The statement that gives the sums.
    pub(super) fn sums(&self) -> Sql {
        let mut steps = self.person_steps();
        let last = self.sum_steps(&mut steps);
        steps.statement(&self.facts(last))
    }

    /// The steps from the tables to `person`: what each person did in each row.
    pub(super) fn person_steps(&self) -> Steps {
        let mut steps = self.steps();
        self.walk_steps(&mut steps);
        self.judged_step(&mut steps);
        steps.add(
            "placed",
            "The same as values of rows. Who is no viewer of the group in the period has none.",
            self.placed(),
        );
        self.person_step(&mut steps);
        steps
    }

    /// The steps from the tables to the stream of sessions and orders.
    pub(super) fn steps(&self) -> Steps {
        let mut steps = Steps::default();
        self.order_steps(&mut steps);
        if let Some(sessions) = &self.sessions {
            self.session_steps(sessions, &mut steps);
        }
        if self.follows_buyers() {
            self.extent_steps(&mut steps);
        }
        self.streamer_steps(&mut steps);
        self.stream_steps(&mut steps);
        steps
    }

    /// The group columns that pass the test, each with a comma behind it.
    pub(super) fn columns(&self, is_wanted: impl Fn(&GroupColumn) -> bool) -> Sql {
        let wanted = self.rules.grouping.columns.iter().filter(|column| is_wanted(column));
        Sql::join(wanted.map(|column| sql!("{name}, ", name = self.alias(column))), "")
    }

    fn person_step(&self, steps: &mut Steps) {
        let is_sliced = self.rules.grouping.is_sliced();
        let wide = |value| self.dialect.wide(&value);
        let keys = self.columns(|_| true);
        // In slices viewers count for the group, of which no slice is known.
        let (viewer, by_kind) = if is_sliced { ("present AND kind = 0", ", kind") } else { ("present", "") };
        steps.add(
            "person",
            "Each person of a row: whether a viewer (v counts, p multiplies), watch time, orders and money.",
            sql!(
                "SELECT {keys}period, person, nobody, domain AS its_domain, traffic AS its_traffic,\n  max(CASE WHEN {viewer} THEN 1 ELSE 0 END) AS v, max(CASE WHEN present THEN 1 ELSE 0 END) AS p, {w} AS w,\n  {o} AS o, {g} AS g,\n  sum(CASE WHEN kind = 1 AND NOT attributed THEN whole ELSE 0 END) AS off_orders,\n  {off_gmv} AS off_gmv, sum(whole) AS of_orders{reach}\nFROM placed\nGROUP BY {keys}period, person, nobody, domain, traffic{by_kind}",
                keys = keys,
                viewer = viewer,
                w = wide(sql!("max(w)")),
                o = wide(sql!("sum(CASE WHEN attributed THEN whole ELSE 0 END)")),
                g = wide(sql!("sum(CASE WHEN attributed THEN money ELSE 0 END)")),
                off_gmv = wide(sql!("sum(CASE WHEN kind = 1 AND NOT attributed THEN money ELSE 0 END)")),
                reach = self.reach(["paid_time", "paid_time", "entered_time", "entered_time"]),
                by_kind = by_kind
            ),
        );
    }

    /// The steps from `person` to the sums of each row; gives the name of the last.
    fn sum_steps(&self, steps: &mut Steps) -> &'static str {
        let (is_sliced, keys) = (self.rules.grouping.is_sliced(), self.columns(|_| true));
        steps.add(
            "cell",
            "The sums of each row, and its second moments: products of what each person did.",
            self.cells(&keys),
        );
        let mut last = "cell";
        if is_sliced {
            last = "slice";
            steps.add(
                "slice",
                "Slices share the viewing of their group. Rows exist where there is an order.",
                self.shared("uv, uv_private, uv_paid, w, ww", &["uv", "uv_private", "uv_paid", "w", "ww"]),
            );
        }
        if self.carried() == Carried::Standing {
            self.reach_steps(last, steps);
            last = "reach";
        }
        last
    }

    /// The cells with what all slices of a group share: some of their sums, which are those of the group.
    pub(super) fn shared(&self, all: &'static str, names: &[&'static str]) -> Sql {
        let group = self.columns(|column| !column.is_order_side());
        let of_group = |name: &&'static str| {
            sql!("sum({name}) OVER (PARTITION BY {group}period) AS {name}", name = *name, group = group)
        };
        sql!(
            "SELECT {others}, {shared} FROM cell",
            others = self.dialect.without(all),
            shared = Sql::join(names.iter().map(of_group), ", ")
        )
    }

    /// The first and last time of each table, with a comma before them, where they are looked for.
    fn reach(&self, of: [&'static str; 4]) -> Sql {
        let [o0, o1, s0, s1] = of;
        if self.carried() == Carried::Standing {
            sql!(
                ",\n  min({o0}) AS o0, max({o1}) AS o1, min({s0}) AS s0, max({s1}) AS s1",
                o0 = o0,
                o1 = o1,
                s0 = s0,
                s1 = s1
            )
        } else {
            Sql::default()
        }
    }

    fn cells(&self, keys: &Sql) -> Sql {
        let sum = |name: &'static str, value: &'static str| {
            sql!("sum({value}) AS {name}", value = value, name = name)
        };
        let sums = [
            sum("uv", "v"),
            sum("uv_private", "CASE WHEN its_domain = 'private' THEN v ELSE 0 END"),
            sum("uv_paid", "CASE WHEN its_traffic = 'paid' THEN v ELSE 0 END"),
            sum("w", "v * w"),
            sum("ww", "v * w * w"),
            sum("buyers", "CASE WHEN o > 0 THEN 1 ELSE 0 END"),
            sum("orders", "o"),
            sum("gmv", "g"),
            sum("orders_off_live", "off_orders"),
            sum("gmv_off_live", "off_gmv"),
            sum("of_orders", "of_orders"),
        ];
        let moments = [
            sum("pb", "CASE WHEN o > 0 THEN p ELSE 0 END"),
            sum("po", "p * o"),
            sum("pg", "p * g"),
            sum("wb", "CASE WHEN o > 0 THEN w ELSE 0 END"),
            sum("wo", "w * o"),
            sum("wg", "w * g"),
            sum("oo", "o * o"),
            sum("og", "o * g"),
            sum("gg", "g * g"),
        ];
        let all = sums.into_iter().chain(moments.into_iter().filter(|_| self.rules.moments));
        sql!(
            "SELECT {keys}period,\n  {all}{reach}\nFROM person\nGROUP BY {keys}period",
            keys = keys,
            all = Sql::join(all, ",\n  "),
            reach = self.reach(["o0", "o1", "s0", "s1"])
        )
    }

    /// The first date of the period of a cell `c`, and whether whole days of the period are left out, by the first and last date of the
    /// report, and of what is covered.
    pub(super) fn period_columns(&self, [first, last, cover_first, cover_last]: [Sql; 4]) -> (Sql, Sql) {
        let (period, end) = if self.is_one_period() {
            (first, last)
        } else {
            let next = self.next_period(&sql!("c.period"));
            (sql!("c.period"), self.dialect.days_later(&next, -1))
        };
        let partial = sql!(
            "coalesce({period} < {cover_first} OR {end} > {cover_last}, TRUE)",
            period = period,
            cover_first = cover_first,
            end = end,
            cover_last = cover_last
        );
        (period, partial)
    }

    /// The last selection: the columns of a facts file.
    fn facts(&self, from: &'static str) -> Sql {
        let dialect = self.dialect;
        let (period, partial) = self.period_columns(self.dates());
        let mut items = vec![sql!("{period} AS period", period = period)];
        items.extend(self.named_columns());
        items.push(sql!("{money} AS gmv", money = dialect.money(&sql!("c.gmv"))));
        items.extend(self.viewing_columns());
        items.push(sql!("CAST(c.buyers AS BIGINT) AS buyers"));
        items.push(sql!("CAST(c.orders AS BIGINT) AS orders"));
        items.push(sql!("{money} AS gmv_off_live", money = dialect.money(&sql!("c.gmv_off_live"))));
        items.push(sql!("CAST(c.orders_off_live AS BIGINT) AS orders_off_live"));
        items.push(sql!("{money} AS gmv_total", money = dialect.money(&sql!("(c.gmv + c.gmv_off_live)"))));
        items.push(sql!("{partial} AS partial", partial = partial));
        if self.rules.moments {
            items.extend(self.moments());
        }
        let order = [sql!("period"), sql!("gmv DESC")].into_iter().chain(self.names());
        let kept = match (self.carried(), self.rules.grouping.is_sliced()) {
            (Carried::Standing, true) => "\nWHERE c.period IS NOT NULL AND c.of_orders > 0",
            (Carried::Standing, false) => "\nWHERE c.period IS NOT NULL",
            (_, true) => "\nWHERE c.of_orders > 0",
            (_, false) => "",
        };
        sql!(
            "SELECT\n  {items}\nFROM {from} AS c{kept}\nORDER BY {order}",
            items = Sql::join(items, ",\n  "),
            from = from,
            kept = kept,
            order = Sql::join(order, ", ")
        )
    }

    /// Viewers and their watch time; null where there are no sessions, or where they do not say where they came from.
    fn viewing_columns(&self) -> [Sql; 5] {
        let there = self.sessions.is_some();
        let split = self.sessions.as_ref().is_some_and(SessionTable::has_source);
        let count = |is_known: bool, value: &'static str, name: &'static str| {
            let value = if is_known { value } else { "NULL" };
            sql!("CAST({value} AS BIGINT) AS {name}", value = value, name = name)
        };
        let hours = if there { "CAST(c.w AS DOUBLE) / 3600" } else { "CAST(NULL AS DOUBLE)" };
        [
            count(there, "c.uv", "uv"),
            count(split, "c.uv_private", "uv_private"),
            count(split, "c.uv - c.uv_private", "uv_public"),
            count(split, "c.uv_paid", "uv_paid"),
            sql!("{hours} AS watch_hours", hours = hours),
        ]
    }

    /// The fifteen second moments; those of viewing are null without sessions.
    fn moments(&self) -> Vec<Sql> {
        const VALUES: [&str; 15] = [
            "uv", "w", "pb", "po", "pg", "ww", "wb", "wo", "wg", "buyers", "orders", "gmv", "oo", "og", "gg",
        ];
        /// So many of them are of viewing.
        const OF_VIEWING: usize = 9;
        let one = |(at, (value, name)): (usize, (&&'static str, &'static str))| {
            if at < OF_VIEWING && self.sessions.is_none() {
                sql!("NULL AS {name}", name = name)
            } else {
                let value = self.dialect.exact(&sql!("c.{value}", value = *value));
                sql!("{value} AS {name}", value = value, name = name)
            }
        };
        VALUES.iter().zip(Moments::NAMES).enumerate().map(one).collect()
    }
}
