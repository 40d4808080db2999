//! Small exact tests of the walk.

use super::*;
use crate::calendar::{Calendar, DateRange, PeriodKind};
use crate::input::profile::Traffic;
use crate::journey::accumulate::{Buying, GroupKey, GroupSums, Viewing};
use crate::journey::broadcasts::{Broadcasts, Scheduled};
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

/// Without orders a person is looked at streamer by streamer, and as a whole where several are one group.
#[test]
fn viewers_without_orders_by_hand() {
    let found = walk(
        Split::default(),
        // In no order: of streamer 3 twice at once, on both days, over midnight; of 1 and 2, which are one group, on the first.
        &[(3, DAY - 10, DAY + 5), (1, 20, 30), (3, 5, 15), (2, 5, 25), (3, 0, 10), (3, DAY + 7, DAY + 9)],
        &[],
    );
    let group =
        |base, period| found.0.viewing[&key(base, period, Domain::None, BuyerType::None, Split::default())];
    let viewing = |watch: i64| Viewing {
        viewers: 1,
        watch,
        watch_squared: i128::from(watch) * i128::from(watch),
        ..Viewing::default()
    };
    assert_eq!([group(7, 0), group(8, 0), group(8, 1)], [viewing(30), viewing(25), viewing(7)]);
    assert_eq!(found.0.viewing.len(), 3);
    assert_eq!(found.1.total.0, viewing(62));
    assert_eq!((found.1.tally.sessions_in_range, found.1.tally.seconds_in_range), (6, 67));
}

#[test]
fn orders_are_walked_with_the_sessions_of_their_streamer_whatever_their_order() {
    let found =
        walk(Split::default(), &[(3, 0, 20), (1, 0, 10)], &[(3, 9, 100), (2, 5, 7), (1, 1, 50), (3, 2, 4)]);
    let bought = |base| {
        let key = (key(base, 0, Domain::None, BuyerType::None, Split::default()), Slice::default());
        let sums = &found.0.buying[&key];
        (sums.buyers, sums.orders, sums.gmv, sums.present_buyers, sums.watch_gmv)
    };
    assert_eq!([bought(7), bought(8)], [(1, 2, 57, 1, 570), (1, 2, 104, 1, 2_080)]);
    assert_eq!(found.1.total.1.watch_gmv, 30 * 161);
    let alone = walk(Split::default(), &[], &[(1, 1, 50); 9]);
    assert_eq!((alone.1.total.1.orders, alone.1.total.1.present_buyers), (9, 0));
}

/// Many persons are in many buckets; all of them are walked.
#[test]
fn every_person_of_a_part_is_walked() {
    let (rules, periods) = (rules(Split::default()), two_days());
    let person = |n: u64| PersonKey::new(n.to_string().as_bytes());
    let order = |n| {
        let mut order = OrderItem::test(1, 6, 10, false);
        order.buyer = person(n);
        order
    };
    let sessions: Vec<_> = (0..300)
        .map(|n| SessionRow::new(person(n % 100), 1 + n as u32 % 3, Instant(5), Seconds(7), Traffic::Organic))
        .collect();
    let orders: Vec<_> = (0..500).map(|n| order(n % 250)).collect();
    for cut in [0, 1, 200, 300] {
        let mut walker = Walker::new(&rules, &periods, Adding::new(&rules, &periods, 0));
        let (first, second) = sessions.split_at(cut);
        walker.part([first, second].into_iter(), [&orders[..cut], &orders[cut..]].into_iter()).unwrap();
        let (_, everybody) = walker.finish();
        let (viewing, buying) = everybody.total;
        assert_eq!((viewing.viewers, viewing.watch), (100, 2_100));
        assert_eq!((buying.buyers, buying.orders, buying.present_buyers), (250, 500, 100));
    }
}

/// What is kept side by side is handed out, or goes to the sums where it is too much.
#[test]
fn sums_side_by_side_are_those_of_the_table() {
    let (rules, periods) = (rules(Split::default()), two_days());
    let mut walker = Walker::new(&rules, &periods, Adding::new(&rules, &periods, u64::MAX));
    let row =
        |streamer| SessionRow::new(PersonKey::new(b"u1"), streamer, Instant(5), Seconds(7), Traffic::Paid);
    let walk = |walker: &mut Walker<'_, Adding>| {
        walker.persons(&mut [row(3), row(1)], &mut [OrderItem::test(1, 6, 10, false)]).unwrap();
    };
    walk(&mut walker);
    assert_eq!(walker.taker().sums().bytes(), 0, "all of it is side by side");
    walk(&mut walker);
    let (viewing, buying) = walker.taker().groups();
    let viewed: Vec<_> = viewing.iter().map(|group| (group.key.base(), group.viewing.viewers)).collect();
    let bought: Vec<_> = buying.iter().map(|group| (group.key.base(), group.buying.orders)).collect();
    assert_eq!((viewed, bought), (vec![(7, 2), (8, 2)], vec![(7, 2)]));
    walk(&mut walker);
    let nobody =
        [((3, 1, Slice::default()), Bought { off_live_orders: 4, off_live_gmv: 9, ..Bought::default() })];
    walker.add_nobody(&nobody.into_iter().collect()).unwrap();
    let sums = walker.finish().0.finish().unwrap();
    let mut viewed: Vec<_> =
        sums.viewing.iter().map(|(key, viewing)| (key.base(), viewing.viewers)).collect();
    viewed.sort_unstable();
    assert_eq!(viewed, [(7, 1), (8, 1)]);
    let of_nobody =
        sums.buying[&(key(8, 1, Domain::None, BuyerType::None, Split::default()), Slice::default())];
    assert_eq!((of_nobody.off_live_orders, of_nobody.off_live_gmv, of_nobody.buyers), (4, 9, 0));
}

