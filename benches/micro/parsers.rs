//! The splitting of blocks, and the parsers of a cell: the quick ones, which take the commonest forms, and the careful ones.

use std::ops::Range;
use std::sync::Arc;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use gmv::input::parse::money;
use gmv::input::parse::time::TimeParser;
use gmv::input::records::Splitter;
use gmv::input::settings::ReadSettings;
use gmv::units::IdKey;

use crate::shop::{SHOP, zone};

/// A block of sessions as a run splits it, with or without quotes.
#[divan::bench(args = ["plain", "quoted ids", "all quoted"])]
fn split(bencher: Bencher, quotes: &str) {
    let rows = &SHOP.sessions.rows;
    let end = memchr::memrchr(b'\n', &rows[..ReadSettings::BLOCK_SIZE]).unwrap();
    let cells = match quotes {
        "plain" => 0,
        "quoted ids" => 1,
        _ => usize::MAX,
    };
    let (block, is_quoted) = (quoted(&rows[..=end], cells), cells > 0);
    let mut splitter = Splitter::default();
    let records = splitter.split(&block, b',', is_quoted, |_, _| {});
    counted(bencher, block.len(), records as usize).bench_local(|| {
        let mut cells = 0;
        splitter.split(black_box(&block), b',', is_quoted, |record, _| cells += record.len());
        cells
    });
}

/// The same text with quotes around the first cells of each line.
fn quoted(text: &[u8], cells: usize) -> Vec<u8> {
    let mut quoted = Vec::new();
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        for (at, cell) in line.split(|&byte| byte == b',').enumerate() {
            let mark: &[u8] = if at < cells { b"\"" } else { b"" };
            let comma: &[u8] = if at > 0 { b"," } else { b"" };
            quoted.extend([comma, mark, cell, mark].concat());
        }
        quoted.push(b'\n');
    }
    quoted
}

/// Times in the order of the export, which name the same date many times.
#[divan::bench(args = ["quick", "careful", "without seconds", "epoch"])]
fn times(bencher: Bencher, form: &str) {
    let mut cells = SHOP.sessions.column("entered_at");
    for (at, cell) in cells.iter_mut().enumerate() {
        match form {
            "without seconds" => cell.truncate("2026-11-15 20:00".len()),
            "epoch" => *cell = (1_760_000_000 + at).to_string().into_bytes(),
            _ => {}
        }
    }
    let mut parser = TimeParser::new(zone(), Arc::new([]));
    let bencher = of_cells(bencher, &cells);
    if form == "quick" {
        bencher.bench_local(|| each(&cells, |cell| parser.quick(cell).unwrap()));
    } else {
        bencher.bench_local(|| each(&cells, |cell| parser.parse(cell).unwrap()));
    }
}

/// Amounts as the export has them, and with what consoles put around them.
#[divan::bench(args = ["quick", "careful", "decorated"])]
fn amounts(bencher: Bencher, form: &str) {
    let mut cells = SHOP.orders.column("amount");
    if form == "decorated" {
        for cell in &mut cells {
            *cell = ["¥".as_bytes(), cell].concat();
        }
    }
    let bencher = of_cells(bencher, &cells);
    if form == "quick" {
        bencher.bench_local(|| each(&cells, |cell| money::quick(cell).unwrap()));
    } else {
        bencher.bench_local(|| each(&cells, |cell| money::parse(cell).unwrap()));
    }
}

/// Keys of ids that stand by themselves: kept as they are, as a number, and hashed.
#[divan::bench(args = ["viewer", "order number", "uuid"])]
fn keys(bencher: Bencher, kind: &str) {
    let cells = ids(kind);
    of_cells(bencher, &cells).bench_local(|| each(&cells, |cell| IdKey::new(cell)));
}

/// Keys of the commonest ids where they stand in a block.
#[divan::bench(args = ["viewer", "order number"])]
fn quick_keys(bencher: Bencher, kind: &str) {
    let cells = ids(kind);
    let mut block = vec![b' '; 24];
    let mut spans: Vec<Range<usize>> = Vec::new();
    for cell in &cells {
        spans.push(block.len()..block.len() + cell.len());
        block.extend_from_slice(cell);
        block.push(b',');
    }
    block.extend([b' '; 24]);
    let bencher = of_cells(bencher, &cells);
    if kind == "viewer" {
        bencher.bench_local(|| each(&spans, |span| IdKey::quick_text(&block, span.clone()).unwrap()));
    } else {
        bencher.bench_local(|| each(&spans, |span| IdKey::quick_number(&block, span.clone()).unwrap()));
    }
}

fn ids(kind: &str) -> Vec<Vec<u8>> {
    let viewers = || SHOP.sessions.column("viewer_id");
    match kind {
        "viewer" => viewers(),
        "order number" => SHOP.orders.column("order_id"),
        _ => viewers().iter().map(|viewer| [b"0190c6c2-7f5a-7cc3-98c4-", &viewer[..]].concat()).collect(),
    }
}

fn of_cells<'a, 'b>(bencher: Bencher<'a, 'b>, cells: &[Vec<u8>]) -> Bencher<'a, 'b> {
    counted(bencher, cells.iter().map(Vec::len).sum(), cells.len())
}

fn counted<'a, 'b>(bencher: Bencher<'a, 'b>, bytes: usize, items: usize) -> Bencher<'a, 'b> {
    bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(items))
}

fn each<T, R>(items: &[T], parse: impl FnMut(&T) -> R) {
    black_box(items).iter().map(parse).for_each(|parsed| {
        black_box(parsed);
    });
}
