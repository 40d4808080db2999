//! A cluster in the place of this machine: the tables there, what is asked of them, and the sums that come back.

mod session;

use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};

use super::aggregate::{Aggregate, SideColumns};
use super::grouping::{GroupColumn, Grouping};
use super::leaves::LeafPeriod;
use super::reconciliation::RejectSummary;
use super::spark::Done;
use super::sql::influence::{self, Act, LeafTable, Weights};
use super::sql::{Answer, Asked, Bound, Days, Ledger, Query, Rules, SqlError, bounded, statement};
use super::tiers::Tiered;
use super::{EngineError, facts};
use crate::input::rejects::{MaxBad, Rejected};
use crate::input::settings::ReadSettings;
use crate::input::streamers::{Streamers, TIER};

pub use session::{Cluster, Tables};

/// A run on a cluster.
#[derive(Debug, Clone)]
pub struct ClusterSettings {
    /// The cluster.
    pub cluster: Arc<Cluster>,
    /// How cells are read.
    pub read: ReadSettings,
    /// What counts, and how it is grouped.
    pub rules: Rules,
    /// How many rows of each table may be bad.
    pub max_bad: MaxBad,
    /// Whether rows are by tier, and the table of streamers does not give it.
    pub computes_tiers: bool,
    /// The table of streamers with computed tiers, once these are known.
    pub tiered: OnceLock<Tiered>,
}

impl ClusterSettings {
    /// What is known of streamers: what their table says, and their tiers where these were computed.
    #[must_use]
    pub fn known(&self) -> &Streamers {
        self.tiered.get().map_or(&self.cluster.known, |tiered| &tiered.streamers)
    }

    /// Computes the tiers of streamers, where they are asked for, from the sums of each; how, in a sentence.
    ///
    /// # Errors
    /// When the cluster gives no whole answer.
    pub fn compute_tiers(&self, progress: &dyn Fn(Done)) -> Result<Option<&str>, EngineError> {
        if !self.computes_tiers {
            return Ok(None);
        }
        let by_tier = Grouping::of(vec![GroupColumn::Attribute(TIER.to_owned())]);
        let of_streamers = Grouping::of(vec![GroupColumn::Streamer]);
        let sums = self.sums(&of_streamers, progress).or_else(|error| {
            // Rows that sums refuse are told as ever: how many there are, and why.
            let rules = Rules { grouping: of_streamers, ..self.rules.clone() };
            self.ledger_of(rules, progress).and(Err(error))
        })?;
        let tiered = Tiered::of_sums(&sums, &by_tier, &self.cluster.known);
        Ok(tiered.map(|tiered| self.tiered.get_or_init(|| tiered).fact.as_str()))
    }

    /// The question about the tables, under these rules.
    fn asked(&self, rules: Rules) -> Asked {
        let tiers = self.tiered.get().map(|tiered| tiered.above_tail.clone());
        Asked { tiers, ..self.cluster.asked(&self.read, rules) }
    }

    /// Sums by period and group, of the groups of the settings or of others.
    ///
    /// # Errors
    /// When the cluster gives no whole answer.
    pub fn sums(&self, grouping: &Grouping, progress: &dyn Fn(Done)) -> Result<Aggregate, EngineError> {
        let mut all = Aggregate {
            period_kind: self.rules.period_kind(),
            grouping: grouping.clone(),
            has_names: false,
            rows: Vec::new(),
            total: None,
            from_rooms: false,
            side: SideColumns::default(),
        };
        let rules = Rules { grouping: grouping.clone(), ..self.rules.clone() };
        let statement = statement(self.asked(rules), Query::Sums)?;
        self.cluster.connection.run(&statement, progress, &mut |part| {
            all.rows.extend(facts::rows(part)?);
            Ok(())
        })?;
        all.grouping.names_persons |= self.bound()?.names_persons;
        self.name(&mut all);
        all.sort();
        Ok(all)
    }

