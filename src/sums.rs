//! The five sums of a group and their second moments: what every engine gives, and all that the factors need.

/// The five sums of a group in a period, exactly, with their splits and second moments.
///
/// Watch time is in seconds, money in minor units. What cannot be known is `None`: UV and watch time without sessions, the splits
/// without a source column, off-live or moments where a facts file does not hold them; of broadcasts as aggregates (rooms), distinct
/// persons and whatever one of the broadcasts does not know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums {
    /// V: distinct viewers.
    pub viewers: Option<i64>,
    /// Viewers of the private domain; the others are public.
    pub viewers_private: Option<i64>,
    /// Public viewers of whom a session was paid for.
    pub viewers_paid: Option<i64>,
    /// W: the watch time of the viewers, in seconds.
    pub watch: Option<i128>,
    /// B: distinct buyers of attributed orders.
    pub buyers: Option<i64>,
    /// O: attributed orders.
    pub orders: Option<i64>,
    /// G: the money of attributed orders, in minor units.
    pub gmv: Option<i128>,
    /// Counted orders that no viewing explains.
    pub off_live_orders: Option<i64>,
    /// Their money, in minor units.
    pub off_live_gmv: Option<i128>,
    /// Broadcasts of the group without its viewer-side and order-side columns; `None` where nothing is known of broadcasts.
    pub broadcasts: Option<i64>,
    /// Seconds that they were on air in the period; `None` where their times are not known.
    pub live_seconds: Option<i128>,
    /// The second moments over persons.
    pub moments: Option<Box<Moments>>,
    /// The viewers of each broadcast, added up: who came to two counts twice. Only from rooms.
    pub viewers_broadcasts: Option<i64>,
    /// The buyers of each broadcast, added up in the same way. Only from rooms.
    pub buyers_broadcasts: Option<i64>,
    /// What was spent on the broadcasts, in minor units. Only from rooms.
    pub spend: Option<i128>,
    /// What was spent, and what the viewers whom it brought bought. Only with a table of what was spent.
    pub spent: Option<Box<Spent>>,
    /// Of `viewers_broadcasts`, those who followed the streamer already, in millionths of a viewer: platforms give a percentage. Only
    /// from rooms.
    pub old_fans: Option<i128>,
}

/// What was spent to bring viewers, and the money of those who came by it first; in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// What was spent; `None` where the table has no row of the group in the period.
    pub cost: Option<i128>,
    /// GMV of the viewers whose first session with the group in the period was paid for; `None` where it is not known where they came from.
    pub gmv_first_paid: Option<i128>,
}

impl Sums {
    /// All counted money: attributed and off-live.
    #[must_use]
    pub fn gmv_total(&self) -> Option<i128> {
        Some(self.gmv? + self.off_live_gmv?)
    }

    /// The same, or where off-live money is not known (a facts file, broadcasts as aggregates) what is known.
    #[must_use]
    pub fn counted_gmv(&self) -> Option<i128> {
        self.gmv_total().or(self.gmv)
    }

    /// The viewers that the factors stand on: distinct persons, or where only broadcasts are known, those of each added up.
    #[must_use]
    pub fn viewers_of_factors(&self) -> Option<i64> {
        self.viewers.or(self.viewers_broadcasts)
    }

    /// The buyers that the factors stand on, in the same way.
    #[must_use]
    pub fn buyers_of_factors(&self) -> Option<i64> {
        self.buyers.or(self.buyers_broadcasts)
    }

    /// Viewers of the public domain.
    #[must_use]
    pub fn viewers_public(&self) -> Option<i64> {
        Some(self.viewers? - self.viewers_private?)
    }
}

/// The components of a person's vector z: presence, watch seconds, buyer, orders, minor units of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component {
    /// 1 if the person was present.
    Presence,
    /// Seconds watched.
    Watch,
    /// 1 if the person bought.
    Buyer,
    /// Orders.
    Orders,
    /// Money in minor units.
    Money,
}

/// The second moments M = Σ z zᵀ over the persons of a group: 15 integers, the upper triangle row by row.
///
/// Under a Poisson bootstrap over persons, M is the covariance of the five sums. A moment without viewing is `None` where there are
/// no sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moments(pub [Option<i128>; 15]);

