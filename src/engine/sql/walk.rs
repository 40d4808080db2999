//! The walk over each person's stream in a statement: unions of watch time, what explains an order, who is a viewer of which domain.

use super::question::{Carried, Question};
use super::text::{Sql, Steps, sql};
use crate::engine::GroupColumn;
use crate::journey::rules::{Attribution, DomainRule};

/// A part of a session within the range.
const SEEN: &str = "kind = 0 AND in_range";
const PRIVATE: &str = "kind = 0 AND in_range AND traffic = 'private'";
const PUBLIC: &str = "kind = 0 AND in_range AND traffic <> 'private'";

impl Question {
    /// The steps from `timed` to `parted`: sessions and orders in their periods, with what viewing explains.
    pub(super) fn walk_steps(&self, steps: &mut Steps) {
        steps.add(
            "walked",
            "With a streamer: what each session adds to the union of those before it, from fresh on, and whether viewing explains an order.",
            self.walked(),
        );
        steps.add("parted", "A session is in every period that it touches.", self.parted());
    }

    /// The step `judged`: orders and sessions with what their person is in the group and period.
    pub(super) fn judged_step(&self, steps: &mut Steps) {
        steps.add(
            "judged",
            "In a group and period: whether a person was present, with which domain, for how long.",
            self.judged(),
        );
    }

    fn walked(&self) -> Sql {
        let fresh = |among: Sql| {
            sql!(
                "greatest(a, coalesce(max({among}) OVER (\n    PARTITION BY person, streamer_id{live} ORDER BY place, kind ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), a))",
                among = among,
                live = self.live()
            )
        };
        let in_domain = if self.is_longest() {
            sql!(
                ",\n  CASE WHEN traffic = 'private' THEN {private} ELSE {public} END AS fresh_in_domain",
                private = fresh(sql!("CASE WHEN traffic = 'private' THEN z END")),
                public = fresh(sql!("CASE WHEN traffic <> 'private' THEN z END"))
            )
        } else {
            Sql::default()
        };
        let watched = if self.follows_buyers() {
            Sql::default()
        } else {
            sql!(", {fresh} AS fresh", fresh = fresh(sql!("z")))
        };
        // The last second that is seen, or the end that a window begins at.
        let reach = match self.rules.attribution {
            Attribution::All | Attribution::Carrier => None,
            Attribution::Period => Some(sql!("CASE WHEN {seen} THEN greatest(a, z - 1) END", seen = SEEN)),
            Attribution::Window(_) => Some(sql!("CASE WHEN kind = 0 THEN left_at END")),
        };
        let explained = match reach {
            Some(reach) => sql!(
                "coalesce(max({reach}) OVER (PARTITION BY person, streamer_id ORDER BY place, kind ROWS UNBOUNDED PRECEDING) >= since, FALSE)",
                reach = reach
            ),
            None if self.rules.attribution == Attribution::Carrier => sql!("came_from_live"),
            None => sql!("TRUE"),
        };
        let periods = if self.is_one_period() {
            Sql::default()
        } else {
            sql!(
                ",\n  {first} AS p0, {last} AS p1",
                first = self.period_of(&sql!("coalesce(a, moment, 0)")),
                last = self.period_of(&sql!("coalesce(greatest(a, z - 1), moment, 0)"))
            )
        };
        sql!(
            "SELECT *{fresh}{in_domain},\n  kind = 1 AND NOT nobody AND streamer_id <> '(none)' AND {explained} AS attributed{periods}\nFROM timed",
            fresh = watched,
            in_domain = in_domain,
            explained = explained,
            periods = periods
        )
    }

    fn is_longest(&self) -> bool {
        self.rules.domain_rule == DomainRule::Longest && !self.is_of_rows()
    }

    fn parted(&self) -> Sql {
        let kept = if self.carried() == Carried::Counting { "\nWHERE in_range OR kind = 1" } else { "" };
        let spans = self.spans.iter().map(|span| sql!("({first})", first = span.first));
        let parted = match self.step() {
            _ if !self.spans.is_empty() => sql!(
                "SELECT w.*, s.period\nFROM walked AS w JOIN (VALUES {spans}) AS s(period) ON s.period >= w.p0 AND s.period <= w.p1{kept}",
                spans = Sql::join(spans, ", "),
                kept = kept
            ),
            Some(step) => sql!(
                "SELECT *, {period} AS period\nFROM walked{kept}",
                period = self.dialect.each_date("p0", "p1", step),
                kept = kept
            ),
            None => sql!("SELECT *, DATE '1970-01-01' AS period\nFROM walked{kept}", kept = kept),
        };
        if self.follows_buyers() {
            // What lies before the range is before all periods.
            sql!(
                "SELECT {others}, CASE WHEN in_range THEN period END AS period\nFROM (\n  {parted}) AS parts",
                others = self.dialect.without("period"),
                parted = parted.indented(2)
            )
        } else {
            parted
        }
    }

    /// The seconds that a session adds to the period of its row, from `fresh` on.
    fn adds(&self, fresh: &'static str) -> Sql {
        let added = sql!("greatest(0, z - {fresh})", fresh = fresh);
        if self.is_one_period() {
            return sql!("CASE WHEN {seen} THEN {added} ELSE 0 END", seen = SEEN, added = added);
        }
        let period = sql!("period");
        sql!(
            "CASE WHEN NOT ({seen}) THEN 0 WHEN p0 = p1 THEN {added} ELSE greatest(0, least(z, {end}) - greatest({fresh}, {start})) END",
            seen = SEEN,
            added = added,
            end = self.start(&self.next_period(&period)),
            fresh = fresh,
            start = self.start(&period)
        )
    }

