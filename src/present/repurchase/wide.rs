//! Cohorts as a triangle: a row for each cohort, a column for each offset.

use std::sync::Arc;

use super::{About, Labels, column, group_columns};
use crate::present::format::Signs;
use crate::present::model::{Column, Document, Unit, Values};
use crate::present::text;
use crate::repurchase::{CohortRow, CohortTable};

/// What a cell of the triangle tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The share of the cohort that bought.
    Retention,
    /// How many bought.
    Returned,
    /// Their orders.
    Orders,
    /// Their GMV.
    Gmv,
    /// GMV per buyer of the cohort up to then.
    GmvPerBuyer,
}

impl Measure {
    /// The column of the long form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Returned => "returned",
            Self::Orders => "orders",
            Self::Gmv => "gmv",
            Self::GmvPerBuyer => "gmv_per_buyer_cumulative",
        }
    }

    /// The value of a row; money in units. `None` beyond the data.
    #[must_use]
    pub fn value(self, row: &CohortRow) -> Option<f64> {
        let returned = row.returned?;
        let buyers = row.buyers as f64;
        Some(match self {
            Self::Retention => returned.buyers as f64 / buyers,
            Self::Returned => returned.buyers as f64,
            Self::Orders => returned.orders as f64,
            Self::Gmv => returned.gmv as f64 / 100.0,
            Self::GmvPerBuyer => row.gmv_so_far? as f64 / 100.0 / buyers,
        })
    }

    /// What a person reads.
    #[must_use]
    pub fn text(self, value: f64, currency: &str) -> String {
        match self {
            Self::Retention => format!("{:.1} %", 100.0 * value),
            Self::Returned | Self::Orders => format!("{value:.0}"),
            Self::Gmv | Self::GmvPerBuyer => text::money((100.0 * value).round() as i128, currency),
        }
    }

    fn values(self, cells: &[Option<&CohortRow>]) -> Values {
        let returned = cells.iter().map(|cell| cell.and_then(|row| row.returned));
        let real = || Values::Real(cells.iter().map(|cell| self.value((*cell)?)).collect());
        match self {
            Self::Retention | Self::GmvPerBuyer => real(),
            Self::Returned => Values::Count(returned.map(|one| Some(one?.buyers)).collect()),
            Self::Orders => Values::Count(returned.map(|one| Some(one?.orders)).collect()),
            Self::Gmv => Values::Money(returned.map(|one| Some(one?.gmv)).collect()),
        }
    }

    fn unit(self) -> Unit {
        match self {
            Self::Retention => Unit::Share,
            Self::Returned | Self::Orders => Unit::Plain,
            Self::Gmv | Self::GmvPerBuyer => Unit::Currency,
        }
    }
}

/// How dark a value is, of 0 to 1: its part of the largest beyond the first period, in which everybody bought.
pub fn darkness(measure: Measure, rows: &[CohortRow]) -> impl Fn(f64) -> f64 + use<> {
    let later = rows.iter().filter(|row| row.offset > 0).filter_map(|row| measure.value(row));
    let largest = later.fold(0.0, f64::max);
    move |value| if largest > 0.0 { (value / largest).clamp(0.0, 1.0) } else { 0.0 }
}

/// The triangle. With signs, cells are texts that are the darker the larger they are: a map for a terminal.
#[must_use]
pub fn wide_document(
    table: &CohortTable,
    about: &About<'_>,
    measure: Measure,
    signs: Option<Signs>,
) -> Document {
    let cohorts: Vec<&[CohortRow]> = table.rows.chunk_by(|_, next| next.offset > 0).collect();
    let firsts: Vec<&CohortRow> = cohorts.iter().filter_map(|rows| rows.first()).collect();
    let dates = Values::Date(firsts.iter().map(|row| Some(row.cohort)).collect());
    let mut columns = vec![column("cohort", ("cohort", "首购周期"), (Unit::Plain, 0), dates)];
    let labels: Vec<Labels<'_>> = firsts.iter().map(|row| (&row.keys[..], row.name.as_ref())).collect();
    columns.extend(group_columns(&labels, about));
    let buyers = Values::Count(firsts.iter().map(|row| Some(row.buyers)).collect());
    columns.push(column("buyers", ("buyers", "买家数"), (Unit::Plain, 0), buyers));
    let widest = cohorts.iter().map(|rows| rows.len()).max().unwrap_or_default();
    let dark = darkness(measure, &table.rows);
    columns.extend((0..widest).map(|offset| {
        let cells: Vec<Option<&CohortRow>> = cohorts.iter().map(|rows| rows.get(offset)).collect();
        let values = match signs {
            Some(signs) => shaded(measure, &cells, &about.currency, signs, &dark),
            None => measure.values(&cells),
        };
        offset_column(measure, offset, values)
    }));
    Document {
        columns,
        total: None,
        notes: super::cohorts::notes(table),
        metadata: about.metadata.clone(),
        currency: about.currency.clone(),
        names_persons: about.names_persons,
    }
}

fn offset_column(measure: Measure, offset: usize, values: Values) -> Column {
    // A narrow terminal leaves out the latest ones.
    let rank = u8::try_from(offset).unwrap_or(u8::MAX).saturating_add(1);
    let heading = format!("+{offset}");
    column(&format!("{}_{offset}", measure.name()), (&heading, &heading), (measure.unit(), rank), values)
}

fn shaded(
    measure: Measure,
    cells: &[Option<&CohortRow>],
    currency: &str,
    signs: Signs,
    dark: &dyn Fn(f64) -> f64,
) -> Values {
    const SHADES: [[&str; 5]; 2] = [[" ", "░", "▒", "▓", "█"], [" ", ".", ":", "+", "#"]];
    let shades = SHADES[usize::from(signs == Signs::Ascii)];
    let texts: Vec<Option<(String, f64)>> = cells
        .iter()
        .map(|cell| {
            let value = measure.value((*cell)?)?;
            Some((measure.text(value, currency), dark(value)))
        })
        .collect();
    let width = texts.iter().flatten().map(|(text, _)| text.chars().count()).max().unwrap_or_default();
    let cell = |(text, dark): (String, f64)| -> Arc<str> {
        let shade = shades[((dark * 5.0) as usize).min(4)];
        Arc::from(format!("{text:>width$} {shade}"))
    };
    Values::Text(texts.into_iter().map(|text| text.map(cell)).collect())
}
