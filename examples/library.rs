//! A program on the library: the five factors of GMV, week by week, from two exports.
//!
//! `cargo run --example library [ORDERS SESSIONS]`; without arguments it reads `data/`.

use std::error::Error;
use std::num::NonZeroUsize;

use gmv::calendar::{Calendar, PeriodKind};
use gmv::engine::Grouping;
use gmv::engine::local::{Extent, LocalSettings, aggregate, read};
use gmv::factor::Factor;
use gmv::input::files::Source;
use gmv::input::rejects::MaxBad;
use gmv::input::settings::{FurtherColumns, ReadSettings, WithoutDimension};
use gmv::input::streamers::Streamers;
use gmv::journey::rules::{Attribution, Basis, DomainRule, UnknownStatus};
use gmv::units::Seconds;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

#[expect(clippy::print_stdout, reason = "a program of its own, not a part of the library")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args().skip(1);
    let orders = paths.next().unwrap_or_else(|| "data/orders.csv".to_owned());
    let sessions = paths.next().unwrap_or_else(|| "data/sessions.csv".to_owned());
    let settings = settings(&orders, &sessions)?;

    // Exports to typed rows, then to sums by group and period; where every row went is in the report.
    let mut inputs = read(&settings, Extent::InRange, &|_| {})?;
    let (result, report) = aggregate(&mut inputs, &settings)?;
    assert!(report.closes(), "every row and all money is accounted for");

    println!(
        "{:<10} {:>12} {}",
        "week",
        "GMV",
        Factor::ALL.map(|factor| format!("{:>23}", factor.name())).concat()
    );
    for row in &result.rows {
        // Money is exact, in minor units; a factor is missing where there is nothing to divide by.
        let gmv = row.sums.gmv.map_or_else(String::new, |gmv| format!("{}.{:02}", gmv / 100, gmv % 100));
        let factors = Factor::ALL.map(|factor| match factor.value(&row.sums) {
            Some(value) => format!("{value:>23.4}"),
            None => format!("{:>23}", "–"),
        });
        println!("{:<10} {gmv:>12} {}", row.period.to_string(), factors.concat());
    }
    Ok(())
}

/// By week, all streamers together, with the rules that `gmv decompose` has where nothing is typed.
fn settings(orders: &str, sessions: &str) -> Result<LocalSettings, Box<dyn Error>> {
    let zone = TimeZone::get("Asia/Shanghai")?;
    let streamers = Streamers::default();
    Ok(LocalSettings {
        read: reading(zone.clone()),
        orders: vec![Source::named(orders)],
        sessions: Some(vec![Source::named(sessions)]),
        refunds: None,
        grouping: Grouping::parse(&["total".to_owned()], &streamers)?,
        streamers,
        computes_tiers: false,
        lives: None,
        spend: None,
        max_bad: MaxBad::Rows(0),
        period: PeriodKind::Week,
        ranges: None,
        calendar: Calendar { zone, day_start: Time::midnight(), week_start: Weekday::Monday },
        range: (None, None),
        covers: None,
        basis: Basis::Paid,
        attribution: Attribution::Period,
        domain_rule: DomainRule::AnyPrivate,
        unknown_status: UnknownStatus::Refuse,
        price_bands: Vec::new(),
        moments: false,
        follows_buyers: false,
    })
}

fn reading(zone: TimeZone) -> ReadSettings {
    ReadSettings {
        profile: None,
        zone,
        max_session: Seconds(Seconds::PER_DAY),
        allow_mangled_ids: false,
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        memory: gmv::memory::Memory::default(),
        block_size: ReadSettings::BLOCK_SIZE,
        opening: gmv::input::container::Opening::default(),
        delimiter: None,
        list_rejects: false,
        constants: Vec::new(),
        dimensions: Vec::new(),
        without_dimension: WithoutDimension::Refused,
        refund_within: None,
        persons_optional: false,
        specimens: 0,
        further: FurtherColumns::Dimensions,
        pseudonyms: None,
        broadcast_days: None,
        reach: None,
        paid: None,
    }
}
