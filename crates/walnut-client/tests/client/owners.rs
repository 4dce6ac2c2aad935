//! Several owners of one chain: races, turns, and owners that come and go.

use std::cell::RefCell;

use futures::executor::block_on;
use walnut_base::{
    Amount, Blob, BlockHeight, BlockProposal, CertificateKind, ChainOwnership, ConfirmedBlockCertificate,
    NodeError, Operation, Round, SystemOperation, TimeDelta, TimeoutConfig, Timestamp,
};
use walnut_client::{Client, ClientError, Host as _, Outcome, Progress, QuorumError, ValidatorNode as _};

use crate::{
    network::{Fault, Wallet, owner_key, transfer},
    shared::{ANA, BEN, Shared, beside, change_to, committed, overtaken, owner, quiet, shared, waiting},
};

const STRANGER: u8 = 3;

#[test]
fn two_owners_propose_in_one_round_and_both_blocks_are_made_one_after_the_other() {
    let race = Shared::new(shared(5), BEN);
    // Each has half of the votes of the first round.
    let mine =
        block_on(race.ana.stage(race.chain, vec![transfer(race.elsewhere, 7)], vec![])).expect("stages");
    let theirs =
        block_on(race.other.stage(race.chain, vec![transfer(race.elsewhere, 7)], vec![])).expect("stages");
    let first = BlockProposal::new_initial(Round::MultiLeader(0), mine.proposed(), &owner_key(ANA));
    let second = BlockProposal::new_initial(Round::MultiLeader(0), theirs.proposed(), &owner_key(BEN));
    for (number, validator) in race.network.validators.iter().enumerate() {
        let remote = race.ana.host().remote(&validator.public_key, "").expect("it is known");
        let proposal = if number < 2 { &first } else { &second };
        block_on(remote.handle_block_proposal(proposal.clone())).expect("it votes");
    }
    let won = committed(block_on(race.ana.propose(mine, &quiet)));
    assert_eq!((won.height(), won.round), (BlockHeight(1), Round::MultiLeader(1)));
    // The same transfer, but another owner's block: it is not mistaken for one's own.
    let lost = overtaken(block_on(race.other.propose(theirs, &quiet)));
    assert_eq!(lost.hash(), won.hash());
    assert_eq!(lost.block().header.authenticated_signer, Some(owner(ANA)));
    assert_eq!(block_on(race.other.pending_proposal(race.chain)), Ok(None));
    let again = committed(race.send(&race.other, 7));
    assert_eq!(again.height(), BlockHeight(2));
    assert_eq!(again.block().header.authenticated_signer, Some(owner(BEN)));
    assert_eq!(race.balance(&race.other), Amount::from_tokens(1_000 - 14));
}

#[test]
fn a_locked_block_of_another_owner_is_finished_and_not_told_as_ones_own() {
    let race = Shared::new(shared(5), BEN);
    let theirs =
        block_on(race.other.stage(race.chain, vec![transfer(race.elsewhere, 3)], vec![])).expect("stages");
    let lock = race.validated(&theirs, Round::MultiLeader(0), BEN);
    for validator in &race.network.validators {
        let remote = race.other.host().remote(&validator.public_key, "").expect("it is known");
        block_on(remote.handle_validated_certificate(lock.clone())).expect("it locks");
    }
    // Ben is gone now. Ana's block is refused, she learns of the lock, and finishes what he began.
    let steps = RefCell::new(Vec::new());
    let note = |step| steps.borrow_mut().push(step);
    let operations = vec![transfer(race.elsewhere, 5)];
    let outcome = block_on(race.ana.execute(race.chain, operations, vec![], &note));
    assert_eq!(overtaken(outcome).hash(), lock.hash());
    let told = steps.into_inner();
    let is_claimed = |step: &Progress| matches!(step, Progress::Certified { .. } | Progress::Spread);
    assert!(!told.iter().any(is_claimed), "the loser is told it has won: {told:?}");
    assert_eq!(committed(race.send(&race.ana, 5)).height(), BlockHeight(2));
}

