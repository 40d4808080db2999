//! Work that is shared among threads, as many of them as the system gives.

use std::sync::{Mutex, PoisonError};
use std::thread::Builder;

/// Does `work` for each worker, with a thread for each, of which the caller's is one; what each gives, in their order.
///
/// Where the system gives no more threads (a limit on processes, no memory for a stack), those that are there do the work of the others too.
pub fn on_threads<W: Send, T: Send>(workers: Vec<W>, work: impl Fn(W) -> T + Sync) -> Vec<T> {
    let count = workers.len();
    let waiting = Mutex::new(workers.into_iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run =
        || -> Vec<(usize, T)> { std::iter::from_fn(next).map(|(at, worker)| (at, work(worker))).collect() };
    let mut done = std::thread::scope(|scope| {
        let spawned = (1..count).map_while(|_| Builder::new().spawn_scoped(scope, run).ok());
        let others: Vec<_> = spawned.collect();
        let mut done = run();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_worker_works_once_and_what_it_gives_is_in_its_place() {
        for count in [0, 1, 2, 40] {
            let mut workers = vec![0; count];
            let numbered: Vec<(usize, &mut u32)> = workers.iter_mut().enumerate().collect();
            let given = on_threads(numbered, |(number, worker)| {
                *worker += 1;
                number
            });
            assert!(given.into_iter().eq(0..count) && workers.iter().all(|&times| times == 1));
        }
    }
}
