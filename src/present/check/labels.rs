//! What each check is called, for people.

use crate::engine::check::findings::{Check, Detail, Finding, Input, Level, Section};
use crate::present::model::Phrase;

/// The heading of a section; where it speaks of one input at a time, of that input.
#[must_use]
pub fn heading(section: Section, input: Input) -> Phrase {
    let (en, zh) = match section {
        Section::Files => ("Files", "文件"),
        Section::Rows => ("Rows and money", "行数与金额"),
        Section::Dates => ("Dates", "日期"),
        Section::Persons => return Phrase::new("Persons", "人群"),
        Section::Clock => return Phrase::new("Clocks", "时钟"),
        Section::Integrity => return Phrase::new("Integrity", "异常标记"),
    };
    let (of_en, of_zh) = match input {
        Input::Orders => ("orders", "订单"),
        Input::Sessions => ("sessions", "观看"),
        Input::Refunds => ("refunds", "售后"),
        Input::Lives | Input::Rooms => ("broadcasts", "直播场次"),
        Input::Both => ("both inputs", "两份数据"),
    };
    Phrase::new(format!("{en}: {of_en}"), format!("{zh}：{of_zh}"))
}

/// What a finding is called; where it says the opposite of what should be, by that.
#[must_use]
pub fn label(finding: &Finding) -> Phrase {
    if let Some((en, zh)) = opposite(finding) {
        return Phrase::new(en, zh);
    }
    let sessions = finding.input == Input::Sessions;
    let (en, zh) = match finding.check {
        Check::File => {
            let name = finding.file.clone().unwrap_or_default();
            return Phrase::new(name.clone(), name);
        }
        Check::IdShape if sessions => ("ids of viewers, looked at", "抽看的观众ID"),
        Check::IdShape => ("ids of buyers, looked at", "抽看的买家ID"),
        Check::RefundsAboveAmount if finding.input == Input::Refunds => {
            ("orders refunded beyond their amount", "退款大于金额的订单")
        }
        Check::RowsOutOfRange if finding.input == Input::Refunds => {
            ("− of orders out of the date range", "− 订单在日期范围之外")
        }
        Check::RefundsAboveAmount if finding.input == Input::Rooms => {
            ("refunds above the GMV", "退款大于成交金额")
        }
        Check::MangledIds => ("ids in scientific notation", "科学计数法的ID"),
        Check::IdForms if sessions => ("ids of viewers in another form", "写法不同的观众ID"),
        Check::IdForms => ("ids of buyers in another form", "写法不同的买家ID"),
        check => return of_check(check),
    };
    Phrase::new(en, zh)
}

/// The names of what is not as it should be, or not known.
fn opposite(finding: &Finding) -> Option<(&'static str, &'static str)> {
    let bad = finding.level > Level::Note;
    let not_known = matches!(finding.detail, Detail::Unknown(_));
    Some(match finding.check {
        Check::ClockSkew if not_known => ("whether the clocks agree", "时钟是否一致"),
        Check::ClockSkew if bad => ("the clocks differ", "时钟不一致"),
        Check::Reconciliation if bad => ("the list does not close", "收支不符"),
        Check::RowsCounted if bad => ("= nothing is counted", "= 无可计入"),
        Check::IdOverlap if bad && !not_known => ("too few buyers are viewers", "有观看的买家过少"),
        Check::StreamerOverlap if bad => {
            ("too few orders whose streamer has a session", "主播有观看的订单过少")
        }
        _ => return None,
    })
}

