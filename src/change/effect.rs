//! The effects that a comparison tells.

use crate::factor::Factor;

/// What moved GMV, or a part or a sum of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Unique viewers.
    Viewers,
    /// Watch time per viewer.
    Watch,
    /// Buyers per watch hour.
    Conversion,
    /// Average order value.
    OrderValue,
    /// Orders per buyer.
    Repurchase,
    /// Watch time and conversion together: buyers per viewer.
    ViewerConversion,
    /// Of the viewers: how many distinct persons there are.
    Scale,
    /// Of the viewers: how many leaves each of them is in.
    Overlap,
    /// Of the viewers: which leaves they are in.
    Mix,
    /// Of the viewers: how long broadcasts were on air.
    LiveHours,
    /// Of the viewers: how many came per hour on air.
    PerLiveHour,
    /// All of it: the change of GMV.
    Change,
}

impl Effect {
    /// How many there are.
    pub const COUNT: usize = 12;

    /// All, the five of the factors first, in the order of the formula.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Viewers,
        Self::Watch,
        Self::Conversion,
        Self::OrderValue,
        Self::Repurchase,
        Self::ViewerConversion,
        Self::Scale,
        Self::Overlap,
        Self::Mix,
        Self::LiveHours,
        Self::PerLiveHour,
        Self::Change,
    ];

    /// The effect of a factor.
    #[must_use]
    pub fn of(factor: Factor) -> Self {
        match factor {
            Factor::UniqueViewers => Self::Viewers,
            Factor::WatchTime => Self::Watch,
            Factor::Conversion => Self::Conversion,
            Factor::OrderValue => Self::OrderValue,
            Factor::Repurchase => Self::Repurchase,
        }
    }

    /// The name of the column.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewers => "uv_effect",
            Self::Watch => "watch_effect",
            Self::Conversion => "conversion_effect",
            Self::OrderValue => "aov_effect",
            Self::Repurchase => "repurchase_effect",
            Self::ViewerConversion => "viewer_conversion_effect",
            Self::Scale => "uv_scale_effect",
            Self::Overlap => "uv_overlap_effect",
            Self::Mix => "uv_mix_effect",
            Self::LiveHours => "live_hours_effect",
            Self::PerLiveHour => "uv_per_live_hour_effect",
            Self::Change => "gmv_change",
        }
    }
}

/// One value for each effect.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PerEffect<T>(pub [T; Effect::COUNT]);

impl<T> std::ops::Index<Effect> for PerEffect<T> {
    type Output = T;

    fn index(&self, effect: Effect) -> &T {
        &self.0[effect as usize]
    }
}

impl<T> std::ops::IndexMut<Effect> for PerEffect<T> {
    fn index_mut(&mut self, effect: Effect) -> &mut T {
        &mut self.0[effect as usize]
    }
}
