//! `gmv sample`: what was typed, and what it means.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use jiff::civil::Date;

use super::values;
use crate::sample::{SampleSettings, Shocks, Story};

/// The options of `gmv sample`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct SampleArguments {
    /// About how many sessions (viewers are drawn as Poisson); orders are about a tenth
    #[arg(long, value_name = "N", default_value_t = SampleSettings::default().sessions)]
    sessions: u64,
    /// Streamers
    #[arg(long, value_name = "N", default_value_t = SampleSettings::default().streamers)]
    streamers: u32,
    /// Weeks
    #[arg(long, value_name = "N", default_value_t = SampleSettings::default().weeks)]
    weeks: u32,
    /// The seed: the same one gives the same bytes
    #[arg(long, value_name = "N", default_value_t = SampleSettings::default().seed)]
    seed: u64,
    /// The seed of what is planned: streamers, and when they are live; samples that share it have the same expectations [default: that of --seed]
    #[arg(long, value_name = "N")]
    plan_seed: Option<u64>,
    /// Shocks that all viewers of a broadcast share
    #[arg(long, value_enum, default_value_t = ShocksWord::On)]
    shocks: ShocksWord,
    /// A date of the last week
    #[arg(long, value_name = "DATE", default_value_t = SampleSettings::default().end, value_parser = values::date)]
    end: Date,
    /// What happens in the last week
    #[arg(long, value_enum, default_value_t = StoryWord::LastWeek)]
    story: StoryWord,
    /// The directory to write into; it is made if it is missing
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: PathBuf,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    quiet: bool,
}

const AFTER_HELP: &str = "\
Examples:
  gmv sample --out shop
  gmv sample --sessions 100000 --streamers 50 --weeks 8 --seed 7 --out shop
  gmv sample --sessions 10000000 --streamers 2000 --story none --out big";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StoryWord {
    /// Public traffic up, conversion down at two streamers, one new, one gone
    LastWeek,
    /// Nothing: the last week is like the others
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ShocksWord {
    /// On how many come, and on how readily they buy
    On,
    /// None: given the plan, visits are independent
    Off,
}

/// Where a sample goes, resolved.
#[derive(Debug, Clone)]
pub struct SampleOutput {
    /// What is made.
    pub settings: SampleSettings,
    /// The directory.
    pub directory: PathBuf,
    /// Whether standard error stays silent but for errors.
    pub quiet: bool,
}

impl SampleArguments {
    /// What was typed, resolved.
    #[must_use]
    pub fn resolve(&self) -> SampleOutput {
        let settings = SampleSettings {
            sessions: self.sessions,
            streamers: self.streamers,
            weeks: self.weeks,
            seed: self.seed,
            plan_seed: self.plan_seed,
            shocks: if self.shocks == ShocksWord::Off { Shocks::Off } else { Shocks::On },
            end: self.end,
            story: if self.story == StoryWord::None { Story::None } else { Story::LastWeek },
        };
        SampleOutput { settings, directory: self.out.clone(), quiet: self.quiet }
    }
}
