//! The same exports again: in other groups, and the sums of a walk for several results.

use std::sync::{Mutex, PoisonError};

use super::{Journeys, LocalSettings, rules};
use crate::engine::EngineError;
use crate::engine::aggregate::Aggregate;
use crate::engine::base::BaseGroups;
use crate::engine::reconciliation::RunReport;
use crate::engine::spend::Spending;
use crate::journey::accumulate::Walked;
use crate::journey::aside::Groups;

/// The sums of the last walk, where several results of the same groups are wanted and they fit in memory.
#[derive(Debug, Default)]
pub(super) struct Kept {
    wanted: bool,
    sums: Mutex<Option<(Walked, Groups)>>,
}

impl Kept {
    /// The sums that were kept, or those of a new walk.
    pub(super) fn or(
        &self,
        walk: impl FnOnce() -> Result<(Walked, Groups), EngineError>,
    ) -> Result<(Walked, Groups), EngineError> {
        if !self.wanted {
            return walk();
        }
        let mut kept = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = |(walked, groups): &(Walked, Groups)| Some((walked.clone(), groups.copy()?));
        if let Some(copied) = kept.as_ref().and_then(copy) {
            return Ok(copied);
        }
        let found = walk()?;
        *kept = copy(&found);
        Ok(found)
    }

    fn forget(&mut self) {
        self.sums = Mutex::default();
    }
}

impl<'a> Journeys<'a> {
    /// Keeps the sums of a walk, for several results of the same groups.
    #[must_use]
    pub fn keeping_sums(mut self) -> Self {
        self.kept.wanted = true;
        self
    }

    /// The same exports in other groups, which are not divided by columns of orders.
    ///
    /// # Errors
    /// When the input cannot tell these groups apart.
    pub fn regrouped(mut self, settings: &'a LocalSettings) -> Result<Self, EngineError> {
        self.inputs.check(settings)?;
        let table = self.tiered.as_ref().map_or(&settings.streamers, |tiered| &tiered.streamers);
        let inputs = self.inputs;
        let base = BaseGroups::new(&settings.grouping, &inputs.streamers, &inputs.broadcasts.all, table);
        self.rules = rules(inputs, settings, &base);
        (self.base, self.settings) = (base, settings);
        self.kept.forget();
        Ok(self)
    }

    /// Sums by period and group, and the report of the run; the rows stay for further walks.
    ///
    /// # Errors
    /// When a sum does not fit, or a temporary file fails.
    pub fn aggregate(&self) -> Result<(Aggregate, RunReport), EngineError> {
        let (walked, groups) = self.walk()?;
        let spending = Spending::walk(self)?;
        self.assemble(&walked, groups, spending)
    }

    pub(super) fn assemble(
        &self,
        walked: &Walked,
        groups: Groups,
        spending: Option<Spending>,
    ) -> Result<(Aggregate, RunReport), EngineError> {
        let mut report = self.report(walked);
        let aired = self.aired(walked);
        let without_buyer = self.tally.without_buyer;
        let mut aggregate = self.assembly(aired.as_ref()).aggregate(groups, walked.total, without_buyer)?;
        if let Some(spending) = spending {
            spending.add(self, &mut aggregate, &mut report);
        }
        Ok((aggregate, report))
    }
}
