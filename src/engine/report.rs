//! The report of a run on this machine: where the rows went, and what deserves a word.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use super::exports::{Inputs, LocalSettings};
use super::reconciliation::{FileReport, OrderReconciliation, RunReport, SessionReconciliation};
use crate::input::binding::Overridden;
use crate::input::duplicates::DistinctTally;
use crate::input::feed::FileContext;
use crate::input::orders::{NONE, Orders};
use crate::input::profile::Profile;
use crate::input::read::{Columns, Files};
use crate::input::sessions::{SessionTally, Sessions};
use crate::journey::accumulate::Walked;
use crate::journey::rules::UnknownStatus;
use crate::journey::settle::{NobodysOrders, SettleTally};
use crate::units::Portion;

/// The report of a finished run. By itself, so that tests/instructions.py can count it.
#[inline(never)]
pub fn report(
    inputs: &Inputs,
    settings: &LocalSettings,
    distinct: &DistinctTally,
    settled: &SettleTally,
    walked: &Walked,
    nobody: &NobodysOrders,
) -> RunReport {
    let mut report = RunReport {
        order_files: files(&inputs.orders.files, |columns| {
            (columns.profile(), Some(columns.amount_definition()))
        }),
        session_files: inputs
            .sessions
            .as_ref()
            .map(|sessions| files(&sessions.files, |columns| (columns.profile(), None)))
            .unwrap_or_default(),
        refund_files: inputs
            .refunds
            .as_ref()
            .map(|refunds| {
                files(&refunds.files, |columns| (columns.profile(), Some(columns.amount_definition())))
            })
            .unwrap_or_default(),
        orders: orders(&inputs.orders, distinct, settled, walked, nobody),
        sessions: inputs.sessions.as_ref().map(|sessions| self::sessions(sessions, walked)),
        ..RunReport::default()
    };
    let sessions = inputs.sessions.iter().flat_map(|sessions| sessions.files.without_rows());
    let refunds = inputs.refunds.iter().flat_map(|refunds| refunds.files.without_rows());
    for name in inputs.orders.files.without_rows().chain(sessions).chain(refunds) {
        report.warnings.push(format!("{name}: no rows, only a header"));
    }
    if let Some(sessions) = &inputs.sessions {
        session_remarks(&mut report, inputs, &sessions.tally, walked);
    }
    constant_remarks(&mut report, inputs);
    order_remarks(&mut report, settings, settled);
    amount_remarks(&mut report, inputs, distinct);
    store_remarks(&mut report, inputs, settings);
    unlisted(&mut report, inputs, settings);
    broadcast_remarks(&mut report, inputs, settings, walked);
    report
}

pub(super) fn files<C: Columns>(
    files: &Files<C>,
    about: impl Fn(&C) -> (&Profile, Option<&str>),
) -> Vec<FileReport> {
    let report = |file: &Arc<FileContext<C>>| {
        let (profile, amount) = about(&file.columns);
        FileReport {
            name: file.name.clone(),
            form: file.form.clone(),
            profile: profile.name.clone(),
            amount: amount.map(str::to_owned),
        }
    };
    files.files.iter().map(report).collect()
}

fn orders(
    orders: &Orders,
    distinct: &DistinctTally,
    settled: &SettleTally,
    walked: &Walked,
    nobody: &NobodysOrders,
) -> OrderReconciliation {
    let total = &walked.total.1;
    let portion = |rows: u64, money: i128| Portion { rows, money };
    let nobodys: i128 = nobody.values().map(|bought| bought.off_live_gmv).sum();
    OrderReconciliation {
        read: portion(orders.tally.rows, orders.tally.money + orders.rejects.money),
        structural: portion(orders.tally.structural, 0),
        rejected: portion(orders.rejects.count, orders.rejects.money),
        superseded: portion(distinct.superseded, distinct.money),
        repeated: distinct.repeated.money,
        never_paid: settled.never_paid,
        skipped: settled.skipped,
        refunded: settled.refunded,
        out_of_range: settled.out_of_range,
        refunds: settled.refunds,
        counted: settled.counted,
        attributed: portion(total.orders as u64, total.gmv),
        off_live: portion(
            total.off_live_orders as u64 + settled.without_buyer.rows,
            total.off_live_gmv + nobodys,
        ),
        orders: settled.orders,
        without_buyer: settled.without_buyer,
        without_streamer: settled.without_streamer,
    }
}

fn sessions(sessions: &Sessions, walked: &Walked) -> SessionReconciliation {
    let tally = &sessions.tally;
    let known = tally.rows - tally.structural - sessions.rejects.count - tally.guests;
    let in_range = walked.tally.sessions_in_range as u64;
    let watch = i128::from(walked.total.0.watch);
    SessionReconciliation {
        read: tally.rows,
        structural: tally.structural,
        rejected: sessions.rejects.count,
        out_of_range: known - in_range,
        guests: tally.guests,
        counted: in_range,
        seconds: tally.seconds,
        guest_seconds: tally.guest_seconds,
        out_of_range_seconds: tally.seconds - tally.guest_seconds - walked.tally.seconds_in_range,
        overlap_seconds: walked.tally.seconds_in_range - watch,
        watch_seconds: watch,
    }
}

