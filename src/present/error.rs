//! What can go wrong between a result and its file; each message says what, where, and what to do.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::unfinished;

/// A document could not be rendered or written.
#[derive(Debug, Error)]
pub enum PresentError {
    /// The target's folder is missing.
    #[error("cannot write {}: the folder {} does not exist; create it or choose another place", path.display(), folder.display())]
    NoFolder {
        /// The target.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
    /// The target is a folder.
    #[error("cannot write {}: it is a folder; give the name of a file in it", path.display())]
    IsFolder {
        /// The target.
        path: PathBuf,
    },
    /// Where a folder of results is to be, there is something else.
    #[error("cannot write the folder {}: a file of that name is there; take it away or choose another place", path.display())]
    NotAFolder {
        /// The target.
        path: PathBuf,
    },
    /// Where a folder of results is to be, there is one that no run has made.
    #[error("cannot write {}: a folder of that name is there that no report has made; move it away or choose another place", path.display())]
    OthersFolder {
        /// The target.
        path: PathBuf,
    },
    /// The results are in their place, and the link cannot lead to them.
    #[error("the report is in {}, but {} cannot lead to it", place.display(), link.display())]
    Latest {
        /// The link.
        link: PathBuf,
        /// Where the results are.
        place: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another run writes its results there.
    #[error("another run is writing a report in {}; this one has done nothing", folder.display())]
    AtWork {
        /// The folder.
        folder: PathBuf,
    },
    /// The target exists and is marked read-only.
    #[error("cannot write {}: the file there is read-only; make it writable or choose another name", path.display())]
    ReadOnly {
        /// The target.
        path: PathBuf,
    },
    /// The target cannot be opened, or no file can be created beside it.
    #[error("cannot write {}: no file can be created there; check the permissions of its folder or choose another place", path.display())]
    Create {
        /// The target.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The target names persons, and the file system there shows them to others.
    #[error(
        "cannot write {}: it names persons, and the file system there does not keep it to its owner; choose another place", path.display()
    )]
    NotPrivate {
        /// The target.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Writing failed on the way, such as on a full disk; a file is as it was.
    #[error("writing to {place} failed; check the free space and the permissions there, then try again")]
    Write {
        /// The target, or `standard output`.
        place: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The writer that a renderer was given failed.
    #[error("cannot write the result")]
    Output(#[from] io::Error),
    /// A whole number is too large for a Parquet decimal.
    #[error(
        "column {column}, row {row}: {value} has more than the 38 digits that Parquet holds; use --format csv or json"
    )]
    TooManyDigits {
        /// The column's name.
        column: String,
        /// The row, counted from 1.
        row: usize,
        /// The value in the column's smallest unit.
        value: i128,
    },
    /// The result is larger than a sheet.
    #[error(
        "the result has {rows} rows and {columns} columns, but a sheet holds 1048575 rows below its headings and 16384 columns; \
         use -o FILE.parquet or FILE.csv, or fewer groups"
    )]
    LargerThanSheet {
        /// The rows of the result.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// The plotting library refused the picture.
    #[error("cannot draw the picture: {message}")]
    Picture {
        /// Its reason.
        message: String,
    },
    /// The template of the page failed.
    #[error("cannot write the page")]
    Page(#[from] askama::Error),
    /// The Parquet writer refused the document.
    #[error("cannot write the result as Parquet")]
    Parquet(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The writer of workbooks refused the document, or found no room for its temporary file.
    #[error("cannot write the result as a workbook (the rows of a large one go through a file in TMPDIR)")]
    Workbook(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl PresentError {
    /// The same error with the place that was being written, where only the system's reason was known.
    #[must_use]
    pub fn at(self, place: &str) -> Self {
        match self {
            Self::Output(source) => Self::Write { place: place.to_owned(), source: Self::reason(source) },
            other => other,
        }
    }

    /// The system's own reason, without the name of the temporary file that a writer adds: the user did not name it.
    pub(super) fn reason(error: io::Error) -> io::Error {
        let words = error.get_ref().map(ToString::to_string).unwrap_or_default();
        if !words.contains(unfinished::PREFIX) {
            return error;
        }
        // The number of the reason is in the words alone.
        let number = words.split_once("(os error ").and_then(|(_, rest)| rest.split_once(')'));
        match number.and_then(|(number, _)| number.parse().ok()) {
            Some(number) => io::Error::from_raw_os_error(number),
            None => error.kind().into(),
        }
    }

    /// Whether the reader of a pipe went away, which is no failure (`gmv … | head`).
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        match self {
            Self::Write { source, .. } | Self::Output(source) => source.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        }
    }
}

impl From<csv::Error> for PresentError {
    fn from(error: csv::Error) -> Self {
        // The crate's own conversion hides the kind, and with it a closed pipe.
        match error.into_kind() {
            csv::ErrorKind::Io(source) => Self::Output(source),
            other => Self::Output(io::Error::other(format!("{other:?}"))),
        }
    }
}

impl From<serde_json::Error> for PresentError {
    fn from(error: serde_json::Error) -> Self {
        Self::Output(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_temporary_file_is_not_the_users_concern() {
        let folder = tempfile::tempdir().unwrap();
        let error = unfinished::file(&folder.path().join("missing"), 0o666).unwrap_err();
        assert!(error.to_string().contains(unfinished::PREFIX), "{error}");
        let reason = PresentError::reason(error);
        assert_eq!(reason.kind(), io::ErrorKind::NotFound);
        assert!(reason.raw_os_error().is_some(), "{reason}");
        let own = PresentError::reason(io::Error::other("a reason of its own"));
        assert_eq!(own.to_string(), "a reason of its own");
    }
}
