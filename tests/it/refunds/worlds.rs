//! Properties of after-sales over small random worlds: the reference, and what must not matter.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::exports::Exports;
use crate::generators::{question, with_refunds, without_conflicts, world};
use crate::reference::answer;
use crate::world::{AfterSale, Question, World, rows};

/// Every refund column as an after-sales row, and the orders without it.
fn moved(mut world: World) -> World {
    let mut refunds = Vec::new();
    for order in world.orders.iter_mut().flatten() {
        if let Some(amount) = order.refund.take() {
            let (id, line) = (refunds.len() as u32, order.line.clone());
            let refunded_at = order.refunded_at.take().unwrap();
            refunds.push(AfterSale { id, order: order.id, line, amount, refunded_at, status: "refunded" });
        }
    }
    World { refunds: vec![refunds], ..world }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    #[test]
    fn every_cell_is_that_of_the_reference(world in with_refunds(), question in question()) {
        let question = Question { net: true, ..question.for_world(&world) };
        let (aggregate, report) = Exports::write(&world).ask(&question, &[]);
        let expected = answer(&world, &question);
        prop_assert_eq!(rows(&aggregate), expected.rows);
        prop_assert_eq!(aggregate.total.as_ref(), Some(&expected.total));
        prop_assert_eq!(report.orders.orders, expected.orders);
        prop_assert!(report.closes(), "{:?}", report);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn refunds_of_the_orders_may_stand_in_a_file_of_their_own(world in world(), question in question()) {
        let world = without_conflicts(world);
        let question = question.for_world(&world);
        let (known, _) = Exports::write(&world).ask(&question, &[]);
        let (found, report) = Exports::write(&moved(world)).ask(&question, &[]);
        prop_assert_eq!(found, known);
        prop_assert!(report.closes(), "{:?}", report);
    }

    #[test]
    fn paid_figures_know_no_refunds(world in with_refunds(), question in question()) {
        let question = Question { net: false, ..question.for_world(&world) };
        let (found, report) = Exports::write(&world).ask(&question, &[]);
        prop_assert!(report.closes(), "{:?}", report);
        let without = World { refunds: Vec::new(), ..world };
        prop_assert_eq!(found, Exports::write(&without).ask(&question, &[]).0);
    }

    #[test]
    fn threads_and_blocks_do_not_matter(world in with_refunds(), question in question(), block in 1_usize..300) {
        let question = question.for_world(&world);
        let exports = Exports::write(&world);
        let (known, told) = exports.ask(&question, &["--threads=1"]);
        let (found, report) = exports.ask(&question, &["--threads=7", &format!("--block-size={block}")]);
        prop_assert_eq!(found, known);
        prop_assert_eq!(format!("{:?}{:?}", report.refunds, report.facts), format!("{:?}{:?}", told.refunds, told.facts));
    }

    #[test]
    fn an_export_given_again_changes_nothing(world in with_refunds(), question in question()) {
        let question = question.for_world(&world);
        let mut exports = Exports::write(&world);
        let (known, _) = exports.ask(&question, &[]);
        exports.refunds.extend(exports.refunds.last().cloned());
        let (found, report) = exports.ask(&question, &[]);
        prop_assert_eq!(found, known);
        prop_assert!(report.closes(), "{:?}", report);
    }

    #[test]
    fn a_line_alone_is_its_order_and_line(world in with_refunds(), question in question()) {
        // Line ids that no other order has.
        let mut world = world;
        for order in world.orders.iter_mut().flatten() {
            order.line = order.line.as_ref().map(|line| format!("{}-{line}", order.id));
        }
        for refund in world.refunds.iter_mut().flatten() {
            let line = refund.line.clone().unwrap_or_else(|| "1".to_owned());
            refund.line = Some(format!("{}-{line}", refund.order));
        }
        // Orders that were exported as wholes have no lines.
        let mut levels: HashMap<u32, bool> = HashMap::new();
        for order in world.orders.iter().flatten() {
            levels.insert(order.id, order.line.is_some());
        }
        for rows in &mut world.refunds {
            rows.retain(|refund| levels.get(&refund.order).copied().unwrap_or(true));
        }
        let question = question.for_world(&world);
        let mut exports = Exports::write(&world);
        let (known, _) = exports.ask(&question, &[]);
        let alone: Vec<String> = exports.refunds.iter().enumerate().map(|(at, path)| {
            let text = std::fs::read_to_string(path).unwrap();
            let lines = text.lines().map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                [&cells[..1], &cells[2..]].concat().join(",") + "\n"
            });
            exports.file(&format!("alone{at}.csv"), &lines.collect::<String>())
        }).collect();
        exports.refunds = alone;
        let (found, report) = exports.ask(&question, &[]);
        prop_assert_eq!(found, known);
        prop_assert!(report.closes(), "{:?}", report);
    }
}
