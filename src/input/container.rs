//! What a file is, by its first bytes (names lie): text, gzip, Zstandard, Parquet, a workbook, a ZIP archive.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::archive::{self, Archive, Seekable};
use super::encoding::TextEncoding;
use super::error::InputError;
use super::files::Source;
use super::form::Packing;
use super::gzip::GzipMembers;
use super::limits::{Counting, Excess, Limited, Limits, read_error};
use super::stream::{Bytes, TextStream};
use super::unchanged::Unchanging;
use super::workbook::Workbook;

/// An opened export.
pub struct Opened {
    /// Its name in messages, with the member of an archive.
    pub name: String,
    /// What it is packed in.
    pub packing: Packing,
    /// What it holds.
    pub content: Content,
}

/// What an export holds.
pub enum Content {
    /// Text, unpacked and on its way to UTF-8.
    Text(TextStream),
    /// A Parquet file, which has its own reader.
    Parquet,
    /// A sheet of a workbook.
    Workbook(Workbook),
}

/// How files are opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opening {
    /// The encoding of texts without a byte order mark, where it is not to be detected.
    pub encoding: Option<TextEncoding>,
    /// What compressed files may unpack to.
    pub limits: Limits,
}

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Gzip,
    Zstandard,
    Parquet,
    Zip,
    Refused(&'static str),
}

/// The first bytes that tell what a file is.
const MAGIC: usize = 8;

const OLE: &str = "an old Excel workbook (.xls), or a workbook with a password; open it in a spreadsheet program and save it as \
                   .xlsx without a password, or as CSV";
const UNPACK: &str = "an archive of a kind that is not read; unpack it and give the file inside";

fn kind(start: &[u8]) -> Kind {
    match start {
        [0x1F, 0x8B, ..] => Kind::Gzip,
        // The first frame may be one that holds no data and is skipped, as parallel compressors write it.
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Kind::Zstandard,
        [b'P', b'A', b'R', b'1', ..] => Kind::Parquet,
        [b'P', b'A', b'R', b'E', ..] => {
            Kind::Refused("an encrypted Parquet file, which is not read; write it without encryption")
        }
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Kind::Zip,
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] => Kind::Refused(OLE),
        [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..]
        | [b'R', b'a', b'r', b'!', 0x1A, 7, ..]
        | [0xFD, b'7', b'z', b'X', b'Z', 0, ..]
        | [4, 0x22, b'M', 0x18, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26] => Kind::Refused(UNPACK),
        [b'%', b'P', b'D', b'F', b'-', ..] => {
            Kind::Refused("a PDF document; export the table as CSV or .xlsx")
        }
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] => {
            Kind::Refused("a picture; export the table as CSV or .xlsx")
        }
        [0xFF, 0xFE, 0, 0, ..]
        | [0, 0, 0xFE, 0xFF, ..]
        | [1..=0xFF, 0, 0, 0, 1..=0xFF, 0, 0, 0]
        | [0, 0, 0, 1..=0xFF, 0, 0, 0, 1..=0xFF] => {
            Kind::Refused("text in UTF-32, which is not read; save it as \"CSV UTF-8\"")
        }
        [0, 0, 0, 0, 0, 0, 0, 0] => Kind::Refused(
            "a file of zero bytes, as a copy that broke off leaves behind; export it, or copy it, again",
        ),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] | [b'O', b'b', b'j', 1, ..] => {
            Kind::Refused("a table in Arrow or Avro; save it as Parquet or CSV")
        }
        [b'S', b'Q', b'L', b'i', b't', b'e', b' ', b'f'] => {
            Kind::Refused("an SQLite database; export the table as CSV or Parquet")
        }
        _ => Kind::Text,
    }
}

fn refused(name: &str, what: &str) -> InputError {
    InputError::Container { path: name.to_owned(), what: what.to_owned() }
}

