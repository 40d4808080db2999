//! What is in a folder: its names. The standard library ends the program where the system cannot close a folder; this does not.

use std::ffi::OsString;
use std::io;
use std::path::Path;

/// The names in a folder, in no order.
///
/// # Errors
/// When it cannot be opened, or read to its end.
#[cfg(unix)]
pub fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use rustix::fs::{Dir, Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut names = Vec::new();
    let opened = rustix::io::retry_on_intr(|| rustix::fs::open(folder, flags, Mode::empty()))?;
    for entry in Dir::new(opened)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if !matches!(name, b"." | b"..") {
            names.push(OsStr::from_bytes(name).to_owned());
        }
    }
    Ok(names)
}

/// The same where there are no such calls.
///
/// # Errors
/// When it cannot be opened, or read to its end.
#[cfg(not(unix))]
pub fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_but_those_of_the_folder_and_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        assert!(names(folder.path()).unwrap().is_empty());
        let mut expected = vec![".hidden", "a", "b.csv", "店铺 1.csv"];
        for name in &expected {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        std::fs::create_dir(folder.path().join("c")).unwrap();
        expected.push("c");
        expected.sort_unstable();
        let mut found = names(folder.path()).unwrap();
        found.sort_unstable();
        assert_eq!(found, expected);
        let missing = names(&folder.path().join("d")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        let file = names(&folder.path().join("a")).unwrap_err();
        assert_eq!(file.kind(), io::ErrorKind::NotADirectory);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_need_not_be_text() {
        use std::os::unix::ffi::OsStringExt;
        let folder = tempfile::tempdir().unwrap();
        let name = OsString::from_vec(b"\xb5\xea.csv".to_vec());
        std::fs::write(folder.path().join(&name), "x").unwrap();
        assert_eq!(names(folder.path()).unwrap(), [name]);
    }
}
