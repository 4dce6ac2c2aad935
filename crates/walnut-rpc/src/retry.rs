//! When to send a request again, and after how long (`linera-rpc/src/lib.rs`, `jittered_backoff_delay`).

use std::time::Duration;

/// How often and how patiently a failed request is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Delay before the first repetition; doubled for each further one.
    pub retry_delay: Duration,
    /// Most repetitions of one call.
    pub max_retries: u32,
    /// Longest delay before jitter.
    pub max_backoff: Duration,
}

impl Default for RetryPolicy {
    /// The reference client's numbers: 1 s, 10 times, at most 30 s.
    fn default() -> Self {
        Self { retry_delay: Duration::from_secs(1), max_retries: 10, max_backoff: Duration::from_secs(30) }
    }
}

impl RetryPolicy {
    /// One attempt only.
    pub const NONE: Self = Self { retry_delay: Duration::ZERO, max_retries: 0, max_backoff: Duration::ZERO };

    /// Delay before repetition `attempt` (0 is the first): a whole number of milliseconds, uniform in 80 % to 120 % of
    /// the doubled and capped delay, chosen by `random`.
    pub fn delay(&self, attempt: u32, random: u64) -> Duration {
        let factor = 2u32.saturating_pow(attempt);
        let base = self.retry_delay.saturating_mul(factor).min(self.max_backoff);
        let base_ms = u64::try_from(base.as_millis()).unwrap_or(u64::MAX / 2).min(u64::MAX / 2);
        let low_ms = base_ms - base_ms / 5;
        let width_ms = 2 * (base_ms / 5) + 1;
        Duration::from_millis(low_ms + random % width_ms)
    }
}

#[cfg(test)]
mod tests;
