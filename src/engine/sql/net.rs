//! Refunds in a statement: each capped at its line, the excess spread over the other lines of the order, as `journey::refunds` does.

use super::question::Question;
use super::text::{Sql, Steps, sql};

/// How often what did not fit into lines is spread anew; an order that needs more ends the statement with words.
const ROUNDS: usize = 3;
const NAMES: [&str; ROUNDS] = ["spread_1", "spread_2", "spread_3"];
/// The lines of an order.
pub(super) const ORDER: &str = "PARTITION BY order_key, streamer_id";

impl Question {
    /// The steps to `net`: what was paid, with what was refunded of each line.
    pub(super) fn net_steps(&self, steps: &mut Steps) {
        if !self.orders.has_lines() {
            steps.add(
                "net",
                "What was refunded of each order, no more than was paid; a refund without an amount is an error, not a guess.",
                sql!("SELECT *, least(coalesce(refund, 0), money) AS refunded FROM paid\nWHERE {known}", known = self.known(&sql!("coalesce(refund, 0) = 0"))),
            );
            return;
        }
        steps.add(
            "capped",
            "What was refunded of each line, no more than was paid; what exceeds a line is the order's.",
            sql!(
                "SELECT {paid}, least(coalesce(refund, 0), money) AS taken,\n  sum(greatest(coalesce(refund, 0) - money, 0)) OVER ({order}) AS excess,\n  {weight} AS weight\nFROM paid",
                paid = self.dialect.without("nth"),
                order = ORDER,
                weight = weight("coalesce(refund, 0)")
            ),
        );
        for round in 0..ROUNDS {
            let from = if round == 0 { "capped" } else { NAMES[round - 1] };
            steps.add(
                NAMES[round],
                "The excess goes to the lines that have anything left, in proportion to their amounts, by largest remainder.",
                self.spread(from),
            );
        }
        let left = self.dialect.fail(&sql!(
            "'gmv: the refunds of an order exceed its lines so unevenly that a query cannot divide them; run gmv decompose on these orders'"
        ));
        let known = self.known(&sql!("taken = 0"));
        steps.add(
            "net",
            "What was refunded of each line in the end; a refund without an amount is an error, not a guess.",
            sql!(
                "SELECT *, CAST(taken AS BIGINT) AS refunded FROM {last}\nWHERE {known}\n  AND CASE WHEN excess > 0 AND money > taken THEN CAST({left} AS BOOLEAN) ELSE TRUE END",
                last = NAMES[ROUNDS - 1],
                known = known,
                left = left
            ),
        );
    }

    /// Whether it is known what was refunded of a row of which the status says so; `none` says that nothing was. Where nothing is subtracted
    /// it does not matter.
    fn known(&self, none: &Sql) -> Sql {
        if !self.is_net() {
            return sql!("TRUE");
        }
        let words = sql!(
            "concat('gmv: order ', order_key, ' is refunded, and its refund has no amount; give the amounts, or use --basis paid')"
        );
        sql!(
            "CASE WHEN meaning = 'refunded' AND money > 0 AND {none} THEN CAST({fail} AS BOOLEAN) ELSE TRUE END",
            none = none,
            fail = self.dialect.fail(&words)
        )
    }

    /// One round: `taken` and `excess` of each line after it.
    fn spread(&self, from: &'static str) -> Sql {
        let wide = |value| self.dialect.wide(&value);
        let is_open = "money > taken AND excess > 0";
        let product = sql!("({excess} * money)", excess = wide(sql!("excess")));
        let whole = self.dialect.divided(&product, &wide(sql!("weight")));
        let parts = sql!(
            "SELECT *, CASE WHEN {is_open} THEN {whole} ELSE 0 END AS part, CASE WHEN {is_open} THEN {product} % {weight} ELSE 0 END AS rest\nFROM {from}",
            is_open = is_open,
            whole = whole,
            product = product,
            weight = wide(sql!("weight")),
            from = from
        );
        // The missing units go to the largest remainders, ties to the earlier line.
        let shares = sql!(
            "SELECT *, CASE WHEN {is_open} THEN part + CASE WHEN nth <= excess - given THEN 1 ELSE 0 END ELSE 0 END AS share\nFROM (\n  SELECT *, sum(part) OVER ({order}) AS given,\n    row_number() OVER ({order} ORDER BY CASE WHEN {is_open} THEN 0 ELSE 1 END, rest DESC, {lines}) AS nth\n  FROM (\n    {parts}) AS parts) AS ranked",
            is_open = is_open,
            order = ORDER,
            lines = self.line_order(),
            parts = parts.indented(4)
        );
        sql!(
            "SELECT {others}, taken + least(share, money - taken) AS taken, sum(share - least(share, money - taken)) OVER ({order}) AS excess,\n  {weight} AS weight\nFROM (\n  {shares}) AS shared",
            others = self.dialect.without("taken, excess, weight, part, rest, given, nth, share"),
            order = ORDER,
            weight = weight("taken + least(share, money - taken)"),
            shares = shares.indented(2)
        )
    }
}

/// The amounts of an order's lines that have anything left, of which so much is taken: what an excess is divided by.
fn weight(taken: &'static str) -> Sql {
    sql!("sum(CASE WHEN money > {taken} THEN money ELSE 0 END) OVER ({order})", taken = taken, order = ORDER)
}
