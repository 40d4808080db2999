//! The measures that an alert may name: columns of `gmv decompose`, `gmv compare` and `gmv repurchase`, and what their numbers mean.

/// What the number of a measure is, and so which units may be typed with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Money in minor units, exact.
    Money,
    /// What a factor did to GMV: money, which is a change already.
    Effect,
    /// Persons, orders or broadcasts.
    Count,
    /// Days.
    Days,
    /// Hours that add up.
    Hours,
    /// Hours per viewer.
    HoursPerViewer,
    /// A number per hour.
    PerHour,
    /// A ratio that is money: an average.
    Average,
    /// A ratio that is a number, or an expected number.
    Ratio,
    /// A part of a whole, from 0 to 1.
    Share,
}

impl Kind {
    /// Whether groups without a row have 0 of it, where it is known for others.
    #[must_use]
    pub fn adds_up(self) -> bool {
        matches!(self, Self::Money | Self::Count | Self::Hours)
    }
}

/// One measure.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    name: &'static str,
    kind: Kind,
    /// What it is divided by: where that is 0, there is no value, and none is missing.
    per: Option<&'static str>,
    /// The effect of `gmv compare` whose certainty is that of its change.
    effect: Option<&'static str>,
}

const fn entry(name: &'static str, kind: Kind) -> Entry {
    Entry { name, kind, per: None, effect: None }
}

const fn effect(name: &'static str) -> Entry {
    Entry { name, kind: Kind::Effect, per: None, effect: Some(name) }
}

impl Entry {
    const fn per(self, name: &'static str) -> Self {
        Self { per: Some(name), ..self }
    }

    const fn sure(self, effect: &'static str) -> Self {
        Self { effect: Some(effect), ..self }
    }
}

/// All measures, in the order of the documentation.
static MEASURES: [Entry; 61] = [
    entry("gmv", Kind::Money).sure("gmv_change"),
    entry("gmv_total", Kind::Money),
    entry("gmv_off_live", Kind::Money),
    entry("uv", Kind::Count).sure("uv_effect"),
    entry("uv_private", Kind::Count),
    entry("uv_public", Kind::Count),
    entry("uv_paid", Kind::Count),
    entry("uv_broadcasts", Kind::Count),
    entry("watch_hours", Kind::Hours),
    entry("buyers", Kind::Count),
    entry("buyers_broadcasts", Kind::Count),
    entry("orders", Kind::Count),
    entry("orders_off_live", Kind::Count),
    entry("broadcasts", Kind::Count),
    entry("live_hours", Kind::Hours),
    entry("watch_hours_per_viewer", Kind::HoursPerViewer).per("uv").sure("watch_effect"),
    entry("buyers_per_watch_hour", Kind::PerHour).per("watch_hours").sure("conversion_effect"),
    entry("aov", Kind::Average).per("orders").sure("aov_effect"),
    entry("orders_per_buyer", Kind::Ratio).per("buyers").sure("repurchase_effect"),
    entry("old_fan_share", Kind::Share).per("uv_broadcasts"),
    entry("spend", Kind::Money),
    entry("cost", Kind::Money),
    entry("gmv_first_paid", Kind::Money),
    entry("cost_per_paid_uv", Kind::Average).per("uv_paid"),
    entry("roi", Kind::Ratio).per("cost"),
    entry("repurchase_rate", Kind::Share).per("buyers"),
    entry("orders_per_buyer_day", Kind::Ratio).per("buyers"),
    entry("buyer_days", Kind::Count),
    entry("gmv_per_buyer", Kind::Average).per("buyers"),
    entry("history_days", Kind::Days),
    entry("returning_rate", Kind::Share).per("buyers"),
    entry("returning_orders_share", Kind::Share).per("orders"),
    entry("returning_gmv_share", Kind::Share).per("gmv"),
    entry("private_gmv_share", Kind::Share).per("gmv"),
    entry("private_share_of_repurchase", Kind::Share).per("orders"),
    entry("days_to_second_order_p25", Kind::Days),
    entry("days_to_second_order_p50", Kind::Days),
    entry("days_to_second_order_p75", Kind::Days),
    entry("refund_rate_orders", Kind::Share).per("orders"),
    entry("refund_rate_gmv", Kind::Share).per("gmv"),
    entry("first_order_refund_rate", Kind::Share).per("orders"),
    entry("funnel_viewers", Kind::Count),
    entry("funnel_buyers", Kind::Count),
    entry("funnel_repeat_buyers", Kind::Count),
    entry("funnel_multi_period_buyers", Kind::Count),
    entry("funnel_buyer_rate", Kind::Share).per("funnel_viewers"),
    entry("funnel_repeat_rate", Kind::Share).per("funnel_buyers"),
    entry("funnel_multi_period_rate", Kind::Share).per("funnel_repeat_buyers"),
    entry("expected_orders", Kind::Ratio),
    entry("expected_gmv", Kind::Average),
    effect("uv_effect"),
    effect("watch_effect"),
    effect("conversion_effect"),
    effect("aov_effect"),
    effect("repurchase_effect"),
    effect("viewer_conversion_effect"),
    effect("uv_scale_effect"),
    effect("uv_overlap_effect"),
    effect("uv_mix_effect"),
    effect("live_hours_effect"),
    effect("uv_per_live_hour_effect"),
];

