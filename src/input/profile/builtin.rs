//! The profiles that are built in, and where a profile comes from by its name.

use std::fs::File;
use std::io::Read;
use std::sync::{Arc, OnceLock};

use super::Profile;
use crate::input::error::InputError;

/// The built-in profiles, in the order in which detection tries them.
const BUILT_IN: [(&str, &str); 13] = [
    ("canonical", include_str!("../profiles/canonical.toml")),
    ("douyin-orders", include_str!("../profiles/douyin-orders.toml")),
    ("douyin-aftersale", include_str!("../profiles/douyin-aftersale.toml")),
    ("douyin-compass", include_str!("../profiles/douyin-compass.toml")),
    ("kuaishou-orders", include_str!("../profiles/kuaishou-orders.toml")),
    ("wechat-orders", include_str!("../profiles/wechat-orders.toml")),
    ("taobao-orders", include_str!("../profiles/taobao-orders.toml")),
    ("tmall-suborders", include_str!("../profiles/tmall-suborders.toml")),
    ("tmall-report", include_str!("../profiles/tmall-report.toml")),
    ("pinduoduo-orders", include_str!("../profiles/pinduoduo-orders.toml")),
    ("youzan-orders", include_str!("../profiles/youzan-orders.toml")),
    ("tiktok-orders", include_str!("../profiles/tiktok-orders.toml")),
    ("feigua-live", include_str!("../profiles/feigua-live.toml")),
];

/// The name that looks most like another, as a question; or nothing.
/// More than any profile holds: what is longer is another file, or an endless one.
const LONGEST: u64 = 4 << 20;

/// The bytes of a file, and no more of it than shows that it is too long.
fn read(name: &str) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(name)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn nearest(name: &str) -> String {
    let scored = BUILT_IN.iter().map(|(known, _)| (strsim::jaro_winkler(known, name), *known));
    let near = scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0));
    near.map(|(_, known)| format!("; did you mean `{known}`?")).unwrap_or_default()
}

/// Their names in one line.
fn names() -> String {
    BUILT_IN.map(|(name, _)| name).join(", ")
}

impl Profile {
    /// All built-in profiles, which are parsed once.
    ///
    /// # Errors
    /// Never for the profiles as they are; a test reads them all.
    pub fn built_in() -> Result<Vec<Arc<Self>>, InputError> {
        static ALL: OnceLock<Vec<Arc<Profile>>> = OnceLock::new();
        if let Some(all) = ALL.get() {
            return Ok(all.clone());
        }
        let all = BUILT_IN.iter().map(|(name, text)| Self::parse(name, text).map(Arc::new));
        let all = all.collect::<Result<Vec<_>, _>>()?;
        Ok(ALL.get_or_init(|| all).clone())
    }

    /// The text of a built-in profile, as it stands in the source.
    ///
    /// # Errors
    /// When there is no such profile.
    pub fn text(name: &str) -> Result<&'static str, InputError> {
        let found = BUILT_IN.iter().find(|(built_in, _)| *built_in == name);
        found.map(|(_, text)| *text).ok_or_else(|| {
            let message = format!("no built-in profile{} (built-in profiles: {})", nearest(name), names());
            InputError::Profile { path: name.to_owned(), message }
        })
    }

    /// The profile of a name, or of a file.
    ///
    /// # Errors
    /// When there is neither, or the file is no profile.
    pub fn load(name: &str) -> Result<Self, InputError> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            return Self::parse(name, text);
        }
        let failed = |message| InputError::Profile { path: name.to_owned(), message };
        let bytes = read(name).map_err(|error| {
            failed(format!("no profile file: {error}{} (built-in profiles: {})", nearest(name), names()))
        })?;
        if bytes.len() as u64 > LONGEST {
            return Err(failed(format!("it has more than {LONGEST} bytes; is that a profile?")));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| failed("this is not UTF-8; is it a profile? save it as UTF-8".to_owned()))?;
        Self::parse(name, &text)
    }

    /// The same, to be shared; a built-in one is parsed no second time.
    ///
    /// # Errors
    /// As above.
    pub fn shared(name: &str) -> Result<Arc<Self>, InputError> {
        let mut built_in = Self::built_in()?;
        let known = BUILT_IN.iter().position(|(built_in, _)| *built_in == name);
        known.map_or_else(|| Self::load(name).map(Arc::new), |at| Ok(built_in.swap_remove(at)))
    }

    /// The canonical profile, whose words stand where another profile has none.
    ///
    /// # Errors
    /// Never; see [`Profile::built_in`].
    pub fn canonical() -> Result<&'static Self, InputError> {
        static CANONICAL: OnceLock<Profile> = OnceLock::new();
        if CANONICAL.get().is_none() {
            // Where two threads come here at once, both have read the same text.
            let _ = CANONICAL.set(Self::load("canonical")?);
        }
        CANONICAL
            .get()
            .ok_or_else(|| InputError::Profile { path: "canonical".to_owned(), message: String::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::RowKind;
    use super::*;

    /// What a profile maps is kept in a store and shown with rejected rows.
    #[test]
    fn no_built_in_profile_maps_where_or_who_a_person_is() {
        let private = [
            "地址",
            "电话",
            "手机",
            "收件",
            "收货",
            "姓名",
            "Recipient",
            "Phone",
            "Address",
            "Zipcode",
            "支付宝",
        ];
        for profile in Profile::built_in().unwrap() {
            let specs = RowKind::ALL.into_iter().filter_map(|kind| profile.columns(kind)).flatten();
            for name in specs.flat_map(|(_, spec)| spec.names()) {
                assert!(!private.iter().any(|word| name.contains(word)), "{}: {name}", profile.name);
            }
        }
    }

    #[test]
    fn built_in_profiles_are_whole() {
        for profile in Profile::built_in().unwrap() {
            assert!(RowKind::ALL.iter().any(|kind| profile.columns(*kind).is_some()), "{}", profile.name);
        }
    }
}
