//! Four validators in memory: whole cycles of blocks, and what happens when something is missing.

use std::collections::BTreeSet;

use walnut_base::{
    Account, AccountOwner, Amount, Blob, BlockHeight, BlockProposal, CertificateError, CertificateKind,
    ChainId, ChainInfoQuery, ConfirmedBlock, ConfirmedBlockCertificate, LiteCertificate, LockingBlock,
    MessageAction, NodeError, Operation, OriginalProposal, Reason, ResourceControlPolicy, Round,
    SystemOperation, TimeDelta, TimeoutConfig, Timestamp, ValidatedBlock, Vote,
};
use walnut_chain::{
    ChainError, Failure, StagingPolicy, WorkerError,
    test_utils::{TestNetwork, TestNode, block_on, validator_key},
};
use walnut_execution::{BlockError, ExecutionError, OutcomeField};

fn network() -> TestNetwork {
    TestNetwork::new(4, &[1_000, 1_000, 1_000], ResourceControlPolicy::no_fees())
}

fn tokens(amount: u64) -> Amount {
    Amount::from_tokens(u128::from(amount))
}

fn transfer(recipient: ChainId, amount: u64) -> Operation {
    Operation::from(SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::chain(recipient),
        amount: tokens(amount),
    })
}

/// A transfer between accounts of one chain: sends no message.
fn local_transfer(chain: ChainId, owner: AccountOwner) -> Operation {
    Operation::from(SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::new(chain, owner),
        amount: Amount::ONE,
    })
}

fn make_super(owner: AccountOwner) -> Operation {
    Operation::from(SystemOperation::ChangeOwnership {
        super_owners: vec![owner],
        owners: Vec::new(),
        multi_leader_rounds: 3,
        open_multi_leader_rounds: false,
        timeout_config: TimeoutConfig::default(),
    })
}

/// A new block of chain `index` with these operations, proposed in a round.
fn proposal(
    network: &mut TestNetwork,
    index: usize,
    round: Round,
    operations: Vec<Operation>,
) -> BlockProposal {
    let block = network.block(network.chain_id(index), Some(network.owner(index)), Vec::new(), operations);
    BlockProposal::new_initial(round, block, &network.owner_keys[index])
}

const FIRST: Round = Round::MultiLeader(0);

#[test]
fn a_transfer_is_proposed_validated_confirmed_received_and_accepted() {
    let mut network = network();
    let (alice, bob) = (network.chain_id(1), network.chain_id(2));
    let certificate = network.run(1, vec![transfer(bob, 10)]);
    assert_eq!(certificate.round, FIRST);
    for validator in &mut network.validators {
        let info = validator.query(ChainInfoQuery::new(alice), Timestamp::EPOCH).expect("active").info;
        assert_eq!((info.chain_balance, info.next_block_height), (tokens(990), BlockHeight(1)));
        assert_eq!(info.block_hash, Some(certificate.hash()));
        assert_eq!(info.state_hash, Some(certificate.block().header.state_hash));
        let reasons: Vec<&Reason> = validator.notifications.iter().map(|news| &news.reason).collect();
        assert!(matches!(reasons[0], Reason::NewBlock { height: BlockHeight(0), .. }));
        assert!(
            matches!(reasons[1], Reason::NewIncomingBundle { origin, height: BlockHeight(0) } if *origin == alice)
        );
    }
    let pending = network.info(bob).requested_pending_message_bundles;
    assert_eq!(pending.len(), 1);
    assert_eq!((pending[0].origin, pending[0].action), (alice, MessageAction::Accept));
    network.run_receiving(2, Vec::new());
    let info = network.info(bob);
    assert_eq!((info.chain_balance, info.count_received_log), (tokens(1_010), 1));
    assert_eq!(info.requested_pending_message_bundles, Vec::new());
}

