//! Exports to blocks of whole records, one after the other; the parsing of the blocks is left to the workers.

use std::collections::VecDeque;
use std::sync::Arc;

use super::binding::Header;
use super::buffer::Buffer;
use super::container::{Content, Opening, open};
use super::encoding::TextEncoding;
use super::error::InputError;
use super::files::Source;
use super::form::FileForm;
use super::header::{Beginning, header, read_header};
use super::parquet::ParquetFile;
use super::records::{Splitter, cut};
use super::stream::TextStream;
use super::workbook::Workbook;
use super::workbook::rows::SheetRows;

/// The longest record that is looked for, in bytes; beyond it a quote is open by mistake or the file has no lines.
pub const LONGEST_RECORD: usize = 16 << 20;

/// One export, once its header is read; `C` is what the header means for its kind of rows.
#[derive(Debug)]
pub struct FileContext<C> {
    /// Its number in the order of the exports.
    pub index: u32,
    /// Its name in messages.
    pub name: String,
    /// Its header.
    pub header: Header,
    /// Its container, encoding and delimiter.
    pub form: FileForm,
    /// Where the canonical columns are.
    pub columns: C,
}

/// A piece of work for one worker.
pub enum Task<C> {
    /// Whole records of delimited text.
    Block {
        /// The file.
        file: Arc<FileContext<C>>,
        /// The number of the block in its file; block 0 begins with the header.
        ordinal: u32,
        /// The text.
        bytes: Buffer,
        /// Whether there is any quote in it.
        quoted: bool,
        /// The bytes of the file that were read for it.
        read: u64,
    },
    /// A slice of the rows of a Parquet file.
    Slice {
        /// The file.
        file: Arc<FileContext<C>>,
        /// The number of the slice in its file.
        ordinal: u32,
        /// The file's rows.
        rows: Arc<ParquetFile>,
    },
    /// Some rows of a sheet of a workbook.
    Rows {
        /// The file.
        file: Arc<FileContext<C>>,
        /// The number of the piece in its file.
        ordinal: u32,
        /// The rows.
        rows: SheetRows,
    },
}

/// Why the feed stopped, and where: the file and block, so that the first failure in the order of the data can be told.
#[derive(Debug)]
pub struct Failure {
    /// The number of the file.
    pub file: u32,
    /// The number of the block.
    pub block: u32,
    /// What happened.
    pub cause: Cause,
}

/// What happened.
#[derive(Debug)]
pub enum Cause {
    /// An error that is complete.
    Whole(InputError),
    /// An error at a line of the block (from 0) and a cell (from 1), whose line in the file is not known yet.
    At {
        /// The line within the block.
        line: u32,
        /// The cell within the line.
        column: usize,
        /// Which error.
        error: PlacedError,
    },
}

/// An error whose line is filled in at the end.
#[derive(Debug, Clone, Copy)]
pub enum PlacedError {
    /// A byte that is none of the encoding.
    Encoding(TextEncoding, u8),
    /// A quoted cell that does not close.
    OpenQuote,
    /// A line without an end.
    LongLine,
}

/// What a header means: given the file and its header, the columns of the rows.
pub type Bind<'a, C> = dyn Fn(&Source, &Header) -> Result<C, InputError> + Sync + 'a;

/// How the exports are read.
#[derive(Debug, Clone, Copy)]
pub struct FeedOptions {
    /// How files are opened.
    pub opening: Opening,
    /// The delimiter, where it is not to be detected.
    pub delimiter: Option<u8>,
    /// Bytes in a block.
    pub block_size: usize,
}

impl Default for FeedOptions {
    fn default() -> Self {
        Self {
            opening: Opening::default(),
            delimiter: None,
            block_size: super::settings::ReadSettings::BLOCK_SIZE,
        }
    }
}

/// The blocks of a list of exports.
pub struct Feed<'a, C> {
    options: FeedOptions,
    bind: &'a Bind<'a, C>,
    waiting: VecDeque<(u32, Source)>,
    current: Option<Current<C>>,
    /// Buffers that workers have given back.
    pub spare: Vec<Buffer>,
    /// Every file that was opened.
    pub files: Vec<Arc<FileContext<C>>>,
}

