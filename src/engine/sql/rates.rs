//! What the rates of buyers who come back follow from, in a statement: sums over persons and their second moments, as `repurchase::rates`
//! has them.

use super::columns::SessionTable;
use super::followed::extent;
use super::question::Question;
use super::text::{Sql, Steps, sql};
use crate::calendar::PeriodKind;
use crate::journey::rules::Occasion;

/// The orders of a buyer with a streamer or in a group, in the order of time; of those of one second the first is one that viewing explains.
const IN_TIME: &str = "moment, CASE WHEN attributed THEN 0 ELSE 1 END";
/// Sums over persons: names, and what each person adds.
const SUMS: [(&str, &str); 26] = [
    ("buyers", "b"),
    ("orders", "o"),
    ("gmv", "g"),
    ("buyer_days", "d"),
    ("repeat_buyers", "twice"),
    ("returning_buyers", "came_back * b"),
    ("returning_orders", "came_back * o"),
    ("returning_gmv", "came_back * g"),
    ("repeat_orders", "again"),
    ("private_buyers", "private * b"),
    ("private_repeat_buyers", "private * b * so_far"),
    ("private_multi_period_buyers", "private * b * came_back"),
    ("private_gmv", "private * g"),
    ("private_repeat_orders", "private * again"),
    ("first_orders", "is_first"),
    ("m_oo", "o * o"),
    ("m_od", "o * d"),
    ("m_dd", "d * d"),
    ("m_og", "o * g"),
    ("m_gg", "g * g"),
    ("m_returning_oo", "came_back * o * o"),
    ("m_returning_gg", "came_back * g * g"),
    ("m_aa", "again * again"),
    ("m_private_gg", "private * g * g"),
    ("m_private_aa", "private * again * again"),
    ("of_orders", "of_orders"),
];
/// The same of what was refunded.
const REFUNDS: [(&str, &str); 11] = [
    ("refunded_orders", "refunds"),
    ("orders_as_paid", "paid_orders"),
    ("refunded_gmv", "refunded"),
    ("gmv_as_paid", "paid"),
    ("first_orders_refunded", "is_first * first_refunded"),
    ("m_refunds", "refunds * refunds"),
    ("m_refunds_orders", "refunds * paid_orders"),
    ("m_orders", "paid_orders * paid_orders"),
    ("m_refunded", "refunded * refunded"),
    ("m_refunded_gmv", "refunded * paid"),
    ("m_gmv", "paid * paid"),
];

/// The columns of the result behind the groups.
pub(super) fn columns() -> impl Iterator<Item = &'static str> {
    let sums = SUMS.iter().chain(&REFUNDS).map(|(name, _)| *name);
    sums.chain(["private_viewers", "history_days", "partial"])
}

impl Question {
    /// The statement that gives what rates follow from.
    pub(super) fn rates(&self) -> Sql {
        let mut steps = self.steps();
        self.placed_steps(&mut steps);
        self.ordered_steps(&mut steps);
        steps.add(
            "person",
            "Each person of a row: whether a viewer, orders that viewing explains, their money and days, and what came before them.",
            self.persons(),
        );
        steps.add(
            "cell",
            "The sums of each row, and second moments: products of what each person did.",
            self.rate_sums(),
        );
        if self.rules.grouping.is_sliced() {
            steps.add(
                "slice",
                "Slices share the viewers of their group.",
                self.shared("uv, private_viewers", &["uv", "private_viewers"]),
            );
        }
        steps.statement(&self.rated())
    }

