//! Every rule of a height: who may propose, what is refused with which error, what is signed.

use std::collections::BTreeMap;

use walnut_base::{
    AccountOwner, Block, BlockExecutionOutcome, BlockHeight, BlockProposal, CertificateKind, ChainId,
    ChainOwnership, ConfirmedBlock, CryptoHash, Epoch, Hashed, LockingBlock, OriginalProposal,
    ProposalContent, ProposedBlock, Round, TimeDelta, Timeout, TimeoutCertificate, TimeoutConfig, Timestamp,
    ValidatedBlock, ValidatedBlockCertificate,
};

use super::{ChainManager, Outcome};
use crate::{
    ChainError,
    test_utils::{account_key, validator_key},
};

const CHAIN: ChainId = ChainId(CryptoHash::ZERO);
const HEIGHT: BlockHeight = BlockHeight(5);
const SUPER: u8 = 1;
const ALICE: u8 = 2;
const BOB: u8 = 3;
const STRANGER: u8 = 9;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn owner(number: u8) -> AccountOwner {
    account_key(number).owner()
}

/// Two owners, two multi-leader rounds, 10 s plus 1 s per round.
fn ownership() -> ChainOwnership {
    ChainOwnership::multiple([(owner(ALICE), 100), (owner(BOB), 100)], 2, TimeoutConfig::default())
}

/// The same with a super owner; the fast round takes 5 s.
fn super_ownership() -> ChainOwnership {
    let mut ownership = ownership();
    ownership.super_owners.insert(owner(SUPER));
    ownership.timeout_config.fast_round_duration = Some(TimeDelta::from_secs(5));
    ownership
}

fn manager(ownership: ChainOwnership) -> ChainManager {
    let mut manager = ChainManager::default();
    let fallback = BTreeMap::from([(owner(201), 100), (owner(202), 100)]);
    manager.reset(ownership, HEIGHT, at(0), fallback);
    manager
}

/// A block that differs from others by its timestamp.
fn block(tag: u64) -> ProposedBlock {
    ProposedBlock {
        chain_id: CHAIN,
        epoch: Epoch::ZERO,
        transactions: Vec::new(),
        height: HEIGHT,
        timestamp: Timestamp::from_micros(tag),
        authenticated_signer: None,
        previous_block_hash: Some(CryptoHash::ZERO),
    }
}

fn executed(tag: u64) -> Hashed<Block> {
    Hashed::new(Block::new(block(tag), BlockExecutionOutcome::default()))
}

fn proposal(by: u8, round: Round, tag: u64) -> BlockProposal {
    BlockProposal::new_initial(round, block(tag), &account_key(by))
}

fn validated(round: Round, tag: u64) -> ValidatedBlockCertificate {
    ValidatedBlockCertificate::new(ValidatedBlock::from_hashed(executed(tag)), round, Vec::new())
}

fn retry_regular(by: u8, round: Round, certificate: ValidatedBlockCertificate) -> BlockProposal {
    BlockProposal::new_retry_regular(round, certificate, &account_key(by))
}

fn retry_fast(by: u8, round: Round, tag: u64) -> BlockProposal {
    let content = ProposalContent { block: block(tag), round: Round::Fast, outcome: None };
    let original = account_key(SUPER).sign(&content);
    BlockProposal::new_retry_fast(round, block(tag), original, &account_key(by))
}

/// Accepts, records and votes as a validator does.
fn vote(manager: &mut ChainManager, proposal: BlockProposal, now: Timestamp) {
    assert_eq!(manager.check_proposed_block(&proposal), Ok(Outcome::Accept));
    manager.update_signed_proposal(&proposal, now);
    let block = match &proposal.content.outcome {
        Some(outcome) => Hashed::new(Block::new(proposal.content.block.clone(), outcome.clone())),
        None => Hashed::new(Block::new(proposal.content.block.clone(), BlockExecutionOutcome::default())),
    };
    manager.create_vote(proposal, block, Some(&validator_key(1)), now, BTreeMap::new());
}

fn finalize(manager: &mut ChainManager, certificate: ValidatedBlockCertificate, now: Timestamp) {
    assert_eq!(manager.check_validated_block(&certificate), Ok(Outcome::Accept));
    manager.create_final_vote(certificate, Some(&validator_key(1)), now, BTreeMap::new());
}

fn timeout(round: Round) -> TimeoutCertificate {
    TimeoutCertificate::new(Timeout::new(CHAIN, HEIGHT, Epoch::ZERO), round, Vec::new())
}

