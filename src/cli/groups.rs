//! Groups and periods: what was typed, and what it means.

use clap::Args;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::words::{PeriodWord, WeekStart, name};
use super::{UsageError, values};
use crate::calendar::{Calendar, DateRange};
use crate::units::MinorUnits;

/// Groups and periods.
#[derive(Debug, Args)]
#[command(next_help_heading = "Groups and periods")]
pub struct GroupArguments {
    /// The groups: total, streamer, live (one broadcast), domain, traffic, buyer-type, category, price-band, carrier, tier, a column of
    /// --streamers or of the orders, or several; of --rooms: total, streamer, live, a column of --streamers [default: streamer]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(super) by: Vec<String>,
    /// The periods [default: week]
    #[arg(long, value_enum)]
    pub(super) period: Option<PeriodWord>,
    /// The first date to report
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    pub(super) from: Option<Date>,
    /// The last date to report, inclusive
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    pub(super) to: Option<Date>,
    /// The first day of the week
    #[arg(long, value_enum, default_value_t = WeekStart::Mon)]
    pub(super) week_start: WeekStart,
    /// When a business day begins
    #[arg(long, value_name = "HH:MM", default_value = "00:00", value_parser = values::time_of_day)]
    pub(super) day_start: Time,
    /// The dates that the exports cover, where their first and last rows do not tell (a shop that rests on Sundays)
    #[arg(long, value_name = "A..B", value_parser = values::date_range)]
    pub(super) covers: Option<DateRange>,
    /// The lower edges of price bands
    #[arg(long, value_name = "LIST", default_value = "0,50,100,200,500")]
    pub(super) price_bands: String,
}

impl GroupArguments {
    /// The words of `--by`.
    pub(super) fn words(&self) -> Vec<String> {
        if self.by.is_empty() { vec!["streamer".to_owned()] } else { self.by.clone() }
    }

    /// `--from` and `--to`.
    pub(super) fn range(&self) -> Result<(Option<Date>, Option<Date>), UsageError> {
        if self.from.zip(self.to).is_some_and(|(from, to)| from > to) {
            return Err(UsageError("--from is after --to".to_owned()));
        }
        Ok((self.from, self.to))
    }

    /// The dates that are asked for: those of two ranges, or `--from` and `--to`.
    pub(super) fn range_of(
        &self,
        ranges: Option<(DateRange, DateRange)>,
    ) -> Result<(Option<Date>, Option<Date>), UsageError> {
        let range = self.range()?;
        match ranges {
            Some(_) if range != (None, None) => {
                let text = "--from and --to say which periods are read: with ranges A..B these are known, leave them out";
                Err(UsageError(text.to_owned()))
            }
            Some((earlier, later)) => Ok((Some(earlier.first), Some(later.last))),
            None => Ok(range),
        }
    }

    /// The lower edges of price bands.
    pub(super) fn price_bands(&self) -> Result<Vec<MinorUnits>, UsageError> {
        values::price_bands(&self.price_bands)
            .map_err(|error| UsageError(format!("--price-bands {}: {error}", self.price_bands)))
    }

    /// The shop's clock.
    pub(super) fn calendar(&self, zone: TimeZone) -> Calendar {
        Calendar { zone, day_start: self.day_start, week_start: self.week_start.into() }
    }

    /// The options about time, for metadata.
    pub(super) fn describe(&self, calendar: &Calendar, add: &mut dyn FnMut(&str, String)) {
        let date = |date: Option<Date>| date.map_or(String::new(), |date| date.to_string());
        let covers = self.covers.map(|range| format!("{}..{}", range.first, range.last));
        add("week_start", name(&self.week_start));
        add("day_start", calendar.day_start.strftime("%H:%M").to_string());
        add("timezone", calendar.zone.iana_name().unwrap_or("UTC").to_owned());
        add("from", date(self.from));
        add("to", date(self.to));
        add("covers", covers.unwrap_or_default());
    }
}
