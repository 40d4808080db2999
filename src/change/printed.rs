//! Intervals of a comparison of facts whose persons another engine knows: the statement for it that carries how effects answer to persons, and
//! what it gave, read back from a file. Every line of it says of which comparison it is, so that none is taken for that of another one.

use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::effect::Effect;
use super::influence::weights;
use super::method::Method;
use super::pair::{Asked, Pair};
use super::rows::Table;
use crate::calendar::PeriodKind;
use crate::engine::leaves::{LeafPeriod, Leaves, Persons};
use crate::engine::sql::printed::{COMPARISON, COUNTED, Printed, SUPPOSED, printed_statement};
use crate::engine::sql::{self, Answer, AnswerRow, influence::ViewerParts};
use crate::engine::{Aggregate, EngineError, GroupColumn, Grouping};
use crate::factor::Factor;
use crate::input::container::Opening;
use crate::input::table::SmallTable;

const PARTS: ViewerParts = ViewerParts {
    whole: Effect::Viewers as usize,
    scale: Effect::Scale as usize,
    overlap: Effect::Overlap as usize,
    mix: Effect::Mix as usize,
};

/// Which comparison a statement is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Comparison {
    /// The first date of the period before, or its range.
    before: String,
    /// The same of the period after.
    after: String,
    /// The kind of the periods.
    period: String,
    /// The columns of rows.
    by: Vec<String>,
    /// The columns of leaves.
    leaf: Vec<String>,
    /// Which of these are of orders.
    slices: Vec<String>,
    /// How the change is divided.
    method: String,
    /// What stands for the sums of both periods.
    sums: String,
}

impl Comparison {
    fn of(table: &Table<'_>, pair: Pair, asked: Asked, method: &Method) -> Self {
        let leaves = table.leaves;
        let names = |grouping: &Grouping| grouping.columns.iter().map(|one| one.name().to_owned()).collect();
        let slices = leaves.leaf.columns.iter().filter(|column| column.is_order_side());
        let [before, after] = match asked {
            Asked::Ranges { before, after } => {
                [before, after].map(|range| format!("{}..{}", range.first, range.last))
            }
            _ => [pair.before, pair.after].map(|period| leaves.periods[period as usize].first.to_string()),
        };
        let order: &[Factor] = if let Method::Chain(order) = method { order } else { &[] };
        let method = std::iter::once(method.name()).chain(order.iter().map(|factor| factor.name()));
        Self {
            before,
            after,
            period: leaves.period_kind.map_or("", PeriodKind::name).to_owned(),
            by: names(&leaves.by),
            leaf: names(&leaves.leaf),
            slices: slices.map(|column| column.name().to_owned()).collect(),
            method: method.collect::<Vec<_>>().join(" "),
            sums: digest(table, pair),
        }
    }

    fn told(&self) -> String {
        let list = |names: &[String]| if names.is_empty() { "total".to_owned() } else { names.join(",") };
        let (by, leaf) = (list(&self.by), list(&self.leaf));
        format!("{} and {} by {by} from sums by {leaf}, method {}", self.before, self.after, self.method)
    }
}

/// What stands for the leaves, their rows, and their sums in both periods.
fn digest(table: &Table<'_>, pair: Pair) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    let mut add = |text: &str| {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    };
    for (leaf, at) in table.leaves.leaves.iter().zip(0..) {
        leaf.keys.iter().for_each(|key| add(key));
        table.leaves.rows[leaf.row as usize].keys.iter().for_each(|key| add(key));
        for period in [pair.before, pair.after] {
            let one = table.leaf_sums(at, period);
            add(&format!("{} {} {} {} {}", one.viewers, one.watch, one.buyers, one.orders, one.gmv));
        }
    }
    format!("{:032x}", xxh3_128(&bytes))
}

/// The statement that gives the influences of persons on the effects of these rows, and their distinct persons.
///
/// # Errors
/// When the tables lack columns, nothing was sold in either period, or there are more leaves than a statement may carry.
pub fn statement(
    tables: sql::Asked,
    mut leaves: Leaves,
    asked: Asked,
    method: &Method,
) -> Result<String, EngineError> {
    let pair = pair(&mut leaves, asked)?;
    leaves.suppose_persons([(pair.before, SUPPOSED[0]), (pair.after, SUPPOSED[1])]);
    let table = Table::new(&leaves, method);
    let weights = weights(&table, pair);
    if weights.table.leaves.is_empty() {
        let text = "nothing was sold in either period: there are no effects, and no intervals of them";
        return Err(EngineError::Usage(text.to_owned()));
    }
    let periods = [pair.before, pair.after];
    let rows = 0..leaves.rows.len() as u32;
    let sums_leaves: Vec<bool> =
        rows.map(|row| table.sums_leaves && table.only_leaf(row, periods).is_none()).collect();
    let comparison = Comparison::of(&table, pair, asked, method);
    // A list of texts and texts: nothing of it fails to be written.
    let comparison = serde_json::to_string(&comparison).unwrap_or_default();
    let printed = Printed {
        weights: &weights,
        sums_leaves: &sums_leaves,
        parts: PARTS,
        names: &Effect::ALL.map(Effect::name),
        comparison: &comparison,
    };
    sql::bounded(printed_statement(tables, &printed)?, weights.table.leaves.len())
}

