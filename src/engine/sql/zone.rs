//! The shop's zone in a statement: plain arithmetic where its clock has been still for long, else what the engine knows of zones.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::dialect::Dialect;
use super::text::{Sql, sql};

/// The shop's zone.
#[derive(Debug, Clone)]
pub struct Zone {
    name: Sql,
    rules: TimeZone,
    /// Since which instant the clock has not been changed any more, and its offset since then.
    still: Option<(i64, i64)>,
}

impl Zone {
    /// A zone by its rules.
    #[must_use]
    pub fn new(zone: &TimeZone, dialect: Dialect) -> Self {
        let name = dialect.text(zone.iana_name().unwrap_or("UTC"));
        let last = zone.preceding(Timestamp::MAX).next().map(|change| change.timestamp());
        let offset = |at: Timestamp| i64::from(zone.to_offset(at).seconds());
        let still = match last {
            None => Some((i64::MIN, offset(Timestamp::UNIX_EPOCH))),
            // A zone whose clock is changed every year has its last change at the end of time.
            Some(last) if last.as_second() < 4_000_000_000 => Some((last.as_second(), offset(last))),
            Some(_) => None,
        };
        Self { name, rules: zone.clone(), still }
    }

    /// Whether no change of clocks, from 1970 to 2100, skips or repeats a time of day, so that days can be told by local times.
    #[must_use]
    pub fn is_smooth(&self, time: Time) -> bool {
        let of_day = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
        let until = Timestamp::from_second(4_102_444_800).unwrap_or(Timestamp::MAX);
        let mut before = i64::from(self.rules.to_offset(Timestamp::UNIX_EPOCH).seconds());
        let changes =
            self.rules.following(Timestamp::UNIX_EPOCH).take_while(|change| change.timestamp() < until);
        for change in changes {
            let (at, after) = (change.timestamp().as_second(), i64::from(change.offset().seconds()));
            let (first, last) = (at + before.min(after), at + before.max(after));
            let behind = (of_day - first).rem_euclid(86_400);
            if behind <= last - first {
                return false;
            }
            before = after;
        }
        true
    }

    /// Local seconds since 1970 of an instant.
    #[must_use]
    pub fn local(&self, dialect: Dialect, instant: &Sql) -> Sql {
        match self.still {
            Some((i64::MIN, offset)) => sql!("({instant} + {offset})", instant = instant, offset = offset),
            Some((since, offset)) => sql!(
                "CASE WHEN {instant} >= {since} THEN {instant} + {offset} ELSE {by_zone} END",
                instant = instant,
                since = since,
                offset = offset,
                by_zone = dialect.local(instant, &self.name)
            ),
            None => dialect.local(instant, &self.name),
        }
    }

    /// The instant of local seconds since 1970.
    #[must_use]
    pub fn instant(&self, dialect: Dialect, local: &Sql) -> Sql {
        match self.still {
            Some((i64::MIN, offset)) => sql!("({local} - {offset})", local = local, offset = offset),
            Some((since, offset)) => sql!(
                "CASE WHEN {local} >= {since} THEN {local} - {offset} ELSE {by_zone} END",
                local = local,
                // A day later, no change is near any more.
                since = since + offset + 86_400,
                offset = offset,
                by_zone = dialect.instant(local, &self.name)
            ),
            None => dialect.instant(local, &self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::zone;

    fn of(name: &str) -> Zone {
        Zone::new(&zone(name).unwrap(), Dialect::DuckDb)
    }

    #[test]
    fn clocks_that_stand_still_are_arithmetic() {
        let local = |name: &str| of(name).local(Dialect::DuckDb, &sql!("t")).to_string();
        assert_eq!(local("UTC"), "(t + 0)");
        // The last summer time of Shanghai ended on 15 September 1991.
        assert!(
            local("Asia/Shanghai").starts_with("CASE WHEN t >= 684867600 THEN t + 28800 ELSE "),
            "{}",
            local("Asia/Shanghai")
        );
        assert!(local("America/New_York").starts_with("epoch_us(timezone('America/New_York'"));
    }

    #[test]
    fn days_that_begin_in_a_change_of_clocks_are_known() {
        let at = |hour| Time::constant(hour, 0, 0, 0);
        assert!(of("America/New_York").is_smooth(at(0)) && !of("America/New_York").is_smooth(at(2)));
        // Clocks went forward at midnight in Santiago.
        assert!(!of("America/Santiago").is_smooth(at(0)) && of("America/Santiago").is_smooth(at(5)));
        assert!(of("UTC").is_smooth(at(0)) && of("Asia/Shanghai").is_smooth(at(5)));
    }
}
