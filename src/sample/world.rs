//! The streamers of a sample, when they are live, and how many visits a broadcast has.

use super::calendar::{Calendar, Moment, WEEK};
use super::chance::{Chance, Purpose};
use super::plot::Plot;
use super::settings::{SampleError, SampleSettings, Shocks};
use super::streamer::Streamer;
use super::viewers::{ROWS_PER_VISIT, private_share};
use crate::units::Seconds;

/// Sigma of the log-normal shock (mean 1) on the audience that all visits of one broadcast share. Assumed: it makes
/// weeks vary by more than chance between persons, which is what `unusual` is there for.
pub(super) const AUDIENCE_SIGMA: f64 = 0.20;
/// Sigma of the log-normal shock (mean 1) on conversion that all visits of one broadcast share. Assumed likewise.
pub(super) const CONVERSION_SIGMA: f64 = 0.12;
/// The audience by day of the week, Monday first (mean 1). Assumed: more on the nights before and at the weekend.
const DAY_FACTORS: [f64; WEEK as usize] = [0.94, 0.94, 0.94, 0.96, 1.04, 1.10, 1.08];
/// How often a streamer has a show more than usual in a week, and how often one less.
const EXTRA_SHOW: f64 = 0.15;
/// Persons per weekly visit: each holds about one seat of an audience at a time, so that some watch several streamers.
const PERSONS_PER_WEEKLY_VISIT: f64 = 4.0;

/// Everything that stays: streamers, calendar, plot. Its size grows with the number of streamers and weeks alone.
pub(super) struct World {
    pub(super) seed: u64,
    plan_seed: u64,
    /// Sigma of the shocks on audiences.
    pub(super) audience_sigma: f64,
    /// Sigma of the shocks on conversion.
    pub(super) conversion_sigma: f64,
    pub(super) calendar: Calendar,
    pub(super) streamers: Vec<Streamer>,
    pub(super) plot: Option<Plot>,
    /// Size of the space of persons.
    pub(super) persons: u64,
}

/// One show of one streamer.
pub(super) struct Broadcast {
    /// Place of the streamer, from 0.
    pub(super) streamer: u32,
    /// The day on which it starts; with the streamer it is the identity of the broadcast.
    pub(super) day: u32,
    pub(super) started: Moment,
    pub(super) ended: Moment,
    /// Visits expected without shock and story.
    pub(super) usual_visits: f64,
    /// Visits expected in fact, of which private ones are thinned by `public_lift` again.
    pub(super) visits: f64,
    /// How many times the usual number of public visits come.
    pub(super) public_lift: f64,
    /// Streamer, shock and story together: what the probability of buying is multiplied with.
    pub(super) conversion: f64,
}

impl World {
    /// Draws the streamers and sets the scale so that the rows of sessions expected are those asked.
    pub(super) fn new(settings: &SampleSettings) -> Result<Self, SampleError> {
        settings.check()?;
        let [audience_sigma, conversion_sigma] = match settings.shocks {
            Shocks::On => [AUDIENCE_SIGMA, CONVERSION_SIGMA],
            Shocks::Off => [0.0; 2],
        };
        let mut world = Self {
            seed: settings.seed,
            plan_seed: settings.seed_of_plan(),
            audience_sigma,
            conversion_sigma,
            calendar: Calendar::new(settings)?,
            streamers: Streamer::draw_all(settings),
            plot: Plot::of(settings),
            persons: 0,
        };
        let planned: f64 = (0..settings.weeks).flat_map(|week| world.expected_visits(week)).sum();
        // Nobody on air is possible only if the plan is empty, which the least number of streamers and weeks rules out.
        let scale = settings.sessions as f64 / ROWS_PER_VISIT / planned.max(f64::MIN_POSITIVE);
        for streamer in &mut world.streamers {
            streamer.visits_per_show *= scale;
        }
        let weekly: f64 = world.streamers.iter().map(Streamer::weekly_visits).sum();
        world.persons = 50 + (weekly * PERSONS_PER_WEEKLY_VISIT) as u64;
        Ok(world)
    }

    /// Private and public visits expected in a week, from the schedule and the story; shocks have mean 1.
    pub(super) fn expected_visits(&self, week: u32) -> [f64; 2] {
        let of_streamer = |(streamer, days): (&Streamer, u8)| {
            let shows = (0_u32..WEEK).filter(|day| days & (1 << day) != 0);
            let factors: f64 = shows.map(|day| DAY_FACTORS[day as usize]).sum();
            streamer.visits_per_show * factors
        };
        let usual: f64 = (self.streamers.iter()).zip(self.schedule(week)).map(of_streamer).sum();
        let public = usual * (1.0 - private_share());
        [usual - public, public * self.public_lift(week * WEEK)]
    }

    /// For every streamer the days of a week on which it is live, a bit for each.
    pub(super) fn schedule(&self, week: u32) -> Vec<u8> {
        (0_u32..)
            .zip(&self.streamers)
            .map(|(index, streamer)| match self.plot {
                Some(plot) if !plot.is_on_air(index, week) => 0,
                _ => self.days_on_air(index, streamer.shows, week),
            })
            .collect()
    }

    /// Chooses the days of one streamer and week: each subset of the right size is as likely (Knuth, TAOCP 3.4.2 S).
    fn days_on_air(&self, streamer: u32, usual: u32, week: u32) -> u8 {
        let mut chance = Chance::new(self.plan_seed, Purpose::Schedule, streamer.into(), week.into());
        let draw = chance.uniform();
        let shows = if draw < EXTRA_SHOW {
            usual + 1
        } else if draw > 1.0 - EXTRA_SHOW {
            usual - 1
        } else {
            usual
        };
        let mut wanted = u64::from(shows.clamp(2, 6));
        let mut days = 0;
        for day in 0..WEEK {
            if chance.below(u64::from(WEEK - day)) < wanted {
                wanted -= 1;
                days |= 1 << day;
            }
        }
        days
    }

    fn public_lift(&self, day: u32) -> f64 {
        self.plot.map_or(1.0, |plot| plot.public_lift(day))
    }

    /// The broadcast of a streamer on a day, and the chance that all of it is drawn from.
    pub(super) fn broadcast(&self, index: u32, streamer: &Streamer, day: u32) -> (Broadcast, Chance) {
        let stream = |seed| Chance::new(seed, Purpose::Broadcast, index.into(), day.into());
        let mut chance = stream(self.seed);
        // Drawn from the stream of the visits too, so that it is the same one whether the plan has a seed of its own or not.
        deviations(&mut chance);
        let [late, longer] = deviations(&mut stream(self.plan_seed));
        let started = Moment::of_day(day, streamer.start_second + late);
        let usual_visits = streamer.visits_per_show * DAY_FACTORS[(day % WEEK) as usize];
        let public_lift = self.public_lift(day);
        let told = self.plot.map_or(1.0, |plot| plot.conversion(index, day));
        let broadcast = Broadcast {
            streamer: index,
            day,
            started,
            ended: started.after(Seconds(streamer.length.0 + longer)),
            usual_visits,
            visits: usual_visits * chance.shock(self.audience_sigma) * public_lift,
            public_lift,
            conversion: streamer.conversion * chance.shock(self.conversion_sigma) * told,
        };
        (broadcast, chance)
    }
}

/// By how many seconds a show starts late and lasts longer than usual: up to a quarter of an hour, and half an hour more or less.
fn deviations(chance: &mut Chance) -> [i64; 2] {
    let late = 60 * chance.below(16) as i64;
    [late, 60 * (chance.below(61) as i64 - 30)]
}
