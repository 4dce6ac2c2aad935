//! Which proposals contradict themselves.

use super::{BlockProposal, OriginalProposal, ProposalError};
use crate::{
    AccountSecretKey, BlockExecutionOutcome, BlockHeight, ChainId, CryptoError, Ed25519SecretKey, Epoch,
    ProposedBlock, Round, Secp256k1SecretKey, Timestamp, ValidatedBlock, ValidatedBlockCertificate, Vote,
};

fn key(byte: u8) -> AccountSecretKey {
    AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[byte; 32]))
}

fn block() -> ProposedBlock {
    ProposedBlock {
        chain_id: ChainId::default(),
        epoch: Epoch::ZERO,
        transactions: Vec::new(),
        height: BlockHeight::ZERO,
        timestamp: Timestamp::EPOCH,
        authenticated_signer: None,
        previous_block_hash: None,
    }
}

fn certificate(round: Round) -> ValidatedBlockCertificate {
    let validated = ValidatedBlock::new(BlockExecutionOutcome::default().with(block()));
    let validator = Secp256k1SecretKey::from_bytes(&[1; 32]).expect("a valid key");
    let vote = Vote::new(validated.clone(), round, &validator);
    ValidatedBlockCertificate::new(validated, round, vec![(validator.public(), vote.signature)])
}

#[test]
fn initial_proposals() {
    let mut proposal = BlockProposal::new_initial(Round::MultiLeader(0), block(), &key(1));
    assert_eq!(proposal.check_invariants(), Ok(()));
    assert_eq!(proposal.check_signature(), Ok(()));
    assert_eq!(proposal.owner(), key(1).owner());
    proposal.content.outcome = Some(BlockExecutionOutcome::default());
    assert_eq!(proposal.check_invariants(), Err(ProposalError::OutcomeWithoutCertificate));
    assert_eq!(
        proposal.check_signature(),
        Err(CryptoError::InvalidSignature { type_name: "ProposalContent", error: "signature error" })
    );
}

#[test]
fn fast_retries() {
    let original = BlockProposal::new_initial(Round::Fast, block(), &key(1));
    let mut retry =
        BlockProposal::new_retry_fast(Round::MultiLeader(0), block(), original.signature, &key(2));
    assert_eq!(retry.check_invariants(), Ok(()));
    assert_eq!(retry.check_signature(), Ok(()));
    assert_eq!(retry.check_fast_signature(), Ok(Some(key(1).owner())));
    assert_eq!(original.check_fast_signature(), Ok(None));
    retry.content.round = Round::Fast;
    assert_eq!(retry.check_invariants(), Err(ProposalError::RoundNotAfterOriginal));
    retry.content.block.height = BlockHeight(1);
    assert!(retry.check_fast_signature().is_err());
    retry.content.outcome = Some(BlockExecutionOutcome::default());
    assert_eq!(retry.check_invariants(), Err(ProposalError::OutcomeWithoutCertificate));
}

#[test]
fn regular_retries() {
    let locked = Round::MultiLeader(1);
    let retry = |round| BlockProposal::new_retry_regular(round, certificate(locked), &key(2));
    assert_eq!(retry(Round::SingleLeader(0)).check_invariants(), Ok(()));
    assert_eq!(retry(Round::SingleLeader(0)).check_signature(), Ok(()));
    assert_eq!(retry(locked).check_invariants(), Err(ProposalError::RoundNotAfterOriginal));

    let mut other = retry(Round::SingleLeader(0));
    other.content.block.height = BlockHeight(1);
    assert_eq!(other.check_invariants(), Err(ProposalError::CertificateMismatch));

    let mut without_outcome = retry(Round::SingleLeader(0));
    without_outcome.content.outcome = None;
    assert_eq!(without_outcome.check_invariants(), Err(ProposalError::OutcomeWithoutCertificate));

    let mut confirmed = retry(Round::SingleLeader(0));
    let Some(OriginalProposal::Regular { certificate }) = &mut confirmed.original_proposal else {
        panic!("regular")
    };
    certificate.value.kind = crate::CertificateKind::Confirmed;
    assert_eq!(confirmed.check_invariants(), Err(ProposalError::CertificateMismatch));
}