#[test]
fn every_validator_reaches_the_same_state_and_signs_what_it_says() {
    let mut network = network();
    let bob = network.chain_id(2);
    network.run(1, vec![transfer(bob, 1)]);
    network.run(1, vec![transfer(bob, 2)]);
    network.run_receiving(2, Vec::new());
    for index in 0..3 {
        let query = ChainInfoQuery::new(network.chain_id(index));
        let mut seen = BTreeSet::new();
        for (validator, key) in network.validators.iter_mut().zip(&network.validator_keys) {
            let response = validator.query(query.clone(), network.now).expect("active");
            response.check(key).expect("the answer is signed");
            seen.insert((response.info.state_hash, response.info.block_hash, response.info.chain_balance));
        }
        assert_eq!(seen.len(), 1);
    }
}

#[test]
fn fast_blocks_need_one_round_trip() {
    let mut network = network();
    let owner = network.owner(1);
    let chain = network.chain_id(1);
    network.run(1, vec![make_super(owner)]);
    assert_eq!(network.info(chain).manager.current_round, Round::Fast);
    let certificate = network.run(1, vec![local_transfer(chain, owner)]);
    assert_eq!(certificate.round, Round::Fast);
    // A block that asks an oracle is refused in the fast round: the first use of a blob is recorded.
    let blob = network.description(0).to_blob();
    let verify = Operation::from(SystemOperation::VerifyBlob { blob_id: blob.id() });
    let proposal = proposal(&mut network, 1, Round::Fast, vec![verify]);
    for answer in network.propose(&proposal) {
        assert_eq!(answer, Err(WorkerError::FastBlockUsingOracles));
    }
    // The failed proposal is remembered as signed, and another one can be made in a later round.
    let info = network.info(chain);
    assert!(info.manager.requested_signed_proposal.is_some());
    let block = proposal.content.block;
    network.execute(&BlockProposal::new_initial(FIRST, block, &network.owner_keys[1]));
}

#[test]
fn a_locked_fast_block_is_proposed_again_in_a_later_round() {
    let mut network = network();
    let (chain, owner) = (network.chain_id(1), network.owner(1));
    network.run(1, vec![make_super(owner)]);
    let fast = proposal(&mut network, 1, Round::Fast, vec![local_transfer(chain, owner)]);
    let now = network.now;
    // Only two validators get it: no quorum.
    for validator in &mut network.validators[..2] {
        validator.propose(fast.clone(), now).expect("a correct proposal");
    }
    let other = proposal(&mut network, 1, FIRST, vec![transfer(chain, 1)]);
    let error = ChainError::HasIncompatibleConfirmedVote(BlockHeight(1), Round::Fast);
    assert_eq!(network.propose(&other)[0], Err(error.into()));
    let original = OriginalProposal::Fast(fast.signature);
    let retry = network.retry(1, fast.content.block.clone(), Round::MultiLeader(1), original);
    let certificate = network.execute(&retry);
    assert!(certificate.block().matches_proposed_block(&fast.content.block));
    assert_eq!(certificate.round, Round::MultiLeader(1));
}

#[test]
fn a_validated_block_is_finished_by_proposing_it_again() {
    let mut network = network();
    let bob = network.chain_id(2);
    let first = proposal(&mut network, 1, FIRST, vec![transfer(bob, 5)]);
    let validated = network.validate(&first);
    let now = network.now;
    // Two validators lock it; the proposer is gone before there is a quorum.
    for validator in &mut network.validators[..2] {
        validator.validated(validated.clone(), now).expect("a correct certificate");
    }
    let locking = network.info(network.chain_id(1)).manager.requested_locking.expect("locked");
    let LockingBlock::Regular(locked) = *locking else { panic!("locked by a certificate") };
    assert_eq!(locked, validated);
    let retry = BlockProposal::new_retry_regular(Round::MultiLeader(1), locked, &network.owner_keys[1]);
    let certificate = network.execute(&retry);
    assert_eq!(certificate.hash(), validated.hash());
    assert_eq!(network.info(bob).requested_pending_message_bundles.len(), 1);
}

