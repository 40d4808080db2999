//! The sample as a reader of its files finds it.

mod files;
mod truth;
mod writing;

use std::collections::HashMap;

use jiff::civil::DateTime;

use super::*;

/// A row by the names of its columns.
type Row<'a> = HashMap<&'a str, &'a str>;

struct Written {
    sessions: String,
    orders: String,
    summary: SampleSummary,
}

fn settings(sessions: u64, streamers: u32, weeks: u32, seed: u64, story: Story) -> SampleSettings {
    SampleSettings { sessions, streamers, weeks, seed, story, ..SampleSettings::default() }
}

fn write(settings: &SampleSettings) -> Written {
    let (mut sessions, mut orders) = (Vec::new(), Vec::new());
    let summary = write_sample(settings, &mut sessions, &mut orders, &mut |_| {}).unwrap();
    Written {
        sessions: String::from_utf8(sessions).unwrap(),
        orders: String::from_utf8(orders).unwrap(),
        summary,
    }
}

/// The rows; every one must have the cells of the header.
fn rows(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &'_ str| line.split(',').count() == header.len();
    assert!(text.ends_with('\n') && text.lines().all(row));
    lines.map(|line| header.iter().copied().zip(line.split(',')).collect()).collect()
}

fn second(text: &str) -> i64 {
    let time: DateTime = text.parse().unwrap();
    time.in_tz("UTC").unwrap().timestamp().as_second()
}

fn cents(text: &str) -> i64 {
    let (yuan, cents) = text.split_once('.').unwrap();
    assert_eq!(cents.len(), 2);
    yuan.parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap()
}

fn is_private(source: &str) -> bool {
    ["follow", "fans_group", "profile", "message", "shop"].contains(&source)
}

/// Orders by id, the last row of each.
fn last_states<'a>(rows: &[Row<'a>]) -> HashMap<&'a str, Row<'a>> {
    rows.iter().map(|row| (row["order_id"], row.clone())).collect()
}

/// FNV-1a.
fn fingerprint(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
