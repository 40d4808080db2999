//! Where the arguments came from that a file gave.

use std::collections::BTreeMap;

use super::settings::Setting;

/// The places of arguments that come from a configuration.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// Key → where it stands.
    places: BTreeMap<String, String>,
}

impl Origins {
    pub(super) fn of_settings(settings: &[Setting]) -> Self {
        let place = |setting: &Setting| (setting.key.clone(), setting.place.clone());
        Self { places: settings.iter().map(place).collect() }
    }

    /// Whether the file gave an option.
    #[must_use]
    pub fn has(&self, option: &str) -> bool {
        self.places.contains_key(option)
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
        let named = self.places.iter().filter(|(key, _)| is_named(key));
        named.map(|(_, place)| place.as_str()).collect()
    }
}
