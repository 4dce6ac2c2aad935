//! Which shard keeps a chain (`linera-rpc/src/config.rs`, `get_shard_id`).

use walnut_base::{ChainId, ValidatorPublicKey};

/// The number that decides: SipHash-1-3 with keys zero over the validator's key and the chain id, each preceded by its
/// length in eight bytes.
pub fn shard_hash(validator: &ValidatorPublicKey, chain_id: &ChainId) -> u64 {
    hash_parts(validator.as_bytes(), chain_id.0.as_bytes())
}

/// The shard of a chain among `shards`, which is not zero.
pub fn shard_index(validator: &ValidatorPublicKey, chain_id: &ChainId, shards: usize) -> usize {
    let index = shard_hash(validator, chain_id) % shards.max(1) as u64;
    usize::try_from(index).expect("less than a usize")
}

fn hash_parts(key: &[u8; 33], chain_id: &[u8; 32]) -> u64 {
    let mut bytes = [0; 8 + 33 + 8 + 32];
    bytes[..8].copy_from_slice(&33_u64.to_le_bytes());
    bytes[8..41].copy_from_slice(key);
    bytes[41..49].copy_from_slice(&32_u64.to_le_bytes());
    bytes[49..].copy_from_slice(chain_id);
    sip_hash_1_3(&bytes)
}

/// SipHash with one round per word and three at the end, keys zero; what Rust's `DefaultHasher` has been since 1.13, but
/// not promised to remain.
fn sip_hash_1_3(bytes: &[u8]) -> u64 {
    let mut state =
        [0x736f_6d65_7073_6575, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573];
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        absorb(&mut state, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let [length, ..] = bytes.len().to_le_bytes();
    last[7] = length;
    absorb(&mut state, u64::from_le_bytes(last));
    state[2] ^= 0xff;
    for _ in 0..3 {
        round(&mut state);
    }
    state[0] ^ state[1] ^ state[2] ^ state[3]
}

fn absorb(state: &mut [u64; 4], word: u64) {
    state[3] ^= word;
    round(state);
    state[0] ^= word;
}

fn round([v0, v1, v2, v3]: &mut [u64; 4]) {
    *v0 = v0.wrapping_add(*v1);
    *v1 = v1.rotate_left(13) ^ *v0;
    *v0 = v0.rotate_left(32);
    *v2 = v2.wrapping_add(*v3);
    *v3 = v3.rotate_left(16) ^ *v2;
    *v0 = v0.wrapping_add(*v3);
    *v3 = v3.rotate_left(21) ^ *v0;
    *v2 = v2.wrapping_add(*v1);
    *v1 = v1.rotate_left(17) ^ *v2;
    *v2 = v2.rotate_left(32);
}

#[cfg(test)]
mod tests {
    //! The reference's numbers.

    use super::*;

    #[test]
    fn the_reference_chooses_the_same_shard() {
        let mut key = [0; 33];
        key[0] = 2;
        for (byte, value) in key[1..].iter_mut().zip(1..) {
            *byte = value;
        }
        let chain_id = std::array::from_fn(|index| 0xa0 + u8::try_from(index).unwrap());
        assert_eq!(hash_parts(&key, &chain_id), 0x2dca_97b2_d5a9_0029);
        assert_eq!(hash_parts(&[3; 33], &[0; 32]), 0x7613_1ea7_5745_5e6d);
    }
}
