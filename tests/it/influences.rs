//! Intervals of a comparison of facts by what another engine told of its persons: what DuckDB gave of `tests/handworked` (written by
//! `tests/spark/answers.py`) becomes the table of exports; what is refused; and that no name becomes a part of a statement.

use crate::sql::{TABLES, without_quoted};
use crate::support::{Work, repository};

/// What exports tell beside a facts file: names and broadcasts.
const NOT_TOLD: [&str; 4] = ["streamer_name", "broadcasts", "live_hours", "uv_per_live_hour"];

/// A comparison that DuckDB was asked about: its name, and the options of both sides.
struct Asked {
    name: String,
    options: Vec<String>,
}

fn asked() -> Vec<Asked> {
    let text = std::fs::read_to_string(repository("tests/spark/answers/comparisons.txt")).unwrap();
    let one = |line: &str| {
        let (name, rest) = line.split_once('\t').unwrap();
        let options = rest.split_once('|').unwrap().1.split_whitespace().map(str::to_owned);
        Asked { name: name.to_owned(), options: options.collect() }
    };
    text.lines().filter(|line| !line.starts_with('#')).map(one).collect()
}

impl Asked {
    fn file(&self, what: &str) -> String {
        std::fs::read_to_string(
            repository("tests/spark/answers").join(format!("compared_{}-{what}.csv", self.name)),
        )
        .unwrap_or_default()
    }

    /// A folder with the files.
    fn work(&self) -> Work {
        let files = ["sums", "influences", "viewing"].map(|what| (format!("{what}.csv"), self.file(what)));
        let all = files.each_ref().map(|(name, text)| (name.as_str(), text.as_str()));
        Work::with(&all.into_iter().filter(|(_, text)| !text.is_empty()).collect::<Vec<_>>())
    }

