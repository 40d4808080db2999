//! Small exact tests of the walk.

use super::*;
use crate::calendar::{Calendar, DateRange, PeriodKind};
use crate::input::profile::Traffic;
use crate::journey::accumulate::{Buying, GroupKey, GroupSums, Viewing};
use crate::journey::broadcasts::Broadcasts;
use crate::journey::rules::{
    Attribution, Basis, BuyerType, Domain, DomainRule, Side, Slicing, Split, UnknownStatus,
};
use crate::units::{Instant, PersonKey, Seconds};
use jiff::civil::{Time, Weekday, date};

const DAY: i64 = 86_400;

fn two_days() -> Periods {
    let calendar =
        Calendar { zone: jiff::tz::TimeZone::UTC, day_start: Time::midnight(), week_start: Weekday::Monday };
    let range = DateRange { first: date(1970, 1, 1), last: date(1970, 1, 2) };
    Periods::new(&calendar, PeriodKind::Day, range, range.last, Some(range)).unwrap()
}

/// Streamers 1 and 2 are group 7, streamer 3 is group 8.
fn rules(split: Split) -> Rules {
    Rules {
        basis: Basis::Paid,
        attribution: Attribution::All,
        domain_rule: DomainRule::AnyPrivate,
        unknown_status: UnknownStatus::Refuse,
        statuses: Vec::new(),
        split,
        history: split.buyer_type,
        tells_refunds: false,
        slicing: Slicing::default(),
        base_of: vec![0, 7, 7, 8],
        broadcasts: Broadcasts::default(),
    }
}

/// What a person's sessions (streamer, start, end) and orders (streamer, time, amount) add up to.
fn walk(split: Split, sessions: &[(u32, i64, i64)], orders: &[(u32, i64, i64)]) -> (GroupSums, Walked) {
    let (rules, periods) = (rules(split), two_days());
    let session = |&(streamer, start, end): &(u32, i64, i64)| {
        let (start, length) = (Instant(start), Seconds(end - start));
        SessionRow::new(PersonKey::new(b"u1"), streamer, start, length, Traffic::Organic)
    };
    let order = |&(streamer, at, amount): &(u32, i64, i64)| OrderItem::test(streamer, at, amount, false);
    let mut walker = Walker::new(&rules, &periods, Adding::new(&rules, &periods, 0));
    let sessions: Vec<_> = sessions.iter().map(session).collect();
    let orders: Vec<_> = orders.iter().map(order).collect();
    walker.part(std::iter::once(&sessions[..]), std::iter::once(&orders[..])).unwrap();
    let (adding, everybody) = walker.finish();
    (adding.finish().unwrap(), everybody)
}

fn key(base: u32, period: u32, domain: Domain, buyer_type: BuyerType, split: Split) -> GroupKey {
    GroupKey::new(base, period, Side::new(split, domain, buyer_type))
}

#[test]
fn a_person_of_two_streamers_is_one_viewer_and_one_buyer_of_their_group() {
    let found =
        walk(Split::default(), &[(2, 0, 10), (1, 5, 25), (3, 0, 1)], &[(2, 1, 100), (1, 2, 50), (3, 3, 7)]);
    let group = key(7, 0, Domain::None, BuyerType::None, Split::default());
    let viewing = Viewing { viewers: 1, watch: 30, watch_squared: 900, ..Viewing::default() };
    assert_eq!(found.0.viewing[&group], viewing);
    let bought = &found.0.buying[&(group, Slice::default())];
    assert_eq!((bought.buyers, bought.orders, bought.gmv), (1, 2, 150));
    assert_eq!((bought.present_buyers, bought.watch_orders, bought.gmv_squared), (1, 60, 22_500));
    assert_eq!((found.1.total.0.viewers, found.1.total.0.watch), (1, 31));
    assert_eq!((found.1.total.1.buyers, found.1.total.1.orders, found.1.total.1.gmv), (1, 3, 157));
}

#[test]
fn a_buyer_who_is_no_viewer_of_the_period_has_no_part_in_the_moments_of_viewing() {
    let split = Split { domain: true, ..Split::default() };
    let found = walk(split, &[(1, 0, 10)], &[(1, DAY, 100)]);
    let seen = key(7, 0, Domain::Public { paid: false }, BuyerType::New, split);
    let bought = key(7, 1, Domain::None, BuyerType::New, split);
    assert_eq!(found.0.viewing.keys().collect::<Vec<_>>(), [&seen]);
    let expected =
        Buying { buyers: 1, orders: 1, gmv: 100, orders_squared: 1, orders_gmv: 100, ..Buying::default() };
    assert_eq!(found.0.buying[&(bought, Slice::default())], Buying { gmv_squared: 10_000, ..expected });
}

#[test]
fn who_bought_before_the_period_begins_is_returning_and_nobody_else() {
    let split = Split { buyer_type: true, ..Split::default() };
    let types = |orders: &[(u32, i64, i64)]| {
        let found = walk(split, &[(1, 0, 2 * DAY)], orders);
        [0, 1].map(|period| {
            let returning = key(7, period, Domain::None, BuyerType::Returning, split);
            found.0.viewing.contains_key(&returning)
        })
    };
    assert_eq!(types(&[(1, 0, 5)]), [false, true]);
    assert_eq!(types(&[(2, DAY - 1, 5)]), [false, true]);
    assert_eq!(types(&[(1, DAY, 5)]), [false, false]);
    assert_eq!(types(&[(3, 0, 5)]), [false, false]);
}
