//! Sharing an audit without talking to each other: a seed and a chain's name decide who looks at it.

use std::str::FromStr;

use walnut_base::{ChainId, crypto::keccak256};

/// What makes a ticket no hash of anything else.
const DOMAIN: &[u8] = b"walnut audit ticket";

/// The chain's number under a seed. Chains are looked at in the order of their tickets.
pub fn ticket(seed: &str, chain_id: &ChainId) -> u64 {
    let digest = keccak256(&[DOMAIN, seed.as_bytes(), chain_id.0.as_bytes()]);
    u64::from_be_bytes(std::array::from_fn(|index| digest[index]))
}

/// One of so many parts of all chains. Each chain is in exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which part, from zero.
    index: u64,
    /// How many parts.
    of: u64,
}

/// A text is no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// It is not two numbers.
    #[error("a share is written as K/M, for example 2/5")]
    Malformed,
    /// There is no such part.
    #[error("the first number of a share is from 1 up to the second one")]
    OutOfRange,
}

impl Share {
    /// Everything.
    pub const ALL: Self = Self { index: 0, of: 1 };

    /// Whether the chain is in this part under a seed.
    pub fn contains(&self, seed: &str, chain_id: &ChainId) -> bool {
        ticket(seed, chain_id) % self.of == self.index
    }
}

/// `K/M`, with K from 1 to M.
impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let (part, of) = text.split_once('/').ok_or(ShareError::Malformed)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| ShareError::Malformed);
        let (part, of) = (number(part)?, number(of)?);
        match part.checked_sub(1) {
            Some(index) if index < of => Ok(Self { index, of }),
            _ => Err(ShareError::OutOfRange),
        }
    }
}

#[cfg(test)]
mod tests {
    //! Who looks at what.

    use super::*;

    fn chains() -> Vec<ChainId> {
        (0..200_u8).map(|number| ChainId([number; 32].into())).collect()
    }

    #[test]
    fn every_chain_is_in_exactly_one_share() {
        let shares: Vec<Share> =
            ["1/3", "2/3", "3/3"].iter().map(|text| text.parse().expect("a share")).collect();
        for chain_id in chains() {
            let owners = shares.iter().filter(|share| share.contains("seed", &chain_id)).count();
            assert_eq!(owners, 1);
            assert!(Share::ALL.contains("seed", &chain_id));
        }
        let first = chains().iter().filter(|chain_id| shares[0].contains("seed", chain_id)).count();
        assert!((40..95).contains(&first), "{first} of 200 chains in a third");
    }

    #[test]
    fn the_seed_decides_and_nothing_else() {
        let chain_id = ChainId([7; 32].into());
        assert_eq!(ticket("a", &chain_id), ticket("a", &chain_id));
        assert_ne!(ticket("a", &chain_id), ticket("b", &chain_id));
        assert_eq!(ticket("2026", &chain_id), 4237096625230972557, "everybody draws the same");
    }

    #[test]
    fn shares_that_are_none_are_refused() {
        for text in ["", "1", "a/2", "1/b", "-1/2"] {
            assert_eq!(text.parse::<Share>(), Err(ShareError::Malformed), "{text}");
        }
        for text in ["0/2", "3/2", "1/0"] {
            assert_eq!(text.parse::<Share>(), Err(ShareError::OutOfRange), "{text}");
        }
    }
}