/// The two periods that were asked for; ranges that were are there, also where nothing is known of one.
///
/// # Errors
/// When they are not there.
pub fn pair(leaves: &mut Leaves, asked: Asked) -> Result<Pair, EngineError> {
    if let Asked::Ranges { before, after } = asked {
        for range in [before, after] {
            leaves.add_period(LeafPeriod { first: range.first, partial: Some(true) });
        }
    }
    Pair::find(&leaves.periods, leaves.period_kind, asked)
        .map_err(|error| EngineError::Usage(error.to_string()))
}

/// What such a statement gave.
#[derive(Debug)]
pub struct Influences {
    name: String,
    comparison: Comparison,
    answer: Answer,
}

impl Influences {
    /// Reads it from a file, CSV or Parquet.
    ///
    /// # Errors
    /// When it cannot be read, or is no answer of such a statement.
    pub fn read(path: &Path, opening: Opening) -> Result<Self, EngineError> {
        let table = SmallTable::read(&path.to_string_lossy(), opening)?;
        let wrong = |line, what: &str| {
            let what = format!("{what}; save what the statement of gmv sql --query influences gave, whole");
            EngineError::Input(table.error(line, 0, what))
        };
        let column = table.column(COMPARISON).ok_or_else(|| wrong(1, "there is no column comparison"))?;
        let (line, first) = table.rows.first().ok_or_else(|| wrong(1, "there are no rows"))?;
        let comparison = serde_json::from_str(&first[column])
            .map_err(|_| wrong(*line, "the column comparison tells of none"))?;
        if let Some((line, _)) = table.rows.iter().find(|(_, row)| row[column] != first[column]) {
            return Err(wrong(*line, "another comparison begins here"));
        }
        let cell = |text: &String| Some(text).filter(|text| !text.is_empty()).cloned();
        let rows = table.rows.iter().map(|(_, row)| row.iter().map(cell).collect()).collect();
        let answer = Answer::new(table.header.names.clone(), rows);
        let answer = answer.map_err(|error| wrong(1, &error.to_string()))?;
        Ok(Self { name: table.name, comparison, answer })
    }

    /// Tells facts which of their columns are of orders, and the kind of their periods.
    pub fn inform(&self, facts: &mut Aggregate) {
        for column in &mut facts.grouping.columns {
            if let GroupColumn::Given(name) = column
                && self.comparison.slices.contains(name)
            {
                *column = GroupColumn::Dimension(std::mem::take(name));
            }
        }
        let kinds = [PeriodKind::Day, PeriodKind::Week, PeriodKind::Month, PeriodKind::Quarter];
        let kinds = kinds.into_iter().chain([PeriodKind::Year, PeriodKind::All]);
        let own = kinds.into_iter().find(|kind| kind.name() == self.comparison.period);
        facts.period_kind = facts.period_kind.or(own);
    }

    /// Gives the leaves their distinct persons, and the squared influences on the effects of each row, in parts of a minor unit.
    ///
    /// # Errors
    /// When they are of another comparison, or another count of orders and viewing.
    pub fn take(
        &self,
        leaves: &mut Leaves,
        pair: Pair,
        asked: Asked,
        method: &Method,
    ) -> Result<Vec<[i128; Effect::COUNT]>, EngineError> {
        let table = Table::new(leaves, method);
        self.check(&Comparison::of(&table, pair, asked, method))?;
        let (rows, periods) = (leaves.rows.len(), leaves.periods.len());
        let mut squares: Vec<Option<[i128; Effect::COUNT]>> = vec![None; rows];
        let mut counted = vec![[0_i128; COUNTED.len()]; rows * periods];
        for line in self.answer.rows() {
            let row = self.of(line.known::<u32>("row_id"))? as usize;
            let impossible = |what| self.of::<()>(Err(line.impossible(what)));
            let Some(known) = squares.get_mut(row) else {
                return impossible(format!("there is no row {row}")).map(|()| Vec::new());
            };
            let period = self.of(line.cell("period"))?;
            let Some(period) = period else {
                *known =
                    Some(self.numbers(line, &Effect::ALL.map(|effect| format!("square_{}", effect.name())))?);
                continue;
            };
            // Periods of which the facts have no sums have no place there.
            if let Some(at) = leaves.periods.iter().position(|one| one.first == period) {
                counted[row * periods + at] = self.numbers(line, &COUNTED.map(str::to_owned))?;
            }
        }
        let squares: Option<Vec<_>> = squares.into_iter().collect();
        let squares = squares.ok_or_else(|| self.usage("rows are missing: it was not saved whole"))?;
        self.check_sums(&table, pair, &counted)?;
        let persons = self.persons(leaves, pair, &counted)?;
        leaves.persons = persons;
        Ok(squares)
    }

