//! Committees that change: validators that come, go and weigh differently, chains that lag behind, epochs that are
//! revoked, and other prices and limits.

use walnut_base::{
    Account, AccountOwner, AdminOperation, Amount, Blob, Block, BlockHeight, BlockProposal, CertificateError,
    ChainId, ChainInfoQuery, Committee, ConfirmedBlock, ConfirmedBlockCertificate, CrossChainRequest, Epoch,
    EventId, Hashed, NodeError, Operation, Reason, ResourceControlPolicy, Round, StreamId, SystemOperation,
    Timeout, ValidatedBlock, ValidatorState,
    encoding::bcs_size,
    event::{EPOCH_STREAM_NAME, REMOVED_EPOCH_STREAM_NAME},
};
use walnut_chain::{
    ChainError, NodeConfig, ProcessingMode, WorkerError,
    test_utils::{TestNetwork, TestNode, account_key, signed_by, validator_key},
};
use walnut_execution::{BlockError, ExecutionError};

const FIRST: Round = Round::MultiLeader(0);
const ADMIN: usize = 0;
const ANA: usize = 1;
const BEN: usize = 2;

fn network() -> TestNetwork {
    TestNetwork::new(4, &[1_000, 1_000, 1_000], ResourceControlPolicy::no_fees())
}

/// A committee of the validators with these key numbers and votes.
fn committee(votes: &[(u8, u64)], policy: ResourceControlPolicy) -> Committee {
    let members = votes.iter().map(|(number, votes)| {
        let state = ValidatorState {
            network_address: format!("grpc:localhost:{number}"),
            votes: *votes,
            account_public_key: account_key(200 + number).public(),
        };
        (validator_key(*number).public(), state)
    });
    Committee::new(members.collect(), policy).expect("few votes")
}

/// The validators of the first epoch under another policy.
fn same(policy: ResourceControlPolicy) -> Committee {
    committee(&[(1, 100), (2, 100), (3, 100), (4, 100)], policy)
}

/// The same validators again. Each epoch's list differs, as its blob must be published anew.
fn unchanged(epoch: u32) -> Committee {
    let maximum_blob_size = u64::from(u32::MAX - epoch);
    same(ResourceControlPolicy { maximum_blob_size, ..ResourceControlPolicy::no_fees() })
}

/// Moves tokens on the chain.
fn spend(chain: ChainId, tokens: u128) -> Operation {
    Operation::from(SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::new(chain, account_key(9).owner()),
        amount: Amount::from_tokens(tokens),
    })
}

fn send(recipient: ChainId) -> Operation {
    Operation::from(SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::chain(recipient),
        amount: Amount::ONE,
    })
}

fn enter(epoch: u32) -> Operation {
    Operation::from(SystemOperation::ProcessNewEpoch(Epoch(epoch)))
}

fn leave(epoch: u32) -> Operation {
    Operation::from(SystemOperation::ProcessRemovedEpoch(Epoch(epoch)))
}

fn proposal(network: &mut TestNetwork, index: usize, operations: Vec<Operation>) -> BlockProposal {
    let (chain, owner) = (network.chain_id(index), network.owner(index));
    let block = network.block(chain, Some(owner), Vec::new(), operations);
    BlockProposal::new_initial(FIRST, block, &network.owner_keys[index])
}

/// How an epoch was introduced.
struct Announced {
    published: ConfirmedBlockCertificate,
    created: ConfirmedBlockCertificate,
    blob: Blob,
}

