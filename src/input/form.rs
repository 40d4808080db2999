//! What form a file has: container, encoding and delimiter, as they were found.

use std::fmt;

use super::encoding::Detected;

/// What a text is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Nothing.
    Plain,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstandard,
    /// A ZIP archive.
    Zip,
}

/// The form of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileForm {
    /// Delimited text.
    Text {
        /// What it is packed in.
        packing: Packing,
        /// Its encoding.
        encoding: Detected,
        /// The delimiter.
        delimiter: u8,
    },
    /// Parquet.
    Parquet,
    /// A sheet of a workbook.
    Workbook {
        /// What the workbook is packed in.
        packing: Packing,
        /// The name of the sheet.
        sheet: String,
    },
}

impl FileForm {
    /// The delimiter of a text.
    #[must_use]
    pub fn delimiter(&self) -> Option<u8> {
        match self {
            Self::Text { delimiter, .. } => Some(*delimiter),
            Self::Parquet | Self::Workbook { .. } => None,
        }
    }
}

impl fmt::Display for FileForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parquet => f.write_str("Parquet"),
            Self::Workbook { sheet, .. } => write!(f, "Excel workbook, sheet {sheet}"),
            Self::Text { encoding, delimiter, .. } => {
                let guessed = if encoding.guessed { " (guessed)" } else { "" };
                write!(f, "{}{guessed}, ", encoding.encoding)?;
                match delimiter {
                    b'\t' => f.write_str("tab"),
                    other => write!(f, "`{}`", char::from(*other)),
                }
            }
        }
    }
}
