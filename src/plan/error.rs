//! Why there is no plan.

use jiff::civil::Date;

/// Why there is no plan.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlanError {
    /// There are no sums at all.
    #[error("there is nothing to plan from: no order and no session lies in any period")]
    Nothing,
    /// No period is complete.
    #[error(
        "no period is complete (they begin {first} to {last}); name one with --base DATE, or declare with --covers A..B that the data is whole"
    )]
    NoneComplete {
        /// The first period.
        first: Date,
        /// The last period.
        last: Date,
    },
    /// No period holds a date.
    #[error("--base {date}: no period of the data holds this date; the periods begin {first} to {last}")]
    NoPeriod {
        /// The date.
        date: Date,
        /// The first period.
        first: Date,
        /// The last period.
        last: Date,
    },
    /// Nobody watched or bought in the period.
    #[error(
        "the period from {first} has neither viewers nor attributed orders; name another one with --base DATE"
    )]
    Empty {
        /// Its first date.
        first: Date,
    },
    /// There is no money to multiply.
    #[error(
        "the period has no GMV that viewing explains, so no factor can be lifted to a target; name another one with --base DATE"
    )]
    NoGmv,
    /// A streamer is not there.
    #[error(
        "{option}: no streamer {streamer} in this period; give its streamer_id as gmv decompose prints it"
    )]
    NoStreamer {
        /// The option.
        option: &'static str,
        /// The id.
        streamer: String,
    },
    /// Rows are not by streamer.
    #[error("{option} needs rows by streamer, and they are by {by}; add streamer to --by")]
    NotByStreamer {
        /// The option.
        option: &'static str,
        /// The columns of rows.
        by: String,
    },
    /// No row has a factor.
    #[error(
        "{option}: no row that it speaks of has this factor in the period, so there is nothing to multiply{hint}"
    )]
    NoFactor {
        /// The option.
        option: String,
        /// What may be done.
        hint: &'static str,
    },
    /// A target below what there is.
    #[error("--target {target}: the period has {present} already; a target is reached from below")]
    Below {
        /// The target.
        target: String,
        /// GMV of the period.
        present: String,
    },
    /// A target beyond the caps.
    #[error(
        "--target {target}: {reachable} is all that can be reached under --cap; raise a cap, or lift more factors"
    )]
    Unreachable {
        /// The target.
        target: String,
        /// What can be reached.
        reachable: String,
    },
    /// Nothing may be lifted.
    #[error("nothing may be lifted: --cap leaves no factor any room")]
    NothingToLift,
    /// Money that cannot be told.
    #[error(
        "the changes multiply GMV by more than 1,000,000, or leave less than a millionth of it; give smaller ones"
    )]
    Beyond,
    /// A gain that cannot be told.
    #[error(
        "the gain of {row} by its {lever} is beyond what can be counted: next to its peers its {lever} is as good as nothing; mend its row, or \
         leave it out with --streamer"
    )]
    GainTooLarge {
        /// The row.
        row: String,
        /// The lever.
        lever: &'static str,
    },
    /// Peers by a column that is not there.
    #[error(
        "--peers {column}: neither --by nor --streamers has this column; use tier, all, or one of theirs"
    )]
    NoColumn {
        /// The column.
        column: String,
    },
}

impl PlanError {
    /// Whether what was typed cannot be meant.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NotByStreamer { .. } | Self::NoColumn { .. } | Self::NothingToLift | Self::Beyond
        )
    }
}
