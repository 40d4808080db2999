//! Broadcasts that rows name: pairs of a streamer and a `live_id`, as small numbers.
//!
//! A row of sessions keeps its 32 bytes: the code of a broadcast stands where that of the streamer would.

use std::borrow::Cow;
use std::sync::Arc;

use super::binding::Origin;
use super::cells::fault;
use super::dictionary::{Coder, Dictionary};
use super::parse::id::{is_mangled, unguard};
use super::records::Record;
use super::rejects::{Fault, Reason};

/// Between the code of the streamer and the id in the text of a broadcast.
const SEPARATOR: char = '\u{1F}';
/// Marks the code of a broadcast among those of streamers.
const MARK: u32 = 1 << 31;
/// What exports write where there is no broadcast.
const NULLS: [&[u8]; 5] = [b"", b"-", b"--", "—".as_bytes(), b"/"];

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
    codes: Coder<'d>,
    text: Vec<u8>,
    /// The broadcast of the row before: rows of one mostly stand together.
    last: (u32, Vec<u8>, u32),
}

impl<'d> BroadcastCoder<'d> {
    /// A view of the dictionary of broadcasts.
    #[must_use]
    pub fn new(dictionary: &'d Dictionary) -> Self {
        Self { codes: Coder::new(dictionary), text: Vec::new(), last: (0, Vec::new(), 0) }
    }

    /// The number of a streamer's broadcast; `live` must not be empty.
    #[inline]
    pub fn number(&mut self, streamer: u32, live: &[u8]) -> u32 {
        if self.last.0 == streamer && self.last.1 == live {
            return self.last.2;
        }
        self.text.clear();
        self.text.extend_from_slice(streamer.to_string().as_bytes());
        self.text.push(SEPARATOR as u8);
        self.text.extend_from_slice(live);
        let number = self.codes.code(&self.text);
        self.last = (streamer, live.to_vec(), number);
        number
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
    Ok(if NULLS.contains(&&*live) { Cow::Borrowed(b"") } else { live })
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
    fn codes_of_rows_tell_broadcasts_from_streamers() {
        assert_eq!(broadcast_of(row_code(7, None)), Err(7));
        assert_eq!(broadcast_of(row_code(7, Some(0))), Ok(0));
        assert_eq!(broadcast_of(row_code(7, Some(9))), Ok(9));
    }
}
