//! Times that come as numbers: what the text of each would be read as, without the text. `None` leaves a time to
//! [`TimeParser::parse`].

use jiff::civil::Date;

use super::TimeParser;
use crate::units::Instant;

/// Seconds in a day.
const DAY: i64 = 86_400;
/// The first second of the year 1, which is the first that a text can name, and the first after the year 9998.
const NAMED: std::ops::Range<i64> = -62_135_596_800..253_370_764_800;
/// Seconds and milliseconds since 1970 that a text tells apart by their digits.
const SECONDS: std::ops::Range<i64> = 1_000_000_000..10_000_000_000;
const MILLISECONDS: std::ops::Range<i64> = 1_000_000_000_000..10_000_000_000_000;

impl TimeParser {
    /// The instant of a second since 1970-01-01T00:00:00Z.
    #[inline]
    #[must_use]
    pub fn second(&self, second: i64) -> Option<Instant> {
        (self.formats.is_empty() && NAMED.contains(&second)).then_some(Instant(second))
    }

    /// The instant of a number of seconds or milliseconds.
    #[inline]
    #[must_use]
    pub fn epoch(&self, number: i64) -> Option<Instant> {
        if !self.formats.is_empty() {
            None
        } else if SECONDS.contains(&number) {
            Some(Instant(number))
        } else {
            MILLISECONDS.contains(&number).then(|| Instant(number.div_euclid(1_000)))
        }
    }

    /// The instant of a local time in seconds since 1970-01-01 00:00:00, on a day without a change of clocks.
    #[inline]
    pub fn local(&mut self, second: i64) -> Option<Instant> {
        let (day, clock) = (second.div_euclid(DAY), second.rem_euclid(DAY));
        if self.formats.is_empty() && self.last_day.0 == day {
            return Some(Instant(self.last_day.1 + clock));
        }
        self.another_day(day).map(|midnight| Instant(midnight + clock))
    }

    /// The midnight of another day than the one before, which is kept.
    #[cold]
    fn another_day(&mut self, day: i64) -> Option<i64> {
        if !self.formats.is_empty() {
            return None;
        }
        let date = jiff::Timestamp::from_second(day.checked_mul(DAY)?).ok()?;
        let date: Date = date.to_zoned(jiff::tz::TimeZone::UTC).date();
        let midnight =
            self.midnight(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()))?;
        self.last_day = (day, midnight);
        Some(midnight)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::TimeParser;

    fn shown(second: i64, format: &str) -> Option<String> {
        let time = jiff::Timestamp::from_second(second).ok()?;
        Some(time.to_zoned(jiff::tz::TimeZone::UTC).strftime(format).to_string())
    }

    proptest! {
        /// What is taken as a number is what its text would be read as.
        #[test]
        fn numbers_are_their_texts(
            number in prop_oneof![
                0_i64..4_102_444_800, -400_000_000_000_i64..400_000_000_000, 900_000_000_000_i64..11_000_000_000_000, any::<i64>(),
            ],
            zone in prop::sample::select(vec!["Asia/Shanghai", "America/New_York", "UTC"]),
            formats in prop::sample::select(vec![vec![], vec!["%d.%m.%Y %H:%M".to_owned()]]),
        ) {
            let zone = jiff::tz::TimeZone::get(zone).unwrap();
            let mut times = TimeParser::new(zone, formats.clone().into());
            let ways = [
                (times.second(number), shown(number, "%Y-%m-%d %H:%M:%SZ")),
                (times.local(number), shown(number, "%Y-%m-%d %H:%M:%S")),
                (times.local(number), shown(number, "%Y-%m-%d %H:%M:%S")),
                (times.epoch(number), Some(number.to_string())),
            ];
            for (quick, text) in ways {
                if let Some(quick) = quick {
                    let text = text.unwrap();
                    prop_assert_eq!(times.parse(text.as_bytes()), Ok(Some(quick)), "{}", text);
                }
            }
            if formats.is_empty() && (0..4_000_000_000).contains(&number) {
                prop_assert!(times.second(number).is_some());
            }
        }
    }
}
