//! The files of a world, as text.

use jiff::Timestamp;

use super::{AHEAD, AfterSale, Live, Order, Session, TIERS, World};

/// The texts of a world's files.
#[derive(Debug)]
pub struct Files {
    pub sessions: Vec<String>,
    pub orders: Vec<String>,
    pub refunds: Vec<String>,
    /// The table of broadcasts, if there is one.
    pub lives: Option<String>,
    /// The table of streamers, which every world has.
    pub streamers: String,
}

impl World {
    /// The texts of its files.
    pub fn files(&self) -> Files {
        let tiers = TIERS.map(|(streamer, tier)| format!("{streamer},{tier}"));
        Files {
            sessions: self.sessions.iter().map(|rows| session_file(rows, self)).collect(),
            orders: self.orders.iter().map(|rows| order_file(rows, self.has_live_ids)).collect(),
            refunds: self.refunds.iter().map(|rows| refund_file(rows)).collect(),
            lives: self.lives.as_deref().map(live_file),
            streamers: format!("streamer_id,tier\n{}\n", tiers.join("\n")),
        }
    }
}

/// A time as text, in one of the forms that exports use: local, with an offset, in seconds since 1970.
fn time(instant: i64) -> String {
    let at = |seconds: i64| Timestamp::from_second(seconds).unwrap().to_string();
    match instant % 7 {
        0 => at(instant),
        1 => instant.to_string(),
        _ => at(instant + AHEAD).replace('T', " ").replace('Z', ""),
    }
}

fn optional(value: Option<i64>, text: impl Fn(i64) -> String) -> String {
    value.map(text).unwrap_or_default()
}

fn money(amount: i64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

fn session_file(rows: &[Session], world: &World) -> String {
    let mut text = "viewer_id,streamer_id,entered_at,left_at,watch_seconds".to_owned();
    text.push_str(if world.has_sources { ",source" } else { "" });
    text.push_str(if world.has_live_ids { ",live_id\n" } else { "\n" });
    for row in rows {
        let mut cells = vec![
            row.viewer.clone(),
            row.streamer.clone(),
            time(row.entered),
            optional(row.left, time),
            optional(row.watched, |seconds| seconds.to_string()),
        ];
        cells.extend(world.has_sources.then(|| row.source.clone()));
        cells.extend(world.has_live_ids.then(|| row.live.clone()));
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

fn order_file(rows: &[Order], has_live_ids: bool) -> String {
    let has_lines = rows.iter().any(|row| row.line.is_some());
    let mut text = if has_lines { "line_id," } else { "" }.to_owned();
    text.push_str("order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,refunded_at,status,carrier,category,brand");
    text.push_str(if has_live_ids { ",live_id\n" } else { "\n" });
    for row in rows {
        assert_eq!(row.line.is_some(), has_lines, "a file holds lines or whole orders");
        let mut cells: Vec<String> = row.line.iter().cloned().collect();
        cells.extend([
            row.id.to_string(),
            row.buyer.clone(),
            row.streamer.clone(),
            optional(row.paid_at, time),
            money(row.amount),
            optional(row.refund, money),
            optional(row.refunded_at, time),
        ]);
        cells.extend([&row.status, &row.carrier, &row.category, &row.brand].map(String::clone));
        cells.extend(has_live_ids.then(|| row.live.clone()));
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

fn refund_file(rows: &[AfterSale]) -> String {
    let mut text = "refund_id,order_id,line_id,refund_amount,refunded_at,status\n".to_owned();
    for row in rows {
        let (order, line) = (row.order.to_string(), row.line.clone().unwrap_or_default());
        let cells = [row.id.to_string(), order, line, money(row.amount), time(row.refunded_at)];
        text.push_str(&[&cells.join(","), row.status].join(","));
        text.push('\n');
    }
    text
}

fn live_file(rows: &[Live]) -> String {
    let row = |row: &Live| format!("{},{},{},{}\n", row.id, row.streamer, time(row.start), time(row.end));
    format!("live_id,streamer_id,started_at,ended_at\n{}", rows.iter().map(row).collect::<String>())
}
