//! Where every row went, as lists for people: on standard error, in the report, and in the workbook.

use std::sync::Arc;

use super::model::{Column, Document, Language, Phrase, Unit, Values};
use crate::engine::reconciliation::{
    OrderReconciliation, RefundReconciliation, RunReport, SessionReconciliation, SpendReconciliation,
};
use crate::engine::rooms::RoomReconciliation;
use crate::units::Portion;

/// One line: what became of some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// What became of them; indented where it is a part of the line before, with a sign where it adds up.
    pub label: Phrase,
    /// How many; `None` where it is money or time alone.
    pub rows: Option<u64>,
    /// Their money or time; `None` where they have none.
    pub amount: Option<Amount>,
}

/// What rows weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Money in minor units.
    Money(i128),
    /// Seconds.
    Seconds(i128),
}

/// What became of the rows of one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The input, as machines call it.
    pub input: &'static str,
    /// What it lists.
    pub title: Phrase,
    /// The lines, in their order.
    pub lines: Vec<LedgerLine>,
}

impl RunReport {
    /// The lists of a run.
    #[must_use]
    pub fn ledgers(&self, basis_is_net: bool) -> Vec<Ledger> {
        let others = [
            self.sessions.as_ref().map(sessions),
            self.refunds.as_ref().map(refunds),
            self.spend.as_ref().map(spend),
        ];
        std::iter::once(orders(&self.orders, basis_is_net)).chain(others.into_iter().flatten()).collect()
    }
}

fn money((en, zh): (&str, &str), part: Portion) -> LedgerLine {
    LedgerLine { label: Phrase::new(en, zh), rows: Some(part.rows), amount: Some(Amount::Money(part.money)) }
}

/// Lines of which there are any rows.
fn some<const N: usize>(parts: [((&'static str, &'static str), Portion); N]) -> Vec<LedgerLine> {
    parts.into_iter().filter(|(_, part)| part.rows > 0).map(|(label, part)| money(label, part)).collect()
}

fn money_alone((en, zh): (&str, &str), money: i128) -> LedgerLine {
    LedgerLine { label: Phrase::new(en, zh), rows: None, amount: Some(Amount::Money(money)) }
}

const ROWS_READ: (&str, &str) = ("rows read", "读入行");
const STRUCTURAL: (&str, &str) = ("− repeated headers, blank rows", "− 重复表头与空行");
const REJECTED: (&str, &str) = ("− rejected", "− 无法解析");
const SUPERSEDED: (&str, &str) = ("− superseded by a later row", "− 被后来的行取代");
const OUT_OF_RANGE: (&str, &str) = ("− out of the date range", "− 不在日期范围内");
const COUNTED: (&str, &str) = ("= counted", "= 计入");

fn orders(orders: &OrderReconciliation, basis_is_net: bool) -> Ledger {
    let mut lines = vec![money(ROWS_READ, orders.read)];
    lines.extend(some([
        (STRUCTURAL, orders.structural),
        (REJECTED, orders.rejected),
        (SUPERSEDED, orders.superseded),
        (("− never paid", "− 未支付"), orders.never_paid),
        (("− skipped for their status", "− 因状态跳过"), orders.skipped),
        (("− refunded in full", "− 全额退款"), orders.refunded),
        (OUT_OF_RANGE, orders.out_of_range),
    ]));
    if orders.repeated != 0 {
        let label = ("− amounts of orders repeated on further lines", "− 同一订单多行重复的金额");
        lines.push(money_alone(label, orders.repeated));
    }
    if basis_is_net {
        lines.push(money_alone(("− refunds of counted rows", "− 计入行的退款"), orders.refunds));
    }
    lines.push(money(COUNTED, orders.counted));
    if orders.orders != orders.counted.rows {
        let label = Phrase::new("  orders of these rows", "  其中订单数");
        lines.push(LedgerLine { label, rows: Some(orders.orders), amount: None });
    }
    lines.push(money(("  attributed", "  归因于观看"), orders.attributed));
    lines.push(money(("  off-live", "  非直播"), orders.off_live));
    lines.extend(some([
        (("    without a buyer", "    无买家"), orders.without_buyer),
        (("    without a streamer", "    无主播"), orders.without_streamer),
    ]));
    let title = Phrase::new("orders: where the rows and the money went", "订单：行与金额的去向");
    Ledger { input: "orders", title, lines }
}

/// What became of broadcasts.
#[must_use]
pub fn rooms(rooms: &RoomReconciliation) -> Ledger {
    let mut lines = vec![money(ROWS_READ, rooms.read)];
    lines.extend(some([
        (STRUCTURAL, rooms.structural),
        (("− rows that sum up others", "− 合计行"), rooms.summaries),
        (REJECTED, rooms.rejected),
        (SUPERSEDED, rooms.superseded),
        (OUT_OF_RANGE, rooms.out_of_range),
    ]));
    lines.push(money(COUNTED, rooms.counted));
    lines.extend(rooms.net.map(|net| money(("  after refunds, where known", "  已知退款后"), net)));
    let title = Phrase::new("rooms: where the broadcasts and their money went", "场次：场次与金额的去向");
    Ledger { input: "rooms", title, lines }
}

