//! Presence of a person, by hand.

use super::*;
use crate::calendar::{Calendar, DateRange, PeriodKind};
use crate::units::{Instant, PersonKey, Seconds};
use jiff::civil::{Time, Weekday, date};

const DAY: i64 = 86_400;

/// The first three days of 1970, UTC.
fn three_days() -> Periods {
    let calendar =
        Calendar { zone: jiff::tz::TimeZone::UTC, day_start: Time::midnight(), week_start: Weekday::Monday };
    let range = DateRange { first: date(1970, 1, 1), last: date(1970, 1, 3) };
    Periods::new(&calendar, PeriodKind::Day, range, range.last, Some(range)).unwrap()
}

/// Walks sessions with one streamer: start, end, traffic.
fn walk(rule: DomainRule, sessions: &[(i64, i64, Traffic)]) -> Vec<Presence> {
    let (periods, mut tally) = (three_days(), WalkTally::default());
    let mut walk = PresenceWalk::new(&periods, rule);
    walk.start_group();
    walk.start_streamer();
    for &(start, end, traffic) in sessions {
        let length = Seconds(end - start);
        let row = SessionRow::new(PersonKey::new(b"u1"), 1, Instant(start), length, traffic);
        walk.session(&row, &mut tally);
    }
    walk.group().to_vec()
}

/// The days in which somebody was present, and the seconds of each.
fn days(sessions: &[(i64, i64)]) -> Vec<(u32, i64)> {
    let organic: Vec<_> = sessions.iter().map(|&(start, end)| (start, end, Traffic::Organic)).collect();
    walk(DomainRule::AnyPrivate, &organic).iter().map(|day| (day.period, day.watch)).collect()
}

fn is_private(rule: DomainRule, sessions: &[(i64, i64, Traffic)]) -> bool {
    walk(rule, sessions)[0].domain(rule) == Domain::Private
}

#[test]
fn an_interval_is_half_open() {
    assert_eq!(days(&[(DAY - 10, DAY)]), [(0, 10)]);
    assert_eq!(days(&[(DAY - 10, DAY + 1)]), [(0, 10), (1, 1)]);
    assert_eq!(days(&[(DAY, DAY + 5)]), [(1, 5)]);
    assert_eq!(days(&[(10, 2 * DAY + 7)]), [(0, DAY - 10), (1, DAY), (2, 7)]);
}

#[test]
fn a_session_of_no_length_touches_its_instant() {
    assert_eq!(days(&[(DAY - 1, DAY - 1)]), [(0, 0)]);
    assert_eq!(days(&[(DAY, DAY)]), [(1, 0)]);
    assert_eq!(days(&[(0, 0)]), [(0, 0)]);
    assert_eq!(days(&[(-1, -1), (3 * DAY, 3 * DAY)]), []);
}

#[test]
fn what_lies_outside_of_the_range_is_cut_off() {
    assert_eq!(days(&[(-50, 0), (3 * DAY, 3 * DAY + 9)]), []);
    assert_eq!(days(&[(-50, 1), (3 * DAY - 2, 3 * DAY + 9)]), [(0, 1), (2, 2)]);
}

#[test]
fn watch_time_is_the_union_also_over_midnight() {
    assert_eq!(days(&[(DAY - 100, DAY + 50), (DAY - 50, DAY + 100)]), [(0, 100), (1, 100)]);
    // Read twice; then one inside of another; then one that begins where another ends.
    assert_eq!(days(&[(10, 20), (10, 20)]), [(0, 10)]);
    assert_eq!(days(&[(10, 100), (20, 30), (40, 110)]), [(0, 100)]);
    assert_eq!(days(&[(10, 20), (20, 25)]), [(0, 15)]);
}

#[test]
fn watch_time_of_two_streamers_adds() {
    let (periods, mut tally) = (three_days(), WalkTally::default());
    let mut walk = PresenceWalk::new(&periods, DomainRule::AnyPrivate);
    walk.start_group();
    for streamer in [1, 2] {
        walk.start_streamer();
        let row =
            SessionRow::new(PersonKey::new(b"u1"), streamer, Instant(10), Seconds(20), Traffic::Organic);
        walk.session(&row, &mut tally);
        assert!(walk.is_with_streamer(0) && !walk.is_with_streamer(1));
    }
    assert_eq!(walk.group().len(), 1);
    assert_eq!(walk.group()[0].watch, 40);
}

#[test]
fn ties_between_domains_are_private() {
    use DomainRule::{First, Longest};
    use Traffic::{Paid, Private};
    assert!(is_private(First, &[(10, 20, Paid), (10, 15, Private)]));
    assert!(!is_private(First, &[(10, 20, Paid), (11, 99, Private)]));
    assert!(is_private(Longest, &[(10, 20, Paid), (30, 40, Private)]));
    assert!(!is_private(Longest, &[(10, 21, Paid), (30, 40, Private)]));
    assert!(is_private(Longest, &[(10, 10, Paid), (10, 10, Private)]));
    assert!(!is_private(Longest, &[(10, 10, Paid)]));
    assert!(is_private(DomainRule::AnyPrivate, &[(10, 99, Paid), (50, 50, Private)]));
}

#[test]
fn the_first_session_is_the_one_entered_first_before_the_period() {
    // Both reach into the second day; the paid one began earlier, the private one is the first of the day by its clipped time.
    let sessions = [(DAY - 20, DAY + 5, Traffic::Paid), (DAY - 10, DAY + 90, Traffic::Private)];
    let second = walk(DomainRule::First, &sessions)[1];
    assert_eq!(second.domain(DomainRule::First), Domain::Public { paid: true });
    let second = walk(DomainRule::Longest, &sessions)[1];
    assert_eq!(second.domain(DomainRule::Longest), Domain::Private);
}

#[test]
fn streamers_and_periods_together_have_the_first_session_of_all() {
    let one = |start, traffic| walk(DomainRule::First, &[(start, start + 5, traffic)])[0];
    let first = |a, b| {
        let mut merged = one(a, Traffic::Paid);
        merged.merge(&one(b, Traffic::Private));
        let mut other = one(b, Traffic::Private);
        other.merge(&one(a, Traffic::Paid));
        assert_eq!(merged.domain(DomainRule::First), other.domain(DomainRule::First));
        merged.domain(DomainRule::First)
    };
    assert_eq!(first(10, 10), Domain::Private);
    assert_eq!(first(10, 11), Domain::Public { paid: true });
    assert_eq!(first(11, 10), Domain::Private);
}

#[test]
fn longest_compares_unions_not_sums() {
    // Two private devices at once: 60 seconds, not 120.
    let sessions = [(0, 60, Traffic::Private), (0, 60, Traffic::Private), (100, 161, Traffic::Organic)];
    assert!(!is_private(DomainRule::Longest, &sessions));
}
