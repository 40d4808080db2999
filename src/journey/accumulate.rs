//! The accumulators of a walk: integers for each row of the result, which add up in any order.

use super::broadcasts::Seen;
use super::overflow::Overflow;
use super::rules::{Side, Slice, Table};

/// A row before order-side slicing: base group, viewer-side values, period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub struct GroupKey(u64);

impl GroupKey {
    /// Packs the three: 32 bits of groups, 24 of periods, 8 of values.
    #[must_use]
    #[inline]
    pub fn new(base: u32, period: u32, side: Side) -> Self {
        Self(u64::from(base) << 32 | u64::from(period) << 8 | u64::from(side.0))
    }

    /// The base group.
    #[must_use]
    pub fn base(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The number of the period.
    #[must_use]
    pub fn period(self) -> u32 {
        (self.0 >> 8 & 0x00FF_FFFF) as u32
    }

    /// The viewer-side values.
    #[must_use]
    pub fn side(self) -> Side {
        Side(self.0 as u8)
    }
}

/// What viewing adds to a group; a cache line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Viewing {
    /// Viewers.
    pub viewers: i64,
    /// Of them private.
    pub private: i64,
    /// Of them public with a paid session.
    pub paid: i64,
    /// Seconds watched.
    pub watch: i64,
    /// Σ of squared seconds over persons.
    pub watch_squared: i128,
}

/// What orders add to a group or slice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Buying {
    /// Buyers of attributed orders.
    pub buyers: i64,
    /// Attributed orders.
    pub orders: i64,
    /// Off-live orders.
    pub off_live_orders: i64,
    /// Buyers who were present.
    pub present_buyers: i64,
    /// Orders of persons who were present.
    pub present_orders: i64,
    /// Σ seconds of buyers.
    pub watch_buyers: i64,
    /// The money of attributed orders.
    pub gmv: i128,
    /// The money of off-live orders.
    pub off_live_gmv: i128,
    /// Money of persons who were present.
    pub present_gmv: i128,
    /// Σ seconds × orders.
    pub watch_orders: i128,
    /// Σ seconds × money.
    pub watch_gmv: i128,
    /// Σ orders².
    pub orders_squared: i128,
    /// Σ orders × money.
    pub orders_gmv: i128,
    /// Σ money².
    pub gmv_squared: i128,
}

/// One person's attributed orders in a group or slice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bought {
    /// Attributed orders.
    pub orders: i64,
    /// Their money.
    pub gmv: i128,
    /// Off-live orders.
    pub off_live_orders: i64,
    /// Their money.
    pub off_live_gmv: i128,
}

impl Bought {
    /// Adds so many orders of so much money.
    #[inline]
    pub fn add(&mut self, attributed: bool, orders: i64, amount: i64) {
        if attributed {
            self.orders += orders;
            self.gmv += i128::from(amount);
        } else {
            self.off_live_orders += orders;
            self.off_live_gmv += i128::from(amount);
        }
    }
}

impl Viewing {
    /// Adds a person who was present and watched so many seconds.
    #[inline]
    pub fn add(&mut self, private: bool, paid: bool, watch: i64) {
        self.viewers += 1;
        self.private += i64::from(private);
        self.paid += i64::from(paid && !private);
        self.watch += watch;
        self.watch_squared += i128::from(watch) * i128::from(watch);
    }

    /// Adds other persons of the same group.
    pub fn merge(&mut self, other: &Self) {
        self.viewers += other.viewers;
        self.private += other.private;
        self.paid += other.paid;
        self.watch += other.watch;
        self.watch_squared += other.watch_squared;
    }
}

impl Buying {
    /// Adds a person's orders; `watch` is the person's watch time in the group, `None` where it was not present.
    ///
    /// # Errors
    /// When a product does not fit.
    pub fn add(&mut self, bought: Bought, watch: Option<i64>) -> Result<(), Overflow> {
        self.off_live_orders += bought.off_live_orders;
        self.off_live_gmv += bought.off_live_gmv;
        if bought.orders == 0 {
            return Ok(());
        }
        let (o, g) = (i128::from(bought.orders), bought.gmv);
        self.buyers += 1;
        self.orders += bought.orders;
        self.gmv += g;
        add(&mut self.orders_squared, o.checked_mul(o), ORDERS_SQUARED)?;
        add(&mut self.orders_gmv, o.checked_mul(g), ORDERS_GMV)?;
        add(&mut self.gmv_squared, g.checked_mul(g), GMV_SQUARED)?;
        if let Some(watch) = watch {
            let w = i128::from(watch);
            self.present_buyers += 1;
            self.present_orders += bought.orders;
            self.present_gmv += g;
            self.watch_buyers += watch;
            add(&mut self.watch_orders, w.checked_mul(o), WATCH_ORDERS)?;
            add(&mut self.watch_gmv, w.checked_mul(g), WATCH_GMV)?;
        }
        Ok(())
    }

