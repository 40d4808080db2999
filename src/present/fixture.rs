//! A small document for the tests of every renderer: hostile names, nulls, negative money, a total line and notes.

use std::sync::Arc;

use jiff::civil::date;

use super::model::{Column, Document, Phrase, Unit, Values};

/// Six rows of everything that has ever broken a table.
pub fn hostile() -> Document {
    Document {
        columns: [texts_and_sums(), ratios_and_flags()].concat(),
        total: Some(total()),
        notes: vec![
            Phrase::new(
                "The total counts a viewer of several streamers once.",
                "合计中，看过多位主播的观众只计一次。",
            ),
            Phrase::new("Attribute \x1b[2J is from the export.", "属性 \x1b[2J 来自导出文件。"),
        ],
        metadata: vec![
            ("gmv.period".to_owned(), "week".to_owned()),
            ("gmv.timezone".to_owned(), "Asia/Shanghai".to_owned()),
        ],
        currency: "¥".to_owned(),
        names_persons: false,
    }
}

/// Hostile names and ids, money and counts.
fn texts_and_sums() -> Vec<Column> {
    let names =
        ["=cmd()", "<script>a|b</script>", "\x1b[31mred\x1b[0m", "line\nbreak", "\tx", "王芳的直播间"];
    let ids = [Some("7349583948573948573"), Some("-5"), Some("-x"), Some("+1"), None, Some("-1+1")];
    let monday = Some(date(2026, 1, 5));
    vec![
        column("period", "Period", "周期", Unit::Plain, 0, Values::Date(vec![monday; 6])),
        column("streamer_id", "Streamer", "主播", Unit::Plain, 0, text(&ids)),
        column("=attribute()", "Attribute", "属性", Unit::Plain, 1, text(&names.map(Some))),
        column(
            "gmv",
            "GMV",
            "成交额",
            Unit::Currency,
            0,
            Values::Money(vec![Some(123_450), Some(-5), Some(-123_450), Some(0), None, Some(12_345_678_901)]),
        ),
        column(
            "uv",
            "Viewers",
            "观看人数",
            Unit::Plain,
            1,
            Values::Count(vec![Some(12_345), Some(7), Some(0), None, Some(1), Some(9_876_543)]),
        ),
    ]
}

/// Ratios from tiny to large, wide integers and flags.
fn ratios_and_flags() -> Vec<Column> {
    vec![
        column(
            "watch_hours",
            "Watch hours",
            "观看时长",
            Unit::Hours,
            2,
            real(&[Some(1_234.5), Some(0.04), Some(0.1 + 0.2), None, Some(0.0), Some(98_765.432_1)]),
        ),
        column(
            "watch_hours_per_viewer",
            "Watch time per viewer",
            "人均观看时长",
            Unit::HoursPerViewer,
            3,
            real(&[Some(0.1), Some(0.005), None, None, Some(0.0), Some(2.5)]),
        ),
        column(
            "buyers_per_watch_hour",
            "Buyers per hour",
            "每小时买家",
            Unit::PerHour,
            3,
            real(&[Some(1.834), Some(0.0123), None, None, None, Some(18.2)]),
        ),
        column(
            "orders_per_buyer",
            "Orders per buyer",
            "人均订单",
            Unit::Plain,
            4,
            real(&[Some(1.25), Some(1.0), None, None, Some(1e-7), Some(12.5)]),
        ),
        column(
            "m_gg",
            "Second moment",
            "二阶矩",
            Unit::Plain,
            9,
            Values::Wide(vec![Some(10_i128.pow(20)), Some(-1), None, Some(0), Some(1), Some(2)]),
        ),
        column(
            "partial",
            "Partial",
            "不完整",
            Unit::Plain,
            5,
            Values::Flag(vec![Some(false), Some(true), None, Some(false), Some(false), Some(true)]),
        ),
    ]
}

/// The total line: nulls where nothing adds up.
fn total() -> Vec<Values> {
    vec![
        Values::Date(vec![None]),
        text(&[None]),
        text(&[None]),
        Values::Money(vec![Some(12_345_678_896)]),
        Values::Count(vec![Some(9_880_000)]),
        real(&[Some(100_000.3)]),
        real(&[Some(1.99)]),
        real(&[None]),
        real(&[Some(1.5)]),
        Values::Wide(vec![None]),
        Values::Flag(vec![None]),
    ]
}

/// The hostile names, row by row.
pub fn names(document: &Document) -> Vec<Option<Arc<str>>> {
    match &document.columns[2].values {
        Values::Text(names) => names.clone(),
        _ => unreachable!("the third column holds the names"),
    }
}

/// A text column's values.
pub fn text(values: &[Option<&str>]) -> Values {
    Values::Text(values.iter().map(|v| v.map(Arc::from)).collect())
}

/// A column.
pub fn column(name: &str, en: &str, zh: &str, unit: Unit, rank: u8, values: Values) -> Column {
    Column { name: name.to_owned(), heading: Phrase::new(en, zh), unit, rank, values }
}

fn real(values: &[Option<f64>]) -> Values {
    Values::Real(values.to_vec())
}
