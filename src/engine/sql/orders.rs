//! Orders in a statement: from the rows of a table to those that count, line by line, as `journey::settle` has them.

use super::columns::OrderTable;
use super::dialect::Dialect;
use super::net::ORDER;
use super::question::Question;
use super::text::{Sql, Steps, select, sql};
use crate::input::binding::Origin;
use crate::input::profile::{Carrier, Status};
use crate::journey::rules::UnknownStatus;

/// The columns of an order that are ids.
const IDS: [&str; 5] = ["order_id", "line_id", "buyer_id", "streamer_id", "live_id"];

impl Question {
    /// The steps from the table of orders to `line`, one row for each order or line that stands; where the answer is about rows, for each row.
    pub(super) fn order_steps(&self, steps: &mut Steps) {
        let orders = &self.orders;
        steps.add(
            "order_text",
            "Orders as they are: trimmed texts, blanks as nulls.",
            self.order_text(orders),
        );
        steps.add(
            "order_cell",
            "Ids without guards against Excel, digits of amounts, local times.",
            self.order_cell(orders),
        );
        steps.add("order_value", "Typed orders, in seconds and minor units.", self.order_value(orders));
        steps.add("order_row", "Rejected says which column does not read.", self.order_row(orders));
        steps.add(
            "standing",
            "Of rows with one key the latest stands, the first of nth, before anything is filtered; a rejected row replaces nothing.",
            self.standing(orders),
        );
        steps.add("paid", "The state of what does not count, by its payment and status.", self.paid());
        if self.is_net() || self.tells_refunds() {
            self.net_steps(steps);
        }
        let line = if self.tells_refunds() { self.line_with_refunds(orders) } else { self.line(orders) };
        steps.add(
            "line",
            "Lines with what their order says: time, buyer, carrier and broadcast are those of its smallest line; whole is 1 on one of them. Those with a fate do not count.",
            line,
        );
    }

    fn later(&self, at: usize) -> Sql {
        self.dialect.name(&format!("later_{}", at + 1))
    }

    /// The columns by which a row is later than another one.
    fn laters(&self) -> Vec<Sql> {
        (0..self.latest_by.len()).map(|at| self.later(at)).collect()
    }

    fn order_text(&self, orders: &OrderTable) -> Sql {
        let (dialect, cells) = (self.dialect, orders.cells(self.dialect));
        let mut items: Vec<(Sql, Sql)> = Vec::new();
        for (at, name) in self.latest_by.iter().enumerate() {
            items.push((dialect.name(name), self.later(at)));
        }
        for name in IDS.into_iter().chain(["paid_at", "status", "carrier"]) {
            items.push((cells.text(orders.origin(name)), sql!("{name}", name = name)));
        }
        items.push((cells.instant(orders.origin("paid_at")), sql!("paid_instant")));
        for (term, at) in ["amount", "refund_amount"].into_iter().flat_map(|name| orders.terms(name)) {
            let column = at.map(Origin::Column);
            let origin = column.as_ref().unwrap_or_else(|| orders.origin(term.field));
            items.push((cells.text(origin), term.alias(dialect)));
        }
        for (column, alias) in orders.rule_columns(dialect) {
            items.push((cells.text(&Origin::Column(column)), alias));
        }
        for (origin, alias) in orders.dimensions.iter().zip(self.dimensions()) {
            // As this machine writes it, which divides values by that sign.
            items.push((sql!("replace({text}, chr(31), ' ')", text = cells.text(origin)), alias));
        }
        select(items, &orders.table)
    }

    fn order_cell(&self, orders: &OrderTable) -> Sql {
        let dialect = self.dialect;
        let mut items: Vec<(Sql, Sql)> =
            self.laters().into_iter().map(|later| (later.clone(), later)).collect();
        for name in IDS {
            items.push((dialect.unguarded(&sql!("{name}", name = name)), sql!("{name}", name = name)));
        }
        for name in ["paid_at", "paid_instant", "status", "carrier"] {
            items.push((sql!("{name}", name = name), sql!("{name}", name = name)));
        }
        for name in ["status", "carrier"] {
            items.push((dialect.plain(&sql!("{name}", name = name)), sql!("{name}_plain", name = name)));
        }
        items.push((dialect.local_of_text(&sql!("paid_at")), sql!("paid_local")));
        items.push((dialect.offset_of_text(&sql!("paid_at")), sql!("paid_offset")));
        for (term, _) in ["amount", "refund_amount"].into_iter().flat_map(|name| orders.terms(name)) {
            let alias = term.alias(dialect);
            items.push((alias.clone(), alias.clone()));
            items.push((dialect.digits(&alias), term.digits(dialect)));
        }
        items.extend(
            orders.rule_columns(dialect).into_iter().map(|(_, alias)| (dialect.unguarded(&alias), alias)),
        );
        items.extend(self.dimensions().into_iter().map(|alias| (alias.clone(), alias)));
        select(items, &sql!("order_text"))
    }

