//! Reproducible bytes, sizes, errors, and the table of streamers.

use std::collections::HashSet;
use std::io::{self, Write};

use super::*;

#[test]
fn the_same_settings_give_the_same_bytes_and_another_seed_others() {
    let asked = settings(3_000, 8, 3, 7, Story::LastWeek);
    let (first, second) = (write(&asked), write(&asked));
    assert_eq!(first.sessions, second.sessions);
    assert_eq!(first.orders, second.orders);
    assert_eq!(first.summary, second.summary);
    let other = write(&SampleSettings { seed: 8, ..asked });
    assert_ne!(first.sessions, other.sessions);
    assert_ne!(first.orders, other.orders);
    let none = write(&SampleSettings { story: Story::None, ..asked });
    assert_ne!(first.sessions, none.sessions);
}

/// These numbers change when the model does, and then on purpose; they must not differ between machines.
#[test]
fn the_bytes_are_those_of_every_machine() {
    let written = write(&settings(3_000, 8, 3, 7, Story::LastWeek));
    assert_eq!(fingerprint(&written.sessions), 18_224_153_793_799_333_335);
    assert_eq!(fingerprint(&written.orders), 10_507_619_396_269_455_576);
}

#[test]
fn a_plan_of_the_same_seed_and_shocks_on_are_the_default() {
    let asked = settings(3_000, 8, 3, 7, Story::LastWeek);
    let named = SampleSettings { plan_seed: Some(7), shocks: Shocks::On, ..asked };
    let (first, second) = (write(&asked), write(&named));
    assert_eq!((first.sessions, first.orders), (second.sessions, second.orders));
}

#[test]
fn as_many_rows_are_written_as_asked() {
    for (sessions, streamers, weeks) in [(20_000, 1, 4), (60_000, 30, 16), (60_000, 500, 2)] {
        for story in [Story::None, Story::LastWeek] {
            if story == Story::LastWeek && streamers < FEWEST_STREAMERS_OF_A_STORY {
                continue;
            }
            let written = write(&settings(sessions, streamers, weeks, 3, story));
            let found = rows(&written.sessions).len();
            assert_eq!(found as u64, written.summary.sessions);
            let ratio = found as f64 / sessions as f64;
            assert!((0.88..1.12).contains(&ratio), "{streamers}: {ratio}");
            let orders = rows(&written.orders).len();
            assert_eq!(orders as u64, written.summary.orders);
            let tenth = orders as f64 / found as f64;
            assert!((0.085..0.115).contains(&tenth), "{streamers}: {tenth}");
        }
    }
}

#[test]
fn settings_that_cannot_be_are_refused_before_anything_is_written() {
    let refused = |change: &dyn Fn(&mut SampleSettings)| {
        let mut asked = SampleSettings::default();
        change(&mut asked);
        let (mut sessions, mut orders) = (Vec::new(), Vec::new());
        let error = write_sample(&asked, &mut sessions, &mut orders, &mut |_| {}).unwrap_err();
        assert!(sessions.is_empty() && orders.is_empty());
        error.to_string()
    };
    assert!(refused(&|asked| asked.streamers = 5).contains("at least 6 streamers"));
    assert!(refused(&|asked| asked.weeks = 1).contains("ask for more, or for no story"));
    assert!(refused(&|asked| asked.sessions = 0).contains("sessions is 0"));
    assert!(refused(&|asked| asked.sessions = u64::MAX).contains("1000000000000"));
    assert!(refused(&|asked| asked.streamers = 0).contains("streamers is 0"));
    assert!(refused(&|asked| asked.streamers = 1_000_001).contains("between 1 and 1000000"));
    assert!(refused(&|asked| asked.weeks = 521).contains("weeks is 521"));
    assert!(refused(&|asked| asked.end = jiff::civil::date(1, 1, 3)).contains("calendar"));
}

/// Takes pieces up to a number of bytes, and then has no room.
struct Disk {
    room: usize,
    largest: usize,
}

impl Write for Disk {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.largest = self.largest.max(piece.len());
        self.room = (self.room.checked_sub(piece.len())).ok_or(io::ErrorKind::StorageFull)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn pieces_are_bounded_progress_is_told_and_a_full_disk_is_an_error() {
    let asked = settings(150_000, 10, 4, 1, Story::LastWeek);
    let mut reports = Vec::new();
    let disk = |room| Disk { room, largest: 0 };
    let (mut sessions, mut orders) = (disk(usize::MAX), disk(usize::MAX));
    let written = write_sample(&asked, &mut sessions, &mut orders, &mut |rows| {
        reports.push(rows);
    });
    assert!(sessions.largest < 300_000 && orders.largest < 300_000);
    assert!(reports.len() >= 3 && reports.is_sorted());
    assert_eq!(reports.last(), Some(&written.unwrap().sessions));
    let full = write_sample(&asked, &mut disk(1_000_000), &mut disk(usize::MAX), &mut |_| {});
    assert!(matches!(full, Err(SampleError::Write(error)) if error.kind() == io::ErrorKind::StorageFull));
}

#[test]
fn the_table_of_streamers_names_each_once() {
    let asked = settings(10_000, 400, 4, 7, Story::LastWeek);
    let mut table = Vec::new();
    streamers_csv(&asked, &mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    let rows = rows(&table);
    assert_eq!(rows.len(), 400);
    let distinct = |column: &str| rows.iter().map(|row| row[column]).collect::<HashSet<_>>().len();
    assert_eq!((distinct("streamer_id"), distinct("streamer_name")), (400, 400));
    assert_eq!((distinct("tier"), distinct("goods"), distinct("cast")), (3, 7, 2));
    assert!(!table.contains(['<', '&', '"', '=']));
    assert_eq!((rows[0]["streamer_id"], rows[0]["tier"]), ("s0001", "head"));
}