/// Opens an export and finds out what it is.
///
/// # Errors
/// When it cannot be opened, is empty, or is something that is not read.
pub fn open(source: &Source, opening: Opening) -> Result<Opened, InputError> {
    let failed = |error| InputError::io(&source.name, "cannot open", error);
    let mut input = input(source).map_err(failed)?;
    let mut start = Vec::with_capacity(MAGIC);
    input.reader().take(MAGIC as u64).read_to_end(&mut start).map_err(failed)?;
    let kind = kind(&start);
    let no_parts = |what| match &source.part {
        Some(_) => Err(InputError::NoParts { path: source.name.clone(), what }),
        None => Ok(()),
    };
    let opened = |content| Opened { name: source.name.clone(), packing: Packing::Plain, content };
    match (kind, input) {
        _ if start.is_empty() => Err(InputError::Empty { path: source.name.clone() }),
        // Taken for text, its cells would be shown as a header.
        (kind, _) if source.stored.is_some() && kind != Kind::Parquet => Err(InputError::Store {
            path: source.name.clone(),
            message: "the file is damaged; take it out of the store, and ingest its export again".to_owned(),
        }),
        (Kind::Refused(what), _) => Err(refused(&source.name, what)),
        (Kind::Parquet, Input::File(_)) => no_parts("Parquet").map(|()| opened(Content::Parquet)),
        (Kind::Parquet, Input::Stream(_)) => {
            let what =
                "Parquet on standard input or in a pipe, which needs a file to seek in; give the file's name";
            Err(refused(&source.name, what))
        }
        (Kind::Zip, Input::File(mut file)) => {
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            zip(source, Seekable::File(file), opening)
        }
        (Kind::Zip, Input::Stream(rest)) => {
            let reader = Cursor::new(start).chain(rest);
            zip(source, in_memory(&source.name, reader, opening.limits)?, opening)
        }
        (_, input) => {
            no_parts("a text")?;
            text(source, kind, start, input, opening)
        }
    }
}

/// Where the bytes of an export come from.
enum Input {
    /// A file in which a reader can move.
    File(File),
    /// What can be read once: standard input, a pipe. Its digest is computed meanwhile where one is wanted.
    Stream(Box<dyn Read + Send>),
}

impl Input {
    fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::File(file) => file,
            Self::Stream(stream) => stream,
        }
    }
}

fn input(source: &Source) -> std::io::Result<Input> {
    let stream: Box<dyn Read + Send> = match &source.path {
        None => Box::new(std::io::stdin()),
        Some(path) => {
            let file = File::open(path)?;
            if file.metadata()?.is_file() {
                return Ok(Input::File(file));
            }
            Box::new(file)
        }
    };
    Ok(Input::Stream(match source.digest.clone() {
        Some(digest) => Box::new(digest.of(stream)),
        None => stream,
    }))
}

/// A text, as it is or compressed.
fn text(
    source: &Source,
    kind: Kind,
    start: Vec<u8>,
    input: Input,
    opening: Opening,
) -> Result<Opened, InputError> {
    let failed = |error| InputError::io(&source.name, "cannot open", error);
    let rest: Box<dyn Read + Send> = match input {
        Input::File(file) => Box::new(Unchanging::new(file).map_err(failed)?),
        Input::Stream(stream) => stream,
    };
    let taken = Arc::new(AtomicU64::new(0));
    let whole = Counting::new(Cursor::new(start).chain(rest), Arc::clone(&taken));
    let limited = |reader| Box::new(Limited::new(reader, opening.limits, Arc::clone(&taken)));
    let (packing, reader): (_, Box<dyn Read + Send>) = match kind {
        Kind::Gzip => {
            let unpacked: Box<dyn Read + Send> = Box::new(GzipMembers::new(whole));
            (Packing::Gzip, limited(unpacked))
        }
        Kind::Zstandard => {
            let unpacked = zstd::stream::read::Decoder::new(whole).map_err(failed)?;
            (Packing::Zstandard, limited(Box::new(unpacked)))
        }
        _ => (Packing::Plain, Box::new(whole)),
    };
    let bytes = Bytes { reader, packed: packing != Packing::Plain, taken };
    let content = Content::Text(stream(&source.name, bytes, opening)?);
    Ok(Opened { name: source.name.clone(), packing, content })
}

