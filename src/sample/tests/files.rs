//! What the files hold, row by row.

use std::collections::{HashMap, HashSet};

use super::*;

/// Six weeks.
fn written() -> Written {
    write(&settings(40_000, 20, 6, 5, Story::LastWeek))
}

/// Its first second, and the one after its last.
fn dates() -> (i64, i64) {
    (second("2026-10-05T00:00:00"), second("2026-11-16T00:00:00"))
}

#[test]
fn every_session_is_legal() {
    let written = written();
    let (first, end) = dates();
    let sources = "follow fans_group profile message shop recommend search other paid";
    let mut session_ids = HashSet::new();
    for row in rows(&written.sessions) {
        assert!(session_ids.insert(row["session_id"].to_owned()));
        assert!(row["viewer_id"].is_empty() || row["viewer_id"].starts_with('u'));
        assert!(row["streamer_id"].starts_with('s') && row["live_id"].starts_with('L'));
        assert!(sources.split(' ').any(|word| word == row["source"]));
        let entered = second(row["entered_at"]);
        assert!((first..end).contains(&entered));
        if !row["left_at"].is_empty() {
            assert!((entered..entered + 86_400).contains(&second(row["left_at"])));
        }
    }
}

#[test]
fn every_order_is_legal() {
    let written = written();
    let (first, end) = dates();
    let mut money = 0;
    let order_rows = rows(&written.orders);
    for row in &order_rows {
        let id: u64 = row["order_id"].parse().unwrap();
        assert!(row["order_id"].len() == 19 && id > 1 << 53);
        let (amount, refund) = (cents(row["amount"]), cents(row["refund_amount"]));
        assert!(refund <= amount);
        let status = row["status"];
        assert_eq!(["pending", "cancelled"].contains(&status), row["paid_at"].is_empty());
        match status {
            "refunded" => assert!(refund > 0),
            "closed_paid" => assert!(refund == amount && amount > 0),
            "paid" | "shipped" | "completed" | "pending" | "cancelled" => assert_eq!(refund, 0),
            other => panic!("status {other}"),
        }
        if !row["paid_at"].is_empty() {
            assert!((first..end).contains(&second(row["paid_at"])));
        }
        assert!((1..=6).contains(&row["quantity"].parse::<u8>().unwrap()));
        assert!(["live", "video", "card"].contains(&row["carrier"]));
        assert_eq!(row["carrier"] == "live", row["live_id"].starts_with('L'));
        money += amount;
    }
    let value = money / order_rows.len() as i64;
    assert!((3_000..30_000).contains(&value), "{value}");
    let words = |column: &str| order_rows.iter().map(|row| row[column]).collect::<HashSet<_>>().len();
    assert_eq!((words("status"), words("category"), words("carrier")), (7, 7, 3));
}

