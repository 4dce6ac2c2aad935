//! Who may sign, in which order things are checked, and how votes add up.

use std::collections::BTreeMap;

use super::{CertificateError, LiteCertificate, SignatureAggregator, Timeout, TimeoutCertificate};
use crate::{
    AccountPublicKey, BlockHeight, ChainId, Committee, CryptoError, Ed25519PublicKey, Epoch, LiteValue,
    LiteVote, ResourceControlPolicy, Round, Secp256k1SecretKey, ValidatorPublicKey, ValidatorSignature,
    ValidatorState, Vote, encoding,
};

const ROUND: Round = Round::SingleLeader(3);

fn secret(byte: u8) -> Secp256k1SecretKey {
    Secp256k1SecretKey::from_bytes(&[byte; 32]).expect("a valid key")
}

fn key(byte: u8) -> ValidatorPublicKey {
    secret(byte).public()
}

fn timeout() -> Timeout {
    Timeout::new(ChainId::default(), BlockHeight(1), Epoch::ZERO)
}

fn sign(byte: u8) -> (ValidatorPublicKey, ValidatorSignature) {
    (key(byte), Vote::new(timeout(), ROUND, &secret(byte)).signature)
}

/// Validators 1 to 4 with one vote each, and 5 with none.
fn committee() -> Committee {
    let validators: BTreeMap<_, _> = (1..=5)
        .map(|byte| {
            let state = ValidatorState {
                network_address: String::new(),
                votes: u64::from(byte < 5),
                account_public_key: AccountPublicKey::Ed25519(Ed25519PublicKey::from_bytes([byte; 32])),
            };
            (key(byte), state)
        })
        .collect();
    Committee::new(validators, ResourceControlPolicy::no_fees()).expect("votes fit")
}

fn check(signatures: Vec<(ValidatorPublicKey, ValidatorSignature)>) -> Result<(), CertificateError> {
    TimeoutCertificate::new(timeout(), ROUND, signatures).check(&committee()).map(|_| ())
}

fn invalid_signature() -> CertificateError {
    CertificateError::Crypto(CryptoError::InvalidSignature {
        type_name: "VoteValue",
        error: "signature error",
    })
}

#[test]
fn signers_are_checked_before_signatures() {
    let wrong = |byte: u8| (key(byte), sign(byte % 4 + 1).1);
    assert_eq!(check(vec![sign(1), sign(2), sign(3)]), Ok(()));
    assert_eq!(check(vec![sign(1), sign(2), sign(3), sign(4)]), Ok(()));
    assert_eq!(check(vec![sign(1), sign(2), sign(3), wrong(4)]), Err(invalid_signature()));
    assert_eq!(
        check(vec![wrong(1), wrong(2)]),
        Err(CertificateError::CertificateRequiresQuorum { votes: 2, required: 3 })
    );
    assert_eq!(check(vec![wrong(1), wrong(1), wrong(2)]), Err(CertificateError::CertificateValidatorReuse));
    assert_eq!(
        check(vec![sign(1), sign(2), sign(3), sign(5)]),
        Err(CertificateError::InvalidSigner(Box::new(key(5))))
    );
    assert_eq!(
        check(vec![sign(1), sign(2), sign(3), sign(6)]),
        Err(CertificateError::InvalidSigner(Box::new(key(6))))
    );
    assert_eq!(check(Vec::new()), Err(CertificateError::CertificateRequiresQuorum { votes: 0, required: 3 }));
}

#[test]
fn round_and_kind_are_signed() {
    let signatures = vec![sign(1), sign(2), sign(3)];
    let other_round = TimeoutCertificate::new(timeout(), Round::SingleLeader(4), signatures.clone());
    assert_eq!(other_round.check(&committee()), Err(invalid_signature()));
    let mut lite = TimeoutCertificate::new(timeout(), ROUND, signatures).lite_certificate();
    assert_eq!(lite.check(&committee()), Ok(&lite.value));
    lite.value.kind = super::CertificateKind::Confirmed;
    assert_eq!(lite.check(&committee()), Err(invalid_signature()));
}

