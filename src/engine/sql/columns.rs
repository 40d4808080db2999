//! The tables of a question: where their columns are, and what their words mean, by a profile.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cells::Cells;
use super::dialect::Dialect;
use super::orders::{carrier_word, status_word};
use super::question::{SqlError, TableColumns};
use super::text::{Sql, sql};
use crate::input::binding::{Header, Origin};
use crate::input::files::Source;
use crate::input::orders::bind_orders;
use crate::input::parse::money::LARGEST;
use crate::input::profile::{Anonymous, Per, Profile, Status};
use crate::input::rejects::Reason;
use crate::input::sessions::bind_sessions;
use crate::input::settings::{Profiles, ReadSettings};

/// The table of orders: where its columns are, and what their words mean.
#[derive(Debug)]
pub(super) struct OrderTable {
    pub table: Sql,
    names: Vec<String>,
    origins: Vec<(&'static str, Origin)>,
    pub dimensions: Vec<Origin>,
    pub profile: Arc<Profile>,
    pub anonymous: Anonymous,
    /// What an amount is, in words.
    pub amount_definition: String,
}

/// The table of sessions.
#[derive(Debug)]
pub(super) struct SessionTable {
    pub table: Sql,
    names: Vec<String>,
    origins: Vec<(&'static str, Origin)>,
    pub profile: Arc<Profile>,
    pub anonymous: Anonymous,
}

/// A rule about several columns: the words of each by its number, and the status where all of them hold one.
type Rule<'a> = (Vec<(usize, &'a [String])>, Status);

/// A part of an amount: the column, and which of the cells that it is the sum of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub field: &'static str,
    number: Option<usize>,
    subtracted: bool,
}

impl Term {
    /// The name of its text in a statement.
    pub fn alias(&self, dialect: Dialect) -> Sql {
        dialect.name(
            &self.number.map_or_else(|| self.field.to_owned(), |number| format!("{}_{number}", self.field)),
        )
    }

    /// The name of its digits.
    pub fn digits(&self, dialect: Dialect) -> Sql {
        let number = self.number.map_or(String::new(), |number| format!("_{number}"));
        dialect.name(&format!("{}_digits{number}", self.field))
    }
}

