//! What changed: in all, by streamer, in words and as a picture, and what streamers would gain.

use anyhow::Result;

use super::cluster::ClusterSums;
use super::telling::Telling;
use crate::change::{Compared, Pair, compare};
use crate::cli::{Asked, CompareSettings};
use crate::engine::Grouping;
use crate::engine::leaves::{Leaves, LocalLeaves};
use crate::engine::local::Journeys;
use crate::engine::sql::influence::Weights;
use crate::plan::{PlanError, plan};
use crate::present::compare::document;
use crate::present::narrative::Sentences;
use crate::present::plan::{Planned, document as plan_document};
use crate::present::report::{Report, tables};
use crate::present::waterfall;

/// A table of a comparison: its name, and what is asked.
type Table<'a> = (&'static str, &'a Asked<CompareSettings>);

/// Adds the tables, and hands the exports back.
pub fn of_exports<'a>(
    journeys: Journeys<'a>,
    telling: &Telling<'_>,
    report: &mut Report,
) -> Result<Journeys<'a>> {
    let [total, streamers] = changes(telling);
    let (journeys, sentences) = if report.before.is_some() {
        let (mut local, _) = LocalLeaves::new(journeys, rows_by(total.1))?;
        let sentences = local_change(&mut local, telling, total, report)?;
        (local.into_journeys(), sentences)
    } else {
        (journeys, Sentences::default())
    };
    let (mut local, _) = LocalLeaves::new(journeys, rows_by(streamers.1))?;
    if report.before.is_some() {
        let of_rows = local_change(&mut local, telling, streamers, report)?;
        report.narrative = sentences.with_rows_of(of_rows).paragraph(report.language);
    }
    headroom(&local.leaves, telling, report)?;
    Ok(local.into_journeys())
}

/// The same of sums that a cluster knows.
pub fn of_cluster(sums: &mut ClusterSums<'_>, telling: &Telling<'_>, report: &mut Report) -> Result<()> {
    let [total, streamers] = changes(telling);
    let leaves = sums.leaves(rows_by(streamers.1))?;
    if report.before.is_some() {
        let sentences = cluster_change(&sums.leaves(rows_by(total.1))?, sums, telling, total, report)?;
        let of_rows = cluster_change(&leaves, sums, telling, streamers, report)?;
        report.narrative = sentences.with_rows_of(of_rows).paragraph(report.language);
    }
    headroom(&leaves, telling, report)
}

/// The comparisons: of all streamers together, and of each.
fn changes<'a>(telling: &Telling<'a>) -> [Table<'a>; 2] {
    let settings = telling.settings;
    [(tables::CHANGE, &settings.change), (tables::STREAMER_CHANGES, &settings.streamer_changes)]
}

fn rows_by(asked: &Asked<CompareSettings>) -> Grouping {
    asked.settings.by.clone().unwrap_or_default()
}

fn local_change(
    local: &mut LocalLeaves<'_>,
    telling: &Telling<'_>,
    table: Table<'_>,
    report: &mut Report,
) -> Result<Sentences> {
    let pair = pair(&local.leaves, table)?;
    local.count_persons([pair.before, pair.after])?;
    add_change(&Compared::Persons(local), pair, telling, table, report)
}

fn cluster_change(
    leaves: &Leaves,
    sums: &ClusterSums<'_>,
    telling: &Telling<'_>,
    table: Table<'_>,
    report: &mut Report,
) -> Result<Sentences> {
    let squares = |weights: &Weights| sums.squares(weights);
    add_change(&Compared::Elsewhere(leaves, &squares), pair(leaves, table)?, telling, table, report)
}

fn pair(leaves: &Leaves, (_, asked): Table<'_>) -> Result<Pair> {
    Ok(Pair::find(&leaves.periods, leaves.period_kind, asked.settings.asked)?)
}

/// Adds the table of a comparison, and of the one of all together the way from GMV before to GMV after; what is said of it.
fn add_change(
    compared: &Compared<'_>,
    pair: Pair,
    telling: &Telling<'_>,
    (name, asked): Table<'_>,
    report: &mut Report,
) -> Result<Sentences> {
    let settings = &asked.settings;
    let rows = compare(compared, pair, &settings.method, settings.precision)?;
    let change = telling.change(asked, compared.leaves(), (pair, &rows));
    if name == tables::CHANGE {
        report.steps = waterfall::steps(&change);
    }
    report.add(name, &asked.line, document(&change, telling.metadata(&settings.metadata)));
    Ok(Sentences::of(&change, report.language))
}

/// What streamers would gain; nothing where none of them sold anything.
fn headroom(leaves: &Leaves, telling: &Telling<'_>, report: &mut Report) -> Result<()> {
    let asked = &telling.settings.headroom;
    let settings = &asked.settings;
    let plan = match plan(leaves, &settings.streamers(), settings.base, &settings.question) {
        Ok(plan) => plan,
        Err(PlanError::Empty { .. } | PlanError::Nothing) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let planned = Planned {
        leaves,
        plan: &plan,
        question: &settings.question,
        currency: telling.currency.clone(),
        names_persons: leaves.by.names_persons,
    };
    report.add(tables::HEADROOM, &asked.line, plan_document(&planned, telling.metadata(&settings.metadata)));
    Ok(())
}