impl Component {
    /// All five, in their order.
    pub const ALL: [Self; 5] = [Self::Presence, Self::Watch, Self::Buyer, Self::Orders, Self::Money];
}

impl Moments {
    /// The names of the columns, in their order: `1` presence, `w` watch, `b` buyer, `o` orders, `g` money.
    pub const NAMES: [&str; 15] = [
        "m_11", "m_1w", "m_1b", "m_1o", "m_1g", "m_ww", "m_wb", "m_wo", "m_wg", "m_bb", "m_bo", "m_bg",
        "m_oo", "m_og", "m_gg",
    ];

    /// Σ over persons of the product of two components.
    #[must_use]
    pub fn get(&self, a: Component, b: Component) -> Option<i128> {
        let (row, column) = ((a as usize).min(b as usize), (a as usize).max(b as usize));
        self.0[row * 5 - row * (row + 1) / 2 + column]
    }
}

/// Whether a name is that of a column of the result, so that no group may have it.
#[must_use]
pub fn is_result_column(name: &str) -> bool {
    const COLUMNS: [&str; 29] = [
        "period",
        "streamer_name",
        "gmv",
        "uv",
        "uv_private",
        "uv_public",
        "uv_paid",
        "uv_broadcasts",
        "watch_hours",
        "buyers",
        "buyers_broadcasts",
        "orders",
        "watch_hours_per_viewer",
        "buyers_per_watch_hour",
        "aov",
        "orders_per_buyer",
        "gmv_off_live",
        "orders_off_live",
        "gmv_total",
        "partial",
        "broadcasts",
        "live_hours",
        "spend",
        "old_fan_share",
        "gmv_share",
        "cost",
        "gmv_first_paid",
        "cost_per_paid_uv",
        "roi",
    ];
    let plain = name.strip_suffix("_lo").or(name.strip_suffix("_hi")).unwrap_or(name);
    COLUMNS.contains(&plain) || Moments::NAMES.contains(&name) || name == "few_buyers"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_the_upper_triangle_row_by_row() {
        let moments = Moments(std::array::from_fn(|at| Some(at as i128)));
        let letters = ["1", "w", "b", "o", "g"];
        let components = Component::ALL;
        for (i, a) in components.into_iter().enumerate() {
            for (j, b) in components.into_iter().enumerate() {
                let at = moments.get(a, b).unwrap() as usize;
                assert_eq!(Moments::NAMES[at], format!("m_{}{}", letters[i.min(j)], letters[i.max(j)]));
            }
        }
    }

    #[test]
    fn totals_are_known_where_their_parts_are() {
        let sums = Sums {
            gmv: Some(500),
            off_live_gmv: Some(70),
            viewers: Some(9),
            viewers_private: Some(2),
            buyers: Some(4),
            viewers_broadcasts: Some(12),
            buyers_broadcasts: Some(6),
            ..Sums::default()
        };
        assert_eq!(
            (sums.gmv_total(), sums.counted_gmv(), sums.viewers_public()),
            (Some(570), Some(570), Some(7))
        );
        assert_eq!((sums.viewers_of_factors(), sums.buyers_of_factors()), (Some(9), Some(4)));
        let part = Sums { off_live_gmv: None, viewers: None, buyers: None, ..sums };
        assert_eq!((part.gmv_total(), part.counted_gmv(), part.viewers_public()), (None, Some(500), None));
        assert_eq!((part.viewers_of_factors(), part.buyers_of_factors()), (Some(12), Some(6)));
        let nothing = Sums::default();
        assert_eq!((nothing.gmv_total(), nothing.counted_gmv()), (None, None));
        assert_eq!((nothing.viewers_of_factors(), nothing.buyers_of_factors()), (None, None));
    }

    #[test]
    fn names_of_results_are_not_for_groups() {
        for name in ["period", "gmv", "gmv_lo", "aov_hi", "roi", "m_11", "m_gg", "few_buyers"] {
            assert!(is_result_column(name), "{name}");
        }
        for name in ["", "_lo", "category", "gmv_lo_hi", "m_11_lo", "few_buyers_hi"] {
            assert!(!is_result_column(name), "{name}");
        }
    }
}
