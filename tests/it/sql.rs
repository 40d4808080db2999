//! `gmv sql`: what it refuses, and that nothing that a user names becomes a part of a statement. What statements give is held against real
//! engines by `tests/spark/equality.py`.

use crate::support::Work;

pub const TABLES: [&str; 4] = ["--orders-table", "shop.orders", "--sessions-table", "shop.sessions"];

fn sql(dialect: &str, more: &[&str]) -> String {
    Work::new().ok(&[&["sql", "--dialect", dialect][..], &TABLES, more].concat())
}

fn refused(more: &[&str]) -> String {
    let run = Work::new().run(&[&["sql", "--dialect", "spark"][..], &TABLES, more].concat());
    assert_ne!(run.code, 0, "{more:?}");
    assert!(run.out.is_empty(), "{}", run.out);
    run.err
}

/// The statement without its comments, and with nothing of what stands in quotation marks: in `'` values, in the mark of names.
pub fn without_quoted(statement: &str, names: char, has_backslashes: bool) -> String {
    let lines = statement.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut left = String::new();
    let mut inside: Option<char> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match inside {
            Some('\'') if letter == '\\' && has_backslashes => {
                letters.next();
            }
            Some(mark) if letter == mark => inside = None,
            Some(_) => {}
            None if letter == '\'' || letter == names => inside = Some(letter),
            None => left.push(letter),
        }
    }
    assert_eq!(inside, None, "a quotation mark is open: {statement}");
    left
}

#[test]
fn a_statement_has_its_steps_with_what_they_are_for() {
    for dialect in ["spark", "duckdb"] {
        let statement = sql(dialect, &["--by", "streamer,domain", "--moments"]);
        assert!(statement.starts_with("WITH\n-- Orders as they are"), "{statement}");
        for step in [
            "standing", "paid", "line", "session", "stream", "walked", "parted", "judged", "placed", "cell",
            "reach",
        ] {
            assert_eq!(statement.matches(&format!("\n{step} AS (")).count(), 1, "{step}");
        }
        assert!(
            statement.ends_with("ORDER BY period, gmv DESC, `streamer_id`, `domain`\n")
                || statement.ends_with("ORDER BY period, gmv DESC, \"streamer_id\", \"domain\"\n"),
            "{statement}"
        );
        assert_eq!(statement, sql(dialect, &["--by", "streamer,domain", "--moments"]));
    }
}

#[test]
fn tables_are_named_once_and_dates_that_are_known_are_not_looked_for() {
    for dialect in ["spark", "duckdb"] {
        let queries = ["rows", "rates", "waits", "cohorts"].map(|query| ["--query", query]);
        let queries = queries.iter().map(|query| &query[..]);
        for more in [&[][..], &["--covers", "2026-01-01..2026-03-31"]].into_iter().chain(queries) {
            let statement = sql(dialect, more);
            for table in ["orders", "sessions"] {
                let named = statement.matches(&format!("shop`.`{table}`")).count()
                    + statement.matches(&format!("shop\".\"{table}\"")).count();
                assert_eq!(named, 1, "{more:?}: {statement}");
            }
            // Who follows buyers always looks for them.
            let looks = [&[][..], &["--query", "rates"], &["--query", "waits"], &["--query", "cohorts"]];
            assert_eq!(statement.contains("\nreach AS ("), looks.contains(&more), "{more:?}");
        }
        let all = sql(dialect, &["--covers", "2026-01-01..2026-03-31", "--period", "all"]);
        assert!(all.contains("\nreach AS ("), "{all}");
    }
}

#[test]
fn a_statement_of_rows_tells_reasons_and_ends_with_nothing() {
    for dialect in ["spark", "duckdb"] {
        let statement = sql(dialect, &["--query", "rows", "--basis", "net"]);
        for word in ["paid_at: time out of range", "amount: blank", "streamer_id: error of a spreadsheet"] {
            assert!(statement.contains(&format!("'{word}'")), "{word}");
        }
        assert!(statement.contains("\ntally AS (") && !statement.contains("gmv: "), "{statement}");
        assert!(sql(dialect, &["--basis", "net"]).contains("'gmv: order "));
    }
}

