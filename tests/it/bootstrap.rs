//! `--ci` against what it stands for: a Poisson bootstrap over persons, drawn for real, and groups whose answer is known.

use std::collections::{BTreeMap, HashMap};

use gmv::factor::{Factor, Interval, gmv_interval, interval};
use gmv::sample::{SampleSettings, Story, write_sample};
use gmv::sums::{Moments, Sums};
use gmv::units::Level;
use statrs::distribution::{Discrete, Poisson};

use crate::exports::Exports;
use crate::reference::{
    Period, Purchase, Visit, is_attributed, periods, purchases, touches, visits, watched,
};
use crate::world::{By, Order, Question, Session, World, rows};

const DRAWS: usize = 2_000;
/// The standard deviation of 2,000 draws is itself uncertain by 1.6 %: this is more than three times that.
const TOLERANCE: f64 = 0.06;

/// A small generator of random bits (SplitMix64, Steele et al. 2014), quick without optimization.
struct Bits(u64);

impl Bits {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Uniform in (0, 1).
    fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }
}

/// The cumulative probabilities of a Poisson weight of mean 1.
fn poisson_table() -> [f64; 16] {
    let mut term = (-1.0_f64).exp();
    let mut sum = 0.0;
    std::array::from_fn(|k| {
        sum += term;
        term /= k as f64 + 1.0;
        sum
    })
}

/// The standard deviations of the logs of V, W/V, B/W, G/O, O/B and G when persons have Poisson weights.
fn bootstrap(persons: &[[f64; 5]], seed: u64) -> [f64; 6] {
    let table = poisson_table();
    let mut bits = Bits(seed);
    let mut logs: Vec<[f64; 6]> = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        let mut sums = [0.0; 5];
        for z in persons {
            let uniform = bits.uniform();
            let mut weight = 0.0;
            for &edge in &table {
                if uniform < edge {
                    break;
                }
                weight += 1.0;
            }
            if weight > 0.0 {
                for at in 0..5 {
                    sums[at] += weight * z[at];
                }
            }
        }
        let [viewers, watch, buyers, orders, money] = sums.map(f64::ln);
        logs.push([viewers, watch - viewers, buyers - watch, money - orders, orders - buyers, money]);
    }
    std::array::from_fn(|at| {
        let mean = logs.iter().map(|draw| draw[at]).sum::<f64>() / DRAWS as f64;
        let squares = logs.iter().map(|draw| (draw[at] - mean).powi(2)).sum::<f64>();
        (squares / (DRAWS as f64 - 1.0)).sqrt()
    })
}

/// The intervals of the five factors and of GMV.
fn intervals(sums: &Sums) -> [Interval; 6] {
    let level = Level::new(0.95).unwrap();
    let mut all: Vec<_> = Factor::ALL.iter().map(|factor| interval(sums, *factor, level).unwrap()).collect();
    all.push(gmv_interval(sums, level).unwrap());
    all.try_into().unwrap()
}

/// The standard errors of logs that intervals stand for.
fn errors(sums: &Sums) -> [f64; 6] {
    intervals(sums).map(|interval| (interval.high / interval.low).ln() / 2.0 / 1.96)
}

type Cells = HashMap<String, String>;

fn table(text: &[u8]) -> Vec<Cells> {
    csv::Reader::from_reader(text).deserialize().map(Result::unwrap).collect()
}