    fn usage(&self, what: &str) -> EngineError {
        EngineError::Usage(format!("--influences {}: {what}", self.name))
    }

    fn of<T>(&self, found: Result<T, sql::AnswerError>) -> Result<T, EngineError> {
        found.map_err(|error| self.usage(&error.to_string()))
    }

    fn numbers<const N: usize>(
        &self,
        line: AnswerRow<'_>,
        names: &[String; N],
    ) -> Result<[i128; N], EngineError> {
        let mut all = [0; N];
        for (number, name) in all.iter_mut().zip(names) {
            *number = self.of(line.known(name))?;
            if *number < 0 {
                return self.of(Err(line.impossible(format!("{name} is {number}"))));
            }
        }
        Ok(all)
    }

    /// Refuses what is of another comparison.
    fn check(&self, asked: &Comparison) -> Result<(), EngineError> {
        let own = &self.comparison;
        if own == asked {
            return Ok(());
        }
        let (of, told) = (own.told(), asked.told());
        let what = if of == told {
            format!(
                "it was made for other sums of {of}; print its statement again with these facts, and run it"
            )
        } else {
            format!(
                "it is of {of}; this comparison is of {told}: give the same options, or print a statement for them"
            )
        };
        Err(self.usage(&what))
    }

    /// Refuses what was counted otherwise than the facts: of other rows, or under other options.
    fn check_sums(
        &self,
        table: &Table<'_>,
        pair: Pair,
        counted: &[[i128; COUNTED.len()]],
    ) -> Result<(), EngineError> {
        let (leaves, periods) = (table.leaves, [pair.before, pair.after]);
        for row in 0..leaves.rows.len() as u32 {
            for period in periods {
                let mut facts = [0_i128; 4];
                for leaf in table.leaves_of(row, periods) {
                    let one = table.leaf_sums(leaf, period);
                    let own = [one.viewers.into(), one.watch, one.orders.into(), one.gmv];
                    facts.iter_mut().zip(own).for_each(|(sum, one)| *sum += one);
                }
                let [_, _, own @ ..] = counted[row as usize * leaves.periods.len() + period as usize];
                if let Some(at) = (0..facts.len()).find(|at| facts[*at] != own[*at]) {
                    let viewing =
                        if leaves.leaf.is_sliced() && at < 2 { ", and --viewing to both" } else { "" };
                    return Err(self.usage(&format!(
                        "{} of {} in {} are {}, and {} in the facts: both statements need the same tables and options{viewing}",
                        COUNTED[at + 2],
                        leaves.row_name(row),
                        leaves.periods[period as usize].first,
                        own[at],
                        facts[at],
                    )));
                }
            }
        }
        Ok(())
    }

    /// The distinct persons of each row and period; `None` where no row sums leaves.
    fn persons(
        &self,
        leaves: &Leaves,
        pair: Pair,
        counted: &[[i128; COUNTED.len()]],
    ) -> Result<Option<Vec<Option<Persons>>>, EngineError> {
        if !leaves.sums_leaves() {
            return Ok(None);
        }
        let periods = leaves.periods.len();
        let person = |(at, [viewers, buyers, ..]): (usize, &[i128; COUNTED.len()])| {
            // Of slices of orders they depend on both periods, and are known of these.
            let is_known = !leaves.leaf.is_sliced() || pair.side((at % periods) as u32).is_some();
            let count = |number: &i128| {
                i64::try_from(*number).map_err(|_| self.usage("more persons than can be counted"))
            };
            let persons = Persons { viewers: count(viewers)?, buyers: count(buyers)? };
            Ok(is_known.then_some(persons))
        };
        counted.iter().enumerate().map(person).collect::<Result<_, EngineError>>().map(Some)
    }
}
