//! Wrong usage, and wrong files beside the exports: profiles, tables of streamers, facts, and places to write to.

use crate::errors::{case, check};
use crate::shop::{BOTH, RESULT, decompose, orders_with, run, sessions_with, shop, words};

#[test]
fn places_that_cannot_be_written() {
    check(&[
        case(
            format!("{BOTH} -o nowhere/out.csv"),
            "cannot write nowhere/out.csv: the folder nowhere does not exist; create it or choose another place",
        ),
        case(
            format!("{BOTH} -o folder.csv"),
            "cannot write folder.csv: it is a folder; give the name of a file in it",
        )
        .file("folder.csv/x", ""),
        case(format!("{BOTH} --format parquet"), "Parquet needs a file: -o FILE.parquet").code(2).only_to_stdout(),
        case(format!("{BOTH} --format xlsx"), "a workbook needs a file: -o FILE.xlsx").code(2).only_to_stdout(),
        case(
            format!("{BOTH} -o out.xls"),
            "-o out.xls: the ending names no format (.csv .tsv .json .ndjson .md .parquet .xlsx .txt); add --format",
        )
        .code(2),
    ]);
}

const NEEDED: &str = "--orders FILE is needed (or --store DIR, --rooms FILE or --facts FILE); in a configuration, orders = [\"FILE\"]";

#[test]
fn usage_that_cannot_be_meant() {
    let usage = |arguments: &str, message: &str| case(arguments, message).code(2);
    let both = |more: &str, message: &str| usage(&format!("{BOTH} {more}"), message);
    let source = "--by domain and --by traffic need sessions with a source column; map it in a profile ([sessions.columns] source \
                  = …)";
    let bare = sessions_with("source", "from");
    check(&[
        usage("", NEEDED),
        usage("--sessions sessions.csv", NEEDED),
        usage(
            "--orders orders.csv",
            "--sessions FILE is needed; without sessions only --attribution all works",
        ),
        both("--from 2026-03-09 --to 2026-03-02", "--from is after --to"),
        both(
            "--timezone Mars/Olympus",
            "--timezone Mars/Olympus: no such zone; use a name such as Asia/Shanghai or UTC",
        ),
        usage("--orders - --sessions -", "- (standard input) can be one of the inputs, not two"),
        both("--by domain,streamer,domain", "--by names domain twice"),
        both("--by streamer,streamer_id", "--by names streamer_id twice"),
        both("--by streamer,", "--by has an empty name"),
        both("--price-bands 0,50,50", "--price-bands 0,50,50: the edges must ascend"),
        both("--by domain", source).file("sessions.csv", &bare),
        both("--by traffic", source).file("sessions.csv", &bare),
        both(
            "--attribution carrier",
            "orders.csv:1: --attribution carrier and --by carrier need a carrier column in the orders",
        )
        .file("orders.csv", orders_with("carrier", "from")),
    ]);
}

