//! Small worlds: rows of sessions and orders as exports hold them, a question, and the library's answer to it.

use std::collections::BTreeMap;

use clap::Parser;
use gmv::cli::{Arguments, Command, Work as CommandWork};
use gmv::engine::Aggregate;
use gmv::engine::local::{aggregate, read};
use gmv::engine::reconciliation::RunReport;
use gmv::sums::Sums;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::support::Work;

/// Seconds in a day: the zone of all worlds has no change of clocks.
pub const DAY: i64 = 86_400;
/// Seconds by which the zone of all worlds, Asia/Shanghai, is ahead of UTC.
pub const AHEAD: i64 = 8 * 3_600;
/// The tiers of the table of streamers, which does not list all.
pub const TIERS: [(&str, &str); 4] = [("s1", "head"), ("s2", "tail"), ("s3", "head"), ("s4", "")];

/// A session as a row of an export.
#[derive(Debug, Clone, Default)]
pub struct Session {
    pub viewer: String,
    pub streamer: String,
    pub entered: i64,
    pub left: Option<i64>,
    pub watched: Option<i64>,
    pub source: String,
    pub live: String,
}

/// An order, or a line of one, as a row of an export.
#[derive(Debug, Clone, Default)]
pub struct Order {
    pub id: u32,
    pub line: Option<String>,
    pub buyer: String,
    pub streamer: String,
    pub paid_at: Option<i64>,
    pub amount: i64,
    pub refund: Option<i64>,
    pub refunded_at: Option<i64>,
    pub status: String,
    pub carrier: String,
    pub category: String,
    pub brand: String,
    pub live: String,
}

/// A row of an after-sales export.
#[derive(Debug, Clone)]
pub struct AfterSale {
    pub id: u32,
    pub order: u32,
    pub line: Option<String>,
    pub amount: i64,
    pub refunded_at: i64,
    pub status: &'static str,
}

/// A broadcast as a row of the table.
#[derive(Debug, Clone)]
pub struct Live {
    pub id: String,
    pub streamer: String,
    pub start: i64,
    pub end: i64,
}

/// The exports: files of sessions (perhaps none), and files of orders, which hold lines or whole orders; perhaps a table of broadcasts.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub sessions: Vec<Vec<Session>>,
    pub orders: Vec<Vec<Order>>,
    pub has_sources: bool,
    pub refunds: Vec<Vec<AfterSale>>,
    pub has_live_ids: bool,
    pub lives: Option<Vec<Live>>,
}

/// A group column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    Streamer,
    Tier,
    Live,
    Domain,
    Traffic,
    BuyerType,
    Category,
    Brand,
    Carrier,
    PriceBand,
}

impl By {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Streamer,
        Self::Tier,
        Self::Live,
        Self::Domain,
        Self::Traffic,
        Self::BuyerType,
        Self::Category,
        Self::Brand,
        Self::Carrier,
        Self::PriceBand,
    ];

    /// The word of `--by`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Streamer => "streamer",
            Self::Tier => "tier",
            Self::Live => "live",
            Self::Domain => "domain",
            Self::Traffic => "traffic",
            Self::BuyerType => "buyer-type",
            Self::Category => "category",
            Self::Brand => "brand",
            Self::Carrier => "carrier",
            Self::PriceBand => "price-band",
        }
    }

    /// Whether it slices orders.
    pub fn is_order_side(self) -> bool {
        matches!(self, Self::Category | Self::Brand | Self::Carrier | Self::PriceBand)
    }
}

/// What ties orders to viewing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    Period,
    Window(i64),
    Carrier,
    All,
}

/// What is asked; dates are days since 1970-01-01.
#[derive(Debug, Clone)]
pub struct Question {
    pub by: Vec<By>,
    pub period: &'static str,
    pub sunday: bool,
    pub day_start: i64,
    pub from: Option<i64>,
    pub to: Option<i64>,
    pub covers: Option<(i64, i64)>,
    pub net: bool,
    pub refund_within: Option<i64>,
    pub tie: Tie,
    pub rule: &'static str,
    pub max_session: i64,
    pub unknown_counts: bool,
    pub bands: &'static str,
}

impl Default for Question {
    /// What the command does when nothing but files is typed.
    fn default() -> Self {
        Self {
            by: vec![By::Streamer],
            period: "week",
            sunday: false,
            day_start: 0,
            from: None,
            to: None,
            covers: None,
            net: false,
            refund_within: None,
            tie: Tie::Period,
            rule: "any-private",
            max_session: DAY,
            unknown_counts: false,
            bands: "0,50,100,200,500",
        }
    }
}

/// The date of a day since 1970-01-01.
pub fn date(day: i64) -> Date {
    Date::constant(1970, 1, 1).checked_add(day.days()).unwrap()
}

impl Question {
    /// The options of the command line.
    fn options(&self) -> Vec<String> {
        let by: Vec<&str> = self.by.iter().map(|by| by.word()).collect();
        let by = if by.is_empty() { "total".to_owned() } else { by.join(",") };
        let tie = match self.tie {
            Tie::Period => "period".to_owned(),
            Tie::Window(seconds) => format!("window:{seconds}s"),
            Tie::Carrier => "carrier".to_owned(),
            Tie::All => "all".to_owned(),
        };
        let (hours, minutes) = (self.day_start / 3_600, self.day_start % 3_600 / 60);
        let mut options = vec![
            format!("--by={by}"),
            format!("--period={}", self.period),
            format!("--week-start={}", if self.sunday { "sun" } else { "mon" }),
            format!("--day-start={hours:02}:{minutes:02}"),
            format!("--basis={}", if self.net { "net" } else { "paid" }),
            format!("--attribution={tie}"),
            format!("--domain-rule={}", self.rule),
            format!("--max-session={}s", self.max_session),
            format!("--unknown-status={}", if self.unknown_counts { "count" } else { "skip" }),
            format!("--price-bands={}", self.bands),
        ];
        let within = self.refund_within.filter(|_| self.net);
        options.extend(within.map(|seconds| format!("--refund-within={seconds}s")));
        options.extend(self.from.map(|day| format!("--from={}", date(day))));
        options.extend(self.to.map(|day| format!("--to={}", date(day))));
        options.extend(self.covers.map(|(first, last)| format!("--covers={}..{}", date(first), date(last))));
        options
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
        let canonical = include_str!("../../src/input/profiles/canonical.toml");
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
        let inputs = read(exports, &|_| {}).unwrap();
        aggregate(&inputs, exports).unwrap()
    }
}

/// The rows of a result by period and group columns: whether the period is partial, and the sums.
pub type Rows = BTreeMap<(Date, Vec<String>), (bool, Sums)>;

/// The rows of the library's answer; none may stand twice.
pub fn rows(aggregate: &Aggregate) -> Rows {
    let mut rows = Rows::new();
    for row in &aggregate.rows {
        let keys = row.keys.iter().map(ToString::to_string).collect();
        let there = rows.insert((row.period, keys), (row.partial.unwrap(), row.sums.clone()));
        assert!(there.is_none(), "a row stands twice: {row:?}");
    }
    rows
}