/// Kind, hash and round of the vote that chain info shows.
fn pending(manager: &ChainManager) -> Option<(CertificateKind, CryptoHash, Round)> {
    manager.info(false).pending.map(|vote| (vote.value.kind, vote.value.value_hash, vote.round))
}

#[test]
fn heights_start_in_the_first_round_of_their_owners() {
    let nobody = ChainOwnership::default();
    let mut no_multi_leader = ownership();
    no_multi_leader.multi_leader_rounds = 0;
    let cases = [
        (super_ownership(), Round::Fast, Some(at(5))),
        (ChainOwnership::single_super(owner(SUPER)), Round::Fast, None),
        (ownership(), Round::MultiLeader(0), None),
        (no_multi_leader, Round::SingleLeader(0), Some(at(10))),
        (nobody, Round::Validator(0), Some(at(10))),
    ];
    for (ownership, round, deadline) in cases {
        let info = manager(ownership).info(false);
        assert_eq!((info.current_round, info.round_timeout), (round, deadline));
        assert_eq!(info.pending, None);
    }
}

#[test]
fn owners_propose_in_their_rounds() {
    let mut open = ownership();
    open.open_multi_leader_rounds = true;
    let manager_of = manager;
    let regular = manager_of(super_ownership());
    let open = manager_of(open);
    let leader = |manager: &ChainManager, round| manager.round_leader(round).expect("somebody is drawn");
    for round in [Round::Fast, Round::MultiLeader(0), Round::SingleLeader(7), Round::Validator(7)] {
        assert!(regular.verify_owner(&owner(SUPER), round), "super owners propose in {round}");
        assert!(!regular.verify_owner(&owner(STRANGER), round), "strangers do not propose in {round}");
    }
    assert!(!regular.verify_owner(&owner(ALICE), Round::Fast));
    assert!(regular.verify_owner(&owner(ALICE), Round::MultiLeader(u32::MAX)));
    assert!(open.verify_owner(&owner(STRANGER), Round::MultiLeader(0)));
    assert!(!open.verify_owner(&owner(STRANGER), Round::SingleLeader(0)));
    for number in 0..20 {
        let single = leader(&regular, Round::SingleLeader(number));
        assert!([owner(ALICE), owner(BOB)].contains(&single));
        assert_eq!(regular.verify_owner(&owner(ALICE), Round::SingleLeader(number)), single == owner(ALICE));
        let validator = leader(&regular, Round::Validator(number));
        assert!([owner(201), owner(202)].contains(&validator));
        assert!(!regular.verify_owner(&owner(ALICE), Round::Validator(number)));
    }
    assert_eq!(regular.round_leader(Round::Fast), None);
    assert_eq!(regular.round_leader(Round::MultiLeader(0)), None);
}

#[test]
fn the_leader_is_drawn_from_height_and_round() {
    // Golden: weights [100, 100], height 7, single-leader rounds 0 to 9.
    let mut manager = ChainManager::default();
    manager.reset(ownership(), BlockHeight(7), at(0), BTreeMap::new());
    let owners: Vec<AccountOwner> = ownership().owners.keys().copied().collect();
    let drawn: Vec<usize> = (0..10)
        .map(|number| {
            let leader = manager.round_leader(Round::SingleLeader(number)).expect("somebody is drawn");
            owners.iter().position(|owner| *owner == leader).expect("an owner is drawn")
        })
        .collect();
    assert_eq!(drawn, [0, 1, 1, 0, 0, 0, 1, 1, 0, 1]);
    assert_eq!(manager.round_leader(Round::Validator(0)), None);
}

#[test]
fn a_proposal_is_voted_for_once() {
    let mut manager = manager(ownership());
    let first = proposal(ALICE, Round::MultiLeader(0), 1);
    vote(&mut manager, first.clone(), at(1));
    let expected = (CertificateKind::Validated, executed(1).hash(), Round::MultiLeader(0));
    assert_eq!(pending(&manager), Some(expected));
    assert_eq!(manager.check_proposed_block(&first), Ok(Outcome::Skip));
    // Another block in the same round is refused, and so is an earlier round.
    let second = proposal(BOB, Round::MultiLeader(0), 2);
    assert_eq!(
        manager.check_proposed_block(&second),
        Err(ChainError::InsufficientRoundStrict(Round::MultiLeader(0)))
    );
    vote(&mut manager, proposal(BOB, Round::MultiLeader(1), 2), at(2));
    assert_eq!(
        manager.check_proposed_block(&proposal(BOB, Round::MultiLeader(0), 3)),
        Err(ChainError::InsufficientRound(Round::MultiLeader(0)))
    );
    assert_eq!(manager.current_round(), Round::MultiLeader(1));
}

