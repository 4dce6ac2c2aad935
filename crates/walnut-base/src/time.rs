//! Points in time and durations, in microseconds.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{arithmetic::wrapped_number, text::ParseError};

const MICROS_PER_SECOND: u64 = 1_000_000;
const SECONDS_PER_DAY: u64 = 86_400;

/// Microseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(u64);

/// A duration in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TimeDelta(u64);

wrapped_number!(TimeDelta, u64);

impl TimeDelta {
    /// From microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// From milliseconds; saturates.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// From seconds; saturates.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(MICROS_PER_SECOND))
    }

    /// The number of microseconds.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// As a standard duration.
    pub const fn as_duration(self) -> Duration {
        Duration::from_micros(self.0)
    }
}

impl fmt::Display for TimeDelta {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}us", self.0)
    }
}

impl Timestamp {
    /// The Unix epoch.
    pub const EPOCH: Self = Self(0);

    /// The latest point in time.
    pub const MAX: Self = Self(u64::MAX);

    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Later by `delta`; saturates.
    pub const fn saturating_add(self, delta: TimeDelta) -> Self {
        Self(self.0.saturating_add(delta.0))
    }

    /// Earlier by `delta`; saturates.
    pub const fn saturating_sub(self, delta: TimeDelta) -> Self {
        Self(self.0.saturating_sub(delta.0))
    }

    /// Later by a number of microseconds; saturates.
    pub const fn saturating_add_micros(self, micros: u64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// The time since `earlier`; zero when `earlier` is later.
    pub const fn delta_since(self, earlier: Self) -> TimeDelta {
        TimeDelta(self.0.saturating_sub(earlier.0))
    }
}

impl From<u64> for Timestamp {
    fn from(micros: u64) -> Self {
        Self(micros)
    }
}

/// `YYYY-MM-DD HH:MM:SS` UTC, with 3 or 6 fractional digits when there is a fraction. Beyond the year 262142 the plain
/// number of microseconds, as upstream's calendar library ends there.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / MICROS_PER_SECOND;
        let (year, month, day) = civil_from_days(seconds / SECONDS_PER_DAY);
        if year > 262_142 {
            return write!(formatter, "{}", self.0);
        }
        let of_day = seconds % SECONDS_PER_DAY;
        let sign = if year > 9_999 { "+" } else { "" };
        write!(
            formatter,
            "{sign}{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}",
            of_day / 3_600,
            of_day / 60 % 60,
            of_day % 60
        )?;
        match self.0 % MICROS_PER_SECOND {
            0 => Ok(()),
            micros if micros % 1_000 == 0 => write!(formatter, ".{:03}", micros / 1_000),
            micros => write!(formatter, ".{micros:06}"),
        }
    }
}

/// Reads `YYYY-MM-DDTHH:MM:SS` or the same with a space: whole seconds, UTC, from 1970 on.
impl FromStr for Timestamp {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || ParseError::Malformed("timestamp");
        let bytes = text.as_bytes();
        let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        if bytes.len() != 19
            || separators.iter().any(|(index, separator)| bytes[*index] != *separator)
            || !matches!(bytes[10], b'T' | b' ')
        {
            return Err(malformed());
        }
        let number = |range: std::ops::Range<usize>| {
            bytes[range].iter().try_fold(0_u64, |number, byte| {
                byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0')).ok_or_else(malformed)
            })
        };
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        if year < 1970 || hour > 23 || minute > 59 || second > 59 || !(1..=12).contains(&month) || day == 0 {
            return Err(malformed());
        }
        let days = days_from_civil(year, month, day);
        if civil_from_days(days) != (year, month, day) {
            return Err(malformed());
        }
        let seconds = days * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second;
        Ok(Self(seconds * MICROS_PER_SECOND))
    }
}

/// Days from 0000-03-01 to 1970-01-01. Counting years from March puts the leap day at the end of a year.
const DAYS_TO_UNIX_EPOCH: u64 = 719_468;
const DAYS_PER_ERA: u64 = 146_097;

/// Gregorian (year, month, day) of a day counted from the Unix epoch.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_TO_UNIX_EPOCH;
    let (era, day_of_era) = (days / DAYS_PER_ERA, days % DAYS_PER_ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// The inverse of [`civil_from_days`] for valid dates from 1970 on.
fn days_from_civil(year: u64, month: u64, day: u64) -> u64 {
    let year = year - u64::from(month <= 2);
    let (era, year_of_era) = (year / 400, year % 400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - DAYS_TO_UNIX_EPOCH
}

#[cfg(test)]
mod tests;
