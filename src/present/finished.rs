//! Files that are complete and not visible under their names yet, so that many of them appear together.

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::atomic::{folder_of, sync_folder};
use super::error::PresentError;
use crate::unfinished::Unfinished;

/// A complete file that is not visible under its name yet. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct FinishedFile {
    temporary: Option<(TempPath, Unfinished)>,
    target: PathBuf,
    /// Keeps other runs from taking it for left behind.
    _lock: Option<File>,
}

impl FinishedFile {
    pub(super) fn new(lock: Option<File>, path: TempPath, known: Unfinished, target: &Path) -> Self {
        Self { temporary: Some((path, known)), target: target.to_owned(), _lock: lock }
    }

    /// What has gone to a device or a pipe.
    pub(super) fn nothing(target: &Path) -> Self {
        Self { temporary: None, target: target.to_owned(), _lock: None }
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// When it cannot be put there: what was there before is there still.
    pub fn commit(self) -> Result<(), PresentError> {
        if let Some((temporary, known)) = self.temporary {
            let place = self.target.display().to_string();
            let put = known.put(|| temporary.persist(&self.target));
            put.map_err(|error| PresentError::Output(error.error).at(&place))?;
            sync_folder(folder_of(&self.target));
        }
        Ok(())
    }

    /// Leaves files to the one who announces that they shall be at their places: from there on they stay, whatever happens. `announce` is given
    /// the temporary name of each and its own, and what is to be known no more in the moment of the announcement.
    ///
    /// # Errors
    /// Those of `announce`, and then nothing is left.
    pub fn hand_over<E>(
        files: Vec<Self>,
        announce: impl FnOnce(&[(PathBuf, PathBuf)], Unfinished) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut temporaries, mut ways, mut all) = (Vec::new(), Vec::new(), Unfinished::nothing());
        for Self { temporary, target, .. } in files {
            if let Some((temporary, known)) = temporary {
                ways.push((temporary.to_path_buf(), target));
                temporaries.push(temporary);
                all = all.and(known);
            }
        }
        announce(&ways, all)?;
        // Those that were brought to their places are not there any more.
        for temporary in temporaries {
            drop(temporary.keep());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::super::AtomicFile;
    use super::*;

    #[test]
    fn files_stay_once_they_are_announced_and_go_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let files = |names: &[&str]| {
            let file = |name: &&str| {
                let place = folder.path().join(name);
                let mut file = AtomicFile::create_stored(&place).unwrap();
                file.write_all(name.as_bytes()).unwrap();
                file.finish(&place).unwrap()
            };
            names.iter().map(file).collect::<Vec<_>>()
        };
        let count = || fs::read_dir(folder.path()).unwrap().count();
        let refused = FinishedFile::hand_over(files(&["a", "b"]), |_, _| Err("full"));
        assert_eq!((refused, count()), (Err("full"), 0));
        let renamed = |ways: &[(PathBuf, PathBuf)], known: Unfinished| {
            known.put(|| ways.iter().take(1).try_for_each(|(from, to)| fs::rename(from, to)))
        };
        FinishedFile::hand_over(files(&["a", "b"]), renamed).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "a");
        assert_eq!(count(), 2);
    }

    #[test]
    fn finished_files_are_not_taken_for_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let finished = AtomicFile::create(&place("a")).unwrap().finish(&place("a")).unwrap();
        AtomicFile::create(&place("b")).unwrap().commit().unwrap();
        finished.commit().unwrap();
        assert!(place("a").exists() && place("b").exists());
    }
}
