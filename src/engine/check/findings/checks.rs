//! The names of all checks.

/// Checks with their names in machine formats.
macro_rules! checks {
    ($($check:ident $name:literal)*) => {
        /// What was looked at; in whole words in `present/check/labels.rs`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $(#[doc = $name] $check,)*
        }

        impl Check {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$check),*];

            /// The name in machine formats.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$check => $name,)*
                }
            }
        }
    };
}

checks! {
    File "file"
    ColumnsUsed "columns_used"
    ColumnsIgnored "columns_ignored"
    ColumnsMissing "columns_missing"
    StreamersUnlisted "streamers_unlisted"
    RowsRead "rows_read"
    RowsStructural "rows_structural"
    RowsRejected "rows_rejected"
    OverMaxBad "over_max_bad"
    RowsSuperseded "rows_superseded"
    AmountsRepeated "amounts_repeated"
    RowsNeverPaid "rows_never_paid"
    RowsNotPaidYet "rows_without_payment_time"
    RowsUnknownStatus "rows_unknown_status"
    RowsOutOfRange "rows_out_of_range"
    RowsCounted "rows_counted"
    Reconciliation "reconciliation"
    OrdersCounted "orders_counted"
    OrdersWithoutBuyer "orders_without_buyer"
    OrdersWithoutStreamer "orders_without_streamer"
    OrdersOfZero "orders_of_zero"
    RowsRefunded "rows_refunded"
    RefundsAboveAmount "refunds_above_amount"
    RefundsWithoutAmount "refunds_without_amount"
    RefundsOpen "refunds_open"
    RefundsClosed "refunds_closed"
    RefundsOfNoOrder "refunds_of_no_order"
    RefundsOfUnpaid "refunds_of_unpaid_orders"
    RefundsOfOrders "refunds_of_orders"
    RefundsBeforePayment "refunds_before_payment"
    RefundsWithoutKey "refunds_without_key"
    SessionsOfGuests "sessions_of_guests"
    SessionsWithoutDuration "sessions_without_duration"
    SessionsOfZero "sessions_of_zero_seconds"
    WatchedTwice "watched_twice"
    UnknownSources "unknown_sources"
    LivesListed "lives_listed"
    LivesWithoutSessions "lives_without_sessions"
    SessionsOfUnlisted "sessions_of_unlisted_lives"
    OrdersOfUnlisted "orders_of_unlisted_lives"
    SessionsOutsideLive "sessions_outside_their_live"
    SessionsOnAir "sessions_within_a_live"
    Span "span"
    DaysMissing "days_missing"
    DaysThin "days_thin"
    FirstDayCut "first_day_cut"
    LastDayCut "last_day_cut"
    DaysOrdersOnly "days_orders_only"
    DaysSessionsOnly "days_sessions_only"
    OrdersOutsideSessions "orders_outside_sessions"
    IdShape "id_shape"
    MangledIds "mangled_ids"
    Buyers "buyers"
    Viewers "viewers"
    IdOverlap "id_overlap"
    IdForms "id_forms"
    OrdersSeen "orders_with_session"
    OrdersSeenInWeek "orders_with_session_in_week"
    OrdersSeenWithStreamer "orders_with_session_of_streamer_in_week"
    StreamerOverlap "streamer_overlap"
    PaidDuringSession "paid_during_session"
    ClockSkew "clock_skew"
    OrdersPerHour "orders_per_hour"
    HardlyWatched "hardly_watched"
    SameAmount "same_amount"
    LongSessions "long_sessions"
    BeforeFirstSession "before_first_session"
    RowsSummaries "rows_summaries"
    RoomsWithoutViewers "rooms_without_viewers"
    RoomsWithoutWatch "rooms_without_watch_time"
    RoomsWithoutBuyers "rooms_without_buyers"
    RoomsWithoutOrders "rooms_without_orders"
    RoomsWithoutMoney "rooms_without_gmv"
    RoomsByDate "rooms_by_date"
    FiguresRounded "figures_rounded"
    FiguresUnread "figures_unread"
    BuyersAboveViewers "buyers_above_viewers"
    BuyersAboveOrders "buyers_above_orders"
    WatchAboveLive "watch_time_above_live_time"
    LivesOverlapping "overlapping_lives"
    LongLives "long_lives"
}
