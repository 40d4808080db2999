//! JSON: an array with one object a line, or one object a line without the array.
//!
//! Money and whole numbers are written digit by digit, because a float between would lose the exact value.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

use super::error::PresentError;
use super::model::{Document, Values};
use super::text::{decimal, steers_a_terminal};

/// Writes an array of objects, one a line.
pub fn render_array(document: &Document, out: &mut dyn Write) -> Result<(), PresentError> {
    let keys = keys(document)?;
    out.write_all(b"[")?;
    for row in 0..document.rows() {
        out.write_all(if row == 0 { b"\n  " } else { b",\n  " })?;
        write_object(document, &keys, row, out)?;
    }
    out.write_all(if document.rows() == 0 { b"]\n" } else { b"\n]\n" })?;
    Ok(())
}

/// Writes one object a line, as `jq`, `DuckDB` and log tools stream it.
pub fn render_lines(document: &Document, out: &mut dyn Write) -> Result<(), PresentError> {
    let keys = keys(document)?;
    for row in 0..document.rows() {
        write_object(document, &keys, row, out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The column names, escaped once.
fn keys(document: &Document) -> Result<Vec<Vec<u8>>, PresentError> {
    let mut keys = Vec::with_capacity(document.columns.len());
    for column in &document.columns {
        let mut key = Vec::new();
        write_text(&column.name, &mut key)?;
        keys.push(key);
    }
    Ok(keys)
}

fn write_object(
    document: &Document,
    keys: &[Vec<u8>],
    row: usize,
    out: &mut dyn Write,
) -> Result<(), PresentError> {
    out.write_all(b"{")?;
    for (i, (column, key)) in document.columns.iter().zip(keys).enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        out.write_all(key)?;
        out.write_all(b":")?;
        write_value(&column.values, row, out)?;
    }
    out.write_all(b"}")?;
    Ok(())
}

fn write_value(values: &Values, row: usize, out: &mut dyn Write) -> Result<(), PresentError> {
    match values {
        Values::Text(v) => match v.get(row).and_then(Option::as_deref) {
            Some(text) => write_text(text, out)?,
            None => out.write_all(b"null")?,
        },
        Values::Date(v) => match v.get(row).copied().flatten() {
            Some(date) => write!(out, "\"{date}\"")?,
            None => out.write_all(b"null")?,
        },
        Values::Count(v) => write_some(v.get(row).copied().flatten(), out)?,
        Values::Money(v) => write_some(v.get(row).copied().flatten().map(decimal), out)?,
        Values::Wide(v) => write_some(v.get(row).copied().flatten(), out)?,
        Values::Real(v) => serde_json::to_writer(out, &v.get(row).copied().flatten())?,
        Values::Flag(v) => write_some(v.get(row).copied().flatten(), out)?,
    }
    Ok(())
}

/// A number, date or flag as it is written, without quotes; `None` is null, no such row, or text.
///
/// # Errors
/// Never: it writes to memory.
pub(super) fn machine_value(values: &Values, row: usize) -> Result<Option<String>, PresentError> {
    if matches!(values, Values::Text(_)) {
        return Ok(None);
    }
    let mut out = Vec::new();
    write_value(values, row, &mut out)?;
    let text = String::from_utf8_lossy(&out);
    Ok((text != "null").then(|| text.trim_matches('"').to_owned()))
}

fn write_some(value: Option<impl std::fmt::Display>, out: &mut dyn Write) -> io::Result<()> {
    match value {
        Some(value) => write!(out, "{value}"),
        None => out.write_all(b"null"),
    }
}

/// Anything as JSON on one line, in which nothing steers a terminal.
pub(super) fn escaped(value: &impl Serialize) -> Result<Vec<u8>, PresentError> {
    let mut out = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut out, Escaping))?;
    Ok(out)
}

/// Anything as JSON for people to read too, in which nothing steers a terminal.
pub(super) fn indented(value: &impl Serialize) -> Result<Vec<u8>, PresentError> {
    let mut text = serde_json::to_string_pretty(value)?;
    // Escapes within texts; between them there are only line ends.
    if text.contains(|c| steers_a_terminal(c) && c != '\n') {
        let escape = |c: char| {
            if steers_a_terminal(c) && c != '\n' { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }
        };
        text = text.chars().map(escape).collect();
    }
    text.push('\n');
    Ok(text.into_bytes())
}