fn instant(text: &str) -> Option<i64> {
    let local: Option<jiff::civil::DateTime> = (!text.is_empty()).then(|| text.parse().unwrap());
    local.map(|local| local.in_tz("Asia/Shanghai").unwrap().timestamp().as_second())
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

/// The exports of a sample as a world.
fn read(sessions: &[u8], orders: &[u8]) -> World {
    let session = |row: &Cells| Session {
        viewer: row["viewer_id"].clone(),
        streamer: row["streamer_id"].clone(),
        entered: instant(&row["entered_at"]).unwrap(),
        left: instant(&row["left_at"]),
        watched: None,
        source: row["source"].clone(),
        ..Session::default()
    };
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut order = |row: &Cells| {
        let number = numbers.len() as u32;
        Order {
            id: *numbers.entry(row["order_id"].clone()).or_insert(number),
            line: None,
            buyer: row["buyer_id"].clone(),
            streamer: row["streamer_id"].clone(),
            paid_at: instant(&row["paid_at"]),
            amount: cents(&row["amount"]),
            refund: None,
            refunded_at: None,
            status: row["status"].clone(),
            carrier: row["carrier"].clone(),
            category: row["category"].clone(),
            ..Order::default()
        }
    };
    World {
        sessions: vec![table(sessions).iter().map(session).collect()],
        orders: vec![table(orders).iter().map(&mut order).collect()],
        has_sources: true,
        ..World::default()
    }
}

/// Each person's z = (1, w, b, o, g) in a period, with one streamer or all.
fn vectors(
    visits: &[Visit],
    purchases: &[Purchase],
    period: &Period,
    question: &Question,
    streamer: Option<&str>,
) -> Vec<[f64; 5]> {
    let belongs = |name: &str| streamer.is_none_or(|streamer| streamer == name);
    let mut seen: BTreeMap<&str, Vec<&Visit>> = BTreeMap::new();
    for visit in visits.iter().filter(|visit| belongs(&visit.streamer) && touches(visit, period)) {
        seen.entry(&visit.viewer).or_default().push(visit);
    }
    let mut persons: BTreeMap<&str, [f64; 5]> = BTreeMap::new();
    for (viewer, own) in seen {
        persons.insert(viewer, [1.0, watched(&own, period) as f64, 0.0, 0.0, 0.0]);
    }
    for purchase in purchases.iter().filter(|purchase| belongs(&purchase.streamer)) {
        let inside = (period.start..period.end).contains(&purchase.paid_at);
        if inside && is_attributed(purchase, visits, period, question) {
            let z = persons.entry(purchase.buyer.as_deref().unwrap()).or_default();
            z[2] = 1.0;
            z[3] += 1.0;
            z[4] += purchase.total as f64;
        }
    }
    persons.into_values().collect()
}

/// Compares a row with its persons: the sums exactly, the standard errors with a bootstrap.
fn compare(sums: &Sums, persons: &[[f64; 5]], seed: u64) {
    let expected = [
        sums.viewers.unwrap() as f64,
        sums.watch.unwrap() as f64,
        sums.buyers.unwrap() as f64,
        sums.orders.unwrap() as f64,
        sums.gmv.unwrap() as f64,
    ];
    for (at, expected) in expected.into_iter().enumerate() {
        let sum: f64 = persons.iter().map(|z| z[at]).sum();
        assert!((sum - expected).abs() < 0.5, "sum {at}: {sum} instead of {expected}");
    }
    assert!(sums.buyers >= Some(100), "too few buyers for the normal approximation: {:?}", sums.buyers);
    let (found, drawn) = (errors(sums), bootstrap(persons, seed));
    for (at, (found, drawn)) in found.into_iter().zip(drawn).enumerate() {
        assert!((found / drawn - 1.0).abs() < TOLERANCE, "log {at}: {found}, but the bootstrap has {drawn}");
    }
}

#[test]
fn intervals_are_those_of_a_poisson_bootstrap_over_persons() {
    let settings = SampleSettings {
        sessions: 20_000,
        streamers: 6,
        weeks: 2,
        seed: 11,
        story: Story::None,
        ..Default::default()
    };
    let (mut sessions, mut orders) = (Vec::new(), Vec::new());
    write_sample(&settings, &mut sessions, &mut orders, &mut |_| {}).unwrap();
    let world = read(&sessions, &orders);
    let mut exports = Exports::write(&World { has_sources: true, ..World::default() });
    exports.sessions.push(exports.file("sessions.csv", std::str::from_utf8(&sessions).unwrap()));
    exports.orders.push(exports.file("orders.csv", std::str::from_utf8(&orders).unwrap()));

    let all = Question { by: Vec::new(), period: "all", ..Question::default() };
    let (visits, purchases) = (visits(&world, &all), purchases(&world, &all));
    let (aggregate, _) = exports.ask(&all, &[]);
    assert_eq!(aggregate.rows.len(), 1);
    let persons = vectors(&visits, &purchases, &periods(&world, &all)[0], &all, None);
    compare(&aggregate.rows[0].sums, &persons, 1);

    let weekly = Question { by: vec![By::Streamer], ..Question::default() };
    let (aggregate, _) = exports.ask(&weekly, &[]);
    let row = aggregate.rows.iter().max_by_key(|row| row.sums.buyers).unwrap();
    let periods = periods(&world, &weekly);
    let period = periods.iter().find(|period| period.date() == row.period).unwrap();
    let persons = vectors(&visits, &purchases, period, &weekly, Some(&row.keys[0]));
    compare(&row.sums, &persons, 2);
}

/// 400 viewers of half an hour, of whom 100 buy once for the same price: every error is known.
#[test]
fn the_errors_of_a_simple_group_are_known_exactly() {
    let start = 1_767_000_000;
    let viewer = |number: u32| Session {
        viewer: format!("u{number}"),
        streamer: "s1".to_owned(),
        entered: start,
        left: Some(start + 1_800),
        watched: None,
        source: "follow".to_owned(),
        ..Session::default()
    };
    let order = |number: u32| Order {
        id: number,
        line: None,
        buyer: format!("u{number}"),
        streamer: "s1".to_owned(),
        paid_at: Some(start + 60),
        amount: 4_990,
        refund: None,
        refunded_at: None,
        status: "paid".to_owned(),
        carrier: "live".to_owned(),
        category: String::new(),
        ..Order::default()
    };
    let world = World {
        sessions: vec![(0..400).map(viewer).collect()],
        orders: vec![(0..100).map(order).collect()],
        has_sources: true,
        ..World::default()
    };
    let rows = rows(&Exports::write(&world).ask(&Question::default(), &[]).0);
    let found = errors(&rows.values().next().unwrap().1);
    // 1/√V; nobody watches or buys differently; 1/B − 1/V; 1/√B.
    let expected = [1.0 / 20.0, 0.0, (0.01_f64 - 0.0025).sqrt(), 0.0, 0.0, 0.1];
    for (found, expected) in found.into_iter().zip(expected) {
        assert!((found - expected).abs() < 1e-7, "{found} instead of {expected}");
    }
}

/// Of Poisson counts of a known mean, the shares of the level must have an interval that holds it: added up exactly.
#[test]
fn intervals_cover_the_truth_as_often_as_they_say() {
    let truth = 10_000.0;
    let counts = Poisson::new(truth).unwrap();
    for share in [0.5, 0.8, 0.95, 0.99] {
        let level = Level::new(share).unwrap();
        let covers = |viewers: &i64| {
            let mut moments = [Some(0); 15];
            moments[0] = Some(i128::from(*viewers));
            let moments = Some(Box::new(Moments(moments)));
            let sums = Sums { viewers: Some(*viewers), moments, ..Sums::default() };
            let interval = interval(&sums, Factor::UniqueViewers, level).unwrap();
            interval.low <= truth && truth <= interval.high
        };
        let covered: f64 = (9_000..11_000_i64).filter(covers).map(|viewers| counts.pmf(viewers as u64)).sum();
        // A count is whole: a step is up to 0.004.
        assert!((covered - share).abs() < 0.005, "{covered} of {share}");
    }
}
