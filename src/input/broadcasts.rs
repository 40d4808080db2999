//! Broadcasts that rows name: pairs of a streamer and a `live_id`, as small numbers.
//!
//! A row of sessions keeps its 24 bytes: the code of a broadcast stands where that of the streamer would.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;

use super::binding::Origin;
use super::cells::fault;
use super::parse::id::{is_mangled, unguard};
use super::quick::Lately;
use super::records::Record;
use super::rejects::{Fault, Reason};
use crate::calendar::Calendar;
use crate::units::{IdKey, Instant};

/// Marks the code of a broadcast among those of streamers.
const MARK: u32 = 1 << 31;
/// What exports write where there is no broadcast.
const NULLS: [&[u8]; 4] = [b"-", b"--", "—".as_bytes(), b"/"];

/// One broadcast: a `live_id` that two streamers share is two of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    /// The code of the streamer.
    pub streamer: u32,
    /// The `live_id`.
    pub live: Arc<str>,
}

/// The broadcasts that rows name and their numbers, from 0 in the order of arrival, shared by all workers: which thread comes first decides,
/// so nothing that is written may depend on them.
#[derive(Debug, Default)]
pub struct BroadcastNumbers {
    known: Mutex<(HashTable<Known>, Vec<Broadcast>)>,
    /// What workers knew that are gone, for others: sessions and orders name the same broadcasts.
    views: Mutex<Vec<View>>,
}

impl BroadcastNumbers {
    fn learn(&self, streamer: u32, key: IdKey, live: &[u8]) -> u32 {
        let (known, all) = &mut *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |known: &Known| (known.streamer, known.key) == (streamer, key);
        if let Some(known) = known.find(hash(streamer, key), is_it) {
            return known.number;
        }
        let number = all.len() as u32;
        all.push(Broadcast { streamer, live: Arc::from(&*String::from_utf8_lossy(live)) });
        known.insert_unique(hash(streamer, key), Known { key, streamer, number }, Known::hash);
        number
    }

    /// The broadcasts by their numbers.
    #[must_use]
    pub fn into_broadcasts(self) -> Vec<Broadcast> {
        self.known.into_inner().unwrap_or_else(PoisonError::into_inner).1
    }

    fn views(&self) -> MutexGuard<'_, Vec<View>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key of a `live_id`, a streamer, and the number of the two.
#[derive(Debug, Clone, Copy)]
struct Known {
    key: IdKey,
    streamer: u32,
    number: u32,
}

impl Known {
    fn hash(&self) -> u64 {
        hash(self.streamer, self.key)
    }
}

fn hash(streamer: u32, key: IdKey) -> u64 {
    key.mixed() ^ u64::from(streamer).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The numbers of broadcasts that a worker has seen.
#[derive(Debug, Default)]
struct View {
    seen: HashTable<Known>,
    /// Streamers and numbers by the keys of ids.
    lately: Lately<(u32, u32)>,
}

/// One worker's view of the numbers of broadcasts, which asks for those that it has not seen.
#[derive(Debug)]
pub struct BroadcastCoder<'d> {
    numbers: &'d BroadcastNumbers,
    view: View,
}

impl Drop for BroadcastCoder<'_> {
    fn drop(&mut self) {
        self.numbers.views().push(std::mem::take(&mut self.view));
    }
}

impl<'d> BroadcastCoder<'d> {
    /// A view of the numbers.
    #[must_use]
    pub fn new(numbers: &'d BroadcastNumbers) -> Self {
        Self { numbers, view: numbers.views().pop().unwrap_or_default() }
    }

    /// The number of a streamer's broadcast; `live` must not be empty.
    pub fn number(&mut self, streamer: u32, live: &[u8]) -> u32 {
        self.number_of_key(streamer, IdKey::new(live), || live)
    }

