//! What is one broadcast, and what it is called.

use super::{canonical, columns};
use crate::shop::{decompose, run};

#[test]
fn two_broadcasts_of_one_second_are_two() {
    let text = "streamer_id,live_id,started_at,gmv\n\
                s1,a,2026-03-02 20:00:00,1\ns1,b,2026-03-02 20:00:00,2\n\
                s2,,2026-03-03 20:00:00,3\ns3,,2026-03-03 20:00:00,4\ns1,a,2026-03-02 20:00:01,5\n";
    let lives = decompose(&canonical(text), "--rooms rooms.csv --by live");
    let rows = columns(&lives, &["live_id", "gmv"]);
    let expected =
        ["a 5.00", "2026-03-03T20:00:00+08:00 s3 4.00", "2026-03-03T20:00:00+08:00 s2 3.00", "b 2.00"];
    assert_eq!(rows, expected);
    let by_both = decompose(&canonical(text), "--rooms rooms.csv --by streamer,live");
    assert_eq!(
        columns(&by_both, &["live_id"])[1..3],
        ["2026-03-03T20:00:00+08:00", "2026-03-03T20:00:00+08:00"]
    );
}

#[test]
fn the_same_id_at_two_streamers_is_two_broadcasts() {
    let text = "streamer_id,live_id,started_at,gmv\n\
                a,1,2026-03-02 10:00,6\na,2,2026-03-03 10:00,6\nb,1,2026-03-02 12:00,12\nb,2,2026-03-03 12:00,12\n";
    let work = canonical(text);
    let streamers = run(&work, "--rooms rooms.csv");
    assert_eq!(columns(&streamers.out, &["streamer_id", "gmv", "broadcasts"]), ["b 24.00 2", "a 12.00 2"]);
    assert!(!streamers.err.contains("superseded"), "{}", streamers.err);
    let lives = decompose(&work, "--rooms rooms.csv --by live");
    assert_eq!(columns(&lives, &["live_id", "gmv"]), ["1 b 12.00", "2 b 12.00", "1 a 6.00", "2 a 6.00"]);
}

#[test]
fn a_dash_is_no_id() {
    let text = "streamer_id,streamer_name,live_id,started_at,gmv\n\
                a,Anna,-,2026-03-02 10:00,1\na,--,-,2026-03-03 10:00,2\na,,/,2026-03-04 10:00,4\n-,-,-,-,7\n";
    let work = canonical(text);
    let found = run(&work, "--rooms rooms.csv");
    let rows = columns(&found.out, &["streamer_id", "streamer_name", "gmv", "broadcasts"]);
    assert_eq!(rows, ["a Anna 7.00 3"], "{}", found.err);
    assert!(found.err.contains("− rows that sum up others  1   7.00\n"), "{}", found.err);
    work.write("nobody.csv", "streamer_id,started_at,gmv\n--,2026-03-02 10:00,1\n");
    assert!(run(&work, "--rooms nobody.csv").err.contains("nobody.csv:2:1: streamer_id is blank"));
}
