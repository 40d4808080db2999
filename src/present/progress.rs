//! Progress of reading, and of what a cluster does, on a terminal, for anything over a second.

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

/// The tasks of a cluster, in the same way.
pub struct TaskProgress {
    started: Instant,
    enabled: bool,
    bar: OnceLock<ProgressBar>,
}

impl TaskProgress {
    /// Before anything is known.
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        Self { started: Instant::now(), enabled, bar: OnceLock::new() }
    }

    /// Takes note of how many of the tasks that are known are done, and how many bytes were read.
    pub fn at(&self, tasks: u64, of_tasks: u64, bytes: u64) {
        if !self.enabled || self.started.elapsed() < ReadProgress::PATIENCE {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(Some(of_tasks), ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template(
                "on the cluster {bar:30} {pos}/{len} tasks, {msg} read, {elapsed}",
            );
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_length(of_tasks);
        bar.set_position(tasks);
        bar.set_message(HumanBytes(bytes).to_string());
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
