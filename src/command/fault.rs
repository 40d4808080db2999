//! The last resort: a fault of the program itself is one line and the exit code 1, as every failure is, and nothing
//! that is unfinished is put in its place.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, anyhow};

use crate::present::log::{self, LogForm};

/// Does the work; `None` where it met a fault, which has been said by then.
pub fn guard<T>(form: LogForm, work: impl FnOnce() -> Result<T>) -> Option<Result<T>> {
    let usual = panic::take_hook();
    let said = AtomicBool::new(false);
    panic::set_hook(Box::new(move |info| {
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
            usual(info);
        }
        // Threads that wait for the one at fault fail after it.
        if !said.swap(true, Ordering::Relaxed) {
            log::error(&anyhow!(sentence(info)), form);
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

fn sentence(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("no reason is known");
    // Libraries start threads too, and know no other way where the system gives none.
    if what.starts_with("failed to spawn thread") {
        return format!(
            "the system gives no more threads, and nothing unfinished was put in its place; allow more (ulimit -u, ulimit -v): {what}"
        );
    }
    let place =
        info.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    format!(
        "stopped by a fault of the program, and nothing unfinished was put in its place; please report it with this line and your command: \
         {what}{place}"
    )
}
