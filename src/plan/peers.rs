//! Whom a streamer is held against: those that share its tier, and what rows are divided by besides.

use std::collections::BTreeMap;

use super::PlanError;
use super::rows::{PlanRow, Rows};
use crate::concentration::tiers;
use crate::input::streamers::Streamers;

/// The column of which the values are computed where nobody gives them.
const TIER: &str = "tier";

/// Rows, divided among groups of peers.
pub(super) struct Groups {
    /// For each row what it shares with its peers.
    keys: Vec<Vec<String>>,
}

impl Groups {
    /// Peers share these columns, and all columns of rows but the streamer.
    pub(super) fn new(rows: &Rows<'_>, streamers: &Streamers, columns: &[String]) -> Result<Self, PlanError> {
        let own = rows.columns();
        let mut keys: Vec<Vec<String>> = vec![Vec::new(); rows.rows.len()];
        for column in columns.iter().filter(|column| !own.contains(&column.as_str())) {
            let given = streamers.attributes.iter().any(|known| known == column);
            let computed = (!given && column == TIER).then(|| computed_tiers(rows));
            if !given && computed.is_none() {
                return Err(PlanError::NoColumn { column: column.clone() });
            }
            for (key, row) in keys.iter_mut().zip(&rows.rows) {
                let streamer = rows.streamer(row).unwrap_or_default();
                let value = match &computed {
                    Some(tiers) => tiers.get(streamer).copied().unwrap_or_default(),
                    None => streamers.value(streamer, column),
                };
                key.push(value.to_owned());
            }
        }
        for (key, row) in keys.iter_mut().zip(&rows.rows) {
            let texts = own.iter().zip(&rows.texts(row).keys).filter(|(name, _)| **name != "streamer_id");
            key.extend(texts.map(|(_, text)| text.to_string()));
        }
        Ok(Self { keys })
    }

    /// What a row shares with its peers, as one text.
    pub(super) fn name(&self, at: usize) -> String {
        if self.keys[at].is_empty() { "all".to_owned() } else { self.keys[at].join(" / ") }
    }
}

/// The tier of each streamer, by its GMV over all of its rows.
fn computed_tiers<'a>(rows: &Rows<'a>) -> BTreeMap<&'a str, &'static str> {
    let mut gmv: BTreeMap<&str, i128> = BTreeMap::new();
    let of = |row: &PlanRow| rows.streamer(row).map(|streamer| (streamer, row.gmv));
    for (streamer, money) in rows.rows.iter().filter_map(of) {
        *gmv.entry(streamer).or_default() += money;
    }
    let money: Vec<i128> = gmv.values().copied().collect();
    gmv.into_keys().zip(tiers(&money).into_iter().map(crate::concentration::Tier::name)).collect()
}

/// The values of peers, sorted, so that each row is held against all but itself.
pub(super) struct Others<'a> {
    groups: &'a Groups,
    values: &'a [Option<f64>],
    sorted: BTreeMap<&'a [String], Vec<f64>>,
}

impl<'a> Others<'a> {
    pub(super) fn new(groups: &'a Groups, values: &'a [Option<f64>]) -> Self {
        let mut sorted: BTreeMap<&[String], Vec<f64>> = BTreeMap::new();
        for (key, value) in groups.keys.iter().zip(values) {
            let known = sorted.entry(key).or_default();
            known.extend(value);
        }
        for values in sorted.values_mut() {
            values.sort_by(f64::total_cmp);
        }
        Self { groups, values, sorted }
    }

    /// How many others there are, and a quantile of their values: of type 7 (Hyndman and Fan 1996), linear between the order statistics
    /// around (n − 1) · q. `None` where there are fewer than `least`.
    pub(super) fn of(&self, at: usize, quantile: f64, least: usize) -> (usize, Option<f64>) {
        let all = self.sorted.get(self.groups.keys[at].as_slice()).map_or(&[][..], Vec::as_slice);
        let own = self.values[at].map(|value| all.partition_point(|one| one.total_cmp(&value).is_lt()));
        let count = all.len() - usize::from(own.is_some());
        if count < least.max(1) {
            return (count, None);
        }
        // The order statistics without its own.
        let other = |place: usize| all.get(place + usize::from(own.is_some_and(|own| own <= place))).copied();
        let place = (count - 1) as f64 * quantile;
        let (low, part) = (place.floor() as usize, place.fract());
        let value = other(low).map(|low_value| {
            let next = other((low + 1).min(count - 1)).unwrap_or(low_value);
            low_value + part * (next - low_value)
        });
        (count, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_is_no_peer_of_its_own() {
        let groups = Groups { keys: vec![Vec::new(); 5] };
        let values = [Some(1.0), Some(2.0), Some(4.0), Some(10.0), None];
        let others = Others::new(&groups, &values);
        // R: quantile(c(2, 4, 10), 0.75) is 7, quantile(c(1, 2, 4), 0.75) is 3, quantile(c(1, 2, 4, 10), 0.75) is 5.5.
        assert_eq!(others.of(0, 0.75, 3), (3, Some(7.0)));
        assert_eq!(others.of(3, 0.75, 3), (3, Some(3.0)));
        assert_eq!(others.of(4, 0.75, 3), (4, Some(5.5)));
        assert_eq!(others.of(1, 0.5, 3), (3, Some(4.0)));
        assert_eq!(others.of(1, 0.5, 4), (3, None));
    }

    proptest! {
        #[test]
        fn leaving_one_out_is_sorting_without_it(values in prop::collection::vec(prop::option::weighted(0.9, (0_u8..9).prop_map(f64::from)), 2..20), quantile in 0.0..1.0_f64) {
            let groups = Groups { keys: vec![Vec::new(); values.len()] };
            let others = Others::new(&groups, &values);
            for at in 0..values.len() {
                let mut rest: Vec<f64> = values.iter().enumerate().filter(|(one, _)| *one != at).filter_map(|(_, value)| *value).collect();
                rest.sort_by(f64::total_cmp);
                let expected = (!rest.is_empty()).then(|| {
                    let place = (rest.len() - 1) as f64 * quantile;
                    let (low, high) = (place.floor() as usize, place.ceil() as usize);
                    rest[low] + place.fract() * (rest[high] - rest[low])
                });
                prop_assert_eq!(others.of(at, quantile, 1), (rest.len(), expected));
            }
        }
    }
}
