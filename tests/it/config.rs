//! Settings of a file: where it is found, what wins, and errors that say where.

use crate::shop::{BOTH, RESULT, shop, words};
use crate::support::Work;

const INPUTS: &str = "orders = \"orders.csv\"\nsessions = [\"sessions.csv\"]\nquiet = true\n";

const PAIR: &str = "--before 2026-03-02 --after 2026-03-09";

/// The shop with a `gmv.toml` of this text.
fn shop_with(text: impl AsRef<[u8]>) -> Work {
    let work = shop();
    work.write("gmv.toml", text);
    work
}

/// The columns of what a command prints as CSV.
fn header(work: &Work, arguments: &str) -> String {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    work.ok(&arguments).lines().next().unwrap().to_owned()
}

#[test]
fn a_file_in_the_current_folder_is_found() {
    assert_eq!(shop_with(INPUTS).ok(&["decompose"]), RESULT);
    let texts = [
        format!("\u{feff}{INPUTS}"),
        INPUTS.replace('\n', "\r\n"),
        format!("# 直播间的设置\n{INPUTS}\n[decompose]\nby = [\"streamer\"] # 主播\n"),
        "orders = [\"orders.csv\"]\n'sessions' = '''sessions.csv'''\n\"quiet\" = true".to_owned(),
        "[decompose]\norders = \"orders.csv\"\nsessions = \"sessions.csv\"\nquiet = true".to_owned(),
        "decompose.orders = \"orders.csv\"\ndecompose.sessions = \"sessions.csv\"\nquiet = true".to_owned(),
    ];
    for text in texts {
        assert_eq!(shop_with(&text).ok(&["decompose"]), RESULT, "{text}");
    }
}

#[test]
fn a_file_without_settings_changes_nothing() {
    for text in
        ["", "\u{feff}", "\n\n", "# only comments\n", "[decompose]\n[plan]\n", "by = []\nci = false\n"]
    {
        assert_eq!(shop_with(text).ok(&words(BOTH)), RESULT, "{text:?}");
    }
}

#[test]
fn a_named_file_is_read_instead_and_its_paths_start_from_its_folder() {
    let work = shop_with("by = \"nonsense\"");
    work.write(
        "far/away/c.toml",
        "orders = \"../../o*.csv\"\nsessions = \"../../sessions.csv\"\nquiet = true\n",
    );
    work.write("far [1]/c.toml", "orders = \"../o*.csv\"\nsessions = \"../sessions.csv\"\nquiet = true\n");
    let named = [
        vec!["decompose", "--config", "far/away/c.toml"],
        vec!["--config", "far/away/c.toml", "decompose"],
        vec!["--config=far/away/c.toml", "decompose"],
        vec!["decompose", "--config=far [1]/c.toml"],
    ];
    for arguments in named {
        assert_eq!(work.ok(&arguments), RESULT, "{arguments:?}");
    }
    // Without a file, by a name that holds none.
    let none = ["decompose", "--config", "/dev/null", "--orders", "orders.csv", "--sessions", "sessions.csv"];
    assert_eq!(work.ok(&none), RESULT);
    // A profile is a name unless it looks like a path; a path that was typed starts from here.
    work.write("far/p.toml", "profile = \"canonical\"\norders = [\"-\"]\n");
    work.ok(&["decompose", "--config", "far/p.toml", "--orders", "orders.csv", "--sessions", "sessions.csv"]);
    work.write("far/q.toml", "profile = \"mine.toml\"\n");
    let missing = words("--config far/q.toml --orders orders.csv --sessions sessions.csv");
    assert!(work.fails(1, &missing).starts_with("gmv: far/mine.toml: "));
}

