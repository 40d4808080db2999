//! Cells of sessions that hold no value.

use super::{Case, case};
use crate::shop::sessions_with;

fn seconds(name: &'static str, cell: &str, expected: &'static str) -> Case {
    let text = format!(
        "viewer_id,streamer_id,entered_at,watch_seconds,phone\nu1,s1,2026-03-02 20:00:00,{cell},13900001111\n"
    );
    case(name, "sessions.csv", text, expected)
}

pub fn lengths() -> Vec<Case> {
    vec![
        seconds(
            "enormous",
            "99999999999999999999",
            "1 sessions.csv:2:4: watch_seconds \"99999999999999999999\" is no number of seconds; 1 of 1 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        seconds(
            "exponent",
            "1e9",
            "1 sessions.csv:2:4: watch_seconds \"1e9\" is no number of seconds; 1 of 1 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        seconds(
            "clock",
            "00:30:00",
            "1 sessions.csv:2:4: watch_seconds \"00:30:00\" is no number of seconds; 1 of 1 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        seconds(
            "minus half",
            "-0.5",
            "1 sessions.csv:2:4: watch_seconds \"-0.5\" is no number of seconds; 1 of 1 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        seconds(
            "error of a formula",
            "#DIV/0!",
            "1 sessions.csv:2:4: watch_seconds \"#DIV/0!\" is no number of seconds; 1 of 1 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        seconds(
            "infinite",
            "Infinity",
            "1 sessions.csv:2:4: watch_seconds \"Infinity\" is no number of seconds; 1 of 1 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
    ]
}

pub fn moments() -> Vec<Case> {
    let cell =
        |name, old: &str, new: &str, expected| case(name, "sessions.csv", sessions_with(old, new), expected);
    vec![
        cell(
            "end before start by offset",
            "2026-03-02 20:30:00",
            "2026-03-02T20:30:00+14:00",
            "1 sessions.csv:2:5: left_at \"2026-03-02T20:30:00+14:00\" is before entered_at; 1 of 9 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        cell(
            "start no date",
            "2026-03-02 20:00:00",
            "2026-02-30 20:00:00",
            "1 sessions.csv:2:4: entered_at \"2026-02-30 20:00:00\" is a date or a time of day that does not exist; 1 of 9 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        cell(
            "end no time",
            "2026-03-02 20:30:00",
            "later",
            "1 sessions.csv:2:5: left_at \"later\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile; 1 of 9 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        cell(
            "viewer scientific",
            "u3",
            "7.35e+018",
            "1 sessions.csv:5:2: viewer_id \"7.35e+018\" is an id in scientific notation: a spreadsheet has rounded it and distinct persons have become one; export again as text, or --allow-mangled-ids; 1 of 9 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        cell(
            "cells missing",
            "1,u1,s1,",
            "1,u1,",
            "1 sessions.csv:2:1: the row has 5 cells and 51 bytes, the header 6 cells; 1 of 9 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
    ]
}
