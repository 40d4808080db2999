//! Which mutant is alive in this process. This file becomes a module of the mutated library; the tool itself does not use it.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// The number of the living mutant; 0 for none.
static ALIVE: LazyLock<u32> =
    LazyLock::new(|| std::env::var("GMV_MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(0));

/// Where the numbers of mutants that are reached are written.
static RECORD: LazyLock<Option<File>> = LazyLock::new(|| {
    let path = std::env::var_os("GMV_MUTANTS_REACHED")?;
    OpenOptions::new().append(true).create(true).open(path).ok()
});

static REACHED: [AtomicBool; 1 << 14] = [const { AtomicBool::new(false) }; 1 << 14];

/// Whether this mutant is the living one.
#[inline]
pub fn is(number: u32) -> bool {
    let alive = *ALIVE;
    if alive == 0 {
        reach(number);
    }
    alive == number
}

#[cold]
fn reach(number: u32) {
    if let Some(mut record) = RECORD.as_ref()
        && let Some(reached) = REACHED.get(number as usize)
        && !reached.swap(true, Ordering::Relaxed)
    {
        // One write for each line, so that processes that share the file do not mix theirs.
        let _ = record.write_all(format!("{number}\n").as_bytes());
    }
}