fn sessions(sessions: &SessionReconciliation) -> Ledger {
    let line = |(en, zh): (&str, &str), rows: Option<u64>, seconds: Option<i128>| LedgerLine {
        label: Phrase::new(en, zh),
        rows,
        amount: seconds.map(Amount::Seconds),
    };
    let mut lines = vec![line(ROWS_READ, Some(sessions.read), Some(sessions.seconds))];
    let parts = [
        (STRUCTURAL, sessions.structural, None),
        (REJECTED, sessions.rejected, None),
        (("− without a viewer", "− 无观众"), sessions.guests, Some(sessions.guest_seconds)),
    ];
    let there = parts.into_iter().filter(|(_, rows, _)| *rows > 0);
    lines.extend(there.map(|(label, rows, seconds)| line(label, Some(rows), seconds)));
    if sessions.out_of_range > 0 || sessions.out_of_range_seconds > 0 {
        let (rows, seconds) = (sessions.out_of_range, sessions.out_of_range_seconds);
        lines.push(line(OUT_OF_RANGE, Some(rows), Some(seconds)));
    }
    if sessions.overlap_seconds > 0 {
        let label = ("− watched twice at once", "− 同时重复观看");
        lines.push(line(label, None, Some(sessions.overlap_seconds)));
    }
    lines.push(line(COUNTED, Some(sessions.counted), Some(sessions.watch_seconds)));
    let title = Phrase::new("sessions: where the rows and the watch time went", "观看：行与时长的去向");
    Ledger { input: "sessions", title, lines }
}

fn refunds(refunds: &RefundReconciliation) -> Ledger {
    let mut lines = vec![money(ROWS_READ, refunds.read)];
    lines.extend(some([
        (STRUCTURAL, refunds.structural),
        (REJECTED, refunds.rejected),
        (SUPERSEDED, refunds.superseded),
        (("− not decided yet", "− 尚未了结"), refunds.open),
        (("− closed without a refund", "− 关闭未退款"), refunds.closed),
        (("− skipped for their status", "− 因状态跳过"), refunds.skipped),
        (("− of no order given", "− 无对应订单"), refunds.no_such_order),
        (("− of orders never paid or skipped", "− 订单未支付或被跳过"), refunds.never_paid),
        (("− later than --refund-within", "− 晚于 --refund-within"), refunds.late),
        (("− of orders out of the date range", "− 订单不在日期范围内"), refunds.out_of_range),
    ]));
    lines.push(money(("= refunds of counted orders", "= 计入订单的退款"), refunds.applied));
    if refunds.beyond > 0 {
        lines.push(money_alone(("  beyond what was paid", "  超出实付部分"), refunds.beyond));
    }
    let title = Phrase::new("refunds: where the rows and the money went", "售后：行与金额的去向");
    Ledger { input: "refunds", title, lines }
}

fn spend(spend: &SpendReconciliation) -> Ledger {
    let mut lines = vec![money(ROWS_READ, spend.read)];
    lines.extend(some([
        (OUT_OF_RANGE, spend.out_of_range),
        (("− in no row of the result", "− 结果中无对应行"), spend.without_row),
    ]));
    lines.push(money(("= in the rows of the result", "= 计入结果"), spend.counted));
    let title = Phrase::new("spend: where the rows and the cost went", "投放：行与费用的去向");
    Ledger { input: "spend", title, lines }
}

/// All lists as one document: a row for each line.
#[must_use]
pub fn document(ledgers: &[Ledger], language: Language, currency: &str) -> Document {
    let lines = || ledgers.iter().flat_map(|ledger| ledger.lines.iter().map(move |line| (ledger, line)));
    let texts = |of: &dyn Fn(&Ledger, &LedgerLine) -> String| {
        Values::Text(lines().map(|(ledger, line)| Some(Arc::from(of(ledger, line)))).collect())
    };
    let label = |_: &Ledger, line: &LedgerLine| line.label.get(language).trim().to_owned();
    let rows = lines().map(|(_, line)| line.rows.and_then(|rows| i64::try_from(rows).ok()));
    let amounts = |of: fn(Amount) -> Option<i128>| -> Vec<Option<i128>> {
        lines().map(|(_, line)| line.amount.and_then(of)).collect()
    };
    let money = amounts(|amount| if let Amount::Money(money) = amount { Some(money) } else { None });
    let seconds = amounts(|amount| if let Amount::Seconds(seconds) = amount { Some(seconds) } else { None });
    let column = |name: &str, zh: &str, unit, values| Column {
        name: name.to_owned(),
        heading: Phrase::new(name, zh),
        unit,
        rank: 0,
        values,
    };
    Document {
        columns: vec![
            column("input", "数据", Unit::Plain, texts(&|ledger, _| ledger.input.to_owned())),
            column("line", "去向", Unit::Plain, texts(&label)),
            column("rows", "行数", Unit::Plain, Values::Count(rows.collect())),
            column("money", "金额", Unit::Currency, Values::Money(money)),
            column("seconds", "秒", Unit::Plain, Values::Wide(seconds)),
        ],
        currency: currency.to_owned(),
        ..Document::default()
    }
}
