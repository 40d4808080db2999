//! What is asked: the tables with the columns that a profile finds in them, and the rules of a run.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::Query;
use super::columns::{OrderTable, SessionTable};
use super::dialect::Dialect;
use super::table::Table;
use super::text::{Sql, select};
use super::zone::Zone;
use crate::calendar::{Calendar, DateRange, PeriodKind};
use crate::engine::reach::Reported;
use crate::engine::{GroupColumn, Grouping};
use crate::input::error::InputError;
use crate::input::settings::{Profiles, ReadSettings};
use crate::journey::rules::{Attribution, Basis, DomainRule, Occasion, UnknownStatus};
use crate::units::{MinorUnits, Seconds};

/// A table and the names of its columns.
#[derive(Debug, Clone)]
pub struct TableColumns {
    /// The table.
    pub table: Table,
    /// All columns that it has.
    pub columns: Vec<String>,
}

impl TableColumns {
    /// The statement that gives all of its columns as texts.
    ///
    /// # Errors
    /// When the engine cannot read such a table.
    pub fn texts(&self, dialect: Dialect) -> Result<String, String> {
        let text = |name: &String| {
            let name = dialect.name(name);
            (dialect.cell(&name), name)
        };
        Ok(select(self.columns.iter().map(text).collect(), &self.table.of(dialect)?).to_string())
    }
}

/// What is asked of tables of orders and sessions: the same as [`crate::engine::local::LocalSettings`] asks of exports.
#[derive(Debug)]
pub struct Asked {
    /// The language.
    pub dialect: Dialect,
    /// The orders.
    pub orders: TableColumns,
    /// The sessions; `None` without any.
    pub sessions: Option<TableColumns>,
    /// The streamers with their attributes; `None` without a table of them.
    pub streamers: Option<TableColumns>,
    /// The streamers of each computed tier but tail, in which all others are; `None` where tiers are not computed.
    pub tiers: Option<Vec<(Arc<str>, &'static str)>>,
    /// The columns by which one row of an order is later than another.
    pub latest_by: Vec<String>,
    /// How cells are read.
    pub read: ReadSettings,
    /// What counts, and how it is grouped.
    pub rules: Rules,
}

/// What the profiles of tables say, which no statement gives: the same as [`crate::engine::exports::Inputs`] says of exports.
#[derive(Debug, Clone)]
pub struct Bound {
    /// Whether the sessions say where viewers came from.
    pub has_sources: bool,
    /// The currency sign.
    pub currency: Option<String>,
    /// The profiles and the definition of the amount, for metadata.
    pub definitions: Vec<(String, String)>,
    /// Whether a group is the column of the buyers, whatever it is called.
    pub names_persons: bool,
}

impl Asked {
    /// What the profiles say of the tables.
    ///
    /// # Errors
    /// When one does not fit its table.
    pub fn bound(self) -> Result<Bound, SqlError> {
        let Self { dialect, read, orders, sessions, .. } = self;
        let profiles = Profiles::load(read.profile.as_deref())?;
        let orders = OrderTable::find(orders, &read, &profiles, dialect)?;
        let find = |sessions| SessionTable::find(sessions, &read, &profiles, dialect);
        let sessions = sessions.map(find).transpose()?;
        let names = std::iter::once(&orders.profile).chain(sessions.iter().map(|table| &table.profile));
        let names: BTreeSet<&str> = names.map(|profile| profile.name.as_str()).collect();
        let names = names.into_iter().collect::<Vec<_>>().join("; ");
        Ok(Bound {
            has_sources: sessions.as_ref().is_some_and(SessionTable::has_source),
            currency: orders.profile.currency.clone(),
            definitions: vec![
                ("gmv.profile".to_owned(), names),
                ("gmv.amount".to_owned(), orders.amount_definition.clone()),
            ],
            names_persons: orders.dimensions.iter().any(|one| one.shares(orders.origin("buyer_id"))),
        })
    }
}

/// What counts, and how it is grouped.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The groups.
    pub grouping: Grouping,
    /// The kind of the periods.
    pub period: PeriodKind,
    /// The shop's clock.
    pub calendar: Calendar,
    /// `--from` and `--to`.
    pub range: (Option<Date>, Option<Date>),
    /// Two ranges of dates, the earlier one first, that are one period each in the place of such of a kind; `range` is what they span.
    pub ranges: Option<(DateRange, DateRange)>,
    /// `--covers`.
    pub covers: Option<DateRange>,
    /// Which amount counts.
    pub basis: Basis,
    /// What ties orders to viewing.
    pub attribution: Attribution,
    /// Which domain a viewer has.
    pub domain_rule: DomainRule,
    /// What an unmapped status does.
    pub unknown_status: UnknownStatus,
    /// The lower edges of price bands, ascending.
    pub price_bands: Vec<MinorUnits>,
    /// Whether the sums carry their second moments.
    pub moments: bool,
    /// What makes an order of a buyer another one.
    pub occasion: Occasion,
}

