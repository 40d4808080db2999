//! What viewing adds to a group, in 32 bytes.

use super::CompactRow;
use crate::journey::accumulate::Viewing;

/// The [`Viewing`] of fewer than 2³² persons, in half a line of the cache.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(32))]
pub struct ViewingRow {
    watch: u64,
    /// The lower and the upper bits of Σ seconds².
    squares: u64,
    carried: u32,
    viewers: u32,
    private: u32,
    paid: u32,
}

/// One person's viewing, of fewer than 2³² seconds.
#[derive(Debug, Clone, Copy)]
pub struct Viewed {
    watch: u32,
    private: bool,
    paid: bool,
}

impl Viewed {
    /// As [`Viewing::add`] takes it; `None` where the seconds are too many.
    #[must_use]
    #[inline]
    pub fn new(private: bool, paid: bool, watch: i64) -> Option<Self> {
        Some(Self { watch: watch.try_into().ok()?, private, paid })
    }
}

impl CompactRow for ViewingRow {
    type One = Viewed;
    type Sums = Viewing;
    const MOST_PERSONS: u64 = u32::MAX as u64;
    const STRETCH: u32 = 13;

    #[inline]
    fn add(&mut self, &Viewed { watch, private, paid }: &Viewed) {
        let watch = u64::from(watch);
        let (squares, carry) = self.squares.overflowing_add(watch * watch);
        self.watch += watch;
        self.squares = squares;
        self.carried += u32::from(carry);
        self.viewers += 1;
        self.private += u32::from(private);
        self.paid += u32::from(paid && !private);
    }

    fn sums(&self) -> Option<Viewing> {
        (self.viewers > 0).then(|| Viewing {
            viewers: self.viewers.into(),
            private: self.private.into(),
            paid: self.paid.into(),
            watch: self.watch as i64,
            watch_squared: i128::from(self.carried) << 64 | i128::from(self.squares),
        })
    }
}
