//! What a person must know to read a comparison.

use super::Change;
use crate::change::yardstick::{LEAST_CHANGES, UNUSUAL};
use crate::change::{Asked, Method, Precision};
use crate::engine::GroupColumn;
use crate::engine::leaves::LeafPeriod;
use crate::present::model::Phrase;

/// The notes.
#[must_use]
pub fn notes(change: &Change<'_>) -> Vec<Phrase> {
    let mut notes = vec![method(change)];
    if change.rows.len() > 1 {
        notes.push(Phrase::new(
            "Total: effects and money add up over rows.",
            "合计：各影响与金额为逐行加总。",
        ));
    }
    notes.extend(leaves(change));
    notes.extend(partial_of([change.period(0), change.period(1)]));
    if change.shows_precision {
        notes.extend(precision(change));
    }
    notes
}

fn method(change: &Change<'_>) -> Phrase {
    let (before, after) = (change.span(0), change.span(1));
    let (en, zh) = match change.method {
        Method::Lmdi => ("additive LMDI (log means)".to_owned(), "LMDI 加法分解（对数平均）".to_owned()),
        Method::Shapley => {
            ("Shapley values (all orders averaged)".to_owned(), "Shapley 值（全部替换顺序的平均）".to_owned())
        }
        Method::Chain(order) => {
            let names: Vec<&str> = order.iter().map(|factor| factor.word()).collect();
            let order = names.join(" → ");
            (format!("chain substitution, {order}"), format!("连环替代法，{order}"))
        }
    };
    Phrase::new(
        format!(
            "{before} → {after}. What each factor did to GMV, by {en}; the five effects add up to the change."
        ),
        format!("{before} → {after}。各因素对 GMV 的影响，按{zh}；五项之和等于变化额。"),
    )
}

fn leaves(change: &Change<'_>) -> Option<Phrase> {
    let (by, leaf) = (&change.leaves.by, &change.leaves.leaf);
    if by.describe() == leaf.describe() {
        return None;
    }
    let (names, viewer_side) = (leaf.describe(), leaf.columns.iter().any(GroupColumn::is_viewer_side));
    let (en, zh) = if viewer_side {
        (
            " Domain, traffic and buyer type are those in the leaf; the UV of a row counts distinct persons of its leaves.",
            "域、流量与新老客按叶子口径；行的 UV 为其叶子去重人数。",
        )
    } else {
        ("", "")
    };
    Some(Phrase::new(
        format!("Rows sum the effects of their leaves ({names}).{en}"),
        format!("每行为其叶子（{names}）影响之和。{zh}"),
    ))
}

/// Names those of two periods that are partial.
#[must_use]
pub fn partial_of(periods: [LeafPeriod; 2]) -> Option<Phrase> {
    let partial: Vec<String> = periods
        .into_iter()
        .filter(|period| period.partial == Some(true))
        .map(|period| period.first.to_string())
        .collect();
    let names = partial.join(", ");
    (!partial.is_empty()).then(|| {
        Phrase::new(
            format!("Partial: {names}. Whole days are left out, so that part of the change is missing data (--covers overrides)."),
            format!("不完整周期：{names}。缺少整日数据，部分变化只是数据缺失（可用 --covers 声明）。"),
        )
    })
}

fn precision(change: &Change<'_>) -> Vec<Phrase> {
    let source = match change.precision {
        Precision::Bootstrap(bootstrap, _) if change.has_persons => {
            let replicates = bootstrap.replicates;
            Phrase::new(
                format!("Intervals: {replicates} replicates of a Poisson bootstrap over persons."),
                format!("区间：按人 Poisson 自助法 {replicates} 次。"),
            )
        }
        _ if change.has_persons => Phrase::new(
            "Intervals: from the influence of each person on each effect.",
            "区间：由每个人对各影响的贡献（影响函数）得出。",
        ),
        _ if change.rows.iter().all(|row| row.judged.0.iter().all(Option::is_none)) => Phrase::new(
            "No intervals: the sums hold neither persons nor second moments.",
            "无区间：汇总数据不含个人，也不含二阶矩。",
        ),
        _ => Phrase::new(
            "Intervals: from second moments, with leaves and periods taken as independent.",
            "区间：由二阶矩得出，视各叶子与各周期相互独立。",
        ),
    };
    let known = Phrase::new(
        format!(
            "Beyond sampling knows only chance between viewers, not shocks that a whole broadcast shares; unusual is more than {UNUSUAL} times the \
             scaled median deviation of the changes before; significant is both."
        ),
        format!(
            "“超出抽样”只考虑观众之间的随机性，不含整场直播共同的波动；“异常”为超过此前变化中位绝对偏差的 {UNUSUAL} 倍；“显著”为两者兼备。"
        ),
    );
    std::iter::once(source).chain([known]).chain(unknown(change)).collect()
}

/// Why nothing is called unusual.
#[must_use]
pub fn unknown(change: &Change<'_>) -> Option<Phrase> {
    unknown_of(change.asked, change.pair.preceding(&change.leaves.periods).len())
}

/// Why nothing is called unusual, of periods that were asked for in this way and so many changes before them.
#[must_use]
pub fn unknown_of(asked: Asked, changes: usize) -> Option<Phrase> {
    match asked {
        Asked::Ranges { .. } => Some(Phrase::new(
            "Whether it is unusual is not known for ranges of dates.",
            "日期区间比较无法判断是否异常。",
        )),
        Asked::YearOnYear => Some(Phrase::new(
            "Whether it is unusual is not known for --yoy.",
            "同比（--yoy）无法判断是否异常。",
        )),
        _ if changes < LEAST_CHANGES => Some(Phrase::new(
            format!(
                "Whether it is unusual is not known: {LEAST_CHANGES} complete changes before are needed, and there {} {changes}.",
                if changes == 1 { "is" } else { "are" }
            ),
            format!("无法判断是否异常：此前仅有 {changes} 次完整变化，需要 {LEAST_CHANGES} 次。"),
        )),
        _ => None,
    }
}