fn origin<'o>(origins: &'o [(&'static str, Origin)], name: &str) -> &'o Origin {
    origins.iter().find(|(field, _)| *field == name).map_or(&Origin::Absent, |(_, origin)| origin)
}

impl OrderTable {
    /// Finds the columns in a table of orders.
    pub fn find(
        asked: TableColumns,
        read: &ReadSettings,
        profiles: &Profiles,
        dialect: Dialect,
    ) -> Result<Self, SqlError> {
        let table = asked.table.of(dialect).map_err(SqlError::Unsaid)?;
        let source = Source::named(&table.to_string());
        let header = Header { names: asked.columns };
        let columns = bind_orders(profiles, read, &source, &header)?;
        let profile = Arc::new(columns.profile().clone());
        check_profile(&profile)?;
        let origins = columns.origins().into_iter().map(|(name, origin)| (name, origin.clone())).collect();
        let (none, constants) = (BTreeMap::new(), read.constants(&source));
        let specs = profile.orders.as_ref().map_or(&none, |orders| &orders.columns);
        let dimension = |name: &String| header.find("", name, specs, &constants);
        let dimensions = read.dimensions.iter().map(dimension).collect::<Result<_, _>>()?;
        let anonymous = profile.anonymous()?;
        let amount_definition = columns.amount_definition().to_owned();
        Ok(Self { table, names: header.names, origins, dimensions, profile, anonymous, amount_definition })
    }

    pub fn cells(&self, dialect: Dialect) -> Cells<'_> {
        Cells { dialect, names: &self.names }
    }

    pub fn origin(&self, name: &str) -> &Origin {
        origin(&self.origins, name)
    }

    /// Whether rows are lines of orders.
    pub fn has_lines(&self) -> bool {
        self.origin("line_id").is_there()
    }

    /// Whether there are no order ids, so that every row is an order.
    pub fn rows_are_orders(&self) -> bool {
        *self.origin("order_id") == Origin::Row
    }

    /// The parts of an amount, each with its column where it is one.
    pub fn terms(&self, field: &'static str) -> Vec<(Term, Option<usize>)> {
        let term = |number, subtracted| Term { field, number, subtracted };
        match self.origin(field) {
            Origin::Absent => Vec::new(),
            Origin::Column(at) => vec![(term(None, false), Some(*at))],
            Origin::Sum(terms) => {
                let one = |(number, (minus, at)): (usize, &(bool, usize))| {
                    (term(Some(number + 1), *minus), Some(*at))
                };
                terms.iter().enumerate().map(one).collect()
            }
            _ => vec![(term(None, false), None)],
        }
    }

    /// An amount in minor units; null where it is blank or does not read.
    pub fn money(&self, dialect: Dialect, field: &'static str) -> Sql {
        let minor =
            |(term, _): &(Term, Option<usize>)| (term.subtracted, dialect.minor_units(&term.digits(dialect)));
        match &self.terms(field).iter().map(minor).collect::<Vec<_>>()[..] {
            [] => sql!("CAST(NULL AS BIGINT)"),
            [(false, one)] => one.clone(),
            several => {
                let signed = |(subtracted, minor): &(bool, Sql)| {
                    let sign = if *subtracted { "-" } else { "" };
                    sql!("{sign}coalesce({minor}, 0)", sign = sign, minor = minor)
                };
                let all = Sql::join(several.iter().map(|(_, minor)| minor.clone()), ", ");
                let sum = Sql::join(several.iter().map(signed), " + ");
                sql!("CASE WHEN coalesce({all}) IS NOT NULL THEN {sum} END", all = all, sum = sum)
            }
        }
    }

    /// Why an amount does not read, or its sum is below nothing; null where it does.
    pub fn money_fault(&self, dialect: Dialect, field: &'static str) -> Sql {
        let terms = self.terms(field);
        let one = |(term, _): &(Term, Option<usize>)| {
            dialect.money_fault(&term.alias(dialect), &term.digits(dialect))
        };
        let mut all: Vec<Sql> = terms.iter().map(one).collect();
        if all.is_empty() {
            return sql!("CAST(NULL AS {text})", text = dialect.text_type());
        }
        if terms.len() > 1 {
            let sum = self.money(dialect, field);
            all.push(sql!(
                "CASE WHEN ({sum}) < 0 THEN '{below}' WHEN ({sum}) > {largest} THEN '{above}' END",
                sum = sum,
                below = Reason::Negative.name(),
                largest = LARGEST,
                above = Reason::TooLarge.name()
            ));
        }
        sql!("coalesce({all}, NULL)", all = Sql::join(all, ", "))
    }

    /// The columns that rules about several columns read, by their numbers, with their names in a statement.
    pub fn rule_columns(&self, dialect: Dialect) -> Vec<(usize, Sql)> {
        let mut columns: Vec<usize> =
            self.rules().iter().flat_map(|(when, _)| when.iter().map(|(at, _)| *at)).collect();
        columns.sort_unstable();
        columns.dedup();
        columns.into_iter().map(|at| (at, dialect.name(&format!("rule_{}", at + 1)))).collect()
    }

    /// The rules whose columns the table has.
    fn rules(&self) -> Vec<Rule<'_>> {
        let header = Header { names: self.names.clone() };
        let rules = self.profile.orders.iter().flat_map(|orders| &orders.status_rules);
        let bound = rules.filter_map(|rule| {
            let column = |(name, words): (&String, &'_ Vec<String>)| {
                Some((header.index("", name).ok()??, words.as_slice().to_vec()))
            };
            let when: Option<Vec<_>> = rule.when.iter().map(column).collect();
            Some((when?, rule))
        });
        bound
            .map(|(when, rule)| {
                let words = rule.when.values().map(Vec::as_slice);
                (when.into_iter().zip(words).map(|((at, _), words)| (at, words)).collect(), rule.then)
            })
            .collect()
    }

    /// The canonical word of the status of an order; null for one that nothing maps.
    pub fn meaning(&self, dialect: Dialect) -> Sql {
        if !self.origin("status").is_there() {
            return sql!("'paid'");
        }
        let mut cases: Vec<Sql> = Vec::new();
        for (when, then) in self.rules() {
            let holds = |(at, words): &(usize, &[String])| {
                let column = dialect.name(&format!("rule_{}", at + 1));
                let texts = dialect.texts(words.iter().filter(|word| !word.is_empty()).map(String::as_str));
                let blank = words.iter().any(String::is_empty);
                let blank = if blank {
                    sql!(
                        "coalesce({column} IN ({nothing}), TRUE)",
                        column = column,
                        nothing = dialect.nothing()
                    )
                } else {
                    sql!("FALSE")
                };
                let is_word = if texts.is_empty() {
                    sql!("FALSE")
                } else {
                    sql!("coalesce({column} IN ({texts}), FALSE)", column = column, texts = texts)
                };
                sql!("({is_word} OR {blank})", is_word = is_word, blank = blank)
            };
            let all = Sql::join(when.iter().map(holds), " AND ");
            cases.push(sql!("WHEN {all} THEN '{word}'", all = all, word = status_word(then)));
        }
        let canonical = || Profile::canonical().ok()?.orders.as_ref()?.statuses.as_ref();
        let own = self.profile.orders.as_ref().and_then(|orders| orders.statuses.as_ref());
        for (status, words) in own.or_else(canonical).into_iter().flatten() {
            cases.push(dialect.word_case("status", words, status_word(*status)));
        }
        if cases.is_empty() {
            sql!("CAST(NULL AS {text})", text = dialect.text_type())
        } else {
            sql!("CASE {cases} END", cases = Sql::join(cases, "\n    "))
        }
    }

    /// The canonical word of where an order came from.
    pub fn carrier(&self, dialect: Dialect) -> Sql {
        let canonical = || Profile::canonical().ok()?.orders.as_ref()?.carriers.as_ref();
        let own = self.profile.orders.as_ref().and_then(|orders| orders.carriers.as_ref());
        let mut cases = vec![sql!("WHEN carrier IS NULL THEN '(none)'")];
        for (carrier, words) in own.or_else(canonical).into_iter().flatten() {
            cases.push(dialect.word_case("carrier", words, carrier_word(*carrier)));
        }
        sql!("CASE {cases} ELSE 'other' END", cases = Sql::join(cases, "\n    "))
    }
}

