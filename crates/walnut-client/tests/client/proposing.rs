//! Making blocks against validators in one process.

use std::cell::RefCell;

use crate::network::{Fault, Network, owner_key, transfer};
use futures::executor::block_on;
use walnut_base::{
    AccountOwner, AdminOperation, Amount, Blob, BlockHeight, BlockProposal, ChainOwnership, Epoch, Operation,
    Round, SystemOperation,
};
use walnut_client::{ClientError, Host as _, Outcome, Progress, QuorumError, ValidatorNode as _};

fn quiet(_: Progress) {}

fn committed(outcome: Outcome) -> walnut_base::ConfirmedBlockCertificate {
    match outcome {
        Outcome::Committed(certificate) => *certificate,
        other => panic!("not committed: {other:?}"),
    }
}

#[test]
fn tokens_move_both_ways() {
    let network = Network::new(2);
    let (ana, ben) = (network.client(1), network.client(2));
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    block_on(async {
        let steps = RefCell::new(Vec::new());
        let note = |step| steps.borrow_mut().push(step);
        let outcome = ana.execute(ana_chain, vec![transfer(ben_chain, 30)], vec![], &note);
        let certificate = committed(outcome.await.expect("the block is made"));
        assert_eq!(certificate.height(), BlockHeight(0));
        let hash = certificate.hash();
        let steps = steps.into_inner();
        assert_eq!(steps.first(), Some(&Progress::Signed { block_hash: hash, round: Round::MultiLeader(0) }));
        assert!(steps.contains(&Progress::Certified { block_hash: hash }));
        assert_eq!(steps.last(), Some(&Progress::Spread));
        assert_eq!(ana.local().balances(ana_chain).await.expect("reads").chain, Amount::from_tokens(970));

        ben.sync_all(ben_chain).await.expect("the message is found");
        assert_eq!(ben.local().pending_bundles(ben_chain).await.expect("reads").len(), 1);
        let (certificates, waiting) = ben.process_inbox(ben_chain, &quiet).await.expect("it is received");
        assert_eq!((certificates.len(), waiting), (1, None));
        assert_eq!(ben.local().balances(ben_chain).await.expect("reads").chain, Amount::from_tokens(1_030));

        committed(
            ben.execute(ben_chain, vec![transfer(ana_chain, 5)], vec![], &quiet).await.expect("sends back"),
        );
        ana.sync_all(ana_chain).await.expect("the message is found");
        ana.process_inbox(ana_chain, &quiet).await.expect("it is received");
        assert_eq!(ana.local().balances(ana_chain).await.expect("reads").chain, Amount::from_tokens(975));
    });
}

#[test]
fn an_empty_inbox_makes_no_block() {
    let network = Network::new(1);
    let ana = network.client(1);
    let outcome = block_on(ana.execute(network.chain_id(1), vec![], vec![], &quiet));
    assert_eq!(outcome, Err(ClientError::EmptyBlock));
}

#[test]
fn a_closed_chain_sends_messages_back_and_stays_in_its_epoch() {
    let network = Network::new(2);
    let (admin, ana, ben) = (network.client(0), network.client(1), network.client(2));
    let [admin_chain, ana_chain, ben_chain] = [0, 1, 2].map(|index| network.chain_id(index));
    let operation = |operation| Operation::System(Box::new(operation));
    block_on(async {
        let close = vec![operation(SystemOperation::CloseChain)];
        committed(ben.execute(ben_chain, close, vec![], &quiet).await.expect("it is closed"));
        let transfers = vec![transfer(ben_chain, 30)];
        committed(ana.execute(ana_chain, transfers, vec![], &quiet).await.expect("it is sent"));
        let blob = Blob::new_committee(&network.genesis.committee);
        let blob_hash = blob.id().hash;
        let change = [
            AdminOperation::PublishCommitteeBlob { blob_hash },
            AdminOperation::CreateCommittee { epoch: Epoch(1), blob_hash },
        ];
        let change = change.map(|change| operation(SystemOperation::Admin(change))).to_vec();
        committed(admin.execute(admin_chain, change, vec![blob], &quiet).await.expect("there is an epoch"));

        ben.sync_chain(admin_chain).await.expect("the epoch is known");
        ben.sync_all(ben_chain).await.expect("the message is found");
        let (certificates, waiting) = ben.process_inbox(ben_chain, &quiet).await.expect("it is sent back");
        assert_eq!((certificates.len(), waiting), (1, None));
        assert_eq!(certificates[0].epoch(), Epoch(0));
        assert_eq!(ben.local().balances(ben_chain).await.expect("reads").chain, Amount::from_tokens(1_000));

        ana.sync_all(ana_chain).await.expect("the message comes back");
        ana.process_inbox(ana_chain, &quiet).await.expect("it is received");
        assert_eq!(ana.local().balances(ana_chain).await.expect("reads").chain, Amount::from_tokens(1_000));
    });
}