#[test]
fn an_option_on_the_command_line_wins() {
    let work =
        shop_with(format!("{INPUTS}by = \"domain\"\nci = true\nlevel = 0.9\n[decompose]\nby = \"total\"\n"));
    assert!(header(&work, "decompose").starts_with("period,gmv,"));
    assert!(header(&work, "decompose").contains("uv_lo"));
    assert!(header(&work, &format!("compare {PAIR}")).starts_with("domain,"));
    assert_eq!(work.ok(&["decompose", "--by", "streamer", "--ci=false"]), RESULT);
    assert!(header(&work, "decompose --ci=true").contains("uv_lo"));
    let off = shop_with(format!("{INPUTS}ci = true\n[decompose]\nci = false\n"));
    assert_eq!(off.ok(&["decompose"]), RESULT);
    // A flag that the file does not set.
    assert!(header(&work, "decompose --shares=true --by streamer").contains("gmv_share"));
    assert_eq!(shop_with(INPUTS).ok(&["decompose", "--moments=false"]), RESULT);
    let message = work.fails(2, &["decompose", "--ci=maybe"]);
    assert!(message.contains("maybe"), "{message}");
}

#[test]
fn what_was_typed_takes_the_place_of_what_excludes_it() {
    let work = shop_with(format!("{INPUTS}ci = true\nstore = \"store\"\nformat = \"json\"\n"));
    let typed = ["--orders", "orders.csv", "--sessions", "sessions.csv"];
    let whole = |command: &str, more: &[&str]| [&[command][..], &typed, more].concat().join(" ");
    // --cohorts and intervals, --orders and a store, --narrative and a format, the ending of -o and a format.
    assert!(header(&work, &whole("repurchase", &["--cohorts", "--format", "csv"])).starts_with("cohort,"));
    assert!(
        header(&work, &whole("compare", &["--narrative", "--before", "2026-03-02", "--after", "2026-03-09"]))
            .contains("GMV")
    );
    work.ok(&whole("decompose", &["-o", "a.csv", "--ci=false"]).split(' ').collect::<Vec<_>>());
    assert_eq!(work.read("a.csv"), RESULT);
    // A store in the place of exports, and facts in the place of both.
    let work = shop_with(INPUTS);
    work.ok(&["ingest", "--store", "kept", "--orders", "orders.csv", "--sessions", "sessions.csv"]);
    assert_eq!(work.ok(&["decompose", "--store", "kept"]), RESULT);
    work.write(
        "facts.csv",
        "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n2026-03-02,s1,10,1.5,2,3,300\n",
    );
    assert!(work.ok(&["decompose", "--facts", "facts.csv"]).contains("2026-03-02,s1,300.00"));
    // The table of the command takes the place of what is at the top.
    let work = shop_with(format!("{INPUTS}ci = true\n[repurchase]\ncohorts = true\n"));
    assert!(header(&work, "repurchase").starts_with("cohort,"));
}

