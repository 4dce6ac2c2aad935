//! Messages between chains: gaps, repeats, epochs, and callers that wait for delivery.

use walnut_base::{
    Account, AccountOwner, AdminOperation, Amount, BlockHeight, BlockProposal, ChainId, ChainInfoQuery,
    ConfirmedBlock, ConfirmedBlockCertificate, CrossChainRequest, Epoch, EventId, NodeError, Operation,
    ResourceControlPolicy, Round, StreamId, SystemOperation, event::EPOCH_STREAM_NAME,
};
use walnut_chain::{
    ChainError, Delivery, NodeConfig, ProcessingMode, WorkerError,
    test_utils::{TestNetwork, TestNode, signed_by, validator_key},
};

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
fn blocks_above_the_tip_are_noted_and_executed_once_the_gap_is_closed() {
    let mut network = network();
    let (alice, bob) = (network.chain_id(1), network.chain_id(2));
    let blocks: Vec<ConfirmedBlockCertificate> = vec![
        network.run(1, vec![transfer(bob, 1)]),
        network.run(1, vec![local_transfer(alice, network.owner(1))]),
        network.run(1, vec![transfer(bob, 2)]),
    ];
    // A client that follows Bob's chain needs only Alice's blocks with messages.
    let mut client = network.client([bob]);
    let now = network.now;
    for index in [0, 2] {
        client.certificate(blocks[index].clone(), now).expect("a correct certificate");
        client.deliver(now);
    }
    let (tip, next_outbox, next_preprocess) = client.inspect(alice, async |chain| {
        let next_outbox = chain.next_outbox_height(bob).await?;
        Ok((chain.tip(), next_outbox, chain.next_height_to_preprocess()))
    });
    // The first block was executed, the third only noted.
    assert_eq!(
        (tip.next_block_height, next_outbox, next_preprocess),
        (BlockHeight(1), BlockHeight(3), BlockHeight(3))
    );
    let query = ChainInfoQuery::new(bob).with_pending_message_bundles();
    let pending = client.query(query, now).expect("active").info.requested_pending_message_bundles;
    assert_eq!(pending.iter().map(|bundle| bundle.bundle.height.0).collect::<Vec<_>>(), [0, 2]);
    // Executing with a gap is refused on request.
    let refused = client.confirmed(blocks[2].clone(), ProcessingMode::Execute, now);
    assert_eq!(refused, Err(WorkerError::InvalidBlockChaining));
    for index in [1, 2] {
        client.confirmed(blocks[index].clone(), ProcessingMode::Execute, now).expect("the next block");
    }
    let (tip, next_preprocess) =
        client.inspect(alice, async |chain| Ok((chain.tip(), chain.next_height_to_preprocess())));
    assert_eq!((tip.next_block_height, next_preprocess), (BlockHeight(3), BlockHeight(3)));
    assert_eq!(tip.block_hash, Some(blocks[2].hash()));
}

#[test]
fn of_a_sparse_sender_chain_the_blocks_with_messages_are_enough() {
    let mut network = network();
    let (admin, alice, bob) = (network.chain_id(0), network.chain_id(1), network.chain_id(2));
    let local = local_transfer(alice, network.owner(1));
    let operations =
        [local.clone(), transfer(bob, 1), transfer(admin, 1), transfer(bob, 2), local, transfer(bob, 3)];
    let blocks = operations.map(|operation| network.run(1, vec![operation]));
    let now = network.now;
    let pending = |client: &mut TestNode| {
        let query = ChainInfoQuery::new(bob).with_pending_message_bundles();
        let bundles = client.query(query, now).expect("active").info.requested_pending_message_bundles;
        bundles.iter().map(|bundle| bundle.bundle.height.0).collect::<Vec<_>>()
    };
    let sent = |client: &mut TestNode| match client.outgoing.pop_back() {
        Some(CrossChainRequest::UpdateRecipient { bundles, previous_height: None, .. }) => {
            bundles.iter().map(|(_, bundle)| bundle.height.0).collect::<Vec<_>>()
        }
        other => panic!("not an update from the beginning: {other:?}"),
    };
    // One after the other, before anything is delivered: each refers to the one before it, which is known.
    let mut client = network.client([bob]);
    for (index, expected) in [(1, &[1][..]), (3, &[1, 3]), (5, &[1, 3, 5])] {
        client.certificate(blocks[index].clone(), now).expect("a correct certificate");
        assert_eq!(sent(&mut client), expected);
    }
    // One is missing: the block after it waits, also once all before it was delivered, until it comes again.
    let mut client = network.client([bob]);
    for (index, delivered) in [(1, &[1][..]), (5, &[1]), (3, &[1, 3]), (5, &[1, 3, 5])] {
        client.certificate(blocks[index].clone(), now).expect("a correct certificate");
        client.deliver(now);
        client.restart();
        assert_eq!(pending(&mut client), delivered);
    }
    let tip = client.inspect(alice, async |chain| Ok(chain.tip()));
    assert_eq!(tip.next_block_height, BlockHeight(0), "nothing of the sender was executed");
    // Validators that deny an earlier message could not be followed.
    let mut block = blocks[3].block().clone();
    block.body.previous_message_blocks.clear();
    let lie = signed_by(1..=3, &ConfirmedBlock::new(block), FIRST);
    let mut client = network.client([bob]);
    client.certificate(blocks[1].clone(), now).expect("a correct certificate");
    let text = format!("block at height 3 denies earlier messages to {bob}");
    assert_eq!(client.certificate(lie, now), Err(ChainError::CorruptedChainState(text).into()));
}

