//! The reference's rows: every person in every group and period, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use gmv::sums::{Moments, Sums};

use super::aired::Aired;
use super::{
    NONE, Period, Purchase, Visit, is_attributed, is_private, periods, purchases, touches, visits, watched,
};
use crate::world::{By, Question, Rows, TIERS, World};

/// What the definitions say.
#[derive(Debug)]
pub struct Answer {
    /// The rows.
    pub rows: Rows,
    /// All rows and periods together, persons counted once.
    pub total: Sums,
    /// Counted orders.
    pub orders: u64,
}

/// What is known of the persons of a row: their watch time, and their attributed orders and money.
#[derive(Default, Clone)]
struct Group {
    viewers: BTreeMap<String, i64>,
    private: i64,
    paid: i64,
    buyers: BTreeMap<String, (i64, i64)>,
    off_live_orders: i64,
    off_live_gmv: i64,
}

impl Group {
    fn view(&mut self, person: &str, visits: &[&Visit], period: &Period, private: bool) {
        self.viewers.insert(person.to_owned(), watched(visits, period));
        self.private += i64::from(private);
        self.paid += i64::from(!private && visits.iter().any(|visit| visit.paid));
    }

    fn buy(&mut self, buyer: Option<&String>, amount: i64, attributed: bool) {
        if let Some(buyer) = buyer.filter(|_| attributed) {
            let sums = self.buyers.entry(buyer.clone()).or_default();
            *sums = (sums.0 + 1, sums.1 + amount);
        } else {
            self.off_live_orders += 1;
            self.off_live_gmv += amount;
        }
    }

    /// Each person's z = (1, w, b, o, g).
    fn vectors(&self) -> Vec<[i128; 5]> {
        let persons: BTreeSet<&String> = self.viewers.keys().chain(self.buyers.keys()).collect();
        let vector = |person| {
            let (seen, bought) = (self.viewers.get(person), self.buyers.get(person));
            let (orders, gmv) = bought.copied().unwrap_or_default();
            let ones = (i64::from(seen.is_some()), i64::from(bought.is_some()));
            [ones.0, seen.copied().unwrap_or(0), ones.1, orders, gmv].map(i128::from)
        };
        persons.into_iter().map(vector).collect()
    }

    fn sums(&self, world: &World, aired: Aired) -> Sums {
        let (has_sessions, has_sources) = (!world.sessions.is_empty(), world.has_sources);
        let vectors = self.vectors();
        let sum = |at: usize| vectors.iter().map(|z| z[at]).sum::<i128>();
        let mut moments = Vec::new();
        for a in 0..5 {
            for b in a..5 {
                // Without sessions nothing is known of presence and watch time.
                let is_known = has_sessions || a >= 2;
                moments.push(is_known.then(|| vectors.iter().map(|z| z[a] * z[b]).sum::<i128>()));
            }
        }
        Sums {
            viewers: has_sessions.then(|| sum(0) as i64),
            viewers_private: (has_sessions && has_sources).then_some(self.private),
            viewers_paid: (has_sessions && has_sources).then_some(self.paid),
            watch: has_sessions.then(|| sum(1)),
            buyers: Some(sum(2) as i64),
            orders: Some(sum(3) as i64),
            gmv: Some(sum(4)),
            off_live_orders: Some(self.off_live_orders),
            off_live_gmv: Some(self.off_live_gmv.into()),
            broadcasts: aired.0,
            live_seconds: aired.1,
            moments: Some(Box::new(Moments(moments.try_into().unwrap()))),
            ..Sums::default()
        }
    }
}

/// The values of some group columns.
pub(super) type Values = BTreeMap<By, String>;

/// All that an answer is made of.
pub(super) struct Reference<'a> {
    pub(super) world: &'a World,
    question: &'a Question,
    pub(super) visits: Vec<Visit>,
    pub(super) purchases: Vec<Purchase>,
    /// What viewing gives, by period, group and viewer-side values; `None` stands for all slices.
    groups: BTreeMap<(usize, Values, Values, Option<Values>), Group>,
}

