//! Wire values from the bytes of strangers.
//!
//! Promises: what BCS accepts encodes again to something that decodes to the same value; what the canonical decoder
//! accepts encodes to the same bytes; bincode and JSON carry every value there and back; hashing and checking signatures
//! of any value ends.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use walnut_base::{
    Blob, BlobContent, Block, BlockProposal, Certificate, ChainDescription, ChainInfoQuery,
    ChainInfoResponse, Committee, ConfirmedBlock, ConfirmedBlockCertificate, CrossChainRequest, CryptoHash,
    LiteCertificate, LockingBlock, NetworkDescription, NodeError, Notification, TimeoutCertificate,
    ValidatedBlockCertificate,
    encoding::{from_bcs, from_bcs_canonical, from_bincode, to_bcs, to_bincode},
};

use crate::eat;

/// Nobody sends more in a message.
const LIMIT: usize = 1 << 24;

/// The first byte says which type, the rest is its BCS.
pub(crate) fn run(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else { return };
    match kind % 20 {
        0 => check(bytes, |proposal: &BlockProposal| {
            let outcomes = (proposal.check_signature().is_ok(), proposal.check_fast_signature().is_ok());
            eat((outcomes, proposal.check_invariants(), proposal.expected_blob_ids(), proposal.owner()));
        }),
        1 => check(bytes, |certificate: &ConfirmedBlockCertificate| {
            eat(certificate.check(&committee_of(certificate.signatures().iter().map(|(key, _)| *key))));
        }),
        2 => check(bytes, |certificate: &ValidatedBlockCertificate| {
            eat(certificate.check(&committee_of(certificate.signatures().iter().map(|(key, _)| *key))));
        }),
        3 => check(bytes, |certificate: &TimeoutCertificate| {
            eat(certificate.check(&committee_of(certificate.signatures().iter().map(|(key, _)| *key))));
        }),
        4 => check(bytes, |certificate: &LiteCertificate| {
            eat(certificate.check(&committee_of(certificate.signatures.iter().map(|(key, _)| *key))));
        }),
        5 => check(bytes, |block: &ConfirmedBlock| eat(block.block().clone().into_proposal())),
        6 => check(bytes, |block: &Block| eat((CryptoHash::new(block), block.clone().into_proposal()))),
        7 => check(bytes, |content: &BlobContent| eat(Blob::new(content.clone()))),
        8 => check(bytes, |response: &ChainInfoResponse| eat(CryptoHash::new(&*response.info))),
        9 => check(bytes, |_: &ChainInfoQuery| {}),
        10 => check(bytes, |request: &CrossChainRequest| eat(request.target_chain_id())),
        11 => check(bytes, |committee: &Committee| {
            let (total, quorum) = (committee.total_votes(), committee.quorum_threshold());
            assert!(total == 0 || quorum <= total && quorum > total / 3 * 2, "{committee:?}");
        }),
        12 => check(bytes, |description: &ChainDescription| eat(description.id())),
        13 => check(bytes, |_: &NetworkDescription| {}),
        14 => check(bytes, |_: &NodeError| {}),
        15 => check(bytes, |_: &Notification| {}),
        16 => check(bytes, |locking: &LockingBlock| eat((locking.round(), locking.height()))),
        17 => check(bytes, |_: &Certificate| {}),
        18 => bincode::<ChainInfoResponse>(bytes),
        _ => bincode::<BlockProposal>(bytes),
    }
}

fn check<T>(bytes: &[u8], look: impl Fn(&T))
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let Ok(value) = from_bcs::<T>(bytes, LIMIT) else { return };
    look(&value);
    let encoded = to_bcs(&value);
    assert!(from_bcs::<T>(&encoded, LIMIT).as_ref() == Ok(&value), "another value after BCS: {value:?}");
    let is_canonical = from_bcs_canonical::<T>(bytes, LIMIT).is_ok();
    assert_eq!(is_canonical, encoded == bytes, "{value:?}");
    let bytes = to_bincode(&value);
    assert!(
        from_bincode::<T>(&bytes, LIMIT).as_ref() == Ok(&value),
        "another value after bincode: {value:?}"
    );
    let text = serde_json::to_string(&value).expect("wire values have a JSON form");
    let again = serde_json::from_str::<T>(&text).expect("what we wrote can be read");
    assert!(again == value, "another value after JSON: {text}");
}

fn bincode<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    let Ok(value) = from_bincode::<T>(bytes, LIMIT) else { return };
    let bytes = to_bincode(&value);
    assert!(
        from_bincode::<T>(&bytes, LIMIT).as_ref() == Ok(&value),
        "another value after bincode: {value:?}"
    );
}

/// Of whoever signed, with one vote each.
fn committee_of(keys: impl Iterator<Item = walnut_base::ValidatorPublicKey>) -> Committee {
    let state = |index: u8| walnut_base::ValidatorState {
        network_address: String::new(),
        votes: 1,
        account_public_key: walnut_chain::test_utils::account_key(index).public(),
    };
    let members = keys.take(20).map(|key| (key, state(1))).collect();
    Committee::new(members, walnut_base::ResourceControlPolicy::no_fees()).expect("few votes")
}