    /// The number of a streamer's broadcast whose id's key is at hand.
    #[inline]
    pub fn number_of_key<T: AsRef<[u8]>>(
        &mut self,
        streamer: u32,
        key: IdKey,
        live: impl FnOnce() -> T,
    ) -> u32 {
        if let Some((of, number)) = self.view.lately.find(key)
            && of == streamer
        {
            return number;
        }
        let is_it = |known: &Known| (known.streamer, known.key) == (streamer, key);
        let number = match self.view.seen.find(hash(streamer, key), is_it) {
            Some(known) => known.number,
            None => self.learn(streamer, key, live().as_ref()),
        };
        self.view.lately.keep(key, (streamer, number));
        number
    }

    #[cold]
    fn learn(&mut self, streamer: u32, key: IdKey, live: &[u8]) -> u32 {
        let number = self.numbers.learn(streamer, key, live);
        self.view.seen.insert_unique(hash(streamer, key), Known { key, streamer, number }, Known::hash);
        number
    }
}

/// On which business days sessions name each broadcast: all that a run needs of it which does not group by broadcast, and known while
/// reading, where rows of one broadcast stand together. Periods are whole days.
#[derive(Debug, Clone)]
pub struct AiredDays {
    calendar: Calendar,
    /// The day asked for last, its first instant and the first after it: rows are mostly in the order of time.
    day: (i64, i64),
    /// For each broadcast by its number, the first instant of the first day and the first after the last; every day between has a session.
    days: Vec<(i64, i64)>,
}

impl AiredDays {
    /// By this clock; no day yet.
    #[must_use]
    pub fn new(calendar: Calendar) -> Self {
        Self { calendar, day: (0, 0), days: Vec::new() }
    }

    /// Takes note of a session from `start` to `end`; `false`, and nothing is noted, where its days are apart from those known.
    #[inline]
    pub fn note(&mut self, broadcast: u32, start: i64, end: i64) -> bool {
        let last = end.max(start + 1) - 1;
        let known = self.days.get(broadcast as usize);
        known.is_some_and(|known| known.0 <= start && last < known.1) || self.learn(broadcast, start, last)
    }

    /// The first instant of the days of a broadcast that are known, and the first after them; the same twice where none is.
    #[must_use]
    pub fn of(&self, broadcast: u32) -> (i64, i64) {
        self.days.get(broadcast as usize).copied().unwrap_or_default()
    }

    #[cold]
    fn learn(&mut self, broadcast: u32, start: i64, last: i64) -> bool {
        let (Some((from, _)), Some((_, to))) = (self.day(start), self.day(last)) else { return false };
        let at = broadcast as usize;
        if at >= self.days.len() {
            self.days.resize(at + 1, (0, 0));
        }
        let known = &mut self.days[at];
        if known.0 == known.1 {
            *known = (from, to);
        } else if from <= known.1 && known.0 <= to {
            *known = (known.0.min(from), known.1.max(to));
        } else {
            return false;
        }
        true
    }

    /// The first instant of the day of an instant, and the first after it.
    fn day(&mut self, instant: i64) -> Option<(i64, i64)> {
        if !(self.day.0..self.day.1).contains(&instant) {
            let date = self.calendar.date_of(Instant(instant)).ok()?;
            let next = date.tomorrow().ok()?;
            self.day = (self.calendar.start_of(date).0, self.calendar.start_of(next).0);
        }
        Some(self.day)
    }

    /// The broadcasts with the first instant of their days and the first after them.
    pub fn all(&self) -> impl Iterator<Item = (u32, i64, i64)> {
        let numbered = self.days.iter().enumerate().filter(|(_, (from, to))| from < to);
        numbered.map(|(number, (from, to))| (number as u32, *from, *to))
    }
}

/// The code that a row carries: that of its broadcast, by its number, or that of its streamer.
#[must_use]
#[inline]
pub fn row_code(streamer: u32, broadcast: Option<u32>) -> u32 {
    broadcast.map_or(streamer, |number| number | MARK)
}

/// The number of the broadcast of a row, or the code of its streamer.
///
/// # Errors
/// The code of the streamer, where the row names no broadcast.
#[inline]
pub fn broadcast_of(code: u32) -> Result<u32, u32> {
    if names_broadcast(code) { Ok(code & !MARK) } else { Err(code) }
}

