//! Where the columns of orders are in one file.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::input::binding::{Header, Origin};
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::profile::{Anonymous, Carrier, OrderLevel, OrdersProfile, Profile, Status};
use crate::input::read::Columns;
use crate::input::settings::ReadSettings;

/// Where the columns of orders are in one file.
#[derive(Debug)]
pub struct OrderColumns {
    pub(super) profile: Arc<Profile>,
    pub(super) order: Origin,
    pub(super) line: Origin,
    pub(super) buyer: Origin,
    pub(super) streamer: Origin,
    pub(super) name: Origin,
    pub(super) paid_at: Origin,
    pub(super) amount: Origin,
    pub(super) refund: Origin,
    pub(super) status: Origin,
    pub(super) carrier: Origin,
    pub(super) live: Origin,
    pub(super) dimensions: Vec<Origin>,
    pub(super) statuses: HashMap<Vec<u8>, Status, RandomState>,
    pub(super) carriers: HashMap<Vec<u8>, Carrier, RandomState>,
    pub(super) anonymous: Anonymous,
    /// The amount's definition, as columns of the header.
    amount_definition: String,
}

impl Columns for OrderColumns {
    fn needed(&self) -> Vec<usize> {
        let dimensions = self.dimensions.iter().flat_map(Origin::columns);
        self.origins().into_iter().flat_map(|(_, origin)| origin.columns()).chain(dimensions).collect()
    }
}

impl OrderColumns {
    pub(super) fn origins(&self) -> [(&'static str, &Origin); 11] {
        [
            ("order_id", &self.order),
            ("line_id", &self.line),
            ("buyer_id", &self.buyer),
            ("streamer_id", &self.streamer),
            ("streamer_name", &self.name),
            ("paid_at", &self.paid_at),
            ("amount", &self.amount),
            ("refund_amount", &self.refund),
            ("status", &self.status),
            ("carrier", &self.carrier),
            ("live_id", &self.live),
        ]
    }

    /// The profile that was used.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Whether the file says what was refunded.
    #[must_use]
    pub fn has_refunds(&self) -> bool {
        self.refund.is_there()
    }

    /// Whether the file says where orders came from.
    #[must_use]
    pub fn has_carrier(&self) -> bool {
        self.carrier.is_there()
    }

    /// Whether the file says which broadcast an order belongs to.
    #[must_use]
    pub fn has_live(&self) -> bool {
        self.live.is_there()
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
        let none = OrdersProfile::default();
        let orders = profile.orders.as_ref().unwrap_or(&none);
        let constants = settings.constants(source);
        let find = |field: &str| header.find(&source.name, field, &orders.columns, &constants);
        let canonical = Profile::canonical()?.orders.as_ref();
        let line = match orders.level {
            Some(OrderLevel::Order) => Origin::Absent,
            Some(OrderLevel::Line) | None => find("line_id")?,
        };
        if orders.level == Some(OrderLevel::Line) && !line.is_there() {
            return Err(InputError::Profile {
                path: source.name.clone(),
                message: format!(
                    "profile {} says that rows are lines, but the header has no line_id",
                    profile.name
                ),
            });
        }
        let amount = find("amount")?;
        let mut dimensions = Vec::new();
        for name in &settings.dimensions {
            let origin = find(name)?;
            if !origin.is_there() {
                return Err(dimension_missing(source, header, profile, name));
            }
            dimensions.push(origin);
        }
        Ok(Self {
            amount_definition: definition(&amount, header),
            profile: Arc::clone(profile),
            order: find("order_id")?,
            line,
            buyer: find("buyer_id")?,
            streamer: find("streamer_id")?,
            name: find("streamer_name")?,
            paid_at: find("paid_at")?,
            amount,
            refund: find("refund_amount")?,
            status: find("status")?,
            carrier: find("carrier")?,
            live: find("live_id")?,
            dimensions,
            statuses: words(
                orders.statuses.as_ref().or(canonical.and_then(|canonical| canonical.statuses.as_ref())),
            ),
            carriers: words(
                orders.carriers.as_ref().or(canonical.and_then(|canonical| canonical.carriers.as_ref())),
            ),
            anonymous: profile.anonymous()?,
        })
    }

    /// The required columns that are missing; `persons_optional` leaves out buyers and streamers.
    pub(super) fn missing(&self, persons_optional: bool) -> Vec<&'static str> {
        let needed = |name: &str| !(persons_optional && matches!(name, "buyer_id" | "streamer_id"));
        let required = [
            ("order_id", &self.order),
            ("buyer_id", &self.buyer),
            ("streamer_id", &self.streamer),
            ("paid_at", &self.paid_at),
            ("amount", &self.amount),
        ];
        let missing = required.into_iter().filter(|(name, origin)| needed(name) && !origin.is_there());
        missing.map(|(name, _)| name).collect()
    }
}

fn dimension_missing(source: &Source, header: &Header, profile: &Profile, name: &str) -> InputError {
    let near = header.nearest(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    InputError::MissingColumns {
        path: source.name.clone(),
        missing: vec![format!("`{name}` of --by")],
        profile: profile.name.clone(),
        header: header.summary(),
        hint: near,
    }
}

fn words<T: Copy>(mapping: Option<&BTreeMap<T, Vec<String>>>) -> HashMap<Vec<u8>, T, RandomState> {
    let pairs = mapping.into_iter().flatten();
    pairs
        .flat_map(|(meaning, words)| words.iter().map(|word| (word.clone().into_bytes(), *meaning)))
        .collect()
}

fn definition(amount: &Origin, header: &Header) -> String {
    let name = |at: &usize| header.names.get(*at).cloned().unwrap_or_default();
    match amount {
        Origin::Column(at) => name(at),
        Origin::Sum(terms) => {
            let text =
                terms.iter().map(|(minus, at)| format!("{} {}", if *minus { "−" } else { "+" }, name(at)));
            text.collect::<Vec<_>>().join(" ").trim_start_matches("+ ").to_owned()
        }
        Origin::Constant(text) => String::from_utf8_lossy(text).into_owned(),
        Origin::Absent => String::new(),
    }
}
