//! Readers of others that panic on some damaged files: a panic within becomes an error.

use std::cell::Cell;
use std::sync::Once;

use super::error::InputError;

thread_local! {
    /// Whether this thread is in [`guarded`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Keeps panics that become errors from being printed as well.
fn silence_guarded_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                usual(panic);
            }
        }));
    });
}

/// Runs a piece of such a reader; `damaged` is the error of a panic.
///
/// # Errors
/// Those of `read`, and `damaged` where it panics.
pub fn guarded<T>(
    damaged: impl FnOnce() -> InputError,
    read: impl FnOnce() -> Result<T, InputError>,
) -> Result<T, InputError> {
    silence_guarded_panics();
    let before = GUARDED.replace(true);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    GUARDED.set(before);
    result.unwrap_or_else(|_| Err(damaged()))
}