#[test]
fn a_round_times_out_by_a_quorum_of_clocks() {
    let mut network = network();
    let chain = network.chain_id(1);
    let timeout_config = TimeoutConfig { base_timeout: TimeDelta::from_secs(2), ..TimeoutConfig::default() };
    let change = SystemOperation::ChangeOwnership {
        super_owners: Vec::new(),
        owners: vec![(network.owner(1), 100)],
        multi_leader_rounds: 0,
        open_multi_leader_rounds: false,
        timeout_config,
    };
    network.run(1, vec![Operation::from(change)]);
    let info = network.info(chain);
    assert_eq!(info.manager.current_round, Round::SingleLeader(0));
    assert_eq!(info.manager.leader, Some(network.owner(1)));
    let deadline = info.manager.round_timeout.expect("single-leader rounds end");
    let query = ChainInfoQuery::new(chain).with_timeout(BlockHeight(1), Round::SingleLeader(0));
    let early = network.validators[0].query(query.clone(), network.now);
    assert_eq!(early, Err(ChainError::NotTimedOutYet(deadline).into()));
    let wrong_height = ChainInfoQuery::new(chain).with_timeout(BlockHeight(0), Round::SingleLeader(0));
    assert_eq!(
        network.validators[0].query(wrong_height, network.now),
        Err(WorkerError::UnexpectedBlockHeight {
            expected_block_height: BlockHeight(1),
            found_block_height: BlockHeight(0)
        })
    );
    network.now = deadline;
    let certificate = network.time_out(chain);
    let now = network.now;
    for validator in &mut network.validators {
        let info = validator.timeout(certificate.clone(), now).expect("a correct certificate").info;
        assert_eq!(info.manager.current_round, Round::SingleLeader(1));
        assert_eq!(info.manager.round_timeout, Some(now.saturating_add(TimeDelta::from_secs(3))));
        // Again: nothing changes.
        assert_eq!(*validator.timeout(certificate.clone(), now).expect("idempotent").info, *info);
    }
    let late = proposal(&mut network, 1, Round::SingleLeader(0), vec![transfer(chain, 1)]);
    assert_eq!(network.propose(&late)[0], Err(ChainError::InsufficientRound(Round::SingleLeader(0)).into()));
    let early = proposal(&mut network, 1, Round::SingleLeader(2), vec![transfer(chain, 1)]);
    assert_eq!(network.propose(&early)[0], Err(ChainError::WrongRound(Round::SingleLeader(1)).into()));
    let next = proposal(&mut network, 1, Round::SingleLeader(1), vec![transfer(chain, 1)]);
    network.execute(&next);
    // Below the tip a timeout certificate is old news.
    network.validators[0].timeout(certificate, now).expect("old certificates are ignored");
}

#[test]
fn missing_blobs_are_announced_uploaded_and_then_used() {
    let mut network = network();
    let chain = network.chain_id(1);
    let blob = Blob::new_data(b"something to read".to_vec());
    let publish = Operation::from(SystemOperation::PublishDataBlob { blob_hash: blob.id().hash });
    let proposal = proposal(&mut network, 1, FIRST, vec![publish]);
    let stranger = Blob::new_data(b"nobody asked".to_vec());
    for answer in network.propose(&proposal) {
        assert_eq!(answer, Err(WorkerError::BlobsNotFound(vec![blob.id()])));
    }
    let now = network.now;
    for validator in &mut network.validators {
        assert_eq!(validator.pending_blob(chain, stranger.clone()), Err(WorkerError::UnexpectedBlob));
        validator.pending_blob(chain, blob.clone()).expect("announced");
        assert!(!validator.upload_blob(&stranger));
    }
    let validated = network.validate(&proposal);
    assert_eq!(network.validators[0].download_pending_blob(chain, blob.id()), Ok(blob.clone()));
    // A validator that restarts still has the blob beside its vote.
    network.validators[0].restart();
    assert_eq!(network.validators[0].download_pending_blob(chain, blob.id()), Ok(blob.clone()));
    let confirmed = network.finalize(&validated);
    // A client that sees only the confirmed certificate asks, and is then allowed to store the blob.
    let mut client = network.client([chain]);
    assert!(!client.upload_blob(&blob));
    let missing = client.certificate(confirmed.clone(), now);
    assert_eq!(missing, Err(WorkerError::BlobsNotFound(vec![blob.id()])));
    assert!(client.upload_blob(&blob));
    client.certificate(confirmed.clone(), now).expect("nothing is missing any more");
    network.confirm(&confirmed);
    assert_eq!(network.validators[0].pending_blob(chain, blob), Err(WorkerError::UnexpectedBlob));
}

