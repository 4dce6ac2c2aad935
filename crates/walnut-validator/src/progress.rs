//! How far the writer is with the commits of one shard.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Counts answered commits.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    answered: u64,
    has_failed: bool,
}

impl Progress {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the outcome of the next commit.
    pub(crate) fn answer(&self, is_stored: bool) {
        let mut state = self.state();
        state.answered += 1;
        state.has_failed |= !is_stored;
        drop(state);
        self.changed.notify_one();
    }

    /// How many commits have been answered, and whether one has failed since [`Progress::restart`].
    pub(crate) fn now(&self) -> (u64, bool) {
        let state = self.state();
        (state.answered, state.has_failed)
    }

    /// Waits until at least `count` commits have been answered.
    pub(crate) fn wait_for(&self, count: u64) {
        let mut state = self.state();
        while state.answered < count {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Forgets failures.
    pub(crate) fn restart(&self) {
        self.state().has_failed = false;
    }
}