/// Whether a row's code is that of a broadcast.
#[must_use]
#[inline]
pub fn names_broadcast(code: u32) -> bool {
    code & MARK != 0
}

/// The id of the broadcast in a cell, without guards; empty where the row names none.
///
/// # Errors
/// When it is in scientific notation.
#[inline]
pub fn live_cell<'r>(
    origin: &'r Origin,
    record: &Record<'r>,
    allow_mangled: bool,
) -> Result<Cow<'r, [u8]>, Fault> {
    if !origin.is_there() {
        return Ok(Cow::Borrowed(b""));
    }
    let live = match origin.text(record) {
        Cow::Borrowed(cell) => Cow::Borrowed(unguard(cell)),
        Cow::Owned(cell) => Cow::Owned(unguard(&cell).to_vec()),
    };
    if !allow_mangled && is_mangled(&live) {
        return Err(fault("live_id", origin, Reason::MangledId, &live));
    }
    Ok(if is_nothing(&live) { Cow::Borrowed(b"") } else { live })
}

/// Whether a cell says that there is no broadcast, or no streamer.
#[inline]
#[must_use]
pub fn is_nothing(id: &[u8]) -> bool {
    // Ids are longer: one comparison for most.
    id.is_empty() || id.len() <= 3 && NULLS.contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_id_of_two_streamers_is_two_broadcasts() {
        let numbers = BroadcastNumbers::default();
        let (mut coder, mut other) = (BroadcastCoder::new(&numbers), BroadcastCoder::new(&numbers));
        let asked = [(1, "L"), (2, "L"), (1, "L"), (12, "1L")];
        assert_eq!(asked.map(|(s, live)| coder.number(s, live.as_bytes())), [0, 1, 0, 2]);
        assert_eq!(asked.map(|(s, live)| other.number(s, live.as_bytes())), [0, 1, 0, 2]);
        drop((coder, other));
        assert_eq!(BroadcastCoder::new(&numbers).view.seen.len(), 3, "what a worker knew that is gone");
        let broadcasts = numbers.into_broadcasts();
        let found: Vec<_> = broadcasts.iter().map(|one| (one.streamer, one.live.to_string())).collect();
        let expected = [(1, "L"), (2, "L"), (12, "1L")].map(|(s, live)| (s, live.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn days_of_a_broadcast_are_one_stretch_or_left_to_the_rows() {
        const DAY: i64 = 86_400;
        let calendar = Calendar {
            zone: jiff::tz::TimeZone::UTC,
            day_start: jiff::civil::time(5, 0, 0, 0),
            week_start: jiff::civil::Weekday::Monday,
        };
        let start = 5 * 3_600;
        let mut days = AiredDays::new(calendar);
        assert!(days.note(3, start + 10, start + 20) && days.note(3, start + DAY - 1, start + DAY));
        assert_eq!(days.all().collect::<Vec<_>>(), [(3, start, start + DAY)]);
        // Past the end of the day, and on the day before.
        assert!(days.note(3, start + DAY - 1, start + DAY + 1) && days.note(3, start - 7, start - 7));
        assert_eq!(days.all().collect::<Vec<_>>(), [(3, start - DAY, start + 2 * DAY)]);
        assert!(
            !days.note(3, start + 3 * DAY, start + 3 * DAY) && days.note(0, start + 3 * DAY, start + 3 * DAY)
        );
        assert_eq!(days.all().count(), 2);
        assert!(!days.note(1, i64::MAX - 1, i64::MAX - 1));
    }

    #[test]
    fn codes_of_rows_tell_broadcasts_from_streamers() {
        assert_eq!(broadcast_of(row_code(7, None)), Err(7));
        assert_eq!(broadcast_of(row_code(7, Some(0))), Ok(0));
        assert_eq!(broadcast_of(row_code(7, Some(9))), Ok(9));
    }
}
