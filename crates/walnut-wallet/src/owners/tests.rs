//! Owners who come and go, and what stays as it was.

use walnut_base::{Round, TimeoutConfig};

use super::*;
use crate::{
    messages::ChainRounds,
    test_values::{chain, owner, summary},
};

fn details(super_owners: &[u8], owners: &[(u8, u64)]) -> ChainDetails {
    ChainDetails {
        summary: summary(chain(1), "Savings", Some(1)),
        super_owners: super_owners.iter().map(|number| owner(*number)).collect(),
        owners: owners.iter().map(|(number, weight)| (owner(*number), *weight)).collect(),
        rounds: ChainRounds {
            multi_leader: 5,
            is_open: true,
            timeouts: TimeoutConfig::default(),
            current: Round::MultiLeader(0),
            leader: None,
            until: None,
        },
        epoch: 0,
        inbox: Vec::new(),
        blocks: Vec::new(),
        state_hash: None,
    }
}

/// Super owners, owners with weights, rounds, seconds of a turn.
type Rules = (Vec<AccountOwner>, Vec<(AccountOwner, u64)>, u32, u64);

fn rules(operation: Operation) -> Rules {
    let Operation::System(operation) = operation else { panic!("{operation:?}") };
    match *operation {
        SystemOperation::ChangeOwnership {
            super_owners,
            owners,
            multi_leader_rounds,
            open_multi_leader_rounds,
            timeout_config,
        } => {
            assert!(open_multi_leader_rounds, "what is not to change stays");
            assert_eq!(timeout_config.timeout_increment, TimeDelta::from_secs(1));
            let seconds = timeout_config.base_timeout.as_micros() / 1_000_000;
            (super_owners, owners, multi_leader_rounds, seconds)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_owner_has_the_same_say() {
    let operation = change_owners(&details(&[], &[(1, 50)]), OwnersChange::Add(owner(2))).expect("possible");
    assert_eq!(rules(operation), (vec![], vec![(owner(1), 50), (owner(2), 50)], 5, 10));
    let both = details(&[3], &[(1, 50)]);
    for known in [1, 3] {
        let refused = change_owners(&both, OwnersChange::Add(owner(known)));
        assert_eq!(refused, Err(OwnersError::AlreadyThere));
    }
}

#[test]
fn a_super_owner_whose_round_never_ends_steps_back_for_a_new_owner() {
    let operation = change_owners(&details(&[1], &[]), OwnersChange::Add(owner(2))).expect("possible");
    assert_eq!(rules(operation), (vec![], vec![(owner(1), 100), (owner(2), 100)], 5, 10));
    let mut ends = details(&[1], &[]);
    ends.rounds.timeouts.fast_round_duration = Some(TimeDelta::from_secs(3));
    let operation = change_owners(&ends, OwnersChange::Add(owner(2))).expect("possible");
    assert_eq!(rules(operation), (vec![owner(1)], vec![(owner(2), 100)], 5, 10));
}

#[test]
fn the_last_owner_stays() {
    let operation =
        change_owners(&details(&[1], &[(2, 100)]), OwnersChange::Remove(owner(1))).expect("possible");
    assert_eq!(rules(operation), (vec![], vec![(owner(2), 100)], 5, 10));
    let alone = details(&[], &[(2, 100)]);
    assert_eq!(change_owners(&alone, OwnersChange::Remove(owner(2))), Err(OwnersError::LastOwner));
    assert_eq!(change_owners(&alone, OwnersChange::Remove(owner(7))), Err(OwnersError::NotThere));
}

#[test]
fn rounds_change_within_reason() {
    let chain = details(&[], &[(1, 100)]);
    let rounds = |multi_leader, turn_seconds| OwnersChange::Rounds { multi_leader, turn_seconds };
    let operation = change_owners(&chain, rounds(0, 2)).expect("possible");
    assert_eq!(rules(operation), (vec![], vec![(owner(1), 100)], 0, 2));
    for change in [rounds(101, 2), rounds(0, 0), rounds(0, TURN_SECONDS_MAX + 1)] {
        assert_eq!(change_owners(&chain, change), Err(OwnersError::OutOfRange));
    }
}

#[test]
fn operations_survive_being_kept() {
    let operation = change_owners(&details(&[], &[(1, 100)]), OwnersChange::Add(owner(2))).expect("possible");
    let bytes = operations_to_bytes(std::slice::from_ref(&operation));
    assert_eq!(operations_from_bytes(&bytes), Some(vec![operation]));
    assert_eq!(operations_from_bytes(&bytes[1..]), None);
}
