//! Words of a profile in a statement: what stands for nothing, what one means, as it is written or as people read it.

use super::dialect::Dialect;
use super::text::{Sql, sql};
use crate::input::naming;
use crate::input::parse::money::NULLS;

impl Dialect {
    /// What exports write where there is nothing, as values.
    #[must_use]
    pub fn nothing(self) -> Sql {
        self.texts(NULLS.into_iter().filter(|word| !word.is_empty()))
    }

    /// Whether a column holds one of some words; what is blank is null in a statement.
    pub fn is_word(self, column: &'static str, words: &[String]) -> Sql {
        let blank = if words.iter().any(String::is_empty) {
            sql!(" OR {column} IS NULL", column = column)
        } else {
            Sql::default()
        };
        let words = self.texts(words.iter().map(String::as_str));
        sql!("{column} IN ({words}){blank}", column = column, words = words, blank = blank)
    }

    /// A case for the words of one meaning, written as they are or as people read them.
    pub fn word_case(self, column: &'static str, words: &[String], meaning: &'static str) -> Sql {
        let mut plain: Vec<String> = words.iter().map(|word| naming::plain(word)).collect();
        plain.dedup();
        sql!(
            "WHEN {is_word} OR {column}_plain IN ({plain}) THEN '{meaning}'",
            is_word = self.is_word(column, words),
            column = column,
            plain = self.texts(plain.iter().map(String::as_str)),
            meaning = meaning
        )
    }

    /// A word as people read it: half-width, without white space, in lower case.
    #[must_use]
    pub fn plain(self, text: &Sql) -> Sql {
        let wide: String = ('\u{FF01}'..='\u{FF5E}').chain(['、']).collect();
        let half: String = ('!'..='~').chain([',']).collect();
        sql!(
            "lower(translate({text}, {wide}, {half}))",
            text = self.replaced(
                text,
                "[ \t\u{85}\u{a0}\u{1680}\u{2000}-\u{200b}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}]",
                ""
            ),
            wide = self.text(&wide),
            half = self.text(&half)
        )
    }
}
