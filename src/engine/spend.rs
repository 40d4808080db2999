//! What was spent beside the sums: the cost of each group and period, and the GMV of the viewers whom it brought first.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::EngineError;
use super::aggregate::Aggregate;
use super::base::of_streamer;
use super::local::Journeys;
use super::reconciliation::{RunReport, SpendReconciliation};
use crate::calendar::Periods;
use crate::journey::accumulate::{Bought, GroupKey};
use crate::journey::overflow::Overflow;
use crate::journey::rules::{Slice, Table};
use crate::journey::walk::TakePerson;
use crate::sums::Spent;
use crate::units::{PersonKey, Portion};

/// A row of the result: the first date of its period, and the values of its group columns.
type RowKey = (Date, Vec<Arc<str>>);

/// The GMV of the viewers whose first session with a group in a period was paid for.
#[derive(Debug)]
pub struct Spending {
    /// By group; `None` where it is not known where viewers came from.
    first_paid: Option<Table<GroupKey, i128>>,
}

impl Spending {
    /// Walks over all persons once more; `None` without a table of what was spent.
    ///
    /// # Errors
    /// When a temporary file fails.
    pub fn walk(journeys: &Journeys<'_>) -> Result<Option<Self>, EngineError> {
        if journeys.settings.spend.is_none() {
            return Ok(None);
        }
        if !journeys.inputs.has_sources() {
            return Ok(Some(Self { first_paid: None }));
        }
        let threads = journeys.settings.read.threads.get();
        let mut all: Table<GroupKey, i128> = Table::default();
        for taker in journeys.persons((0..threads).map(|_| FirstPaid::default()).collect())? {
            for (key, gmv) in taker.gmv {
                *all.entry(key).or_default() += gmv;
            }
        }
        Ok(Some(Self { first_paid: Some(all) }))
    }

    /// Adds to each row what was spent on its streamers in its period, and says where the rest of it went.
    pub fn add(self, journeys: &Journeys<'_>, aggregate: &mut Aggregate, report: &mut RunReport) {
        let mut costs: HashMap<RowKey, Portion> = HashMap::new();
        let went = costs_of_groups(journeys, &mut costs);
        let is_known = self.first_paid.is_some();
        let mut gmv: HashMap<RowKey, i128> = HashMap::new();
        for (key, money) in self.first_paid.into_iter().flatten() {
            let period = journeys.periods.all()[key.period() as usize].first;
            *gmv.entry((period, journeys.base.values(key.base()).to_vec())).or_default() += money;
        }
        let mut counted = Portion::default();
        let mut all = Spent { cost: None, gmv_first_paid: is_known.then_some(0) };
        for row in &mut aggregate.rows {
            let key = (row.period, row.keys.clone());
            let cost = costs.remove(&key);
            counted.merge(cost.unwrap_or_default());
            let gmv_first_paid = is_known.then(|| gmv.get(&key).copied().unwrap_or_default());
            all.gmv_first_paid = all.gmv_first_paid.zip(gmv_first_paid).map(|(all, one)| all + one);
            row.sums.spent = Some(Box::new(Spent { cost: cost.map(|cost| cost.money), gmv_first_paid }));
        }
        let mut without_row = Portion::default();
        for cost in costs.into_values() {
            without_row.merge(cost);
        }
        all.cost = (counted.rows + without_row.rows > 0).then_some(counted.money + without_row.money);
        if let Some(total) = &mut aggregate.total {
            total.spent = Some(Box::new(all));
        }
        aggregate.side.cost = true;
        report.spend = Some(SpendReconciliation { without_row, counted, ..went });
        report.warnings.extend(strangers(journeys));
    }
}

/// Adds up what was spent on the streamers of each group in each period; hands back what was read, and what lies outside of the range.
fn costs_of_groups(journeys: &Journeys<'_>, costs: &mut HashMap<RowKey, Portion>) -> SpendReconciliation {
    let settings = journeys.settings;
    let mut went = SpendReconciliation::default();
    let (from, to) = settings.range;
    for ((streamer, date), cost) in settings.spend.iter().flat_map(|spend| &spend.costs) {
        went.read.merge(*cost);
        let is_asked = from.is_none_or(|from| from <= *date) && to.is_none_or(|to| *date <= to);
        match period_of(&journeys.periods, *date).filter(|_| is_asked) {
            None => went.out_of_range.merge(*cost),
            Some(period) => {
                let id = Arc::from(streamer.as_str());
                let keys = of_streamer(&settings.grouping, &id, journeys.streamers());
                costs.entry((period, keys)).or_default().merge(*cost);
            }
        }
    }
    went
}

/// The first date of the period that a business date lies in: its whole dates, whenever the exports begin and end.
fn period_of(periods: &Periods, date: Date) -> Option<Date> {
    let after = periods.all().partition_point(|period| period.first <= date);
    let period = periods.all().get(after.checked_sub(1)?)?;
    (date <= period.last).then_some(period.first)
}

/// Streamers on whom was spent and whom the exports do not name: mostly another kind of id.
fn strangers(journeys: &Journeys<'_>) -> Option<String> {
    let spend = journeys.settings.spend.as_ref()?;
    let strangers = spend.strangers(&journeys.inputs.streamers);
    let first = strangers.first()?;
    Some(format!(
        "streamers in --spend that no order and no session names: {} (such as {first:?}); their cost is in no row by streamer",
        strangers.len()
    ))
}

/// Adds up the GMV of viewers whose first session with a group in a period was paid for.
#[derive(Debug, Default)]
struct FirstPaid {
    /// The groups and periods of the present person whose first session was paid for, in the order of the walk.
    came: Vec<GroupKey>,
    gmv: Table<GroupKey, i128>,
}

impl TakePerson for FirstPaid {
    fn make_room(&mut self, _: usize, _: usize) -> Result<(), Overflow> {
        Ok(())
    }

    fn view(&mut self, _: GroupKey, _: bool, _: bool, _: i64) {}

    fn came(&mut self, key: GroupKey, first_paid: bool) {
        if first_paid {
            self.came.push(key);
        }
    }

    fn buy(&mut self, key: GroupKey, _: Slice, bought: Bought, _: Option<i64>) -> Result<(), Overflow> {
        // What a person viewed of a group comes right before what it bought there.
        let mut own = self.came.iter().rev().take_while(|came| came.base() == key.base());
        if bought.orders > 0 && own.any(|came| *came == key) {
            *self.gmv.entry(key).or_default() += bought.gmv;
        }
        Ok(())
    }

    fn end_person(&mut self, _: PersonKey) -> Result<(), Overflow> {
        self.came.clear();
        Ok(())
    }
}