fn of_check(check: Check) -> Phrase {
    let (en, zh) = match check {
        Check::ColumnsUsed => ("columns used", "使用的列"),
        Check::ColumnsIgnored => ("columns ignored", "忽略的列"),
        Check::ColumnsMissing => ("columns missing", "缺少的列"),
        Check::StreamersUnlisted => ("streamers not in --streamers", "不在 --streamers 中的主播"),
        Check::RowsRead => ("rows read", "读取的行"),
        Check::RowsStructural => ("− repeated headers, blank rows", "− 重复表头与空行"),
        Check::RowsRejected => ("− rejected", "− 无法使用的行"),
        Check::OverMaxBad => ("too many rejected rows", "无法使用的行过多"),
        Check::AmountsRepeated => ("− amounts of orders repeated on further lines", "− 多行重复的订单金额"),
        Check::RowsSuperseded => ("− superseded by a later row", "− 被后来的行取代"),
        Check::RowsNeverPaid => ("− never paid, by status", "− 状态为未支付"),
        Check::RowsNotPaidYet => ("− without a payment time", "− 无支付时间"),
        Check::RowsUnknownStatus => ("− unknown status", "− 状态未知"),
        Check::RowsOutOfRange => ("− out of the date range", "− 日期范围之外"),
        Check::RowsCounted => ("= counted", "= 计入"),
        Check::Reconciliation => ("the list closes", "收支相符"),
        Check::OrdersCounted => ("orders of these rows", "这些行的订单"),
        Check::OrdersWithoutBuyer => ("orders without a buyer", "无买家的订单"),
        Check::OrdersWithoutStreamer => ("orders without a streamer", "无主播的订单"),
        Check::OrdersOfZero => ("orders of amount 0", "金额为 0 的订单"),
        Check::RowsRefunded => ("rows with a refund", "有退款的行"),
        Check::RefundsAboveAmount => ("refunds above the amount", "退款大于金额的行"),
        Check::RefundsWithoutAmount => ("refunded, but no amount of it", "已退款但无退款金额"),
        Check::RefundsOpen => ("− not decided yet", "− 处理中"),
        Check::RefundsClosed => ("− ended without a refund", "− 未退款即关闭"),
        Check::RefundsOfNoOrder => ("− of no order given", "− 订单不在数据中"),
        Check::RefundsOfUnpaid => ("− of orders never paid", "− 订单未支付"),
        Check::RefundsOfOrders => ("= refunds of orders", "= 订单的退款"),
        Check::RefundsBeforePayment => ("refunds before the payment", "早于支付的退款"),
        Check::RefundsWithoutKey => ("refunds without a refund_id", "无 refund_id 的售后"),
        Check::SessionsOfGuests => ("− without a viewer", "− 无观众"),
        Check::SessionsWithoutDuration => ("sessions without a duration", "无时长的观看"),
        Check::SessionsOfZero => ("sessions of 0 seconds", "0 秒的观看"),
        Check::WatchedTwice => ("watched twice at once", "同时重复观看"),
        Check::UnknownSources => ("unknown sources", "未知来源"),
        Check::LivesListed => ("broadcasts listed", "场次表中的直播"),
        Check::LivesWithoutSessions => ("listed, but without sessions", "表中无观看的直播"),
        Check::SessionsOfUnlisted => ("sessions of unlisted broadcasts", "表外直播的观看"),
        Check::OrdersOfUnlisted => ("orders of unlisted broadcasts", "表外直播的订单"),
        Check::SessionsOutsideLive => ("sessions outside of their broadcast", "不在直播时间内的观看"),
        Check::SessionsOnAir => ("sessions without live_id in a broadcast", "无 live_id 但在直播中的观看"),
        check => return of_days(check),
    };
    Phrase::new(en, zh)
}

fn of_days(check: Check) -> Phrase {
    let (en, zh) = match check {
        Check::Span => ("days with rows", "有数据的日期"),
        Check::DaysMissing => ("days without rows", "无数据的日期"),
        Check::DaysThin => ("days with hardly any rows", "数据极少的日期"),
        Check::FirstDayCut => ("the first day is probably cut", "首日可能不完整"),
        Check::LastDayCut => ("the last day is probably cut", "末日可能不完整"),
        Check::DaysOrdersOnly => ("days with orders, no sessions", "只有订单的日期"),
        Check::DaysSessionsOnly => ("days with sessions, no orders", "只有观看的日期"),
        Check::OrdersOutsideSessions => ("orders outside the sessions' dates", "观看日期之外的订单"),
        check => return of_persons(check),
    };
    Phrase::new(en, zh)
}

