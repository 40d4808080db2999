//! After-sales rows and their orders, by hand.

use super::*;
use crate::input::orders::LineRef;
use crate::journey::settle::tests::{DAY, changed, portion, refunded, row, rules, two_days};
use RefundTiming::{Counts, Late, Undated};

const REFUNDED: u32 = 0;
const OPEN: u32 = 1;
const CLOSED: u32 = 2;
const UNKNOWN: u32 = 3;

fn meanings() -> [RefundMeaning; 4] {
    use RefundMeaning::{Closed, Open, Refunded, Unknown};
    [Refunded, Open, Closed, Unknown("?".to_owned())]
}

/// The refund of an order, all of it or of a line.
fn refund(order: &str, line: &str, amount: i64) -> RefundRow {
    RefundRow::test(order, line, Some(10), amount, REFUNDED)
}

fn with(mut row: RefundRow, status: u32) -> RefundRow {
    row.status = status;
    row
}

fn numbered(mut row: RefundRow, sequence: u64) -> RefundRow {
    row.sequence = sequence;
    row
}

/// What becomes of orders, in the order in which they were given, and what is tallied; with two workers, each of whom has all.
fn apply(
    rules: &Rules,
    within: Option<i64>,
    rows: &[OrderRow],
    refunds: &[RefundRow],
) -> (Vec<Option<(i64, RefundTiming)>>, AfterSalesTally) {
    let (periods, meanings) = (two_days(), meanings());
    let (texts, _) = LineTexts::test([b'a', b'b', b'c']);
    let mut worker = AfterSales::new(rules, &periods, &texts, &meanings, within.map(Seconds));
    let mut sorted: Vec<(usize, OrderRow)> = rows.iter().copied().enumerate().collect();
    sorted.sort_by_key(|(at, row)| (rank(row.order), row.streamer, *at));
    let mut rows: Vec<OrderRow> = sorted.iter().map(|(_, row)| *row).collect();
    let mut refunds = refunds.to_vec();
    worker.part(&mut rows, &mut refunds);
    let mut found = vec![None; rows.len()];
    for ((at, _), row) in sorted.iter().zip(&rows) {
        found[*at] = row.refund().map(|(amount, timing)| (amount.0, timing));
    }
    (found, AfterSales::finish([worker]))
}

fn net() -> Rules {
    rules(Basis::Net)
}

/// Lines a, b and c of an order, of these streamers and amounts.
fn lines<const N: usize>(order: &str, of: [(u32, i64); N]) -> [OrderRow; N] {
    let (_, references) = LineTexts::test([b'a', b'b', b'c']);
    std::array::from_fn(|at| line(order, references[at], of[at]))
}

fn line(order: &str, reference: LineRef, (streamer, amount): (u32, i64)) -> OrderRow {
    changed(row(order, 5, amount), |row| (row.line, row.streamer) = (reference, streamer))
}

#[test]
fn what_is_decided_takes_the_place_of_the_orders_own_refund() {
    let orders = [
        row("1", 5, 100),
        refunded(row("2", 5, 100), 40, Counts),
        refunded(row("3", 5, 100), 40, Counts),
        refunded(row("4", 5, 100), 0, Counts),
        row("5", 5, 100),
        refunded(row("6", 5, 100), 7, Counts),
    ];
    let refunds = [
        refund("1", "", 30),
        with(refund("2", "", 20), OPEN),
        with(refund("3", "", 3), CLOSED),
        refund("4", "", 60),
        with(refund("5", "", 9), UNKNOWN),
        with(refund("5", "", 2), UNKNOWN),
        refund("8", "", 500),
        with(refund("9", "", 500), OPEN),
    ];
    let (found, tally) = apply(&net(), None, &orders, &refunds);
    let counts = |amount| Some((amount, Counts));
    assert_eq!(found, [counts(30), counts(0), counts(0), counts(60), counts(11), counts(7)]);
    assert_eq!((tally.open, tally.closed, tally.skipped), (portion(2, 520), portion(1, 3), portion(0, 0)));
    assert_eq!((tally.applied, tally.no_such_order), (portion(4, 101), portion(1, 500)));
    assert_eq!((tally.replaced, tally.beyond), (portion(2, 80), portion(0, 0)));
    assert_eq!(tally.unknown_statuses["?"], 2);
    let skipping = Rules { unknown_status: UnknownStatus::Skip, ..net() };
    let (found, tally) = apply(&skipping, None, &orders, &refunds);
    assert_eq!((found[4], tally.skipped, tally.unknown_statuses["?"]), (None, portion(2, 11), 2));
}

