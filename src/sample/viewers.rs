//! Who visits a broadcast, how it got there, and how long it stays.
//!
//! An audience is a hall of seats. A seat is held by one person for some weeks and then by another, and who holds it is a
//! digest of (seed, streamer, seat, turn): so persons return, come and go, and sit with several streamers, and nothing
//! about them is stored. Visits are Poisson, hence so are those of each person, given the shocks of the broadcasts.

use super::calendar::{Moment, WEEK};
use super::chance::{Chance, Purpose, digest, scale};
use super::world::{Broadcast, World};
use crate::units::Seconds;

/// Shares of visits by fans of the streamer, and by fans of a streamer next to it in size; the rest is casual.
/// Assumed: recurring viewers are a large part of a live audience (Sripanidkulchai, Maggs and Zhang, IMC 2004).
pub(super) const FAN_VISITS: f64 = 0.35;
pub(super) const NEIGHBOUR_VISITS: f64 = 0.10;
/// Seats per weekly visit: fans make about two visits a week, casual viewers one in seven weeks.
const FAN_SEATS: f64 = 0.20;
const CASUAL_SEATS: f64 = 4.0;
/// Weeks for which one person holds a seat.
const FAN_TURN: u64 = 20;
const CASUAL_TURN: u64 = 4;
/// The most faithful fan comes this many times as often as a fan on average does.
const MOST_FAITHFUL: f64 = 4.0;

/// Part of the visits that come from the private domain: of fans and of others. Assumed.
pub(super) const PRIVATE: [f64; 2] = [0.12, 0.75];
/// Part of the public visits that are paid for. Assumed.
pub(super) const PAID: f64 = 0.30;

/// Median watch time in seconds, of fans and of others, and its sigma. Times in a live stream are log-normal (Veloso et
/// al., IMW 2002); the medians are assumed.
pub(super) const MEDIAN_WATCH: [f64; 2] = [100.0, 540.0];
pub(super) const WATCH_SIGMA: f64 = 1.1;
/// Part of the visits that leave at once, and of these the part whose leaving the platform did not record.
pub(super) const BOUNCES: f64 = 0.06;
const BOUNCES_WITHOUT_END: f64 = 0.5;
/// Part of the visits without a login, among those that are no fans' visits.
pub(super) const GUESTS: f64 = 0.05;
/// Part of the persons that have a second device, and how often they use it in a visit of a minute or more.
pub(super) const TWO_DEVICES: f64 = 0.05;
const SECOND_DEVICE_USED: f64 = 0.4;
/// Rows of sessions per visit, with those of second devices: 1 + (1 − guests) · two devices · used · (a minute or more).
pub(super) const ROWS_PER_VISIT: f64 = 1.0 + 0.97 * TWO_DEVICES * SECOND_DEVICE_USED * 0.70;

/// Part of the usual visits that are private.
pub(super) fn private_share() -> f64 {
    FAN_VISITS * PRIVATE[1] + (1.0 - FAN_VISITS) * PRIVATE[0]
}

/// A traffic source, in canonical words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) word: &'static str,
    pub(super) is_private: bool,
}

const fn private(word: &'static str) -> Source {
    Source { word, is_private: true }
}

const fn public(word: &'static str) -> Source {
    Source { word, is_private: false }
}

/// The private sources and their shares. Assumed: most come by following.
const PRIVATE_SOURCES: [(Source, f64); 5] = [
    (private("follow"), 0.60),
    (private("fans_group"), 0.15),
    (private("profile"), 0.10),
    (private("message"), 0.08),
    (private("shop"), 0.07),
];
/// The organic sources and their shares. Assumed: most come by recommendation.
const ORGANIC_SOURCES: [(Source, f64); 3] =
    [(public("recommend"), 0.75), (public("search"), 0.15), (public("other"), 0.10)];

/// The source that is paid for.
pub(super) const PAID_SOURCE: Source = public("paid");

/// The traits of a person that hold everywhere: derived, never stored.
pub(super) struct Person {
    /// How readily it buys; the mean over persons is 1.
    pub(super) readiness: f64,
    pub(super) has_two_devices: bool,
    /// The order export masks it (it asked the platform to); which mask.
    pub(super) mask: Option<&'static str>,
}

/// Part of the persons that the order export masks.
pub(super) const MASKED: f64 = 0.02;
const MASKS: [&str; 4] = ["匿名", "张**", "李**", "王**"];

impl Person {
    /// The traits of a person.
    pub(super) fn of(seed: u64, id: u64) -> Self {
        let bits = digest([seed, Purpose::Person as u64, id, 0]);
        // Three numbers of 21 bits: more than enough for the few values that they decide.
        let number = |shift: u32| ((bits >> shift) & 0x1f_ffff) as f64 / f64::from(0x20_0000);
        Self {
            // A third never buys, most of the others now and then, one in five often. Assumed.
            readiness: match number(0) {
                draw if draw < 0.35 => 0.0,
                draw if draw < 0.80 => 1.0,
                _ => 2.75,
            },
            has_two_devices: number(21) < TWO_DEVICES,
            mask: (number(42) < MASKED).then(|| MASKS[(bits & 3) as usize]),
        }
    }
}

