//! `gmv sample`: the same seed gives the same bytes, and the exports are clean.

use crate::shop::run;
use crate::support::Work;

/// The files of a sample.
const FILES: [&str; 5] = ["orders.csv", "sessions.csv", "streamers.csv", "story.md", "lives.csv"];

/// The options of a small sample, after `gmv sample --out DIR`.
const SMALL: [&str; 6] = ["--sessions", "4000", "--streamers", "8", "--weeks", "3"];

/// Writes a small sample into a folder.
fn sample(work: &Work, folder: &str, more: &[&str]) -> Vec<String> {
    work.ok(&[&["sample", "--out", folder], &SMALL[..], more].concat());
    FILES.map(|file| work.read(&format!("{folder}/{file}"))).into()
}

#[test]
fn one_seed_gives_one_sample() {
    let work = Work::new();
    let first = sample(&work, "a", &["--seed", "5"]);
    assert_eq!(sample(&work, "deep/b", &["--seed", "5"]), first);
    let other = sample(&work, "c", &["--seed", "6"]);
    assert!(other[0] != first[0] && other[1] != first[1]);
    assert_eq!(sample(&work, "c", &["--seed", "5"]), first, "a sample replaces the one that was there");
    let plain = sample(&work, "d", &["--seed", "5", "--story", "none"]);
    assert!(plain[3] != first[3] && plain[1] != first[1]);
    let mut names: Vec<String> = std::fs::read_dir(work.path("a"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut expected = FILES;
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn a_sample_is_read_without_rejects_closes_and_does_not_depend_on_threads() {
    let work = Work::new();
    let files = sample(&work, "a", &[]);
    let arguments =
        "--orders a/orders.csv --sessions a/sessions.csv --streamers a/streamers.csv --max-bad 0 --strict";
    let plain = run(&work, arguments);
    assert_eq!(plain.code, 0, "{}", plain.err);
    assert!(!plain.err.contains("rejected") && !plain.err.contains("does not close"), "{}", plain.err);
    assert!(!plain.err.contains("warning"), "{}", plain.err);
    for (file, title) in [(&files[0], "orders: where"), (&files[1], "sessions: where")] {
        let list = plain.err.split(title).nth(1).unwrap();
        let rows = list.lines().nth(1).unwrap().split_whitespace().nth(2).unwrap().replace(',', "");
        assert_eq!(rows, (file.lines().count() - 1).to_string());
    }
    for more in
        ["", "--by total,domain,category --ci --moments --period day", "--basis net --attribution window:30m"]
    {
        let one = run(&work, &format!("{arguments} {more} --threads 1"));
        assert!(one.code == 0 && one.out.lines().count() > 3, "{}", one.err);
        for threads in ["2 --block-size 512", "7 --block-size 4096", "3"] {
            let many = run(&work, &format!("{arguments} {more} --threads {threads}"));
            assert_eq!(many.out, one.out, "{more} {threads}");
            assert_eq!(many.err, one.err, "{more} {threads}");
        }
    }
}

#[test]
fn what_cannot_be_generated_is_refused_before_anything_is_written() {
    let work = Work::new();
    for (arguments, message) in [
        (&["--sessions", "0"][..], "gmv: sessions is 0, but must be between 1 and "),
        (&["--streamers", "2"], "gmv: the story needs at least "),
        (&["--weeks", "0"], "gmv: weeks is 0, but must be between 1 and "),
    ] {
        let err = work.fails(2, &[&["sample", "--out", "a"], arguments].concat());
        assert!(err.starts_with(message), "{err}");
        assert!(!work.path("a").exists());
    }
}
