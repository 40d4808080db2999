//! The text of an export as a stream of UTF-8: plain UTF-8 as it stands, other encodings decoded on the way.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::buffer::Buffer;
use super::encoding::{Decoding, Detected, Filled, SAMPLE, TextEncoding, detect};
use super::error::InputError;
use super::limits::read_error;

/// A stream of an export's text.
pub struct TextStream {
    name: String,
    reader: Box<dyn Read + Send>,
    /// How to UTF-8, where the text is in another encoding.
    decoding: Option<Decoding>,
    /// What the text was taken for.
    pub encoding: Detected,
    /// The byte at which the text stops to be of its encoding: the stream ends before it.
    pub malformed: Option<u8>,
    /// The first byte of a character within which the text ends, and which stands at the end of the stream, as cut as it was.
    pub cut_off: Option<u8>,
    /// The bytes of the file that were taken, compressed as they are, and of them those that were told.
    taken: Arc<AtomicU64>,
    told: u64,
}

/// Where the bytes of a stream come from.
pub struct Bytes {
    /// The bytes, unpacked.
    pub reader: Box<dyn Read + Send>,
    /// Whether they were unpacked.
    pub packed: bool,
    /// Counts the bytes of the file that were taken.
    pub taken: Arc<AtomicU64>,
}

/// The beginning of a character of UTF-8, without the rest.
const CUT_OFF: u8 = 0xF0;

/// The first bytes of a text, which may say that it is none.
const START: usize = 64;

impl TextStream {
    /// Reads enough of the text to know its encoding; returns its first bytes too.
    ///
    /// # Errors
    /// When reading fails.
    pub fn open(
        name: &str,
        mut bytes: Bytes,
        named: Option<TextEncoding>,
    ) -> Result<(Self, Vec<u8>), InputError> {
        let mut sample = Vec::new();
        let read = bytes.reader.by_ref().take(SAMPLE as u64).read_to_end(&mut sample);
        let whole = read.map_err(|error| read_error(name, error))? < SAMPLE;
        let encoding = detect(&sample, whole, named);
        let plain = encoding.encoding.is_utf_8();
        // The header takes the mark of UTF-8 off, so that blocks stay as they are in the file.
        let skipped = if plain { 0 } else { encoding.mark };
        let start = sample[..sample.len().min(START)].to_vec();
        let mut beginning = Cursor::new(sample);
        beginning.set_position(skipped as u64);
        let stream = Self {
            name: name.to_owned(),
            reader: Box::new(beginning.chain(bytes.reader)),
            decoding: (!plain).then(|| Decoding::new(encoding.encoding)),
            encoding,
            malformed: None,
            cut_off: None,
            taken: bytes.taken,
            told: 0,
        };
        Ok((stream, start))
    }

    /// The bytes of the file that were taken since the last call.
    pub fn advanced(&mut self) -> u64 {
        let taken = self.taken.load(Ordering::Relaxed);
        taken - std::mem::replace(&mut self.told, taken)
    }

    /// Reads on until `bytes` holds `size` bytes; less only at the end. Returns whether the stream may hold more.
    ///
    /// # Errors
    /// When reading fails, the compressed data is damaged or too much of it, or the file was written to meanwhile.
    pub fn fill(&mut self, bytes: &mut Buffer, size: usize) -> Result<bool, InputError> {
        let failed = |error| read_error(&self.name, error);
        let more = if let Some(decoding) = &mut self.decoding {
            let filled =
                bytes.change(|bytes| decoding.fill(&mut self.reader, bytes, size)).map_err(failed)?;
            match filled {
                Filled::Malformed(byte) => {
                    self.malformed = Some(byte);
                    return Ok(false);
                }
                Filled::CutOff(byte) => {
                    self.cut_off = Some(byte);
                    bytes.change(|bytes| bytes.push(CUT_OFF));
                }
                Filled::Enough | Filled::Ended => {}
            }
            filled == Filled::Enough
        } else {
            bytes.fill(&mut self.reader, size).map_err(failed)?
        };
        Ok(more)
    }
}
