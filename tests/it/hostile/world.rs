//! A shop in which every text is hostile, and its twin, in which each is a harmless one.

use super::texts::{all, harmless};
use crate::support::Work;

/// The name of the attribute of streamers.
pub const ATTRIBUTE: &str = "<b>\"=级\u{1b}[2J|";

/// The options that name all tables.
pub const TABLES: &str = "--orders orders.csv --sessions sessions.csv --streamers streamers.csv --lives lives.csv --refunds refunds.csv \
                          --unknown-status count";

/// A CSV of these rows.
fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

fn header(names: &str) -> Vec<String> {
    names.split(',').map(str::to_owned).collect()
}

/// The texts of the shop: the hostile ones, or as many harmless ones.
pub fn texts(is_hostile: bool) -> Vec<String> {
    let hostile = all();
    if is_hostile { hostile } else { (0..hostile.len()).map(harmless).collect() }
}

/// The tables of the shop and their columns, in the order of their file names.
const HEADERS: [(&str, &str); 6] = [
    ("lives.csv", "live_id,streamer_id,started_at,ended_at,title"),
    (
        "orders.csv",
        "order_id,buyer_id,streamer_id,streamer_name,paid_at,amount,refund_amount,status,carrier,live_id,category,material",
    ),
    ("refunds.csv", "refund_id,order_id,refund_amount,refunded_at"),
    ("sessions.csv", "session_id,viewer_id,streamer_id,entered_at,left_at,source,live_id"),
    ("spend.csv", "streamer_id,date,cost,channel"),
    ("streamers.csv", "streamer_id,streamer_name"),
];

/// The rows of one text in each table: it is a streamer and a person, who also watches the next one, an order, a broadcast and so on.
fn rows(at: usize, text: &str, next: &str) -> [Vec<Vec<String>>; 6] {
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let days = ["2026-03-02", "2026-03-09"];
    let (mut orders, mut sessions) = (Vec::new(), Vec::new());
    for (both, day) in days.into_iter().enumerate() {
        let amount = format!("{}.{:02}", 10 + (at * 7 + both * 3) % 90, at % 100);
        let order = if both == 0 { text.to_owned() } else { format!("{text}#2") };
        let paid = format!("{day} 20:{:02}:00", at % 60);
        orders.push(row(&[&order, text, text, text, &paid, &amount, "", text, text, text, text, text]));
        let (entered, left) = (format!("{day} 20:00:00"), format!("{day} 20:{:02}:30", 10 + at % 50));
        sessions.extend([text, next].map(|viewer| row(&[text, viewer, text, &entered, &left, text, text])));
    }
    let (started, ended) = (format!("{} 20:00:00", days[0]), format!("{} 21:00:00", days[0]));
    [
        vec![row(&[text, text, &started, &ended, text])],
        orders,
        vec![row(&[text, text, "1.00", &format!("{} 12:00:00", days[1])])],
        sessions,
        vec![row(&[text, days[0], &format!("{}.00", at + 1), text])],
        vec![row(&[text, text, text])],
    ]
}

/// The shop: each text is a streamer, a person, an order, a category, a broadcast and so on.
pub fn world(is_hostile: bool) -> Work {
    let (work, texts) = (Work::new(), texts(is_hostile));
    let mut tables = HEADERS.map(|(_, names)| vec![header(names)]);
    tables[5][0].push(if is_hostile { ATTRIBUTE } else { "attribute" }.to_owned());
    for (at, text) in texts.iter().enumerate() {
        let rows = rows(at, text, &texts[(at + 1) % texts.len()]);
        for (table, rows) in tables.iter_mut().zip(rows) {
            table.extend(rows);
        }
    }
    for ((name, _), rows) in HEADERS.into_iter().zip(tables) {
        work.write(name, csv(&rows));
    }
    work
}