#[test]
fn rows_stay_as_they_are_where_only_what_was_paid_is_asked() {
    let (orders, refunds) = ([refunded(row("1", 5, 100), 40, Counts)], [refund("1", "", 30)]);
    let of = |rules: &Rules| apply(rules, None, &orders, &refunds);
    let (found, tally) = of(&rules(Basis::Paid));
    assert_eq!(
        (found[0], tally.applied, tally.replaced),
        (Some((40, Counts)), portion(1, 30), portion(0, 0))
    );
    let telling = Rules { tells_refunds: true, ..rules(Basis::Paid) };
    assert_eq!(of(&telling).0, [Some((30, Counts))]);
    assert_eq!(of(&net()).0, [Some((30, Counts))]);
    let (found, _) = apply(&net(), None, &orders, &[refund("2", "", 30)]);
    assert_eq!(found, [Some((40, Counts))]);
    // What exceeds a line is spread where the order is settled, not where nothing was said of it.
    let [a, b] = lines("1", [(0, 50), (0, 100)]);
    let (found, _) = apply(&net(), None, &[refunded(a, 70, Counts), b], &[refund("1", "x", 30)]);
    assert_eq!(found, [Some((70, Counts)), None]);
}

#[test]
fn orders_that_were_never_paid_or_lie_outside_of_the_range() {
    let orders = [
        OrderRow::test("1", "u1", None, 100),
        changed(row("2", 5, 100), |row| row.status = 2),
        row("3", 2 * DAY, 100),
        row("4", 2 * DAY - 1, 100),
        changed(row("5", 5, 100), |row| row.status = 4),
    ];
    let refunds = ["1", "2", "3", "4", "5"].map(|order| refund(order, "", 150));
    let (found, tally) = apply(&net(), None, &orders, &refunds);
    assert_eq!(tally.never_paid, portion(2, 300));
    assert_eq!((tally.out_of_range, tally.applied), (portion(1, 150), portion(2, 300)));
    assert_eq!(tally.beyond, portion(2, 100), "of orders in the range");
    assert_eq!(found[2..], [Some((100, Counts)); 3]);
    let skipping = Rules { unknown_status: UnknownStatus::Skip, ..net() };
    assert_eq!(apply(&skipping, None, &orders, &refunds).1.never_paid, portion(3, 450));
}

#[test]
fn times_say_whether_a_refund_counts() {
    let at = |order, refunded_at, sequence| {
        numbered(RefundRow::test(order, "", refunded_at, 30, REFUNDED), sequence)
    };
    let orders = ["1", "2", "3", "4", "5"].map(|order| row(order, 1_000, 100));
    let refunds = [
        at("1", Some(1_100), 1),
        at("2", Some(1_101), 2),
        at("3", None, 9),
        at("4", Some(999), 4),
        at("5", Some(1_000), 5),
        at("3", None, 7),
    ];
    let (found, tally) = apply(&net(), Some(100), &orders, &refunds);
    let counts = Some((30, Counts));
    assert_eq!(found, [counts, Some((0, Late)), Some((0, Counts)), counts, counts]);
    assert_eq!((tally.late, tally.undated, tally.applied), (portion(1, 30), Some((2, 7)), portion(3, 90)));
    let early = EarlyRefund { refunded_at: Instant(999), paid_at: Instant(1_000), amount: MinorUnits(30) };
    assert_eq!(tally.early, [early]);
    let (found, tally) = apply(&net(), None, &orders, &refunds);
    assert_eq!((found[1], found[2], tally.applied), (counts, Some((60, Counts)), portion(6, 180)));
}

#[test]
fn refunds_of_lines_come_before_those_of_the_order() {
    let of = |refunds: &[RefundRow]| {
        let (found, tally) = apply(&net(), None, &lines("1", [(0, 100), (0, 50)]), refunds);
        (found.into_iter().map(|refund| refund.map(|(amount, _)| amount)).collect::<Vec<_>>(), tally)
    };
    assert_eq!(of(&[refund("1", "b", 20)]).0, [None, Some(20)]);
    // 30 over 100 and what is a line of 50.
    assert_eq!(of(&[refund("1", "b", 20), refund("1", "", 30)]).0, [Some(20), Some(30)]);
    // What exceeds a line is the other's.
    let (found, tally) = of(&[refund("1", "b", 70)]);
    assert_eq!((found, tally.beyond), (vec![Some(20), Some(50)], portion(0, 0)));
    let (found, tally) = of(&[refund("1", "b", 170)]);
    assert_eq!((found, tally.beyond), (vec![Some(100), Some(50)], portion(1, 20)));
    let (found, tally) = of(&[refund("1", "x", 20), with(refund("1", "x", 3), CLOSED)]);
    assert_eq!((found, tally.no_such_order, tally.closed), (vec![None, None], portion(1, 20), portion(1, 3)));
    // Where orders were exported as wholes a line is the order.
    let (found, tally) = apply(&net(), None, &[row("1", 5, 100)], &[refund("1", "x", 20)]);
    assert_eq!((found, tally.applied), (vec![Some((20, Counts))], portion(1, 20)));
}

