//! The alerts that were judged as a document: a row for each hit, and one for each alert that is quiet or could not be judged.

use std::sync::Arc;

use jiff::civil::Date;

use crate::alert::{
    Aspect, Comparison, Evidence, Hit, Judged, Kind, Measure, Missing, Outcome, Reason, Scope, Streamer,
    Undecided, Unsure, Value, When,
};
use crate::change::Status;
use crate::present::model::{self, Column, Document, Language, Phrase, Values};
use crate::present::text::Style;

/// So many days without rows are named.
const NAMED_DAYS: usize = 7;

/// The document of alerts. The texts of `values` and `reason` are in a language; machine formats take English.
#[must_use]
pub fn alerts_document(judged: &[Judged], currency: &str, language: Language) -> Document {
    let words = Words { money: Document { currency: currency.to_owned(), ..Document::default() }, language };
    let mut rows: Vec<[Option<Arc<str>>; 7]> = Vec::new();
    for one in judged {
        let front = |outcome: Outcome, streamer: Option<&Streamer>| {
            let id = streamer.map(|streamer| streamer.id.clone());
            let name = streamer.and_then(|streamer| streamer.name.clone());
            [
                Some(one.text.as_str().into()),
                Some(scope(&one.scope).into()),
                Some(outcome.name().into()),
                id,
                name,
            ]
        };
        let row = |front: [Option<Arc<str>>; 5], values: String, reason: String| {
            let [alert, scope, outcome, id, name] = front;
            let text = |text: String| (!text.is_empty()).then(|| Arc::from(text));
            [alert, scope, outcome, id, name, text(values), text(reason)]
        };
        for hit in &one.hits {
            rows.push(row(front(one.outcome, hit.streamer.as_ref()), words.evidence(hit), String::new()));
        }
        if one.hits.is_empty() {
            rows.push(row(front(one.outcome, None), String::new(), words.undecided(one)));
        }
    }
    let texts = |at: usize| Values::Text(rows.iter().filter_map(|row| row.get(at).cloned()).collect());
    let columns = HEADINGS.iter().enumerate().map(|(at, (name, en, zh, rank))| Column {
        name: (*name).to_owned(),
        heading: Phrase::new(*en, *zh),
        unit: model::Unit::Plain,
        rank: *rank,
        values: texts(at),
    });
    Document { columns: columns.collect(), ..words.money }
}

/// The columns: name, English and Chinese heading, and rank.
const HEADINGS: [(&str, &str, &str, u8); 7] = [
    ("alert", "alert", "告警", 0),
    ("scope", "scope", "范围", 4),
    ("outcome", "outcome", "结果", 0),
    ("streamer_id", "streamer", "主播ID", 3),
    ("streamer_name", "name", "主播", 0),
    ("values", "values", "数值", 1),
    ("reason", "reason", "原因", 2),
];

/// The word of a scope: an id stands in its column.
fn scope(scope: &Scope) -> &'static str {
    match scope {
        Scope::Total => "total",
        Scope::Streamers | Scope::Streamer(_) => "streamer",
    }
}

/// The unit of a measure's numbers.
fn unit(kind: Kind) -> model::Unit {
    match kind {
        Kind::Money | Kind::Effect | Kind::Average => model::Unit::Currency,
        Kind::Count | Kind::Days | Kind::Ratio => model::Unit::Plain,
        Kind::Hours => model::Unit::Hours,
        Kind::HoursPerViewer => model::Unit::HoursPerViewer,
        Kind::PerHour => model::Unit::PerHour,
        Kind::Share => model::Unit::Share,
    }
}

struct Words {
    /// What has the currency.
    money: Document,
    language: Language,
}

impl Words {
    fn say(&self, en: impl Into<String>, zh: impl Into<String>) -> String {
        match self.language {
            Language::English => en.into(),
            Language::Chinese => zh.into(),
        }
    }

    fn evidence(&self, hit: &Hit) -> String {
        let all: Vec<String> = hit.evidence.iter().map(|one| self.one(one)).collect();
        all.join(if self.language == Language::English { "; " } else { "；" })
    }

