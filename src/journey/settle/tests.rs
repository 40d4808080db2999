//! Settling by hand: two days from 1 January 1970, UTC.

use super::*;
use crate::calendar::{Calendar, DateRange, PeriodKind};
use crate::journey::broadcasts::Broadcasts;
use crate::journey::rules::{Attribution, DomainRule, Slicing, Split};
use crate::partition::{PARTS, Parts};
use crate::units::{IdKey, MinorUnits, Portion};
use jiff::civil::{Time, Weekday, date};

pub(in crate::journey) const DAY: i64 = 86_400;

pub(in crate::journey) fn two_days() -> Periods {
    let calendar =
        Calendar { zone: jiff::tz::TimeZone::UTC, day_start: Time::midnight(), week_start: Weekday::Monday };
    let range = DateRange { first: date(1970, 1, 1), last: date(1970, 1, 2) };
    Periods::new(&calendar, PeriodKind::Day, range, range.last, Some(range)).unwrap()
}

pub(in crate::journey) fn rules(basis: Basis) -> Rules {
    let statuses = vec![
        StatusMeaning::NoColumn,
        StatusMeaning::Known(Status::Paid),
        StatusMeaning::Known(Status::Pending),
        StatusMeaning::Known(Status::Refunded),
        StatusMeaning::Unknown("?".to_owned()),
    ];
    Rules {
        basis,
        attribution: Attribution::All,
        domain_rule: DomainRule::AnyPrivate,
        unknown_status: UnknownStatus::Count,
        statuses,
        split: Split::default(),
        history: false,
        tells_refunds: false,
        slicing: Slicing::default(),
        base_of: Vec::new(),
        broadcasts: Broadcasts::default(),
    }
}

fn settle(rules: &Rules, rows: &[OrderRow]) -> Settled {
    let periods = two_days();
    let mut settler = Settler::new(rules, &periods, &Memory::default());
    settler.part(rows);
    Settler::finish(vec![settler])
}

/// The items of all parts: when paid, the amount, the flags; sorted.
fn items(settled: Settled) -> Vec<(i64, i64, u32)> {
    let (parts, mut rows) = (Parts::gather(settled.items).unwrap(), Vec::new());
    (0..PARTS).for_each(|part| parts.read(part, &mut rows).unwrap());
    let mut all: Vec<_> = rows.iter().map(|item| (item.paid_at, item.amount, item.flags)).collect();
    all.sort_unstable();
    all
}

pub(in crate::journey) fn row(order: &str, paid_at: i64, amount: i64) -> OrderRow {
    OrderRow::test(order, "u1", Some(paid_at), amount)
}

pub(in crate::journey) fn changed(mut row: OrderRow, change: impl FnOnce(&mut OrderRow)) -> OrderRow {
    change(&mut row);
    row
}

pub(in crate::journey) fn refunded(row: OrderRow, refund: i64, timing: RefundTiming) -> OrderRow {
    let mut row = row;
    row.replace_refund(MinorUnits(refund), timing);
    row
}

pub(in crate::journey) fn portion(rows: u64, money: i128) -> Portion {
    Portion { rows, money }
}

const FIRST: u32 = OrderItem::FIRST;

#[test]
fn what_an_item_says_of_itself() {
    let item = |flags| OrderItem { flags, ..OrderItem::test(1, 0, 100, false) };
    let said = |flags| {
        let item = item(flags);
        [item.is_live(), item.is_history(), item.is_attributed(), item.is_refund(), item.is_gone()]
    };
    for (at, flag) in [1, 4, 8, 16, 32].into_iter().enumerate() {
        assert_eq!(said(flag), std::array::from_fn(|other| other == at));
        assert_eq!(said(63 - flag), std::array::from_fn(|other| other != at));
    }
    assert_eq!([2, 61, 63].map(|flags| item(flags).whole_orders()), [1, 0, 1]);
    let mut attributed = item(1);
    attributed.attribute();
    attributed.attribute();
    assert_eq!(attributed.flags, 9);
}

#[test]
fn both_adds_counts_and_keeps_the_first() {
    assert_eq!(both(Some((2, 9)), Some((3, 7))), Some((5, 7)));
    assert_eq!(both(Some((2, 9)), None), Some((2, 9)));
    assert_eq!([both(None, Some((3, 7))), both(None, None)], [Some((3, 7)), None]);
}

