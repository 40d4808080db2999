//! What no command line asks for, and the library can be asked for.

use clap::Parser;
use gmv::cli::{Arguments, Command, Work};
use gmv::engine::local::{Extent, LocalSettings, aggregate, read};

use super::{ORDERS, SESSIONS, shop};

#[test]
fn what_was_refunded_is_no_order_where_buyers_are_followed_by_broadcast() {
    let work = shop();
    work.write("o.csv", ORDERS.replace("100.00,0", "100.00,40.00").replace("carrier\n", "carrier,live_id\n"));
    let orders = work.read("o.csv").replace(",live\n", ",live,L1\n").replace(",card\n", ",card,L2\n");
    work.write("o.csv", orders);
    work.write(
        "s.csv",
        SESSIONS
            .replace("source\n", "source,live_id\n")
            .replace("follow\n", "follow,L1\n")
            .replace("paid\n", "paid,L2\n"),
    );
    let (orders, sessions) = (work.path("o.csv"), work.path("s.csv"));
    let line = ["gmv", "decompose", "--by", "live", "--timezone", "Asia/Shanghai", "--orders"];
    let line = line.map(Into::into).into_iter().chain([orders.into(), "--sessions".into(), sessions.into()]);
    let arguments = Arguments::try_parse_from(line.collect::<Vec<std::ffi::OsString>>()).unwrap();
    let Command::Decompose(arguments) = arguments.command else { panic!("decompose was typed") };
    let settings = arguments.resolve().unwrap();
    let Work::Exports(exports) = &settings.work else { panic!("exports were given") };
    let exports = LocalSettings { follows_buyers: true, ..(**exports).clone() };
    let mut inputs = read(&exports, Extent::InRange, &|_| {}).unwrap();
    let (sums, report) = aggregate(&mut inputs, &exports).unwrap();
    assert!(report.closes(), "{report:?}");
    assert_eq!(sums.total.unwrap().gmv, Some(15_000));
}