impl Rules {
    /// What counts on a day, as where exports are examined: what was paid then, refunded later or not, of a status that is known to count.
    fn of_days(self) -> Self {
        Self { basis: Basis::Paid, unknown_status: UnknownStatus::Skip, ..self }
    }

    /// The kind of the periods; `None` where they are ranges.
    #[must_use]
    pub fn period_kind(&self) -> Option<PeriodKind> {
        Some(self.period).filter(|_| self.ranges.is_none())
    }

    /// What is reported.
    #[must_use]
    pub fn reported(&self) -> Reported<'_> {
        let Self { period, ref calendar, range, ranges, covers, .. } = *self;
        Reported { period, calendar, range, ranges, covers }
    }
}

/// What cannot be asked of tables.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// A profile or its columns do not fit.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It cannot be said in the language.
    #[error("{0}")]
    Unsaid(String),
}

/// Which rows go through the steps to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    /// Those that count, or tell who had bought.
    Counting,
    /// All that stand: they tell what the tables reach.
    Standing,
    /// All: the answer is about them.
    Everything,
}

/// The same, with everything found that it names.
#[derive(Debug)]
pub(super) struct Question {
    pub query: Query,
    /// Whether periods are told with the dates that the tables reach.
    tells_dates: bool,
    pub dialect: Dialect,
    pub orders: OrderTable,
    pub sessions: Option<SessionTable>,
    pub streamers: Option<Sql>,
    /// Whether the table of streamers says anything of them but their names, so that one who is not there is missing.
    pub lists_streamers: bool,
    pub tiers: Option<Vec<(Arc<str>, &'static str)>>,
    pub latest_by: Vec<String>,
    pub allow_mangled_ids: bool,
    pub zone: Zone,
    pub max_session: Seconds,
    pub rules: Rules,
    /// The ranges that are periods, and what lies between them; none where periods are of a kind.
    pub spans: Vec<DateRange>,
}

impl Question {
    /// Finds the columns in the tables.
    ///
    /// # Errors
    /// When required columns are missing, or what is asked cannot be said.
    pub fn find(asked: Asked, query: Query) -> Result<Self, SqlError> {
        let (dialect, read) = (asked.dialect, &asked.read);
        let profiles = Profiles::load(read.profile.as_deref())?;
        let rules = if query == Query::Days { asked.rules.of_days() } else { asked.rules };
        let orders = OrderTable::find(asked.orders, read, &profiles, dialect)?;
        let sessions = asked
            .sessions
            .map(|sessions| SessionTable::find(sessions, read, &profiles, dialect))
            .transpose()?;
        let own = |name: &String| name != "streamer_id" && name != "streamer_name";
        let lists_streamers = asked.streamers.as_ref().is_some_and(|table| table.columns.iter().any(own));
        let streamers = asked.streamers.map(|streamers| streamers.table.of(dialect)).transpose();
        let spans = rules.ranges.map(|(earlier, later)| earlier.and_between(later)).transpose();
        let question = Self {
            spans: spans.map_err(InputError::from)?.unwrap_or_default(),
            query,
            tells_dates: true,
            dialect,
            orders,
            sessions,
            streamers: streamers.map_err(SqlError::Unsaid)?,
            lists_streamers,
            tiers: asked.tiers,
            latest_by: asked.latest_by,
            allow_mangled_ids: read.allow_mangled_ids,
            zone: Zone::new(&rules.calendar.zone, dialect),
            max_session: read.max_session,
            rules,
        };
        question.check()?;
        Ok(question)
    }