/// Groups by broadcast: streamer 1 has two of them on the first day. A person is one viewer and one buyer of all, its orders are explained by
/// its sessions with the streamer, whatever the broadcast.
#[test]
fn broadcasts_divide_what_persons_did() {
    let periods = two_days();
    let scheduled = [(0, 100, 0), (200, 300, 1)]
        .map(|(start, end, broadcast)| Scheduled { start, end, broadcast })
        .to_vec();
    let broadcasts = Broadcasts::new(3, vec![1, 1], Vec::new())
        .dividing(scheduled, |number| std::sync::Arc::from(format!("L{number}")));
    // Places: three streamers, then the two broadcasts.
    let rules = Rules {
        broadcasts,
        attribution: Attribution::Window(Seconds(150)),
        base_of: vec![0, 1, 2, 3, 4],
        ..rules(Split::default())
    };
    let session = |person: &[u8], streamer, start, end: i64| {
        SessionRow::new(
            PersonKey::new(person),
            streamer,
            Instant(start),
            Seconds(end - start),
            Traffic::Private,
        )
    };
    let mut sessions = [
        session(b"u2", 2, 0, 5),
        session(b"u1", 1, 210, 250),
        session(b"u1", 1, 50, 90),
        session(b"u1", 2, 7, 9),
    ];
    let order = |place, paid_at, amount| OrderItem::test(place, paid_at, amount, false);
    // Paid within the second broadcast but placed there: explained by the session of the first, until 240; and one of nobody's streamer.
    let mut orders = [
        order(crate::input::orders::NO_STREAMER, 60, 4_000),
        order(4, 205, 30),
        order(4, 500, 200),
        order(3, 40, 1),
    ];
    let mut walker = Walker::new(&rules, &periods, Adding::new(&rules, &periods, 0));
    walker.persons(&mut sessions, &mut orders).unwrap();
    let (adding, everybody) = walker.finish();
    let sums = adding.finish().unwrap();
    let viewed =
        |base| sums.viewing.get(&GroupKey::new(base, 0, Side::default())).map(|one| (one.viewers, one.watch));
    assert_eq!([1, 2, 3, 4].map(viewed), [None, Some((2, 7)), Some((1, 40)), Some((1, 40))]);
    let bought = |base| {
        let sums = &sums.buying[&(GroupKey::new(base, 0, Side::default()), Slice::default())];
        (sums.orders, sums.gmv, sums.off_live_orders, sums.off_live_gmv)
    };
    assert_eq!([bought(3), bought(4)], [(0, 0, 1, 1), (1, 30, 1, 200)]);
    let (viewing, buying) = everybody.total;
    assert_eq!((viewing.viewers, viewing.private, viewing.watch), (2, 2, 87));
    assert_eq!((buying.buyers, buying.gmv, buying.off_live_orders, buying.off_live_gmv), (1, 30, 3, 4_201));
    assert_eq!((everybody.tally.sessions_in_range, everybody.tally.seconds_in_range), (4, 87));
}

#[test]
fn sessions_within_a_period_are_tallied() {
    let found = walk(Split::default(), &[(3, 5, 15), (3, 0, 10), (3, DAY, DAY + 4)], &[]);
    assert_eq!((found.1.tally.sessions_in_range, found.1.tally.seconds_in_range), (3, 24));
}

/// Twenty seconds of the public domain are more than ten of the private one, and both were seen.
#[test]
fn the_longest_domain_is_reckoned_without_orders_too() {
    let periods = two_days();
    let both = |domain_rule| {
        let rules = Rules { domain_rule, ..rules(Split { domain: true, ..Split::default() }) };
        let mut walker = Walker::new(&rules, &periods, Adding::new(&rules, &periods, 0));
        let row = |start, length, traffic| {
            SessionRow::new(PersonKey::new(b"u1"), 3, Instant(start), Seconds(length), traffic)
        };
        walker.persons(&mut [row(0, 10, Traffic::Private), row(20, 20, Traffic::Paid)], &mut []).unwrap();
        assert!(!walker.taker().sums().viewing.is_empty(), "groups that are split are in the table");
        let (adding, everybody) = walker.finish();
        let sides: Vec<&str> =
            adding.finish().unwrap().viewing.keys().map(|key| key.side().domain()).collect();
        (sides, everybody.total.0.private, everybody.tally.both_domains)
    };
    assert_eq!(both(DomainRule::Longest), (vec!["public"], 0, 1));
    assert_eq!(both(DomainRule::AnyPrivate), (vec!["private"], 1, 1));
}
