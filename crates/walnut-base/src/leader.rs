//! The leader draw of single-leader and validator rounds.
//!
//! Bit-exact with upstream's `rand_distr` alias table over ChaCha8 (`linera-chain/src/manager.rs`, `compute_round_leader`).
//! The seed is height + (round << 32): no hash takes part, so leaders are known in advance.

use std::collections::BTreeMap;

use rand_core::RngCore as _;

use crate::{AccountOwner, BlockHeight, crypto::ChaCha8};

/// An alias table over weights: draws index `i` with probability proportional to weight `i` in constant time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaderDistribution {
    /// Ticket below which a candidate keeps the win.
    odds: Vec<u64>,
    /// Who wins otherwise.
    alias: Vec<usize>,
    sum: u64,
}

impl LeaderDistribution {
    /// Builds the table. None when nobody can be drawn: no weights, all zero, or one above `u64::MAX / n`.
    pub fn new(weights: &[u64]) -> Option<Self> {
        let count = u64::try_from(weights.len()).ok()?;
        let largest = u64::MAX.checked_div(count)?;
        if weights.iter().any(|weight| *weight > largest) {
            return None;
        }
        let sum: u64 = weights.iter().sum();
        if sum == 0 {
            return None;
        }
        let mut odds: Vec<u64> = weights.iter().map(|weight| weight * count).collect();
        let mut alias = vec![0; weights.len()];
        let (mut small, mut big): (Vec<_>, Vec<_>) = (0..weights.len()).partition(|index| odds[*index] < sum);
        while let (Some(&donee), Some(&donor)) = (small.last(), big.last()) {
            small.pop();
            big.pop();
            alias[donee] = donor;
            odds[donor] = odds[donor] - sum + odds[donee];
            if odds[donor] < sum {
                small.push(donor);
            } else {
                big.push(donor);
            }
        }
        for index in small.into_iter().chain(big) {
            odds[index] = sum;
        }
        Some(Self { odds, alias, sum })
    }

    /// Draws the leader of a round.
    pub fn leader_index(&self, round_number: u32, height: BlockHeight) -> usize {
        let mut rng = ChaCha8::seed_from_u64((u64::from(round_number) << 32).wrapping_add(height.0));
        let candidate = uniform_index(&mut rng, self.odds.len());
        let ticket = uniform_u64(&mut rng, self.sum);
        if ticket < self.odds[candidate] { candidate } else { self.alias[candidate] }
    }
}

/// The leader of a round among weighted owners, in key order.
pub fn leader(
    owners: &BTreeMap<AccountOwner, u64>,
    round_number: u32,
    height: BlockHeight,
) -> Option<AccountOwner> {
    let weights: Vec<_> = owners.values().copied().collect();
    let index = LeaderDistribution::new(&weights)?.leader_index(round_number, height);
    owners.keys().nth(index).copied()
}

/// Uniform in 0..count, by widening multiplication with rejection, 32 bits wide.
fn uniform_index(rng: &mut ChaCha8, count: usize) -> usize {
    let range =
        u32::try_from(count).expect("a table has fewer than 2^32 owners: each takes bytes of a block");
    let rejected = (u32::MAX - range + 1) % range;
    loop {
        let product = u64::from(rng.next_u32()) * u64::from(range);
        let (high, low) = (product >> 32, product & u64::from(u32::MAX));
        if low <= u64::from(u32::MAX - rejected) {
            return usize::try_from(high).expect("the result is below the count");
        }
    }
}

/// Uniform in 0..range, by widening multiplication with rejection, 64 bits wide.
fn uniform_u64(rng: &mut ChaCha8, range: u64) -> u64 {
    let rejected = (u64::MAX - range + 1) % range;
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(range);
        let (high, low) = (product >> 64, product & u128::from(u64::MAX));
        if low <= u128::from(u64::MAX - rejected) {
            return u64::try_from(high).expect("the result is below the range");
        }
    }
}

#[cfg(test)]
mod tests;