    /// The same for statements that know their periods.
    ///
    /// # Errors
    /// When required columns are missing, or what is asked cannot be said.
    pub fn of_persons(asked: Asked) -> Result<Self, SqlError> {
        Ok(Self { tells_dates: false, ..Self::find(asked, Query::Sums)? })
    }

    /// Whether the answer is about rows.
    pub fn is_of_rows(&self) -> bool {
        self.query == Query::Rows
    }

    /// Which rows go through the steps to the end.
    pub fn carried(&self) -> Carried {
        let Rules { covers, range: (from, to), period, .. } = &self.rules;
        let dates_are_known = *period != PeriodKind::All || from.is_some() && to.is_some();
        if self.is_of_rows() {
            Carried::Everything
        } else if self.follows_buyers() || !self.tells_dates || covers.is_some() && dates_are_known {
            Carried::Counting
        } else {
            Carried::Standing
        }
    }

    /// Whether buyers are followed over time, so that orders before the range matter.
    pub fn follows_buyers(&self) -> bool {
        matches!(self.query, Query::Rates | Query::Waits | Query::Cohorts)
    }

    /// Whether it is asked what was refunded, and known of each group: of orders of which nothing is left it is not known what their buyers
    /// were as viewers.
    pub fn tells_refunds(&self) -> bool {
        self.query == Query::Rates
            && self.orders.origin("refund_amount").is_there()
            && !(self.is_net() && self.rules.grouping.is_split())
    }

    /// Whether orders of which nothing is left are told beside the others.
    pub fn tells_gone(&self) -> bool {
        self.tells_refunds() && self.is_net()
    }

    /// Whether orders count with what refunds left of them.
    pub fn is_net(&self) -> bool {
        self.rules.basis == Basis::Net
    }

    /// The table of sessions, where what is asked for depends on viewing.
    pub fn viewing(&self) -> Option<&SessionTable> {
        let of_viewers = |column: &GroupColumn| matches!(column, GroupColumn::Domain | GroupColumn::Traffic);
        let matters = match self.query {
            Query::Waits => self.rules.grouping.columns.iter().any(of_viewers),
            Query::Cohorts | Query::Days => false,
            _ => true,
        };
        self.sessions.as_ref().filter(|_| matters)
    }

    /// Refuses what the tables do not have the columns for.
    fn check(&self) -> Result<(), SqlError> {
        let has_source = self.sessions.as_ref().is_some_and(SessionTable::has_source);
        let of_viewers = |column: &&GroupColumn| matches!(column, GroupColumn::Domain | GroupColumn::Traffic);
        let orders_say = |name: &str| self.orders.origin(name).is_there();
        let live = orders_say("live_id")
            || self.sessions.as_ref().is_some_and(|table| table.origin("live_id").is_there());
        let own = |column: &&GroupColumn| self.query.columns().any(|name| name == column.name());
        if let Some(column) = self.rules.grouping.columns.iter().find(own) {
            let name = column.name();
            return Err(SqlError::Unsaid(format!(
                "--by {name}: the result has a column of that name; map it under another one in a profile"
            )));
        }
        let by_carrier = self.rules.attribution == Attribution::Carrier || self.has(&GroupColumn::Carrier);
        let lacking = if let Some(column) =
            self.rules.grouping.columns.iter().find(of_viewers).filter(|_| !has_source)
        {
            format!("--by {}: the table of sessions has no column source", column.name())
        } else if self.is_net() && !orders_say("refund_amount") {
            "--basis net: the table of orders has no column refund_amount".to_owned()
        } else if by_carrier && !orders_say("carrier") {
            "the table of orders has no column carrier, which --by or --attribution asks for".to_owned()
        } else if self.rules.grouping.has_live() && !live {
            "--by live: neither table has a column live_id".to_owned()
        } else {
            return Ok(());
        };
        Err(SqlError::Unsaid(format!(
            "{lacking}; map it in a profile, or, for gmv sql, name all columns of the tables with --orders-columns and --sessions-columns"
        )))
    }
}
