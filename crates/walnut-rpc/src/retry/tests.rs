//! Delays double, are capped and stay within the jitter.

use super::*;

#[test]
fn delays_follow_the_reference() {
    let policy = RetryPolicy::default();
    for (attempt, base_ms) in
        [(0, 1_000), (1, 2_000), (4, 16_000), (5, 30_000), (9, 30_000), (u32::MAX, 30_000)]
    {
        assert_eq!(policy.delay(attempt, 0).as_millis(), base_ms * 8 / 10);
        assert_eq!(
            policy.delay(attempt, u64::try_from(base_ms * 4 / 10).unwrap()).as_millis(),
            base_ms * 12 / 10
        );
        let any = policy.delay(attempt, u64::MAX).as_millis();
        assert!((base_ms * 8 / 10..=base_ms * 12 / 10).contains(&any));
    }
    assert_eq!(RetryPolicy::NONE.delay(3, 17), Duration::ZERO);
}