#[test]
fn every_promised_oddity_of_sessions_is_there_and_counted() {
    let written = written();
    let odd = written.summary.oddities;
    let sessions = rows(&written.sessions);
    let count = |test: &dyn Fn(&Row<'_>) -> bool| sessions.iter().filter(|row| test(row)).count() as u64;
    assert_eq!(odd.guest_sessions, count(&|row| row["viewer_id"].is_empty()));
    assert_eq!(odd.sessions_without_end, count(&|row| row["left_at"].is_empty()));
    let is_bounce = |row: &Row<'_>| row["left_at"].is_empty() || row["left_at"] == row["entered_at"];
    assert_eq!(odd.bounces, count(&is_bounce));
    let crosses =
        |row: &Row<'_>| !row["left_at"].is_empty() && row["left_at"][..10] != row["entered_at"][..10];
    assert_eq!(odd.sessions_over_midnight, count(&crosses));
    assert!(odd.guest_sessions > 500 && odd.sessions_without_end > 500 && odd.bounces > 1_000);
    assert!(odd.second_devices > 100 && odd.sessions_over_midnight > 100);
}

#[test]
fn every_promised_oddity_of_orders_is_there_and_counted() {
    let written = written();
    let odd = written.summary.oddities;
    let all = rows(&written.orders);
    let last = last_states(&all);
    assert_eq!(odd.repeated_orders, (all.len() - last.len()) as u64);
    let count = |test: &dyn Fn(&Row<'_>) -> bool| last.values().filter(|row| test(row)).count() as u64;
    assert_eq!(odd.unpaid_orders, count(&|row| row["paid_at"].is_empty()));
    let is_masked = |row: &Row<'_>| row["buyer_id"] == "匿名" || row["buyer_id"].ends_with("**");
    assert_eq!(odd.masked_orders, count(&is_masked));
    assert_eq!(odd.shelf_orders, count(&|row| row["streamer_id"].is_empty()));
    assert_eq!(odd.gifts, count(&|row| row["amount"] == "0.00"));
    assert_eq!(odd.refunded_orders, count(&|row| row["refund_amount"] != "0.00"));
    let partly = |row: &Row<'_>| row["refund_amount"] != "0.00" && row["refund_amount"] != row["amount"];
    assert!(count(&partly) > 20);
    assert!(odd.repeated_orders > 10 && odd.gifts > 10 && odd.unpaid_orders > 100);
    assert!(odd.shelf_orders > 50 && odd.masked_orders > 20 && odd.refunded_orders > 300);
    let changed = all.iter().filter(|row| last[row["order_id"]]["status"] != row["status"]).count();
    assert!(changed > 5, "{changed}");
}

#[test]
fn second_devices_overlap_and_cross_watching_exists() {
    let written = written();
    let mut by_viewer: HashMap<&str, Vec<Row<'_>>> = HashMap::new();
    for row in rows(&written.sessions) {
        by_viewer.entry(row["viewer_id"]).or_default().push(row);
    }
    by_viewer.remove("");
    let mut overlaps = 0;
    for visits in by_viewer.values() {
        for (place, a) in visits.iter().enumerate() {
            overlaps += (visits[place + 1..].iter())
                .filter(|b| a["live_id"] == b["live_id"])
                .filter(|b| a["entered_at"] < b["left_at"] && b["entered_at"] < a["left_at"])
                .count() as u64;
        }
    }
    assert!(overlaps >= written.summary.oddities.second_devices, "{overlaps}");
    let streamers =
        |visits: &Vec<Row<'_>>| visits.iter().map(|row| row["streamer_id"]).collect::<HashSet<_>>().len();
    let several = by_viewer.values().filter(|visits| streamers(visits) > 1).count();
    assert!(several * 5 > by_viewer.len(), "{several} of {}", by_viewer.len());
}

#[test]
fn most_orders_lie_within_or_shortly_after_a_session_of_their_buyer() {
    let written = written();
    let mut visits: HashMap<(&str, &str), Vec<(i64, i64)>> = HashMap::new();
    let mut viewers = HashSet::new();
    for row in rows(&written.sessions) {
        let entered = second(row["entered_at"]);
        let left = if row["left_at"].is_empty() { entered } else { second(row["left_at"]) };
        visits.entry((row["viewer_id"], row["streamer_id"])).or_default().push((entered, left));
        viewers.insert(row["viewer_id"]);
    }
    let all = rows(&written.orders);
    let (mut paid, mut never_watched, mut watching, mut shortly) = (0, 0, 0, 0);
    for row in last_states(&all).values().filter(|row| !row["paid_at"].is_empty()) {
        paid += 1;
        never_watched += i32::from(row["buyer_id"].starts_with('u') && !viewers.contains(row["buyer_id"]));
        let at = second(row["paid_at"]);
        let of_buyer = visits.get(&(row["buyer_id"], row["streamer_id"]));
        let within = |slack: i64| {
            of_buyer.is_some_and(|all| all.iter().any(|&(from, to)| (from..=to + slack).contains(&at)))
        };
        watching += i32::from(within(0));
        shortly += i32::from(within(15 * 60));
    }
    let share = |count: i32| f64::from(count) / f64::from(paid);
    assert!((0.72..0.90).contains(&share(watching)), "{}", share(watching));
    assert!((0.83..0.95).contains(&share(shortly)), "{}", share(shortly));
    assert!((0.01..0.06).contains(&share(never_watched)), "{}", share(never_watched));
}
