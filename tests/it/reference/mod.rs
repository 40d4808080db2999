//! A slow and obvious reference of the decomposition, written from the definitions alone: naive loops over all rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::world::{AHEAD, DAY, Live, Order, Question, Tie, World, date};

mod aired;
mod answer;
mod refunds;

pub use answer::answer;

/// What a blank is called.
const NONE: &str = "(none)";

/// A session of somebody, as long as it counts.
pub struct Visit {
    pub viewer: String,
    pub streamer: String,
    pub start: i64,
    pub end: i64,
    /// The broadcast that the row names, and the one that it belongs to.
    named: Option<String>,
    live: String,
    private: bool,
    paid: bool,
}

/// An order that counts, whenever it was paid.
pub struct Purchase {
    pub buyer: Option<String>,
    pub streamer: String,
    pub paid_at: i64,
    named: Option<String>,
    live: String,
    carrier: String,
    pub total: i64,
    /// Category, brand and amount of each line.
    lines: Vec<(String, String, i64)>,
}

/// A reporting period: its first day and its instants, cut at the range.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    first: i64,
    pub start: i64,
    pub end: i64,
    partial: bool,
}

impl Period {
    /// The first date, its name in the output.
    pub fn date(&self) -> Date {
        date(self.first)
    }
}

fn somebody(id: &str) -> Option<String> {
    (!id.is_empty() && id != "匿名" && !id.contains("**")).then(|| id.to_owned())
}

fn length(left: Option<i64>, watched: Option<i64>, entered: i64, longest: i64) -> i64 {
    watched.or(left.map(|left| left - entered)).unwrap_or(0).min(longest)
}

fn named(world: &World, id: &str) -> Option<String> {
    (world.has_live_ids && !id.is_empty()).then(|| id.to_owned())
}

/// The broadcast of a row: what it names, else the one of the table that its streamer started last before it, and had not ended.
fn live(world: &World, id: &str, streamer: &str, instant: i64) -> String {
    let running = |row: &&Live| row.streamer == streamer && row.start <= instant && instant < row.end;
    let mut table: Vec<&Live> = world.lives.iter().flatten().filter(running).collect();
    table.sort_by_key(|row| (-row.start, row.id.clone()));
    let scheduled = || table.first().map_or(NONE, |row| &row.id).to_owned();
    named(world, id).unwrap_or_else(scheduled)
}

/// The sessions of somebody.
pub fn visits(world: &World, question: &Question) -> Vec<Visit> {
    let mut visits = Vec::new();
    for row in world.sessions.iter().flatten() {
        if let Some(viewer) = somebody(&row.viewer) {
            visits.push(Visit {
                viewer,
                streamer: row.streamer.clone(),
                start: row.entered,
                named: named(world, &row.live),
                live: live(world, &row.live, &row.streamer, row.entered),
                end: row.entered + length(row.left, row.watched, row.entered, question.max_session),
                private: ["follow", "fans_group", "profile", "message", "shop"].contains(&&*row.source),
                paid: row.source == "paid",
            });
        }
    }
    visits
}

/// The rows of orders that no later row replaces.
fn standing(world: &World) -> Vec<&Order> {
    let all: Vec<&Order> = world.orders.iter().flatten().collect();
    let stands = |at: usize, row: &Order| {
        let latest = all.iter().rev().find(|other| other.id == row.id).unwrap();
        let replaced = all[at + 1..].iter().any(|later| later.id == row.id && later.line == row.line);
        !replaced && latest.line.is_some() == row.line.is_some()
    };
    all.iter().enumerate().filter(|(at, row)| stands(*at, row)).map(|(_, row)| *row).collect()
}

fn is_paid(row: &Order, question: &Question) -> bool {
    let known = ["paid", "shipped", "completed", "refunded", "closed_paid"].contains(&&*row.status);
    let never = ["pending", "cancelled"].contains(&&*row.status);
    row.paid_at.is_some() && (known || (!never && question.unknown_counts))
}

