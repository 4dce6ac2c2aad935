//! Following chains of a network in one process.

use crate::network::{Fault, Network, owner_key, transfer};
use futures::{FutureExt as _, executor::block_on};
use walnut_base::{
    Amount, BlockHeight, BlockProposal, ChainInfoQuery, Message, Notification, Reason, Round, SystemMessage,
    Transaction,
};
use walnut_client::{
    ChainMode, ClientError, Host as _, Outcome, Progress, QuorumError, Reaction, Remote, ValidatorNode as _,
};

fn quiet(_: Progress) {}

#[test]
fn a_new_device_downloads_and_executes_everything() {
    let network = Network::new(2);
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    let ana = network.client(1);
    for _ in 0..250 {
        let outcome =
            block_on(ana.execute(ana_chain, vec![transfer(ben_chain, 1)], vec![], &quiet)).expect("made");
        assert!(matches!(outcome, Outcome::Committed(_)));
    }
    let laptop = network.client(1);
    let info = block_on(laptop.sync_chain(ana_chain)).expect("syncs");
    assert_eq!(info.next_block_height, BlockHeight(250));
    assert_eq!(info.chain_balance, Amount::from_tokens(750));
    let downloads = network
        .validators
        .iter()
        .map(|validator| validator.requests.borrow().get("download_certificates").copied().unwrap_or(0));
    assert_eq!(downloads.sum::<u32>(), 3, "250 blocks in batches of 100, from one validator");

    let ben = network.client(2);
    block_on(ben.sync_all(ben_chain)).expect("syncs");
    assert_eq!(block_on(ben.local().pending_bundles(ben_chain)).expect("reads").len(), 250);
    assert_eq!(
        block_on(ben.local().next_block_height(ana_chain)),
        Ok(BlockHeight(0)),
        "the sender's blocks were kept, not executed"
    );
    let (certificates, _) = block_on(ben.process_inbox(ben_chain, &quiet)).expect("receives");
    assert_eq!(certificates.len(), 1);
    assert_eq!(block_on(ben.local().balances(ben_chain)).expect("reads").chain, Amount::from_tokens(1_250));
}

/// Of a sender's chain nothing is fetched, kept or passed on but the blocks with messages for one of our chains.
#[test]
fn sparse_chains_of_senders_are_enough_here_and_for_a_validator_that_was_away() {
    let network = Network::new(3);
    let (ana_chain, ben_chain, eva_chain) = (network.chain_id(1), network.chain_id(2), network.chain_id(3));
    let ana = network.client(1);
    network.validators[3].fault.set(Fault::Offline);
    for recipient in [ana_chain, ben_chain, eva_chain, ben_chain, ana_chain, ben_chain] {
        let outcome = block_on(ana.execute(ana_chain, vec![transfer(recipient, 1)], vec![], &quiet));
        assert!(matches!(outcome, Ok(Outcome::Committed(_))), "{outcome:?}");
    }
    let ben = network.client(2);
    block_on(ben.sync_all(ben_chain)).expect("syncs");
    let kept = (0..6).filter(|height| {
        let certificate = block_on(ben.local().certificate_at(ana_chain, BlockHeight(*height)));
        certificate.expect("reads").is_some()
    });
    assert_eq!(kept.collect::<Vec<_>>(), [1, 3, 5]);
    assert_eq!(block_on(ben.local().next_block_height(ana_chain)), Ok(BlockHeight(0)));

    // The one that was away has none of it, and is needed now: it gets the same three blocks and votes.
    network.validators[3].fault.set(Fault::None);
    network.validators[0].fault.set(Fault::Offline);
    let (made, waiting) = block_on(ben.process_inbox(ben_chain, &quiet)).expect("receives");
    assert_eq!((made.len(), waiting), (1, None));
    assert!(made[0].is_signed_by(&network.validators[3].public_key));
    assert_eq!(block_on(ben.local().balances(ben_chain)).expect("reads").chain, Amount::from_tokens(1_003));
    let remote = ben.host().remote(&network.validators[3].public_key, "").expect("it is known");
    let heights = (0..6).map(BlockHeight).collect();
    let has = block_on(remote.download_certificates_by_heights(ana_chain, heights)).expect("answers");
    assert_eq!(has.iter().map(|certificate| certificate.height().0).collect::<Vec<_>>(), [1, 3, 5]);
    let query = ChainInfoQuery::new(ana_chain);
    let info = block_on(remote.handle_chain_info_query(query)).expect("answers").info;
    assert_eq!(info.next_block_height, BlockHeight(0));
}

#[test]
fn without_a_quorum_there_is_no_sync() {
    let network = Network::new(1);
    let ana = network.client(1);
    for validator in &network.validators[..2] {
        validator.fault.set(Fault::Offline);
    }
    let outcome = block_on(ana.sync_chain(network.chain_id(1)));
    assert!(matches!(outcome, Err(ClientError::Quorum(QuorumError::Trusted(_)))), "{outcome:?}");
}

#[test]
fn forged_answers_are_the_validators_error() {
    let network = Network::new(1);
    let ana = network.client(1);
    for validator in &network.validators[..2] {
        validator.fault.set(Fault::Forger);
    }
    let outcome = block_on(ana.sync_chain(network.chain_id(1)));
    let expected = QuorumError::Trusted(walnut_base::NodeError::InvalidChainInfoResponse);
    assert_eq!(outcome.err(), Some(ClientError::Quorum(expected)));
}