#[test]
fn rounds_that_are_not_open_are_refused() {
    let fast = manager(super_ownership());
    let cases = [
        // Regular owners wait for the end of the fast round; super owners need not.
        (ALICE, Round::MultiLeader(0), Err(ChainError::WrongRound(Round::Fast))),
        (ALICE, Round::SingleLeader(0), Err(ChainError::WrongRound(Round::Fast))),
        (SUPER, Round::MultiLeader(0), Ok(Outcome::Accept)),
        (SUPER, Round::SingleLeader(0), Ok(Outcome::Accept)),
        (SUPER, Round::Fast, Ok(Outcome::Accept)),
        // Later single-leader rounds and validator rounds are entered by certificates only.
        (SUPER, Round::SingleLeader(1), Err(ChainError::WrongRound(Round::Fast))),
        (SUPER, Round::Validator(0), Err(ChainError::WrongRound(Round::Fast))),
    ];
    for (by, round, expected) in cases {
        assert_eq!(fast.check_proposed_block(&proposal(by, round, 1)), expected, "{by} in {round}");
    }
    // Multi-leader rounds may be skipped.
    assert_eq!(
        manager(ownership()).check_proposed_block(&proposal(ALICE, Round::MultiLeader(77), 1)),
        Ok(Outcome::Accept)
    );
    // A fast proposal is not compared with the current round.
    let mut timed_out = manager(super_ownership());
    timed_out.handle_timeout_certificate(timeout(Round::Fast), at(5));
    assert_eq!(timed_out.current_round(), Round::MultiLeader(0));
    assert_eq!(timed_out.check_proposed_block(&proposal(SUPER, Round::Fast, 1)), Ok(Outcome::Accept));
}

#[test]
fn the_last_height_takes_no_block() {
    let mut last = proposal(ALICE, Round::MultiLeader(0), 1);
    last.content.block.height = BlockHeight::MAX;
    assert_eq!(manager(ownership()).check_proposed_block(&last), Err(ChainError::BlockHeightOverflow));
}

#[test]
fn a_lock_must_be_older_than_the_proposal() {
    let mut manager = manager(ownership());
    finalize(&mut manager, validated(Round::MultiLeader(1), 1), at(1));
    let error = ChainError::MustBeNewerThanLockingBlock(HEIGHT, Round::MultiLeader(1));
    assert_eq!(manager.check_proposed_block(&proposal(ALICE, Round::MultiLeader(1), 2)), Err(error));
    // A newer round does not help another block after we voted to confirm.
    let error = ChainError::HasIncompatibleConfirmedVote(HEIGHT, Round::MultiLeader(1));
    assert_eq!(manager.check_proposed_block(&proposal(ALICE, Round::SingleLeader(0), 2)), Err(error.clone()));
    // The locked block itself may come again, but not with an older certificate than our vote.
    let retry = retry_regular(ALICE, Round::SingleLeader(0), validated(Round::MultiLeader(1), 1));
    assert_eq!(manager.check_proposed_block(&retry), Ok(Outcome::Accept));
    let outdated = retry_regular(ALICE, Round::SingleLeader(0), validated(Round::MultiLeader(0), 2));
    assert_eq!(manager.check_proposed_block(&outdated), Err(error));
}

#[test]
fn a_newer_certificate_frees_from_a_confirmed_vote() {
    let mut manager = manager(ownership());
    finalize(&mut manager, validated(Round::MultiLeader(0), 1), at(1));
    // Others locked and validated block 2 in a later round: our vote for block 1 cannot have made a quorum.
    let retry = retry_regular(BOB, Round::SingleLeader(0), validated(Round::MultiLeader(1), 2));
    vote(&mut manager, retry, at(2));
    let expected = (CertificateKind::Validated, executed(2).hash(), Round::SingleLeader(0));
    assert_eq!(pending(&manager), Some(expected));
    assert_eq!(manager.locking_block().map(LockingBlock::round), Some(Round::MultiLeader(1)));
}

