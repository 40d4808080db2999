//! Small worlds: rows of sessions and orders as exports hold them, a question, and the library's answer to it.

mod files;

use std::collections::BTreeMap;

use gmv::engine::Aggregate;
use gmv::sums::Sums;
use jiff::ToSpan;
use jiff::civil::Date;

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
    pub fn options(&self) -> Vec<String> {
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
