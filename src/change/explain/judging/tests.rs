//! False discoveries, habits and broadcasts, by hand.

use super::*;
use crate::change::explain::tests::{
    HATS, PAIR, PRIVATE, S1, S1_HATS, S2, S3, TIER_A, bought, column, cube, level, periods,
};
use crate::engine::cube::{Acts, Bought, Sold, Viewed};
use crate::input::orders::NONE;

/// Probabilities of candidates, each of enough buyers; of the others one is nearly sure, of too few.
fn readings(count: usize, given: &[(u32, f64)]) -> Vec<Reading> {
    let few = Reading { p_value: 1e-9, buyers: LEAST_BUYERS - 1, ..Reading::default() };
    let mut all = vec![few; count];
    for &(candidate, p_value) in given {
        all[candidate as usize] = Reading { p_value, buyers: LEAST_BUYERS, ..Reading::default() };
    }
    all
}

fn beyond(readings: &[Reading]) -> Vec<u32> {
    (0..readings.len() as u32).filter(|one| readings[*one as usize].beyond_sampling).collect()
}

/// Five slices of one column may be at 1/5, 2/5, … of a third of 0.05; up to the last that is, all are discoveries. One pair by itself.
#[test]
fn false_discoveries_are_held_to_a_third_of_the_rate() {
    let cube = cube();
    let candidates = Candidates::new(&cube);
    let judge = Judge::new(&cube, &candidates, PAIR, level());
    let third = 0.05 / 3.0;
    let at = |share: f64| third * share;
    let singles = [(S1, at(0.19)), (S2, at(0.41)), (S3, at(0.59)), (HATS, at(0.81)), (PRIVATE, 0.5)];
    let control = |pair: f64, singles: &[(u32, f64)]| {
        let mut all = readings(candidates.len(), &[&[(S1_HATS, pair)], singles].concat());
        judge.control(&mut all, None);
        all
    };
    let first = control(at(0.99), &singles);
    assert_eq!(beyond(&first), [S1, S1_HATS, S2, S3]);
    assert_eq!(beyond(&control(at(1.01), &singles[..1])), [S1]);
    assert_eq!(beyond(&control(at(1.01), &singles[1..])), [0_u32; 0]);
    // Once s1 is told: of five still, two places are taken up by the second, and only what stood out before is discovered.
    let again = |given: &[(u32, f64)]| {
        let mut all = readings(candidates.len(), given);
        let chosen = [(S1, Reading::default(), Some(1))];
        judge.control(&mut all, Some(Discovered { first: &first, chosen: &chosen }));
        beyond(&all)
    };
    assert_eq!(again(&[(S2, at(0.39)), (S3, at(0.61)), (HATS, 0.0), (TIER_A, 0.0)]), [S2]);
    assert_eq!(again(&[(S2, at(0.39)), (S3, at(0.59)), (S1_HATS, at(0.99))]), [S1_HATS, S2, S3]);
    assert_eq!(again(&[(S2, at(0.41)), (S1_HATS, at(1.01))]), [0_u32; 0]);
}

/// Broadcasts are a family of their own: of three of them the first may be at a third, whatever streamers are.
#[test]
fn broadcasts_are_discovered_by_themselves() {
    let cube = Cube {
        columns: vec![
            column(GroupColumn::Streamer, &["s0", "s1"]),
            column(GroupColumn::Dimension("live_id".to_owned()), &["L0", "L1", "L2", NONE]),
        ],
        codes: vec![0, 0, 0, 1, 1, 2, 1, 3],
        periods: periods(2),
        sold: (0..4).map(|leaf| Sold { leaf, period: 0, orders: 1, gmv: 100 }).collect(),
        ..Cube::default()
    };
    let candidates = Candidates::new(&cube);
    let judge = Judge::new(&cube, &candidates, PAIR, level());
    let broadcast = |leaf| candidates.of_leaf(leaf)[1];
    let (streamer, third) = (candidates.of_leaf(0)[0], 0.05 / 3.0);
    let given =
        [(streamer, 0.9 * third), (broadcast(0), 0.3 * third), (broadcast(1), 0.9), (broadcast(2), 0.9)];
    let mut all = readings(candidates.len(), &given);
    judge.control(&mut all, None);
    assert_eq!(beyond(&all), [streamer, broadcast(0)]);
}