    fn one(&self, evidence: &Evidence) -> String {
        match evidence {
            Evidence::Compared { comparison, now, before, size } => {
                self.compared(comparison, *now, *before, *size)
            }
            Evidence::Sure(certainty, measure, yes) => {
                let (word, name) = (certainty.name(), measure.name());
                let (not_en, not_zh) = if *yes { ("", "") } else { ("not ", "非 ") };
                self.say(format!("change of {name} {not_en}{word}"), format!("{name} 的变化：{not_zh}{word}"))
            }
            Evidence::Status(status) => match status {
                Status::Both => self.say("there in both periods", "两期均有"),
                Status::Entered => self.say("new: not there before", "新出现：前期没有"),
                Status::Left => self.say("left: there before", "已离开：前期有"),
            },
            Evidence::Gaps(days) => self.gaps(days),
        }
    }

    fn gaps(&self, days: &[Date]) -> String {
        let named: Vec<String> = days.iter().take(NAMED_DAYS).map(ToString::to_string).collect();
        let more = if days.len() > NAMED_DAYS { ", …" } else { "" };
        match days.len() {
            0 => self.say("every day has rows", "每天都有数据"),
            1 => self.say(
                format!("1 day without rows: {}", named.join(", ")),
                format!("1 天没有数据：{}", named.join("、")),
            ),
            all => self.say(
                format!("{all} days without rows: {}{more}", named.join(", ")),
                format!("{all} 天没有数据：{}{more}", named.join("、")),
            ),
        }
    }

    /// `gmv change -14.2 % (¥1,234.00 → ¥1,058.00)`.
    fn compared(
        &self,
        comparison: &Comparison,
        now: Option<Value>,
        before: Option<Value>,
        size: f64,
    ) -> String {
        let Comparison { measure, aspect, unit: typed, .. } = comparison;
        let (name, kind) = (measure.name(), measure.kind());
        let shown = |value: Option<Value>| value.map_or_else(String::new, |value| self.value(value, kind));
        let percent = |part: f64| {
            let share = Values::Real(vec![Some(part / 100.0)]);
            let style = Style::new(&self.money, self.language);
            let text = style.cell(&share, 0, model::Unit::Share);
            text.map(|text| if part > 0.0 { format!("+{text}") } else { text })
        };
        match aspect {
            Aspect::Now if measure.is_effect() && *typed == crate::alert::Unit::Percent => {
                let part = percent(size).unwrap_or_else(|| self.say("of nothing", "（前期为零）"));
                let (now, before) = (shown(now), shown(before));
                self.say(
                    format!("{name} {part} of GMV before ({now} of {before})"),
                    format!("{name} 为前期GMV的 {part}（{now} / {before}）"),
                )
            }
            Aspect::Now => format!("{name} {}", shown(now)),
            Aspect::Before => {
                self.say(format!("{name} before {}", shown(before)), format!("{name} 前期 {}", shown(before)))
            }
            Aspect::Change => {
                let size = match typed {
                    crate::alert::Unit::Own if kind != Kind::Share => {
                        self.difference(now, before, size, kind)
                    }
                    crate::alert::Unit::Own => percent(size * 100.0).map(|text| text.replace('%', "pp")),
                    crate::alert::Unit::Points => percent(size).map(|text| text.replace('%', "pp")),
                    crate::alert::Unit::Percent => percent(size),
                };
                let size = size.unwrap_or_else(|| self.say("from nothing", "（从零开始）"));
                let way = format!("{} → {}", shown(before), shown(now));
                self.say(format!("{name} change {size} ({way})"), format!("{name} 变化 {size}（{way}）"))
            }
        }
    }

    /// The difference of two values, with a sign also where it is gained.
    fn difference(&self, now: Option<Value>, before: Option<Value>, size: f64, kind: Kind) -> Option<String> {
        let exact = match (now?, before?) {
            (Value::Money(now), Value::Money(before)) => now.checked_sub(before).map(Value::Money),
            (Value::Count(now), Value::Count(before)) => now.checked_sub(before).map(Value::Count),
            _ => None,
        };
        let text = self.value(exact.unwrap_or(Value::Real(size)), kind);
        Some(if size > 0.0 { format!("+{text}") } else { text })
    }

