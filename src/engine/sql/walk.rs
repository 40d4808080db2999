//! The walk over each person's stream in a statement: unions of watch time, what explains an order, who is a viewer of which domain.

use super::question::Question;
use super::text::{Sql, Steps, sql};
use crate::calendar::PeriodKind;
use crate::engine::GroupColumn;
use crate::journey::rules::{Attribution, DomainRule};

/// A part of a session within the range.
const SEEN: &str = "kind = 0 AND in_range";
const PRIVATE: &str = "kind = 0 AND in_range AND traffic = 'private'";
const PUBLIC: &str = "kind = 0 AND in_range AND traffic <> 'private'";

impl Question {
    /// The steps from `stream` to `judged`: orders and sessions with what their person is in the group and period.
    pub(super) fn walk_steps(&self, steps: &mut Steps) {
        steps.add(
            "walked",
            "With a streamer: what each session adds to the union of those before it, and whether viewing explains an order.",
            self.walked(),
        );
        steps.add(
            "judged",
            "In a group and period: whether a person was present, with which domain, for how long.",
            self.judged(),
        );
    }

    fn walked(&self) -> Sql {
        let adds = |domain: &'static str| {
            sql!(
                "CASE WHEN {seen} THEN greatest(0, z - greatest(a, coalesce(max(z) OVER (\n    PARTITION BY person, streamer_id{live}, period{domain} ORDER BY a, z ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), a))) ELSE 0 END",
                seen = SEEN,
                live = self.live(),
                domain = domain
            )
        };
        let in_domain = match self.rules.domain_rule {
            DomainRule::Longest => {
                sql!("\n  {adds} AS adds_in_domain,", adds = adds(", coalesce(traffic = 'private', FALSE)"))
            }
            _ => Sql::default(),
        };
        let watched =
            if self.follows_buyers() { Sql::default() } else { sql!(" {adds} AS adds,", adds = adds("")) };
        let explained = match self.rules.attribution {
            Attribution::All => sql!("TRUE"),
            Attribution::Carrier => sql!("came_from_live"),
            Attribution::Period => {
                sql!("bool_or({seen}) OVER (PARTITION BY person, streamer_id, period)", seen = SEEN)
            }
            Attribution::Window(window) => sql!(
                "coalesce(max(left_at) OVER (PARTITION BY person, streamer_id ORDER BY moment, kind ROWS UNBOUNDED PRECEDING) + {window} >= moment, FALSE)",
                window = window.0
            ),
        };
        sql!(
            "SELECT *,{watched}{in_domain}\n  kind = 1 AND NOT nobody AND streamer_id <> '(none)' AND {explained} AS attributed\nFROM stream",
            watched = watched,
            in_domain = in_domain,
            explained = explained
        )
    }

    fn judged(&self) -> Sql {
        let of_group = sql!("OVER (PARTITION BY person, {base}period)", base = self.base_names());
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
                "CASE WHEN NOT {any_public} THEN TRUE WHEN NOT {any_private} THEN FALSE\n    ELSE sum(CASE WHEN {private} THEN adds_in_domain END) {of_group} >= sum(CASE WHEN {public} THEN adds_in_domain END) {of_group} END",
                any_public = any(PUBLIC),
                any_private = any(PRIVATE),
                private = PRIVATE,
                public = PUBLIC,
                of_group = of_group
            ),
        };
        let watched = if self.follows_buyers() {
            Sql::default()
        } else {
            sql!(",\n  sum(adds) {of_group} AS w", of_group = of_group)
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
            "SELECT *, {present} AS present, coalesce({is_private}, FALSE) AS private, {paid} AS paid{watched}{first_order}\nFROM walked",
            present = any(SEEN),
            is_private = is_private,
            paid = any("kind = 0 AND in_range AND traffic = 'paid'"),
            watched = watched,
            first_order = first_order
        )
    }

    /// Sessions and orders of the range as values of rows.
    pub(super) fn placed(&self) -> Sql {
        let slices = Sql::join(self.slices().into_iter().map(|(_, name)| sql!("{name}, ", name = name)), "");
        sql!(
            "SELECT kind, person, nobody, {base}period, {slices}money, attributed, present AND NOT nobody AS present,\n  CASE WHEN present AND NOT nobody THEN w ELSE 0 END AS w{sides}\nFROM judged\nWHERE in_range",
            base = self.base_names(),
            slices = slices,
            sides = self.sides()
        )
    }

    /// What a person is in the group and period, with a comma before each.
    pub(super) fn sides(&self) -> Sql {
        let buyer_type = if self.has(&GroupColumn::BuyerType) {
            sql!(",\n  {buyer_type} AS buyer_type", buyer_type = self.buyer_type())
        } else {
            Sql::default()
        };
        sql!(
            ",\n  CASE WHEN nobody OR NOT present THEN 'none' WHEN private THEN 'private' ELSE 'public' END AS domain,\n  CASE WHEN nobody OR NOT present THEN 'none' WHEN private THEN 'private' WHEN paid THEN 'paid' ELSE 'organic' END AS traffic{buyer_type}",
            buyer_type = buyer_type
        )
    }

    /// New or returning: whether the first order in the group was before the period.
    fn buyer_type(&self) -> Sql {
        let (first, _) = self.bounds();
        let start = match self.rules.period {
            PeriodKind::All => sql!("{first}", first = first),
            _ => sql!("greatest({start}, {first})", start = self.start(&sql!("period")), first = first),
        };
        sql!(
            "CASE WHEN nobody THEN 'none' WHEN first_paid < {start} THEN 'returning' ELSE 'new' END",
            start = start
        )
    }
}
