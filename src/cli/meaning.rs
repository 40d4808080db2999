//! What columns, words, times and ids mean: the same options for exports and for tables of other engines.

use std::num::NonZeroUsize;

use clap::{Args, ValueHint};
use jiff::tz::TimeZone;

use super::{UsageError, values};
use crate::calendar::zone;
use crate::input::container::Opening;
use crate::input::limits::Limits;
use crate::input::sessions::LONGEST_SESSION;
use crate::input::settings::{FurtherColumns, ReadSettings, WithoutDimension};
use crate::memory::Memory;
use crate::units::Seconds;

/// The canonical columns.
const COLUMNS: [&str; 23] = [
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
    "refund_id",
    "refund_type",
];

/// What columns, words, times and ids mean.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct MeaningArguments {
    /// What columns and words mean: a built-in profile (`gmv profiles` lists them) or a TOML file; without it, the header decides
    #[arg(long, value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
    pub(super) profile: Option<String>,
    /// A constant column, such as streamer_id=s1 (repeatable); {file} is the file's name without its ending
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = values::assignment)]
    pub(super) set: Vec<(String, String)>,
    /// The zone of times without an offset, and of business days [default: that of the store, else Asia/Shanghai]
    #[arg(long, value_name = "ZONE")]
    pub(super) timezone: Option<String>,
    /// Take ids in scientific notation (9.44E+18) as they are, although distinct persons have become one
    #[arg(long)]
    pub(super) allow_mangled_ids: bool,
}

/// The zone where neither an option nor a store says another.
const ZONE: &str = "Asia/Shanghai";

impl MeaningArguments {
    /// How cells are read that are no export's: nothing of files.
    pub fn read_settings(
        &self,
        zone: TimeZone,
        max_session: Seconds,
        dimensions: Vec<String>,
        threads: NonZeroUsize,
    ) -> ReadSettings {
        ReadSettings {
            profile: self.profile.clone(),
            zone,
            max_session: Seconds(max_session.0.min(LONGEST_SESSION)),
            allow_mangled_ids: self.allow_mangled_ids,
            threads,
            memory: Memory::new(u64::MAX, threads),
            block_size: ReadSettings::BLOCK_SIZE,
            opening: Opening { encoding: None, limits: Limits::default() },
            delimiter: None,
            list_rejects: false,
            constants: self.set.clone(),
            dimensions,
            without_dimension: WithoutDimension::Refused,
            refund_within: None,
            persons_optional: false,
            specimens: 0,
            further: FurtherColumns::Dimensions,
            pseudonyms: None,
            broadcast_days: None,
            reach: None,
            paid: None,
        }
    }

    /// The zone that is given, or that of a store, or the usual one.
    ///
    /// # Errors
    /// When it is not known.
    pub fn zone_or(&self, stored: Option<&str>) -> Result<TimeZone, UsageError> {
        let name = self.timezone.as_deref().or(stored).unwrap_or(ZONE);
        zone(name).ok_or_else(|| {
            UsageError(format!("--timezone {name}: no such zone; use a name such as Asia/Shanghai or UTC"))
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
}
