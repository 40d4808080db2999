//! Persons: who may read the files that hold them, pseudonyms, and cells that nobody asked for.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::columns::texts_of;
use crate::shop::{BOTH, RESULT, orders_with, shop};
use crate::support::Work;

/// Runs `gmv` with the words of a line.
fn gmv(work: &Work, line: &str) -> crate::support::Run {
    work.run(&line.split_whitespace().collect::<Vec<_>>())
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// All files below a folder.
fn below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_eq!(mode(&path), 0o700, "{}", path.display());
            found.extend(below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The texts of a column in the store's file of a kind of rows.
fn stored(work: &Work, kind: &str, name: &str) -> Vec<Option<String>> {
    let files = below(&work.path("store").join(kind));
    assert_eq!(files.len(), 1, "{files:?}");
    texts_of(&files[0], name)
}

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A shop with a key that its owner alone can read.
fn keyed() -> Work {
    let work = shop();
    work.write("key", format!("{KEY}\n"));
    std::fs::set_permissions(work.path("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    work
}

#[test]
fn files_of_persons_are_their_owners_alone_whatever_the_umask() {
    let work = shop();
    work.write("orders.csv", orders_with("1299.90", "free"));
    work.write("rejects.csv", "");
    std::fs::set_permissions(work.path("rejects.csv"), std::fs::Permissions::from_mode(0o666)).unwrap();
    let gmv = env!("CARGO_BIN_EXE_gmv");
    let line = format!(
        "umask 000; {gmv} ingest --store store {BOTH} --max-bad 1 --rejects new.csv && {gmv} decompose {BOTH} --max-bad 1 --rejects rejects.csv -o result.csv && {gmv} decompose --rooms rooms.csv --max-bad 1 --rejects rooms-bad.csv -o rooms-result.csv; \
         {gmv} check {BOTH} --max-bad 1 --rejects checked.csv -o check.csv; test -s checked.csv"
    );
    work.write("rooms.csv", "streamer_id,started_at,gmv\ns1,2026-03-02 20:00,1\ns1,soon,1\n");
    let mut shell = std::process::Command::new("sh");
    let output = shell.current_dir(work.path("")).args(["-c", &line]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(mode(&work.path("store")), 0o700);
    for path in below(&work.path("store"))
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "parquet"))
    {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
    for listing in ["new.csv", "rooms-bad.csv", "checked.csv"] {
        assert_eq!(mode(&work.path(listing)), 0o600, "{listing}");
    }
    assert_eq!(mode(&work.path("rejects.csv")), 0o600);
    assert_eq!(mode(&work.path("result.csv")), 0o666, "sums are no persons");
}

#[test]
fn pseudonyms_stand_for_persons_and_change_no_result() {
    let work = keyed();
    work.write("sessions.csv", work.read("sessions.csv").replace("1,u1,", "1,=\"u1\",").replace("u3", "'u3"));
    let run = gmv(&work, &format!("ingest --store store {BOTH} --pseudonymize key"));
    assert_eq!(run.code, 0, "{}", run.err);
    let run = gmv(&work, "decompose --store store");
    assert_eq!(run.out, RESULT, "{}", run.err);
    // HMAC-SHA256 of the id under the key, by Python's hmac: the first 16 bytes.
    let (u1, seven) = ("p_39536bc0c20e6efcd22ec30bb96eec5a", "p_feaff9f7dfc8065899600c7348bbc245");
    let buyers = stored(&work, "orders", "buyer_id");
    let viewers = stored(&work, "sessions", "viewer_id");
    assert_eq!(buyers[0].as_deref(), Some(u1));
    assert_eq!((&viewers[0], &viewers[1]), (&buyers[0], &buyers[0]));
    assert_eq!(buyers[4].as_deref(), Some(seven));
    assert_eq!((&buyers[6], &viewers[6]), (&None, &None), "nobody stays nobody");
    assert_eq!(stored(&work, "orders", "streamer_id")[0].as_deref(), Some("s1"));
    assert_eq!(stored(&work, "orders", "order_id")[3].as_deref(), Some("A-4"));
    let refused = |line: &str, message: &str| {
        let run = gmv(&work, line);
        assert!(run.code == 1 && run.err.contains(message), "{line}: {}", run.err);
    };
    work.write("more.csv", orders_with("A-4", "B-4"));
    refused(
        "ingest --store store --orders more.csv",
        "more.csv: the store holds persons by pseudonyms; give --pseudonymize",
    );
    work.write("key2", "another key of enough bytes");
    std::fs::set_permissions(work.path("key2"), std::fs::Permissions::from_mode(0o600)).unwrap();
    refused(
        "ingest --store store --orders more.csv --pseudonymize key2",
        "more.csv: the store holds pseudonyms of another key",
    );
    let plain = gmv(&work, "ingest --store plain --orders orders.csv");
    assert_eq!(plain.code, 0);
    refused(
        "ingest --store plain --orders more.csv --pseudonymize key",
        "more.csv: the store holds persons by their ids",
    );
}

#[test]
fn keys_that_cannot_be_used_say_what_to_do() {
    let work = keyed();
    let refused = |message: &str| {
        let run = gmv(&work, &format!("ingest --store store {BOTH} --pseudonymize key"));
        assert!(run.code == 1 && run.err.contains(message) && run.err.lines().count() == 1, "{}", run.err);
        assert!(!run.err.contains(KEY) && !work.path("store").exists());
    };
    std::fs::set_permissions(work.path("key"), std::fs::Permissions::from_mode(0o640)).unwrap();
    refused("key: others may read this key: chmod 600 key");
    std::fs::set_permissions(work.path("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    work.write("key", "x".repeat(64 * 1024 + 1));
    refused("key: more than 65536 bytes: this is no key");
    work.write("key", "");
    refused("key: a key of 0 bytes, fewer than 16: make one with");
    work.write("key", "fifteen bytes..\n");
    refused("key: a key of 15 bytes, fewer than 16");
    std::fs::remove_file(work.path("key")).unwrap();
    refused("key: cannot read the key: No such file");
    let run = gmv(&work, &format!("decompose {BOTH} --pseudonymize key"));
    assert_eq!(run.code, 1, "{}", run.err);
}

#[test]
fn rejected_rows_show_pseudonyms() {
    let work = keyed();
    work.write(
        "orders.csv",
        orders_with("A-4,u3,s2,Bo,2026-03-09 12:00:00,0.01", "A-4,9.44E+18,s2,Bo,2026-03-09 12:00:00,0.01")
            .replace("1299.90", "free"),
    );
    work.write("sessions.csv", work.read("sessions.csv").replace("2026-03-08 23:50:00", "soon"));
    for line in ["decompose", "ingest --store store"] {
        let run = gmv(&work, &format!("{line} {BOTH} --pseudonymize key --max-bad 9 --rejects rejects.csv"));
        let listed = work.read("rejects.csv");
        for text in [&listed, &run.err] {
            assert!(
                text.contains("p_")
                    && !text.contains("9.44E")
                    && !text.contains("u2")
                    && !text.contains("u3"),
                "{line}: {text}"
            );
        }
        let mangled = "p_be3da64a0039840ccf52b1d2b175b931";
        assert!(listed.contains(&format!("buyer_id={mangled}; streamer_id=s2")), "{listed}");
        assert!(run.err.contains(mangled), "{}", run.err);
    }
}

#[test]
fn a_file_without_a_header_does_not_show_its_first_row() {
    let work = shop();
    work.write("orders.csv", "1,13800138000,朝阳区建国路 8\n");
    let run = gmv(&work, &format!("decompose {BOTH}"));
    assert!(
        run.code == 1 && run.err.contains("the header has: cells that look like data, which are not shown"),
        "{}",
        run.err
    );
    assert!(!run.err.contains("朝阳") && !run.err.contains("138"), "{}", run.err);
}

/// Names without digits, numbers with marks between their digits, addresses, and one that nearly is a name: every kind of file.
#[test]
fn the_first_row_of_no_file_is_shown() {
    let work = keyed();
    let first_lines = [
        "alice,+86-138-0000-0000,Road 5",
        "alice,amounts Road 5,buyer idd,streamer id",
        "order_id,alice@example.com,amount",
        "alice,alice,alice",
        "buyer_id,alice,138 0013 8000",
    ];
    for line in first_lines {
        work.write("x.csv", format!("{line}\n{line}\n"));
        for options in [
            "ingest --store z --orders x.csv --pseudonymize key",
            "ingest --store z --sessions x.csv",
            "decompose --orders x.csv --sessions sessions.csv",
            "decompose --orders x.csv --sessions sessions.csv --by region",
            "decompose --orders orders.csv --sessions x.csv",
            "decompose --orders orders.csv --sessions sessions.csv --streamers x.csv",
            "decompose --orders orders.csv --sessions sessions.csv --lives x.csv",
            "decompose --orders orders.csv --sessions sessions.csv --refunds x.csv --basis net",
            "decompose --facts x.csv",
            "decompose --rooms x.csv",
            "check --orders x.csv",
        ] {
            let run = gmv(&work, options);
            assert!(run.code == 1 && run.out.is_empty(), "{options}: {}{}", run.out, run.err);
            for cell in ["alice", "138", "Road", "idd", "streamer id"] {
                assert!(!run.err.contains(cell), "{line}: {options}: {}", run.err);
            }
        }
    }
}

/// A profile in which the person stands under a second name, too: as it is, in a joined id, and by the column's own name.
const MEMBERS: &str = "name = \"members\"\n[orders.columns]\norder_id = \"no\"\nbuyer_id = \"member\"\nstreamer_id = \"s\"\npaid_at = \"t\"\namount = \"a\"\n\
                       guest = \"member\"\nline_id = { join = [\"no\", \"member\"] }\nchannel = \"c\"\n\
                       [sessions.columns]\nviewer_id = \"member\"\nstreamer_id = \"s\"\nentered_at = \"t\"\nwatch_seconds = \"w\"\nguest = \"member\"\n";

fn with_members() -> Work {
    let work = keyed();
    work.write("p.toml", MEMBERS);
    work.write(
        "orders.csv",
        "no,member,s,t,a,c\n1,alice,s1,2026-03-02 20:00:00,5.00,app\n2,,s1,2026-03-02 20:00:00,5.00,app\n",
    );
    work.write("sessions.csv", "member,s,t,w\nalice,s1,2026-03-02 19:00:00,60\n,s1,2026-03-02 19:00:00,60\n");
    work
}

#[test]
fn a_person_under_a_second_name_is_a_pseudonym_too() {
    let work = with_members();
    let run = gmv(&work, &format!("ingest --store store {BOTH} --profile p.toml --pseudonymize key"));
    assert_eq!(run.code, 0, "{}", run.err);
    for (kind, person) in [("orders", "buyer_id"), ("sessions", "viewer_id")] {
        let persons = stored(&work, kind, person);
        assert!(persons[0].as_ref().unwrap().starts_with("p_") && persons[1].is_none(), "{persons:?}");
        assert_eq!(stored(&work, kind, "guest"), persons);
    }
    assert_eq!(stored(&work, "orders", "channel"), [Some("app".to_owned()), Some("app".to_owned())]);
    let lines = stored(&work, "orders", "line_id");
    assert!(lines.iter().flatten().all(|line| line.starts_with("p_")) && lines[0] != lines[1], "{lines:?}");
    for path in below(&work.path("store")) {
        assert!(!String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains("alice"));
    }
    assert!(gmv(&work, "decompose --store store --by guest").out.contains("p_"));
    for by in ["guest", "channel,guest"] {
        let run = gmv(&work, &format!("decompose {BOTH} --profile p.toml --pseudonymize key --by {by}"));
        let message = "orders.csv:1: --by guest would name persons in spite of --pseudonymize, since it is the column of buyer_id;";
        assert!(run.code == 1 && run.err.contains(message) && run.out.is_empty(), "{}", run.err);
    }
}

#[test]
fn results_that_name_persons_are_their_owners_alone() {
    let work = with_members();
    let profiled = format!("decompose {BOTH} --profile p.toml");
    let compared = format!("compare {BOTH} --profile p.toml --covers 2026-03-02..2026-03-15");
    for (name, line) in [
        ("by-name.csv", format!("{profiled} --by buyer_id")),
        ("by-column.csv", format!("{profiled} --by channel,guest")),
        ("facts.csv", "decompose --facts by-name.csv --by buyer_id".to_owned()),
        ("compared.csv", format!("{compared} --by buyer_id")),
        ("words.txt", format!("{compared} --by channel,guest --narrative")),
        ("bars.txt", format!("{compared} --by guest --waterfall")),
        ("slices.csv", format!("{} --by channel,guest --all", compared.replace("compare ", "explain "))),
    ] {
        work.write(name, "");
        std::fs::set_permissions(work.path(name), std::fs::Permissions::from_mode(0o666)).unwrap();
        let run = gmv(&work, &format!("{line} -o {name}"));
        assert_eq!((run.code, mode(&work.path(name))), (0, 0o600), "{line}: {}", run.err);
        assert!(work.read(name).contains("alice"), "{line}");
    }
    work.write("sums.csv", "");
    std::fs::set_permissions(work.path("sums.csv"), std::fs::Permissions::from_mode(0o664)).unwrap();
    assert_eq!(gmv(&work, &format!("{profiled} --by channel -o sums.csv")).code, 0);
    assert_eq!(mode(&work.path("sums.csv")), 0o664);
}

#[test]
fn grouping_by_persons_is_refused_under_pseudonyms() {
    let run = gmv(&keyed(), &format!("decompose {BOTH} --pseudonymize key --by buyer_id"));
    assert!(run.code == 2 && run.err.contains("--by buyer_id would name persons"), "{}", run.err);
}

/// Cells that no profile maps, in every kind of bad row that there is.
#[test]
fn cells_that_nobody_maps_are_never_shown_or_stored() {
    let secret = ["13800138000", "朝阳区建国路"];
    let [phone, place] = secret;
    let header = "order_id,phone,buyer_id,streamer_id,paid_at,amount,address,refund_amount,status\n";
    let rows = [
        format!("1,{phone},u1,s1,2026-03-02 20:00:00,5.00,{place},,paid"),
        format!("2,{phone},u1,s1,tomorrow,5.00,{place},,paid"),
        format!("3,{phone},u1,s1,2026-03-02 20:00:00,5.001,{place},,paid"),
        format!("4,{phone},u1,s1,2026-03-02 20:00:00,5.00,{place},,paid,{phone},{place}"),
        format!("5,{phone},{place}"),
        format!("5,{phone},{place},u1,s1,2026-03-02 20:00:00,5.00,,paid,"),
        format!("6,\"{phone}\"x,u1,s1,2026-03-02 20:00:00,5.00,\"{place}\"{phone},,paid"),
        format!("7,{phone},9.44E+18,s1,2026-03-02 20:00:00,5.00,\"{place}\n{phone}\",,paid"),
        format!(",{phone},u1,s1,2026-03-02 20:00:00,,{place},,unknown word"),
        format!("8,{phone},u1,s1,2026-03-02 20:00:00,5.00,{place},,paid\n{}", header.trim_end()),
    ];
    let sessions = format!(
        "viewer_id,phone,streamer_id,entered_at,left_at,address\nu1,{phone},s1,2026-03-02 20:00:00,2026-03-02 19:00:00,{place}\n\
         u1,{phone},,2026-03-02 20:00:00,,{place}\nu1,{phone}\nu1,{phone},s1,2026-03-02 20:00:00,,{place}\n"
    );
    let cut = format!("9,{phone},u1,s1,2026-03-02 20:00:00,5.00,\"{place}");
    for bad in [String::new(), cut.clone(), format!("{cut}\n{phone}\n")] {
        let work = Work::with(&[
            ("orders.csv", &format!("{header}{}\n{bad}", rows.join("\n"))),
            ("sessions.csv", &sessions),
        ]);
        for limit in ["--max-bad 100%", "--max-bad 0"] {
            for line in ["decompose --format json -o result.json", "ingest --store store -o result.json"] {
                let run = gmv(&work, &format!("{line} {BOTH} {limit} --rejects rejects.csv"));
                let listed =
                    if work.path("rejects.csv").exists() { work.read("rejects.csv") } else { String::new() };
                let result =
                    if work.path("result.json").exists() { work.read("result.json") } else { String::new() };
                for text in [&run.out, &run.err, &listed, &result] {
                    assert!(!secret.iter().any(|secret| text.contains(secret)), "{line} {limit}: {text}");
                }
                assert!(!run.err.is_empty());
            }
        }
        if work.path("store/orders").exists() {
            for path in below(&work.path("store")) {
                let bytes = std::fs::read(&path).unwrap();
                let text = String::from_utf8_lossy(&bytes);
                assert!(!text.contains("phone") && !text.contains("address"), "{}", path.display());
            }
        }
    }
}