    /// Adds other persons of the same group.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.buyers += other.buyers;
        self.orders += other.orders;
        self.gmv += other.gmv;
        self.off_live_orders += other.off_live_orders;
        self.off_live_gmv += other.off_live_gmv;
        self.present_buyers += other.present_buyers;
        self.present_orders += other.present_orders;
        self.present_gmv += other.present_gmv;
        self.watch_buyers += other.watch_buyers;
        add(&mut self.watch_orders, Some(other.watch_orders), WATCH_ORDERS)?;
        add(&mut self.watch_gmv, Some(other.watch_gmv), WATCH_GMV)?;
        add(&mut self.orders_squared, Some(other.orders_squared), ORDERS_SQUARED)?;
        add(&mut self.orders_gmv, Some(other.orders_gmv), ORDERS_GMV)?;
        add(&mut self.gmv_squared, Some(other.gmv_squared), GMV_SQUARED)
    }
}

/// The names of the second moments that are summed beside the sums.
const WATCH_ORDERS: &str = "the second moment m_wo";
const WATCH_GMV: &str = "the second moment m_wg";
const ORDERS_SQUARED: &str = "the second moment m_oo";
const ORDERS_GMV: &str = "the second moment m_og";
const GMV_SQUARED: &str = "the second moment m_gg";

#[inline]
fn add(sum: &mut i128, term: Option<i128>, name: &'static str) -> Result<(), Overflow> {
    *sum = term.and_then(|term| sum.checked_add(term)).ok_or_else(|| Overflow::of(name))?;
    Ok(())
}

/// What a walk adds up of groups.
#[derive(Debug, Clone, Default)]
pub struct GroupSums {
    /// Viewing, by group.
    pub viewing: Table<GroupKey, Viewing>,
    /// Orders, by group and slice.
    pub buying: Table<(GroupKey, Slice), Buying>,
}

/// What a walk adds up of everybody.
#[derive(Debug, Clone, Default)]
pub struct Walked {
    /// All persons together, over all periods and streamers: each counts once.
    pub total: (Viewing, Buying),
    /// Facts for the reconciliation.
    pub tally: WalkTally,
    /// The broadcasts of sessions and orders.
    pub seen: Seen,
}

/// What a walk counts besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WalkTally {
    /// Sessions that touch the range.
    pub sessions_in_range: i64,
    /// The seconds of sessions that lie in the range, before the union.
    pub seconds_in_range: i128,
    /// Viewers (of a group in a period) that were seen in both domains.
    pub both_domains: i64,
}

impl GroupSums {
    /// The bytes of the groups.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        // A table is full at 7 of 8, and has a byte for each place.
        let places = |capacity: usize, size: usize| capacity as u64 / 7 * 8 * (size as u64 + 1);
        places(self.viewing.capacity(), size_of::<(GroupKey, Viewing)>())
            + places(self.buying.capacity(), size_of::<((GroupKey, Slice), Buying)>())
    }

    /// Adds another worker's.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        for (key, viewing) in &other.viewing {
            self.viewing.entry(*key).or_default().merge(viewing);
        }
        for (key, buying) in &other.buying {
            let merged = self.buying.entry(*key).or_default().merge(buying);
            merged.map_err(|overflow| overflow.within_group(key.0))?;
        }
        Ok(())
    }
}

impl Walked {
    /// Adds another worker's.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.total.0.merge(&other.total.0);
        self.total.1.merge(&other.total.1)?;
        self.tally.sessions_in_range += other.tally.sessions_in_range;
        self.tally.seconds_in_range += other.tally.seconds_in_range;
        self.tally.both_domains += other.tally.both_domains;
        self.seen.merge(&other.seen);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A person's row: group, slice, watch time if present, orders with their money, attributed or not.
    type Person = (u32, u32, Option<i64>, Vec<(bool, i64)>);

