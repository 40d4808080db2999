//! Properties of `gmv decompose` over small random worlds: the reference, identities, partitions, and what must not matter.

use gmv::engine::reconciliation::RunReport;
use gmv::factor::Factor;
use gmv::sums::Component::{Buyer, Money, Orders, Presence, Watch};
use gmv::sums::Sums;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::exports::Exports;
use crate::generators::FIRST_DAY;
use crate::generators::{question, without_conflicts, world};
use crate::reference::answer;
use crate::world::{By, Order, Question, Rows, Tie, World, rows};

/// All counted money of a row.
fn money(sums: &Sums) -> i128 {
    sums.gmv_total().unwrap()
}

/// Compares row by row, so that a failure names the row.
fn compare(found: &Rows, expected: &Rows) -> Result<(), TestCaseError> {
    for (key, row) in expected {
        prop_assert_eq!(found.get(key), Some(row), "{:?}", key);
    }
    prop_assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    Ok(())
}

fn ask(world: &World, question: &Question) -> Rows {
    rows(&Exports::write(world).ask(question, &[]).0)
}

/// A permutation of some rows, by a seed.
fn shuffle<T>(rows: &mut [T], seed: u64) {
    let mut state = seed;
    for at in (1..rows.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(at, (state >> 33) as usize % (at + 1));
    }
}