#[test]
fn notifications_are_hints() {
    let network = Network::new(2);
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    let (ana, ben) = (network.client(1), network.client(2));
    block_on(ben.sync_all(ben_chain)).expect("syncs");
    let outcome =
        block_on(ana.execute(ana_chain, vec![transfer(ben_chain, 1)], vec![], &quiet)).expect("made");
    assert!(matches!(outcome, Outcome::Committed(_)));
    let committee = block_on(ben.admin_committee()).expect("known");
    let remotes = ben.remotes(&committee);
    let remote: &Remote<_> = &remotes[0];
    let reason = Reason::NewIncomingBundle { origin: ana_chain, height: BlockHeight(0) };
    let notification = Notification { chain_id: ben_chain, reason };
    assert_eq!(block_on(ben.react(remote, &notification)), Ok(Reaction::Received(ben_chain)));
    assert_eq!(block_on(ben.react(remote, &notification)), Ok(Reaction::Nothing), "it is known now");
    let lie = Reason::NewBlock {
        height: BlockHeight(77),
        hash: walnut_base::CryptoHash::from([7; 32]),
        event_streams: Default::default(),
    };
    let reaction = block_on(ben.react(remote, &Notification { chain_id: ben_chain, reason: lie }));
    assert_eq!(reaction, Ok(Reaction::Advanced(ben_chain)), "it was looked into");
    assert_eq!(block_on(ben.local().next_block_height(ben_chain)), Ok(BlockHeight(0)), "and not believed");
    let reason = Reason::NewIncomingBundle { origin: ben_chain, height: BlockHeight(5) };
    let foreign = Notification { chain_id: ana_chain, reason };
    assert_eq!(block_on(ben.react(remote, &foreign)), Ok(Reaction::Nothing), "nobody follows that chain");
    block_on(ben.follow(ana_chain, ChainMode::Follow));
    let outcome = block_on(ben.sync_chain(ana_chain)).expect("syncs");
    assert_eq!(outcome.next_block_height, BlockHeight(1));
}

#[test]
fn a_database_of_another_network_is_left_alone() {
    let (network, other) = (Network::new(1), Network::new(3));
    let wallet = network.wallet(1);
    drop(network.open(wallet.clone(), 1));
    let outcome = block_on(walnut_client::LocalNode::initialize(&wallet, &other.genesis));
    let expected =
        ClientError::OtherNetwork { expected: other.genesis.hash(), found: network.genesis.hash() };
    assert_eq!(outcome, Err(expected));
}

#[test]
fn breaking_off_while_the_disk_writes_leaves_nothing_half_known() {
    let network = Network::new(2);
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    let ana = network.client(1);
    block_on(ana.execute(ana_chain, vec![transfer(ben_chain, 1)], vec![], &quiet)).expect("made");
    let device = network.wallet(1);
    let laptop = network.open(device.clone(), 1);
    device.is_stuck.set(true);
    assert_eq!(laptop.sync_chain(ana_chain).now_or_never(), None, "the disk does not answer");
    device.is_stuck.set(false);
    block_on(laptop.sync_chain(ana_chain)).expect("syncs");
    let restarted = network.open(device, 1);
    assert_eq!(block_on(restarted.local().next_block_height(ana_chain)), Ok(BlockHeight(1)), "it was stored");
}

/// Validators have seen the proposal before they find out what is wrong with it, and show it to everybody.
#[test]
fn a_proposal_with_a_message_that_nobody_sent_keeps_nobody_from_syncing() {
    let network = Network::new(2);
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    let ana = network.client(1);
    block_on(ana.execute(ana_chain, vec![transfer(ben_chain, 1)], vec![], &quiet)).expect("made");
    let ben = network.client(2);
    block_on(ben.sync_all(ben_chain)).expect("syncs");

    let mut block = block_on(ben.stage(ben_chain, vec![], vec![])).expect("stages").proposed();
    let [Transaction::ReceiveMessages(incoming)] = &mut block.transactions[..] else {
        panic!("not one bundle: {block:?}")
    };
    let Message::System(message) = &mut incoming.bundle.messages[0].message else { panic!("a credit") };
    let SystemMessage::Credit { amount, .. } = message else { panic!("a credit") };
    *amount = Amount::from_tokens(100);
    let proposal = BlockProposal::new_initial(Round::MultiLeader(0), block, &owner_key(2));
    for validator in &network.validators {
        let remote = ben.host().remote(&validator.public_key, "").expect("it is known");
        let refused = block_on(remote.handle_block_proposal(proposal.clone())).expect_err("it is wrong");
        assert!(refused.to_string().contains("does not match the previously received messages"), "{refused}");
        let query = ChainInfoQuery::new(ben_chain).with_manager_values();
        let info = block_on(remote.handle_chain_info_query(query)).expect("answers").info;
        assert_eq!(info.manager.requested_signed_proposal.as_deref(), Some(&proposal), "it was seen");
    }

    let laptop = network.client(2);
    block_on(laptop.sync_all(ben_chain)).expect("the proposal is none of its business");
    assert_eq!(block_on(laptop.local().pending_bundles(ben_chain)).expect("reads").len(), 1);
    let outcome = block_on(laptop.execute(ben_chain, vec![transfer(ana_chain, 1)], vec![], &quiet));
    assert!(matches!(outcome, Ok(Outcome::Committed(_))), "{outcome:?}");
}