    fn order_value(&self, orders: &OrderTable) -> Sql {
        let dialect = self.dialect;
        let mut items: Vec<(Sql, Sql)> =
            self.laters().into_iter().map(|later| (later.clone(), later)).collect();
        items.extend(IDS.map(|name| (sql!("{name}", name = name), sql!("{name}", name = name))));
        let moment = dialect.instant_of(
            (&sql!("paid_instant"), &sql!("paid_at")),
            (&sql!("paid_local"), &sql!("paid_offset")),
            &self.zone,
        );
        items.push((sql!("paid_at"), sql!("paid_at")));
        items.push((moment, sql!("paid")));
        items.push((orders.meaning(dialect), sql!("meaning")));
        items.push((sql!("status"), sql!("status")));
        items.push((orders.carrier(dialect), sql!("carrier")));
        for (name, value, fault) in
            [("amount", "amount", "amount_fault"), ("refund_amount", "refund", "refund_fault")]
        {
            items.push((orders.money(dialect, name), sql!("{value}", value = value)));
            items.push((orders.money_fault(dialect, name), sql!("{fault}", fault = fault)));
        }
        let own = |alias: Sql| (sql!("coalesce({alias}, '(none)')", alias = alias), alias);
        items.extend(self.dimensions().into_iter().map(own));
        select(items, &sql!("order_cell"))
    }

    fn order_row(&self, orders: &OrderTable) -> Sql {
        let dialect = self.dialect;
        let mut items: Vec<(Sql, Sql)> =
            self.laters().into_iter().map(|later| (later.clone(), later)).collect();
        items.extend(
            ["order_id", "line_id"].map(|name| (sql!("{name}", name = name), sql!("{name}", name = name))),
        );
        let somebody = dialect.is_somebody(&sql!("buyer_id"), &orders.anonymous);
        items.push((sql!("CASE WHEN {somebody} THEN buyer_id END", somebody = somebody), sql!("person")));
        items.push((sql!("coalesce(streamer_id, '(none)')"), sql!("streamer_id")));
        let nothing = dialect.nothing();
        let live = sql!("CASE WHEN live_id NOT IN ({nothing}) THEN live_id END", nothing = nothing);
        let live = if self.rules.grouping.has_live() {
            sql!("coalesce({live}, '(none)')", live = live)
        } else {
            live
        };
        items.push((live, sql!("live_id")));
        for name in ["paid", "meaning", "status", "carrier", "refund"] {
            items.push((sql!("{name}", name = name), sql!("{name}", name = name)));
        }
        items.push((sql!("CASE WHEN amount_fault IS NULL THEN amount END"), sql!("amount")));
        items.extend(self.dimensions().into_iter().map(|alias| (alias.clone(), alias)));
        items.push((self.rejected_order(orders), sql!("rejected")));
        select(items, &sql!("order_value"))
    }

    fn standing(&self, orders: &OrderTable) -> Sql {
        let accepted = if self.is_of_rows() { "" } else { " WHERE rejected IS NULL" };
        if orders.rows_are_orders() {
            let row = match self.dialect {
                Dialect::Spark => "monotonically_increasing_id()",
                Dialect::DuckDb => "row_number() OVER ()",
            };
            return sql!(
                "SELECT CAST({row} AS {text}) AS order_key, *, 1 AS nth FROM order_row{accepted}",
                row = row,
                text = self.dialect.text_type(),
                accepted = accepted
            );
        }
        let key = if orders.has_lines() { "order_id, line_id" } else { "order_id" };
        // Of rows that are equally late, what they hold decides, so that all statements and runs take the same one.
        let held =
            ["paid", "amount", "refund", "status", "meaning", "person", "streamer_id", "live_id", "carrier"];
        let held = held.map(|name| sql!("{name}", name = name)).into_iter().chain(self.dimensions());
        let order = self.laters().into_iter().chain(held);
        let order = order.map(|name| sql!("{name} DESC NULLS LAST", name = name));
        // A rejected row replaces nothing, and is replaced by nothing.
        let (among, latest) =
            if self.is_of_rows() { (", rejected IS NULL", "") } else { ("", "\nWHERE nth = 1") };
        sql!(
            "SELECT order_id AS order_key, * FROM (\n  SELECT *, row_number() OVER (PARTITION BY {key}{among} ORDER BY {order}) AS nth\n  FROM order_row{accepted}) AS ranked{latest}",
            key = key,
            among = among,
            order = Sql::join(order, ", "),
            accepted = accepted,
            latest = latest
        )
    }