#[test]
fn statuses_and_times_say_which_orders_count() {
    let status = |row: OrderRow, status| changed(row, |row| row.status = status);
    let rows = [
        row("1", 5, 100),
        status(row("2", 6, 20), 1),
        status(row("3", 7, 3), 2),
        status(OrderRow::test("4", "u1", None, 4), 1),
        status(row("5", 8, 50), 4),
        status(row("6", 9, 60), 4),
        status(row("7", 10, 7), 3),
        status(row("8", 11, 8), 99),
    ];
    let mut rules = rules(Basis::Paid);
    let found = settle(&rules, &rows);
    let tally = &found.tally;
    assert_eq!((tally.never_paid, tally.skipped), (portion(2, 7), portion(0, 0)));
    assert_eq!((tally.counted, tally.orders, tally.refunds), (portion(6, 245), 6, 0));
    assert_eq!(tally.unknown_statuses.iter().collect::<Vec<_>>(), [(&"?".to_owned(), &2)]);
    assert_eq!(tally.refunded_without_amount, None, "of what was paid, refunds are not asked");
    let expected = [(5, 100), (6, 20), (8, 50), (9, 60), (10, 7), (11, 8)];
    assert_eq!(items(found), expected.map(|(paid_at, amount)| (paid_at, amount, FIRST)));
    rules.unknown_status = UnknownStatus::Skip;
    let found = settle(&rules, &rows);
    assert_eq!((found.tally.skipped, found.tally.counted), (portion(2, 110), portion(4, 135)));
    assert_eq!(found.tally.unknown_statuses["?"], 2);
}

#[test]
fn orders_outside_of_the_range_count_for_history_alone() {
    let mut rules = rules(Basis::Paid);
    let nobody = |row: OrderRow| changed(row, |row| row.buyer = IdKey::NOBODY);
    let rows = [
        row("1", -1, 1),
        row("2", 0, 20),
        row("3", 2 * DAY - 1, 300),
        row("4", 2 * DAY, 4_000),
        nobody(row("5", -1, 50_000)),
        row("6", 3 * DAY, 600_000),
    ];
    let found = settle(&rules, &rows);
    assert_eq!((found.tally.out_of_range, found.tally.counted), (portion(4, 654_001), portion(2, 320)));
    assert_eq!(items(found), [(0, 20, FIRST), (2 * DAY - 1, 300, FIRST)]);
    rules.history = true;
    let history = FIRST | OrderItem::HISTORY;
    let with_history = [(-1, 1, history), (0, 20, FIRST), (2 * DAY - 1, 300, FIRST)];
    assert_eq!(items(settle(&rules, &rows)), with_history);
}

#[test]
fn nobodys_orders_are_sums_by_streamer_period_and_slice() {
    let nobody = |order, paid_at, amount, streamer| {
        let row = OrderRow::test(order, "", Some(paid_at), amount);
        changed(row, |row| row.streamer = streamer)
    };
    let rows = [
        nobody("1", 0, 5, 1),
        nobody("2", 9, 60, 1),
        nobody("3", DAY, 700, 1),
        nobody("4", 0, 8_000, NO_STREAMER),
        changed(row("5", 0, 90_000), |row| row.streamer = NO_STREAMER),
    ];
    let rules = rules(Basis::Paid);
    let periods = two_days();
    let workers = [0, 1].map(|_| {
        let mut settler = Settler::new(&rules, &periods, &Memory::default());
        settler.part(&rows);
        settler
    });
    let found = Settler::finish(workers.into_iter().collect());
    let of = |streamer, period| found.nobody[&(streamer, period, Slice::default())];
    let bought =
        |off_live_orders, off_live_gmv| Bought { off_live_orders, off_live_gmv, ..Bought::default() };
    assert_eq!((of(1, 0), of(1, 1)), (bought(4, 130), bought(2, 1_400)));
    assert_eq!((of(NO_STREAMER, 0), found.nobody.len()), (bought(2, 16_000), 3));
    let tally = &found.tally;
    assert_eq!((tally.without_buyer, tally.without_streamer), (portion(8, 17_530), portion(4, 196_000)));
    assert_eq!((tally.counted, tally.orders), (portion(10, 197_530), 10));
    assert_eq!(items(found), [(0, 90_000, FIRST), (0, 90_000, FIRST)]);
}

