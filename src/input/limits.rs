//! How much may come out of a compressed file: a few bytes can unpack to more than any disk or memory holds.

use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::InputError;
use super::unchanged::Changed;

/// What a compressed file may unpack to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text from one file, which are read as a stream.
    text: u64,
    /// Bytes of a part of a workbook, or of a workbook within an archive, much of which is held in memory.
    held: u64,
    /// How many times its size a file may unpack to.
    ratio: Option<u64>,
}

/// What was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// So many bytes.
    #[error("more than {} came out of the compressed file", size_text(*.0))]
    Size(u64),
    /// So many times the size of the file.
    #[error("the compressed file unpacks to more than {0} times its size, as no export of real rows does")]
    Ratio(u64),
}

impl Default for Limits {
    fn default() -> Self {
        Self { text: 64 << 30, held: 4 << 30, ratio: Some(Self::RATIO) }
    }
}

impl Limits {
    /// Deflate packs at most 1032 to 1, which only one repeated byte or short row reaches; ids and times alone keep a real export
    /// below 100 in any format.
    const RATIO: u64 = 1000;
    /// Up to so many bytes, no ratio is suspicious.
    const SMALL: u64 = 16 << 20;

    /// Limits as somebody has named them, who knows the file: so many bytes, in whatever ratio.
    #[must_use]
    pub fn named(size: u64) -> Self {
        Self { text: size, held: size, ratio: None }
    }

    /// Bytes that may be held in memory.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held
    }

    /// Whether `size` bytes that are held may come from `packed` ones.
    ///
    /// # Errors
    /// When they may not.
    pub fn check_held(&self, size: u64, packed: u64) -> Result<(), Excess> {
        Self { text: self.held, ..*self }.check(size, packed)
    }

    /// Whether `size` bytes that are read in pieces may come from `packed` ones.
    ///
    /// # Errors
    /// When they may not.
    pub fn check(&self, size: u64, packed: u64) -> Result<(), Excess> {
        if size > self.text {
            return Err(Excess::Size(self.text));
        }
        match self.ratio {
            Some(ratio) if size > Self::SMALL && size / packed.max(1) >= ratio => Err(Excess::Ratio(ratio)),
            _ => Ok(()),
        }
    }
}

/// A reader of unpacked bytes that stops at the limits.
pub struct Limited<R> {
    reader: R,
    limits: Limits,
    /// The packed bytes that were taken so far.
    packed: Arc<AtomicU64>,
    size: u64,
}

impl<R> Limited<R> {
    /// `reader` within `limits`; `packed` counts what it takes.
    pub fn new(reader: R, limits: Limits, packed: Arc<AtomicU64>) -> Self {
        Self { reader, limits, packed, size: 0 }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.size += read as u64;
        let checked = self.limits.check(self.size, self.packed.load(Ordering::Relaxed));
        checked.map_err(std::io::Error::other)?;
        Ok(read)
    }
}

/// A reader that counts what it takes.
pub struct Counting<R> {
    reader: R,
    taken: Arc<AtomicU64>,
}

impl<R> Counting<R> {
    /// `reader`, counted in `taken`.
    pub fn new(reader: R, taken: Arc<AtomicU64>) -> Self {
        Self { reader, taken }
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: std::io::Seek> std::io::Seek for Counting<R> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.reader.seek(to)
    }
}

/// The error of a failed reading: a limit that was exceeded, or what the system says.
#[must_use]
pub fn read_error(name: &str, error: std::io::Error) -> InputError {
    let inner = error.get_ref();
    if let Some(changed) = inner.and_then(|inner| inner.downcast_ref::<Changed>()) {
        return changed.of(name);
    }
    match inner.and_then(|inner| inner.downcast_ref::<Excess>()) {
        Some(excess) => InputError::Decompressed { path: name.to_owned(), excess: *excess },
        None if error.to_string() == LONG_WINDOW => InputError::Container {
            path: name.to_owned(),
            what: "a compressed file of which too much must be in memory at a time (zstd --long); unpack it (zstd -d --long=31), or compress \
                   it again without --long"
                .to_owned(),
        },
        None => match damage(&error) {
            Some(what) => InputError::Container {
                path: name.to_owned(),
                what: format!("a compressed file that {what} ({error}); export it, or copy it, again"),
            },
            None => InputError::io(name, "cannot read", error),
        },
    }
}

/// What the unpacker of Zstandard says of a window of more than 128 MiB, so much of which a few bytes can ask for.
const LONG_WINDOW: &str = "Frame requires too much memory for decoding";

/// What is wrong with a compressed file, where the error is one of its unpacker.
fn damage(error: &std::io::Error) -> Option<&'static str> {
    // The system's errors have a number.
    if error.raw_os_error().is_some() {
        return None;
    }
    match error.kind() {
        ErrorKind::UnexpectedEof => Some("ends before its data do"),
        ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::Other => Some("is damaged"),
        _ => None,
    }
}

/// A size in the largest unit that leaves it whole.
fn size_text(bytes: u64) -> String {
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    let whole = |(shift, _): &&(u32, &str)| bytes > 0 && bytes.trailing_zeros() >= *shift;
    match units.iter().find(whole) {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_may_have_any_ratio_and_named_limits_lift_it() {
        let limits = Limits::default();
        assert_eq!(limits.check(16 << 20, 1), Ok(()));
        assert_eq!(limits.check((16 << 20) + 1000, 16 << 10), Err(Excess::Ratio(1000)));
        assert_eq!(limits.check(17 << 20, 1 << 20), Ok(()));
        assert_eq!(limits.check((64 << 30) + 1, 1 << 30), Err(Excess::Size(64 << 30)));
        assert_eq!(limits.check_held((4 << 30) + 1, 1 << 30), Err(Excess::Size(4 << 30)));
        let named = Limits::named(100 << 30);
        assert_eq!((named.check(100 << 30, 1), named.check_held(100 << 30, 1)), (Ok(()), Ok(())));
        assert_eq!(named.check((100 << 30) + 1, 1), Err(Excess::Size(100 << 30)));
    }

    #[test]
    fn sizes_in_whole_units() {
        let texts = [64 << 30, 1536 << 20, 1, 0, 3 << 40].map(size_text);
        assert_eq!(texts, ["64 GiB", "1536 MiB", "1 bytes", "0 bytes", "3 TiB"]);
    }
}
