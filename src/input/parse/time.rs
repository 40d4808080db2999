//! Times, as exports write them, to instants. A date's order is never guessed: year first, or as the profile says.

#[cfg(test)]
mod tests;
mod typed;

use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use super::trim;
use crate::units::Instant;

/// Why a cell is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeError {
    /// The text has none of the forms that are understood.
    NotTime,
    /// The form is right, but there is no such date or time of day.
    NoSuchTime,
    /// There is such a time, but no instant can be reckoned for it.
    OutOfRange,
}

/// The first year of the table of days.
const FIRST_YEAR: i64 = 1970;
/// Years in the table of days (378 KiB for each worker, of which only the days in use are ever touched).
const YEARS: i64 = 130;
/// Bytes that no text in UTF-8 holds.
const NO_DATE: Prefix = (u64::MAX, u32::MAX);
/// A day that is not in the table yet.
const UNKNOWN: i64 = i64::MIN;
/// A day that needs the slow path: it does not exist, or the clock changes on it.
const IRREGULAR: i64 = i64::MIN + 1;

/// A date and what stands between it and the time of day, in two words that overlap.
type Prefix = (u64, u32);
/// Places for dates: all last digits of a day.
const KNOWN: usize = 16;

/// A parser of times of one zone; each worker has its own, since it remembers days.
#[derive(Debug, Clone)]
pub struct TimeParser {
    zone: TimeZone,
    formats: Arc<[String]>,
    /// The instant of each day's local midnight, where no clock changes on it; empty before the first day.
    days: Vec<i64>,
    /// Dates that were read, as bytes, and their midnights, at the last digit of the day: most times of a block are of a few days.
    known: [(Prefix, i64); KNOWN],
    /// The last day that was a number, and its midnight.
    last_day: (i64, i64),
}

impl TimeParser {
    /// A parser of local times of `zone`; `formats` (strftime) come before the forms that are always understood.
    #[must_use]
    pub fn new(zone: TimeZone, formats: Arc<[String]>) -> Self {
        Self { zone, formats, days: Vec::new(), known: [(NO_DATE, 0); KNOWN], last_day: (i64::MIN, 0) }
    }

    /// The instant that a cell names; `None` for a blank.
    ///
    /// Forms: the profile's; `2026-03-27 11:11:55` and its like with `/`, `T`, one-digit parts, without seconds, with parts of a
    /// second (floored), with `Z` or an offset; a date alone (its midnight); epoch seconds (10 digits) and milliseconds (13).
    ///
    /// # Errors
    /// See [`TimeError`].
    #[inline]
    pub fn parse(&mut self, cell: &[u8]) -> Result<Option<Instant>, TimeError> {
        let cell = trim(cell);
        if let (true, Ok(text)) = (self.formats.is_empty(), <&[u8; 19]>::try_from(cell))
            && let Some(instant) = self.common(text)
        {
            return Ok(Some(instant));
        }
        if cell.is_empty() {
            return Ok(None);
        }
        self.parse_slowly(cell).map(Some)
    }

    /// The same of `YYYY-MM-DD HH:MM:SS` or ten digits without anything around them, mostly in a few instructions; `None` leaves it to
    /// [`TimeParser::parse`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "two of them in each row of sessions")]
    pub fn quick(&mut self, cell: &[u8]) -> Option<Instant> {
        if let Ok(text) = cell.try_into()
            && let Some(instant) = self.on_known_day(text)
        {
            return Some(instant);
        }
        self.on_another_day(cell)
    }

    /// The same of `YYYY-MM-DD HH:MM:SS` on a day that was read lately; `None` leaves it to [`TimeParser::on_another_day`].
    #[must_use]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "two of them in each row of sessions")]
    pub fn on_known_day(&self, text: &[u8; 19]) -> Option<Instant> {
        let (known, midnight) = self.known[usize::from(text[9]) % KNOWN];
        let clock = clock(u64::from_le_bytes(*text.last_chunk()?))?;
        let (date, end) = prefix(text);
        ((date ^ known.0) | u64::from(end ^ known.1) == 0).then_some(Instant(midnight + clock))
    }

