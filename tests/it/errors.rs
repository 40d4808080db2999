//! Wrong inputs and wrong usage: each ends with its exit code and one line that says what, where, and what to do; nothing is written.

use std::fmt::Write;

use crate::shop::{BOTH, ORDERS, RESULT, decompose, orders_with, run, sessions_with, shop};
use crate::support::{Run, Work};

/// What can be done where a file lacks buyers.
pub const NO_BUYERS: &str = "where the platform gives no buyers, live sessions exported as aggregates (--rooms FILE) give the five factors, and --set buyer_id= \
     counts every order as off-live (also those of files that have buyers: `gmv ingest` each kind apart then, and give --store)";

/// One wrong run: files beside those of the shop, arguments, and what must come of it.
pub struct Case {
    arguments: String,
    files: Vec<(&'static str, Vec<u8>)>,
    code: i32,
    message: String,
    to_file: bool,
}

/// A run of `gmv decompose` that fails with exit code 1 and this message.
pub fn case(arguments: impl Into<String>, message: impl Into<String>) -> Case {
    let arguments = arguments.into();
    let to_file = !arguments.contains("-o ");
    Case { arguments, files: Vec::new(), code: 1, message: message.into(), to_file }
}

/// The shop with other orders.
fn orders(text: impl AsRef<[u8]>, message: impl Into<String>) -> Case {
    case(BOTH, message).file("orders.csv", text)
}

/// The shop with other sessions.
fn sessions(text: impl AsRef<[u8]>, message: impl Into<String>) -> Case {
    case(BOTH, message).file("sessions.csv", text)
}

/// The message of a run with one bad row of nine.
fn one_bad(input: &str, fault: &str) -> String {
    format!(
        "{fault}; 1 of 9 rows of the {input} are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit"
    )
}

impl Case {
    /// With a file, beside those of the shop or in place of one.
    pub fn file(mut self, name: &'static str, text: impl AsRef<[u8]>) -> Self {
        self.files.push((name, text.as_ref().to_vec()));
        self
    }

