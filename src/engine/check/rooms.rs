//! Broadcasts as aggregates whose figures cannot be, or hardly: each counted with its money, none removed.

use crate::engine::rooms::{RoomSettings, end};
use crate::input::read::Place;
use crate::input::rooms::RoomRow;
use crate::units::{Portion, Seconds};

/// What a check of broadcasts needs, resolved.
#[derive(Debug, Clone)]
pub struct RoomCheckSettings {
    /// The exports, by days and as paid.
    pub rooms: RoomSettings,
    /// Longer broadcasts are flagged.
    pub longest: Seconds,
}

/// Broadcasts that a flag names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoomFlag {
    /// How many, and their money as far as it is known.
    pub rooms: Portion,
    /// The places of the first few.
    pub examples: Vec<Place>,
}

/// The broadcasts of which something is true; they stand in the order of the exports.
pub fn those<'r>(rows: &[&'r RoomRow], is: impl Fn(&RoomRow) -> bool) -> RoomFlag {
    const EXAMPLES: usize = 3;
    let found: Vec<&'r RoomRow> = rows.iter().copied().filter(|row| is(row)).collect();
    let money = found.iter().filter_map(|row| row.figures.gmv).map(|gmv| i128::from(gmv.0)).sum();
    RoomFlag {
        rooms: Portion { rows: found.len() as u64, money },
        examples: found.iter().take(EXAMPLES).map(|row| row.place).collect(),
    }
}

/// More buyers than viewers.
#[must_use]
pub fn more_buyers_than_viewers(row: &RoomRow) -> bool {
    row.figures.buyers.zip(row.figures.viewers).is_some_and(|(buyers, viewers)| buyers > viewers)
}

/// More buyers than orders.
#[must_use]
pub fn more_buyers_than_orders(row: &RoomRow) -> bool {
    row.figures.buyers.zip(row.figures.orders).is_some_and(|(buyers, orders)| buyers > orders)
}

/// More watch time than all viewers could have while it was live. Consoles round minutes, so one is allowed to each.
#[must_use]
pub fn more_watch_than_live(row: &RoomRow) -> bool {
    const ROUNDED: i128 = 60;
    let Some(((watch, viewers), live)) = row.figures.watch.zip(row.figures.viewers).zip(length(row)) else {
        return false;
    };
    i128::from(watch.0) > i128::from(viewers) * (i128::from(live) + ROUNDED)
}

/// How long a broadcast was live, in seconds.
#[must_use]
pub fn length(row: &RoomRow) -> Option<i64> {
    row.figures.live.map(|live| live.0).or_else(|| end(row).map(|end| end - row.started.0))
}

/// The broadcasts of one streamer that were live at the same time as another of theirs.
#[must_use]
pub fn overlapping(rows: &[&RoomRow]) -> RoomFlag {
    let mut timed: Vec<(&RoomRow, i64)> = rows.iter().filter_map(|row| Some((*row, end(row)?))).collect();
    timed.sort_by_key(|(row, _)| (row.streamer, row.started, row.place));
    let mut found: Vec<Place> = Vec::new();
    for of_streamer in timed.chunk_by(|(a, _), (b, _)| a.streamer == b.streamer) {
        // The one that ends last of those before.
        let mut last: Option<(&RoomRow, i64)> = None;
        for &(row, end) in of_streamer {
            if let Some((before, _)) = last.filter(|(_, until)| row.started.0 < *until) {
                found.extend([before.place, row.place]);
            }
            last = last.filter(|(_, until)| *until >= end).or(Some((row, end)));
        }
    }
    found.sort_unstable();
    those(rows, |row| found.binary_search(&row.place).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::rooms::Figures;
    use crate::units::{Instant, MinorUnits};

    fn row(line: u32, streamer: u32, hours: (i64, i64)) -> RoomRow {
        RoomRow {
            place: Place { file: 0, block: 0, line },
            streamer,
            live_id: None,
            started: Instant(hours.0 * 3_600),
            by_date: false,
            ended: Some(Instant(hours.1 * 3_600)),
            figures: Figures { gmv: Some(MinorUnits(100)), ..Figures::default() },
        }
    }

    #[test]
    fn broadcasts_of_one_streamer_at_the_same_time() {
        let lines = |rows: &[RoomRow]| {
            let rows: Vec<&RoomRow> = rows.iter().collect();
            let flag = overlapping(&rows);
            (flag.rooms.rows, flag.examples.iter().map(|place| place.line).collect::<Vec<_>>())
        };
        assert_eq!(lines(&[row(1, 0, (1, 2)), row(2, 0, (2, 3)), row(3, 1, (1, 3))]), (0, vec![]));
        let within = [row(1, 0, (1, 9)), row(2, 0, (2, 3)), row(3, 0, (4, 5)), row(4, 0, (9, 10))];
        assert_eq!(lines(&within), (3, vec![1, 2, 3]));
        let by_date = RoomRow { by_date: true, ..row(2, 0, (1, 2)) };
        assert_eq!(lines(&[row(1, 0, (1, 2)), by_date]), (0, vec![]));
    }

    #[test]
    fn figures_that_cannot_be() {
        let with = |figures: Figures| RoomRow { figures, ..row(1, 0, (1, 2)) };
        let persons = |viewers, buyers, orders| Figures {
            viewers: Some(viewers),
            buyers: Some(buyers),
            orders: Some(orders),
            ..Figures::default()
        };
        assert!(more_buyers_than_viewers(&with(persons(1, 2, 2))));
        assert!(
            !more_buyers_than_viewers(&with(persons(2, 2, 1)))
                && !more_buyers_than_viewers(&row(1, 0, (1, 2)))
        );
        assert!(
            more_buyers_than_orders(&with(persons(2, 2, 1)))
                && !more_buyers_than_orders(&with(persons(2, 2, 2)))
        );
        let watched = |seconds| with(Figures { watch: Some(Seconds(seconds)), ..persons(2, 0, 0) });
        assert!(more_watch_than_live(&watched(2 * 3_660 + 1)) && !more_watch_than_live(&watched(2 * 3_660)));
    }
}
