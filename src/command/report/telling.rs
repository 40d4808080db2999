//! What belongs to every table of a report: the currency, and what was read.

use crate::calendar::DateRange;
use crate::change::{Pair, RowChange};
use crate::cli::{Asked, CompareSettings, DecomposeSettings, ReportSettings, RepurchaseSettings};
use crate::command::repurchase::about;
use crate::engine::Aggregate;
use crate::engine::leaves::{LeafPeriod, Leaves};
use crate::engine::local::Inputs;
use crate::engine::sql::Bound;
use crate::present::compare::Change;
use crate::present::decompose::document;
use crate::present::model::{Document, currency_sign};
use crate::present::report::Report;
use crate::present::repurchase::About;

/// What belongs to every table.
pub struct Telling<'a> {
    pub settings: &'a ReportSettings,
    pub currency: String,
    definitions: Vec<(String, String)>,
    names_persons: bool,
}

impl<'a> Telling<'a> {
    pub fn of_exports(settings: &'a ReportSettings, inputs: &Inputs) -> Self {
        let currency = currency_sign(settings.currency.as_deref(), inputs.currency());
        let names_persons = inputs.groups_name_persons();
        Self { settings, currency, definitions: inputs.definitions(), names_persons }
    }

    pub fn of_cluster(settings: &'a ReportSettings, bound: Bound) -> Self {
        let currency = currency_sign(settings.currency.as_deref(), bound.currency);
        Self { settings, currency, definitions: bound.definitions, names_persons: bound.names_persons }
    }

    /// What the whole report says of itself.
    pub fn begin(&self, report: &mut Report) {
        report.currency.clone_from(&self.currency);
        report.metadata = self.metadata(&self.settings.streamers.settings.metadata);
    }

    /// The period before, where there are sums of it.
    pub fn before(&self, periods: &[LeafPeriod]) -> Option<DateRange> {
        Some(self.settings.before).filter(|before| periods.iter().any(|period| period.first == before.first))
    }

    /// Options and definitions of a table.
    pub fn metadata(&self, of_table: &[(String, String)]) -> Vec<(String, String)> {
        [of_table, &self.definitions].concat()
    }

    pub fn factors(&self, aggregate: &Aggregate, asked: &Asked<DecomposeSettings>) -> Document {
        let settings = &asked.settings;
        document(aggregate, settings.document, &self.currency, self.metadata(&settings.metadata))
    }

    pub fn about(&self, asked: &'a Asked<RepurchaseSettings>) -> About<'a> {
        about(&asked.settings, &self.currency, &self.definitions, self.names_persons)
    }

    pub fn change<'s>(
        &self,
        asked: &'s Asked<CompareSettings>,
        leaves: &'s Leaves,
        (pair, rows): (Pair, &'s [RowChange]),
    ) -> Change<'s> {
        let settings = &asked.settings;
        Change {
            leaves,
            pair,
            asked: settings.asked,
            rows,
            method: &settings.method,
            precision: settings.precision,
            shows_precision: settings.shows_precision,
            has_persons: true,
            groups_name_persons: self.names_persons,
            currency: self.currency.clone(),
        }
    }
}
