//! The list of mutants that no test can catch, since they do what the program does.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

/// Reads the list: names of mutants, each or several of them before a reason, which is indented. Gives the reason of each.
///
/// # Errors
/// When a name has no reason.
pub fn read(text: &str) -> Result<BTreeMap<String, String>> {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut names: Vec<&str> = Vec::new();
    let mut has_reason = false;
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if line.starts_with(' ') {
            ensure!(!names.is_empty(), "a reason for no mutant: {line}");
            for name in &names {
                let reason = known.entry((*name).to_owned()).or_default();
                reason.push_str(if reason.is_empty() { "" } else { " " });
                reason.push_str(line.trim());
            }
            has_reason = true;
        } else {
            if std::mem::take(&mut has_reason) {
                names.clear();
            }
            names.push(line.trim());
        }
    }
    ensure!(names.is_empty() || has_reason, "no reason for {names:?}");
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_names_share_a_reason() {
        let known = read("# of\na\nb\n  since\n  so\n\nc\n  why\n").unwrap();
        let known: Vec<_> = known.iter().map(|(name, reason)| (name.as_str(), reason.as_str())).collect();
        assert_eq!(known, [("a", "since so"), ("b", "since so"), ("c", "why")]);
        assert!(read("a\n").is_err() && read("  why\n").is_err());
    }
}
