//! ZIP archives: one export inside of one, or a workbook, which is an archive itself.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use flate2::{Crc, read::DeflateDecoder};
use zip::read::HasZipMetadata;
use zip::{CompressionMethod, ZipArchive};

use super::error::InputError;
use super::files::EXPORTS;
use super::guard::guarded;
use super::limits::{Counting, Limited, Limits};

/// The bytes of a file in which a reader can move.
pub enum Seekable {
    /// A file.
    File(File),
    /// Bytes in memory.
    Memory(Cursor<Vec<u8>>),
}

impl Read for Seekable {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Seekable {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Memory(bytes) => bytes.seek(to),
        }
    }
}

/// What an archive turned out to be.
pub enum Archive {
    /// An Excel workbook.
    Workbook(Seekable),
    /// An archive, with the one export that is meant.
    Member {
        /// The name of the member.
        name: String,
        /// What was asked for behind the member's name: a sheet.
        sheet: Option<String>,
        /// Its bytes, unpacked.
        reader: Box<dyn Read + Send>,
        /// Counts the packed bytes that were taken.
        taken: Arc<AtomicU64>,
    },
}

/// A member of an archive, by the archive's directory.
struct Entry {
    index: usize,
    name: String,
    is_folder: bool,
    size: u64,
    packed: u64,
}

/// Opens what begins as a ZIP archive; `part` is the member (and perhaps its sheet) or, of a workbook, the sheet.
///
/// # Errors
/// When it is damaged, encrypted, of a kind that is not read, too large, or it is not plain which member is meant.
pub fn open(path: &str, bytes: Seekable, part: Option<&str>, limits: Limits) -> Result<Archive, InputError> {
    let damaged =
        |what: &str| refused(path, format!("a damaged ZIP archive or workbook ({what}); export it again"));
    guarded(
        || damaged("its directory makes no sense"),
        || {
            let mut archive = ZipArchive::new(bytes).map_err(|error| damaged(&error.to_string()))?;
            if archive.has_duplicate_names() {
                // Which of them is meant, readers do not agree on; the rows of the others would be lost.
                return Err(refused(
                    path,
                    "a ZIP archive with two files of one name; unpack it and give the right one".to_owned(),
                ));
            }
            let entries = entries(&archive);
            refuse_others(path, &entries)?;
            if entries.iter().any(is_workbook_part) {
                check_parts(path, &entries, limits)?;
                check_sums(path, &mut archive, &entries, limits)?;
                return Ok(Archive::Workbook(archive.into_inner()));
            }
            let (entry, sheet) = choose(path, entries, part)?;
            member(path, archive, entry, sheet, limits)
        },
    )
}

fn refused(path: &str, what: String) -> InputError {
    InputError::Container { path: path.to_owned(), what }
}

fn entries(archive: &ZipArchive<Seekable>) -> Vec<Entry> {
    let entry = |index| {
        let entry = archive.by_index_data(index).ok()?;
        let name = text(entry.name_raw()).replace('\\', "/");
        let is_folder = entry.is_dir() || name.ends_with('/');
        Some(Entry { index, name, is_folder, size: entry.size(), packed: entry.compressed_size() })
    };
    (0..archive.len()).filter_map(entry).collect()
}

/// A member's name: UTF-8 where it is that, else GB18030, as archivers on Chinese Windows write it.
fn text(raw: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(raw) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0,
    }
}

/// Whether a member is the part that makes an archive an Excel workbook.
fn is_workbook_part(entry: &Entry) -> bool {
    let name = entry.name.to_lowercase();
    let file = name.trim_start_matches('/').strip_prefix("xl/");
    file.is_some_and(|file| file.starts_with("workbook") && ends_in(file, &[".xml"]))
}

/// Refuses archives that are spreadsheets of other programs.
fn refuse_others(path: &str, entries: &[Entry]) -> Result<(), InputError> {
    let holds = |name: &str| entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name));
    let holds_in = |folder: &str| entries.iter().any(|entry| entry.name.starts_with(folder));
    if holds_in("xl/worksheets/") && !entries.iter().any(is_workbook_part) && !holds("xl/workbook.bin") {
        return Err(refused(
            path,
            "a damaged workbook (its part xl/workbook.xml is missing); export it again".to_owned(),
        ));
    }
    let what = if holds("xl/workbook.bin") {
        "a binary Excel workbook (.xlsb)"
    } else if holds("mimetype") && holds("content.xml") {
        "an OpenDocument file (.ods)"
    } else if holds("Index/Document.iwa") {
        "a Numbers document"
    } else if holds("word/document.xml") || holds("ppt/presentation.xml") {
        "a document of Word or PowerPoint"
    } else {
        return Ok(());
    };
    Err(refused(path, format!("{what}, which is not read; save it as .xlsx or CSV and give that file")))
}

/// Refuses a workbook whose parts unpack to too much. The reader of archives never gives more than the directory declares.
fn check_parts(path: &str, entries: &[Entry], limits: Limits) -> Result<(), InputError> {
    // A workbook names its parts as it likes, so that no name says which of them are read.
    for part in entries {
        let checked = limits.check_held(part.size, part.packed);
        checked.map_err(|excess| InputError::Decompressed { path: path.to_owned(), excess })?;
    }
    Ok(())
}