#[test]
fn an_owner_who_proposes_a_blob_and_never_uploads_it_stands_in_nobodys_way() {
    let race = Shared::new(shared(5), BEN);
    let blob = Blob::new_data(b"nobody has me".to_vec());
    let publish = SystemOperation::PublishDataBlob { blob_hash: blob.id().hash };
    let operations = vec![Operation::System(Box::new(publish))];
    let theirs = block_on(race.other.stage(race.chain, operations, vec![blob.clone()])).expect("stages");
    let proposal = BlockProposal::new_initial(Round::MultiLeader(0), theirs.proposed(), &owner_key(BEN));
    for validator in &race.network.validators {
        let remote = race.other.host().remote(&validator.public_key, "").expect("it is known");
        let answer = block_on(remote.handle_block_proposal(proposal.clone()));
        assert!(matches!(&answer, Err(NodeError::BlobsNotFound(ids)) if *ids == [blob.id()]), "{answer:?}");
    }
    let info = block_on(race.ana.sync_chain(race.chain)).expect("what cannot be had is left out");
    assert_eq!(info.manager.requested_signed_proposal, Some(Box::new(proposal)));
    // It is noted, so the next round is hers.
    let made = committed(race.send(&race.ana, 5));
    assert_eq!((made.height(), made.round), (BlockHeight(1), Round::MultiLeader(1)));
    assert_eq!(made.block().header.authenticated_signer, Some(owner(ANA)));
}

#[test]
fn in_open_rounds_anybody_may_propose() {
    let ownership = ChainOwnership { open_multi_leader_rounds: true, ..ChainOwnership::single(owner(ANA)) };
    let open = Shared::new(ownership, STRANGER);
    // Proposing is all a stranger may do: what is on the chain stays its owners'.
    let refused = open.send(&open.other, 4);
    assert!(matches!(refused, Err(ClientError::Local(_))), "{refused:?}");
    let publish = |bytes: &[u8]| {
        let blob = Blob::new_data(bytes.to_vec());
        let blob_hash = blob.id().hash;
        let operation = Operation::System(Box::new(SystemOperation::PublishDataBlob { blob_hash }));
        block_on(open.other.execute(open.chain, vec![operation], vec![blob], &quiet))
    };
    let made = committed(publish(b"one"));
    assert_eq!(made.block().header.authenticated_signer, Some(owner(STRANGER)));
    assert_eq!(made.round, Round::MultiLeader(0));
    // Ana closes them. Her node hears of the stranger's block first, then the stranger's of hers.
    let closing = || vec![change_to(ChainOwnership::single(owner(ANA)))];
    overtaken(block_on(open.ana.execute(open.chain, closing(), vec![], &quiet)));
    let closed = committed(block_on(open.ana.execute(open.chain, closing(), vec![], &quiet)));
    assert_eq!(overtaken(publish(b"two")).hash(), closed.hash());
    let refused = publish(b"two");
    let expected = ClientError::NotAnOwner { chain_id: open.chain, owner: owner(STRANGER) };
    assert_eq!(refused, Err(expected));
}

#[test]
fn an_owner_who_was_removed_meanwhile_is_told_so() {
    let race = Shared::new(shared(5), BEN);
    race.all_are(Fault::Offline);
    let outcome = race.send(&race.other, 9);
    assert!(matches!(outcome, Err(ClientError::Quorum(_))), "{outcome:?}");
    let kept = block_on(race.other.pending_proposal(race.chain)).expect("reads").expect("it was kept");
    assert_eq!(kept.round(), Some(Round::MultiLeader(0)));
    race.all_are(Fault::None);
    let operations = vec![change_to(ChainOwnership::single(owner(ANA)))];
    let removal = committed(block_on(race.ana.execute(race.chain, operations, vec![], &quiet)));

    let signed = race.other.host().signed.borrow().len();
    let outcome = block_on(race.other.retry_pending(race.chain, &quiet));
    let came_first = overtaken(outcome.map(|outcome| outcome.expect("one was pending")));
    assert_eq!(came_first.hash(), removal.hash());
    let refused = race.send(&race.other, 9);
    assert_eq!(refused, Err(ClientError::NotAnOwner { chain_id: race.chain, owner: owner(BEN) }));
    assert_eq!(race.other.host().signed.borrow().len(), signed, "nothing was signed without a right to");
    assert_eq!(race.balance(&race.other), Amount::from_tokens(1_000));
}

