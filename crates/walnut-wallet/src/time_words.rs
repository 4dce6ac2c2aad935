//! Times as people read them: relative within a day, then the date; exact on hover.

use walnut_base::{TimeDelta, Timestamp};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// "just now", "3 minutes ago", "5 hours ago", then "12 Nov 2026". A time ahead of `now` by up to a minute is "just
/// now" (clocks differ), further ahead its date. `utc_offset_minutes` is the local time's lead over UTC.
pub fn relative_time(now: Timestamp, then: Timestamp, utc_offset_minutes: i32) -> String {
    let ahead = seconds(then.delta_since(now));
    let ago = seconds(now.delta_since(then));
    match ago {
        _ if ahead >= MINUTE => date(then, utc_offset_minutes),
        0..10 => "just now".to_owned(),
        10..MINUTE => format!("{ago} seconds ago"),
        MINUTE..HOUR => counted(ago / MINUTE, "minute") + " ago",
        HOUR..DAY => counted(ago / HOUR, "hour") + " ago",
        _ => date(then, utc_offset_minutes),
    }
}

/// "12 Nov 2026", local.
pub fn date(then: Timestamp, utc_offset_minutes: i32) -> String {
    let text = local_text(then, utc_offset_minutes);
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    let month = part(5..7).parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    match month {
        Some(month) => format!("{} {month} {}", part(8..10).trim_start_matches('0'), part(0..4)),
        // Beyond the year 9999: not a time a wallet meets, but not a reason to hide it either.
        None => text,
    }
}

/// "2026-11-12 13:14:05", local, to the second.
pub fn exact_time(then: Timestamp, utc_offset_minutes: i32) -> String {
    let mut text = local_text(then, utc_offset_minutes);
    if let Some(point) = text.find('.') {
        text.truncate(point);
    }
    text
}

/// A length of time in its largest unit: "850 ms", "40 s", "3 min", "2 h", "5 days".
pub fn duration_words(duration: TimeDelta) -> String {
    let millis = duration.as_micros() / 1_000;
    match millis / 1_000 {
        0 => format!("{millis} ms"),
        seconds @ 1..MINUTE => format!("{seconds} s"),
        seconds @ MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        seconds @ HOUR..DAY => format!("{} h", seconds / HOUR),
        seconds => counted(seconds / DAY, "day"),
    }
}

fn counted(count: u64, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

fn seconds(duration: TimeDelta) -> u64 {
    duration.as_micros() / 1_000_000
}

fn local_text(then: Timestamp, utc_offset_minutes: i32) -> String {
    let offset = TimeDelta::from_secs(MINUTE * u64::from(utc_offset_minutes.unsigned_abs()));
    let local =
        if utc_offset_minutes < 0 { then.saturating_sub(offset) } else { then.saturating_add(offset) };
    local.to_string()
}

#[cfg(test)]
mod tests;
