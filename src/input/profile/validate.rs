//! From the text of a profile to a profile that can be used, or an error that says where.

use std::collections::BTreeMap;

use super::{ColumnSpec, Profile, RowKind};
use crate::input::error::InputError;
use crate::input::naming;

impl Profile {
    /// The profile of a text; `path` is its name in errors.
    ///
    /// # Errors
    /// When the text is no profile, or one that contradicts itself.
    pub fn parse(path: &str, text: &str) -> Result<Self, InputError> {
        let failed = |message: String| InputError::Profile { path: path.to_owned(), message };
        let mut profile: Self = toml::from_str(text).map_err(|error| at_place(path, text, &error))?;
        profile.digest = crate::input::store::digest_of(text.as_bytes());
        for (name, spec) in RowKind::ALL.into_iter().filter_map(|kind| profile.columns(kind)).flatten() {
            check_column(name, spec).map_err(failed)?;
        }
        for rule in profile.orders.iter().flat_map(|orders| &orders.status_rules) {
            if rule.when.is_empty() || rule.when.values().any(Vec::is_empty) {
                let message = "[[orders.status_rules]]: `when` needs a column and its words";
                return Err(failed(message.to_owned()));
            }
        }
        if let Some(word) = profile.ambiguous_word() {
            return Err(failed(format!("the word {word:?} is mapped to two meanings; keep one of them")));
        }
        for format in &profile.time.formats {
            check_format(format).map_err(|error| failed(format!("[time] formats: {format:?}: {error}")))?;
        }
        Ok(profile)
    }

    /// A word that two statuses, carriers or kinds of traffic claim.
    fn ambiguous_word(&self) -> Option<&str> {
        fn twice<T>(mapping: Option<&BTreeMap<T, Vec<String>>>) -> Option<&str> {
            let words: Vec<&String> = mapping.into_iter().flatten().flat_map(|(_, words)| words).collect();
            let plain: Vec<String> = words.iter().map(|word| naming::plain(word)).collect();
            let repeated = plain.iter().enumerate().find(|(at, word)| plain[..*at].contains(word));
            repeated.map(|(at, _)| words[at].as_str())
        }
        let orders = self.orders.as_ref();
        twice(orders.and_then(|orders| orders.statuses.as_ref()))
            .or_else(|| twice(orders.and_then(|orders| orders.carriers.as_ref())))
            .or_else(|| twice(self.sessions.as_ref().and_then(|sessions| sessions.sources.as_ref())))
            .or_else(|| twice(self.refunds.as_ref().and_then(|refunds| refunds.statuses.as_ref())))
    }
}

/// Whether a column may come from where the profile says.
fn check_column(name: &str, spec: &ColumnSpec) -> Result<(), String> {
    match spec {
        ColumnSpec::Sum(_) if !matches!(name, "amount" | "refund_amount") => {
            Err(format!("{name}: only amount and refund_amount may be a sum of columns"))
        }
        ColumnSpec::Join(_) if !matches!(name, "order_id" | "line_id" | "refund_id") => {
            Err(format!("{name}: only order_id, line_id and refund_id may be several columns together"))
        }
        ColumnSpec::Join(join) if join.join.is_empty() => Err(format!("{name}: join names no column")),
        ColumnSpec::First(_) if matches!(name, "amount" | "refund_amount") => {
            Err(format!("{name}: an amount may be a sum of columns, not the first of them"))
        }
        ColumnSpec::First(first) if first.first.is_empty() => Err(format!("{name}: first names no column")),
        ColumnSpec::Value(_) if matches!(name, "order_id" | "line_id" | "refund_id") => {
            Err(format!("{name}: a constant would make all rows one"))
        }
        ColumnSpec::Value(_) => Ok(()),
        other if other.names().is_empty() => {
            Err(format!("{name}: it names no column; name one, or take it out"))
        }
        other if other.names().iter().any(|column| column.trim().is_empty()) => {
            Err(format!("{name}: the name of a column is empty; name one, or take it out"))
        }
        _ => Ok(()),
    }
}

/// A TOML error on one line, with the line and column that it is at.
fn at_place(path: &str, text: &str, error: &toml::de::Error) -> InputError {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    InputError::Profile {
        path: format!("{path}:{line}:{column}"),
        message: error.message().replace('\n', " "),
    }
}

/// Whether a strftime format can be used at all: what it writes, it must read.
fn check_format(format: &str) -> Result<(), jiff::Error> {
    let sample = jiff::civil::date(2026, 3, 27).at(11, 12, 13, 0).to_zoned(jiff::tz::TimeZone::UTC)?;
    let text = jiff::fmt::strtime::format(format, &sample)?;
    jiff::fmt::strtime::parse(format, &text)?.to_date().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_a_profile_say_where() {
        let error = Profile::parse("p.toml", "name = \"x\"\n[orders]\nlevels = 1\n").unwrap_err().to_string();
        assert!(error.starts_with("p.toml:3:1: ") && error.contains("levels"), "{error}");
        let error =
            Profile::parse("p.toml", "name = \"x\"\n[time]\nformats = [\"%Q\"]").unwrap_err().to_string();
        assert!(error.contains("%Q"), "{error}");
        let sum = "name = \"x\"\n[orders.columns]\nbuyer_id = { plus = [\"a\"] }";
        let twice = "name = \"x\"\n[orders.statuses]\npaid = [\"done\"]\ncancelled = [\"done\"]";
        assert!(
            Profile::parse("p.toml", twice).unwrap_err().to_string().contains("\"done\" is mapped to two")
        );
        assert!(Profile::parse("p.toml", sum).unwrap_err().to_string().contains("buyer_id"));
    }
}
