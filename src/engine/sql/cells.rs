//! Cells: from a column of any type to trimmed text, and from that to ids, money and times, by the rules of `input::parse`.
//!
//! Each form takes a step of its own in the statement, so that no expression stands in another one twice.

use super::dialect::Dialect;
use super::text::{Sql, sql};
use super::zone::Zone;
use crate::input::binding::Origin;
use crate::input::parse::id::CELL_ERRORS;
use crate::input::parse::money::LARGEST;
use crate::input::profile::Anonymous;

/// The form of a date.
macro_rules! date {
    () => {
        "([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}|[0-9]{4}[.][0-9]{1,2}[.][0-9]{1,2})"
    };
}
/// The form of the whole part of an amount.
macro_rules! whole {
    () => {
        "([0-9]+|[0-9]{1,3}([,，][0-9]{3})+)"
    };
}
pub(super) use {date, whole};

/// A local time, perhaps with its offset from UTC.
const TIME: &str = concat!(
    date!(),
    "((T| +)([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)? *([zZ]|[-+]((0[0-9]|1[0-7])(:?[0-5][0-9])?|18(:?00)?))?)?"
);
/// Its commonest form, which engines read at once.
const COMMON_TIME: &str = "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
/// The offset at the end of one.
const OFFSET: &str = ":[0-9]{2}[.,0-9]* *([zZ]|[-+][0-9]{2}:?[0-9]{0,2})$";
/// An amount, without what may stand around it.
const AMOUNT: &str = concat!(whole!(), "([.][0-9]{1,2})?");

/// What may stand around its digits: a sign, a currency, white space.
const AROUND_AMOUNT: &str = "^[-−]?[ \t\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]*[¥￥$€£]?[ \t\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]*-?|[ \t\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]*元$|[ \t\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]+$";
/// An amount with a sign before it.
const BELOW_NOTHING: &str =
    "([-−].*|[¥￥$€£][ \t\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]*-.*)";

/// The cells of one table.
#[derive(Debug, Clone, Copy)]
pub struct Cells<'a> {
    /// The language.
    pub dialect: Dialect,
    /// The names of the table's columns.
    pub names: &'a [String],
}

impl Cells<'_> {
    /// A column of the table.
    fn column(&self, at: usize) -> Sql {
        self.dialect.name(self.names.get(at).map_or("", String::as_str))
    }

    /// The text of a column, trimmed; null where it is blank.
    fn trimmed(&self, at: usize) -> Sql {
        self.dialect.cell(&self.column(at))
    }

    /// The text that a column of meaning has, trimmed; null where it is blank, or the table has none.
    pub fn text(&self, origin: &Origin) -> Sql {
        let dialect = self.dialect;
        match origin {
            Origin::Absent | Origin::Row | Origin::Sum(_) => {
                sql!("CAST(NULL AS {text})", text = dialect.text_type())
            }
            Origin::Column(at) => self.trimmed(*at),
            Origin::Blankable(at, words) => {
                let words: Vec<_> = words.iter().map(|word| String::from_utf8_lossy(word)).collect();
                let (text, words) = (self.trimmed(*at), dialect.texts(words.iter().map(AsRef::as_ref)));
                let plain = dialect.unguarded(&text);
                sql!(
                    "CASE WHEN {plain} IN ({words}) THEN NULL ELSE {text} END",
                    plain = plain,
                    words = words,
                    text = text
                )
            }
            Origin::First(columns) => {
                let nothing = dialect.nothing();
                let one = |at: &usize| {
                    let text = self.trimmed(*at);
                    sql!(
                        "CASE WHEN {text} NOT IN ({nothing}) THEN {text} END",
                        text = text,
                        nothing = nothing
                    )
                };
                sql!("coalesce({all}, NULL)", all = Sql::join(columns.iter().map(one), ", "))
            }
            Origin::Joined(columns) => {
                let one = |at: &usize| sql!("coalesce({text}, '')", text = self.trimmed(*at));
                Sql::join(columns.iter().map(one), " || chr(31) || ")
            }
            Origin::Constant(text) => {
                let text = String::from_utf8_lossy(text);
                let text = text.trim();
                if text.is_empty() { self.text(&Origin::Absent) } else { dialect.text(text) }
            }
        }
    }

    /// Seconds since 1970 where a column holds instants; null where it is of another type, or one of several that may say it: its text does then.
    pub fn instant(&self, origin: &Origin) -> Sql {
        let Origin::Column(at) = origin else { return sql!("CAST(NULL AS BIGINT)") };
        let (dialect, column) = (self.dialect, self.column(*at));
        sql!(
            "CASE WHEN {type_of} = '{instant}' THEN {seconds} END",
            type_of = dialect.type_of(&column),
            instant = dialect.instant_type(),
            seconds = dialect.seconds_of_instant(&column)
        )
    }
}