#[test]
fn a_validated_certificate_asks_for_its_blobs_too() {
    let mut network = network();
    let chain = network.chain_id(1);
    let blob = Blob::new_data(b"x".to_vec());
    let publish = Operation::from(SystemOperation::PublishDataBlob { blob_hash: blob.id().hash });
    let proposal = proposal(&mut network, 1, FIRST, vec![publish]);
    let now = network.now;
    for validator in &mut network.validators[..3] {
        assert_eq!(
            validator.propose(proposal.clone(), now),
            Err(WorkerError::BlobsNotFound(vec![blob.id()]))
        );
        validator.pending_blob(chain, blob.clone()).expect("announced");
    }
    // The fourth one has not got it when the proposal comes, so three vote.
    let validated = network.validate(&proposal);
    let last = &mut network.validators[3];
    assert_eq!(last.validated(validated.clone(), now), Err(WorkerError::BlobsNotFound(vec![blob.id()])));
    last.pending_blob(chain, blob).expect("announced");
    let info = last.validated(validated, now).expect("nothing is missing any more").info;
    assert_eq!(info.manager.pending.map(|vote| vote.value.kind), Some(CertificateKind::Confirmed));
}

#[test]
fn a_future_block_is_refused_and_the_refusal_says_by_how_much() {
    let mut network = network();
    let chain = network.chain_id(1);
    let mut block = network.block(chain, None, Vec::new(), vec![transfer(chain, 1)]);
    block.authenticated_signer = Some(network.owner(1));
    block.timestamp = network.now.saturating_add(TimeDelta::from_millis(501));
    let proposal = BlockProposal::new_initial(FIRST, block.clone(), &network.owner_keys[1]);
    let now = network.now;
    let error = network.validators[0].propose(proposal.clone(), now).expect_err("too far in the future");
    assert!(matches!(error, WorkerError::InvalidTimestamp { .. }));
    let on_the_wire = NodeError::from(&error);
    assert_eq!(on_the_wire.timestamps(), Some((block.timestamp.micros(), now.micros())));
    let grace = TimeDelta::from_millis(500);
    assert_eq!(walnut_chain::proposal_delay(&proposal, now, grace), TimeDelta::ZERO);
    let later = now.saturating_add(TimeDelta::from_millis(1));
    assert_eq!(walnut_chain::proposal_delay(&proposal, later, grace), grace);
    network.validators[0].propose(proposal.clone(), later).expect("within the grace period");
    // A client does not look at the clock.
    network.client([chain]).propose(proposal, now).expect("no key, no clock");
}

#[test]
fn lite_certificates_stand_for_blocks_in_memory() {
    let mut network = network();
    let bob = network.chain_id(2);
    let proposal = proposal(&mut network, 1, FIRST, vec![transfer(bob, 1)]);
    let validated = network.validate(&proposal);
    let now = network.now;
    for validator in &mut network.validators {
        validator.lite(validated.lite_certificate(), now).expect("voted for it");
    }
    let confirmed = network.finalize(&validated);
    let lite = confirmed.lite_certificate();
    let mut unsorted = lite.clone();
    unsorted.signatures.reverse();
    network.validators[0].lite(unsorted, now).expect("any order of signatures");
    // A validator that restarted has lost the block.
    network.validators[1].restart();
    assert_eq!(network.validators[1].lite(lite.clone(), now), Err(WorkerError::MissingCertificateValue));
    network.validators[1].certificate(confirmed, now).expect("with the block");
    // Wrong kind or chain.
    let other_chain =
        LiteCertificate { value: walnut_base::LiteValue { chain_id: bob, ..lite.value }, ..lite.clone() };
    assert_eq!(network.validators[2].lite(other_chain, now), Err(WorkerError::InvalidLiteCertificate));
    let timeout = LiteCertificate {
        value: walnut_base::LiteValue { kind: CertificateKind::Timeout, ..lite.value },
        ..lite
    };
    assert_eq!(network.validators[2].lite(timeout, now), Err(WorkerError::InvalidLiteCertificate));
}

