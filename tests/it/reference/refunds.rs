//! What is left of each line after refunds, by the definitions: naive loops over all after-sales rows.

use std::collections::{BTreeMap, BTreeSet};

use super::by_line;
use crate::world::{AfterSale, Order, Question, World};

/// The after-sales rows that no later row replaces.
fn standing(world: &World) -> Vec<&AfterSale> {
    let all: Vec<&AfterSale> = world.refunds.iter().flatten().collect();
    let replaced = |at: usize, id: u32| all[at + 1..].iter().any(|later| later.id == id);
    all.iter().enumerate().filter(|(at, row)| !replaced(*at, row.id)).map(|(_, row)| *row).collect()
}

fn in_time(paid_at: Option<i64>, refunded_at: Option<i64>, question: &Question) -> bool {
    question.refund_within.is_none_or(|within| refunded_at.unwrap() - paid_at.unwrap() <= within)
}

/// Whether an after-sales row speaks of one line; a line named in an order that was exported as a whole is the order.
fn names_line(row: &AfterSale, line: &Order) -> bool {
    row.order == line.id && row.line.is_some() && row.line == line.line
}

fn names_order(row: &AfterSale, line: &Order) -> bool {
    row.order == line.id && (row.line.is_none() || line.line.is_none())
}

/// What is refunded on a line by itself: what after-sales say of it, else its own column.
fn of_line(world: &World, line: &Order, question: &Question) -> i64 {
    let all = standing(world);
    if all.iter().any(|row| names_line(row, line) || names_order(row, line)) {
        let own = all.iter().filter(|row| names_line(row, line) && row.status == "refunded");
        let own = own.filter(|row| in_time(line.paid_at, Some(row.refunded_at), question));
        return own.map(|row| row.amount).sum();
    }
    let refund = line.refund.unwrap_or(0);
    if refund > 0 && in_time(line.paid_at, line.refunded_at, question) { refund } else { 0 }
}

/// What is refunded on a whole order, whose paid lines these are in the order of their ids.
fn of_order(world: &World, lines: &[&Order], question: &Question) -> i64 {
    let head = lines[0];
    let whole = standing(world).into_iter().filter(|row| names_order(row, head) && row.status == "refunded");
    let whole = whole.filter(|row| in_time(head.paid_at, Some(row.refunded_at), question));
    whole.map(|row| row.amount).sum()
}

/// What is left of each paid line: its own refunds first, their excess over the lines of its streamer; then what is refunded on the whole
/// order, over all of its lines.
pub fn left(world: &World, paid: &[&Order], question: &Question) -> BTreeMap<(u32, Option<String>), i64> {
    let mut left = BTreeMap::new();
    for id in paid.iter().map(|row| row.id).collect::<BTreeSet<_>>() {
        let mut lines: Vec<&Order> = paid.iter().copied().filter(|row| row.id == id).collect();
        lines.sort_by_key(|row| by_line(row));
        let mut net: Vec<i64> = lines.iter().map(|line| line.amount).collect();
        for streamer in lines.iter().map(|line| &line.streamer).collect::<BTreeSet<_>>() {
            let mut excess = 0;
            let own: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].streamer == *streamer).collect();
            for &at in &own {
                let back = of_line(world, lines[at], question);
                net[at] = (lines[at].amount - back).max(0);
                excess += (back - lines[at].amount).max(0);
            }
            spread(&lines, &mut net, &own, excess);
        }
        let all: Vec<usize> = (0..lines.len()).collect();
        spread(&lines, &mut net, &all, of_order(world, &lines, question));
        left.extend(lines.iter().zip(net).map(|(line, net)| ((line.id, line.line.clone()), net)));
    }
    left
}

/// Takes a refund from what is left of some lines: by amount, largest remainder first, ties to the smaller line id.
fn spread(lines: &[&Order], net: &mut [i64], some: &[usize], mut excess: i64) {
    while excess > 0 && some.iter().any(|&at| net[at] > 0) {
        let open: Vec<usize> = some.iter().copied().filter(|&at| net[at] > 0).collect();
        let weight: i64 = open.iter().map(|&at| lines[at].amount).sum();
        let mut shares: Vec<(i64, usize, i64)> = Vec::new();
        for &at in &open {
            let product = excess * lines[at].amount;
            shares.push((-(product % weight), at, product / weight));
        }
        let over = excess - shares.iter().map(|share| share.2).sum::<i64>();
        shares.sort_unstable();
        for share in shares.iter_mut().take(over as usize) {
            share.2 += 1;
        }
        for (_, at, share) in shares {
            let taken = share.min(net[at]);
            net[at] -= taken;
            excess -= taken;
        }
    }
}