#[test]
fn spending_more_than_there_is_fails_here_and_nowhere_else() {
    let network = Network::new(2);
    let ana = network.client(1);
    let outcome = block_on(ana.execute(
        network.chain_id(1),
        vec![transfer(network.chain_id(2), 1_001)],
        vec![],
        &quiet,
    ));
    let Err(ClientError::Local(error)) = outcome else { panic!("{outcome:?}") };
    assert!(error.to_string().contains("balance"), "{error}");
    assert!(ana.host().signed.borrow().is_empty());
    assert!(network.validators.iter().all(|validator| !validator.requests.borrow().contains_key("proposal")));
}

#[test]
fn one_faulty_validator_of_four_changes_nothing() {
    for fault in [Fault::Offline, Fault::Deaf, Fault::Forger] {
        let network = Network::new(2);
        network.validators[1].fault.set(fault);
        let ana = network.client(1);
        let outcome = block_on(ana.execute(
            network.chain_id(1),
            vec![transfer(network.chain_id(2), 1)],
            vec![],
            &quiet,
        ));
        committed(outcome.unwrap_or_else(|error| panic!("{fault:?}: {error}")));
    }
}

#[test]
fn without_a_quorum_the_block_is_kept_and_finished_later_with_the_same_bytes() {
    let network = Network::new(2);
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    let wallet = network.wallet(1);
    let ana = network.open(wallet.clone(), 1);
    for validator in &network.validators[..2] {
        validator.fault.set(Fault::Offline);
    }
    let outcome = block_on(ana.execute(ana_chain, vec![transfer(ben_chain, 7)], vec![], &quiet));
    let Err(ClientError::Quorum(QuorumError::Trusted(_))) = outcome else { panic!("{outcome:?}") };
    assert_eq!(wallet.signed.borrow().len(), 1);
    drop(ana);

    // The device restarts; the disk is all that is left.
    for validator in &network.validators {
        validator.fault.set(Fault::None);
    }
    let ana = network.open(wallet.clone(), 1);
    let pending = block_on(ana.pending_proposal(ana_chain)).expect("reads").expect("it was kept");
    assert_eq!(pending.round(), Some(Round::MultiLeader(0)));
    let outcome =
        block_on(ana.retry_pending(ana_chain, &quiet)).expect("it is finished").expect("there was one");
    let certificate = committed(outcome);
    assert!(certificate.block().matches_proposed_block(&pending.block));
    assert_eq!(wallet.signed.borrow().len(), 1, "nothing was signed twice");
    assert_eq!(block_on(ana.pending_proposal(ana_chain)), Ok(None));
}

#[test]
fn a_validator_that_was_away_is_brought_up_to_date() {
    let network = Network::new(2);
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    let ana = network.client(1);
    network.validators[3].fault.set(Fault::Offline);
    for _ in 0..3 {
        committed(
            block_on(ana.execute(ana_chain, vec![transfer(ben_chain, 1)], vec![], &quiet)).expect("made"),
        );
    }
    // Now another one goes away: the returning one is needed for a quorum.
    network.validators[3].fault.set(Fault::None);
    network.validators[0].fault.set(Fault::Offline);
    let outcome = block_on(ana.execute(ana_chain, vec![transfer(ben_chain, 1)], vec![], &quiet));
    assert_eq!(committed(outcome.expect("made")).height(), BlockHeight(3));
}

#[test]
fn a_failing_disk_lets_nothing_leave() {
    let network = Network::new(2);
    let wallet = network.wallet(1);
    let ana = network.open(wallet.clone(), 1);
    block_on(ana.sync_all(network.chain_id(1))).expect("syncs");
    let staged = block_on(ana.stage(network.chain_id(1), vec![transfer(network.chain_id(2), 1)], vec![]))
        .expect("stages");
    wallet.storage.fail_commit_after(0);
    let outcome = block_on(ana.propose(staged.clone(), &quiet));
    assert!(matches!(outcome, Err(ClientError::Store(_))), "{outcome:?}");
    assert!(network.validators.iter().all(|validator| !validator.requests.borrow().contains_key("proposal")));
    committed(block_on(ana.propose(staged, &quiet)).expect("the disk works again"));
}

