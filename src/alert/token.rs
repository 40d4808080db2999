//! The words, numbers and signs of an alert, each with its place.
//!
//! Full-width forms (`％`, `＜`, `：`), `≤`, `≥`, `≠`, `−` and `“ ”` mean what their plain forms mean: Chinese input methods write them, and
//! nothing else could be meant.

use super::decimal::Decimal;
use super::error::AlertError;
use super::{Relation, Result};

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or keyword, in small letters.
    Word(String),
    /// A number with its sign.
    Number(Decimal),
    /// A text in quotes, as it is.
    Quoted(String),
    /// `<` and its like.
    Relation(Relation),
    /// `%`.
    Percent,
    /// `:`.
    Colon,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// The end of the text.
    End,
}

/// A token, and the character at which it begins, from 1.
pub(super) type Placed = (usize, Token);

/// The tokens of a text, with [`Token::End`] at their end.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>> {
    let mut reader = Reader { letters: text.chars().collect(), next: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = reader.token()?;
        let is_end = token.1 == Token::End;
        tokens.push(token);
        if is_end {
            return Ok(tokens);
        }
    }
}

/// The plain form of a letter.
fn plain(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(letter as u32 - 0xfee0).unwrap_or(letter),
        '−' => '-',
        '“' | '”' => '"',
        _ => letter,
    }
}

struct Reader {
    letters: Vec<char>,
    next: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.next).copied().map(plain)
    }

    fn takes(&mut self, letter: char) -> bool {
        let is_there = self.peek() == Some(letter);
        self.next += usize::from(is_there);
        is_there
    }

    /// The letters from here for which this holds.
    fn run(&mut self, holds: impl Fn(char) -> bool) -> String {
        let rest = self.letters.get(self.next..).unwrap_or_default();
        let run: String = rest.iter().copied().map(plain).take_while(|letter| holds(*letter)).collect();
        self.next += run.chars().count();
        run
    }

    fn token(&mut self) -> Result<Placed> {
        self.run(char::is_whitespace);
        let at = self.next + 1;
        let Some(first) = self.peek() else { return Ok((at, Token::End)) };
        if first.is_alphabetic() || first == '_' {
            let word = self.run(is_of_word).to_lowercase();
            return Ok((at, Token::Word(word)));
        }
        if first.is_ascii_digit() || matches!(first, '+' | '-') {
            return self.number(at);
        }
        self.next += 1;
        let token = match first {
            '%' => Token::Percent,
            ':' => Token::Colon,
            '(' => Token::Open,
            ')' => Token::Close,
            '"' => self.quoted(at)?,
            '<' if self.takes('=') => Token::Relation(Relation::AtMost),
            '<' if self.peek() != Some('>') => Token::Relation(Relation::Less),
            '>' if self.takes('=') => Token::Relation(Relation::AtLeast),
            '>' => Token::Relation(Relation::More),
            '=' if self.takes('=') => Token::Relation(Relation::Equal),
            '!' if self.takes('=') => Token::Relation(Relation::Other),
            '≤' => Token::Relation(Relation::AtMost),
            '≥' => Token::Relation(Relation::AtLeast),
            '≠' => Token::Relation(Relation::Other),
            other => return Err(stranger(at, other, self.peek())),
        };
        Ok((at, token))
    }

    fn number(&mut self, at: usize) -> Result<Placed> {
        let sign = if self.takes('-') { "-" } else { "" };
        if sign.is_empty() {
            self.takes('+');
        }
        if !self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            let advice = "a sign stands right before its number, as in -10; there is no arithmetic, and names have _, not -";
            return Err(AlertError::new(at, "here is a sign without a number", advice));
        }
        let digits = self.run(|letter| letter.is_ascii_digit() || matches!(letter, '_' | '.'));
        let after = self.next + 1;
        if self.peek() == Some(',') {
            let advice = "write numbers without separators, or with _: 1000000 or 1_000_000";
            return Err(AlertError::new(after, "a comma stands in or after a number", advice));
        }
        if self.peek().is_some_and(is_of_word) && !self.is_at_points() {
            let advice = "write numbers in full, without powers or words: 10000, not 10k or 1e4";
            return Err(AlertError::new(after, "letters stand right after a number", advice));
        }
        let is_neat = !digits.ends_with('_')
            && !digits.contains("__")
            && !digits.contains("_.")
            && !digits.contains("._");
        let number = Decimal::parse(&format!("{sign}{}", digits.replace('_', "")));
        match number.filter(|_| is_neat) {
            Some(number) => Ok((at, Token::Number(number))),
            None => Err(AlertError::new(
                at,
                format!("{digits:?} is no number"),
                "write up to 20 digits with at most one point between them: 100.10",
            )),
        }
    }

    /// Whether `pp` stands here, and no longer word.
    fn is_at_points(&self) -> bool {
        let letter = |more: usize| self.letters.get(self.next + more).copied().map(plain);
        let is_p = |more| letter(more).is_some_and(|letter| letter.eq_ignore_ascii_case(&'p'));
        is_p(0) && is_p(1) && !letter(2).is_some_and(is_of_word)
    }

    fn quoted(&mut self, at: usize) -> Result<Token> {
        let mut text = String::new();
        loop {
            let letter = self.letters.get(self.next).copied();
            self.next += 1;
            match letter {
                Some(quote) if is_quote(quote) => return Ok(Token::Quoted(text)),
                Some('\\') => {
                    let escaped = self.letters.get(self.next).copied();
                    let Some(letter) = escaped.filter(|letter| is_quote(*letter) || *letter == '\\') else {
                        let advice = "write \\\\ for a backslash, \\\" for a quote within an id";
                        return Err(AlertError::new(self.next, "a backslash stands alone", advice));
                    };
                    text.push(letter);
                    self.next += 1;
                }
                Some(letter) => text.push(letter),
                None => {
                    let advice = "end the id with another \"";
                    return Err(AlertError::new(at, "the quote that begins here does not end", advice));
                }
            }
        }
    }
}

/// Whether a letter ends an id in quotes.
pub(super) fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '”' | '＂')
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// A character that has no place in an alert.
fn stranger(at: usize, letter: char, next: Option<char>) -> AlertError {
    let (what, advice) = match letter {
        '=' if matches!(next, Some('<' | '>')) => ("no comparison is written so", "write <= or >="),
        '=' => ("= compares nothing", "write == for equal"),
        '<' => ("no comparison is written so", "write != for not equal"),
        '!' => ("! is no word of alerts", "write not, or != for not equal"),
        '&' => ("& is no word of alerts", "write and"),
        '|' => ("| is no word of alerts", "write or"),
        ',' | '、' | ';' | '；' | '。' => (
            "a comma or full stop joins nothing here",
            "write and, or, or an alert of its own for each condition",
        ),
        '$' | '¥' | '￥' | '€' | '£' => {
            ("a currency sign has no place here", "write the number alone: gmv < 100")
        }
        '.' => ("here is a point without a number", "write a digit before it: 0.5"),
        '*' | '/' | '^' | '×' | '÷' => {
            ("there is no arithmetic in alerts", "compare one measure with one number, as in gmv < 100")
        }
        '\'' | '‘' | '’' | '`' => {
            ("this quote has no place here", "write ids in double quotes: streamer \"s1\"")
        }
        _ => {
            return AlertError::new(
                at,
                format!("{letter:?} has no place in an alert"),
                "leave it out; docs/alerts.md has every word",
            );
        }
    };
    AlertError::new(at, what, advice)
}
