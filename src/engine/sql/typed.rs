//! Columns of any type as the texts that an export would hold, by the rules of `input::parquet`.

use super::dialect::Dialect;
use super::text::{Sql, sql};

/// Beyond it a floating-point number no longer tells neighbouring whole numbers apart: an id in it has been rounded.
const LARGEST_EXACT: i64 = 1 << 53;
/// The same of one of 32 bits.
const LARGEST_EXACT_32: i64 = 1 << 24;

impl Dialect {
    /// The text that an export would hold of a column of any type, trimmed; null where it is blank.
    #[must_use]
    pub fn cell(self, column: &Sql) -> Sql {
        let text = sql!("CAST({column} AS {text})", column = column, text = self.text_type());
        let of = sql!("lower({type_of})", type_of = self.type_of(column));
        let largest = sql!(
            "CASE {of} WHEN 'float' THEN {single} ELSE {double} END",
            of = of,
            single = LARGEST_EXACT_32,
            double = LARGEST_EXACT
        );
        let decimal = sql!(
            "CAST(TRY_CAST({text} AS DECIMAL(38, 20)) AS {texts})",
            text = text,
            texts = self.text_type()
        );
        self.trimmed(&sql!(
            "CASE WHEN {of} IN ('double', 'float') THEN\n      CASE WHEN abs(TRY_CAST({text} AS DOUBLE)) < {largest} THEN {decimal} WHEN lower({text}) <> 'nan' THEN {rounded} END\n    WHEN {of} LIKE 'decimal%' THEN {short}{others} ELSE {text} END",
            of = of,
            text = text,
            largest = largest,
            decimal = self.without_zeros(&decimal),
            rounded = self.rounded(&text),
            short = self.without_zeros(&text),
            others = self.other_cells(&of, &text)
        ))
    }

    /// A number without the zeros that its scale adds: 100.0000 has no decimals.
    fn without_zeros(self, number: &Sql) -> Sql {
        let form = "([.][0-9]*[1-9])0+$|[.]0+$";
        match self {
            Self::Spark => sql!("regexp_replace({number}, '{form}', '$1')", number = number, form = form),
            Self::DuckDb => sql!(r"regexp_replace({number}, '{form}', '\1')", number = number, form = form),
        }
    }

    /// The text of a floating-point number that has been rounded, in the form that ids are refused in.
    fn rounded(self, number: &Sql) -> Sql {
        match self {
            Self::Spark => sql!("replace(replace({number}, '.0E', 'E'), 'E', 'E+')", number = number),
            Self::DuckDb => sql!(
                "CASE WHEN instr({number}, '.0') > 0 THEN replace({number}, '.0', 'E+0') ELSE replace({number}, 'e', 'E') END",
                number = number
            ),
        }
    }

    /// Cases for the texts of columns of other types: instants without their offset, bytes.
    fn other_cells(self, type_of: &Sql, text: &Sql) -> Sql {
        match self {
            Self::Spark => {
                sql!(" WHEN {of} = 'timestamp' THEN concat({text}, 'Z')", of = type_of, text = text)
            }
            Self::DuckDb => {
                sql!(" WHEN {of} = 'blob' THEN decode(CAST({text} AS BLOB))", of = type_of, text = text)
            }
        }
    }
}
