//! Clocks that differ: whether orders fall into the sessions of their buyers only when all of them are moved by hours.
//!
//! A buyer mostly pays while watching. With clocks that agree, more orders lie in a session of their buyer with their streamer as they are
//! than after any shift; with clocks that differ, the shift that undoes the difference stands out.

use crate::input::sessions::SessionRow;

/// Seconds of a step: zones differ by whole or half hours.
pub const STEP: i64 = 1_800;
/// Steps to either side: a day.
const REACH: i64 = 48;
/// All shifts.
const SHIFTS: usize = 2 * REACH as usize + 1;
/// Who pays soon after leaving was there for it.
const GRACE: i64 = 600;

/// For each shift, the orders that lie in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkewCounts {
    /// Orders whose buyer has a session with the streamer.
    pub orders: u64,
    hits: [u64; SHIFTS],
}

impl Default for SkewCounts {
    fn default() -> Self {
        Self { orders: 0, hits: [0; SHIFTS] }
    }
}

/// A difference of clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// What must be added to the times of orders, in seconds.
    pub seconds: i64,
    /// The orders that then lie in a session.
    pub orders: u64,
}

impl SkewCounts {
    /// Fewer orders than this tell nothing.
    pub const LEAST: u64 = 50;

    /// Counts an order and the sessions of its buyer with its streamer, sorted by their start; `longest` is the longest of them.
    pub fn count(&mut self, paid_at: i64, sessions: &[SessionRow], longest: i64) {
        if sessions.is_empty() {
            return;
        }
        self.orders += 1;
        let near = REACH * STEP + GRACE;
        let from = sessions.partition_point(|session| session.start.0 < paid_at - near - longest);
        let mut hit: u128 = 0;
        for session in &sessions[from..] {
            let first = (session.start.0 - paid_at + STEP - 1).div_euclid(STEP).max(-REACH);
            if first > REACH {
                break;
            }
            let end = session.start.0 + (session.end() - session.start.0).min(longest) + GRACE;
            let last = (end - paid_at).div_euclid(STEP).min(REACH);
            for step in first..=last {
                hit |= 1 << (step + REACH);
            }
            if hit.count_ones() as usize == SHIFTS {
                break;
            }
        }
        for (at, hits) in self.hits.iter_mut().enumerate() {
            *hits += (hit >> at & 1) as u64;
        }
    }

    /// Adds what another worker counted.
    pub fn merge(&mut self, other: &Self) {
        self.orders += other.orders;
        for (hits, more) in self.hits.iter_mut().zip(other.hits) {
            *hits += more;
        }
    }

    /// The orders that lie in a session as they are.
    #[must_use]
    pub fn unshifted(&self) -> u64 {
        self.at(0)
    }

    fn at(&self, step: i64) -> u64 {
        usize::try_from(step + REACH).ok().and_then(|at| self.hits.get(at)).copied().unwrap_or_default()
    }

    /// The difference of clocks; `None` where there are too few orders, or none stands out.
    ///
    /// It stands out where at least a quarter of the orders (and 20) then lie in a session, at least twice as many as now and as after
    /// any other shift that is more than two hours away from it and no whole day (who watches every evening is there a day later too).
    #[must_use]
    pub fn shift(&self) -> Option<Shift> {
        if self.orders < Self::LEAST {
            return None;
        }
        let steps = || -REACH..=REACH;
        // The nearest to 0 of the best; whole hours before half ones.
        let best = steps().max_by_key(|&step| (self.at(step), step % 2 == 0, -step.abs(), step))?;
        let orders = self.at(best);
        let elsewhere = |step: i64| {
            let away = (step - best).abs();
            away > 4 && (away - REACH).abs() > 4
        };
        let background = steps().filter(|&step| elsewhere(step)).map(|step| self.at(step)).max();
        let stands_out = best != 0
            && orders >= 20
            && orders * 4 >= self.orders
            && orders >= 2 * self.unshifted()
            && orders >= 2 * background.unwrap_or_default();
        stands_out.then_some(Shift { seconds: best * STEP, orders })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::profile::Traffic;
    use crate::units::{IdKey, Instant, Seconds};

    fn session(start: i64, length: i64) -> SessionRow {
        SessionRow::new(IdKey::new(b"u1"), 1, Instant(start), Seconds(length), Traffic::Organic)
    }

    #[test]
    fn a_shift_hits_where_the_order_falls_into_the_session_or_shortly_after() {
        let mut counts = SkewCounts::default();
        // Paid at 0; watched from 8:00 to 8:20, so that 8:00 and (with ten minutes of grace) 8:30 hit.
        counts.count(0, &[session(28_800, 1_200)], 86_400);
        let hits: Vec<i64> = (-REACH..=REACH).filter(|&step| counts.at(step) == 1).collect();
        assert_eq!((hits, counts.orders), (vec![16, 17], 1));
        counts.count(0, &[], 0);
        assert_eq!(counts.orders, 1);
        let mut zero = SkewCounts::default();
        zero.count(90_000, &[session(0, 0), session(90_000, 0)], 86_400);
        assert_eq!((zero.at(0), zero.at(-48), zero.at(1)), (1, 0, 0));
    }

    #[test]
    fn a_shift_must_stand_out() {
        let counts = |orders: u64, hits: &[(i64, u64)]| {
            let mut counts = SkewCounts { orders, ..SkewCounts::default() };
            for &(step, hit) in hits {
                counts.hits[(step + REACH) as usize] = hit;
            }
            counts.shift().map(|shift| shift.seconds)
        };
        assert_eq!(counts(100, &[(0, 90), (2, 40)]), None);
        assert_eq!(counts(100, &[(0, 5), (16, 80), (17, 60), (-32, 60)]), Some(28_800));
        assert_eq!(counts(100, &[(0, 45), (16, 80)]), None, "half of the orders fit as they are");
        assert_eq!(counts(100, &[(16, 80), (30, 45)]), None, "another shift fits half as well");
        assert_eq!(counts(49, &[(16, 49)]), None, "too few orders");
        assert_eq!(counts(100, &[(16, 20)]), None, "most orders fit nowhere");
        assert_eq!(counts(100, &[(11, 80), (10, 80)]), Some(18_000), "whole hours first");
        assert_eq!(counts(100, &[(11, 80), (10, 70)]), Some(19_800));
    }
}
