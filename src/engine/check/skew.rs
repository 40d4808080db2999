//! Clocks that differ: whether orders fall into the sessions of their buyers only when all of them are moved by hours.
//!
//! A buyer mostly pays while watching. With clocks that agree, more orders lie in a session of their buyer with their streamer as they are
//! than after any shift; with clocks that differ, the shift that undoes the difference stands out. Where only some of the files differ, it
//! stands out among the orders of one file, or among those that fit no session as they are.

use std::collections::BTreeMap;

use crate::input::sessions::SessionRow;

/// Seconds of a step: zones differ by whole or half hours.
pub const STEP: i64 = 1_800;
/// Steps to either side: a day.
const REACH: i64 = 48;
/// All shifts.
const SHIFTS: usize = 2 * REACH as usize + 1;
/// Who pays soon after leaving was there for it.
const GRACE: i64 = 600;
/// Steps around a shift, and around the same a day away, that fit much like it.
const NEAR: i64 = 4;
/// Fewer orders than this in a session tell nothing.
const FEWEST: u64 = 20;

/// Orders that lie in a session, for each shift.
type Hits = [u64; SHIFTS];

/// Orders and the sessions of their buyers, under all shifts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkewCounts {
    /// Orders whose buyer has a session with the streamer.
    pub orders: u64,
    hits: Hits,
    /// The same, of the orders that lie in none as they are.
    missed: Hits,
    /// The sessions that were looked at, and their lengths together.
    sessions: (u64, i128),
}

impl Default for SkewCounts {
    fn default() -> Self {
        Self { orders: 0, hits: [0; SHIFTS], missed: [0; SHIFTS], sessions: (0, 0) }
    }
}

/// A difference of clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// What must be added to the times of orders, in seconds.
    pub seconds: i64,
    /// The orders that then lie in a session.
    pub orders: u64,
    /// Those that were looked at.
    pub of: u64,
}

impl SkewCounts {
    /// With fewer orders than this, a difference is only likely.
    pub const LEAST: u64 = 50;

    /// Counts an order and the sessions of its buyer with its streamer, sorted by their start; `longest` is the longest of them.
    pub fn count(&mut self, paid_at: i64, sessions: &[SessionRow], longest: i64) {
        if sessions.is_empty() {
            return;
        }
        self.orders += 1;
        let near = REACH * STEP + GRACE;
        let from = sessions.partition_point(|session| session.start() < paid_at - near - longest);
        let mut hit: u128 = 0;
        for session in &sessions[from..] {
            let first = (session.start() - paid_at + STEP - 1).div_euclid(STEP).max(-REACH);
            if first > REACH {
                break;
            }
            let length = session.length().min(longest);
            self.sessions = (self.sessions.0 + 1, self.sessions.1 + i128::from(length));
            let last = (session.start() + length + GRACE - paid_at).div_euclid(STEP).min(REACH);
            for step in first..=last {
                hit |= 1 << (step + REACH);
            }
        }
        let misses = hit >> REACH & 1 == 0;
        for (at, (hits, missed)) in self.hits.iter_mut().zip(&mut self.missed).enumerate() {
            let there = (hit >> at & 1) as u64;
            *hits += there;
            *missed += if misses { there } else { 0 };
        }
    }

    /// Adds what another worker counted.
    pub fn merge(&mut self, other: &Self) {
        self.orders += other.orders;
        self.sessions = (self.sessions.0 + other.sessions.0, self.sessions.1 + other.sessions.1);
        let add =
            |hits: &mut Hits, more: &Hits| hits.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        add(&mut self.hits, &other.hits);
        add(&mut self.missed, &other.missed);
    }

    /// The orders that lie in a session as they are.
    #[must_use]
    pub fn unshifted(&self) -> u64 {
        at(&self.hits, 0)
    }