#[test]
fn chain_of_a_lite_certificate_is_matched_not_signed() {
    let full = TimeoutCertificate::new(timeout(), ROUND, vec![sign(1), sign(2), sign(3)]);
    let mut lite = full.lite_certificate();
    assert_eq!(lite.clone().with_value(timeout()).as_ref(), Ok(&full));
    lite.value.chain_id = ChainId([1; 32].into());
    assert_eq!(lite.check(&committee()), Ok(&lite.value));
    assert_eq!(lite.with_value(timeout()), Err(CertificateError::ValueMismatch));
}

#[test]
fn decoding_wants_strictly_increasing_signers() {
    let certificate = TimeoutCertificate::new(timeout(), ROUND, vec![sign(2), sign(1), sign(3)]);
    let sorted = certificate.signatures().clone();
    let mut swapped = sorted.clone();
    swapped.swap(0, 1);
    let doubled = vec![sorted[0], sorted[0]];
    for (signatures, accepted) in [(sorted, true), (swapped, false), (doubled, false), (Vec::new(), true)] {
        let raw = (timeout(), ROUND, signatures);
        let bcs = encoding::from_bcs::<TimeoutCertificate>(&encoding::to_bcs(&raw), 1 << 10);
        let bincode = encoding::from_bincode::<TimeoutCertificate>(&encoding::to_bincode(&raw), 1 << 10);
        let json = serde_json::json!({"value": raw.0, "round": raw.1, "signatures": raw.2});
        let json = serde_json::from_value::<TimeoutCertificate>(json);
        assert_eq!((bcs.is_ok(), bincode.is_ok(), json.is_ok()), (accepted, accepted, accepted));
        for error in [bcs.err().map(|error| error.to_string()), json.err().map(|error| error.to_string())] {
            assert!(error.is_none_or(|error| error.contains("not strictly increasing")));
        }
        let lite = (LiteValue::new(&timeout()), ROUND, raw.2);
        assert!(encoding::from_bcs::<LiteCertificate>(&encoding::to_bcs(&lite), 1 << 10).is_ok());
    }
}

#[test]
fn aggregator_returns_one_certificate_per_quorum() {
    let committee = committee();
    let mut aggregator = SignatureAggregator::new(timeout(), ROUND, &committee);
    let mut append = |(validator, signature)| aggregator.append(validator, signature);
    assert_eq!(append(sign(1)), Ok(None));
    assert_eq!(append((key(2), sign(3).1)), Err(invalid_signature()));
    assert_eq!(append(sign(1)), Err(CertificateError::CertificateValidatorReuse));
    assert_eq!(append(sign(5)), Err(CertificateError::InvalidSigner(Box::new(key(5)))));
    assert_eq!(append(sign(5)), Err(CertificateError::CertificateValidatorReuse));
    assert_eq!(append(sign(2)), Ok(None));
    let certificate = append(sign(3)).expect("valid").expect("a quorum");
    assert_eq!(certificate.check(&committee), Ok(&timeout()));
    assert!(certificate.is_signed_by(&key(3)) && !certificate.is_signed_by(&key(4)));
    assert_eq!(append(sign(4)), Ok(None));
}

#[test]
fn lite_certificates_from_votes() {
    let vote = |byte, round| (key(byte), LiteVote::new(LiteValue::new(&timeout()), round, &secret(byte)));
    let lite = LiteCertificate::try_from_votes([vote(1, ROUND), vote(2, ROUND), vote(3, ROUND)])
        .expect("votes agree");
    assert_eq!(lite.check(&committee()), Ok(&lite.value));
    assert!(lite.signatures.is_sorted_by_key(|(validator, _)| *validator));
    for votes in [vec![], vec![vote(1, ROUND), vote(2, Round::Fast)]] {
        assert_eq!(LiteCertificate::try_from_votes(votes), Err(CertificateError::IncompatibleVotes));
    }
}
