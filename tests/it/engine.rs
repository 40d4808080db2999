//! `--engine` where there is no cluster: what is refused before one is asked, and that a token is never shown. What a cluster answers is held
//! against this machine by `tests/spark/engine.py`.

use crate::support::Work;

const ALONE: [&str; 6] = ["--orders-table", "o", "--attribution", "all", "--by", "total"];

fn fails(code: i32, engine: &str, more: &[&str]) -> String {
    Work::new().fails(code, &[&["decompose", "--engine", engine][..], &ALONE, more].concat())
}

#[test]
fn nobody_there_is_one_line() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let err = fails(1, &format!("sc://127.0.0.1:{port}"), &[]);
    let said = if cfg!(feature = "spark") { "does not answer" } else { "was built without Spark" };
    assert!(err.starts_with("gmv: ") && err.contains(said) && err.lines().count() == 1, "{err}");
}

#[test]
fn a_token_is_shown_nowhere() {
    for (engine, said) in [
        ("sc://example.org/;token=s3cr3t", "use_ssl=true"),
        ("sc://example.org:99999/;token=s3cr3t", "port"),
        ("http://example.org/;token=s3cr3t", "sc://"),
        ("sc://example.org/;use_ssl=true;token=s3cr3t=x", "NAME=VALUE"),
    ] {
        let err = fails(2, engine, &[]);
        assert!(err.contains(said) && !err.contains("s3cr3t"), "{engine}: {err}");
    }
    let work = Work::with(&[("my.toml", "engine = \"sc://example.org/;token=s3cr3t\"\n")]);
    let err = work.fails(2, &[&["decompose", "--config", "my.toml"][..], &ALONE].concat());
    assert!(err.contains("my.toml:1:1") && !err.contains("s3cr3t"), "{err}");
}

#[test]
fn a_configuration_that_was_found_names_no_cluster() {
    let work = Work::with(&[("gmv.toml", "engine = \"sc://127.0.0.1:1\"\norders-table = \"o\"\n")]);
    let err = work.fails(2, &["decompose", "--attribution", "all"]);
    assert!(err.contains("engine") && !err.contains("does not answer") && err.contains("--orders"), "{err}");
}

#[test]
fn exports_and_tables_do_not_go_together() {
    let err = fails(2, "sc://127.0.0.1:1", &["--orders", "o.csv"]);
    assert!(err.contains("cannot be used with"), "{err}");
    let err = Work::new().fails(2, &["decompose", "--orders-table", "o"]);
    assert!(err.contains("--engine"), "{err}");
    for (command, more, said) in [
        ("compare", &["--bootstrap", "100"][..], "--bootstrap"),
        (
            "compare",
            &[
                "--before",
                "2026-01-05..2026-01-06",
                "--after",
                "2026-01-07..2026-01-08",
                "--to",
                "2026-01-08",
            ],
            "with ranges A..B these are known",
        ),
        ("repurchase", &["--expected"], "--expected"),
    ] {
        let line = [&[command, "--engine", "sc://127.0.0.1:1"][..], &ALONE[..4], more].concat();
        let err = Work::new().fails(2, &line);
        assert!(err.contains(said) && err.lines().count() == 1, "{command}: {err}");
    }
}

#[test]
fn a_report_of_a_cluster_that_is_not_there_writes_nothing() {
    let work = Work::new();
    let tables = ["--orders-table", "o", "--sessions-table", "s"];
    let line =
        [&["report", "--engine", "sc://127.0.0.1:1/;token=s3cr3t", "--out", "reports"][..], &tables].concat();
    let err = work.fails(1, &line);
    assert!(
        err.contains("sc://127.0.0.1:1 ") && !err.contains("s3cr3t") && err.lines().count() == 1,
        "{err}"
    );
    assert!(!work.path("reports").exists());
    let err = work.fails(2, &[&line[..], &["--spend", "s.csv"]].concat());
    assert!(err.contains("cannot be used with"), "{err}");
}
