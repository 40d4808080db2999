//! Reading exports and broadcasts, for the commands that stand on their sums.

use std::path::Path;

use anyhow::Result;

use crate::cli::Presentation;
use crate::engine::EngineError;
use crate::engine::cluster::ClusterSettings;
use crate::engine::leaves::LeafPeriod;
use crate::engine::local::{self, Inputs, LocalSettings};
use crate::engine::reconciliation::RejectSummary;
use crate::engine::rooms::{self, RoomInputs, RoomSettings};
use crate::engine::spark::Done;
use crate::journey::rules::Basis;
use crate::present::console::Console;
use crate::present::progress::{ReadProgress, TaskProgress};
use crate::present::{AtomicFile, rejects};

/// How reading is shown, and where rejected rows go.
pub struct Reading<'a> {
    pub presentation: &'a Presentation,
    pub rejects: Option<&'a Path>,
    pub console: Console,
}

/// What a cluster tells of the rows of its tables.
pub struct Told {
    /// Whether any was rejected.
    pub rejected: bool,
    /// The periods that the tables reach.
    pub periods: Vec<LeafPeriod>,
}

impl Reading<'_> {
    /// Reads exports; whether any row was rejected.
    pub fn exports(&self, settings: &LocalSettings) -> Result<(Inputs, bool)> {
        let listing = self.rejects.map(AtomicFile::create_private).transpose()?;
        let progress = ReadProgress::new(settings.size(), self.presentation.shows_progress());
        let inputs = local::read(settings, local::Extent::InRange, &|bytes| progress.advance(bytes));
        progress.finish();
        let inputs = inputs?;
        let rejected = self.list(&inputs.rejects, listing)?;
        Ok((inputs, rejected))
    }

    /// Reads broadcasts; whether any row was rejected.
    pub fn rooms(&self, settings: &RoomSettings) -> Result<(RoomInputs, bool)> {
        let listing = self.rejects.map(AtomicFile::create_private).transpose()?;
        let progress = ReadProgress::new(settings.size(), self.presentation.shows_progress());
        let inputs = rooms::read(settings, &|bytes| progress.advance(bytes));
        progress.finish();
        let inputs = inputs?;
        let rejected = self.list(&[("rooms", inputs.rejects.clone())], listing)?;
        Ok((inputs, rejected))
    }

    /// Asks a cluster, and shows how far it is.
    pub fn cluster<T>(
        &self,
        ask: impl FnOnce(&dyn Fn(Done)) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let progress = TaskProgress::new(self.presentation.shows_progress());
        let answer = ask(&|done| progress.at(done.tasks, done.of_tasks, done.bytes));
        progress.finish();
        answer
    }

    /// Asks a cluster where every row of its tables went, and for the tiers of streamers where no table gives them, and says so; whether any row
    /// was rejected, and which periods they reach.
    pub fn told(&self, cluster: &ClusterSettings) -> Result<Told, EngineError> {
        // Where rows are by tier, what is told of persons is so too.
        let tiers = self.cluster(|progress| cluster.compute_tiers(progress))?;
        let ledger = self.cluster(|progress| cluster.ledger(progress))?;
        for (input, summary) in &ledger.rejects {
            self.console.rejects(input, summary);
        }
        self.console.report(&ledger.report, cluster.rules.basis == Basis::Net);
        if let Some(fact) = tiers {
            self.console.note(fact);
        }
        Ok(Told {
            rejected: ledger.rejects.iter().any(|(_, summary)| summary.count > 0),
            periods: cluster.periods(&ledger)?,
        })
    }

    /// Shows and lists the rejected rows; whether there are any.
    fn list(&self, named: &[(&str, RejectSummary)], listing: Option<AtomicFile>) -> Result<bool> {
        for (input, summary) in named {
            self.console.rejects(input, summary);
        }
        if let Some(listing) = listing {
            rejects::write(named, self.presentation.options.raw_text, listing)?;
        }
        Ok(named.iter().any(|(_, summary)| summary.count > 0))
    }
}