    /// With another exit code.
    pub fn code(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    /// Not to a file as well, where it would be no such error.
    pub fn only_to_stdout(mut self) -> Self {
        self.to_file = false;
        self
    }

    fn work(&self) -> Work {
        let work = shop();
        for (name, text) in &self.files {
            work.write(name, text);
        }
        work
    }

    /// What is wrong with the run, if anything: to standard output, and to a file that exists.
    fn check(&self) -> Option<String> {
        let work = self.work();
        let mut wrong = self.wrong(&run(&work, &self.arguments));
        if self.to_file {
            work.write("out.csv", "as it was");
            let before = names(&work);
            let to_file = format!("{} -o out.csv", self.arguments);
            wrong = wrong.or_else(|| self.wrong(&run(&work, &to_file)));
            let kept = work.read("out.csv") == "as it was" && names(&work) == before;
            wrong =
                wrong.or_else(|| (!kept).then(|| "the file of -o, or its folder, has changed".to_owned()));
        }
        wrong.map(|wrong| format!("gmv decompose {}\n{wrong}", self.arguments))
    }

    fn wrong(&self, run: &Run) -> Option<String> {
        let last = run.err.lines().last().unwrap_or_default();
        let expected = format!("gmv: {}", self.message);
        let lines = run.err.lines().filter(|line| line.starts_with("gmv: ")).count();
        if run.code == self.code && run.out.is_empty() && last == expected && lines == 1 {
            return None;
        }
        Some(format!("expected {} {expected}\nfound    {} {}{}", self.code, run.code, run.out, run.err))
    }
}

/// The names of the files of a folder.
fn names(work: &Work) -> Vec<String> {
    let entries = std::fs::read_dir(work.path("")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Checks all cases, and shows all that are wrong.
pub fn check(cases: &[Case]) {
    let mut wrong = String::new();
    for problem in cases.iter().filter_map(Case::check) {
        writeln!(wrong, "\n{problem}").unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn files_that_are_not_there() {
    let empty = "the directory holds no exports (.csv, .tsv, .txt, each also with .gz or .zst; .xlsx, .xlsm; .parquet; .zip)";
    check(&[
        case(
            "--orders order.csv --sessions sessions.csv",
            "order.csv: no such file or directory; did you mean ./orders.csv?",
        ),
        case(
            "--orders quite-another-name --sessions sessions.csv",
            "quite-another-name: no such file or directory",
        ),
        case(
            "--orders orders.csv --sessions nowhere/sessions.csv",
            "nowhere/sessions.csv: no such file or directory; the directory nowhere is not there either",
        ),
        case("--orders of-week-*.tsv --sessions sessions.csv", "of-week-*.tsv: no such file or directory"),
        case("--orders folder --sessions sessions.csv", format!("folder: {empty}"))
            .file("folder/notes.pdf", "x"),
        case("--facts fact.csv", "fact.csv: no such file or directory; did you mean ./facts.csv?")
            .file("facts.csv", "x"),
        case(
            format!("{BOTH} --streamers hosts-of-the-shop.csv"),
            "hosts-of-the-shop.csv: no such file or directory",
        ),
    ]);
}

#[test]
fn files_that_are_empty_or_hold_a_byte_of_another_encoding() {
    let again = "the file is empty (0 bytes), without even a header; export it again";
    let encoding = "is not UTF-8, which the file was taken for; name its encoding with --encoding NAME (often gb18030), or save \
                    it as \"CSV UTF-8\"";
    let mut gbk = ORDERS.as_bytes().to_vec();
    let third = ORDERS.match_indices("甲的直播间").nth(2).unwrap().0;
    gbk.splice(third.."甲".len() + third, *b"\xBC\xD7");
    check(&[
        orders("", format!("orders.csv: {again}")),
        sessions("", format!("sessions.csv: {again}")),
        orders("\u{feff}", format!("orders.csv: {again}")),
        orders(&gbk, format!("orders.csv:4:4: byte 0xBC {encoding}")),
        case(format!("{BOTH} --block-size 64 --threads 7"), format!("orders.csv:4:4: byte 0xBC {encoding}"))
            .file("orders.csv", &gbk),
    ]);
}

#[test]
fn damaged_containers_say_which_file() {
    for (start, message) in [
        (
            &b"\x1F\x8B\x08\x00"[..],
            "this is a compressed file that is damaged (corrupt deflate stream); export it, or copy it, again",
        ),
        (
            b"\x28\xB5\x2F\xFD",
            "this is a compressed file that is damaged (Unsupported frame parameter); export it, or copy it, again",
        ),
        (b"PAR1", "cannot read the Parquet file: Invalid Parquet file. Corrupt footer; write it again"),
    ] {
        let damaged = [start, b"no such thing, far from it"].concat();
        check(&[orders(damaged, format!("orders.csv: {message}"))]);
    }
}

#[test]
fn headers_that_lack_or_repeat_a_column() {
    let todo = "map the columns with --profile FILE, or supply one with --set COLUMN=VALUE";
    let rest = "streamer_name, paid_at, amount, refund_amount, status, carrier, category";
    check(&[
        orders(
            orders_with("buyer_id", "Buyer ID"),
            format!(
                "orders.csv:1: missing column `buyer_id` (profile canonical); the header has: order_id, Buyer ID, streamer_id, \
                 {rest}; `Buyer ID` looks like `buyer_id`: {todo}; {NO_BUYERS}"
            ),
        ),
        case(
            "--orders orders.csv --sessions sessions.csv later.csv",
            format!(
                "later.csv:1: missing columns `streamer_id`, `entered_at`, `left_at or watch_seconds` (profile canonical); the \
                 header has: viewer_id, x; {todo}"
            ),
        )
        .file("later.csv", "viewer_id,x\nu1,1\n"),
        orders(
            ORDERS.replacen("category", "amount", 1),
            "orders.csv:1:10: the header has two columns named `amount` (columns 6 and 10); rename one, or name the right one in \
             a profile",
        ),
        case(
            format!("{BOTH} --by streamer,categoryy"),
            format!(
                "orders.csv:1: missing column `categoryy` of --by (profile canonical); the header has: order_id, buyer_id, streamer_id, \
                 {rest}; did you mean `category`?"
            ),
        ),
    ]);
}

#[test]
fn two_columns_of_one_name_do_no_harm_where_neither_is_needed() {
    let work = shop();
    let twice = ORDERS.replacen("carrier,category", "note,note", 1);
    work.write("orders.csv", twice);
    assert_eq!(decompose(&work, BOTH), RESULT);
}

#[test]
fn bad_cells_of_orders() {
    let bad = |old: &str, new: &str, fault: &str| orders(orders_with(old, new), one_bad("orders", fault));
    let scientific = "is an id in scientific notation: a spreadsheet has rounded it and distinct persons have become one; export \
                      again as text, or --allow-mangled-ids";
    check(&[
        bad(
            "2026-03-02 20:10:00",
            "02/03/2026 20:10",
            "orders.csv:2:5: paid_at \"02/03/2026 20:10\" is no time, such as 2026-03-27 11:11:55; other orders of day and month \
             need a profile",
        ),
        bad(
            "2026-03-02 20:10:00",
            "2026-02-30 20:10:00",
            "orders.csv:2:5: paid_at \"2026-02-30 20:10:00\" is a date or a time of day that does not exist",
        ),
        bad(
            "59.90",
            "59.905",
            "orders.csv:3:6: amount \"59.905\" has more than 2 decimals; it is not rounded",
        ),
        bad("1299.90", "-1299.90", "orders.csv:4:6: amount \"-1299.90\" is negative"),
        bad("1299.90", "twelve", "orders.csv:4:6: amount \"twelve\" is no amount of money, such as 1299.90"),
        bad(
            "0.01",
            "99999999999999.00",
            "orders.csv:5:6: amount \"99999999999999.00\" is above 10000000000000.00",
        ),
        bad("1299.90", "", "orders.csv:4:6: amount is blank"),
        bad(
            "59.90,refunded",
            "1.999,refunded",
            "orders.csv:3:7: refund_amount \"1.999\" has more than 2 decimals; it is not rounded",
        ),
        bad("A-4", " ", "orders.csv:5:1: order_id is blank"),
        bad(",u2,", ",9.44E+18,", &format!("orders.csv:4:2: buyer_id \"9.44E+18\" {scientific}")),
        bad(
            "7349583948573948571",
            "7.35E+18",
            &format!("orders.csv:2:1: order_id \"7.35E+18\" {scientific}"),
        ),
        bad("A-4,u3", "A-4", "orders.csv:5:1: the row has 9 cells and 50 bytes, the header 10 cells"),
        bad(
            "\"socks, \"\"warm\"\"\"",
            "\"socks\" warm",
            "orders.csv:3:1: a quoted cell does not close, or text follows its closing quote (row of 100 bytes); a quote inside \
             of a cell is written twice",
        ),
    ]);
}

#[test]
fn bad_cells_of_sessions() {
    let bad =
        |old: &str, new: &str, fault: &str| sessions(sessions_with(old, new), one_bad("sessions", fault));
    let seconds = |text: &str, fault: &str| {
        let text = sessions_with("left_at", "watch_seconds").replace(",2026-03-02 20:30:00", text);
        let text = text.replace(",2026-03-02 20:45:00", ",1").replace(",2026-03-03 21:00:00", ",1");
        let text = text.replace(",2026-03-09 00:20:00", ",1").replace(",2026-03-10 23:00:00", ",1");
        let text = text.replace(",2026-03-10 20:05:00", ",1").replace(",2026-03-05 20:00:01", ",1");
        sessions(text, one_bad("sessions", fault))
    };
    check(&[
        bad(
            "2026-03-02 20:30:00",
            "2026-03-02 19:59:59",
            "sessions.csv:2:5: left_at \"2026-03-02 19:59:59\" is before entered_at",
        ),
        bad("2026-03-02 20:00:00", "", "sessions.csv:2:4: entered_at is blank"),
        bad("1,u1,s1", "1,u1,", "sessions.csv:2:3: streamer_id is blank"),
        bad(
            "u3",
            "1.0e+5",
            "sessions.csv:5:2: viewer_id \"1.0e+5\" is an id in scientific notation: a spreadsheet has rounded it \
                             and distinct persons have become one; export again as text, or --allow-mangled-ids",
        ),
        seconds(",-5", "sessions.csv:2:5: watch_seconds \"-5\" is no number of seconds"),
        seconds(",half an hour", "sessions.csv:2:5: watch_seconds \"half an hour\" is no number of seconds"),
    ]);
}

#[test]
fn a_quoted_cell_that_never_closes() {
    let open = orders_with("\"socks, \"\"warm\"\"\"", "\"socks, warm");
    let message = "orders.csv:3:10: a quoted cell opens here and does not close within 16777216 bytes or the file; write a quote \
                   inside of a cell as two (\"\")";
    check(&[
        orders(&open, message),
        case(format!("{BOTH} --block-size 64"), message).file("orders.csv", &open),
    ]);
}

#[test]
fn a_bad_row_is_allowed_within_the_limit_and_shown() {
    let bad = orders_with("59.90", "59.905");
    for (limit, code) in [("0", 1), ("1", 0), ("11%", 1), ("11.2%", 0), ("100%", 0), ("0%", 1)] {
        let work = shop();
        work.write("orders.csv", &bad);
        let run = run(&work, &format!("{BOTH} --max-bad {limit}"));
        assert_eq!(run.code, code, "{limit}: {}", run.err);
        assert_eq!(run.out.is_empty(), code == 1, "{limit}");
        let shown = "  orders.csv:3:6: amount \"59.905\" has more than 2 decimals; it is not rounded\n";
        assert!(run.err.contains(shown), "{limit}: {}", run.err);
        let counted =
            "warning: 1 row of the orders rejected (amount more decimals than the currency has: 1)\n";
        assert!(run.err.contains(counted), "{limit}: {}", run.err);
        assert!(code == 0 || run.err.contains(&format!("more than --max-bad {limit} allows")), "{}", run.err);
    }
}

#[test]
fn one_percent_may_be_bad_by_default() {
    let rows = |bad: usize| {
        let mut text = "order_id,buyer_id,streamer_id,paid_at,amount\n".to_owned();
        for row in 0..200 {
            writeln!(text, "o{row},u1,s1,2026-03-02 20:00:00,{}", if row < bad { "x" } else { "1" }).unwrap();
        }
        let work = Work::with(&[("o.csv", &text)]);
        run(&work, "--orders o.csv --attribution all --period all")
    };
    assert_eq!((rows(2).code, rows(3).code), (0, 1));
    assert!(rows(2).out.contains("2026-03-02,s1,198.00,"), "{}", rows(2).out);
}

#[test]
fn strict_is_exit_code_3_with_a_whole_result() {
    let work = shop();
    assert_eq!(run(&work, &format!("{BOTH} --strict")).code, 0);
    work.write("orders.csv", orders_with("59.90", "59.905"));
    let strict = run(&work, &format!("{BOTH} --max-bad 1 --strict"));
    assert_eq!(strict.code, 3, "{}", strict.err);
    assert_eq!(strict.out, decompose(&work, &format!("{BOTH} --max-bad 1")));
    assert!(strict.out.contains("2026-03-02,s1,甲的直播间,1399.90,4,"), "{}", strict.out);
    assert_eq!(run(&work, &format!("{BOTH} --strict")).code, 1);
}

#[test]
fn unknown_statuses_are_listed_and_counted_or_skipped_on_demand() {
    let text =
        ORDERS.replace(",completed,", ",已签收,").replace(",paid,", ",done,").replace(",shipped,", ",,");
    let work = shop();
    work.write("orders.csv", &text);
    let message = "unknown order statuses: \"done\" (4), \"(blank)\" (1), \"已签收\" (1); map them in a profile \
                   ([orders.statuses]), or say --unknown-status count|skip";
    check(&[orders(&text, message)]);
    let count = run(&work, &format!("{BOTH} --unknown-status count"));
    assert_eq!((count.code, count.out.as_str()), (0, RESULT), "{}", count.err);
    let counted =
        "statuses that no profile maps were counted as paid: \"done\" (4), \"(blank)\" (1), \"已签收\" (1)";
    assert!(count.err.contains(counted), "{}", count.err);
    let skip = run(&work, &format!("{BOTH} --unknown-status skip"));
    assert_eq!(skip.code, 0, "{}", skip.err);
    assert!(skip.out.contains("2026-03-02,s1,甲的直播间,59.90,4,"), "{}", skip.out);
    assert!(skip.err.contains("− skipped for their status  6  1,699.91"), "{}", skip.err);
}

#[test]
fn an_unmapped_status_of_an_unpaid_order_is_no_error() {
    let work = shop();
    work.write("orders.csv", orders_with(",pending,", ",待支付,"));
    assert_eq!(decompose(&work, BOTH), RESULT);
}

#[test]
fn mangled_ids_are_taken_on_demand() {
    let work = shop();
    work.write("orders.csv", ORDERS.replace(",u2,", ",9.44E+18,"));
    work.write("sessions.csv", sessions_with(",u2,", ",9.44E+18,"));
    assert_eq!(decompose(&work, &format!("{BOTH} --allow-mangled-ids")), RESULT);
}