#[test]
fn what_a_user_names_is_quoted() {
    const HOSTILE: &str = "x'); DROP TABLE orders; --`\"\\";
    let columns = format!("order_id,buyer_id,streamer_id,paid_at,amount,{HOSTILE}");
    let set = format!("status={HOSTILE}");
    let more = [
        "--orders-columns",
        &columns,
        "--by",
        HOSTILE,
        "--set",
        &set,
        "--unknown-status",
        "count",
        "--streamers-table",
        "`a``; DROP TABLE b`.c",
        "--streamers-columns",
        "tier",
        "--latest-by",
        HOSTILE,
    ];
    for query in ["sums", "rows", "rates", "waits", "cohorts"] {
        for (dialect, names, has_backslashes) in [("spark", '`', true), ("duckdb", '"', false)] {
            let statement = sql(dialect, &[&more[..], &["--query", query]].concat());
            assert!(statement.contains("DROP TABLE"), "{statement}");
            let left = without_quoted(&statement, names, has_backslashes);
            for word in ["DROP", ";", "--"] {
                assert!(!left.contains(word), "{dialect}: {word} in {left}");
            }
        }
    }
}

#[test]
fn what_is_asked_about_buyers_who_come_back_has_its_steps() {
    let steps = |query: &str, more: &[&str]| -> Vec<String> {
        let statement = sql("spark", &[&["--query", query][..], more].concat());
        assert_eq!(statement, sql("spark", &[&["--query", query][..], more].concat()));
        // A bare name before a condition is a table that streams, to Spark.
        assert!(!statement.contains("FROM stream\n  WHERE"), "{statement}");
        let lines = statement.lines().filter_map(|line| line.strip_suffix(" AS ("));
        lines.filter(|name| !name.contains(' ')).map(str::to_owned).collect()
    };
    let has = |steps: &[String], name: &str| steps.iter().any(|step| step == name);
    let rates = steps("rates", &[]);
    for name in ["net", "session", "stream", "walked", "judged", "placed", "ordered", "person", "cell"] {
        assert!(has(&rates, name), "{name} in {rates:?}");
    }
    assert!(!has(&rates, "slice") && has(&steps("rates", &["--by", "category"]), "slice"));
    // Without the column nothing is known of refunds, and nothing is asked.
    let without = ["--orders-columns", "order_id,buyer_id,streamer_id,paid_at,amount"];
    assert!(!has(&steps("rates", &without), "net"));
    let refunds = sql("duckdb", &[&["--query", "rates"][..], &without].concat());
    assert!(refunds.contains("  NULL AS refunded_orders,\n"), "{refunds}");
    // Viewing matters where groups are divided by it.
    let (waits, split) = (steps("waits", &[]), steps("waits", &["--by", "domain"]));
    assert!(!has(&waits, "session") && has(&waits, "session_row") && has(&split, "walked"));
    assert!(!has(&steps("cohorts", &[]), "session"));
    // The occasion is an order, or a day with orders.
    for (occasion, function) in [("orders", "row_number()"), ("days", "dense_rank()")] {
        let waits = sql("duckdb", &["--query", "waits", "--occasion", occasion]);
        assert!(
            waits.contains(&format!("{function} OVER (PARTITION BY person, \"streamer_id\" ORDER BY")),
            "{waits}"
        );
    }
}

#[test]
fn columns_of_users_have_names_of_their_own_in_the_steps() {
    let columns =
        ["--orders-columns", "order_id,buyer_id,streamer_id,paid_at,amount,kind,money", "--by", "kind,money"];
    let statement = sql("spark", &columns);
    for (number, name) in [(1, "kind"), (2, "money")] {
        assert!(statement.contains(&format!("  c.group_{number} AS `{name}`,\n")), "{statement}");
        // Where cells become texts a column is named by its own name, and not again before the result.
        let (_, behind) = statement.split_once("order_cell AS (").unwrap();
        assert_eq!(behind.matches(&format!("`{name}`")).count(), 2, "{statement}");
    }
}

#[test]
fn rows_that_are_equally_late_are_told_apart_by_what_they_hold() {
    for (more, first) in
        [(&[][..], "paid"), (&["--latest-by", "exported_at"][..], "`later_1` DESC NULLS LAST, paid")]
    {
        let statement = sql("spark", &[&["--by", "category"], more].concat());
        let order = format!("ORDER BY {first} DESC NULLS LAST, amount DESC NULLS LAST, ");
        assert!(statement.contains(&order), "{statement}");
        assert!(
            statement.contains("carrier DESC NULLS LAST, group_1 DESC NULLS LAST) AS nth"),
            "{statement}"
        );
    }
}

