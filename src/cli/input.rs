//! What is read, and how: the same options for all commands.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use jiff::tz::TimeZone;

use super::UsageError;
use super::values;
use crate::input::feed::LONGEST_RECORD;
use crate::input::rejects::MaxBad;
use crate::input::sessions::LONGEST_SESSION;
use crate::input::settings::ReadSettings;
use crate::units::Seconds;

/// The canonical columns.
const COLUMNS: [&str; 21] = [
    "order_id",
    "line_id",
    "buyer_id",
    "streamer_id",
    "streamer_name",
    "paid_at",
    "amount",
    "refund_amount",
    "status",
    "carrier",
    "viewer_id",
    "entered_at",
    "left_at",
    "watch_seconds",
    "source",
    "live_id",
    "session_id",
    "category",
    "product_id",
    "quantity",
    "refunded_at",
];

/// The exports.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArguments {
    /// Exports of orders: files, directories, quoted globs, or - for standard input; CSV, TSV (also .gz, .zst) or Parquet
    #[arg(long, num_args = 1.., value_name = "FILE")]
    pub orders: Vec<String>,
    /// Exports of viewing sessions, in the same way; may be left out with --attribution all
    #[arg(long, num_args = 1.., value_name = "FILE")]
    pub sessions: Vec<String>,
    /// A table of streamers: streamer_id, streamer_name and any attributes (tier, …) for --by
    #[arg(long, value_name = "FILE")]
    pub streamers: Option<String>,
    /// Tables of broadcasts: live_id, streamer_id, started_at, ended_at; of one that two of them list, the later stands
    #[arg(long, num_args = 1.., value_name = "FILE")]
    pub lives: Vec<String>,
    /// What columns and words mean: a built-in profile or a TOML file; without it, the header decides
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// A constant column, such as streamer_id=s1; {file} is the file's name without its ending
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = values::assignment)]
    set: Vec<(String, String)>,
    /// The delimiter of text files, where the guess is wrong: , ; | tab
    #[arg(long, value_name = "CHAR", value_parser = values::delimiter)]
    delimiter: Option<u8>,
    /// The zone of times without an offset, and of business days
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
    timezone: String,
    /// Take ids in scientific notation (9.44E+18) as they are, although distinct persons have become one
    #[arg(long)]
    allow_mangled_ids: bool,
    /// How many rows of each input may be bad, as a number or a percentage; above it the run fails
    #[arg(long, value_name = "N|P%", default_value = "1%")]
    pub max_bad: MaxBad,
    /// Write every rejected row: file, line, column, reason, and the mapped cells
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Exit with code 3 when rows were rejected within --max-bad
    #[arg(long)]
    pub strict: bool,
    /// Threads; the result is the same with any number
    #[arg(long, value_name = "N", value_parser = values::threads)]
    threads: Option<NonZeroUsize>,
    /// Bytes in a block of text, to show that the result does not depend on it
    #[arg(long, value_name = "N", hide = true, default_value_t = ReadSettings::BLOCK_SIZE)]
    block_size: usize,
}

impl InputArguments {
    /// How exports are read; `dimensions` are the order columns that `--by` needs.
    ///
    /// # Errors
    /// When the zone is not known, or standard input is asked for twice.
    pub fn read_settings(
        &self,
        max_session: Seconds,
        dimensions: Vec<String>,
    ) -> Result<ReadSettings, UsageError> {
        let inputs = self.orders.iter().chain(&self.sessions).chain(&self.streamers).chain(&self.lives);
        let standard_input = inputs.filter(|name| *name == "-").count();
        if standard_input > 1 {
            return Err(UsageError("- (standard input) can be one of the inputs, not two".to_owned()));
        }
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok());
        Ok(ReadSettings {
            profile: self.profile.clone(),
            zone: self.zone()?,
            max_session: Seconds(max_session.0.min(LONGEST_SESSION)),
            allow_mangled_ids: self.allow_mangled_ids,
            threads: threads.unwrap_or(NonZeroUsize::MIN),
            block_size: self.block_size.clamp(1, LONGEST_RECORD),
            delimiter: self.delimiter,
            list_rejects: self.rejects.is_some(),
            constants: self.set.clone(),
            dimensions,
            persons_optional: false,
        })
    }

    /// Refuses a constant for a column that nothing reads: a typing error.
    ///
    /// # Errors
    /// When there is one.
    pub fn check_constants(&self, dimensions: &[String]) -> Result<(), UsageError> {
        let known = |name: &String| COLUMNS.contains(&name.as_str()) || dimensions.contains(name);
        match self.set.iter().find(|(name, _)| !known(name)) {
            None => Ok(()),
            Some((name, _)) => Err(UsageError(format!(
                "--set {name}: no such column; it may be one of --by, or {}",
                COLUMNS.join(", ")
            ))),
        }
    }

    /// The profile that was named.
    pub fn profile(&self) -> Option<&String> {
        self.profile.as_ref()
    }

    /// The shop's zone.
    ///
    /// # Errors
    /// When it is not known.
    pub fn zone(&self) -> Result<TimeZone, UsageError> {
        let name = &self.timezone;
        TimeZone::get(name).map_err(|_| {
            UsageError(format!("--timezone {name}: no such zone; use a name such as Asia/Shanghai or UTC"))
        })
    }
}
