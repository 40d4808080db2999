//! What the caller may ask of a sample, and why it may be refused.

use jiff::civil::Date;

/// The most sessions of a sample: about three days of work and 90 TB, and ids of orders keep their 19 digits.
pub const MOST_SESSIONS: u64 = 1_000_000_000_000;
/// The most streamers of a sample: the only thing that memory grows with (about 100 bytes each).
pub const MOST_STREAMERS: u32 = 1_000_000;
/// The most weeks of a sample: ten years.
pub const MOST_WEEKS: u32 = 520;
/// The fewest streamers that the story can be told with: two that convert worse, one new, one gone, and some as ever.
pub const FEWEST_STREAMERS_OF_A_STORY: u32 = 6;

/// What is to be generated. The same settings give the same bytes on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleSettings {
    /// About how many rows of sessions, at least 1: the count is random (Poisson, and the shocks of broadcasts), with
    /// this mean.
    pub sessions: u64,
    /// Number of streamers, at least 1, with a story at least 6.
    pub streamers: u32,
    /// Number of whole weeks, Monday to Sunday, at least 1, with a story at least 2.
    pub weeks: u32,
    /// The seed: another one gives another sample of the same kind.
    pub seed: u64,
    /// The seed of what is planned, `seed` where it is `None`: streamers and the times of their broadcasts. Samples with the same plan
    /// differ by persons, shocks, visits and orders alone, so that all have the same expectations.
    pub plan_seed: Option<u64>,
    /// Whether the visits of a broadcast share shocks.
    pub shocks: Shocks,
    /// Any day of the last week.
    pub end: Date,
    /// What happens in the last week.
    pub story: Story,
}

impl Default for SampleSettings {
    /// 10,000 sessions with 20 streamers over 16 weeks (enough for the 12 changes that `unusual` looks back at), the last
    /// of which ends on Sunday 2026-11-15.
    fn default() -> Self {
        Self {
            sessions: 10_000,
            streamers: 20,
            weeks: 16,
            seed: 7,
            plan_seed: None,
            shocks: Shocks::On,
            end: Date::constant(2026, 11, 15),
            story: Story::LastWeek,
        }
    }
}

/// What happens in the last week of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Story {
    /// More public traffic for all, two streamers that convert worse, one streamer new and one gone.
    #[default]
    LastWeek,
    /// Nothing: the last week is drawn like the others.
    None,
}

/// Whether the visits of a broadcast share shocks, on its audience and on conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shocks {
    /// They do: weeks vary by more than chance between persons.
    #[default]
    On,
    /// They do not: given the plan, visits are independent.
    Off,
}

/// Why a sample was not written.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// A number outside what can be generated.
    #[error("{option} is {given}, but must be between {fewest} and {most}")]
    OutOfRange {
        /// The name of the setting.
        option: &'static str,
        /// What was asked.
        given: u64,
        /// The smallest value.
        fewest: u64,
        /// The largest value.
        most: u64,
    },
    /// The story needs at least [`FEWEST_STREAMERS_OF_A_STORY`] streamers and two weeks.
    #[error(
        "the story needs at least {FEWEST_STREAMERS_OF_A_STORY} streamers and 2 weeks, not {streamers} and {weeks}: \
         ask for more, or for no story (--story none)"
    )]
    TooSmallForStory {
        /// Streamers asked.
        streamers: u32,
        /// Weeks asked.
        weeks: u32,
    },
    /// The weeks do not lie between the years 1 and 9999.
    #[error("{weeks} weeks up to {end} do not fit the calendar: choose another end")]
    Calendar {
        /// Weeks asked.
        weeks: u32,
        /// The end asked.
        end: Date,
    },
    /// A writer failed.
    #[error("cannot write the sample")]
    Write(#[from] std::io::Error),
}

impl SampleError {
    /// Whether what was asked for cannot be, rather than that the work failed.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::OutOfRange { .. } | Self::TooSmallForStory { .. })
    }
}

impl SampleSettings {
    /// The seed of what is planned.
    #[must_use]
    pub fn seed_of_plan(&self) -> u64 {
        self.plan_seed.unwrap_or(self.seed)
    }

    /// Refuses what cannot be generated, before anything is written.
    pub fn check(&self) -> Result<(), SampleError> {
        in_range("sessions", self.sessions, MOST_SESSIONS)?;
        in_range("streamers", self.streamers.into(), MOST_STREAMERS.into())?;
        in_range("weeks", self.weeks.into(), MOST_WEEKS.into())?;
        let told = self.story == Story::LastWeek;
        if told && (self.streamers < FEWEST_STREAMERS_OF_A_STORY || self.weeks < 2) {
            return Err(SampleError::TooSmallForStory { streamers: self.streamers, weeks: self.weeks });
        }
        Ok(())
    }
}

fn in_range(option: &'static str, given: u64, most: u64) -> Result<(), SampleError> {
    if (1..=most).contains(&given) {
        return Ok(());
    }
    Err(SampleError::OutOfRange { option, given, fewest: 1, most })
}
