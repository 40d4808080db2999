//! What is wrong with a row, in the words of this machine: the first column that does not read, and why. Null where all do.

use super::cells::{date, whole};
use super::columns::{OrderTable, SessionTable};
use super::dialect::Dialect;
use super::question::Question;
use super::text::{Sql, sql};
use crate::input::rejects::Reason;

/// A text that begins with the form of a date.
const DATE: &str = concat!("^", date!());
/// The form of a time of day behind it, and the same with one that exists.
const CLOCK: &str = concat!("^", date!(), "(T| +)[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]|[^.,]|$)|[^:]|$)");
const SUCH_CLOCK: &str = concat!("^", date!(), "(T| +)([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]|[^:]|$)");
/// The form of an offset behind that, and the same with one that exists.
const OFFSET: &str =
    concat!("^", date!(), "(T| +)[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)? *[-+][0-9]{2}(:?[0-9]{2}|$)");
const SUCH_OFFSET: &str = concat!(
    "^",
    date!(),
    "(T| +)[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)? *[-+]((0[0-9]|1[0-7])(:?[0-5][0-9]|$)|18(:?00|$))"
);
/// An amount with any number of decimals, without what may stand around it.
const AMOUNT: &str = concat!(whole!(), "([.][0-9]+)?");
/// The last instant that this machine reckons with.
const LAST_INSTANT: i64 = 253_402_207_200;
/// Sessions may be entered in the years in which a row of this machine can begin.
const FIRST_ENTERED: i64 = -(1 << 35);
/// The first second after those.
const AFTER_ENTERED: i64 = 1 << 35;

/// The cases of one expression, the first that holds being the fault.
#[derive(Default)]
struct Cases(Vec<Sql>);

impl Cases {
    fn add(&mut self, when: &Sql, field: &'static str, reason: Reason) {
        let name = reason.name();
        self.0.push(sql!("WHEN {when} THEN '{field}: {name}'", when = when, field = field, name = name));
    }

    /// The same with a reason that is an expression.
    fn because(&mut self, when: &Sql, field: &'static str, reason: &Sql) {
        self.0.push(sql!(
            "WHEN {when} THEN concat('{field}: ', {reason})",
            when = when,
            field = field,
            reason = reason
        ));
    }

    fn id(&mut self, dialect: Dialect, column: &'static str, field: &'static str, allows_mangled: bool) {
        let id = sql!("{column}", column = column);
        self.mangled(dialect, column, field, allows_mangled);
        self.add(&dialect.is_cell_error(&id), field, Reason::CellError);
    }

    fn mangled(&mut self, dialect: Dialect, column: &'static str, field: &'static str, allowed: bool) {
        if !allowed {
            self.add(&dialect.is_mangled(&sql!("{column}", column = column)), field, Reason::MangledId);
        }
    }

    fn expression(self) -> Sql {
        sql!("CASE {cases} END", cases = Sql::join(self.0, "\n    "))
    }
}

impl Question {
    /// The fault of an order.
    pub(super) fn rejected_order(&self, orders: &OrderTable) -> Sql {
        let (dialect, mangled) = (self.dialect, self.allow_mangled_ids);
        let mut cases = Cases::default();
        for id in ["order_id", "line_id"] {
            let text = sql!("{id} IS NULL", id = id);
            let is_asked = if id == "order_id" { !orders.rows_are_orders() } else { orders.has_lines() };
            if is_asked {
                cases.id(dialect, id, id, mangled);
                cases.add(&text, id, Reason::Blank);
            }
        }
        if orders.origin("buyer_id").is_there() {
            cases.id(dialect, "buyer_id", "buyer_id", mangled);
        }
        let (no_time, late) =
            (sql!("paid_at IS NOT NULL AND paid IS NULL"), sql!("paid > {last}", last = LAST_INSTANT));
        cases.because(&no_time, "paid_at", &dialect.time_fault(&sql!("paid_at")));
        cases.add(&late, "paid_at", Reason::TimeOutOfRange);
        cases.because(&sql!("amount_fault IS NOT NULL"), "amount", &sql!("amount_fault"));
        let blank = sql!(
            "amount IS NULL AND paid_at IS NOT NULL AND coalesce(meaning NOT IN ('pending', 'cancelled'), TRUE)"
        );
        cases.add(&blank, "amount", Reason::Blank);
        cases.because(&sql!("refund_fault IS NOT NULL"), "refund_amount", &sql!("refund_fault"));
        if orders.origin("live_id").is_there() {
            cases.mangled(dialect, "live_id", "live_id", mangled);
        }
        if orders.origin("streamer_id").is_there() {
            cases.id(dialect, "streamer_id", "streamer_id", mangled);
        }
        cases.expression()
    }

