//! Where results may be written: never over an input, or over each other.

use std::path::{Path, PathBuf};

use super::{SettingsError, UsageError};
use crate::input::store::Store;

/// Refuses to write over an input, into a store, or two outputs over each other; `written` are options with their files.
///
/// # Errors
/// When there is such a file.
pub fn check(written: &[(&str, &Path)], inputs: &[PathBuf]) -> Result<(), SettingsError> {
    for (at, (option, path)) in written.iter().enumerate() {
        if let Some((other, _)) = written[..at].iter().find(|(_, before)| same_file(before, path)) {
            return Err(UsageError(format!("{option} and {other} name the same file")).into());
        }
        if Store::holds(path) {
            let name = path.display();
            let message =
                format!("{option} {name} lies in a store, which holds nothing else; name another place");
            return Err(UsageError(message).into());
        }
        if inputs.iter().any(|input| same_file(input, path)) {
            let name = path.display();
            return Err(UsageError(format!(
                "{option} {name} would replace one of the inputs; name another file"
            ))
            .into());
        }
    }
    Ok(())
}

/// Refuses to make a folder of results within a store.
///
/// # Errors
/// When it lies in one.
pub fn check_folder(option: &str, folder: &Path) -> Result<(), UsageError> {
    if Store::holds(folder) || Store::holds(&folder.join("report")) {
        let name = folder.display();
        return Err(UsageError(format!(
            "{option} {name} lies in a store, which holds nothing else; name another place"
        )));
    }
    Ok(())
}

/// Refuses to make a folder of results where any of these files lies, since the folder is replaced as a whole.
///
/// # Errors
/// When one lies in it.
pub fn check_outside<'a>(
    (option, folder): (&str, &Path),
    mut files: impl Iterator<Item = &'a PathBuf>,
) -> Result<(), UsageError> {
    let whole = |path: &Path| path.canonicalize().ok().or_else(|| path.parent()?.canonicalize().ok());
    let Ok(place) = folder.canonicalize() else { return Ok(()) };
    match files.find(|file| whole(file).is_some_and(|file| file.starts_with(&place))) {
        None => Ok(()),
        Some(file) => Err(UsageError(format!(
            "{option}: the report is to be in {}, where {} lies; name another folder",
            folder.display(),
            file.display()
        ))),
    }
}

/// Whether two paths lead to one regular file; the last part of a path need not exist yet.
fn same_file(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| {
        let whole = path.canonicalize().ok();
        whole.or_else(|| {
            let folder =
                path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Some(folder.canonicalize().ok()?.join(path.file_name()?))
        })
    };
    let is_device = |path: &Path| path.metadata().is_ok_and(|about| !about.is_file());
    !is_device(a) && place(a).is_some() && place(a) == place(b)
}
