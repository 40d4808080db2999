//! The rows of a sheet, from its cells in the order of the file; pieces of them go to the workers.

use std::io::{Read, Seek};
use std::ops::Range;
use std::sync::mpsc::SyncSender;

use calamine::{XlsxCellFormulaMetadataRecord, XlsxCellReader};

use super::cells::{About, Held, write};
use super::formats::Formats;
use super::{Piece, damaged, error};
use crate::input::error::InputError;
use crate::input::parse::trim;
use crate::input::records::Record;

/// Rows in a piece.
const PIECE: u32 = 4096;
/// The rows and columns that a sheet may have.
const LARGEST: (u32, u32) = (1 << 20, 1 << 14);

/// Some rows of a sheet, one after the other.
#[derive(Debug, Default)]
pub struct SheetRows {
    bytes: Vec<u8>,
    /// The ends of the cells of all rows, each within its row.
    ends: Vec<u32>,
    /// For each row that holds anything, its line in the piece and where its bytes begin.
    rows: Vec<(u32, usize)>,
    /// The line and column of each cell that holds a fault.
    faults: Vec<(u32, u32)>,
    /// The columns of the header.
    width: usize,
    /// The number of rows of the sheet that the piece spans, with those above the first.
    lines: u32,
    /// The line from which on blank rows count: the one after the header.
    data_from: u32,
    /// The bytes of the file that were read for it.
    pub read: u64,
}

impl SheetRows {
    /// Calls `each` with every row and its line in the piece, blank ones between the rows included; `strict` are the columns whose faults
    /// matter. Returns the lines that the piece spans, and its rows.
    pub fn each(&self, strict: &[usize], mut each: impl FnMut(&Record<'_>, u32)) -> (u32, u32) {
        let blank = vec![b','; self.width.saturating_sub(1)];
        let no_cells: Vec<u32> = (0..self.width as u32).collect();
        let mut next = self.data_from;
        let mut faults = self.faults.iter().peekable();
        for (at, &(line, start)) in self.rows.iter().enumerate() {
            (next..line).for_each(|line| each(&Record::plain(&blank, &no_cells), line));
            let end = self.rows.get(at + 1).map_or(self.bytes.len(), |(_, end)| *end);
            let ends = &self.ends[at * self.width..(at + 1) * self.width];
            let mut record = Record::plain(&self.bytes[start..end], ends);
            while let Some((_, column)) = faults.next_if(|(of, _)| *of == line) {
                if strict.contains(&(*column as usize)) && record.fault.is_none() {
                    record = record.with_fault(*column);
                }
            }
            each(&record, line);
            next = line + 1;
        }
        (next..self.lines).for_each(|line| each(&Record::plain(&blank, &no_cells), line));
        (self.lines, self.lines - self.data_from)
    }
}

/// The rows of a sheet that is being read.
pub struct Rows<'a, R: Read + Seek> {
    path: &'a str,
    cells: XlsxCellReader<'a, R>,
    formats: Formats,
    epoch_1904: bool,
    ended: bool,
    row: Row,
    /// The beginning of the row after.
    ahead: Row,
    /// The number of the last row, from 0, and the columns of the header.
    last: Option<u32>,
    width: usize,
}

/// The cells of one row that hold anything.
#[derive(Debug, Default)]
struct Row {
    number: u32,
    bytes: Vec<u8>,
    cells: Vec<Cell>,
}

/// Where the text of a cell is.
#[derive(Debug)]
struct Cell {
    column: u32,
    text: Range<usize>,
    is_fault: bool,
}

impl Row {
    fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
    }

    /// Takes a cell, unless it holds nothing.
    fn push(&mut self, cell: &XlsxCellFormulaMetadataRecord<'_>, about: About) {
        let start = self.bytes.len();
        let held = write(&cell.value, about, &mut self.bytes);
        if held != Held::Nothing {
            let text = start..self.bytes.len();
            self.number = cell.pos.0;
            self.cells.push(Cell { column: cell.pos.1, text, is_fault: held == Held::Fault });
        }
    }

    fn text(&self, cell: &Cell) -> &[u8] {
        self.bytes.get(cell.text.clone()).unwrap_or_default()
    }
}

impl<'a, R: Read + Seek> Rows<'a, R> {
    /// The rows of a sheet.
    pub fn new(path: &'a str, cells: XlsxCellReader<'a, R>, formats: Formats, epoch_1904: bool) -> Self {
        let (row, ahead) = (Row::default(), Row::default());
        Self { path, cells, formats, epoch_1904, ended: false, row, ahead, last: None, width: 0 }
    }

