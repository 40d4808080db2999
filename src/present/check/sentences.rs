//! What a finding means and what to do about it, in whole sentences.

use super::clocks::{hours, live_shift, part_shift, shift};
use super::lists::{dates, days, named, shapes, words};
use crate::engine::check::findings::{Check, Detail, Finding, Input, Level, Unknown};
use crate::engine::check::ids::{Cure, Cured};
use crate::input::rejects::Reason;
use crate::present::model::Phrase;

/// What a finding means; `None` where its numbers say it all.
#[must_use]
pub fn sentence(finding: &Finding) -> Option<Phrase> {
    Some(match &finding.detail {
        Detail::None if finding.input == Input::Rooms => {
            return super::rooms::plain(finding.check).or_else(|| plain(finding));
        }
        Detail::None => return plain(finding),
        Detail::Form { form, profile } => file(finding, &form.to_string(), profile),
        Detail::Columns(columns) => {
            let list: Vec<String> = columns
                .iter()
                .map(
                    |(name, source)| {
                        if name == source { source.clone() } else { format!("{name} ← {source}") }
                    },
                )
                .collect();
            Phrase::new(list.join(", "), list.join("，"))
        }
        Detail::Names(names) => of_names(finding, names),
        Detail::Missing(names, why) => missing(names, why.as_deref()),
        Detail::Reason(field, reason) => reject(field, reason),
        Detail::Limit(limit) => Phrase::new(
            format!(
                "more than --max-bad {limit} allows: other commands refuse these files; --rejects FILE lists the rows"
            ),
            format!("超过 --max-bad {limit}：其他命令会拒绝这些文件；--rejects FILE 可列出全部"),
        ),
        Detail::Words(list) => of_words(finding, list),
        Detail::Days(stretches) => days(stretches),
        Detail::Shapes(found) => shapes(found),
        Detail::Spaces(orders, sessions) => spaces(finding, orders.as_ref(), sessions.as_ref()),
        Detail::Cure(cured) => cure(cured),
        Detail::LiveShift(by) => live_shift(*by),
        Detail::Shift(seconds, offset) => shift(finding.file.as_deref(), *seconds, *offset),
        Detail::PartShift(seconds) => part_shift(*seconds),
        Detail::Threshold(limit) if finding.input == Input::Rooms => {
            return super::rooms::flag(finding, *limit);
        }
        Detail::Threshold(limit) => return threshold(finding, *limit),
        Detail::Unknown(why) => unknown(*why),
    })
}

/// Why rows were rejected, and what to do about it where that is always the same.
fn reject(field: &str, reason: &str) -> Phrase {
    let text = format!("{field} {reason}").trim().to_owned();
    if reason != Reason::MangledId.name() {
        return Phrase::new(text.clone(), text);
    }
    Phrase::new(
        format!("{text}: a spreadsheet has rounded it; export again as text, or --allow-mangled-ids"),
        format!("{text}：被表格软件舍入；请以文本格式重新导出，或使用 --allow-mangled-ids"),
    )
}

fn file(finding: &Finding, form: &str, profile: &str) -> Phrase {
    let empty = finding.level > Level::Ok;
    let (en, zh) =
        if empty { ("; only a header, no rows", "；只有表头，没有数据") } else { ("", "") };
    Phrase::new(format!("{form}, profile {profile}{en}"), format!("{form}，profile {profile}{zh}"))
}