/// The admin chain introduces the next epoch. That takes two blocks: a committee is read from what is stored.
fn announce(network: &mut TestNetwork, epoch: u32, committee: &Committee) -> Announced {
    let blob = Blob::new_committee(committee);
    let blob_hash = blob.id().hash;
    let admin = |operation| vec![Operation::from(SystemOperation::Admin(operation))];
    let publish = admin(AdminOperation::PublishCommitteeBlob { blob_hash });
    let create = admin(AdminOperation::CreateCommittee { epoch: Epoch(epoch), blob_hash });
    let chain = network.chain_id(ADMIN);
    let missing = vec![blob.id()];
    let at_once = proposal(network, ADMIN, [publish.clone(), create.clone()].concat());
    let publish = proposal(network, ADMIN, publish);
    for answer in network.propose(&publish) {
        assert_eq!(answer, Err(WorkerError::BlobsNotFound(missing.clone())));
    }
    for validator in &mut network.validators {
        validator.pending_blob(chain, blob.clone()).expect("announced");
    }
    let answer = network.propose(&at_once).remove(0);
    assert_eq!(execution_error(answer), ExecutionError::BlobsNotFound(missing));
    Announced { published: network.execute(&publish), created: network.run(ADMIN, create), blob }
}

fn revoke(network: &mut TestNetwork, epoch: u32) -> ConfirmedBlockCertificate {
    let remove = AdminOperation::RemoveCommittee { epoch: Epoch(epoch) };
    network.run(ADMIN, vec![Operation::from(SystemOperation::Admin(remove))])
}

/// Gives a node the blocks that introduce an epoch, as clients do: the first one again once its blob is there.
fn push(node: &mut TestNode, announced: &Announced, network: &TestNetwork) {
    let Announced { published, created, blob } = announced;
    let missing = node.certificate(published.clone(), network.now);
    assert_eq!(missing, Err(WorkerError::BlobsNotFound(vec![blob.id()])));
    assert!(node.upload_blob(blob));
    for certificate in [published, created] {
        node.certificate(certificate.clone(), network.now).expect("nothing is missing any more");
    }
}

fn event(network: &TestNetwork, name: &[u8], epoch: u32) -> EventId {
    EventId { chain_id: network.chain_id(ADMIN), stream_id: StreamId::system(name), index: epoch }
}

fn execution_error<T: std::fmt::Debug>(answer: Result<T, WorkerError>) -> ExecutionError {
    let error = answer.expect_err("it does not execute");
    match error.as_chain_error() {
        Some(ChainError::Block(BlockError::ExecutionError(error, _))) => (**error).clone(),
        _ => panic!("{error}"),
    }
}

