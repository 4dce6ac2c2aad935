//! ChaCha as a deterministic generator: for the leader draw (8 rounds) and for reproducible test keys (12 rounds).
//!
//! Stream and seeding agree with `rand_chacha` 0.3 (`linera-base/src/crypto/signer.rs`, `linera-chain/src/manager.rs`).

use rand_core::{CryptoRng, RngCore};

/// ChaCha with `DOUBLE_ROUNDS` double rounds, 64-bit block counter from 0, nonce 0.
pub struct ChaCha<const DOUBLE_ROUNDS: usize> {
    key: [u32; 8],
    counter: u64,
    block: [u32; 16],
    used: usize,
}

/// The generator of the leader draw.
pub type ChaCha8 = ChaCha<4>;

/// What `rand` 0.8 calls `StdRng` (ChaCha12); reproduces the keys of `--testing-prng-seed`.
///
/// For tests and local networks only: whoever knows the seed knows the keys.
pub type TestingPrng = ChaCha<6>;

impl<const DOUBLE_ROUNDS: usize> ChaCha<DOUBLE_ROUNDS> {
    /// From a 64-bit seed, expanded to a key by PCG32 as `rand_core` 0.6 does.
    pub fn seed_from_u64(seed: u64) -> Self {
        let mut state = seed;
        let key = std::array::from_fn(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(11_634_580_027_462_260_723);
            let [low, _] = halves(((state >> 18) ^ state) >> 27);
            let [rotation, _] = halves(state >> 59);
            low.rotate_right(rotation)
        });
        Self { key, counter: 0, block: [0; 16], used: 16 }
    }

    fn next_word(&mut self) -> u32 {
        if self.used == self.block.len() {
            self.refill();
        }
        let word = self.block[self.used];
        self.used += 1;
        word
    }

    fn refill(&mut self) {
        let [counter_low, counter_high] = halves(self.counter);
        let mut input = [0; 16];
        // "expand 32-byte k"
        input[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
        input[4..12].copy_from_slice(&self.key);
        input[12] = counter_low;
        input[13] = counter_high;
        let mut state = input;
        for _ in 0..DOUBLE_ROUNDS {
            for column in 0..4 {
                quarter_round(&mut state, [column, column + 4, column + 8, column + 12]);
            }
            for diagonal in 0..4 {
                quarter_round(
                    &mut state,
                    [diagonal, (diagonal + 1) % 4 + 4, (diagonal + 2) % 4 + 8, (diagonal + 3) % 4 + 12],
                );
            }
        }
        self.block = std::array::from_fn(|index| state[index].wrapping_add(input[index]));
        self.counter = self.counter.wrapping_add(1);
        self.used = 0;
    }
}

/// Low and high half of a 64-bit word.
fn halves(word: u64) -> [u32; 2] {
    let bytes = word.to_le_bytes();
    let half = |offset: usize| u32::from_le_bytes([0, 1, 2, 3].map(|index| bytes[offset + index]));
    [half(0), half(4)]
}

fn quarter_round(state: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    for (left, right) in [(16, 12), (8, 7)] {
        state[a] = state[a].wrapping_add(state[b]);
        state[d] = (state[d] ^ state[a]).rotate_left(left);
        state[c] = state[c].wrapping_add(state[d]);
        state[b] = (state[b] ^ state[c]).rotate_left(right);
    }
}

impl<const DOUBLE_ROUNDS: usize> RngCore for ChaCha<DOUBLE_ROUNDS> {
    fn next_u32(&mut self) -> u32 {
        self.next_word()
    }

    /// Two words, low one first.
    fn next_u64(&mut self) -> u64 {
        let low = u64::from(self.next_word());
        low | u64::from(self.next_word()) << 32
    }

    /// Whole words; unused bytes of the last one are dropped.
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.next_word().to_le_bytes()[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl<const DOUBLE_ROUNDS: usize> CryptoRng for ChaCha<DOUBLE_ROUNDS> {}
