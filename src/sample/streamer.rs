//! A streamer: its size, its habits, and what it sells. The attributes are those of the table `streamers.csv`.

use super::chance::{Chance, Purpose};
use super::settings::SampleSettings;
use crate::units::Seconds;

/// Exponent of the sizes of streamers by rank. Popularity of live streams follows Zipf's law (Sripanidkulchai, Maggs and
/// Zhang, IMC 2004, find it in two modes); below 1, so that the tail has enough visits to be analysed.
pub(super) const ZIPF_EXPONENT: f64 = 0.8;
/// Sigma of the level of conversion between streamers. Assumed.
const CONVERSION_LEVEL_SIGMA: f64 = 0.30;
/// Sigma of the level of prices between streamers. Assumed.
const PRICE_LEVEL_SIGMA: f64 = 0.25;
/// Part of the streamers that are shops with staff of their own (店播).
const STORES: f64 = 0.35;
/// Part of the shows that are in the evening: of persons, and of shops, which are also live by day.
const EVENINGS: [f64; 2] = [0.85, 0.35];
/// Cumulative shares of visits at which `head` and `mid` end, as GMV tiers are cut.
const TIER_EDGES: [f64; 2] = [0.5, 0.9];

/// The biggest streamers, which are live four to six times a week, the others two to six times. Assumed.
const BIG: u32 = 10;

/// What a streamer mostly sells, and what an order is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    Beauty,
    Apparel,
    Food,
    Home,
    Baby,
    Jewelry,
    Digital,
}

impl Category {
    /// All of them.
    pub(super) const ALL: [Self; 7] =
        [Self::Beauty, Self::Apparel, Self::Food, Self::Home, Self::Baby, Self::Jewelry, Self::Digital];

    /// The word in the exports.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Beauty => "beauty",
            Self::Apparel => "apparel",
            Self::Food => "food",
            Self::Home => "home",
            Self::Baby => "baby",
            Self::Jewelry => "jewelry",
            Self::Digital => "digital",
        }
    }

    /// Median price of one piece in yuan. Assumed, so that the average order lies between 30 and 300 yuan.
    pub(super) fn median_price(self) -> f64 {
        match self {
            Self::Beauty => 89.0,
            Self::Apparel => 79.0,
            Self::Food => 35.0,
            Self::Home => 45.0,
            Self::Baby => 65.0,
            Self::Jewelry => 169.0,
            Self::Digital => 119.0,
        }
    }

    /// Any of them.
    pub(super) fn any(chance: &mut Chance) -> Self {
        let index = chance.below(Self::ALL.len() as u64);
        Self::ALL.get(index as usize).copied().unwrap_or(Self::Food)
    }
}

/// One streamer.
pub(super) struct Streamer {
    /// Share of all visits, without story.
    pub(super) share: f64,
    /// Shows in a usual week, 2 to 6.
    pub(super) shows: u32,
    /// Visits that a show is expected to have.
    pub(super) visits_per_show: f64,
    /// When its shows start.
    pub(super) start_second: i64,
    /// How long its shows last.
    pub(super) length: Seconds,
    /// Level of conversion; the mean over visits is 1.
    pub(super) conversion: f64,
    /// Level of prices.
    pub(super) price: f64,
    pub(super) category: Category,
    /// A shop with staff of its own, else a person.
    pub(super) is_store: bool,
    /// `head`, `mid` or `tail`.
    pub(super) tier: &'static str,
}

impl Streamer {
    /// All streamers, the biggest first.
    pub(super) fn draw_all(settings: &SampleSettings) -> Vec<Self> {
        let mut streamers: Vec<Self> =
            (0..settings.streamers).map(|index| Self::draw(settings.seed_of_plan(), index)).collect();
        let total: f64 = streamers.iter().map(|streamer| streamer.share).sum();
        let converted = |streamer: &Self| streamer.share * streamer.conversion;
        let level: f64 = streamers.iter().map(converted).sum::<f64>() / total;
        let mut before = 0.0;
        for streamer in &mut streamers {
            streamer.share /= total;
            streamer.conversion /= level;
            streamer.visits_per_show = streamer.share / f64::from(streamer.shows);
            streamer.tier = tier(before);
            before += streamer.share;
        }
        streamers
    }

