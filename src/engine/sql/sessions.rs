//! Sessions in a statement: from the rows of a table to intervals of known viewers.

use super::columns::SessionTable;
use super::question::{Carried, Question};
use super::text::{Sql, Steps, select, sql};

impl Question {
    /// The steps from the table of sessions to `session`, one half-open interval for each.
    pub(super) fn session_steps(&self, sessions: &SessionTable, steps: &mut Steps) {
        steps.add(
            "session_text",
            "Sessions as they are: trimmed texts, blanks as nulls.",
            self.session_text(sessions),
        );
        steps.add("session_cell", "Ids without guards, local times.", self.session_cell());
        steps.add(
            "session_time",
            "When a session was entered and left, in seconds.",
            self.session_time(sessions),
        );
        steps.add(
            "session_row",
            "Typed sessions; rejected says which column does not read.",
            self.session_row(sessions),
        );
        if self.viewing().is_none() {
            return;
        }
        steps.add(
            "session",
            "When it was entered and left. watch_seconds wins over left_at, and neither is a session of 0 seconds; long ones are capped.",
            self.session(),
        );
    }

    /// When a session ends, after what caps it.
    pub(super) fn end_of_session(&self) -> Sql {
        sql!("a + least(coalesce(watched, left_after, 0), {longest})", longest = self.max_session.0)
    }

    fn session(&self) -> Sql {
        let longest = self.max_session.0;
        let (more, kept) = match self.carried() {
            Carried::Counting => (Sql::default(), "\nWHERE rejected IS NULL AND person IS NOT NULL"),
            Carried::Standing => (Sql::default(), "\nWHERE rejected IS NULL"),
            Carried::Everything => (
                sql!(
                    ", coalesce(watched, left_after) > {longest} AS too_long, rejected, unknown_source",
                    longest = longest
                ),
                "",
            ),
        };
        sql!(
            "SELECT person, streamer_id, live_id, a AS entered, {end} AS left_at, traffic{more}\nFROM session_row{kept}",
            end = self.end_of_session(),
            more = more,
            kept = kept
        )
    }

    fn session_text(&self, sessions: &SessionTable) -> Sql {
        let cells = sessions.cells(self.dialect);
        let names =
            ["viewer_id", "streamer_id", "live_id", "entered_at", "left_at", "watch_seconds", "source"];
        let mut items: Vec<(Sql, Sql)> = names
            .iter()
            .map(|name| (cells.text(sessions.origin(name)), sql!("{name}", name = *name)))
            .collect();
        items.push((cells.instant(sessions.origin("entered_at")), sql!("entered_instant")));
        items.push((cells.instant(sessions.origin("left_at")), sql!("left_instant")));
        select(items, &sessions.table)
    }

    fn session_cell(&self) -> Sql {
        let dialect = self.dialect;
        let mut items = Vec::new();
        for name in ["viewer_id", "streamer_id", "live_id"] {
            items.push((dialect.unguarded(&sql!("{name}", name = name)), sql!("{name}", name = name)));
        }
        for name in ["entered_at", "left_at", "watch_seconds", "source", "entered_instant", "left_instant"] {
            items.push((sql!("{name}", name = name), sql!("{name}", name = name)));
        }
        for (text, local, offset) in
            [("entered_at", "entered_local", "entered_offset"), ("left_at", "left_local", "left_offset")]
        {
            let text = sql!("{text}", text = text);
            items.push((dialect.local_of_text(&text), sql!("{local}", local = local)));
            items.push((dialect.offset_of_text(&text), sql!("{offset}", offset = offset)));
        }
        select(items, &sql!("session_text"))
    }

    fn session_time(&self, sessions: &SessionTable) -> Sql {
        let dialect = self.dialect;
        let somebody = dialect.is_somebody(&sql!("viewer_id"), &sessions.anonymous);
        let entered = dialect.instant_of(
            (&sql!("entered_instant"), &sql!("entered_at")),
            (&sql!("entered_local"), &sql!("entered_offset")),
            &self.zone,
        );
        let left = dialect.instant_of(
            (&sql!("left_instant"), &sql!("left_at")),
            (&sql!("left_local"), &sql!("left_offset")),
            &self.zone,
        );
        let nothing = dialect.nothing();
        let items = vec![
            (sql!("viewer_id"), sql!("viewer_id")),
            (sql!("CASE WHEN {somebody} THEN viewer_id END", somebody = somebody), sql!("person")),
            (sql!("streamer_id"), sql!("streamer_id")),
            (sql!("live_id"), sql!("live_text")),
            (
                sql!("CASE WHEN live_id NOT IN ({nothing}) THEN live_id END", nothing = nothing),
                sql!("live_id"),
            ),
            (sql!("entered_at"), sql!("entered_at")),
            (entered, sql!("a")),
            (left, sql!("left_time")),
            (sql!("left_at"), sql!("left_at")),
            (dialect.seconds_of_text(&sql!("watch_seconds")), sql!("watched")),
            (sql!("watch_seconds"), sql!("watch_seconds")),
            (sessions.traffic(dialect), sql!("traffic")),
            (sessions.unknown_source(dialect), sql!("unknown_source")),
        ];
        select(items, &sql!("session_cell"))
    }

    fn session_row(&self, sessions: &SessionTable) -> Sql {
        sql!(
            "SELECT person, streamer_id, live_id, a, left_time - a AS left_after, watched, traffic, unknown_source,\n  {rejected} AS rejected\nFROM session_time",
            rejected = self.rejected_session(sessions)
        )
    }
}
