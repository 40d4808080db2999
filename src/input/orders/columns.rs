//! Where the columns of orders are in one file.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::once::Once;
use super::quick::QuickColumns;
use super::rules::StatusRules;
use crate::input::binding::{Header, Origin, Overridden};
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::naming;
use crate::input::profile::{
    Anonymous, Carrier, ColumnSpec, OrderLevel, OrdersProfile, Per, Profile, Status,
};
use crate::input::read::Columns;
use crate::input::settings::{FurtherColumns, ReadSettings, WithoutDimension};

/// Canonical columns that only a store and `--by` read.
const OTHER_COLUMNS: [&str; 3] = ["category", "product_id", "quantity"];

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
    /// Read only under `--refund-within`: otherwise its cells need not even be times.
    pub(super) refunded_at: Origin,
    /// The same, whether it is read or not.
    refund_time: Origin,
    pub(super) status: Origin,
    pub(super) carrier: Origin,
    pub(super) live: Origin,
    pub(super) dimensions: Vec<Origin>,
    pub(super) statuses: Words<Status>,
    pub(super) rules: StatusRules,
    pub(super) carriers: Words<Carrier>,
    /// What stands on every line of an order and counts once.
    pub(super) once: Once,
    /// Whether a row may describe the columns.
    pub(super) description_row: bool,
    pub(super) anonymous: Anonymous,
    /// Mapped columns of no other meaning, which a store keeps as text; none unless they are asked for.
    pub(in crate::input) extras: Vec<(String, Origin)>,
    /// Whether the file is a store's, whose words are canonical.
    pub(super) stored: bool,
    /// The columns for the quick way; `None` where it cannot be gone.
    pub(super) quick: Option<QuickColumns>,
    /// The amount's definition, as columns of the header.
    amount_definition: String,
    overridden: Vec<Overridden>,
}

impl Columns for OrderColumns {
    fn needed(&self) -> Vec<usize> {
        let dimensions = self.dimensions.iter().flat_map(Origin::columns);
        let origins = self.origins().into_iter().flat_map(|(_, origin)| origin.columns());
        let extras = self.extras.iter().flat_map(|(_, origin)| origin.columns());
        origins.chain(dimensions).chain(extras).chain(self.rules.columns()).collect()
    }
}

