//! Files that came to belong to a store at one moment, and may not have their names yet.
//!
//! An ingestion writes its files under temporary names, and then this list, by one rename. From there on they belong to the store: who reads it
//! finds each under the one name or the other. The ingestion gives them their names at once; where it is killed before, the next one does.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

use super::directory::write_whole_with;
use crate::unfinished::Unfinished;

/// The list, in the directory of a store.
const FILE: &str = ".pending.json";

/// A folder of the store, and in it the temporary name of a file and its own.
type Way = (String, String, String);

/// Takes complete files into a store, all of them or none; `ways` are their temporary names and their own, `known` keeps them on their way
/// until then.
///
/// # Errors
/// When the list cannot be written: then none belongs to it.
pub fn admit(directory: &Path, ways: &[(PathBuf, PathBuf)], known: Unfinished) -> Result<()> {
    if ways.is_empty() {
        return Ok(());
    }
    let ways = ways.iter().map(way).collect::<Option<Vec<_>>>();
    let ways = ways.ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
    // The list must not be kept by a disk that has lost the names.
    sync_folders(directory, &ways);
    write_whole_with(&directory.join(FILE), &serde_json::to_string(&ways)?, known, || {
        sync(directory);
        // They are in the store; a name that cannot be given now is given by the next ingestion.
        let _ = settle(directory);
    })
}

fn way((from, to): &(PathBuf, PathBuf)) -> Option<Way> {
    let name = |path: &Path| path.file_name()?.to_str().map(str::to_owned);
    Some((name(to.parent()?)?, name(from)?, name(to)?))
}

/// Whether there is a list.
///
/// # Errors
/// When the system does not say.
pub fn is_listed(directory: &Path) -> Result<bool> {
    directory.join(FILE).try_exists()
}

/// The files of a store that do not have their names yet: where each is, and where it should be.
///
/// # Errors
/// When the list is there and cannot be read.
pub fn pending(directory: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
    let listed = listed(directory)?.into_iter();
    let ways = listed
        .map(|(folder, from, to)| (directory.join(&folder).join(from), directory.join(folder).join(to)));
    let mut pending = Vec::new();
    for (from, to) in ways {
        if from.try_exists()? {
            pending.push((from, to));
        }
    }
    Ok(pending)
}

/// Gives the files of the list their names, and takes the list away.
///
/// # Errors
/// When one cannot be renamed: the list is there still.
pub fn settle(directory: &Path) -> Result<()> {
    for (from, to) in pending(directory)? {
        fs::rename(from, to)?;
    }
    sync_folders(directory, &listed(directory)?);
    match fs::remove_file(directory.join(FILE)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn listed(directory: &Path) -> Result<Vec<Way>> {
    let text = match fs::read_to_string(directory.join(FILE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        text => text?,
    };
    let ways: Vec<Way> = serde_json::from_str(&text)?;
    let is_name = |name: &String| Path::new(name).file_name() == Some(name.as_ref());
    let sound = ways.iter().all(|(folder, from, to)| [folder, from, to].into_iter().all(is_name));
    if sound { Ok(ways) } else { Err(ErrorKind::InvalidData.into()) }
}

fn sync_folders(directory: &Path, ways: &[Way]) {
    let mut folders: Vec<&String> = ways.iter().map(|(folder, ..)| folder).collect();
    folders.sort_unstable();
    folders.dedup();
    for folder in folders {
        sync(&directory.join(folder));
    }
}

/// Makes the names in a folder durable, where the system can.
fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> tempfile::TempDir {
        let store = tempfile::tempdir().unwrap();
        for folder in ["orders", "sessions"] {
            fs::create_dir(store.path().join(folder)).unwrap();
        }
        store
    }

    #[test]
    fn files_belong_to_the_store_once_the_list_is_there() {
        let store = store();
        let at = |name: &str| store.path().join(name);
        let way = |folder: &str| (at(folder).join(".gmv-a.tmp"), at(folder).join("a.parquet"));
        let ways = [way("orders"), way("sessions")];
        for (from, _) in &ways {
            fs::write(from, "new").unwrap();
        }
        // A run that is killed behind the list, and behind the first name.
        let list = r#"[["orders",".gmv-a.tmp","a.parquet"],["sessions",".gmv-a.tmp","a.parquet"]]"#;
        fs::write(at(FILE), list).unwrap();
        assert_eq!(pending(store.path()).unwrap(), ways);
        fs::rename(&ways[0].0, &ways[0].1).unwrap();
        assert_eq!(pending(store.path()).unwrap(), ways[1..]);
        settle(store.path()).unwrap();
        assert!(pending(store.path()).unwrap().is_empty() && !at(FILE).exists());
        for (from, to) in &ways {
            assert!(!from.exists() && fs::read(to).unwrap() == b"new");
            fs::rename(to, from).unwrap();
        }
        admit(store.path(), &ways, Unfinished::nothing()).unwrap();
        assert!(!at(FILE).exists() && ways.iter().all(|(from, to)| !from.exists() && to.exists()));
    }

    #[test]
    fn a_list_that_leads_elsewhere_is_refused() {
        let store = store();
        for list in [
            r#"[["orders","../x","y"]]"#,
            r#"[["..","x","y"]]"#,
            r#"[["orders","x","/y"]]"#,
            "[",
            "[[\"orders\"]]",
        ] {
            fs::write(store.path().join(FILE), list).unwrap();
            assert!(pending(store.path()).is_err(), "{list}");
        }
    }
}
