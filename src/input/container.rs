//! What a file is, by its first bytes (names lie): plain text, gzip, Zstandard, Parquet; and the stream of its text.

use std::fs::File;
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::InputError;
use super::files::Source;

/// An opened export.
pub enum Opened {
    /// A stream of text, decompressed.
    Text(TextStream),
    /// A Parquet file, which has its own reader.
    Parquet,
}

/// A stream of an export's text, which knows whether the file shrinks under it.
pub struct TextStream {
    name: String,
    reader: Box<dyn Read + Send>,
    /// The size of a plain file when it was opened.
    size: Option<u64>,
    read: u64,
    /// The bytes of the file that were taken, compressed as they are, and of them those that were told.
    taken: Arc<AtomicU64>,
    told: u64,
}

/// A reader that counts.
struct Counting<R> {
    reader: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl TextStream {
    /// The bytes of the file that were taken since the last call.
    pub fn advanced(&mut self) -> u64 {
        let taken = self.taken.load(Ordering::Relaxed);
        taken - std::mem::replace(&mut self.told, taken)
    }

    /// Reads on until `bytes` holds `size` bytes; less only at the end. Returns whether the stream may hold more.
    ///
    /// # Errors
    /// When reading fails, the compressed data is damaged, or a plain file has shrunk.
    pub fn fill(&mut self, bytes: &mut Vec<u8>, size: usize) -> Result<bool, InputError> {
        let wanted = size.saturating_sub(bytes.len()) as u64;
        bytes.reserve_exact(wanted as usize);
        let read = self.reader.by_ref().take(wanted).read_to_end(bytes);
        let read = read.map_err(|error| InputError::io(&self.name, "cannot read", error))? as u64;
        self.read += read;
        let more = read == wanted;
        match self.size {
            Some(before) if !more && self.read < before => {
                Err(InputError::Shrank { path: self.name.clone(), before, after: self.read })
            }
            _ => Ok(more),
        }
    }
}

/// Opens an export and finds out what it is.
///
/// # Errors
/// When it cannot be opened, is empty, or is something else (a workbook, UTF-16).
pub fn open(source: &Source) -> Result<Opened, InputError> {
    let failed = |error| InputError::io(&source.name, "cannot open", error);
    let (mut reader, size): (Box<dyn Read + Send>, Option<u64>) = match &source.path {
        None => match source.digest.clone() {
            Some(digest) => (Box::new(digest.of(std::io::stdin())), None),
            None => (Box::new(std::io::stdin()), None),
        },
        Some(path) => {
            let file = File::open(path).map_err(failed)?;
            let about = file.metadata().map_err(failed)?;
            let size = about.is_file().then_some(about.len());
            (Box::new(file), size)
        }
    };
    let mut start = Vec::with_capacity(8);
    reader.by_ref().take(8).read_to_end(&mut start).map_err(failed)?;
    if start.is_empty() {
        return Err(InputError::Empty { path: source.name.clone() });
    }
    let refused = |what| Err(InputError::Container { path: source.name.clone(), what });
    let first = start.clone();
    let taken = Arc::new(AtomicU64::new(0));
    let whole = Counting { reader: Cursor::new(start).chain(reader), taken: Arc::clone(&taken) };
    let text = |reader, size| {
        Opened::Text(TextStream {
            name: source.name.clone(),
            reader,
            size,
            read: 0,
            taken: Arc::clone(&taken),
            told: 0,
        })
    };
    match first.as_slice() {
        [0x1F, 0x8B, ..] => Ok(text(Box::new(flate2::read::MultiGzDecoder::new(whole)), None)),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => {
            Ok(text(Box::new(zstd::stream::read::Decoder::new(whole).map_err(failed)?), None))
        }
        [b'P', b'A', b'R', b'1', ..] if source.path.is_some() => Ok(Opened::Parquet),
        [b'P', b'A', b'R', b'1', ..] => refused("Parquet on standard input, which needs a file to seek in"),
        [b'P', b'K', 3, 4, ..] => refused("an Excel workbook or a ZIP archive"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => refused("UTF-16 text"),
        _ => Ok(text(Box::new(whole), size)),
    }
}
