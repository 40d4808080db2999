//! Broadcasts that rows name: pairs of a streamer and a `live_id`, as small numbers.
//!
//! A row of sessions keeps its 32 bytes: the code of a broadcast stands where that of the streamer would.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::binding::Origin;
use super::cells::fault;
use super::dictionary::Dictionary;
use super::parse::id::{is_mangled, unguard};
use super::quick::Lately;
use super::records::Record;
use super::rejects::{Fault, Reason};
use crate::calendar::Calendar;
use crate::units::{IdKey, Instant};

/// Between the code of the streamer and the id in the text of a broadcast.
const SEPARATOR: char = '\u{1F}';
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

/// One worker's numbers of broadcasts, from 0; the number depends on which thread came first.
#[derive(Debug)]
pub struct BroadcastCoder<'d> {
    dictionary: &'d Dictionary,
    seen: HashTable<Known>,
    /// The broadcast of the row before: rows of one mostly stand together.
    last: Option<Known>,
    /// Streamers and numbers by the keys of ids.
    lately: Lately<(u32, u32)>,
}

/// A streamer, a `live_id` and the number of the two.
type Known = (u32, Arc<[u8]>, u32);

impl<'d> BroadcastCoder<'d> {
    /// A view of the dictionary of broadcasts.
    #[must_use]
    pub fn new(dictionary: &'d Dictionary) -> Self {
        Self { dictionary, seen: HashTable::new(), last: None, lately: Lately::new() }
    }

    /// The number of a streamer's broadcast; `live` must not be empty.
    #[inline]
    pub fn number(&mut self, streamer: u32, live: &[u8]) -> u32 {
        let is_it = |known: &Known| known.0 == streamer && *known.1 == *live;
        if let Some(last) = self.last.as_ref().filter(|last| is_it(last)) {
            return last.2;
        }
        let found = self.seen.find(hash(streamer, live), is_it).cloned();
        let known = found.unwrap_or_else(|| self.learn(streamer, live));
        let number = known.2;
        self.last = Some(known);
        number
    }

    /// The number of a streamer's broadcast whose id's key is at hand.
    #[inline]
    pub fn number_of_key<T: AsRef<[u8]>>(
        &mut self,
        streamer: u32,
        key: IdKey,
        live: impl FnOnce() -> T,
    ) -> u32 {
        if let Some((of, number)) = self.lately.find(key)
            && of == streamer
        {
            return number;
        }
        let number = self.number(streamer, live().as_ref());
        self.lately.keep(key, (streamer, number));
        number
    }

    #[cold]
    fn learn(&mut self, streamer: u32, live: &[u8]) -> Known {
        let text = format!("{streamer}{SEPARATOR}{}", String::from_utf8_lossy(live));
        let known = (streamer, Arc::from(live), self.dictionary.code_of(&text));
        self.seen.insert_unique(hash(streamer, live), known.clone(), |known| hash(known.0, &known.1));
        known
    }
}

fn hash(streamer: u32, live: &[u8]) -> u64 {
    FixedState::default().hash_one((streamer, live))
}

/// On which business days sessions name each broadcast: all that a run needs of it which does not group by broadcast, and known while
/// reading, where rows of one broadcast stand together. Periods are whole days.
#[derive(Debug, Clone)]
pub struct AiredDays {
    calendar: Calendar,
    /// For each broadcast by its number, the first instant of the first day and the first after the last; every day between has a session.
    days: Vec<(i64, i64)>,
}

impl AiredDays {
    /// By this clock; no day yet.
    #[must_use]
    pub fn new(calendar: Calendar) -> Self {
        Self { calendar, days: Vec::new() }
    }

    /// Takes note of a session from `start` to `end`; `false`, and nothing is noted, where its days are apart from those known.
    #[inline]
    pub fn note(&mut self, broadcast: u32, start: i64, end: i64) -> bool {
        let last = end.max(start + 1) - 1;
        let known = self.days.get(broadcast as usize);
        known.is_some_and(|known| known.0 <= start && last < known.1) || self.learn(broadcast, start, last)
    }

    #[cold]
    fn learn(&mut self, broadcast: u32, start: i64, last: i64) -> bool {
        let day = |instant| {
            let date = self.calendar.date_of(Instant(instant)).ok()?;
            Some((
                self.calendar.start_of(date).ok()?.0,
                self.calendar.start_of(date.tomorrow().ok()?).ok()?.0,
            ))
        };
        let (Some((from, _)), Some((_, to))) = (day(start), day(last)) else { return false };
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

    /// The broadcasts with the first instant of their days and the first after them.
    pub fn all(&self) -> impl Iterator<Item = (u32, i64, i64)> {
        let numbered = self.days.iter().enumerate().filter(|(_, (from, to))| from < to);
        numbered.map(|(number, (from, to))| (number as u32, *from, *to))
    }
}

/// The broadcasts by their numbers.
#[must_use]
pub fn broadcasts(dictionary: Dictionary) -> Vec<Broadcast> {
    let broadcast = |text: &Arc<str>| {
        let (streamer, live) = text.split_once(SEPARATOR).unwrap_or_default();
        Broadcast { streamer: streamer.parse().unwrap_or_default(), live: Arc::from(live) }
    };
    dictionary.into_texts().iter().map(broadcast).collect()
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
    if code & MARK == 0 { Err(code) } else { Ok(code & !MARK) }
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
        let dictionary = Dictionary::default();
        let mut coder = BroadcastCoder::new(&dictionary);
        let numbers = [(1, "L"), (2, "L"), (1, "L"), (12, "1\u{1F}L")]
            .map(|(s, live)| coder.number(s, live.as_bytes()));
        assert_eq!(numbers, [0, 1, 0, 2]);
        let found: Vec<(u32, String)> =
            broadcasts(dictionary).into_iter().map(|b| (b.streamer, b.live.to_string())).collect();
        let expected = [(1, "L"), (2, "L"), (12, "1\u{1F}L")].map(|(s, live)| (s, live.to_owned()));
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
