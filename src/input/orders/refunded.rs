//! The refund in an order's own row: its amount, and what its time says under `--refund-within`.

use super::OrderRow;
use crate::input::binding::Origin;
use crate::input::cells::time_cell;
use crate::input::parse::money::is_null;
use crate::input::parse::time::TimeParser;
use crate::input::parse::trim;
use crate::input::records::Record;
use crate::input::rejects::Fault;
use crate::units::{Instant, MinorUnits, Seconds};

/// What the time of a refund says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundTiming {
    /// It counts: it was made in time, or times do not matter.
    Counts,
    /// It was made later than `--refund-within` after the payment, and is not subtracted.
    Late,
    /// Its time is needed and not known.
    Undated,
}

impl RefundTiming {
    /// What holds for a refund of an order paid at `paid_at`; both ends of `within` count, and a refund of nothing needs no time.
    #[must_use]
    pub fn of(refund: MinorUnits, paid_at: Instant, refunded_at: Option<Instant>, within: Seconds) -> Self {
        match refunded_at {
            _ if refund.0 == 0 => Self::Counts,
            None => Self::Undated,
            Some(refunded_at) if refunded_at.0.saturating_sub(paid_at.0) <= within.0 => Self::Counts,
            Some(_) => Self::Late,
        }
    }
}

/// A refund and its timing in 8 bytes: amounts need 50 bits, the two above the 60th hold the timing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub(super) struct Refunded(i64);

impl Refunded {
    /// The export does not say.
    pub(super) const UNKNOWN: Self = Self(-1);
    const LATE: i64 = 1 << 60;
    const UNDATED: i64 = 1 << 61;
    const AMOUNT: i64 = Self::LATE - 1;

    /// A refund of at most [`LARGEST`](crate::input::parse::money::LARGEST).
    pub(super) fn new(amount: MinorUnits, timing: RefundTiming) -> Self {
        Self(match timing {
            RefundTiming::Counts => amount.0,
            RefundTiming::Late => amount.0 | Self::LATE,
            RefundTiming::Undated => amount.0 | Self::UNDATED,
        })
    }

    fn get(self) -> Option<(MinorUnits, RefundTiming)> {
        let timing = match self {
            Self::UNKNOWN => return None,
            Self(refund) if refund & Self::LATE != 0 => RefundTiming::Late,
            Self(refund) if refund & Self::UNDATED != 0 => RefundTiming::Undated,
            Self(_) => RefundTiming::Counts,
        };
        Some((MinorUnits(self.0 & Self::AMOUNT), timing))
    }
}

impl OrderRow {
    /// What was refunded, and whether it counts; `None` where the export does not say.
    #[must_use]
    pub fn refund(&self) -> Option<(MinorUnits, RefundTiming)> {
        self.refund.get()
    }

    /// As if the export did not say what was refunded.
    pub fn forget_refund(&mut self) {
        self.refund = Refunded::UNKNOWN;
    }

    /// Puts what after-sales rows say in place of the row's own refund; the amount is at most the row's.
    pub fn replace_refund(&mut self, amount: MinorUnits, timing: RefundTiming) {
        self.refund = Refunded::new(amount, timing);
    }
}

/// The time of a refund; `None` for a blank and for the words that exports write where there is nothing.
pub(in crate::input) fn refund_time(
    field: &'static str,
    origin: &Origin,
    record: &Record<'_>,
    times: &mut TimeParser,
) -> Result<Option<Instant>, Fault> {
    if is_null(trim(&origin.text(record))) {
        return Ok(None);
    }
    time_cell(field, origin, record, times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::parse::money::LARGEST;

    #[test]
    fn a_refund_keeps_its_amount_and_timing() {
        assert_eq!(Refunded::UNKNOWN.get(), None);
        for amount in [0, 1, 10_000, LARGEST] {
            for timing in [RefundTiming::Counts, RefundTiming::Late, RefundTiming::Undated] {
                let refund = (MinorUnits(amount), timing);
                assert_eq!(Refunded::new(refund.0, refund.1).get(), Some(refund));
            }
        }
    }

    #[test]
    fn both_ends_of_the_age_count() {
        let of = |amount, refunded_at: Option<i64>| {
            RefundTiming::of(MinorUnits(amount), Instant(1_000), refunded_at.map(Instant), Seconds(60))
        };
        assert_eq!(of(5, Some(1_060)), RefundTiming::Counts);
        assert_eq!(of(5, Some(1_061)), RefundTiming::Late);
        assert_eq!(of(5, Some(10)), RefundTiming::Counts);
        assert_eq!(of(5, None), RefundTiming::Undated);
        assert_eq!(of(0, None), RefundTiming::Counts);
    }
}
