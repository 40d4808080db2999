//! The five factors of a group's sums, which multiply to GMV exactly, and their confidence intervals.
//!
//! GMV = UV × (watch time / UV) × (buyers / watch time) × (GMV / orders) × (orders / buyers): Kuaishou e-commerce, 2021.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::sums::Component::{Buyer, Money, Orders, Presence, Watch};
use crate::sums::{Component, Sums};
use crate::units::{Level, Seconds};

/// Below so many buyers, a group's intervals are marked: the normal approximation is poor.
pub const FEW_BUYERS: i64 = 30;

/// One of the five factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// Unique viewers: V.
    UniqueViewers,
    /// Watch time per viewer, in hours: W / V.
    WatchTime,
    /// Buyers per watch hour: B / W.
    Conversion,
    /// Average order value, in currency: G / O.
    OrderValue,
    /// Orders per buyer: O / B.
    Repurchase,
}

impl Factor {
    /// All five, in the order of the formula.
    pub const ALL: [Self; 5] =
        [Self::UniqueViewers, Self::WatchTime, Self::Conversion, Self::OrderValue, Self::Repurchase];

    /// The name of the column.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UniqueViewers => "uv",
            Self::WatchTime => "watch_hours_per_viewer",
            Self::Conversion => "buyers_per_watch_hour",
            Self::OrderValue => "aov",
            Self::Repurchase => "orders_per_buyer",
        }
    }

    /// The value; `None` where the denominator is 0 or one of the sums is not known. From rooms it stands on the viewers and buyers of
    /// each broadcast, added up.
    #[must_use]
    pub fn value(self, sums: &Sums) -> Option<f64> {
        let ratio = |numerator: i128, denominator: i128| {
            (denominator != 0).then(|| numerator as f64 / denominator as f64)
        };
        let per_hour = i128::from(Seconds::PER_HOUR);
        match self {
            Self::UniqueViewers => sums.viewers_of_factors().map(|viewers| viewers as f64),
            Self::WatchTime => ratio(sums.watch?, i128::from(sums.viewers_of_factors()?) * per_hour),
            Self::Conversion => ratio(i128::from(sums.buyers_of_factors()?) * per_hour, sums.watch?),
            Self::OrderValue => ratio(sums.gmv?, i128::from(sums.orders?) * 100),
            Self::Repurchase => ratio(i128::from(sums.orders?), i128::from(sums.buyers_of_factors()?)),
        }
    }

    /// What options and formulas call it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::UniqueViewers => "uv",
            Self::WatchTime => "watch",
            Self::Conversion => "conversion",
            Self::OrderValue => "aov",
            Self::Repurchase => "repurchase",
        }
    }

    /// The sum above and the sum below the line; the first factor has none below.
    fn parts(self) -> (Component, Option<Component>) {
        match self {
            Self::UniqueViewers => (Presence, None),
            Self::WatchTime => (Watch, Some(Presence)),
            Self::Conversion => (Buyer, Some(Watch)),
            Self::OrderValue => (Money, Some(Orders)),
            Self::Repurchase => (Orders, Some(Buyer)),
        }
    }
}

/// Watch time in hours.
#[must_use]
pub fn watch_hours(sums: &Sums) -> Option<f64> {
    sums.watch.map(|seconds| seconds as f64 / Seconds::PER_HOUR as f64)
}

/// Time on air in hours.
#[must_use]
pub fn live_hours(sums: &Sums) -> Option<f64> {
    sums.live_seconds.map(|seconds| seconds as f64 / Seconds::PER_HOUR as f64)
}

/// What one paid viewer cost, in currency; `None` without paid viewers, or where one of them is not known.
#[must_use]
pub fn cost_per_paid_viewer(sums: &Sums) -> Option<f64> {
    let (cost, viewers) = (sums.spent.as_ref()?.cost?, sums.viewers_paid?);
    (viewers != 0).then(|| cost as f64 / (100.0 * viewers as f64))
}

