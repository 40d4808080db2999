//! Ids of the two inputs: what they look like, and what would make them meet.

use std::collections::{BTreeMap, HashSet};

use super::affixes::{prefixes, suffixes};
use crate::partition::{PARTS, part_of};
use crate::units::PersonKey;

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
    /// Without what many of them begin with, or with what many of the other input's begin with in its place.
    Prefix,
    /// The same with what they end with.
    Suffix,
}

/// One way to change ids: a cure, and for prefixes and suffixes what goes and what comes in its place.
#[derive(Debug, Clone)]
struct Way {
    cure: Cure,
    affixes: (String, String),
}

impl Way {
    /// All that may help ids of one input to meet the other's.
    fn all(texts: &[&str], other: &[&str]) -> Vec<Self> {
        let plain = [Cure::Decimals, Cure::Zeros, Cure::Lower, Cure::Upper];
        let mut ways: Vec<Self> = plain.map(|cure| Self { cure, affixes: Default::default() }).into();
        for (cure, own, others) in [
            (Cure::Prefix, prefixes(texts), prefixes(other)),
            (Cure::Suffix, suffixes(texts), suffixes(other)),
        ] {
            // It is taken away, or exchanged, by the input that has one.
            for own in &own {
                let instead = std::iter::once(String::new()).chain(others.iter().cloned());
                // Where both inputs have it, it tells persons apart.
                let instead = instead.filter(|other| other.is_empty() || !others.contains(own));
                ways.extend(instead.map(|other| Self { cure, affixes: (own.clone(), other) }));
            }
        }
        ways
    }

    /// The id, cured; `None` where nothing changes, or nothing is left.
    fn apply(&self, text: &str) -> Option<String> {
        let (own, other) = &self.affixes;
        let cured = match self.cure {
            Cure::Decimals => text.trim_end_matches('0').strip_suffix('.').unwrap_or(text).to_owned(),
            Cure::Zeros => text.trim_start_matches('0').to_owned(),
            Cure::Lower => text.to_lowercase(),
            Cure::Upper => text.to_uppercase(),
            Cure::Prefix => format!("{other}{}", text.strip_prefix(own.as_str())?),
            Cure::Suffix => format!("{}{other}", text.strip_suffix(own.as_str())?),
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
    /// The prefix or suffix of these ids and of the other input's, where it is one.
    pub affixes: (String, String),
    /// Ids that match only then.
    pub matched: u64,
    /// Ids looked at.
    pub ids: u64,
}

/// Ids of one input to look for among the persons of the other, by part.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    of_orders: bool,
    ways: Vec<Way>,
    /// For each way, the ids that it changes.
    changed: Vec<Vec<u32>>,
    ids: u32,
    parts: Vec<Vec<(PersonKey, u32)>>,
}

/// What was found: numbers of ids and ways.
pub type Found = Vec<u32>;

impl Lookups {
    /// The ids of an input as they are, and cured in every way, to be looked for among those of the `other`.
    #[must_use]
    pub fn new(texts: &[&str], other: &[&str], of_orders: bool) -> Self {
        let ways = Way::all(texts, other);
        let mut lookups = Self {
            of_orders,
            changed: vec![Vec::new(); ways.len()],
            ways,
            ids: 0,
            parts: vec![Vec::new(); PARTS],
        };
        for text in texts {
            lookups.add(0, text);
            for at in 0..lookups.ways.len() {
                if let Some(cured) = lookups.ways[at].apply(text) {
                    lookups.changed[at].push(lookups.ids);
                    lookups.add(at as u32 + 1, &cured);
                }
            }
            lookups.ids += 1;
        }
        lookups
    }

    /// The number of an id: as it is for 0, else changed in a way.
    fn number(&self, id: u32, way: u32) -> u32 {
        id * (self.ways.len() as u32 + 1) + way
    }

    fn add(&mut self, way: u32, text: &str) {
        let key = PersonKey::new(text.as_bytes());
        let number = self.number(self.ids, way);
        self.parts[part_of(key)].push((key, number));
    }

    /// Looks for the ids of a part; `is_there` knows the persons of the other input in it.
    pub fn look(&self, part: usize, is_there: impl Fn(PersonKey) -> bool, found: &mut Found) {
        let keys = self.parts.get(part).into_iter().flatten();
        found.extend(keys.filter(|(key, _)| is_there(*key)).map(|(_, number)| number));
    }

