//! Columns of some rows of a Parquet file, by their forms.

#![expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]

use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, TimeUnit};

use crate::input::quick::padded_id;
use crate::units::IdKey;

/// The cells of a column.
#[derive(Debug)]
pub(super) enum Cells {
    /// Not wanted.
    Blank,
    /// Each row's text.
    Texts(Texts),
    /// Each row's text by its code.
    Coded(Coded),
    /// What 64 bits hold.
    Numbers(Numbers),
    /// Anything else.
    Others(ArrayRef),
}

/// Texts, one after the other; nulls are empty.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    ends: OffsetBuffer<i32>,
    bytes: Buffer,
}

impl Texts {
    /// Of an array; `None` where a null holds bytes.
    fn of(array: &StringArray) -> Option<Self> {
        let nulls = array.nulls().map(|nulls| (0..array.len()).filter(|&row| nulls.is_null(row)));
        let are_empty = nulls.is_none_or(|mut nulls| nulls.all(|row| array.value_length(row) == 0));
        are_empty.then(|| Self { ends: array.offsets().clone(), bytes: array.values().clone() })
    }

    /// Where the text of a row stands.
    #[inline(always)]
    pub fn span(&self, row: usize) -> Range<usize> {
        self.ends[row] as usize..self.ends[row + 1] as usize
    }

    /// The bytes of all texts.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Texts by their codes.
#[derive(Debug, Clone)]
pub(super) struct Coded {
    codes: ScalarBuffer<i32>,
    nulls: Option<NullBuffer>,
    pub known: Known,
}

/// The texts of a dictionary, and what is known of each: looked at once, however many rows have it.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The dictionary as it was decoded.
    from: Option<ArrayRef>,
    texts: Option<StringArray>,
    keys: Arc<[Option<IdKey>]>,
}

impl Known {
    /// Of a dictionary; `None` where it holds no texts.
    fn of(values: &ArrayRef) -> Option<Self> {
        let texts = texts(values)?;
        let key = |text: Option<&str>| match text.unwrap_or_default() {
            "" => Some(IdKey::NOBODY),
            text => padded_id(text.as_bytes()),
        };
        let keys = texts.iter().map(key).collect();
        Some(Self { from: Some(Arc::clone(values)), texts: Some(texts), keys })
    }

    /// The text of a code.
    #[inline]
    pub fn text(&self, code: i32) -> &[u8] {
        match &self.texts {
            Some(texts) if !texts.is_null(code as usize) => texts.value(code as usize).as_bytes(),
            _ => b"",
        }
    }

    /// The key of the text of a code as the quick way takes it, or nobody's where it is empty.
    #[inline(always)]
    pub fn key(&self, code: i32) -> Option<IdKey> {
        self.keys.get(code as usize).copied().flatten()
    }
}

impl Coded {
    /// The code of a row; `None` where it is null.
    #[inline(always)]
    pub fn code(&self, row: usize) -> Option<i32> {
        let is_null = self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        (!is_null).then(|| self.codes[row])
    }
}

/// Numbers and what they mean.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    values: ScalarBuffer<i64>,
    nulls: Option<NullBuffer>,
    pub form: Form,
}

impl Numbers {
    /// The number of a row; `None` where it is null.
    #[inline(always)]
    pub fn get(&self, row: usize) -> Option<i64> {
        let is_null = self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        (!is_null).then(|| self.values[row])
    }
}

/// What numbers mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Whole numbers.
    Whole,
    /// Decimals of so many places.
    Decimal(u32),
    /// Instants, in seconds since 1970-01-01T00:00:00Z.
    Instant,
    /// Local times, in seconds since 1970-01-01 00:00:00.
    Local,
    /// Days since 1970-01-01.
    Day,
}