/// A group without a viewer-side column, and with it: the parts must add up to the whole, second moments too.
fn adds_up(whole: &Rows, parts: &Rows) -> Result<(), TestCaseError> {
    let mut sums: std::collections::BTreeMap<_, Vec<&Sums>> = std::collections::BTreeMap::new();
    for ((period, keys), (_, part)) in parts {
        let base = keys[..keys.len() - 1].to_vec();
        sums.entry((*period, base)).or_default().push(part);
    }
    prop_assert_eq!(sums.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
    for (key, (_, whole)) in whole {
        let parts = &sums[key];
        let add = |value: &dyn Fn(&Sums) -> i128| parts.iter().map(|part| value(part)).sum::<i128>();
        let values: [&dyn Fn(&Sums) -> i128; 9] = [
            &|s| s.viewers.unwrap().into(),
            &|s| s.viewers_private.unwrap().into(),
            &|s| s.viewers_paid.unwrap().into(),
            &|s| s.watch.unwrap(),
            &|s| s.buyers.unwrap().into(),
            &|s| s.orders.unwrap().into(),
            &|s| s.gmv.unwrap(),
            &|s| s.off_live_orders.unwrap().into(),
            &|s| s.off_live_gmv.unwrap(),
        ];
        for (at, value) in values.into_iter().enumerate() {
            prop_assert_eq!(add(value), value(whole), "sum {} of {:?}", at, key);
        }
        for at in 0..15 {
            let moment = |s: &Sums| s.moments.as_ref().unwrap().0[at].unwrap();
            prop_assert_eq!(add(&moment), moment(whole), "moment {} of {:?}", at, key);
        }
    }
    Ok(())
}

/// What holds for the sums of any row.
fn consistent(sums: &Sums) -> Result<(), TestCaseError> {
    let moments = sums.moments.as_ref().unwrap();
    let moment = |a, b| moments.get(a, b).unwrap();
    let (viewers, watch) = (i128::from(sums.viewers.unwrap()), sums.watch.unwrap());
    prop_assert_eq!(moment(Presence, Presence), viewers);
    prop_assert_eq!(moment(Presence, Watch), watch);
    prop_assert_eq!(moment(Buyer, Buyer), i128::from(sums.buyers.unwrap()));
    prop_assert_eq!(moment(Buyer, Orders), i128::from(sums.orders.unwrap()));
    prop_assert_eq!(moment(Buyer, Money), sums.gmv.unwrap());
    prop_assert!(moment(Presence, Buyer) <= viewers.min(sums.buyers.unwrap().into()));
    let all = [Presence, Watch, Buyer, Orders, Money];
    for a in all {
        for b in all {
            prop_assert!(moment(a, b).pow(2) <= moment(a, a) * moment(b, b), "{:?} {:?} {:?}", a, b, sums);
        }
    }
    let (private, paid) = (sums.viewers_private.unwrap_or(0), sums.viewers_paid.unwrap_or(0));
    prop_assert!(0 <= private && 0 <= paid && private + paid <= sums.viewers.unwrap());
    prop_assert!(sums.buyers <= sums.orders && (sums.buyers > Some(0)) == (sums.orders > Some(0)));
    prop_assert!(sums.orders > Some(0) || sums.gmv == Some(0));
    multiplies(sums)
}

/// The factors multiply to GMV; each is null if and only if its denominator is 0.
fn multiplies(sums: &Sums) -> Result<(), TestCaseError> {
    let values = Factor::ALL.map(|factor| factor.value(sums));
    let whole = |count: i64| i128::from(count);
    let below = [
        1,
        whole(sums.viewers.unwrap()),
        sums.watch.unwrap(),
        whole(sums.orders.unwrap()),
        whole(sums.buyers.unwrap()),
    ];
    for (value, below) in values.iter().zip(below) {
        prop_assert_eq!(value.is_some(), below != 0);
        prop_assert!(value.is_none_or(f64::is_finite));
    }
    if let Some(product) = values.into_iter().try_fold(1.0, |product, value| Some(product * value?)) {
        let gmv = sums.gmv.unwrap() as f64 / 100.0;
        prop_assert!((product - gmv).abs() <= 1e-12 * gmv, "{} {}", product, gmv);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    #[test]
    fn every_cell_is_that_of_the_reference(world in world(), question in question()) {
        let question = question.for_world(&world);
        let (aggregate, report) = Exports::write(&world).ask(&question, &[]);
        let expected = answer(&world, &question);
        compare(&rows(&aggregate), &expected.rows)?;
        prop_assert_eq!(aggregate.total.as_ref(), Some(&expected.total));
        prop_assert_eq!(report.orders.orders, expected.orders);
        prop_assert!(report.closes(), "{:?}", report);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn without_sessions_orders_are_those_of_the_reference(world in world(), question in question()) {
        let world = World { sessions: Vec::new(), has_sources: false, ..world };
        let question = Question { tie: Tie::All, ..question.for_world(&world) };
        let (aggregate, report) = Exports::write(&world).ask(&question, &[]);
        let expected = answer(&world, &question);
        compare(&rows(&aggregate), &expected.rows)?;
        prop_assert_eq!(aggregate.total.as_ref(), Some(&expected.total));
        prop_assert!(report.closes(), "{:?}", report);
    }

    #[test]
    fn sums_moments_and_factors_are_consistent(world in world(), question in question()) {
        let (aggregate, _) = Exports::write(&world).ask(&question.for_world(&world), &[]);
        for sums in aggregate.rows.iter().map(|row| &row.sums).chain(&aggregate.total) {
            consistent(sums)?;
        }
    }

    #[test]
    fn attribution_moves_money_but_never_all_counted_money(world in world(), question in question()) {
        let question = question.for_world(&world);
        let exports = Exports::write(&world);
        let mut known: Option<Vec<_>> = None;
        for tie in [Tie::Period, Tie::Window(1_800), Tie::Window(0), Tie::Carrier, Tie::All] {
            let found = rows(&exports.ask(&Question { tie, ..question.clone() }, &[]).0);
            let totals: Vec<_> = found.into_iter().map(|(key, (_, sums))| {
                let orders = sums.orders.unwrap() + sums.off_live_orders.unwrap();
                (key, money(&sums), orders, sums.viewers, sums.watch)
            }).collect();
            let first = known.get_or_insert_with(|| totals.clone());
            prop_assert_eq!(&*first, &totals);
        }
    }

    #[test]
    fn viewer_side_columns_divide_their_group(
        world in world(),
        question in question(),
        side in prop::sample::select(vec![By::Domain, By::Traffic, By::BuyerType]),
    ) {
        let world = World { has_sources: true, ..world };
        let mut question = question.for_world(&world);
        question.by.retain(|by| !by.is_order_side() && *by != side);
        let whole = ask(&world, &question);
        question.by.push(side);
        adds_up(&whole, &ask(&world, &question))?;
    }

    #[test]
    fn threads_and_blocks_do_not_matter(world in world(), question in question(), block in 1_usize..700) {
        let question = question.for_world(&world);
        let exports = Exports::write(&world);
        let (known, _) = exports.ask(&question, &["--threads=1"]);
        for threads in ["--threads=2", "--threads=7"] {
            let (found, report) = exports.ask(&question, &[threads, &format!("--block-size={block}")]);
            prop_assert_eq!(&found, &known);
            prop_assert!(report.closes());
        }
    }

    #[test]
    fn how_much_stays_in_memory_does_not_matter(world in world(), question in question(), rows in 0_u32..40_000) {
        let (question, exports) = (question.for_world(&world), Exports::write(&world));
        let whole = exports.ask(&question, &["--threads=1"]);
        for (threads, rows) in [(1, 0), (3, 0), (2, rows)] {
            let more = [format!("--threads={threads}"), format!("--spill-above={rows}")];
            let (aggregate, report) = exports.ask(&question, &[&more[0], &more[1]]);
            prop_assert_eq!(&aggregate, &whole.0);
            let told = |report: &RunReport| format!("{:?} {:?} {:?}", report.orders, report.sessions, report.refunds);
            prop_assert_eq!(told(&report), told(&whole.1));
        }
    }

    #[test]
    fn a_session_file_read_twice_changes_nothing(world in world(), question in question(), which in any::<prop::sample::Index>()) {
        let question = question.for_world(&world);
        let known = ask(&world, &question);
        let mut exports = Exports::write(&world);
        exports.sessions.push(which.get(&exports.sessions).clone());
        let (found, report) = exports.ask(&question, &[]);
        compare(&rows(&found), &known)?;
        prop_assert!(report.closes());
    }

    #[test]
    fn the_order_of_rows_does_not_matter(world in world(), question in question(), seed in any::<u64>()) {
        let mut world = without_conflicts(world);
        let question = question.for_world(&world);
        let known = ask(&world, &question);
        world.sessions.iter_mut().for_each(|rows| shuffle(rows, seed));
        world.orders.iter_mut().for_each(|rows| shuffle(rows, seed));
        world.orders.reverse();
        compare(&ask(&world, &question), &known)?;
    }

    #[test]
    fn how_sessions_are_divided_into_files_does_not_matter(
        world in world(),
        question in question(),
        seed in any::<u64>(),
        files in 1_usize..5,
    ) {
        let question = question.for_world(&world);
        let known = ask(&world, &question);
        let mut all: Vec<_> = world.sessions.iter().flatten().cloned().collect();
        shuffle(&mut all, seed);
        let divided = (0..files).map(|file| all.iter().skip(file).step_by(files).cloned().collect()).collect();
        compare(&ask(&World { sessions: divided, ..world }, &question), &known)?;
    }

    #[test]
    fn broadcasts_divide_the_orders_of_their_streamer(world in world(), question in question()) {
        let world = World { has_live_ids: true, ..world };
        let whole = ask(&world, &Question { by: vec![By::Streamer], ..question.clone() });
        let parts = ask(&world, &Question { by: vec![By::Streamer, By::Live], ..question });
        let sum = |rows: &Rows, value: &dyn Fn(&Sums) -> i128| {
            let mut sums: std::collections::BTreeMap<_, i128> = std::collections::BTreeMap::new();
            for ((period, keys), (_, row)) in rows {
                *sums.entry((*period, keys[0].clone())).or_default() += value(row);
            }
            sums
        };
        let values: [&dyn Fn(&Sums) -> i128; 4] = [
            &|s| s.gmv.unwrap(),
            &|s| s.orders.unwrap().into(),
            &|s| s.off_live_orders.unwrap().into(),
            &|s| s.off_live_gmv.unwrap(),
        ];
        for value in values {
            prop_assert_eq!(sum(&parts, value), sum(&whole, value));
        }
        // A viewer is in one broadcast at least, and devices in two of them count in both.
        let (viewers, seconds) = (|s: &Sums| i128::from(s.viewers.unwrap()), |s: &Sums| s.watch.unwrap());
        for (key, whole) in sum(&whole, &viewers) {
            prop_assert!(sum(&parts, &viewers)[&key] >= whole);
        }
        for (key, whole) in sum(&whole, &seconds) {
            prop_assert!(sum(&parts, &seconds)[&key] >= whole);
        }
    }

    #[test]
    fn counted_money_is_that_of_the_streamers(world in world(), question in question()) {
        let question = Question { by: vec![By::Streamer], ..question };
        let (aggregate, report) = Exports::write(&world).ask(&question, &[]);
        prop_assert!(report.closes(), "{:?}", report);
        let orders = &report.orders;
        let total: i128 = aggregate.rows.iter().map(|row| money(&row.sums)).sum();
        prop_assert_eq!(orders.counted.money, total);
        prop_assert_eq!(orders.attributed.money + orders.off_live.money, total);
        let attributed: i128 = aggregate.rows.iter().map(|row| row.sums.gmv.unwrap()).sum();
        prop_assert_eq!(orders.attributed.money, attributed);
        let watch: i128 = aggregate.rows.iter().filter_map(|row| row.sums.watch).sum();
        prop_assert_eq!(report.sessions.map(|sessions| sessions.watch_seconds), Some(watch));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn hours_on_air_add_up_over_days(world in world(), question in question()) {
        let exports = Exports::write(&World { has_live_ids: false, ..world });
        let seconds = |from, to, question: &Question| {
            let question = Question { by: Vec::new(), from: Some(from), to: Some(to), ..question.clone() };
            exports.ask(&question, &[]).0.total.unwrap().live_seconds
        };
        let days: Option<i128> =
            (FIRST_DAY..FIRST_DAY + 13).map(|day| seconds(day, day, &question)).sum();
        prop_assert_eq!(days, seconds(FIRST_DAY, FIRST_DAY + 12, &question));
    }
}

/// Found by the reference: an order of nobody whose lines have two categories was two off-live orders in the total.
#[test]
fn an_order_of_nobody_in_two_slices_is_one_order_in_the_total() {
    let line = |line: &str, category: &str| Order {
        id: 1,
        line: Some(line.to_owned()),
        buyer: String::new(),
        streamer: "s1".to_owned(),
        paid_at: Some(1_767_000_000),
        amount: 500,
        refund: None,
        refunded_at: None,
        status: "paid".to_owned(),
        carrier: "live".to_owned(),
        category: category.to_owned(),
        ..Order::default()
    };
    let orders = vec![vec![line("1", "a"), line("2", "b")]];
    let world = World { sessions: vec![Vec::new()], orders, has_sources: true, ..World::default() };
    let question = Question { by: vec![By::Category], ..Question::default() };
    let (aggregate, _) = Exports::write(&world).ask(&question, &[]);
    assert_eq!(aggregate.rows.len(), 2);
    let total = aggregate.total.unwrap();
    assert_eq!((total.off_live_orders, total.off_live_gmv), (Some(1), Some(1_000)));
}
