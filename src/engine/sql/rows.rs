//! Where every row went, as the report of this machine has it: a small table with a line for each list, column and reason.

use super::columns::SessionTable;
use super::question::Question;
use super::text::{Sql, sql};

/// A line of the table: its name, and what the rows that end with one fate add to it.
struct Line {
    what: &'static str,
    rows: &'static str,
    money: &'static str,
    seconds: &'static str,
}

/// A line without seconds, of orders.
const fn of_orders(what: &'static str, rows: &'static str, money: &'static str) -> Line {
    Line { what, rows, money, seconds: "CAST(NULL AS BIGINT)" }
}

/// A line without money, of sessions.
const fn of_sessions(what: &'static str, rows: &'static str, seconds: &'static str) -> Line {
    Line { what, rows, money: "NULL", seconds }
}

/// The lines, with their names; of `what` the line of each fate has the name.
const ORDERS: [Line; 9] = [
    of_orders("'read'", "own_rows", "gross"),
    of_orders(
        "what",
        "CASE WHEN what = 'unlisted_streamer' THEN 1 ELSE row_count END",
        "CASE WHEN what = 'counted' THEN net ELSE gross END",
    ),
    of_orders("'refunds'", "0", "CASE WHEN what = 'counted' THEN gross - net ELSE 0 END"),
    of_orders("'orders'", "orders", "net"),
    of_orders("'attributed'", "attributed", "attributed_money"),
    of_orders("'off_live'", "orders - attributed", "net - attributed_money"),
    of_orders("'without_buyer'", "without_buyer", "without_buyer_money"),
    of_orders("'without_streamer'", "without_streamer", "without_streamer_money"),
    of_orders("'refund_without_amount'", "unsaid", "NULL"),
];

const SESSIONS: [Line; 7] = [
    of_sessions("'read'", "own_rows", "length"),
    of_sessions(
        "what",
        "row_count",
        "CASE what WHEN 'counted' THEN watched WHEN 'guests' THEN length ELSE 0 END",
    ),
    of_sessions(
        "'out_of_range'",
        "0",
        "CASE WHEN what IN ('counted', 'out_of_range') THEN length - ranged ELSE 0 END",
    ),
    of_sessions("'overlap'", "0", "ranged - watched"),
    of_sessions("'capped'", "capped", "NULL"),
    of_sessions("'without_duration'", "without_duration", "NULL"),
    of_sessions("'both_domains'", "both_domains", "NULL"),
];

/// When rows stand that no later one replaces, and the dates that are told of them: the first and the last of their own times, and the last time
/// of a session.
const TIMES: [(&str, &str); 3] =
    [("first_time", "first_date"), ("last_time", "last_date"), ("until_time", "until_date")];

/// The lines in their order.
const WHATS: [&str; 25] = [
    "read",
    "rejected",
    "superseded",
    "never_paid",
    "skipped",
    "guests",
    "refunded",
    "out_of_range",
    "refunds",
    "overlap",
    "counted",
    "orders",
    "attributed",
    "off_live",
    "without_buyer",
    "without_streamer",
    "refund_without_amount",
    "unknown_status",
    "unknown_source",
    "unlisted_streamer",
    "capped",
    "without_duration",
    "both_domains",
    "without_order_id",
    "without_source",
];
/// What is summed up of rows of one fate: its name, of which rows, and what.
const SUMS: [(&str, &str, &str); 17] = [
    ("row_count", "TRUE", "1"),
    ("own_rows", "copy = 0", "1"),
    ("gross", "copy = 0", "coalesce(gross, 0)"),
    ("unsaid", "copy = 0", "unsaid"),
    ("net", "kind = 1 AND in_range", "money"),
    ("orders", "kind = 1 AND in_range", "whole"),
    ("attributed", "kind = 1 AND in_range AND attributed", "whole"),
    ("attributed_money", "kind = 1 AND in_range AND attributed", "money"),
    ("without_buyer", "kind = 1 AND in_range AND nobody", "whole"),
    ("without_buyer_money", "kind = 1 AND in_range AND nobody", "money"),
    ("without_streamer", "kind = 1 AND in_range AND streamer_id = '(none)'", "whole"),
    ("without_streamer_money", "kind = 1 AND in_range AND streamer_id = '(none)'", "money"),
    ("length", "accepted", "left_at - moment"),
    ("capped", "accepted AND too_long", "1"),
    ("without_duration", "accepted AND too_long IS NULL", "1"),
    ("ranged", "kind = 0 AND in_range", "z - a"),
    ("watched", "kind = 0 AND in_range", "greatest(0, z - fresh)"),
];

