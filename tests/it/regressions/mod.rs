//! Cases that once went wrong, each with what must happen: a small shop, and how they ask.

mod library;
mod numbers;
mod refusals;

use crate::support::{Run, Work};

pub const ORDERS: &str = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status,category,carrier\n\
    1,u1,s1,2026-03-02 20:10:00,100.00,0,paid,food,live\n\
    2,u2,s1,2026-03-03 20:10:00,50.00,0,paid,toys,card\n";
pub const SESSIONS: &str = "viewer_id,streamer_id,entered_at,left_at,source\n\
    u1,s1,2026-03-02 20:00:00,2026-03-02 21:00:00,follow\n\
    u2,s1,2026-03-03 20:00:00,2026-03-03 21:00:00,paid\n";
pub const FACTS: &str = "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n2026-03-02,a,200,20,8,9,900\n";

pub fn shop() -> Work {
    Work::with(&[("o.csv", ORDERS), ("s.csv", SESSIONS)])
}

/// Runs decompose with these arguments, divided at spaces, to CSV.
pub fn decompose(work: &Work, arguments: &str) -> Run {
    let mut all = vec!["decompose", "--format", "csv"];
    all.extend(arguments.split(' '));
    work.run(&all)
}

pub fn ok(work: &Work, arguments: &str) -> Run {
    let run = decompose(work, arguments);
    assert_eq!(run.code, 0, "{arguments}\n{}{}", run.out, run.err);
    run
}

pub fn refused(work: &Work, code: i32, arguments: &str, message: &str) {
    let run = decompose(work, arguments);
    assert_eq!((run.code, run.out.as_str()), (code, ""), "{arguments}\n{}", run.err);
    assert!(run.err.contains(message), "{arguments}\n{}", run.err);
}
