//! What a key says: of the right type, a path from the folder of the file, and a value that clap takes for the option.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, ValueHint};
use toml::Spanned;
use toml::de::DeValue;

use super::ConfigError;
use super::keys::{is_flag, takes_several};
use super::source::Source;

/// What a key says.
#[derive(Debug, Clone)]
pub enum Value {
    /// A flag: on or off.
    Flag(bool),
    /// Values, as they would be typed.
    Texts(Vec<OsString>),
}

impl Value {
    /// Whether it says anything: `false` and `[]` are as if nothing had been typed.
    pub fn is_given(&self) -> bool {
        match self {
            Self::Flag(on) => *on,
            Self::Texts(texts) => !texts.is_empty(),
        }
    }
}

/// The value of an option.
///
/// # Errors
/// When the option does not take it.
pub fn read(source: &Source, option: &Arg, value: &Spanned<DeValue<'_>>) -> Result<Value, ConfigError> {
    let place = source.place(value.span().start);
    let wrong = |text: String| ConfigError::new(place.clone(), format!("{}: {text}", name(option)));
    match value.get_ref() {
        DeValue::Boolean(on) if is_flag(option) => Ok(Value::Flag(*on)),
        other if is_flag(option) => Err(wrong(format!("{} is neither true nor false", shown(other)))),
        DeValue::Array(array) if takes_several(option) => {
            let typed = array.iter().map(|one| typed(source, option, one)).collect::<Result<Vec<_>, _>>()?;
            texts(source, option, &typed)
        }
        DeValue::Array(_) => Err(wrong("it takes one value, not a list".to_owned())),
        _ => texts(source, option, &[typed(source, option, value)?]),
    }
}

fn name(option: &Arg) -> &str {
    option.get_long().unwrap_or_default()
}

/// Values that the option takes, paths from the folder of the file.
fn texts(source: &Source, option: &Arg, typed: &[(String, String)]) -> Result<Value, ConfigError> {
    // All at once, since a list may be long; one by one where there is something to say.
    if check(option, typed.iter().map(|(text, _)| text.as_str())).is_err() {
        for (text, place) in typed {
            check(option, std::iter::once(text.as_str())).map_err(|error| {
                ConfigError::new(place, format!("{}: {}", name(option), message(&error, text)))
            })?;
        }
    }
    Ok(Value::Texts(typed.iter().map(|(text, _)| resolved(option, text, &source.folder)).collect()))
}

/// A single value as it would be typed, and its place.
fn typed(
    source: &Source,
    option: &Arg,
    value: &Spanned<DeValue<'_>>,
) -> Result<(String, String), ConfigError> {
    let place = source.place(value.span().start);
    let wrong = |text: &str| ConfigError::new(place.clone(), format!("{}: {text}", name(option)));
    let written = || source.text.get(value.span()).unwrap_or_default().to_owned();
    let typed = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) if number.radix() != 10 => {
            return Err(wrong(&format!("{} is not written as a decimal number", written())));
        }
        // As written: ids have more digits than numbers hold.
        DeValue::Integer(_) | DeValue::Float(_) => written().replace('_', ""),
        DeValue::Datetime(_) => written(),
        other => return Err(wrong(&format!("{} is no value of it; give {}", shown(other), wanted(option)))),
    };
    if typed.contains('\0') {
        return Err(wrong("the value has a zero byte"));
    }
    Ok((typed, place))
}

/// A type, as messages call it.
fn shown(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(true) => "true",
        DeValue::Boolean(false) => "false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn wanted(option: &Arg) -> String {
    let names = option.get_value_names().unwrap_or_default();
    let form = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let one = option.get_possible_values();
    let one: Vec<&str> = one.iter().map(clap::builder::PossibleValue::get_name).collect();
    if one.is_empty() { format!("a text or number: {form}") } else { format!("one of {}", one.join(", ")) }
}

/// Whether the option takes the values, by its own parser.
fn check<'a>(option: &Arg, texts: impl Iterator<Item = &'a str>) -> Result<(), clap::Error> {
    // By itself: what it needs or excludes is judged when all is known.
    let alone = option.clone().required(false);
    let alone = alone.conflicts_with(Resettable::Reset).requires(Resettable::Reset);
    let line = texts.map(|text| format!("--{}={text}", name(option)));
    Command::new("gmv").no_binary_name(true).arg(alone).try_get_matches_from(line).map(|_| ())
}

/// What clap says, on one line.
fn message(error: &clap::Error, text: &str) -> String {
    let given = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(given)) => given.as_str(),
        _ => text,
    };
    if given.is_empty() && error.kind() != ErrorKind::ValueValidation {
        return "the value is empty".to_owned();
    }
    if let Some(ContextValue::Strings(possible)) = error.get(ContextKind::ValidValue)
        && !possible.is_empty()
    {
        let near = match error.get(ContextKind::SuggestedValue) {
            Some(ContextValue::String(near)) => format!("; did you mean `{near}`?"),
            _ => String::new(),
        };
        return format!("invalid value {given:?}; possible values: {}{near}", possible.join(", "));
    }
    let reason = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let names_it = reason.contains(&format!("{given:?}")) || reason.starts_with(given);
    if names_it { reason } else { format!("invalid value {given:?}: {reason}") }
}

/// A path that starts from the folder of the file; other values as they are.
fn resolved(option: &Arg, text: &str, folder: &Path) -> OsString {
    let is_path = match option.get_value_hint() {
        ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath => text != "-",
        _ => false,
    };
    // A profile is a name, unless it looks like a path.
    let is_name = name(option) == "profile"
        && !(text.contains('/') || Path::new(text).extension().is_some_and(|end| end == "toml"));
    if !is_path || is_name || folder == Path::new("") {
        return text.into();
    }
    let is_pattern = text.contains(['*', '?', '[']) && !folder.join(text).exists();
    match folder.to_str() {
        // The folder's own name is no pattern.
        Some(name) if is_pattern => Path::new(&glob::Pattern::escape(name)).join(text).into(),
        _ => folder.join(text).into_os_string(),
    }
}
