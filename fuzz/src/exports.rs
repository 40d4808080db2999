//! Orders, sessions and after-sales through the whole of a run.

use gmv::engine::local::{Extent, LocalSettings, aggregate, read};
use gmv::engine::{EngineError, Grouping};
use gmv::input::files::Source;
use gmv::input::rejects::MaxBad;
use gmv::input::settings::ReadSettings;
use gmv::input::streamers::Streamers;
use gmv::journey::rules::{Attribution, Basis, DomainRule, UnknownStatus};
use gmv::units::{MinorUnits, Seconds};

use crate::{Scratch, agreed, calendar, period};

pub const ORDERS: &str = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status,category,carrier,live_id\n\
    1,u1,s1,2026-03-02 20:10:00,100.00,5,paid,food,live,L1\n\
    2,u2,s1,2026-03-03 20:10:00,50.00,0,paid,toys,card,\n\
    3,u1,s2,2026-03-02 20:30:00,7.01,7.01,refunded,food,live,L2\n";
pub const SESSIONS: &str = "viewer_id,streamer_id,entered_at,left_at,watch_seconds,source,live_id\n\
    u1,s1,2026-03-02 20:00:00,2026-03-02 21:00:00,,follow,L1\n\
    u2,s1,2026-03-03 20:00:00,2026-03-03 21:00:00,60,paid,L1\n";
pub const REFUNDS: &str = "refund_id,order_id,refund_amount,refunded_at,status,refund_type\n";

/// The exports of a run, as they are on disk.
pub struct Exports<'e> {
    pub orders: &'e [u8],
    pub sessions: &'e [u8],
    pub refunds: Option<&'e [u8]>,
}

/// The files that they are written to.
#[derive(Default)]
pub struct Places([Scratch; 3]);

/// Reads and aggregates exports in two ways, which must agree and close; two bytes choose the rules and the block size. Whether they
/// were accepted.
pub fn run(places: &mut Places, choice: [u8; 2], exports: &Exports<'_>) -> bool {
    let [orders, sessions, refunds] = &mut places.0;
    let orders = vec![orders.source(exports.orders)];
    let sessions = vec![sessions.source(exports.sessions)];
    let refunds = exports.refunds.map(|bytes| vec![refunds.source(bytes)]);
    agreed(choice[1], |way| {
        let read = way.of_profile(choice[1]);
        let settings = settings(choice[0], read, orders.clone(), sessions.clone(), refunds.clone());
        result(&settings)
    })
    .is_some()
}

/// The sums, the report and the rejected rows of a run.
pub fn result(settings: &LocalSettings) -> Result<impl PartialEq + std::fmt::Debug + use<>, EngineError> {
    let mut inputs = read(settings, Extent::InRange, &|_| {})?;
    let rejects = format!("{:?}", inputs.rejects);
    let (aggregate, mut report) = aggregate(&mut inputs, settings)?;
    assert!(report.closes(), "the reconciliation does not close: {report:?}");
    // That rows went through files is said, and differs.
    report.of_the_machine.clear();
    Ok((aggregate, format!("{report:?}"), rejects))
}

/// Rules for every value of a byte.
pub fn settings(
    choice: u8,
    read: ReadSettings,
    orders: Vec<Source>,
    sessions: Vec<Source>,
    refunds: Option<Vec<Source>>,
) -> LocalSettings {
    let words: &[&str] = match choice & 7 {
        0 => &["total"],
        1 => &["streamer"],
        2 => &["streamer", "domain"],
        3 => &["streamer", "traffic", "buyer-type"],
        4 => &["price-band", "category"],
        5 => &["carrier"],
        6 => &["live"],
        _ => &["streamer", "live"],
    };
    let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
    let streamers = Streamers::default();
    let grouping = Grouping::parse(&words, &streamers).expect("groups that are known");
    let rules =
        [Attribution::Period, Attribution::Window(Seconds(3_600)), Attribution::Carrier, Attribution::All];
    let basis = if choice & 8 == 0 { Basis::Paid } else { Basis::Net };
    // Nobody comes back to a broadcast, so that these two are never asked for together.
    let follows_buyers = choice & 32 != 0 && !grouping.has_live();
    let within = (basis == Basis::Net && choice & 16 != 0).then_some(Seconds(7 * Seconds::PER_DAY));
    LocalSettings {
        read: ReadSettings { dimensions: grouping.dimensions(), refund_within: within, ..read },
        orders,
        sessions: Some(sessions),
        refunds,
        streamers,
        computes_tiers: false,
        lives: None,
        spend: None,
        max_bad: MaxBad::Rows(u64::MAX),
        grouping,
        period: period(choice >> 3),
        ranges: None,
        calendar: calendar(choice),
        range: (None, None),
        covers: None,
        basis,
        attribution: rules[usize::from(choice >> 5 & 3)],
        domain_rule: [DomainRule::AnyPrivate, DomainRule::First, DomainRule::Longest]
            [usize::from(choice % 3)],
        unknown_status: if choice & 128 == 0 { UnknownStatus::Count } else { UnknownStatus::Skip },
        price_bands: vec![MinorUnits(0), MinorUnits(5_000), MinorUnits(10_050)],
        moments: choice & 64 != 0,
        follows_buyers,
    }
}