impl Dialect {
    /// An id without the guards that exports put around it against Excel; null where nothing is left.
    #[must_use]
    pub fn unguarded(self, text: &Sql) -> Sql {
        let behind = self.trimmed(&sql!("substr({text}, 2)", text = text));
        let within = self.trimmed(&sql!("substr({text}, 3, length({text}) - 3)", text = text));
        sql!(
            "CASE WHEN substr({text}, 1, 1) IN ('''', '`') THEN {behind} WHEN {text} LIKE '=\"%\"' THEN {within} ELSE {text} END",
            text = text,
            behind = behind,
            within = within
        )
        .in_dialect(self)
    }

    /// Whether an id is an error of a spreadsheet.
    #[must_use]
    pub fn is_cell_error(self, id: &Sql) -> Sql {
        sql!("{id} IN ({errors})", id = id, errors = self.texts(CELL_ERRORS))
    }

    /// Whether an id is a number in scientific notation, which a spreadsheet has rounded.
    #[must_use]
    pub fn is_mangled(self, id: &Sql) -> Sql {
        let form = self.matches(id, "[0-9]+([.][0-9]+)?[eE][+][0-9]{1,3}");
        sql!("instr({id}, '+') > 0 AND {form}", id = id, form = form)
    }

    /// Whether an id is a person's: not blank, and not masked.
    #[must_use]
    pub fn is_somebody(self, id: &Sql, anonymous: &Anonymous) -> Sql {
        let mut all = vec![sql!("{id} IS NOT NULL", id = id)];
        if !anonymous.words.is_empty() {
            let words = self.texts(anonymous.words.iter().map(String::as_str));
            all.push(sql!("{id} NOT IN ({words})", id = id, words = words));
        }
        let masks = anonymous.contains.iter().filter(|mask| !mask.is_empty());
        all.extend(masks.map(|mask| sql!("instr({id}, {mask}) = 0", id = id, mask = self.text(mask))));
        Sql::join(all, " AND ")
    }

    /// The digits of an amount, with their commas and point: what stands around them goes; null where there is nothing.
    #[must_use]
    pub fn digits(self, text: &Sql) -> Sql {
        let bare = self.replaced(text, AROUND_AMOUNT, "");
        sql!(
            "CASE WHEN {text} NOT IN ({nothing}) THEN {bare} END",
            text = text,
            nothing = self.nothing(),
            bare = bare
        )
    }

    /// Minor units of such digits; null where they are no amount, or one that no row has.
    #[must_use]
    pub fn minor_units(self, digits: &Sql) -> Sql {
        let plain = self.replaced(digits, "[,，]", "");
        sql!(
            "CASE WHEN {is_amount} AND TRY_CAST({plain} AS DECIMAL(38, 2)) * 100 <= {largest} THEN CAST(TRY_CAST({plain} AS DECIMAL(38, 2)) * 100 AS BIGINT) END",
            is_amount = self.matches(digits, AMOUNT),
            plain = plain,
            largest = LARGEST
        )
    }

    /// Whether an amount is written as less than nothing.
    #[must_use]
    pub fn is_negative(self, text: &Sql, minor: &Sql) -> Sql {
        sql!("({minor} > 0 AND {sign})", minor = minor, sign = self.is_below_nothing(text))
    }

    /// Whether an amount has a sign before it.
    #[must_use]
    pub fn is_below_nothing(self, text: &Sql) -> Sql {
        self.matches(text, BELOW_NOTHING)
    }

