//! The parsers of a cell: money, time, ids and durations. Each is exact or says why not; none guesses.

pub mod id;
pub mod money;
pub mod number;
pub mod time;

/// A cell without the white space that exports put around it (spaces, tabs, no-break and ideographic spaces).
#[must_use]
#[inline]
pub fn trim(cell: &[u8]) -> &[u8] {
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        _ => trim_slowly(cell),
    }
}

/// UTF-8 forms of the no-break space, the ideographic space and the byte order mark.
const WIDE_SPACES: [&[u8]; 3] = [b"\xC2\xA0", b"\xE3\x80\x80", b"\xEF\xBB\xBF"];

fn trim_slowly(cell: &[u8]) -> &[u8] {
    let mut cell = cell.trim_ascii();
    loop {
        let before = cell.len();
        for space in WIDE_SPACES {
            cell = cell.strip_prefix(space).unwrap_or(cell);
            cell = cell.strip_suffix(space).unwrap_or(cell);
        }
        cell = cell.trim_ascii();
        if cell.len() == before {
            return cell;
        }
    }
}

/// Watch time in seconds: a number of at least 0, whose parts of a second are floored; `None` for a blank.
///
/// # Errors
/// When the text is no number, or negative, or longer than a thousand years.
pub fn seconds(cell: &[u8]) -> Result<Option<i64>, &'static str> {
    let cell = trim(cell);
    if cell.is_empty() {
        return Ok(None);
    }
    let (whole, fraction) = match memchr::memchr(b'.', cell) {
        Some(point) => (&cell[..point], &cell[point + 1..]),
        None => (cell, &b"0"[..]),
    };
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if !digits(whole) || !digits(fraction) {
        return Err("no number of seconds");
    }
    if whole.len() > 11 {
        return Err("more seconds than a thousand years");
    }
    Ok(Some(whole.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_of_every_kind_goes() {
        assert_eq!(trim(b" a b\t"), b"a b");
        assert_eq!(trim("\u{3000}甲\u{a0}\t".as_bytes()), "甲".as_bytes());
        assert_eq!(trim(b" \t"), b"");
    }

    #[test]
    fn seconds_are_floored_and_never_negative() {
        assert_eq!(seconds(b" 12.9 "), Ok(Some(12)));
        assert_eq!(seconds(b""), Ok(None));
        assert_eq!(seconds(b"0"), Ok(Some(0)));
        for bad in ["-1", "1e3", "12s", ".", "1.", "999999999999"] {
            assert!(seconds(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