fn plain(finding: &Finding) -> Option<Phrase> {
    let span = || finding.dates.map(dates);
    Some(match finding.check {
        Check::Reconciliation if finding.level > Level::Ok => Phrase::new(
            "the list above does not close: this is an error of gmv; please report it",
            "上列收支不符：这是 gmv 的错误，请报告",
        ),
        Check::RowsCounted if finding.level > Level::Ok => {
            Phrase::new("nothing is left to count", "没有可计入的行")
        }
        Check::Span | Check::FirstDayCut | Check::LastDayCut => return span(),
        Check::OrdersOutsideSessions => {
            let span = span()?;
            Phrase::new(
                format!("the sessions are of {}; these orders can only be off-live or history", span.en),
                format!("观看数据为 {}；这些订单只能是非直播或历史", span.zh),
            )
        }
        Check::SessionsWithoutDuration => {
            Phrase::new("they count as viewers with 0 seconds watched", "计为观众，观看 0 秒")
        }
        Check::WatchedTwice => {
            Phrase::new("a viewer's overlapping sessions count once", "同一观众重叠的观看只计一次")
        }
        Check::MangledIds => Phrase::new(
            "a spreadsheet has rounded them and distinct persons have become one; export again as text",
            "被表格软件舍入，不同的人已合为一个；请以文本格式重新导出",
        ),
        Check::OrdersWithoutBuyer if finding.level > Level::Note => Phrase::new(
            "their buyers are blank or masked: all of this money will be off-live, whoever watched",
            "其买家为空白或打码：无论是否观看，这些金额都将算作非直播",
        ),
        Check::SessionsOnAir if finding.level > Level::Note => Phrase::new(
            "of the streamer at that time; --by live puts the others into (none): does the table list all broadcasts?",
            "当时该主播正在直播；--by live 会把其余归入 (none)：场次表是否完整？",
        ),
        _ => return of_refunds(finding),
    })
}

fn of_refunds(finding: &Finding) -> Option<Phrase> {
    Some(match finding.check {
        Check::RefundsAboveAmount if finding.input == Input::Refunds => Phrase::new(
            "the money is what exceeds; --basis net subtracts no more than was paid",
            "金额为超出部分；--basis net 最多扣到 0",
        ),
        Check::RefundsOfNoOrder if finding.level > Level::Note => Phrase::new(
            "are the ids of --refunds those of --orders, and do the orders reach back far enough?",
            "--refunds 与 --orders 的编号是否一致？订单的时段是否足够早？",
        ),
        Check::RefundsBeforePayment => Phrase::new(
            "nobody is refunded before paying: are both exports in the same time zone?",
            "付款之前不会有退款：两份数据是否同一时区？",
        ),
        Check::RefundsWithoutKey => Phrase::new(
            format!(
                "{}: rows exported twice cannot be told, every row counts",
                finding.file.as_deref().unwrap_or_default()
            ),
            format!("{}：无法识别重复导出的行，每行都计入", finding.file.as_deref().unwrap_or_default()),
        ),
        Check::RefundsAboveAmount if finding.level > Level::Note => Phrase::new(
            "so many refunds above the amount mean that the amount is already net of refunds: map the amount to what was paid at \
             first, such as amount = { plus = [\"paid\", \"refund\"] } in a profile",
            "大量退款大于金额，说明金额已扣除退款：请在 profile 中把金额映射为最初支付额，例如 \
             amount = { plus = [\"paid\", \"refund\"] }",
        ),
        Check::RefundsWithoutAmount => Phrase::new(
            "--basis net refuses them: how much was refunded is not assumed",
            "--basis net 会拒绝：不猜测退款金额",
        ),
        _ => return None,
    })
}

fn of_names(finding: &Finding, names: &[String]) -> Phrase {
    let list = named(names);
    match finding.check {
        Check::StreamerOverlap if finding.level > Level::Note => Phrase::new(
            format!(
                "streamers of the orders without any session, such as {}: the files name streamers in different ways, sessions are missing, \
                 or the files are of different shops",
                list.en
            ),
            format!(
                "订单中的这些主播没有任何观看，例如 {}：两份文件的主播写法不同、缺少观看数据，或来自不同店铺",
                list.zh
            ),
        ),
        Check::StreamerOverlap => {
            Phrase::new(format!("without any session: {}", list.en), format!("没有观看的主播：{}", list.zh))
        }
        Check::StreamersUnlisted if names.is_empty() => Phrase::new("", ""),
        Check::FiguresRounded => Phrase::new(
            format!("taken as they are written, such as {}", list.en),
            format!("按原文取值，例如 {}", list.zh),
        ),
        Check::FiguresUnread => Phrase::new(
            format!("no factor needs them; not known of their broadcasts: {}", list.en),
            format!("不影响各因子；这些场次的该项未知：{}", list.zh),
        ),
        Check::LivesWithoutSessions | Check::SessionsOfUnlisted | Check::OrdersOfUnlisted => {
            Phrase::new(format!("such as {}", list.en), format!("例如 {}", list.zh))
        }
        Check::StreamersUnlisted => Phrase::new(format!("such as {}", list.en), format!("例如 {}", list.zh)),
        _ => list,
    }
}

