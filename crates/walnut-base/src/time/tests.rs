//! Text forms of timestamps.

use proptest::prelude::*;

use super::{TimeDelta, Timestamp};
use crate::ParseError;

#[test]
fn displays_as_calendar_time() {
    for (micros, text) in [
        (0, "1970-01-01 00:00:00"),
        (1_000_000, "1970-01-01 00:00:01"),
        (951_826_153_000_000, "2000-02-29 12:09:13"),
        (1_709_164_800_500_000, "2024-02-29 00:00:00.500"),
        (1_795_231_543_217_289, "2026-11-21 03:25:43.217289"),
        (4_107_542_399_999_999, "2100-02-28 23:59:59.999999"),
        (4_107_542_400_000_000, "2100-03-01 00:00:00"),
        (253_402_300_800_000_000, "+10000-01-01 00:00:00"),
        (u64::MAX, "18446744073709551615"),
    ] {
        assert_eq!(Timestamp::from_micros(micros).to_string(), text);
    }
}

#[test]
fn parses_whole_seconds() {
    let expected = Ok(Timestamp::from_micros(1_795_231_543_000_000));
    assert_eq!("2026-11-21T03:25:43".parse(), expected);
    assert_eq!("2026-11-21 03:25:43".parse(), expected);
    for text in [
        "",
        "2026-11-21",
        "2026-11-21T03:25:43Z",
        "2026-11-21T03:25:43.5",
        "2026-02-29T00:00:00",
        "2026-13-01T00:00:00",
        "2026-11-21T24:00:00",
        "2026-11-21T03:60:43",
        "1969-12-31T23:59:59",
        "2026-11-2éT3:25:43",
        "+026-11-21T03:25:43",
    ] {
        assert_eq!(text.parse::<Timestamp>(), Err(ParseError::Malformed("timestamp")), "{text:?}");
    }
}

#[test]
fn arithmetic_saturates() {
    let now = Timestamp::from_micros(5);
    assert_eq!(now.delta_since(Timestamp::from_micros(7)), TimeDelta::ZERO);
    assert_eq!(now.delta_since(Timestamp::from_micros(2)), TimeDelta::from_micros(3));
    assert_eq!(now.saturating_add(TimeDelta::MAX), Timestamp::MAX);
    assert_eq!(now.saturating_sub(TimeDelta::MAX), Timestamp::EPOCH);
    assert_eq!(TimeDelta::from_secs(u64::MAX), TimeDelta::MAX);
}

proptest! {
    #[test]
    fn whole_seconds_round_trip(seconds in 0..253_402_300_800_u64) {
        let timestamp = Timestamp::from_micros(seconds * 1_000_000);
        prop_assert_eq!(timestamp.to_string().parse(), Ok(timestamp));
    }
}
