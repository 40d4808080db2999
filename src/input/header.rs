//! The first line of a text: its delimiter and its names.

use super::binding::Header;
use super::buffer::Buffer;
use super::encoding::TextEncoding;
use super::error::InputError;
use super::feed::LONGEST_RECORD;
use super::parse::trim;
use super::records::{Record, Splitter, closing_quote, cut};
use super::stream::TextStream;

/// The beginning of a text, without the byte order mark: the first line at least, which may go over several in quotes.
#[derive(Debug)]
pub struct Beginning {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The delimiter that was given, or that the first line has.
    pub delimiter: u8,
    /// Whether this is all.
    pub ended: bool,
}

/// Reads the beginning of a text, whose delimiter may be known.
///
/// # Errors
/// When reading fails, or the first line holds a byte that is none of its encoding.
pub fn read_header(
    path: &str,
    stream: &mut TextStream,
    block_size: usize,
    delimiter: Option<u8>,
) -> Result<Beginning, InputError> {
    let mut bytes = Buffer::default();
    let mut size = block_size.max(64);
    loop {
        let more = stream.fill(&mut bytes, size)?;
        let text = without_separator_line(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes));
        let delimiter = delimiter.unwrap_or_else(|| detect_delimiter(text));
        // Blank lines may come before the header.
        let line_end = cut(text, delimiter).end.is_some_and(|end| !trim(&text[..end]).is_empty());
        if let (false, Some(byte)) = (line_end, stream.malformed.or(stream.cut_off)) {
            let path = path.to_owned();
            let line = memchr::memchr_iter(b'\n', text).count() as u64 + 1;
            let start = memchr::memrchr(b'\n', text).map_or(0, |end| end + 1);
            let column = memchr::memchr_iter(delimiter, &text[start..]).count() + 1;
            let encoding = stream.encoding.encoding;
            return Err(InputError::Encoding { path, line, column, byte, encoding });
        }
        // That the file is all of one line is known once it has ended, or goes on behind that line.
        let is_known = other_line_ends(text).is_none();
        if !more || (line_end && is_known) || bytes.len() >= LONGEST_RECORD {
            return Ok(Beginning { bytes: text.to_vec(), delimiter, ended: !more });
        }
        size *= 2;
    }
}

/// The text behind what Excel writes before a header to name the delimiter (`sep=;`); the end of that line stays, so that lines count.
fn without_separator_line(text: &[u8]) -> &[u8] {
    let line = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
    match line.trim_ascii_end() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', b',' | b';' | b'|'] => &text[line.len()..],
        // The delimiter is white space itself.
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'='] if line.contains(&b'\t') => &text[line.len()..],
        _ => text,
    }
}

/// The delimiter that stands most often in the first line outside of quotes; a comma where none does. A tab before another one, or at
/// the end of the line, pads the cell (against Excel) and divides nothing.
#[must_use]
pub fn detect_delimiter(bytes: &[u8]) -> u8 {
    let line = bytes.split(|&byte| byte == b'\n').find(|line| !trim(line).is_empty()).unwrap_or_default();
    let mut best = (0, b',');
    for candidate in *b",\t;|" {
        let mut inside = false;
        let count = line.iter().enumerate().filter(|&(at, &byte)| {
            inside ^= byte == b'"';
            let next = line.get(at + 1).unwrap_or(&b'\r');
            let pads = byte == b'\t' && b",;|\r".contains(next);
            byte == candidate && !inside && !pads
        });
        let count = count.count();
        if count > best.0 {
            best = (count, candidate);
        }
    }
    best.1
}

/// Whether lines end in a carriage return alone: one stands outside of quotes before the end of a record.
fn ends_in_carriage_returns(record: &Record<'_>) -> bool {
    (0..record.len()).any(|at| {
        let raw = record.raw(at);
        let unquoted = match raw.strip_prefix(b"\"") {
            Some(quoted) => closing_quote(quoted, 0).map_or(&b""[..], |closing| &quoted[closing + 1..]),
            None => raw,
        };
        // Before the line end there may be several (`\r\r\n`), as a file has that went through two programs that each add one.
        let ended = if at + 1 == record.len() { unquoted.trim_ascii_end() } else { unquoted };
        ended.contains(&b'\r')
    })
}

/// Line ends of other systems, by their names: where the whole file is one line, it is because of them.
const OTHER_LINE_ENDS: [(&str, &[u8]); 4] = [
    ("line separators (U+2028)", "\u{2028}".as_bytes()),
    ("paragraph separators (U+2029)", "\u{2029}".as_bytes()),
    ("next-line marks (U+0085)", "\u{85}".as_bytes()),
    ("vertical tabs", b"\x0B"),
];

/// What the lines of a text end in that has no line end of ours: all of it would be its header, and no row.
fn other_line_ends(text: &[u8]) -> Option<&'static str> {
    let text = text.trim_ascii();
    if memchr::memchr(b'\n', text).is_some() {
        return None;
    }
    let found = OTHER_LINE_ENDS.iter().find(|(_, end)| memchr::memmem::find(text, end).is_some());
    found.map(|(name, _)| *name)
}

