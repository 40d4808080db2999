//! Findings as a list with marks, for terminals: a line with its numbers, and below it what it means.

use std::io::Write;

use unicode_width::UnicodeWidthStr;

use crate::engine::check::findings::{Check, Finding, Input, Level, Section};
use crate::present::error::PresentError;
use crate::present::format::RenderOptions;
use crate::present::model::{Document, Language, Phrase, Unit, Values};
use crate::present::text::{Style, sanitize};
use crate::present::width::wrapped;

use super::labels::{heading, label};
use super::sentences::sentence;

/// Where lines end when there is no terminal to say it.
const WIDTH: usize = 100;
/// Nothing is wrapped below this.
const NARROWEST: usize = 40;
/// The longest label, so that numbers do not stand far from it.
const LABEL: usize = 56;
/// The widths of count, share and money with the space before them.
const FIGURES: [usize; 3] = [12, 9, 17];
/// The space before a label, with its mark, and before what it means.
const INDENT: usize = 4;

/// Writes the list.
pub(super) fn render(
    findings: &[Finding],
    document: &Document,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> Result<(), PresentError> {
    let page = Page {
        style: Style::new(document, options.language),
        language: options.language,
        width: options.width.unwrap_or(WIDTH).max(NARROWEST),
        colour: options.colour,
    };
    let mut before: Option<(Section, Input)> = None;
    for (at, finding) in findings.iter().enumerate() {
        if is_repeated(finding, &findings[..at]) {
            continue;
        }
        let group = (finding.section, finding.input);
        let title = heading(group.0, group.1);
        if before.is_none_or(|(section, input)| heading(section, input) != title) {
            let space = if before.is_some() { "\n" } else { "" };
            writeln!(out, "{space}{}", page.painted("1", title.get(page.language)))?;
        }
        before = Some(group);
        page.finding(finding, out)?;
    }
    let space = if findings.is_empty() { "" } else { "\n" };
    for (at, line) in wrapped(summary(findings).get(page.language), page.width).into_iter().enumerate() {
        writeln!(out, "{}{line}", if at == 0 { space } else { "" })?;
    }
    Ok(())
}

/// Whether an earlier file has the same columns, as all of a folder mostly do.
fn is_repeated(finding: &Finding, before: &[Finding]) -> bool {
    let is_columns =
        matches!(finding.check, Check::ColumnsUsed | Check::ColumnsIgnored | Check::ColumnsMissing);
    let same = |other: &&Finding| (other.check, other.input) == (finding.check, finding.input);
    is_columns && before.iter().filter(same).any(|other| other.detail == finding.detail)
}

/// How findings are drawn.
struct Page<'a> {
    style: Style<'a>,
    language: Language,
    width: usize,
    colour: bool,
}

