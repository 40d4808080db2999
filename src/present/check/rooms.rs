//! What is said of broadcasts as aggregates.

use super::clocks::hours;
use crate::engine::check::findings::{Check, Finding, Level};
use crate::present::model::Phrase;

/// What a finding means; `None` where its numbers say it all.
pub(super) fn plain(check: Check) -> Option<Phrase> {
    let (en, zh) = match check {
        Check::RoomsWithoutViewers
        | Check::RoomsWithoutWatch
        | Check::RoomsWithoutBuyers
        | Check::RoomsWithoutOrders
        | Check::RoomsWithoutMoney => (
            "not known of them, so empty in their groups and periods, with the factors that need it",
            "未知，因此其分组与周期中为空，依赖它的因子也为空",
        ),
        Check::RoomsByDate => (
            "neither a time nor a live_id: duplicates cannot be told (give no exports that overlap), and broadcasts are not counted",
            "既无时间也无 live_id：无法识别重复（请勿提供重叠的导出），也不计场次数",
        ),
        Check::RefundsAboveAmount => (
            "the money is the GMV of these broadcasts; --basis net takes it to 0",
            "金额为这些直播的成交额；--basis net 按 0 计",
        ),
        _ => return None,
    };
    Some(Phrase::new(en, zh))
}

/// What a flag means, and what is mostly behind it where there is any.
pub(super) fn flag(finding: &Finding, longest: i64) -> Option<Phrase> {
    let (en, zh) = match finding.check {
        check if finding.level == Level::Ok && check != Check::LongLives => return None,
        Check::BuyersAboveViewers => (
            "is a column mapped to another figure, such as the buyers of the whole day?",
            "列是否映射到了其他数字，例如全天的成交人数？",
        ),
        Check::BuyersAboveOrders => (
            "every buyer has an order: is one of the columns mapped to another figure, such as items or net orders?",
            "每位买家至少有一单：列是否映射到了其他数字，例如件数或净订单？",
        ),
        Check::WatchAboveLive => (
            "viewers × time live is less: are minutes taken for seconds, or views for viewers?",
            "超过观看人数 × 直播时长：是否把分钟当成秒，或把人次当成人数？",
        ),
        Check::LivesOverlapping => (
            "is it one broadcast under two ids, or of two exports in two forms? It counts twice",
            "是否为同一场直播的两个编号，或来自两种导出？它被计两次",
        ),
        Check::LongLives => {
            let by = hours(longest);
            return Some(Phrase::new(format!("longer than {}", by.en), format!("超过 {}", by.zh)));
        }
        _ => return None,
    };
    Some(Phrase::new(en, zh))
}
