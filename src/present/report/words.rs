//! Words of the page that depend on more than the language: periods, names of groups and levers, verdicts.

use jiff::civil::Date;

use crate::calendar::{DateRange, PeriodKind};
use crate::present::model::Language;
use crate::present::text::shown;

/// The words of a language.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The language.
    pub language: Language,
}

impl Words {
    /// The text of this language.
    #[must_use]
    pub fn say<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self.language {
            Language::English => en,
            Language::Chinese => zh,
        }
    }

    /// The language as HTML names it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self.language {
            Language::English => "en",
            Language::Chinese => "zh-CN",
        }
    }

    /// A date as a person reads it: `9 Nov 2026`, `2026年11月9日`.
    #[must_use]
    pub fn date(self, date: Date) -> String {
        match self.language {
            Language::English => date.strftime("%-d %b %Y").to_string(),
            Language::Chinese => date.strftime("%Y年%-m月%-d日").to_string(),
        }
    }

    /// A range of dates: `9–15 Nov 2026`, `2026年11月9日–15日`.
    #[must_use]
    pub fn range(self, range: DateRange) -> String {
        let (first, last) = (range.first, range.last);
        if first == last {
            return self.date(first);
        }
        let same_year = first.year() == last.year();
        let same_month = same_year && first.month() == last.month();
        match (self.language, same_month, same_year) {
            (Language::English, true, _) => format!("{}–{}", first.day(), self.date(last)),
            (Language::English, false, true) => {
                format!("{} – {}", first.strftime("%-d %b"), self.date(last))
            }
            (Language::English, false, false) => format!("{} – {}", self.date(first), self.date(last)),
            (Language::Chinese, true, _) => format!("{}–{}日", self.date(first), last.day()),
            (Language::Chinese, false, true) => {
                format!("{}–{}", self.date(first), last.strftime("%-m月%-d日"))
            }
            (Language::Chinese, false, false) => format!("{}–{}", self.date(first), self.date(last)),
        }
    }

    /// What a period is called within a title.
    #[must_use]
    pub fn title(self, kind: PeriodKind) -> &'static str {
        let (en, zh) = match kind {
            PeriodKind::Day => ("Daily report", "日报"),
            PeriodKind::Week => ("Weekly report", "周报"),
            PeriodKind::Month => ("Monthly report", "月报"),
            PeriodKind::Quarter => ("Quarterly report", "季报"),
            PeriodKind::Year => ("Yearly report", "年报"),
            PeriodKind::All => ("Report", "报告"),
        };
        self.say(en, zh)
    }

    /// The value of a group column, where it is one of ours: `private`, `new`; any other text as it is, made harmless.
    #[must_use]
    pub fn group(self, value: &str) -> String {
        let (en, zh) = match value {
            "private" => ("Private domain", "私域"),
            "public" => ("Public domain", "公域"),
            "new" => ("New", "新客"),
            "returning" => ("Returning", "老客"),
            "none" => ("Not viewers", "非观众"),
            other => return shown(other).into_owned(),
        };
        self.say(en, zh).to_owned()
    }

    /// The lever of a row of headroom.
    #[must_use]
    pub fn lever(self, lever: &str) -> String {
        let (en, zh) = match lever {
            "viewer_conversion" => ("Buyers per viewer", "观众转化率"),
            "aov" => ("GMV per order", "笔单价"),
            "repurchase" | "orders_per_buyer" => ("Orders per buyer", "复购频次"),
            other => return shown(other).into_owned(),
        };
        self.say(en, zh).to_owned()
    }

    /// What headroom is, against peers of whom this share is below.
    #[must_use]
    pub fn headroom(self, quantile: f64) -> &'static str {
        if quantile > 0.5 {
            self.say(
                "What GMV would gain if one lever alone rose to what three quarters of the peers do not exceed. Gains of several levers multiply, and do not add up.",
                "仅某一抓手升至同侪上四分位时可增的 GMV；多个抓手的收益相乘而非相加。",
            )
        } else {
            self.say(
                "What GMV would gain if one lever alone rose to what half of the peers do not exceed. Gains of several levers multiply, and do not add up.",
                "仅某一抓手升至同侪中位数时可增的 GMV；多个抓手的收益相乘而非相加。",
            )
        }
    }

    /// How sure a change is, by the two questions that are asked of it.
    #[must_use]
    pub fn verdict(self, beyond_sampling: Option<bool>, unusual: Option<bool>) -> Verdict {
        let (kind, en, zh) = match (beyond_sampling, unusual) {
            (None, _) => ("unknown", "not known", "未知"),
            (Some(false), _) => ("chance", "may be chance", "可能是偶然"),
            (Some(true), Some(true)) => ("sure", "beyond chance, and unusual", "超出偶然，且异常"),
            (Some(true), Some(false)) => ("usual", "beyond chance, not unusual", "超出偶然，但属常见波动"),
            (Some(true), None) => ("sure", "beyond chance", "超出偶然"),
        };
        Verdict { kind, text: self.say(en, zh) }
    }
}

/// How sure a change is.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// The kind, which is the end of a class.
    pub kind: &'static str,
    /// The words.
    pub text: &'static str,
}