/// Whole numbers by value, then others by their bytes.
fn by_line(row: &Order) -> (u64, String) {
    let line = row.line.clone().unwrap_or_default();
    (line.parse::<u64>().unwrap_or(u64::MAX), line)
}

/// The orders that count, in any period.
pub fn purchases(world: &World, question: &Question) -> Vec<Purchase> {
    let paid: Vec<&Order> = standing(world).into_iter().filter(|row| is_paid(row, question)).collect();
    let left = refunds::left(world, &paid, question);
    let mut orders: BTreeMap<(u32, &str), Vec<&Order>> = BTreeMap::new();
    for row in paid {
        orders.entry((row.id, &row.streamer)).or_default().push(row);
    }
    let mut purchases = Vec::new();
    for (_, mut lines) in orders {
        lines.sort_by_key(|row| by_line(row));
        let gross: Vec<i64> = lines.iter().map(|line| line.amount).collect();
        let net = lines.iter().map(|line| left[&(line.id, line.line.clone())]).collect();
        let amounts: Vec<i64> = if question.net { net } else { gross.clone() };
        let total: i64 = amounts.iter().sum();
        if question.net && total == 0 && gross.iter().sum::<i64>() > 0 {
            continue;
        }
        let kept = lines.iter().zip(amounts).filter(|(line, left)| line.amount == 0 || *left > 0);
        purchases.push(Purchase {
            buyer: somebody(&lines[0].buyer),
            streamer: or_none(&lines[0].streamer),
            paid_at: lines[0].paid_at.unwrap(),
            named: named(world, &lines[0].live),
            live: live(world, &lines[0].live, &lines[0].streamer, lines[0].paid_at.unwrap()),
            carrier: lines[0].carrier.clone(),
            total,
            lines: kept.map(|(line, left)| (or_none(&line.category), or_none(&line.brand), left)).collect(),
        });
    }
    purchases
}

fn or_none(text: &str) -> String {
    if text.is_empty() { NONE.to_owned() } else { text.to_owned() }
}

fn day(instant: i64, question: &Question) -> i64 {
    (instant + AHEAD - question.day_start).div_euclid(DAY)
}

fn start_of(day: i64, question: &Question) -> i64 {
    day * DAY - AHEAD + question.day_start
}

/// The first day of the period of a day; of `all`, the first day at all.
fn period_of(day: i64, first: i64, question: &Question) -> i64 {
    // 1970-01-01 was a Thursday.
    let into_week = if question.sunday { (day + 4).rem_euclid(7) } else { (day + 3).rem_euclid(7) };
    let months = |length: i8| {
        let date = date(day);
        let first = Date::new(date.year(), (date.month() - 1) / length * length + 1, 1).unwrap();
        i64::from(Date::constant(1970, 1, 1).until(first).unwrap().get_days())
    };
    match question.period {
        "day" => day,
        "week" => day - into_week,
        "month" => months(1),
        "quarter" => months(3),
        "year" => months(12),
        _ => first,
    }
}

/// The days of the first and the last of some instants.
fn days(instants: impl Iterator<Item = i64> + Clone, question: &Question) -> Option<(i64, i64)> {
    Some((day(instants.clone().min()?, question), day(instants.max()?, question)))
}

