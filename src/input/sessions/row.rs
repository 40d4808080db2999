//! One session as the journey needs it.

use std::cmp::Ordering;

use crate::input::profile::Traffic;
use crate::units::{Instant, PersonKey, Seconds};

/// The longest `--max-session`, in seconds: what 26 bits hold, 776 days.
pub const LONGEST_SESSION: i64 = (1 << 26) - 1;

/// One session, 24 bytes: ten million of them are 240 MB, and the pages of new memory are a seventh of a run.
///
/// The three words compare as viewer, streamer, start, length and traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct SessionRow {
    /// The viewer's first 64 bits.
    viewer: u64,
    /// The viewer's other 32, and the code of the streamer.
    viewer_and_streamer: u64,
    /// The start (36 bits), the length (26 bits) and the traffic (2 bits).
    time: u64,
}

impl SessionRow {
    const TRAFFIC: u32 = 2;
    const LENGTH: u32 = 26;
    /// Half of the instants that 36 bits hold.
    const HALF: i64 = 1 << (u64::BITS - Self::TRAFFIC - Self::LENGTH - 1);

    /// Whether a session that was entered then has a row: in the years 882 to 3057, and a little beyond.
    #[must_use]
    #[inline]
    pub fn can_start(start: Instant) -> bool {
        (-Self::HALF..Self::HALF).contains(&start.0)
    }

    /// A row; `start` must be one that it can have, `length` from 0 to [`LONGEST_SESSION`].
    #[must_use]
    #[inline]
    pub fn new(viewer: PersonKey, streamer: u32, start: Instant, length: Seconds, traffic: Traffic) -> Self {
        let (viewer, rest) = viewer.halves();
        let start = start.0.wrapping_add(Self::HALF) as u64;
        let time = (start << Self::LENGTH | length.0 as u64) << Self::TRAFFIC | traffic as u64;
        Self { viewer, viewer_and_streamer: u64::from(rest) << 32 | u64::from(streamer), time }
    }

    /// The viewer.
    #[must_use]
    #[inline]
    pub fn viewer(&self) -> PersonKey {
        PersonKey::of_halves(self.viewer, (self.viewer_and_streamer >> 32) as u32)
    }

    /// The code of the streamer; as it is read, that of the broadcast where the row names one ([`super::row_code`]).
    #[must_use]
    #[inline]
    pub fn streamer(&self) -> u32 {
        self.viewer_and_streamer as u32
    }

    /// Puts another code in the place of the streamer's.
    #[inline]
    pub fn set_streamer(&mut self, code: u32) {
        self.viewer_and_streamer = self.viewer_and_streamer >> 32 << 32 | u64::from(code);
    }

    /// When it was entered, before any clipping.
    #[must_use]
    #[inline]
    pub fn start(&self) -> i64 {
        (self.time >> (Self::LENGTH + Self::TRAFFIC)) as i64 - Self::HALF
    }

    /// Its seconds, capped.
    #[must_use]
    #[inline]
    pub fn length(&self) -> i64 {
        (self.time >> Self::TRAFFIC & LONGEST_SESSION as u64) as i64
    }

    /// Whether it is longer than so many seconds; one of [`LONGEST_SESSION`] may have been longer than any.
    #[must_use]
    #[inline]
    pub fn is_longer_than(&self, seconds: i64) -> bool {
        self.length() > seconds || self.length() == LONGEST_SESSION
    }

    /// The first instant after the session; its start where the length is 0.
    #[must_use]
    #[inline]
    pub fn end(&self) -> i64 {
        self.start() + self.length()
    }

    /// The traffic that brought it.
    #[must_use]
    #[inline]
    pub fn traffic(&self) -> Traffic {
        // A table, since no branch on it could be foreseen.
        Traffic::ALL[((self.time & 3) as usize).min(Traffic::ALL.len() - 1)]
    }

    /// Whether two rows are of one viewer.
    #[must_use]
    #[inline]
    pub fn is_of_viewer_of(&self, other: &Self) -> bool {
        (self.viewer ^ other.viewer) | (self.viewer_and_streamer ^ other.viewer_and_streamer) >> 32 == 0
    }