    /// The same on any other day, which is kept; or of ten digits.
    #[inline(never)]
    pub fn on_another_day(&mut self, cell: &[u8]) -> Option<Instant> {
        if !self.formats.is_empty() {
            return None;
        }
        let Ok(text) = <&[u8; 19]>::try_from(cell) else {
            let is_epoch = cell.len() == 10 && cell.iter().all(u8::is_ascii_digit);
            return is_epoch
                .then(|| Instant(cell.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))));
        };
        let instant = self.common(text)?;
        let clock = clock(u64::from_le_bytes(*text.last_chunk()?))?;
        self.known[usize::from(text[9]) % KNOWN] = (prefix(text), instant.0 - clock);
        Some(instant)
    }

    /// `YYYY-MM-DD HH:MM:SS` on a day without a change of clocks; `None` sends the cell to the slow path.
    #[inline]
    fn common(&mut self, text: &[u8; 19]) -> Option<Instant> {
        let separators = text[4] == text[7]
            && matches!(text[4], b'-' | b'/')
            && matches!(text[10], b' ' | b'T')
            && text[13] == b':'
            && text[16] == b':';
        let mut digits = [0_i64; 14];
        let mut all = true;
        for (digit, at) in digits.iter_mut().zip([0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]) {
            let value = text[at].wrapping_sub(b'0');
            all &= value <= 9;
            *digit = i64::from(value);
        }
        let [y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, n1, n2, s1, s2] = digits;
        let (hour, minute, second) = (h1 * 10 + h2, n1 * 10 + n2, s1 * 10 + s2);
        if !separators || !all || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let midnight = self.midnight(y1 * 1000 + y2 * 100 + y3 * 10 + y4, m1 * 10 + m2, d1 * 10 + d2)?;
        Some(Instant(midnight + hour * 3600 + minute * 60 + second))
    }

    /// The instant of the local midnight of a day on which no clock changes.
    #[inline]
    fn midnight(&mut self, year: i64, month: i64, day: i64) -> Option<i64> {
        let slot = ((year - FIRST_YEAR) * 12 + month - 1) * 31 + day - 1;
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        if self.days.is_empty() {
            self.days = vec![UNKNOWN; (YEARS * 12 * 31) as usize];
        }
        let known = usize::try_from(slot).ok().and_then(|slot| self.days.get_mut(slot))?;
        if *known == UNKNOWN {
            *known = regular_midnight(&self.zone, year, month, day).unwrap_or(IRREGULAR);
        }
        (*known != IRREGULAR).then_some(*known)
    }

    fn parse_slowly(&self, cell: &[u8]) -> Result<Instant, TimeError> {
        let text = std::str::from_utf8(cell).map_err(|_| TimeError::NotTime)?;
        for format in self.formats.iter() {
            if let Ok(parts) = jiff::fmt::strtime::parse(format, text) {
                let date = parts.to_date().ok().filter(|date| date.year() > 0);
                let date = date.ok_or(TimeError::NoSuchTime)?;
                let time = parts.to_time().unwrap_or(Time::midnight());
                return self.instant(DateTime::from_parts(date, time), parts.offset());
            }
        }
        if cell.iter().all(u8::is_ascii_digit) {
            return epoch(text);
        }
        let (local, offset) = Scan { rest: text.as_bytes() }.date_time()?;
        self.instant(local, offset)
    }

    fn instant(&self, local: DateTime, offset: Option<Offset>) -> Result<Instant, TimeError> {
        let stamp = match offset {
            Some(offset) => offset.to_timestamp(local),
            None => self.zone.to_timestamp(local),
        };
        Ok(Instant(stamp.map_err(|_| TimeError::OutOfRange)?.as_second()))
    }
}

/// The first eleven bytes of `YYYY-MM-DD HH:MM:SS`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "two of them in each row of sessions")]
fn prefix(text: &[u8; 19]) -> Prefix {
    let (date, _) = text.split_at(11);
    let word = |bytes: Option<&[u8; 8]>| bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let end = |bytes: Option<&[u8; 4]>| bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes));
    (word(date.first_chunk()), end(date.last_chunk()))
}

/// The second of the day of `HH:MM:SS`, read as a little-endian word; `None` if it is none.
#[inline(always)]
#[expect(clippy::inline_always, reason = "two of them in each row of sessions")]
fn clock(word: u64) -> Option<i64> {
    // Digits become 0 to 9, colons 0: in each byte anything above 9 carries into the highest bit.
    let digits = word ^ 0x3030_3A30_303A_3030;
    let no_digits = digits.wrapping_add(0x7676_7F76_767F_7676) | digits;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00FF_0000_FF00_00FF;
    // The same of what is above 59, or of hours above 23.
    let no_such = pairs + 0x0044_0000_4400_0068;
    if (no_digits | no_such) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let (hour, minute, second) = (pairs & 0xFF, pairs >> 24 & 0xFF, pairs >> 48);
    Some((hour * 3600 + minute * 60 + second) as i64)
}

