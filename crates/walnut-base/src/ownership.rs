//! Who may propose blocks on a chain, and in which rounds.
//!
//! Rounds run Fast < MultiLeader(0) < … < SingleLeader(0) < … < Validator(0) < …. Super owners may propose in any round;
//! owners in multi-leader rounds, and in single-leader rounds when drawn (`linera-base/src/ownership.rs`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{AccountOwner, Round, TimeDelta};

/// How long rounds last, in microseconds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeoutConfig {
    /// Duration of the fast round; without end when absent.
    pub fast_round_duration: Option<TimeDelta>,
    /// Duration of the last multi-leader round and of the first single-leader and validator rounds.
    pub base_timeout: TimeDelta,
    /// By how much each later single-leader or validator round is longer.
    pub timeout_increment: TimeDelta,
    /// Silence after which validators may take over.
    pub fallback_duration: TimeDelta,
}

/// 10 seconds, 1 second more per round, no end of the fast round, no fallback.
impl Default for TimeoutConfig {
    fn default() -> Self {
        Self {
            fast_round_duration: None,
            base_timeout: TimeDelta::from_secs(10),
            timeout_increment: TimeDelta::from_secs(1),
            fallback_duration: TimeDelta::MAX,
        }
    }
}

/// The owners of a chain and its round rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChainOwnership {
    /// May propose in every round; their proposals in the fast round are confirmed directly.
    pub super_owners: BTreeSet<AccountOwner>,
    /// Regular owners with the weights of the leader draw.
    pub owners: BTreeMap<AccountOwner, u64>,
    /// How many rounds every owner may propose in.
    pub multi_leader_rounds: u32,
    /// Whether anyone at all may propose in multi-leader rounds.
    pub open_multi_leader_rounds: bool,
    /// How long rounds last.
    pub timeout_config: TimeoutConfig,
}

/// Weight of the one owner of a single-owner chain.
const SINGLE_OWNER_WEIGHT: u64 = 100;
/// Multi-leader rounds of a single-owner chain.
const SINGLE_OWNER_MULTI_LEADER_ROUNDS: u32 = 5;

impl ChainOwnership {
    /// One regular owner: weight 100, five multi-leader rounds.
    pub fn single(owner: AccountOwner) -> Self {
        Self {
            owners: BTreeMap::from([(owner, SINGLE_OWNER_WEIGHT)]),
            multi_leader_rounds: SINGLE_OWNER_MULTI_LEADER_ROUNDS,
            ..Self::default()
        }
    }

    /// One super owner, five multi-leader rounds.
    pub fn single_super(owner: AccountOwner) -> Self {
        Self {
            super_owners: BTreeSet::from([owner]),
            multi_leader_rounds: SINGLE_OWNER_MULTI_LEADER_ROUNDS,
            ..Self::default()
        }
    }

    /// Regular owners with weights.
    pub fn multiple(
        owners: impl IntoIterator<Item = (AccountOwner, u64)>,
        multi_leader_rounds: u32,
        timeout_config: TimeoutConfig,
    ) -> Self {
        Self { owners: owners.into_iter().collect(), multi_leader_rounds, timeout_config, ..Self::default() }
    }

    /// Adds a regular owner.
    pub fn with_regular_owner(mut self, owner: AccountOwner, weight: u64) -> Self {
        self.owners.insert(owner, weight);
        self
    }

    /// Whether anyone can ever propose: there is an owner, or fallback is immediate.
    pub fn is_active(&self) -> bool {
        !self.super_owners.is_empty()
            || !self.owners.is_empty()
            || self.timeout_config.fallback_duration == TimeDelta::ZERO
    }

    /// Whether this is a super owner or owner.
    pub fn verify_owner(&self, owner: &AccountOwner) -> bool {
        self.super_owners.contains(owner) || self.owners.contains_key(owner)
    }

    /// All owners: super owners first.
    pub fn all_owners(&self) -> impl Iterator<Item = &AccountOwner> {
        self.super_owners.iter().chain(self.owners.keys())
    }

    /// Whether there is more than one owner.
    pub fn has_multiple_owners(&self) -> bool {
        self.all_owners().collect::<BTreeSet<_>>().len() > 1
    }

    /// Whether this owner may propose in multi-leader rounds.
    pub fn can_propose_in_multi_leader_round(&self, owner: &AccountOwner) -> bool {
        self.open_multi_leader_rounds || self.verify_owner(owner)
    }

    /// The round in which every block height starts.
    pub fn first_round(&self) -> Round {
        if !self.super_owners.is_empty() {
            Round::Fast
        } else if self.owners.is_empty() {
            Round::Validator(0)
        } else {
            self.first_regular_round()
        }
    }

    fn first_regular_round(&self) -> Round {
        if self.multi_leader_rounds > 0 { Round::MultiLeader(0) } else { Round::SingleLeader(0) }
    }

    /// The round after `round`; none after the last.
    pub fn next_round(&self, round: Round) -> Option<Round> {
        match round {
            Round::Fast => Some(self.first_regular_round()),
            Round::MultiLeader(number) => Some(
                number
                    .checked_add(1)
                    .filter(|next| *next < self.multi_leader_rounds)
                    .map_or(Round::SingleLeader(0), Round::MultiLeader),
            ),
            Round::SingleLeader(number) => {
                Some(number.checked_add(1).map_or(Round::Validator(0), Round::SingleLeader))
            }
            Round::Validator(number) => number.checked_add(1).map(Round::Validator),
        }
    }

    /// How long `round` lasts; without end when none.
    pub fn round_timeout(&self, round: Round) -> Option<TimeDelta> {
        let config = &self.timeout_config;
        match round {
            Round::Fast if self.owners.is_empty() => None,
            Round::Fast => config.fast_round_duration,
            Round::MultiLeader(number) => {
                (number.saturating_add(1) == self.multi_leader_rounds).then_some(config.base_timeout)
            }
            Round::SingleLeader(number) | Round::Validator(number) => {
                let increment = config.timeout_increment.saturating_mul(u64::from(number));
                Some(config.base_timeout.saturating_add(increment))
            }
        }
    }
}

#[cfg(test)]
mod tests;