#[test]
fn words_of_a_profile_are_quoted() {
    let work = Work::with(&[(
        "p.toml",
        "name = \"p\"\n[orders.columns]\norder_id = \"o'1\"\n[orders.statuses]\npaid = [\"a'; DROP TABLE x --\", '\\' ]\n[anonymous]\nwords = [\"n'; DROP TABLE x --\"]\ncontains = [\"c'; DROP\"]\n",
    )]);
    let columns = "o'1,buyer_id,streamer_id,paid_at,amount,status";
    for (dialect, names, has_backslashes) in [("spark", '`', true), ("duckdb", '"', false)] {
        let arguments = ["sql", "--dialect", dialect, "--profile", "p.toml", "--orders-columns", columns];
        let statement = work.ok(&[&arguments[..], &TABLES].concat());
        let left = without_quoted(&statement, names, has_backslashes);
        assert!(statement.contains("DROP TABLE x") && !left.contains("DROP"), "{left}");
    }
}

#[test]
fn what_cannot_be_said_is_refused_with_what_to_do() {
    let lacking = refused(&["--by", "colour"]);
    assert!(lacking.contains("missing column `colour`") && lacking.contains("--orders-columns"), "{lacking}");
    for (more, words) in [
        (&["--by", "tier"][..], "--by tier: a query does not compute tiers; give them in --streamers-table"),
        (&["--basis", "net", "--refund-within", "7d"], "--refund-within: a query does not carry it"),
        (&["--orders-columns", "order_id,buyer_id"], "`streamer_id`"),
        (
            &["--basis", "net", "--orders-columns", "order_id,buyer_id,streamer_id,paid_at,amount"],
            "--basis net: the table of orders has no column refund_amount; map it in a profile, or, for gmv sql, name all columns",
        ),
        (
            &["--by", "domain", "--sessions-columns", "viewer_id,streamer_id,entered_at,left_at"],
            "no column source",
        ),
        (&["--by", "colour"], "`colour` of --by"),
        (&["--query", "rates", "--by", "live"], "--by live: a broadcast is over when it ends"),
        (
            &["--query", "cohorts", "--by", "domain"],
            "--by domain, traffic and buyer-type change from period to period",
        ),
        (
            &[
                "--query",
                "waits",
                "--by",
                "days",
                "--orders-columns",
                "order_id,buyer_id,streamer_id,paid_at,amount,days",
            ],
            "--by days: the result has a column of that name",
        ),
        (&["--query", "expected"], "[possible values: sums, rows, days, rates, waits, cohorts, influences]"),
        (&["--profile", "tiktok-orders"], "profile tiktok-orders"),
        (&["--period", "week", "--from", "2026-03-09", "--to", "2026-03-02"], "--from is after --to"),
        (&["--streamers-table", "a b"], "is no table"),
        (&["--set", "buyerid="], "--set buyerid: no such column"),
        (&["--set", "streamer_id={file}"], "--set streamer_id={file}: a table has no file name"),
    ] {
        let err = refused(more);
        assert!(
            err.contains(words) && err.lines().filter(|line| line.starts_with("gmv: ")).count() <= 1,
            "{more:?}: {err}"
        );
    }
    let work = Work::new();
    let err = work.fails(2, &["sql", "--dialect", "spark", "--orders-table", "o"]);
    assert_eq!(err, "gmv: --sessions-table TABLE is needed; without sessions only --attribution all works\n");
    let err = work.fails(2, &["sql", "--dialect", "oracle", "--orders-table", "o"]);
    assert!(err.contains("[possible values: spark, duckdb]"), "{err}");
}

#[test]
fn options_of_exports_lead_to_those_of_tables() {
    for (more, tip) in [
        (&["--orders", "o.csv"][..], "a similar argument exists: '--orders-table'"),
        (&["--sessions", "s.csv", "t.csv"], "a similar argument exists: '--sessions-table'"),
        (&["--streamers", "s.csv"], "a similar argument exists: '--streamers-table'"),
        (&["--refunds", "r.csv"], "a statement does not carry it; run gmv decompose on exports"),
        (&["--lives", "l.csv"], "a statement does not carry it; run gmv decompose on exports"),
        (&["--spend", "s.csv"], "a statement does not carry it; run gmv decompose on exports"),
    ] {
        let err = refused(more);
        assert!(err.contains("unexpected argument") && err.contains(&format!("tip: {tip}\n")), "{err}");
    }
}

