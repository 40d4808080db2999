//! Presence of a person, by hand.

use super::*;
use proptest::prelude::*;

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

#[test]
fn what_was_seen_is_told_apart() {
    use Traffic::{Organic, Paid, Private};
    let seen = |traffics: &[Traffic]| {
        let sessions: Vec<_> =
            traffics.iter().zip(0..).map(|(&traffic, at)| (at * 10, at * 10 + 5, traffic)).collect();
        let day = walk(DomainRule::AnyPrivate, &sessions)[0];
        assert!(day.is_there());
        (day.is_in_both_domains(), day.is_paid(), day.is_first_paid())
    };
    assert_eq!(seen(&[Private]), (false, false, false));
    assert_eq!(seen(&[Organic]), (false, false, false));
    assert_eq!(seen(&[Paid]), (false, true, true));
    assert_eq!(seen(&[Organic, Paid]), (false, true, false));
    assert_eq!(seen(&[Paid, Organic]), (false, true, true));
    assert_eq!(seen(&[Private, Paid]), (true, true, false));
    assert_eq!(seen(&[Paid, Private]), (true, true, true));
    assert!(!Presence::new(0).is_there());
}

#[test]
fn the_longest_domain_counts_all_that_was_merged() {
    let one = |seconds: i64, traffic| walk(DomainRule::Longest, &[(100, 100 + seconds, traffic)])[0];
    let merged = |first: Presence, others: [Presence; 2]| {
        let mut merged = first;
        for other in &others {
            merged.merge(other);
        }
        merged.is_private(DomainRule::Longest)
    };
    assert!(merged(one(8, Traffic::Organic), [one(5, Traffic::Private); 2]));
    assert!(!merged(one(10, Traffic::Private), [one(6, Traffic::Paid); 2]));
}

#[test]
fn a_session_that_ends_with_its_period_is_not_in_the_next() {
    assert_eq!(days(&[(10, 2 * DAY)]), [(0, DAY - 10), (1, DAY)]);
    assert_eq!(days(&[(10, 3 * DAY)]), [(0, DAY - 10), (1, DAY), (2, DAY)]);
    assert_eq!(days(&[(10, 20), (DAY, DAY + 5)]), [(0, 10), (1, 5)]);
    assert_eq!(days(&[(10, 20), (DAY + 1, DAY + 5)]), [(0, 10), (1, 4)]);
}

#[test]
fn a_streamer_that_was_watched_earlier_than_the_one_before_has_its_own_days() {
    let (periods, mut tally) = (three_days(), WalkTally::default());
    let mut walk = PresenceWalk::new(&periods, DomainRule::AnyPrivate);
    walk.start_group();
    let mut watch = |walk: &mut PresenceWalk<'_>, start: i64, end: i64| {
        let (start, length) = (Instant(start), Seconds(end - start));
        walk.session(&SessionRow::new(PersonKey::new(b"u1"), 1, start, length, Traffic::Organic), &mut tally);
    };
    walk.start_streamer();
    watch(&mut walk, 2 * DAY + 5, 2 * DAY + 9);
    walk.start_streamer();
    watch(&mut walk, 10, 20);
    watch(&mut walk, DAY + 1, DAY + 4);
    watch(&mut walk, 2 * DAY, 2 * DAY + 7);
    assert_eq!([0, 1, 2].map(|day| walk.is_with_streamer(day)), [true; 3]);
    walk.start_streamer();
    watch(&mut walk, DAY, DAY + 1);
    assert_eq!([0, 1, 2].map(|day| walk.is_with_streamer(day)), [false, true, false]);
    let watched = |day| walk.in_period(day).map(|presence| presence.watch);
    assert_eq!([0, 1, 2, 3].map(watched), [Some(10), Some(4), Some(11), None]);
    assert_eq!((tally.sessions_in_range, tally.seconds_in_range), (5, 25));
}

