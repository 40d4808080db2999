//! Headroom: what each streamer would gain if one lever alone rose to what its peers reach.

use super::PlanError;
use super::peers::{Groups, Others};
use super::rows::{PlanRow, Rows};
use crate::factor::{FEW_BUYERS, Factor, Interval, ratio_interval};
use crate::input::streamers::Streamers;
use crate::sums::{Component, Sums};
use crate::units::{Level, nearest};

/// So many peers there must be.
pub const LEAST_PEERS: usize = 8;

/// What a streamer can learn from peers. UV and watch time are no levers of this kind: audiences are not borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lever {
    /// Buyers per viewer.
    ViewerConversion,
    /// GMV per order, in currency.
    OrderValue,
    /// Orders per buyer.
    Repurchase,
}

impl Lever {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ViewerConversion, Self::OrderValue, Self::Repurchase];

    /// The word in the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ViewerConversion => "viewer_conversion",
            Self::OrderValue => "aov",
            Self::Repurchase => "repurchase",
        }
    }

    /// The value; `None` where the denominator is 0 or one of the sums is not known.
    #[must_use]
    pub fn value(self, sums: &Sums) -> Option<f64> {
        match self {
            Self::ViewerConversion => {
                let viewers = sums.viewers_of_factors().filter(|viewers| *viewers > 0)?;
                Some(sums.buyers_of_factors()? as f64 / viewers as f64)
            }
            Self::OrderValue => Factor::OrderValue.value(sums),
            Self::Repurchase => Factor::Repurchase.value(sums),
        }
    }

    /// Its interval; `None` where there are no moments, or a sum is 0.
    #[must_use]
    pub fn interval(self, sums: &Sums, level: Level) -> Option<Interval> {
        let parts = match self {
            Self::ViewerConversion => (Component::Buyer, Component::Presence),
            Self::OrderValue => (Component::Money, Component::Orders),
            Self::Repurchase => (Component::Orders, Component::Buyer),
        };
        ratio_interval(sums, self.value(sums)?, parts, level)
    }
}

/// Whom streamers are held against.
#[derive(Debug, Clone, PartialEq)]
pub struct Peers {
    /// The columns that peers share, besides those of rows: `tier` is computed where no table gives it; none is all.
    pub columns: Vec<String>,
    /// The quantile of the peers: 0.5 is the median.
    pub quantile: f64,
    /// The level of intervals.
    pub level: Level,
    /// The streamers that are told; none is all.
    pub streamers: Vec<String>,
    /// Whether only levers beyond noise are told.
    pub beyond_noise: bool,
}

/// A lever of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Headroom {
    /// The row.
    pub row: PlanRow,
    /// The lever.
    pub lever: Lever,
    /// Its value; `None` where it has none.
    pub value: Option<f64>,
    /// Its interval; `None` where it is not known.
    pub interval: Option<Interval>,
    /// What the row shares with its peers.
    pub peer_group: String,
    /// How many peers there are that have the lever.
    pub peers: usize,
    /// What they reach; `None` with fewer than [`LEAST_PEERS`].
    pub peers_value: Option<f64>,
    /// GMV gained if the lever alone rose to that, in minor units; 0 where it is there already, `None` where one of both is not known.
    pub gain: Option<i128>,
    /// The same for the ends of the interval.
    pub gain_interval: Option<[i128; 2]>,
    /// Whether the interval lies below what peers reach; never with few buyers. `None` where it is not known.
    pub beyond_noise: Option<bool>,
    /// Whether there are fewer than 30 buyers; `None` where that is not known.
    pub few_buyers: Option<bool>,
}

/// The levers of all rows, the largest gain first, unknown ones last.
pub(super) fn answer(
    rows: &Rows<'_>,
    streamers: &Streamers,
    asked: &Peers,
) -> Result<Vec<Headroom>, PlanError> {
    rows.check_by_streamer("headroom")?;
    rows.check_streamers("--streamer", &asked.streamers)?;
    let groups = Groups::new(rows, streamers, &asked.columns)?;
    let mut found = Vec::new();
    for lever in Lever::ALL {
        let values: Vec<Option<f64>> = rows.rows.iter().map(|row| lever.value(&row.sums)).collect();
        let others = Others::new(&groups, &values);
        for (at, row) in rows.rows.iter().enumerate().filter(|(_, row)| rows.is_of(row, &asked.streamers)) {
            let (peers, reached) = others.of(at, asked.quantile, LEAST_PEERS);
            let held = held(row, lever, groups.name(at), (peers, reached), asked);
            found.push(
                held.ok_or_else(|| PlanError::GainTooLarge { row: rows.name(row), lever: lever.name() })?,
            );
        }
    }
    found.retain(|one| !asked.beyond_noise || one.beyond_noise == Some(true));
    // What is not known comes last; ties stay in the order of levers and keys.
    found.sort_by_key(|one| std::cmp::Reverse(one.gain));
    Ok(found)
}

/// What one row holds; `None` where a gain is too large to be told.
fn held(
    row: &PlanRow,
    lever: Lever,
    peer_group: String,
    (peers, peers_value): (usize, Option<f64>),
    asked: &Peers,
) -> Option<Headroom> {
    let value = lever.value(&row.sums);
    let interval = lever.interval(&row.sums, asked.level);
    let few_buyers = row.sums.buyers.map(|buyers| buyers < FEW_BUYERS);
    // Of a lever at 0 nothing follows: what would be bought at which price is not known.
    let gain_at = |value: f64| {
        let peers_value = peers_value.filter(|_| value > 0.0)?;
        Some((row.gmv as f64 * (peers_value / value - 1.0)).max(0.0))
    };
    let gain_interval = interval.and_then(|ends| Some([gain_at(ends.high)?, gain_at(ends.low)?]));
    let told = |gain: Option<f64>| gain.map_or(Some(None), |gain| nearest(gain).map(Some));
    let ends = gain_interval.map(|ends| ends.map(nearest));
    let below = |ends: Interval| Some(ends.high < peers_value? && few_buyers != Some(true));
    Some(Headroom {
        row: row.clone(),
        lever,
        value,
        interval,
        peer_group,
        peers,
        peers_value,
        gain: told(value.and_then(gain_at))?,
        gain_interval: match ends {
            None => None,
            Some([low, high]) => Some([low?, high?]),
        },
        beyond_noise: interval.and_then(below),
        few_buyers,
    })
}