    fn value(&self, value: Value, kind: Kind) -> String {
        let values = match value {
            Value::Money(money) => Values::Money(vec![Some(money)]),
            Value::Count(count) => Values::Count(vec![Some(count)]),
            Value::Real(real) => Values::Real(vec![Some(real)]),
        };
        Style::new(&self.money, self.language).cell(&values, 0, unit(kind)).unwrap_or_default()
    }

    /// Why an alert could not be judged; for a quiet one, nothing.
    fn undecided(&self, judged: &Judged) -> String {
        if judged.outcome != Outcome::Unknown {
            return String::new();
        }
        // What is missing says more than where there is nothing to judge.
        let is_missing = |one: &&Undecided| one.reasons.iter().any(|reason| !reason.is_idle());
        let missing: Vec<&Undecided> = judged.undecided.iter().filter(is_missing).collect();
        let all: Vec<&Undecided> =
            if missing.is_empty() { judged.undecided.iter().collect() } else { missing };
        let Some(first) = all.first() else { return String::new() };
        let reasons: Vec<String> =
            first.reasons.iter().map(|reason| self.reason(reason, &judged.scope)).collect();
        let reasons = reasons.join(if self.language == Language::English { "; " } else { "；" });
        let Some(streamer) = &first.streamer else { return reasons };
        match all.len() - 1 {
            0 => self.say(format!("{}: {reasons}", streamer.id), format!("{}：{reasons}", streamer.id)),
            others => self.say(
                format!("{} and {others} more: {reasons}", streamer.id),
                format!("{} 等 {} 位：{reasons}", streamer.id, others + 1),
            ),
        }
    }

    fn reason(&self, reason: &Reason, scope: &Scope) -> String {
        match reason {
            Reason::Value(measure, when, missing) => self.missing(*measure, *when, *missing),
            Reason::Sure(certainty, measure, why) => {
                let (en, zh) = match why {
                    Unsure::NoPeriod => ("there is no period before", "没有前期"),
                    Unsure::CameOrLeft => ("it was there in one of the periods only", "只在其中一期出现"),
                    Unsure::NoInterval => ("the change has no interval", "变化没有置信区间"),
                    Unsure::FewChanges => {
                        ("fewer than 12 complete changes before it", "此前完整的变化不足 12 次")
                    }
                };
                let (word, name) = (certainty.name(), measure.name());
                self.say(
                    format!("whether the change of {name} is {word} is not known: {en}"),
                    format!("{name} 的变化是否 {word} 未知：{zh}"),
                )
            }
            Reason::Status => self.say(
                "who is new and who left is not known: there is no period before",
                "新出现与离开的主播未知：没有前期",
            ),
            Reason::NoStreamer => {
                let id = match scope {
                    Scope::Streamer(id) => &**id,
                    _ => "",
                };
                self.say(
                    format!("no streamer {id} in the period or the one before; is the streamer_id right?"),
                    format!("本期与前期都没有主播 {id}；请检查 streamer_id"),
                )
            }
            Reason::NoStreamers => self.say("there are no streamers", "没有主播"),
        }
    }

    fn missing(&self, measure: Measure, when: When, missing: Missing) -> String {
        let (before_en, before_zh) = if when == When::Before { (" before", "前期") } else { ("", "") };
        let (en, zh) = match missing {
            Missing::Nothing => ("there is nothing to compute it from", "没有可供计算的数据"),
            Missing::NoPeriod => ("there is no period before", "没有前期"),
            Missing::NoColumn => ("the report has no such column", "报告中没有这一列"),
            Missing::Unknown => ("the exports do not tell it", "导出数据中没有"),
        };
        let name = measure.name();
        self.say(
            format!("{name}{before_en} is not known: {en}"),
            format!("{before_zh} {name} 未知：{zh}").trim_start(),
        )
    }
}
