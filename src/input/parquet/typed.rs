//! The quick way to the typed cells of a row of a Parquet file.

#![expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]

use std::borrow::Cow;

use super::cells::{Cells, Form};
use super::text::write_number;
use crate::input::parse::money::{LARGEST, quick};
use crate::input::parse::time::TimeParser;
use crate::input::quick::{QuickCells, id_at, is_short, seconds_of};
use crate::units::{IdKey, Instant, MinorUnits};

/// One row of a Parquet file.
#[derive(Debug, Clone, Copy)]
pub struct TypedRow<'a> {
    pub(super) columns: &'a [Cells],
    pub(super) row: usize,
    /// Whether the file is a store's.
    pub(super) stored: bool,
}

impl<'a> TypedRow<'a> {
    /// The row of a number.
    pub(super) fn new(columns: &'a [Cells], row: usize, stored: bool) -> Self {
        Self { columns, row, stored }
    }

    /// The text of a cell of texts; `None` where its column holds anything else.
    #[inline(always)]
    fn plain(&self, column: usize) -> Option<&'a [u8]> {
        match &self.columns[column] {
            Cells::Blank => Some(b""),
            Cells::Texts(texts) => Some(&texts.bytes()[texts.span(self.row)]),
            Cells::Coded(coded) => Some(coded.code(self.row).map_or(b"", |code| coded.known.text(code))),
            Cells::Numbers(_) | Cells::Others(_) => None,
        }
    }

    /// The number of a cell that holds none but these, as a store's do: a time in seconds, an amount in minor units; `Some(None)` where the
    /// cell is blank, `None` where its column holds anything else.
    #[must_use]
    pub fn stored_number(&self, column: usize) -> Option<Option<i64>> {
        match &self.columns[column] {
            Cells::Blank => Some(None),
            Cells::Numbers(numbers) => match numbers.form {
                Form::Instant | Form::Decimal(2) => Some(numbers.get(self.row)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The number of a cell of numbers; `None` where its column holds anything else, or the row none.
    #[inline(always)]
    fn number(&self, column: usize) -> Option<(i64, Form)> {
        let Cells::Numbers(numbers) = &self.columns[column] else { return None };
        numbers.get(self.row).map(|number| (number, numbers.form))
    }
}

impl QuickCells for TypedRow<'_> {
    #[inline(always)]
    fn is_blank(&self, column: usize) -> bool {
        match &self.columns[column] {
            Cells::Numbers(numbers) => numbers.get(self.row).is_none(),
            Cells::Others(array) => array.is_null(self.row),
            _ => self.plain(column).is_some_and(<[u8]>::is_empty),
        }
    }

    #[inline(always)]
    fn is_short(&self, column: usize) -> bool {
        match &self.columns[column] {
            Cells::Coded(coded) => coded.code(self.row).is_none_or(|code| is_short(coded.known.text(code))),
            Cells::Numbers(_) => false,
            _ => self.plain(column).is_none_or(is_short),
        }
    }

    fn text(&self, column: usize) -> Cow<'_, [u8]> {
        match (self.plain(column), self.number(column)) {
            (Some(text), _) => Cow::Borrowed(text),
            (None, number) => {
                let mut text = Vec::new();
                // Only ids of whole numbers are asked for, which have a text.
                let _ = number.and_then(|(number, form)| write_number(number, form, self.stored, &mut text));
                Cow::Owned(text)
            }
        }
    }

    #[inline(always)]
    fn id(&self, column: usize) -> Option<IdKey> {
        self.id_or_nobody(column).filter(|id| !id.is_nobody())
    }

    #[inline(always)]
    fn id_or_nobody(&self, column: usize) -> Option<IdKey> {
        match &self.columns[column] {
            Cells::Coded(coded) => match coded.code(self.row) {
                Some(code) => coded.known.key(code),
                None => Some(IdKey::NOBODY),
            },
            Cells::Texts(texts) => match texts.span(self.row) {
                span if span.is_empty() => Some(IdKey::NOBODY),
                span => id_at(texts.bytes(), span),
            },
            Cells::Numbers(numbers) => match numbers.get(self.row) {
                Some(number) if numbers.form == Form::Whole => {
                    u64::try_from(number).ok().and_then(IdKey::of_number)
                }
                Some(_) => None,
                None => Some(IdKey::NOBODY),
            },
            Cells::Blank => Some(IdKey::NOBODY),
            Cells::Others(_) => None,
        }
    }

    #[inline(always)]
    fn broadcast(&self, column: Option<usize>) -> Option<Option<(usize, IdKey)>> {
        let Some(column) = column else { return Some(None) };
        match self.id_or_nobody(column)? {
            IdKey::NOBODY => Some(None),
            _ if self.is_short(column) => None,
            id => Some(Some((column, id))),
        }
    }

    #[inline(always)]
    fn time(&self, column: usize, times: &mut TimeParser) -> Option<Option<Instant>> {
        if let Cells::Numbers(numbers) = &self.columns[column] {
            let Some(number) = numbers.get(self.row) else { return Some(None) };
            let instant = match numbers.form {
                Form::Instant => times.second(number),
                Form::Local => times.local(number),
                Form::Day => times.local(number.checked_mul(86_400)?),
                Form::Whole => times.epoch(number),
                Form::Decimal(_) => None,
            };
            return instant.map(Some);
        }
        match self.plain(column)? {
            [] => Some(None),
            text => times.quick(text).map(Some),
        }
    }

    #[inline(always)]
    fn seconds(&self, column: usize) -> Option<Option<i64>> {
        if self.is_blank(column) {
            return Some(None);
        }
        match self.number(column) {
            None => seconds_of(self.plain(column)?),
            Some((seconds, Form::Whole)) => {
                Some(seconds).filter(|seconds| (0..100_000_000).contains(seconds))
            }
            Some(_) => None,
        }
        .map(Some)
    }

    #[inline(always)]
    fn money(&self, column: usize) -> Option<Option<MinorUnits>> {
        if self.is_blank(column) {
            return Some(None);
        }
        let in_range = |minor: i64| (0..=LARGEST).contains(&minor).then_some(MinorUnits(minor));
        match self.number(column) {
            None => quick(self.plain(column)?),
            Some((minor, Form::Decimal(2))) => in_range(minor),
            Some((whole, Form::Whole | Form::Decimal(0))) => whole.checked_mul(100).and_then(in_range),
            Some(_) => None,
        }
        .map(Some)
    }
}
