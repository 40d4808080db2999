//! What alerts are about, looked up by name in the tables of the report, so that an alert judges the very numbers that are shown.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::alert::{Measure, Missing, Streamer, Subjects, Sureness, Value, When};
use crate::change::Status;
use crate::input::orders::NONE;
use crate::present::model::{Document, Values};

/// The documents of the report that hold measures.
#[derive(Debug, Clone, Copy)]
pub struct AlertTables<'a> {
    /// The factors of all streamers together, by period.
    pub totals: &'a Document,
    /// Those of each streamer.
    pub streamers: &'a Document,
    /// Repurchase and trust, by period.
    pub repurchase: &'a Document,
    /// The same of each streamer.
    pub streamer_repurchase: &'a Document,
    /// What each factor did; `None` without a period before.
    pub change: Option<&'a Document>,
    /// The same by streamer.
    pub streamer_changes: Option<&'a Document>,
}

/// Tables as subjects of alerts.
#[derive(Debug)]
pub struct TableSubjects<'a> {
    /// Sums, then rates: a measure that both have is looked up in the sums.
    by_period: [Pair<'a>; 2],
    changes: Option<Pair<'a>>,
    periods: [Option<Date>; 2],
    streamers: Vec<Streamer>,
    gaps: Vec<Date>,
}

/// A document of all streamers together, and the one of each.
#[derive(Debug)]
struct Pair<'a> {
    total: Rows<'a>,
    each: Rows<'a>,
}

/// The rows of a document, found by period (the first date; `None` where there is no such column) and streamer.
#[derive(Debug)]
struct Rows<'a> {
    document: &'a Document,
    places: HashMap<(Option<Date>, Option<Arc<str>>), usize>,
}

impl<'a> Rows<'a> {
    fn new(document: &'a Document) -> Self {
        let dates = match values(document, "period") {
            Some(Values::Date(dates)) => &dates[..],
            _ => &[],
        };
        let key =
            |row: usize| (dates.get(row).copied().flatten(), text(document, "streamer_id", row).cloned());
        let mut places = HashMap::new();
        for row in 0..document.rows() {
            places.entry(key(row)).or_insert(row);
        }
        Self { document, places }
    }

    fn row(&self, period: Option<Date>, streamer: Option<&Streamer>) -> Option<usize> {
        self.places.get(&(period, streamer.map(|streamer| streamer.id.clone()))).copied()
    }

    /// The streamers of a period, in the order of the rows.
    fn streamers(&self, period: Option<Date>) -> Vec<Streamer> {
        let of_period = self.places.iter().filter(|((date, _), _)| *date == period);
        let mut rows: Vec<usize> = of_period.map(|(_, row)| *row).collect();
        rows.sort_unstable();
        let streamer = |row: usize| {
            let id = text(self.document, "streamer_id", row)?.clone();
            let name = text(self.document, "streamer_name", row).cloned();
            // Orders without a streamer are a row, but nobody who comes or goes.
            (*id != *NONE).then_some(Streamer { id, name })
        };
        rows.into_iter().filter_map(streamer).collect()
    }
}

impl<'a> Pair<'a> {
    fn new(total: &'a Document, each: &'a Document) -> Self {
        Self { total: Rows::new(total), each: Rows::new(each) }
    }

    fn of(&self, streamer: Option<&Streamer>) -> &Rows<'a> {
        if streamer.is_some() { &self.each } else { &self.total }
    }
}

impl<'a> TableSubjects<'a> {
    /// The tables, and the first dates of the two periods. `gaps` are the days of the period without rows, in order.
    #[must_use]
    pub fn new(tables: AlertTables<'a>, period: Date, before: Option<Date>, gaps: Vec<Date>) -> Self {
        let sums = Pair::new(tables.totals, tables.streamers);
        let rates = Pair::new(tables.repurchase, tables.streamer_repurchase);
        let changes = tables.change.zip(tables.streamer_changes);
        let mut streamers = sums.each.streamers(Some(period));
        if before.is_some() {
            let known: std::collections::HashSet<Arc<str>> =
                streamers.iter().map(|streamer| streamer.id.clone()).collect();
            let earlier = sums.each.streamers(before);
            streamers.extend(earlier.into_iter().filter(|streamer| !known.contains(&streamer.id)));
        }
        Self {
            by_period: [sums, rates],
            changes: changes.map(|(total, each)| Pair::new(total, each)),
            periods: [Some(period), before],
            streamers,
            gaps,
        }
    }