#[test]
pub(crate) fn beside_a_super_owner_others_wait_for_the_end_of_the_fast_round() {
    let timeouts =
        TimeoutConfig { fast_round_duration: Some(TimeDelta::from_secs(3)), ..TimeoutConfig::default() };
    let ownership = ChainOwnership {
        super_owners: [owner(ANA)].into(),
        owners: [(owner(BEN), 100)].into(),
        multi_leader_rounds: 2,
        timeout_config: timeouts,
        ..ChainOwnership::default()
    };
    let race = Shared::new(ownership, BEN);
    let (until, round, leader) = waiting(race.send(&race.other, 2));
    assert_eq!((round, leader), (Round::Fast, None));
    assert!(
        block_on(race.other.pending_proposal(race.chain)).expect("reads").expect("kept").proposal.is_none()
    );
    // The super owner needs no turn, and is first.
    let fast = committed(race.send(&race.ana, 1));
    assert_eq!((fast.height(), fast.round), (BlockHeight(1), Round::Fast));
    let retried = block_on(race.other.retry_pending(race.chain, &quiet));
    assert_eq!(overtaken(retried.map(|outcome| outcome.expect("kept"))).hash(), fast.hash());
    // She is away now: the round ends without her.
    race.pass(until);
    let made = committed(race.send(&race.other, 2));
    assert_eq!((made.height(), made.round), (BlockHeight(2), Round::MultiLeader(0)));
}

#[test]
fn when_the_leader_is_away_the_other_owner_waits_then_asks_for_the_time_out_then_proposes() {
    let race = Shared::new(shared(0), BEN);
    // Who leads is drawn; one of the two has to wait at once.
    let leader = race.leader();
    let waits = if leader == owner(ANA) { &race.other } else { &race.ana };
    let (mut until, round, named) = waiting(race.send(waits, 6));
    assert_eq!((round, named), (Round::SingleLeader(0), Some(leader)));
    let staged =
        block_on(waits.stage(race.chain, vec![transfer(race.elsewhere, 8)], vec![])).expect("stages");
    let height = BlockHeight(1);
    let second = block_on(waits.propose(staged, &quiet));
    assert_eq!(second, Err(ClientError::PendingBlock { chain_id: race.chain, height }), "one at a time");
    assert!(waits.host().signed.borrow().iter().all(|content| content.block.height != height));

    let steps = RefCell::new(Vec::new());
    let note = |step| steps.borrow_mut().push(step);
    // The draw may fall on the one who is away again.
    let certificate = loop {
        race.pass(until);
        let retried = block_on(waits.retry_pending(race.chain, &note)).map(|outcome| outcome.expect("kept"));
        match retried {
            Ok(Outcome::WaitForTimeout { timestamp, .. }) => until = timestamp,
            outcome => break committed(outcome),
        }
    };
    assert!(certificate.round > Round::SingleLeader(0) && certificate.round.is_single_leader());
    assert_eq!(certificate.height(), height);
    let steps = steps.into_inner();
    let is_last_answer = |step: &Progress| {
        matches!(step, Progress::Vote { kind: CertificateKind::Timeout, votes: 300, quorum: 267, total: 400 })
    };
    assert!(steps.iter().any(is_last_answer), "{steps:?}");
    assert_eq!(race.balance(waits), Amount::from_tokens(1_000 - 6));
}

#[test]
fn a_validator_that_lagged_behind_ends_a_round_only_when_its_own_time_is_over() {
    let race = Shared::new(shared(5), BEN);
    let validators = &race.network.validators;
    validators[3].fault.set(Fault::Offline);
    committed(block_on(race.ana.execute(race.chain, vec![change_to(shared(0))], vec![], &quiet)));
    block_on(race.other.sync_chain(race.chain)).expect("syncs");
    let waits = if race.leader() == owner(ANA) { &race.other } else { &race.ana };
    let early = block_on(waits.request_timeout(race.chain));
    let Err(ClientError::Quorum(QuorumError::Trusted(NodeError::ChainError { error }))) = early else {
        panic!("{early:?}")
    };
    assert!(error.starts_with("Not signing timeout certificate; current round times out at time"), "{error}");
    // Now its vote is needed. It hears of the round when it is asked to end it: for it, the round has just begun.
    validators[3].fault.set(Fault::None);
    validators[0].fault.set(Fault::Offline);
    let (until, round, _) = waiting(race.send(waits, 6));
    race.pass(until);
    let retry = || block_on(waits.retry_pending(race.chain, &quiet)).map(|outcome| outcome.expect("kept"));
    let (again, same, _) = waiting(retry());
    assert_eq!((again, same), (until, round));
    let made = loop {
        race.pass(Timestamp::from(race.network.clock.get() + 3_000_000));
        match retry() {
            Ok(Outcome::WaitForTimeout { .. }) => {}
            outcome => break committed(outcome),
        }
    };
    assert!(made.round > round && made.is_signed_by(&validators[3].public_key), "{}", made.round);
}