/// Refuses a workbook of which a part is not what was packed: its reader stops at the last tag of a part, before the checksum is compared,
/// and damaged digits are digits. Pictures and embedded files are no cells.
fn check_sums(
    path: &str,
    archive: &mut ZipArchive<Seekable>,
    entries: &[Entry],
    limits: Limits,
) -> Result<(), InputError> {
    let is_other = |entry: &&Entry| {
        entry.is_folder || ["/media/", "/embeddings/"].iter().any(|folder| entry.name.contains(folder))
    };
    for part in entries.iter().filter(|entry| !is_other(entry)) {
        let checked = limits.check_held(part.size, part.packed);
        checked.map_err(|excess| InputError::Decompressed { path: path.to_owned(), excess })?;
        let read = archive.by_index(part.index).map_err(std::io::Error::from);
        let read = read.and_then(|mut part| std::io::copy(&mut part, &mut std::io::sink()));
        read.map_err(|error| {
            refused(path, format!("a damaged workbook (its part {}: {error}); export it again", part.name))
        })?;
    }
    Ok(())
}

/// The member that is meant, and the sheet of it that was asked for.
fn choose(
    path: &str,
    entries: Vec<Entry>,
    part: Option<&str>,
) -> Result<(Entry, Option<String>), InputError> {
    let mut files: Vec<Entry> = entries.into_iter().filter(is_file).collect();
    let found = part.and_then(|part| {
        let whole = std::iter::once((part, None));
        let split = part.rmatch_indices('#').map(|(at, _)| (&part[..at], Some(part[at + 1..].to_owned())));
        whole.chain(split).find_map(|(name, sheet)| {
            files.iter().position(|file| file.name == name).map(|position| (position, sheet))
        })
    });
    let names = |files: &[Entry]| {
        let names: Vec<&str> = files.iter().take(20).map(|file| file.name.as_str()).collect();
        let more = files.len().saturating_sub(names.len());
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{rest}", names.join(", "))
    };
    if let Some((position, sheet)) = found {
        return Ok((files.swap_remove(position), sheet));
    }
    if let Some(part) = part {
        return Err(refused(
            path,
            format!("a ZIP archive without a member {part}; it holds {}", names(&files)),
        ));
    }
    if files.iter().any(|file| is_export(&file.name)) {
        files.retain(|file| is_export(&file.name));
    }
    match files.len() {
        1 => Ok((files.swap_remove(0), None)),
        0 => Err(refused(path, "a ZIP archive without any file in it; export it again".to_owned())),
        _ => Err(refused(
            path,
            format!("a ZIP archive of several files: {}; name one as {path}#MEMBER", names(&files)),
        )),
    }
}

/// Whether a member is a file that somebody put there, and not a folder or what systems leave behind.
fn is_file(entry: &Entry) -> bool {
    let file = entry.name.rsplit('/').next().unwrap_or_default();
    let left_behind =
        file.starts_with('.') || file.starts_with("~$") || file.eq_ignore_ascii_case("thumbs.db");
    !entry.is_folder && !left_behind && !entry.name.starts_with("__MACOSX/")
}

fn is_export(name: &str) -> bool {
    ends_in(name, &EXPORTS)
}

fn ends_in(name: &str, endings: &[&str]) -> bool {
    let name = name.to_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// The bytes of a member.
fn member(
    path: &str,
    archive: ZipArchive<Seekable>,
    entry: Entry,
    sheet: Option<String>,
    limits: Limits,
) -> Result<Archive, InputError> {
    let name = entry.name;
    let within = format!("{path}#{name}");
    let damaged = |error: zip::result::ZipError| {
        refused(path, format!("a damaged ZIP archive ({error}); export it again"))
    };
    let about = archive.by_index_data(entry.index).map_err(damaged)?;
    if about.encrypted() {
        let what = "a member of a ZIP archive with a password; unpack it and give the file inside".to_owned();
        return Err(refused(&within, what));
    }
    let (method, packed, checksum) = (about.compression(), about.compressed_size(), about.crc32());
    let about = about.get_metadata().clone();
    let mut bytes = archive.into_inner();
    let start = about.data_start(&mut bytes).map_err(damaged)?;
    bytes.seek(SeekFrom::Start(start)).map_err(|error| InputError::io(&within, "cannot read", error))?;
    let taken = Arc::new(AtomicU64::new(0));
    let packed = Counting::new(bytes.take(packed), Arc::clone(&taken));
    let unpacked: Box<dyn Read + Send> = match method {
        CompressionMethod::Stored => Box::new(packed),
        CompressionMethod::Deflated => Box::new(DeflateDecoder::new(packed)),
        other => {
            let what = format!("packed by {other}, which is not read; unpack it and give the file inside");
            return Err(refused(&within, what));
        }
    };
    let limited = Limited::new(unpacked, limits, Arc::clone(&taken));
    let reader = Box::new(Checked { reader: limited, crc: Crc::new(), checksum });
    Ok(Archive::Member { name, sheet, reader, taken })
}

/// The bytes of a member, which fail at their end where they are not those that were packed.
struct Checked<R> {
    reader: R,
    crc: Crc,
    checksum: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.crc.update(&buffer[..read]);
        if read == 0 && !buffer.is_empty() && self.crc.sum() != self.checksum {
            return Err(std::io::Error::new(ErrorKind::InvalidData, "its checksum differs"));
        }
        Ok(read)
    }
}