#[test]
fn fast_blocks_are_confirmed_at_once_and_locked() {
    let mut manager = manager(super_ownership());
    let fast = proposal(SUPER, Round::Fast, 1);
    vote(&mut manager, fast.clone(), at(1));
    assert_eq!(pending(&manager), Some((CertificateKind::Confirmed, executed(1).hash(), Round::Fast)));
    assert!(matches!(manager.locking_block(), Some(LockingBlock::Fast(locked)) if *locked == fast));
    let error = ChainError::MustBeNewerThanLockingBlock(HEIGHT, Round::Fast);
    assert_eq!(manager.check_proposed_block(&proposal(SUPER, Round::Fast, 2)), Err(error));
    // Later only the same block, with the super owner's signature.
    let error = ChainError::HasIncompatibleConfirmedVote(HEIGHT, Round::Fast);
    assert_eq!(manager.check_proposed_block(&proposal(SUPER, Round::MultiLeader(0), 1)), Err(error.clone()));
    assert_eq!(manager.check_proposed_block(&retry_fast(SUPER, Round::MultiLeader(0), 2)), Err(error));
    let retry = retry_fast(SUPER, Round::MultiLeader(0), 1);
    vote(&mut manager, retry, at(2));
    // The validate-vote of the later round is shown; the lock stays fast.
    let expected = (CertificateKind::Validated, executed(1).hash(), Round::MultiLeader(0));
    assert_eq!(pending(&manager), Some(expected));
    assert_eq!(manager.locking_block().map(LockingBlock::round), Some(Round::Fast));
}

#[test]
fn a_fast_retry_locks_where_nothing_was_locked() {
    let mut manager = manager(super_ownership());
    manager.handle_timeout_certificate(timeout(Round::Fast), at(5));
    let retry = retry_fast(ALICE, Round::MultiLeader(0), 1);
    let Some(OriginalProposal::Fast(signature)) = retry.original_proposal.clone() else {
        panic!("a fast retry")
    };
    vote(&mut manager, retry, at(6));
    let Some(LockingBlock::Fast(locked)) = manager.locking_block() else { panic!("a fast lock") };
    assert_eq!(locked.signature, signature);
    assert_eq!(locked.content.round, Round::MultiLeader(0));
    assert_eq!(manager.locking_block().map(LockingBlock::round), Some(Round::Fast));
}

#[test]
fn validated_certificates_lock_and_are_confirmed_in_their_round() {
    let mut manager = manager(ownership());
    let certificate = validated(Round::MultiLeader(0), 1);
    finalize(&mut manager, certificate.clone(), at(1));
    let expected = (CertificateKind::Confirmed, executed(1).hash(), Round::MultiLeader(0));
    assert_eq!(pending(&manager), Some(expected));
    assert_eq!(manager.check_validated_block(&certificate), Ok(Outcome::Skip));
    assert_eq!(
        manager.check_validated_block(&validated(Round::MultiLeader(0), 2)),
        Err(ChainError::InsufficientRoundStrict(Round::MultiLeader(0)))
    );
    // A later certificate moves round, lock and vote.
    finalize(&mut manager, validated(Round::SingleLeader(2), 2), at(2));
    assert_eq!(manager.current_round(), Round::SingleLeader(2));
    assert_eq!(manager.info(false).round_timeout, Some(at(2 + 12)));
}

#[test]
fn a_certificate_of_a_past_round_locks_without_a_vote() {
    let mut manager = manager(ownership());
    manager.handle_timeout_certificate(timeout(Round::MultiLeader(1)), at(1));
    assert_eq!(manager.current_round(), Round::SingleLeader(0));
    let certificate = validated(Round::MultiLeader(1), 1);
    finalize(&mut manager, certificate.clone(), at(2));
    assert_eq!(pending(&manager), None);
    assert_eq!(manager.locking_block().map(LockingBlock::round), Some(Round::MultiLeader(1)));
    // Only locked, not confirmed: the same certificate again is not newer.
    assert_eq!(
        manager.check_validated_block(&certificate),
        Err(ChainError::InsufficientRoundStrict(Round::MultiLeader(1)))
    );
}

#[test]
fn a_certificate_below_our_vote_is_refused() {
    let mut manager = manager(ownership());
    vote(&mut manager, proposal(ALICE, Round::MultiLeader(1), 1), at(1));
    assert_eq!(
        manager.check_validated_block(&validated(Round::MultiLeader(0), 2)),
        Err(ChainError::InsufficientRound(Round::MultiLeader(1)))
    );
}

