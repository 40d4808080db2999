//! The tables of a cluster: a statement or more for each, but sums by the same groups are asked for once.

use anyhow::Result;

use super::telling::Telling;
use super::{changes, slices};
use crate::cli::{Asked, DecomposeSettings, ReportSettings, RepurchaseSettings, Work};
use crate::command::reading::{Reading, Told};
use crate::engine::cluster::ClusterSettings;
use crate::engine::coverage::uncovered;
use crate::engine::leaves::{LeafPeriod, Leaves};
use crate::engine::sql::influence::Weights;
use crate::engine::{Aggregate, EngineError, Grouping};
use crate::journey::rules::Basis;
use crate::present::console::{Console, rejects_sentence};
use crate::present::log::Log;
use crate::present::report::{Report, tables};
use crate::present::repurchase::{cohort_document, rate_document};
use crate::repurchase::elsewhere;

/// A report of the tables of a cluster.
pub struct ClusterReport<'a> {
    settings: &'a ReportSettings,
    reading: Reading<'a>,
    sums: ClusterSettings,
}

/// Sums of a cluster that are known already, and the cluster.
pub struct ClusterSums<'a> {
    asked: &'a ClusterReport<'a>,
    /// The periods that the tables reach.
    periods: Vec<LeafPeriod>,
    known: Vec<Aggregate>,
}

impl<'a> ClusterReport<'a> {
    /// `None` where the report is one of exports.
    pub fn of(settings: &'a ReportSettings) -> Option<Self> {
        let asked = &settings.streamers.settings;
        let Work::Cluster(cluster) = &asked.work else { return None };
        let reading =
            Reading { presentation: &asked.presentation, rejects: None, console: Console::new(true) };
        let mut sums = cluster.as_ref().clone();
        sums.rules.moments = true;
        Some(Self { settings, reading, sums })
    }

    /// Adds the tables; whether rows were rejected.
    pub fn add(&self, report: &mut Report, log: &mut Log) -> Result<bool> {
        let (settings, bound) = (self.settings, self.sums.bound()?);
        let has_sources = bound.has_sources;
        let telling = Telling::of_cluster(settings, bound);
        telling.begin(report);
        let told = self.rows(report)?;
        log.step("rows");
        report.before = telling.before(&told.periods);
        let mut sums = ClusterSums { asked: self, periods: told.periods, known: Vec::new() };
        sums.factors((tables::STREAMERS, &settings.streamers), &telling, report)?;
        self.rates((tables::STREAMER_REPURCHASE, &settings.streamer_repurchase), &telling, report)?;
        changes::of_cluster(&mut sums, &telling, report)?;
        log.step("streamers");
        sums.factors((tables::TOTALS, &settings.totals), &telling, report)?;
        self.rates((tables::REPURCHASE, &settings.repurchase), &telling, report)?;
        self.cohorts(&telling, report)?;
        if let Some(domains) = settings.domains.as_ref().filter(|_| has_sources) {
            sums.factors((tables::DOMAINS, domains), &telling, report)?;
        }
        sums.factors((tables::BUYER_TYPES, &settings.buyer_types), &telling, report)?;
        log.step("totals");
        if report.before.is_some() {
            self.slices(&sums.periods, report)?;
            log.step("slices");
        }
        Ok(told.rejected)
    }

    /// Where every row went, and which days the tables reach.
    fn rows(&self, report: &mut Report) -> Result<Told> {
        let settings = self.settings;
        let ledger = self.reading.cluster(|progress| self.sums.ledger(progress))?;
        let (kind, period, covers) = (settings.kind.name(), settings.period, self.sums.rules.covers);
        let inputs = uncovered(ledger.reach.inputs(), covers, period);
        if !inputs.is_empty() && !settings.allows_partial {
            return Err(EngineError::NotCovered { kind, period, inputs }.into());
        }
        let days = self.reading.cluster(|progress| self.sums.days(progress))?;
        let expected = covers.map_or(Some(period), |covers| covers.intersect(period));
        report.gaps = expected.map(|range| days.without_rows(range)).unwrap_or_default();
        report.account(&ledger.report, self.sums.rules.basis == Basis::Net);
        let said = ledger.rejects.iter().filter_map(|(input, rows)| rejects_sentence(input, rows));
        report.warnings.extend(said);
        let rejected = ledger.rejects.iter().any(|(_, rows)| rows.count > 0);
        Ok(Told { rejected, periods: self.sums.periods(&ledger)? })
    }

    fn rates(
        &self,
        (name, asked): (&'static str, &Asked<RepurchaseSettings>),
        telling: &Telling<'_>,
        report: &mut Report,
    ) -> Result<()> {
        let Some(cluster) = asked.settings.persons.cluster() else { return Ok(()) };
        let rows = self.reading.cluster(|progress| elsewhere::rates(cluster, progress))?;
        report.add(name, &asked.line, rate_document(&rows, &telling.about(asked)));
        Ok(())
    }

    fn cohorts(&self, telling: &Telling<'_>, report: &mut Report) -> Result<()> {
        let asked = &self.settings.cohorts;
        let Some(cluster) = asked.settings.persons.cluster() else { return Ok(()) };
        let table = self.reading.cluster(|progress| elsewhere::cohorts(cluster, progress))?;
        report.add(tables::COHORTS, &asked.line, cohort_document(&table, &telling.about(asked)));
        Ok(())
    }

    fn slices(&self, periods: &[LeafPeriod], report: &mut Report) -> Result<()> {
        let Some(cluster) = self.settings.slices.settings.persons.cluster() else { return Ok(()) };
        self.reading
            .cluster(|progress| Ok(slices::of_cluster(self.settings, (cluster, periods), progress, report)))?
    }
}

impl ClusterSums<'_> {
    /// The sums by these columns.
    fn of(&mut self, grouping: &Grouping) -> Result<Aggregate, EngineError> {
        if let Some(known) = self.known.iter().find(|one| one.grouping == *grouping) {
            return Ok(known.clone());
        }
        let asked = self.asked;
        let sums = asked.reading.cluster(|progress| asked.sums.sums(grouping, progress))?;
        self.known.push(sums.clone());
        Ok(sums)
    }

    /// Adds a table of factors.
    fn factors(
        &mut self,
        (name, asked): (&'static str, &Asked<DecomposeSettings>),
        telling: &Telling<'_>,
        report: &mut Report,
    ) -> Result<()> {
        let Work::Cluster(cluster) = &asked.settings.work else { return Ok(()) };
        let aggregate = self.of(&cluster.rules.grouping)?;
        report.add(name, &asked.line, telling.factors(&aggregate, asked));
        Ok(())
    }

    /// Streamers, and the rows by these columns that sum them.
    pub fn leaves(&mut self, by: Grouping) -> Result<Leaves, EngineError> {
        let (leaf, known) = (self.asked.sums.rules.grouping.clone(), &self.asked.sums.cluster.known);
        let periods = self.periods.clone();
        Leaves::of_cluster_sums((&leaf, by), known, &periods, &mut |grouping| self.of(grouping))
    }

    /// The sums of squared influences on effects.
    pub fn squares<const N: usize>(&self, weights: &Weights) -> Result<Vec<[i128; N]>, EngineError> {
        let asked = self.asked;
        asked.reading.cluster(|progress| asked.sums.squares(weights, progress))
    }
}
