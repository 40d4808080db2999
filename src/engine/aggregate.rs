//! The result of an engine: sums by period and group.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::civil::Date;

use super::grouping::Grouping;
use crate::calendar::PeriodKind;
use crate::sums::Sums;

/// The key of the metadata that holds the kind of the periods.
pub const PERIOD_KEY: &str = "gmv.period";
/// The key of the metadata that holds the group columns.
pub const BY_KEY: &str = "gmv.by";

/// One group in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// The first date of the period.
    pub period: Date,
    /// Whether whole days of the period are left out; `None` where a facts file does not say.
    pub partial: Option<bool>,
    /// The values of the group columns, in their order.
    pub keys: Vec<Arc<str>>,
    /// The streamer's name; `None` without one.
    pub name: Option<Arc<str>>,
    /// The sums.
    pub sums: Sums,
}

/// Sums by period and group, sorted by period, then by GMV down, then by the group columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The kind of the periods; `None` where a facts file does not say.
    pub period_kind: Option<PeriodKind>,
    /// The group columns.
    pub grouping: Grouping,
    /// Whether any streamer has a name.
    pub has_names: bool,
    /// The rows.
    pub rows: Vec<GroupRow>,
    /// All rows and periods together, persons counted once; `None` where it cannot be known.
    pub total: Option<Sums>,
    /// Whether the sums are those of broadcasts, so that persons may count in several of them.
    pub from_rooms: bool,
    /// The columns beside the sums.
    pub side: SideColumns,
}

/// Which figures beside the sums the input has columns of. What the cells hold makes no difference: the columns of a result
/// must not come and go with one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SideColumns {
    /// What was spent.
    pub spend: bool,
    /// The share of old fans.
    pub old_fan_share: bool,
    /// What a table says was spent, and what follows from it.
    pub cost: bool,
}

impl Aggregate {
    /// Whether the sums carry their second moments.
    #[must_use]
    pub fn has_moments(&self) -> bool {
        self.rows.iter().any(|row| row.sums.moments.is_some())
    }

    /// Whether anything is known of broadcasts.
    #[must_use]
    pub fn has_broadcasts(&self) -> bool {
        let mut sums = self.rows.iter().map(|row| &row.sums).chain(&self.total);
        sums.any(|sums| sums.broadcasts.is_some() || sums.live_seconds.is_some())
    }

    /// The grouping and the kind of the periods, for metadata.
    #[must_use]
    pub fn definitions(&self) -> Vec<(String, String)> {
        let period = self.period_kind.map(|kind| (PERIOD_KEY.to_owned(), kind.name().to_owned()));
        period.into_iter().chain([(BY_KEY.to_owned(), self.grouping.describe())]).collect()
    }

    /// Puts the rows in their order.
    pub fn sort(&mut self) {
        // Rows are large: each is moved once, to where its place in the order is.
        let mut order: Vec<(Date, Reverse<Option<i128>>, usize)> =
            self.rows.iter().enumerate().map(|(at, row)| (row.period, Reverse(row.sums.gmv), at)).collect();
        order.sort_unstable_by(|a, b| {
            let keys = |at: usize| self.rows.get(at).map(|row| &row.keys);
            (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| keys(a.2).cmp(&keys(b.2))).then(a.2.cmp(&b.2))
        });
        let mut rows: Vec<Option<GroupRow>> = std::mem::take(&mut self.rows).into_iter().map(Some).collect();
        self.rows = order.into_iter().filter_map(|(_, _, at)| rows.get_mut(at)?.take()).collect();
    }
}