#[test]
fn a_statement_is_written_whole() {
    let work = Work::new();
    let arguments = [&["sql", "--dialect", "duckdb", "-o", "sums.sql"][..], &TABLES].concat();
    assert_eq!(work.ok(&arguments), "");
    assert_eq!(work.read("sums.sql"), sql("duckdb", &[]));
}

#[test]
fn ranges_are_periods_of_their_own() {
    let ranges = ["--before", "2026-03-02..2026-03-05", "--after", "2026-03-09..2026-03-15"];
    let days = ["2026-03-02", "2026-03-06", "2026-03-09"];
    let listed = days.map(|day| format!("(DATE '{day}')")).join(", ");
    for dialect in ["spark", "duckdb"] {
        for kind in ["day", "all"] {
            let all = sql(dialect, &[&ranges[..], &["--period", kind]].concat());
            assert!(all.contains(&format!("(VALUES {listed}) AS s(period)")), "{all}");
            // Midnights of Shanghai, at which the second and the third period begin.
            assert!(
                all.contains("< 1772726400 THEN DATE '2026-03-02'")
                    && all.contains("< 1772985600 THEN DATE '2026-03-06'"),
                "{all}"
            );
            assert!(!all.contains("INTERVAL 1 DAY"), "{all}");
        }
        // Without a day between them.
        let near = ["--before", "2026-03-06..2026-03-08", "--after", "2026-03-02..2026-03-05"];
        let all = sql(dialect, &near);
        assert!(all.contains("(VALUES (DATE '2026-03-02'), (DATE '2026-03-06')) AS s(period)"), "{all}");
    }
    for (more, words) in [
        (&["--query", "rates"][..], "--before A..B: buyers are followed over periods of a kind"),
        (&["--from", "2026-03-02"], "with ranges A..B these are known"),
    ] {
        let err = refused(&[&ranges[..], more].concat());
        assert!(err.contains(words), "{err}");
    }
    assert!(
        refused(&["--before", "2026-03-02..2026-03-05", "--after", "2026-03-05..2026-03-06"])
            .contains("share dates")
    );
}

#[test]
fn computed_tiers_come_with_the_statement() {
    use clap::Parser;
    use gmv::engine::sql::{Query, statement};

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        sql: gmv::cli::SqlArguments,
    }
    let hostile = "x'); DROP TABLE orders; --`\"\\";
    for (dialect, names, has_backslashes) in [("spark", '`', true), ("duckdb", '"', false)] {
        let of = |tiers: &[(&str, &'static str)]| {
            let words = [
                "gmv",
                "--dialect",
                dialect,
                "--by",
                "tier,kind",
                "--streamers-table",
                "s",
                "--streamers-columns",
                "tier,kind",
            ];
            let typed = Typed::try_parse_from(words.into_iter().chain(TABLES)).unwrap();
            let mut asked = typed.sql.resolve().unwrap().asked;
            asked.tiers = Some(tiers.iter().map(|(id, tier)| (std::sync::Arc::from(*id), *tier)).collect());
            statement(asked, Query::Sums).unwrap()
        };
        let all = of(&[(hostile, "head"), ("b", "mid")]);
        let left = without_quoted(&all, names, has_backslashes);
        assert!(
            all.contains("('b', 'mid')") && all.contains("DROP TABLE") && !left.contains("DROP"),
            "{all}"
        );
        assert!(all.contains("LEFT JOIN tiered AS k ON k.tiered_id = s.streamer_id"), "{all}");
        // Others are tail, but orders without a streamer; the table gives the other column alone.
        assert!(
            all.contains(
                "WHEN s.streamer_id = '(none)' THEN '(none)' ELSE coalesce(k.tier, 'tail') END AS group_1"
            ),
            "{all}"
        );
        assert!(
            all.contains("coalesce(t.group_2, '(none)') AS group_2") && !all.contains("t.group_1"),
            "{all}"
        );
        let nobody = of(&[]);
        assert!(!nobody.contains("tiered") && nobody.contains("ELSE 'tail' END AS group_1"), "{nobody}");
    }
}
