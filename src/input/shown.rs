//! What a message may show of a header: a first line that is data holds a person's cells.

use super::binding::Header;
use super::profile::Profile;

/// The names of a header, where they may be shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a>(Result<&'a [String], &'static str>);

const DATA: &str = "cells that look like data, which are not shown; is the first line a header?";
const BLANK: &str = "no names";
const BYTES: &str = "zero bytes, which no text has; is this a table?";
const UNKNOWN: &str =
    "names that no profile knows, which are not shown since they may be data; is the first line a header?";

impl Header {
    /// The names, to be shown where they are those of a header: none looks like data, and one at least is known to a built-in profile, to
    /// the one that was used, or as one of the words.
    #[must_use]
    pub fn shown<'a>(&'a self, profile: Option<&Profile>, words: &[&str]) -> Shown<'a> {
        if self.names.iter().all(String::is_empty) {
            return Shown(Err(BLANK));
        }
        if self.names.iter().any(|name| name.contains('\0')) {
            return Shown(Err(BYTES));
        }
        if self.names.iter().any(|name| is_data(name)) {
            return Shown(Err(DATA));
        }
        let built_in = Profile::built_in().unwrap_or_default();
        let mut profiles = built_in.iter().map(AsRef::as_ref).chain(profile);
        let known =
            words.iter().any(|word| self.has(word)) || profiles.any(|profile| self.is_known_to(profile));
        Shown(if known { Ok(&self.names) } else { Err(UNKNOWN) })
    }

    /// Whether a profile speaks of any of the columns.
    fn is_known_to(&self, profile: &Profile) -> bool {
        profile.kinds().any(|kind| {
            let mut specs = profile.columns(kind).into_iter().flatten();
            specs.any(|(field, spec)| self.has(field) || spec.names().iter().any(|name| self.has(name)))
                || profile.detect(kind).iter().any(|name| self.has(name))
        })
    }
}

impl<'a> Shown<'a> {
    /// The names in one line, shortened where there are many, or why there are none.
    #[must_use]
    pub fn summary(&self) -> String {
        const SHOWN: usize = 20;
        let all = match self.0 {
            Ok(names) => names,
            Err(why) => return why.to_owned(),
        };
        let names: Vec<String> = all.iter().take(SHOWN).map(|name| shorten(name)).collect();
        let more = all.len().saturating_sub(SHOWN);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{rest}", names.join(", "))
    }

    /// The name that looks most like `wanted`, if any does.
    #[must_use]
    pub fn nearest(&self, wanted: &str) -> Option<&'a str> {
        let plain = |text: &str| text.to_lowercase().replace([' ', '-', '_'], "");
        let names = self.0.unwrap_or_default().iter();
        let scored = names.map(|name| (strsim::jaro_winkler(&plain(name), &plain(wanted)), name));
        scored
            .filter(|(score, _)| *score > 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name.as_str())
    }

    /// Whether the names may be shown.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.0.is_ok()
    }
}

/// Whether a name is none: five digits, whatever stands between them, are a number or a date, and an @ an address; the line holds a
/// customer's row.
fn is_data(name: &str) -> bool {
    let mut digits = 0;
    name.contains(['@', '＠'])
        || name.chars().any(|letter| {
            if letter.is_numeric() {
                digits += 1;
            } else if letter.is_alphabetic() {
                digits = 0;
            }
            digits >= 5
        })
}

fn shorten(name: &str) -> String {
    if name.chars().count() <= 40 { name.to_owned() } else { name.chars().take(39).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header { names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    #[test]
    fn the_nearest_name_is_found_across_case_and_spaces() {
        let nearest =
            |names: &[&str], wanted| header(names).shown(None, &[]).nearest(wanted).map(str::to_owned);
        assert_eq!(nearest(&["Buyer ID", "amount"], "buyer_id").as_deref(), Some("Buyer ID"));
        assert_eq!(nearest(&["x", "amount"], "buyer_id"), None);
        assert_eq!(nearest(&["amounts Road", "alice"], "amount"), None, "no header");
        assert_eq!(nearest(&["amount", "amounts Road 50-0-0-0"], "amounts"), None, "data");
    }

    #[test]
    fn names_are_shown_where_one_is_known_and_none_is_data() {
        let shown = |names: &[&str], words: &[&str]| header(names).shown(None, words).is_shown();
        assert!(shown(&["who", "ORDER_ID "], &[]) && shown(&["买家会员名", "x"], &[]));
        assert!(!shown(&["alice", "Road 5"], &[]) && !shown(&["", ""], &[]) && shown(&["tier"], &["tier"]));
        for data in ["+86-138-0000-0000", "1 2 3 4 5", "a@b.cn", "2026/3/2", "１３８００", "①②③④⑤"]
        {
            assert!(!shown(&["order_id", data], &[]), "{data}");
        }
        for name in ["30d 2026", "近30天（7日）GMV 2024", "a1b2c3d4e5"] {
            assert!(shown(&["order_id", name], &[]), "{name}");
        }
    }
}