impl SessionTable {
    /// Finds the columns in a table of sessions.
    pub fn find(
        asked: TableColumns,
        read: &ReadSettings,
        profiles: &Profiles,
        dialect: Dialect,
    ) -> Result<Self, SqlError> {
        let table = asked.table.of(dialect).map_err(SqlError::Unsaid)?;
        let header = Header { names: asked.columns };
        let columns = bind_sessions(profiles, read, &Source::named(&table.to_string()), &header)?;
        let profile = Arc::new(columns.profile().clone());
        check_profile(&profile)?;
        let origins = columns.origins().into_iter().map(|(name, origin)| (name, origin.clone())).collect();
        let anonymous = profile.anonymous()?;
        Ok(Self { table, names: header.names, origins, profile, anonymous })
    }

    pub fn cells(&self, dialect: Dialect) -> Cells<'_> {
        Cells { dialect, names: &self.names }
    }

    pub fn origin(&self, name: &str) -> &Origin {
        origin(&self.origins, name)
    }

    /// Whether it says where sessions came from.
    pub fn has_source(&self) -> bool {
        self.origin("source").is_there()
    }

    /// `private`, `organic` or `paid`.
    pub fn traffic(&self, dialect: Dialect) -> Sql {
        use crate::input::profile::Traffic::{Organic, Paid, Private};
        let canonical = || Profile::canonical().ok()?.sessions.as_ref()?.sources.as_ref();
        let own = self.profile.sessions.as_ref().and_then(|sessions| sessions.sources.as_ref());
        let case = |(traffic, words): (&_, &Vec<String>)| {
            let word = match traffic {
                Private => "private",
                Paid => "paid",
                Organic => return None,
            };
            Some(sql!(
                "WHEN {is_word} THEN '{word}'",
                is_word = dialect.is_word("source", words),
                word = word
            ))
        };
        let cases: Vec<Sql> = own.or_else(canonical).into_iter().flatten().filter_map(case).collect();
        if cases.is_empty() {
            sql!("'organic'")
        } else {
            sql!("CASE {cases} ELSE 'organic' END", cases = Sql::join(cases, " "))
        }
    }

    /// The word of where a session came from, where nothing maps it; else null.
    pub fn unknown_source(&self, dialect: Dialect) -> Sql {
        let canonical = || Profile::canonical().ok()?.sessions.as_ref()?.sources.as_ref();
        let own = self.profile.sessions.as_ref().and_then(|sessions| sessions.sources.as_ref());
        let words: Vec<&str> = own
            .or_else(canonical)
            .into_iter()
            .flatten()
            .flat_map(|(_, words)| words)
            .map(String::as_str)
            .collect();
        let blank = if words.contains(&"") { "NULL" } else { "'(blank)'" };
        let known = if words.is_empty() {
            sql!("FALSE")
        } else {
            sql!("source IN ({words})", words = dialect.texts(words))
        };
        if self.has_source() {
            sql!(
                "CASE WHEN source IS NULL THEN {blank} WHEN {known} THEN NULL ELSE source END",
                blank = blank,
                known = known
            )
        } else {
            sql!("CAST(NULL AS {text})", text = dialect.text_type())
        }
    }
}

/// Refuses what a profile may say and a statement does not.
fn check_profile(profile: &Profile) -> Result<(), SqlError> {
    let orders = profile.orders.as_ref();
    let what = if !profile.time.formats.is_empty() {
        "forms of times of its own"
    } else if orders.is_some_and(|orders| orders.amount_per == Per::Order || orders.refund_per == Per::Order)
    {
        "amounts of whole orders on each of their lines"
    } else {
        return Ok(());
    };
    Err(SqlError::Unsaid(format!(
        "the profile {} has {what}, which a query does not carry; make typed columns of it first (gmv ingest writes such Parquet files)",
        profile.name
    )))
}