#[test]
fn lines_of_an_order_are_one_order_in_several_slices() {
    let mut rules = rules(Basis::Paid);
    rules.slicing.dimensions = true;
    let line = |amount, dimensions| {
        changed(row("1", 5, amount).carried_by(Carrier::Live), |row| row.dimensions = dimensions)
    };
    let other = changed(row("1", 6, 9).carried_by(Carrier::Card), |row| row.streamer = 2);
    let found = settle(&rules, &[line(100, 1), line(20, 2), line(3, 1), other]);
    let room = OrderItem::LIVE;
    assert_eq!((found.tally.counted, found.tally.orders), (portion(4, 132), 2));
    assert_eq!(items(found), [(5, 20, room), (5, 103, room | FIRST), (6, 9, FIRST)]);
    let most = i64::MAX / 2 + 1;
    let found = settle(&rules, &[line(most, 1), line(most, 2), other]);
    assert!(found.tally.overflow.is_some() && items(found) == [(6, 9, FIRST)]);
    assert_eq!(settle(&rules, &[line(most, 1), line(most - 1, 2)]).tally.overflow, None);
}

#[test]
fn refunds_are_subtracted_of_net_money() {
    use RefundTiming::{Counts, Late, Undated};
    let of_order = |order, amount, refund, timing| refunded(row(order, 5, amount), refund, timing);
    let mut sequenced = of_order("4", 400, 40, Undated);
    sequenced.sequence = 77;
    let rows = [
        of_order("1", 100, 30, Counts),
        of_order("2", 200, 200, Counts),
        of_order("3", 300, 300, Late),
        sequenced,
        // 150 on a line of 100, of which the excess is the other line's; a line for nothing stays with it.
        of_order("5", 100, 150, Counts),
        of_order("5", 200, 0, Counts),
        row("5", 5, 0),
        row("6", 5, 0),
        of_order("7", 10, 0, Late),
        // Nothing is left of it, so that the line for nothing goes too.
        of_order("8", 90, 90, Counts),
        row("8", 5, 0),
    ];
    let found = settle(&rules(Basis::Net), &rows);
    let tally = &found.tally;
    assert_eq!((tally.counted, tally.orders), (portion(7, 890), 6));
    assert_eq!((tally.refunded, tally.refunds), (portion(4, 390), 120));
    assert_eq!((tally.late_refunds, tally.undated_refunds), (portion(1, 300), Some((1, 77))));
    let expected = [0, 10, 70, 150, 300, 360].map(|amount| (5, amount, FIRST));
    assert_eq!(items(found), expected);
}

#[test]
fn a_status_that_says_refunded_needs_an_amount() {
    let of = |amount, refund: Option<(i64, RefundTiming)>, status, sequence| {
        let row = row(&format!("{sequence}"), 5, amount);
        let row = changed(row, |row| (row.status, row.sequence) = (status, sequence));
        refund.map_or(row, |(refund, timing)| refunded(row, refund, timing))
    };
    let rows = [
        of(100, None, 3, 14),
        of(100, Some((0, RefundTiming::Counts)), 3, 12),
        of(100, Some((1, RefundTiming::Counts)), 3, 2),
        of(100, Some((100, RefundTiming::Late)), 3, 3),
        of(0, None, 3, 4),
        of(100, None, 1, 5),
    ];
    let found = settle(&rules(Basis::Net), &rows);
    assert_eq!(found.tally.refunded_without_amount, Some((2, 12)));
    let rules = rules(Basis::Net);
    let periods = two_days();
    let workers = [0, 1].map(|at| {
        let mut settler = Settler::new(&rules, &periods, &Memory::default());
        settler.part(&rows[at..]);
        settler
    });
    let both = Settler::finish(workers.into_iter().collect()).tally;
    assert_eq!((both.refunded_without_amount, both.late_refunds), (Some((3, 12)), portion(2, 200)));
    assert_eq!((both.refunds, both.orders, both.counted), (2, 11, portion(11, 898)));
}