impl Question {
    /// The statement of where every row went.
    pub(super) fn rows(&self) -> Sql {
        let mut steps = self.steps();
        self.walk_steps(&mut steps);
        steps.add(
            "share",
            "What became of rows, by person, group and period: sums over those of one fate.",
            self.share(),
        );
        let inputs: &[&str] = if self.sessions.is_some() { &["orders", "sessions"] } else { &["orders"] };
        steps.add("tally", "The same of all persons.", tally(inputs));
        let (last, lines) = self.lines();
        steps.add("told", "A line for each list.", lines);
        steps.statement(&last)
    }

    fn share(&self) -> Sql {
        // A session is one row in the first of its periods.
        let first = if self.is_one_period() { "" } else { "period = p0 AND " };
        let sum = |(name, when, value): (&'static str, &'static str, &'static str)| {
            let sum = sql!(
                "sum(CASE WHEN {first}{when} THEN {value} ELSE 0 END)",
                first = first,
                when = when,
                value = value
            );
            sql!("{sum} AS {name}", sum = self.dialect.wide(&sum), name = name)
        };
        let split = self.sessions.as_ref().is_some_and(SessionTable::has_source);
        let seen = |which: &'static str| {
            sql!(
                "max(CASE WHEN kind = 0 AND in_range AND traffic {which} 'private' THEN 1 ELSE 0 END)",
                which = which
            )
        };
        let both = if split {
            sql!("{private} * {public}", private = seen("="), public = seen("<>"))
        } else {
            sql!("0")
        };
        let keys =
            sql!("kind, copy, fate, word, in_range, person{base}, period", base = self.base_names_behind());
        sql!(
            "SELECT {keys},\n  {sums},\n  {both} AS both_domains,\n  min(stood) AS first_time, max(stood) AS last_time, max({until}) AS until_time\nFROM parted\nGROUP BY {keys}",
            keys = keys,
            sums = Sql::join(SUMS.map(sum), ",\n  "),
            both = both,
            until = "CASE WHEN accepted THEN greatest(moment, left_at - 1) END"
        )
    }

    /// The last selection, and the lines before they are put together.
    fn lines(&self) -> (Sql, Sql) {
        let has_source = self.sessions.as_ref().is_none_or(SessionTable::has_source);
        let no_ids = of_orders("'without_order_id'", "own_rows", "NULL");
        let no_sources = of_sessions("'without_source'", "own_rows", "NULL");
        let mut lines: Vec<&Line> = ORDERS.iter().collect();
        lines.extend([&no_ids].into_iter().filter(|_| self.orders.rows_are_orders()));
        let of_orders = lines.len();
        if self.sessions.is_some() {
            lines.extend(&SESSIONS);
            lines.extend([&no_sources].into_iter().filter(|_| !has_source));
        }
        let numbers = Sql::join((1..=lines.len()).map(|number| sql!("({number})", number = number)), ", ");
        let each = |value: fn(&Line) -> &'static str| {
            let case = |(at, line): (usize, &&Line)| {
                sql!("WHEN {number} THEN {value}", number = at + 1, value = value(line))
            };
            sql!("CASE line {cases} END", cases = Sql::join(lines.iter().enumerate().map(case), " "))
        };
        let of_read = |name: &'static str| {
            sql!("CASE WHEN line IN (1, {own}) THEN {name} END AS {name}", own = of_orders + 1, name = name)
        };
        let told = sql!(
            "SELECT input, {what} AS what, CASE WHEN line IN (2, {own}) AND what <> 'unlisted_streamer' THEN word END AS word, CASE WHEN what = 'unlisted_streamer' THEN word END AS streamer,\n  {rows} AS row_count,\n  {money} AS money,\n  {seconds} AS seconds,\n  {times}\nFROM tally CROSS JOIN (VALUES {numbers}) AS lines(line)\nWHERE (input = 'orders') = (line <= {of_orders})",
            what = each(|line| line.what),
            own = of_orders + 2,
            rows = each(|line| line.rows),
            money = each(|line| line.money),
            seconds = each(|line| line.seconds),
            times = Sql::join(TIMES.map(|(name, _)| of_read(name)), ", "),
            numbers = numbers,
            of_orders = of_orders
        );
        (self.answer(), told)
    }

    fn answer(&self) -> Sql {
        let dialect = self.dialect;
        let place =
            |(at, what): (usize, &&'static str)| sql!("WHEN '{what}' THEN {at}", what = *what, at = at);
        let order = Sql::join(WHATS.iter().enumerate().map(place), " ");
        let [rows, money] = ["rows", "money"].map(|name| dialect.name(name));
        let date = |(time, date): (&'static str, &'static str)| {
            let with = if time == "first_time" { "min" } else { "max" };
            let time = sql!("{with}({time})", with = with, time = time);
            sql!("{value} AS {date}", value = dialect.date(&self.day(&time)), date = date)
        };
        sql!(
            "SELECT input, what, CASE WHEN what = 'rejected' THEN split_part(word, ': ', 1) WHEN what = 'unknown_status' THEN 'status' WHEN what = 'unknown_source' THEN 'source' WHEN what = 'unlisted_streamer' THEN 'streamer_id' END AS field,\n  CASE what WHEN 'rejected' THEN split_part(word, ': ', 2) WHEN 'unlisted_streamer' THEN min(streamer) ELSE word END AS reason,\n  CAST(sum(row_count) AS BIGINT) AS {rows}, {sum} AS {money}, CAST(sum(seconds) AS BIGINT) AS seconds,\n  {dates}\nFROM told\nGROUP BY input, what, word\nHAVING what IN ('read', 'counted') OR sum(row_count) <> 0 OR coalesce(sum(told.money), 0) <> 0 OR coalesce(sum(seconds), 0) <> 0\nORDER BY input, CASE what {order} END, field, reason",
            rows = rows,
            sum = dialect.money(&sql!("sum(told.money)")),
            money = money,
            dates = Sql::join(TIMES.map(date), ", "),
            order = order
        )
    }
}

