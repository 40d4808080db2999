//! The text of a configuration, and the places in it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::ConfigError;

/// What is looked for where no file is named.
const NAME: &str = "gmv.toml";

/// More than any configuration holds: what is longer is another file.
const LONGEST: u64 = 4 << 20;

/// A configuration, read.
#[derive(Debug)]
pub struct Source {
    /// Its name, as it was typed.
    pub name: String,
    /// The folder that its paths start from; empty for the current one.
    pub folder: PathBuf,
    /// Whether it was found without being named.
    pub is_discovered: bool,
    /// Its text.
    pub text: String,
}

/// The bytes of a file, and no more of an endless one than shows that it is too long.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Source {
    /// The file that was named.
    pub fn named(path: &Path) -> Result<Self, ConfigError> {
        match read(path) {
            Ok(bytes) => Self::of(path, bytes, false),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    /// `./gmv.toml`; `None` where it is not there.
    pub fn discovered() -> Result<Option<Self>, ConfigError> {
        let path = Path::new(NAME);
        let Ok(about) = path.metadata() else { return Ok(None) };
        // A pipe of that name would wait for ever.
        if !about.is_dir() && !about.is_file() {
            return Err(ConfigError::new(NAME, "it is no file; name the configuration with --config FILE"));
        }
        match read(path) {
            Ok(bytes) => Self::of(path, bytes, true).map(Some),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    fn of(path: &Path, bytes: Vec<u8>, is_discovered: bool) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        if bytes.len() as u64 > LONGEST {
            let message = format!("it has {} bytes; is that a configuration?", bytes.len());
            return Err(ConfigError::new(name, message));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default());
            let message = "this is not UTF-8; save the configuration as UTF-8";
            ConfigError::new(place(&name, &before, before.len()), message)
        })?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        // A pipe (`--config <(…)`) lies nowhere.
        let is_file = path.metadata().is_ok_and(|about| about.is_file());
        let folder = path.parent().filter(|_| is_file).map(Path::to_owned).unwrap_or_default();
        Ok(Self { name, folder, is_discovered, text })
    }

    /// `FILE:LINE:COLUMN` of a byte, both from 1; columns are characters.
    pub fn place(&self, at: usize) -> String {
        place(&self.name, &self.text, at)
    }
}

fn place(name: &str, text: &str, at: usize) -> String {
    let before = text.get(..at.min(text.len())).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{name}:{line}:{column}")
}

fn unreadable(path: &Path, error: &std::io::Error) -> ConfigError {
    let message = if path.is_dir() {
        "it is a folder; name the configuration in it".to_owned()
    } else if error.kind() == std::io::ErrorKind::NotFound {
        "no such configuration; gmv init FILE makes one".to_owned()
    } else {
        format!("cannot read the configuration: {error}")
    };
    ConfigError::new(path.display().to_string(), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let source = Source::of(Path::new("d/x.toml"), "\u{feff}a = 1\r\n名 = 2\n".into(), false).unwrap();
        assert_eq!(source.place(0), "d/x.toml:1:1");
        assert_eq!(source.place(source.text.find("= 2").unwrap()), "d/x.toml:2:3");
        let broken = Source::of(Path::new("x.toml"), b"a = 1\nb = \"\xff\"".to_vec(), true).unwrap_err();
        assert!(broken.to_string().starts_with("x.toml:2:6: this is not UTF-8"), "{broken}");
    }
}
