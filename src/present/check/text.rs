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
    for finding in findings {
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
        let room = room.max(8);
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