#[test]
fn what_needs_another_option_waits_for_it() {
    let work = shop_with(format!(
        "{INPUTS}level = 0.9\n[repurchase]\nmeasure = \"gmv\"\nwide = true\n[plan]\ncap = \"uv=+10%\"\n"
    ));
    assert_eq!(work.ok(&["decompose"]), RESULT);
    let run = work.run(&["repurchase", "--by", "total"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let text = work.read("gmv.toml").replace("quiet = true\n", "");
    work.write("gmv.toml", text);
    let run = work.run(&["repurchase", "--by", "total"]);
    let note = "note: gmv.toml:6:1: wide is without effect: it needs cohorts\n";
    assert!(run.code == 0 && run.err.starts_with(note) && !run.err.contains("measure"), "{}", run.err);
    let cohorts = work.ok(&["repurchase", "--by", "total", "--cohorts"]);
    assert!(cohorts.starts_with("cohort,buyers"), "{cohorts}");
}

#[test]
fn a_file_that_was_not_named_does_not_say_where_results_go() {
    let text = "orders = \"orders.csv\"\nsessions = \"sessions.csv\"\noutput = \"out.csv\"\nrejects = \"bad.csv\"\n[compare]\nchart = \
                \"x.svg\"\n[ingest]\nstore = \"kept\"\n";
    let work = shop_with(text);
    let note = "note: gmv.toml was found, not named, and may not say where results go: output, rejects not taken; --config gmv.toml \
                takes them\n";
    let run = work.run(&["decompose"]);
    assert_eq!((run.code, run.out.as_str()), (0, RESULT));
    assert!(run.err.starts_with(note), "{}", run.err);
    let run = work.run(&["decompose", "-q"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, RESULT, ""));
    let run = work.run(&format!("compare {PAIR}").split(' ').collect::<Vec<_>>());
    assert!(run.err.contains("output, rejects, chart not taken"), "{}", run.err);
    // The folder where reports go anyway is not worth a word; another one is.
    for (out, said) in [("reports", false), ("elsewhere", true)] {
        work.write(
            "gmv.toml",
            format!("orders = \"orders.csv\"\nattribution = \"all\"\n[report]\nout = \"{out}\"\n"),
        );
        let run = work.run(&["report", "--as-of", "2000-01-10"]);
        assert_eq!(run.err.contains("out not taken"), said, "{}", run.err);
    }
    work.write("gmv.toml", text);
    let err = work.fails(1, &["ingest"]);
    assert_eq!(
        err,
        "gmv: gmv.toml:8:1: store: gmv.toml was found, not named, and may not say where results go; add --config gmv.toml, or --store\n"
    );
    for name in ["out.csv", "bad.csv", "x.svg", "kept"] {
        assert!(!work.path(name).exists(), "{name}");
    }
    assert_eq!(work.ok(&["decompose", "--config", "gmv.toml"]), "");
    assert_eq!(work.read("out.csv"), RESULT);
    work.ok(&["ingest", "--config", "gmv.toml", "-o", "list.csv"]);
    assert!(work.path("kept").is_dir());
    // Without pseudonyms, persons would be in a result that was to have none.
    let err = shop_with("pseudonymize = \"key\"").fails(1, &words(BOTH));
    assert!(err.starts_with("gmv: gmv.toml:1:1: pseudonymize: "), "{err}");
    // Nothing is said where nothing is left out.
    let run = shop_with("output = \"x.csv\"").run(&[
        "decompose",
        "-o",
        "y.csv",
        "--orders",
        "orders.csv",
        "--attribution",
        "all",
    ]);
    assert!(run.code == 0 && !run.err.contains("gmv.toml"), "{}", run.err);
}

#[test]
fn commands_that_read_no_exports_look_for_no_file() {
    let work = shop_with("this is no TOML");
    work.ok(&["profiles"]);
    work.ok(&["profiles", "show", "canonical"]);
    work.ok(&["sample", "--sessions", "100", "--weeks", "1", "--story", "none", "--out", "small"]);
    assert!(work.fails(1, &words(BOTH)).starts_with("gmv: gmv.toml:1:6: "));
    // From a file that was named they take their own table alone.
    work.write(
        "s.toml",
        "sessions = \"sessions.csv\"\nformat = \"json\"\n[sample]\nsessions = 100\nweeks = 1\nstory = \"none\"\nout = \"o\"\n",
    );
    work.ok(&["sample", "--config", "s.toml"]);
    assert!(work.path("o/orders.csv").exists());
    assert!(!work.ok(&["profiles", "--config", "s.toml"]).starts_with('['));
    work.write("t.toml", "[profiles]\nformat = \"json\"\n");
    assert!(work.ok(&["profiles", "--config", "t.toml"]).starts_with('['));
    assert!(work.ok(&["profiles", "show", "canonical", "--config", "t.toml"]).contains("name = "));
}

/// Each text fails with its message, on one line.
fn fails(cases: &[(&str, &str)]) {
    for (text, message) in cases {
        let err = shop_with(text).fails(1, &["decompose"]);
        assert!(err.starts_with(&format!("gmv: gmv.toml:{message}")), "{text}\n{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
}

#[test]
fn values_that_are_wrong_say_where() {
    fails(&[
        (
            "by = \"total\"\nbasis  =  \"nett\"",
            "2:11: basis: invalid value \"nett\"; possible values: paid, net; did you mean `net`?",
        ),
        (
            "[decompose]\nmax-session = \"5x\"",
            "2:15: max-session: \"5x\" is no length of time, such as 30m, 90s, 24h or 7d",
        ),
        (
            "by = [\n  \"streamer\",\n  true,\n]",
            "3:3: by: true is no value of it; give a text or number: LIST",
        ),
        ("名 = 1", "1:1: invalid unquoted key, expected letters"),
        ("\"名\" = 1", "1:1: 名 is no option"),
        ("\"a\\nb\" = 1", "1:1: a b is no option"),
        ("threads = 0", "1:11: threads: invalid value \"0\": not a number from 1 to 1024"),
        ("level = 1.5", "1:9: level: \"1.5\" is no level between 0 and 1, such as 0.95 or 95%"),
        ("from = 2026-02-30", "1:8: invalid date"),
        ("from = \"2026-02-30\"", "1:8: from: \"2026-02-30\" is no date, such as 2026-03-02"),
        ("output = \"\"", "1:10: output: the value is empty"),
        ("currency = \"a\\u0000b\"", "1:12: currency: the value has a zero byte"),
    ]);
}

#[test]
fn keys_that_are_wrong_say_what_is_meant() {
    fails(&[
        ("sesions = \"x.csv\"", "1:1: sesions is no option; did you mean `sessions`?"),
        ("week_start = \"sun\"", "1:1: week_start is no option; did you mean `week-start`?"),
        ("Orders = \"x\"", "1:1: Orders is no option; did you mean `orders`?"),
        ("cohort = true", "1:1: cohort is no option; did you mean `cohorts`? (under [repurchase])"),
        ("cohorts = true", "1:1: cohorts is an option of repurchase alone: put it under [repurchase]"),
        ("[decompose]\ncohorts = true", "2:1: cohorts is no option of decompose, but of repurchase"),
        ("[decompose]\nmoment = true", "2:1: moment is no option of decompose; did you mean `moments`?"),
        ("[decompos]\nci = true", "1:2: [decompos] is no command; did you mean `decompose`?"),
        (
            "[[decompose]]\nci = true",
            "1:3: decompose is a command: its settings stand below a line [decompose]",
        ),
        ("[orders]\nfile = 1", "1:2: orders is an option, not a command: give it a value, orders = …"),
        (
            "repurchase = \"days\"",
            "1:1: repurchase is a command, and an option of repurchase, plan: put it under [repurchase] or [plan]",
        ),
        (
            "chart = \"x.svg\"",
            "1:1: chart does not mean the same to all commands that have it (compare, repurchase): put it under [compare] or [repurchase]",
        ),
        ("config = \"x\"", "1:1: config names this file, and cannot stand in it"),
        ("block-size = 3", "1:1: block-size is no option"),
        ("ci = \"true\"", "1:6: ci: a text is neither true nor false"),
        ("basis = [\"paid\", \"net\"]", "1:9: basis: it takes one value, not a list"),
        ("basis = true", "1:9: basis: true is no value of it; give one of paid, net"),
        ("max-bad = 0x10", "1:11: max-bad: 0x10 is not written as a decimal number"),
        (
            "facts = \"f.csv\"\nby = \"total\"\ntimezone = \"UTC\"",
            "3:1: timezone and facts (gmv.toml:1:1) exclude each other; keep one of them",
        ),
        ("by = \"x", "1:8: invalid basic string, expected `\"`"),
        ("by = \"x\"\nby = \"y\"", "2:1: duplicate key"),
    ]);
}

#[test]
fn settings_of_other_commands_are_checked_too_and_left_alone() {
    let err = shop_with("[plan]\npeer-value = \"p90\"").fails(1, &words(BOTH));
    assert!(
        err.starts_with(
            "gmv: gmv.toml:2:14: peer-value: invalid value \"p90\"; possible values: median, p75"
        )
    );
    let text = format!(
        "{INPUTS}[plan]\ntarget = \"+5%\"\nlift = [\"aov\"]\nstreamer = 7349583948573948571234\n[compare]\nlast = true\n"
    );
    assert_eq!(shop_with(text).ok(&["decompose"]), RESULT);
    let text = format!("{INPUTS}[compare]\nlast = true\nyoy = true\n");
    assert_eq!(shop_with(&text).ok(&["decompose"]), RESULT);
    let err = shop_with(&text).fails(1, &["compare"]);
    assert_eq!(err, "gmv: gmv.toml:6:1: yoy and last (gmv.toml:5:1) exclude each other; keep one of them\n");
}

#[test]
fn numbers_and_dates_may_stand_without_quotes() {
    let text = "[decompose]\nmax-bad = 0\nlevel = 0.9\nday-start = 05:00\nfrom = 2026-03-02\nthreads = 1\n";
    let work = shop_with(format!("{INPUTS}{text}"));
    let typed =
        format!("{BOTH} --max-bad 0 --level 0.9 --ci --day-start 05:00 --from 2026-03-02 --threads 1 -q");
    let bare = shop().ok(&words(&typed));
    assert_eq!(work.ok(&["decompose", "--ci"]), bare);
    // More digits than a number holds.
    let work = shop_with(format!(
        "{INPUTS}[plan]\nuv = \"+10%\"\nby = \"total\"\nstreamer = [7349583948573948571234, \"007\"]\n"
    ));
    let err = work.fails(2, &["plan", "--period", "all"]);
    assert!(err.contains("7349583948573948571234") || err.contains("--streamer"), "{err}");
}

#[test]
fn files_that_cannot_be_read_say_so() {
    let work = shop();
    let named = |name: &str| work.fails(1, &words(&format!("{BOTH} --config {name}")));
    assert_eq!(named("no.toml"), "gmv: no.toml: no such configuration; gmv init FILE makes one\n");
    work.write("folder/x", "");
    assert_eq!(named("folder"), "gmv: folder: it is a folder; name the configuration in it\n");
    work.write("bad.toml", b"by = \"total\"\ncurrency = \"\xa3\"\n");
    assert_eq!(named("bad.toml"), "gmv: bad.toml:2:13: this is not UTF-8; save the configuration as UTF-8\n");
    work.write("gmv.toml/x", "");
    let err = work.fails(1, &words(BOTH));
    assert_eq!(err, "gmv: gmv.toml: it is a folder; name the configuration in it\n");
    // The command line is judged first.
    assert!(work.fails(2, &words("--bassis net")).starts_with("error: unexpected argument '--bassis'"));
}

#[test]
fn what_cannot_be_meant_names_the_places_of_the_file() {
    let work = shop_with(format!("{INPUTS}refund-within = \"7d\"\n"));
    let text = "--refund-within says which refunds are subtracted: it needs --basis net\n";
    assert_eq!(work.fails(2, &["decompose"]), format!("gmv: gmv.toml:4:1: {text}"));
    // One that was typed has no place there.
    assert_eq!(work.fails(2, &["decompose", "--refund-within", "7d"]), format!("gmv: {text}"));
}

#[test]
fn a_path_that_a_command_may_write_is_not_read_from_a_file_that_was_found() {
    use clap::{CommandFactory, ValueHint};
    // Whoever adds a path says here which it is; what is in neither list of the code counts as written.
    let read = [
        "orders",
        "sessions",
        "refunds",
        "store",
        "streamers",
        "lives",
        "profile",
        "rooms",
        "facts",
        "influences",
        "viewing",
        "spend",
    ];
    let mut root = gmv::cli::Arguments::command();
    root.build();
    let mut written = std::collections::BTreeSet::new();
    for command in root.get_subcommands() {
        let is_path = |option: &&clap::Arg| {
            matches!(option.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath)
        };
        let names = command.get_arguments().filter(is_path).filter_map(clap::Arg::get_long);
        written.extend(names.filter(|name| !read.contains(name)).map(str::to_owned));
        // A value that looks like a path is known as one.
        for option in command.get_arguments().filter(|option| !is_path(option)) {
            let names = option.get_value_names().unwrap_or_default();
            let is_file = names.iter().any(|name| ["FILE", "DIR"].iter().any(|word| name.contains(word)));
            assert!(!is_file, "{} {:?} needs a value_hint", command.get_name(), option.get_id());
        }
    }
    let written: Vec<&str> = written.iter().map(String::as_str).collect();
    assert_eq!(written, ["chart", "config", "out", "output", "pseudonymize", "rejects"]);
}
