//! Changing who owns a chain, and operations as bytes.

use walnut_base::{AccountOwner, Operation, SystemOperation, TimeDelta, encoding::from_bcs};

use crate::messages::ChainDetails;

/// Weight of an owner beside whom nobody has a weight.
const WEIGHT: u64 = 100;

/// Most rounds in which every owner may propose.
pub const MULTI_LEADER_ROUNDS_MAX: u32 = 100;

/// Longest turn, in seconds: a day.
pub const TURN_SECONDS_MAX: u64 = 24 * 60 * 60;

/// Bytes of the operations of one block, as they are kept and passed on.
pub const OPERATIONS_BYTES_MAX: usize = 1 << 20;

/// One change of who may propose, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnersChange {
    /// One owner more, with the same say as the others.
    Add(AccountOwner),
    /// One owner less.
    Remove(AccountOwner),
    /// Other rounds.
    Rounds {
        /// Rounds in which every owner may propose.
        multi_leader: u32,
        /// How long a single owner's turn lasts, in seconds.
        turn_seconds: u64,
    },
}

/// Why a change is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnersError {
    /// It owns the chain already.
    #[error("This owner is there already.")]
    AlreadyThere,
    /// It does not own the chain.
    #[error("This owner is not there any more.")]
    NotThere,
    /// Nobody could ever make a block again.
    #[error("A chain needs an owner: without one nobody can ever move what is on it.")]
    LastOwner,
    /// A number that makes no sense.
    #[error("Rounds are 0 to {MULTI_LEADER_ROUNDS_MAX}, a turn is 1 to {TURN_SECONDS_MAX} seconds.")]
    OutOfRange,
}

/// The operation that makes the change. It states all rules anew; those that are not to change are repeated.
///
/// When an owner joins a chain whose super owners' round never ends, the super owners become owners like the others: the
/// new one would wait for ever.
pub fn change_owners(chain: &ChainDetails, change: OwnersChange) -> Result<Operation, OwnersError> {
    let mut super_owners = chain.super_owners.clone();
    let mut owners = chain.owners.clone();
    let mut multi_leader_rounds = chain.rounds.multi_leader;
    let mut timeout_config = chain.rounds.timeouts.clone();
    match change {
        OwnersChange::Add(owner) => {
            if super_owners.contains(&owner) || owners.iter().any(|(known, _)| *known == owner) {
                return Err(OwnersError::AlreadyThere);
            }
            let weight = owners.iter().map(|(_, weight)| *weight).max().unwrap_or(WEIGHT);
            if timeout_config.fast_round_duration.is_none() {
                owners.extend(super_owners.drain(..).map(|owner| (owner, weight)));
            }
            owners.push((owner, weight));
        }
        OwnersChange::Remove(owner) => {
            let before = super_owners.len() + owners.len();
            super_owners.retain(|known| *known != owner);
            owners.retain(|(known, _)| *known != owner);
            match super_owners.len() + owners.len() {
                after if after == before => return Err(OwnersError::NotThere),
                0 => return Err(OwnersError::LastOwner),
                _ => {}
            }
        }
        OwnersChange::Rounds { multi_leader, turn_seconds } => {
            if multi_leader > MULTI_LEADER_ROUNDS_MAX || !(1..=TURN_SECONDS_MAX).contains(&turn_seconds) {
                return Err(OwnersError::OutOfRange);
            }
            multi_leader_rounds = multi_leader;
            timeout_config.base_timeout = TimeDelta::from_secs(turn_seconds);
        }
    }
    Ok(Operation::System(Box::new(SystemOperation::ChangeOwnership {
        super_owners,
        owners,
        multi_leader_rounds,
        open_multi_leader_rounds: chain.rounds.is_open,
        timeout_config,
    })))
}

/// Operations as they are kept with an item and passed between programs.
pub fn operations_to_bytes(operations: &[Operation]) -> Vec<u8> {
    bcs::to_bytes(operations).unwrap_or_default()
}

/// The operations; none when the bytes are something else.
pub fn operations_from_bytes(bytes: &[u8]) -> Option<Vec<Operation>> {
    from_bcs(bytes, OPERATIONS_BYTES_MAX).ok()
}

#[cfg(test)]
mod tests;