#[test]
fn a_wrong_outcome_that_a_quorum_signed_is_noticed() {
    let mut network = network();
    let bob = network.chain_id(2);
    let proposal = proposal(&mut network, 1, FIRST, vec![transfer(bob, 1)]);
    let validated = network.validate(&proposal);
    let mut block = validated.block().clone();
    block.header.state_hash = walnut_base::CryptoHash::from([7; 32]);
    let confirmed = ConfirmedBlock::new(block);
    let signatures = (1..=3)
        .map(|number| {
            let key = validator_key(number);
            (key.public(), Vote::new(confirmed.clone(), FIRST, &key).signature)
        })
        .collect();
    let certificate = ConfirmedBlockCertificate::new(confirmed, FIRST, signatures);
    let now = network.now;
    let error = network.validators[0].certificate(certificate, now).expect_err("the outcome is wrong");
    let Some(ChainError::OutcomeMismatch(mismatch)) = error.as_chain_error() else { panic!("{error}") };
    let fields: Vec<_> = mismatch.fields.iter().map(|mismatch| mismatch.field).collect();
    assert_eq!(fields, [OutcomeField::StateHash]);
    assert!(error.to_string().contains("Corrupted chain state"));
    // The chain is as before: the right certificate is accepted.
    let right = network.finalize(&validated);
    network.confirm(&right);
}

#[test]
fn only_what_was_noted_as_checked_is_not_checked_again() {
    let mut network = network();
    let bob = network.chain_id(2);
    let proposal = proposal(&mut network, 1, FIRST, vec![transfer(bob, 1)]);
    let validated = network.validate(&proposal);
    let forged = |round| {
        let confirmed = ConfirmedBlock::new(validated.block().clone());
        let signature = Vote::new(confirmed.clone(), round, &validator_key(1)).signature;
        let signatures = (1..=3).map(|number| (validator_key(number).public(), signature)).collect();
        ConfirmedBlockCertificate::new(confirmed, round, signatures)
    };
    let keys = (1..=4).map(validator_key).collect::<Vec<_>>();
    let committee = TestNetwork::committee_of(&keys, ResourceControlPolicy::no_fees());
    let now = network.now;
    let validator = &mut network.validators[0];
    validator.node.note_checked(&forged(Round::MultiLeader(1)), &committee);
    let refused = validator.certificate(forged(FIRST), now);
    assert!(
        matches!(refused, Err(WorkerError::CertificateError(CertificateError::Crypto(_)))),
        "{refused:?}"
    );
    validator.node.note_checked(&forged(FIRST), &committee);
    let info = validator.certificate(forged(FIRST), now).expect("the caller says that it is checked").info;
    assert_eq!(info.next_block_height, BlockHeight(1));
}

#[test]
fn votes_survive_a_restart() {
    let mut network = network();
    let bob = network.chain_id(2);
    let first = proposal(&mut network, 1, FIRST, vec![transfer(bob, 1)]);
    let second = proposal(&mut network, 1, FIRST, vec![transfer(bob, 2)]);
    let now = network.now;
    let validator = &mut network.validators[0];
    let vote = validator.propose(first.clone(), now).expect("a correct proposal").info.manager.pending;
    validator.restart();
    let refused = validator.propose(second.clone(), now);
    assert_eq!(refused, Err(ChainError::InsufficientRoundStrict(FIRST).into()));
    assert_eq!(validator.propose(first, now).expect("the same proposal").info.manager.pending, vote);
    // The same without saving: a host that forgets the chain before the commit may vote for the other one, because
    // nobody saw the first vote.
    let other = &mut network.validators[1];
    let handled = block_on(other.node.handle_block_proposal(&other.store, second.clone(), now));
    assert!(handled.is_ok());
    other.node.forget(second.content.block.chain_id);
    let third = network.propose(&second);
    assert!(third[1].is_ok());
}

