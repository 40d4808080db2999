//! The built-in profiles as a document.

use std::sync::Arc;

use super::model::{Column, Document, Phrase, Unit, Values};
use crate::input::profile::{Profile, RowKind};

/// One row for each profile: its name, the platform, the kinds of rows, whether orders have buyers, the columns it is known by.
#[must_use]
pub fn document(profiles: &[Arc<Profile>]) -> Document {
    let texts = |text: &dyn Fn(&Profile) -> String| {
        Values::Text(profiles.iter().map(|profile| Some(Arc::from(text(profile)))).collect())
    };
    let kinds = |profile: &Profile| profile.kinds().map(RowKind::name).collect::<Vec<_>>().join(", ");
    let column = |name: &str, heading: Phrase, rank: u8, values: Values| Column {
        name: name.to_owned(),
        heading,
        unit: Unit::Plain,
        rank,
        values,
    };
    let buyers = Values::Flag(profiles.iter().map(|profile| profile.has_buyers()).collect());
    Document {
        columns: vec![
            column("profile", Phrase::new("profile", "配置"), 0, texts(&|profile| profile.name.clone())),
            column("title", Phrase::new("exports", "导出"), 1, texts(&|profile| profile.title().to_owned())),
            column("rows", Phrase::new("rows", "行"), 2, texts(&kinds)),
            Column {
                unit: Unit::Answer,
                ..column("has_buyer", Phrase::new("has buyer", "有买家"), 3, buyers)
            },
            column(
                "columns",
                Phrase::new("known by", "识别列"),
                4,
                texts(&|profile| profile.known_by().join(", ")),
            ),
        ],
        ..Document::default()
    }
}