    /// What is known of a cell besides its value.
    fn about(&self, cell: &XlsxCellFormulaMetadataRecord<'_>) -> About {
        About {
            is_formula: cell.formula.is_some(),
            format: self.formats.at(cell.pos),
            epoch_1904: self.epoch_1904,
        }
    }

    /// The names of the first row that holds anything; `None` where no row does.
    ///
    /// # Errors
    /// When the sheet is damaged.
    pub fn header(&mut self) -> Result<Option<Vec<String>>, InputError> {
        if !self.next_row()? {
            return Ok(None);
        }
        self.width = self.row.cells.last().map_or(0, |last| last.column as usize + 1);
        let mut names = vec![String::new(); self.width];
        for cell in &self.row.cells {
            names[cell.column as usize] = String::from_utf8_lossy(trim(self.row.text(cell))).into_owned();
        }
        Ok(Some(names))
    }

    /// Reads the next row that holds anything into `row`; says whether there is one.
    fn next_row(&mut self) -> Result<bool, InputError> {
        std::mem::swap(&mut self.row, &mut self.ahead);
        self.ahead.clear();
        while !self.ended && self.ahead.cells.is_empty() {
            let cell = self.cells.next_cell_with_formula_metadata();
            let Some(cell) = cell.map_err(|error| damaged(self.path, &error))? else {
                self.ended = true;
                break;
            };
            if cell.pos.0 >= LARGEST.0 || cell.pos.1 >= LARGEST.1 {
                let what = "the sheet has more rows or columns than a sheet can have; save it again";
                return Err(error(self.path, what));
            }
            let about = self.about(&cell);
            let same = self.row.cells.is_empty() || self.row.number == cell.pos.0;
            let row = if same { &mut self.row } else { &mut self.ahead };
            row.push(&cell, about);
        }
        let number = self.row.number;
        if self.row.cells.is_empty() {
            return Ok(false);
        }
        if self.last.is_some_and(|last| number <= last) {
            let what = format!("the rows of the sheet are out of order (row {}); save it again", number + 1);
            return Err(error(self.path, what));
        }
        self.last = Some(number);
        if !self.row.cells.is_sorted_by_key(|cell| cell.column) {
            self.row.cells.sort_by_key(|cell| cell.column);
        }
        Ok(true)
    }
}

/// Sends all rows below the header; `read` says how many bytes of the file were read since the last call.
///
/// # Errors
/// When the sheet is damaged.
pub fn send_rows<R: Read + Seek>(
    mut rows: Rows<'_, R>,
    sender: &SyncSender<Piece>,
    mut read: impl FnMut() -> u64,
) -> Result<(), InputError> {
    let width = rows.width;
    // The first piece begins with the first row of the sheet, so that lines are the sheet's rows.
    let (mut first, mut data_from) = (0, rows.last.map_or(0, |header| header + 1));
    let mut piece = SheetRows { width, data_from, ..SheetRows::default() };
    while rows.next_row()? {
        let number = rows.row.number;
        if number - first >= PIECE && !piece.rows.is_empty() {
            piece.read = read();
            if sender.send(Ok(Some(piece))).is_err() {
                return Ok(());
            }
            first = data_from;
            piece = SheetRows { width, ..SheetRows::default() };
        }
        append(&mut piece, &rows.row, number - first, rows.path)?;
        data_from = number + 1;
    }
    if !piece.rows.is_empty() || first == 0 {
        piece.lines = piece.lines.max(piece.data_from);
        piece.read = read();
        if sender.send(Ok(Some(piece))).is_err() {
            return Ok(());
        }
    }
    // Where nobody takes it, the run is over.
    let _ = sender.send(Ok(None));
    Ok(())
}

/// Appends a row to a piece; cells to the right of the header belong to no column.
fn append(piece: &mut SheetRows, row: &Row, line: u32, path: &str) -> Result<(), InputError> {
    let start = piece.bytes.len();
    let mut cells = row.cells.iter().peekable();
    for column in 0..piece.width as u32 {
        if column > 0 {
            piece.bytes.push(b',');
        }
        if let Some(cell) = cells.next_if(|cell| cell.column == column) {
            piece.bytes.extend_from_slice(row.text(cell));
            if cell.is_fault {
                piece.faults.push((line, column));
            }
        }
        let end = u32::try_from(piece.bytes.len() - start);
        piece
            .ends
            .push(end.map_err(|_| error(path, format!("row {} holds more than 4 GiB", row.number + 1)))?);
    }
    if cells.next().is_some_and(|cell| (cell.column as usize) < piece.width) {
        return Err(error(path, format!("row {} holds a cell twice; save it again", row.number + 1)));
    }
    piece.rows.push((line, start));
    piece.lines = line + 1;
    Ok(())
}