    /// Where every row of the tables went.
    ///
    /// # Errors
    /// When the cluster gives no whole answer, more rows are rejected than may be, or paid orders have statuses that nothing maps and the rules
    /// refuse these.
    pub fn ledger(&self, progress: &dyn Fn(Done)) -> Result<Ledger, EngineError> {
        self.ledger_of(self.rules.clone(), progress)
    }

    fn ledger_of(&self, rules: Rules, progress: &dyn Fn(Done)) -> Result<Ledger, EngineError> {
        let ledger = Ledger::read(&self.answer_of(rules, Query::Rows, progress)?)?;
        for (input, rejects) in &ledger.rejects {
            let all = ledger.rows_read(input);
            if !self.max_bad.allows(rejects.count, all) {
                return Err(EngineError::Rejected {
                    table: format!("{input}: {} of {all} rows rejected: {}", rejects.count, told(rejects)),
                    limit: self.max_bad.to_string(),
                });
            }
        }
        ledger.check(self.rules.unknown_status)?;
        Ok(ledger)
    }

    /// The periods that the tables reach, also those in which nothing counts.
    ///
    /// # Errors
    /// When one of them begins or ends outside of the nameable years.
    pub fn periods(&self, ledger: &Ledger) -> Result<Vec<LeafPeriod>, EngineError> {
        let reported = self.rules.reported();
        Ok(reported.leaf_periods(&ledger.reach.periods(&reported)?))
    }

    /// How many rows the tables have of each day, by the time of their payment and entry.
    ///
    /// # Errors
    /// When the cluster gives no whole answer.
    pub fn days(&self, progress: &dyn Fn(Done)) -> Result<Days, EngineError> {
        let sessions = self.cluster.sessions.as_ref().map(|_| "sessions");
        let inputs: Vec<&'static str> = std::iter::once("orders").chain(sessions).collect();
        Ok(Days::read(&self.answer(Query::Days, progress)?, &inputs)?)
    }

    /// What the profiles say of the tables.
    ///
    /// # Errors
    /// When a profile does not fit.
    pub fn bound(&self) -> Result<Bound, EngineError> {
        Ok(self.cluster.asked(&self.read, self.rules.clone()).bound()?)
    }

    /// The whole answer to a query about the groups of the settings.
    ///
    /// # Errors
    /// When the cluster gives no whole answer.
    pub fn answer(&self, query: Query, progress: &dyn Fn(Done)) -> Result<Answer, EngineError> {
        self.answer_of(self.rules.clone(), query, progress)
    }

    fn answer_of(&self, rules: Rules, query: Query, progress: &dyn Fn(Done)) -> Result<Answer, EngineError> {
        let statement = statement(self.asked(rules), query)?;
        let (mut header, mut rows) = (Vec::new(), Vec::new());
        self.cluster.connection.run(&statement, progress, &mut |part| {
            header.clone_from(&part.header.names);
            // Of texts none is empty: what is not known has a word.
            let cell = |text: &String| Some(text).filter(|text| !text.is_empty()).cloned();
            rows.extend(part.rows.iter().map(|(_, texts)| texts.iter().map(cell).collect()));
            Ok(())
        })?;
        Ok(Answer::new(header, rows)?)
    }

    /// Hands on the distinct viewers and buyers of rows that sum leaves: of slices of orders in both periods, of other leaves in all.
    ///
    /// # Errors
    /// When the cluster gives no whole answer, or it is not taken.
    pub fn persons(
        &self,
        table: &LeafTable,
        progress: &dyn Fn(Done),
        take: &mut dyn FnMut(usize, i64, (i64, i64)) -> Option<()>,
    ) -> Result<(), EngineError> {
        if table.leaves.is_empty() {
            return Ok(());
        }
        let statement = influence::persons_statement(self.asked(self.rules.clone()), table)?;
        let statement = bounded(statement, table.leaves.len())?;
        self.each_row(&statement, progress, &mut |numbers| {
            let [row, day, viewers, buyers] = <[i128; 4]>::try_from(numbers).ok()?;
            let counts = (viewers.try_into().ok()?, buyers.try_into().ok()?);
            take(row.try_into().ok()?, day.try_into().ok()?, counts)
        })
    }

