//! Lists in sentences: names, words, days, and what ids look like.

use crate::calendar::DateRange;
use crate::engine::check::days::Stretches;
use crate::engine::check::ids::{Shape, Shapes};
use crate::present::model::Phrase;

/// Names, all of them.
pub(super) fn named(names: &[String]) -> Phrase {
    Phrase::new(names.join(", "), names.join("，"))
}

/// Words with their counts, the first few.
pub(super) fn words(words: &[(String, u64)]) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<String> =
        words.iter().take(SHOWN).map(|(word, count)| format!("{word:?} ({count})")).collect();
    let more = words.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!(" … {more}") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}

/// A range of dates, or one.
pub(super) fn dates(range: DateRange) -> Phrase {
    if range.first == range.last {
        return Phrase::new(range.first.to_string(), range.first.to_string());
    }
    Phrase::new(format!("{} to {}", range.first, range.last), format!("{} 至 {}", range.first, range.last))
}

/// Stretches of days, the first few.
pub(super) fn days(stretches: &Stretches) -> Phrase {
    let texts: Vec<Phrase> = stretches.first.iter().copied().map(dates).collect();
    let join =
        |text: fn(&Phrase) -> &str, comma: &str| texts.iter().map(text).collect::<Vec<_>>().join(comma);
    let whole = stretches.first.last().map(|stretch| stretch.last) == stretches.last;
    let (en, zh) = match stretches.last {
        Some(last) if !whole => (format!(", …, {last}"), format!("，…，{last}")),
        _ => (String::new(), String::new()),
    };
    Phrase::new(join(|text| &text.en, ", ") + &en, join(|text| &text.zh, "，") + &zh)
}

/// What ids look like: the three commonest shapes, and one of them with its middle hidden.
pub(super) fn shapes(shapes: &Shapes) -> Phrase {
    const SHOWN: usize = 3;
    let percent = |count: u64| count as f64 * 100.0 / shapes.ids.max(1) as f64;
    let texts: Vec<Phrase> = shapes
        .shapes
        .iter()
        .take(SHOWN)
        .map(|(known, count)| {
            let text = shape(*known);
            let percent = percent(*count);
            if percent > 99.95 {
                return text;
            }
            Phrase::new(format!("{} ({percent:.1} %)", text.en), format!("{}（{percent:.1} %）", text.zh))
        })
        .collect();
    let (en, zh) = if shapes.shapes.len() > SHOWN { (", others", "，其他") } else { ("", "") };
    let join =
        |text: fn(&Phrase) -> &str, comma: &str| texts.iter().map(text).collect::<Vec<_>>().join(comma);
    Phrase::new(
        format!("{}{en}, such as {}", join(|text| &text.en, ", "), shapes.example),
        format!("{}{zh}，例如 {}", join(|text| &text.zh, "，"), shapes.example),
    )
}

fn shape(shape: Shape) -> Phrase {
    let sized = |size: usize, en: &str, zh: &str| Phrase::new(format!("{size} {en}"), format!("{size} {zh}"));
    match shape {
        Shape::Digits(1) => Phrase::new("1 digit", "1 位数字"),
        Shape::Digits(size) => sized(size, "digits", "位数字"),
        Shape::Decimal => Phrase::new("numbers with a decimal part of zeros", "带 .0 的数字"),
        Shape::Scientific => Phrase::new("scientific notation", "科学计数法"),
        Shape::Masked => Phrase::new("masked with *", "带 * 的打码"),
        Shape::Hexadecimal(size) => sized(size, "hexadecimal digits", "位十六进制"),
        Shape::Letters(size) => sized(size, "letters and digits", "位字母数字"),
        Shape::Other => Phrase::new("other text", "其他文本"),
    }
}
