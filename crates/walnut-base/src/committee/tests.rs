//! Thresholds and the two encodings.

use std::collections::BTreeMap;

use super::{Committee, ValidatorState};
use crate::{
    AccountPublicKey, ArithmeticError, Ed25519PublicKey, ResourceControlPolicy, Secp256k1SecretKey,
    ValidatorPublicKey, encoding,
};

fn key(byte: u8) -> ValidatorPublicKey {
    Secp256k1SecretKey::from_bytes(&[byte; 32]).expect("a valid key").public()
}

fn validators(votes: &[u64]) -> BTreeMap<ValidatorPublicKey, ValidatorState> {
    (1..)
        .zip(votes)
        .map(|(byte, votes)| {
            let state = ValidatorState {
                network_address: format!("grpc:host:{byte}"),
                votes: *votes,
                account_public_key: AccountPublicKey::Ed25519(Ed25519PublicKey::from_bytes([byte % 2; 32])),
            };
            (key(byte), state)
        })
        .collect()
}

fn committee(votes: &[u64]) -> Committee {
    Committee::new(validators(votes), ResourceControlPolicy::testnet()).expect("votes fit")
}

#[test]
fn thresholds_are_those_recorded() {
    for (total, quorum, validity) in [
        (0, 1, 0),
        (1, 1, 1),
        (2, 2, 1),
        (3, 3, 1),
        (4, 3, 2),
        (5, 4, 2),
        (6, 5, 2),
        (7, 5, 3),
        (100, 67, 34),
        (300, 201, 100),
        (400, 267, 134),
    ] {
        let committee = committee(&[total]);
        assert_eq!(
            (committee.quorum_threshold(), committee.validity_threshold()),
            (quorum, validity),
            "{total}"
        );
    }
    assert_eq!(Committee::default().quorum_threshold(), 1);
}

#[test]
fn votes_must_fit() {
    let policy = ResourceControlPolicy::no_fees();
    assert_eq!(Committee::new(validators(&[u64::MAX, 1]), policy.clone()), Err(ArithmeticError::Overflow));
    assert_eq!(Committee::new(validators(&[u64::MAX]), policy), Err(ArithmeticError::Overflow));
}

#[test]
fn json_carries_checked_totals_and_bcs_does_not() {
    let committee = committee(&[100, 100, 100]);
    let bytes = encoding::to_bcs(&committee);
    let expected = encoding::to_bcs(&(committee.validators(), committee.policy()));
    assert_eq!(bytes, expected);
    assert_eq!(encoding::from_bcs_canonical::<Committee>(&bytes, 1 << 12).as_ref(), Ok(&committee));

    let mut json = serde_json::to_value(&committee).expect("JSON");
    assert_eq!(serde_json::from_value::<Committee>(json.clone()).expect("a committee"), committee);
    for field in ["total_votes", "quorum_threshold", "validity_threshold"] {
        let right = json[field].take();
        json[field] = 7.into();
        let error = serde_json::from_value::<Committee>(json.clone()).expect_err("a wrong number");
        assert!(error.to_string().contains("do not agree"), "{error}");
        json[field] = right;
    }
}

#[test]
fn fallback_owners_collapse() {
    // Three validators, two of which share an account.
    let committee = committee(&[5, 6, 7]);
    let shared = AccountPublicKey::Ed25519(Ed25519PublicKey::from_bytes([1; 32])).owner();
    let last_in_key_order =
        committee.validators().values().rfind(|state| state.votes != 6).expect("two share");
    let owners = committee.fallback_owners();
    assert_eq!(owners.len(), 2);
    assert_eq!(owners[&shared], last_in_key_order.votes);
}

#[test]
fn weights_and_addresses() {
    let committee = committee(&[5, 6]);
    assert_eq!((committee.weight(&key(2)), committee.weight(&key(3))), (6, 0));
    assert_eq!(committee.network_address(&key(1)), Some("grpc:host:1"));
    assert_eq!(committee.network_address(&key(3)), None);
}