#[test]
fn validators_come_go_and_weigh_differently_from_a_chains_next_epoch_on() {
    let mut network = network();
    let (chain, now) = (network.chain_id(ANA), network.now);
    // The first one goes, the fifth comes, the fourth counts three times: 401 of 600 votes are a quorum.
    let next = committee(&[(2, 100), (3, 100), (4, 300), (5, 100)], ResourceControlPolicy::no_fees());
    let announced = announce(&mut network, 1, &next);
    // Ana's chain lags behind: there the first four decide, the one that goes among them.
    let lagging = network.run(ANA, vec![spend(chain, 1)]);
    let entering = network.run(ANA, vec![enter(1)]);
    for certificate in [&lagging, &entering] {
        assert_eq!(certificate.epoch(), Epoch(0));
        assert!(certificate.is_signed_by(&validator_key(1).public()));
    }
    let weak =
        |votes| WorkerError::from(CertificateError::CertificateRequiresQuorum { votes, required: 401 });
    let gone = WorkerError::from(CertificateError::InvalidSigner(Box::new(validator_key(1).public())));

    // The one that left still votes, but nothing comes of its vote.
    let proposal_of_next = proposal(&mut network, ANA, vec![spend(chain, 2)]);
    let validated = network.validate(&proposal_of_next);
    assert!(validated.is_signed_by(&validator_key(1).public()));
    let voter = &mut network.validators[1];
    let timeout = Timeout::new(chain, BlockHeight(2), Epoch(1));
    assert_eq!(voter.validated(validated.clone(), now), Err(gone.clone()));
    assert_eq!(voter.timeout(signed_by(1..=4, &timeout, FIRST), now), Err(gone.clone()));
    for (signers, votes) in [(&[2, 3, 5][..], 300), (&[2, 4], 400)] {
        let certificate = signed_by(signers.iter().copied(), validated.value(), FIRST);
        assert_eq!(voter.validated(certificate, now), Err(weak(votes)));
    }
    voter.validated(signed_by([2, 3, 4], validated.value(), FIRST), now).expect("500 votes");
    let confirmed = ConfirmedBlock::from(validated.value().clone());
    let yesterday = signed_by([1, 2, 3], &confirmed, FIRST);
    assert_eq!(voter.certificate(yesterday, now), Err(gone));
    let certified = signed_by([3, 4, 5], &confirmed, FIRST);
    for validator in &mut network.validators {
        validator.certificate(certified.clone(), now).expect("500 votes");
    }

    // The one that came knows the genesis only. What it needs is named, and then it has the same state as all.
    let mut fifth = TestNode::new(NodeConfig::validator(validator_key(5)), &network.genesis);
    let error = fifth.certificate(certified.clone(), now).expect_err("the epoch is unknown");
    let missing = vec![event(&network, EPOCH_STREAM_NAME, 1)];
    assert_eq!(NodeError::from(&error), NodeError::EventsNotFound(missing));
    push(&mut fifth, &announced, &network);
    for certificate in [lagging, entering, certified] {
        fifth.certificate(certificate, now).expect("certified by the committee of its epoch");
    }
    let info = fifth.query(ChainInfoQuery::new(chain), now).expect("active").info;
    assert_eq!((info.state_hash, info.epoch), (network.info(chain).state_hash, Epoch(1)));
    network.validators.remove(0);
    network.validator_keys.remove(0);
    network.validators.push(fifth);
    network.validator_keys.push(validator_key(5).public());
    let made = network.run(ANA, vec![spend(chain, 3)]);
    assert!(made.is_signed_by(&validator_key(5).public()));
}

#[test]
fn a_chain_takes_nothing_of_another_epoch() {
    let mut network = network();
    let (chain, now) = (network.chain_id(ANA), network.now);
    announce(&mut network, 1, &unchanged(1));
    let other = |chain_epoch, epoch| WorkerError::InvalidEpoch {
        chain_id: chain,
        chain_epoch: Epoch(chain_epoch),
        epoch: Epoch(epoch),
    };
    for (own, wrong) in [(0, 1), (1, 0)] {
        let good = proposal(&mut network, ANA, vec![spend(chain, 1)]);
        let mut block = good.content.block.clone();
        block.epoch = Epoch(wrong);
        let bad = BlockProposal::new_initial(FIRST, block, &network.owner_keys[ANA]);
        let height = bad.content.block.height;
        let validated = network.validate(&good);
        let mut executed: Block = validated.block().clone();
        executed.header.epoch = Epoch(wrong);
        let executed = Hashed::new(executed);
        let validator = &mut network.validators[0];
        assert_eq!(validator.propose(bad, now), Err(other(own, wrong)));
        let timeout = signed_by(1..=3, &Timeout::new(chain, height, Epoch(wrong)), FIRST);
        assert_eq!(validator.timeout(timeout, now), Err(other(own, wrong)));
        let locked = signed_by(1..=3, &ValidatedBlock::from_hashed(executed.clone()), FIRST);
        assert_eq!(validator.validated(locked, now), Err(other(own, wrong)));
        let confirmed = signed_by(1..=3, &ConfirmedBlock::from_hashed(executed), FIRST);
        assert_eq!(validator.certificate(confirmed, now), Err(other(own, wrong)));
        let confirmed = network.finalize(&validated);
        network.confirm(&confirmed);
        if own == 0 {
            network.run(ANA, vec![enter(1)]);
        }
    }
}

