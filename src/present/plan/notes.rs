//! What a person must know to read a plan.

use super::Planned;
use crate::factor::FEW_BUYERS;
use crate::plan::headroom::LEAST_PEERS;
use crate::plan::{Answer, Changed, Headroom, Lift, Peers, Question, Reached, Target, WhatIf, what_if};
use crate::present::model::Phrase;
use crate::present::text::{money, signed_money};

/// The notes.
pub(super) fn notes(planned: &Planned<'_>) -> Vec<Phrase> {
    let mut notes = match (&planned.plan.answer, planned.question) {
        (Answer::WhatIf(changed), Question::WhatIf(asked)) => of_what_if(planned, changed, asked),
        (Answer::Target(reached), Question::Target(asked)) => of_target(planned, reached, asked),
        (Answer::Headroom(levers), Question::Headroom(asked)) => of_headroom(planned, levers, asked),
        _ => Vec::new(),
    };
    notes.extend(partial(planned));
    notes.extend(off_live(planned));
    let unknown = planned.plan.unknown;
    notes.extend((unknown > 0).then(|| {
        Phrase::new(
            format!("Rows left out, since their GMV is not known: {unknown}."),
            format!("GMV 未知而未列入：{unknown} 行。"),
        )
    }));
    notes
}

fn of_what_if(planned: &Planned<'_>, changed: &Changed, asked: &WhatIf) -> Vec<Phrase> {
    let base = planned.plan.base.first;
    let (now, new) =
        changed.rows.iter().fold((0, 0), |(now, new), one| (now + one.row.gmv, new + one.gmv_new));
    let [now, new, change] = amounts(planned, now, new);
    let clauses: Vec<String> = asked.clauses.iter().map(what_if::described).collect();
    let clauses = clauses.join(", ");
    let mut notes = vec![Phrase::new(
        format!("What if, from the period {base}: {clauses}. GMV {now} → {new} ({change})."),
        format!("假设（基期 {base}）：{clauses}。GMV {now} → {new}（{change}）。"),
    )];
    if !asked.streamers.is_empty() {
        let named = asked.streamers.join(", ");
        notes.push(Phrase::new(
            format!("Changes without a streamer of their own are for {named}; all others stay as they are."),
            format!("未指明主播的变动仅用于 {named}；其余不变。"),
        ));
    }
    notes.push(effects());
    notes.extend((changed.untouched > 0).then(|| {
        let rows = changed.untouched;
        Phrase::new(
            format!("Rows without one of the factors changed (no viewers, no watch time, or no buyers known): {rows}; that change does nothing there."),
            format!("缺少所变动因素（无观众、无观看时长或成交人数未知）的行：{rows}；该变动在这些行不起作用。"),
        )
    }));
    notes
}

fn amounts(planned: &Planned<'_>, now: i128, new: i128) -> [String; 3] {
    let currency = &planned.currency;
    [money(now, currency), money(new, currency), signed_money(new - now, currency)]
}

fn effects() -> Phrase {
    Phrase::new(
        "New GMV is the product of the factors, rounded once; effects are those of the additive LMDI and add up to the change. Rows add up.",
        "新 GMV 为各因素之积，仅最后取整到分；各影响按 LMDI 加法分解，合计等于变化额。各行可加总。",
    )
}

fn of_target(planned: &Planned<'_>, reached: &Reached, asked: &Target) -> Vec<Phrase> {
    let base = planned.plan.base.first;
    let [now, new, change] = amounts(planned, reached.present, reached.target);
    let factors: Vec<&str> = reached.factors.iter().map(|factor| factor.word()).collect();
    let factors = factors.join(", ");
    let mut notes = vec![Phrase::new(
        format!("Target, from the period {base}: GMV {now} → {new} ({change}), by {factors}."),
        format!("目标（基期 {base}）：GMV {now} → {new}（{change}），提升 {factors}。"),
    )];
    let log = format!("{:.4}", reached.log_change);
    let rows = reached.rows.iter().filter(|one| one.is_changed()).count();
    notes.push(match asked.lift {
        Lift::Least => Phrase::new(
            format!(
                "Least: the logs of all lifts, over rows and factors, add up to {log}, the least that reaches the target under the caps, in {rows} of {} rows. A lift brings most \
                 on the largest rows, so they come first, each up to its caps{}; within a row it is the same for each factor, up to its cap.",
                reached.rows.len(),
                without_caps(reached, asked).0,
            ),
            format!(
                "最小变动：各行各因素提升的对数合计 {log}，为上限内达成目标的最小值，涉及 {rows}/{} 行。同样的提升在 GMV 大的行收益更高，故从大到小各自用满上限{}；同一行内各因素提升相同（不超过各自上限）。",
                reached.rows.len(),
                without_caps(reached, asked).1,
            ),
        ),
        _ => Phrase::new(
            format!("Uniform: each of these factors rises by the same percentage in {rows} rows, up to its cap; the logs of all lifts add up to {log}."),
            format!("统一提升：{rows} 行的上述各因素提升同一百分比（不超过上限）；提升的对数合计 {log}。"),
        ),
    });
    notes.extend((reached.lacking > 0).then(|| {
        Phrase::new(
            format!("Rows with GMV that lack one of these factors stay as they are: {}.", reached.lacking),
            format!("缺少其中某一因素的行保持不变：{} 行。", reached.lacking),
        )
    }));
    notes.push(effects());
    notes
}