    fn judged(&self) -> Sql {
        let of_group = sql!("OVER (PARTITION BY person{base}, period)", base = self.base_names_behind());
        let any = |what: &'static str| sql!("bool_or({what}) {of_group}", what = what, of_group = of_group);
        let is_private = match self.rules.domain_rule {
            DomainRule::AnyPrivate => any(PRIVATE),
            // Entered first, by the time that no period cuts; ties are private.
            DomainRule::First => sql!(
                "coalesce(min(CASE WHEN {private} THEN moment END) {of_group} <= min(CASE WHEN {public} THEN moment END) {of_group}, {any})",
                private = PRIVATE,
                public = PUBLIC,
                of_group = of_group,
                any = any(PRIVATE)
            ),
            DomainRule::Longest => sql!(
                "CASE WHEN NOT {any_public} THEN TRUE WHEN NOT {any_private} THEN FALSE\n    ELSE sum(CASE WHEN {private} THEN {adds} END) {of_group} >= sum(CASE WHEN {public} THEN {adds} END) {of_group} END",
                any_public = any(PUBLIC),
                any_private = any(PRIVATE),
                private = PRIVATE,
                public = PUBLIC,
                adds = self.adds("fresh_in_domain"),
                of_group = of_group
            ),
        };
        let watched = if self.follows_buyers() {
            Sql::default()
        } else {
            sql!(",\n  sum({adds}) {of_group} AS w", adds = self.adds("fresh"), of_group = of_group)
        };
        let first_order = if self.has(&GroupColumn::BuyerType) {
            sql!(
                ",\n  min(CASE WHEN kind = 1 AND NOT nobody THEN moment END) OVER (PARTITION BY person{base}) AS first_paid",
                base = self.base_names_behind()
            )
        } else {
            Sql::default()
        };
        sql!(
            "SELECT *, {present} AS present, coalesce({is_private}, FALSE) AS private, {paid} AS paid{watched}{first_order}\nFROM parted",
            present = any(SEEN),
            is_private = is_private,
            paid = any("kind = 0 AND in_range AND traffic = 'paid'"),
            watched = watched,
            first_order = first_order
        )
    }

    /// A value of a row. What lies outside of the range belongs to no row, and is there for its time alone.
    fn within(&self, value: &Sql, name: &Sql) -> Sql {
        if self.carried() == Carried::Standing {
            sql!("CASE WHEN in_range THEN {value} END AS {name}", value = value, name = name)
        } else {
            sql!("{value} AS {name}", value = value, name = name)
        }
    }

    /// What a person is in the group and period, with a comma before each.
    pub(super) fn sides(&self) -> Sql {
        let domain =
            sql!("CASE WHEN nobody OR NOT present THEN 'none' WHEN private THEN 'private' ELSE 'public' END");
        let traffic = sql!(
            "CASE WHEN nobody OR NOT present THEN 'none' WHEN private THEN 'private' WHEN paid THEN 'paid' ELSE 'organic' END"
        );
        let mut sides = vec![(domain, sql!("domain")), (traffic, sql!("traffic"))];
        if self.has(&GroupColumn::BuyerType) {
            sides.push((self.buyer_type(), sql!("buyer_type")));
        }
        let one = |(value, name)| sql!(",\n  {value}", value = self.within(&value, &name));
        Sql::join(sides.into_iter().map(one), "")
    }

    /// Sessions and orders as values of rows.
    pub(super) fn placed(&self) -> Sql {
        let names = self.slices().into_iter().map(|(_, name)| name);
        let keys = std::iter::once(sql!("period")).chain(self.base_aliases()).chain(names);
        let keys = Sql::join(keys.map(|name| self.within(&name, &name)), ", ");
        let (reach, kept) = if self.carried() == Carried::Standing {
            let own = if self.orders.has_lines() { "own_paid" } else { "moment" };
            let reach = sql!(
                ",\n  CASE WHEN kind IN (1, 3) THEN {own} END AS paid_time, CASE WHEN kind IN (0, 2) THEN moment END AS entered_time",
                own = own
            );
            (reach, "")
        } else {
            (Sql::default(), "\nWHERE in_range")
        };
        sql!(
            "SELECT kind, person, nobody, {keys}, money, whole, attributed, present AND NOT nobody AS present,\n  CASE WHEN present AND NOT nobody THEN w ELSE 0 END AS w{sides}{reach}\nFROM judged{kept}",
            keys = keys,
            sides = self.sides(),
            reach = reach,
            kept = kept
        )
    }

    /// New or returning: whether the first order in the group was before the period.
    fn buyer_type(&self) -> Sql {
        let (first, _) = self.bounds();
        let start = if self.is_one_period() {
            sql!("{first}", first = first)
        } else {
            sql!("greatest({start}, {first})", start = self.start(&sql!("period")), first = first)
        };
        sql!(
            "CASE WHEN nobody THEN 'none' WHEN first_paid < {start} THEN 'returning' ELSE 'new' END",
            start = start
        )
    }
}