/// The names of the first record.
///
/// # Errors
/// When there is none, or it is no line of UTF-8.
pub fn header(path: &str, bytes: &[u8], delimiter: u8) -> Result<Header, InputError> {
    let end = cut(bytes, delimiter).end.unwrap_or(bytes.len());
    let mut names: Option<Vec<String>> = None;
    let (mut bad, mut carriage_returns) = (None, false);
    Splitter::default().split(&bytes[..end], delimiter, true, |record, line| {
        if names.is_some() {
            return;
        }
        carriage_returns = ends_in_carriage_returns(&record);
        let mut found = Vec::new();
        for at in 0..record.len() {
            match std::str::from_utf8(trim(&record.cell(at))) {
                Ok(name) => found.push(name.to_owned()),
                Err(error) => {
                    let byte = record.cell(at).get(error.valid_up_to()).copied().unwrap_or_default();
                    bad = bad.or(Some((line, at, byte)));
                }
            }
        }
        names = Some(found);
    });
    if carriage_returns {
        return Err(InputError::CarriageReturns { path: path.to_owned() });
    }
    if let Some(what) = other_line_ends(bytes) {
        return Err(InputError::LineEnds { path: path.to_owned(), what });
    }
    if let Some((line, at, byte)) = bad {
        return Err(InputError::Encoding {
            path: path.to_owned(),
            line: u64::from(line) + 1,
            column: at + 1,
            byte,
            encoding: TextEncoding::UTF_8,
        });
    }
    // A line of blanks is a record; where nothing else comes, it is no header.
    let is_blank = |names: &Vec<String>| names.iter().all(String::is_empty) && trim(bytes).is_empty();
    let names = names.filter(|names| !is_blank(names));
    Ok(Header { names: names.ok_or(InputError::NoHeader { path: path.to_owned() })? })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::stream::Bytes;
    use super::*;

    #[test]
    fn carriage_returns_are_looked_for_in_the_first_record_alone() {
        let refused = |text: &str| {
            let found = header("f.csv", text.as_bytes(), b',');
            matches!(found, Err(InputError::CarriageReturns { .. }))
        };
        for text in ["a,b\r1,2\r", "a,\"b\"\r1,2", "\"a\",b\r\"1\",2\r"] {
            assert!(refused(text), "{text:?}");
        }
        // A stray quote opens nothing, so that what comes after the line has no say.
        for text in ["a,5\" b\n1\r2\n", "a,b\r\n1\r2", "\"a\rb\",c\n", "a,b\r", "a,b\r\r\n1,2\r\r\n"] {
            assert!(!refused(text), "{text:?}");
        }
    }

    #[test]
    fn whether_a_file_is_one_line_does_not_depend_on_blocks() {
        let one_line = |text: &str, block_size| {
            let reader = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
            let bytes = Bytes { reader, packed: false, taken: Arc::default() };
            let (mut stream, _) = TextStream::open("f.csv", bytes, None).unwrap();
            let begun = read_header("f.csv", &mut stream, block_size, Some(b',')).unwrap();
            matches!(header("f.csv", &begun.bytes, b','), Err(InputError::LineEnds { .. }))
        };
        let line = format!("a,{}\u{b}b", "c".repeat(90));
        for (text, expected) in [
            (format!("{line}\n{}1,2", "\n".repeat(300)), false),
            (format!("{line}\n1,2\n"), false),
            (format!("{line}\n{}", "\n".repeat(300)), true),
            (line, true),
        ] {
            for block_size in [1, 94, 95, 96, 97, 1 << 14] {
                assert_eq!(one_line(&text, block_size), expected, "{text:?} {block_size}");
            }
        }
    }

    #[test]
    fn the_line_that_names_the_delimiter_is_no_header() {
        for (text, left) in [
            ("sep=,\na,b\n", "\na,b\n"),
            ("SEP=;\r\na;b\r\n", "\na;b\r\n"),
            ("sep=\t\na\tb", "\na\tb"),
            ("sep=", "sep="),
            ("sep=x\n", "sep=x\n"),
            ("sep,a\n", "sep,a\n"),
        ] {
            assert_eq!(without_separator_line(text.as_bytes()), left.as_bytes(), "{text:?}");
        }
    }

    #[test]
    fn the_delimiter_is_the_commonest_outside_of_quotes() {
        for (line, delimiter) in [
            ("a,b,c\n1;2;3;4;5", b','),
            ("a\tb\n", b'\t'),
            ("a;b;\"c,d,e,f\"\n", b';'),
            ("a|b|c", b'|'),
            ("a\t,b\t,c\t\n1\t,2\t,3\t", b','),
            ("a\t;b\t;c\t\r\n", b';'),
            ("\"a\"\t,\"b\"\t", b','),
            ("a\tb\tc\t\r\n", b'\t'),
            ("a\tb,c\td", b'\t'),
            ("a\t", b','),
            ("\n\r\na;b", b';'),
            ("a", b','),
        ] {
            assert_eq!(detect_delimiter(line.as_bytes()), delimiter, "{line}");
        }
    }
}