    fn draw(seed: u64, index: u32) -> Self {
        let mut chance = Chance::new(seed, Purpose::Streamer, index.into(), 0);
        let is_store = chance.happens(STORES);
        let evening = chance.happens(EVENINGS[usize::from(is_store)]);
        // Half hours: evenings from 19:00 to 21:00 for 3 to 5 hours (past midnight), days from 9:00 to 14:00 for 2 to 4.
        let (first, starts, shortest) = if evening { (38, 5, 6) } else { (18, 11, 4) };
        let fewest_shows = if index < BIG { 4 } else { 2 };
        Self {
            share: libm::exp(-ZIPF_EXPONENT * libm::log(f64::from(index) + 1.0)),
            shows: fewest_shows + chance.below(u64::from(7 - fewest_shows)) as u32,
            visits_per_show: 0.0,
            start_second: 1_800 * (first + chance.below(starts) as i64),
            length: Seconds(1_800 * (shortest + chance.below(5) as i64)),
            conversion: chance.shock(CONVERSION_LEVEL_SIGMA),
            price: chance.around(1.0, PRICE_LEVEL_SIGMA),
            category: Category::any(&mut chance),
            is_store,
            tier: "",
        }
    }

    /// Visits in a usual week.
    pub(super) fn weekly_visits(&self) -> f64 {
        self.visits_per_show * f64::from(self.shows)
    }

    /// `self` (达人自播) or `store` (店播).
    pub(super) fn cast(&self) -> &'static str {
        if self.is_store { "store" } else { "self" }
    }
}

/// The tier of a streamer with this share of visits before it.
fn tier(before: f64) -> &'static str {
    match before {
        share if share < TIER_EDGES[0] => "head",
        share if share < TIER_EDGES[1] => "mid",
        _ => "tail",
    }
}

/// What Chinese names begin with.
const CHINESE: [&str; 16] = [
    "小鹿", "阿雅", "静静", "南风", "老周", "糖糖", "大山", "苏苏", "可可", "一白", "青青", "阿杰", "暖暖",
    "花姐", "林夕", "晓晓",
];
/// What Chinese names of persons end in, and of shops.
const CHINESE_ENDS: [[&str; 4]; 2] =
    [["的直播间", "好物", "严选", "爱分享"], ["旗舰店", "工厂店", "专营店", "生活馆"]];
/// What Latin names begin with.
const LATIN: [&str; 16] = [
    "Luna", "Momo", "Vivi", "Echo", "Nico", "Ada", "Kiki", "Leo", "Yoyo", "Mia", "Coco", "Zoe", "Ivy", "Max",
    "Ruby", "Tao",
];
/// What Latin names of persons end in, and of shops.
const LATIN_ENDS: [[&str; 4]; 2] =
    [["Live", "Picks", "Studio", "Daily"], ["Store", "Outlet", "Shop", "House"]];

/// The name of a streamer: invented, Chinese for two of three, a number behind it where the names run out.
pub(super) fn name(index: u32, streamer: &Streamer) -> String {
    let kind = usize::from(streamer.is_store);
    let latin = index % 3 == 2;
    // The place among the names of its script.
    let place = if latin { index / 3 } else { index / 3 * 2 + index % 3 } as usize;
    let (first, end) = (place % 16, place / 16 % 4);
    let name = if latin {
        format!("{} {}", LATIN[first], LATIN_ENDS[kind][end])
    } else {
        format!("{}{}", CHINESE[first], CHINESE_ENDS[kind][end])
    };
    match place / 64 {
        0 => name,
        round => format!("{name} {}", round + 1),
    }
}
