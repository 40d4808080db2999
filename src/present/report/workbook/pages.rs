//! The sheets of tables: which rows and columns of which table, under which name.

use std::sync::Arc;

use super::super::cells::Source;
use super::super::html::outlook::slice;
use super::super::words::Words;
use super::super::{Report, tables};
use super::{cohorts, selection};
use crate::present::ledger;
use crate::present::model::{Column, Document, Phrase, Unit, Values};

/// How many cells a sheet has at most, at about 200 bytes each while it is written.
const CELLS: usize = 1_000_000;

/// A sheet of one table.
#[derive(Debug)]
pub struct Page {
    /// Its name.
    pub name: &'static str,
    /// The table of the report that it shows.
    pub table: &'static str,
    /// Its rows.
    pub document: Document,
    /// How many columns are always seen; the others are folded away. `None` where all are.
    pub leading: Option<usize>,
    /// The rows that the sheet would have if it were large enough.
    pub rows: usize,
    /// The table that columns beside it are of, and which.
    pub joined: Option<(&'static str, &'static [&'static str])>,
    /// What it shows.
    pub about: &'static str,
}

/// What follows the columns of streamers from their repurchase.
const LOYALTY: [&str; 6] = [
    "repurchase_rate",
    "returning_rate",
    "returning_gmv_share",
    "private_gmv_share",
    "refund_rate_orders",
    "refund_rate_gmv",
];

const CHANGES: [&str; 17] = [
    "streamer_id",
    "streamer_name",
    "status",
    "gmv_before",
    "gmv_after",
    "gmv_change",
    "gmv_change_lo",
    "gmv_change_hi",
    "gmv_change_beyond_sampling",
    "gmv_change_unusual",
    "gmv_change_significant",
    "uv_effect",
    "watch_effect",
    "conversion_effect",
    "aov_effect",
    "repurchase_effect",
    "off_live_change",
];

const FACTORS: [&str; 25] = [
    "period",
    "streamer_id",
    "streamer_name",
    "domain",
    "buyer_type",
    "gmv",
    "uv",
    "watch_hours_per_viewer",
    "buyers_per_watch_hour",
    "aov",
    "orders_per_buyer",
    "watch_hours",
    "buyers",
    "orders",
    "gmv_off_live",
    "gmv_total",
    "broadcasts",
    "cost",
    "roi",
    "repurchase_rate",
    "returning_rate",
    "returning_gmv_share",
    "private_gmv_share",
    "refund_rate_orders",
    "refund_rate_gmv",
];

const REPURCHASE: [&str; 16] = [
    "period",
    "buyers",
    "orders",
    "gmv",
    "repurchase_rate",
    "orders_per_buyer",
    "gmv_per_buyer",
    "returning_rate",
    "returning_gmv_share",
    "private_gmv_share",
    "private_share_of_repurchase",
    "days_to_second_order_p50",
    "refund_rate_orders",
    "refund_rate_gmv",
    "expected_orders",
    "expected_gmv",
];

const SLICES: [&str; 10] = [
    "rank",
    "slice",
    "gmv_before",
    "gmv_after",
    "gmv_change",
    "expected_change",
    "excess",
    "excess_lo",
    "excess_hi",
    "p_value",
];

const HEADROOM: [&str; 12] = [
    "streamer_id",
    "streamer_name",
    "lever",
    "gain",
    "gain_lo",
    "gain_hi",
    "beyond_noise",
    "value",
    "value_lo",
    "value_hi",
    "peers_value",
    "gmv",
];

const QUALITY: [&str; 9] =
    ["level", "section", "input", "check", "count", "share", "gmv", "detail", "examples"];

/// The sheets of tables, in their order.
#[must_use]
pub fn pages(report: &Report, words: Words) -> Vec<Page> {
    let pages = [
        streamer_changes(report, words),
        streamers(report, words),
        factors(report, tables::TOTALS, words),
        factors(report, tables::DOMAINS, words),
        factors(report, tables::BUYER_TYPES, words),
        repurchase(report, words),
        cohorts::retention(report, words),
        cohorts::money(report, words),
        slices(report, words),
        headroom(report, words),
        alerts(report, words),
        quality(report, words),
        reconciliation(report, words),
        (!report.inputs.is_empty()).then(|| files(report, words)),
    ];
    pages.into_iter().flatten().map(Page::fit).collect()
}

impl Page {
    /// A sheet of all columns of a table.
    #[must_use]
    pub fn new(
        words: Words,
        (en, zh): (&'static str, &'static str),
        table: &'static str,
        document: Document,
        about: (&'static str, &'static str),
    ) -> Self {
        let rows = document.rows();
        let name = words.say(en, zh);
        Self { name, table, document, leading: None, rows, joined: None, about: words.say(about.0, about.1) }
    }

    /// With some columns first, and the others folded away.
    fn led_by(mut self, names: &[&str]) -> Self {
        let leading = selection::lead(&mut self.document, names);
        self.leading = (leading > 0 && leading < self.document.columns.len()).then_some(leading);
        self
    }

    /// With some columns first.
    fn begun_by(mut self, names: &[&str]) -> Self {
        selection::lead(&mut self.document, names);
        self
    }

    /// Cut to what a sheet may have.
    fn fit(mut self) -> Self {
        let most = CELLS / self.document.columns.len().max(1);
        if self.rows > most {
            self.document = selection::rows(&self.document, &(0..most).collect::<Vec<_>>());
        }
        self
    }
}

/// The rows of the period of the report.
fn of_period(report: &Report, table: &'static str) -> Option<Document> {
    let source = Source::of(report, table)?;
    let rows: Vec<usize> = source.of_period(report.period.first).collect();
    Some(selection::rows(report.table(table)?, &rows))
}

fn streamer_changes(report: &Report, words: Words) -> Option<Page> {
    let mut document = report.table(tables::STREAMER_CHANGES)?.clone();
    selection::say(&mut document, "status", |status| {
        match status {
            "entered" => words.say("new", "新增"),
            "left" => words.say("gone", "消失"),
            "both" => words.say("both", "两期"),
            other => other,
        }
        .to_owned()
    });
    let about = ("What each factor did to the GMV of each streamer", "各因素对每位主播 GMV 的影响");
    let name = ("Streamer changes", "主播变化");
    Some(Page::new(words, name, tables::STREAMER_CHANGES, document, about).led_by(&CHANGES))
}

fn streamers(report: &Report, words: Words) -> Option<Page> {
    let mut document = of_period(report, tables::STREAMERS)?;
    let beside = of_period(report, tables::STREAMER_REPURCHASE);
    if let Some(beside) = &beside {
        selection::join(&mut document, beside, "streamer_id", &LOYALTY);
    }
    let about = (
        "The factors of each streamer in the period of the report, and who came back",
        "报告周期内每位主播的五个因素与复购",
    );
    let page = Page::new(words, ("Streamers", "主播"), tables::STREAMERS, document, about).led_by(&FACTORS);
    Some(Page { joined: beside.map(|_| (tables::STREAMER_REPURCHASE, LOYALTY.as_slice())), ..page })
}

fn factors(report: &Report, table: &'static str, words: Words) -> Option<Page> {
    let (name, about) = match table {
        tables::DOMAINS => (
            ("Private and public", "私域与公域"),
            ("The factors of each domain by period", "各周期各域的五个因素"),
        ),
        tables::BUYER_TYPES => (
            ("New and returning", "新客与老客"),
            ("The factors of new and returning viewers by period", "各周期新老客的五个因素"),
        ),
        _ => (("Periods", "各周期"), ("GMV and its factors in each period", "各周期的 GMV 与五个因素")),
    };
    let mut document = report.table(table)?.clone();
    for column in ["domain", "buyer_type"] {
        selection::say(&mut document, column, |group| words.group(group));
    }
    Some(Page::new(words, name, table, document, about).led_by(&FACTORS))
}

fn repurchase(report: &Report, words: Words) -> Option<Page> {
    let document = report.table(tables::REPURCHASE)?.clone();
    let about = ("Repurchase and trust in each period", "各周期的复购与信任");
    let name = ("Repurchase", "复购");
    Some(Page::new(words, name, tables::REPURCHASE, document, about).led_by(&REPURCHASE))
}

fn slices(report: &Report, words: Words) -> Option<Page> {
    let mut document = report.table(tables::SLICES)?.clone();
    if let Some(source) = Source::of(report, tables::SLICES) {
        let mut names = (0..source.rows()).map(|row| slice(&source, row, words));
        selection::say(&mut document, "slice", |name| names.next().unwrap_or_else(|| name.to_owned()));
    }
    let about = ("Slices that moved otherwise than the rest", "变化与其余不同的切片");
    Some(Page::new(words, ("Slices", "切片"), tables::SLICES, document, about).begun_by(&SLICES))
}

fn headroom(report: &Report, words: Words) -> Option<Page> {
    let document = report.table(tables::HEADROOM)?;
    let source = Source::of(report, tables::HEADROOM)?;
    // Where there is room, the largest first; the others in their order.
    let gain = |row: &usize| source.number("gain", *row).unwrap_or(f64::NEG_INFINITY);
    let mut rows: Vec<usize> = (0..document.rows()).collect();
    rows.sort_by(|one, other| gain(other).total_cmp(&gain(one)));
    let mut document = selection::rows(document, &rows);
    selection::say(&mut document, "lever", |lever| words.lever(lever));
    let about = ("GMV gained if one lever rose to what peers reach", "若某一抓手达到同侪水平可增的 GMV");
    Some(Page::new(words, ("Headroom", "提升空间"), tables::HEADROOM, document, about).begun_by(&HEADROOM))
}

fn alerts(report: &Report, words: Words) -> Option<Page> {
    let table = report.table(tables::ALERTS)?;
    let told = report.alerts.as_ref().filter(|told| told.rows() == table.rows());
    let about = ("The alerts of the configuration", "配置中的告警");
    let document = told.unwrap_or(table).clone();
    Some(Page::new(words, ("Alerts", "告警"), tables::ALERTS, document, about))
}

fn quality(report: &Report, words: Words) -> Option<Page> {
    let table = report.table(tables::QUALITY)?;
    let told = report.findings.as_ref().filter(|told| told.rows() == table.rows());
    let about = ("What was found about the exports", "对导出数据的检查结果");
    let mut document = told.unwrap_or(table).clone();
    document.total = None;
    // In hundredths, as on the page.
    for column in document.columns.iter_mut().filter(|column| column.name == "share") {
        column.unit = Unit::Share;
    }
    selection::say(&mut document, "check", |check| check.replace('_', " "));
    Some(Page::new(words, ("Quality", "数据质量"), tables::QUALITY, document, about).begun_by(&QUALITY))
}

fn reconciliation(report: &Report, words: Words) -> Option<Page> {
    report.table(tables::RECONCILIATION)?;
    let document = ledger::document(&report.ledgers, report.language, &report.currency);
    let about = ("Where every row and all money went", "每一行与每一分钱的去向");
    Some(Page::new(words, ("Reconciliation", "对账"), tables::RECONCILIATION, document, about))
}

fn files(report: &Report, words: Words) -> Page {
    let text = |of: &dyn Fn(&super::super::InputFile) -> &str| {
        Values::Text(report.inputs.iter().map(|file| Some(Arc::from(of(file)))).collect())
    };
    let column = |name: &str, zh: &str, values| Column {
        name: name.to_owned(),
        heading: Phrase::new(name, zh),
        unit: Unit::Plain,
        rank: 0,
        values,
    };
    let bytes = report.inputs.iter().map(|file| Some(i128::from(file.bytes))).collect();
    let columns = vec![
        column("input", "数据", text(&|file| file.input)),
        column("path", "路径", text(&|file| &file.path)),
        column("bytes", "字节数", Values::Wide(bytes)),
        column("sha256", "SHA-256", text(&|file| &file.sha256)),
    ];
    let document = Document { columns, ..Document::default() };
    Page::new(words, ("Files", "文件"), "", document, ("The files that were read", "读取的文件"))
}