/// The sums of each fate; each input has at least one.
fn tally(inputs: &[&'static str]) -> Sql {
    let names = || SUMS.into_iter().map(|(name, _, _)| name).chain(["both_domains"]);
    let sum = |name: &'static str| sql!("sum({name}) AS {name}", name = name);
    let nothing = |input: &&'static str| {
        let zeros = Sql::join(names().map(|_| sql!("0")), ", ");
        let times = Sql::join(TIMES.map(|_| sql!("CAST(NULL AS BIGINT)")), ", ");
        sql!(
            "\nUNION ALL SELECT '{input}', 'counted', NULL, {zeros}, {times}",
            input = *input,
            zeros = zeros,
            times = times
        )
    };
    sql!(
        "SELECT input, what, word,\n  {sums},\n  min(first_time) AS first_time, max(last_time) AS last_time, max(until_time) AS until_time\nFROM (SELECT *, CASE WHEN fate = 'unlisted_streamer' OR kind IN (1, 3) THEN 'orders' ELSE 'sessions' END AS input,\n    CASE WHEN fate IS NOT NULL THEN fate WHEN in_range THEN 'counted' ELSE 'out_of_range' END AS what FROM share) AS fates\nGROUP BY input, what, word{read}",
        sums = Sql::join(names().map(sum), ", "),
        read = Sql::join(inputs.iter().map(nothing), "")
    )
}
