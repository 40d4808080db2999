//! The story and the shocks, found again in the files.

use std::collections::HashSet;

use super::*;
use crate::sample::{plot, world};

/// Last week over the weeks before: public visits per private one, and orders per visit of the two streamers per those of
/// the streamers without a part; in both the shocks that all share cancel.
fn found_multipliers(story: Story) -> [f64; 2] {
    let mut sums = [0.0; 2];
    let seeds: Vec<u64> = (11..=20).collect();
    for &seed in &seeds {
        let written = write(&settings(50_000, 30, 6, seed, story));
        // By week (before, last): private and public visits; visits and orders of the two; those of the others.
        let (mut domains, mut two, mut others) = ([[0.0; 2]; 2], [[0.0; 2]; 2], [[0.0; 2]; 2]);
        for (kind, file) in [&written.sessions, &written.orders].into_iter().enumerate() {
            for line in file.lines().skip(1) {
                let cells: Vec<&str> = line.split(',').collect();
                // `LYYMMDD…`: dates in this form sort.
                let Some(date) = cells.last().and_then(|live| live.get(1..7)) else {
                    continue;
                };
                let week = usize::from(date >= "261109");
                if kind == 0 {
                    domains[week][usize::from(!is_private(cells[5]))] += 1.0;
                }
                match cells[2] {
                    "s0001" | "s0003" => two[week][kind] += 1.0,
                    "s0004" | "s0005" => {}
                    _ => others[week][kind] += 1.0,
                }
            }
        }
        let change = |counts: [[f64; 2]; 2]| (counts[1][1] / counts[1][0]) / (counts[0][1] / counts[0][0]);
        sums[0] += change(domains).ln();
        sums[1] += (change(two) / change(others)).ln();
    }
    sums.map(|sum| (sum / seeds.len() as f64).exp())
}

#[test]
fn the_story_is_in_the_files_with_its_true_parameters() {
    let [lift, drop] = found_multipliers(Story::LastWeek);
    assert!((lift / plot::PUBLIC_LIFT - 1.0).abs() < 0.02, "{lift}");
    assert!((drop / plot::CONVERSION_DROP - 1.0).abs() < 0.08, "{drop}");
}

#[test]
fn without_a_story_nothing_changes() {
    let [lift, drop] = found_multipliers(Story::None);
    assert!((lift - 1.0).abs() < 0.02, "{lift}");
    assert!((drop - 1.0).abs() < 0.08, "{drop}");
}

#[test]
fn one_streamer_is_new_and_one_is_gone_only_in_the_story() {
    for story in [Story::LastWeek, Story::None] {
        let written = write(&settings(20_000, 6, 4, 9, story));
        let weeks_of = |streamer: &str| -> HashSet<bool> {
            (rows(&written.sessions).iter())
                .filter(|row| row["streamer_id"] == streamer)
                .map(|row| &row["live_id"][1..7] >= "261109")
                .collect()
        };
        let is_told = story == Story::LastWeek;
        assert_eq!(weeks_of("s0005").contains(&false), !is_told);
        assert_eq!(weeks_of("s0004").contains(&true), !is_told);
        assert!(weeks_of("s0005").contains(&true) && weeks_of("s0004").contains(&false));
        assert_eq!(written.summary.streamers.len(), if is_told { 4 } else { 0 });
    }
}

/// The truth that is told is what the files hold.
#[test]
fn tallies_are_those_of_the_files() {
    let written = write(&settings(30_000, 10, 3, 2, Story::LastWeek));
    let odd = written.summary.oddities;
    let tallies = written.summary.weeks.iter().map(|week| week.tally);
    let visits: u64 = tallies.clone().map(|tally| tally.visits()).sum();
    assert_eq!(visits + odd.second_devices, written.summary.sessions);
    let all = rows(&written.orders);
    let live: Vec<Row<'_>> = last_states(&all)
        .into_values()
        .filter(|row| row["carrier"] == "live" && !row["paid_at"].is_empty())
        .collect();
    let orders: u64 = tallies.clone().map(|tally| tally.orders).sum();
    // Visits also order from cards and videos, hours later: 4 %.
    assert!((live.len() as u64) < orders && live.len() as f64 > 0.93 * orders as f64);
    let gmv: i128 = tallies.map(|tally| tally.gmv).sum();
    let live_gmv: i64 = live.iter().map(|row| cents(row["amount"])).sum();
    let share = live_gmv as f64 / gmv as f64;
    assert!((0.90..1.0).contains(&share), "{share}");
}

/// All broadcasts, in the order of weeks, streamers and days.
fn broadcasts(world: &World) -> Vec<world::Broadcast> {
    let mut all = Vec::new();
    for week in 0..world.calendar.weeks() {
        for (index, (streamer, days)) in (0..).zip(world.streamers.iter().zip(world.schedule(week))) {
            let days = (0..7).filter(|day| days & (1 << day) != 0);
            all.extend(days.map(|day| world.broadcast(index, streamer, week * 7 + day).0));
        }
    }
    all
}

