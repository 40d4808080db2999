//! One stream of sessions and orders, by person: what the engine divides among its machines once, and all later steps walk over.

use super::dialect::Dialect;
use super::question::{Carried, Question};
use super::text::{Sql, Steps, sql};
use crate::engine::GroupColumn;
use crate::journey::rules::Attribution;

/// After every instant.
const AFTER_ALL: i64 = 1 << 60;
/// A row, and others for a word that nothing maps, and for a streamer who is not listed.
const COPIES: &str = " CROSS JOIN (VALUES (0), (1), (2)) AS copies(copy)";

impl Question {
    /// The steps to `timed`: a row for each session, and for each order or line, of followed buyers for each order or its parts by order columns.
    pub(super) fn stream_steps(&self, steps: &mut Steps) {
        steps.add(
            "item",
            "Orders, or their lines: of kind 1 those that count, or tell who had bought, of kind 3 others. A buyer who is nobody has the order in their place.",
            if self.follows_buyers() { self.followed_item() } else { self.item() },
        );
        if self.viewing().is_some() {
            steps.add(
                "seen",
                "Sessions: of kind 0 those that touch the range that is asked for, or may explain an order in it, of kind 2 others.",
                self.seen(),
            );
        }
        let hint = match self.dialect {
            Dialect::Spark => "/*+ REPARTITION(person) */ ",
            Dialect::DuckDb => "",
        };
        let sessions = if self.viewing().is_some() {
            sql!("SELECT {columns} FROM seen AS x UNION ALL ", columns = self.stream_columns(true))
        } else {
            Sql::default()
        };
        steps.add(
            "stream",
            "Sessions and orders together: moment is when one was entered or paid.",
            sql!(
                "SELECT {hint}s.*{attributes}\nFROM (\n  {sessions}\n  SELECT {orders} FROM item AS x) AS s{join}",
                hint = hint,
                attributes = self.attribute_columns("s"),
                sessions = sessions,
                orders = self.stream_columns(false),
                join = self.join_streamers("s")
            ),
        );
        steps.add(
            "timed",
            "Sessions within the range, from a to before z. Place is the order of the walk: an order comes behind all sessions that may explain it.",
            self.timed(),
        );
    }

