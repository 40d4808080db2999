//! What to look at: alerts, slices that stand out, and headroom.

use super::super::cells::{Source, Value};
use super::super::words::Words;
use super::super::{Report, tables};
use super::table::{Cell, Head, Line, TableView, change, heads, plain, present, streamer};
use crate::present::model::Language;
use crate::present::text::{money, shown};

/// One thing to look at: words, and a name from the data between them.
pub struct Look {
    /// The kind, which is the end of a class.
    pub kind: &'static str,
    /// What is said first.
    pub before: String,
    /// The name.
    pub name: String,
    /// What is said then.
    pub after: String,
    /// The section that tells more.
    pub place: &'static str,
}

impl Look {
    fn new(kind: &'static str, place: &'static str, before: String) -> Self {
        Self { kind, before, name: String::new(), after: String::new(), place }
    }
}

/// What deserves a look, the most pressing first.
#[must_use]
pub fn looks(report: &Report, words: Words) -> Vec<Look> {
    let is_english = report.language == Language::English;
    let mut looks = fired(report, words);
    let say = |count: usize, one: &str, many: &str, zh: &str| match (is_english, count) {
        (true, 1) => one.to_owned(),
        (true, _) => many.replace("{}", &count.to_string()),
        (false, _) => zh.replace("{}", &count.to_string()),
    };
    let mut look = |count: usize, kind, place, (one, many, zh): (&str, &str, &str)| {
        if count > 0 {
            looks.push(Look::new(kind, place, say(count, one, many, zh)));
        }
    };
    let unknown = ("An alert could not be judged.", "{} alerts could not be judged.", "{} 条告警无法判断。");
    look(report.unknown, "warn", "alerts", unknown);
    let open = "The reconciliation does not close: do not trust these numbers.";
    look(usize::from(!report.closes), "bad", "quality", (open, open, "对账不平：请勿采信这些数字。"));
    let gaps = (
        "On a day of the period an input has no rows.",
        "On {} days of the period an input has no rows.",
        "本周期有 {} 天缺少某一输入的数据。",
    );
    look(report.gaps.len(), "bad", "quality", gaps);
    let errors = ("The data have an error.", "The data have {} errors.", "数据有 {} 处错误。");
    look(found(report, "error"), "bad", "quality", errors);
    let warnings = ("The data come with a warning.", "The data come with {} warnings.", "数据有 {} 条警告。");
    look(report.warnings.len() + found(report, "warning"), "warn", "quality", warnings);
    looks.extend(streamers(report, words));
    looks.extend(slices_found(report, words));
    looks.extend(room(report, words));
    looks
}

/// The alerts that fired, the first few by name, each with what it found first.
fn fired(report: &Report, words: Words) -> Vec<Look> {
    const NAMED: usize = 3;
    let mut looks: Vec<Look> = Vec::new();
    let Some(told) = Source::told(tables::ALERTS, report.alerts.as_ref(), report) else { return looks };
    for row in (0..told.rows()).filter(|row| told.raw("outcome", *row) == Some("fired")) {
        let text = |name: &str| told.raw(name, row).map(|text| shown(text).into_owned());
        let name = text("alert").unwrap_or_default();
        if looks.last().is_some_and(|last| last.name == name) || looks.len() >= NAMED {
            continue;
        }
        let who = text("streamer_name").or_else(|| text("streamer_id"));
        let found: Vec<String> = who.into_iter().chain(text("values")).collect();
        let mut look = Look::new("bad", "alerts", words.say("Alert: ", "告警：").to_owned());
        (look.name, look.after) = (name, format!(" — {}", found.join(" · ")));
        looks.push(look);
    }
    let more = report.fired.saturating_sub(looks.len());
    if more > 0 {
        let text = match report.language {
            Language::English => format!("{more} more fired."),
            Language::Chinese => format!("另有 {more} 条告警触发。"),
        };
        looks.push(Look::new("bad", "alerts", text));
    }
    looks
}

/// How many findings about the exports are of a level.
fn found(report: &Report, level: &str) -> usize {
    let count = |source: Source<'_>| {
        (0..source.rows()).filter(|row| source.raw("level", *row) == Some(level)).count()
    };
    Source::of(report, tables::QUALITY).map_or(0, count)
}