/// Visits of broadcasts vary by more than chance between persons: by the shock that they share.
#[test]
fn broadcasts_have_the_shock_that_is_told() {
    let world = World::new(&settings(1_000_000, 10, 60, 4, Story::None)).unwrap();
    let logs: Vec<f64> = (broadcasts(&world).iter())
        .map(|broadcast| (broadcast.visits / broadcast.usual_visits).ln())
        .collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len() as f64;
    assert!(logs.len() > 1_000);
    assert!((variance.sqrt() / world::AUDIENCE_SIGMA - 1.0).abs() < 0.06, "{}", variance.sqrt());
}

/// What is expected of a broadcast stays when the plan does, and nothing else does: neither shocks nor persons.
#[test]
fn a_plan_is_the_same_with_any_seed() {
    let of = |seed, plan, shocks| {
        let asked = settings(20_000, 8, 3, seed, Story::LastWeek);
        let world = World::new(&SampleSettings { plan_seed: plan, shocks, ..asked }).unwrap();
        let expected = |one: &world::Broadcast| {
            (one.streamer, one.started, one.ended, one.usual_visits.to_bits(), one.public_lift.to_bits())
        };
        let all = broadcasts(&world);
        let shocked: Vec<[u64; 2]> =
            all.iter().map(|one| [one.visits.to_bits(), one.conversion.to_bits()]).collect();
        (all.iter().map(expected).collect::<Vec<_>>(), shocked)
    };
    for plan in [3, 5] {
        let (first, second) = (of(1, Some(plan), Shocks::On), of(2, Some(plan), Shocks::On));
        assert_eq!(first.0, second.0);
        assert_ne!(first.1, second.1);
        assert_eq!(of(1, Some(plan), Shocks::Off), of(2, Some(plan), Shocks::Off));
        assert_eq!(of(1, Some(plan), Shocks::Off).0, of(plan, None, Shocks::On).0);
    }
    assert_ne!(of(1, Some(3), Shocks::On).0, of(1, Some(5), Shocks::On).0);
    let viewers = |seed| {
        let asked = settings(5_000, 8, 2, seed, Story::None);
        let written = write(&SampleSettings { plan_seed: Some(3), ..asked });
        rows(&written.sessions).iter().map(|row| row["viewer_id"].to_owned()).collect::<HashSet<_>>()
    };
    let (one, other) = (viewers(1), viewers(2));
    assert!(one.intersection(&other).count() * 3 < one.len());
}

/// Without shocks a broadcast has as many visits as are expected of it, give or take the root of that number.
#[test]
fn without_shocks_visits_are_poisson() {
    let counts = |shocks| -> Vec<(f64, f64)> {
        let asked = settings(60_000, 8, 20, 4, Story::None);
        let asked = SampleSettings { shocks, ..asked };
        let written = write(&asked);
        let mut found: HashMap<String, f64> = HashMap::new();
        for row in rows(&written.sessions) {
            *found.entry(row["live_id"].to_owned()).or_default() += 1.0;
        }
        let world = World::new(&asked).unwrap();
        let id = |one: &world::Broadcast| {
            let day = String::from_utf8(world.calendar.text(one.day as usize).to_vec()).unwrap();
            format!("L{}{:04}", day.replace('-', "").split_off(2), one.streamer + 1)
        };
        let usual = |one: &world::Broadcast| one.usual_visits * crate::sample::viewers::ROWS_PER_VISIT;
        broadcasts(&world)
            .iter()
            .map(|one| (found.get(&id(one)).copied().unwrap_or(0.0), usual(one)))
            .collect()
    };
    let dispersion = |counts: &[(f64, f64)]| {
        counts.iter().map(|(found, usual)| (found - usual).powi(2) / usual).sum::<f64>() / counts.len() as f64
    };
    let (off, on) = (dispersion(&counts(Shocks::Off)), dispersion(&counts(Shocks::On)));
    // A second device follows its first, so that rows vary a little more than visits.
    assert!((0.85..1.20).contains(&off), "{off}");
    assert!(on > 2.0, "{on}");
}

#[test]
fn the_story_tells_its_parameters_and_who_plays() {
    let asked = settings(20_000, 12, 4, 7, Story::LastWeek);
    let told = story_markdown(&asked, &write(&asked).summary).unwrap();
    for part in [
        "1.35",
        "0.6",
        "| s0001 ",
        "| s0003 ",
        "converts worse",
        "| s0005 ",
        "| new |",
        "| s0004 ",
        "| gone |",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    assert!(told.contains("In the week of 2026-11-09") && !told.contains("NaN"));
    assert!(!told.contains("| plan seed |") && !told.contains("| shocks |"));
    let planned = SampleSettings { plan_seed: Some(3), shocks: Shocks::Off, ..asked };
    let told = story_markdown(&planned, &write(&planned).summary).unwrap();
    assert!(told.contains("| plan seed | 3 ") && told.contains("| shocks | off |"));
    assert!(told.contains("shock on its audience | 0 |") && told.contains("shock on conversion | 0 |"));
    let none = settings(20_000, 1, 1, 7, Story::None);
    let told = story_markdown(&none, &write(&none).summary).unwrap();
    assert!(told.contains("Nothing. The week of 2026-11-09") && !told.contains("1.35"));
    assert!(!told.contains("NaN"));
}