#[test]
fn values_that_are_none_are_refused_with_an_example() {
    for (arguments, message) in [
        ("--max-session 5x", "\"5x\" is no length of time, such as 30m, 90s, 24h or 7d"),
        ("--attribution window:", "\"\" is no length of time, such as 30m, 90s, 24h or 7d"),
        ("--attribution nearest", "use period, window:DURATION (such as window:30m), carrier or all"),
        ("--from 2026-02-30", "\"2026-02-30\" is no date, such as 2026-03-02"),
        ("--day-start 25:00", "\"25:00\" is no time of day, such as 05:00"),
        ("--covers 2026-03-02", "\"2026-03-02\" is no range of dates, such as 2026-03-02..2026-03-29"),
        ("--level 2", "\"2\" is no level between 0 and 1, such as 0.95 or 95%"),
        ("--max-bad many", "\"many\" is neither a number of rows (100) nor a percentage (2%)"),
        ("--delimiter ab", "\"ab\" is no delimiter: one of , ; | tab"),
        ("--set streamer_id", "\"streamer_id\" is no COLUMN=VALUE"),
        ("--threads 200000", "not a number from 1 to 1024"),
        ("--threads 0", "not a number from 1 to 1024"),
        ("--period fortnight", "invalid value 'fortnight' for '--period <PERIOD>'"),
        ("--unknown-status guess", "[possible values: refuse, count, skip]"),
        ("--formats csv", "unexpected argument '--formats' found"),
        ("--facts f.csv", "the argument '--orders <FILE>...' cannot be used with '--facts <FILE>'"),
    ] {
        let run = run(&shop(), &format!("{BOTH} {arguments}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments}: {}", run.err);
        assert!(run.err.starts_with("error: ") && run.err.contains(message), "{arguments}: {}", run.err);
    }
}

#[test]
fn net_needs_to_know_the_refunds() {
    let net = format!("{BOTH} --basis net");
    check(&[
        case(
            &net,
            "orders.csv:1: --basis net needs a refund_amount column, and the orders have none; map it in a profile, or give \
             the after-sales export with --refunds",
        )
        .file("orders.csv", orders_with("refund_amount", "refunded")),
        case(
            &net,
            "orders.csv:3: --basis net: the status says refunded, but there is no refund_amount (rows like this one: 1); how \
             much was refunded is not assumed: give the after-sales export that has these orders with --refunds, add the \
             amounts, or use --basis paid",
        )
        .file("orders.csv", orders_with("59.90,59.90", "59.90,")),
    ]);
    let work = shop();
    work.write("orders.csv", orders_with("59.90,59.90", "59.90,"));
    assert_eq!(decompose(&work, BOTH), RESULT);
}

#[test]
fn profiles_that_cannot_be_used_say_where() {
    let sum = "name = \"x\"\n[orders.columns]\nbuyer_id = { plus = [\"a\"] }\n";
    let lines = "name = \"x\"\n[orders]\nlevel = \"line\"\n";
    let profile = format!("{BOTH} --profile p.toml");
    check(&[
        case(&profile, "p.toml: buyer_id: only amount and refund_amount may be a sum of columns")
            .file("p.toml", sum),
        case(&profile, "orders.csv:1: missing column `line_id` (profile x); the header has: order_id, buyer_id, streamer_id, streamer_name, paid_at, \
             amount, refund_amount, status, carrier, category; map the columns with --profile FILE, or supply one with --set COLUMN=VALUE")
            .file("p.toml", lines),
        case(
            format!("{BOTH} --profile douyinn"),
            "douyinn: no profile file: No such file or directory (os error 2); did you mean `douyin-orders`? (built-in profiles: \
             canonical, douyin-orders, douyin-aftersale, douyin-compass, kuaishou-orders, wechat-orders, taobao-orders, tmall-suborders, \
             tmall-report, pinduoduo-orders, youzan-orders, tiktok-orders, feigua-live)",
        ),
    ]);
    for (text, line, word) in [
        ("name = \"x\"\n[orders\nlevel = 1\n", "p.toml:2:8: ", "unclosed table"),
        ("name = \"x\"\n[orders]\nlevels = 1\n", "p.toml:3:1: ", "unknown field `levels`"),
        ("name = \"x\"\n\n[orders.statuses]\npaidd = [\"x\"]\n", "p.toml:4:1: ", "unknown variant `paidd`"),
        ("name = \"x\"\n[time]\nformats = [\"%Q\"]\n", "formats", "%Q"),
        ("[orders]\n", "", "missing field `name`"),
    ] {
        let work = shop();
        work.write("p.toml", text);
        let err = work.fails(1, &words(&profile));
        assert!(err.starts_with("gmv: p.toml:") && err.lines().count() == 1, "{err}");
        assert!(err.contains(line) && err.contains(word), "{err}");
    }
}

#[test]
fn tables_of_streamers_that_cannot_be_used() {
    let table = |text: &str, message: &str| {
        case(format!("{BOTH} --streamers streamers.csv"), format!("streamers.csv:{message}"))
            .file("streamers.csv", text)
    };
    let name =
        |column: &str| format!("the column `{column}` has the name of another group or column; rename it");
    check(&[
        table(
            "streamer,tier\ns1,head\n",
            "1:1: missing column `streamer_id`; the header has: streamer, tier; did you mean `streamer`?",
        ),
        table("streamer_id,category\ns1,x\n", &format!("1:2: {}", name("category"))),
        table("streamer_id,tier,tier\ns1,x,y\n", &format!("1:3: {}", name("tier"))),
        table("streamer_id,gmv\ns1,1\n", &format!("1:2: {}", name("gmv"))),
        table("streamer_id,tier\ns1,a\ns1,b\n", "3:1: streamer s1 stands twice with different values"),
        table("streamer_id,tier\ns1,a\n,b\n", "3:1: streamer_id is blank"),
        table("streamer_id,tier\ns1,a,b\n", "2:1: the row has 3 cells and 6 bytes, the header 2 cells"),
        table("", " the file is empty (0 bytes), without even a header; export it again"),
    ]);
}

#[test]
fn facts_that_cannot_be_used() {
    let header = "period,streamer_id,uv,watch_hours,buyers,orders,gmv";
    let facts = |rows: &str, message: &str| {
        case("--facts facts.csv", format!("facts.csv:{message}"))
            .file("facts.csv", format!("{header}\n{rows}\n"))
    };
    let row = "2026-03-02,s1,10,1.5,2,3,300";
    check(&[
        case(
            "--facts facts.csv",
            "facts.csv:1:1: missing columns `orders`, `gmv` of a facts file; the header has: period, uv, watch_hours, buyers",
        )
        .file("facts.csv", "period,uv,watch_hours,buyers\n"),
        case("--facts facts.csv", "facts.csv:1:8: the header has two columns named `uv`")
            .file("facts.csv", format!("{header},uv\n")),
        facts("2026-03-02,s1,ten,1.5,2,3,300", "2:3: uv \"ten\" is no whole number of at least 0"),
        facts("2026-03-02,s1,10,-1,2,3,300", "2:4: watch_hours \"-1\" is no number of hours"),
        facts("2026-03-02,s1,10,1.5,2.5,3,300", "2:5: buyers \"2.5\" is no whole number of at least 0"),
        facts("2026-03-02,s1,10,1.5,2,3,300.001", "2:7: gmv \"300.001\" has more than 2 decimals"),
        facts("2026-03-02,s1,10,1.5,2,3,-300", "2:7: gmv \"-300\" is no amount of at least 0, such as 1299.90"),
        facts("2026-03-02,s1,10,1.5,2,,300", "2:6: orders is blank"),
        facts("02/03/2026,s1,10,1.5,2,3,300", "2:1: period \"02/03/2026\" is no date, such as 2026-03-02"),
        facts("2026-03-02,s1,10,1.5,2,3", "2:1: the row has 6 cells and 24 bytes, the header 7 cells"),
        facts(
            &format!("{row}\n{row}"),
            "3:1: this group stands twice in its period; one row holds all of its sums",
        ),
        case("--facts facts.csv --by domain", "facts.csv: the facts are by streamer_id, not by domain; sums of persons cannot be \
              regrouped: leave --by out, or give facts of that grouping")
        .code(2)
        .file("facts.csv", format!("{header}\n{row}\n")),
    ]);
}