/// The periods of the range, in their order.
pub fn periods(world: &World, question: &Question) -> Vec<Period> {
    let rows: Vec<&Order> = standing(world);
    let orders = days(rows.iter().filter_map(|row| row.paid_at), question);
    let sessions = days(world.sessions.iter().flatten().map(|row| row.entered), question);
    let both = || orders.iter().chain(&sessions);
    let Some(first) = question.from.or(both().map(|days| days.0).min()) else { return Vec::new() };
    let Some(last) = question.to.or(both().map(|days| days.1).max()) else { return Vec::new() };
    let ends = world
        .sessions
        .iter()
        .flatten()
        .map(|row| row.entered + length(row.left, row.watched, row.entered, question.max_session));
    let watched_until = ends.map(|end| day(end - 1, question)).max().filter(|_| question.to.is_none());
    let covers = |days: Option<(i64, i64)>, first: i64, last: i64| {
        days.is_some_and(|days| days.0 <= first && last <= days.1)
    };
    let mut periods: Vec<Period> = Vec::new();
    for at in first..=last.max(watched_until.unwrap_or(last)) {
        let name = period_of(at, first, question);
        let (start, end) = (start_of(at, question), start_of(at + 1, question));
        match periods.last_mut() {
            Some(period) if period.first == name => period.end = end,
            _ => {
                let whole = (name..).take_while(|&other| period_of(other, first, question) == name);
                let end_of = if question.period == "all" { last.max(name) } else { whole.last().unwrap() };
                let given = match question.covers {
                    Some(days) => covers(Some(days), name, end_of),
                    None if world.sessions.is_empty() => covers(orders, name, end_of),
                    None => covers(orders, name, end_of) && covers(sessions, name, end_of),
                };
                let asked = question.from.is_none_or(|from| from <= name);
                let partial = !(given && asked && question.to.is_none_or(|to| end_of <= to));
                periods.push(Period { first: name, start, end, partial });
            }
        }
    }
    periods
}

/// Whether a session touches a period.
pub fn touches(visit: &Visit, period: &Period) -> bool {
    lies_in(visit.start, visit.end, period)
}

/// Whether any of an interval lies in a period.
pub fn lies_in(start: i64, end: i64, period: &Period) -> bool {
    if start == end {
        return period.start <= start && start < period.end;
    }
    start.max(period.start) < end.min(period.end)
}

/// The length of the union of intervals: every piece between two ends counts if any interval holds it.
fn union(intervals: &[(i64, i64)]) -> i64 {
    let mut ends: Vec<i64> = intervals.iter().flat_map(|&(from, to)| [from, to]).collect();
    ends.sort_unstable();
    let held = |piece: &&[i64]| intervals.iter().any(|&(from, to)| from <= piece[0] && piece[1] <= to);
    ends.windows(2).filter(held).map(|piece| piece[1] - piece[0]).sum()
}

/// Seconds watched in a period: unions for each streamer, added.
pub fn watched(visits: &[&Visit], period: &Period) -> i64 {
    let streamers: BTreeSet<&str> = visits.iter().map(|visit| &*visit.streamer).collect();
    let cut = |visit: &&&Visit| (visit.start.max(period.start), visit.end.min(period.end));
    let mut seconds = 0;
    for streamer in streamers {
        let own = visits.iter().filter(|visit| visit.streamer == streamer && touches(visit, period));
        let intervals: Vec<(i64, i64)> = own.map(|visit| cut(&visit)).collect();
        seconds += union(&intervals);
    }
    seconds
}

/// Whether the viewer of these sessions, which touch the period, is private.
fn is_private(visits: &[&Visit], period: &Period, rule: &str) -> bool {
    let (private, public): (Vec<&Visit>, Vec<&Visit>) = visits.iter().partition(|visit| visit.private);
    let entered = |visits: &[&Visit]| visits.iter().map(|visit| visit.start).min().unwrap_or(i64::MAX);
    let wins = match rule {
        "first" => entered(&private) <= entered(&public),
        "longest" => watched(&private, period) >= watched(&public, period),
        _ => true,
    };
    wins && !private.is_empty()
}

/// Whether an order belongs to the viewing of its streamer.
pub fn is_attributed(purchase: &Purchase, visits: &[Visit], period: &Period, question: &Question) -> bool {
    let Some(buyer) = purchase.buyer.as_ref().filter(|_| purchase.streamer != NONE) else { return false };
    let mut own = visits.iter().filter(|v| v.viewer == *buyer && v.streamer == purchase.streamer);
    match question.tie {
        Tie::Period => own.any(|visit| touches(visit, period)),
        Tie::Window(window) => {
            own.any(|visit| visit.start <= purchase.paid_at && purchase.paid_at <= visit.end + window)
        }
        Tie::Carrier => purchase.carrier == "live",
        Tie::All => true,
    }
}
