//! Ids of the two inputs: what they look like, and what would make them meet.

use std::collections::{BTreeMap, HashSet};

use crate::partition::{PARTS, part_of};
use crate::units::IdKey;

/// What ids look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// So many digits.
    Digits(usize),
    /// Digits and a decimal part of zeros, as a spreadsheet writes whole numbers.
    Decimal,
    /// Scientific notation.
    Scientific,
    /// Partly hidden by `*`.
    Masked,
    /// Hexadecimal digits, so many.
    Hexadecimal(usize),
    /// Letters and digits, so many characters.
    Letters(usize),
    /// Anything else.
    Other,
}

/// The shapes of an input's ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shapes {
    /// Ids looked at.
    pub ids: u64,
    /// The commonest shapes with their counts, the commonest first.
    pub shapes: Vec<(Shape, u64)>,
    /// One of the commonest, its middle hidden.
    pub example: String,
}

/// What would make ids of one input meet those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cure {
    /// Without a trailing `.0`.
    Decimals,
    /// Without leading zeros.
    Zeros,
    /// In lower case.
    Lower,
    /// In upper case.
    Upper,
    /// Without what all of them begin with, or with what all of the other input's begin with in its place.
    Prefix,
}

impl Cure {
    const ALL: [Self; 5] = [Self::Decimals, Self::Zeros, Self::Lower, Self::Upper, Self::Prefix];

    /// The id, cured; `None` where nothing changes, or nothing is left.
    fn apply(self, text: &str, (prefix, other): (&str, &str)) -> Option<String> {
        let cured = match self {
            Self::Decimals => text.trim_end_matches('0').strip_suffix('.').unwrap_or(text).to_owned(),
            Self::Zeros => text.trim_start_matches('0').to_owned(),
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
            Self::Prefix => format!("{other}{}", text.strip_prefix(prefix).unwrap_or(text)),
        };
        (cured != text && !cured.is_empty()).then_some(cured)
    }
}

/// How often a cure helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cured {
    /// Whether it is for the ids of orders; else for those of sessions.
    pub of_orders: bool,
    /// What.
    pub cure: Cure,
    /// The prefix of these ids and of the other input's, where it is one.
    pub prefixes: (String, String),
    /// Ids that match only then.
    pub matched: u64,
    /// Ids looked at.
    pub ids: u64,
}

/// Ids of one input to look for among the persons of the other, by part.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    of_orders: bool,
    prefixes: (String, String),
    ids: u64,
    parts: Vec<Vec<(IdKey, u32)>>,
}

/// What was found: numbers of ids and cures.
pub type Found = Vec<u32>;

/// Numbers for each id: as it is, and for each cure.
const WAYS: u32 = Cure::ALL.len() as u32 + 1;

impl Lookups {
    /// The ids of an input as they are, and cured in every way, to be looked for among those of the `other`.
    #[must_use]
    pub fn new(texts: &[&str], other: &[&str], of_orders: bool) -> Self {
        let prefixes = (common_prefix(texts), common_prefix(other));
        let cures: Vec<(Cure, u32)> = Cure::ALL
            .into_iter()
            .zip(1..)
            // A prefix is taken away, or exchanged, by the input that has one.
            .filter(|(cure, _)| *cure != Cure::Prefix || !prefixes.0.is_empty())
            .collect();
        let mut parts = vec![Vec::new(); PARTS];
        let mut ids = 0;
        for text in texts {
            let mut add = |way: u32, text: &str| {
                let key = IdKey::new(text.as_bytes());
                parts[part_of(key)].push((key, ids * WAYS + way));
            };
            add(0, text);
            for (cure, way) in &cures {
                if let Some(cured) = cure.apply(text, (&prefixes.0, &prefixes.1)) {
                    add(*way, &cured);
                }
            }
            ids += 1;
        }
        Self { of_orders, prefixes, ids: u64::from(ids), parts }
    }

    /// Looks for the ids of a part; `is_there` knows the persons of the other input in it.
    pub fn look(&self, part: usize, is_there: impl Fn(IdKey) -> bool, found: &mut Found) {
        let keys = self.parts.get(part).into_iter().flatten();
        found.extend(keys.filter(|(key, _)| is_there(*key)).map(|(_, number)| number));
    }

    /// The cures that help.
    #[must_use]
    pub fn cures(&self, found: &Found) -> Vec<Cured> {
        let there: HashSet<u32> = found.iter().copied().collect();
        let cured = |cure: Cure, way: u32| {
            let matched = there.iter().filter(|number| {
                let is_way = *number % WAYS == way;
                is_way && !there.contains(&(*number / WAYS * WAYS))
            });
            let prefixes = if cure == Cure::Prefix { self.prefixes.clone() } else { Default::default() };
            let matched = matched.count() as u64;
            Cured { of_orders: self.of_orders, cure, prefixes, matched, ids: self.ids }
        };
        let all = Cure::ALL.into_iter().zip(1..).map(|(cure, way)| cured(cure, way));
        all.filter(|cured| cured.matched > 0).collect()
    }
}

