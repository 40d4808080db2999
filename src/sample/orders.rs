//! Who buys, when, what for, and what becomes of the order.

use super::calendar::Moment;
use super::chance::Chance;
use super::streamer::{Category, Streamer};
use super::viewers::{Person, Visit};
use super::world::{Broadcast, World};
use crate::units::{MinorUnits, Seconds};

/// The probability that a visit of endless watching by a person of average readiness buys, at an average streamer.
/// Set so that orders are about a tenth of the sessions (measured at 300,000 sessions, 1 to 2,000 streamers,
/// 12 seeds each: 0.096 to 0.104, on average 0.0995).
pub(super) const CONVERSION: f64 = 0.295;
/// Watch time in seconds at which half of that is reached. Assumed.
const HALF_WATCH: f64 = 600.0;
/// What is left of it for those who hardly watch: bounces that buy exist.
const LEAST_WATCH: f64 = 0.01;
/// What it is multiplied with for private visits, and for public ones. Assumed: trust converts.
pub(super) const PRIVATE_CONVERSION: f64 = 1.3;
pub(super) const PUBLIC_CONVERSION: f64 = 0.8;
/// The probability of one more order after an order of the same visit, and the most orders of a visit. Assumed.
pub(super) const ONE_MORE: f64 = 0.12;
const MOST_ORDERS_OF_VISIT: u32 = 5;
/// Part of the orders that are paid while watching, up to a quarter of an hour after, and (the rest) hours later.
const PAID_WATCHING: f64 = 0.86;
const PAID_SHORTLY_AFTER: f64 = 0.10;
const SHORTLY: u64 = 15 * 60;
/// Orders of persons who never watched, and orders from the shop shelf without a streamer, per expected visit: each about
/// 3 % of all orders.
const STRANGERS_PER_VISIT: f64 = 0.003;
const SHELF_PER_VISIT: f64 = 0.003;
/// Part of the orders that are never paid, and of these the part that is cancelled.
pub(super) const UNPAID: f64 = 0.06;
const CANCELLED: f64 = 0.75;
/// Part of the paid orders that cost nothing.
pub(super) const GIFTS: f64 = 0.01;
/// Part of the paid orders (but gifts) that are refunded, and of these in full; and of those the part closed for it.
/// Returns of live shows average less than 39 % in a study of one firm ("When Persuasion Is Too Persuasive", Production
/// and Operations Management 2023: 11.68 points are more than 30 % of the mean); half of that is assumed here.
pub(super) const REFUNDED: f64 = 0.20;
pub(super) const REFUNDED_IN_FULL: f64 = 0.75;
const CLOSED: f64 = 0.15;
/// Part of the orders that are exported a second time, later and in their last state: of refunded ones, and of others.
const EXPORTED_AGAIN: [f64; 2] = [0.005, 0.03];
/// Part of the orders of a streamer that are of its own category, and the sigma of the price of a piece. Assumed.
const OWN_CATEGORY: f64 = 0.8;
const PRICE_SIGMA: f64 = 0.5;
/// Days until an order has been shipped, and received.
const SHIPPED_AFTER: i64 = 2 * Seconds::PER_DAY;
const COMPLETED_AFTER: i64 = 7 * Seconds::PER_DAY;

/// Who paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Buyer {
    Person(u64),
    Masked(&'static str),
}

/// A state of an order, in canonical words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Paid,
    Shipped,
    Completed,
    Refunded,
    ClosedPaid,
    Pending,
    Cancelled,
}

impl Status {
    /// The canonical word.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Completed => "completed",
            Self::Refunded => "refunded",
            Self::ClosedPaid => "closed_paid",
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One order, as an export shows it at one time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    /// Place in the sequence of orders, from which the id follows.
    pub(super) number: u64,
    pub(super) buyer: Buyer,
    /// `None` for the shop shelf.
    pub(super) streamer: Option<u32>,
    /// `None` if never paid.
    pub(super) paid_at: Option<Moment>,
    pub(super) quantity: u32,
    pub(super) amount: MinorUnits,
    pub(super) refund: MinorUnits,
    pub(super) status: Status,
    pub(super) category: Category,
    /// `live`, `video` or `card`.
    pub(super) carrier: &'static str,
    /// The day of the broadcast it came from; `None` outside of broadcasts.
    pub(super) live_day: Option<u32>,
    /// Whether it will be exported again.
    pub(super) is_exported_again: bool,
}

impl Order {
    /// The order as an export showed it right after the payment.
    pub(super) fn right_after_payment(self) -> Self {
        Self { refund: MinorUnits(0), status: Status::Paid, ..self }
    }
}

/// How many orders a visit makes.
pub(super) fn orders_of(world: &World, broadcast: &Broadcast, visit: &Visit, chance: &mut Chance) -> u32 {
    let Some(id) = visit.viewer else { return 0 };
    let watched = visit.watched.0 as f64;
    let domain = if visit.source.is_private { PRIVATE_CONVERSION } else { PUBLIC_CONVERSION };
    let probability = CONVERSION
        * broadcast.conversion
        * domain
        * Person::of(world.seed, id).readiness
        * (LEAST_WATCH + watched / (watched + HALF_WATCH));
    if !chance.happens(probability) {
        return 0;
    }
    let mut orders = 1;
    while orders < MOST_ORDERS_OF_VISIT && chance.happens(ONE_MORE) {
        orders += 1;
    }
    orders
}