/// The export that is being read.
enum Current<C> {
    Text { file: Arc<FileContext<C>>, stream: TextStream, rest: Vec<u8>, ended: bool, ordinal: u32 },
    Parquet { file: Arc<FileContext<C>>, rows: Arc<ParquetFile>, ordinal: u32 },
    Workbook { file: Arc<FileContext<C>>, workbook: Workbook, ordinal: u32 },
}

impl<'a, C> Feed<'a, C> {
    /// A feed of `sources` in their order.
    pub fn new(sources: &[Source], options: FeedOptions, bind: &'a Bind<'a, C>) -> Self {
        let waiting = sources.iter().cloned().enumerate().map(|(at, source)| (at as u32, source)).collect();
        Self { options, bind, waiting, current: None, spare: Vec::new(), files: Vec::new() }
    }

    /// The next piece of work; `None` after the last.
    ///
    /// # Errors
    /// When a file cannot be opened, understood or read on.
    pub fn next_task(&mut self) -> Result<Option<Task<C>>, Failure> {
        loop {
            match self.current.take() {
                None => {
                    let Some((index, source)) = self.waiting.pop_front() else { return Ok(None) };
                    let whole = |error| Failure { file: index, block: 0, cause: Cause::Whole(error) };
                    let opened = self.open(index, &source).map_err(whole)?;
                    self.current = Some(opened);
                }
                Some(Current::Text { file, mut stream, rest, ended, ordinal }) => {
                    if ended && rest.is_empty() {
                        continue;
                    }
                    let mut bytes = self.spare.pop().unwrap_or_default();
                    bytes.begin(&rest);
                    let (rest, ended, quoted) = self.block(&file, &mut stream, &mut bytes, ended, ordinal)?;
                    let read = stream.advanced();
                    let next =
                        Current::Text { file: Arc::clone(&file), stream, rest, ended, ordinal: ordinal + 1 };
                    self.current = Some(next);
                    return Ok(Some(Task::Block { file, ordinal, bytes, quoted, read }));
                }
                Some(Current::Parquet { file, rows, ordinal }) => {
                    if ordinal as usize == rows.len() {
                        continue;
                    }
                    let next = Current::Parquet {
                        file: Arc::clone(&file),
                        rows: Arc::clone(&rows),
                        ordinal: ordinal + 1,
                    };
                    self.current = Some(next);
                    return Ok(Some(Task::Slice { file, ordinal, rows }));
                }
                Some(Current::Workbook { file, workbook, ordinal }) => {
                    let failed =
                        |error| Failure { file: file.index, block: ordinal, cause: Cause::Whole(error) };
                    if let Some(rows) = workbook.next_rows().map_err(failed)? {
                        let next = Arc::clone(&file);
                        self.current = Some(Current::Workbook { file: next, workbook, ordinal: ordinal + 1 });
                        return Ok(Some(Task::Rows { file, ordinal, rows }));
                    }
                }
            }
        }
    }

    /// Fills `bytes` with whole records; returns what is left over, whether the stream has ended, and whether there are quotes.
    fn block(
        &self,
        file: &FileContext<C>,
        stream: &mut TextStream,
        bytes: &mut Buffer,
        mut ended: bool,
        ordinal: u32,
    ) -> Result<(Vec<u8>, bool, bool), Failure> {
        let delimiter = file.form.delimiter().unwrap_or(b',');
        let mut size = self.options.block_size.max(bytes.len() + 1);
        loop {
            let failed = |error| Failure { file: file.index, block: ordinal, cause: Cause::Whole(error) };
            if !ended {
                ended = !stream.fill(bytes, size).map_err(failed)?;
            }
            let found = cut(bytes, delimiter);
            let place = |at, error| Failure {
                file: file.index,
                block: ordinal,
                cause: place(bytes, at, delimiter, error),
            };
            if let Some(byte) = stream.malformed {
                return Err(place(bytes.len(), PlacedError::Encoding(stream.encoding.encoding, byte)));
            }
            match (ended, found.end, found.open_quote) {
                (true, _, None) => return Ok((Vec::new(), true, found.quoted)),
                // One row that cannot be split; a header is none.
                (true, end, Some(quote))
                    if (end.is_some() || ordinal > 0)
                        && is_cut_off(&bytes[quote..], delimiter, file.header.names.len()) =>
                {
                    return Ok((Vec::new(), true, true));
                }
                (true, _, Some(quote)) => return Err(place(quote, PlacedError::OpenQuote)),
                (false, Some(end), _) => return Ok((bytes.split_off(end), false, found.quoted)),
                (false, None, Some(quote)) if bytes.len() >= LONGEST_RECORD => {
                    return Err(place(quote, PlacedError::OpenQuote));
                }
                (false, None, None) if bytes.len() >= LONGEST_RECORD => {
                    return Err(place(0, PlacedError::LongLine));
                }
                (false, None, _) => size = (bytes.len() * 2).min(LONGEST_RECORD),
            }
        }
    }