/// One visit to a broadcast.
pub(super) struct Visit {
    /// `None` for a guest.
    pub(super) viewer: Option<u64>,
    pub(super) source: Source,
    pub(super) entered: Moment,
    pub(super) watched: Seconds,
    /// The export has no time of leaving (a bounce).
    pub(super) has_no_end: bool,
    /// A second session of the same viewer, on another device, that overlaps: when it began and how long it lasted.
    pub(super) second_device: Option<(Moment, Seconds)>,
}

/// One of the visits that a broadcast expects; `None` if it is one of the private ones that the public lift would have
/// brought too many of (thinning a Poisson number leaves a Poisson number).
pub(super) fn visit(world: &World, broadcast: &Broadcast, chance: &mut Chance) -> Option<Visit> {
    let (person, is_fan) = visitor(world, broadcast, chance);
    let source = source(is_fan, chance);
    if source.is_private && broadcast.public_lift > 1.0 && !chance.happens(1.0 / broadcast.public_lift) {
        return None;
    }
    let is_guest = !is_fan && chance.happens(GUESTS);
    // More come early than late: viewers gather while a show is new.
    let early = chance.uniform();
    let length = (broadcast.ended.0 - broadcast.started.0) as f64;
    let entered = broadcast.started.after(Seconds((length * early * (0.6 + 0.4 * early)) as i64));
    let bounced = chance.happens(BOUNCES);
    let watched = if bounced {
        Seconds(0)
    } else {
        let wanted = chance.around(MEDIAN_WATCH[usize::from(is_fan)], WATCH_SIGMA) as i64;
        Seconds(wanted.min(broadcast.ended.0 - entered.0))
    };
    let viewer = (!is_guest).then_some(person);
    Some(Visit {
        viewer,
        source,
        entered,
        watched,
        has_no_end: bounced && chance.happens(BOUNCES_WITHOUT_END),
        second_device: viewer.and_then(|id| second_device(world, id, entered, watched, chance)),
    })
}

/// A second device that joins within a fifth of the visit, and stays for half of it to as long again.
fn second_device(
    world: &World,
    id: u64,
    entered: Moment,
    watched: Seconds,
    chance: &mut Chance,
) -> Option<(Moment, Seconds)> {
    if watched.0 < 60 || !Person::of(world.seed, id).has_two_devices || !chance.happens(SECOND_DEVICE_USED) {
        return None;
    }
    let joined = entered.after(Seconds(chance.below(1 + watched.0 as u64 / 5) as i64));
    let stayed = watched.0 / 2 + chance.below(1 + watched.0 as u64 / 2) as i64;
    Some((joined, Seconds(stayed)))
}

/// A person from the hall, and whether it is a fan of this streamer.
fn visitor(world: &World, broadcast: &Broadcast, chance: &mut Chance) -> (u64, bool) {
    let kind = chance.uniform();
    if kind < FAN_VISITS {
        (fan(world, broadcast.streamer, broadcast.day, chance), true)
    } else if kind < FAN_VISITS + NEIGHBOUR_VISITS {
        let ahead = 1 + u64::from(broadcast.streamer) + chance.below(3);
        let neighbour = ahead % world.streamers.len() as u64;
        (fan(world, neighbour as u32, broadcast.day, chance), false)
    } else {
        let seats = seats(world, broadcast.streamer, CASUAL_SEATS);
        let seat = FIRST_CASUAL_SEAT + chance.below(seats);
        (holder(world, broadcast.streamer, seat, CASUAL_TURN, broadcast.day), false)
    }
}

/// Seats of fans are numbered from 0, those of casual viewers from here.
const FIRST_CASUAL_SEAT: u64 = 1 << 40;

fn seats(world: &World, streamer: u32, per_visit: f64) -> u64 {
    let weekly =
        (world.streamers.get(streamer as usize)).map_or(0.0, super::streamer::Streamer::weekly_visits);
    1 + (weekly * per_visit) as u64
}

/// A fan: low seats come more often, the first `MOST_FAITHFUL` times as often as the mean, falling like a power of the
/// seat beyond the first ones.
fn fan(world: &World, streamer: u32, day: u32, chance: &mut Chance) -> u64 {
    let draw = chance.uniform();
    let place = draw * (1.0 / MOST_FAITHFUL + (1.0 - 1.0 / MOST_FAITHFUL) * draw);
    let seat = (place * seats(world, streamer, FAN_SEATS) as f64) as u64;
    holder(world, streamer, seat, FAN_TURN, day)
}

/// Who holds a seat on a day: turns begin in different weeks for different seats.
fn holder(world: &World, streamer: u32, seat: u64, turn: u64, day: u32) -> u64 {
    let place = u64::from(streamer) << 8 | Purpose::Seat as u64;
    let offset = digest([world.seed, place, seat, u64::MAX]) % turn;
    let turns = (u64::from(day / WEEK) + offset) / turn;
    scale(digest([world.seed, place, seat, turns]), world.persons)
}

fn source(is_fan: bool, chance: &mut Chance) -> Source {
    if chance.happens(PRIVATE[usize::from(is_fan)]) {
        chance.choose(&PRIVATE_SOURCES, private("follow"))
    } else if chance.happens(PAID) {
        PAID_SOURCE
    } else {
        chance.choose(&ORGANIC_SOURCES, public("recommend"))
    }
}
