//! The examples do what they say: scripts parse, options exist, what is sent cannot be steered by names, the program on the library agrees.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::{Work, repository};

/// The files of the folder and those below it, by their paths in it.
fn files() -> BTreeMap<String, PathBuf> {
    let (root, mut files) = (repository("examples"), BTreeMap::new());
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(&root).unwrap().display().to_string(), path);
            }
        }
    }
    files
}

fn of_kind(ending: &str) -> Vec<PathBuf> {
    let found: Vec<_> =
        files().into_iter().filter(|(name, _)| name.ends_with(ending)).map(|(_, path)| path).collect();
    assert!(!found.is_empty(), "no {ending}");
    found
}

#[test]
fn the_list_of_examples_is_whole() {
    let list = std::fs::read_to_string(repository("examples/README.md")).unwrap();
    for name in files().keys().filter(|name| *name != "README.md") {
        assert!(list.contains(&format!("]({name})")), "examples/README.md does not list {name}");
    }
}

#[test]
fn scripts_parse() {
    for script in of_kind(".sh") {
        let output = Command::new("bash").arg("-n").arg(&script).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mode = script.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{} cannot be run", script.display());
    }
    for program in of_kind(".py") {
        let parse = "import ast, sys; ast.parse(open(sys.argv[1], encoding='utf-8').read())";
        let output = Command::new("python3").args(["-c", parse]).arg(&program).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The commands of a script: each line that runs `gmv`, with those that continue it.
fn commands(text: &str) -> Vec<Vec<String>> {
    let whole = text.replace("\\\n", " ");
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let runs = whole.lines().map(str::trim).filter_map(|line| {
        let line = line.strip_prefix("ExecStart=/usr/local/bin/").unwrap_or(line);
        line.starts_with("gmv ").then(|| words(line))
    });
    runs.collect()
}

#[test]
fn every_option_of_a_recipe_exists() {
    let mut seen = 0;
    for path in files().values().filter(|path| path.extension().is_some_and(|ending| ending != "rs")) {
        for command in commands(&std::fs::read_to_string(path).unwrap()) {
            let help =
                Command::new(env!("CARGO_BIN_EXE_gmv")).args([&command[1], "--help"]).output().unwrap();
            assert!(help.status.success(), "{command:?}");
            let help = String::from_utf8(help.stdout).unwrap();
            for option in command.iter().filter(|word| word.starts_with('-')) {
                seen += 1;
                let is_there = |end: &str| help.contains(&format!("{option}{end}"));
                assert!([" ", "\n", ","].into_iter().any(is_there), "{}: {option}", path.display());
            }
        }
    }
    assert!(seen > 15, "{seen}");
}

/// A report as it is on disk, with a name that would be markup, a mention and a header.
fn report() -> Work {
    let work = Work::new();
    let run = r#"{"report": {"title": "Shop\r\nBcc: x@example.com", "first": "2026-11-09", "last": "2026-11-15"},
        "narrative": "GMV fell by 14.3 %.", "warnings": [],
        "alerts": [
          {"alert": "streamer: refund_rate > 20 %", "outcome": "fired", "streamer_id": "s1",
           "streamer_name": "</at><at user_id=\"all\">& \"x\"'; rm -rf $HOME `id`\u001b[31m\u202e", "values": "refund_rate_gmv 25.0 %"},
          {"alert": "uv == 0", "outcome": "quiet", "streamer_id": null, "streamer_name": null, "values": null}]}"#;
    work.write("out/2026-11-09/run.json", run);
    work.write("out/2026-11-09/report.html", "<!doctype html><p>报告</p>");
    std::os::unix::fs::symlink("2026-11-09", work.path("out/latest")).unwrap();
    work
}

fn bash(work: &Work, script: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new("bash");
    command.arg(repository(script)).args(arguments).current_dir(work.path("")).stdin(Stdio::null());
    for name in ["GMV_WEBHOOK", "GMV_POST", "GMV_POST_SETTINGS", "GMV_SENDMAIL", "GMV_FROM", "GMV_LOG"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn what_is_posted_is_json_that_no_name_can_steer() {
    let work = report();
    for (kind, path) in [("wecom", "/text/content"), ("feishu", "/content/text"), ("slack", "/text")] {
        let output = bash(&work, "examples/cron/post.sh", &["4", "out"], &[("GMV_POST", kind)]);
        let message: serde_json::Value = serde_json::from_str(&text(&output)).unwrap();
        let said = message.pointer(path).unwrap().as_str().unwrap();
        assert!(said.contains("GMV fell by 14.3 %.") && said.contains("refund_rate_gmv 25.0 %"), "{said}");
        assert!(!said.contains("uv == 0"), "a quiet alert is posted: {said}");
        assert!(said.contains("＜at user_id=\"all\"＞") && said.contains("rm -rf $HOME `id`"), "{said}");
        let steers = |letter: char| letter != '\n' && (letter.is_control() || "<>\u{202e}".contains(letter));
        assert!(!said.chars().any(steers), "{said:?}");
    }
    let failed = text(&bash(&work, "examples/cron/post.sh", &["1", "nowhere"], &[]));
    assert!(failed.contains("failed with code 1"), "{failed}");
    // A service that was killed has the name of a signal in the place of a code, or nothing.
    for (code, said) in [("KILL", "failed with code KILL"), ("", "failed with code unknown")] {
        let killed = text(&bash(&work, "examples/cron/post.sh", &[code, "nowhere"], &[]));
        assert!(killed.contains(said), "{killed}");
    }
    assert_eq!(text(&bash(&work, "examples/cron/post.sh", &["0", "nowhere"], &[])), "");
}

#[test]
fn the_mail_has_the_words_and_the_page_and_no_further_header() {
    let work = report();
    let read = "import sys, email, email.policy; m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)\n\
        assert m['To'] == 'a@example.com, b@example.com' and m['From'] == 'gmv@example.com', m.items()\n\
        assert m['Bcc'] is None and m['Subject'] == 'Shop Bcc: x@example.com 2026-11-09 – 2026-11-15 · 1 ⚠', m['Subject']\n\
        body = m.get_body(('plain',)).get_content()\n\
        assert body.startswith('GMV fell by 14.3 %.') and 'refund_rate_gmv 25.0 %' in body and 'uv == 0' not in body, body\n\
        [page] = m.iter_attachments()\n\
        assert page.get_filename() == 'gmv-2026-11-09.html' and '报告' in page.get_content(), page\n\
        print('read')";
    work.write("read.py", read);
    let variables = [("GMV_SENDMAIL", "python3 read.py"), ("GMV_FROM", "gmv@example.com")];
    let output = bash(&work, "examples/email.sh", &["out", "a@example.com", "b@example.com"], &variables);
    assert_eq!(text(&output).trim(), "read");
    // Without a page nothing is sent.
    std::fs::remove_file(work.path("out/2026-11-09/report.html")).unwrap();
    let output = bash(&work, "examples/email.sh", &["out", "a@example.com"], &variables);
    assert!(!output.status.success() && output.stdout.is_empty());
}

/// A `gmv` that ends with a code, first in the path.
fn pretending(work: &Work, code: i32) -> String {
    let script = format!("#!/bin/sh\necho '{{\"level\":\"error\"}}' >&2\nexit {code}\n");
    work.write("bin/gmv", script);
    std::fs::set_permissions(work.path("bin/gmv"), PermissionsExt::from_mode(0o755)).unwrap();
    format!("{}:{}", work.path("bin").display(), std::env::var("PATH").unwrap())
}

#[test]
fn cron_hears_of_failures_and_the_channel_of_alerts() {
    let work = report();
    for (code, ends, posts, says) in
        [(0, 0, false, false), (4, 0, true, false), (3, 0, true, false), (1, 1, true, true)]
    {
        let path = pretending(&work, code);
        let variables =
            [("PATH", path.as_str()), ("GMV_CONFIG", "x.toml"), ("GMV_OUT", "out"), ("GMV_LOG", "log")];
        let output = bash(&work, "examples/cron/report.sh", &[], &variables);
        assert_eq!(output.status.code(), Some(ends), "{output:?}");
        assert_eq!(!output.stdout.is_empty(), posts, "{code}: {output:?}");
        assert_eq!(!output.stderr.is_empty(), says, "{code}: {output:?}");
    }
    assert_eq!(work.read("log").lines().count(), 4);
}

#[test]
fn the_program_on_the_library_says_what_the_command_says() {
    let library = Path::new(env!("CARGO_BIN_EXE_gmv")).with_file_name("examples").join("library");
    let output = Command::new(library).current_dir(repository("")).output().unwrap();
    let shown = text(&output);
    let folder = repository("data").display().to_string();
    let arguments = format!(
        "decompose --orders {folder}/orders.csv --sessions {folder}/sessions.csv --by total --format csv -q"
    );
    let csv = Work::new().ok(&arguments.split(' ').collect::<Vec<_>>());
    let columns: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let at = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let mut expected = Vec::new();
    for line in csv.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let mut row = vec![cells[0].to_owned(), cells[at("gmv")].to_owned()];
        for name in ["uv", "watch_hours_per_viewer", "buyers_per_watch_hour", "aov", "orders_per_buyer"] {
            let cell = cells[at(name)];
            row.push(cell.parse::<f64>().map_or_else(|_| "–".to_owned(), |value| format!("{value:.4}")));
        }
        expected.push(row.join(" "));
    }
    let lines: Vec<String> =
        shown.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, expected);
    assert!(lines.len() > 10);
}
