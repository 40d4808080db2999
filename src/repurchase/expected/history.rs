//! What the models know of a buyer: when and how often it bought, and for how much. Equal histories are counted, not repeated.

/// A length of time in which rates are given, and how long a history in whole days is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeUnit {
    days: f64,
    /// What the last day adds to an age, in days.
    rest: f64,
}

impl TimeUnit {
    /// A day.
    pub const DAY: Self = Self { days: 1.0, rest: 0.0 };
    /// A week, in which the literature gives its parameters.
    pub const WEEK: Self = Self { days: 7.0, rest: 0.0 };

    /// A unit of so many days; `None` unless that is a positive finite number.
    #[must_use]
    pub fn of_days(days: f64) -> Option<Self> {
        (days > 0.0 && days.is_finite()).then_some(Self { days, rest: 0.0 })
    }

    /// The same unit, where the last day was observed to its end: a buyer's first purchase was at some moment of its day, so that its age
    /// is half a day more than the difference of the two dates.
    ///
    /// Without it ages are that difference, as the literature has them, and young buyers seem to buy a little too readily.
    #[must_use]
    pub fn until_midnight(self) -> Self {
        Self { rest: 0.5, ..self }
    }

    /// The age of a buyer in this unit.
    #[must_use]
    pub fn age(self, history: History) -> f64 {
        (f64::from(history.age) + self.rest) / self.days
    }

    /// So many days in this unit.
    #[must_use]
    pub fn of(self, days: u32) -> f64 {
        f64::from(days) / self.days
    }
}

/// When and how often a buyer bought: x, t_x and T of the literature. Twelve bytes, in the order in which sums are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct History {
    repeats: u32,
    recency: u32,
    age: u32,
}

impl History {
    /// A history of so many purchases after the first, of the days from the first to the last, and of the days from the first to the end
    /// of what was observed.
    ///
    /// Purchases of one day are one purchase, as the literature takes them. `None` where the three contradict each other: a last purchase
    /// after the end, one later than the first without a repeat, or more repeats than days.
    #[must_use]
    pub fn new(repeats: u32, recency: u32, age: u32) -> Option<Self> {
        let is_possible = recency <= age && repeats <= recency && (repeats > 0 || recency == 0);
        is_possible.then_some(Self { repeats, recency, age })
    }

    /// Purchases after the first (x).
    #[must_use]
    pub fn repeats(self) -> u32 {
        self.repeats
    }

    /// Days from the first purchase to the last (t_x).
    #[must_use]
    pub fn recency(self) -> u32 {
        self.recency
    }

    /// Days from the first purchase to the end of what was observed (T).
    #[must_use]
    pub fn age(self) -> u32 {
        self.age
    }
}

/// Purchases of a buyer that have a value, and their money in minor units.
///
/// They must be of the same kind as those of its [`History`] (days on which it bought, say), so that the expected number times the expected
/// value is money. The literature takes the repeat purchases alone; with the first among them, every buyer has a value of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spend {
    /// Purchases.
    pub purchases: u32,
    /// Their money in minor units; a sum that is not positive says nothing of the buyer's level.
    pub total: i64,
}

impl Spend {
    /// The money in units of the currency, 0 where it is negative.
    #[must_use]
    pub fn money(self) -> f64 {
        self.total.max(0) as f64 / 100.0
    }

    /// Whether it says anything of what the buyer spends.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.purchases > 0 && self.total > 0
    }
}

/// A buyer as the forecast of GMV takes it. In the order in which sums are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Buyer {
    /// When and how often it bought.
    pub history: History,
    /// For how much.
    pub spend: Spend,
}

/// Values, each with how many have it, in ascending order: the same whatever the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted<T> {
    groups: Vec<(T, u32)>,
}

/// Histories, each with how many buyers have it.
pub type Histories = Counted<History>;

/// Spends, each with how many buyers have it.
pub type Spends = Counted<Spend>;

impl<T: Ord + Copy> Counted<T> {
    /// Counts equal values.
    #[must_use]
    pub fn of(mut values: Vec<T>) -> Self {
        values.sort_unstable();
        Self::of_groups(values.chunk_by(|a, b| a == b).filter_map(|equal| {
            let first = equal.first()?;
            Some((*first, u32::try_from(equal.len()).unwrap_or(u32::MAX)))
        }))
    }

    /// Takes values that are counted already; values that come twice are added up.
    #[must_use]
    pub fn of_groups(groups: impl IntoIterator<Item = (T, u32)>) -> Self {
        let mut groups: Vec<(T, u32)> = groups.into_iter().filter(|(_, count)| *count > 0).collect();
        groups.sort_unstable();
        groups.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            is_same
        });
        Self { groups }
    }

    /// Each value with how many have it.
    pub fn iter(&self) -> impl Iterator<Item = (T, f64)> + '_ {
        self.groups.iter().map(|(value, count)| (*value, f64::from(*count)))
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.groups.iter().map(|(_, count)| u64::from(*count)).sum()
    }

    /// How many there are of which something is true.
    pub fn count(&self, is_true: impl Fn(T) -> bool) -> u64 {
        self.groups.iter().filter(|(value, _)| is_true(*value)).map(|(_, count)| u64::from(*count)).sum()
    }
}

/// The numbers of a count, each with how many have more: with weights Nⱼ of those with n > j, Σ over all of Σ_{j < n} f(j) is Σⱼ Nⱼ f(j).
pub(super) fn exceeding(counts: impl Iterator<Item = (u32, f64)>) -> Vec<f64> {
    let mut more: Vec<f64> = Vec::new();
    for (number, weight) in counts {
        let number = number as usize;
        if more.len() < number {
            more.resize(number, 0.0);
        }
        if let Some(last) = number.checked_sub(1).and_then(|at| more.get_mut(at)) {
            *last += weight;
        }
    }
    let mut sum = 0.0;
    for weight in more.iter_mut().rev() {
        sum += *weight;
        *weight = sum;
    }
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_that_contradict_themselves_are_none() {
        assert!(History::new(0, 0, 0).is_some() && History::new(2, 30, 30).is_some());
        assert_eq!(History::new(1, 31, 30), None);
        assert_eq!(History::new(0, 1, 30), None);
        assert_eq!(History::new(3, 2, 30), None);
        assert_eq!(TimeUnit::of_days(f64::NAN), None);
        assert_eq!(TimeUnit::of_days(0.0), None);
        assert!((TimeUnit::WEEK.of(273) - 39.0).abs() < 1e-15);
        let seen = History::new(2, 30, 69).unwrap();
        assert!((TimeUnit::WEEK.until_midnight().age(seen) - 69.5 / 7.0).abs() < 1e-15);
        assert!((TimeUnit::WEEK.age(seen) - 69.0 / 7.0).abs() < 1e-15);
    }

    #[test]
    fn equal_histories_are_counted_in_any_order() {
        let [once, twice] = [History::new(0, 0, 9).unwrap(), History::new(1, 4, 9).unwrap()];
        let counted = Counted::of(vec![twice, once, twice]);
        assert_eq!(counted, Counted::of_groups([(once, 1), (twice, 1), (twice, 1)]));
        assert_eq!(counted.iter().collect::<Vec<_>>(), [(once, 1.0), (twice, 2.0)]);
        assert_eq!((counted.total(), counted.count(|history| history.repeats() > 0)), (3, 2));
    }

    #[test]
    fn those_with_more() {
        assert_eq!(exceeding([(0, 5.0), (3, 1.0), (1, 2.0)].into_iter()), [3.0, 1.0, 1.0]);
        assert!(exceeding([(0, 5.0)].into_iter()).is_empty());
    }
}
