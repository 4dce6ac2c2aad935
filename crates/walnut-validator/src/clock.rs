//! The system clock.

use std::time::{SystemTime, UNIX_EPOCH};

use walnut_base::Timestamp;

/// Now. A clock before 1970 counts as 1970, one after the year 586524 as that year.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
