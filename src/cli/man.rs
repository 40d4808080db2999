//! `gmv man`: what was typed, and the page of each command.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory, ValueHint};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::Arguments;

/// Man pages: of gmv on standard output, or of gmv and each command in a folder.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct ManArguments {
    /// Write gmv.1 and gmv-COMMAND.1 of each command into this folder; it is made if it is missing
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  gmv man | man -l -
  gmv man --out ~/.local/share/man/man1";

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManPage {
    /// The name of its file.
    pub name: String,
    /// Its text (roff).
    pub text: String,
}

impl ManArguments {
    /// The folder for all pages; `None` is the first page on standard output.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.out.as_deref()
    }

    /// The pages of gmv, which comes first, and of each command.
    ///
    /// # Errors
    /// Never: they are written into memory.
    pub fn pages() -> std::io::Result<Vec<ManPage>> {
        let mut root = Arguments::command().disable_help_subcommand(true);
        root.build();
        let mut pages = Vec::new();
        let mut commands = vec![root];
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands().filter(|one| !one.is_hide_set()).cloned());
            pages.push(page(command)?);
        }
        Ok(pages)
    }
}

fn page(command: Command) -> std::io::Result<ManPage> {
    let notes = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let has_commands = command.has_subcommands();
    let man = Man::new(command).source(concat!("gmv ", env!("CARGO_PKG_VERSION"))).manual("gmv");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if has_commands {
        man.render_subcommands_section(&mut text)?;
    }
    as_it_stands(&notes).to_writer(&mut text)?;
    Ok(ManPage { name: man.get_filename(), text: String::from_utf8_lossy(&text).into_owned() })
}

/// What follows the options: paragraphs, and indented lines with their columns as they are; examples have a section of their own.
fn as_it_stands(notes: &str) -> Roff {
    let (before, examples) = notes.split_once("Examples:\n").unwrap_or((notes, ""));
    let mut roff = Roff::new();
    for (title, text) in [("NOTES", before), ("EXAMPLES", examples)] {
        if !text.trim().is_empty() {
            roff.control("SH", [title]);
            let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
            let is_table = |line: &str| line.starts_with(' ');
            for block in lines.chunk_by(|one, next| is_table(one) && is_table(next)) {
                let as_it_is = block.iter().any(|line| is_table(line));
                roff.control(if as_it_is { "nf" } else { "PP" }, []);
                for line in block {
                    roff.text([roman(*line)]);
                }
                if as_it_is {
                    roff.control("fi", []);
                }
            }
        }
    }
    roff
}
