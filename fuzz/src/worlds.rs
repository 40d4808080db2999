//! Small worlds and questions from bytes: some bytes for the question, then the same number for each row, so that a changed byte
//! changes one thing.

use arbitrary::{Result, Unstructured};

use crate::world::{AHEAD, AfterSale, By, DAY, Live, Order, Question, Session, Tie, World};

/// 2025-12-28, a Sunday, so that the days around end weeks, a month, a quarter and a year.
const FIRST_DAY: i64 = 20_450;

/// The bytes of a question, and those of a row.
pub const QUESTION: usize = 20;
pub const ROW: usize = 22;
/// The reference looks at every row for every other.
const MOST_ROWS: usize = 28;

/// A world and a question about it.
pub fn draw(bytes: &[u8]) -> Result<(World, Question)> {
    let (head, rows) = bytes.split_at(bytes.len().min(QUESTION));
    let mut head = Unstructured::new(head);
    let known = head.int_in_range(0..=15_u8)?;
    let mut world = World {
        has_sources: known & 1 == 0,
        has_live_ids: known & 2 == 0,
        lives: (known & 4 == 0).then(Vec::new),
        // A question about nobody's viewing is rarer.
        sessions: if known == 15 { Vec::new() } else { vec![Vec::new()] },
        orders: vec![Vec::new()],
        refunds: Vec::new(),
    };
    let mut question = question(&mut head)?;
    for row in rows.chunks(ROW).take(MOST_ROWS) {
        add(&mut world, &mut Unstructured::new(row))?;
    }
    finish(&mut world, &mut question);
    Ok((world, question))
}

/// The same world so many times side by side: other persons with other orders at the same streamers.
pub fn repeated(mut world: World, times: usize) -> World {
    let (sessions, orders, refunds) = (world.sessions.clone(), world.orders.clone(), world.refunds.clone());
    let person = |id: &str, time: usize| if id.is_empty() { String::new() } else { format!("{id}-{time}") };
    for time in 1..times {
        for (file, rows) in world.sessions.iter_mut().zip(&sessions) {
            file.extend(rows.iter().map(|row| Session { viewer: person(&row.viewer, time), ..row.clone() }));
        }
        for (file, rows) in world.orders.iter_mut().zip(&orders) {
            let id = |row: &Order| row.id + 100 * time as u32;
            file.extend(rows.iter().map(|row| Order {
                id: id(row),
                buyer: person(&row.buyer, time),
                ..row.clone()
            }));
        }
        for (file, rows) in world.refunds.iter_mut().zip(&refunds) {
            let ids = |row: &AfterSale| (row.id + 100 * time as u32, row.order + 100 * time as u32);
            file.extend(rows.iter().map(|row| AfterSale {
                id: ids(row).0,
                order: ids(row).1,
                ..row.clone()
            }));
        }
    }
    world
}

/// Makes of them what exports can be, and what can be asked of them.
fn finish(world: &mut World, question: &mut Question) {
    if !world.refunds.is_empty() {
        // After-sales may withdraw the refund, and an order that says only that it was refunded would lack its amount.
        for row in world.orders.iter_mut().flatten().filter(|row| row.status == "refunded") {
            row.status = "closed_paid".to_owned();
        }
    }
    if world.sessions.is_empty() {
        (world.has_sources, question.tie) = (false, Tie::All);
    }
    question.by.retain(|by| world.has_sources || !matches!(by, By::Domain | By::Traffic));
    question.by.retain(|by| world.has_live_ids || world.lives.is_some() || *by != By::Live);
}

/// Adds a row to the last file of its kind, or to a new one.
fn add(world: &mut World, u: &mut Unstructured<'_>) -> Result<()> {
    let begins_file = u.ratio(1_u8, 16)?;
    match u.int_in_range(0..=15_u8)? {
        0..=5 if !world.sessions.is_empty() => {
            let row = session(u)?;
            add_row(&mut world.sessions, row, begins_file);
        }
        6 | 7 => {
            let row = after_sale(u)?;
            add_row(&mut world.refunds, row, begins_file);
        }
        8 => {
            let row = live(u)?;
            let lives = world.lives.get_or_insert_default();
            if lives.iter().all(|known| (&known.id, &known.streamer) != (&row.id, &row.streamer)) {
                lives.push(row);
            }
        }
        kind => {
            let row = order(world, kind % 2 == 0, u)?;
            let other_kind = |last: &Order| last.line.is_some() != row.line.is_some();
            let begins_file =
                begins_file || world.orders.last().and_then(|rows| rows.last()).is_some_and(other_kind);
            add_row(&mut world.orders, row, begins_file);
        }
    }
    Ok(())
}