#[test]
fn staging_tells_the_block_that_validators_will_vote_for() {
    let mut network = network();
    let (alice, bob) = (network.chain_id(1), network.chain_id(2));
    let mut client = network.client([alice, bob]);
    let block = network.block(alice, Some(network.owner(1)), Vec::new(), vec![transfer(bob, 3)]);
    let now = network.now;
    let staged = client.stage(block.clone(), Vec::new(), StagingPolicy::Abort, now).expect("it executes");
    let validated =
        network.validate(&BlockProposal::new_initial(FIRST, block.clone(), &network.owner_keys[1]));
    assert_eq!(staged.block.hash(), validated.hash());
    assert_eq!(*validated.value(), ValidatedBlock::from_hashed(staged.block));
    // Staging keeps nothing: the chain has no block and the balance is whole.
    let info = client.query(ChainInfoQuery::new(alice), now).expect("active").info;
    assert_eq!((info.next_block_height, info.chain_balance), (BlockHeight(0), tokens(1_000)));
    // A failing operation fails the block.
    let mut too_much = block;
    too_much.transactions = vec![walnut_base::Transaction::ExecuteOperation(transfer(bob, 9_999))];
    let error = client.stage(too_much, Vec::new(), StagingPolicy::Abort, now).expect_err("not enough tokens");
    let Some(ChainError::Block(BlockError::ExecutionError(error, _))) = error.as_chain_error() else {
        panic!("{error}")
    };
    assert!(matches!(
        **error,
        ExecutionError::InsufficientBalance { .. } | ExecutionError::FeesExceedFunding { .. }
    ));
}

#[test]
fn a_failure_can_carry_effects() {
    let mut network = network();
    let (chain, owner) = (network.chain_id(1), network.owner(1));
    network.run(1, vec![make_super(owner)]);
    // A signed proposal that fails to execute opens its round, and that is saved and announced.
    let proposal = proposal(&mut network, 1, FIRST, vec![transfer(chain, 99_999)]);
    let now = network.now;
    let validator = &mut network.validators[0];
    let failure = block_on(validator.node.handle_block_proposal(&validator.store, proposal, now))
        .expect_err("not enough tokens");
    let Failure { effects, .. } = *failure;
    assert!(!effects.batch.operations.is_empty());
    assert!(matches!(effects.notifications[0].reason, Reason::NewRound { round: FIRST, .. }));
    validator.commit(&effects.batch);
    validator.restart();
    let info = validator.query(ChainInfoQuery::new(chain).with_manager_values(), now).expect("active").info;
    assert_eq!(info.manager.current_round, FIRST);
    assert!(info.manager.requested_signed_proposal.is_some());
    assert_eq!(info.manager.pending, None);
}

#[test]
fn restarts_between_any_two_requests_change_nothing() {
    let run = |restart: bool| {
        let mut network = network();
        let (alice, bob) = (network.chain_id(1), network.chain_id(2));
        let restart_all = |network: &mut TestNetwork| {
            if restart {
                network.validators.iter_mut().for_each(TestNode::restart);
            }
        };
        for amount in 1..4 {
            let proposal = proposal(&mut network, 1, FIRST, vec![transfer(bob, amount), transfer(alice, 1)]);
            restart_all(&mut network);
            let validated = network.validate(&proposal);
            restart_all(&mut network);
            let confirmed = network.finalize(&validated);
            restart_all(&mut network);
            network.confirm(&confirmed);
            restart_all(&mut network);
            network.run_receiving(2, vec![transfer(alice, 1)]);
        }
        network.run_receiving(1, Vec::new());
        restart_all(&mut network);
        [network.info(alice), network.info(bob)]
    };
    assert_eq!(run(true), run(false));
}