    /// The cures that help; of each, the way that helps most.
    #[must_use]
    pub fn cures(&self, found: &Found) -> Vec<Cured> {
        let there: HashSet<u32> = found.iter().copied().collect();
        let mut best: Vec<Cured> = Vec::new();
        for ((way, changed), at) in self.ways.iter().zip(&self.changed).zip(1..) {
            let is_known = |id: &&u32| there.contains(&self.number(**id, 0));
            let is_cured = |id: &&u32| !is_known(id) && there.contains(&self.number(**id, at));
            let (known, matched) =
                (changed.iter().filter(is_known).count(), changed.iter().filter(is_cured).count());
            // Where ids with a prefix mostly match as they are, it is part of them: short numbers meet without it by chance.
            let by_chance = matches!(way.cure, Cure::Prefix | Cure::Suffix) && known > matched;
            if matched == 0 || by_chance {
                continue;
            }
            let (matched, ids) = (matched as u64, u64::from(self.ids));
            let cure = Cured {
                of_orders: self.of_orders,
                cure: way.cure,
                affixes: way.affixes.clone(),
                matched,
                ids,
            };
            match best.last_mut().filter(|last| last.cure == way.cure) {
                Some(last) if last.matched >= matched => {}
                Some(last) => *last = cure,
                None => best.push(cure),
            }
        }
        best
    }
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
#[must_use]
pub fn masked(text: &str) -> String {
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
        let others = ["u8", "u9", "9", "uab", "007", "7"].map(|text| PersonKey::new(text.as_bytes()));
        let mut found = Vec::new();
        (0..PARTS).for_each(|part| lookups.look(part, |key| others.contains(&key), &mut found));
        let cures: Vec<(Cure, u64)> =
            lookups.cures(&found).into_iter().map(|cured| (cured.cure, cured.matched)).collect();
        assert_eq!(cures, [(Cure::Decimals, 1), (Cure::Lower, 1), (Cure::Prefix, 1)]);
        let zeros = Lookups::new(&["007", "010"], &[], false);
        found.clear();
        (0..PARTS).for_each(|part| zeros.look(part, |key| key == PersonKey::new(b"7"), &mut found));
        assert_eq!((zeros.cures(&found)[0].cure, zeros.cures(&found).len()), (Cure::Zeros, 1));
    }

    #[test]
    fn a_prefix_is_exchanged_and_a_suffix_too() {
        let affixes = |texts: [&str; 3], other: [&str; 3], there: &str| {
            let lookups = Lookups::new(&texts, &other, true);
            let mut found = Vec::new();
            let key = PersonKey::new(there.as_bytes());
            (0..PARTS).for_each(|part| lookups.look(part, |known| known == key, &mut found));
            let cured = &lookups.cures(&found)[0];
            (cured.cure, cured.affixes.0.clone(), cured.affixes.1.clone())
        };
        let expected = |cure, own: &str, other: &str| (cure, own.to_owned(), other.to_owned());
        let found = affixes(["uid_7", "uid_8", "uid_9"], ["u7", "u5", "u6"], "u7");
        assert_eq!(found, expected(Cure::Prefix, "uid_", "u"));
        let found = affixes(["7@tb", "8@tb", "9@tb"], ["7@qq", "5@qq", "6@qq"], "7@qq");
        assert_eq!(found, expected(Cure::Suffix, "@tb", "@qq"));
    }

    #[test]
    fn a_prefix_that_belongs_to_the_ids_is_none() {
        let texts = ["a1", "a2", "a3", "b1", "b2", "b3"];
        let found = |other: &[&str], there: &[&str]| {
            let lookups = Lookups::new(&texts, other, true);
            let there: Vec<PersonKey> = there.iter().map(|text| PersonKey::new(text.as_bytes())).collect();
            let mut found = Vec::new();
            (0..PARTS).for_each(|part| lookups.look(part, |key| there.contains(&key), &mut found));
            let cures = lookups.cures(&found);
            cures.into_iter().filter(|cured| cured.cure == Cure::Prefix).map(|cured| cured.matched).max()
        };
        assert_eq!(found(&texts, &["a1", "b2", "b3"]), None, "both inputs have both");
        assert_eq!(found(&["1", "2", "3"], &["a1", "a2", "3"]), Some(1), "of b alone");
        assert_eq!(found(&texts[3..], &["b1", "b2", "b3"]), Some(3), "the other has but one");
    }
}
