//! One stream of sessions and orders, by person: what the engine divides among its machines once, and all later steps walk over.

use super::columns::SessionTable;
use super::question::Question;
use super::text::{Sql, Steps, sql};
use crate::engine::GroupColumn;
use crate::journey::rules::Attribution;

use super::dialect::Dialect;

impl Question {
    /// The steps to `stream`: a row for each part of a session in a period, and for each order or its part in a slice.
    pub(super) fn stream_steps(&self, steps: &mut Steps) {
        steps.add(
            "item",
            "Orders, or their parts where they have several values of an order column. A buyer who is nobody has the order in their place.",
            self.item(),
        );
        if let Some(sessions) = self.viewing() {
            self.visit_steps(sessions, steps);
        }
        let hint = match self.dialect {
            Dialect::Spark => "/*+ REPARTITION(person) */ ",
            Dialect::DuckDb => "",
        };
        let sessions = if self.viewing().is_some() {
            sql!("SELECT {columns} FROM visit AS x UNION ALL ", columns = self.stream_columns(true))
        } else {
            Sql::default()
        };
        steps.add(
            "stream",
            "Sessions and orders together: moment is when one was entered or paid, kind 0 or 1.",
            sql!(
                "SELECT {hint}s.*{attributes}\nFROM (\n  {sessions}\n  SELECT {orders} FROM item AS x) AS s{join}",
                hint = hint,
                attributes = self.attribute_columns(),
                sessions = sessions,
                orders = self.stream_columns(false),
                join = self.join_streamers("s")
            ),
        );
    }

    /// The names of the broadcasts, where groups are by broadcast.
    pub(super) fn live(&self) -> &'static str {
        if self.rules.grouping.has_live() { ", live_id" } else { "" }
    }

    fn item(&self) -> Sql {
        let (first, after) = self.bounds();
        let dimensions =
            Sql::join(self.dimensions().into_iter().map(|name| sql!(", {name}", name = name)), "");
        let period = self.period_of(&sql!("paid"));
        let period = if self.follows_buyers() {
            // What lies before the range is before all periods.
            sql!("CASE WHEN paid >= {first} THEN {period} END", first = first, period = period)
        } else {
            period
        };
        let (money, by) = if self.orders.has_lines() {
            let by = sql!(
                "\nGROUP BY order_key, streamer_id, paid, person, carrier, live_id, total{dimensions}",
                dimensions = dimensions
            );
            ("CAST(sum(money) AS BIGINT)", by)
        } else {
            ("money", Sql::default())
        };
        // Orders before the range tell who had bought.
        let since = if self.has(&GroupColumn::BuyerType) || self.follows_buyers() {
            Sql::default()
        } else {
            sql!("paid >= {first} AND ", first = first)
        };
        sql!(
            "SELECT coalesce(person, order_key) AS person, person IS NULL AS nobody, streamer_id, live_id, carrier, paid, total{dimensions},\n  {money} AS money, {period} AS period, paid >= {first} AS in_range{followed}\nFROM line\nWHERE {since}paid < {after}{by}",
            dimensions = dimensions,
            money = money,
            period = period,
            first = first,
            followed = self.followed_columns(),
            since = since,
            after = after,
            by = by
        )
    }

    /// The steps to `visit`: the part of each session in each period that it touches.
    fn visit_steps(&self, sessions: &SessionTable, steps: &mut Steps) {
        let (first, after) = self.bounds();
        let window = match self.rules.attribution {
            Attribution::Window(window) => window.0,
            _ => 0,
        };
        let traffic = if sessions.has_source() { "traffic" } else { "'organic' AS traffic" };
        steps.add(
            "touching",
            "Sessions that touch the range that is asked for, or explain an order in it.",
            sql!(
                "SELECT person, streamer_id, coalesce(live_id, '(none)') AS live_id, {traffic}, a AS entered, z AS left_at,\n  greatest(a, {first}) AS a, least(z, {after}) AS z,\n  CASE WHEN a = z THEN a >= {first} AND a < {after} ELSE z > {first} AND a < {after} END AS in_range\nFROM session\nWHERE z + {window} >= {first} AND a < {after}",
                traffic = traffic,
                first = first,
                after = after,
                window = window
            ),
        );
        let touched = match self.step() {
            Some(step) => sql!(
                "SELECT person, streamer_id, live_id, traffic, entered, left_at, a, z, in_range, {each} AS period\nFROM (\n  SELECT *, {first} AS p0, {last} AS p1 FROM touching) AS ends",
                each = self.dialect.each_date("p0", "p1", step),
                first = self.period_of(&sql!("a")),
                // Of those that only explain orders the range has cut all away.
                last = self.period_of(&sql!("greatest(a, z - 1)"))
            ),
            None => sql!("SELECT *, DATE '1970-01-01' AS period FROM touching"),
        };
        steps.add("touched", "A session is in every period that it touches.", touched);
        let clipped = match self.step() {
            Some(_) => {
                let period = sql!("period");
                let (start, end) = (self.start(&period), self.start(&self.next_period(&period)));
                sql!("greatest(a, {start}) AS a, least(z, {end}) AS z", start = start, end = end)
            }
            None => sql!("a, z"),
        };
        steps.add(
            "visit",
            "Its part of each period, from a to before z.",
            sql!(
                "SELECT person, streamer_id, live_id, traffic, entered, left_at, in_range, period, {clipped}\nFROM touched",
                clipped = clipped
            ),
        );
    }

    /// The columns of the stream, of sessions or of orders.
    fn stream_columns(&self, of_sessions: bool) -> Sql {
        let text = self.dialect.text_type();
        let null = |kind: &'static str| sql!("CAST(NULL AS {kind})", kind = kind);
        let mut items: Vec<(Sql, Sql)> = Vec::new();
        let mut add = |of_session: Sql, of_order: Sql, name: &'static str| {
            items.push((if of_sessions { of_session } else { of_order }, sql!("{name}", name = name)));
        };
        add(sql!("0"), sql!("1"), "kind");
        add(sql!("x.person"), sql!("x.person"), "person");
        add(sql!("FALSE"), sql!("x.nobody"), "nobody");
        add(sql!("x.streamer_id"), sql!("x.streamer_id"), "streamer_id");
        if self.rules.grouping.has_live() {
            add(sql!("x.live_id"), sql!("x.live_id"), "live_id");
        }
        add(sql!("x.period"), sql!("x.period"), "period");
        add(sql!("x.in_range"), sql!("x.in_range"), "in_range");
        add(sql!("x.entered"), sql!("x.paid"), "moment");
        add(sql!("x.left_at"), null("BIGINT"), "left_at");
        add(sql!("x.a"), null("BIGINT"), "a");
        add(sql!("CASE WHEN x.in_range THEN x.z END"), null("BIGINT"), "z");
        add(sql!("x.traffic"), null(text), "traffic");
        add(null("BIGINT"), sql!("x.money"), "money");
        if self.rules.attribution == Attribution::Carrier {
            add(sql!("FALSE"), sql!("x.carrier = 'live'"), "came_from_live");
        }
        items.extend(self.followed_items(of_sessions));
        for (value, name) in self.slices() {
            items.push((if of_sessions { null(text) } else { value }, name));
        }
        Sql::join(
            items.into_iter().map(|(value, name)| sql!("{value} AS {name}", value = value, name = name)),
            ", ",
        )
    }
}
