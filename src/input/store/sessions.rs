//! Sessions on their way into a store: what is kept of a row that was accepted, nobody's too.

use std::io::Write;

use super::batch::{Batch, Kind, Layout};
use super::order::InOrder;
use super::{person, stored_id, unmapped};
use crate::input::error::InputError;
use crate::input::feed::FileContext;
use crate::input::parse::trim;
use crate::input::pseudonyms::Pseudonyms;
use crate::input::records::Record;
use crate::input::rejects::Fault;
use crate::input::sessions::{SessionColumns, TakeSession, TakenSession};
use crate::input::settings::ReadSettings;

/// The columns of a file of sessions.
#[must_use]
pub fn layout(columns: &SessionColumns) -> Layout {
    let there = columns.origins().into_iter().filter(|(_, origin)| origin.is_there());
    let extras = columns.extras.iter().map(|(name, _)| name.as_str());
    there.map(|(name, _)| name).chain(extras).map(|name| (name.to_owned(), kind(name))).collect()
}

fn kind(name: &str) -> Kind {
    match name {
        "entered_at" | "left_at" => Kind::Time,
        "watch_seconds" => Kind::Whole,
        _ => Kind::Text,
    }
}

/// One worker's sessions of the block that it reads.
pub struct SessionKeeper<'q, W: Write + Send> {
    queue: &'q InOrder<W>,
    pseudonyms: Option<&'q Pseudonyms>,
    batch: Option<Batch>,
}

impl<'q, W: Write + Send> SessionKeeper<'q, W> {
    /// A worker without sessions yet.
    pub fn new(settings: &'q ReadSettings, queue: &'q InOrder<W>) -> Self {
        Self { queue, pseudonyms: settings.pseudonyms.as_deref(), batch: None }
    }
}

impl<W: Write + Send> TakeSession for SessionKeeper<'_, W> {
    fn take(
        &mut self,
        columns: &SessionColumns,
        record: &Record<'_>,
        session: &TakenSession,
    ) -> Result<(), Fault> {
        let batch = self.batch.get_or_insert_with(|| Batch::new(&layout(columns)));
        let mut cells = batch.row();
        let there = columns.origins().into_iter().filter(|(_, origin)| origin.is_there());
        for (name, origin) in there {
            let text = origin.text(record);
            match (name, session.traffic) {
                ("entered_at", _) => cells.number(Some(session.row.start())),
                ("left_at", _) => cells.number(session.left.map(|left| left.0)),
                ("watch_seconds", _) => cells.number(session.watched),
                ("viewer_id", _) if session.row.viewer().is_nobody() => cells.text(b""),
                ("viewer_id", _) => cells.text(&person(&text, self.pseudonyms)),
                ("source", Some(traffic)) => cells.text(unmapped::traffic(traffic).as_bytes()),
                _ if self.pseudonyms.is_some() && origin.shares(columns.viewer()) => {
                    cells.text(&person(&text, self.pseudonyms));
                }
                ("source", None) => cells.text(&unmapped::stored(trim(&text))),
                ("streamer_name", _) => cells.text(trim(&text)),
                _ => cells.text(&stored_id(&text)),
            }
        }
        for (_, origin) in &columns.extras {
            cells.text(&super::further(origin, record, columns.viewer(), self.pseudonyms));
        }
        Ok(())
    }

    fn end_of_block(&mut self, file: &FileContext<SessionColumns>, block: u32) -> Result<(), InputError> {
        self.queue.put(block, || layout(&file.columns), self.batch.take())
    }

    fn abandon(&mut self) {
        self.queue.abandon();
    }
}
