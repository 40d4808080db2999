//! A comparison in words: three to six sentences, every number in them from the result.

use super::compare::{Change, effect_heading, notes, when};
use super::model::Language;
use super::text::{money, shown, signed_money};
use crate::change::compare::difference;
use crate::change::{Effect, Judgement, RowChange, Status};
use crate::engine::leaves::LeafRow;
use crate::factor::Factor;

/// So many rows are named.
const NAMED: usize = 3;

/// The sentences, as one paragraph and a line end.
#[must_use]
pub fn text(change: &Change<'_>, language: Language) -> String {
    Sentences::of(change, language).paragraph(language)
}

/// What is said of a comparison, each a sentence of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentences {
    what_happened: Option<String>,
    factors: Option<String>,
    /// The rows that moved GMV most; `None` where there is one alone.
    rows: Option<String>,
    how_sure: Option<String>,
    off_live: Option<String>,
    missing: Option<String>,
}

impl Sentences {
    /// The sentences about a comparison.
    #[must_use]
    pub fn of(change: &Change<'_>, language: Language) -> Self {
        let words = Words { change, language };
        Self {
            what_happened: Some(words.what_happened()),
            factors: words.factors(),
            rows: words.rows(),
            how_sure: words.how_sure(),
            off_live: words.off_live(),
            missing: words.missing(),
        }
    }

    /// The same, with the rows that another comparison of the same periods names.
    #[must_use]
    pub fn with_rows_of(self, other: Self) -> Self {
        Self { rows: other.rows, ..self }
    }

    /// All of them, and a line end.
    #[must_use]
    pub fn paragraph(self, language: Language) -> String {
        let all = [self.what_happened, self.factors, self.rows, self.how_sure, self.off_live, self.missing];
        let separator = if language == Language::English { " " } else { "" };
        format!("{}\n", all.into_iter().flatten().collect::<Vec<_>>().join(separator))
    }
}

struct Words<'a> {
    change: &'a Change<'a>,
    language: Language,
}