    /// Whether enough orders lie in a session as they are to say that the clocks agree: a quarter.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.unshifted() * 4 >= self.orders
    }

    /// The difference of clocks; `None` where there are too few orders, or none stands out.
    ///
    /// It stands out where at least a quarter of the orders (and 20; of fewer than 50 orders, half) then lie in a session, at least twice as
    /// many as now and as after any other shift that is further away from it than sessions are long (or two hours) and no whole day: who
    /// watches every evening is there a day later too.
    #[must_use]
    pub fn shift(&self) -> Option<Shift> {
        let shift = self.peak(&self.hits, self.orders, -REACH..=REACH)?;
        let enough = self.orders >= Self::LEAST || shift.orders * 2 >= self.orders;
        (enough && shift.orders >= 2 * self.unshifted()).then_some(shift)
    }

    /// The difference of clocks of a part of the rows: among the orders that lie in no session as they are, with the same conditions, and a
    /// twentieth of all: one of twelve files of a year is more. Who pays half an hour after leaving, or watches on other days, is no part of it.
    #[must_use]
    pub fn part(&self) -> Option<Shift> {
        let missed = self.orders - self.unshifted();
        let found =
            [-REACH + NEAR..=-2, 2..=REACH - NEAR].map(|steps| self.peak(&self.missed, missed, steps));
        let peak = found.into_iter().flatten().max_by_key(|shift| (shift.orders, -shift.seconds.abs()))?;
        (missed >= Self::LEAST && peak.orders * 20 >= self.orders).then_some(peak)
    }

    /// The best of some shifts, if it stands out from all others.
    fn peak(&self, hits: &Hits, all: u64, steps: impl Iterator<Item = i64>) -> Option<Shift> {
        // The nearest to 0 of the best; whole hours before half ones.
        let best = steps.max_by_key(|&step| (at(hits, step), step % 2 == 0, -step.abs(), step))?;
        let near = NEAR.max(self.session_steps());
        let elsewhere = |step: &i64| {
            let away = (step - best).abs();
            away > near && (away - REACH).abs() > NEAR
        };
        let background = (-REACH..=REACH).filter(elsewhere).map(|step| at(hits, step)).max();
        let orders = at(hits, best);
        let stands_out = best != 0
            && orders >= FEWEST
            && orders * 4 >= all
            && orders >= 2 * background.unwrap_or_default();
        stands_out.then_some(Shift { seconds: best * STEP, orders, of: all })
    }

    /// The mean length of the sessions, in steps, no more than half a day: so far from the best shift, an order may still be in its session.
    fn session_steps(&self) -> i64 {
        let mean = self.sessions.1 / i128::from(self.sessions.0.max(1));
        i64::try_from(mean).unwrap_or(i64::MAX).div_euclid(STEP).min(REACH / 2)
    }
}

fn at(hits: &Hits, step: i64) -> u64 {
    usize::try_from(step + REACH).ok().and_then(|at| hits.get(at)).copied().unwrap_or_default()
}

/// The clocks of each file of orders.
#[derive(Debug, Clone, Default)]
pub struct Clocks {
    files: BTreeMap<u32, SkewCounts>,
}

/// What the clocks tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Too few orders to tell.
    Few,
    /// They agree.
    Agree,
    /// Hardly any order lies in a session, and no shift explains it.
    Unclear,
    /// All orders differ from the sessions.
    All(Shift),
    /// The orders of some files do, by their numbers.
    Files(Vec<(u32, Shift)>),
    /// A part of the rows does, of either input.
    Part(Shift),
}

impl Clocks {
    /// Counts an order of a file; see [`SkewCounts::count`].
    pub fn count(&mut self, file: u32, paid_at: i64, sessions: &[SessionRow], longest: i64) {
        self.files.entry(file).or_default().count(paid_at, sessions, longest);
    }

    /// Adds what another worker counted.
    pub fn merge(&mut self, other: &Self) {
        for (file, counts) in &other.files {
            self.files.entry(*file).or_default().merge(counts);
        }
    }

    /// All files together.
    #[must_use]
    pub fn all(&self) -> SkewCounts {
        self.files.values().fold(SkewCounts::default(), |mut all, counts| {
            all.merge(counts);
            all
        })
    }