/// The answer to a question about a world.
pub fn answer(world: &World, question: &Question) -> Answer {
    let periods = periods(world, question);
    let mut reference = Reference {
        world,
        question,
        visits: visits(world, question),
        purchases: purchases(world, question),
        groups: BTreeMap::new(),
    };
    let bases = reference.bases();
    for (at, period) in periods.iter().enumerate() {
        for base in &bases {
            reference.group(at, period, base);
        }
    }
    let rows = reference.rows(&periods);
    let (total, orders) = reference.total(&periods);
    Answer { rows, total, orders }
}

impl Reference<'_> {
    /// The groups without viewer-side and order-side columns.
    fn bases(&self) -> BTreeSet<Values> {
        let seen = self.visits.iter().map(|visit| self.base(&visit.streamer, &visit.live));
        seen.chain(self.purchases.iter().map(|bought| self.base(&bought.streamer, &bought.live))).collect()
    }

    /// The group of a streamer and a broadcast.
    pub(super) fn base(&self, streamer: &str, live: &str) -> Values {
        let tier = TIERS.iter().find(|(id, tier)| *id == streamer && !tier.is_empty());
        let tier = tier.map_or(NONE, |(_, tier)| tier);
        let values = [(By::Streamer, streamer), (By::Tier, tier), (By::Live, live)];
        let asked = values.into_iter().filter(|(by, _)| self.question.by.contains(by));
        asked.map(|(by, value)| (by, value.to_owned())).collect()
    }

    /// Everybody in one group and period.
    fn group(&mut self, at: usize, period: &Period, base: &Values) {
        let viewers = self.visits.iter().map(|visit| visit.viewer.clone());
        let buyers = self.purchases.iter().filter_map(|purchase| purchase.buyer.clone());
        let persons: BTreeSet<String> = viewers.chain(buyers).collect();
        for person in persons.iter().map(Some).chain([None]) {
            let seen: Vec<&Visit> =
                self.visits.iter().filter(|visit| Some(&visit.viewer) == person).collect();
            let seen: Vec<&Visit> = seen
                .into_iter()
                .filter(|visit| self.base(&visit.streamer, &visit.live) == *base && touches(visit, period))
                .collect();
            let bought: Vec<&Purchase> = self
                .purchases
                .iter()
                .filter(|bought| bought.buyer.as_ref() == person)
                .filter(|bought| self.base(&bought.streamer, &bought.live) == *base)
                .collect();
            let side = self.side(person, &seen, &bought, period);
            let mut added = Vec::new();
            for purchase in &bought {
                if (period.start..period.end).contains(&purchase.paid_at) {
                    let attributed = is_attributed(purchase, &self.visits, period, self.question);
                    added.extend(self.slices(purchase).into_iter().map(|slice| (slice, attributed)));
                }
            }
            let mut key = (at, base.clone(), side, None);
            if let Some(person) = person.filter(|_| !seen.is_empty()) {
                let private = is_private(&seen, period, self.question.rule);
                self.groups.entry(key.clone()).or_default().view(person, &seen, period, private);
            }
            for ((slice, amount), attributed) in added {
                key.3 = Some(slice);
                self.groups.entry(key.clone()).or_default().buy(person, amount, attributed);
            }
        }
    }

    /// The viewer-side values of a person.
    fn side(
        &self,
        person: Option<&String>,
        seen: &[&Visit],
        bought: &[&Purchase],
        period: &Period,
    ) -> Values {
        let private = is_private(seen, period, self.question.rule);
        let (domain, traffic) = match (seen.is_empty(), private) {
            (true, _) => ("none", "none"),
            (false, true) => ("private", "private"),
            (false, false) if seen.iter().any(|visit| visit.paid) => ("public", "paid"),
            (false, false) => ("public", "organic"),
        };
        let before = bought.iter().any(|purchase| purchase.paid_at < period.start);
        let buyer_type = match person {
            None => "none",
            Some(_) if before => "returning",
            Some(_) => "new",
        };
        let values = [(By::Domain, domain), (By::Traffic, traffic), (By::BuyerType, buyer_type)];
        let asked = values.into_iter().filter(|(by, _)| self.question.by.contains(by));
        asked.map(|(by, value)| (by, value.to_owned())).collect()
    }

    /// The order-side values of an order, with its money in each.
    fn slices(&self, purchase: &Purchase) -> BTreeMap<Values, i64> {
        let mut slices = BTreeMap::new();
        for (category, brand, amount) in &purchase.lines {
            let carrier = match &*purchase.carrier {
                "" => NONE,
                word @ ("live" | "video" | "card") => word,
                _ => "other",
            };
            let band = band(self.question.bands, purchase.total);
            let values = [
                (By::Category, category.clone()),
                (By::Brand, brand.clone()),
                (By::Carrier, carrier.to_owned()),
                (By::PriceBand, band),
            ];
            let asked = values.into_iter().filter(|(by, _)| self.question.by.contains(by));
            *slices.entry(asked.collect()).or_default() += amount;
        }
        slices
    }

    /// The rows: of order-side slices those with orders, with the viewing of their group.
    fn rows(&self, periods: &[Period]) -> Rows {
        let is_sliced = self.question.by.iter().any(|by| by.is_order_side());
        let mut rows = Rows::new();
        for ((at, base, side, slice), bought) in &self.groups {
            if is_sliced && slice.is_none() {
                continue;
            }
            let viewing = self.groups.get(&(*at, base.clone(), side.clone(), None));
            let buying = match slice {
                Some(_) => Some(bought),
                None => self.groups.get(&(*at, base.clone(), side.clone(), Some(Values::new()))),
            };
            let mut group = buying.cloned().unwrap_or_default();
            if let Some(viewing) = viewing {
                group.viewers = viewing.viewers.clone();
                group.private = viewing.private;
                group.paid = viewing.paid;
            }
            let parts = [Some(base), Some(side), slice.as_ref()];
            let values: Values = parts.into_iter().flatten().flat_map(Clone::clone).collect();
            let keys = self.question.by.iter().map(|by| values[by].clone()).collect();
            let period = periods[*at];
            let sums = group.sums(self.world, self.aired(&period, Some(base)));
            rows.insert((period.date(), keys), (period.partial, sums));
        }
        rows
    }

    /// All rows and periods together, and the number of counted orders.
    fn total(&self, periods: &[Period]) -> (Sums, u64) {
        let mut total = Group::default();
        let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
            // Nothing was seen, and no broadcast lies in no period.
            let nothing = Period { first: 0, start: 0, end: 0, partial: false };
            return (total.sums(self.world, self.aired(&nothing, None)), 0);
        };
        let range = Period { end: last.end, ..*first };
        let viewers: BTreeSet<&String> = self.visits.iter().map(|visit| &visit.viewer).collect();
        for viewer in viewers {
            let own = self.visits.iter().filter(|visit| visit.viewer == *viewer && touches(visit, &range));
            let own: Vec<&Visit> = own.collect();
            if !own.is_empty() {
                total.view(viewer, &own, &range, is_private(&own, &range, self.question.rule));
            }
        }
        let mut orders = 0;
        for purchase in &self.purchases {
            let inside = |period: &&Period| (period.start..period.end).contains(&purchase.paid_at);
            if let Some(period) = periods.iter().find(inside) {
                let attributed = is_attributed(purchase, &self.visits, period, self.question);
                total.buy(purchase.buyer.as_ref(), purchase.total, attributed);
                orders += 1;
            }
        }
        (total.sums(self.world, self.aired(&range, None)), orders)
    }
}

/// The price band of an order: the last of the ascending lower edges that it reaches.
fn band(edges: &str, total: i64) -> String {
    let edges: Vec<&str> = edges.split(',').collect();
    let cents = |edge: &str| (edge.parse::<f64>().unwrap() * 100.0).round() as i64;
    match edges.iter().rposition(|edge| cents(edge) <= total) {
        None => format!("<{}", edges[0]),
        Some(at) if at + 1 == edges.len() => format!("{}+", edges[at]),
        Some(at) => format!("{}-{}", edges[at], edges[at + 1]),
    }
}
