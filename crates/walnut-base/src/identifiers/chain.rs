//! Chains, heights and epochs.

use std::{fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    BlobId, BlobType, CryptoHash,
    arithmetic::wrapped_number,
    text::{ParseError, text_or_binary},
};

/// The name of a chain: the hash of the blob that holds its description.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChainId(pub CryptoHash);

impl ChainId {
    /// The blob that holds the chain's description.
    pub const fn description_blob_id(&self) -> BlobId {
        BlobId::new(self.0, BlobType::ChainDescription)
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for ChainId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl FromStr for ChainId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// The position of a block in its chain; the first block has height 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlockHeight(pub u64);

wrapped_number!(BlockHeight, u64);

impl fmt::Display for BlockHeight {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl FromStr for BlockHeight {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// The number of a committee. JSON: a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u32);

wrapped_number!(Epoch, u32);
text_or_binary!(Epoch, EpochRepr);

impl fmt::Display for Epoch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl FromStr for Epoch {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Epoch")]
struct EpochRepr(u32);

impl From<&Epoch> for EpochRepr {
    fn from(epoch: &Epoch) -> Self {
        Self(epoch.0)
    }
}

impl From<EpochRepr> for Epoch {
    fn from(repr: EpochRepr) -> Self {
        Self(repr.0)
    }
}

/// A block of a given chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChainAndHeight {
    /// The chain.
    pub chain_id: ChainId,
    /// The height.
    pub height: BlockHeight,
}

/// Consecutive heights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockHeightRange {
    /// The first height.
    pub start: BlockHeight,
    /// How many heights at most; without limit when absent.
    pub limit: Option<u64>,
}