/// Columns that are missing: what to do about it, or why nothing can be done.
fn missing(names: &[&str], no_buyer: Option<&str>) -> Phrase {
    const BUYER: &str = "buyer_id";
    let why = no_buyer.filter(|_| names.contains(&BUYER)).map(|why| format!("{BUYER}: {why}"));
    let others: Vec<String> =
        names.iter().filter(|name| why.is_none() || **name != BUYER).map(|name| (*name).to_owned()).collect();
    let list = named(&others);
    let map = (!others.is_empty()).then(|| {
        Phrase::new(
            format!("{}: map them in a profile if the file has them under other names", list.en),
            format!("{}：若文件中另有其名，请在 profile 中映射", list.zh),
        )
    });
    let join =
        |map: Option<String>, between: &str| why.iter().cloned().chain(map).collect::<Vec<_>>().join(between);
    let (en, zh) = map.map_or((None, None), |map| (Some(map.en), Some(map.zh)));
    Phrase::new(join(en, "; "), join(zh, "；"))
}

fn of_words(finding: &Finding, list: &[(String, u64)]) -> Phrase {
    let text = words(list);
    if finding.check == Check::UnknownSources {
        return Phrase::new(
            format!("{text}: they count as organic; map them in a profile ([sessions.sources])"),
            format!("{text}：按自然流量计；请在 profile 中映射（[sessions.sources]）"),
        );
    }
    let table = if finding.input == Input::Refunds { "refunds" } else { "orders" };
    Phrase::new(
        format!("{text}: map them in a profile ([{table}.statuses]), or say --unknown-status count|skip"),
        format!("{text}：请在 profile 中映射（[{table}.statuses]），或使用 --unknown-status count|skip"),
    )
}

fn spaces(
    finding: &Finding,
    orders: Option<&crate::engine::check::ids::Shapes>,
    sessions: Option<&crate::engine::check::ids::Shapes>,
) -> Phrase {
    let none = Phrase::new("nothing", "无");
    let orders = orders.map_or(none.clone(), shapes);
    let sessions = sessions.map_or(none, shapes);
    if finding.level == Level::Error {
        return Phrase::new(
            format!(
                "the two files use different id spaces: buyers are {}; viewers are {}. Usual causes: OpenID in one file and UnionID \
                 in the other, masked ids, `.0` endings or lost leading zeros from a spreadsheet. Export both with the same kind of id",
                orders.en, sessions.en
            ),
            format!(
                "两份文件的 ID 不是同一套：买家为 {}；观众为 {}。常见原因：一份用 OpenID、另一份用 UnionID，ID 被打码，\
                 表格软件加了 `.0` 或丢了前导零。请用同一种 ID 重新导出",
                orders.zh, sessions.zh
            ),
        );
    }
    Phrase::new(
        format!(
            "few buyers are viewers: are both files of the same shop, platform and weeks? Buyers are {}; viewers are {}",
            orders.en, sessions.en
        ),
        format!(
            "有观看的买家很少：两份文件是否同一店铺、平台和时段？买家为 {}；观众为 {}",
            orders.zh, sessions.zh
        ),
    )
}

fn cure(cured: &Cured) -> Phrase {
    let whose = if cured.of_orders { ("buyers", "买家") } else { ("viewers", "观众") };
    let shown = |prefix: &str| format!("{:?}", prefix.chars().take(20).collect::<String>());
    let (own, other) = (shown(&cured.affixes.0), shown(&cured.affixes.1));
    let (en, zh) = match cured.cure {
        Cure::Decimals => ("without the trailing `.0`".to_owned(), "去掉结尾的 `.0`".to_owned()),
        Cure::Zeros => ("without leading zeros".to_owned(), "去掉前导零".to_owned()),
        Cure::Lower => ("in lower case".to_owned(), "改为小写".to_owned()),
        Cure::Upper => ("in upper case".to_owned(), "改为大写".to_owned()),
        Cure::Suffix if cured.affixes.1.is_empty() => {
            (format!("without the suffix {own}"), format!("去掉后缀 {own}"))
        }
        Cure::Suffix => {
            (format!("with the suffix {other} instead of {own}"), format!("把后缀 {own} 换成 {other} "))
        }
        Cure::Prefix if cured.affixes.1.is_empty() => {
            (format!("without the prefix {own}"), format!("去掉前缀 {own}"))
        }
        Cure::Prefix => {
            (format!("with the prefix {other} instead of {own}"), format!("把前缀 {own} 换成 {other} "))
        }
    };
    Phrase::new(
        format!(
            "{} of {} ids of {} would match the other file {en}: one of the files was changed on its way; export it again as text",
            cured.matched, cured.ids, whose.0
        ),
        format!(
            "{} 个{}ID 中有 {} 个{zh}后与另一份文件一致：其中一份在途中被改动，请以文本格式重新导出",
            cured.ids, whose.1, cured.matched
        ),
    )
}

