//! Every request may come again: what it answers then, and that nothing changes.

use walnut_base::{
    Account, AccountOwner, Amount, BlockHeight, BlockProposal, ChainId, ChainInfoQuery, CrossChainRequest,
    Operation, ResourceControlPolicy, Round, SystemOperation,
};
use walnut_chain::{
    ChainError, ProcessingMode, WorkerError,
    test_utils::{TestNetwork, TestNode, block_on},
};

const ROUND: Round = Round::MultiLeader(0);

fn network() -> TestNetwork {
    TestNetwork::new(4, &[1_000, 1_000, 1_000], ResourceControlPolicy::no_fees())
}

fn transfer(recipient: ChainId) -> Operation {
    Operation::from(SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::chain(recipient),
        amount: Amount::ONE,
    })
}

fn proposal(network: &mut TestNetwork, amount: usize) -> BlockProposal {
    let (chain, bob) = (network.chain_id(1), network.chain_id(2));
    let block = network.block(chain, Some(network.owner(1)), Vec::new(), vec![transfer(bob); amount]);
    BlockProposal::new_initial(ROUND, block, &network.owner_keys[1])
}

/// Writes of a request.
fn writes<T>(node: &mut TestNode, request: impl FnOnce(&mut TestNode) -> T) -> (T, usize) {
    let before = node.writes;
    let answer = request(node);
    (answer, node.writes - before)
}

#[test]
fn proposals() {
    let mut network = network();
    let proposal = proposal(&mut network, 1);
    let now = network.now;
    let first = network.validators[0].propose(proposal.clone(), now).expect("correct");
    let (again, written) = writes(&mut network.validators[0], |node| node.propose(proposal.clone(), now));
    assert_eq!((again.expect("the same answer"), written), (first, 0));
    network.execute(&proposal);
    assert_eq!(
        network.validators[0].propose(proposal, now),
        Err(ChainError::UnexpectedBlockHeight {
            expected_block_height: BlockHeight(1),
            found_block_height: BlockHeight(0)
        }
        .into())
    );
}

#[test]
fn validated_certificates() {
    let mut network = network();
    let proposal = proposal(&mut network, 1);
    let validated = network.validate(&proposal);
    let now = network.now;
    let first = network.validators[0].validated(validated.clone(), now).expect("correct");
    let (again, written) = writes(&mut network.validators[0], |node| node.validated(validated.clone(), now));
    assert_eq!((again.expect("the same answer"), written), (first, 0));
    let confirmed = network.finalize(&validated);
    network.confirm(&confirmed);
    assert!(matches!(
        network.validators[0].validated(validated, now),
        Err(WorkerError::ChainError(error)) if matches!(*error, ChainError::UnexpectedBlockHeight { .. })
    ));
}

#[test]
fn confirmed_certificates_below_and_above_the_tip() {
    let mut network = network();
    let first = proposal(&mut network, 1);
    let first = network.execute(&first);
    let second = proposal(&mut network, 2);
    let second = network.execute(&second);
    let now = network.now;
    let (again, written) = writes(&mut network.validators[0], |node| {
        node.confirmed(first.clone(), ProcessingMode::Auto, now).expect("known")
    });
    assert_eq!((again.0.info.next_block_height, written), (BlockHeight(2), 0));

    let mut behind = network.client([network.chain_id(2)]);
    behind.certificate(second.clone(), now).expect("above the tip");
    let query = ChainInfoQuery::new(network.chain_id(1));
    let before = behind.query(query.clone(), now).expect("active");
    behind.certificate(second.clone(), now).expect("above the tip, again");
    assert_eq!(behind.query(query, now).expect("active"), before);
    behind.certificate(first, now).expect("the gap");
    behind.certificate(second, now).expect("the next block");
    behind.deliver(now);
    let query = ChainInfoQuery::new(network.chain_id(2)).with_pending_message_bundles();
    let pending = behind.query(query, now).expect("active").info.requested_pending_message_bundles;
    assert_eq!(pending.len(), 3);
}

