//! Rows, what is usual, and whole comparisons, of a few leaves by hand.

use std::sync::Arc;

use super::compare::{Compared, Judgement, Precision, RowChange, compare, difference};
use super::effect::{Effect, PerEffect};
use super::influence::errors_of_moments;
use super::leaf::{LeafSums, RowViewers, leaf_effects};
use super::method::Method;
use super::pair::Pair;
use super::rows::{RowEffects, Status, Table};
use super::yardstick::{LEAST_CHANGES, log_changes, scaled_deviation, unusual};
use crate::engine::leaves::{Cell, Leaf, LeafPeriod, LeafRow, Leaves, Persons};
use crate::engine::{GroupColumn, Grouping};
use crate::factor::Factor;
use crate::sums::{Component, Moments, Sums};
use crate::units::Level;

pub(super) const PAIR: Pair = Pair { before: 0, after: 1, has_yardstick: true };

const PERIODS: [u32; 2] = [0, 1];

pub(super) fn sums([viewers, watch, buyers, orders, gmv]: [i64; 5]) -> Sums {
    Sums {
        viewers: Some(viewers),
        watch: Some(watch.into()),
        buyers: Some(buyers),
        orders: Some(orders),
        gmv: Some(gmv.into()),
        off_live_orders: Some(1),
        off_live_gmv: Some(9),
        ..Sums::default()
    }
}

/// Rows of leaves that are streamers: for each leaf its row, and its sums by period.
pub(super) fn leaves(by: Vec<GroupColumn>, all: &[(u32, Vec<Option<Sums>>)]) -> Leaves {
    let key = |name: char, number: u32| vec![Arc::from(format!("{name}{number}"))];
    let cells = all.iter().zip(0..).flat_map(|((_, of_periods), leaf)| {
        let cell =
            move |(sums, period): (&Option<Sums>, u32)| Some(Cell { leaf, period, sums: sums.clone()? });
        of_periods.iter().zip(0..).filter_map(cell)
    });
    let day =
        |day: usize| LeafPeriod { first: jiff::civil::date(2026, 3, day as i8 + 1), partial: Some(false) };
    let rows = all.iter().map(|(row, _)| row + 1).max().unwrap_or_default();
    Leaves {
        by: Grouping { columns: by, names_persons: false },
        leaf: Grouping { columns: vec![GroupColumn::Streamer], names_persons: false },
        period_kind: None,
        periods: (0..all.first().map_or(0, |(_, sums)| sums.len())).map(day).collect(),
        leaves: all
            .iter()
            .zip(0..)
            .map(|((row, _), at)| Leaf { keys: key('s', at), name: None, row: *row })
            .collect(),
        rows: (0..rows).map(|row| LeafRow { keys: key('r', row), name: None }).collect(),
        cells: cells.collect(),
        persons: None,
        from_rooms: false,
        facts: Vec::new(),
    }
}

fn tier() -> Vec<GroupColumn> {
    vec![GroupColumn::Attribute("tier".to_owned())]
}

pub(super) const S1: [[i64; 5]; 2] =
    [[10_000, 3_600_000, 4_000, 5_000, 1_000_000], [20_000, 6_000_000, 6_000, 8_000, 2_000_000]];
pub(super) const S2: [[i64; 5]; 2] =
    [[8_000, 1_800_000, 2_000, 2_500, 500_000], [6_000, 1_500_000, 3_000, 3_000, 450_000]];
const S3: [i64; 5] = [3_000, 60_000, 1_000, 1_000, 100_000];

/// Tiers: s1 and s2, of which persons are known; s3, which is new.
pub(super) fn tiers() -> Leaves {
    let both = |of: [[i64; 5]; 2]| of.map(|one| Some(sums(one))).to_vec();
    let mut leaves = leaves(tier(), &[(0, both(S1)), (0, both(S2)), (1, vec![None, Some(sums(S3))])]);
    let persons = |viewers, buyers| Some(Persons { viewers, buyers });
    leaves.persons = Some(vec![persons(15_000, 5_000), persons(22_000, 8_000), None, persons(3_000, 1_000)]);
    leaves
}

