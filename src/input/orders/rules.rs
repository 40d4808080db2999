//! What several columns say of an order's status together, in one file.

use crate::input::binding::Header;
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::naming;
use crate::input::parse::{id, money};
use crate::input::profile::{Status, StatusRule};
use crate::input::records::Record;

/// The rules of a profile whose columns a header has, in their order.
#[derive(Debug, Default)]
pub(super) struct StatusRules(Vec<Rule>);

/// Columns with their words, and the status where each of them holds one.
#[derive(Debug)]
struct Rule {
    when: Vec<(usize, Vec<String>)>,
    then: Status,
}

impl StatusRules {
    /// The rules for one file; a rule about a column that the file lacks says nothing of it.
    pub(super) fn bind(rules: &[StatusRule], source: &Source, header: &Header) -> Result<Self, InputError> {
        let mut bound = Vec::new();
        for rule in rules {
            let mut when = Vec::new();
            for (column, words) in &rule.when {
                if let Some(at) = header.index(&source.name, column)? {
                    when.push((at, words.clone()));
                }
            }
            if when.len() == rule.when.len() {
                bound.push(Rule { when, then: rule.then });
            }
        }
        Ok(Self(bound))
    }

    /// Whether there is none.
    pub(super) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The columns that the rules read.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.0.iter().flat_map(|rule| rule.when.iter().map(|(at, _)| *at))
    }

    /// The status of the first rule that fits.
    #[inline]
    pub(super) fn status(&self, record: &Record<'_>) -> Option<Status> {
        let fits = |rule: &&Rule| {
            rule.when.iter().all(|(at, words)| {
                let cell = record.cell(*at);
                let text = id::unguard(&cell);
                words.iter().any(|word| word.as_bytes() == text) || reads_as_one_of(words, text)
            })
        };
        self.0.iter().find(fits).map(|rule| rule.then)
    }
}

/// Whether a text reads as one of the words, though it is none letter by letter; a word that stands for nothing is a blank.
fn reads_as_one_of(words: &[String], text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let nothing = || money::is_null(naming::plain(text).as_bytes());
    words.iter().any(|word| if word.is_empty() { nothing() } else { naming::same(word, text) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_people_read_them() {
        let when = [("a".to_owned(), vec!["已关闭".to_owned()]), ("b".to_owned(), vec![String::new()])];
        let rules = [StatusRule { when: when.into(), then: Status::Cancelled }];
        let header = Header { names: vec!["a".to_owned(), "b".to_owned()] };
        let bound = StatusRules::bind(&rules, &Source::named("o.csv"), &header).unwrap();
        let status = |a: &str, b: &str| {
            let ends = [a.len() as u32, (a.len() + 1 + b.len()) as u32];
            bound.status(&Record::plain(format!("{a},{b}").as_bytes(), &ends))
        };
        for nothing in ["", " ", "-", "--", "—", "－", "/", "／", "'-", "=\"-\"", "-\t", "\u{3000}"] {
            assert_eq!(status("已关闭", nothing), Some(Status::Cancelled), "{nothing:?}");
            assert_eq!(status(" 已 关闭\t", nothing), Some(Status::Cancelled), "{nothing:?}");
        }
        for other in ["退款成功", "0", "售后关闭", "- -x"] {
            assert_eq!(status("已关闭", other), None, "{other:?}");
        }
        assert_eq!(status("已完成", "-"), None);
        assert_eq!(status("", ""), None);
    }
}