#[test]
fn an_excess_stays_with_its_streamer() {
    let (found, tally) = apply(&net(), None, &lines("1", [(1, 100), (2, 50)]), &[refund("1", "b", 70)]);
    assert_eq!((found, tally.beyond), (vec![None, Some((50, Counts))], portion(1, 20)));
    // A line is in the range where its streamer's first paid line is; that of the whole is the first of all.
    let mut rows = lines("1", [(1, 100), (2, 50), (2, 30)]);
    rows[1] = changed(OrderRow::test("1", "u1", Some(2 * DAY), 50), |row| {
        (row.line, row.streamer) = (rows[1].line, 2);
    });
    let (_, tally) =
        apply(&net(), None, &rows, &[refund("1", "c", 5), refund("1", "a", 7), refund("1", "", 9)]);
    assert_eq!((tally.out_of_range, tally.applied), (portion(1, 5), portion(2, 16)));
    let unpaid =
        changed(OrderRow::test("1", "u1", None, 50), |row| (row.line, row.streamer) = (rows[1].line, 2));
    let rows = [rows[0], unpaid, rows[2]];
    let (found, tally) = apply(&net(), None, &rows, &[refund("1", "b", 5), refund("1", "c", 2)]);
    assert_eq!((tally.never_paid, tally.applied), (portion(1, 5), portion(1, 2)));
    assert_eq!(found[2], Some((2, Counts)));
}

#[test]
fn own_refunds_of_lines_that_after_sales_do_not_name_stay() {
    let own = |first: Option<(i64, RefundTiming)>, refunds: &[RefundRow]| {
        let [a, b] = lines("1", [(0, 100), (0, 50)]);
        let a = first.map_or(a, |(amount, timing)| refunded(a, amount, timing));
        let (found, tally) = apply(&net(), None, &[a, b], refunds);
        (found[0], tally)
    };
    let other = [refund("1", "b", 5)];
    assert_eq!(own(Some((10, Counts)), &other).0, Some((10, Counts)));
    assert_eq!(own(Some((10, Late)), &other).0, Some((10, Late)));
    assert_eq!(own(Some((10, Undated)), &other).0, Some((10, Undated)));
    // 60 of the other line leave 10 for this one.
    let excess = [refund("1", "b", 60)];
    assert_eq!(own(None, &excess).0, Some((10, Counts)));
    assert_eq!(own(Some((7, Counts)), &excess).0, Some((17, Counts)));
    let (found, tally) = own(Some((7, Late)), &excess);
    assert_eq!(
        (found, tally.late_of_orders, tally.replaced),
        (Some((10, Counts)), portion(1, 7), portion(0, 0))
    );
    assert_eq!(own(Some((7, Undated)), &excess).0, Some((7, Undated)));
    // A late refund of the line itself leaves nothing of its own, and says that it was late.
    let late = RefundRow::test("1", "a", Some(1_000), 9, REFUNDED);
    let [a, b] = lines("1", [(0, 100), (0, 50)]);
    let (found, _) = apply(&net(), Some(100), &[refunded(a, 7, Counts), b], &[late]);
    assert_eq!(found, [Some((0, Late)), None]);
    let both = [late, refund("1", "a", 4)];
    assert_eq!(apply(&net(), Some(100), &[a, b], &both).0, [Some((4, Counts)), None]);
}

#[test]
fn tallies_of_workers_add_up() {
    let of = |orders: &[OrderRow], refunds: &[RefundRow]| apply(&net(), Some(100), orders, refunds).1;
    let early = numbered(RefundRow::test("1", "", Some(1), 200, REFUNDED), 4);
    let undated = |sequence| numbered(RefundRow::test("1", "", None, 3, REFUNDED), sequence);
    let orders = [refunded(row("1", 5, 100), 40, Counts), row("2", 5, 10)];
    let refunds = [
        early,
        with(refund("1", "", 5), UNKNOWN),
        with(refund("1", "", 6), OPEN),
        with(refund("1", "", 7), CLOSED),
        refund("7", "", 8),
        RefundRow::test("2", "", Some(1_000), 2, REFUNDED),
    ];
    let mut first = of(&orders, &[&refunds[..], &[undated(9)]].concat());
    first.merge(of(&orders, &[&refunds[..], &[undated(8), undated(11)]].concat()));
    assert_eq!(
        (first.open, first.closed, first.no_such_order),
        (portion(2, 12), portion(2, 14), portion(2, 16))
    );
    assert_eq!(
        (first.applied, first.beyond, first.replaced),
        (portion(4, 410), portion(2, 210), portion(2, 80))
    );
    assert_eq!((first.late, first.undated), (portion(2, 4), Some((3, 8))));
    assert_eq!((first.early.len(), first.unknown_statuses["?"]), (2, 2));
    let never = [OrderRow::test("1", "u1", None, 5)];
    let outside = [row("1", 3 * DAY, 5)];
    let mut rest = of(&never, &[early]);
    rest.merge(of(&outside, &[RefundRow::test("1", "", Some(3 * DAY), 2, REFUNDED)]));
    let skipping = Rules { unknown_status: UnknownStatus::Skip, ..net() };
    rest.merge(apply(&skipping, None, &orders, &[with(refund("1", "", 5), UNKNOWN)]).1);
    assert_eq!(
        (rest.never_paid, rest.out_of_range, rest.skipped),
        (portion(1, 200), portion(1, 2), portion(1, 5))
    );
}