    /// The comparison of the facts, with other options behind its own.
    fn line<'a>(&'a self, work: &Work, more: &[&'a str]) -> Vec<&'a str> {
        let mut words = vec!["compare", "--facts", "sums.csv", "--influences", "influences.csv"];
        if work.path("viewing.csv").exists() {
            words.extend(["--viewing", "viewing.csv"]);
        }
        // How orders count lies behind the facts.
        let own = self.options.iter().map(String::as_str).scan(false, |skips, word| {
            let is_behind = ["--period", "--basis", "--attribution"].contains(&word) || *skips;
            *skips = is_behind && !*skips;
            Some((word, is_behind))
        });
        words.extend(own.filter_map(|(word, is_behind)| (!is_behind).then_some(word)));
        words.extend(more);
        words.extend(["--format", "csv", "-q"]);
        words
    }
}

fn table(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn what_another_engine_told_gives_the_table_of_exports() {
    for one in asked() {
        let work = one.work();
        let theirs = table(&work.ok(&one.line(&work, &[])));
        let path = |name: &str| repository("tests/handworked").join(name).to_str().unwrap().to_owned();
        let exports = [path("orders.csv"), path("sessions.csv"), path("streamers.csv")];
        let [orders, sessions, streamers] = exports.each_ref().map(String::as_str);
        let mut line = vec![
            "compare",
            "--orders",
            orders,
            "--sessions",
            sessions,
            "--streamers",
            streamers,
            "--format",
            "csv",
            "-q",
        ];
        line.extend(one.options.iter().map(String::as_str));
        let ours = table(&work.ok(&line));
        assert_eq!(ours.len(), theirs.len(), "{}", one.name);
        assert!(ours[0].iter().any(|name| name == "uv_effect_lo"), "{:?}", ours[0]);
        let mut told = 0;
        for (at, name) in ours[0].iter().enumerate() {
            let Some(there) = theirs[0].iter().position(|other| other == name) else {
                assert!(NOT_TOLD.iter().any(|untold| name.starts_with(untold)), "no column {name}");
                continue;
            };
            if NOT_TOLD.iter().any(|untold| name.starts_with(untold)) {
                continue;
            }
            for (number, (a, b)) in ours.iter().zip(&theirs).enumerate() {
                assert_eq!(a[at], b[there], "{} {name} of row {number}", one.name);
                told += usize::from(name.ends_with("_lo") && !a[at].is_empty() && number > 0);
            }
        }
        assert!(told > 5, "{}: {told} intervals", one.name);
    }
}

/// The first comparison, of which a file was changed, and what is said of it.
fn said(file: &str, change: impl Fn(String) -> String, more: &[&str]) -> String {
    let one = asked().remove(0);
    let work = one.work();
    let text = work.read(file);
    let changed = change(text.clone());
    assert!(changed != text || !more.is_empty(), "nothing was changed");
    work.write(file, changed);
    let run = work.run(&one.line(&work, more));
    assert_ne!(run.code, 0, "{}", run.out);
    assert!(run.out.is_empty() && run.err.lines().count() == 1, "{}", run.err);
    run.err
}

#[test]
fn what_is_of_another_comparison_is_refused() {
    let same = |text: String| text;
    for (more, words) in [
        (
            &["--before", "2026-12-28", "--after", "2027-01-04"][..],
            "this comparison is of 2026-12-28 and 2027-01-04 by tier",
        ),
        (
            &["--method", "chain"],
            "method chain uv watch_hours_per_viewer buyers_per_watch_hour aov orders_per_buyer: give the same options, or print",
        ),
        (&["--yoy"], "--yoy"),
    ] {
        let err = said("influences.csv", same, more);
        assert!(err.contains(words), "{more:?}: {err}");
    }
    let one = asked().remove(0);
    let work = one.work();
    let err =
        work.fails(2, &["compare", "--facts", "sums.csv", "--influences", "influences.csv", "--by", "total"]);
    assert!(
        err.contains("it is of 2026-12-21 and 2026-12-28 by tier from sums by streamer_id,tier, method lmdi"),
        "{err}"
    );
    // More watch time in the facts: the coefficients were made of other sums.
    let err = said("sums.csv", |text| text.replacen(",3.7,", ",3.8,", 1), &[]);
    assert!(
        err.contains("it was made for other sums of 2026-12-21") && err.contains("print its statement again"),
        "{err}"
    );
    // A cent in the answer: it was counted under other options.
    let err = said("influences.csv", |text| text.replacen(",2000,", ",2001,", 1), &[]);
    assert!(
        err.contains("minor_units of tier")
            && err.contains(
                "are 2001, and 2000 in the facts: both statements need the same tables and options"
            ),
        "{err}"
    );
}

#[test]
fn what_is_no_whole_answer_is_refused() {
    let first = |text: &str| text.lines().next().unwrap().to_owned() + "\n";
    let without = |text: &str, at: usize| {
        let lines = text.lines().enumerate().filter(|(line, _)| *line != at);
        lines.map(|(_, line)| line.to_owned() + "\n").collect::<String>()
    };
    let no_rows = "there are no rows; save what the statement of gmv sql --query influences gave";
    let twice = "influences.csv:3:1: another comparison begins here";
    let cases: [(&dyn Fn(String) -> String, &str); 7] = [
        (&|text| first(&text), no_rows),
        (&|text| text.replacen("comparison,", "compared,", 1), "csv:1:1: there is no column comparison"),
        (&|text| text.replace("{\"\"before", "{\"\"befor"), "csv:2:1: the column comparison tells of none"),
        (&|text| text.replacen("2026-12-21\"\"", "2026-12-14\"\"", 1), twice),
        (&|text| text.replace("square_uv_effect", "square"), "the answer has no column square_uv_effect"),
        (&|text| without(&text, 2), "rows are missing: it was not saved whole"),
        (&|text| text.replacen(",17179869184", ",-17179869184", 1), "square_uv_effect is -17179869184000000"),
    ];
    for (change, words) in cases {
        let err = said("influences.csv", change, &[]);
        assert!(err.contains(words), "{words}: {err}");
    }
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    let one = asked().remove(0);
    let work = one.work();
    for (line, words) in [
        ("compare --influences influences.csv", "--facts"),
        ("compare --viewing sums.csv", "--facts"),
        (
            "compare --facts sums.csv --influences influences.csv --by tier --viewing sums.csv",
            "--viewing: the facts are no slices of orders",
        ),
        (
            "compare --facts sums.csv --influences influences.csv -o influences.csv",
            "would replace one of the inputs",
        ),
    ] {
        let run = work.run(&line.split(' ').collect::<Vec<_>>());
        assert!(run.code != 0 && run.err.contains(words), "{line}: {}", run.err);
    }
    let slices = asked().into_iter().find(|one| one.name == "category").unwrap();
    let work = slices.work();
    work.write("viewing.csv", slices.file("sums"));
    let run = work.run(&slices.line(&work, &[]));
    let words = "slices of groups by streamer_id, and these sums are by streamer_id,category";
    assert!(run.err.contains(words), "{}", run.err);
}

const FACTS: &str = "\
period,streamer_id,gmv,uv,watch_hours,buyers,orders,partial
2026-03-02,a,10.00,3,1,1,1,false
2026-03-02,b,30.00,4,2,2,2,false
2026-03-09,a,20.00,5,1,1,2,false
2026-03-09,b,25.00,4,3,2,2,false
";

fn statement(work: &Work, dialect: &str, more: &[&str]) -> String {
    let words = ["sql", "--dialect", dialect, "--query", "influences", "--facts", "facts.csv"];
    work.ok(&[&words[..], &TABLES, more].concat())
}

#[test]
fn the_statement_counts_persons_and_carries_coefficients() {
    let work = Work::with(&[("facts.csv", FACTS)]);
    for dialect in ["spark", "duckdb"] {
        let all = statement(&work, dialect, &["--by", "total"]);
        assert_eq!(all, statement(&work, dialect, &["--by", "total"]), "the same bytes each time");
        for step in
            ["person", "leaf", "share", "there", "counted", "influence", "of_row", "answering", "squared"]
        {
            assert_eq!(all.matches(&format!("\n{step} AS (")).count(), 1, "{step}: {all}");
        }
        // Both leaves on both sides, and a row that sums them.
        assert_eq!(all.matches("('a', 0, ").count() + all.matches("('b', 0, ").count(), 4, "{all}");
        assert!(
            all.contains(", TRUE)")
                && all.contains(r#"'{"before":"2026-03-02","after":"2026-03-09","period":"week""#),
            "{all}"
        );
        let each = statement(&work, dialect, &[]);
        assert!(each.contains("', FALSE)") && !each.contains("', TRUE)"), "{each}");
        let other = statement(&work, dialect, &["--by", "total", "--method", "shapley"]);
        assert!(other != all && other.contains(r#""method":"shapley""#), "{other}");
    }
}

#[test]
fn a_row_of_one_leaf_sums_none_and_ranges_are_named_whole() {
    let facts = FACTS.replace("streamer_id", "streamer_id,domain").replace(",a,", ",a,private,");
    let facts = facts.replace(",b,", ",b,public,") + "2026-03-09,a,public,5.00,1,1,1,1,false\n";
    let work = Work::with(&[("facts.csv", &facts)]);
    let all = statement(&work, "duckdb", &["--by", "streamer"]);
    let of_row = |row: usize| {
        let is_row = |line: &&str| line.trim_start().starts_with(&format!("({row}, '0"));
        all.lines().find(is_row).unwrap_or_else(|| panic!("row {row} of {all}"))
    };
    assert!(of_row(0).contains(", TRUE)") && of_row(1).contains(", FALSE)"), "{all}");
    let facts = FACTS.replace("2026-03-09,a", "2026-03-06,a").replace("2026-03-09,b", "2026-03-06,b");
    let work = Work::with(&[("facts.csv", &facts)]);
    let ranges = ["--by", "total", "--before", "2026-03-02..2026-03-05", "--after", "2026-03-06..2026-03-10"];
    let all = statement(&work, "duckdb", &ranges);
    assert!(all.contains(r#""before":"2026-03-02..2026-03-05","after":"2026-03-06..2026-03-10""#), "{all}");
}

#[test]
fn what_is_usual_of_distinct_persons_follows_from_all_periods() {
    let days: Vec<String> = (1..=15).map(|day| format!("2026-03-{day:02}")).collect();
    let mut facts = vec!["period,streamer_id,gmv,uv,watch_hours,buyers,orders,partial\n".to_owned()];
    let mut answer = Vec::new();
    for (at, day) in (0_i64..).zip(&days) {
        let viewers = 100 + at * at % 7;
        facts.push(format!("{day},a,50.00,{viewers},10,5,5,false\n{day},b,70.00,40,10,7,7,false\n"));
        // One in ten of a watched b, too.
        answer.push(format!("0,{day},{},12,{},72000,12,12000", viewers + 30, viewers + 40));
    }
    let work = Work::with(&[("facts.csv", &facts.concat())]);
    let asked = ["--by", "total", "--before", "2026-03-14", "--after", "2026-03-15"];
    let printed = statement(&work, "duckdb", &[&asked[..], &["--period", "day"]].concat());
    let comparison = printed.split('\'').find(|text| text.starts_with("{\"before\"")).unwrap();
    let header = self::asked()[0].file("influences").lines().next().unwrap().to_owned();
    let squares = header.split(',').filter(|name| name.starts_with("square_")).count();
    let comparison = format!("\"{}\"", comparison.replace('"', "\"\""));
    let counted = answer.into_iter().map(|row| format!("{comparison},{row}{}\n", ",".repeat(squares)));
    let last = format!("{comparison},0,,,,,,,{}\n", ",1000000".repeat(squares));
    let text: String = std::iter::once(header + "\n").chain(counted).chain([last]).collect();
    work.write("influences.csv", text);
    let line = [
        "compare",
        "--facts",
        "facts.csv",
        "--influences",
        "influences.csv",
        "--ci",
        "--format",
        "csv",
        "-q",
    ];
    let rows = table(&work.ok(&[&line[..], &asked].concat()));
    let of = |name: &str| {
        let at = rows[0]
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| panic!("{name} of {:?}", rows[0]));
        rows[1][at].as_str()
    };
    assert_eq!((of("uv_before"), of("uv_after")), ("131", "130"), "{rows:?}");
    // It went up and down by as much on other days.
    assert_eq!(of("uv_scale_effect_unusual"), "false", "{rows:?}");
}

#[test]
fn viewing_of_groups_is_that_of_slices_in_which_nothing_was_sold() {
    let header = "gmv,uv,watch_hours,buyers,orders,partial\n";
    let sold = "10.00,1,1,1,1,false\n";
    let groups = format!(
        "period,streamer_id,{header}2026-03-02,s1,{sold}2026-03-02,s2,0,1,1,0,0,false\n2026-03-09,s1,{sold}2026-03-09,s2,{sold}"
    );
    let leaves = format!(
        "period,streamer_id,category,{header}2026-03-02,s1,food,{sold}2026-03-09,s1,food,{sold}2026-03-09,s2,toys,{sold}"
    );
    let before = format!("period,streamer_id,category,{header}2026-03-02,s1,food,{sold}");
    let work = Work::with(&[("groups.csv", &groups), ("leaves.csv", &leaves), ("before.csv", &before)]);
    let line = |facts, more: &[&str]| {
        let asked =
            ["--by", "category", "--before", "2026-03-02", "--after", "2026-03-09", "--format", "csv", "-q"];
        table(&work.ok(&[&["compare", "--facts", facts][..], &asked, more].concat()))
    };
    let effects = |rows: &[Vec<String>], row: usize| {
        let of = |name: &str| rows[row][rows[0].iter().position(|known| known == name).unwrap()].clone();
        ["category", "status", "uv_effect", "conversion_effect"].map(of)
    };
    assert_eq!(effects(&line("leaves.csv", &[]), 1), ["toys", "entered", "10.00", "0.00"]);
    let viewing = ["--viewing", "groups.csv"];
    assert_eq!(effects(&line("leaves.csv", &viewing), 1), ["toys", "both", "0.00", "10.00"]);
    // A period in which nothing at all was sold is known by its viewing.
    assert_eq!(effects(&line("before.csv", &viewing), 1), ["food", "both", "0.00", "-10.00"]);
}

#[test]
fn another_count_of_viewing_points_at_the_sums_of_groups() {
    for (name, is_sliced) in [("category", true), ("total", false)] {
        let one = asked().into_iter().find(|one| one.name == name).unwrap();
        // The columns behind the comparison, the row and the period: viewers, buyers, viewings, seconds, orders.
        for (column, points) in [(5, is_sliced), (6, is_sliced), (7, false)] {
            let work = one.work();
            let mut rows = table(&work.read("influences.csv"));
            for row in rows.iter_mut().skip(1).filter(|row| !row[2].is_empty()) {
                row[column] = (row[column].parse::<i64>().unwrap() + 1).to_string();
            }
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            work.write("influences.csv", String::from_utf8(writer.into_inner().unwrap()).unwrap());
            let run = work.run(&one.line(&work, &[]));
            assert!(run.err.contains("both statements need the same tables and options"), "{}", run.err);
            assert_eq!(run.err.contains(", and --viewing to both"), points, "{name} {column}: {}", run.err);
        }
    }
}

#[test]
fn names_in_facts_are_quoted() {
    const HOSTILE: &str = "x'); DROP TABLE orders; --`\\${y}";
    let facts = FACTS
        .replace(",a,", &format!(",\"{HOSTILE}\","))
        .replace("streamer_id", &format!("streamer_id,\"{HOSTILE}\""));
    let facts = facts.replace(",b,", ",b,k,").replace("${y}\",", "${y}\",v;w,");
    let facts = facts.replacen("${y}\",v;w,gmv", "${y}\",gmv", 1);
    let work = Work::with(&[("facts.csv", &facts)]);
    let columns = format!("order_id,buyer_id,streamer_id,paid_at,amount,{HOSTILE}");
    for (dialect, names, has_backslashes) in [("spark", '`', true), ("duckdb", '"', false)] {
        let all = statement(&work, dialect, &["--by", HOSTILE, "--orders-columns", &columns]);
        assert!(all.contains("DROP TABLE"), "{all}");
        let left = without_quoted(&all, names, has_backslashes);
        for word in ["DROP", ";", "--", "${"] {
            assert!(!left.contains(word), "{dialect}: {word} in {left}");
        }
    }
}

#[test]
fn what_other_queries_do_not_hear_is_refused_where_it_was_typed() {
    let work =
        Work::with(&[("facts.csv", FACTS), ("gmv.toml", "facts = \"facts.csv\"\nmethod = \"shapley\"\n")]);
    let plain = [&["sql", "--dialect", "duckdb"][..], &TABLES].concat();
    for (more, option) in [
        (&["--facts", "facts.csv"][..], "--facts"),
        (&["--before", "2026-03-02", "--after", "2026-03-09"], "--before"),
        (&["--yoy"], "--yoy"),
        (&["--last"], "--last"),
        (&["--method", "shapley"], "--method"),
        (&["--occasion", "days"], "--occasion"),
        (&["--query", "rows", "--method", "shapley"], "--method"),
    ] {
        let err = work.fails(2, &[&plain[..], more].concat());
        assert!(err.contains(&format!("{option}: it says something to --query")), "{err}");
    }
    // What a file of settings says for other commands is no matter here.
    let configured = work.ok(&[&["sql", "--config", "gmv.toml"], &plain[1..]].concat());
    std::fs::remove_file(work.path("gmv.toml")).unwrap();
    assert_eq!(configured, work.ok(&plain));
    assert!(
        work.ok(&[&plain[..], &["--query", "waits", "--occasion", "days"]].concat()).contains("came_back")
    );
}

#[test]
fn a_statement_about_nothing_is_refused() {
    let work = Work::with(&[("facts.csv", FACTS)]);
    for (more, words) in [
        ("", "give what --query sums gave with --facts FILE"),
        ("--facts facts.csv --leaf streamer", "the leaves of a facts file are its rows"),
        (
            "--facts facts.csv --before 2026-03-03..2026-03-04 --after 2026-03-09..2026-03-10 --to 2026-03-10",
            "with ranges A..B these are known",
        ),
        ("--facts facts.csv --before 2026-03-02 --after 2026-04-09", "--after 2026-04-09: no period"),
        ("--facts facts.csv --by category", "--by category: the sums are by streamer_id"),
        ("--facts none.csv", "none.csv"),
        ("--facts facts.csv -o facts.csv", "would replace one of the inputs"),
    ] {
        let more: Vec<&str> = more.split_whitespace().collect();
        let line = ["sql", "--dialect", "duckdb", "--query", "influences"];
        let run = work.run(&[&line[..], &TABLES, &more].concat());
        assert!(run.code != 0 && run.out.is_empty() && run.err.contains(words), "{more:?}: {}", run.err);
    }
    work.write("facts.csv", FACTS.replace("streamer_id", "category"));
    let columns = ["--orders-columns", "order_id,buyer_id,streamer_id,paid_at,amount"];
    let line = [
        &["sql", "--dialect", "duckdb", "--query", "influences", "--facts", "facts.csv", "--by", "total"][..],
        &TABLES,
        &columns,
    ];
    let err = work.fails(1, &line.concat());
    assert!(err.contains("`category`"), "{err}");
}
