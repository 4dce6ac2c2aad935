//! Times in words, at their edges.

use super::*;
use crate::test_values::{NOW, later};

fn ago(seconds: u64) -> Timestamp {
    NOW.saturating_sub(TimeDelta::from_secs(seconds))
}

#[test]
fn relative_within_a_day_then_the_date() {
    for (then, words) in [
        (NOW, "just now"),
        (ago(9), "just now"),
        (ago(10), "10 seconds ago"),
        (ago(59), "59 seconds ago"),
        (ago(60), "1 minute ago"),
        (ago(3_599), "59 minutes ago"),
        (ago(3_600), "1 hour ago"),
        (ago(86_399), "23 hours ago"),
        (ago(86_400), "20 Nov 2026"),
        // Clocks differ a little; beyond that the date is shown, not a promise.
        (later(59), "just now"),
        (later(86_400), "22 Nov 2026"),
        (Timestamp::EPOCH, "1 Jan 1970"),
    ] {
        assert_eq!(relative_time(NOW, then, 0), words);
    }
}

#[test]
fn local_times() {
    assert_eq!(exact_time(NOW, 0), "2026-11-21 08:00:00");
    assert_eq!(exact_time(NOW.saturating_add_micros(1_234), 330), "2026-11-21 13:30:00");
    assert_eq!(exact_time(NOW, -600), "2026-11-20 22:00:00");
    assert_eq!(date(NOW, -600), "20 Nov 2026");
    assert_eq!(date(Timestamp::MAX, 0), Timestamp::MAX.to_string());
}

#[test]
fn lengths_of_time() {
    for (millis, words) in [
        (0, "0 ms"),
        (850, "850 ms"),
        (40_000, "40 s"),
        (200_000, "3 min"),
        (7_200_000, "2 h"),
        (86_400_000, "1 day"),
        (500_000_000, "5 days"),
    ] {
        assert_eq!(duration_words(TimeDelta::from_millis(millis)), words);
    }
}
