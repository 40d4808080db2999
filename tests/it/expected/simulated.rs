//! Shops whose truth is known: buyers who behave as the models say, with what they do after the end of what was observed.

use gmv::repurchase::expected::buying::BuyingFit;
use gmv::repurchase::expected::forecast::{self, Forecast};
use gmv::repurchase::expected::history::{Buyer, History, Spend, TimeUnit};
use gmv::repurchase::expected::refusal::Refusal;
use gmv::repurchase::expected::spending::SpendingFit;
use gmv::units::Level;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{histories, spends};

/// A kind of shop. Days are of any length: a purchase is known by its day, and those of one day are one.
#[derive(Clone, Copy)]
struct Shop {
    name: &'static str,
    /// r, α, a and b.
    buying: [f64; 4],
    /// p, q and v.
    spending: [f64; 3],
    /// Days in the unit of time.
    unit: f64,
    buyers: u32,
    /// Days of history, over which first purchases are spread, and days ahead.
    days: u32,
    ahead: u32,
}

/// As CDNOW, with days of 1/1,000 of a week, so that the models hold exactly.
const MUSIC: Shop = Shop {
    name: "as CDNOW",
    buying: [0.243, 4.414, 0.793, 2.426],
    spending: [6.25, 3.74, 15.44],
    unit: 1_000.0,
    buyers: 1_000,
    days: 52_000,
    ahead: 13_000,
};

/// Buyers who come often and leave soon, with values that differ much.
const LIVELY: Shop = Shop {
    name: "lively",
    buying: [0.6, 2.0, 1.5, 4.0],
    spending: [1.2, 2.2, 60.0],
    days: 26_000,
    ahead: 4_000,
    ..MUSIC
};

/// Buyers who are much alike and stay.
const LOYAL: Shop =
    Shop { name: "loyal", buying: [1.2, 6.0, 0.4, 3.0], spending: [3.0, 3.0, 40.0], ahead: 4_000, ..MUSIC };

/// Draws by formulas that are the same on every machine.
struct Chance(ChaCha8Rng);

impl Chance {
    /// Above 0 and below 1.
    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) / 2.0_f64.powi(52)
    }

    fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// Marsaglia & Tsang (2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * libm::pow(self.uniform(), 1.0 / shape);
        }
        let size = shape - 1.0 / 3.0;
        loop {
            let normal = self.normal();
            let cube = (1.0 + normal / (9.0 * size).sqrt()).powi(3);
            if cube > 0.0
                && libm::log(self.uniform()) < 0.5 * normal * normal + size * (1.0 - cube + libm::log(cube))
            {
                return size * cube;
            }
        }
    }

    fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (a, b) = (self.gamma(a), self.gamma(b));
        a / (a + b)
    }
}

/// A buyer, and the days on which it will buy and what for.
fn buyer(chance: &mut Chance, shop: &Shop) -> (Buyer, u32, i64) {
    let [r, alpha, a, b] = shop.buying;
    let [within, between, scale] = shop.spending;
    let age = (chance.uniform() * f64::from(shop.days)) as u32;
    let (rate, leaves) = (chance.gamma(r) / (alpha * shop.unit), chance.beta(a, b));
    let scale = scale / chance.gamma(between);
    let value = |chance: &mut Chance| ((chance.gamma(within) * scale * 100.0).round() as i64).max(1);
    let (mut repeats, mut last, mut total) = (0, 0, value(chance));
    let (mut coming, mut money) = (0, 0);
    // The first purchase was at some moment of its day.
    let (mut moment, mut day) = (chance.uniform(), 0);
    loop {
        moment += chance.exponential() / rate;
        if moment >= f64::from(age + shop.ahead) + 1.0 {
            break;
        }
        let (value, is_new) = (value(chance), moment as u32 > day);
        day = moment as u32;
        if day > age {
            coming += u32::from(is_new);
            money += value;
        } else {
            repeats += u32::from(is_new);
            last = day;
            total += value;
        }
        if chance.uniform() < leaves {
            break;
        }
    }
    let history = History::new(repeats, last, age).unwrap();
    (Buyer { history, spend: Spend { purchases: repeats + 1, total } }, coming, money)
}

/// What many shops of a kind gave.
#[derive(Debug, Default)]
struct Outcome {
    fitted: u32,
    refused: u32,
    /// Fits whose interval holds the parameter.
    buying: [u32; 4],
    spending: [u32; 3],
    /// The mean log of estimates by truth.
    bias: [f64; 4],
    orders: u32,
    money: u32,
    /// Sums of what was expected and of what came.
    expected: f64,
    came: f64,
    width: f64,
}

impl Outcome {
    fn of(shop: &Shop, unit: TimeUnit, seeds: std::ops::Range<u64>) -> Self {
        let mut outcome = Self::default();
        for seed in seeds {
            let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
            let drawn: Vec<(Buyer, u32, i64)> = (0..shop.buyers).map(|_| buyer(&mut chance, shop)).collect();
            if outcome.add(shop, unit, &drawn).is_err() {
                outcome.refused += 1;
            }
        }
        outcome
    }