/// Without caps all falls on one row.
fn without_caps(reached: &Reached, asked: &Target) -> (String, String) {
    let open = reached.factors.iter().filter(|factor| asked.caps[**factor as usize].is_none());
    let open = open.map(|factor| factor.word()).collect::<Vec<_>>().join(", ");
    if open.is_empty() {
        return (String::new(), String::new());
    }
    (
        format!(" ({open} without one, so that one row takes all: --cap FACTOR=+5% says what is possible)"),
        format!("（{open} 未设上限，故全部由一行承担；可用 --cap FACTOR=+5% 设定）"),
    )
}

fn of_headroom(planned: &Planned<'_>, levers: &[Headroom], asked: &Peers) -> Vec<Phrase> {
    let base = planned.plan.base.first;
    let (en, zh) = if asked.quantile > 0.5 { ("P75", "P75") } else { ("median", "中位数") };
    let level = asked.level.value() * 100.0;
    let mut notes = vec![
        Phrase::new(
            format!(
                "Headroom, from the period {base}: GMV gained if this lever alone (buyers per viewer, GMV per order, orders per buyer) rose to the {en} of the peers; \
                 gains of several levers multiply, and do not add up. UV and watch time are no levers of this kind."
            ),
            format!(
                "增长空间（基期 {base}）：仅该抓手（观众成交率、笔单价、复购频次）提升到同侪{zh}时可增的 GMV；多个抓手为相乘关系，不可相加。UV 与观看时长不属此类抓手。"
            ),
        ),
        peers(planned, asked),
        Phrase::new(
            format!(
                "Beyond noise: the {level} % interval of the lever lies below what the peers reach; never with fewer than {FEW_BUYERS} buyers. It knows chance between persons of the row, not of its peers."
            ),
            format!(
                "超出噪声：该抓手的 {level} % 区间低于同侪值；成交人数少于 {FEW_BUYERS} 时从不算。只考虑本行观众的随机性，不含同侪的。"
            ),
        ),
    ];
    if asked.beyond_noise {
        notes.push(if levers.is_empty() {
            Phrase::new("No lever is beyond noise.", "没有抓手超出噪声。")
        } else {
            Phrase::new("Only levers beyond noise are told.", "仅列出超出噪声的抓手。")
        });
    }
    notes.extend(missing(levers));
    notes
}

/// Who the peers are.
fn peers(planned: &Planned<'_>, asked: &Peers) -> Phrase {
    let mut shared = asked.columns.clone();
    let others = planned.leaves.by.columns.iter().map(crate::engine::GroupColumn::name);
    for name in others.filter(|name| *name != "streamer_id") {
        if !shared.iter().any(|one| one == name) {
            shared.push(name.to_owned());
        }
    }
    let shared = shared.join(", ");
    let (with, with_zh) = if shared.is_empty() {
        (String::new(), "全部".to_owned())
    } else {
        (format!(" with the same {shared}"), format!("相同 {shared} 的"))
    };
    Phrase::new(
        format!(
            "Peers of a row: all others{with}, at least {LEAST_PEERS} that have the lever; quantiles are of type 7, linear between values."
        ),
        format!("同侪：{with_zh}其他行（不含自身），且至少 {LEAST_PEERS} 个；分位数为第 7 类（线性插值）。"),
    )
}

/// Why some levers have no gain.
fn missing(levers: &[Headroom]) -> Vec<Phrase> {
    let count = |of: &dyn Fn(&&Headroom) -> bool| levers.iter().filter(of).count();
    let few = count(&|one| one.peers_value.is_none());
    let empty = count(&|one| one.peers_value.is_some() && one.gain.is_none());
    let is_blind = !levers.is_empty() && levers.iter().all(|one| one.interval.is_none());
    let blind = is_blind.then(|| {
        Phrase::new(
            "Whether a headroom is noise is not known: the sums hold no second moments (gmv decompose --moments writes them).",
            "无法判断是否为噪声：汇总数据不含二阶矩（可用 gmv decompose --moments 写出）。",
        )
    });
    let few = (few > 0).then(|| {
        Phrase::new(
            format!("Without a gain for fewer than {LEAST_PEERS} peers: {few} of {} levers (--peers all has more).", levers.len()),
            format!("同侪不足 {LEAST_PEERS} 个而无法给出：{few}/{} 项（可用 --peers all 放宽）。", levers.len()),
        )
    });
    let empty = (empty > 0).then(|| {
        Phrase::new(
            format!("Without a gain for a lever that is 0 or not known (no viewers, no buyers): {empty}."),
            format!("抓手为 0 或未知（无观众或无买家）而无法给出：{empty} 项。"),
        )
    });
    few.into_iter().chain(empty).chain(blind).collect()
}

fn partial(planned: &Planned<'_>) -> Option<Phrase> {
    let base = planned.plan.base;
    (base.partial == Some(true)).then(|| {
        Phrase::new(
            format!("Partial: {}. Whole days are left out (--covers overrides).", base.first),
            format!("不完整周期：{}。缺少整日数据（可用 --covers 声明）。", base.first),
        )
    })
}

fn off_live(planned: &Planned<'_>) -> Option<Phrase> {
    let off_live = planned.plan.off_live.filter(|off_live| *off_live != 0)?;
    let amount = money(off_live, &planned.currency);
    Some(Phrase::new(
        format!("Off-live GMV of {amount} is outside of the factors, and no part of the plan."),
        format!("非直播 GMV {amount} 不在各因素之内，也不在计划之内。"),
    ))
}
