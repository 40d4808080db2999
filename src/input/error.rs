//! What can stop a run while it reads: each error says what, where, and what to do.

use std::path::PathBuf;

use super::encoding::TextEncoding;
use super::limits::Excess;
use super::unchanged::Changed;

/// A fatal error of the input; bad rows are no errors but [rejects](super::rejects).
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// A file or directory could not be opened or read.
    #[error("{path}: {action}")]
    Io {
        /// The file or directory.
        path: String,
        /// What was tried.
        action: &'static str,
        /// The answer of the system.
        source: std::io::Error,
    },
    /// Neither a file, nor a directory, nor a glob that matches anything.
    #[error("{path}: no such file or directory{hint}")]
    NoSuchFile {
        /// What was given.
        path: String,
        /// The nearest name in the same directory, as a sentence; or empty.
        hint: String,
    },
    /// A directory without exports.
    #[error(
        "{}: the directory holds no exports (.csv, .tsv, .txt, each also with .gz or .zst; .xlsx, .xlsm; .parquet; .zip)",
        path.display()
    )]
    NoExports {
        /// The directory.
        path: PathBuf,
    },
    /// A file of 0 bytes.
    #[error("{path}: the file is empty (0 bytes), without even a header; export it again")]
    Empty {
        /// The file.
        path: String,
    },
    /// A file of blank lines.
    #[error("{path}:1: the file holds no header, only blank lines; export it again")]
    NoHeader {
        /// The file.
        path: String,
    },
    /// Lines that end in a carriage return alone.
    #[error(
        "{path}:1: the lines end in carriage returns alone (\"CSV Macintosh\"), so that the whole file is one line; save it \
         as \"CSV UTF-8\""
    )]
    CarriageReturns {
        /// The file.
        path: String,
    },
    /// Lines that end in what no spreadsheet ends them in.
    #[error(
        "{path}:1: the lines end in {what}, so that the whole file is one line; save it as \"CSV UTF-8\""
    )]
    LineEnds {
        /// The file.
        path: String,
        /// What they end in.
        what: &'static str,
    },
    /// A container that is not read, or holds no export, or several.
    #[error("{path}: this is {what}")]
    Container {
        /// The file.
        path: String,
        /// What it is, and what to do.
        what: String,
    },
    /// A part of a file that has none.
    #[error(
        "{path}: the part behind # is a sheet of a workbook or a member of a ZIP archive, and this file is {what}; leave it out"
    )]
    NoParts {
        /// The file, as it was given.
        path: String,
        /// What the file is.
        what: &'static str,
    },
    /// A workbook that cannot be read.
    #[error("{path}: {message}")]
    Workbook {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A compressed file that unpacks to too much.
    #[error(
        "{path}: {excess}; if it is sound, say how much may come out: --max-decompressed SIZE (such as 200G)"
    )]
    Decompressed {
        /// The file.
        path: String,
        /// What was exceeded.
        excess: Excess,
    },
    /// Required columns that a header lacks.
    #[error("{path}:1: {} (profile {profile}); the header has: {header}{hint}", missing_columns(.missing))]
    MissingColumns {
        /// The file.
        path: String,
        /// The canonical names and the names looked for.
        missing: Vec<String>,
        /// The profile that was used.
        profile: String,
        /// The header, shortened if it is long.
        header: String,
        /// The nearest names and what to do.
        hint: String,
    },
    /// Orders of a platform that gives no buyers, where viewing is to be tied to them.
    #[error(
        "{path}:1: no buyer (profile {profile}): {reason}; `gmv check` and `gmv ingest` take these orders as they are, and \
         --set buyer_id= counts every one as off-live, also those of files that have buyers: `gmv ingest` each kind apart then, and give \
         --store"
    )]
    NoBuyer {
        /// The file.
        path: String,
        /// The profile that was used.
        profile: String,
        /// What the platform gives instead.
        reason: String,
    },
    /// A second header, with the columns in another order.
    #[error(
        "{path}:{line}: a header with its columns in another order begins here, as where exports were put one after the other; the rows \
         below would be read by the wrong columns: give each export as a file of its own"
    )]
    OtherHeader {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
    },
    /// Two columns of one name, of which one is needed.
    #[error(
        "{path}:1:{second}: the header has two columns named `{name}` (columns {first} and {second}); rename one, or \
         name the right one in a profile"
    )]
    TwoColumns {
        /// The file.
        path: String,
        /// The name.
        name: String,
        /// The number of the first column, from 1.
        first: usize,
        /// The number of the second column, from 1.
        second: usize,
    },
    /// Bytes that are none of the encoding.
    #[error(
        "{path}:{line}:{column}: byte 0x{byte:02X} is not {encoding}, which the file was taken for; name its encoding with \
         --encoding NAME (often gb18030), or save it as \"CSV UTF-8\""
    )]
    Encoding {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
        /// The cell within the line, from 1.
        column: usize,
        /// The byte that was found.
        byte: u8,
        /// The encoding that was assumed.
        encoding: TextEncoding,
    },
    /// A quoted cell that never ends.
    #[error(
        "{path}:{line}:{column}: a quoted cell opens here and does not close within {limit} bytes or the file; write a \
         quote inside of a cell as two (\"\")"
    )]
    OpenQuote {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
        /// The cell within the line, from 1.
        column: usize,
        /// How many bytes were searched.
        limit: usize,
    },
    /// A line longer than any row of an export.
    #[error("{path}:{line}: no end of the line within {limit} bytes; is this a text file with line ends?")]
    LongLine {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
        /// How many bytes were searched.
        limit: usize,
    },
    /// A file that was written to while it was read.
    #[error("{path}: {what}")]
    Changed {
        /// The file.
        path: String,
        /// What happened, and what to do.
        what: Changed,
    },
    /// A profile that cannot be used.
    #[error("{path}: {message}")]
    Profile {
        /// The profile's file or name.
        path: String,
        /// What is wrong in it, with line and column where known.
        message: String,
    },
    /// A Parquet file that cannot be read.
    #[error("{path}: {message}")]
    Parquet {
        /// The file.
        path: String,
        /// What the reader says.
        message: String,
    },
    /// A store, or a file of one, that cannot be used.
    #[error("{path}: {message}")]
    Store {
        /// The directory or file.
        path: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A key of pseudonyms that cannot be used.
    #[error("{path}: {message}")]
    Key {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A table (of streamers or facts) that cannot be used.
    #[error("{place}: {message}")]
    Table {
        /// The file, line and column.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// More rejected rows than `--max-bad` allows.
    #[error(
        "{path}:{line}:{column}: {first}; {bad} of {rows} rows of the {input} are bad, more than --max-bad {limit} \
         allows; --rejects FILE lists them, --max-bad raises the limit"
    )]
    TooManyBad {
        /// `orders` or `sessions`.
        input: &'static str,
        /// The file of the first rejected row.
        path: String,
        /// Its line (or row in Parquet), from 1.
        line: u64,
        /// Its column, from 1.
        column: usize,
        /// Why it was rejected.
        first: String,
        /// Rejected rows.
        bad: u64,
        /// Rows read.
        rows: u64,
        /// The limit as it was given.
        limit: String,
    },
    /// Statuses that no profile maps.
    #[error(
        "unknown order statuses: {words}; map them in a profile ([orders.statuses]), or say --unknown-status \
         count|skip"
    )]
    UnknownStatuses {
        /// Each word with its count.
        words: String,
    },
    /// `--basis net` without anything to subtract.
    #[error(
        "{path}:1: --basis net needs a refund_amount column, and the orders have none; map it in a profile, or give the \
         after-sales export with --refunds"
    )]
    NoRefundColumn {
        /// The first such file.
        path: String,
    },
    /// The same of tables of orders, of which no row has a line.
    #[error(
        "the orders: --basis net: the status says refunded, but there is no refund_amount (rows like this: {count}); how much was refunded is \
         not assumed: add the amounts, or use --basis paid"
    )]
    RefundsWithoutAmount {
        /// How many.
        count: u64,
    },
    /// Orders whose status says refunded, without an amount.
    #[error(
        "{path}:{line}: --basis net: the status says refunded, but there is no refund_amount (rows like this one: \
         {count}); how much was refunded is not assumed: give the after-sales export that has these orders with --refunds, add the \
         amounts, or use --basis paid"
    )]
    RefundWithoutAmount {
        /// The file of the first.
        path: String,
        /// Its line (or row in Parquet).
        line: u64,
        /// How many.
        count: u64,
    },
    /// Refunds that cannot be subtracted.
    #[error(transparent)]
    Refunds(#[from] super::refunds::RefundsError),
    /// Rows that find no room.
    #[error(transparent)]
    Memory(#[from] crate::memory::MemoryError),
    /// A date that cannot be named.
    #[error(transparent)]
    Date(#[from] crate::calendar::DateOutOfRange),
}

impl InputError {
    /// An error of the system on `path`.
    pub fn io(path: impl Into<String>, action: &'static str, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), action, source }
    }
}

fn missing_columns(missing: &[String]) -> String {
    let plural = if missing.len() == 1 { "column" } else { "columns" };
    format!("missing {plural} {}", missing.join(", "))
}