    fn paid(&self) -> Sql {
        let text = self.dialect.text_type();
        let unknown = match self.rules.unknown_status {
            UnknownStatus::Count => sql!("NULL"),
            UnknownStatus::Refuse if !self.is_of_rows() => {
                let words = sql!(
                    "concat('gmv: the orders have a status that no rule maps: ', coalesce(status, '(blank)'), '; map it in a profile, or use --unknown-status count or skip')"
                );
                sql!("CAST({fail} AS {text})", fail = self.dialect.fail(&words), text = text)
            }
            UnknownStatus::Skip | UnknownStatus::Refuse => sql!("'skipped'"),
        };
        let (gone, word) = if self.is_of_rows() {
            (
                "WHEN rejected IS NOT NULL THEN 'rejected' WHEN nth > 1 THEN 'superseded' ",
                ",\n  CASE WHEN rejected IS NULL AND nth = 1 AND paid IS NOT NULL AND meaning IS NULL THEN coalesce(status, '(blank)') END AS unknown_status",
            )
        } else {
            ("", "")
        };
        sql!(
            "SELECT *, coalesce(amount, 0) AS money,\n  CASE {gone}WHEN paid IS NULL THEN 'never_paid' WHEN meaning IS NULL THEN {unknown} WHEN meaning IN ('pending', 'cancelled') THEN 'never_paid' END AS state{word}\nFROM standing",
            gone = gone,
            unknown = unknown,
            word = word
        )
    }

    fn line(&self, orders: &OrderTable) -> Sql {
        let net = self.is_net();
        let (from, money) = if net { ("net", "money - refunded") } else { ("paid", "money") };
        let dimensions = self.dimensions().into_iter().map(|name| sql!(", {name}", name = name));
        let dimensions = Sql::join(dimensions, "");
        let more = if self.is_of_rows() { ", rejected, unknown_status" } else { "" };
        let unsaid = if net && self.is_of_rows() { ", unsaid" } else { "" };
        if !orders.has_lines() {
            let fate = if net {
                "CASE WHEN state IS NOT NULL THEN state WHEN money > 0 AND refunded >= money THEN 'refunded' END"
            } else {
                "state"
            };
            return sql!(
                "SELECT order_key, streamer_id, paid, paid AS own_paid, person, carrier, live_id{dimensions}{more}{unsaid},\n  {money} AS money, {money} AS total, money AS gross, 1 AS whole, {fate} AS fate\nFROM {from}",
                dimensions = dimensions,
                more = more,
                unsaid = unsaid,
                money = money,
                fate = fate,
                from = from
            );
        }
        self.order_lines((from, money), &dimensions, [more, unsaid])
    }

    /// The same of rows that are lines.
    fn order_lines(
        &self,
        (from, money): (&'static str, &'static str),
        dimensions: &Sql,
        [more, unsaid]: [&'static str; 2],
    ) -> Sql {
        let (refunds, fate) = if self.is_net() {
            (
                ",\n  sum(money) OVER (PARTITION BY order_key, streamer_id, state) AS gross_of_order,\n  sum(refunded) OVER (PARTITION BY order_key, streamer_id, state) AS refunded_of_order",
                "CASE WHEN state IS NOT NULL THEN state WHEN gross_of_order > 0 AND refunded_of_order >= gross_of_order OR gross > 0 AND money = 0 THEN 'refunded' END",
            )
        } else {
            ("", "state")
        };
        let slices = if self.is_of_rows() { Sql::default() } else { dimensions.clone() };
        sql!(
            "SELECT *, {fate} AS fate,\n  CASE WHEN row_number() OVER (PARTITION BY order_key, streamer_id, {fate}{slices} ORDER BY {lines}) = 1 THEN 1 ELSE 0 END AS whole\nFROM (\n  SELECT order_key, line_id, streamer_id, state, paid AS own_paid,\n  {firsts}{dimensions}{more}{unsaid},\n  {money} AS money, money AS gross, CAST(sum({money}) OVER ({order}) AS BIGINT) AS total{refunds}\n  FROM {from}) AS lines",
            slices = slices,
            lines = self.line_order(),
            fate = fate,
            firsts = self.firsts(),
            dimensions = dimensions,
            more = more,
            unsaid = unsaid,
            money = money,
            order = ORDER,
            refunds = refunds,
            from = from
        )
    }

    /// What the smallest line of an order says.
    pub(super) fn firsts(&self) -> Sql {
        let first = |name: &'static str| {
            sql!(
                "first_value({name}) OVER ({order} ORDER BY {lines}) AS {name}",
                name = name,
                order = ORDER,
                lines = self.line_order()
            )
        };
        Sql::join(["paid", "person", "carrier", "live_id"].map(first), ",\n  ")
    }

    /// The order of line ids: whole numbers as such, before others by their letters.
    pub(super) fn line_order(&self) -> Sql {
        let dialect = self.dialect;
        let digits = dialect.matches(&sql!("line_id"), "[0-9]+");
        let bare = dialect.replaced(&sql!("line_id"), "^0+", "");
        sql!(
            "CASE WHEN {digits} THEN 0 ELSE 1 END, CASE WHEN {digits} THEN length({bare}) END, CASE WHEN {digits} THEN {bare} END, line_id",
            digits = digits,
            bare = bare
        )
    }
}

/// The canonical word of a status.
pub(super) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Paid => "paid",
        Status::Shipped => "shipped",
        Status::Completed => "completed",
        Status::Refunded => "refunded",
        Status::ClosedPaid => "closed_paid",
        Status::Pending => "pending",
        Status::Cancelled => "cancelled",
    }
}

/// The canonical word of a carrier.
pub(super) fn carrier_word(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Live => "live",
        Carrier::Video => "video",
        Carrier::Card => "card",
        Carrier::Other => "other",
    }
}
