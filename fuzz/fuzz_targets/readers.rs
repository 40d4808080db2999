//! A text in some encoding through the whole reader, in blocks of several sizes and with several threads, against the crate `csv` on the
//! text as it was: the same records on the same lines, cell by cell.
#![no_main]

use std::cell::RefCell;

use gmv::input::binding::Header;
use gmv::input::container::Opening;
use gmv::input::encoding::TextEncoding;
use gmv::input::error::InputError;
use gmv::input::feed::{FeedOptions, FileContext};
use gmv::input::files::Source;
use gmv::input::parse::trim;
use gmv::input::read::{Columns, Place, RowReader, read};
use gmv::input::records::{Record, Splitter, cut};
use gmv_fuzz::Scratch;
use gmv_fuzz::text::{encoded, spell};
use gmv_fuzz::theirs::{DELIMITERS, theirs};
use gmv_fuzz::words::TABLE;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACE: RefCell<Scratch> = RefCell::default();
}

/// A record: the line on which it begins, and its cells.
type Line = (u64, Vec<String>);

struct All;

impl Columns for All {
    fn needed(&self) -> Vec<usize> {
        Vec::new()
    }
}

/// Keeps every record.
#[derive(Default)]
struct Keeper(Vec<(Place, Vec<String>)>);

impl RowReader<All> for Keeper {
    fn row(&mut self, _: &FileContext<All>, record: &Record<'_>, place: Place) {
        let cell = |at| String::from_utf8(record.cell(at).into_owned()).expect("text that was decoded");
        self.0.push((place, (0..record.len()).map(cell).collect()));
    }
}

fuzz_target!(|data: &[u8]| {
    let [choice, block, body @ ..] = data else { return };
    let delimiter = DELIMITERS[usize::from(choice & 3)];
    // The first letter says that the file is none of another kind.
    let text = format!("a{}", spell(body, TABLE));
    let is_lone = |(at, _): (usize, &str)| text.as_bytes().get(at + 1) != Some(&b'\n');
    if text.match_indices('\r').any(is_lone) || cut(text.as_bytes(), delimiter).open_quote.is_some() {
        return;
    }
    // Of text behind a closing quote, `csv` makes what it likes.
    let mut is_malformed = false;
    Splitter::default().split(text.as_bytes(), delimiter, true, |record, _| is_malformed |= record.malformed);
    if is_malformed {
        return;
    }
    let Some((label, bytes)) = encoded(&text, choice >> 2) else { return };
    let source = PLACE.with_borrow_mut(|place| place.source(&bytes));
    let encoding = Some(TextEncoding::named(label).expect("a label that is known"));
    let opening = Opening { encoding, ..Opening::default() };
    let expected = records(&text, delimiter);
    let ways = [(1, 1 << 14), (1, usize::from(*block)), (2, usize::from(*block))];
    // Threads take longer to start than small texts to read.
    let tried = if choice >> 5 == 0 { 3 } else { 2 };
    for (threads, block_size) in ways.into_iter().take(tried) {
        let options = FeedOptions { opening, delimiter: Some(delimiter), block_size: block_size.max(1) };
        // What looks like a file of another kind, or of other line ends, is refused as such.
        let Some(found) = ours(&source, options, threads) else { return };
        assert_eq!(found, expected, "{label} {threads} {block_size}");
    }
});

/// What our reader finds, the header first; `None` where it is refused as no table of ours.
fn ours(source: &Source, options: FeedOptions, threads: usize) -> Option<Vec<Line>> {
    let mut keepers: Vec<Keeper> = (0..threads).map(|_| Keeper::default()).collect();
    let sources = std::slice::from_ref(source);
    let bind = |_: &Source, _: &Header| Ok(All);
    let files = match read(sources, options, &bind, &|_| {}, &mut keepers) {
        Ok(files) => files,
        Err(InputError::Container { .. } | InputError::LineEnds { .. }) => return None,
        Err(error) => panic!("a text without faults: {error}"),
    };
    let mut records: Vec<_> = keepers.into_iter().flat_map(|keeper| keeper.0).collect();
    records.sort_unstable_by_key(|(place, _)| *place);
    let header = files.files.first().map(|file| (1, file.header.names.clone()));
    let rows = records.into_iter().map(|(place, cells)| (files.line(place).1, cells));
    Some(header.into_iter().chain(rows).collect())
}

/// What `csv` finds.
fn records(text: &str, delimiter: u8) -> Vec<Line> {
    let mut lines = Vec::new();
    theirs(text.as_bytes(), delimiter, |start, cells| {
        // Blank lines before a record are none of it.
        let begins = text[start..].find(|letter| !matches!(letter, '\r' | '\n')).unwrap_or(0);
        let line = 1 + text[..start + begins].matches('\n').count() as u64;
        let cells = cells.into_iter().map(|cell| String::from_utf8(cell.to_vec()).expect("text"));
        lines.push((line, cells.collect()));
    });
    // The names of a header are trimmed.
    for name in lines.iter_mut().take(1).flat_map(|(_, cells): &mut Line| cells) {
        *name = String::from_utf8(trim(name.as_bytes()).to_vec()).expect("text");
    }
    lines
}