/// An order of a visitor: mostly paid while watching, some shortly after, a few hours later from a card or a video.
pub(super) fn order_of_visit(
    world: &World,
    broadcast: &Broadcast,
    visit: &Visit,
    id: u64,
    chance: &mut Chance,
) -> Order {
    let left = visit.entered.after(visit.watched);
    let when = chance.uniform();
    let is_live = when < PAID_WATCHING + PAID_SHORTLY_AFTER;
    let paid_at = if when < PAID_WATCHING {
        visit.entered.after(Seconds(chance.below(1 + visit.watched.0 as u64) as i64))
    } else if is_live {
        left.after(Seconds(chance.below(SHORTLY) as i64))
    } else {
        left.after(Seconds(3_600 + chance.below(5 * 3_600) as i64))
    };
    let carrier = match (is_live, chance.happens(0.5)) {
        (true, _) => "live",
        (false, true) => "card",
        (false, false) => "video",
    };
    let buyer = Person::of(world.seed, id).mask.map_or(Buyer::Person(id), Buyer::Masked);
    let live_day = is_live.then_some(broadcast.day);
    order(world, Some(broadcast.streamer), buyer, paid_at, (carrier, live_day), chance)
}

/// Calls `take` with the orders beside a broadcast: of buyers who never watched anybody, and of the shop shelf.
pub(super) fn orders_beside(
    world: &World,
    broadcast: &Broadcast,
    chance: &mut Chance,
    mut take: impl FnMut(Order) -> std::io::Result<()>,
) -> std::io::Result<()> {
    // Their day is from eight in the morning to midnight.
    let time =
        |chance: &mut Chance| Moment::of_day(broadcast.day, 8 * 3_600 + chance.below(16 * 3_600) as i64);
    for _ in 0..chance.poisson(broadcast.usual_visits * STRANGERS_PER_VISIT) {
        let paid_at = time(chance);
        // Ids behind those of all persons: nobody with such an id ever watches.
        let buyer = Buyer::Person(world.persons + chance.below(world.persons));
        let carrier = if chance.happens(0.6) { "video" } else { "card" };
        take(order(world, Some(broadcast.streamer), buyer, paid_at, (carrier, None), chance))?;
    }
    for _ in 0..chance.poisson(broadcast.usual_visits * SHELF_PER_VISIT) {
        let paid_at = time(chance);
        let id = chance.below(world.persons);
        let buyer = Person::of(world.seed, id).mask.map_or(Buyer::Person(id), Buyer::Masked);
        take(order(world, None, buyer, paid_at, ("card", None), chance))?;
    }
    Ok(())
}

/// Price, and what becomes of the order.
fn order(
    world: &World,
    streamer: Option<u32>,
    buyer: Buyer,
    paid_at: Moment,
    (carrier, live_day): (&'static str, Option<u32>),
    chance: &mut Chance,
) -> Order {
    let seller = streamer.and_then(|index| world.streamers.get(index as usize));
    let (category, piece) = price(seller, chance);
    // Three of four orders are of one piece, each further piece a quarter of the rest.
    let mut quantity = 1;
    while quantity < 6 && chance.happens(0.25) {
        quantity += 1;
    }
    let mut order = Order {
        number: 0,
        buyer,
        streamer,
        paid_at: Some(paid_at),
        quantity,
        amount: MinorUnits(piece * i64::from(quantity)),
        refund: MinorUnits(0),
        status: status_by_age(world.calendar.end().0 - paid_at.0),
        category,
        carrier,
        live_day,
        is_exported_again: false,
    };
    settle(&mut order, chance);
    order
}

/// A category and the price of one piece of it in cents, at least one cent.
fn price(seller: Option<&Streamer>, chance: &mut Chance) -> (Category, i64) {
    let category = match seller {
        Some(streamer) if chance.happens(OWN_CATEGORY) => streamer.category,
        _ => Category::any(chance),
    };
    let level = seller.map_or(1.0, |streamer| streamer.price);
    let yuan = chance.around(category.median_price() * level, PRICE_SIGMA);
    (category, ((yuan * 100.0) as i64).max(1))
}

/// The state of an order that nothing happens to.
fn status_by_age(age: i64) -> Status {
    match age {
        age if age < SHIPPED_AFTER => Status::Paid,
        age if age < COMPLETED_AFTER => Status::Shipped,
        _ => Status::Completed,
    }
}

/// Lets the order go unpaid, be a gift, or be refunded; and decides whether it is exported again.
fn settle(order: &mut Order, chance: &mut Chance) {
    if chance.happens(UNPAID) {
        order.paid_at = None;
        order.status = if chance.happens(CANCELLED) { Status::Cancelled } else { Status::Pending };
        return;
    }
    if chance.happens(GIFTS) {
        order.amount = MinorUnits(0);
    } else if chance.happens(REFUNDED) {
        let is_full = chance.happens(REFUNDED_IN_FULL);
        order.status = if is_full && chance.happens(CLOSED) { Status::ClosedPaid } else { Status::Refunded };
        // A part is a fifth to four fifths.
        let percent = if is_full { 100 } else { 20 + chance.below(61) as i64 };
        order.refund = MinorUnits((order.amount.0 * percent / 100).max(1));
    }
    let is_refunded = order.refund > MinorUnits(0);
    order.is_exported_again = chance.happens(EXPORTED_AGAIN[usize::from(is_refunded)]);
}
