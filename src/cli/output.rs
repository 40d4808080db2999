//! How a result is shown: the same options for all commands.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::UsageError;
use crate::present::format::Signs;
use crate::present::model::Language;
use crate::present::{Format, RenderOptions, Target};

/// How the result is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct PresentationArguments {
    /// The form of the result; auto is a table on a terminal, CSV in a pipe
    #[arg(long, value_enum, default_value_t = FormatWord::Auto)]
    format: FormatWord,
    /// Write to a file, whole or not at all; its ending decides the format (.csv .tsv .json .ndjson .md .parquet .xlsx .txt)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// The language of headings and notes in tables and workbooks
    #[arg(long, value_enum, default_value_t = LanguageWord::En)]
    lang: LanguageWord,
    /// Begin CSV with the byte order mark that Excel needs
    #[arg(long)]
    bom: bool,
    /// Write text cells as they are, even those that a spreadsheet would run (=cmd())
    #[arg(long)]
    raw_text: bool,
    /// Colour in tables; auto is on a terminal unless NO_COLOR is set
    #[arg(long, value_enum, default_value_t = ColourWord::Auto)]
    color: ColourWord,
    /// The currency sign in tables and workbooks, instead of the profile's
    #[arg(long, value_name = "SIGN")]
    currency: Option<String>,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatWord {
    Auto,
    Table,
    Csv,
    Tsv,
    Json,
    Ndjson,
    Markdown,
    Parquet,
    Xlsx,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LanguageWord {
    En,
    Zh,
}

impl From<LanguageWord> for Language {
    fn from(word: LanguageWord) -> Self {
        match word {
            LanguageWord::En => Self::English,
            LanguageWord::Zh => Self::Chinese,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ColourWord {
    Auto,
    Always,
    Never,
}

/// How a result is shown, resolved.
#[derive(Debug, Clone)]
pub struct Presentation {
    /// Where it goes.
    pub target: Target,
    /// In what form.
    pub options: RenderOptions,
    /// The currency sign; `None` is the profile's.
    pub currency: Option<String>,
    /// Whether standard error stays silent but for errors.
    pub quiet: bool,
}

impl Presentation {
    /// Whether progress may be shown.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    /// Whether sentences may go where the result goes.
    ///
    /// # Errors
    /// When it is a file of another kind, which nothing could open then.
    pub(super) fn check_narrative(&self, narrative: bool) -> Result<(), UsageError> {
        if narrative && self.options.format.needs_file() {
            let text = "--narrative is text: give -o a name that ends in .txt or .md, and no --format";
            return Err(UsageError(text.to_owned()));
        }
        Ok(())
    }
}

impl PresentationArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When the format and the target do not go together.
    pub fn resolve(&self) -> Result<Presentation, UsageError> {
        let terminal = std::io::stdout().is_terminal() && self.output.is_none();
        let format = self.format(terminal)?;
        if format.needs_file() && self.output.is_none() {
            let (name, ending) = match format {
                Format::Xlsx => ("a workbook", "xlsx"),
                _ => ("Parquet", "parquet"),
            };
            return Err(UsageError(format!("{name} needs a file: -o FILE.{ending}")));
        }
        let width = terminal.then(crate::present::width::terminal_width);
        let colour = match self.color {
            ColourWord::Always => true,
            ColourWord::Never => false,
            ColourWord::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        let options = RenderOptions {
            format,
            language: self.lang.into(),
            width,
            signs: signs(),
            colour,
            bom: self.bom,
            raw_text: self.raw_text,
        };
        let target = self.output.clone().map_or(Target::Stdout, Target::File);
        Ok(Presentation { target, options, currency: self.currency.clone(), quiet: self.quiet })
    }

    fn format(&self, terminal: bool) -> Result<Format, UsageError> {
        Ok(match self.format {
            FormatWord::Table => Format::Table,
            FormatWord::Csv => Format::Csv,
            FormatWord::Tsv => Format::Tsv,
            FormatWord::Json => Format::Json,
            FormatWord::Ndjson => Format::Ndjson,
            FormatWord::Markdown => Format::Markdown,
            FormatWord::Parquet => Format::Parquet,
            FormatWord::Xlsx => Format::Xlsx,
            FormatWord::Auto => match &self.output {
                None if terminal => Format::Table,
                None => Format::Csv,
                Some(path) => match Format::from_extension(path) {
                    Some(format) => format,
                    None if path.starts_with("/dev") => Format::Csv,
                    None => {
                        let name = path.display();
                        return Err(UsageError(format!(
                            "-o {name}: the ending names no format (.csv .tsv .json .ndjson .md .parquet .xlsx .txt); add --format"
                        )));
                    }
                },
            },
        })
    }
}

/// What the locale can show: where it has no UTF-8, ASCII alone.
fn signs() -> Signs {
    let named = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(std::env::var_os);
    let locale = named.map(|name| name.to_string_lossy().to_lowercase()).find(|name| !name.is_empty());
    let is_wide = locale.is_some_and(|name| name.contains("utf-8") || name.contains("utf8"));
    if is_wide { Signs::Unicode } else { Signs::Ascii }
}
