//! The fast round, and the locks that blocks without a quorum leave behind.

use futures::executor::block_on;
use walnut_base::{
    BlockHeight, BlockProposal, ChainOwnership, Operation, ProposalContent, Round, SystemOperation,
};
use walnut_client::{Client, ClientError, Host as _, LocalNode, Options, Outcome, ValidatorNode as _};

use crate::{
    network::{Fault, Wallet, owner_key},
    shared::{ANA, BEN, Shared, beside, committed, overtaken, owner, quiet, shared, waiting},
};

/// Ana alone, as a super owner.
fn alone() -> Shared {
    Shared::new(ChainOwnership::single_super(owner(ANA)), BEN)
}

fn signed(client: &Client<Wallet>) -> Vec<ProposalContent> {
    client.host().signed.borrow().clone()
}

#[test]
fn a_fast_block_is_finished_after_a_restart_and_never_given_up_for_another() {
    let race = alone();
    let wallet = race.network.wallet(ANA);
    let phone = race.network.open(wallet.clone(), ANA);
    block_on(phone.sync_all(race.chain)).expect("syncs");
    race.all_are(Fault::Deaf);
    let outcome = race.send(&phone, 7);
    assert!(matches!(outcome, Err(ClientError::Quorum(_))), "{outcome:?}");
    let fast = signed(&phone).first().cloned().expect("it was signed");
    assert_eq!(fast.round, Round::Fast);
    drop(phone);

    // The device restarts. Another block has to wait for that one, which cannot be dropped.
    let phone = race.network.open(wallet, ANA);
    assert_eq!(block_on(phone.clear_pending(race.chain)), Err(ClientError::FastProposalPending));
    let outcome = race.send(&phone, 9);
    assert!(matches!(outcome, Err(ClientError::Quorum(_))), "{outcome:?}");
    race.all_are(Fault::None);
    let outcome = block_on(phone.retry_pending(race.chain, &quiet)).map(|outcome| outcome.expect("kept"));
    let made = committed(outcome);
    assert_eq!(made.height(), BlockHeight(1));
    assert!(made.block().matches_proposed_block(&fast.block));
    // It may have been sent again in a later round, but nothing else was ever signed at this height.
    assert!(signed(&phone).iter().all(|content| content.block == fast.block));
    assert_eq!(committed(race.send(&phone, 9)).height(), BlockHeight(2));
}

#[test]
fn a_block_that_asks_an_oracle_leaves_the_fast_round_and_so_do_all_when_it_is_not_wanted() {
    let race = alone();
    let blob_id = race.network.chain(2).to_blob().id();
    let verify = Operation::System(Box::new(SystemOperation::VerifyBlob { blob_id }));
    let made = committed(block_on(race.ana.execute(race.chain, vec![verify], vec![], &quiet)));
    assert_eq!(made.round, Round::MultiLeader(0));
    assert_eq!(committed(race.send(&race.ana, 1)).round, Round::Fast);
    let slow = block_on(async {
        let host = std::rc::Rc::new(race.network.wallet(ANA));
        LocalNode::initialize(&*host, &race.network.genesis).await.expect("the genesis is valid");
        let options = Options { allow_fast_blocks: false, ..Options::default() };
        let client = Client::open(host, options).await.expect("opens");
        client.own(race.chain, owner(ANA)).await;
        client.sync_all(race.chain).await.expect("syncs");
        client
    });
    assert_eq!(committed(race.send(&slow, 1)).round, Round::MultiLeader(0));
}

#[test]
fn a_regular_owner_finishes_the_fast_block_of_a_super_owner_who_is_gone() {
    let race = beside(2);
    let theirs = race.staged(&race.ana, 7);
    let fast = BlockProposal::new_initial(Round::Fast, theirs.proposed(), &owner_key(ANA));
    race.half_votes_for(&fast);
    // Ben waits for the end of the fast round. Then it is not his block that he proposes, but the one that may be final.
    let (until, round, leader) = waiting(race.send(&race.other, 9));
    assert_eq!((round, leader), (Round::Fast, None));
    race.pass(until);
    let outcome =
        block_on(race.other.retry_pending(race.chain, &quiet)).map(|outcome| outcome.expect("kept"));
    let made = overtaken(outcome);
    assert!(made.block().matches_proposed_block(&fast.content.block));
    assert_eq!((made.height(), made.round), (BlockHeight(1), Round::MultiLeader(0)));
    let content = ProposalContent { round: Round::MultiLeader(0), ..fast.content };
    assert_eq!(signed(&race.other), [content], "the block as it was, and no outcome");
}

#[test]
fn a_lock_of_an_ended_round_is_proposed_again_with_its_certificate() {
    let race = Shared::new(shared(1), BEN);
    let theirs = race.staged(&race.other, 3);
    let round = Round::MultiLeader(0);
    let lock = race.validated(&theirs, round, BEN);
    // Two validators lock Ben's block and vote to confirm it; the round ends before anybody else hears of it.
    for validator in &race.network.validators[..2] {
        let remote = race.ana.host().remote(&validator.public_key, "").expect("it is known");
        block_on(remote.handle_validated_certificate(lock.clone())).expect("it locks");
    }
    let deadline = block_on(race.ana.sync_chain(race.chain)).expect("syncs").manager.round_timeout;
    race.pass(deadline.expect("the only multi-leader round ends"));
    let mut outcome = race.send(&race.ana, 5);
    // The draw may fall on Ben, who is away.
    while let Ok(Outcome::WaitForTimeout { timestamp, .. }) = outcome {
        race.pass(timestamp);
        outcome = block_on(race.ana.retry_pending(race.chain, &quiet)).map(|outcome| outcome.expect("kept"));
    }
    let made = overtaken(outcome);
    assert_eq!((made.hash(), made.height()), (lock.hash(), BlockHeight(1)));
    assert!(made.round.is_single_leader(), "{}", made.round);
    let again = signed(&race.ana).pop().expect("it was proposed again");
    assert_eq!(
        (again.round, again.outcome),
        (made.round, Some(theirs.block.inner().clone().into_proposal().1))
    );
    assert_eq!(made.block().header.authenticated_signer, Some(owner(BEN)));
}