    /// The names of the broadcasts, where groups are by broadcast.
    pub(super) fn live(&self) -> &'static str {
        if self.rules.grouping.has_live() && !self.is_of_rows() { ", live_id" } else { "" }
    }

    fn item(&self) -> Sql {
        let (first, after) = self.bounds();
        // Orders before the range tell who had bought.
        let since = if self.has(&GroupColumn::BuyerType) && !self.is_of_rows() {
            Sql::default()
        } else {
            sql!("paid >= {first} AND ", first = first)
        };
        let counts = sql!("fate IS NULL AND {since}paid < {after}", since = since, after = after);
        let dimensions =
            Sql::join(self.dimensions().into_iter().map(|name| sql!(", {name}", name = name)), "");
        let (columns, kept) = match self.carried() {
            Carried::Counting => (sql!("1 AS kind"), sql!("\nWHERE {counts}", counts = counts)),
            Carried::Standing => (
                sql!("CASE WHEN {counts} THEN 1 ELSE 3 END AS kind", counts = counts),
                sql!("\nWHERE own_paid IS NOT NULL"),
            ),
            Carried::Everything => (
                sql!(
                    "CASE WHEN {counts} AND copy = 0 THEN 1 ELSE 3 END AS kind, CASE copy WHEN 1 THEN 'unknown_status' WHEN 2 THEN 'unlisted_streamer' ELSE fate END AS fate, CASE copy WHEN 1 THEN unknown_status WHEN 2 THEN streamer_id ELSE rejected END AS word, gross, {unsaid} AS unsaid, copy",
                    counts = counts,
                    unsaid = if self.is_net() { "unsaid" } else { "0" }
                ),
                self.copied("line", "unknown_status"),
            ),
        };
        sql!(
            "SELECT {columns}, coalesce(person, order_key, '') AS person, person IS NULL AS nobody, streamer_id, live_id, carrier, paid, own_paid, total{dimensions}, money, whole\nFROM line{kept}",
            columns = columns,
            dimensions = dimensions,
            kept = kept
        )
    }

    /// What follows a step whose rows are all told of, so that one with a word that nothing maps, or with a streamer who is not listed, stands
    /// there again for it.
    fn copied(&self, step: &'static str, word: &'static str) -> Sql {
        let (listed, unlisted) = if self.lists_streamers {
            (
                sql!(" LEFT JOIN listed AS l ON l.listed_id = {step}.streamer_id", step = step),
                " OR copy = 2 AND rejected IS NULL AND streamer_id <> '(none)' AND listed_id IS NULL",
            )
        } else {
            (Sql::default(), "")
        };
        sql!(
            "{listed}{copies}\nWHERE copy = 0 OR copy = 1 AND rejected IS NULL AND {word} IS NOT NULL{unlisted}",
            listed = listed,
            copies = COPIES,
            word = word,
            unlisted = unlisted
        )
    }

    fn seen(&self) -> Sql {
        let (first, after) = self.bounds();
        let window = match self.rules.attribution {
            Attribution::Window(window) => window.0,
            _ => 0,
        };
        let touches = sql!(
            "left_at + {window} >= {first} AND entered < {after}",
            window = window,
            first = first,
            after = after
        );
        let common = "coalesce(live_id, '(none)') AS live_id, entered, left_at, traffic";
        let kind = match self.carried() {
            Carried::Counting => {
                return sql!(
                    "SELECT 0 AS kind, person, streamer_id, {common}\nFROM session\nWHERE {touches}",
                    common = common,
                    touches = touches
                );
            }
            Carried::Standing => {
                sql!("CASE WHEN person IS NOT NULL AND {touches} THEN 0 ELSE 2 END", touches = touches)
            }
            Carried::Everything => sql!(
                "CASE WHEN copy = 0 AND rejected IS NULL AND person IS NOT NULL AND {touches} THEN 0 ELSE 2 END",
                touches = touches
            ),
        };
        let (columns, copied) = if self.carried() == Carried::Everything {
            (
                ", copy, too_long, copy = 0 AND rejected IS NULL AS accepted, CASE WHEN copy = 1 THEN 'unknown_source' WHEN copy = 2 THEN 'unlisted_streamer' WHEN rejected IS NOT NULL THEN 'rejected' WHEN person IS NULL THEN 'guests' END AS fate, CASE copy WHEN 1 THEN unknown_source WHEN 2 THEN streamer_id ELSE rejected END AS word",
                self.copied("session", "unknown_source"),
            )
        } else {
            ("", Sql::default())
        };
        // What belongs to no walk is spread over the machines by its time.
        sql!(
            "SELECT kind, CASE WHEN kind = 0 THEN person ELSE coalesce(CAST(entered AS {text}), '') END AS person, streamer_id, {common}{columns}\nFROM (SELECT *, {kind} AS kind FROM session{copied}) AS kinds",
            text = self.dialect.text_type(),
            common = common,
            columns = columns,
            kind = kind,
            copied = copied
        )
    }

    /// The columns of the stream, of sessions or of orders.
    fn stream_columns(&self, of_sessions: bool) -> Sql {
        let text = self.dialect.text_type();
        let null = |kind: &'static str| sql!("CAST(NULL AS {kind})", kind = kind);
        let mut items: Vec<(Sql, Sql)> = Vec::new();
        let mut add = |of_session: Sql, of_order: Sql, name: &'static str| {
            items.push((if of_sessions { of_session } else { of_order }, sql!("{name}", name = name)));
        };
        let both = |name: &'static str| (sql!("x.{name}", name = name), sql!("x.{name}", name = name));
        for name in ["kind", "person", "streamer_id"] {
            let (of_session, of_order) = both(name);
            add(of_session, of_order, name);
        }
        add(sql!("FALSE"), sql!("x.nobody"), "nobody");
        if self.rules.grouping.has_live() {
            add(sql!("x.live_id"), sql!("x.live_id"), "live_id");
        }
        add(sql!("x.entered"), sql!("CASE WHEN x.kind = 1 THEN x.paid ELSE x.own_paid END"), "moment");
        add(sql!("x.left_at"), null("BIGINT"), "left_at");
        add(sql!("x.traffic"), null(text), "traffic");
        add(null("BIGINT"), sql!("x.money"), "money");
        add(sql!("0"), sql!("x.whole"), "whole");
        if self.carried() == Carried::Standing && self.orders.has_lines() {
            add(null("BIGINT"), sql!("x.own_paid"), "own_paid");
        }
        if self.rules.attribution == Attribution::Carrier {
            add(sql!("FALSE"), sql!("x.carrier = 'live'"), "came_from_live");
        }
        if self.is_of_rows() {
            items.extend(Self::fate_items(of_sessions));
        } else {
            items.extend(self.followed_items(of_sessions));
            for (value, name) in self.slices() {
                items.push((if of_sessions { null(text) } else { value }, name));
            }
        }
        Sql::join(
            items.into_iter().map(|(value, name)| sql!("{value} AS {name}", value = value, name = name)),
            ", ",
        )
    }

    /// The columns of the stream that say what became of a row: `stood` is its own time, where it reads and no later row replaces it.
    fn fate_items(of_sessions: bool) -> Vec<(Sql, Sql)> {
        let null = |kind: &'static str| sql!("CAST(NULL AS {kind})", kind = kind);
        let own = |name: &'static str| sql!("x.{name}", name = name);
        let all = [
            (own("fate"), own("fate"), "fate"),
            (own("word"), own("word"), "word"),
            (own("copy"), own("copy"), "copy"),
            (null("BIGINT"), own("gross"), "gross"),
            (sql!("0"), own("unsaid"), "unsaid"),
            (own("too_long"), null("BOOLEAN"), "too_long"),
            (own("accepted"), sql!("FALSE"), "accepted"),
            (
                sql!("CASE WHEN x.accepted THEN x.entered END"),
                sql!(
                    "CASE WHEN x.copy = 0 AND (x.fate IS NULL OR x.fate NOT IN ('rejected', 'superseded')) THEN x.own_paid END"
                ),
                "stood",
            ),
        ];
        let one = |(of_session, of_order, name): (Sql, Sql, &'static str)| {
            (if of_sessions { of_session } else { of_order }, sql!("{name}", name = name))
        };
        all.into_iter().map(one).collect()
    }

    fn timed(&self) -> Sql {
        let (first, after) = self.bounds();
        let in_range = sql!(
            "CASE kind WHEN 0 THEN CASE WHEN moment = left_at THEN moment >= {first} AND moment < {after} ELSE left_at > {first} AND moment < {after} END WHEN 1 THEN moment >= {first} ELSE FALSE END",
            first = first,
            after = after
        );
        sql!(
            "SELECT *, {in_range} AS in_range,\n  CASE WHEN kind = 0 THEN greatest(moment, {first}) END AS a, CASE WHEN kind = 0 AND {in_range} THEN least(left_at, {after}) END AS z,\n  {place}\nFROM stream",
            in_range = in_range,
            first = first,
            after = after,
            place = self.place()
        )
    }

    /// Where a row has its place in the walk, and since when a session must have lasted to explain an order.
    fn place(&self) -> Sql {
        let of_order = |place: Sql, since: Sql| {
            sql!(
                "CASE WHEN kind = 1 THEN {place} ELSE moment END AS place, CASE WHEN kind = 1 THEN {since} END AS since",
                place = place,
                since = since
            )
        };
        match self.rules.attribution {
            Attribution::All | Attribution::Carrier => sql!("moment AS place"),
            Attribution::Window(window) => {
                of_order(sql!("moment"), sql!("moment - {window}", window = window.0))
            }
            Attribution::Period if self.is_one_period() => {
                of_order(sql!("{last}", last = AFTER_ALL), sql!("-{last}", last = AFTER_ALL))
            }
            // All sessions that begin in its period come before it.
            Attribution::Period => {
                let own = self.period_of(&sql!("moment"));
                let end = self.start(&self.next_period(&own));
                of_order(sql!("{end} - 1", end = end), self.start(&own))
            }
        }
    }
}