/// A stream of text, unless its first bytes say that it is none.
fn stream(name: &str, bytes: Bytes, opening: Opening) -> Result<TextStream, InputError> {
    let packed = bytes.packed;
    let (stream, start) = TextStream::open(name, bytes, opening.encoding)?;
    let first = &start[..start.len().min(MAGIC)];
    match kind(first) {
        Kind::Text => {}
        Kind::Refused(what) => return Err(refused(name, what)),
        _ if packed => {
            let what = "a compressed file within a compressed file, or Parquet within one; unpack it and give the file inside";
            return Err(refused(name, what));
        }
        _ => {}
    }
    match other_text(&start) {
        Some(what) => Err(refused(name, what)),
        None => Ok(stream),
    }
}

/// Texts that are no tables, by the words that they begin with.
const OTHER_TEXTS: [(&[&str], &str); 4] = [
    (
        &["<html", "<!doctype", "<table", "<?xml", "<meta"],
        "a table in HTML or XML (often named .xls); open it in a spreadsheet program and save it as .xlsx or CSV",
    ),
    (
        &["{\"", "{ \"", "[{", "[\n", "[ {", "{\n", "{\r\n", "[\r\n"],
        "JSON, which is not read; export the table as CSV or .xlsx",
    ),
    (
        &["version https://git-lfs"],
        "a pointer of Git LFS in place of the file; fetch the file itself (git lfs pull)",
    ),
    (&["{\\rtf"], "a text document (RTF); export the table as CSV or .xlsx"),
];

/// What a text is whose first words are not those of a table.
fn other_text(start: &[u8]) -> Option<&'static str> {
    let text = super::parse::trim(start);
    let begins =
        |word: &&str| text.get(..word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()));
    OTHER_TEXTS.iter().find(|(words, _)| words.iter().any(begins)).map(|(_, what)| *what)
}

/// All bytes of a reader, in memory.
fn in_memory(name: &str, reader: impl Read, limits: Limits) -> Result<Seekable, InputError> {
    let mut bytes = Vec::new();
    let held = limits.held();
    reader.take(held.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| read_error(name, error))?;
    if bytes.len() as u64 > held {
        return Err(InputError::Decompressed { path: name.to_owned(), excess: Excess::Size(held) });
    }
    Ok(Seekable::Memory(Cursor::new(bytes)))
}

/// A workbook, or the export in an archive.
fn zip(source: &Source, bytes: Seekable, opening: Opening) -> Result<Opened, InputError> {
    let limits = opening.limits;
    // `FILE#PART` is how it was typed; messages name the file and then what is found in it.
    let file = source.path.as_deref().map_or(source.name.clone(), |path| path.display().to_string());
    let (member, sheet, mut reader, taken) =
        match archive::open(&file, bytes, source.part.as_deref(), limits)? {
            Archive::Workbook(bytes) => {
                let workbook = Workbook::open(&source.name, bytes, source.part.clone())?;
                let content = Content::Workbook(workbook);
                return Ok(Opened { name: source.name.clone(), packing: Packing::Plain, content });
            }
            Archive::Member { name, sheet, reader, taken } => (name, sheet, reader, taken),
        };
    let name = format!("{file}#{member}");
    let mut start = Vec::new();
    let first = reader.by_ref().take(MAGIC as u64).read_to_end(&mut start);
    first.map_err(|error| read_error(&name, error))?;
    let found = kind(&start);
    let whole = Cursor::new(start).chain(reader);
    let content = match found {
        Kind::Zip => match archive::open(&name, in_memory(&name, whole, limits)?, None, limits)? {
            Archive::Workbook(bytes) => Content::Workbook(Workbook::open(&name, bytes, sheet)?),
            Archive::Member { .. } => {
                return Err(refused(
                    &name,
                    "a ZIP archive within a ZIP archive; unpack it and give the one inside",
                ));
            }
        },
        Kind::Parquet => {
            return Err(refused(&name, "Parquet in a ZIP archive; unpack it and give the file inside"));
        }
        _ if sheet.is_some() => {
            return Err(InputError::NoParts { path: source.name.clone(), what: "a text" });
        }
        _ => {
            let bytes = Bytes { reader: Box::new(whole), packed: true, taken };
            Content::Text(stream(&name, bytes, opening)?)
        }
    };
    Ok(Opened { name, packing: Packing::Zip, content })
}
