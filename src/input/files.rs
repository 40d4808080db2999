//! From what was typed (files, directories, quoted globs, `-`) to the list of exports in their order.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::InputError;
use super::store::{Digest, StoredFile};
use crate::listing::names;

/// The name of standard input in messages.
const STANDARD_INPUT: &str = "<stdin>";

/// One export, before it is opened.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The file; `None` is standard input.
    pub path: Option<PathBuf>,
    /// The name in messages.
    pub name: String,
    /// What is meant within the file: a sheet of a workbook, a member of an archive.
    pub part: Option<String>,
    /// What a store says of the file, where it is one of its own.
    pub stored: Option<Arc<StoredFile>>,
    /// Slices of a store's file that are not read, by their number.
    pub skipped: Vec<bool>,
    /// What computes the digest of standard input or a pipe while it is read.
    pub digest: Option<Digest>,
}

impl Source {
    fn file(path: PathBuf) -> Self {
        Self { name: path.display().to_string(), path: Some(path), ..Self::default() }
    }

    /// The source that has this name in messages.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if name == STANDARD_INPUT {
            return Self { name: name.to_owned(), ..Self::default() };
        }
        let path = PathBuf::from(name);
        let whole = if path.exists() { None } else { with_part(name) };
        whole.unwrap_or_else(|| Self::file(path))
    }

    /// The file's name without directories; `stdin` for standard input, and for a store's file the name that its export had.
    #[must_use]
    pub fn file_name(&self) -> String {
        if let Some(stored) = &self.stored {
            return stored.about.source.clone();
        }
        let name = self.path.as_deref().and_then(Path::file_name);
        name.map_or("stdin".into(), |name| name.to_string_lossy()).into_owned()
    }

    /// The file's name without directories and endings, for `--set COLUMN={file}`; `stdin` for standard input.
    #[must_use]
    pub fn stem(&self) -> String {
        let name = self.file_name();
        let name = strip_endings(&name, &[".gz", ".zst", ".zip"]);
        strip_endings(name, &EXPORTS).to_owned()
    }
}

fn strip_endings<'a>(name: &'a str, endings: &[&str]) -> &'a str {
    let without = |ending: &&str| {
        let (stem, end) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
        end.eq_ignore_ascii_case(ending).then_some(stem)
    };
    endings.iter().find_map(without).unwrap_or(name)
}

/// The endings of exports.
pub const EXPORTS: [&str; 6] = [".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsm"];

/// The endings of packed exports.
const PACKED: [&str; 7] = [".csv.gz", ".tsv.gz", ".txt.gz", ".csv.zst", ".tsv.zst", ".txt.zst", ".zip"];

/// The exports that `given` names: files as they are, directories and globs in natural order (`w2` before `w10`).
///
/// # Errors
/// When a name leads to nothing, or a directory holds no exports.
pub fn discover(given: &[String]) -> Result<Vec<Source>, InputError> {
    let mut sources = Vec::new();
    for name in given {
        let path = Path::new(name);
        if name == "-" {
            sources.push(Source { name: STANDARD_INPUT.to_owned(), ..Source::default() });
            continue;
        }
        match path.metadata() {
            Ok(about) if about.is_dir() => sources.extend(directory(path)?),
            Ok(_) => sources.push(Source::file(path.to_owned())),
            Err(error) if is_nothing(&error) => match with_part(name) {
                Some(source) => sources.push(source),
                None => sources.extend(matches(name)?),
            },
            Err(error) => return Err(InputError::io(name, "cannot open", error)),
        }
    }
    Ok(sources)
}

/// Whether nothing has that name, rather than something that cannot be had.
fn is_nothing(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename | InvalidInput)
}

fn directory(path: &Path) -> Result<Vec<Source>, InputError> {
    let failed = |source| InputError::io(path.display().to_string(), "cannot read the directory", source);
    let mut files = Vec::new();
    for name in names(path).map_err(failed)? {
        let place = path.join(&name);
        let name = name.to_string_lossy().to_lowercase();
        // Spreadsheet programs leave `~$` files beside the workbooks that they hold open.
        let passed_over = name.starts_with('.') || name.starts_with("~$");
        if !passed_over
            && EXPORTS.iter().chain(&PACKED).any(|ending| name.ends_with(ending))
            && is_file(&place)?
        {
            files.push(place);
        }
    }
    if files.is_empty() {
        return Err(InputError::NoExports { path: path.to_owned() });
    }
    Ok(in_order(files))
}

