//! How many rows may be bad.

use std::fmt;

/// How many rows may be bad before a run fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxBad {
    /// So many rows of each input.
    Rows(u64),
    /// So many percent of the rows of each input.
    Percent(f64),
}

impl Default for MaxBad {
    fn default() -> Self {
        Self::Percent(1.0)
    }
}

impl MaxBad {
    /// Whether `bad` rows of `rows` are few enough.
    #[must_use]
    pub fn allows(self, bad: u64, rows: u64) -> bool {
        match self {
            Self::Rows(limit) => bad <= limit,
            Self::Percent(limit) => bad as f64 * 100.0 <= limit * rows as f64,
        }
    }
}

impl std::str::FromStr for MaxBad {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text:?} is neither a number of rows (100) nor a percentage (2%)");
        match text.strip_suffix('%') {
            None => text.parse().map(Self::Rows).map_err(|_| wrong()),
            Some(number) => {
                let percent: f64 = number.trim().parse().map_err(|_| wrong())?;
                if (0.0..=100.0).contains(&percent) { Ok(Self::Percent(percent)) } else { Err(wrong()) }
            }
        }
    }
}

impl fmt::Display for MaxBad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_rows_or_a_percentage() {
        assert_eq!("7".parse(), Ok(MaxBad::Rows(7)));
        assert_eq!("0.5%".parse(), Ok(MaxBad::Percent(0.5)));
        for bad in ["-1", "x", "101%", "NaN%", "%", ""] {
            assert!(bad.parse::<MaxBad>().is_err(), "{bad}");
        }
        assert!(MaxBad::Percent(1.0).allows(1, 100) && !MaxBad::Percent(1.0).allows(2, 100));
        assert!(MaxBad::Rows(0).allows(0, 0) && MaxBad::Percent(0.0).allows(0, 0));
    }
}
