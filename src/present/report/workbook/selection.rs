//! A part of a document: some of its rows, its columns in another order, or with those of another document beside them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::present::model::{Column, Document, Values};

/// The values of some rows; a row that is not there is null.
#[must_use]
pub fn picked(values: &Values, rows: &[Option<usize>]) -> Values {
    fn of<T: Clone>(values: &[Option<T>], rows: &[Option<usize>]) -> Vec<Option<T>> {
        rows.iter().map(|row| row.and_then(|row| values.get(row).cloned().flatten())).collect()
    }
    match values {
        Values::Text(v) => Values::Text(of(v, rows)),
        Values::Date(v) => Values::Date(of(v, rows)),
        Values::Count(v) => Values::Count(of(v, rows)),
        Values::Money(v) => Values::Money(of(v, rows)),
        Values::Wide(v) => Values::Wide(of(v, rows)),
        Values::Real(v) => Values::Real(of(v, rows)),
        Values::Flag(v) => Values::Flag(of(v, rows)),
    }
}

/// Whether a column tells nothing.
#[must_use]
pub fn is_empty(values: &Values) -> bool {
    match values {
        Values::Text(v) => v.iter().all(Option::is_none),
        Values::Date(v) => v.iter().all(Option::is_none),
        Values::Count(v) => v.iter().all(Option::is_none),
        Values::Money(v) | Values::Wide(v) => v.iter().all(Option::is_none),
        Values::Real(v) => v.iter().all(Option::is_none),
        Values::Flag(v) => v.iter().all(Option::is_none),
    }
}

/// Some rows of a document.
#[must_use]
pub fn rows(document: &Document, rows: &[usize]) -> Document {
    let rows: Vec<Option<usize>> = rows.iter().copied().map(Some).collect();
    let column = |column: &Column| Column { values: picked(&column.values, &rows), ..column.clone() };
    Document {
        columns: document.columns.iter().map(column).collect(),
        notes: document.notes.clone(),
        metadata: document.metadata.clone(),
        currency: document.currency.clone(),
        total: None,
        names_persons: document.names_persons,
    }
}

/// Puts some columns first, and leaves those out that tell nothing; how many are first.
pub fn lead(document: &mut Document, names: &[&str]) -> usize {
    if document.rows() > 0 {
        document.columns.retain(|column| !is_empty(&column.values));
    }
    let place = |column: &Column| names.iter().position(|name| *name == column.name).unwrap_or(names.len());
    document.columns.sort_by_key(place);
    document.columns.iter().filter(|column| place(column) < names.len()).count()
}

/// Puts columns of another document beside, by the texts of a column that both have.
pub fn join(document: &mut Document, other: &Document, key: &str, names: &[&str]) {
    let (Some(keys), Some(others)) = (texts(document, key), texts(other, key)) else { return };
    let places: HashMap<&str, usize> =
        others.iter().enumerate().filter_map(|(row, text)| Some((text.as_deref()?, row))).collect();
    let rows: Vec<Option<usize>> = keys.iter().map(|text| places.get(text.as_deref()?).copied()).collect();
    let is_asked = |column: &&Column| names.contains(&column.name.as_str());
    let beside = other.columns.iter().filter(is_asked);
    let beside: Vec<Column> =
        beside.map(|column| Column { values: picked(&column.values, &rows), ..column.clone() }).collect();
    document.columns.extend(beside);
}

/// Says the words of a column in another way.
pub fn say(document: &mut Document, name: &str, mut of: impl FnMut(&str) -> String) {
    for column in document.columns.iter_mut().filter(|column| column.name == name) {
        if let Values::Text(texts) = &mut column.values {
            for text in texts.iter_mut().flatten() {
                *text = Arc::from(of(text));
            }
        }
    }
}

/// A column by its name, and its place.
#[must_use]
pub fn column<'a>(document: &'a Document, name: &str) -> Option<(u16, &'a Column)> {
    let place = document.columns.iter().position(|column| column.name == name)?;
    Some((u16::try_from(place).ok()?, document.columns.get(place)?))
}

fn texts<'a>(document: &'a Document, name: &str) -> Option<&'a [Option<Arc<str>>]> {
    match &column(document, name)?.1.values {
        Values::Text(texts) => Some(texts),
        _ => None,
    }
}