#[test]
fn a_message_from_a_gap_is_not_delivered() {
    let mut network = network();
    let (alice, bob) = (network.chain_id(1), network.chain_id(2));
    let blocks = [network.run(1, vec![transfer(bob, 1)]), network.run(1, vec![transfer(bob, 2)])];
    let mut client = network.client([bob]);
    let now = network.now;
    // The second block refers to the first as Bob's previous one: nothing is scheduled yet.
    client.certificate(blocks[1].clone(), now).expect("a correct certificate");
    assert!(client.outgoing.is_empty());
    // If it were delivered nevertheless, the gap would be noticed.
    let bundles = blocks[1].block().message_bundles_for(bob, blocks[1].hash());
    let request = CrossChainRequest::UpdateRecipient {
        sender: alice,
        recipient: bob,
        bundles: bundles.into_iter().map(|bundle| (Epoch::ZERO, bundle)).collect(),
        previous_height: Some(BlockHeight(0)),
    };
    assert_eq!(
        client.cross_chain(request.clone(), now),
        Err(ChainError::InboxGapDetected {
            chain_id: bob,
            origin: alice,
            expected_height: BlockHeight(0),
            actual_height: BlockHeight(1)
        }
        .into())
    );
    client.certificate(blocks[0].clone(), now).expect("a correct certificate");
    client.certificate(blocks[1].clone(), now).expect("a correct certificate");
    client.deliver(now);
    let query = ChainInfoQuery::new(bob).with_pending_message_bundles();
    let pending = client.query(query, now).expect("active").info.requested_pending_message_bundles;
    assert_eq!(pending.len(), 2);
}