fn write_text(text: &str, out: &mut dyn Write) -> Result<(), PresentError> {
    text.serialize(&mut Serializer::with_formatter(out, Escaping))?;
    Ok(())
}

/// `serde_json`'s escapes, and also those of the characters that it passes but a terminal would obey: the JSON means
/// the same, and a file shown with `cat` or `jq` is safe.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for piece in fragment.split_inclusive(steers_a_terminal) {
            let last = piece.chars().next_back().filter(|&c| steers_a_terminal(c));
            let plain = &piece[..piece.len() - last.map_or(0, char::len_utf8)];
            writer.write_all(plain.as_bytes())?;
            if let Some(c) = last {
                // All of them lie in the basic plane: one \u escape each.
                write!(writer, "\\u{:04x}", u32::from(c))?;
            }
        }
        Ok(())
    }

    fn write_char_escape<W: Write + ?Sized>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        serde_json::ser::CompactFormatter.write_char_escape(writer, escape)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn array(document: &Document) -> String {
        let mut out = Vec::new();
        render_array(document, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn lines(document: &Document) -> String {
        let mut out = Vec::new();
        render_lines(document, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn array_is_exact() {
        insta::assert_snapshot!(array(&fixture::hostile()), @r#"
        [
          {"period":"2026-01-05","streamer_id":"7349583948573948573","=attribute()":"=cmd()","gmv":1234.50,"uv":12345,"watch_hours":1234.5,"watch_hours_per_viewer":0.1,"buyers_per_watch_hour":1.834,"orders_per_buyer":1.25,"m_gg":100000000000000000000,"partial":false},
          {"period":"2026-01-05","streamer_id":"-5","=attribute()":"<script>a|b</script>","gmv":-0.05,"uv":7,"watch_hours":0.04,"watch_hours_per_viewer":0.005,"buyers_per_watch_hour":0.0123,"orders_per_buyer":1.0,"m_gg":-1,"partial":true},
          {"period":"2026-01-05","streamer_id":"-x","=attribute()":"\u001b[31mred\u001b[0m","gmv":-1234.50,"uv":0,"watch_hours":0.30000000000000004,"watch_hours_per_viewer":null,"buyers_per_watch_hour":null,"orders_per_buyer":null,"m_gg":null,"partial":null},
          {"period":"2026-01-05","streamer_id":"+1","=attribute()":"line\nbreak","gmv":0.00,"uv":null,"watch_hours":null,"watch_hours_per_viewer":null,"buyers_per_watch_hour":null,"orders_per_buyer":null,"m_gg":0,"partial":false},
          {"period":"2026-01-05","streamer_id":null,"=attribute()":"\tx","gmv":null,"uv":1,"watch_hours":0.0,"watch_hours_per_viewer":0.0,"buyers_per_watch_hour":null,"orders_per_buyer":1e-7,"m_gg":1,"partial":false},
          {"period":"2026-01-05","streamer_id":"-1+1","=attribute()":"王芳的直播间","gmv":123456789.01,"uv":9876543,"watch_hours":98765.4321,"watch_hours_per_viewer":2.5,"buyers_per_watch_hour":18.2,"orders_per_buyer":12.5,"m_gg":2,"partial":true}
        ]
        "#);
    }

    #[test]
    fn lines_are_the_array_without_its_dress() {
        let document = fixture::hostile();
        let from_array: Vec<String> = array(&document)
            .lines()
            .filter(|l| l.starts_with("  "))
            .map(|l| l.trim().trim_end_matches(',').to_owned())
            .collect();
        let lines: Vec<String> = lines(&document).lines().map(str::to_owned).collect();
        assert_eq!(lines, from_array);
        assert_eq!(lines.len(), document.rows());
    }

    #[test]
    fn text_reads_back_as_it_was_and_holds_no_control_character() {
        let document = fixture::hostile();
        let text = array(&document);
        assert!(!text.chars().any(|c| steers_a_terminal(c) && c != '\n'));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for (row, name) in fixture::names(&document).iter().enumerate() {
            assert_eq!(value[row]["=attribute()"].as_str(), name.as_deref());
        }
    }

    #[test]
    fn every_character_survives() {
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        let mut out = Vec::new();
        write_text(&all, &mut out).unwrap();
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), all);
    }

    #[test]
    fn empty_is_an_empty_array() {
        assert_eq!(array(&Document::default()), "[]\n");
        assert_eq!(lines(&Document::default()), "");
    }
}
