//! `gmv ingest`: what was typed, and what it means.

use std::path::{Path, PathBuf};

use clap::Args;

use super::input::InputArguments;
use super::output::{Presentation, PresentationArguments};
use super::{SettingsError, UsageError, places};
use crate::input::files::{Source, discover};
use crate::input::profile::RowKind;
use crate::input::rejects::MaxBad;
use crate::input::settings::{FurtherColumns, ReadSettings};
use crate::input::store::CAP;
use crate::input::store::Store;
use crate::present::Target;
use crate::units::Seconds;

/// The options of `gmv ingest`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(
    after_long_help = AFTER_HELP,
    mut_arg("store", |store| store.required(true).help("The store; made if it is missing")),
    mut_arg("sessions", |sessions| sessions.help("Exports of viewing sessions, in the same way")),
    mut_arg("streamers", |streamers| streamers.hide(true)),
    mut_arg("refunds", |refunds| refunds.hide(true)),
    mut_arg("lives", |lives| lives.hide(true))
)]
pub struct IngestArguments {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    presentation: PresentationArguments,
}

const AFTER_HELP: &str = "\
Examples:
  gmv ingest --store store --orders 'orders/*.csv' --sessions sessions/
  gmv ingest --store store --orders week47.xlsx --profile douyin-orders
  gmv ingest --store store --orders orders.csv --pseudonymize key
  gmv decompose --store store --from 2026-11-16 --to 2026-11-22";

/// A run of ingestion, resolved.
#[derive(Debug)]
pub struct IngestSettings {
    /// The directory of the store.
    pub directory: PathBuf,
    /// The exports in their order.
    pub sources: Vec<(RowKind, Source)>,
    /// How they are read.
    pub read: ReadSettings,
    /// How many rows may be bad.
    pub max_bad: MaxBad,
    /// Where every rejected row is written.
    pub rejects: Option<PathBuf>,
    /// Whether rejected rows change the exit code.
    pub strict: bool,
    /// How the table of files is shown.
    pub presentation: Presentation,
}

impl IngestSettings {
    /// The size of all exports on disk, in bytes, as far as it is known.
    #[must_use]
    pub fn size(&self) -> u64 {
        let sizes = self.sources.iter().filter_map(|(_, source)| source.path.as_ref()?.metadata().ok());
        sizes.map(|about| about.len()).sum()
    }
}

impl IngestArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub fn resolve(&self) -> Result<IngestSettings, SettingsError> {
        let (input, presentation) = (&self.input, self.presentation.resolve()?);
        let usage = |text: &str| UsageError(text.to_owned());
        let directory = input.store.clone().ok_or_else(|| usage("--store DIR is needed"))?;
        let beside = [
            ("--streamers", input.streamers.is_some()),
            ("--lives", !input.lives.is_empty()),
            ("--refunds", !input.refunds.is_empty()),
        ];
        if let Some((option, _)) = beside.into_iter().find(|(_, given)| *given) {
            return Err(UsageError(format!(
                "{option} is not kept in a store, which holds orders and sessions; give it to the commands that read the store"
            ))
            .into());
        }
        if input.orders.is_empty() && input.sessions.is_empty() {
            return Err(usage("--orders FILE or --sessions FILE is needed").into());
        }
        input.meaning.check_constants(&[])?;
        let of_kind = |kind, names: &[String]| -> Result<Vec<_>, SettingsError> {
            Ok(discover(names)?.into_iter().map(|source| (kind, source)).collect())
        };
        let sources =
            [of_kind(RowKind::Orders, &input.orders)?, of_kind(RowKind::Sessions, &input.sessions)?].concat();
        let of_store = sources.iter().find(|(_, source)| source.path.as_deref().is_some_and(Store::holds));
        if let Some((_, source)) = of_store {
            return Err(UsageError(format!(
                "{} lies in a store: its rows were ingested already, and would be there twice; name the exports",
                source.name
            ))
            .into());
        }
        let mut inputs = input.files_beside()?;
        inputs.extend(sources.iter().filter_map(|(_, source)| source.path.clone()));
        let mut written: Vec<(&str, &Path)> = Vec::new();
        if let Target::File(output) = &presentation.target {
            written.push(("-o", output));
        }
        written.extend(input.rejects.as_deref().map(|path| ("--rejects", path)));
        places::check(&written, &inputs)?;
        let read = ReadSettings {
            persons_optional: true,
            further: FurtherColumns::Mapped,
            ..input.read_settings(input.zone_to_ingest()?, Seconds(CAP), Vec::new())?
        };
        let (max_bad, rejects, strict) = (input.max_bad, input.rejects.clone(), input.strict);
        Ok(IngestSettings { directory, sources, read, max_bad, rejects, strict, presentation })
    }
}
