//! Values to send.

use std::{fs, path::PathBuf};

use walnut_base::{
    AccountOwner, AccountSecretKey, Amount, BlobContent, BlobId, BlobType, BlockHeight, ChainAndHeight,
    ChainId, ChainInfo, ChainInfoResponse, ChainManagerInfo, ConfirmedBlockCertificate, CryptoHash,
    Ed25519SecretKey, Epoch, EventId, LiteValue, LiteVote, LockingBlock, Round, Secp256k1SecretKey, StreamId,
    Timeout, TimeoutCertificate, Timestamp, ValidatedBlock, ValidatedBlockCertificate, ValidatorPublicKey,
    ValidatorSignature, Vote, encoding,
};

pub(crate) fn hash(byte: u8) -> CryptoHash {
    CryptoHash::from([byte; 32])
}

pub(crate) fn chain(byte: u8) -> ChainId {
    ChainId(hash(byte))
}

pub(crate) fn blob_id(byte: u8) -> BlobId {
    BlobId::new(hash(byte), BlobType::Data)
}

pub(crate) fn blob() -> BlobContent {
    BlobContent::new(BlobType::Data, b"hi".to_vec())
}

pub(crate) fn owner() -> AccountOwner {
    owner_key().owner()
}

pub(crate) fn owner_key() -> AccountSecretKey {
    AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[7; 32]))
}

pub(crate) fn validator_key(byte: u8) -> Secp256k1SecretKey {
    Secp256k1SecretKey::from_bytes(&[byte; 32]).unwrap()
}

pub(crate) fn event_id(index: u32) -> EventId {
    EventId { chain_id: chain(1), stream_id: StreamId::system(vec![0]), index }
}

/// Four validators' signatures over a value.
pub(crate) fn signatures<T: walnut_base::CertificateValue>(
    value: &T,
    round: Round,
) -> Vec<(ValidatorPublicKey, ValidatorSignature)> {
    (1..=4)
        .map(|byte| {
            let key = validator_key(byte);
            (key.public(), Vote::new(value.clone(), round, &key).signature)
        })
        .collect()
}

pub(crate) fn golden_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/golden")
}

/// Every recorded certificate with its bytes.
pub(crate) fn golden() -> Vec<(Vec<u8>, ConfirmedBlockCertificate)> {
    let mut certificates = Vec::new();
    for network in ["no-fees", "testnet-fees", "historical-hash"] {
        for chain in fs::read_dir(golden_folder().join(network).join("chains")).unwrap() {
            for file in fs::read_dir(chain.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                if path.extension().is_some_and(|extension| extension == "bcs") {
                    let bytes = fs::read(path).unwrap();
                    let certificate = encoding::from_bcs(&bytes, bytes.len()).unwrap();
                    certificates.push((bytes, certificate));
                }
            }
        }
    }
    assert_eq!(certificates.len(), 3 * 62);
    certificates
}

/// One recorded certificate with a small block.
pub(crate) fn confirmed() -> ConfirmedBlockCertificate {
    golden().into_iter().min_by_key(|(bytes, _)| bytes.len()).unwrap().1
}

/// The same block, validated.
pub(crate) fn validated() -> ValidatedBlockCertificate {
    let value = ValidatedBlock::new(confirmed().block().clone());
    let round = Round::MultiLeader(3);
    let signatures = signatures(&value, round);
    ValidatedBlockCertificate::new(value, round, signatures)
}

pub(crate) fn timeout() -> TimeoutCertificate {
    let value = Timeout::new(chain(1), BlockHeight(5), Epoch(2));
    let round = Round::SingleLeader(9);
    let signatures = signatures(&value, round);
    TimeoutCertificate::new(value, round, signatures)
}

/// A signed answer with every optional part filled.
pub(crate) fn chain_info() -> ChainInfoResponse {
    let validated = validated();
    let vote = |kind_value: LiteValue| LiteVote::new(kind_value, Round::Fast, &validator_key(2));
    let proposal = walnut_base::BlockProposal::new_initial(
        Round::Fast,
        validated.block().clone().into_proposal().0,
        &owner_key(),
    );
    let manager = ChainManagerInfo {
        requested_signed_proposal: Some(Box::new(proposal.clone())),
        requested_proposed: Some(Box::new(proposal)),
        requested_locking: Some(Box::new(LockingBlock::Regular(validated.clone()))),
        timeout: Some(Box::new(timeout())),
        pending: Some(vote(LiteValue::new(confirmed().value()))),
        timeout_vote: Some(vote(LiteValue::new(timeout().value()))),
        fallback_vote: Some(vote(LiteValue::new(timeout().value()))),
        requested_confirmed: Some(Box::new(confirmed().into_value())),
        requested_validated: Some(Box::new(validated.into_value())),
        current_round: Round::MultiLeader(1),
        leader: Some(owner()),
        round_timeout: Some(Timestamp::from(17)),
        ..ChainManagerInfo::default()
    };
    let info = ChainInfo {
        chain_id: chain(1),
        epoch: Epoch(3),
        description: None,
        manager: Box::new(manager),
        chain_balance: Amount::ONE,
        block_hash: Some(hash(8)),
        timestamp: Timestamp::from(99),
        next_block_height: BlockHeight(6),
        state_hash: Some(hash(9)),
        requested_owner_balance: Some(Amount::ONE),
        requested_committees: None,
        requested_pending_message_bundles: confirmed().block().incoming_bundles().cloned().collect(),
        requested_sent_certificate_hashes: vec![hash(1), hash(2)],
        count_received_log: 2,
        requested_received_log: vec![ChainAndHeight { chain_id: chain(4), height: BlockHeight(1) }],
    };
    ChainInfoResponse::new(info, Some(&validator_key(1)))
}