#[test]
fn epochs_are_entered_in_order_and_a_revoked_one_still_vouches_for_messages() {
    let mut network = network();
    let (ana, ben) = (network.chain_id(ANA), network.chain_id(BEN));
    for epoch in [1, 2] {
        announce(&mut network, epoch, &unchanged(epoch));
    }
    let skipping = proposal(&mut network, ANA, vec![enter(2)]);
    let answer = network.propose(&skipping).remove(0);
    let in_order = ExecutionError::InvalidCommitteeEpoch { expected: Epoch(1), provided: Epoch(2) };
    assert_eq!(execution_error(answer), in_order);
    let early = proposal(&mut network, BEN, vec![enter(1), enter(2), leave(0)]);
    let answer = network.propose(&early).remove(0);
    let missing = vec![event(&network, REMOVED_EPOCH_STREAM_NAME, 0)];
    assert_eq!(execution_error(answer), ExecutionError::EventsNotFound(missing));
    revoke(&mut network, 0);
    let entering = network.run(BEN, vec![enter(1), enter(2), leave(0)]);
    assert_eq!((entering.epoch(), network.info(ben).epoch), (Epoch(0), Epoch(2)));
    let trusted = network.validators[0].inspect(ben, async |chain| {
        Ok(chain.execution_state().system.committees.get().epochs().collect::<Vec<_>>())
    });
    assert_eq!(trusted, [Epoch(1), Epoch(2)]);
    let again = proposal(&mut network, BEN, vec![leave(0)]);
    let answer = network.propose(&again).remove(0);
    assert_eq!(execution_error(answer), ExecutionError::InvalidCommitteeRemoval);

    // Ana's chain has slept since. It goes on in the revoked epoch, and what it sends there arrives, also at a validator
    // that has just started and checked no certificate of that epoch yet.
    let sending = proposal(&mut network, ANA, vec![send(ben)]);
    let validated = network.validate(&sending);
    let sent = network.finalize(&validated);
    assert_eq!(sent.epoch(), Epoch(0));
    let bundles = sent.block().message_bundles_for(ben, sent.hash());
    let update = CrossChainRequest::UpdateRecipient {
        sender: ana,
        recipient: ben,
        bundles: bundles.into_iter().map(|bundle| (Epoch(0), bundle)).collect(),
        previous_height: None,
    };
    let now = network.now;
    network.validators[0].restart();
    network.validators[0].cross_chain(update, now).expect("delivered");
    assert_eq!(network.info(ben).requested_pending_message_bundles.len(), 1);
    network.confirm(&sent);
    let received = network.run_receiving(BEN, Vec::new());
    assert_eq!(received.epoch(), Epoch(2));
    assert_eq!(network.info(ben).chain_balance, Amount::from_tokens(1_001));
    let woken = network.run(ANA, vec![enter(1), enter(2), leave(0)]);
    assert_eq!((woken.epoch(), network.info(ana).epoch), (Epoch(0), Epoch(2)));
}

#[test]
fn prices_and_limits_change_with_a_chains_epoch() {
    let mut network = network();
    let (ana, ben) = (network.chain_id(ANA), network.chain_id(BEN));
    network.run(ANA, vec![spend(ana, 1)]);
    let one = network.block(ana, Some(network.owner(ANA)), Vec::new(), vec![spend(ana, 1)]);
    let policy = ResourceControlPolicy {
        operation: Amount::from_tokens(10),
        maximum_block_proposal_size: bcs_size(&one),
        ..ResourceControlPolicy::no_fees()
    };
    announce(&mut network, 1, &same(policy));
    // The block that enters the epoch still has the old prices and limits; its second operation, too.
    network.run(ANA, vec![enter(1), spend(ana, 1), spend(ana, 1)]);
    assert_eq!(network.info(ana).chain_balance, Amount::from_tokens(1_000 - 3));
    network.run(ANA, vec![spend(ana, 1)]);
    assert_eq!(network.info(ana).chain_balance, Amount::from_tokens(1_000 - 4 - 10));
    let large = proposal(&mut network, ANA, vec![spend(ana, 1), spend(ana, 1)]);
    let size = bcs_size(&large.content.block);
    for answer in network.propose(&large) {
        assert_eq!(answer, Err(ChainError::BlockProposalTooLarge(size).into()));
    }
    // Nothing has changed for a chain that stays behind.
    network.run(BEN, vec![spend(ben, 1), spend(ben, 1)]);
    assert_eq!(network.info(ben).chain_balance, Amount::from_tokens(1_000 - 2));
}