fn add_row<T>(files: &mut Vec<Vec<T>>, row: T, begins_file: bool) {
    match files.last_mut().filter(|_| !begins_file) {
        Some(file) => file.push(row),
        None => files.push(vec![row]),
    }
}

fn text(u: &mut Unstructured<'_>, words: &[&str]) -> Result<String> {
    u.choose(words).map(|&word| word.to_owned())
}

fn some<T>(
    u: &mut Unstructured<'_>,
    draw: impl FnOnce(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Option<T>> {
    if u.ratio(3_u8, 4)? { draw(u).map(Some) } else { Ok(None) }
}

/// An instant: mostly in the evening or at the ends of business days.
fn instant(u: &mut Unstructured<'_>) -> Result<i64> {
    let day = *u.choose(&[0, 0, 3, 3, 4, 4, 7, 7, 1, 2, 5, 6, 8, 9, 10, 11])?;
    let edges = [0, 1, 18_000, 17_999, 18_001, 84_600, 84_599, 43_200, 86_399];
    let second = match u.int_in_range(0..=3_u8)? {
        0 => *u.choose(&edges)?,
        1 | 2 => 72_000 + i64::from(u.int_in_range(0..=5_u8)?) * 600,
        _ => i64::from(u.arbitrary::<u16>()?) * DAY / 65_536,
    };
    Ok((FIRST_DAY + day) * DAY - AHEAD + second)
}

fn seconds(u: &mut Unstructured<'_>) -> Result<i64> {
    match u.int_in_range(0..=2_u8)? {
        0 => u.choose(&[0, 1, 59, 1_800, 3_600, 14_400, DAY, DAY + 1, 200_000]).copied(),
        _ => Ok(i64::from(u.int_in_range(0..=50_000_u16)?)),
    }
}

fn amount(u: &mut Unstructured<'_>) -> Result<i64> {
    match u.int_in_range(0..=1_u8)? {
        0 => u.choose(&[0, 1, 2, 4_999, 5_000, 10_000, 50_000]).copied(),
        _ => Ok(i64::from(u.arbitrary::<u16>()?)),
    }
}

/// Few ids, so that several streamers share them; often none.
fn live_id(u: &mut Unstructured<'_>) -> Result<String> {
    text(u, &["", "", "L1", "L1", "L2", "07"])
}

fn session(u: &mut Unstructured<'_>) -> Result<Session> {
    let entered = instant(u)?;
    Ok(Session {
        entered,
        viewer: text(u, &["u1", "u1", "u1", "u2", "u2", "u3", "4", "04", "", "张**", "匿名"])?,
        streamer: text(u, &["s1", "s1", "s2", "s3", "s5"])?,
        source: text(u, &["follow", "shop", "recommend", "search", "paid", "paid", "广场", ""])?,
        live: live_id(u)?,
        left: some(u, seconds)?.map(|length| entered + length),
        watched: if u.ratio(1_u8, 3)? { Some(seconds(u)?) } else { None },
    })
}

fn live(u: &mut Unstructured<'_>) -> Result<Live> {
    let (start, length) = (instant(u)?, seconds(u)?);
    let streamer = text(u, &["s1", "s1", "s2", "s3", "s9"])?;
    Ok(Live { id: text(u, &["L1", "L2", "07", "8", "9"])?, streamer, start, end: start + length })
}

fn after_sale(u: &mut Unstructured<'_>) -> Result<AfterSale> {
    let line = if u.ratio(2_u8, 3)? { Some(text(u, &["1", "2", "10", "x"])?) } else { None };
    // Orders of lines have small numbers.
    let most = if line.is_some() { 3 } else { 9 };
    Ok(AfterSale {
        id: u.int_in_range(0..=11_u8)?.into(),
        order: u.int_in_range(1..=most)?,
        line,
        amount: amount(u)?,
        refunded_at: instant(u)?,
        status: u.choose(&["refunded", "refunded", "refunded", "open", "closed"])?,
    })
}

/// An order of any time, or one that was paid beside a session.
fn order(world: &World, has_line: bool, u: &mut Unstructured<'_>) -> Result<Order> {
    let mut order = Order {
        // Lines meet in few orders.
        id: u.int_in_range(1..=if has_line { 3 } else { 8_u8 })?.into(),
        buyer: text(u, &["u1", "u1", "u2", "u3", "4", "u9", "", "李**"])?,
        streamer: text(u, &["s1", "s2", "s3", "s4", ""])?,
        line: if has_line { Some(text(u, &["1", "2", "10", "x"])?) } else { None },
        amount: amount(u)?,
        refund: if u.ratio(1_u8, 3)? { Some(amount(u)?) } else { None },
        status: text(
            u,
            &["paid", "shipped", "completed", "refunded", "closed_paid", "pending", "cancelled", "?"],
        )?,
        carrier: text(u, &["live", "live", "video", "card", "other", "微信", ""])?,
        category: text(u, &["a", "b", ""])?,
        brand: text(u, &["x", "y"])?,
        live: live_id(u)?,
        ..Order::default()
    };
    order.paid_at = paid_at(world, &mut order, u)?;
    if has_line && order.id == 3 {
        order.streamer = "s1".to_owned();
    }
    if order.status == "refunded" {
        // Under net, a refunded order must say how much.
        order.refund = Some(order.refund.unwrap_or(0).max(1));
    }
    order.refunded_at = order.refund.map(|_| instant(u)).transpose()?;
    Ok(order)
}

/// When an order was paid: perhaps at the beginning or the end of a session, which names its buyer and streamer.
fn paid_at(world: &World, order: &mut Order, u: &mut Unstructured<'_>) -> Result<Option<i64>> {
    let sessions: Vec<&Session> = world.sessions.iter().flatten().collect();
    match u.int_in_range(0..=7_u8)? {
        0 => Ok(None),
        1..=4 if !sessions.is_empty() => {
            let session = *u.choose(&sessions)?;
            let length = session.watched.or(session.left.map(|left| left - session.entered)).unwrap_or(0);
            order.buyer.clone_from(&session.viewer);
            order.streamer.clone_from(&session.streamer);
            let at_end = u.ratio(1_u8, 2)?;
            let after = *u.choose(&[-1, 0, 0, 1, 1_800, 1_801])?;
            Ok(Some(session.entered + after + if at_end { length } else { 0 }))
        }
        _ => instant(u).map(Some),
    }
}

fn groups(u: &mut Unstructured<'_>) -> Result<Vec<By>> {
    let mut by = Vec::new();
    for _ in 0..u.int_in_range(0..=3_u8)? {
        let column = *u.choose(&By::ALL)?;
        if !by.contains(&column) {
            by.push(column);
        }
    }
    Ok(by)
}

fn question(u: &mut Unstructured<'_>) -> Result<Question> {
    let by = groups(u)?;
    let day = |u: &mut Unstructured<'_>| -> Result<Option<i64>> {
        let is_given = u.ratio(1_u8, 3)?;
        let day = FIRST_DAY - 1 + i64::from(u.int_in_range(0..=13_u8)?);
        Ok(is_given.then_some(day))
    };
    let (from, to) = (day(u)?, day(u)?);
    let covers = day(u)?.map(|first| (first, first + 5));
    let flags = u.arbitrary::<u8>()?;
    let within = *u.choose(&[None, None, None, Some(0), Some(1_800), Some(DAY), Some(3 * DAY)])?;
    let ties = [Tie::Period, Tie::Period, Tie::Carrier, Tie::All];
    let windows = [0, 1, 1_800, DAY].map(Tie::Window);
    Ok(Question {
        by,
        period: u.choose(&["day", "week", "week", "month", "quarter", "year", "all"])?,
        sunday: flags & 1 != 0,
        day_start: *u.choose(&[0, 0, 18_000, 84_600])?,
        from,
        to: to.filter(|to| from.is_none_or(|from| from <= *to)),
        covers,
        net: flags & 2 != 0,
        refund_within: within,
        tie: if flags & 4 != 0 { *u.choose(&ties)? } else { *u.choose(&windows)? },
        rule: u.choose(&["any-private", "first", "longest"])?,
        max_session: *u.choose(&[DAY, DAY, 3_600, 0])?,
        unknown_counts: flags & 8 != 0,
        bands: u.choose(&["0,50,100,200,500", "0.01,49.99,50", "100", "10,20.5,300"])?,
    })
}