#[test]
fn what_was_refunded_is_told_beside_the_orders() {
    use RefundTiming::{Counts, Late, Undated};
    let mut rules = rules(Basis::Paid);
    (rules.tells_refunds, rules.slicing.dimensions) = (true, true);
    let line = |order, amount, refund, timing, dimensions| {
        let row = refunded(row(order, 5, amount), refund, timing);
        changed(row.carried_by(Carrier::Live), |row| row.dimensions = dimensions)
    };
    let (room, refund, gone) = (OrderItem::LIVE, OrderItem::REFUND, OrderItem::GONE);
    let of = |rules: &Rules, rows: &[OrderRow]| items(settle(rules, rows));
    let partly = [line("1", 100, 30, Counts, 1), line("1", 50, 0, Counts, 2)];
    let left = [(5, 50, room), (5, 100, room | FIRST)];
    assert_eq!(of(&rules, &partly), [&[(5, 30, room | refund)], &left[..]].concat());
    // Lines of one slice are one refund; late ones are none.
    let same = [line("1", 100, 30, Undated, 1), line("1", 50, 7, Counts, 1), line("1", 9, 9, Late, 3)];
    let expected = [(5, 9, room), (5, 37, room | refund), (5, 150, room | FIRST)];
    assert_eq!(of(&rules, &same), expected);
    assert_eq!(of(&rules, &[line("1", 100, 30, Late, 1)]), [(5, 100, room | FIRST)]);
    rules.basis = Basis::Net;
    let all = [line("1", 100, 100, Counts, 1), line("1", 0, 0, Counts, 2)];
    assert_eq!(of(&rules, &all), [(5, 0, room | refund | gone), (5, 100, room | refund | gone)]);
    let whole_line = [line("1", 100, 100, Counts, 1), line("1", 50, 10, Counts, 2)];
    let expected = [(5, 10, room | refund), (5, 40, room | FIRST), (5, 100, room | refund | gone)];
    assert_eq!(of(&rules, &whole_line), expected);
    let nobody = changed(partly[0], |row| row.buyer = IdKey::NOBODY);
    assert_eq!(of(&rules, &[nobody]), []);
    // Before the range it is history, where that is asked; after it nothing.
    let at = |paid_at| refunded(row("1", paid_at, 100), 30, Counts);
    assert_eq!(of(&rules, &[at(-1)]), []);
    assert_eq!(of(&rules, &[at(2 * DAY)]), []);
    rules.history = true;
    let history = OrderItem::HISTORY;
    assert_eq!(of(&rules, &[at(-1)]), [(-1, 30, refund | history), (-1, 70, FIRST | history)]);
    assert_eq!(of(&rules, &[at(2 * DAY)]), []);
}

#[test]
fn a_line_in_the_middle_may_leave_its_order() {
    let line = |amount, refund| refunded(row("1", 5, amount), refund, RefundTiming::Counts);
    let found = settle(&rules(Basis::Net), &[line(50, 0), line(30, 30), line(20, 5)]);
    assert_eq!((found.tally.refunded, found.tally.refunds), (portion(1, 30), 5));
    assert_eq!((found.tally.counted, items(found)), (portion(2, 65), vec![(5, 65, FIRST)]));
}

#[test]
fn broadcasts_of_counted_orders_are_seen_where_somebody_streamed() {
    let mut rules = rules(Basis::Paid);
    rules.broadcasts = Broadcasts::new(3, vec![1], vec![(7, Some(0))]);
    let seen = |streamer, paid_at| {
        let row = changed(row("1", paid_at, 5), |row| row.streamer = streamer);
        settle(&rules, &[row]).seen.pairs.into_iter().collect::<Vec<_>>()
    };
    assert_eq!((seen(1, 5), seen(1, DAY)), (vec![(0, 0)], vec![(0, 1)]));
    assert_eq!((seen(NO_STREAMER, 5), seen(1, 2 * DAY)), (vec![], vec![]));
}

#[test]
fn rows_of_a_store_that_were_not_read_are_tallied() {
    let mut tally = SettleTally { never_paid: portion(1, 5), ..SettleTally::default() };
    let left_out = crate::input::store::pruning::PrunedOrders {
        never_paid: portion(2, 30),
        out_of_range: portion(4, 600),
        ..Default::default()
    };
    tally.add_left_out(&left_out);
    assert_eq!((tally.never_paid, tally.out_of_range), (portion(3, 35), portion(4, 600)));
}
