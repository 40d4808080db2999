//! Refunds in a statement: each capped at its line, the excess spread over the other lines of the order, as `journey::refunds` does.

use super::question::Question;
use super::text::{Sql, Steps, sql};

/// How often what did not fit into lines is spread anew; an order that needs more ends the statement with words.
const ROUNDS: usize = 3;
const NAMES: [&str; ROUNDS] = ["spread_1", "spread_2", "spread_3"];
/// The lines of an order that have one state.
pub(super) const ORDER: &str = "PARTITION BY order_key, streamer_id, state";

impl Question {
    /// The steps to `net`: what was paid, with what was refunded of each line.
    pub(super) fn net_steps(&self, steps: &mut Steps) {
        if !self.orders.has_lines() {
            let (known, unsaid) = self.known(&sql!("coalesce(refund, 0) = 0"));
            steps.add(
                "net",
                "What was refunded of each order, no more than was paid; a refund without an amount is an error, not a guess.",
                sql!("SELECT *, least(coalesce(refund, 0), money) AS refunded{unsaid} FROM paid{known}", unsaid = unsaid, known = known),
            );
            return;
        }
        let (taken, refund) = (sql!("least(coalesce(refund, 0), money)"), sql!("coalesce(refund, 0)"));
        let excess =
            sql!("sum(greatest({refund} - money, 0)) OVER ({order})", refund = refund, order = ORDER);
        steps.add(
            "capped",
            "What was refunded of each line, no more than was paid; what exceeds a line is the order's.",
            sql!(
                "SELECT {paid}, {taken} AS taken, {excess} AS excess{parts}\nFROM paid",
                paid = self.dialect.without("nth"),
                taken = taken,
                excess = excess,
                parts = self.parts(&taken, &excess)
            ),
        );
        for round in 0..ROUNDS {
            let from = if round == 0 { "capped" } else { NAMES[round - 1] };
            steps.add(
                NAMES[round],
                "The excess goes to the lines that have anything left, in proportion to their amounts, by largest remainder.",
                self.spread(from, round + 1 == ROUNDS),
            );
        }
        let left = self.dialect.fail(&sql!(
            "'gmv: the refunds of an order exceed its lines so unevenly that a query cannot divide them; run gmv decompose on these orders'"
        ));
        let (known, unsaid) = self.known(&sql!("taken = 0"));
        let and = if known.is_empty() { "\nWHERE" } else { "\n  AND" };
        steps.add(
            "net",
            "What was refunded of each line in the end; a refund without an amount is an error, not a guess.",
            sql!(
                "SELECT *, CAST(taken AS BIGINT) AS refunded{unsaid} FROM {last}{known}{and} CASE WHEN state IS NULL AND excess > 0 AND money > taken THEN CAST({left} AS BOOLEAN) ELSE TRUE END",
                unsaid = unsaid,
                last = NAMES[ROUNDS - 1],
                known = known,
                and = and,
                left = left
            ),
        );
    }

    /// That it is known what was refunded of a row of which the status says so, `none` saying that nothing was: a condition that ends the
    /// statement with words, or a column, where the answer is about rows. Where nothing is subtracted it does not matter.
    fn known(&self, none: &Sql) -> (Sql, Sql) {
        if !self.is_net() {
            return (Sql::default(), Sql::default());
        }
        let unsaid = sql!("state IS NULL AND meaning = 'refunded' AND money > 0 AND {none}", none = none);
        if self.is_of_rows() {
            let column = sql!(", CASE WHEN {unsaid} THEN 1 ELSE 0 END AS unsaid", unsaid = unsaid);
            return (Sql::default(), column);
        }
        let words = sql!(
            "concat('gmv: order ', order_key, ' is refunded, and its refund has no amount; give the amounts, or use --basis paid')"
        );
        let condition = sql!(
            "\nWHERE CASE WHEN {unsaid} THEN CAST({fail} AS BOOLEAN) ELSE TRUE END",
            unsaid = unsaid,
            fail = self.dialect.fail(&words)
        );
        (condition, Sql::default())
    }

    /// What of an order's excess is a line's by its weight, in whole units, and what is left of them, with a comma before. Engines bound how
    /// deep selections may lie in each other, hence expressions that stand in others.
    fn parts(&self, taken: &Sql, excess: &Sql) -> Sql {
        let wide = |value: &Sql| self.dialect.wide(value);
        let is_open = sql!("money > {taken} AND {excess} > 0", taken = taken, excess = excess);
        let weight = sql!(
            "sum(CASE WHEN money > {taken} THEN money ELSE CAST(0 AS BIGINT) END) OVER ({order})",
            taken = taken,
            order = ORDER
        );
        let (product, weight) = (sql!("({excess} * money)", excess = wide(excess)), wide(&weight));
        sql!(
            ",\n  CASE WHEN {is_open} THEN CAST({whole} AS BIGINT) ELSE CAST(0 AS BIGINT) END AS part,\n  CASE WHEN {is_open} THEN CAST({product} % {weight} AS BIGINT) ELSE CAST(0 AS BIGINT) END AS rest",
            is_open = is_open,
            whole = self.dialect.divided(&product, &weight),
            product = product,
            weight = weight
        )
    }

    /// One round: `taken` and `excess` of each line after it.
    fn spread(&self, from: &'static str, is_last: bool) -> Sql {
        let is_open = "money > taken AND excess > 0";
        // The missing units go to the largest remainders, ties to the earlier line.
        let ranked = sql!(
            "SELECT *, sum(part) OVER ({order}) AS given,\n    row_number() OVER ({order} ORDER BY CASE WHEN {is_open} THEN 0 ELSE 1 END, rest DESC, {lines}) AS nth\n  FROM {from}",
            order = ORDER,
            is_open = is_open,
            lines = self.line_order(),
            from = from
        );
        let share = sql!(
            "least(CASE WHEN NOT ({is_open}) THEN 0 WHEN nth <= excess - given THEN part + 1 ELSE part END, money - taken)",
            is_open = is_open
        );
        let taken = sql!("taken + {share}", share = share);
        // What a line did not take of its share.
        let excess = sql!("excess - sum({share}) OVER ({order})", share = share, order = ORDER);
        let parts =
            if is_last { Sql::default() } else { self.parts(&taken, &sql!("({excess})", excess = excess)) };
        sql!(
            "SELECT {others},\n  {taken} AS taken, {excess} AS excess{parts}\nFROM (\n  {ranked}) AS ranked",
            others = self.dialect.without("taken, excess, part, rest, given, nth"),
            taken = taken,
            excess = excess,
            parts = parts,
            ranked = ranked
        )
    }
}
