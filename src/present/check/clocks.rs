//! What is said of clocks that differ.

use crate::present::model::Phrase;

/// `8 hours`, `5 h 30 min`.
pub(super) fn hours(seconds: i64) -> Phrase {
    let (hours, minutes) = (seconds.abs() / 3_600, seconds.abs() % 3_600 / 60);
    if minutes > 0 {
        return Phrase::new(format!("{hours} h {minutes} min"), format!("{hours} 小时 {minutes} 分"));
    }
    let plural = if hours == 1 { "hour" } else { "hours" };
    Phrase::new(format!("{hours} {plural}"), format!("{hours} 小时"))
}

pub(super) fn live_shift(by: i64) -> Phrase {
    let length = hours(by * 3_600);
    let (en, zh) = if by > 0 { ("behind", "慢") } else { ("ahead of", "快") };
    Phrase::new(
        format!(
            "sessions are {} {en} their broadcasts: the files are probably in two time zones, and --timezone applies to all",
            length.en
        ),
        format!("观看比所属直播{zh} {}：文件很可能处于不同时区，而 --timezone 对所有文件生效", length.zh),
    )
}

/// Orders that differ from the sessions: all, or those of a file.
pub(super) fn shift(file: Option<&str>, seconds: i64, offset: i32) -> Phrase {
    let by = hours(seconds);
    let (en, zh) = if seconds > 0 { ("behind", "慢") } else { ("ahead of", "快") };
    let cause = cause(file.is_some(), seconds, offset);
    if let Some(file) = file {
        return Phrase::new(
            format!(
                "orders of {file} are {} {en} the sessions: {}. Convert this file, or export it again in the zone of the others: \
                 --timezone applies to all",
                by.en, cause.en
            ),
            format!(
                "{file} 的订单比观看{zh} {}：{}。请转换该文件，或以与其他文件相同的时区重新导出：--timezone 对所有文件生效",
                by.zh, cause.zh
            ),
        );
    }
    Phrase::new(
        format!(
            "orders are {} {en} the sessions: {}. Convert one of the files, or export both in the same zone: --timezone applies to both",
            by.en, cause.en
        ),
        format!(
            "订单比观看{zh} {}：{}。请转换其中一份，或以同一时区重新导出：--timezone 对两份同时生效",
            by.zh, cause.zh
        ),
    )
}

/// What probably makes them differ.
fn cause(is_file: bool, seconds: i64, offset: i32) -> Phrase {
    let local = format!(
        "{}{:02}:{:02}",
        if offset < 0 { '-' } else { '+' },
        offset.abs() / 3_600,
        offset.abs() % 3_600 / 60
    );
    if seconds == i64::from(offset) && is_file {
        Phrase::new(
            format!("it is probably in UTC while the others are local ({local})"),
            format!("该文件很可能是 UTC，而其他文件是本地时间（{local}）"),
        )
    } else if seconds == i64::from(offset) {
        Phrase::new(
            format!("the orders are probably in UTC while the sessions are local ({local})"),
            format!("订单很可能是 UTC，而观看是本地时间（{local}）"),
        )
    } else if seconds == -i64::from(offset) && !is_file {
        Phrase::new(
            format!("the sessions are probably in UTC while the orders are local ({local})"),
            format!("观看很可能是 UTC，而订单是本地时间（{local}）"),
        )
    } else if seconds.abs() == 43_200 {
        Phrase::new("one of the files probably lost its AM/PM", "其中一份很可能丢失了上午/下午")
    } else if seconds.abs() == 86_400 {
        Phrase::new("the dates of one of the files are probably a day off", "其中一份的日期很可能差了一天")
    } else {
        Phrase::new("the files are probably in two time zones", "两份文件很可能处于不同时区")
    }
}

/// A part of the rows that differs from the others.
pub(super) fn part_shift(seconds: i64) -> Phrase {
    let by = hours(seconds);
    let (en, zh) = if seconds > 0 { ("behind", "慢") } else { ("ahead of", "快") };
    Phrase::new(
        format!(
            "so many of the orders that lie in no session would lie in one if they were not {} {en} it: a part of the orders or of the \
             sessions is so far off, probably one of the files. Check the files of orders and sessions one by one",
            by.en
        ),
        format!(
            "在不属于任何观看的订单中，有这么多比观看{zh} {}：部分订单或观看的时间有偏差，很可能是其中一个文件。请逐个检查订单与观看文件",
            by.zh
        ),
    )
}
