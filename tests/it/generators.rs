//! Small random worlds: few viewers and streamers, sessions around the ends of days and periods, orders around those of sessions.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use proptest::sample::select;

use crate::world::{AHEAD, AfterSale, By, DAY, Live, Order, Question, Session, Tie, World};

/// 2025-12-28, a Sunday, so that the days around end weeks, a month, a quarter and a year.
pub const FIRST_DAY: i64 = 20_450;

fn text(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

/// An instant: mostly in the evening or at the ends of business days.
fn instant() -> impl Strategy<Value = i64> {
    let day = prop_oneof![3 => Just(0), 3 => Just(3), 3 => Just(4), 2 => Just(7), 1 => 0_i64..12];
    let edges = select(vec![0, 1, 18_000, 17_999, 18_001, 84_600, 84_599, 43_200, 86_399]);
    let evening = (0_i64..6).prop_map(|tens| 72_000 + tens * 600);
    let second = prop_oneof![2 => edges, 2 => evening, 1 => 72_000_i64..75_600, 1 => 0..DAY];
    (day, second).prop_map(|(day, second)| (FIRST_DAY + day) * DAY - AHEAD + second)
}

fn seconds() -> impl Strategy<Value = i64> {
    prop_oneof![
        2 => select(vec![0, 1, 59, 1_800, 3_600, 14_400, DAY, DAY + 1, 200_000]),
        2 => 0_i64..7_200,
        1 => 0_i64..50_000,
    ]
}

fn session() -> impl Strategy<Value = Session> {
    let viewer = text(&["u1", "u1", "u1", "u2", "u2", "u3", "4", "04", "", "张**", "匿名"]);
    let source = text(&["follow", "shop", "recommend", "search", "paid", "paid", "广场", ""]);
    let lengths = (prop::option::weighted(0.8, seconds()), prop::option::weighted(0.3, seconds()));
    (viewer, text(&["s1", "s1", "s2", "s3", "s5"]), instant(), lengths, source, live_id()).prop_map(
        |(viewer, streamer, entered, (left, watched), source, live)| Session {
            viewer,
            streamer,
            entered,
            left: left.map(|length| entered + length),
            watched,
            source,
            live,
        },
    )
}

/// Few ids, so that several streamers share them; often none.
fn live_id() -> impl Strategy<Value = String> {
    text(&["", "", "L1", "L1", "L2", "07"])
}

/// A table of broadcasts, in which none stands twice.
fn lives() -> impl Strategy<Value = Vec<Live>> {
    let key = (text(&["s1", "s1", "s2", "s3", "s9"]), text(&["L1", "L2", "07", "8", "9"]));
    let rows = prop::collection::hash_map(key, (instant(), seconds()), 0..8);
    rows.prop_map(|rows| {
        let live = |((streamer, id), (start, length))| Live { id, streamer, start, end: start + length };
        rows.into_iter().map(live).collect()
    })
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![select(vec![0, 1, 2, 4_999, 5_000, 10_000, 50_000]), 0_i64..60_000]
}

/// An order of any time, or beside one of the sessions: its number, whether at its end, and how many seconds after.
type Drawn = (Order, Option<(prop::sample::Index, bool, i64)>);

fn order() -> impl Strategy<Value = Drawn> {
    let key = (1_u32..9, text(&["1", "2", "10", "x"]));
    let who = (text(&["u1", "u1", "u2", "u3", "4", "u9", "", "李**"]), text(&["s1", "s2", "s3", "s4", ""]));
    let money = (amount(), prop::option::weighted(0.4, amount()));
    let statuses = &["paid", "shipped", "completed", "refunded", "closed_paid", "pending", "cancelled", "?"];
    let words = (
        text(statuses),
        text(&["live", "live", "video", "card", "other", "微信", ""]),
        text(&["a", "b", ""]),
        text(&["x", "y"]),
        live_id(),
    );
    let beside = (any::<prop::sample::Index>(), any::<bool>(), select(vec![-1_i64, 0, 0, 1, 1_800, 1_801]));
    let times = (prop::option::weighted(0.9, instant()), prop::option::weighted(0.6, beside));
    (key, who, times, money, words, instant()).prop_map(
        |((id, line), (buyer, streamer), (paid_at, beside), (amount, refund), words, refunded_at)| {
            let (status, carrier, category, brand, live) = words;
            // Under net, a refunded order must say how much.
            let refund = if status == "refunded" { Some(refund.unwrap_or(0).max(1)) } else { refund };
            let refunded_at = refund.and(Some(refunded_at));
            let order = Order {
                id,
                line: Some(line),
                buyer,
                streamer,
                paid_at,
                amount,
                refund,
                refunded_at,
                status,
                carrier,
                category,
                brand,
                live,
            };
            (order, beside)
        },
    )
}

/// An order of this world: paid beside its session, and without a line where its file has none.
fn placed((mut order, beside): Drawn, sessions: &[Session], has_lines: bool) -> Order {
    if !has_lines {
        order.line = None;
    }
    if let Some((which, at_end, after)) = beside.filter(|_| !sessions.is_empty()) {
        let session = which.get(sessions);
        let length = session.watched.or(session.left.map(|left| left - session.entered)).unwrap_or(0);
        order.buyer.clone_from(&session.viewer);
        order.streamer.clone_from(&session.streamer);
        order.paid_at = Some(session.entered + after + if at_end { length } else { 0 });
    }
    // Lines meet in few orders, most of them with one streamer.
    if has_lines {
        order.id = order.id.min(3);
        if order.id == 3 {
            order.streamer = "s1".to_owned();
        }
    }
    order
}

/// After-sales rows of the orders that there are and of others; keys meet, so that later rows replace earlier ones.
fn after_sale() -> impl Strategy<Value = AfterSale> {
    let line = prop::option::weighted(0.6, text(&["1", "2", "10", "x"]));
    let status = select(vec!["refunded", "refunded", "refunded", "open", "closed"]);
    (0_u32..12, 1_u32..10, line, amount(), instant(), status).prop_map(
        |(id, order, line, amount, refunded_at, status)| {
            // Orders of lines have small numbers.
            let order = if line.is_some() { order.min(3) } else { order };
            AfterSale { id, order, line, amount, refunded_at, status }
        },
    )
}

/// Exports of a small shop with after-sales, where no order says only that it was refunded: those rows may be withdrawn.
pub fn with_refunds() -> impl Strategy<Value = World> {
    let files = prop::collection::vec(prop::collection::vec(after_sale(), 0..10), 1..4);
    (world(), files).prop_map(|(mut world, refunds)| {
        for row in world.orders.iter_mut().flatten().filter(|row| row.status == "refunded") {
            row.status = "closed_paid".to_owned();
        }
        World { refunds, ..world }
    })
}

/// Exports of a small shop.
pub fn world() -> impl Strategy<Value = World> {
    let sessions = prop::collection::vec(prop::collection::vec(session(), 0..14), 1..3);
    let orders =
        prop::collection::vec((prop::collection::vec(order(), 0..12), prop::bool::weighted(0.3)), 1..4);
    let known = (prop::bool::weighted(0.9), prop::bool::weighted(0.7), prop::option::of(lives()));
    (sessions, orders, known).prop_map(|(sessions, orders, (has_sources, has_live_ids, lives))| {
        let all: Vec<Session> = sessions.iter().flatten().cloned().collect();
        let file = |(drawn, has_lines): (Vec<Drawn>, bool)| {
            drawn.into_iter().map(|drawn| placed(drawn, &all, has_lines)).collect()
        };
        let orders = orders.into_iter().map(file).collect();
        World { orders, sessions, has_sources, refunds: Vec::new(), has_live_ids, lives }
    })
}

/// A world in which no row of orders replaces another.
pub fn without_conflicts(mut world: World) -> World {
    let (mut levels, mut keys) = (HashMap::new(), HashSet::new());
    for rows in &mut world.orders {
        rows.retain(|row| {
            let level = *levels.entry(row.id).or_insert(row.line.is_some());
            level == row.line.is_some() && keys.insert((row.id, row.line.clone()))
        });
    }
    world
}

fn group_columns() -> impl Strategy<Value = Vec<By>> {
    let some = prop::sample::subsequence(By::ALL.to_vec(), 0..4).prop_shuffle();
    let viewers = vec![By::BuyerType, By::Domain, By::Traffic, By::Streamer];
    let viewer_side = prop::sample::subsequence(viewers, 1..3);
    let beside = vec![By::Streamer, By::Tier, By::Domain, By::BuyerType, By::Category];
    let lives = prop::sample::subsequence(beside, 0..3).prop_map(|mut by| {
        by.push(By::Live);
        by
    });
    prop_oneof![1 => Just(vec![By::Streamer]), 1 => Just(Vec::new()), 3 => some, 3 => viewer_side, 3 => lives.prop_shuffle()]
}

/// Any options.
pub fn question() -> impl Strategy<Value = Question> {
    let day = || {
        let middle = FIRST_DAY + 2..FIRST_DAY + 6;
        prop::option::weighted(0.35, prop_oneof![middle, FIRST_DAY - 1..FIRST_DAY + 13])
    };
    let calendar = (
        select(vec!["day", "week", "week", "month", "quarter", "year", "all"]),
        any::<bool>(),
        select(vec![0, 0, 18_000, 84_600]),
        day(),
        day(),
        prop::option::weighted(0.2, (FIRST_DAY - 3..FIRST_DAY + 9, 0_i64..12)),
    );
    let window = select(vec![0, 1, 1_800, DAY]).prop_map(Tie::Window);
    let tie = prop_oneof![2 => Just(Tie::Period), 2 => window, 1 => Just(Tie::Carrier), 1 => Just(Tie::All)];
    let counting = (
        (any::<bool>(), prop::option::weighted(0.3, select(vec![0, 1_800, DAY, 3 * DAY]))),
        tie,
        select(vec!["any-private", "first", "longest"]),
        select(vec![DAY, DAY, 3_600, 0]),
        any::<bool>(),
        select(vec!["0,50,100,200,500", "0.01,49.99,50", "100", "10,20.5,300"]),
    );
    (group_columns(), calendar, counting).prop_map(|(by, calendar, counting)| {
        let (period, sunday, day_start, from, to, covers) = calendar;
        let ((net, refund_within), tie, rule, max_session, unknown_counts, bands) = counting;
        let to = to.filter(|to| from.is_none_or(|from| from <= *to));
        let covers = covers.map(|(first, days)| (first, first + days));
        Question {
            by,
            period,
            sunday,
            day_start,
            from,
            to,
            covers,
            net,
            refund_within,
            tie,
            rule,
            max_session,
            unknown_counts,
            bands,
        }
    })
}

impl Question {
    /// Without the columns that a world cannot have.
    pub fn for_world(mut self, world: &World) -> Self {
        self.by.retain(|by| world.has_sources || !matches!(by, By::Domain | By::Traffic));
        self.by.retain(|by| world.has_live_ids || world.lives.is_some() || *by != By::Live);
        self
    }
}