/// The return on what was spent: GMV of the viewers whose first session was paid for / cost; `None` where nothing was spent, or one of them
/// is not known.
#[must_use]
pub fn return_on_spend(sums: &Sums) -> Option<f64> {
    let spent = sums.spent.as_ref()?;
    let (cost, gmv) = (spent.cost?, spent.gmv_first_paid?);
    (cost != 0).then(|| gmv as f64 / cost as f64)
}

/// A confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The standard error of the log of a ratio of two sums (or of one sum), by the delta method over persons: with M the second moments,
/// `Var ln(X/Y) = M_xx/X² + M_yy/Y² − 2 M_xy/(XY)`.
///
/// `None` where a sum is 0 or not known, or the sums come without moments.
#[must_use]
pub fn log_error(sums: &Sums, above: Component, below: Option<Component>) -> Option<f64> {
    let moments = sums.moments.as_ref()?;
    let sum = |component| {
        let value = match component {
            Presence => i128::from(sums.viewers?),
            Watch => sums.watch?,
            Buyer => i128::from(sums.buyers?),
            Orders => i128::from(sums.orders?),
            Money => sums.gmv?,
        };
        (value > 0).then_some(value as f64)
    };
    let moment = |a, b| Some(moments.get(a, b)? as f64);
    let x = sum(above)?;
    let mut variance = moment(above, above)? / (x * x);
    if let Some(below) = below {
        let y = sum(below)?;
        variance += moment(below, below)? / (y * y) - 2.0 * moment(above, below)? / (x * y);
    }
    // Where both sums move together, rounding may leave a variance a hair below 0.
    Some(variance.max(0.0).sqrt())
}

/// The interval of a factor: factor × exp(± z · SE of its log); `None` where [`log_error`] is.
#[must_use]
pub fn interval(sums: &Sums, factor: Factor, level: Level) -> Option<Interval> {
    let (above, below) = factor.parts();
    Some(around(factor.value(sums)?, log_error(sums, above, below)?, level))
}

/// The interval of the GMV itself, in currency, in the same way.
#[must_use]
pub fn gmv_interval(sums: &Sums, level: Level) -> Option<Interval> {
    Some(around(sums.gmv? as f64 / 100.0, log_error(sums, Money, None)?, level))
}

/// The interval of a ratio of two sums that has this value, in the same way.
#[must_use]
pub fn ratio_interval(
    sums: &Sums,
    value: f64,
    (above, below): (Component, Component),
    level: Level,
) -> Option<Interval> {
    Some(around(value, log_error(sums, above, Some(below))?, level))
}

fn around(value: f64, error: f64, level: Level) -> Interval {
    let reach = (quantile(level) * error).exp();
    Interval { low: value / reach, high: value * reach }
}

