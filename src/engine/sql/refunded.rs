//! What was refunded of each order, told beside it whatever the basis, as `journey::settle::refunded` does: for those who ask how often that
//! happens.

use super::columns::OrderTable;
use super::net::ORDER;
use super::question::Question;
use super::text::{Sql, sql};

impl Question {
    /// The lines of orders with what was refunded of each; under net also those of which nothing is left, which are no orders.
    pub(super) fn line_with_refunds(&self, orders: &OrderTable) -> Sql {
        let dimensions =
            Sql::join(self.dimensions().into_iter().map(|name| sql!(", {name}", name = name)), "");
        if !orders.has_lines() {
            let (money, total, gone) = if self.is_net() {
                let total = "CASE WHEN money > refunded THEN money - refunded ELSE money END";
                ("money - refunded", total, ", money > 0 AND refunded >= money AS gone")
            } else {
                ("money", "money", "")
            };
            return sql!(
                "SELECT order_key, streamer_id, paid, person, carrier, live_id{dimensions},\n  {money} AS money, {total} AS total, state AS fate, refunded{gone}\nFROM net",
                dimensions = dimensions,
                money = money,
                total = total,
                gone = gone
            );
        }
        // Of an order of which nothing is left, lines for nothing are gone too; its price is what was paid.
        let (money, total, gone) = if self.is_net() {
            (
                "money - refunded",
                "CASE WHEN gross > refunded_of_order THEN gross - refunded_of_order ELSE gross END",
                ",\n  (gross > 0 AND refunded_of_order >= gross) OR (money > 0 AND refunded >= money) AS gone",
            )
        } else {
            ("money", "gross", "")
        };
        sql!(
            "SELECT order_key, streamer_id, paid, person, carrier, live_id{dimensions},\n  {money} AS money, CAST({total} AS BIGINT) AS total, state AS fate, refunded{gone}\nFROM (\n  SELECT order_key, streamer_id, state,\n  {firsts}{dimensions}, money, refunded,\n  sum(money) OVER ({order}) AS gross, sum(refunded) OVER ({order}) AS refunded_of_order\n  FROM net) AS lines",
            dimensions = dimensions,
            money = money,
            total = total,
            gone = gone,
            firsts = self.firsts(),
            order = ORDER
        )
    }
}
