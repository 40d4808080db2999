//! Where the arguments came from that a file gave.

use std::collections::BTreeMap;

use super::settings::Setting;
use super::values::Value;

/// The places of arguments that come from a configuration.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// The file's name.
    file: Option<String>,
    /// Key → where it and its values stand.
    settings: BTreeMap<String, Origin>,
}

#[derive(Debug, Clone)]
struct Origin {
    place: String,
    values: Vec<String>,
}

impl Origins {
    pub(super) fn of_settings(file: &str, settings: &[Setting]) -> Self {
        let origin = |setting: &Setting| {
            let values = match &setting.value {
                Value::Flag(_) => Vec::new(),
                Value::Texts(texts) => texts.iter().map(|one| one.place.clone()).collect(),
            };
            (setting.key.clone(), Origin { place: setting.place.clone(), values })
        };
        Self { file: Some(file.to_owned()), settings: settings.iter().map(origin).collect() }
    }

    /// The configuration that was read, by its name; `None` without one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Where a value of an option stands, as `gmv.toml:14:9`: `key` is its long name, `index` counts its values from 0. `None` where the
    /// option was typed, or given by nobody.
    #[must_use]
    pub fn of(&self, key: &str, index: usize) -> Option<String> {
        let origin = self.settings.get(key)?;
        Some(origin.values.get(index).unwrap_or(&origin.place).clone())
    }

    /// Where the options stand that a message names (`--basis`); empty where it names none that the file gave.
    #[must_use]
    pub fn named_in(&self, message: &str) -> Vec<&str> {
        let is_named = |key: &str| {
            let option = format!("--{key}");
            message.match_indices(&option).any(|(at, _)| {
                let next = message.get(at + option.len()..).and_then(|rest| rest.chars().next());
                next.is_none_or(|next| !next.is_alphanumeric() && next != '-')
            })
        };
        let named = self.settings.iter().filter(|(key, _)| is_named(key));
        named.map(|(_, origin)| origin.place.as_str()).collect()
    }
}