pub(super) const VIEWERS: RowViewers = RowViewers { distinct: [15_000, 22_000], summed: [18_000, 26_000] };

fn leaf(of: [i64; 5]) -> LeafSums {
    LeafSums::from(&sums(of))
}

#[test]
fn a_row_adds_up_its_leaves() {
    let (leaves, method) = (tiers(), Method::Lmdi);
    let table = Table::new(&leaves, &method);
    assert!(table.sums_leaves && table.viewing && !table.live);
    assert_eq!(table.leaves_of(0, PERIODS).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(table.leaves_of(1, PERIODS).collect::<Vec<_>>(), [2]);
    assert_eq!(
        [table.sums(1, 0), table.sums(2, 0), table.sums(2, 1)],
        [Some(&sums(S2[0])), None, Some(&sums(S3))]
    );
    let found = table.row(0, PERIODS);
    assert_eq!((found.gmv, found.status), ([1_500_000, 2_450_000], Status::Both));
    let own = [[S1[0], S1[1]], [S2[0], S2[1]]].map(|sides| sides.map(leaf));
    let mut expected = [0.0; Effect::COUNT];
    for [before, after] in &own {
        let effects = leaf_effects::<0>(&method, [before, after], Some(VIEWERS)).effects;
        expected.iter_mut().zip(effects.0).for_each(|(sum, effect)| *sum += effect.value);
    }
    assert_eq!(found.effects.0.map(f64::to_bits), expected.map(f64::to_bits));
    assert_eq!(table.effects_of(&own, Some(VIEWERS)).map(f64::to_bits), expected.map(f64::to_bits));
    assert!((found.effects[Effect::Change] - 950_000.0).abs() < 1e-6);
    // Distinct viewers are 15,000 and 22,000, of all together; each was in so many leaves.
    let scale = found.effects[Effect::Scale] / (22.0_f64 / 15.0).ln();
    let overlap = found.effects[Effect::Overlap] / (26.0 * 15.0 / (18.0 * 22.0_f64)).ln();
    assert!((scale - overlap).abs() < 1e-6 * scale, "{scale} {overlap}");
    let status = |periods| [0, 1].map(|row| table.row(row, periods).status);
    assert_eq!(
        [status([0, 1]), status([1, 0])],
        [[Status::Both, Status::Entered], [Status::Both, Status::Left]]
    );
    assert_eq!([Status::Both, Status::Entered, Status::Left].map(Status::name), ["both", "entered", "left"]);
}

#[test]
fn sums_of_a_row_count_persons_once() {
    let (mut leaves, method) = (tiers(), Method::Lmdi);
    let whole = Sums {
        off_live_orders: Some(2),
        off_live_gmv: Some(18),
        ..sums([15_000, 5_400_000, 5_000, 7_500, 1_500_000])
    };
    assert_eq!(Table::new(&leaves, &method).row_sums(0, PERIODS, 0), Some(whole.clone()));
    let new = [0, 1].map(|period| Table::new(&leaves, &method).row_sums(1, PERIODS, period));
    assert_eq!(new, [None, Some(sums(S3))]);
    leaves.cells[0].sums.watch = None;
    let found = Table::new(&leaves, &method).row_sums(0, PERIODS, 0);
    assert_eq!(found, Some(Sums { watch: None, ..whole.clone() }), "a sum is known where it is of all");
    for cell in &mut leaves.cells {
        (cell.sums.viewers, cell.sums.watch) = (None, None);
    }
    let table = Table::new(&leaves, &method);
    assert_eq!(table.row_sums(0, PERIODS, 0), Some(Sums { viewers: None, watch: None, ..whole }));
    assert!(!table.viewing);
    for cell in &mut leaves.cells {
        let sums = &mut cell.sums;
        (sums.live_seconds, sums.viewers_broadcasts, sums.buyers_broadcasts) = (Some(60), Some(7), Some(5));
    }
    let table = Table::new(&leaves, &method);
    let found = table.row_sums(0, PERIODS, 0).unwrap();
    assert_eq!((found.viewers_broadcasts, found.buyers_broadcasts), (Some(14), Some(10)));
    // s3 was not on air before.
    assert!(table.live && table.viewing);
    assert!((table.row(1, PERIODS).effects[Effect::LiveHours] - 100_000.0).abs() < 1e-6);
    leaves.cells.clear();
    assert_eq!(Table::new(&leaves, &method).row_sums(0, PERIODS, 0), None);
}

#[test]
fn a_leaf_by_itself_has_intervals_where_its_factors_are_known() {
    let method = Method::Lmdi;
    let has = |before: Option<[i64; 5]>, after: Option<[i64; 5]>| {
        let leaves = leaves(vec![GroupColumn::Streamer], &[(0, vec![before.map(sums), after.map(sums)])]);
        let table = Table::new(&leaves, &method);
        assert!(!table.sums_leaves);
        table.has_intervals(0, PERIODS)
    };
    let [before, after] = S1;
    assert!(has(Some(before), Some(after)));
    assert!(!has(None, Some(after)) && !has(Some(before), None), "entered, or left");
    assert!(!has(Some([10, 0, 4, 5, 90]), Some(after)), "merged");
    assert!(has(Some([10, 60, 0, 0, 0]), Some(after)), "nothing sold, but somebody was there");
    assert!(!has(Some([10, 60, 0, 0, 0]), Some([10, 60, 0, 0, 0])), "nothing at all was sold");
    let leaves = tiers();
    let table = Table::new(&leaves, &method);
    assert_eq!([0, 1].map(|row| table.has_intervals(row, PERIODS)), [true, false]);
}

#[test]
fn log_changes_stand_for_effects() {
    let row = |gmv| RowEffects { effects: PerEffect([500.0; Effect::COUNT]), gmv, status: Status::Both };
    let found = log_changes(&row([1_000, 2_000])).unwrap();
    assert!(found.0.iter().all(|log| (log - 0.5 * 2.0_f64.ln()).abs() < 1e-12));
    assert!([[0, 2_000], [1_000, 0], [0, 0]].into_iter().all(|gmv| log_changes(&row(gmv)).is_none()));
}

/// One leaf of which the value of orders alone moves: its GMV by period, in millions.
fn prices(gmv: &[i64]) -> Leaves {
    let of = |gmv: &i64| Some(sums([10_000, 3_600_000, 4_000, 5_000, gmv * 1_000_000]));
    leaves(vec![GroupColumn::Streamer], &[(0, gmv.iter().map(of).collect())])
}

fn is_unusual(leaves: &Leaves, pair: Pair) -> Option<PerEffect<Option<bool>>> {
    let method = Method::Lmdi;
    let table = Table::new(leaves, &method);
    unusual(&table, 0, pair, &table.row(0, [pair.before, pair.after]))
}

#[test]
fn an_effect_is_unusual_beyond_three_deviations() {
    let before = [1_000, 1_100, 1_050, 1_200, 1_000, 1_300, 1_250, 1_100, 1_180, 1_000, 1_070, 1_200, 1_000];
    let figures: Vec<f64> = before.windows(2).map(|two| (two[1] as f64 / two[0] as f64).ln()).collect();
    assert_eq!(figures.len(), LEAST_CHANGES);
    let most = 3.0 * scaled_deviation(figures);
    let of = |last: f64| {
        let all: Vec<i64> = before.into_iter().chain([last as i64]).collect();
        let pair = Pair { before: 12, after: 13, has_yardstick: true };
        let found = is_unusual(&prices(&all), pair).unwrap();
        assert_eq!(found[Effect::Change], found[Effect::OrderValue]);
        assert_eq!(
            [Effect::Viewers, Effect::Repurchase].map(|one| found[one]),
            [Some(false); 2],
            "nothing moved"
        );
        found[Effect::OrderValue]
    };
    let most = 1_000.0 * most.exp();
    assert_eq!([most - 1.0, most + 2.0].map(of), [Some(false), Some(true)]);
    assert_eq!([1e6 / most + 1.0, 1e6 / most - 2.0].map(of), [Some(false), Some(true)]);
}

#[test]
fn what_is_usual_needs_enough_changes() {
    let leaves = prices(&[
        1_000, 1_100, 1_050, 1_200, 1_000, 1_300, 1_250, 1_100, 1_180, 1_000, 1_070, 1_200, 1_000, 900,
    ]);
    let pair = |before, after| Pair { before, after, has_yardstick: true };
    assert!(is_unusual(&leaves, pair(12, 13)).is_some());
    assert!(is_unusual(&leaves, pair(11, 13)).is_none());
    let longer = prices(&[
        900, 1_000, 1_100, 1_050, 1_200, 1_000, 1_300, 1_250, 1_100, 1_180, 1_000, 1_070, 1_200, 1_000, 900,
    ]);
    assert!(is_unusual(&longer, pair(13, 14)).is_some());
    assert!(is_unusual(&leaves, Pair { has_yardstick: false, ..pair(12, 13) }).is_none());
    let mut gap = leaves.clone();
    gap.cells[5].sums.gmv = Some(0);
    assert!(is_unusual(&gap, pair(12, 13)).is_none(), "two changes less");
    let mut gone = leaves.clone();
    gone.cells[13].sums.gmv = Some(0);
    assert!(is_unusual(&gone, pair(12, 13)).is_none());
    // Of slices of orders the parts of viewers are not known of the periods before.
    let mut sliced = leaves;
    sliced.leaf.columns = vec![GroupColumn::Dimension("category".to_owned())];
    let found = is_unusual(&sliced, pair(12, 13)).unwrap();
    let is_known = Effect::ALL.map(|effect| found[effect].is_some());
    let parts = [Effect::Scale, Effect::Overlap, Effect::Mix];
    assert_eq!(is_known, Effect::ALL.map(|effect| !parts.contains(&effect)));
}

#[test]
fn rows_are_compared_the_largest_change_first() {
    let mut leaves = tiers();
    let of =
        |leaves: &Leaves| compare(&Compared::Sums(leaves), PAIR, &Method::Lmdi, Precision::None).unwrap();
    let rows = of(&leaves);
    assert_eq!(rows.iter().map(|row| row.row).collect::<Vec<_>>(), [0, 1]);
    let first = &rows[0];
    let cents = |effect: Effect| first.effects[effect].unwrap();
    assert_eq!(Factor::ALL.map(|factor| cents(Effect::of(factor))).iter().sum::<i128>(), 950_000);
    assert_eq!(cents(Effect::Scale) + cents(Effect::Overlap) + cents(Effect::Mix), cents(Effect::Viewers));
    assert_eq!([Effect::LiveHours, Effect::PerLiveHour].map(|effect| first.effects[effect]), [None; 2]);
    assert!(first.judged.0.iter().all(Option::is_none));
    assert_eq!((first.gmv(), first.off_live()), ([Some(1_500_000), Some(2_450_000)], [Some(18); 2]));
    assert_eq!(first.total(), [Some(1_500_018), Some(2_450_018)]);
    assert_eq!((rows[1].gmv(), rows[1].status), ([Some(0), Some(100_000)], Status::Entered));
    assert_eq!((difference(first.gmv()), difference([None, Some(1)])), (Some(950_000), None));
    // Where persons are not known, how many viewers are the same is not either.
    leaves.persons = None;
    assert_eq!(of(&leaves)[0].effects[Effect::Scale], None);
    // Off-live money makes the second the larger one.
    leaves.cells[4].sums.off_live_gmv = Some(900_000);
    assert_eq!(of(&leaves)[0].row, 1);
    for cell in &mut leaves.cells {
        (cell.sums.viewers, cell.sums.watch, cell.sums.off_live_gmv) = (None, None, None);
    }
    let rows = of(&leaves);
    assert_eq!((rows[0].row, rows[0].total()), (0, [None; 2]));
    let is_known = Effect::ALL.map(|effect| rows[0].effects[effect].is_some());
    let told = [Effect::Conversion, Effect::OrderValue, Effect::Repurchase, Effect::Change];
    assert_eq!(is_known, Effect::ALL.map(|effect| told.contains(&effect)));
    leaves.cells.retain(|cell| cell.leaf < 2);
    assert_eq!(of(&leaves).len(), 1);
}

/// The derivative of the effects of s1 by each of its ten sums, by small differences.
fn slopes() -> [[[f64; Effect::COUNT]; 5]; 2] {
    [0, 1].map(|side| {
        std::array::from_fn(|which| {
            let of = |step: i64| {
                let mut sides = S1;
                sides[side][which] += step;
                leaf_effects::<0>(&Method::Lmdi, [&leaf(sides[0]), &leaf(sides[1])], None).effects.0
            };
            let (up, down) = (of(1), of(-1));
            std::array::from_fn(|effect| (up[effect].value - down[effect].value) / 2.0)
        })
    })
}

#[test]
fn errors_of_moments_are_those_of_the_delta_method() {
    let moments = |times: i128| Moments(std::array::from_fn(|at| Some(times * (900 - 7 * at as i128))));
    let mut leaves = leaves(vec![GroupColumn::Streamer], &[(0, S1.map(|of| Some(sums(of))).to_vec())]);
    for (cell, times) in leaves.cells.iter_mut().zip([1, 3]) {
        cell.sums.moments = Some(Box::new(moments(times)));
    }
    let slopes = slopes();
    let expected: [f64; Effect::COUNT] = std::array::from_fn(|effect| {
        let mut sum = 0.0;
        for (side, times) in [1, 3].into_iter().enumerate() {
            for a in Component::ALL {
                for b in Component::ALL {
                    let moment = moments(times).get(a, b).unwrap() as f64;
                    sum += slopes[side][a as usize][effect] * moment * slopes[side][b as usize][effect];
                }
            }
        }
        sum.max(0.0).sqrt()
    });
    let method = Method::Lmdi;
    let table = Table::new(&leaves, &method);
    let found = errors_of_moments(&table, PAIR)[0].unwrap();
    for (effect, (found, expected)) in Effect::ALL.into_iter().zip(found.into_iter().zip(expected)) {
        assert!((found - expected).abs() < 1e-4 * expected + 1e-6, "{effect:?} {found} {expected}");
    }
    assert!(found[Effect::Change as usize] > 0.0);
    // The interval around each effect, and whether it leaves zero out.
    let level = Level::new(0.95).unwrap();
    let rows = compare(&Compared::Sums(&leaves), PAIR, &method, Precision::Influence(level)).unwrap();
    let exact = table.row(0, PERIODS);
    for effect in [Effect::Viewers, Effect::Watch, Effect::OrderValue, Effect::Change] {
        let (value, reach) = (exact.effects[effect], 1.96 * found[effect as usize]);
        let (low, high) = (value - reach, value + reach);
        let judged = rows[0].judged[effect].unwrap();
        assert_eq!(judged.interval, (low.round() as i128, high.round() as i128));
        assert_eq!((judged.beyond_sampling, judged.unusual), (low > 0.0 || high < 0.0, None));
    }
    // What did not move, and has no error, is not beyond chance.
    let still =
        [S1[0]; 2].map(|of| Some(Sums { moments: Some(Box::new(Moments([Some(0); 15]))), ..sums(of) }));
    let still = self::leaves(vec![GroupColumn::Streamer], &[(0, still.to_vec())]);
    let rows = compare(&Compared::Sums(&still), PAIR, &method, Precision::Influence(level)).unwrap();
    let judged = rows[0].judged[Effect::Change].unwrap();
    assert_eq!((judged.interval, judged.beyond_sampling), ((0, 0), false));
    leaves.cells[1].sums.moments = None;
    assert_eq!(errors_of_moments(&Table::new(&leaves, &method), PAIR), [None]);
}

#[test]
fn significance_needs_both() {
    let of =
        |beyond_sampling, unusual| Judgement { interval: (1, 2), beyond_sampling, unusual }.significant();
    assert_eq!(
        [of(true, Some(true)), of(true, Some(false)), of(false, Some(true)), of(true, None)],
        [Some(true), Some(false), Some(false), None]
    );
    let nothing = RowChange {
        row: 0,
        status: Status::Both,
        effects: PerEffect::default(),
        judged: PerEffect::default(),
        sums: [None, Some(Sums::default())],
    };
    assert_eq!((nothing.gmv(), nothing.off_live()), ([Some(0), None], [Some(0), None]));
}
