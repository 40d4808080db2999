//! What ids begin and end with beside their number: platforms and joins put marks there.

use std::collections::BTreeMap;

/// How many of an input are tried.
const TRIED: usize = 3;
/// Fewer ids than this do not make one.
const LEAST: usize = 3;

/// What many ids begin with: what all of them do, and the commonest beginnings.
#[must_use]
pub fn prefixes(texts: &[&str]) -> Vec<String> {
    let common = common_prefix(texts);
    let mut prefixes: Vec<String> = Some(common).filter(|common| !common.is_empty()).into_iter().collect();
    prefixes.extend(commonest(texts.iter().filter_map(|text| beginning(text))));
    prefixes.dedup();
    prefixes.truncate(TRIED);
    prefixes
}

/// The commonest ends of ids.
#[must_use]
pub fn suffixes(texts: &[&str]) -> Vec<String> {
    commonest(texts.iter().filter_map(|text| end(text)))
}

fn commonest<'a>(affixes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    affixes.for_each(|affix| *counts.entry(affix).or_default() += 1);
    let mut counts: Vec<(&str, usize)> = counts.into_iter().filter(|(_, count)| *count >= LEAST).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    counts.into_iter().take(TRIED).map(|(affix, _)| affix.to_owned()).collect()
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// What stands before the number of an id, or up to the last mark that separates.
fn beginning(text: &str) -> Option<&str> {
    if let Some(code) = country_code(text) {
        return Some(code);
    }
    let before = text.trim_end_matches(is_digit);
    let has_number = before.len() < text.len();
    let marked = || text.rfind([':', '_', '#', '/', '|']).map(|at| &text[..=at]);
    let found = if has_number { Some(before) } else { marked() };
    found.filter(|found| !found.is_empty() && found.len() < text.len())
}

/// What stands after the number of an id, or from the last `@` on; a decimal part of zeros has a cure of its own.
fn end(text: &str) -> Option<&str> {
    let after = text.trim_start_matches(is_digit);
    let has_number = after.len() < text.len();
    let found = if has_number { Some(after) } else { text.rfind('@').map(|at| &text[at..]) };
    found.filter(|found| !found.is_empty() && !found.starts_with('.') && found.len() < text.len())
}

/// The country code of a telephone number.
fn country_code(text: &str) -> Option<&'static str> {
    let is_number = |rest: &str| rest.len() == 11 && rest.chars().all(is_digit);
    ["0086", "+86", "86"].into_iter().find(|code| text.strip_prefix(code).is_some_and(is_number))
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
    if let Some(code) = country_code(first).filter(|code| prefix.starts_with(code)) {
        return code.to_owned();
    }
    // Digits that all begin with are the number itself; zeros have a cure of their own.
    prefix.trim_end_matches(is_digit).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }

    #[test]
    fn beginnings_and_ends_of_some_of_the_ids() {
        let some =
            ["wx1", "wx2", "wx3", "77", "douyin:oK", "douyin:oL", "douyin:oM", "guest", "+8613800001111"];
        assert_eq!(prefixes(&some), ["douyin:", "wx"]);
        let some = ["1@tb", "2@tb", "3@tb", "77", "zhang@qq", "li@qq", "w@qq", "5.0", "6.0", "7.0", "guest"];
        assert_eq!(suffixes(&some), ["@qq", "@tb"]);
        assert_eq!(prefixes(&["8613800001111", "8613800001112", "8613800001113", "x"]), ["86"]);
    }
}
