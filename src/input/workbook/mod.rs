//! Excel workbooks (.xlsx, .xlsm): one sheet, read on a thread of its own, since its cells can only be read one after the other. Each
//! cell becomes the text that a CSV export would hold, so that one set of parsers and one set of rules serves both.

pub mod cells;
mod formats;
pub mod rows;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::archive::Seekable;
use super::error::InputError;
use super::guard::guarded;
use super::limits::Counting;
use formats::Formats;
use rows::{SheetRows, send_rows};

/// Pieces of a sheet that may wait for the workers.
const WAITING: usize = 4;

/// A sheet that is being read.
pub struct Workbook {
    /// The name of the sheet.
    pub sheet: String,
    /// The names of the header.
    pub names: Vec<String>,
    path: String,
    rows: Receiver<Piece>,
}

/// Some rows, the end, or an error.
type Piece = Result<Option<SheetRows>, InputError>;

/// What is known of a sheet once its header is read.
struct Head {
    sheet: String,
    names: Vec<String>,
}

impl Workbook {
    /// Opens a workbook and reads the header of a sheet: the one that is named, or the first that is not hidden.
    ///
    /// # Errors
    /// When it is damaged, has no such sheet, or the sheet is empty.
    pub fn open(path: &str, bytes: Seekable, sheet: Option<String>) -> Result<Self, InputError> {
        let (heads, head) = sync_channel(1);
        let (sender, rows) = sync_channel(WAITING);
        let name = path.to_owned();
        let thread = std::thread::Builder::new().name("workbook".to_owned()).spawn(move || {
            let begun = Cell::new(false);
            let read = guarded(
                || error(&name, "the workbook is damaged; save it again"),
                || read(&name, bytes, sheet.as_deref(), &heads, &sender, &begun),
            );
            // Where nobody takes an error, the run is over.
            if let Err(error) = read {
                let _ = if begun.get() {
                    sender.send(Err(error)).is_ok()
                } else {
                    heads.send(Err(error)).is_ok()
                };
            }
        });
        thread.map_err(|error| InputError::io(path, "cannot start a thread to read", error))?;
        let Head { sheet, names } = head.recv().map_err(|_| gone(path))??;
        Ok(Self { path: path.to_owned(), sheet, names, rows })
    }

    /// The next rows; `None` after the last.
    ///
    /// # Errors
    /// When the workbook is damaged.
    pub fn next_rows(&self) -> Result<Option<SheetRows>, InputError> {
        // The end is said: a thread that is gone without a word has not read everything.
        self.rows.recv().map_err(|_| gone(&self.path))?
    }
}

fn gone(path: &str) -> InputError {
    error(path, "the workbook cannot be read to its end; save it again")
}

fn error(path: &str, message: impl Into<String>) -> InputError {
    InputError::Workbook { path: path.to_owned(), message: message.into() }
}

fn damaged(path: &str, what: &XlsxError) -> InputError {
    match what {
        XlsxError::Password => error(path, "the workbook has a password; save it without one"),
        other => error(path, format!("cannot read the workbook: {other}; save it again")),
    }
}

/// Reads the sheet to its end; `begun` says that the header is told, and what follows belongs to the rows.
fn read(
    path: &str,
    bytes: Seekable,
    wanted: Option<&str>,
    heads: &SyncSender<Result<Head, InputError>>,
    sender: &SyncSender<Piece>,
    begun: &Cell<bool>,
) -> Result<(), InputError> {
    let taken = Arc::new(AtomicU64::new(0));
    let reader = std::io::BufReader::new(Counting::new(bytes, Arc::clone(&taken)));
    let mut workbook = Xlsx::new(reader).map_err(|error| damaged(path, &error))?;
    let sheet = choose(path, &workbook, wanted)?;
    let epoch_1904 = workbook.has_1904_epoch();
    let damaged = |error: XlsxError| damaged(path, &error);
    let before = taken.load(Ordering::Relaxed);
    let formats = workbook.worksheet_cells_reader(&sheet).and_then(Formats::of).map_err(damaged)?;
    // What was read twice is progress once.
    taken.store(before, Ordering::Relaxed);
    let cells = workbook.worksheet_cells_reader(&sheet).map_err(damaged)?;
    let mut cells = rows::Rows::new(path, cells, formats, epoch_1904);
    let empty = || error(path, format!("the sheet {sheet} is empty, without even a header; export it again"));
    let names = cells.header()?.ok_or_else(empty)?;
    begun.set(true);
    if heads.send(Ok(Head { sheet: sheet.clone(), names })).is_err() {
        return Ok(());
    }
    send_rows(cells, sender, || taken.swap(0, Ordering::Relaxed))
}

/// The sheet that is meant.
fn choose<R: std::io::Read + std::io::Seek>(
    path: &str,
    workbook: &Xlsx<R>,
    wanted: Option<&str>,
) -> Result<String, InputError> {
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let found = match wanted {
        Some(wanted) => sheets.clone().find(|sheet| sheet.name == wanted),
        None => sheets.clone().find(|sheet| sheet.visible == SheetVisible::Visible),
    };
    found.map(|sheet| sheet.name.clone()).ok_or_else(|| {
        let names: Vec<&str> = sheets.map(|sheet| sheet.name.as_str()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        match wanted {
            Some(wanted) => {
                error(path, format!("the workbook has no sheet {wanted}; its sheets are: {names}"))
            }
            None => error(
                path,
                format!("the workbook has no visible sheet; name one behind a #; its sheets are: {names}"),
            ),
        }
    })
}
