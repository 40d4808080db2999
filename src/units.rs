//! Units as types: money, watch time and instants, so that none of them travels as a bare number.

/// Money in whole minor units (1/100 of the currency), as one order or one row carries it.
///
/// Sums of it are `i128`, so that no sum of 64-bit amounts can overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MinorUnits(pub i64);

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seconds(pub i64);

impl Seconds {
    /// Seconds in an hour, the unit that watch time is shown in.
    pub const PER_HOUR: i64 = 3_600;
    /// Seconds in a day without a change of clocks.
    pub const PER_DAY: i64 = 86_400;
}

/// An instant in whole seconds since 1970-01-01T00:00:00Z; parts of a second are floored on reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// A confidence level strictly between 0 and 1, such as 0.95.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Level(f64);

impl Level {
    /// The level, or `None` unless it lies strictly between 0 and 1 (NaN does not).
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0 < value && value < 1.0).then_some(Self(value))
    }

    /// The level as a number between 0 and 1.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}
