//! A small shop whose figures are worked out by hand, for the tests of inputs, outputs and errors.

use crate::support::{Run, Work};

/// Nine orders: 19-digit ids, leading zeros, a refund, nobody's order, a shelf order, one that was never paid.
pub const ORDERS: &str = "\
order_id,buyer_id,streamer_id,streamer_name,paid_at,amount,refund_amount,status,carrier,category
7349583948573948571,u1,s1,甲的直播间,2026-03-02 20:10:00,100.00,,paid,live,shoes
7349583948573948572,u1,s1,甲的直播间,2026-03-03 20:10:00,59.90,59.90,refunded,live,\"socks, \"\"warm\"\"\"
7349583948573948573,u2,s1,甲的直播间,2026-03-03 21:00:00,1299.90,,completed,card,shoes
A-4,u3,s2,Bo,2026-03-09 12:00:00,0.01,,shipped,video,
A-5,007,s2,Bo,2026-03-10 23:59:59,250.00,100.00,paid,live,shoes
A-6,7,s2,Bo,2026-03-10 23:59:59,50.00,,closed_paid,live,shoes
A-7,,s1,,2026-03-04 10:00:00,20.00,,paid,,shoes
A-8,u4,,,2026-03-05 10:00:00,30.00,,paid,,shoes
A-9,u4,s1,,,15.00,,pending,,shoes
";

/// Nine sessions: two devices at once, one across midnight and weeks, a bounce, a guest, two ids that differ in the last digit.
pub const SESSIONS: &str = "\
session_id,viewer_id,streamer_id,entered_at,left_at,source
1,u1,s1,2026-03-02 20:00:00,2026-03-02 20:30:00,follow
2,u1,s1,2026-03-02 20:15:00,2026-03-02 20:45:00,recommend
3,u2,s1,2026-03-03 20:00:00,2026-03-03 21:00:00,recommend
4,u3,s2,2026-03-08 23:50:00,2026-03-09 00:20:00,paid
5,007,s2,2026-03-10 20:00:00,2026-03-10 23:00:00,shop
6,7,s2,2026-03-10 20:00:00,,search
7,,s2,2026-03-10 20:00:00,2026-03-10 20:05:00,search
8,7349583948573948573,s1,2026-03-05 20:00:00,2026-03-05 20:00:01,recommend
9,7349583948573948574,s1,2026-03-05 20:00:00,2026-03-05 20:00:01,fans_group
";

/// What `gmv decompose` makes of them. By hand: s1 is watched by u1 for the union of 30 and 30 minutes that overlap by 15, by u2 for an
/// hour, by two persons for a second each; the session across the weeks gives each week its part.
pub const RESULT: &str = "\
period,streamer_id,streamer_name,gmv,uv,uv_private,uv_public,uv_paid,watch_hours,buyers,orders,watch_hours_per_viewer,buyers_per_watch_hour,aov,orders_per_buyer,gmv_off_live,orders_off_live,gmv_total,partial
2026-03-02,s1,甲的直播间,1459.80,4,2,2,0,1.7505555555555556,2,3,0.4376388888888889,1.1424944462075532,486.6,1.5,20.00,1,1479.80,false
2026-03-02,(none),,0.00,0,0,0,0,0,0,0,,,,,30.00,1,30.00,false
2026-03-02,s2,Bo,0.00,1,0,1,1,0.16666666666666666,0,0,0.16666666666666666,0,,,0.00,0,0.00,false
2026-03-09,s2,Bo,300.01,3,1,2,1,3.3333333333333335,3,3,1.1111111111111112,0.9,100.00333333333333,1,0.00,0,300.01,true
";

/// The arguments that name both files of the shop.
pub const BOTH: &str = "--orders orders.csv --sessions sessions.csv";

/// A folder with the shop's files.
pub fn shop() -> Work {
    Work::with(&[("orders.csv", ORDERS), ("sessions.csv", SESSIONS)])
}

/// The words of a command line without quotes, after `gmv decompose`.
pub fn words(arguments: &str) -> Vec<&str> {
    ["decompose"].into_iter().chain(arguments.split_whitespace()).collect()
}

/// Runs `gmv decompose` with the words of a line, which must succeed; returns standard output.
pub fn decompose(work: &Work, arguments: &str) -> String {
    work.ok(&words(arguments))
}

/// Runs `gmv decompose` with the words of a line, whatever comes of it.
pub fn run(work: &Work, arguments: &str) -> Run {
    work.run(&words(arguments))
}

/// The orders with one text in place of another, which must be there.
pub fn orders_with(old: &str, new: &str) -> String {
    replaced(ORDERS, old, new)
}

/// The sessions with one text in place of another, which must be there.
pub fn sessions_with(old: &str, new: &str) -> String {
    replaced(SESSIONS, old, new)
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old} is not in the shop");
    text.replacen(old, new, 1)
}

#[test]
fn the_shop_gives_the_figures_worked_out_by_hand() {
    assert_eq!(decompose(&shop(), BOTH), RESULT);
}
