//! What is held against a number: exact where money and persons are, and a float where a ratio is.

use std::cmp::Ordering;

use super::decimal::Fraction;
use super::subjects::Value;

/// Ratios are 64-bit floats: those that differ by less than this part of what they were computed from are equal, so that 20 % against 25 % is
/// a change of 5 points.
const EQUAL: f64 = 1e-12;

/// What is held against a number.
pub(super) enum Size {
    Exact(Fraction),
    /// A float, and the largest of the numbers that it was computed from.
    Real(f64, f64),
    /// Something of nothing: more, or less, than any number.
    Endless(Ordering),
}

impl Size {
    pub(super) fn of(value: Value) -> Self {
        match value.fraction() {
            Some(fraction) => Self::Exact(fraction),
            None => Self::Real(value.to_f64(), 0.0),
        }
    }

    /// A value less another, or that as a part of the other.
    pub(super) fn change(now: Value, before: Value, as_part: bool) -> Self {
        let difference = match (now, before) {
            (Value::Money(now), Value::Money(before)) => now.checked_sub(before).map(Value::Money),
            (Value::Count(now), Value::Count(before)) => now.checked_sub(before).map(Value::Count),
            _ => None,
        };
        let largest = now.to_f64().abs().max(before.to_f64().abs());
        match difference {
            Some(difference) if as_part => Self::part(difference, before),
            Some(difference) => Self::of(difference),
            None if as_part => match Self::part(Value::Real(now.to_f64() - before.to_f64()), before) {
                Self::Real(part, _) => Self::Real(part, largest / before.to_f64().abs()),
                other => other,
            },
            None => Self::Real(now.to_f64() - before.to_f64(), largest),
        }
    }

    /// One value as a part of another: of nothing, nothing is no part, and anything else more (or less) than any part.
    pub(super) fn part(value: Value, of: Value) -> Self {
        if of.to_f64() == 0.0 {
            return match value.to_f64().total_cmp(&0.0) {
                _ if value.to_f64() == 0.0 => Self::Exact(Fraction { above: 0, below: 1 }),
                order => Self::Endless(order),
            };
        }
        let exact = match (value, of) {
            (Value::Money(above), Value::Money(below)) => below.checked_abs().map(|below| (above, below)),
            (Value::Count(above), Value::Count(below)) => Some((above.into(), i128::from(below).abs())),
            _ => None,
        };
        match exact {
            Some((above, below)) => Self::Exact(Fraction { above, below }),
            None => Self::Real(value.to_f64() / of.to_f64().abs(), 0.0),
        }
    }

    pub(super) fn order(&self, number: Fraction, nearest: f64) -> Ordering {
        match self {
            Self::Exact(fraction) => fraction.compare(number),
            Self::Endless(order) => *order,
            Self::Real(size, largest) => {
                let room = EQUAL * size.abs().max(nearest.abs()).max(*largest);
                if (size - nearest).abs() <= room { Ordering::Equal } else { size.total_cmp(&nearest) }
            }
        }
    }

    pub(super) fn to_f64(&self) -> f64 {
        match self {
            Self::Exact(fraction) => fraction.to_f64(),
            Self::Real(size, _) => *size,
            Self::Endless(Ordering::Less) => f64::NEG_INFINITY,
            Self::Endless(_) => f64::INFINITY,
        }
    }
}