/// Streamers by period: what each sold, in hundreds; in the two periods compared each hundred by another person.
fn shop(sold: &[&[i64]], attribute: bool) -> (Cube, [Acts; 1]) {
    let names: Vec<String> = (0..sold.len()).map(|at| format!("s{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let count = sold[0].len();
    let mut cube = Cube {
        columns: vec![column(GroupColumn::Streamer, &names)],
        codes: (0..sold.len() as u32).collect(),
        group_codes: (0..sold.len() as u32).collect(),
        periods: periods(count as i8),
        ..Cube::default()
    };
    let mut acts: Vec<Bought> = Vec::new();
    for (of_streamer, leaf) in sold.iter().zip(0..) {
        for (&hundreds, period) in of_streamer.iter().zip(0..) {
            if hundreds > 0 {
                let gmv = i128::from(hundreds) * 100;
                cube.sold.push(Sold { leaf, period, orders: hundreds, gmv });
            }
            if attribute {
                cube.viewed.push(Viewed { group: leaf, period, viewers: 2 * hundreds, watch: 60 });
            }
            if let Some(side) = (period as usize + 2).checked_sub(count) {
                acts.extend((0..hundreds).map(|_| bought(leaf, side as u8, true, 100, 1)));
            }
        }
    }
    (cube, [Acts { bought: acts, ..Acts::default() }])
}

fn read(cube: &Cube, acts: &[Acts]) -> Vec<Reading> {
    let last = cube.periods.len() as u32 - 1;
    let pair = Pair { before: last - 1, after: last, has_yardstick: true };
    let candidates = Candidates::new(cube);
    let judge = Judge::new(cube, &candidates, pair, level());
    let explained = Explained::nothing(cube);
    let moments = PerMeasure::each(|one| Moments::of(one, &candidates, acts, &explained).unwrap());
    judge.readings(&candidates, &explained, &moments, None)
}

const MOVING: [i64; 14] = [100, 110, 105, 120, 100, 130, 125, 110, 118, 100, 107, 120, 100, 90];

/// The rest stays, so that the figures of s0 are the logs of what it sells over what it sold before, its levels those over the rest.
#[test]
fn habits_are_those_of_the_periods_before() {
    for last in [90, 101, 300] {
        let mut own = MOVING;
        own[13] = last;
        let (cube, acts) = shop(&[&own, &[1_000; 14], &[50; 14]], false);
        let found = &read(&cube, &acts)[0];
        let logs = |two: &[i64]| (two[1] as f64 / two[0] as f64).ln();
        let figures: Vec<f64> = own[..13].windows(2).map(logs).collect();
        let level = |hundreds: i64| (hundreds as f64 / 1_050.0).ln();
        let (now, before) = (logs(&own[12..]), level(own[12]));
        let levels = Levels {
            earlier: own[..12].iter().copied().map(level).collect(),
            compared: [before, before + now],
        };
        let mut expected = Reading { excess: found.excess, error: found.error, ..Reading::default() };
        expected.judge_by_chance();
        expected.judge_by_habit(now, figures, Some(levels));
        assert!((found.excess - 100.0 * (last - 100) as f64).abs() < 1e-6);
        assert_eq!((found.unusual, found.measure), (expected.unusual, Measure::Gmv));
        assert!((found.score - expected.score).abs() < 1e-9, "{last} {} {}", found.score, expected.score);
        assert!((found.p_value - expected.p_value).abs() < 1e-9);
        assert_eq!(found.unusual, Some(last == 300));
    }
}

#[test]
fn what_came_or_went_is_unusual_where_nothing_did_before() {
    let new = |own: [i64; 14]| {
        let (cube, acts) = shop(&[&own, &[1_000; 14], &[900; 14]], false);
        let found = read(&cube, &acts).swap_remove(cube.codes[0] as usize);
        assert!((found.times - 1.0).abs() < 1e-12 || found.gmv.iter().all(|gmv| *gmv > 0));
        (found.unusual, found.gmv)
    };
    let mut own = [0; 14];
    own[13] = 40;
    // It is the last that is found, since it has no leaf before.
    assert_eq!(new(own), (Some(true), [0, 4_000]));
    own[5] = 1;
    assert_eq!(new(own), (Some(false), [0, 4_000]));
    let mut gone = [40; 14];
    gone[13] = 0;
    assert_eq!(new(gone), (Some(true), [4_000, 0]));
    gone[0] = 0;
    assert_eq!(new(gone), (Some(false), [4_000, 0]));
    // There too seldom to know its habits.
    let mut seldom = MOVING;
    seldom[3] = 0;
    assert_eq!(new(seldom).0, None);
}

/// Too few periods before say nothing of habits.
#[test]
fn a_yardstick_needs_twelve_changes() {
    let (cube, acts) = shop(&[&MOVING[1..], &[1_000; 13]], false);
    assert!(read(&cube, &acts).iter().all(|reading| reading.unusual.is_none()));
}

/// Traffic doubles and brings as much each: viewers tell it, and so does money, which is told where it is sure enough.
#[test]
fn money_is_told_where_it_is_sure_enough() {
    let mut own = MOVING;
    own[13] = 400;
    let (cube, acts) = shop(&[&own, &[1_000; 14], &[50; 14]], true);
    let found = &read(&cube, &acts)[0];
    assert_eq!((found.measure, found.unusual, found.buyers), (Measure::Gmv, Some(true), 500));
    // One of four measures, so that its probability counts four times.
    let alone = &read(&shop(&[&own, &[1_000; 14], &[50; 14]], false).0, &acts)[0];
    assert!((found.p_value - 4.0 * alone.p_value).abs() < 1e-9 * found.p_value.max(1e-3));
    assert!((found.times_by[Measure::Viewers] - 4.0).abs() < 1e-9);
    assert!((found.times_by[Measure::PerViewer] - 1.0).abs() < 1e-9);
}

/// Where habits are known, a slice stands out that is both beyond chance and beyond them.
#[test]
fn what_stands_out_is_significant() {
    let (cube, _) = shop(&[&MOVING, &[1_000; 14]], false);
    let candidates = Candidates::new(&cube);
    let pair = Pair { before: 12, after: 13, has_yardstick: true };
    let judge = Judge::new(&cube, &candidates, pair, level());
    let stands_out = |beyond_sampling, unusual| {
        judge.stands_out(&Reading { beyond_sampling, unusual, ..Reading::default() })
    };
    let asked = [(true, Some(true)), (true, Some(false)), (false, Some(true)), (true, None)];
    assert_eq!(asked.map(|(beyond, unusual)| stands_out(beyond, unusual)), [true, false, false, false]);
    let other = Judge::new(&cube, &candidates, Pair { has_yardstick: false, ..pair }, level());
    assert!(other.stands_out(&Reading { beyond_sampling: true, ..Reading::default() }));
}

/// 40 buyers become 70, of whom the probability by chance is 0.005: among two candidates by four measures that is enough, though viewers tell
/// it more surely. 65 of them, 0.016, are not.
#[test]
fn another_measure_is_told_where_money_is_not_sure_enough() {
    let measure = |buyers: u32| {
        let mut cube = Cube {
            columns: vec![column(GroupColumn::Streamer, &["s0", "s1"])],
            codes: vec![0, 1],
            group_codes: vec![0, 1],
            periods: periods(2),
            ..Cube::default()
        };
        let mut acts = Acts::default();
        for (leaf, sides) in (0..).zip([[(40, 100), (buyers, 400)], [(1_000, 5_000), (1_000, 5_000)]]) {
            for (side, (buyers, viewers)) in (0..).zip(sides) {
                let period = u32::from(side);
                cube.sold.push(Sold { leaf, period, orders: buyers.into(), gmv: i128::from(buyers) * 100 });
                cube.viewed.push(Viewed { group: leaf, period, viewers, watch: 60 });
                acts.bought.extend((0..buyers).map(|_| bought(leaf, side, true, 100, 1)));
                let seen = crate::engine::cube::Seen { group: leaf, side, is_first: true };
                acts.seen.extend((0..viewers).map(|_| seen));
            }
        }
        let candidates = Candidates::new(&cube);
        let judge = Judge::new(&cube, &candidates, PAIR, level());
        let explained = Explained::nothing(&cube);
        let acts = [acts];
        let moments = PerMeasure::each(|one| Moments::of(one, &candidates, &acts, &explained).unwrap());
        judge.readings(&candidates, &explained, &moments, None).swap_remove(0)
    };
    let enough = measure(70);
    assert_eq!(enough.measure, Measure::Gmv);
    assert!((0.025..0.05).contains(&(2.0 * enough.p_value)), "{}", enough.p_value);
    let other = measure(65);
    assert_ne!(other.measure, Measure::Gmv);
    assert!(other.p_value < 1e-6 && other.buyers == 105);
}

/// Broadcasts: of each the streamer, the day and the hundreds that it sold; in the last two days each hundred to another person.
fn broadcasts(days: u32, sold: &[(u32, u32, i64)]) -> (Cube, [Acts; 1]) {
    let names: Vec<String> = (0..sold.len()).map(|at| format!("L{at}")).collect();
    let values: Vec<&str> = names.iter().map(String::as_str).chain([NONE]).collect();
    let mut cube = Cube {
        columns: vec![
            column(GroupColumn::Streamer, &["s0", "s1"]),
            column(GroupColumn::Dimension("live_id".to_owned()), &values),
        ],
        periods: periods(days as i8),
        ..Cube::default()
    };
    let mut acts: Vec<Bought> = Vec::new();
    for (&(streamer, period, hundreds), leaf) in sold.iter().zip(0..) {
        cube.codes.extend([streamer, leaf]);
        cube.sold.push(Sold { leaf, period, orders: hundreds, gmv: i128::from(hundreds) * 100 });
        if let Some(side) = (period + 2).checked_sub(days) {
            acts.extend((0..hundreds).map(|_| bought(leaf, side as u8, true, 100, 1)));
        }
    }
    (cube, [Acts { bought: acts, ..Acts::default() }])
}

/// Broadcasts of two streamers, one a day each but two of s0 on the last day but one: 11,000 and 9,000, so that 10,000 are usual.
#[test]
fn a_broadcast_is_judged_by_those_before() {
    let days = 14_u32;
    let mut sold: Vec<(u32, u32, i64)> = Vec::new();
    for day in 0..days {
        let own = MOVING[day as usize];
        sold.push((1, day, 1_000));
        match day {
            12 => sold.extend([(0, day, 110), (0, day, 90)]),
            13 => sold.push((0, day, 450)),
            _ => sold.push((0, day, own)),
        }
    }
    let (mut cube, acts) = broadcasts(days, &sold);
    let candidates = Candidates::new(&cube);
    let last = candidates.of_leaf(sold.len() as u32 - 1)[1];
    let found = &read(&cube, &acts)[last as usize];
    assert_eq!((found.gmv, found.buyers, found.measure), ([0, 45_000], 450, Measure::Gmv));
    // The others go from 120,000 − 10,000 to 145,000 − 45,000.
    let expected = 10_000.0 * 100_000.0 / 110_000.0;
    assert!((found.excess - (45_000.0 - expected)).abs() < 1e-6 && (found.expected - expected).abs() < 1e-6);
    assert!((found.after.unwrap() - expected / 45_000.0).abs() < 1e-12);
    // 450 persons of 100 now; of the streamer 200 persons before, each of whom counts with half of expected / usual.
    let part = expected / 10_000.0 / 2.0;
    let error = (450.0 * 1e4 + part * part * 200.0 * 1e4_f64).sqrt();
    assert!((found.error - error).abs() < 1e-6, "{} {error}", found.error);
    assert!((found.reach - quantile(level()) * error).abs() < 1e-6);
    // Four times and a half as much is farther off than any before, and unusual.
    assert!(found.unusual == Some(true) && found.p_value < 1.0 && found.score > 0.0);
    // A usual one of the day before is judged as nothing: it sold nothing after.
    let before = candidates.of_leaf(sold.len() as u32 - 3)[1];
    let before = &read(&cube, &acts)[before as usize];
    assert_eq!((before.excess, before.after, before.unusual), (0.0, None, None));
    // One that is no farther off than others were is not unusual, whatever its probability.
    let near = cube.sold.len() - 1;
    (cube.sold[near].gmv, cube.sold[near].orders) = (10_500, 105);
    let found = &read(&cube, &acts)[last as usize];
    assert_eq!((found.unusual, found.p_value), (Some(false), 1.0));
}

/// Many broadcasts of few days are no habit.
#[test]
fn broadcasts_need_enough_days() {
    let mut sold: Vec<(u32, u32, i64)> =
        (0..4).flat_map(|day| (0..6).map(move |n| (0, day, 90 + 3 * n))).collect();
    sold.extend((0..5).map(|day| (1, day, 1_000)));
    sold.push((0, 4, 300));
    let (cube, acts) = broadcasts(5, &sold);
    let last = Candidates::new(&cube).of_leaf(sold.len() as u32 - 1)[1];
    let found = &read(&cube, &acts)[last as usize];
    assert!(found.excess > 0.0 && found.unusual.is_none());
}

/// Money swings as much as ever; viewers, who never did but once, are told though their probability is larger.
#[test]
fn what_is_unusual_is_told_before_what_is_not() {
    let own: Vec<i64> = (0..14).map(|day| if day == 13 { 272 } else { 100 + 35 * (day % 2) }).collect();
    let (mut cube, acts) = shop(&[&own, &[1_000; 14]], false);
    for period in 0..14 {
        let viewers = match period {
            5 => 2_000,
            13 => 272,
            _ => 100,
        };
        cube.viewed.push(Viewed { group: 0, period, viewers, watch: 60 });
        cube.viewed.push(Viewed { group: 1, period, viewers: 5_000, watch: 60 });
    }
    let found = &read(&cube, &acts)[0];
    assert_eq!((found.measure, found.unusual), (Measure::Viewers, Some(true)));
}
