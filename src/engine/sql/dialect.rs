//! What engines say differently: names and values in quotation marks, whole numbers that do not overflow, times and zones.

use std::fmt::Write;

use super::text::{Sql, sql};

/// The language of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Apache Spark SQL, from 4.0 on.
    Spark,
    /// DuckDB, from 1.4 on.
    DuckDb,
}

impl Dialect {
    /// The name of a column or table.
    #[must_use]
    pub fn name(self, name: &str) -> Sql {
        match self {
            Self::Spark => Sql::quoted(name, '`'),
            Self::DuckDb => Sql::quoted(name, '"'),
        }
    }

    /// A text as a value, whatever is in it.
    #[must_use]
    pub fn text(self, text: &str) -> Sql {
        match self {
            // In Spark a backslash begins an escape; NUL and what ends a line are told by their numbers, and so is the dollar, since `${x}` is
            // replaced by a setting of that name before anything else is read.
            Self::Spark => {
                let mut quoted = String::from("'");
                for letter in text.chars() {
                    match letter {
                        '\'' | '\\' => quoted.extend(['\\', letter]),
                        letter if letter.is_control() || letter == '$' => {
                            // Writing to a text cannot fail.
                            let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
                        }
                        letter => quoted.push(letter),
                    }
                }
                quoted.push('\'');
                Sql::of_template(quoted)
            }
            // The lines of a statement are indented, those of a text are not.
            Self::DuckDb if text.contains('\n') => {
                let parts = text.split('\n').map(|part| Sql::quoted(part, '\''));
                sql!("({joined})", joined = Sql::join(parts, " || chr(10) || "))
            }
            Self::DuckDb => Sql::quoted(text, '\''),
        }
    }