    /// The fault of a session.
    pub(super) fn rejected_session(&self, sessions: &SessionTable) -> Sql {
        let (dialect, mangled) = (self.dialect, self.allow_mangled_ids);
        let mut cases = Cases::default();
        cases.id(dialect, "viewer_id", "viewer_id", mangled);
        cases.add(&sql!("entered_at IS NULL"), "entered_at", Reason::Blank);
        cases.because(&sql!("a IS NULL"), "entered_at", &dialect.time_fault(&sql!("entered_at")));
        let outside = sql!("a < {first} OR a >= {after}", first = FIRST_ENTERED, after = AFTER_ENTERED);
        cases.add(&outside, "entered_at", Reason::EnteredOutOfRange);
        let no_time = sql!("left_at IS NOT NULL AND left_time IS NULL");
        cases.because(&no_time, "left_at", &dialect.time_fault(&sql!("left_at")));
        let late = sql!("left_time > {last}", last = LAST_INSTANT);
        cases.add(&late, "left_at", Reason::TimeOutOfRange);
        cases.add(&sql!("left_time < a"), "left_at", Reason::EndsBeforeStart);
        let no_seconds = sql!("watch_seconds IS NOT NULL AND watched IS NULL");
        cases.add(&no_seconds, "watch_seconds", Reason::NotSeconds);
        if sessions.origin("live_id").is_there() {
            cases.mangled(dialect, "live_text", "live_id", mangled);
        }
        cases.id(dialect, "streamer_id", "streamer_id", mangled);
        cases.add(&sql!("streamer_id IS NULL"), "streamer_id", Reason::Blank);
        cases.expression()
    }
}

impl Dialect {
    /// Why a text is no time: it has none of the forms, or there is no such date, time of day or offset.
    fn time_fault(self, text: &Sql) -> Sql {
        let finds = |form| sql!("{found} <> ''", found = self.found(text, form, 0));
        let date = self.replaced(&self.found(text, DATE, 0), "[/.]", "-");
        sql!(
            "CASE WHEN NOT {is_date} THEN '{no_time}' WHEN TRY_CAST({date} AS DATE) IS NULL OR substr({text}, 1, 4) = '0000' OR {is_clock} AND NOT {such_clock} OR {is_offset} AND NOT {such_offset} THEN '{no_such}' ELSE '{no_time}' END",
            is_date = finds(DATE),
            no_time = Reason::NotTime.name(),
            date = date,
            text = text,
            is_clock = finds(CLOCK),
            such_clock = finds(SUCH_CLOCK),
            is_offset = finds(OFFSET),
            such_offset = finds(SUCH_OFFSET),
            no_such = Reason::NoSuchTime.name()
        )
    }

    /// Why a text with such digits is no amount; null where it is one, or blank.
    #[must_use]
    pub fn money_fault(self, text: &Sql, digits: &Sql) -> Sql {
        let minor = self.minor_units(digits);
        sql!(
            "CASE WHEN {digits} IS NOT NULL AND ({minor}) IS NULL OR {negative} THEN CASE WHEN NOT {is_amount} THEN '{no_money}' WHEN {sign} AND {some} THEN '{below}' WHEN {long} THEN '{decimals}' ELSE '{large}' END END",
            digits = digits,
            minor = minor,
            negative = self.is_negative(text, &minor),
            is_amount = self.matches(digits, AMOUNT),
            no_money = Reason::NotMoney.name(),
            sign = self.is_below_nothing(text),
            some = self.matches(digits, ".*[1-9].*"),
            below = Reason::Negative.name(),
            long = self.matches(digits, ".*[.][0-9]{3,}"),
            decimals = Reason::Decimals.name(),
            large = Reason::TooLarge.name()
        )
    }
}
