//! Consensus rounds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A round of the consensus on one block height; ordered by kind, then number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Round {
    /// Super owners propose, and validators confirm at once.
    #[default]
    Fast,
    /// Every owner may propose.
    MultiLeader(u32),
    /// One drawn owner may propose.
    SingleLeader(u32),
    /// One drawn fallback owner (a validator's account) may propose.
    Validator(u32),
}

impl Round {
    /// Whether this is the fast round.
    pub const fn is_fast(self) -> bool {
        matches!(self, Self::Fast)
    }

    /// Whether every owner may propose.
    pub const fn is_multi_leader(self) -> bool {
        matches!(self, Self::MultiLeader(_))
    }

    /// Whether one drawn owner may propose.
    pub const fn is_single_leader(self) -> bool {
        matches!(self, Self::SingleLeader(_))
    }

    /// Whether one drawn fallback owner may propose.
    pub const fn is_validator(self) -> bool {
        matches!(self, Self::Validator(_))
    }

    /// The number within its kind; zero for the fast round.
    pub const fn number(self) -> u32 {
        match self {
            Self::Fast => 0,
            Self::MultiLeader(number) | Self::SingleLeader(number) | Self::Validator(number) => number,
        }
    }

    /// The number shown to contracts: only multi-leader rounds have one (`Round::multi_leader` upstream).
    pub const fn multi_leader(self) -> Option<u32> {
        match self {
            Self::MultiLeader(number) => Some(number),
            _ => None,
        }
    }
}

impl fmt::Display for Round {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fast => write!(formatter, "fast round"),
            Self::MultiLeader(number) => write!(formatter, "multi-leader round {number}"),
            Self::SingleLeader(number) => write!(formatter, "single-leader round {number}"),
            Self::Validator(number) => write!(formatter, "validator round {number}"),
        }
    }
}