    /// The sums of squared influences on the effects of each row, in parts of a minor unit.
    ///
    /// # Errors
    /// When the cluster gives no whole answer, or there are too many leaves to send.
    pub fn squares<const N: usize>(
        &self,
        weights: &Weights,
        progress: &dyn Fn(Done),
    ) -> Result<Vec<[i128; N]>, EngineError> {
        let mut all = vec![[0; N]; weights.rows.len()];
        if weights.leaves.is_empty() {
            return Ok(all);
        }
        let asked = self.asked(self.rules.clone());
        let statement = bounded(influence::influence_statement(asked, weights)?, weights.leaves.len())?;
        self.each_row(&statement, progress, &mut |numbers| {
            let (row, squares) = numbers.split_first()?;
            *all.get_mut(usize::try_from(*row).ok()?)? = squares.try_into().ok()?;
            Some(())
        })?;
        Ok(all)
    }

    /// Hands on what persons did in two periods in these leaves, and how many did just that.
    ///
    /// # Errors
    /// When the cluster gives no whole answer, or it is not taken.
    pub fn acts(
        &self,
        grouping: &Grouping,
        table: &LeafTable,
        act: Act,
        progress: &dyn Fn(Done),
        take: &mut dyn FnMut(&str, u64) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let rules = Rules { grouping: grouping.clone(), ..self.rules.clone() };
        let statement = influence::acts_statement(self.asked(rules), table, act)?;
        let statement = bounded(statement, table.leaves.len())?;
        self.cluster.connection.run(&statement, progress, &mut |part| {
            for (line, texts) in &part.rows {
                let [acts, times] = texts.as_slice() else {
                    return Err(part.error(*line, 0, "not two columns").into());
                };
                let times = times.parse().map_err(|_| part.error(*line, 1, "no number of persons"))?;
                take(acts, times)?;
            }
            Ok(())
        })
    }

    /// Hands on the rows of a statement that gives whole numbers.
    fn each_row(
        &self,
        statement: &str,
        progress: &dyn Fn(Done),
        take: &mut dyn FnMut(&[i128]) -> Option<()>,
    ) -> Result<(), EngineError> {
        self.cluster.connection.run(statement, progress, &mut |part| {
            for (line, texts) in &part.rows {
                let numbers: Option<Vec<i128>> = texts.iter().map(|text| text.parse().ok()).collect();
                let taken = numbers.and_then(|all| take(&all));
                taken.ok_or_else(|| part.error(*line, 0, "not the whole numbers that were asked for"))?;
            }
            Ok(())
        })
    }

    /// Gives streamers the names that their table has.
    fn name(&self, all: &mut Aggregate) {
        let Some(at) = all.grouping.columns.iter().position(|one| *one == GroupColumn::Streamer) else {
            return;
        };
        for row in &mut all.rows {
            row.name = row.keys.get(at).and_then(|id| self.cluster.known.name(id)).map(Arc::from);
            all.has_names |= row.name.is_some();
        }
    }
}

/// The columns in which rows were rejected, and why and how many, the most first.
fn told(rejects: &RejectSummary) -> String {
    let mut all: Vec<_> = rejects.reasons.iter().collect();
    all.sort_by_key(|(_, rejected)| Reverse(rejected.rows));
    let one = |((field, reason), rejected): &(&(&str, &str), &Rejected)| {
        format!("{field} {reason} {}", rejected.rows)
    };
    all.iter().map(one).collect::<Vec<String>>().join(", ")
}

impl From<SqlError> for EngineError {
    fn from(error: SqlError) -> Self {
        match error {
            SqlError::Input(error) => error.into(),
            SqlError::Unsaid(text) => Self::Usage(text),
        }
    }
}