fn regular_midnight(zone: &TimeZone, year: i64, month: i64, day: i64) -> Option<i64> {
    let date = Date::new(i16::try_from(year).ok()?, month as i8, day as i8).ok()?;
    let first = zone.to_timestamp(date.to_datetime(Time::midnight())).ok()?.as_second();
    let next = zone.to_timestamp(date.tomorrow().ok()?.to_datetime(Time::midnight())).ok()?.as_second();
    let steady = zone.following(jiff::Timestamp::from_second(first - 1).ok()?).next();
    let changes = steady.is_some_and(|change| change.timestamp().as_second() <= next);
    (next - first == 86_400 && !changes).then_some(first)
}

/// Ten digits are seconds since 1970, thirteen milliseconds; anything else is no time.
fn epoch(text: &str) -> Result<Instant, TimeError> {
    let number: i64 = text.parse().map_err(|_| TimeError::NotTime)?;
    match text.len() {
        10 => Ok(Instant(number)),
        13 => Ok(Instant(number.div_euclid(1000))),
        _ => Err(TimeError::NotTime),
    }
}

/// What is left of a text that is read from the front.
struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn date_time(mut self) -> Result<(DateTime, Option<Offset>), TimeError> {
        let year = self.number(4, 4)?;
        let separator = self.any(b"-/.").ok_or(TimeError::NotTime)?;
        let month = self.number(1, 2)?;
        self.require(separator)?;
        let day = self.number(1, 2)?;
        // There is no year 0: it is what is left of a date that was lost.
        let date = Date::new(year, month as i8, day as i8).ok().filter(|date| date.year() > 0);
        let date = date.ok_or(TimeError::NoSuchTime)?;
        if self.rest.is_empty() {
            return Ok((date.to_datetime(Time::midnight()), None));
        }
        if self.any(b"T").is_none() {
            self.require(b' ')?;
            while self.any(b" ").is_some() {}
        }
        let time = self.time()?;
        let offset = self.offset()?;
        if self.rest.is_empty() { Ok((date.to_datetime(time), offset)) } else { Err(TimeError::NotTime) }
    }

    fn time(&mut self) -> Result<Time, TimeError> {
        let hour = self.number(1, 2)?;
        self.require(b':')?;
        let minute = self.number(2, 2)?;
        let mut second = 0;
        if self.any(b":").is_some() {
            second = self.number(2, 2)?;
            if self.any(b".,").is_some() {
                self.number(1, 1)?;
                while self.number(1, 1).is_ok() {}
            }
        }
        if hour > 23 || minute > 59 || second > 59 {
            return Err(TimeError::NoSuchTime);
        }
        Time::new(hour as i8, minute as i8, second as i8, 0).map_err(|_| TimeError::NoSuchTime)
    }

    fn offset(&mut self) -> Result<Option<Offset>, TimeError> {
        while self.any(b" ").is_some() {}
        if self.any(b"Zz").is_some() {
            return Ok(Some(Offset::UTC));
        }
        let Some(sign) = self.any(b"+-") else { return Ok(None) };
        let hours = i32::from(self.number(2, 2)?);
        let colon = self.any(b":").is_some();
        let minutes = if colon || !self.rest.is_empty() { i32::from(self.number(2, 2)?) } else { 0 };
        // No place keeps a clock more than 18 hours from UTC: beyond it the digits are no offset.
        if minutes > 59 || hours * 60 + minutes > 18 * 60 {
            return Err(TimeError::NoSuchTime);
        }
        let seconds = (hours * 60 + minutes) * 60 * if sign == b'-' { -1 } else { 1 };
        Offset::from_seconds(seconds).map(Some).map_err(|_| TimeError::NoSuchTime)
    }

    /// A number of `least` to `most` digits.
    fn number(&mut self, least: usize, most: usize) -> Result<i16, TimeError> {
        let digits = self.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if digits < least {
            return Err(TimeError::NotTime);
        }
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        Ok(number.iter().fold(0, |value, digit| value * 10 + i16::from(digit - b'0')))
    }

    fn any(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        bytes.contains(&first).then(|| {
            self.rest = rest;
            first
        })
    }

    fn require(&mut self, byte: u8) -> Result<(), TimeError> {
        self.any(&[byte]).map(|_| ()).ok_or(TimeError::NotTime)
    }
}