impl Page<'_> {
    fn finding(&self, finding: &Finding, out: &mut dyn Write) -> Result<(), PresentError> {
        let text = label(finding);
        let text = sanitize(text.get(self.language));
        let figures = self.figures(finding);
        let beside = FIGURES.iter().sum::<usize>();
        let room = (self.width - INDENT).saturating_sub(if figures.is_empty() { 0 } else { beside });
        let room = room.clamp(8, LABEL);
        let mark = self.mark(finding.level);
        if text.width() <= room {
            let padding = " ".repeat(if figures.is_empty() { 0 } else { room - text.width() });
            writeln!(out, "  {mark} {text}{padding}{figures}")?;
        } else {
            // A long path stands on lines of its own.
            for (at, line) in wrapped(&text, self.width - INDENT).into_iter().enumerate() {
                writeln!(out, "  {} {line}", if at == 0 { &mark } else { " " })?;
            }
            writeln!(out, "{}{figures}", " ".repeat(INDENT + room))?;
        }
        for text in self.below(finding) {
            for line in wrapped(&text, self.width - INDENT - 2) {
                writeln!(out, "{:INDENT$}  {}", "", self.painted("2", line))?;
            }
        }
        Ok(())
    }

    /// What stands below a finding: its sentence, and examples.
    fn below(&self, finding: &Finding) -> Vec<String> {
        let sentence = sentence(finding);
        let sentence = sentence.map(|sentence| sanitize(sentence.get(self.language)).into_owned());
        let mut texts: Vec<String> = sentence.into_iter().filter(|text| !text.is_empty()).collect();
        if !finding.examples.is_empty() {
            let (such_as, comma) =
                if self.language == Language::English { ("such as ", ", ") } else { ("例如 ", "，") };
            texts.push(sanitize(&format!("{such_as}{}", finding.examples.join(comma))).into_owned());
        }
        texts
    }

    /// Count, share and money under each other; nothing after the last.
    fn figures(&self, finding: &Finding) -> String {
        let seconds = if finding.check == Check::WatchedTwice { " s" } else { "" };
        let count = finding.count.and_then(|count| i64::try_from(count).ok());
        let count = self.style.cell(&Values::Count(vec![count]), 0, Unit::Plain);
        let count = count.map(|count| format!("{count}{seconds}"));
        let share = finding.share.map(|share| format!("{:.1} %", share * 100.0));
        let money = self.style.cell(&Values::Money(vec![finding.money]), 0, Unit::Currency);
        let mut text = String::new();
        for (figure, width) in [count, share, money].into_iter().zip(FIGURES) {
            let figure = figure.unwrap_or_default();
            text.push_str(&" ".repeat(width.saturating_sub(figure.width())));
            text.push_str(&figure);
        }
        text.trim_end().to_owned()
    }

    fn mark(&self, level: Level) -> String {
        match level {
            Level::Ok => self.painted("32", "✓"),
            Level::Note => self.painted("36", "·"),
            Level::Warning => self.painted("33", "!"),
            Level::Error => self.painted("31", "✗"),
        }
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// How many findings of each kind there are, and what follows from them.
fn summary(findings: &[Finding]) -> Phrase {
    let count = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
    let [errors, warnings, notes] = [Level::Error, Level::Warning, Level::Note].map(count);
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let (en, zh) = if errors > 0 {
        (
            "do not believe numbers of these files until the errors are mended",
            "错误修正之前，请勿相信这些文件得出的数字",
        )
    } else if warnings > 0 {
        (
            "look at the warnings before you rely on numbers of these files",
            "使用这些文件的数字之前，请先查看警告",
        )
    } else {
        ("nothing speaks against these files", "未发现问题")
    };
    Phrase::new(
        format!(
            "{}, {}, {}: {en}.",
            plural(errors, "error"),
            plural(warnings, "warning"),
            plural(notes, "note")
        ),
        format!("{errors} 个错误，{warnings} 个警告，{notes} 个提示：{zh}。"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::check::findings::{Detail, Unknown};
    use crate::present::Format;

    /// A finding of every check, with large numbers and long texts.
    fn findings() -> Vec<Finding> {
        let finding = |check: &Check| Finding {
            level: Level::Error,
            section: Section::Rows,
            input: Input::Orders,
            check: *check,
            file: Some(
                "exports/of/a/shop/that/has/long/names/订单导出-2026-11-01-至-2026-11-30.csv".to_owned(),
            ),
            count: Some(1_234_567),
            cases: None,
            share: Some(0.1234),
            money: Some(12_345_678_901),
            dates: None,
            detail: Detail::Unknown(Unknown::NoBuyerColumn),
            examples: vec!["orders.csv:1234567".to_owned(); 3],
        };
        Check::ALL.iter().map(finding).collect()
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for language in [Language::English, Language::Chinese] {
            for width in [60, 80, 100, 140] {
                let options =
                    RenderOptions { language, width: Some(width), ..RenderOptions::new(Format::Table) };
                let document = Document { currency: "¥".to_owned(), ..Document::default() };
                let mut out = Vec::new();
                render(&findings(), &document, &options, &mut out).unwrap();
                let text = String::from_utf8(out).unwrap();
                let widest = text.lines().max_by_key(|line| line.width()).unwrap();
                assert!(widest.width() <= width, "{width}: {widest}");
                assert_eq!(text.matches("1,234,567").count(), Check::ALL.len(), "{text}");
            }
        }
    }

    #[test]
    fn colour_marks_the_level_and_nothing_else_changes() {
        let options = |colour| RenderOptions { colour, ..RenderOptions::new(Format::Table) };
        let drawn = |colour| {
            let mut out = Vec::new();
            render(&findings(), &Document::default(), &options(colour), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let mut plain = drawn(true);
        assert!(plain.contains("  \u{1b}[31m✗\u{1b}[0m rows read"), "{plain}");
        for code in ["1", "2", "31", "0"] {
            plain = plain.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(plain, drawn(false));
    }
}