impl OrderColumns {
    pub(crate) fn origins(&self) -> [(&'static str, &Origin); 12] {
        [
            ("order_id", &self.order),
            ("line_id", &self.line),
            ("buyer_id", &self.buyer),
            ("streamer_id", &self.streamer),
            ("streamer_name", &self.name),
            ("paid_at", &self.paid_at),
            ("amount", &self.amount),
            ("refund_amount", &self.refund),
            ("refunded_at", &self.refunded_at),
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

    /// The profile, to be kept.
    pub(in crate::input) fn shared_profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// Whether rows are lines of orders.
    #[must_use]
    pub fn has_lines(&self) -> bool {
        self.line.is_there()
    }

    /// What of an order stands on each of its lines and counts once: its amount, its refund.
    #[must_use]
    pub fn per_order(&self) -> (bool, bool) {
        (self.once.amount(), self.once.refund())
    }

    /// Where the time of a refund is.
    pub(in crate::input) fn refunded_at(&self) -> &Origin {
        &self.refunded_at
    }

    /// Where the time of a refund is, though perhaps not read.
    #[must_use]
    pub fn refund_time(&self) -> &Origin {
        &self.refund_time
    }

    /// Whether the file names buyers.
    #[must_use]
    pub fn has_buyers(&self) -> bool {
        self.buyer.is_there()
    }

    /// Where the buyer is.
    pub(in crate::input) fn buyer(&self) -> &Origin {
        &self.buyer
    }

    /// Whether a dimension is read from the column of the buyers.
    #[must_use]
    pub fn dimensions_name_persons(&self) -> bool {
        self.dimensions.iter().any(|dimension| dimension.shares(&self.buyer))
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

    /// Whether the file has no order ids, so that each of its rows is an order and none a duplicate.
    #[must_use]
    pub fn rows_are_orders(&self) -> bool {
        self.order == Origin::Row
    }

    /// Whether the file says which broadcast an order belongs to.
    #[must_use]
    pub fn has_live(&self) -> bool {
        self.live.is_there()
    }

    /// The columns that a constant replaces though the file has them.
    #[must_use]
    pub fn overridden(&self) -> &[Overridden] {
        &self.overridden
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
        let statuses = orders.statuses.as_ref().or(canonical.and_then(|one| one.statuses.as_ref()));
        let carriers = orders.carriers.as_ref().or(canonical.and_then(|one| one.carriers.as_ref()));
        let line = match orders.level {
            Some(OrderLevel::Order) => Origin::Absent,
            Some(OrderLevel::Line) | None => find("line_id")?,
        };
        let amount = find("amount")?;
        let buyer = find("buyer_id")?;
        let dimension =
            |name: &String| check_dimension(find(name)?, name, (source, header, profile, settings), &buyer);
        let refunded_at = settings.needs_times_of_refunds().then(|| find("refunded_at")).transpose()?;
        let columns = Self {
            dimensions: settings.dimensions.iter().map(dimension).collect::<Result<_, _>>()?,
            extras: extras(source, header, settings, (&orders.columns, &constants))?,
            overridden: header.overridden(&orders.columns, &constants, |name| is_read(name, settings)),
            stored: source.stored.is_some(),
            amount_definition: definition(&amount, header, orders.amount_per, source),
            profile: Arc::clone(profile),
            order: find("order_id")?,
            line,
            buyer,
            streamer: find("streamer_id")?,
            name: find("streamer_name")?,
            paid_at: find("paid_at")?,
            amount,
            refund: find("refund_amount")?,
            refunded_at: refunded_at.unwrap_or(Origin::Absent),
            // Nothing depends on it, so a name that stands twice does no harm.
            refund_time: find("refunded_at").unwrap_or(Origin::Absent),
            status: find("status")?,
            carrier: find("carrier")?,
            live: find("live_id")?,
            statuses: Words::new(statuses),
            rules: StatusRules::bind(&orders.status_rules, source, header)?,
            carriers: Words::new(carriers),
            once: Once::new(orders.amount_per == Per::Order, orders.refund_per == Per::Order),
            description_row: orders.description_row,
            anonymous: profile.anonymous()?,
            quick: None,
        };
        Ok(Self { quick: QuickColumns::of(&columns, header.names.len()), ..columns })
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
        let rows_are_lines =
            self.profile.orders.as_ref().and_then(|orders| orders.level) == Some(OrderLevel::Line);
        let line = (rows_are_lines && !self.line.is_there()).then_some("line_id");
        let ruled = self.profile.orders.as_ref().is_some_and(|orders| !orders.status_rules.is_empty());
        let status = (ruled && !self.status.is_there()).then_some("status");
        missing.map(|(name, _)| name).chain(line).chain(status).collect()
    }
}

/// The columns that a store keeps beside those that have a place of their own.
fn extras(
    source: &Source,
    header: &Header,
    settings: &ReadSettings,
    (columns, constants): (&BTreeMap<String, ColumnSpec>, &BTreeMap<String, String>),
) -> Result<Vec<(String, Origin)>, InputError> {
    match settings.further {
        FurtherColumns::Dimensions => Ok(Vec::new()),
        FurtherColumns::Mapped => header.further(&source.name, columns, constants, &OTHER_COLUMNS, is_typed),
    }
}

fn names_persons(source: &Source, name: &str) -> InputError {
    let message = format!(
        "--by {name} would name persons in spite of --pseudonymize, since it is the column of buyer_id; ingest the exports into a store, \
         and group there"
    );
    InputError::Profile { path: format!("{}:1", source.name), message }
}

/// Where a dimension's text comes from, if it may be read.
fn check_dimension(
    found: Origin,
    name: &str,
    (source, header, profile, settings): (&Source, &Header, &Profile, &ReadSettings),
    buyer: &Origin,
) -> Result<Origin, InputError> {
    match found {
        Origin::Absent if settings.without_dimension == WithoutDimension::Refused => {
            Err(dimension_missing(source, header, profile, name))
        }
        found if settings.pseudonyms.is_some() && found.shares(buyer) => Err(names_persons(source, name)),
        found => Ok(found),
    }
}

fn dimension_missing(source: &Source, header: &Header, profile: &Profile, name: &str) -> InputError {
    let shown = header.shown(Some(profile), &[]);
    let near = shown.nearest(name).map(|near| format!("; did you mean `{near}`?"));
    let near = near.unwrap_or_else(|| match &source.stored {
        Some(_) => "; a store keeps the columns that the profile maps: map it, and ingest the export again"
            .to_owned(),
        None => String::new(),
    });
    InputError::MissingColumns {
        path: source.name.clone(),
        missing: vec![format!("`{name}` of --by")],
        profile: profile.name.clone(),
        header: shown.summary(),
        hint: near,
    }
}

/// Words of an export and their meanings; a word that only reads the same (full-width marks, spaces) has the meaning too.
#[derive(Debug)]
pub struct Words<T>(HashMap<Vec<u8>, T, RandomState>);

impl<T: Copy> Words<T> {
    /// Those of a profile.
    pub fn new(mapping: Option<&BTreeMap<T, Vec<String>>>) -> Self {
        let mut words = HashMap::default();
        for (meaning, texts) in mapping.into_iter().flatten() {
            for text in texts {
                words.insert(naming::plain(text).into_bytes(), *meaning);
                words.insert(text.clone().into_bytes(), *meaning);
            }
        }
        Self(words)
    }

    /// All words with their meanings.
    pub(super) fn all(&self) -> impl Iterator<Item = (&[u8], T)> {
        self.0.iter().map(|(word, meaning)| (word.as_slice(), *meaning))
    }

    /// The meaning of a word, trimmed.
    #[must_use]
    pub fn get(&self, word: &[u8]) -> Option<T> {
        self.0.get(word).copied().or_else(|| self.reads_the_same(word))
    }

    #[cold]
    fn reads_the_same(&self, word: &[u8]) -> Option<T> {
        let word = std::str::from_utf8(word).ok().filter(|word| !word.is_empty())?;
        self.0.get(naming::plain(word).as_bytes()).copied()
    }
}

/// Whether a column is read at all.
fn is_read(name: &str, settings: &ReadSettings) -> bool {
    is_typed(name) || settings.dimensions.iter().any(|dimension| dimension == name)
}

/// Whether a column has a place of its own.
fn is_typed(name: &str) -> bool {
    const TYPED: [&str; 12] = [
        "order_id",
        "line_id",
        "buyer_id",
        "streamer_id",
        "streamer_name",
        "paid_at",
        "amount",
        "refund_amount",
        "refunded_at",
        "status",
        "carrier",
        "live_id",
    ];
    TYPED.contains(&name)
}

/// The columns of the header that an amount is made of.
pub(in crate::input) fn definition(amount: &Origin, header: &Header, per: Per, source: &Source) -> String {
    if let Some(stored) = &source.stored {
        return stored.about.amount.clone();
    }
    let name = |at: &usize| header.names.get(*at).cloned().unwrap_or_default();
    let text = match amount {
        Origin::Column(at) | Origin::Blankable(at, _) => name(at),
        Origin::Sum(terms) => {
            let text =
                terms.iter().map(|(minus, at)| format!("{} {}", if *minus { "−" } else { "+" }, name(at)));
            text.collect::<Vec<_>>().join(" ").trim_start_matches("+ ").to_owned()
        }
        Origin::Constant(text) => String::from_utf8_lossy(text).into_owned(),
        Origin::Absent | Origin::Joined(_) | Origin::First(_) | Origin::Row => String::new(),
    };
    if per == Per::Order { format!("{text} (once an order)") } else { text }
}