impl Words<'_> {
    fn say(&self, en: String, zh: String) -> String {
        match self.language {
            Language::English => en,
            Language::Chinese => zh,
        }
    }

    fn money(&self, minor_units: i128) -> String {
        money(minor_units, &self.change.currency)
    }

    fn signed(&self, minor_units: i128) -> String {
        signed_money(minor_units, &self.change.currency)
    }

    fn what_happened(&self) -> String {
        let change = self.change;
        let level = |side: usize| change.total(|row| row.gmv()[side]).unwrap_or_default();
        let (before, after) = (level(0), level(1));
        let [(from, from_zh), (to, to_zh)] = [0, 1].map(|side| when(change.asked, change.period(side), side));
        let size = after - before;
        let part = (size as f64 / before as f64 * 100.0).abs();
        let (by_en, by_zh) = if before > 0 {
            (format!(" by {part:.1} %"), format!(" {part:.1} %"))
        } else {
            Default::default()
        };
        let (money_before, money_after, signed) = (self.money(before), self.money(after), self.signed(size));
        let (en, zh) = match size.signum() {
            0 => {
                return self.say(
                    format!("GMV is the same in {to} as in {from}: {money_after}."),
                    format!("{to_zh} GMV 与 {from_zh}相同，均为 {money_after}。"),
                );
            }
            1 => ("rose", "上升"),
            _ => ("fell", "下降"),
        };
        self.say(
            format!("GMV {en}{by_en}, from {money_before} in {from} to {money_after} in {to} ({signed})."),
            format!("GMV {zh}{by_zh}：{from_zh}为 {money_before}，{to_zh}为 {money_after}（{signed}）。"),
        )
    }

    /// The effects of factors, the largest first.
    fn factors(&self) -> Option<String> {
        let of = |effect: Effect| Some((effect, self.change.total(|row| row.effects[effect])?));
        let mut effects: Vec<(Effect, i128)> =
            Factor::ALL.map(Effect::of).into_iter().filter_map(of).collect();
        effects.retain(|(_, size)| *size != 0);
        effects.sort_by_key(|(_, size)| std::cmp::Reverse(size.abs()));
        let named: Vec<String> = effects
            .iter()
            .map(|(effect, size)| format!("{} {}", self.factor(*effect), self.signed(*size)))
            .collect();
        let (first, others) = named.split_first()?;
        Some(if others.is_empty() {
            self.say(format!("All of it is {first}."), format!("全部来自{first}。"))
        } else {
            self.say(
                format!("By factor, {first} did most; then {}.", others.join(", ")),
                format!("分因素看，影响最大的是{first}；其次为{}。", others.join("、")),
            )
        })
    }

    fn factor(&self, effect: Effect) -> &'static str {
        let (en, zh) = match effect {
            Effect::Viewers => ("unique viewers", "UV"),
            Effect::Watch => ("watch time per viewer", "人均观看时长"),
            Effect::Conversion => ("conversion per watch hour", "单位时长转化"),
            Effect::OrderValue => ("average order value", "笔单价"),
            Effect::Repurchase => ("orders per buyer", "复购频次"),
            other => effect_heading(other),
        };
        if self.language == Language::English { en } else { zh }
    }

    /// The rows that moved GMV most, each with the factor that did most there.
    fn rows(&self) -> Option<String> {
        if self.change.rows.len() < 2 {
            return None;
        }
        let moved: Vec<&RowChange> = self.largest().into_iter().take(NAMED).collect();
        let named = moved.iter().map(|row| self.row(row)).collect::<Option<Vec<String>>>()?;
        let (en, zh) = (named.join("; "), named.join("；"));
        (!named.is_empty())
            .then(|| self.say(format!("The largest changes: {en}."), format!("变化最大的是：{zh}。")))
    }

    /// The rows that changed, by the size of the change of GMV.
    fn largest(&self) -> Vec<&RowChange> {
        let size = |row: &RowChange| row.effects[Effect::Change].unwrap_or_default();
        let mut rows: Vec<&RowChange> = self.change.rows.iter().filter(|row| size(row) != 0).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(size(row).abs()));
        rows
    }

    fn row(&self, row: &RowChange) -> Option<String> {
        let size = row.effects[Effect::Change]?;
        let name = name(self.change.row(row));
        let signed = self.signed(size);
        let why = match row.status {
            Status::Entered => self.say("new".to_owned(), "新增".to_owned()),
            Status::Left => self.say("gone".to_owned(), "消失".to_owned()),
            Status::Both => {
                let largest = Factor::ALL.map(Effect::of).into_iter();
                let largest = largest
                    .filter(|effect| row.effects[*effect].is_some_and(|one| one.signum() == size.signum()));
                let largest = largest.max_by_key(|effect| row.effects[*effect].map(i128::abs))?;
                format!("{} {}", self.factor(largest), self.signed(row.effects[largest]?))
            }
        };
        Some(self.say(format!("{name} {signed} ({why})"), format!("{name} {signed}（{why}）")))
    }

    /// What is known of the largest change's certainty.
    fn how_sure(&self) -> Option<String> {
        let row = *self.largest().first()?;
        let judged = row.judged[Effect::Change]?;
        let (low, high) = (self.signed(judged.interval.0), self.signed(judged.interval.1));
        let name = name(self.change.row(row));
        let (of_en, of_zh) = if name.is_empty() {
            ("The change".to_owned(), "该变化".to_owned())
        } else {
            (format!("The change of {name}"), format!("{name} 的变化"))
        };
        let (en, zh) = verdict(&judged);
        Some(self.say(
            format!("{of_en} lies between {low} and {high}, as far as chance between viewers goes: {en}."),
            format!("仅就观众之间的随机性而言，{of_zh}在 {low} 与 {high} 之间：{zh}。"),
        ))
    }

    fn off_live(&self) -> Option<String> {
        let size = self.change.total(|row| difference(row.off_live()))?;
        let total = self.change.total(|row| difference(row.total()))?;
        (size != 0).then(|| {
            self.say(
                format!(
                    "Orders that no viewing explains changed by {}, so that all counted money changed by {}.",
                    self.signed(size),
                    self.signed(total)
                ),
                format!(
                    "非直播订单金额变化 {}，全部计入金额变化 {}。",
                    self.signed(size),
                    self.signed(total)
                ),
            )
        })
    }

    /// What is not known.
    fn missing(&self) -> Option<String> {
        let partial = [0, 1].map(|side| self.change.period(side)).into_iter();
        let partial =
            partial.filter(|period| period.partial == Some(true)).map(|period| period.first.to_string());
        let partial: Vec<String> = partial.collect();
        if !partial.is_empty() {
            let (en, zh) = (partial.join(" and from "), partial.join("、"));
            return Some(self.say(
                format!("The data from {en} is not complete, so that part of the change is missing data."),
                format!("{zh} 起的周期数据不完整，部分变化只是数据缺失。"),
            ));
        }
        if !self.change.has_persons && self.how_sure().is_none() {
            return Some(self.say(
                "How sure this is cannot be told from sums without second moments.".to_owned(),
                "仅有汇总、没有二阶矩，无法判断其确定程度。".to_owned(),
            ));
        }
        let unknown = notes::unknown(self.change)?;
        Some(unknown.get(self.language).to_owned())
    }
}

fn verdict(judged: &Judgement) -> (&'static str, &'static str) {
    match (judged.beyond_sampling, judged.unusual) {
        (false, _) => ("it may be chance", "可能只是偶然"),
        (true, Some(true)) => {
            ("it is more than chance, and more than what periods do", "超出偶然，也超出以往的波动")
        }
        (true, Some(false)) => {
            ("it is more than chance, but no more than what periods do", "超出偶然，但未超出以往的波动")
        }
        (true, None) => (
            "it is more than chance; whether it is more than what periods do is not known",
            "超出偶然；是否超出以往的波动尚不可知",
        ),
    }
}

/// The name of a row: the streamer's, else its keys; nothing in it steers a terminal.
fn name(row: &LeafRow) -> String {
    let text = match &row.name {
        Some(name) if row.keys.len() == 1 => name.to_string(),
        Some(name) => {
            let others: Vec<&str> = row.keys.iter().skip(1).map(|key| &**key).collect();
            format!("{name} / {}", others.join(" / "))
        }
        None => row.keys.iter().map(|key| &**key).collect::<Vec<_>>().join(" / "),
    };
    shown(&text).into_owned()
}