fn session_remarks(report: &mut RunReport, inputs: &Inputs, tally: &SessionTally, walked: &Walked) {
    if tally.capped > 0 {
        report.facts.push(format!("sessions longer than --max-session, capped: {}", tally.capped));
    }
    if tally.without_duration > 0 {
        report
            .facts
            .push(format!("sessions without a duration, counted as 0 seconds: {}", tally.without_duration));
    }
    if !inputs.has_sources() {
        report
            .facts
            .push("the sessions have no source column: private, public and paid UV are not known".to_owned());
        return;
    }
    let files = inputs.sessions.iter().flat_map(|sessions| &sessions.files.files);
    for file in files.filter(|file| !file.columns.has_source()) {
        report
            .warnings
            .push(format!("{}: no source column; all of its sessions count as organic", file.name));
    }
    if !tally.unknown_sources.is_empty() {
        let words = counted(tally.unknown_sources.iter());
        report.warnings.push(format!("sources that no profile maps count as organic: {words}"));
    }
    let both = walked.tally.both_domains;
    if both > 0 {
        report.facts.push(format!("viewers (of a group in a period) seen in both domains: {both}"));
    }
}

/// Columns that `--set` replaced: it speaks of all files, and may have been meant for those that lack the column.
fn constant_remarks(report: &mut RunReport, inputs: &Inputs) {
    let orders = inputs.orders.files.files.iter().map(|file| (&file.name, file.columns.overridden()));
    let sessions = inputs.sessions.iter().flat_map(|sessions| &sessions.files.files);
    let sessions = sessions.map(|file| (&file.name, file.columns.overridden()));
    for (name, overridden) in orders.chain(sessions) {
        for Overridden { field, columns } in overridden {
            report.warnings.push(format!(
                "{name}: --set {field} replaces what the file has in its column {columns}, in every row; where it is meant for other \
                 files, `gmv ingest` each kind apart and give --store"
            ));
        }
    }
}

fn order_remarks(report: &mut RunReport, settings: &LocalSettings, settled: &SettleTally) {
    if !settled.unknown_statuses.is_empty() {
        let done =
            if settings.unknown_status == UnknownStatus::Count { "counted as paid" } else { "skipped" };
        let words = counted(settled.unknown_statuses.iter());
        report.warnings.push(format!("statuses that no profile maps were {done}: {words}"));
    }
}

fn amount_remarks(report: &mut RunReport, inputs: &Inputs, distinct: &DistinctTally) {
    let repeated = &distinct.repeated;
    if repeated.differing > 0 {
        let count = repeated.differing;
        report.warnings.push(format!(
            "orders whose lines give different amounts of the order; the latest row's was taken: {count}"
        ));
    }
    if repeated.without_amount > 0 {
        let count = repeated.without_amount;
        report.warnings.push(format!("paid orders without an amount on any line, counted as 0: {count}"));
    }
    for file in inputs.orders.files.files.iter().filter(|file| file.columns.rows_are_orders()) {
        report.warnings.push(format!(
            "{}: no order ids; every row is an order, and one that is exported twice counts twice",
            file.name
        ));
    }
}

/// What a store knows beside its rows.
fn store_remarks(report: &mut RunReport, inputs: &Inputs, settings: &LocalSettings) {
    let sources = settings.orders.iter().chain(settings.sessions.iter().flatten());
    let rejected: u64 =
        sources.filter_map(|source| source.stored.as_ref()).map(|stored| stored.about.rows.rejected).sum();
    if rejected > 0 {
        report
            .facts
            .push(format!("rows rejected when their exports were ingested, not in the store: {rejected}"));
    }
    let skipped = inputs.orders.left_out.all.rows;
    if skipped > 0 {
        report
            .facts
            .push(format!("orders not read, since none of them can count on the dates asked for: {skipped}"));
    }
    let skipped = inputs.sessions.as_ref().map_or(0, |sessions| sessions.skipped);
    if skipped > 0 {
        report
            .facts
            .push(format!("sessions not read, since none of them can touch the dates asked for: {skipped}"));
    }
}

fn unlisted(report: &mut RunReport, inputs: &Inputs, settings: &LocalSettings) {
    if settings.streamers.attributes.is_empty() {
        return;
    }
    let named = inputs.streamers.iter().filter(|id| &***id != NONE);
    let missing: Vec<&str> = named.filter(|id| !settings.streamers.lists(id)).map(|id| &**id).collect();
    if let Some(first) = missing.iter().min() {
        let count = missing.len();
        report.warnings.push(format!(
            "streamers of the exports that are not in --streamers, with attributes {NONE}: {count} (such as {first:?})"
        ));
    }
}

fn broadcast_remarks(report: &mut RunReport, inputs: &Inputs, settings: &LocalSettings, walked: &Walked) {
    let broadcasts = &inputs.broadcasts;
    if let Some(listed) = &broadcasts.listed {
        report.facts.push(format!("broadcasts in --lives: {}", listed.len()));
    }
    if let Some((count, first)) = broadcasts.unlisted(&walked.seen) {
        report.warnings.push(format!(
            "broadcasts of the exports that are not in --lives, counted without hours: {count} (such as {first:?})"
        ));
    }
    let plain = settings.grouping.has_live() && !settings.grouping.has_streamer();
    if plain && let Some((count, first)) = broadcasts.shared(&walked.seen) {
        report.warnings.push(format!(
            "live_ids that several streamers share, one row each: {count} (such as {first:?}); --by streamer,live divides them"
        ));
    }
}

/// Words with their counts, the commonest first, of which the first few are named, and none in full that is longer than any word.
pub(super) fn counted<'a>(words: impl Iterator<Item = (&'a String, &'a u64)>) -> String {
    const SHOWN: usize = 10;
    let mut words: Vec<(&String, &u64)> = words.collect();
    words.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let mut text = String::new();
    for (at, (word, count)) in words.iter().take(SHOWN).enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{:?} ({count})", shortened(word));
    }
    if words.len() > SHOWN {
        let _ = write!(text, " and {} more", words.len() - SHOWN);
    }
    text
}

/// The start of a word that a person can read.
fn shortened(word: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    match word.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", word.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(word),
    }
}
