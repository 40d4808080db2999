//! What became of the exports that were ingested: a line for each, and a table.

use std::sync::Arc;

use super::console::{group, money};
use super::model::{Column, Document, Phrase, Unit, Values};
use crate::input::profile::RowKind;
use crate::input::store::ingest::{Ingested, Status};

/// What became of an export, in a line.
#[must_use]
pub fn sentence(done: &Ingested) -> String {
    let (kind, name, path, about) = (done.kind.name(), &done.name, done.path.display(), &done.about);
    if done.status == Status::Unchanged {
        return format!("{kind}: {name}: nothing to do, the store holds it as {path} ({})", about.source);
    }
    let rows = &about.rows;
    let parts = [(rows.structural, "structural"), (rows.rejected, "rejected")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> =
        parts.map(|(count, what)| format!(" − {} {what}", group(count.into()))).collect();
    let less = parts.concat();
    let amount =
        if done.kind == RowKind::Orders { format!(", {}", money(rows.money)) } else { String::new() };
    format!(
        "{kind}: {name} (profile {}): {} rows read{less} = {} stored{amount}; {} {path}",
        about.profile,
        group(rows.read.into()),
        group(rows.stored.into()),
        if done.status == Status::Replaced { "replaced" } else { "wrote" },
    )
}

/// The table: one row for each export.
#[must_use]
pub fn document(done: &[Ingested]) -> Document {
    let text = |of: &dyn Fn(&Ingested) -> String| {
        Values::Text(done.iter().map(|done| Some(Arc::from(of(done)))).collect())
    };
    let count = |of: &dyn Fn(&Ingested) -> u64| {
        Values::Count(done.iter().map(|done| i64::try_from(of(done)).ok()).collect())
    };
    let amounts = done.iter().map(|done| (done.kind == RowKind::Orders).then_some(done.about.rows.money));
    let status = |done: &Ingested| match done.status {
        Status::New => "new",
        Status::Unchanged => "unchanged",
        Status::Replaced => "replaced",
    };
    let column = |name: &str, en: &str, zh: &str, rank: u8, values: Values| Column {
        name: name.to_owned(),
        heading: Phrase::new(en, zh),
        unit: if name == "money" { Unit::Currency } else { Unit::Plain },
        rank,
        values,
    };
    Document {
        columns: vec![
            column("input", "input", "数据", 0, text(&|done| done.kind.name().to_owned())),
            column("source", "source", "文件", 0, text(&|done| done.name.clone())),
            column("status", "status", "状态", 0, text(&|done| status(done).to_owned())),
            column("profile", "profile", "模板", 3, text(&|done| done.about.profile.clone())),
            column("rows", "rows", "行数", 0, count(&|done| done.about.rows.read)),
            column("structural", "structural", "表头空行", 2, count(&|done| done.about.rows.structural)),
            column("rejected", "rejected", "拒收", 1, count(&|done| done.about.rows.rejected)),
            column("stored", "stored", "入库", 0, count(&|done| done.about.rows.stored)),
            column("money", "money", "金额", 1, Values::Money(amounts.collect())),
            column("file", "file", "存储文件", 4, text(&|done| done.path.display().to_string())),
        ],
        ..Document::default()
    }
}