/// What all of several ids begin with: up to a character that is no digit, or the country code of telephone numbers.
fn common_prefix(texts: &[&str]) -> String {
    let [first, second, others @ ..] = texts else { return String::new() };
    let common = |a: &str, b: &str| -> usize {
        a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
    };
    let mut prefix = &first[..common(first, second)];
    for text in others {
        prefix = &prefix[..common(prefix, text)];
    }
    let is_number = |rest: &str| rest.len() == 11 && rest.bytes().all(|byte| byte.is_ascii_digit());
    for code in ["0086", "+86", "86"] {
        if prefix.starts_with(code) && first.strip_prefix(code).is_some_and(is_number) {
            return code.to_owned();
        }
    }
    // Digits that all begin with are the number itself; zeros have a cure of their own.
    prefix.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
}

/// The shapes of ids; `None` without any.
#[must_use]
pub fn shapes(texts: &[&str]) -> Option<Shapes> {
    let mut counts: BTreeMap<Shape, (u64, &str)> = BTreeMap::new();
    for text in texts {
        counts.entry(shape(text)).or_insert((0, text)).0 += 1;
    }
    let ids = counts.values().map(|(count, _)| count).sum();
    let mut shapes: Vec<(Shape, u64, &str)> =
        counts.into_iter().map(|(shape, (count, text))| (shape, count, text)).collect();
    shapes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let example = masked(shapes.first()?.2);
    Some(Shapes {
        ids,
        shapes: shapes.into_iter().map(|(shape, count, _)| (shape, count)).collect(),
        example,
    })
}

fn shape(text: &str) -> Shape {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let length = text.chars().count();
    if digits(text) {
        Shape::Digits(length)
    } else if crate::input::parse::id::is_mangled(text.as_bytes()) {
        Shape::Scientific
    } else if text.contains('*') || text.contains('＊') {
        Shape::Masked
    } else if text.split_once('.').is_some_and(|(whole, zeros)| {
        digits(whole) && !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0')
    }) {
        Shape::Decimal
    } else if length >= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Shape::Hexadecimal(length)
    } else if text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
        Shape::Letters(length)
    } else {
        Shape::Other
    }
}

/// The id with its middle hidden: at most four characters are shown, and at most half of it.
fn masked(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let shown = (characters.len() / 4).min(2);
    let (start, end) = (&characters[..shown.max(1).min(characters.len())], characters.len() - shown);
    start.iter().chain(&['…']).chain(&characters[end..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_ids() {
        for (text, expected) in [
            ("7349583948573948573", Shape::Digits(19)),
            ("u123", Shape::Letters(4)),
            ("12345.0", Shape::Decimal),
            ("12345.10", Shape::Other),
            ("9.44E+18", Shape::Scientific),
            ("139****1234", Shape::Masked),
            ("d41d8cd98f00b204e9800998ecf8427e", Shape::Hexadecimal(32)),
            ("oABC_d-41d8cd98f00b204e98009", Shape::Letters(28)),
            ("a@b.c", Shape::Other),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
        let found = shapes(&["u1", "12", "13"]).unwrap();
        assert_eq!(found.shapes, [(Shape::Digits(2), 2), (Shape::Letters(2), 1)]);
        assert_eq!(shapes(&[]), None);
    }

    #[test]
    fn examples_hide_the_middle() {
        for (text, expected) in
            [("7349583948573948573", "73…73"), ("u12345", "u…5"), ("u1", "u…"), ("张三李四王五", "张…五")]
        {
            assert_eq!(masked(text), expected);
        }
    }

    #[test]
    fn cures_are_counted_where_the_id_does_not_match_as_it_is() {
        let lookups = Lookups::new(&["u007", "u8.0", "uAB", "u9"], &["x1", "12"], true);
        assert_eq!(lookups.prefixes, ("u".to_owned(), String::new()));
        let others = ["u8", "u9", "9", "uab", "007", "7"].map(|text| IdKey::new(text.as_bytes()));
        let mut found = Vec::new();
        (0..PARTS).for_each(|part| lookups.look(part, |key| others.contains(&key), &mut found));
        let cures: Vec<(Cure, u64)> =
            lookups.cures(&found).into_iter().map(|cured| (cured.cure, cured.matched)).collect();
        assert_eq!(cures, [(Cure::Decimals, 1), (Cure::Lower, 1), (Cure::Prefix, 1)]);
        let zeros = Lookups::new(&["007", "010"], &[], false);
        found.clear();
        (0..PARTS).for_each(|part| zeros.look(part, |key| key == IdKey::new(b"7"), &mut found));
        assert_eq!((zeros.cures(&found)[0].cure, zeros.cures(&found).len()), (Cure::Zeros, 1));
    }

    #[test]
    fn prefixes_end_before_the_number() {
        for (texts, prefix) in [
            (&["uid_1018", "uid_1019"][..], "uid_"),
            (&["1018", "1019"], ""),
            (&["8613800001111", "8613800001112"], "86"),
            (&["+8613800001111", "+8613900001112"], "+86"),
            (&["861380000111", "861380000112"], ""),
            (&["000123", "000124"], ""),
            (&["u1"], ""),
            (&["张1", "张2"], "张"),
        ] {
            assert_eq!(common_prefix(texts), prefix, "{texts:?}");
        }
        let exchanged = Lookups::new(&["uid_7", "uid_8"], &["u7", "u9"], true);
        let mut found = Vec::new();
        (0..PARTS).for_each(|part| exchanged.look(part, |key| key == IdKey::new(b"u7"), &mut found));
        assert_eq!(exchanged.cures(&found)[0].prefixes, ("uid_".to_owned(), "u".to_owned()));
    }
}
