//! Numbers, identifiers and times as people read them: the wallet's helpers, and what only the interface needs.

use walnut_base::{Amount, Timestamp};
use walnut_wallet::time_words::{duration_words, exact_time, relative_time};

pub(crate) use walnut_wallet::{
    address::shorten as short,
    amount_input::{format_amount as amount, plain_amount as plain},
};

use crate::model::Model;

/// How long ago, within a day; the date after that.
pub(crate) fn ago(model: &Model, then: Timestamp) -> String {
    relative_time(model.now, then, model.utc_offset_minutes)
}

/// The exact time on this machine's clock, for the title of a relative one.
pub(crate) fn exact(model: &Model, then: Timestamp) -> String {
    exact_time(then, model.utc_offset_minutes)
}

/// The time between two steps.
pub(crate) fn span(from: Timestamp, to: Timestamp) -> String {
    duration_words(to.delta_since(from))
}

/// Bytes in the largest fitting unit.
pub(crate) fn bytes(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{} KiB", bytes / KIB),
        _ => format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

/// Thousandths as a decimal number.
pub(crate) fn milli(milli: u64) -> String {
    if milli >= 10_000 {
        (milli / 1_000).to_string()
    } else {
        format!("{}.{}", milli / 1_000, milli % 1_000 / 100)
    }
}

/// A whole number in groups of three.
pub(crate) fn number(number: u64) -> String {
    amount(Amount::from_tokens(u128::from(number)))
}

#[cfg(test)]
mod tests {
    use super::{bytes, milli, number};

    #[test]
    fn bytes_have_units() {
        assert_eq!([bytes(12), bytes(4096), bytes(38_273_024)], ["12 B", "4 KiB", "36.5 MiB"]);
    }

    #[test]
    fn rates_and_counts() {
        assert_eq!([milli(0), milli(1_250), milli(612_000)], ["0.0", "1.2", "612"]);
        assert_eq!(number(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