    fn open(&mut self, index: u32, source: &Source) -> Result<Current<C>, InputError> {
        let opened = open(source, self.options.opening)?;
        let packing = opened.packing;
        // Messages name the member of an archive, too.
        let source = &Source { name: opened.name, ..source.clone() };
        match opened.content {
            Content::Text(mut stream) => {
                let FeedOptions { block_size, delimiter, .. } = self.options;
                let begun = read_header(&source.name, &mut stream, block_size, delimiter)?;
                let Beginning { bytes: rest, delimiter, ended } = begun;
                if rest.is_empty() {
                    return Err(InputError::Empty { path: source.name.clone() });
                }
                let header = header(&source.name, &rest, delimiter)?;
                let form = FileForm::Text { packing, encoding: stream.encoding, delimiter };
                let file = self.file(index, source, header, form)?;
                Ok(Current::Text { file, stream, rest, ended, ordinal: 0 })
            }
            Content::Parquet => {
                let rows = Arc::new(ParquetFile::open(source)?);
                rows.check_size(self.options.opening.limits)?;
                let names = rows.names().iter().map(|name| name.trim().to_owned()).collect();
                let file = self.file(index, source, Header { names }, FileForm::Parquet)?;
                Ok(Current::Parquet { file, rows, ordinal: 0 })
            }
            Content::Workbook(mut workbook) => {
                let header = Header { names: std::mem::take(&mut workbook.names) };
                let form = FileForm::Workbook { packing, sheet: workbook.sheet.clone() };
                let file = self.file(index, source, header, form)?;
                Ok(Current::Workbook { file, workbook, ordinal: 0 })
            }
        }
    }

    /// Takes a file whose header is known into the list.
    fn file(
        &mut self,
        index: u32,
        source: &Source,
        header: Header,
        form: FileForm,
    ) -> Result<Arc<FileContext<C>>, InputError> {
        let columns = (self.bind)(source, &header)?;
        let file = Arc::new(FileContext { index, name: source.name.clone(), header, form, columns });
        self.files.push(Arc::clone(&file));
        Ok(file)
    }
}

/// The lines that a quoted cell may have where the file was cut off within it: addresses and remarks have a few.
const CUT_OFF_LINES: usize = 20;

/// Whether a quoted cell does not close because the file was cut off within it: a few lines follow, and none of them is a row, as all
/// are behind a quote that was opened by mistake.
fn is_cut_off(open: &[u8], delimiter: u8, width: usize) -> bool {
    let mut lines = open.split(|&byte| byte == b'\n').skip(1).filter(|line| !line.is_empty());
    let mut splitter = Splitter::default();
    let mut is_row = |line: &[u8]| {
        let mut row = false;
        splitter.split(line, delimiter, true, |record, _| row |= record.len() >= width);
        row
    };
    lines.by_ref().take(CUT_OFF_LINES).all(|line| !is_row(line)) && lines.next().is_none()
}

/// The line and cell of a byte of a block.
#[must_use]
pub fn place(bytes: &[u8], at: usize, delimiter: u8, error: PlacedError) -> Cause {
    let before = &bytes[..at];
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    Cause::At {
        line: memchr::memchr_iter(b'\n', before).count() as u32,
        column: memchr::memchr_iter(delimiter, &before[start..]).count() + 1,
        error,
    }
}