/// The streamers whose changes are significant: the largest loss and the largest gain.
fn streamers(report: &Report, words: Words) -> Vec<Look> {
    let Some(source) = Source::of(report, tables::STREAMER_CHANGES) else { return Vec::new() };
    let size = |row: &usize| source.number("gmv_change", *row).unwrap_or_default();
    let sure: Vec<usize> =
        (0..source.rows()).filter(|row| source.flag("gmv_change_significant", *row) == Some(true)).collect();
    let worst =
        sure.iter().filter(|row| size(row) < 0.0).min_by(|one, other| size(one).total_cmp(&size(other)));
    let best =
        sure.iter().filter(|row| size(row) > 0.0).max_by(|one, other| size(one).total_cmp(&size(other)));
    let look = |row: usize, kind, en, zh: &str| Look {
        kind,
        before: words.say(en, zh).to_owned(),
        name: name(&source, row),
        after: format!(" {}", source.signed("gmv_change", row).text),
        place: "streamers",
    };
    let worst = worst.map(|row| look(*row, "down", "The largest unusual fall: ", "最大的异常下降："));
    let best = best.map(|row| look(*row, "up", "The largest unusual rise: ", "最大的异常上升："));
    worst.into_iter().chain(best).collect()
}

fn name(source: &Source<'_>, row: usize) -> String {
    match streamer(source, row) {
        Cell::Name { name, .. } => name,
        _ => String::new(),
    }
}

fn slices_found(report: &Report, words: Words) -> Option<Look> {
    let source = Source::of(report, tables::SLICES)?;
    let chosen: Vec<usize> = (0..source.rows()).filter(|row| source.number("rank", *row).is_some()).collect();
    let first = *chosen.first()?;
    let value = source.signed("excess", first);
    Some(Look {
        kind: if value.sign < 0 { "down" } else { "up" },
        before: words.say("What stands out most: ", "最突出的切片：").to_owned(),
        name: slice(&source, first, words),
        after: match report.language {
            Language::English => format!(" {} beyond the rest", value.text),
            Language::Chinese => format!(" 超额 {}", value.text),
        },
        place: "slices",
    })
}

/// The largest headroom that is more than noise.
fn room(report: &Report, words: Words) -> Option<Look> {
    let source = Source::of(report, tables::HEADROOM)?;
    let sure = (0..source.rows()).filter(|row| source.flag("beyond_noise", *row) == Some(true));
    let gain = |row: &usize| source.number("gain", *row).unwrap_or_default();
    let row = sure.max_by(|one, other| gain(one).total_cmp(&gain(other)).then(other.cmp(one)))?;
    let lever = words.lever(source.raw("lever", row)?);
    let gain = source.signed("gain", row).text;
    Some(Look {
        kind: "room",
        before: words.say("The largest headroom: ", "最大的提升空间：").to_owned(),
        name: name(&source, row),
        after: match report.language {
            Language::English => format!(
                " {gain}, if {} rose to what its peers reach",
                lever.to_lowercase().replace("gmv", "GMV")
            ),
            Language::Chinese => format!(" {gain}（{lever}达到同侪水平）"),
        },
        place: "headroom",
    })
}

/// So many rows of alerts are on the page.
const ALERTS: usize = 200;

/// The alerts: what fired first, then what could not be judged; and how many rows there are in all.
#[must_use]
pub fn alerts(report: &Report, words: Words) -> Option<(TableView, usize)> {
    let source = Source::of(report, tables::ALERTS)?;
    let told = Source::told(tables::ALERTS, report.alerts.as_ref(), report)?;
    let mut view =
        TableView::new(source.table, words.say("Alerts of the configuration", "配置中的告警"), words);
    let heads = [("alert", "告警"), ("outcome", "结果"), ("streamer", "主播"), ("what was found", "依据")];
    view.heads = heads.map(|(en, zh)| Head::new(words.say(en, zh), false)).into();
    let outcomes = [
        ("fired", "bad", words.say("fired", "触发")),
        ("unknown", "usual", words.say("not known", "无法判断")),
        ("quiet", "chance", words.say("quiet", "未触发")),
    ];
    for (outcome, kind, text) in outcomes {
        let rows = (0..source.rows()).filter(|row| source.raw("outcome", *row) == Some(outcome));
        view.lines.extend(rows.map(|row| alert(&told, row, (kind, text))));
    }
    let all = view.lines.len();
    view.lines.truncate(ALERTS);
    view.class = "roomy tall";
    Some((view, all))
}

fn alert(told: &Source<'_>, row: usize, (kind, outcome): (&'static str, &str)) -> Line {
    let text = |name: &str| told.raw(name, row).map(|text| shown(text).into_owned());
    let mark = Value { column: String::new(), machine: None, text: outcome.to_owned(), sign: 0 };
    let who = text("streamer_name").or_else(|| text("streamer_id")).unwrap_or_default();
    let found: Vec<String> = ["values", "reason"].into_iter().filter_map(text).collect();
    Line {
        row: Some(row),
        class: "",
        cells: vec![
            Cell::Text(text("alert").unwrap_or_default()),
            Cell::Mark(mark, kind),
            Cell::Text(who),
            Cell::Text(found.join(" · ")),
        ],
    }
}

