//! What can be wrong with refunds as a whole; bad rows are rejects.

/// A fatal error of after-sales exports, or of the times of refunds.
#[derive(Debug, thiserror::Error)]
pub enum RefundsError {
    /// Statuses that no profile maps.
    #[error(
        "unknown statuses of refunds: {words}; map them in a profile ([refunds.statuses]), or say --unknown-status \
         count|skip"
    )]
    UnknownStatuses {
        /// Each word with its count.
        words: String,
    },
    /// A refund whose age is asked for and not known.
    #[error(
        "{path}:{line}: --refund-within needs the time of every refund, and this row has none (rows like this one: {count}); \
         map refunded_at in a profile, or leave --refund-within out"
    )]
    WithoutTime {
        /// The file of the first.
        path: String,
        /// Its line (or row in Parquet).
        line: u64,
        /// How many.
        count: u64,
    },
    /// A line id that several orders have, in a row that names no order.
    #[error(
        "{path}:{line}: the refund names a line_id without its order_id, and several orders have a line of that id (rows \
         like this one: {count}); map order_id in a profile"
    )]
    AmbiguousLine {
        /// The file of the first.
        path: String,
        /// Its line (or row in Parquet).
        line: u64,
        /// How many.
        count: u64,
    },
}