/// Whether an entry of a folder is a file; one of which that is not known must not be passed over.
fn is_file(path: &Path) -> Result<bool, InputError> {
    let about = path.metadata();
    let about = about.map_err(|error| InputError::io(path.display().to_string(), "cannot open", error))?;
    Ok(about.is_file())
}

/// A file with a part of it, `FILE#PART`; a file whose own name holds a `#` is found before.
fn with_part(name: &str) -> Option<Source> {
    name.rmatch_indices('#').find_map(|(at, _)| {
        let (path, part) = (Path::new(&name[..at]), &name[at + 1..]);
        let source = |part: &str| Source {
            path: Some(path.to_owned()),
            name: name.to_owned(),
            part: Some(part.to_owned()),
            ..Source::default()
        };
        (path.is_file() && !part.is_empty()).then(|| source(part))
    })
}

fn matches(pattern: &str) -> Result<Vec<Source>, InputError> {
    let missing = || InputError::NoSuchFile { path: pattern.to_owned(), hint: hint(pattern) };
    if !pattern.contains(['*', '?', '[']) {
        return Err(missing());
    }
    let paths = glob::glob(pattern).map_err(|_| missing())?;
    let mut files = Vec::new();
    for path in paths {
        let unread = |error: glob::GlobError| {
            let path = error.path().display().to_string();
            InputError::io(path, "cannot read the directory", error.into())
        };
        let path = path.map_err(unread)?;
        if is_file(&path)? {
            files.push(path);
        }
    }
    if files.is_empty() { Err(missing()) } else { Ok(in_order(files)) }
}

fn in_order(mut files: Vec<PathBuf>) -> Vec<Source> {
    files.sort_by(|a, b| natural(&a.to_string_lossy(), &b.to_string_lossy()));
    files.into_iter().map(Source::file).collect()
}

/// A sentence with the nearest name in the same directory, for a typing error, or with what a link leads to.
fn hint(given: &str) -> String {
    let path = Path::new(given);
    if let Ok(target) = path.read_link() {
        return format!("; it is a link to {}, which is not there", target.display());
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(wanted) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return String::new();
    };
    let Ok(names) = names(folder) else {
        return format!("; the directory {} is not there either", folder.display());
    };
    let nearest = names
        .into_iter()
        .map(|name| name.to_string_lossy().into_owned())
        .map(|name| (strsim::damerau_levenshtein(&name, &wanted), name))
        .filter(|(distance, _)| *distance <= (wanted.chars().count() / 4).clamp(1, 3))
        .min();
    nearest.map_or(String::new(), |(_, name)| format!("; did you mean {}?", folder.join(name).display()))
}

/// Compares names as a person counts: runs of digits by their value, the rest by characters.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (x, rest_x) = piece(left);
        let (y, rest_y) = piece(right);
        if x.is_empty() || y.is_empty() {
            return x.len().cmp(&y.len()).then_with(|| a.cmp(b));
        }
        let number = |text: &str| text.as_bytes()[0].is_ascii_digit();
        let order = if number(x) && number(y) {
            let (x, y) = (x.trim_start_matches('0'), y.trim_start_matches('0'));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        } else {
            x.cmp(y)
        };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (rest_x, rest_y);
    }
}

/// The first run of digits, or of other characters, and what follows it.
fn piece(text: &str) -> (&str, &str) {
    let digit = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digit).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_order_counts() {
        let mut names = vec!["w10.csv", "w2.csv", "w02b.csv", "w1.csv", "a", "w2", "w"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["a", "w", "w1.csv", "w2", "w2.csv", "w02b.csv", "w10.csv"]);
    }

    #[test]
    fn stems_lose_every_ending() {
        for (path, stem) in [
            ("x/甲.csv.gz", "甲"),
            ("b.parquet", "b"),
            ("c.d.tsv", "c.d"),
            ("plain", "plain"),
            ("甲.XLSX", "甲"),
            ("乙.csv.zip", "乙"),
        ] {
            assert_eq!(Source::file(PathBuf::from(path)).stem(), stem);
        }
    }
}
