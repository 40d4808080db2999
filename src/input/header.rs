//! The first line of a text: its delimiter and its names.

use super::binding::Header;
use super::buffer::Buffer;
use super::encoding::TextEncoding;
use super::error::InputError;
use super::feed::LONGEST_RECORD;
use super::parse::trim;
use super::records::{Record, Splitter, closing_quote, cut};
use super::stream::TextStream;

/// Reads at least the first line, without the byte order mark; returns what was read, and whether the stream has ended.
///
/// # Errors
/// When reading fails, or the first line holds a byte that is none of its encoding.
pub fn read_header(
    path: &str,
    stream: &mut TextStream,
    block_size: usize,
) -> Result<(Vec<u8>, bool), InputError> {
    let mut bytes = Buffer::default();
    let mut size = block_size.max(64);
    loop {
        let more = stream.fill(&mut bytes, size)?;
        // Blank lines may come before the header.
        let line_end = cut(&bytes, b',').end.is_some_and(|end| !trim(&bytes[..end]).is_empty());
        if let (false, Some(byte)) = (line_end, stream.malformed.or(stream.cut_off)) {
            let path = path.to_owned();
            let line = memchr::memchr_iter(b'\n', &bytes).count() as u64 + 1;
            let start = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
            let column = memchr::memchr_iter(detect_delimiter(&bytes), &bytes[start..]).count() + 1;
            let encoding = stream.encoding.encoding;
            return Err(InputError::Encoding { path, line, column, byte, encoding });
        }
        if !more || line_end || bytes.len() >= LONGEST_RECORD {
            let mark: &[u8] = b"\xEF\xBB\xBF";
            return Ok((bytes.strip_prefix(mark).unwrap_or(&bytes).to_vec(), !more));
        }
        size *= 2;
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
        unquoted.contains(&b'\r')
    })
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
        for text in ["a,5\" b\n1\r2\n", "a,b\r\n1\r2", "\"a\rb\",c\n", "a,b\r"] {
            assert!(!refused(text), "{text:?}");
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