/// How many buyers, or bursts of them, a flag is of; empty for none.
fn cases(finding: &Finding) -> Phrase {
    let Some(count) = finding.cases.filter(|count| *count > 0) else { return Phrase::new("", "") };
    let plural = if count == 1 { "" } else { "s" };
    match finding.check {
        Check::SameAmount => Phrase::new(format!("{count} burst{plural}; "), format!("{count} 次；")),
        _ => Phrase::new(format!("{count} buyer{plural}; "), format!("{count} 位买家；")),
    }
}

fn threshold(finding: &Finding, limit: i64) -> Option<Phrase> {
    let means = means(finding, limit)?;
    let cases = cases(finding);
    Some(Phrase::new(cases.en + &means.en, cases.zh + &means.zh))
}

fn means(finding: &Finding, limit: i64) -> Option<Phrase> {
    Some(match finding.check {
        Check::OrdersPerHour => {
            Phrase::new(format!("more than {limit} within 60 minutes"), format!("60 分钟内超过 {limit} 单"))
        }
        Check::SameAmount => Phrase::new(
            format!(
                "at least {limit} buyers of one streamer within 60 seconds; flash sales look like this too"
            ),
            format!("60 秒内同一主播至少 {limit} 位买家；秒杀也会如此"),
        ),
        Check::HardlyWatched => Phrase::new(
            format!("less than {limit} s in all sessions together; those without a duration count as 0"),
            format!("全部观看合计不足 {limit} 秒；无时长的计为 0"),
        ),
        Check::LongSessions => {
            let by = hours(limit);
            Phrase::new(
                format!("longer than {}; they are capped. The money is of orders paid in them", by.en),
                format!("超过 {}，按上限截断；金额为其间支付的订单", by.zh),
            )
        }
        Check::BeforeFirstSession => Phrase::new(
            "of the buyer with the streamer, in these files",
            "该买家在这些文件中首次观看该主播之前",
        ),
        _ => return None,
    })
}

fn unknown(why: Unknown) -> Phrase {
    let (en, zh) = match why {
        Unknown::NoOrders => ("no orders were given", "未提供订单"),
        Unknown::NoSessions => ("no sessions were given", "未提供观看数据"),
        Unknown::NoBuyerColumn => (
            "the export has no buyer; rows, money and dates above are known all the same",
            "导出中没有买家列；以上行数、金额与日期仍可知",
        ),
        Unknown::NoBuyers => (
            "no counted order has a buyer: all are blank or masked, and all of their money will be off-live",
            "计入的订单都没有买家：全为空白或打码，其金额将全部算作非直播",
        ),
        Unknown::NothingCounted(Input::Sessions) => {
            ("no session is left to count; see where the rows went", "没有可计入的观看，请看各行的去向")
        }
        Unknown::NothingCounted(Input::Rooms) => {
            ("no broadcast is left to count; see where the rows went", "没有可计入的直播，请看各行的去向")
        }
        Unknown::NothingCounted(_) => {
            ("no order is left to count; see where the rows went", "没有可计入的订单，请看各行的去向")
        }
        Unknown::NoViewers => {
            ("no session has a viewer: all are blank or masked", "所有观看都没有观众：全为空白或打码")
        }
        Unknown::FewOrders => (
            "fewer than 50 orders are of buyers who have a session with the streamer",
            "买家观看过该主播的订单不足 50 个",
        ),
        Unknown::Clocks => (
            "hardly any order is paid while its buyer watches, and moving all of them by hours does not explain it: compare the times of \
             some orders and sessions by hand",
            "几乎没有订单在买家观看期间支付，整体平移若干小时也无法解释：请人工核对部分订单与观看的时间",
        ),
    };
    Phrase::new(format!("not known: {en}"), format!("未知：{zh}"))
}