/// How many standard errors a two-sided interval reaches: 1.96 at 95 %, by the field's convention, else the normal quantile.
#[must_use]
pub fn quantile(level: Level) -> f64 {
    if (level.value() - 0.95).abs() < 1e-12 {
        return 1.96;
    }
    // Near to a level of 1 only the lower tail still tells one level from the next.
    -Normal::standard().inverse_cdf((1.0 - level.value()) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sums::{Moments, Spent};
    use proptest::prelude::*;

    fn sums(viewers: i64, watch: i128, buyers: i64, orders: i64, gmv: i128) -> Sums {
        Sums {
            viewers: Some(viewers),
            watch: Some(watch),
            buyers: Some(buyers),
            orders: Some(orders),
            gmv: Some(gmv),
            ..Sums::default()
        }
    }

    #[test]
    fn factors_by_hand() {
        // 10,000 viewers, 3,000,000 s, 300 buyers, 360 orders, 18,000.00.
        let sums = sums(10_000, 3_000_000, 300, 360, 1_800_000);
        let values: Vec<_> = Factor::ALL.iter().map(|factor| factor.value(&sums).unwrap()).collect();
        let expected = [10_000.0, 1.0 / 12.0, 0.36, 50.0, 1.2];
        for (value, expected) in values.iter().zip(expected) {
            assert!((value / expected - 1.0).abs() < 1e-15, "{value} {expected}");
        }
    }

    #[test]
    fn a_factor_is_null_only_where_its_denominator_is_zero() {
        let values = |s: &Sums| Factor::ALL.map(|factor| factor.value(s));
        assert_eq!(values(&sums(0, 0, 0, 0, 0)), [Some(0.0), None, None, None, None]);
        assert_eq!(values(&sums(5, 3600, 0, 0, 0)), [Some(5.0), Some(0.2), Some(0.0), None, None]);
        assert_eq!(values(&sums(5, 0, 2, 2, 0)), [Some(5.0), Some(0.0), None, Some(0.0), Some(1.0)]);
        let without = Sums { buyers: Some(1), orders: Some(2), gmv: Some(300), ..Sums::default() };
        assert_eq!(values(&without), [None, None, None, Some(1.5), Some(2.0)]);
    }

    #[test]
    fn factors_stand_on_broadcasts_where_persons_are_not_known() {
        let persons = sums(10_000, 3_000_000, 300, 360, 1_800_000);
        let broadcasts = Sums {
            viewers: None,
            buyers: None,
            viewers_broadcasts: persons.viewers,
            buyers_broadcasts: persons.buyers,
            ..persons.clone()
        };
        for factor in Factor::ALL {
            assert_eq!(factor.value(&broadcasts), factor.value(&persons), "{factor:?}");
        }
        let nobody_knows = Sums { gmv: Some(5), ..Sums::default() };
        assert_eq!(Factor::ALL.map(|factor| factor.value(&nobody_knows)), [None; 5]);
    }

    #[test]
    fn quantiles() {
        assert_eq!(quantile(Level::new(0.95).unwrap()).to_bits(), 1.96_f64.to_bits());
        assert!((quantile(Level::new(0.99).unwrap()) - 2.575_829_303_548_901).abs() < 1e-9);
        // As near to 1 as a level comes; SciPy: -norm.ppf(2⁻⁵⁴).
        assert!(
            (quantile(Level::new(1.0 - f64::EPSILON / 2.0).unwrap()) - 8.292_361_075_813_594).abs() < 1e-6
        );
    }

    #[test]
    fn a_poisson_count_has_the_interval_of_its_square_root() {
        let mut moments = [Some(0); 15];
        moments[0] = Some(400);
        let sums = Sums { moments: Some(Box::new(Moments(moments))), ..sums(400, 0, 0, 0, 0) };
        let interval = interval(&sums, Factor::UniqueViewers, Level::new(0.95).unwrap()).unwrap();
        assert!((interval.low - 400.0 * (-1.96_f64 / 20.0).exp()).abs() < 1e-9);
        assert!((interval.high - 400.0 * (1.96_f64 / 20.0).exp()).abs() < 1e-9);
    }

    #[test]
    fn hours_by_hand() {
        let sums = Sums { watch: Some(5_400), live_seconds: Some(9_000), ..Sums::default() };
        assert_eq!((watch_hours(&sums), live_hours(&sums)), (Some(1.5), Some(2.5)));
        assert_eq!((watch_hours(&Sums::default()), live_hours(&Sums::default())), (None, None));
    }

    #[test]
    fn what_was_spent_by_hand() {
        let of = |cost, gmv_first_paid, viewers_paid| {
            let spent = Some(Box::new(Spent { cost, gmv_first_paid }));
            let sums = Sums { viewers_paid, spent, ..Sums::default() };
            (cost_per_paid_viewer(&sums), return_on_spend(&sums))
        };
        // 30.00 for four viewers, who bought for 75.00.
        assert_eq!(of(Some(3_000), Some(7_500), Some(4)), (Some(7.5), Some(2.5)));
        assert_eq!(of(Some(3_000), Some(7_500), Some(0)), (None, Some(2.5)));
        assert_eq!(of(Some(0), Some(7_500), Some(4)), (Some(0.0), None));
        assert_eq!(of(None, Some(7_500), Some(4)), (None, None));
        assert_eq!(of(Some(3_000), None, None), (None, None));
        assert_eq!((cost_per_paid_viewer(&Sums::default()), return_on_spend(&Sums::default())), (None, None));
    }

    /// Four viewers, of whom moments are 4, 8 and 20: Var ln(W / V) = 20/64 + 4/16 − 2 · 8/32 = 1/16.
    #[test]
    fn errors_and_intervals_by_hand() {
        let mut moments = Moments([Some(0); 15]);
        (moments.0[0], moments.0[1], moments.0[5], moments.0[14]) =
            (Some(4), Some(8), Some(20), Some(4_000_000));
        let sums = Sums { moments: Some(Box::new(moments)), ..sums(4, 8, 0, 3, 20_000) };
        let error = |above, below| log_error(&sums, above, below);
        assert_eq!(error(Watch, Some(Presence)), Some(0.25));
        assert_eq!(error(Watch, None), Some((20.0_f64 / 64.0).sqrt()));
        assert_eq!(error(Presence, Some(Watch)), Some(0.25));
        assert_eq!([error(Buyer, None), error(Orders, Some(Buyer)), error(Buyer, Some(Watch))], [None; 3]);
        assert_eq!(error(Money, None), Some(0.1));
        let level = Level::new(0.95).unwrap();
        let is_around = |found: Option<Interval>, value: f64, error: f64| {
            let (found, reach) = (found.unwrap(), (1.96 * error).exp());
            (found.low - value / reach).abs() < 1e-9 && (found.high - value * reach).abs() < 1e-9
        };
        assert!(is_around(gmv_interval(&sums, level), 200.0, 0.1));
        assert!(is_around(ratio_interval(&sums, 7.0, (Watch, Presence), level), 7.0, 0.25));
        assert!(is_around(interval(&sums, Factor::WatchTime, level), 2.0 / 3_600.0, 0.25));
        // What moves together has no error, whatever rounding leaves of it.
        let mut together = sums.clone();
        together.moments =
            Some(Box::new(Moments(std::array::from_fn(|at| Some([3, 6, 0, 0, 0, 12][at.min(5)])))));
        assert_eq!(log_error(&Sums { watch: Some(8), ..together }, Watch, Some(Presence)), Some(0.0));
        assert_eq!(log_error(&Sums { moments: None, ..sums }, Watch, None), None);
    }

    #[test]
    fn names_and_parts_of_factors() {
        let names = ["uv", "watch_hours_per_viewer", "buyers_per_watch_hour", "aov", "orders_per_buyer"];
        assert_eq!(Factor::ALL.map(Factor::name), names);
        assert_eq!(Factor::ALL.map(Factor::word), ["uv", "watch", "conversion", "aov", "repurchase"]);
        let parts = [
            (Presence, None),
            (Watch, Some(Presence)),
            (Buyer, Some(Watch)),
            (Money, Some(Orders)),
            (Orders, Some(Buyer)),
        ];
        assert_eq!(Factor::ALL.map(Factor::parts), parts);
    }

    proptest! {
        #[test]
        fn factors_multiply_to_gmv(v in 1_i64..1 << 40, w in 1_i128..1 << 50, b in 1_i64..1 << 40, o in 1_i64..1 << 40, g in 1_i128..1 << 60) {
            let sums = sums(v, w, b, o, g);
            let product: f64 = Factor::ALL.iter().map(|factor| factor.value(&sums).unwrap()).product();
            prop_assert!((product / (g as f64 / 100.0) - 1.0).abs() < 1e-14);
        }
    }
}
