//! What a running payment has earned: a pure function of rate and time.

/// A second, in the unit of time of blocks.
const MICROS_PER_SECOND: u64 = 1_000_000;

/// Attotokens earned after `micros` at `rate` attotokens per second, never more than `deposit`.
///
/// Always computed from the start, so that rounding down loses less than one attotoken altogether, not per tick.
pub fn earned(rate: u128, micros: u64, deposit: u128) -> u128 {
    let scale = u128::from(MICROS_PER_SECOND);
    let (seconds, rest) = (u128::from(micros) / scale, u128::from(micros) % scale);
    // The part of a second, without overflow: both terms are below the rate.
    let part = rate / scale * rest + rate % scale * rest / scale;
    let total = rate.checked_mul(seconds).and_then(|whole| whole.checked_add(part));
    total.map_or(deposit, |total| total.min(deposit))
}