    /// Local seconds since 1970 of a text that is a local time, or one with an offset.
    #[must_use]
    pub fn local_of_text(self, text: &Sql) -> Sql {
        let date = self.found(text, "^[0-9]+[-/.][0-9]+[-/.][0-9]+", 0);
        let date = sql!("TRY_CAST({date} AS DATE)", date = self.replaced(&date, "[/.]", "-"));
        let part = |form, unit: i64| {
            let found = self.found(text, form, 1);
            sql!("coalesce(TRY_CAST({found} AS BIGINT), 0) * {unit}", found = found, unit = unit)
        };
        sql!(
            "CASE WHEN {is_common} THEN {common} WHEN {is_time} AND substr({text}, 1, 4) <> '0000' THEN {day} * 86400 + {hours} + {minutes} + {seconds} END",
            is_common = self.matches(text, COMMON_TIME),
            common = self.seconds_of_common(text),
            is_time = self.matches(text, TIME),
            text = text,
            day = self.day(&date),
            hours = part("[ T]([0-9]{1,2}):", 3600),
            minutes = part("[ T][0-9]{1,2}:([0-9]{2})", 60),
            seconds = part("[ T][0-9]{1,2}:[0-9]{2}:([0-9]{2})", 1)
        )
    }

    /// The offset in seconds at the end of a time; null where it has none.
    #[must_use]
    pub fn offset_of_text(self, text: &Sql) -> Sql {
        let offset = self.found(text, OFFSET, 1);
        let hours = sql!("TRY_CAST(substr({offset}, 1, 3) AS BIGINT)", offset = offset);
        let minutes =
            sql!("coalesce(TRY_CAST(replace(substr({offset}, 4), ':', '') AS BIGINT), 0)", offset = offset);
        sql!(
            "CASE WHEN NOT {may_have} OR {offset} = '' THEN NULL WHEN lower({offset}) = 'z' THEN 0 ELSE {hours} * 3600 + CASE WHEN substr({offset}, 1, 1) = '-' THEN -60 ELSE 60 END * {minutes} END",
            may_have = self.matches(&sql!("substr({text}, 11)", text = text), ".*[-+zZ].*"),
            offset = offset,
            hours = hours,
            minutes = minutes
        )
    }

    /// The instant that all of these say together: that of a column of instants; epoch seconds or milliseconds; a local time less its offset, or
    /// by the zone.
    #[must_use]
    pub fn instant_of(
        self,
        (instant, text): (&Sql, &Sql),
        (local, offset): (&Sql, &Sql),
        zone: &Zone,
    ) -> Sql {
        sql!(
            "CASE WHEN {instant} IS NOT NULL THEN {instant} WHEN {is_seconds} THEN CAST({text} AS BIGINT) WHEN {is_millis} THEN {millis} WHEN {offset} IS NOT NULL THEN {local} - {offset} ELSE {by_zone} END",
            instant = instant,
            text = text,
            is_seconds = self.matches(text, "[0-9]{10}"),
            is_millis = self.matches(text, "[0-9]{13}"),
            millis = self.floor_divided(&sql!("CAST({text} AS BIGINT)", text = text), 1000),
            offset = offset,
            local = local,
            by_zone = zone.instant(self, local)
        )
    }

    /// A whole number of seconds of at least 0, whose parts are floored; null where a text is none.
    #[must_use]
    pub fn seconds_of_text(self, text: &Sql) -> Sql {
        let whole = self.found(text, "^[0-9]+", 0);
        sql!(
            "CASE WHEN {is_number} THEN CAST({whole} AS BIGINT) END",
            is_number = self.matches(text, "[0-9]{1,11}([.][0-9]+)?"),
            whole = whole
        )
    }
}

impl Sql {
    /// A part with `''''` for a quotation mark, as each dialect writes that.
    fn in_dialect(self, dialect: Dialect) -> Self {
        match dialect {
            Dialect::DuckDb => self,
            Dialect::Spark => Self::of_template(self.to_string().replace("''''", r"'\''")),
        }
    }
}