/// Other words for measures.
const SYNONYMS: [(&str, &str); 1] = [("refund_rate", "refund_rate_gmv")];

/// A measure: a column of a result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Measure(&'static Entry);

impl std::fmt::Debug for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Measure {
    /// The measure of a name, in small letters.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = SYNONYMS.iter().find(|(other, _)| *other == name).map_or(name, |(_, name)| *name);
        MEASURES.iter().find(|entry| entry.name == name).map(Self)
    }

    /// All measures.
    pub fn all() -> impl Iterator<Item = Self> {
        MEASURES.iter().map(Self)
    }

    /// The name, which is that of its column.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What its number is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.0.kind
    }

    /// What it is divided by; `None` where it is no ratio, or of something that is no measure.
    #[must_use]
    pub fn per(self) -> Option<Self> {
        self.0.per.and_then(Self::named)
    }

    /// The effect whose certainty is that of its change, as `gmv compare` names it; `None` where nobody can know how sure that is.
    #[must_use]
    pub fn effect(self) -> Option<&'static str> {
        self.0.effect
    }

    /// Whether its number is a change already.
    #[must_use]
    pub fn is_effect(self) -> bool {
        self.kind() == Kind::Effect
    }
}

/// The word that looks most like `wanted`, among the names of measures and other words of the grammar.
#[must_use]
pub fn nearest(wanted: &str, others: &[&'static str]) -> Option<&'static str> {
    let synonyms = SYNONYMS.iter().map(|(name, _)| *name);
    let names = Measure::all().map(Measure::name).chain(synonyms).chain(others.iter().copied());
    let scored = names.map(|name| {
        // Slips of the finger in short words, such as `gvm`, are swaps.
        let slips = strsim::normalized_damerau_levenshtein(name, wanted) + 0.1;
        (strsim::jaro_winkler(name, wanted).max(slips), name)
    });
    let best = scored.fold(None, |best: Option<(f64, &str)>, one| match best {
        Some(best) if best.0 >= one.0 => Some(best),
        _ => Some(one),
    });
    best.filter(|(score, _)| *score > 0.75).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_what_they_point_at_is_there() {
        for (at, entry) in MEASURES.iter().enumerate() {
            assert!(MEASURES[..at].iter().all(|other| other.name != entry.name), "{}", entry.name);
            assert!(entry.per.is_none_or(|per| Measure::named(per).is_some()), "{}", entry.name);
            assert_eq!(entry.name, entry.name.to_lowercase());
        }
        for (synonym, name) in SYNONYMS {
            assert!(MEASURES.iter().all(|entry| entry.name != synonym) && Measure::named(name).is_some());
        }
    }

    #[test]
    fn the_nearest_name_is_found() {
        for (typed, meant) in [
            ("gvm", "gmv"),
            ("refundrate", "refund_rate"),
            ("refund_rate_gvm", "refund_rate_gmv"),
            ("significance", "significant"),
            ("order_per_buyer", "orders_per_buyer"),
        ] {
            assert_eq!(nearest(typed, &["significant"]), Some(meant), "{typed}");
        }
        assert_eq!(nearest("退款率", &[]), None);
        assert_eq!(nearest("xyz", &[]), None);
    }
}
