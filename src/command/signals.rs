//! Signals that end a run: what is on its way is taken away first, and then the process ends as it would have, so that whoever started it sees
//! which signal it was (a shell shows 130 for Ctrl-C, 143 for SIGTERM).

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::Builder;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXCPU, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::present::unfinished;

/// Listens from now on. Where the system gives no thread or no pipe for that, signals end the process at once, and the next run clears what is
/// left.
pub fn listen() {
    let listener = || {
        // A file that reaches the limit of the shell (`ulimit -f`) is a failed write rather than the end.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
        let ignored = ignored();
        let wanted = [SIGINT, SIGTERM, SIGHUP, SIGXCPU].into_iter().filter(|signal| !ignored(*signal));
        let Ok(mut signals) = Signals::new(wanted) else { return };
        for signal in signals.forever() {
            unfinished::abandon();
            let _ = emulate_default_handler(signal);
        }
    };
    // In the thread, so that without it the signals stay what they are.
    let _ = Builder::new().name("signals".to_owned()).spawn(listener);
}

/// Which signals the process was told to ignore by who started it (`nohup`, a job in the background): it goes on ignoring them.
fn ignored() -> impl Fn(i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let set = set.and_then(|set| u64::from_str_radix(set.trim(), 16).ok()).unwrap_or_default();
    move |signal| set >> (signal - 1) & 1 == 1
}
