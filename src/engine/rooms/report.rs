//! The report of a run on rooms: where the rows and the money went, what is not known, and what deserves a word.

use super::{RoomInputs, RoomSettings, Standing, end};
use crate::calendar::Periods;
use crate::engine::aggregate::SideColumns;
use crate::engine::reconciliation::FileReport;
use crate::input::rooms::Field;
use crate::journey::rules::Basis;
use crate::sums::Sums;
use crate::units::Portion;

/// What became of the rows of broadcasts, with their money as paid.
#[derive(Debug, Clone, Default)]
pub struct RoomReconciliation {
    /// Rows read, and the money that could be read in them.
    pub read: Portion,
    /// Repeated headers and blank rows.
    pub structural: Portion,
    /// Rows that sum up others.
    pub summaries: Portion,
    /// Rejected.
    pub rejected: Portion,
    /// Replaced by a later row.
    pub superseded: Portion,
    /// Begun outside of the range.
    pub out_of_range: Portion,
    /// Counted.
    pub counted: Portion,
    /// Of the counted, under net: those whose money after refunds is known, with that money; `None` under paid.
    pub net: Option<Portion>,
    /// The money of all groups of the result; `None` where one of them does not know it.
    pub grouped: Option<i128>,
}

impl RoomReconciliation {
    /// Whether rows and money add up.
    #[must_use]
    pub fn closes(&self) -> bool {
        let parts = [
            self.structural,
            self.summaries,
            self.rejected,
            self.superseded,
            self.out_of_range,
            self.counted,
        ];
        parts.iter().map(|part| part.rows).sum::<u64>() == self.read.rows
            && parts.iter().map(|part| part.money).sum::<i128>() == self.read.money
            && self.grouped.is_none_or(|grouped| grouped == self.net.unwrap_or(self.counted).money)
    }
}

/// Everything that a person should know of a run on rooms besides its result.
#[derive(Debug, Clone, Default)]
pub struct RoomReport {
    /// The files, in their order.
    pub files: Vec<FileReport>,
    /// The broadcasts.
    pub rooms: RoomReconciliation,
    /// What deserves attention, in sentences.
    pub warnings: Vec<String>,
    /// What is good to know, in sentences.
    pub facts: Vec<String>,
}