    /// What they tell.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let all = self.all();
        let day = (REACH - NEAR) * STEP;
        // Of the orders of one day alone, those of an evening without a broadcast fit that of the day before.
        let of_file = |counts: &SkewCounts| counts.shift().filter(|shift| shift.seconds.abs() <= day);
        let off: Vec<(u32, Shift)> =
            self.files.iter().filter_map(|(file, counts)| Some((*file, of_file(counts)?))).collect();
        let fits =
            |counts: &SkewCounts| counts.orders >= FEWEST && counts.agrees() && counts.shift().is_none();
        let one = off.windows(2).all(|two| two[0].1.seconds == two[1].1.seconds);
        let together = one && !self.files.values().any(fits);
        match all.shift() {
            Some(shift) if together || off.is_empty() => Verdict::All(shift),
            _ if !off.is_empty() => Verdict::Files(off),
            _ => match all.part() {
                Some(shift) => Verdict::Part(shift),
                None if all.orders < SkewCounts::LEAST => Verdict::Few,
                None if all.agrees() => Verdict::Agree,
                None => Verdict::Unclear,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::profile::Traffic;
    use crate::units::{Instant, PersonKey, Seconds};

    fn session(start: i64, length: i64) -> SessionRow {
        SessionRow::new(PersonKey::new(b"u1"), 1, Instant(start), Seconds(length), Traffic::Organic)
    }

    #[test]
    fn a_shift_hits_where_the_order_falls_into_the_session_or_shortly_after() {
        let mut counts = SkewCounts::default();
        // Paid at 0; watched from 8:00 to 8:20, so that 8:00 and (with ten minutes of grace) 8:30 hit.
        counts.count(0, &[session(28_800, 1_200)], 86_400);
        let hits: Vec<i64> = (-REACH..=REACH).filter(|&step| at(&counts.hits, step) == 1).collect();
        assert_eq!((hits, counts.orders), (vec![16, 17], 1));
        counts.count(0, &[], 0);
        assert_eq!(counts.orders, 1);
        let mut zero = SkewCounts::default();
        zero.count(90_000, &[session(0, 0), session(90_000, 0)], 86_400);
        assert_eq!([0, -48, 1].map(|step| at(&zero.hits, step)), [1, 0, 0]);
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
        assert_eq!(counts(49, &[(16, 49)]), Some(28_800), "few orders, but nearly all");
        assert_eq!(counts(49, &[(16, 24)]), None, "few orders, and less than half of them");
        assert_eq!(counts(19, &[(16, 19)]), None, "too few orders");
        assert_eq!(counts(100, &[(16, 20)]), None, "most orders fit nowhere");
        assert_eq!(counts(100, &[(11, 80), (10, 80)]), Some(18_000), "whole hours first");
        assert_eq!(counts(100, &[(11, 80), (10, 70)]), Some(19_800));
    }

    /// So many orders of sessions of a length, one a day, of which some are moved by seconds.
    fn paid(counts: &mut Clocks, file: u32, orders: i64, length: i64, by: impl Fn(i64) -> i64) {
        for n in 0..orders {
            let start = n * 90_061;
            counts.count(file, start + n * 977 % length + by(n), &[session(start, length)], 86_400);
        }
    }

    #[test]
    fn long_sessions_hide_no_shift() {
        for hours in [1, 4, 8] {
            let mut clocks = Clocks::default();
            paid(&mut clocks, 0, 200, hours * 3_600, |_| -28_800);
            let Verdict::All(shift) = clocks.verdict() else { panic!("{hours}: {:?}", clocks.verdict()) };
            assert!((shift.seconds - 28_800).abs() <= STEP, "{hours}: {shift:?}");
        }
    }

    #[test]
    fn one_file_of_several_is_named() {
        let mut clocks = Clocks::default();
        (0..4).for_each(|file| paid(&mut clocks, file, 60, 1_200, |_| if file == 2 { -28_800 } else { 0 }));
        let shift = Shift { seconds: 28_800, orders: 60, of: 60 };
        assert_eq!(clocks.verdict(), Verdict::Files(vec![(2, shift)]));
        let mut both = Clocks::default();
        (0..2).for_each(|file| paid(&mut both, file, 60, 1_200, |_| -28_800));
        assert_eq!(both.verdict(), Verdict::All(Shift { orders: 120, of: 120, ..shift }));
    }

    #[test]
    fn a_part_of_the_rows_stands_out_among_those_that_fit_nowhere() {
        let verdict = |by: &dyn Fn(i64) -> i64| {
            let mut clocks = Clocks::default();
            paid(&mut clocks, 0, 200, 1_200, by);
            clocks.verdict()
        };
        let some = |n: i64, seconds: i64| if n % 3 == 0 { seconds } else { 0 };
        let part = |seconds| Verdict::Part(Shift { seconds, orders: 67, of: 67 });
        assert_eq!(verdict(&|n| some(n, 28_800)), part(-28_800));
        assert_eq!(verdict(&|n| some(n, -3_600)), part(3_600));
        let mut twelve = Clocks::default();
        paid(&mut twelve, 0, 720, 1_200, |n| if n % 12 == 5 { 28_800 } else { 0 });
        assert!(matches!(twelve.verdict(), Verdict::Part(Shift { seconds: -28_800, orders: 60, .. })));
        assert_eq!(verdict(&|n| some(n, 1_900)), Verdict::Agree, "who pays half an hour later");
        assert_eq!(verdict(&|n| some(n, 86_400)), Verdict::Agree, "who watches every evening");
        assert_eq!(verdict(&|n| some(n, n * 1_237 % 86_400)), Verdict::Agree, "who pays whenever");
        assert_eq!(verdict(&|n| n * 1_237 % 160_000 + 4_000), Verdict::Unclear, "nobody pays while watching");
    }
}