#[test]
fn what_was_left_of_a_decided_height_is_not_in_the_way_of_the_next_block() {
    let race = Shared::new(shared(5), BEN);
    race.all_are(Fault::Offline);
    let outcome = race.send(&race.other, 9);
    assert!(matches!(outcome, Err(ClientError::Quorum(_))), "{outcome:?}");
    race.all_are(Fault::None);
    committed(race.send(&race.ana, 1));
    // Ben's node hears of the block before anybody looks at what was left.
    block_on(race.other.sync_chain(race.chain)).expect("syncs");
    let staged =
        block_on(race.other.stage(race.chain, vec![transfer(race.elsewhere, 9)], vec![])).expect("stages");
    assert_eq!(committed(block_on(race.other.propose(staged, &quiet))).height(), BlockHeight(2));
}

/// Retries until the block is there, with as much patience as a few rounds need.
fn after_some_rounds(race: &Shared, client: &Client<Wallet>) -> ConfirmedBlockCertificate {
    for _ in 0..5 {
        race.pass(Timestamp::from(race.network.clock.get() + 3_000_000));
        if let Ok(Some(Outcome::Committed(made))) = block_on(client.retry_pending(race.chain, &quiet)) {
            return *made;
        }
    }
    panic!("the rounds do not end");
}

#[test]
fn a_super_owner_finishes_a_fast_block_that_another_owner_took_on_for_half_of_the_validators() {
    let race = beside(1);
    let mine = race.staged(&race.ana, 7);
    let fast = BlockProposal::new_initial(Round::Fast, mine.proposed(), &owner_key(ANA));
    race.half_votes_for(&fast);
    for (round, key) in [(Round::MultiLeader(0), ANA), (Round::SingleLeader(0), BEN)] {
        let again = BlockProposal::new_retry_fast(round, mine.proposed(), fast.signature, &owner_key(key));
        race.half_votes_for(&again);
    }
    // The rest is in the fast round and takes nothing later from Ben; nothing of Ana's is left that could be passed on.
    let (_, round, leader) = waiting(block_on(race.ana.propose(mine, &quiet)));
    assert_eq!((round, leader), (Round::SingleLeader(0), Some(owner(BEN))));
    let made = after_some_rounds(&race, &race.ana);
    assert_eq!((made.height(), made.round), (BlockHeight(1), Round::SingleLeader(0)));
}

#[test]
fn a_super_owner_ends_a_round_that_another_owner_opened_for_half_of_the_validators() {
    let race = beside(1);
    let (mine, theirs) = (race.staged(&race.ana, 7), race.staged(&race.other, 9));
    race.half_votes_for(&BlockProposal::new_initial(Round::MultiLeader(0), mine.proposed(), &owner_key(ANA)));
    race.half_votes_for(&BlockProposal::new_initial(
        Round::SingleLeader(0),
        theirs.proposed(),
        &owner_key(BEN),
    ));
    let (_, round, leader) = waiting(block_on(race.ana.propose(mine, &quiet)));
    assert_eq!((round, leader), (Round::SingleLeader(0), Some(owner(BEN))));
    // Her block takes the other votes of the round. Then all are in it, and it ends.
    let made = after_some_rounds(&race, &race.ana);
    assert_eq!((made.height(), made.round), (BlockHeight(1), Round::SingleLeader(1)));
}

#[test]
fn what_a_super_owner_began_is_passed_on_before_another_proposal_takes_its_place() {
    let race = beside(2);
    let theirs = race.staged(&race.ana, 7);
    race.half_votes_for(&BlockProposal::new_initial(
        Round::MultiLeader(0),
        theirs.proposed(),
        &owner_key(ANA),
    ));
    block_on(race.other.sync_chain(race.chain)).expect("syncs");
    // Ana is gone. Without a quorum Ben's proposal would replace hers where it is, and lift nobody else.
    race.rest_is(Fault::Offline);
    let refused = race.send(&race.other, 9);
    assert!(matches!(refused, Err(ClientError::Quorum(_))), "{refused:?}");
    let is_signed = |round| race.other.host().signed.borrow().iter().any(|content| content.round == round);
    assert!(!is_signed(Round::MultiLeader(1)), "his proposal has to wait");
    race.rest_is(Fault::None);
    let made = committed(race.send(&race.other, 9));
    assert_eq!((made.height(), made.round), (BlockHeight(1), Round::MultiLeader(1)));
}
