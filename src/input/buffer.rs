//! Memory for a block, which is written once for each block: by what is read into it.

use std::io::Read;
use std::ops::Deref;

/// Bytes that were read, at the front of memory that is used again and again.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// Forgets what was read, and begins with these bytes.
    pub fn begin(&mut self, with: &[u8]) {
        self.filled = 0;
        self.room(with.len()).copy_from_slice(with);
        self.filled = with.len();
    }

    /// Reads on until there are `size` bytes; less only at the end. Returns whether there are so many.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn fill(&mut self, reader: &mut dyn Read, size: usize) -> std::io::Result<bool> {
        while self.filled < size {
            match reader.read(self.room(size - self.filled)) {
                Ok(0) => return Ok(false),
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Lets what is read be changed and added to.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        self.bytes.truncate(self.filled);
        let changed = change(&mut self.bytes);
        self.filled = self.bytes.len();
        changed
    }

    /// Keeps the bytes before `end`, and returns those behind.
    #[must_use]
    pub fn split_off(&mut self, end: usize) -> Vec<u8> {
        let rest = self[end..].to_vec();
        self.filled = end.min(self.filled);
        rest
    }

    /// The memory behind what is read.
    fn room(&mut self, size: usize) -> &mut [u8] {
        let end = self.filled + size;
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        &mut self.bytes[self.filled..end]
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_never_shows() {
        let mut buffer = Buffer::default();
        assert!(!buffer.fill(&mut &b"abcdef"[..], 100).unwrap());
        assert_eq!(buffer.split_off(4), b"ef");
        assert_eq!(&*buffer, b"abcd");
        buffer.begin(b"xy");
        let mut reader = &b"123456"[..];
        assert!(buffer.fill(&mut reader, 5).unwrap());
        assert_eq!((&*buffer, reader), (&b"xy123"[..], &b"456"[..]));
        buffer.change(|bytes| bytes.push(b'z'));
        assert!(buffer.fill(&mut reader, 7).unwrap());
        assert_eq!((&*buffer, reader), (&b"xy123z4"[..], &b"56"[..]));
        buffer.begin(b"");
        assert!(buffer.is_empty());
    }
}