    fn add(accumulators: &mut GroupSums, (base, dimension, watch, orders): &Person) {
        let key = GroupKey::new(*base, 3, Side(1));
        if let Some(watch) = watch {
            accumulators.viewing.entry(key).or_default().add(watch % 2 == 0, watch % 3 == 0, *watch);
        }
        let mut bought = Bought::default();
        for (attributed, amount) in orders {
            let (count, money) = if *attributed {
                (&mut bought.orders, &mut bought.gmv)
            } else {
                (&mut bought.off_live_orders, &mut bought.off_live_gmv)
            };
            *count += 1;
            *money += i128::from(*amount);
        }
        let slicing = crate::journey::rules::Slicing { dimensions: true, ..Default::default() };
        let slice = slicing.slice(*dimension, None, 0);
        accumulators.buying.entry((key, slice)).or_default().add(bought, *watch).unwrap();
    }

    proptest! {
        /// Any division of the persons among workers, merged in any order, gives the same sums.
        #[test]
        fn merging_in_any_order_gives_the_same_sums(
            persons in prop::collection::vec(
                (0_u32..3, 0_u32..2, prop::option::of(0_i64..100_000), prop::collection::vec((any::<bool>(), 0_i64..10_000_000), 0..4)),
                0..40,
            ),
            workers in prop::collection::vec(0_usize..5, 40),
            order in Just([0_usize, 1, 2, 3, 4]).prop_shuffle(),
        ) {
            let mut parts = vec![GroupSums::default(); 5];
            let mut whole = GroupSums::default();
            for (person, worker) in persons.iter().zip(&workers) {
                add(&mut whole, person);
                add(&mut parts[*worker], person);
            }
            let mut merged = GroupSums::default();
            for at in order {
                merged.merge(&parts[at]).unwrap();
            }
            prop_assert_eq!(merged.viewing, whole.viewing);
            prop_assert_eq!(merged.buying, whole.buying);
        }
    }

    #[test]
    fn keys_keep_their_parts() {
        let key = GroupKey::new(u32::MAX, 0x00FF_FFFF, Side(0x7F));
        assert_eq!((key.base(), key.period(), key.side()), (u32::MAX, 0x00FF_FFFF, Side(0x7F)));
    }

    #[test]
    fn money_beyond_128_bits_is_an_error_not_a_wrong_number() {
        let mut buying = Buying::default();
        let bought = Bought { orders: 1, gmv: 1 << 64, ..Bought::default() };
        assert_eq!(buying.add(bought, None), Err(Overflow::of("the second moment m_gg")));
    }

    #[test]
    fn tables_take_a_byte_and_a_row_for_each_of_their_places() {
        let mut sums = GroupSums::default();
        assert_eq!(sums.bytes(), 0);
        sums.viewing.reserve(28);
        assert_eq!(sums.bytes(), 32 * (64 + 1));
        sums.buying.reserve(56);
        assert_eq!(sums.bytes(), 32 * (64 + 1) + 64 * (192 + 1));
    }

    #[test]
    fn what_was_walked_adds_up_over_workers() {
        let one = || {
            let mut walked = Walked::default();
            walked.total.0.add(true, false, 30);
            let mut bought = Bought::default();
            bought.add(true, 1, 500);
            bought.add(false, 2, 70);
            assert_eq!(
                (bought.orders, bought.gmv, bought.off_live_orders, bought.off_live_gmv),
                (1, 500, 2, 70)
            );
            walked.total.1.add(bought, Some(30)).unwrap();
            walked.tally = WalkTally { sessions_in_range: 3, seconds_in_range: 40, both_domains: 5 };
            walked
        };
        let mut all = one();
        all.merge(&one()).unwrap();
        let tally = WalkTally { sessions_in_range: 6, seconds_in_range: 80, both_domains: 10 };
        assert_eq!(all.tally, tally);
        assert_eq!((all.total.0.viewers, all.total.0.private, all.total.0.watch), (2, 2, 60));
        let buying = &all.total.1;
        assert_eq!(
            (buying.buyers, buying.gmv, buying.off_live_orders, buying.off_live_gmv),
            (2, 1_000, 4, 140)
        );
    }
}
