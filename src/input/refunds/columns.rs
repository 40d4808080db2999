//! The columns and words of after-sales rows, and where they are in one file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::input::binding::{Header, Origin};
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::orders::{Words, definition};
use crate::input::profile::{ColumnSpec, Per, Profile};
use crate::input::read::Columns;
use crate::input::settings::ReadSettings;

/// The columns and words of after-sales rows, as a profile gives them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefundsProfile {
    /// Columns that a header must have, besides the required ones, for the profile to be detected.
    pub detect: Vec<String>,
    /// Canonical name → column of the header.
    pub columns: BTreeMap<String, ColumnSpec>,
    /// Canonical status → words; `None`: the canonical words.
    pub statuses: Option<BTreeMap<RefundStatus, Vec<String>>>,
    /// Words of `refund_type` that give no money back, such as an exchange.
    pub no_refund_types: Vec<String>,
}

/// The canonical statuses of an after-sales row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Money went back.
    Refunded,
    /// Not decided yet.
    Open,
    /// Ended without money going back.
    Closed,
}

/// Where the columns of after-sales rows are in one file.
#[derive(Debug)]
pub struct RefundColumns {
    pub(super) profile: Arc<Profile>,
    pub(super) refund: Origin,
    pub(super) order: Origin,
    pub(super) line: Origin,
    pub(super) amount: Origin,
    pub(super) refunded_at: Origin,
    pub(super) status: Origin,
    pub(super) kind: Origin,
    pub(super) statuses: Words<RefundStatus>,
    pub(super) no_refund_types: Vec<String>,
    amount_definition: String,
}

impl Columns for RefundColumns {
    fn needed(&self) -> Vec<usize> {
        self.origins().into_iter().flat_map(|(_, origin)| origin.columns()).collect()
    }
}

impl RefundColumns {
    /// All columns with their names.
    #[must_use]
    pub fn origins(&self) -> [(&'static str, &Origin); 7] {
        [
            ("refund_id", &self.refund),
            ("order_id", &self.order),
            ("line_id", &self.line),
            ("refund_amount", &self.amount),
            ("refunded_at", &self.refunded_at),
            ("status", &self.status),
            ("refund_type", &self.kind),
        ]
    }

    /// The profile that was used.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Whether the rows have a key of their own, by which a later one replaces an earlier one.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        self.refund.is_there()
    }

    /// What the amount is made of.
    #[must_use]
    pub fn amount_definition(&self) -> &str {
        &self.amount_definition
    }

    pub(super) fn bind(
        profile: &Arc<Profile>,
        source: &Source,
        header: &Header,
        settings: &ReadSettings,
    ) -> Result<Self, InputError> {
        let none = RefundsProfile::default();
        let refunds = profile.refunds.as_ref().unwrap_or(&none);
        let constants = settings.constants(source);
        let in_header = |field: &str| header.find(&source.name, field, &refunds.columns, &BTreeMap::new());
        // A constant may be meant for the orders: here it only supplies what the file has not, and never an amount.
        let find = |field: &str| match in_header(field)? {
            Origin::Absent => header.find(&source.name, field, &refunds.columns, &constants),
            origin => Ok(origin),
        };
        let canonical = Profile::canonical()?.refunds.as_ref();
        let mapping =
            refunds.statuses.as_ref().or(canonical.and_then(|canonical| canonical.statuses.as_ref()));
        let amount = in_header("refund_amount")?;
        Ok(Self {
            amount_definition: definition(&amount, header, Per::default(), source),
            profile: Arc::clone(profile),
            refund: find("refund_id")?,
            order: find("order_id")?,
            line: find("line_id")?,
            amount,
            refunded_at: find("refunded_at")?,
            status: find("status")?,
            kind: find("refund_type")?,
            statuses: Words::new(mapping),
            no_refund_types: refunds.no_refund_types.clone(),
        })
    }

    /// The required columns that are missing.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if !self.order.is_there() && !self.line.is_there() {
            missing.push("order_id or line_id");
        }
        if !self.amount.is_there() {
            missing.push("refund_amount");
        }
        missing
    }
}