    /// The value of an effect.
    fn effect(&self, streamer: Option<&Streamer>, measure: Measure) -> Result<Value, Missing> {
        let rows = self.changes.as_ref().ok_or(Missing::NoPeriod)?.of(streamer);
        if values(rows.document, measure.name()).is_none() {
            return Err(Missing::NoColumn);
        }
        let row = rows.row(None, streamer).ok_or(Missing::Nothing)?;
        number(rows.document, measure.name(), row).ok_or(Missing::Unknown)
    }

    /// Why a table that has the measure has no value of it.
    fn missing(&self, streamer: Option<&Streamer>, measure: Measure, when: When) -> Result<Value, Missing> {
        let Some(per) = measure.per() else { return Err(Missing::Unknown) };
        Err(match self.value(streamer, per, when) {
            Ok(value) if value.to_f64() == 0.0 => Missing::Nothing,
            Err(Missing::Nothing) => Missing::Nothing,
            // What is known of the shop is known of all its streamers, but for those who have none of it.
            _ if streamer.is_some() && self.value(None, measure, when).is_ok() => Missing::Nothing,
            _ => Missing::Unknown,
        })
    }
}

impl Subjects for TableSubjects<'_> {
    fn streamers(&self) -> &[Streamer] {
        &self.streamers
    }

    fn value(&self, streamer: Option<&Streamer>, measure: Measure, when: When) -> Result<Value, Missing> {
        let period = match when {
            When::Now => self.periods[0],
            When::Before => Some(self.periods[1].ok_or(Missing::NoPeriod)?),
        };
        if measure.is_effect() {
            return self.effect(streamer, measure);
        }
        let has = |pair: &&Pair<'_>| values(pair.of(streamer).document, measure.name()).is_some();
        let rows = self.by_period.iter().find(has).ok_or(Missing::NoColumn)?.of(streamer);
        match rows.row(period, streamer) {
            Some(row) => match number(rows.document, measure.name(), row) {
                Some(value) => Ok(value),
                None => self.missing(streamer, measure, when),
            },
            // A streamer without a row has none of what the shop has.
            None if streamer.is_some() && measure.kind().adds_up() => {
                self.value(None, measure, when).map(|value| match value {
                    Value::Money(_) => Value::Money(0),
                    Value::Count(_) => Value::Count(0),
                    Value::Real(_) => Value::Real(0.0),
                })
            }
            None => self.missing(streamer, measure, when),
        }
    }

    fn sureness(&self, streamer: Option<&Streamer>, measure: Measure) -> Sureness {
        let found = || {
            let (rows, effect) = (self.changes.as_ref()?.of(streamer), measure.effect()?);
            let row = rows.row(None, streamer)?;
            let flag = |suffix: &str| match values(rows.document, &format!("{effect}_{suffix}")) {
                Some(Values::Flag(flags)) => flags.get(row).copied().flatten(),
                _ => None,
            };
            Some(Sureness { beyond_sampling: flag("beyond_sampling"), unusual: flag("unusual") })
        };
        found().unwrap_or_default()
    }

    fn status(&self, streamer: &Streamer) -> Option<Status> {
        let rows = self.changes.as_ref()?.of(Some(streamer));
        let row = rows.row(None, Some(streamer))?;
        let name = text(rows.document, "status", row)?;
        [Status::Both, Status::Entered, Status::Left].into_iter().find(|status| status.name() == &**name)
    }

    fn gaps(&self) -> &[Date] {
        &self.gaps
    }
}

fn values<'a>(document: &'a Document, name: &str) -> Option<&'a Values> {
    document.columns.iter().find(|column| column.name == name).map(|column| &column.values)
}

fn text<'a>(document: &'a Document, name: &str, row: usize) -> Option<&'a Arc<str>> {
    match values(document, name) {
        Some(Values::Text(texts)) => texts.get(row)?.as_ref(),
        _ => None,
    }
}

fn number(document: &Document, name: &str, row: usize) -> Option<Value> {
    match values(document, name)? {
        Values::Money(money) => money.get(row)?.map(Value::Money),
        Values::Count(counts) => counts.get(row)?.map(Value::Count),
        Values::Real(reals) => reals.get(row)?.map(Value::Real),
        _ => None,
    }
}
