//! What happens in the last week, in true parameters.

use super::calendar::WEEK;
use super::settings::{SampleSettings, Story};

/// Public visits (organic and paid) of the last week, as a multiple of what they would have been: big enough to stand
/// beyond 3 median deviations of weekly changes once shocks average out, small enough to be a good week and no error.
pub(super) const PUBLIC_LIFT: f64 = 1.35;
/// The probability that a visit buys in the last week, at the two streamers that convert worse, as a multiple.
pub(super) const CONVERSION_DROP: f64 = 0.6;

/// The part that a streamer plays in the last week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Its visits buy less often (by `CONVERSION_DROP`).
    ConvertsWorse,
    /// It has no broadcast before the last week.
    New,
    /// It has no broadcast in the last week.
    Gone,
}

/// Who plays which part, and when. Streamers are numbered from 0, the biggest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plot {
    /// The last week, from 0.
    pub(super) week: u32,
    /// The parts, each with its streamer.
    pub(super) cast: [(u32, Role); 4],
}

impl Plot {
    /// The plot of checked settings; `None` if nothing is to happen. Big streamers play it, so that it can be seen; the new
    /// one is about as big as the one gone, so that the total shows the public lift.
    pub(super) fn of(settings: &SampleSettings) -> Option<Self> {
        (settings.story == Story::LastWeek).then_some(Self {
            week: settings.weeks - 1,
            cast: [(0, Role::ConvertsWorse), (2, Role::ConvertsWorse), (4, Role::New), (3, Role::Gone)],
        })
    }

    /// The place of a streamer in the cast.
    pub(super) fn part_of(&self, streamer: u32) -> Option<usize> {
        self.cast.iter().position(|&(player, _)| player == streamer)
    }

    fn plays(&self, streamer: u32, role: Role) -> bool {
        self.cast.contains(&(streamer, role))
    }

    /// Whether a streamer is live at all in a week.
    pub(super) fn is_on_air(&self, streamer: u32, week: u32) -> bool {
        let absent = if week == self.week { Role::Gone } else { Role::New };
        !self.plays(streamer, absent)
    }

    /// What public visits of a day are multiplied with.
    pub(super) fn public_lift(&self, day: u32) -> f64 {
        if day / WEEK == self.week { PUBLIC_LIFT } else { 1.0 }
    }

    /// What the probability of buying is multiplied with.
    pub(super) fn conversion(&self, streamer: u32, day: u32) -> f64 {
        if day / WEEK == self.week && self.plays(streamer, Role::ConvertsWorse) {
            CONVERSION_DROP
        } else {
            1.0
        }
    }
}
