//! A sum that does not fit, and whose it is.

use super::accumulate::GroupKey;

/// A sum that does not fit (of money in 64 bits, of squares in 128): no real money does that.
///
/// In a box, so that the way of what fits stays short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of all persons is {}", self.sum(), Self::SAID)]
pub struct Overflow(Box<TooLarge>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct TooLarge {
    sum: &'static str,
    group: Option<(u32, Option<u32>)>,
}

impl Overflow {
    /// What is said of such a sum.
    pub const SAID: &'static str = "beyond what can be counted, and no real money comes to that; look for amounts that are no \
                                    money, such as ids or times in the column of amounts";

    /// The sum of this name does not fit.
    #[must_use]
    #[cold]
    pub fn of(sum: &'static str) -> Self {
        Self(Box::new(TooLarge { sum, group: None }))
    }

    /// It is the sum of a base group in a period, or in all of them, unless it is known already of which.
    #[must_use]
    #[cold]
    pub fn within(mut self, base: u32, period: Option<u32>) -> Self {
        self.0.group.get_or_insert((base, period));
        self
    }

    /// The same of the group of a key.
    #[must_use]
    #[cold]
    pub fn within_group(self, key: GroupKey) -> Self {
        self.within(key.base(), Some(key.period()))
    }

    /// The name of the sum.
    #[must_use]
    pub fn sum(&self) -> &'static str {
        self.0.sum
    }

    /// The base group and, where it is of one, the period; `None` where it is of all persons.
    #[must_use]
    pub fn group(&self) -> Option<(u32, Option<u32>)> {
        self.0.group
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_of_all_persons_until_a_group_is_known_and_then_of_that() {
        let all = Overflow::of("gmv");
        assert_eq!((all.sum(), all.group()), ("gmv", None));
        let known = all.within(7, Some(2)).within(1, None);
        assert_eq!(known.group(), Some((7, Some(2))));
    }
}
