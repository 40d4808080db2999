//! How concentrated GMV is, as a document of its own, as a column, and as a note.

use super::super::model::{Column, Document, Phrase, Unit, Values};
use crate::engine::Aggregate;
use crate::engine::concentrated::{PeriodConcentration, by_period, check, shares};

/// From so many streamers on that sold anything a table of them says how concentrated GMV is: of fewer the rows say it.
const TOLD_FROM: usize = 11;

/// The document of the concentration of GMV over the streamers of each period.
#[must_use]
pub fn document(aggregate: &Aggregate, currency: &str, metadata: Vec<(String, String)>) -> Document {
    let periods = by_period(aggregate);
    let column = |name: &str, (en, zh): (&str, &str), unit, rank, values| Column {
        name: name.to_owned(),
        heading: Phrase::new(en, zh),
        unit,
        rank,
        values,
    };
    let count = |of: &dyn Fn(&PeriodConcentration) -> usize| {
        Values::Count(periods.iter().map(|one| i64::try_from(of(one)).ok()).collect())
    };
    let real =
        |of: &dyn Fn(&PeriodConcentration) -> Option<f64>| Values::Real(periods.iter().map(of).collect());
    let of = |one: &PeriodConcentration| one.concentration;
    let (plain, share) = (Unit::Plain, Unit::Share);
    let dates = Values::Date(periods.iter().map(|one| Some(one.period)).collect());
    let money = Values::Money(periods.iter().map(|one| Some(one.money)).collect());
    let mut columns = vec![
        column("period", ("period", "周期"), plain, 0, dates),
        column("streamers", ("streamers", "主播数"), plain, 1, count(&|one| one.streamers)),
        column("gmv_total", ("total GMV", "总GMV"), Unit::Currency, 1, money),
        column("top_1_share", ("largest", "头名占比"), share, 0, real(&|one| Some(of(one)?.top_1))),
        column("top_10_share", ("ten largest", "前十占比"), share, 0, real(&|one| Some(of(one)?.top_10))),
        column("hhi", ("HHI", "HHI"), plain, 0, real(&|one| Some(of(one)?.hhi))),
    ];
    let tiers = [("head", "头部"), ("mid", "腰部"), ("tail", "尾部")];
    for (at, (en, zh)) in tiers.into_iter().enumerate() {
        let (counted, shared) = (format!("{en}_streamers"), format!("{en}_share"));
        let (number, part) = (
            (&*format!("{en} streamers"), &*format!("{zh}主播数")),
            (&*format!("{en} share"), &*format!("{zh}占比")),
        );
        columns.push(column(&counted, number, plain, 2, count(&|one| one.tiers[at].0)));
        columns.push(column(&shared, part, share, 2, real(&|one| one.tiers[at].1)));
    }
    let partial = Values::Flag(periods.iter().map(|one| one.partial).collect());
    columns.push(column("partial", ("partial", "不完整"), plain, 2, partial));
    let notes = [definitions()].into_iter().chain(super::partial_note(aggregate));
    let notes = notes.collect();
    Document { columns, notes, metadata, currency: currency.to_owned(), ..Document::default() }
}

fn definitions() -> Phrase {
    Phrase::new(
        "Of counted GMV (attributed and off-live) of each period's streamers; orders without a streamer are left out. HHI: the sum of squared \
         shares, 1 / streamers where all are alike, 1 where one has everything. Head: up to 50 % of GMV, mid: up to 90 %, of each period by \
         itself.",
        "按各周期主播的计入GMV（归因与非直播合计）计算，不含无主播订单。HHI为占比平方和：各主播相同时为1/主播数，一家独占时为1。头部、腰部按该周期累计GMV 50%、90%划分。",
    )
}

/// The share of each streamer in its period.
pub(super) fn column(aggregate: &Aggregate) -> Column {
    Column {
        name: "gmv_share".to_owned(),
        heading: Phrase::new("share of GMV", "GMV占比"),
        unit: Unit::Share,
        rank: 2,
        values: Values::Real(shares(aggregate)),
    }
}

/// How concentrated the last complete period is, where rows are many streamers.
pub(super) fn note(aggregate: &Aggregate) -> Option<Phrase> {
    check("", &aggregate.grouping).ok()?;
    let periods = by_period(aggregate);
    let complete = periods.iter().rev().find(|one| one.partial != Some(true));
    let last = complete.or(periods.last())?;
    let found = last.concentration.filter(|found| found.streamers >= TOLD_FROM)?;
    let (period, streamers, hhi) = (last.period, found.streamers, found.hhi);
    let [top_1, top_10] = [found.top_1, found.top_10].map(|share| format!("{:.1} %", share * 100.0));
    Some(Phrase::new(
        format!(
            "Concentration, {period}: of the total GMV of {streamers} streamers the largest has {top_1}, the ten largest {top_10}; HHI \
             {hhi:.3}. --concentration has every period, --shares each streamer's share."
        ),
        format!(
            "集中度（{period}）：{streamers} 位主播的总GMV中，头名占 {top_1}，前十占 {top_10}；HHI {hhi:.3}。--concentration 列出各周期，--shares 列出各主播占比。"
        ),
    ))
}