#[test]
fn two_devices_race_and_one_wins() {
    let network = Network::new(2);
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    let (phone, laptop) = (network.client(1), network.client(1));
    committed(
        block_on(phone.execute(ana_chain, vec![transfer(ben_chain, 1)], vec![], &quiet)).expect("made"),
    );
    let outcome =
        block_on(laptop.execute(ana_chain, vec![transfer(ben_chain, 2)], vec![], &quiet)).expect("answers");
    let Outcome::Conflict(certificate) = outcome else { panic!("{outcome:?}") };
    assert_eq!(certificate.height(), BlockHeight(0));
    assert_eq!(block_on(laptop.local().next_block_height(ana_chain)), Ok(BlockHeight(1)));
    let outcome =
        block_on(laptop.execute(ana_chain, vec![transfer(ben_chain, 2)], vec![], &quiet)).expect("made");
    assert_eq!(committed(outcome).height(), BlockHeight(1));
}

#[test]
fn super_owners_use_the_fast_round() {
    let network = Network::new(2);
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    let ana = network.client(1);
    let change = SystemOperation::ChangeOwnership {
        super_owners: vec![owner_key(1).owner()],
        owners: vec![],
        multi_leader_rounds: 2,
        open_multi_leader_rounds: false,
        timeout_config: walnut_base::TimeoutConfig::default(),
    };
    let operation = Operation::System(Box::new(change));
    committed(block_on(ana.execute(ana_chain, vec![operation], vec![], &quiet)).expect("made"));
    let outcome =
        block_on(ana.execute(ana_chain, vec![transfer(ben_chain, 2)], vec![], &quiet)).expect("made");
    let certificate = committed(outcome);
    assert_eq!(certificate.round, Round::Fast);
    assert_eq!(certificate.epoch(), Epoch(0));
    let ownership = block_on(ana.local().ownership(ana_chain)).expect("reads");
    assert_eq!(
        ownership.super_owners.len(),
        ChainOwnership::single_super(AccountOwner::CHAIN).super_owners.len()
    );
}

#[test]
fn two_devices_whose_blocks_have_half_of_the_votes_each_go_on_to_the_next_round() {
    let network = Network::new(2);
    let (chain, other) = (network.chain_id(1), network.chain_id(2));
    let (phone, laptop) = (network.client(1), network.client(1));
    network.validators.iter().for_each(|validator| validator.fault.set(Fault::Offline));
    let outcome = block_on(phone.execute(chain, vec![transfer(other, 1)], vec![], &quiet));
    assert!(matches!(outcome, Err(ClientError::Quorum(_))), "{outcome:?}");
    let pending = block_on(phone.pending_proposal(chain)).expect("reads").expect("it was stored");
    let staged = block_on(laptop.stage(chain, vec![transfer(other, 2)], vec![])).expect("stages");
    let first = pending.proposal.expect("it was signed");
    let second = BlockProposal::new_initial(first.content.round, staged.proposed(), &owner_key(1));
    network.validators.iter().for_each(|validator| validator.fault.set(Fault::None));
    for (number, validator) in network.validators.iter().enumerate() {
        let remote = phone.host().remote(&validator.public_key, "").expect("it is known");
        let proposal = if number < 2 { &first } else { &second };
        block_on(remote.handle_block_proposal(proposal.clone())).expect("it votes");
    }
    let outcome = block_on(phone.retry_pending(chain, &quiet)).expect("a later round has the votes");
    let certificate = committed(outcome.expect("a block was pending"));
    assert_eq!((certificate.height(), certificate.round), (BlockHeight(0), Round::MultiLeader(1)));
}

#[test]
fn who_voted_gets_certificates_without_the_block_and_with_it_when_it_was_forgotten() {
    for fault in [Fault::None, Fault::Forgetful] {
        let network = Network::new(2);
        network.validators.iter().for_each(|validator| validator.fault.set(fault));
        let ana = network.client(1);
        let operations = vec![transfer(network.chain_id(2), 1)];
        let outcome = block_on(ana.execute(network.chain_id(1), operations, vec![], &quiet)).expect("made");
        let certificate = committed(outcome);
        for validator in &network.validators {
            let count = |name| validator.requests.borrow().get(name).copied().unwrap_or(0);
            let is_signer = certificate.is_signed_by(&validator.public_key);
            let needs_block = !is_signer || fault == Fault::Forgetful;
            assert_eq!(count("confirmed"), u32::from(needs_block), "{fault:?}, signer: {is_signer}");
            assert_eq!(count("lite") > 0, is_signer, "{fault:?}");
        }
    }
}
