//! Signals that end a run: what is on its way is taken away first, a cluster is told to stop, and then the process ends as it would have, so that whoever started it sees
//! which signal it was (a shell shows 130 for Ctrl-C, 143 for SIGTERM).

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};
use std::thread::Builder;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXCPU, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::engine::spark;
use crate::unfinished;

/// Listens from now on. Where the system gives no thread or no pipe for that, signals end the process at once, and the next run clears what is
/// left.
pub fn listen() {
    let (listens, is_listening) = mpsc::channel();
    let listener = move || {
        // A file that reaches the limit of the shell (`ulimit -f`) is a failed write rather than the end.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
        let ignored = ignored();
        let wanted = [SIGINT, SIGTERM, SIGHUP, SIGXCPU].into_iter().filter(|signal| !ignored(*signal));
        let mut signals = Signals::new(wanted).ok();
        drop(listens);
        for signal in signals.iter_mut().flat_map(Signals::forever) {
            unfinished::abandon();
            spark::interrupt();
            let _ = emulate_default_handler(signal);
        }
    };
    // In the thread, so that without it the signals stay what they are; nothing is made before.
    let spawned = Builder::new().name("signals".to_owned()).spawn(listener);
    if spawned.is_ok() {
        let _: Result<(), _> = is_listening.recv();
    }
}

/// Which signals the process was told to ignore by who started it (`nohup`, a job in the background): it goes on ignoring them.
fn ignored() -> impl Fn(i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let set = set.and_then(|set| u64::from_str_radix(set.trim(), 16).ok()).unwrap_or_default();
    move |signal| set >> (signal - 1) & 1 == 1
}