#[test]
fn timeouts_are_voted_for_after_the_deadline() {
    let mut manager = manager(super_ownership());
    let key = validator_key(1);
    let ask = |manager: &mut ChainManager, round, now| {
        manager.create_timeout_vote(CHAIN, HEIGHT, round, Epoch::ZERO, Some(&key), now)
    };
    assert_eq!(ask(&mut manager, Round::MultiLeader(0), at(9)), Err(ChainError::WrongRound(Round::Fast)));
    assert_eq!(ask(&mut manager, Round::Fast, at(4)), Err(ChainError::NotTimedOutYet(at(5))));
    assert_eq!(ask(&mut manager, Round::Fast, at(5)), Ok(true));
    assert_eq!(ask(&mut manager, Round::Fast, at(6)), Ok(false));
    let vote = manager.info(false).timeout_vote.expect("a timeout vote");
    assert_eq!((vote.round, vote.value.kind), (Round::Fast, CertificateKind::Timeout));

    manager.handle_timeout_certificate(timeout(Round::Fast), at(7));
    assert_eq!(manager.current_round(), Round::MultiLeader(0));
    assert_eq!(ask(&mut manager, Round::MultiLeader(0), at(99)), Err(ChainError::RoundDoesNotTimeOut));
    // Without a key there is no vote, whatever the round.
    assert_eq!(manager.create_timeout_vote(CHAIN, HEIGHT, Round::Fast, Epoch::ZERO, None, at(99)), Ok(false));
}

#[test]
fn the_deadline_restarts_only_with_a_new_round() {
    let mut manager = manager(ownership());
    manager.handle_timeout_certificate(timeout(Round::MultiLeader(0)), at(3));
    assert_eq!(manager.info(false).round_timeout, Some(at(13))); // the last multi-leader round
    manager.handle_timeout_certificate(timeout(Round::MultiLeader(0)), at(8));
    vote(&mut manager, proposal(ALICE, Round::MultiLeader(1), 1), at(9));
    assert_eq!(manager.info(false).round_timeout, Some(at(13)));
    manager.handle_timeout_certificate(timeout(Round::MultiLeader(1)), at(20));
    manager.handle_timeout_certificate(timeout(Round::SingleLeader(0)), at(31));
    assert_eq!(manager.info(false).round_timeout, Some(at(31 + 11)));
    // An older certificate changes nothing.
    manager.handle_timeout_certificate(timeout(Round::MultiLeader(1)), at(40));
    assert_eq!(manager.current_round(), Round::SingleLeader(1));
}

#[test]
fn a_signed_proposal_opens_its_round_although_it_fails_later() {
    let mut manager = manager(super_ownership());
    let signed = proposal(SUPER, Round::MultiLeader(0), 1);
    assert!(manager.update_signed_proposal(&signed, at(1)));
    assert!(!manager.update_signed_proposal(&signed, at(2)));
    assert_eq!(manager.current_round(), Round::MultiLeader(0));
    assert_eq!(pending(&manager), None);
    assert_eq!(manager.info(true).requested_signed_proposal.map(|boxed| *boxed), Some(signed.clone()));
    assert_eq!(manager.info(false).requested_signed_proposal, None);
    // Later single-leader rounds are not opened so.
    assert!(!manager.update_signed_proposal(&proposal(SUPER, Round::SingleLeader(1), 2), at(3)));
    // A checked proposal of the same round takes its place.
    vote(&mut manager, proposal(SUPER, Round::MultiLeader(0), 3), at(4));
    assert_eq!(manager.info(true).requested_signed_proposal, None);
    assert!(!manager.update_signed_proposal(&signed, at(5)));
}

#[test]
fn without_a_key_proposals_are_recorded_but_not_voted_for() {
    let mut manager = manager(super_ownership());
    let fast = proposal(SUPER, Round::Fast, 1);
    manager.create_vote(fast.clone(), executed(1), None, at(1), BTreeMap::new());
    assert_eq!(pending(&manager), None);
    assert_eq!(manager.proposed(), Some(&fast));
    assert!(matches!(manager.locking_block(), Some(LockingBlock::Fast(_))));
}

#[test]
fn a_new_height_forgets_the_old_one() {
    let mut manager = manager(ownership());
    finalize(&mut manager, validated(Round::MultiLeader(1), 1), at(1));
    manager.reset(ownership(), BlockHeight(6), at(2), BTreeMap::new());
    let info = manager.info(true);
    assert_eq!((info.pending, info.requested_locking, info.requested_confirmed), (None, None, None));
    assert_eq!(info.current_round, Round::MultiLeader(0));
}

#[test]
fn full_votes_are_shown_on_request() {
    let mut manager = manager(ownership());
    finalize(&mut manager, validated(Round::MultiLeader(0), 1), at(1));
    let info = manager.info(true);
    let confirmed = ConfirmedBlock::from_hashed(executed(1));
    assert_eq!(info.requested_confirmed.map(|boxed| *boxed), Some(confirmed));
    assert!(matches!(info.requested_locking.as_deref(), Some(LockingBlock::Regular(_))));
}
