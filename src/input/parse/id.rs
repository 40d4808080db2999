//! Ids are text, always: guards against Excel come off, and what Excel has destroyed is refused.

use super::trim;

/// An id without the guards that exports put around it against Excel: `="123"`, a leading `'` or backtick, a trailing tab.
#[must_use]
#[inline]
pub fn unguard(cell: &[u8]) -> &[u8] {
    let cell = trim(cell);
    match cell.first() {
        Some(b'\'' | b'`') => trim(&cell[1..]),
        Some(b'=') => cell.strip_prefix(b"=\"").and_then(|rest| rest.strip_suffix(b"\"")).map_or(cell, trim),
        _ => cell,
    }
}

/// Whether an id is a number in scientific notation (`9.44E+18`): Excel has rounded it, and distinct persons have become one.
#[must_use]
#[inline]
pub fn is_mangled(id: &[u8]) -> bool {
    id.first().is_some_and(u8::is_ascii_digit) && memchr::memchr(b'+', id).is_some() && is_scientific(id)
}

/// Digits, perhaps a point and digits, `E+`, one to three digits.
fn is_scientific(id: &[u8]) -> bool {
    let Some(e) = id.iter().position(|byte| matches!(byte, b'e' | b'E')) else { return false };
    let (mantissa, exponent) = (&id[..e], &id[e + 1..]);
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let exponent_is = exponent.strip_prefix(b"+").is_some_and(|rest| rest.len() <= 3 && digits(rest));
    let mantissa_is = match memchr::memchr(b'.', mantissa) {
        Some(point) => digits(&mantissa[..point]) && digits(&mantissa[point + 1..]),
        None => digits(mantissa),
    };
    exponent_is && mantissa_is
}

/// The errors of spreadsheets, which a CSV export of one holds as text.
pub(crate) const CELL_ERRORS: [&str; 11] = [
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#GETTING_DATA",
];

/// Whether an id is an error of a spreadsheet: a look-up that failed in many rows would make one person of them.
#[must_use]
#[inline]
pub fn is_cell_error(id: &[u8]) -> bool {
    id.first() == Some(&b'#') && CELL_ERRORS.iter().any(|error| error.as_bytes() == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_come_off_and_ids_stay() {
        for (cell, id) in [
            ("=\"6923456789012345678\"", "6923456789012345678"),
            ("'007", "007"),
            ("`123", "123"),
            ("576461413038785752\t", "576461413038785752"),
            ("s-01", "s-01"),
            ("=cmd()", "=cmd()"),
            ("  ", ""),
            ("'", ""),
        ] {
            assert_eq!(unguard(cell.as_bytes()), id.as_bytes(), "{cell}");
        }
    }

    #[test]
    fn errors_of_spreadsheets_are_no_ids() {
        assert!(is_cell_error(b"#N/A") && is_cell_error(b"#REF!"));
        assert!(!is_cell_error(b"#1") && !is_cell_error(b"N/A") && !is_cell_error(b""));
    }

    #[test]
    fn only_scientific_notation_is_mangled() {
        for id in ["9.44E+18", "9.44e+18", "1E+15", "12E+100"] {
            assert!(is_mangled(id.as_bytes()), "{id}");
        }
        for id in [
            "12e5678",
            "9.44E18",
            "a9.44E+18",
            "1+1",
            "E+18",
            "9.44E+",
            "9.44E+1x",
            ".5E+3",
            "12345678901234567890",
        ] {
            assert!(!is_mangled(id.as_bytes()), "{id}");
        }
    }
}
