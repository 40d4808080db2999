//! What several columns say of an order's status together, in one file.

use crate::input::binding::Header;
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::parse::trim;
use crate::input::profile::{Status, StatusRule};
use crate::input::records::Record;

/// The rules of a profile whose columns a header has, in their order.
#[derive(Debug, Default)]
pub(super) struct StatusRules(Vec<Rule>);

/// Columns with their words, and the status where each of them holds one.
#[derive(Debug)]
struct Rule {
    when: Vec<(usize, Vec<Vec<u8>>)>,
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
                    when.push((at, words.iter().map(|word| word.clone().into_bytes()).collect()));
                }
            }
            if when.len() == rule.when.len() {
                bound.push(Rule { when, then: rule.then });
            }
        }
        Ok(Self(bound))
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
                let text = trim(&cell);
                words.iter().any(|word| word == text)
            })
        };
        self.0.iter().find(fits).map(|rule| rule.then)
    }
}
