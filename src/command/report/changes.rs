//! What changed: in all, by streamer, in words and as a picture, and what streamers would gain.

use anyhow::Result;

use super::telling::Telling;
use crate::change::{Compared, Pair, compare};
use crate::cli::{Asked, CompareSettings};
use crate::engine::Grouping;
use crate::engine::leaves::LocalLeaves;
use crate::engine::local::Journeys;
use crate::plan::{PlanError, plan};
use crate::present::compare::document;
use crate::present::narrative::Sentences;
use crate::present::plan::{Planned, document as plan_document};
use crate::present::report::{Report, tables};
use crate::present::waterfall;

/// Adds the tables, and hands the exports back.
pub fn add<'a>(journeys: Journeys<'a>, telling: &Telling<'_>, report: &mut Report) -> Result<Journeys<'a>> {
    let [total, streamers] = [&telling.settings.change, &telling.settings.streamer_changes];
    let (journeys, sentences) = if report.before.is_some() {
        let (mut local, _) = LocalLeaves::new(journeys, rows_by(total))?;
        let sentences = add_change(&mut local, telling, total, (tables::CHANGE, report))?;
        (local.into_journeys(), sentences)
    } else {
        (journeys, Sentences::default())
    };
    let (mut local, _) = LocalLeaves::new(journeys, rows_by(streamers))?;
    if report.before.is_some() {
        let of_rows = add_change(&mut local, telling, streamers, (tables::STREAMER_CHANGES, report))?;
        report.narrative = sentences.with_rows_of(of_rows).paragraph(report.language);
    }
    headroom(&local, telling, report)?;
    Ok(local.into_journeys())
}

fn rows_by(asked: &Asked<CompareSettings>) -> Grouping {
    asked.settings.by.clone().unwrap_or_default()
}

/// Adds the table of a comparison, and of the one of all together the way from GMV before to GMV after; what is said of it.
fn add_change(
    local: &mut LocalLeaves<'_>,
    telling: &Telling<'_>,
    asked: &Asked<CompareSettings>,
    (name, report): (&'static str, &mut Report),
) -> Result<Sentences> {
    let settings = &asked.settings;
    let pair = Pair::find(&local.leaves.periods, local.leaves.period_kind, settings.asked)?;
    local.count_persons([pair.before, pair.after])?;
    let rows = compare(&Compared::Persons(local), pair, &settings.method, settings.precision)?;
    let change = telling.change(asked, &local.leaves, (pair, &rows));
    if name == tables::CHANGE {
        report.steps = waterfall::steps(&change);
    }
    report.add(name, &asked.line, document(&change, telling.metadata(&settings.metadata)));
    Ok(Sentences::of(&change, report.language))
}

/// What streamers would gain; nothing where none of them sold anything.
fn headroom(local: &LocalLeaves<'_>, telling: &Telling<'_>, report: &mut Report) -> Result<()> {
    let asked = &telling.settings.headroom;
    let (settings, leaves) = (&asked.settings, &local.leaves);
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