pub fn report(
    inputs: &RoomInputs,
    settings: &RoomSettings,
    periods: &Periods,
    counted: &[&Standing<'_>],
    outside: &[&Standing<'_>],
) -> RoomReport {
    let net = settings.basis == Basis::Net;
    let rooms = &inputs.rooms;
    let mut report = RoomReport {
        files: crate::engine::report::files(&rooms.files, |columns| {
            (columns.profile(), Some(columns.amount_definition(net)))
        }),
        rooms: reconciliation(inputs, settings, counted, outside),
        ..RoomReport::default()
    };
    for name in rooms.files.without_rows() {
        report.warnings.push(format!("{name}: no rows, only a header"));
    }
    not_known(&mut report, inputs.side(), counted);
    if net {
        net_remarks(&mut report, counted);
    }
    reading_remarks(&mut report, inputs, counted);
    let long = counted.iter().filter(|standing| runs_over(standing, periods)).count();
    if long > 0 {
        report.facts.push(format!(
            "broadcasts that ran past the end of their period, counted whole in the one in which they began: {long}"
        ));
    }
    unlisted(&mut report, inputs, settings);
    report
}

pub fn reconciliation(
    inputs: &RoomInputs,
    settings: &RoomSettings,
    counted: &[&Standing<'_>],
    outside: &[&Standing<'_>],
) -> RoomReconciliation {
    let rooms = &inputs.rooms;
    let tally = &rooms.tally;
    let portion = |rows: u64, money: i128| Portion { rows, money };
    let paid = |standing: &[&Standing<'_>]| {
        let money = standing.iter().filter_map(|standing| standing.row.figures.gmv);
        portion(standing.len() as u64, money.map(|gmv| i128::from(gmv.0)).sum())
    };
    let (kept, left) = (paid(counted), paid(outside));
    let net = || {
        let money: Vec<i128> = counted.iter().filter_map(|standing| standing.sums.gmv).collect();
        portion(money.len() as u64, money.iter().sum())
    };
    RoomReconciliation {
        read: portion(tally.rows, tally.money + tally.summary_money + rooms.rejects.money),
        structural: portion(tally.structural, 0),
        summaries: portion(tally.summaries, tally.summary_money),
        rejected: portion(rooms.rejects.count, rooms.rejects.money),
        superseded: superseded(inputs, counted, outside),
        out_of_range: left,
        counted: kept,
        net: (settings.basis == Basis::Net).then(net),
        grouped: None,
    }
}

/// The accepted rows that do not stand, found by their places.
fn superseded(inputs: &RoomInputs, counted: &[&Standing<'_>], outside: &[&Standing<'_>]) -> Portion {
    let standing: std::collections::BTreeSet<_> =
        counted.iter().chain(outside).map(|standing| standing.row.place).collect();
    let gone = inputs.rooms.rows.iter().filter(|row| !standing.contains(&row.place));
    gone.fold(Portion::default(), |sum, row| Portion {
        rows: sum.rows + 1,
        money: sum.money + row.figures.gmv.map_or(0, |gmv| i128::from(gmv.0)),
    })
}

/// Says which sums are not known, and of how many broadcasts: their groups are null.
fn not_known(report: &mut RoomReport, side: SideColumns, counted: &[&Standing<'_>]) {
    type Known = fn(&Sums) -> bool;
    let needed: [(&str, Known); 5] = [
        ("viewers", |sums| sums.viewers_broadcasts.is_some()),
        ("watch time", |sums| sums.watch.is_some()),
        ("buyers", |sums| sums.buyers_broadcasts.is_some()),
        ("orders", |sums| sums.orders.is_some()),
        ("GMV", |sums| sums.gmv.is_some()),
    ];
    let further: [(&str, bool, Known); 4] = [
        ("broadcasts", true, |sums| sums.broadcasts.is_some()),
        ("live time", true, |sums| sums.live_seconds.is_some()),
        ("spend", side.spend, |sums| sums.spend.is_some()),
        ("share of old fans", side.old_fan_share, |sums| sums.old_fans.is_some()),
    ];
    let all = counted.len();
    let lacking = |known: Known| counted.iter().filter(|standing| !known(&standing.sums)).count();
    let needed = needed.map(|(name, known)| (name, lacking(known)));
    // What no broadcast tells is simply not in the export.
    let further = further.into_iter().filter(|(_, there, _)| *there);
    let further = further.map(|(name, _, known)| (name, lacking(known)));
    let missing: Vec<String> = needed
        .into_iter()
        .chain(further.filter(|(_, lacking)| *lacking < all))
        .filter(|(_, lacking)| *lacking > 0)
        .map(|(name, lacking)| {
            if lacking == all {
                format!("{name} (of all {all})")
            } else {
                format!("{name} (of {lacking} of {all})")
            }
        })
        .collect();
    if !missing.is_empty() {
        report.warnings.push(format!(
            "not known of some broadcasts, so empty in their groups, with the factors that need it: {}",
            missing.join(", ")
        ));
    }
}

fn net_remarks(report: &mut RoomReport, counted: &[&Standing<'_>]) {
    report.facts.push(
        "under --basis net buyers are known only of broadcasts without refunds: exports do not tell who kept nothing".to_owned(),
    );
    if !counted.is_empty() {
        report
            .facts
            .push("under --basis net the youngest periods have had the least time to be refunded".to_owned());
    }
    let later = counted.iter().filter_map(|standing| {
        let figures = &standing.row.figures;
        let (gmv, net, refund) = (figures.gmv?.0, figures.net_gmv?.0, figures.refund?.0);
        (refund > gmv - net).then_some(())
    });
    let later = later.count();
    if later > 0 {
        report.warnings.push(format!(
            "broadcasts whose refunds are more than their net GMV leaves out (the platform counts net by a rule of its own): {later}"
        ));
    }
    let beyond = counted.iter().filter_map(|standing| {
        let figures = &standing.row.figures;
        (figures.refund? > figures.gmv?).then_some(())
    });
    let beyond = beyond.count();
    if beyond > 0 {
        report.warnings.push(format!("broadcasts whose refunds are more than their GMV: {beyond}"));
    }
}

fn reading_remarks(report: &mut RoomReport, inputs: &RoomInputs, counted: &[&Standing<'_>]) {
    let rooms = &inputs.rooms;
    if rooms.tally.rounded > 0 {
        report.warnings.push(format!(
            "numbers that the platform rounded, taken as they are written (such as {}): {}",
            rooms.tally.rounded_example(),
            rooms.tally.rounded
        ));
    }
    if let Some((place, fault)) = &rooms.tally.first_unread {
        let counts: Vec<String> =
            rooms.tally.unread.iter().map(|(field, count)| format!("{field} {count}")).collect();
        let (file, line) = rooms.files.line(*place);
        let column = fault.column.map(|column| format!(":{}", column + 1)).unwrap_or_default();
        report.warnings.push(format!(
            "figures that do not read and no factor needs, so not known of their broadcasts, which count all the same: {}; the first: \
             {file}:{line}{column}: {} {} {}",
            counts.join(", "),
            fault.field,
            excerpt(&fault.value),
            fault.reason
        ));
    }
    let by_date =
        counted.iter().filter(|standing| standing.row.by_date && standing.row.live_id.is_none()).count();
    if by_date > 0 {
        report.warnings.push(format!(
            "rows with a date but neither a time nor a live_id, of which duplicates cannot be told (give no exports that overlap) and \
             broadcasts are not counted: {by_date}"
        ));
    }
    for file in rooms.files.files.iter().filter(|file| !file.columns.has(Field::StreamerId)) {
        report.facts.push(format!("{}: no ids of streamers; their names tell them apart", file.name));
    }
}

/// The beginning of what was found in a cell.
fn excerpt(value: &[u8]) -> String {
    const SHOWN: usize = 40;
    let text = String::from_utf8_lossy(value);
    let more = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    format!("{:?}{more}", text.chars().take(SHOWN).collect::<String>())
}

/// Whether a broadcast goes on after its period.
fn runs_over(standing: &Standing<'_>, periods: &Periods) -> bool {
    let period = periods.find(standing.start.0);
    end(standing.row).zip(period).is_some_and(|(end, period)| end > periods.end(period))
}

fn unlisted(report: &mut RoomReport, inputs: &RoomInputs, settings: &RoomSettings) {
    if settings.streamers.attributes.is_empty() {
        return;
    }
    let missing: Vec<&str> =
        inputs.streamers.iter().map(|id| &**id).filter(|id| !settings.streamers.lists(id)).collect();
    if let Some(first) = missing.iter().min() {
        report.warnings.push(format!(
            "streamers of the exports that are not in --streamers, with attributes (none): {} (such as {first:?})",
            missing.len()
        ));
    }
}