#[test]
fn a_validator_repairs_a_gap_by_asking_again() {
    let mut network = network();
    let (alice, bob) = (network.chain_id(1), network.chain_id(2));
    for amount in 1..4 {
        network.run(1, vec![transfer(bob, amount)]);
    }
    let now = network.now;
    let validator = &mut network.validators[0];
    // Bob's inbox is lost, as after a repair of corrupted state; Alice's outbox believes that all was delivered.
    let fresh = TestNode::new(NodeConfig::validator(validator_key(1)), &network.genesis);
    let mut lost = fresh;
    let request = CrossChainRequest::UpdateRecipient {
        sender: alice,
        recipient: bob,
        bundles: Vec::new(),
        previous_height: Some(BlockHeight(1)),
    };
    lost.cross_chain(request, now).expect("nothing in it");
    validator
        .cross_chain(
            CrossChainRequest::RevertConfirm {
                sender: alice,
                recipient: bob,
                retransmit_from: BlockHeight(1),
            },
            now,
        )
        .expect("heights 1 and 2 are sent again");
    let Some(CrossChainRequest::UpdateRecipient { bundles, previous_height, .. }) =
        validator.outgoing.front()
    else {
        panic!("an update for Bob")
    };
    assert_eq!(bundles.iter().map(|(_, bundle)| bundle.height.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(*previous_height, Some(BlockHeight(0)));
    // Bob has them all: he confirms again, and the outbox is empty again.
    validator.deliver(now);
    assert!(validator.outgoing.is_empty());
    let query = ChainInfoQuery::new(alice).with_network_actions();
    validator.query(query, now).expect("active");
    assert!(validator.outgoing.is_empty());
}

#[test]
fn a_gap_at_a_validator_is_answered_with_revert_confirm() {
    let mut network = network();
    let (alice, bob) = (network.chain_id(1), network.chain_id(2));
    let certificate = network.run(1, vec![transfer(bob, 1)]);
    let bundles = certificate.block().message_bundles_for(bob, certificate.hash());
    let mut bundle = bundles[0].clone();
    bundle.height = BlockHeight(7);
    let now = network.now;
    let request = CrossChainRequest::UpdateRecipient {
        sender: alice,
        recipient: bob,
        bundles: vec![(Epoch::ZERO, bundle)],
        previous_height: Some(BlockHeight(4)),
    };
    let validator = &mut network.validators[0];
    validator.cross_chain(request, now).expect("answered");
    let expected =
        CrossChainRequest::RevertConfirm { sender: alice, recipient: bob, retransmit_from: BlockHeight(1) };
    assert_eq!(validator.outgoing.iter().collect::<Vec<_>>(), [&expected]);
}

#[test]
fn chains_move_to_a_new_epoch() {
    let mut network = network();
    let blob = network.next_committee(ResourceControlPolicy::testnet());
    let admin = network.chain_id(0);
    let publish = AdminOperation::PublishCommitteeBlob { blob_hash: blob.id().hash };
    let proposal = proposal(&mut network, 0, FIRST, vec![Operation::from(SystemOperation::Admin(publish))]);
    network.propose(&proposal);
    for validator in &mut network.validators {
        validator.pending_blob(admin, blob.clone()).expect("announced");
    }
    network.execute(&proposal);
    let create = AdminOperation::CreateCommittee { epoch: Epoch(1), blob_hash: blob.id().hash };
    let created = network.run(0, vec![Operation::from(SystemOperation::Admin(create))]);
    assert_eq!((created.epoch(), network.info(admin).epoch), (Epoch(0), Epoch(1)));
    let before = network.run(1, vec![transfer(admin, 1)]);
    let migrated = network.run(1, vec![Operation::from(SystemOperation::ProcessNewEpoch(Epoch(1)))]);
    assert_eq!((before.epoch(), migrated.epoch()), (Epoch(0), Epoch(0)));
    let after = network.run(1, vec![local_transfer(network.chain_id(1), network.owner(1))]);
    assert_eq!(after.epoch(), Epoch(1));
    // A node that has not seen the admin chain cannot check the certificate, and says which event it lacks.
    let now = network.now;
    let mut client = network.client([network.chain_id(1)]);
    let stream_id = StreamId::system(EPOCH_STREAM_NAME);
    let event_id = EventId { chain_id: admin, stream_id, index: 1 };
    let lacks_the_event = |answer: Result<_, WorkerError>| {
        let Err(WorkerError::ChainError(error)) = answer else { panic!("the epoch is unknown") };
        assert_eq!(NodeError::from(&*error), NodeError::EventsNotFound(vec![event_id.clone()]));
    };
    lacks_the_event(client.certificate(after.clone(), now));
    // The admin block that creates the epoch is enough, even without executing what lies before it.
    client.certificate(created, now).expect("an admin block above the tip");
    // Without the committee that it names, the event is as good as none.
    lacks_the_event(client.certificate(after.clone(), now));
    let mut batch = walnut_views::Batch::default();
    walnut_chain::records::put_blob(&mut batch, &blob);
    client.commit(&batch);
    client.certificate(after, now).expect("the committee is known");
}

#[test]
fn callers_wait_until_all_messages_arrived() {
    let mut network = network();
    let (admin, bob) = (network.chain_id(0), network.chain_id(2));
    let proposal = proposal(&mut network, 1, FIRST, vec![transfer(admin, 1), transfer(bob, 1)]);
    let validated = network.validate(&proposal);
    let confirmed = network.finalize(&validated);
    let now = network.now;
    let validator = &mut network.validators[0];
    let (_, delivery) = validator.confirmed(confirmed.clone(), ProcessingMode::Auto, now).expect("correct");
    assert_eq!(delivery, Delivery::Pending(BlockHeight(0)));
    validator.waiters.register(confirmed.chain_id(), BlockHeight(0), 1);
    let updates: Vec<_> = validator.outgoing.drain(..).collect();
    assert_eq!(updates.len(), 2);
    for (index, update) in updates.into_iter().enumerate() {
        validator.cross_chain(update, now).expect("delivered");
        assert_eq!(validator.released, Vec::<u32>::new());
        let confirmation = validator.outgoing.pop_front().expect("confirmed");
        validator.cross_chain(confirmation, now).expect("noted");
        assert_eq!(validator.released.len(), index);
    }
    assert_eq!(validator.released, [1]);
    let (_, delivery) = validator.confirmed(confirmed, ProcessingMode::Auto, now).expect("known");
    assert_eq!(delivery, Delivery::Complete);
}