fn of_persons(check: Check) -> Phrase {
    let (en, zh) = match check {
        Check::Buyers => ("buyers", "买家"),
        Check::Viewers => ("viewers", "观众"),
        Check::IdOverlap => ("buyers who are viewers", "有观看的买家"),
        Check::OrdersSeen => ("orders whose buyer has a session", "买家有观看的订单"),
        Check::OrdersSeenInWeek => ("… in the same week", "… 在同一周"),
        Check::OrdersSeenWithStreamer => ("… with the streamer in that week", "… 同周且同主播"),
        Check::StreamerOverlap => ("orders whose streamer has a session", "主播有观看的订单"),
        Check::PaidDuringSession => ("orders paid while watching", "观看中支付的订单"),
        Check::ClockSkew => ("the clocks agree", "时钟一致"),
        Check::OrdersPerHour => ("many orders of a buyer in an hour", "买家一小时内多单"),
        Check::HardlyWatched => ("orders of viewers who hardly watched", "几乎未观看者的订单"),
        Check::SameAmount => ("same amount by many in a minute", "一分钟内多人同额"),
        Check::LongSessions => ("sessions longer than --max-session", "超过 --max-session 的观看"),
        Check::BeforeFirstSession => ("orders before the first session", "首次观看之前的订单"),
        check => return of_rooms(check),
    };
    Phrase::new(en, zh)
}

fn of_rooms(check: Check) -> Phrase {
    let (en, zh) = match check {
        Check::RowsSummaries => ("− rows that sum up others", "− 合计行"),
        Check::RoomsWithoutViewers => ("broadcasts without viewers", "无观看人数的直播"),
        Check::RoomsWithoutWatch => ("broadcasts without watch time", "无观看时长的直播"),
        Check::RoomsWithoutBuyers => ("broadcasts without buyers", "无成交人数的直播"),
        Check::RoomsWithoutOrders => ("broadcasts without orders", "无订单数的直播"),
        Check::RoomsWithoutMoney => ("broadcasts without GMV", "无成交金额的直播"),
        Check::RoomsByDate => ("broadcasts by their date alone", "只有日期的直播"),
        Check::FiguresUnread => ("figures that do not read", "无法读取的数字"),
        Check::FiguresRounded => ("figures that the platform rounded", "平台取整的数字"),
        Check::BuyersAboveViewers => ("more buyers than viewers", "成交人数多于观看人数"),
        Check::BuyersAboveOrders => ("more buyers than orders", "成交人数多于订单数"),
        Check::WatchAboveLive => ("more watch time than could be", "观看时长超出可能"),
        Check::LivesOverlapping => ("broadcasts of a streamer at once", "同一主播同时的直播"),
        Check::LongLives => ("broadcasts longer than --max-session", "超过 --max-session 的直播"),
        // The others are named by the functions above.
        _ => (check.name(), check.name()),
    };
    Phrase::new(en, zh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::check::findings::Unknown;

    #[test]
    fn every_check_has_a_label_of_its_own() {
        let mut labels: Vec<String> = Check::ALL.iter().map(|check| of_check(*check).zh).collect();
        // These four depend on the finding.
        let own = [Check::File, Check::IdShape, Check::IdForms, Check::MangledIds];
        for check in Check::ALL.iter().filter(|check| !own.contains(check)) {
            assert!(!of_check(*check).zh.is_ascii(), "{check:?}");
        }
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), Check::ALL.len());
    }

    #[test]
    fn what_differs_is_not_called_what_should_be() {
        let called = |check, level, detail| {
            let finding = Finding { level, detail, ..Finding::new(Section::Clock, Input::Both, check) };
            label(&finding).en
        };
        assert_eq!(called(Check::ClockSkew, Level::Ok, Detail::None), "the clocks agree");
        assert_eq!(called(Check::ClockSkew, Level::Error, Detail::Shift(3_600, 0)), "the clocks differ");
        let unknown = Detail::Unknown(Unknown::FewOrders);
        assert_eq!(called(Check::ClockSkew, Level::Note, unknown.clone()), "whether the clocks agree");
        assert_eq!(called(Check::IdOverlap, Level::Error, Detail::None), "too few buyers are viewers");
        assert_eq!(called(Check::IdOverlap, Level::Warning, unknown), "buyers who are viewers");
        assert_eq!(called(Check::Reconciliation, Level::Error, Detail::None), "the list does not close");
        assert_eq!(called(Check::Reconciliation, Level::Ok, Detail::None), "the list closes");
    }
}