#[test]
fn updates_are_confirmed_again_and_confirmations_change_nothing() {
    let mut network = network();
    let proposal = proposal(&mut network, 1);
    let validated = network.validate(&proposal);
    let confirmed = network.finalize(&validated);
    let now = network.now;
    let node = &mut network.validators[0];
    node.certificate(confirmed, now).expect("correct");
    let update = node.outgoing.pop_front().expect("an update for the recipient");
    node.cross_chain(update.clone(), now).expect("new");
    let confirmation = node.outgoing.pop_front().expect("a confirmation");
    // The confirmation is lost, and the update comes again: upstream would stay silent for ever.
    let ((), written) = writes(node, |node| node.cross_chain(update, now).expect("known"));
    assert_eq!(written, 0);
    assert_eq!(node.outgoing.pop_front(), Some(confirmation.clone()));
    node.cross_chain(confirmation.clone(), now).expect("new");
    let ((), written) = writes(node, |node| node.cross_chain(confirmation, now).expect("known"));
    assert_eq!(written, 0);
    assert!(node.outgoing.is_empty());
}

#[test]
fn lost_updates_are_sent_again_with_every_action() {
    let mut network = network();
    let (alice, bob) = (network.chain_id(1), network.chain_id(2));
    for _ in 0..3 {
        let proposal = proposal(&mut network, 1);
        let validated = network.validate(&proposal);
        let confirmed = network.finalize(&validated);
        let now = network.now;
        for node in &mut network.validators {
            node.certificate(confirmed.clone(), now).expect("correct");
            node.outgoing.clear();
        }
    }
    let now = network.now;
    let node = &mut network.validators[0];
    node.restart();
    node.query(ChainInfoQuery::new(alice).with_network_actions(), now).expect("active");
    let Some(CrossChainRequest::UpdateRecipient { bundles, previous_height, .. }) = node.outgoing.front()
    else {
        panic!("an update for the recipient")
    };
    assert_eq!(bundles.iter().map(|(_, bundle)| bundle.height.0).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(*previous_height, None);
    node.deliver(now);
    let query = ChainInfoQuery::new(bob).with_pending_message_bundles();
    assert_eq!(node.query(query, now).expect("active").info.requested_pending_message_bundles.len(), 3);
    node.query(ChainInfoQuery::new(alice).with_network_actions(), now).expect("active");
    assert!(node.outgoing.is_empty());
}

#[test]
fn small_chunks_arrive_one_after_the_other() {
    let mut network = network();
    let (alice, bob) = (network.chain_id(1), network.chain_id(2));
    let certificates: Vec<_> = (0..3)
        .map(|_| {
            let proposal = proposal(&mut network, 2);
            network.execute(&proposal)
        })
        .collect();
    let config = walnut_chain::NodeConfig {
        cross_chain_chunk_bytes: 1,
        ..walnut_chain::NodeConfig::client([bob].into())
    };
    let mut node = TestNode::new(config, &network.genesis);
    let now = network.now;
    let mut heights = Vec::new();
    for certificate in certificates {
        node.certificate(certificate, now).expect("correct");
        node.outgoing.clear();
    }
    node.query(ChainInfoQuery::new(alice).with_network_actions(), now).expect("active");
    while let Some(request) = node.outgoing.pop_front() {
        if let CrossChainRequest::UpdateRecipient { bundles, previous_height, .. } = &request {
            let sent: Vec<u64> = bundles.iter().map(|(_, bundle)| bundle.height.0).collect();
            heights.push((sent, previous_height.map(|height| height.0)));
        }
        node.cross_chain(request, now).expect("delivered");
    }
    assert_eq!(heights, [(vec![0, 0], None), (vec![1, 1], Some(0)), (vec![2, 2], Some(1))]);
}

#[test]
fn delivery_inside_one_process_runs_until_quiet() {
    let mut network = network();
    let bob = network.chain_id(2);
    let proposal = proposal(&mut network, 1);
    let certificate = network.execute(&proposal);
    let mut client = network.client([bob]);
    let now = network.now;
    let handled = block_on(client.node.handle_confirmed_certificate(
        &client.store,
        certificate,
        ProcessingMode::Auto,
        now,
    ));
    let (_, effects) = handled.expect("correct");
    assert_eq!(effects.cross_chain.len(), 1);
    let effects =
        block_on(client.node.process_cross_chain_locally(&client.store, effects, now)).expect("quiet");
    assert!(effects.cross_chain.is_empty());
    client.commit(&effects.batch);
    client.restart();
    let query = ChainInfoQuery::new(bob).with_pending_message_bundles();
    assert_eq!(client.query(query, now).expect("active").info.requested_pending_message_bundles.len(), 1);
}

#[test]
fn requests_handled_together_do_what_they_do_one_by_one() {
    let mut network = network();
    let (alice, bob) = (network.chain_id(1), network.chain_id(2));
    let now = network.now;
    let certificates = [0, 1].map(|index| {
        let (chain, owner) = (network.chain_id(index), network.owner(index));
        let block = network.block(chain, Some(owner), Vec::new(), vec![transfer(bob)]);
        let proposal = BlockProposal::new_initial(ROUND, block, &network.owner_keys[index]);
        let validated = network.validate(&proposal);
        network.finalize(&validated)
    });
    let requests = |node: &mut TestNode| {
        for certificate in &certificates {
            node.certificate(certificate.clone(), now).expect("correct");
        }
        node.outgoing.drain(..).collect::<Vec<_>>()
    };
    let pending = |node: &mut TestNode| {
        let query = ChainInfoQuery::new(bob).with_pending_message_bundles();
        node.query(query, now).expect("active").info.requested_pending_message_bundles
    };

    let single = &mut network.validators[0];
    let (_, written_singly) = requests(single).into_iter().fold(((), 0), |(_, sum), request| {
        let (outcome, written) = writes(single, |node| node.cross_chain(request, now));
        (outcome.expect("new"), sum + written)
    });
    let answers = std::mem::take(&mut single.outgoing);
    let expected = pending(single);
    assert_eq!((answers.len(), expected.len()), (2, 2));

    let together = &mut network.validators[1];
    let mut all = requests(together);
    let effects = block_on(together.node.handle_cross_chain_requests(&together.store, bob, &all, now));
    let effects = effects.expect("all are new");
    assert!(effects.batch.len() < written_singly, "the chain is saved once");
    assert_eq!(effects.cross_chain, Vec::from(answers));
    together.commit(&effects.batch);
    assert_eq!(pending(together), expected);

    // A bad one among them: nothing happens, and one by one the others are taken.
    let spoiled = &mut network.validators[2];
    let good = requests(spoiled);
    let CrossChainRequest::UpdateRecipient { sender, bundles, .. } = &good[0] else { panic!("{good:?}") };
    let mut unsorted = [bundles.clone(), bundles.clone()].concat();
    unsorted[0].1.height = BlockHeight(9);
    let bad = CrossChainRequest::UpdateRecipient {
        sender: *sender,
        recipient: bob,
        bundles: unsorted,
        previous_height: None,
    };
    all.insert(1, bad);
    let refused = block_on(spoiled.node.handle_cross_chain_requests(&spoiled.store, bob, &all, now));
    assert_eq!(refused.err(), Some(WorkerError::InvalidCrossChainRequest));
    assert!(pending(spoiled).is_empty());
    let outcomes = all.into_iter().map(|request| spoiled.cross_chain(request, now)).collect::<Vec<_>>();
    assert_eq!(outcomes, [Ok(()), Err(WorkerError::InvalidCrossChainRequest), Ok(())]);
    assert_eq!(pending(spoiled), expected);
    // A request for another chain is not this chain's to handle.
    let strange = block_on(spoiled.node.handle_cross_chain_requests(&spoiled.store, alice, &good, now));
    assert_eq!(strange.err(), Some(WorkerError::InvalidCrossChainRequest));
}
