//! The one source of chance: everything that happens in a run follows from its seed.

use std::cell::Cell;

/// A SplitMix64 generator.
#[derive(Debug)]
pub struct Random(Cell<u64>);

impl Random {
    /// The generator of a seed. `stream` tells generators of one seed from each other.
    pub fn new(seed: u64, stream: u64) -> Self {
        let random = Self(Cell::new(seed ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03)));
        random.next();
        random
    }

    /// The next number.
    pub fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound, which is not zero.
    pub fn below(&self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// An index of a list of that length.
    pub fn index(&self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a length")
    }

    /// True so many times out of a thousand.
    pub fn chance(&self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of the items; there is at least one.
    pub fn pick<'a, T>(&self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    /// A duration, in microseconds: mostly near the smallest, seldom near the largest.
    pub fn duration(&self, smallest: u64, largest: u64) -> u64 {
        let span = largest.saturating_sub(smallest).max(1);
        let (first, second) = (self.below(span), self.below(span));
        smallest + first / 16 + (second >> (self.below(8) + 1))
    }
}
