//! The locks of a store: one run ingests, many read, and nobody reads while files appear.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::directory::failed;
use crate::input::error::InputError;

/// Held by who ingests.
const INGESTING: &str = ".ingesting";
/// Shared by who reads.
const READING: &str = ".reading";
/// Said where the system refuses a lock.
const UNLOCKED: &str = "cannot lock the store; keep it on a file system that knows locks";

/// A lock that is held. It is given back even where its file cannot be closed: else a run that takes it again would wait for itself.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Shared by who reads; `None` where it cannot be opened or had, as on a disk that is read only: nobody ingests there either.
    pub fn reading(directory: &Path) -> Option<Self> {
        let file = File::open(directory.join(READING)).ok();
        file.filter(|file| file.lock_shared().is_ok()).map(Self)
    }

    /// Of the one who ingests; `wait` is called before waiting for another.
    ///
    /// # Errors
    /// When the lock cannot be had.
    pub fn ingesting(directory: &Path, wait: &dyn Fn()) -> Result<Self, InputError> {
        Self::unshared(&directory.join(INGESTING), wait)
    }

    /// Of the one who keeps readers away; `wait` is called before waiting for them.
    ///
    /// # Errors
    /// When the lock cannot be had.
    pub fn alone(directory: &Path, wait: &dyn Fn()) -> Result<Self, InputError> {
        Self::unshared(&directory.join(READING), wait)
    }

    fn unshared(path: &Path, wait: &dyn Fn()) -> Result<Self, InputError> {
        let opened = File::options().create(true).append(true).open(path);
        let file = opened.map_err(|error| failed(path, "cannot write into the store", error))?;
        match file.try_lock() {
            Ok(()) => return Ok(Self(file)),
            Err(TryLockError::WouldBlock) => wait(),
            Err(TryLockError::Error(error)) => return Err(failed(path, UNLOCKED, error)),
        }
        file.lock().map_err(|error| failed(path, UNLOCKED, error))?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be given back ends with the process.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_given_back_though_its_file_stays_open() {
        let folder = tempfile::tempdir().unwrap();
        let never = || panic!("waits for itself");
        drop(Lock::alone(folder.path(), &never).unwrap());
        let reading = Lock::reading(folder.path()).unwrap();
        let left_open = reading.0.try_clone().unwrap();
        drop(reading);
        let alone = Lock::alone(folder.path(), &never).unwrap();
        let also_open = alone.0.try_clone().unwrap();
        drop(alone);
        drop(Lock::alone(folder.path(), &never).unwrap());
        drop((left_open, also_open));
        let (one, other) = (Lock::reading(folder.path()), Lock::reading(folder.path()));
        assert!(one.is_some() && other.is_some());
    }
}