#[test]
fn blocks_above_the_tip_tell_their_events_once_and_in_order() {
    const LAST: BlockHeight = BlockHeight(6);
    let mut network = network();
    let admin = network.chain_id(ADMIN);
    let before = network.run(ADMIN, vec![spend(admin, 1)]);
    let announced = [1, 2].map(|epoch| announce(&mut network, epoch, &unchanged(epoch)));
    let revoked = [0, 1].map(|epoch| revoke(&mut network, epoch));
    let mut client = network.client([network.chain_id(ANA)]);
    let now = network.now;
    let streams = |name: &[u8]| [StreamId::system(name)].into();
    let events = |height, hash, name: &[u8]| Reason::NewEvents {
        height: BlockHeight(height),
        hash,
        event_streams: streams(name),
    };
    let news = |client: &mut TestNode| {
        std::mem::take(&mut client.notifications).into_iter().map(|news| news.reason).collect::<Vec<_>>()
    };
    let next = |client: &mut TestNode, name: &[u8]| {
        let stream_id = StreamId::system(name);
        client.inspect(admin, async |chain| chain.next_expected_event(&stream_id).await)
    };

    // Epochs 1 and 2 become known although the blocks between are missing. The second certificate is of epoch 1.
    let error = client.certificate(announced[1].created.clone(), now).expect_err("epoch 1 is unknown");
    let missing = vec![event(&network, EPOCH_STREAM_NAME, 1)];
    assert_eq!(NodeError::from(&error), NodeError::EventsNotFound(missing));
    for (height, announced) in [2, 4].into_iter().zip(&announced) {
        push(&mut client, announced, &network);
        assert_eq!(news(&mut client), [events(height, announced.created.hash(), EPOCH_STREAM_NAME)]);
    }
    assert_eq!(next(&mut client, EPOCH_STREAM_NAME), Some(3));
    // A removal that comes too early waits for the one before it.
    client.certificate(revoked[1].clone(), now).expect("epoch 2 is known");
    assert!(news(&mut client).is_empty());
    client.certificate(revoked[0].clone(), now).expect("epoch 2 is known");
    assert_eq!(news(&mut client), [events(5, revoked[0].hash(), REMOVED_EPOCH_STREAM_NAME)]);
    assert_eq!(next(&mut client, REMOVED_EPOCH_STREAM_NAME), Some(1));
    let tip = client.inspect(admin, async |chain| Ok(chain.tip()));
    assert_eq!(tip.next_block_height, BlockHeight(0));

    // Once the gaps are closed all are executed; what was told is not told again.
    let announced = announced.into_iter().flat_map(|announced| [announced.published, announced.created]);
    let blocks = [before].into_iter().chain(announced).chain(revoked);
    for (height, certificate) in (0..).map(BlockHeight).zip(blocks) {
        let hash = certificate.hash();
        client.confirmed(certificate, ProcessingMode::Execute, now).expect("the next block");
        let told = news(&mut client);
        let event_streams = match height {
            LAST => streams(REMOVED_EPOCH_STREAM_NAME),
            _ => Default::default(),
        };
        assert_eq!(told[0], Reason::NewBlock { height, hash, event_streams });
        let late = [events(LAST.0, hash, REMOVED_EPOCH_STREAM_NAME)];
        assert_eq!(told[1..], late[..usize::from(height == LAST)]);
    }
    assert_eq!(next(&mut client, REMOVED_EPOCH_STREAM_NAME), Some(2));
}
