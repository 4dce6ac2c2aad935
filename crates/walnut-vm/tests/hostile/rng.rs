//! Numbers that look random and are the same in every run.

/// George Marsaglia's xorshift.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    /// A number that is likely to be at some edge.
    pub(crate) fn edge(&mut self) -> u64 {
        const EDGES: [u64; 16] = [
            0,
            1,
            2,
            8,
            255,
            256,
            1024,
            65_535,
            65_536,
            131_072,
            0x7fff_ffff,
            0x8000_0000,
            0xffff_ffff,
            1 << 40,
            u64::MAX >> 1,
            u64::MAX,
        ];
        match self.next() % 4 {
            0 => EDGES[self.below(EDGES.len())],
            1 => EDGES[self.below(EDGES.len())].wrapping_sub(self.next() % 16),
            2 => self.next() % 140_000,
            _ => self.next() >> (self.next() % 64),
        }
    }
}
