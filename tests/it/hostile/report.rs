//! The report on the hostile shop: its page is that of the harmless one but for the texts, and so are its workbook, tables and description.

use std::collections::BTreeMap;

use super::judges::{is_calm, is_still, parquet, sheet};
use super::texts::{all, id, shown};
use super::world::{ATTRIBUTE, world};
use crate::support::Work;

const LINE: &str = "report --orders orders.csv --sessions sessions.csv --streamers streamers.csv --unknown-status count --as-of 2026-03-16 \
                    --allow-partial --covers 2026-03-02..2026-03-15 --log json --out out";

/// The report of a shop, with an alert for the streamer of each text; standard error.
fn reported(work: &Work, streamers: &[String]) -> String {
    let alerts: Vec<String> = streamers
        .iter()
        .filter(|text| !text.contains('\0') && text.len() < 1_000)
        .map(|text| {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("--alert=streamer \"{text}\": gmv > 0")
        })
        .collect();
    let words: Vec<&str> =
        LINE.split(' ').filter(|word| !word.is_empty()).chain(alerts.iter().map(String::as_str)).collect();
    let run = work.run(&words);
    assert!(run.code == 4 || run.code == 0, "{}", run.err);
    run.err
}

/// The elements of a page or picture and how many there are of each; fails where a `<` begins anything else.
fn elements(markup: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let name: String =
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "!/?-".contains(*c)).collect();
        assert!(!name.is_empty(), "a lone <: {rest:.60}");
        // What stands in a script or a style is ours, and text to the parser.
        if let Some(end) = ["script", "style"].iter().find(|word| **word == name) {
            rest = &rest[rest.find(&format!("</{end}")).unwrap()..];
        }
        *found.entry(name).or_default() += 1;
    }
    found
}

/// Checks that markup is closed where it opens, steers nothing, and refers to nothing.
pub fn is_markup(markup: &str, place: &str) {
    is_still(markup, place);
    let elements = elements(markup);
    for (name, count) in elements.iter().filter(|(name, _)| name.starts_with('/')) {
        assert_eq!(elements.get(&name[1..]), Some(count), "{place}: {name}");
    }
    let stray = markup.match_indices('&').find(|(at, _)| {
        let entity: String = markup[at + 1..].chars().take(11).collect();
        !entity
            .split_once(';')
            .is_some_and(|(name, _)| name.trim_start_matches('#').chars().all(char::is_alphanumeric))
    });
    // In HTML an ampersand may stand by itself.
    let is_html = std::path::Path::new(place).extension().is_some_and(|kind| kind == "html");
    assert!(is_html || stray.is_none(), "{place}: a stray &");
}

/// The text between tags, with entities resolved.
fn plain(text: &str) -> String {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';').unwrap();
        plain.push(match entity {
            "lt" | "#60" => '<',
            "gt" | "#62" => '>',
            "amp" | "#38" => '&',
            "quot" | "#34" => '"',
            "#39" | "#x27" => '\'',
            other => panic!("&{other}; in {text}"),
        });
        plain.push_str(rest);
    }
    plain
}

#[test]
fn a_page_holds_hostile_texts_as_texts() {
    let (hostile, twin) = (world(true), world(false));
    let texts: Vec<String> = all().iter().map(|text| id(text)).collect();
    let err = reported(&hostile, &texts);
    for line in err.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
        is_calm(line, "the log");
    }
    reported(&twin, &(0..texts.len()).map(super::harmless).collect::<Vec<_>>());
    let page = hostile.read("out/latest/report.html");
    is_markup(&page, "report.html");
    let (found, mut expected) = (elements(&page), elements(&twin.read("out/latest/report.html")));
    // Fewer alerts are asked for: a NUL is no argument, and neither is a long text.
    for (name, count) in &found {
        let more = expected.remove(name).unwrap_or_default();
        assert!(*count <= more, "{name}: {count} instead of {more}");
    }
    let names: Vec<String> =
        page.split("<bdi>").skip(1).map(|rest| plain(rest.split("</bdi>").next().unwrap())).collect();
    for text in &texts {
        assert!(names.contains(&shown(text)), "{text:?} is in no name of the page");
    }
    let run: serde_json::Value = serde_json::from_str(&hostile.read("out/latest/run.json")).unwrap();
    is_calm(&hostile.read("out/latest/run.json"), "run.json");
    assert!(run.get("alerts").is_some(), "{run}");
}

#[test]
fn the_workbook_and_the_tables_of_a_report_hold_them_too() {
    let work = world(true);
    let texts: Vec<String> = all().iter().map(|text| id(text)).collect();
    reported(&work, &[]);
    sheet(&work, "out/latest/report.xlsx");
    let mut tables = 0;
    for entry in std::fs::read_dir(work.path("out/latest/tables")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let (columns, rows) = parquet(&work, &format!("out/latest/tables/{name}"));
        let Some(at) = columns.iter().position(|column| column == "streamer_id") else { continue };
        tables += 1;
        assert!(
            rows.iter().all(|row| texts.contains(&row[at]) || row[at].is_empty() || row[at] == "(none)"),
            "{name}"
        );
    }
    assert!(tables >= 2, "{tables}");
    assert!(work.read("streamers.csv").contains(&ATTRIBUTE.replace('"', "\"\"")));
}
