//! A world's exports on disk, and the library's answer on them.

use clap::Parser;
use gmv::cli::{Arguments, Command, Work as CommandWork};
use gmv::engine::Aggregate;
use gmv::engine::local::{Extent, aggregate, read};
use gmv::engine::reconciliation::RunReport;
use jiff::Timestamp;

use super::{AHEAD, AfterSale, Live, Order, Question, Session, TIERS, World};
use crate::support::Work;

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

/// The exports of a world on disk.
pub struct Exports {
    work: Work,
    pub orders: Vec<String>,
    pub sessions: Vec<String>,
    pub refunds: Vec<String>,
    lives: Option<String>,
}

impl Exports {
    /// Writes them.
    pub fn write(world: &World) -> Self {
        let work = Work::new();
        let (orders, sessions, refunds) = (Vec::new(), Vec::new(), Vec::new());
        let mut exports = Self { work, orders, sessions, refunds, lives: None };
        for (at, rows) in world.sessions.iter().enumerate() {
            let name = exports.file(&format!("sessions{at}.csv"), &session_file(rows, world));
            exports.sessions.push(name);
        }
        for (at, rows) in world.orders.iter().enumerate() {
            let name = exports.file(&format!("orders{at}.csv"), &order_file(rows, world.has_live_ids));
            exports.orders.push(name);
        }
        for (at, rows) in world.refunds.iter().enumerate() {
            let name = exports.file(&format!("refunds{at}.csv"), &refund_file(rows));
            exports.refunds.push(name);
        }
        if let Some(rows) = &world.lives {
            let row =
                |row: &Live| format!("{},{},{},{}\n", row.id, row.streamer, time(row.start), time(row.end));
            let text: String = rows.iter().map(row).collect();
            let text = format!("live_id,streamer_id,started_at,ended_at\n{text}");
            exports.lives = Some(exports.file("lives.csv", &text));
        }
        let tiers = TIERS.map(|(streamer, tier)| format!("{streamer},{tier}"));
        exports.file("streamers.csv", &format!("streamer_id,tier\n{}\n", tiers.join("\n")));
        exports
    }

    /// Writes a file; returns its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        self.work.write(name, text);
        self.work.path(name).to_str().unwrap().to_owned()
    }

    /// The options that name the exports.
    pub fn named(&self) -> Vec<String> {
        [self.orders_and_sessions(), self.after_sales()].concat()
    }

    /// The options that name what a store may hold.
    fn orders_and_sessions(&self) -> Vec<String> {
        let mut line = vec!["--orders".to_owned()];
        line.extend_from_slice(&self.orders);
        if !self.sessions.is_empty() {
            line.push("--sessions".to_owned());
            line.extend_from_slice(&self.sessions);
        }
        line
    }

    /// The option that names the after-sales exports, if there are any.
    pub fn after_sales(&self) -> Vec<String> {
        let option = (!self.refunds.is_empty()).then(|| "--refunds".to_owned());
        option.into_iter().chain(self.refunds.iter().cloned()).collect()
    }

    /// Ingests the exports into a store, with a profile that maps all of their columns; returns its path.
    pub fn ingest(&self) -> String {
        let canonical = include_str!("../../../src/input/profiles/canonical.toml");
        let profile = canonical.replacen("[orders.columns]", "[orders.columns]\nbrand = \"brand\"", 1);
        let (profile, store) = (self.file("brands.toml", &profile), self.work.path("store"));
        let store = store.to_str().unwrap().to_owned();
        let mut line = vec!["ingest", "--max-bad=0", "--store", &store, "--profile", &profile];
        let named = self.orders_and_sessions();
        line.extend(named.iter().map(String::as_str));
        self.work.ok(&line);
        store
    }

    /// The library's answer, with more options.
    pub fn ask(&self, question: &Question, more: &[&str]) -> (Aggregate, RunReport) {
        self.ask_of(self.named(), question, more)
    }

    /// The library's answer on what these options name.
    pub fn ask_of(&self, named: Vec<String>, question: &Question, more: &[&str]) -> (Aggregate, RunReport) {
        let mut line = vec!["gmv".to_owned(), "decompose".to_owned()];
        line.extend(named);
        line.extend(self.lives.iter().flat_map(|lives| ["--lives".to_owned(), lives.clone()]));
        let streamers = self.work.path("streamers.csv");
        line.extend(["--streamers".to_owned(), streamers.to_str().unwrap().to_owned()]);
        line.extend(["--moments".to_owned(), "--max-bad=0".to_owned()]);
        line.extend(question.options());
        line.extend(more.iter().map(|option| (*option).to_owned()));
        let Command::Decompose(arguments) = Arguments::try_parse_from(line).unwrap().command else {
            panic!("decompose was typed");
        };
        let settings = arguments.resolve().unwrap();
        let CommandWork::Exports(exports) = &settings.work else { panic!("exports were given") };
        let mut inputs = read(exports, Extent::InRange, &|_| {}).unwrap();
        aggregate(&mut inputs, exports).unwrap()
    }
}