/// The name of a slice for a person.
#[must_use]
pub fn slice(source: &Source<'_>, row: usize, words: Words) -> String {
    if words.language == Language::English {
        return source.raw("slice", row).map(|text| shown(text).into_owned()).unwrap_or_default();
    }
    let part = |at: usize| {
        let column = source.raw(&format!("column_{at}"), row)?;
        let value = source.raw(&format!("value_{at}"), row)?;
        Some(format!("{} = {}", column_name(column), words.group(value)))
    };
    (1..=2).filter_map(part).collect::<Vec<_>>().join("，")
}

/// A column of slices in Chinese; an attribute's own name as it is.
fn column_name(column: &str) -> String {
    match column {
        "streamer_id" => "主播",
        "domain" => "域",
        "traffic" => "流量",
        "buyer_type" => "新老客",
        "category" => "品类",
        "price_band" => "价格带",
        other => return shown(other).into_owned(),
    }
    .to_owned()
}

/// The slices that moved otherwise than the rest.
#[must_use]
pub fn slices(report: &Report, words: Words) -> Option<TableView> {
    let source = Source::of(report, tables::SLICES)?;
    let specs = [
        plain("gmv_before"),
        plain("gmv_after"),
        change("gmv_change"),
        change("expected_change"),
        change("excess").ranged(),
        plain("p_value"),
        change("factor_effect"),
    ];
    let specs = present(&source, &specs);
    let caption = words.say("Slices that moved otherwise than the rest", "变化与其余不同的切片");
    let mut view = TableView::new(source.table, caption, words);
    view.heads.push(Head::new(words.say("slice", "切片"), false));
    view.heads.extend(heads(&source, &specs));
    view.lines = (0..source.rows())
        .map(|row| Line {
            row: Some(row),
            class: "",
            cells: std::iter::once(Cell::Text(slice(&source, row, words)))
                .chain(specs.iter().map(|spec| spec.cell(&source, row)))
                .collect(),
        })
        .collect();
    view.class = "roomy";
    Some(view)
}

/// So many rows of headroom are on the page.
pub const ROOM: usize = 100;

/// What streamers would gain, the largest first, and how many rows there are in all.
#[must_use]
pub fn headroom(report: &Report, words: Words) -> Option<(TableView, usize)> {
    let source = Source::of(report, tables::HEADROOM)?;
    let caption =
        words.say("GMV gained if one lever rose to what peers reach", "若某一抓手达到同侪水平可增的 GMV");
    let mut view = TableView::new(source.table, caption, words);
    view.heads.push(Head::new(words.say("streamer", "主播"), false));
    view.heads.push(source.field("lever")?.head());
    let specs = [
        plain("gain").ranged(),
        plain("beyond_noise"),
        plain("value"),
        plain("peers_value"),
        plain("gmv"),
        plain("peers"),
    ];
    let specs = present(&source, &specs);
    view.heads.extend(heads(&source, &specs));
    let told = (0..source.rows()).filter(|row| source.number("gain", *row).is_some_and(|gain| gain > 0.0));
    let told: Vec<usize> = told.collect();
    for &row in told.iter().take(ROOM) {
        let lever = source.raw("lever", row).unwrap_or_default();
        let mut cells = vec![streamer(&source, row), Cell::Text(words.lever(lever))];
        cells.extend(specs.iter().map(|spec| {
            of_lever(spec.cell(&source, row), source.number(spec.name, row), (spec.name, lever), report)
        }));
        view.lines.push(Line { row: Some(row), class: "", cells });
    }
    view.sortable = true;
    (!view.lines.is_empty()).then_some((view, told.len()))
}

/// A cell in the unit of its lever, where that is another than the column's.
fn of_lever(cell: Cell, number: Option<f64>, (name, lever): (&str, &str), report: &Report) -> Cell {
    let (Cell::Number { mut value, .. }, Some(number), "value" | "peers_value") =
        (cell.clone(), number, name)
    else {
        return cell;
    };
    value.text = match lever {
        "viewer_conversion" => format!("{:.1} %", number * 100.0),
        "aov" => money((number * 100.0).round() as i128, &report.currency),
        _ => return cell,
    };
    Cell::number(value)
}