    /// Exchanges two rows on a condition, without a branch.
    #[inline]
    pub fn exchange_if(&mut self, condition: bool, other: &mut Self) {
        let mask = u64::from(condition).wrapping_neg();
        let exchange = |a: &mut u64, b: &mut u64| {
            let difference = (*a ^ *b) & mask;
            *a ^= difference;
            *b ^= difference;
        };
        exchange(&mut self.viewer, &mut other.viewer);
        exchange(&mut self.viewer_and_streamer, &mut other.viewer_and_streamer);
        exchange(&mut self.time, &mut other.time);
    }

    /// The order by viewer, streamer and start.
    #[must_use]
    #[inline]
    pub fn compare(&self, other: &Self) -> Ordering {
        self.is_before(other).cmp(&other.is_before(self)).reverse()
    }

    /// Whether it comes before another in that order, without a branch: in sorting, none could be foreseen.
    #[must_use]
    #[inline]
    #[expect(clippy::needless_bitwise_bool, reason = "lazy operators are branches")]
    pub fn is_before(&self, other: &Self) -> bool {
        let key = |row: &Self| u128::from(row.viewer) << 64 | u128::from(row.viewer_and_streamer);
        let (own, others) = (key(self), key(other));
        (own < others) | (own == others) & (self.time < other.time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn traffic() -> impl Strategy<Value = Traffic> {
        prop::sample::select(vec![Traffic::Private, Traffic::Organic, Traffic::Paid])
    }

    prop_compose! {
        fn rows()(viewer in "u[0-2]", streamer in prop_oneof![0..3_u32, Just(u32::MAX)], start in prop_oneof![-2..2_i64, Just(-SessionRow::HALF), Just(SessionRow::HALF - 1)],
            length in prop_oneof![0..2_i64, Just(LONGEST_SESSION)], traffic in traffic()) -> (String, u32, i64, i64, Traffic) {
            (viewer, streamer, start, length, traffic)
        }
    }

    fn row((viewer, streamer, start, length, traffic): &(String, u32, i64, i64, Traffic)) -> SessionRow {
        SessionRow::new(
            PersonKey::new(viewer.as_bytes()),
            *streamer,
            Instant(*start),
            Seconds(*length),
            *traffic,
        )
    }

    proptest! {
        #[test]
        fn a_row_is_24_bytes_and_keeps_everything(of in rows(), other in any::<u32>()) {
            prop_assert_eq!(size_of::<SessionRow>(), 24);
            let mut row = row(&of);
            let (viewer, streamer, start, length, traffic) = of;
            let viewer = PersonKey::new(viewer.as_bytes());
            prop_assert_eq!((row.viewer(), row.streamer(), row.traffic()), (viewer, streamer, traffic));
            prop_assert_eq!((row.start(), row.length(), row.end()), (start, length, start + length));
            row.set_streamer(other);
            prop_assert_eq!((row.viewer(), row.streamer(), row.end()), (viewer, other, start + length));
        }

        #[test]
        fn rows_compare_by_viewer_streamer_and_start(a in rows(), b in rows()) {
            let key = |of: &(String, u32, i64, i64, Traffic)| (of.0.clone(), of.1, of.2);
            let (first, second) = (row(&a), row(&b));
            prop_assert!(key(&a) >= key(&b) || first.is_before(&second));
            prop_assert!(!(first.is_before(&second) && second.is_before(&first)));
            prop_assert_eq!(first == second, first.compare(&second).is_eq());
            prop_assert_eq!(first.is_before(&second), first.compare(&second).is_lt());
            prop_assert_eq!(a.0 == b.0, first.is_of_viewer_of(&second));
        }
    }

    #[test]
    fn starts_of_rows_are_in_the_years_882_to_3057() {
        for (time, can) in
            [("0882-01-01", true), ("0880-12-31", false), ("3058-01-01", true), ("3059-01-01", false)]
        {
            let time: jiff::civil::Date = time.parse().unwrap();
            let start = jiff::tz::TimeZone::UTC
                .to_timestamp(time.to_datetime(jiff::civil::Time::midnight()))
                .unwrap();
            assert_eq!(SessionRow::can_start(Instant(start.as_second())), can, "{time}");
        }
    }
}