    /// Texts as values with commas between them.
    #[must_use]
    pub fn texts<'t>(self, texts: impl IntoIterator<Item = &'t str>) -> Sql {
        Sql::join(texts.into_iter().map(|text| self.text(text)), ", ")
    }

    /// The type of texts.
    #[must_use]
    pub fn text_type(self) -> &'static str {
        match self {
            Self::Spark => "STRING",
            Self::DuckDb => "VARCHAR",
        }
    }

    /// A whole number of up to 38 digits, which is an error beyond.
    #[must_use]
    pub fn wide(self, value: &Sql) -> Sql {
        match self {
            Self::Spark => self.exact(value),
            Self::DuckDb => sql!("CAST({value} AS HUGEINT)", value = value),
        }
    }

    /// A whole number of up to 38 digits as it is told: files of Parquet have no wider type that keeps all of them.
    #[must_use]
    pub fn exact(self, value: &Sql) -> Sql {
        sql!("CAST({value} AS DECIMAL(38, 0))", value = value)
    }

    /// The whole part of a quotient, towards minus infinity.
    #[must_use]
    pub fn floor_divided(self, value: &Sql, by: i64) -> Sql {
        match self {
            Self::Spark => sql!("(({value}) - pmod({value}, {by})) DIV {by}", value = value, by = by),
            Self::DuckDb => {
                sql!("(({value}) - (({value}) % {by} + {by}) % {by}) // {by}", value = value, by = by)
            }
        }
    }

    /// All columns but some.
    #[must_use]
    pub fn without(self, names: &'static str) -> Sql {
        match self {
            Self::Spark => sql!("* EXCEPT ({names})", names = names),
            Self::DuckDb => sql!("* EXCLUDE ({names})", names = names),
        }
    }

    /// The whole part of a quotient of two wide numbers of at least 0.
    #[must_use]
    pub fn divided(self, value: &Sql, by: &Sql) -> Sql {
        match self {
            // Its DIV is of 64 bits, and wraps.
            Self::Spark => {
                sql!("CAST(({value} - {value} % {by}) / {by} AS DECIMAL(38, 0))", value = value, by = by)
            }
            Self::DuckDb => sql!("({value} // {by})", value = value, by = by),
        }
    }

    /// A list of numbers out of a text with commas between them.
    #[must_use]
    pub fn numbers(self, text: &Sql) -> Sql {
        match self {
            Self::Spark => sql!("transform(split({text}, ','), part -> CAST(part AS DOUBLE))", text = text),
            Self::DuckDb => sql!("CAST(string_split({text}, ',') AS DOUBLE[])", text = text),
        }
    }

    /// An element of a list, from 0.
    #[must_use]
    pub fn element(self, list: &'static str, at: usize) -> Sql {
        match self {
            Self::Spark => sql!("{list}[{at}]", list = list, at = at),
            Self::DuckDb => sql!("{list}[{at}]", list = list, at = at + 1),
        }
    }

    /// Texts of several rows as one, in the order of the texts, with commas between.
    #[must_use]
    pub fn joined(self, text: &'static str) -> Sql {
        match self {
            Self::Spark => sql!("array_join(sort_array(collect_list({text})), ',')", text = text),
            Self::DuckDb => sql!("array_to_string(list_sort(list({text})), ',')", text = text),
        }
    }

    /// Ends the statement with words.
    #[must_use]
    pub fn fail(self, words: &Sql) -> Sql {
        match self {
            Self::Spark => sql!("raise_error({words})", words = words),
            Self::DuckDb => sql!("error({words})", words = words),
        }
    }

    /// Whether a whole text has the form of an expression (without backslashes, so that no rule of escapes matters).
    #[must_use]
    pub fn matches(self, text: &Sql, form: &'static str) -> Sql {
        match self {
            // Its $ also matches before a line end.
            Self::Spark => sql!(r"{text} RLIKE '^({form})\\z'", text = text, form = form),
            Self::DuckDb => sql!("regexp_full_match({text}, '{form}')", text = text, form = form),
        }
    }

    /// A group of what an expression finds in a text; empty where it finds nothing.
    #[must_use]
    pub fn found(self, text: &Sql, form: &'static str, group: usize) -> Sql {
        sql!("regexp_extract({text}, '{form}', {group})", text = text, form = form, group = group)
    }

    /// A text with all that an expression finds replaced.
    #[must_use]
    pub fn replaced(self, text: &Sql, form: &'static str, by: &'static str) -> Sql {
        match self {
            Self::Spark => {
                sql!("regexp_replace({text}, '{form}', '{by}')", text = text, form = form, by = by)
            }
            Self::DuckDb => {
                sql!("regexp_replace({text}, '{form}', '{by}', 'g')", text = text, form = form, by = by)
            }
        }
    }

    /// The name of the type of a value.
    #[must_use]
    pub fn type_of(self, value: &Sql) -> Sql {
        sql!("typeof({value})", value = value)
    }

    /// The type of instants.
    #[must_use]
    pub fn instant_type(self) -> &'static str {
        match self {
            Self::Spark => "timestamp",
            Self::DuckDb => "TIMESTAMP WITH TIME ZONE",
        }
    }

    /// Seconds since 1970 of a column of instants.
    #[must_use]
    pub fn seconds_of_instant(self, value: &Sql) -> Sql {
        match self {
            Self::Spark => sql!("unix_seconds(CAST({value} AS TIMESTAMP))", value = value),
            Self::DuckDb => self.floor_divided(
                &sql!("epoch_us(CAST({value} AS TIMESTAMP WITH TIME ZONE))", value = value),
                1_000_000,
            ),
        }
    }

    /// Seconds since 1970 of a text such as `2026-03-27 11:11:55`, as if it were of UTC; null where there is no such day.
    #[must_use]
    pub fn seconds_of_common(self, text: &Sql) -> Sql {
        match self {
            Self::Spark => sql!("unix_seconds(TRY_CAST(concat({text}, 'Z') AS TIMESTAMP))", text = text),
            Self::DuckDb => {
                self.floor_divided(&sql!("epoch_us(TRY_CAST({text} AS TIMESTAMP))", text = text), 1_000_000)
            }
        }
    }

    /// Local seconds since 1970, by the clock of a zone, of an instant in seconds.
    #[must_use]
    pub fn local(self, instant: &Sql, zone: &Sql) -> Sql {
        match self {
            Self::Spark => {
                sql!(
                    "unix_seconds(from_utc_timestamp(timestamp_seconds({instant}), {zone}))",
                    instant = instant,
                    zone = zone
                )
            }
            Self::DuckDb => {
                sql!(
                    "epoch_us(timezone({zone}, to_timestamp({instant}))) // 1000000",
                    instant = instant,
                    zone = zone
                )
            }
        }
    }

    /// The instant of local seconds; one that a change of clocks skips or repeats is by the offset that was in force before it.
    #[must_use]
    pub fn instant(self, local: &Sql, zone: &Sql) -> Sql {
        match self {
            Self::Spark => {
                sql!(
                    "unix_seconds(to_utc_timestamp(timestamp_seconds({local}), {zone}))",
                    local = local,
                    zone = zone
                )
            }
            // DuckDB takes the later of two instants; that by the offset of the day before is the earlier one.
            Self::DuckDb => {
                let before = self.local(&sql!("({local}) - 86400", local = local), zone);
                let earlier = sql!("(2 * ({local}) - 86400 - ({before}))", local = local, before = before);
                let back = self.local(&earlier, zone);
                sql!(
                    "CASE WHEN {back} = {local} THEN {earlier} ELSE epoch_us(timezone({zone}, make_timestamp(({local}) * 1000000))) // 1000000 END",
                    back = back,
                    local = local,
                    earlier = earlier,
                    zone = zone
                )
            }
        }
    }

    /// A date by its number of days since 1970.
    #[must_use]
    pub fn date(self, day: &Sql) -> Sql {
        match self {
            Self::Spark => sql!("date_add(DATE '1970-01-01', CAST({day} AS INT))", day = day),
            Self::DuckDb => sql!("(DATE '1970-01-01' + CAST({day} AS INTEGER))", day = day),
        }
    }

    /// The number of days since 1970 of a date.
    #[must_use]
    pub fn day(self, date: &Sql) -> Sql {
        match self {
            Self::Spark => sql!("CAST(datediff({date}, DATE '1970-01-01') AS BIGINT)", date = date),
            Self::DuckDb => sql!("CAST(({date}) - DATE '1970-01-01' AS BIGINT)", date = date),
        }
    }

    /// A date so many days later.
    #[must_use]
    pub fn days_later(self, date: &Sql, days: i64) -> Sql {
        match self {
            Self::Spark => sql!("date_add({date}, {days})", date = date, days = days),
            Self::DuckDb => sql!("({date} + ({days}))", date = date, days = days),
        }
    }

    /// A date so many months later.
    #[must_use]
    pub fn months_later(self, date: &Sql, months: i64) -> Sql {
        match self {
            Self::Spark => sql!("add_months({date}, {months})", date = date, months = months),
            Self::DuckDb => {
                sql!("CAST({date} + INTERVAL {months} MONTH AS DATE)", date = date, months = months)
            }
        }
    }

    /// The first date of the `week` (from Monday), `month`, `quarter` or `year` of a date.
    #[must_use]
    pub fn beginning(self, unit: &'static str, date: &Sql) -> Sql {
        match self {
            Self::Spark => sql!("trunc({date}, '{unit}')", unit = unit, date = date),
            Self::DuckDb => sql!("CAST(date_trunc('{unit}', {date}) AS DATE)", unit = unit, date = date),
        }
    }

    /// One row for each date from `first` to `last` in steps such as `7 DAY`.
    #[must_use]
    pub fn each_date(self, first: &'static str, last: &'static str, step: &'static str) -> Sql {
        match self {
            Self::Spark => {
                sql!(
                    "explode(CASE WHEN {first} = {last} THEN array({first}) ELSE sequence({first}, {last}, INTERVAL {step}) END)",
                    first = first,
                    last = last,
                    step = step
                )
            }
            Self::DuckDb => sql!(
                "CAST(unnest(generate_series({first}, {last}, INTERVAL {step})) AS DATE)",
                first = first,
                last = last,
                step = step
            ),
        }
    }

    /// Money of sums, from minor units to two decimals.
    #[must_use]
    pub fn money(self, minor: &Sql) -> Sql {
        sql!("CAST({minor} AS DECIMAL(35, 0)) * CAST(0.01 AS DECIMAL(3, 2))", minor = minor)
    }

    /// A text without white space around it; null where nothing is left.
    #[must_use]
    pub fn trimmed(self, text: &Sql) -> Sql {
        match self {
            Self::Spark => {
                sql!(r"nullif(trim(BOTH ' \t\n\r\u000C\u00A0\u3000\uFEFF' FROM {text}), '')", text = text)
            }
            Self::DuckDb => {
                sql!(
                    r"nullif(trim({text}, E' \t\n\r\f' || chr(160) || chr(12288) || chr(65279)), '')",
                    text = text
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_text_holds_it_stays_one_value() {
        let spark = |text: &str| Dialect::Spark.text(text).to_string();
        let duckdb = |text: &str| Dialect::DuckDb.text(text).to_string();
        assert_eq!(spark("it's"), r"'it\'s'");
        assert_eq!(spark(r"a\"), r"'a\\'");
        assert_eq!(spark(r"\' OR 1=1 --"), r"'\\\' OR 1=1 --'");
        assert_eq!(spark("a\nb\0"), r"'a\u000ab\u0000'");
        assert_eq!(duckdb("it's"), "'it''s'");
        assert_eq!(duckdb("a\nb"), "('a' || chr(10) || 'b')");
        assert_eq!(duckdb(r"\' OR 1=1 --"), r"'\'' OR 1=1 --'");
        assert_eq!(Dialect::Spark.name("a`b").to_string(), "`a``b`");
        assert_eq!(Dialect::DuckDb.name("a\"b; --").to_string(), "\"a\"\"b; --\"");
    }
}