    fn add(&mut self, shop: &Shop, unit: TimeUnit, drawn: &[(Buyer, u32, i64)]) -> Result<(), Refusal> {
        let level = Level::new(0.95).unwrap();
        let buyers: Vec<Buyer> = drawn.iter().map(|(buyer, ..)| *buyer).collect();
        let fit = BuyingFit::of(&histories(&buyers), unit)?;
        let values = SpendingFit::of(&spends(&buyers))?;
        let orders = forecast::purchases(&fit, &histories(&buyers), shop.ahead);
        let money = forecast::gmv(&fit, &values, buyers, shop.ahead)?;
        let came: u32 = drawn.iter().map(|(_, coming, _)| coming).sum();
        let spent: i64 = drawn.iter().map(|(.., money)| money).sum();
        let holds = |forecast: &Forecast, truth: f64| {
            u32::from(
                forecast
                    .interval(level)
                    .is_some_and(|interval| interval.low <= truth && truth <= interval.high),
            )
        };
        self.fitted += 1;
        self.orders += holds(&orders, f64::from(came));
        self.money += holds(&money, spent as f64 / 100.0);
        self.expected += orders.expected;
        self.came += f64::from(came);
        let interval = orders.interval(level).unwrap();
        self.width += (interval.high - interval.low) / orders.expected;
        for (at, interval) in fit.estimate.intervals(level).into_iter().enumerate() {
            self.buying[at] += u32::from(interval.low <= shop.buying[at] && shop.buying[at] <= interval.high);
            self.bias[at] += (fit.estimate.parameters[at] / shop.buying[at]).ln();
        }
        for (at, interval) in values.estimate.intervals(level).into_iter().enumerate() {
            self.spending[at] +=
                u32::from(interval.low <= shop.spending[at] && shop.spending[at] <= interval.high);
        }
        Ok(())
    }

    /// Its row in docs/methods.md.
    fn row(&self, shop: &Shop, days: &str) -> String {
        let share = |count: &u32| format!("{:.1}", 100.0 * f64::from(*count) / f64::from(self.fitted));
        let all = |counts: &[u32]| counts.iter().map(share).collect::<Vec<_>>().join(" ");
        format!(
            "| {}, {days} | {} | {:.1} | {} | {} | {} | {} | {:+.1} | ± {:.0} |",
            shop.name,
            shop.buyers,
            100.0 * f64::from(self.refused) / f64::from(self.refused + self.fitted),
            all(&self.buying),
            all(&self.spending),
            share(&self.orders),
            share(&self.money),
            100.0 * (self.expected / self.came - 1.0),
            50.0 * self.width / f64::from(self.fitted),
        )
    }
}

fn unit(shop: &Shop) -> TimeUnit {
    TimeUnit::of_days(shop.unit).unwrap()
}

#[test]
fn estimates_find_the_truth_and_intervals_hold_it() {
    // Of 40 intervals of 95 %, fewer than 34 hold in 1.4 % of all such tries; the seeds are fixed.
    let shop = Shop { buyers: 600, ..LOYAL };
    let outcome = Outcome::of(&shop, unit(&shop), 0..40);
    assert_eq!((outcome.fitted, outcome.refused), (40, 0));
    let counts = [&outcome.buying[..], &outcome.spending, &[outcome.orders, outcome.money]].concat();
    assert!(counts.iter().all(|count| *count >= 34), "{outcome:?}");
    // Intervals that always hold would be too wide.
    assert!(counts.iter().sum::<u32>() < 9 * 40, "{outcome:?}");
    for bias in outcome.bias {
        assert!((bias / 40.0).abs() < 0.15, "{outcome:?}");
    }
    assert!((outcome.expected / outcome.came - 1.0).abs() < 0.02, "{outcome:?}");
}

/// The table of docs/methods.md: of GMV_SHOPS shops of each kind, or a few of the small ones.
#[test]
fn many_shops() {
    let asked = std::env::var("GMV_SHOPS").ok().and_then(|text| text.parse::<u64>().ok());
    let (shops, sizes) = asked.map_or((3, &[100, 300][..]), |shops| (shops, &[100, 300, 1_000, 3_000][..]));
    let week = |shop: Shop| {
        let days = |length: u32| length * 7 / 1_000;
        Shop { unit: 7.0, days: days(shop.days), ahead: days(shop.ahead), ..shop }
    };
    let tell = |shop: &Shop, unit: TimeUnit, days: &str| {
        let outcome = Outcome::of(shop, unit, 0..shops);
        assert_eq!(u64::from(outcome.fitted + outcome.refused), shops);
        println!("{}", outcome.row(shop, days));
    };
    for shop in [MUSIC, LIVELY, LOYAL] {
        for &buyers in sizes {
            let shop = Shop { buyers, ..shop };
            tell(&shop, unit(&shop), "exact");
        }
    }
    for shop in [MUSIC, LIVELY, LOYAL].map(week) {
        let shop = Shop { buyers: sizes[sizes.len() - 1], ..shop };
        tell(&shop, unit(&shop).until_midnight(), "days, until midnight");
        tell(&shop, unit(&shop), "days, difference of dates");
    }
}
