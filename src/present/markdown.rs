//! A GitHub table for reports and chats, in the same human units as the terminal's.

use std::io::Write;

use super::error::PresentError;
use super::model::{Document, Language};
use super::page::Page;

/// Writes the table, its total line in bold, and the notes as a list.
pub fn render(document: &Document, language: Language, out: &mut dyn Write) -> Result<(), PresentError> {
    let page = Page::new(document, language);
    let all: Vec<usize> = (0..page.columns.len()).collect();
    if !all.is_empty() {
        write_line(page.columns.iter().map(|c| escaped(&c.heading)), out)?;
        let rule = page.columns.iter().map(|c| if c.number { "---:" } else { ":---" }.to_owned());
        write_line(rule, out)?;
    }
    for row in 0..page.rows {
        write_line(page.columns.iter().map(|c| escaped(&c.cells[row])), out)?;
    }
    if let Some(total) = page.total(&all).filter(|_| !all.is_empty()) {
        write_line(total.iter().map(|cell| bold(cell)), out)?;
    }
    if !all.is_empty() && !page.notes.is_empty() {
        writeln!(out)?;
    }
    for note in &page.notes {
        writeln!(out, "- {}", escaped(note))?;
    }
    Ok(())
}

fn write_line(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> Result<(), PresentError> {
    let mut line = String::from("|");
    for cell in cells {
        line.push(' ');
        line.push_str(&cell);
        line.push_str(if cell.is_empty() { "|" } else { " |" });
    }
    writeln!(out, "{line}")?;
    Ok(())
}

fn bold(cell: &str) -> String {
    // Marks beside spaces would show as asterisks.
    match cell.trim() {
        "" => String::new(),
        cell => format!("**{}**", escaped(cell)),
    }
}

/// Text that Markdown shows as it is: no cell ends early, no tag, link, image or formula comes from the data.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // Within a word it marks nothing, and ids stay easy to read and to find.
            '_' if before.is_alphanumeric() && rest.peek().is_some_and(|c| c.is_alphanumeric()) => {
                safe.push('_');
            }
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' => safe.extend(['\\', c]),
            _ => safe.push(c),
        }
        before = c;
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn rendered(document: &Document, language: Language) -> String {
        let mut out = Vec::new();
        render(document, language, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn english() {
        insta::assert_snapshot!(rendered(&fixture::hostile(), Language::English), @r#"
        | Period | Streamer | Attribute | GMV | Viewers | Watch hours | Watch time per viewer | Buyers per hour | Orders per buyer | Second moment | Partial |
        | :--- | :--- | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | :--- |
        | 2026-01-05 | 7349583948573948573 | =cmd() | ¥1,234.50 | 12,345 | 1,234.5 h | 6.0 min | 1.83 /h | 1.250 | 100,000,000,000,000,000,000 | |
        | 2026-01-05 | -5 | &lt;script&gt;a\|b&lt;/script&gt; | -¥0.05 | 7 | 0.040 h | 18 s | 0.0123 /h | 1.000 | -1 | yes |
        | 2026-01-05 | -x | \\u{1b}\[31mred\\u{1b}\[0m | -¥1,234.50 | 0 | 0.30 h | – | – | – | – | – |
        | 2026-01-05 | +1 | line\\nbreak | ¥0.00 | – | – | – | – | – | 0 | |
        | 2026-01-05 | – | \\tx | – | 1 | 0.0 h | 0 s | – | 1.0e-7 | 1 | |
        | 2026-01-05 | -1+1 | 王芳的直播间 | ¥123,456,789.01 | 9,876,543 | 98,765.4 h | 2.5 h | 18.2 /h | 12.50 | 2 | yes |
        | **Total** | | | **¥123,456,788.96** | **9,880,000** | **100,000.3 h** | **119.4 min** | **–** | **1.500** | **–** | |

        - The total counts a viewer of several streamers once.
        - Attribute \\u{1b}\[2J is from the export.
        "#);
    }

    #[test]
    fn chinese_head_and_end() {
        let text = rendered(&fixture::hostile(), Language::Chinese);
        let lines: Vec<&str> = text.lines().collect();
        insta::assert_snapshot!([lines[0], lines[8], lines[10], lines[11]].join("\n"), @r#"
        | 周期 | 主播 | 属性 | 成交额 | 观看人数 | 观看时长 | 人均观看时长 | 每小时买家 | 人均订单 | 二阶矩 | 不完整 |
        | **合计** | | | **¥123,456,788.96** | **9,880,000** | **100,000.3 h** | **119.4 min** | **–** | **1.500** | **–** | |
        - 合计中，看过多位主播的观众只计一次。
        - 属性 \\u{1b}\[2J 来自导出文件。
        "#);
    }

    #[test]
    fn every_line_has_the_same_cells() {
        let text = rendered(&fixture::hostile(), Language::English);
        for line in text.lines().filter(|line| line.starts_with('|')) {
            // A bar after an even number of backslashes separates; others are data.
            let mut bars = 0;
            let mut backslashes = 0;
            for c in line.chars() {
                bars += usize::from(c == '|' && backslashes % 2 == 0);
                backslashes = if c == '\\' { backslashes + 1 } else { 0 };
            }
            assert_eq!(bars, 12, "{line}");
        }
    }

    #[test]
    fn marks_of_the_data_are_text() {
        assert_eq!(escaped("a|b"), "a\\|b");
        assert_eq!(escaped("a\\|b"), "a\\\\\\|b");
        assert_eq!(
            escaped("![x](http://y) `c` *d* ~e~ $f$"),
            "!\\[x\\](http://y) \\`c\\` \\*d\\* \\~e\\~ \\$f\\$"
        );
        assert_eq!(escaped("<b>&amp;"), "&lt;b&gt;&amp;amp;");
        assert_eq!(escaped("live_id _x_ 主播_1"), "live_id \\_x\\_ 主播_1");
        assert_eq!(bold(" "), "");
    }

    #[test]
    fn nothing_but_notes() {
        let mut document = fixture::hostile();
        document.columns.clear();
        assert!(rendered(&document, Language::English).starts_with("- The total"));
    }
}