impl Cells {
    /// The cells of a column; `known` is what is known of its dictionary from the rows before.
    pub fn of(array: &ArrayRef, known: &mut Known) -> Self {
        if let Some(coded) = array.as_dictionary_opt::<Int32Type>() {
            if known.from.as_ref().is_none_or(|from| !Arc::ptr_eq(from, coded.values())) {
                match Known::of(coded.values()) {
                    Some(new) => *known = new,
                    None => return Self::Others(Arc::clone(array)),
                }
            }
            let (codes, nulls) = (coded.keys().values().clone(), coded.keys().nulls().cloned());
            return Self::Coded(Coded { codes, nulls, known: known.clone() });
        }
        match texts(array).and_then(|array| Texts::of(&array)) {
            Some(texts) => Self::Texts(texts),
            None => numbers(array).map_or_else(|| Self::Others(Arc::clone(array)), Self::Numbers),
        }
    }
}

/// The texts of a column of texts, or of bytes without the mark that says so, as older writers leave it, which are texts nevertheless.
fn texts(array: &ArrayRef) -> Option<StringArray> {
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().clone()),
        DataType::Binary => StringArray::try_from_binary(array.as_binary::<i32>().clone()).ok(),
        _ => None,
    }
}

fn numbers(array: &ArrayRef) -> Option<Numbers> {
    const DAY: i64 = 86_400_000;
    let wide = |values, form| Some(Numbers { values, nulls: array.logical_nulls(), form });
    match array.data_type() {
        DataType::Int8 => wide(widened::<Int8Type>(array), Form::Whole),
        DataType::Int16 => wide(widened::<Int16Type>(array), Form::Whole),
        DataType::Int32 => wide(widened::<Int32Type>(array), Form::Whole),
        DataType::Int64 => wide(array.as_primitive::<Int64Type>().values().clone(), Form::Whole),
        DataType::UInt8 => wide(widened::<UInt8Type>(array), Form::Whole),
        DataType::UInt16 => wide(widened::<UInt16Type>(array), Form::Whole),
        DataType::UInt32 => wide(widened::<UInt32Type>(array), Form::Whole),
        DataType::Date32 => wide(widened::<Date32Type>(array), Form::Day),
        DataType::Date64 => {
            let days = array.as_primitive::<Date64Type>().values();
            wide(days.iter().map(|milliseconds| milliseconds.div_euclid(DAY)).collect(), Form::Day)
        }
        DataType::Decimal128(..=18, scale @ 0..) => {
            let values = array.as_primitive::<Decimal128Type>().values().iter();
            // A file may hold more digits than it says.
            let values: Option<Vec<i64>> = values.map(|&value| i64::try_from(value).ok()).collect();
            wide(values?.into(), Form::Decimal(u32::from(scale.unsigned_abs())))
        }
        DataType::Timestamp(unit, zone) => {
            wide(seconds(array, *unit), if zone.is_some() { Form::Instant } else { Form::Local })
        }
        _ => None,
    }
}

fn widened<T: ArrowPrimitiveType>(array: &ArrayRef) -> ScalarBuffer<i64>
where
    T::Native: Into<i64>,
{
    array.as_primitive::<T>().values().iter().map(|&value| value.into()).collect()
}

/// Times in whole seconds, floored.
fn seconds(array: &ArrayRef, unit: TimeUnit) -> ScalarBuffer<i64> {
    // One loop for each divisor: multiplication takes the place of division by one that is known.
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().values().clone(),
        TimeUnit::Millisecond => {
            let times = array.as_primitive::<TimestampMillisecondType>().values();
            times.iter().map(|time| time.div_euclid(1_000)).collect()
        }
        TimeUnit::Microsecond => {
            let times = array.as_primitive::<TimestampMicrosecondType>().values();
            times.iter().map(|time| time.div_euclid(1_000_000)).collect()
        }
        TimeUnit::Nanosecond => {
            let times = array.as_primitive::<TimestampNanosecondType>().values();
            times.iter().map(|time| time.div_euclid(1_000_000_000)).collect()
        }
    }
}
