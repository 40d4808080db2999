//! The text of a configuration behind a command: it never panics, an error has its place, and what the table of a command says means what
//! the same words mean when they are typed.
#![no_main]

use std::cell::RefCell;
use std::ffi::OsString;

use gmv::cli::{Command, ParseError, parse_from};
use gmv_fuzz::Scratch;
use gmv_fuzz::text::spell;
use gmv_fuzz::words::CONFIG;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACE: RefCell<Scratch> = RefCell::default();
    /// A file that says nothing: without one, a line would find what lies in the folder.
    static NOTHING: RefCell<Scratch> = RefCell::default();
}

const COMMANDS: [&str; 8] =
    ["decompose", "compare", "explain", "repurchase", "plan", "report", "check", "ingest"];

/// What is typed besides, so that it can conflict with the file.
const TYPED: [&[&str]; 8] = [
    &[],
    &[],
    &["--orders", "o.csv", "--sessions", "s.csv"],
    &["--store", "x"],
    &["--basis=net"],
    &["--quiet=false"],
    &["--by", "total", "--period", "month"],
    &["--format", "json"],
];

fuzz_target!(|data: &[u8]| {
    let [choice, body @ ..] = data else { return };
    let command = COMMANDS[usize::from(choice & 7)];
    let typed = TYPED[usize::from(choice >> 3 & 7)];
    let text = spell(body, CONFIG);
    let path = PLACE.with_borrow_mut(|place| place.hold(text.as_bytes()));
    let line = ["gmv", command, "--config", &path].into_iter().chain(typed.iter().copied());
    match parse_from(line.map(OsString::from).collect()) {
        Ok(arguments) => {
            let Some(words) = as_typed(&text, command).filter(|_| typed.is_empty()) else { return };
            let nothing = NOTHING.with_borrow_mut(|place| place.hold(b""));
            let line = ["gmv", command, "--config", &nothing].map(str::to_owned).into_iter().chain(words);
            let Ok(other) = parse_from(line.map(OsString::from).collect()) else { return };
            // Paths of a file start from its folder.
            let shown = |command: &Command, path: &str| {
                let shown = format!("{command:?}").replace("/proc/self/fd/", "");
                let config = format!("config: Some({:?})", path.replace("/proc/self/fd/", ""));
                shown.replace(&config, "config: None")
            };
            assert_eq!(shown(&arguments.command, &path), shown(&other.command, &nothing), "{text}");
        }
        Err(ParseError::File(error)) => {
            let error = error.to_string();
            let place = error.strip_prefix(&format!("{path}:")).expect("the name of the file");
            let mut numbers = place.split([':', ' ']).map(str::parse::<usize>);
            let (line, column) = (numbers.next(), numbers.next());
            let line = line.and_then(Result::ok).expect("a line");
            let column = column.and_then(Result::ok).expect("a column");
            assert!((1..=text.matches('\n').count() + 1).contains(&line) && column > 0, "{error}");
            assert!(!error.contains(['\n', '\r']), "{error:?}");
        }
        Err(ParseError::Line(error)) => assert!(!error.to_string().is_empty()),
    }
});

/// What a file with nothing but the table of a command says, in words of the command line; `None` where it says more.
fn as_typed(text: &str, command: &str) -> Option<Vec<String>> {
    let file: toml::Table = text.parse().ok()?;
    let table = file.get(command)?.as_table().filter(|_| file.len() == 1)?;
    let mut words = Vec::new();
    for (key, value) in table {
        let several = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for one in several {
            match one {
                toml::Value::Boolean(true) => words.push(format!("--{key}")),
                toml::Value::Boolean(false) => {}
                toml::Value::String(text) => words.push(format!("--{key}={text}")),
                // Numbers and dates are taken as they are written, which is not known here.
                _ => return None,
            }
        }
    }
    Some(words)
}
