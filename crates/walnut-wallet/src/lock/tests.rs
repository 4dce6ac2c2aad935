//! The lock: when it closes, and what clocks can do to it.

use proptest::prelude::*;

use super::*;
use crate::test_values::{NOW, later};

#[test]
fn locks_after_the_last_action() {
    let mut lock = LockMachine::new(15);
    assert!(!lock.is_unlocked(NOW));
    lock.unlock(NOW);
    lock.user_action(later(600));
    assert!(lock.is_unlocked(later(600 + 899)));
    assert_eq!(lock.locks_at(), Some(later(1_500)));
    assert!(lock.tick(later(1_500)));
    assert!(!lock.tick(later(1_501)), "locks once");
    assert_eq!(lock.status(), LockStatus::Locked);
}

#[test]
fn an_action_after_the_time_does_not_open() {
    let mut lock = LockMachine::new(1);
    lock.unlock(NOW);
    lock.user_action(later(60));
    assert!(!lock.is_unlocked(later(60)));
}

#[test]
fn a_shorter_period_takes_effect_at_once() {
    let mut lock = LockMachine::new(60);
    lock.unlock(NOW);
    lock.set_auto_lock(5, later(301));
    assert_eq!(lock.status(), LockStatus::Locked);
    // Out of range values are brought into range, never "never".
    lock.set_auto_lock(u32::MAX, NOW);
    lock.unlock(NOW);
    assert_eq!(lock.locks_at(), Some(later(86_400)));
    lock.set_auto_lock(0, NOW);
    assert_eq!(lock.locks_at(), Some(later(60)));
}

#[test]
fn clocks_that_jump() {
    let mut lock = LockMachine::new(15);
    lock.unlock(later(100_000));
    // Set back by a day: open for one more period, not for a day.
    assert!(lock.is_unlocked(later(10_000)));
    assert!(!lock.is_unlocked(later(10_000 + 900)));
    // Asleep for a day: locked at waking.
    lock.unlock(NOW);
    assert!(!lock.is_unlocked(later(86_400)));
}

proptest! {
    /// Whatever happens: open only if unlocked before, and then no longer than the period without an action.
    #[test]
    fn never_open_beyond_the_period(steps in prop::collection::vec((0..4_u8, 0..2_000_u64), 1..60)) {
        let mut lock = LockMachine::new(10);
        let (mut now, mut last_touch) = (0, None::<u64>);
        for (step, pause) in steps {
            now += pause;
            if last_touch.is_some_and(|touch| now - touch >= 600) {
                last_touch = None;
            }
            match step {
                0 => { lock.unlock(later(now)); last_touch = Some(now); }
                1 => { lock.lock(); last_touch = None; }
                2 => { lock.user_action(later(now)); last_touch = last_touch.map(|_| now); }
                _ => { lock.tick(later(now)); }
            }
            prop_assert_eq!(lock.is_unlocked(later(now)), last_touch.is_some());
        }
    }
}
