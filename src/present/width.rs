//! Text in the columns of a terminal, where a Chinese character takes two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns of the terminal on standard output; 80 where it does not say.
#[must_use]
pub fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}

/// The text, cut with `…` to a width.
#[must_use]
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let mut end = prefix(text, room);
    // Sequences such as an emoji with its variation are wider than their characters one by one.
    while text[..end].width() > room {
        end = text[..end].char_indices().next_back().map_or(0, |(at, _)| at);
    }
    format!("{}…", &text[..end])
}

/// The end of the longest start of the text whose characters fit a width.
fn prefix(text: &str, width: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            return at;
        }
    }
    text.len()
}

/// The text on lines of a width, broken at spaces and around wide characters.
#[must_use]
pub fn wrapped(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text.trim_end();
    while is_wider(rest, width) {
        let end = break_point(rest, width);
        lines.push(rest[..end].trim_end());
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest);
    }
    lines
}

/// Whether a text is wider than a width, of which no more is looked at than that takes: a long one is asked once for each of its lines.
fn is_wider(text: &str, width: usize) -> bool {
    // A character may take no room, or several of them that of one.
    let start =
        text.char_indices().nth(width.saturating_add(1).saturating_mul(8)).map_or(text.len(), |(at, _)| at);
    text[..start].width() > width || start < text.len() && text.width() > width
}

/// Where a line that is too long breaks: never at its start, and never before a closing mark.
fn break_point(text: &str, width: usize) -> usize {
    let hard = prefix(text, width).max(text.chars().next().map_or(0, char::len_utf8));
    let wide = |c: char| c.width() == Some(2);
    let breaks_at = |at: &usize| {
        let before = text[..*at].chars().next_back().unwrap_or(' ');
        let after = text[*at..].chars().next().unwrap_or(' ');
        before == ' '
            || after == ' '
            || (wide(before) || wide(after)) && !"，。、；：！？）》”".contains(after)
    };
    (1..=hard).rev().filter(|&at| text.is_char_boundary(at)).find(breaks_at).unwrap_or(hard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_count_what_the_terminal_shows() {
        assert_eq!(cut("王芳的直播间", 12), "王芳的直播间");
        assert_eq!(cut("王芳的直播间", 8), "王芳的…");
        assert_eq!(cut("王芳的直播间", 7), "王芳的…");
        assert_eq!(cut("abcdef", 1), "…");
        assert!(cut("❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}", 4).width() <= 4);
    }

    #[test]
    fn notes_break_at_words_and_before_no_closing_mark() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("aaaaaaa", 3), ["aaa", "aaa", "a"]);
        assert_eq!(wrapped("观众只计，一次", 8), ["观众只", "计，一次"]);
        assert_eq!(wrapped("王", 1), ["王"]);
        assert_eq!(wrapped("王王", 1), ["王", "王"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
