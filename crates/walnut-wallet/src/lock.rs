//! Open or closed, and when it closes by itself.
//!
//! * Time is told, never asked for.
//! * A restart means locked: the key lived in memory only, so there is nothing to store here.
//! * A clock that jumps forward (sleep) locks. A clock that is set back cannot hold the wallet open for longer than one
//!   more period.

use walnut_base::{TimeDelta, Timestamp};

use crate::messages::{LockStatus, Settings};

/// The lock of an existing wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockMachine {
    last_action: Option<Timestamp>,
    auto_lock_minutes: u32,
}

impl LockMachine {
    /// Locked.
    pub fn new(auto_lock_minutes: u32) -> Self {
        Self { last_action: None, auto_lock_minutes: clamp(auto_lock_minutes) }
    }

    /// The password was right.
    pub fn unlock(&mut self, now: Timestamp) {
        self.last_action = Some(now);
    }

    /// The person, the system or the browser locks.
    pub fn lock(&mut self) {
        self.last_action = None;
    }

    /// A key press or click in one of our windows. Does not open what has closed meanwhile.
    pub fn user_action(&mut self, now: Timestamp) {
        self.tick(now);
        if self.last_action.is_some() {
            self.last_action = Some(now);
        }
    }

    /// Other period; takes effect at once.
    pub fn set_auto_lock(&mut self, minutes: u32, now: Timestamp) {
        self.auto_lock_minutes = clamp(minutes);
        self.tick(now);
    }

    /// Time passes. True exactly when this call has locked.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        let Some(last_action) = self.last_action else { return false };
        if now < last_action {
            self.last_action = Some(now);
            return false;
        }
        let is_due = now.delta_since(last_action) >= self.period();
        if is_due {
            self.last_action = None;
        }
        is_due
    }

    /// Whether keys may be used now.
    pub fn is_unlocked(&mut self, now: Timestamp) -> bool {
        self.tick(now);
        self.last_action.is_some()
    }

    /// The state for messages, as of the last call.
    pub fn status(&self) -> LockStatus {
        if self.last_action.is_some() { LockStatus::Unlocked } else { LockStatus::Locked }
    }

    /// When it will lock if nothing happens.
    pub fn locks_at(&self) -> Option<Timestamp> {
        self.last_action.map(|last_action| last_action.saturating_add(self.period()))
    }

    fn period(&self) -> TimeDelta {
        TimeDelta::from_secs(60 * u64::from(self.auto_lock_minutes))
    }
}

fn clamp(minutes: u32) -> u32 {
    minutes.clamp(1, Settings::AUTO_LOCK_MINUTES_MAX)
}

#[cfg(test)]
mod tests;