    /// Whether a row is an order: of which anything is left.
    fn is_order(&self) -> &'static str {
        if self.tells_gone() { "followed AND is_order" } else { "followed" }
    }

    fn ordered_steps(&self, steps: &mut Steps) {
        let own = sql!("{own}, followed", own = self.own());
        let kind = if self.tells_gone() { ", is_order" } else { "" };
        let orders = sql!("{own}{kind}", own = own, kind = kind);
        let there = sql!(
            "PARTITION BY person{base}{streamer}{slices}, followed{kind}",
            base = self.base_names_behind(),
            streamer = self.streamer_name(),
            slices = self.slice_names(),
            kind = kind
        );
        // A frame of a second ends with all that was paid in it.
        let refunded = if self.tells_refunds() {
            sql!(
                ",\n  max(refunded) OVER ({own} ORDER BY moment RANGE UNBOUNDED PRECEDING) AS refunded_so_far",
                own = own
            )
        } else {
            Sql::default()
        };
        steps.add(
            "ordered",
            "Which order it is of its buyer's with the streamer, and on which occasion in the group; when the first was paid: what was paid for\nin one second is one.",
            sql!(
                "SELECT *, row_number() OVER ({there} ORDER BY {time}) AS nth_there,\n  {occasion} AS occasion,\n  {first_period},\n  min(moment) OVER ({own}) AS first_moment{refunded}\nFROM placed",
                there = there,
                time = IN_TIME,
                occasion = self.occasion(&orders, IN_TIME),
                first_period = Self::first_period(&own, &sql!("{is_order}", is_order = self.is_order())),
                own = own,
                refunded = refunded
            ),
        );
    }

    fn persons(&self) -> Sql {
        let wide = |value: Sql| self.dialect.wide(&value);
        let is_sliced = self.rules.grouping.is_sliced();
        let (viewer, by_kind) = if is_sliced { ("present AND kind = 0", ", kind") } else { ("present", "") };
        let is_order = self.is_order();
        let counts = if self.tells_gone() { "attributed AND is_order" } else { "attributed" };
        let of_orders = if self.tells_gone() { "kind = 1 AND is_order" } else { "kind = 1" };
        let number = |when: &'static str, name: &'static str| self.number_of(when).named(name);
        let any = |when: Sql, name: &'static str| self.any_of(&when).named(name);
        let days = sql!("count(DISTINCT CASE WHEN {counts} THEN day END)", counts = counts);
        let occasions = match self.rules.occasion {
            Occasion::Orders => sql!("sum(CASE WHEN {counts} THEN 1 ELSE 0 END)", counts = counts),
            Occasion::Days => days.clone(),
        };
        let mut items = vec![
            sql!("max(CASE WHEN {viewer} THEN 1 ELSE 0 END) AS v", viewer = viewer),
            any(sql!("private"), "private"),
            any(sql!("{counts}", counts = counts), "b"),
            number(counts, "o"),
            wide(sql!("sum(CASE WHEN {counts} THEN money ELSE 0 END)", counts = counts)).named("g"),
            wide(days.clone()).named("d"),
            sql!("CASE WHEN {occasions} > 1 THEN 1 ELSE 0 END AS twice", occasions = occasions),
            wide(sql!("sum(CASE WHEN {counts} AND nth_there > 1 THEN 1 ELSE 0 END)", counts = counts))
                .named("again"),
            any(sql!("{is_order} AND occasion > 1", is_order = is_order), "so_far"),
            any(
                sql!("{is_order} AND coalesce(first_period < period, TRUE)", is_order = is_order),
                "came_back",
            ),
            any(sql!("attributed AND moment = first_moment"), "is_first"),
            number(of_orders, "of_orders"),
        ];
        items.extend(self.refunds_of_person());
        sql!(
            "SELECT {keys}period, person,\n  {items}\nFROM ordered\nWHERE in_range\nGROUP BY {keys}period, person, nobody{by_kind}",
            keys = self.columns(|_| true),
            items = Sql::join(items, ",\n  "),
            by_kind = by_kind
        )
    }

    /// How many rows of a person are so.
    fn number_of(&self, when: &'static str) -> Sql {
        self.dialect.wide(&sql!("sum(CASE WHEN {when} THEN 1 ELSE 0 END)", when = when))
    }

    /// 1 where any row of a person is so, else 0.
    fn any_of(&self, when: &Sql) -> Sql {
        self.dialect.wide(&sql!("max(CASE WHEN {when} THEN 1 ELSE 0 END)", when = when))
    }

    /// What was refunded of a person's orders, and what they were as they were paid.
    fn refunds_of_person(&self) -> Vec<Sql> {
        if !self.tells_refunds() {
            return Vec::new();
        }
        let sum = |value: &'static str| {
            self.dialect.wide(&sql!("sum(CASE WHEN attributed THEN {value} ELSE 0 END)", value = value))
        };
        let first = sql!("followed AND moment = first_moment AND refunded_so_far > 0");
        vec![
            self.number_of("attributed AND refunded > 0").named("refunds"),
            sum("refunded").named("refunded"),
            self.number_of("attributed").named("paid_orders"),
            sum(if self.is_net() { "money + refunded" } else { "money" }).named("paid"),
            self.any_of(&first).named("first_refunded"),
        ]
    }

    fn rate_sums(&self) -> Sql {
        let sum = |(name, value): (&'static str, &'static str)| {
            sql!("sum({value}) AS {name}", value = value, name = name)
        };
        let viewers = [("uv", "v"), ("private_viewers", "private * v")];
        let refunds = REFUNDS.into_iter().filter(|_| self.tells_refunds());
        let keys = self.columns(|_| true);
        sql!(
            "SELECT {keys}period,\n  {sums}\nFROM person\nGROUP BY {keys}period",
            sums = Sql::join(viewers.into_iter().chain(SUMS).chain(refunds).map(sum), ",\n  "),
            keys = keys
        )
    }

    /// The last selection.
    fn rated(&self) -> Sql {
        let dialect = self.dialect;
        let (period, partial) = self.period_columns(extent());
        let mut items = vec![sql!("{period} AS period", period = period)];
        items.extend(self.named_columns());
        let domains = self.sessions.as_ref().is_some_and(SessionTable::has_source);
        let of_private = |name: &str| name.contains("private");
        let item = |name: &'static str, is_known: bool| {
            let value = sql!("c.{name}", name = name);
            let value = match name {
                _ if !is_known => sql!("NULL"),
                _ if name.starts_with("m_") => dialect.exact(&value),
                _ if name.contains("gmv") => dialect.money(&value),
                _ => sql!("CAST({value} AS BIGINT)", value = value),
            };
            value.named(name)
        };
        items.push(item("private_viewers", domains));
        let sums = SUMS.iter().filter(|(name, _)| *name != "of_orders");
        items.extend(sums.map(|(name, _)| item(name, domains || !of_private(name))));
        items.extend(REFUNDS.iter().map(|(name, _)| item(name, self.tells_refunds())));
        items.push(self.history_days(&period).named("history_days"));
        items.push(partial.named("partial"));
        let is_sliced = self.rules.grouping.is_sliced();
        let paid = if self.tells_refunds() { " OR c.orders_as_paid > 0" } else { "" };
        let with_orders =
            if is_sliced { sql!(" AND (c.of_orders > 0{paid})", paid = paid) } else { Sql::default() };
        let order = [sql!("period"), sql!("gmv DESC")].into_iter().chain(self.names());
        sql!(
            "SELECT\n  {items}\nFROM {from} AS c CROSS JOIN extent AS e\nWHERE e.first_order IS NOT NULL AND (c.buyers > 0 OR c.uv > 0{paid}){with_orders}\nORDER BY {order}",
            items = Sql::join(items, ",\n  "),
            from = if is_sliced { "slice" } else { "cell" },
            paid = paid,
            with_orders = with_orders,
            order = Sql::join(order, ", ")
        )
    }

    /// Days from the first order that was given to the start of a period, or of what is reported of it.
    fn history_days(&self, period: &Sql) -> Sql {
        let dialect = self.dialect;
        let start = match (self.rules.range.0, self.rules.period) {
            (Some(from), kind) if kind != PeriodKind::All => {
                sql!("greatest({period}, {from})", period = period, from = from)
            }
            _ => period.clone(),
        };
        sql!(
            "greatest(0, {start} - {first})",
            start = dialect.day(&start),
            first = dialect.day(&sql!("e.first_order"))
        )
    }
}
