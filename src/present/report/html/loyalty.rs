//! Who comes back: figures of repurchase and trust, and cohorts.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::cells::{Source, Value};
use super::super::words::Words;
use super::super::{Report, tables};
use super::pictures::depth;
use super::table::{Cell, Head, Line, TableView, range};

/// Repurchase and trust: this period beside the one before.
#[must_use]
pub fn repurchase(report: &Report, words: Words) -> Option<TableView> {
    const FIGURES: [&str; 20] = [
        "repurchase_rate",
        "orders_per_buyer",
        "orders_per_buyer_day",
        "gmv_per_buyer",
        "returning_rate",
        "returning_orders_share",
        "returning_gmv_share",
        "private_gmv_share",
        "private_share_of_repurchase",
        "days_to_second_order_p50",
        "refund_rate_orders",
        "refund_rate_gmv",
        "first_order_refund_rate",
        "funnel_viewers",
        "funnel_buyers",
        "funnel_repeat_buyers",
        "funnel_multi_period_buyers",
        "expected_orders",
        "expected_gmv",
        "history_days",
    ];
    let source = Source::of(report, tables::REPURCHASE)?;
    let now = source.of_period(report.period.first).next()?;
    let before = report.before.and_then(|before| source.of_period(before.first).next());
    let caption = words.say("Repurchase and trust", "复购与信任");
    let mut view = TableView::new(tables::REPURCHASE, caption, words);
    view.heads.push(Head::new("", false));
    view.heads.extend(before.map(|_| Head::new(words.say("before", "前期"), true)));
    view.heads.push(Head::new(words.say("this period", "本期"), true));
    for figure in FIGURES {
        let Some(field) = source.field(figure).filter(|field| !field.is_empty()) else { continue };
        let cell = |row: usize| Cell::Number {
            value: field.value(row),
            range: range(&source, figure, row, false),
            class: "n",
            row: Some(row),
        };
        let mut cells =
            vec![Cell::Text(figure_name(figure, words).map_or_else(|| field.head().text, str::to_owned))];
        cells.extend(before.map(cell));
        cells.push(cell(now));
        view.lines.push(Line { row: None, class: "", cells });
    }
    view.class = "roomy";
    Some(view)
}

/// What a figure is called where there is room for more than a heading.
fn figure_name(figure: &str, words: Words) -> Option<&'static str> {
    let (en, zh) = match figure {
        "repurchase_rate" => ("Buyers with two orders or more", "复购率（两单及以上买家占比）"),
        "orders_per_buyer" => ("Orders per buyer", "复购频次（人均订单）"),
        "orders_per_buyer_day" => ("Orders per buyer and day", "单日人均订单"),
        "gmv_per_buyer" => ("GMV per buyer", "客单价（人均 GMV）"),
        "returning_rate" => ("Returning buyers", "老客占比"),
        "returning_orders_share" => ("Orders of returning buyers", "老客订单占比"),
        "returning_gmv_share" => ("GMV of returning buyers", "老客 GMV 占比"),
        "private_gmv_share" => ("GMV of the private domain", "私域 GMV 占比"),
        "private_share_of_repurchase" => ("Repurchase that is private", "复购中的私域占比"),
        "days_to_second_order_p50" => ("Days until half had ordered again", "半数买家再次下单所需天数"),
        "refund_rate_orders" => ("Orders refunded", "退款率（订单）"),
        "refund_rate_gmv" => ("Money refunded", "退款率（金额）"),
        "first_order_refund_rate" => ("First orders refunded", "首单退款率"),
        "funnel_viewers" => ("Private viewers", "私域观众"),
        "funnel_buyers" => ("… of whom bought", "其中成交"),
        "funnel_repeat_buyers" => ("… bought again", "其中复购"),
        "funnel_multi_period_buyers" => ("… in two periods or more", "其中跨周期复购"),
        "expected_orders" => ("Orders to come from today's buyers", "现有买家预期订单"),
        "expected_gmv" => ("GMV to come from today's buyers", "现有买家预期 GMV"),
        "history_days" => ("Days of orders before the period", "周期前的历史天数"),
        _ => return None,
    };
    Some(words.say(en, zh))
}

/// Cohorts by the period of the first order, and what part of each came back later, the latest cohorts.
#[must_use]
pub fn cohorts(report: &Report, words: Words) -> Option<(TableView, bool)> {
    const COHORTS: usize = 26;
    const OFFSETS: usize = 26;
    let source = Source::of(report, tables::COHORTS)?;
    let mut of: BTreeMap<Date, BTreeMap<usize, usize>> = BTreeMap::new();
    for row in 0..source.rows() {
        if let (Some(cohort), Some(offset)) = (source.date("cohort", row), source.number("offset", row)) {
            of.entry(cohort).or_default().insert(offset as usize, row);
        }
    }
    let skipped = of.len().saturating_sub(COHORTS);
    let widest = of.values().skip(skipped).filter_map(|rows| rows.keys().last().copied()).max()?;
    let columns = widest.min(OFFSETS);
    let caption = words.say(
        "Part of each cohort that bought again, by periods since its first order",
        "各首购周期的留存率（按间隔周期数）",
    );
    let mut view = TableView::new(tables::COHORTS, caption, words);
    view.heads = vec![
        Head::new(words.say("first order", "首购周期"), false),
        Head::new(words.say("buyers", "买家数"), true),
    ];
    view.heads.extend((1..=columns).map(|offset| Head::new(format!("+{offset}"), true)));
    for (cohort, rows) in of.iter().skip(skipped) {
        let mut cells = vec![Cell::Text(cohort.to_string())];
        let at = |wanted: usize| rows.get(&wanted).copied();
        cells.extend(at(0).map(|row| of_row(source.value("buyers", row), "n", row)));
        for row in (1..=columns).map(at) {
            let Some(row) = row else {
                cells.push(Cell::Text(String::new()));
                continue;
            };
            let class = source.number("retention", row).map_or("", depth);
            cells.push(of_row(source.value("retention", row), class, row));
        }
        view.lines.push(Line { row: None, class: "", cells });
    }
    view.class = "cohorts";
    Some((view, skipped > 0 || widest > columns))
}

fn of_row(value: Value, class: &'static str, row: usize) -> Cell {
    Cell::Number { value, range: None, class, row: Some(row) }
}