#[test]
fn what_is_tallied_of_sessions_is_cut_to_the_range() {
    let (periods, mut tally) = (three_days(), WalkTally::default());
    let mut walk = PresenceWalk::new(&periods, DomainRule::AnyPrivate);
    for (start, length) in [(-50, 50), (-50, 60), (5, 0), (3 * DAY - 3, 9), (3 * DAY, 1)] {
        let row =
            SessionRow::new(PersonKey::new(b"u1"), 1, Instant(start), Seconds(length), Traffic::Organic);
        walk.session(&row, &mut tally);
    }
    assert_eq!((tally.sessions_in_range, tally.seconds_in_range), (3, 13));
}

/// The presences, rows and seconds that the quick way finds, and the sessions that it hands back.
fn quickly(rows: &[SessionRow]) -> (Vec<Presence>, i64, i64, &[SessionRow]) {
    let (mut found, mut count, mut seconds) = (Vec::new(), 0, 0);
    let rest = by_period(&three_days(), rows, |presence, rows, lengths| {
        found.push(*presence);
        count += i64::from(rows);
        seconds += lengths;
    });
    (found, count, seconds, rest)
}

#[test]
fn the_quick_way_hands_back_what_reaches_into_another_period() {
    let row = |(start, end): (i64, i64)| {
        let (start, length) = (Instant(start), Seconds(end - start));
        SessionRow::new(PersonKey::new(b"u1"), 1, start, length, Traffic::Organic)
    };
    let rest = |sessions: &[(i64, i64)]| {
        let rows: Vec<_> = sessions.iter().copied().map(row).collect();
        let (found, _, _, rest) = quickly(&rows);
        (found.iter().map(|day| (day.period, day.watch)).collect::<Vec<_>>(), rest.len())
    };
    assert_eq!(rest(&[(DAY - 10, DAY), (DAY, DAY + 3)]), (vec![(0, 10), (1, 3)], 0));
    assert_eq!(rest(&[(5, 9), (DAY - 10, DAY + 1), (DAY + 7, DAY + 9)]), (vec![], 3));
    assert_eq!(rest(&[(5, 9), (6, 8), (DAY, 2 * DAY + 1)]), (vec![(0, 4)], 1));
    assert_eq!(rest(&[(-1, 5), (10, 20)]), (vec![], 2));
}

fn traffic() -> impl Strategy<Value = Traffic> {
    prop_oneof![Just(Traffic::Private), Just(Traffic::Organic), Just(Traffic::Paid)]
}

proptest! {
    /// What it does not hand back is what the walk finds; with what it does, all of it.
    #[test]
    fn the_quick_way_finds_what_the_walk_finds(
        sessions in prop::collection::vec((-2_i64..40, 0_i64..9, traffic()), 0..8),
    ) {
        // An eighth of a day each, so that many begin or end with a day.
        let mut rows: Vec<SessionRow> = sessions
            .into_iter()
            .map(|(start, length, traffic)| {
                let (start, length) = (Instant(start * DAY / 8), Seconds(length * DAY / 32));
                SessionRow::new(PersonKey::new(b"u1"), 1, start, length, traffic)
            })
            .collect();
        rows.sort_by(SessionRow::compare);
        let periods = three_days();
        let walked = |rows: &[SessionRow]| {
            let mut tally = WalkTally::default();
            let mut walk = PresenceWalk::new(&periods, DomainRule::AnyPrivate);
            walk.start_group();
            walk.start_streamer();
            for row in rows {
 walk.session(row, &mut tally);
 }
            (walk.group().to_vec(), tally)
        };
        let (whole, tally) = walked(&rows);
        let (mut found, count, seconds, rest) = quickly(&rows);
        let (others, of_others) = walked(rest);
        found.extend(others);
        prop_assert_eq!(found, whole);
        prop_assert_eq!(count + of_others.sessions_in_range, tally.sessions_in_range);
        prop_assert_eq!(i128::from(seconds) + of_others.seconds_in_range, tally.seconds_in_range);
    }
}
