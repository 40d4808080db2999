//! Files that must stay what they are while they are read: half of an old export and half of a new one are rows of neither.

use std::fs::{File, Metadata};
use std::io::{Error, Read, Result};
use std::path::Path;
use std::time::SystemTime;

use super::error::InputError;

/// How a file looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was written to last, where the system says.
    modified: Option<SystemTime>,
    /// Its number in the file system, where there is one.
    number: u64,
}

impl Stamp {
    /// How an open file looks.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn of(file: &File) -> Result<Self> {
        file.metadata().map(|about| Self::new(&about))
    }

    /// How the file of a path looks.
    ///
    /// # Errors
    /// When it is not there, or the system does not say.
    pub fn at(path: &Path) -> Result<Self> {
        path.metadata().map(|about| Self::new(&about))
    }

    fn new(about: &Metadata) -> Self {
        Self { bytes: about.len(), modified: about.modified().ok(), number: number(about) }
    }

    /// Fails when a file looks otherwise than this.
    ///
    /// # Errors
    /// [`InputError::Changed`], or when the system does not say.
    pub fn check(self, file: &File, name: &str) -> std::result::Result<(), InputError> {
        let now = Self::of(file).map_err(|error| InputError::io(name, "cannot read", error))?;
        self.is(now, name)
    }

    /// Fails when a file looks otherwise now than this.
    ///
    /// # Errors
    /// [`InputError::Changed`].
    pub fn is(self, now: Self, name: &str) -> std::result::Result<(), InputError> {
        if now == self { Ok(()) } else { Err(Changed { before: self.bytes, after: now.bytes }.of(name)) }
    }
}

#[cfg(unix)]
fn number(about: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(about)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

/// A file that was written to while it was read.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the file {} while it was read; run again when it is complete", how(*.before, *.after))]
pub struct Changed {
    before: u64,
    after: u64,
}

fn how(before: u64, after: u64) -> String {
    match after.cmp(&before) {
        std::cmp::Ordering::Less => format!("shrank from {before} to {after} bytes"),
        std::cmp::Ordering::Equal => "was written to".to_owned(),
        std::cmp::Ordering::Greater => format!("grew from {before} to {after} bytes"),
    }
}

impl Changed {
    /// The error of the file of this name.
    #[must_use]
    pub fn of(self, name: &str) -> InputError {
        InputError::Changed { path: name.to_owned(), what: self }
    }
}

/// A file that is read from its beginning to its end, and does not end unless it is what it was.
#[derive(Debug)]
pub struct Unchanging {
    file: File,
    before: Stamp,
}

impl Unchanging {
    /// A file of which nothing has been read, or its first bytes just now.
    ///
    /// # Errors
    /// When the system does not say how it looks.
    pub fn new(file: File) -> Result<Self> {
        let before = Stamp::of(&file)?;
        Ok(Self { file, before })
    }
}

impl Read for Unchanging {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.file.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            let (before, now) = (self.before, Stamp::of(&self.file)?);
            if now != before {
                return Err(Error::other(Changed { before: before.bytes, after: now.bytes }));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, FileTimes};
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_does_not_end_unless_it_is_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let said = |change: &dyn Fn(&mut File)| {
            fs::write(&path, "a,b\n1,2\n").unwrap();
            let mut reader = Unchanging::new(File::open(&path).unwrap()).unwrap();
            let mut bytes = [0; 4];
            reader.read_exact(&mut bytes).unwrap();
            change(&mut File::options().write(true).open(&path).unwrap());
            let mut rest = Vec::new();
            reader.read_to_end(&mut rest).map(|_| rest).map_err(|error| error.to_string())
        };
        assert_eq!(said(&|_| {}).unwrap(), b"1,2\n");
        let what = " while it was read; run again when it is complete";
        let shrank = said(&|file| file.set_len(6).unwrap()).unwrap_err();
        assert_eq!(shrank, format!("the file shrank from 8 to 6 bytes{what}"));
        let grew = said(&|file| file.set_len(9).unwrap()).unwrap_err();
        assert_eq!(grew, format!("the file grew from 8 to 9 bytes{what}"));
        let written = said(&|file| {
            file.write_all(b"c,d\n").unwrap();
            file.set_times(FileTimes::new().set_modified(SystemTime::UNIX_EPOCH)).unwrap();
        });
        assert_eq!(written.unwrap_err(), format!("the file was written to{what}"));
        // One that is put in its place is another file: this one is read to its end.
        let replaced = said(&|_| {
            fs::write(folder.path().join("b.csv"), "other").unwrap();
            fs::rename(folder.path().join("b.csv"), &path).unwrap();
        });
        assert_eq!(replaced.unwrap(), b"1,2\n");
    }
}
