//! Progress of reading, on a terminal, for anything over a second.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that appears after a second; nothing where standard error is no terminal.
pub struct ReadProgress {
    started: Instant,
    total: u64,
    read: AtomicU64,
    enabled: bool,
    bar: OnceLock<ProgressBar>,
}

impl ReadProgress {
    /// How long a run may take before a bar appears.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// For `total` bytes, as far as they are known.
    #[must_use]
    pub fn new(total: u64, enabled: bool) -> Self {
        Self { started: Instant::now(), total, read: AtomicU64::new(0), enabled, bar: OnceLock::new() }
    }

    /// Takes note of bytes that were read; called from every thread.
    pub fn advance(&self, bytes: u64) {
        if !self.enabled {
            return;
        }
        let read = self.read.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if self.started.elapsed() >= Self::PATIENCE {
            let bar = self.bar.get_or_init(|| self.start());
            bar.set_length(self.total.max(read));
            bar.set_position(read);
            let seconds = self.started.elapsed().as_secs_f64();
            bar.set_message(format!("{}/s", HumanBytes((read as f64 / seconds) as u64)));
        }
    }

    fn start(&self) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(Some(self.total), ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template("reading {bar:30} {bytes}/{total_bytes} {msg}");
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
