//! Every system operation: what it changes, what it records, and each way to fail.

use std::collections::BTreeMap;

use walnut_base::{
    Account, AccountOwner, AdminOperation, Amount, ApplicationId, ApplicationPermissions, ArithmeticError,
    Blob, BlobId, BlobType, ChainDescription, ChainId, ChainOrigin, ChainOwnership, Epoch, EventId, Message,
    MessageKind, OpenChainConfig, OracleResponse, OutgoingMessage, ResourceControlPolicy, StreamId,
    SystemMessage, SystemOperation, TimeoutConfig,
};

use crate::{
    ExecutionError, TransactionOutcome, TransactionStart, TransactionTracker,
    committees::{epoch_event, removed_epoch_event},
    test_utils::{
        Desk, committee_blob, create_requiring, description, hash, other_chain, owner, store_module,
        to_other_chain, tokens, transfer,
    },
};

fn desk() -> Desk {
    Desk::new(ResourceControlPolicy::no_fees())
}

fn outcome(desk: &mut Desk) -> TransactionOutcome {
    std::mem::take(&mut desk.transaction).into_outcome().unwrap()
}

fn replay(desk: &mut Desk, responses: Vec<OracleResponse>) {
    desk.transaction = TransactionTracker::new(TransactionStart::default(), Some(responses));
}

fn message(destination: ChainId, kind: MessageKind, message: SystemMessage) -> OutgoingMessage {
    OutgoingMessage {
        destination,
        authenticated_signer: None,
        grant: Amount::ZERO,
        refund_grant_to: None,
        kind,
        message: Message::System(message),
    }
}

// --- transfers and claims ---

#[test]
fn transfer_to_another_chain_sends_a_tracked_credit() {
    let mut desk = desk();
    desk.operate(to_other_chain(tokens(30))).unwrap();
    assert_eq!(desk.balance(), tokens(70));
    let credit = SystemMessage::Credit {
        target: AccountOwner::CHAIN,
        amount: tokens(30),
        source: AccountOwner::CHAIN,
    };
    assert_eq!(outcome(&mut desk).outgoing_messages, [message(other_chain(), MessageKind::Tracked, credit)]);
}

#[test]
fn transfer_on_the_same_chain_moves_tokens_at_once() {
    let mut desk = desk();
    let account = |owner| Account { chain_id: desk.chain_id, owner };
    let (to_owner, to_chain) = (account(owner(1)), account(AccountOwner::CHAIN));
    desk.operate(transfer(AccountOwner::CHAIN, to_owner, tokens(30))).unwrap();
    assert_eq!((desk.balance(), desk.balance_of(owner(1))), (tokens(70), Some(tokens(30))));
    desk.operate(transfer(owner(1), to_chain, tokens(10))).unwrap();
    assert_eq!((desk.balance(), desk.balance_of(owner(1))), (tokens(80), Some(tokens(20))));
    // An emptied account is removed.
    desk.operate(transfer(owner(1), to_chain, tokens(20))).unwrap();
    assert_eq!((desk.balance(), desk.balance_of(owner(1))), (tokens(100), None));
    assert!(outcome(&mut desk).outgoing_messages.is_empty());
}

#[test]
fn transfer_checks_authority_then_amount_then_balance() {
    let mut desk = desk();
    let recipient = Account::chain(other_chain());
    desk.endow(owner(1), tokens(5));
    let unauthenticated = Err(ExecutionError::UnauthenticatedTransferOwner);
    assert_eq!(desk.operate(transfer(owner(2), recipient, Amount::ZERO)), unauthenticated);
    let zero = desk.operate(transfer(owner(1), recipient, Amount::ZERO));
    assert_eq!(zero, Err(ExecutionError::IncorrectTransferAmount));
    let too_much = desk.operate(transfer(owner(1), recipient, tokens(6)));
    let insufficient = ExecutionError::InsufficientBalance { balance: tokens(5), account: owner(1) };
    assert_eq!(too_much, Err(insufficient));
    let too_much = desk.operate(to_other_chain(tokens(101)));
    let account = AccountOwner::CHAIN;
    assert_eq!(too_much, Err(ExecutionError::InsufficientBalance { balance: tokens(100), account }));
    // Someone who does not own the chain spends his own account, not the chain's.
    desk.state.system.ownership.set(ChainOwnership::single(owner(9)));
    assert_eq!(desk.operate(to_other_chain(tokens(1))), unauthenticated);
    desk.operate(transfer(owner(1), recipient, tokens(1))).unwrap();
    desk.state.system.ownership.set(ChainOwnership::single_super(owner(1)));
    desk.operate(to_other_chain(tokens(1))).unwrap();
}

#[test]
fn application_spends_its_own_account_only() {
    let mut desk = desk();
    let app = ApplicationId::new(hash(7));
    desk.endow(app.into(), tokens(2));
    desk.endow(owner(2), tokens(2));
    let recipient = Account::chain(other_chain());
    let mut attempt = |source| {
        desk.act(async |mut executor| {
            executor.transfer(Some(owner(3)), Some(app), source, recipient, tokens(1)).await
        })
    };
    assert_eq!(attempt(app.into()), Ok(()));
    assert_eq!(attempt(owner(2)), Err(ExecutionError::UnauthenticatedTransferOwner));
    assert_eq!(attempt(AccountOwner::CHAIN), Err(ExecutionError::UnauthenticatedTransferOwner));
    let unsigned = desk.act(async |mut executor| {
        executor.transfer(None, None, AccountOwner::CHAIN, recipient, tokens(1)).await
    });
    assert_eq!(unsigned, Err(ExecutionError::UnauthenticatedTransferOwner));
}

#[test]
fn claim_asks_the_other_chain_or_acts_here() {
    let mut desk = desk();
    let recipient = Account { chain_id: desk.chain_id, owner: owner(2) };
    let claim = |owner, target_id, amount| SystemOperation::Claim { owner, target_id, recipient, amount };
    desk.operate(claim(owner(1), other_chain(), tokens(3))).unwrap();
    let withdraw = SystemMessage::Withdraw { owner: owner(1), amount: tokens(3), recipient };
    let mut expected = message(other_chain(), MessageKind::Simple, withdraw);
    expected.authenticated_signer = Some(owner(1));
    assert_eq!(outcome(&mut desk).outgoing_messages, [expected]);

    desk.endow(owner(1), tokens(3));
    desk.operate(claim(owner(1), desk.chain_id, tokens(3))).unwrap();
    assert_eq!((desk.balance_of(owner(1)), desk.balance_of(owner(2))), (None, Some(tokens(3))));

    let unauthenticated = Err(ExecutionError::UnauthenticatedClaimOwner);
    assert_eq!(desk.operate(claim(owner(2), other_chain(), tokens(1))), unauthenticated);
    // Not even an owner of the chain claims from the chain's own balance.
    assert_eq!(desk.operate(claim(AccountOwner::CHAIN, other_chain(), tokens(1))), unauthenticated);
    let zero = desk.operate(claim(owner(1), other_chain(), Amount::ZERO));
    assert_eq!(zero, Err(ExecutionError::IncorrectClaimAmount));
    let insufficient = ExecutionError::InsufficientBalance { balance: Amount::ZERO, account: owner(1) };
    assert_eq!(desk.operate(claim(owner(1), desk.chain_id, tokens(1))), Err(insufficient));
}

// --- chains and their settings ---

#[test]
fn opened_chains_are_numbered_in_the_block() {
    let mut desk = desk();
    let config = OpenChainConfig {
        ownership: ChainOwnership::single(owner(5)),
        balance: tokens(10),
        application_permissions: ApplicationPermissions::default(),
    };
    desk.operate(SystemOperation::OpenChain(config.clone())).unwrap();
    desk.operate(SystemOperation::OpenChain(config.clone())).unwrap();
    assert_eq!(desk.balance(), tokens(80));
    let child = |chain_index| {
        let context = desk.operation_context();
        let parent = desk.chain_id;
        let mut child = description(0);
        child.origin = ChainOrigin::Child { parent, block_height: context.height, chain_index };
        child.timestamp = context.timestamp;
        child.config.ownership = ChainOwnership::single(owner(5));
        child.config.balance = tokens(10);
        child
    };
    let mut expected = [child(0).to_blob(), child(1).to_blob()];
    expected.sort_by_key(|blob| blob.id().hash);
    let outcome = outcome(&mut desk);
    assert_eq!(outcome.blobs, expected);
    assert!(outcome.outgoing_messages.is_empty() && outcome.oracle_responses.is_empty());
    assert_eq!(outcome.next_chain_index, 2);
    for blob in &outcome.blobs {
        let description: ChainDescription = bcs::from_bytes(blob.bytes()).unwrap();
        assert_eq!(description.id().description_blob_id(), blob.id());
        assert!(!desk.uses_blob(blob.id()));
    }
    let too_rich = OpenChainConfig { balance: tokens(81), ..config };
    let account = AccountOwner::CHAIN;
    let insufficient = ExecutionError::InsufficientBalance { balance: tokens(80), account };
    assert_eq!(desk.operate(SystemOperation::OpenChain(too_rich)), Err(insufficient));
}

#[test]
fn child_inherits_the_trusted_epochs() {
    let mut desk = desk();
    let (committee, _) = committee_blob(ResourceControlPolicy::no_fees());
    let committees = desk.state.system.committees.get_mut();
    committees.remove(Epoch::ZERO);
    committees.insert(Epoch(300), committee.clone());
    committees.insert(Epoch(2), committee);
    desk.state.system.epoch.set(Epoch(300));
    let config = OpenChainConfig {
        ownership: ChainOwnership::single(owner(5)),
        balance: Amount::ZERO,
        application_permissions: ApplicationPermissions::default(),
    };
    desk.operate(SystemOperation::OpenChain(config)).unwrap();
    let blob = outcome(&mut desk).blobs.remove(0);
    let child: ChainDescription = bcs::from_bytes(blob.bytes()).unwrap();
    let epochs = (child.config.epoch, child.config.min_active_epoch, child.config.max_active_epoch);
    assert_eq!(epochs, (Epoch(300), Epoch(2), Epoch(300)));
}

#[test]
fn settings_are_taken_as_given() {
    let mut desk = desk();
    desk.operate(SystemOperation::CloseChain).unwrap();
    assert!(*desk.state.system.closed.get());
    let permissions = ApplicationPermissions::new_single(ApplicationId::new(hash(4)));
    desk.operate(SystemOperation::ChangeApplicationPermissions(permissions.clone())).unwrap();
    assert_eq!(*desk.state.system.application_permissions.get(), permissions);
    desk.operate(SystemOperation::ChangeOwnership {
        super_owners: vec![owner(3), owner(2), owner(3)],
        owners: vec![(owner(4), 1), (owner(5), 0), (owner(4), 7)],
        multi_leader_rounds: 9,
        open_multi_leader_rounds: true,
        timeout_config: TimeoutConfig::default(),
    })
    .unwrap();
    let expected = ChainOwnership {
        super_owners: [owner(2), owner(3)].into(),
        owners: [(owner(4), 7), (owner(5), 0)].into(),
        multi_leader_rounds: 9,
        open_multi_leader_rounds: true,
        timeout_config: TimeoutConfig::default(),
    };
    assert_eq!(*desk.state.system.ownership.get(), expected);
}

// --- blobs ---

#[test]
fn published_blobs_are_marked_without_an_oracle() {
    let mut desk = desk();
    let module_id = walnut_base::ModuleId::new(hash(1), hash(2), walnut_base::VmRuntime::Wasm);
    desk.operate(SystemOperation::PublishDataBlob { blob_hash: hash(3) }).unwrap();
    desk.operate(SystemOperation::PublishModule { module_id }).unwrap();
    let expected = [
        BlobId::new(hash(3), BlobType::Data),
        BlobId::new(hash(1), BlobType::ContractBytecode),
        BlobId::new(hash(2), BlobType::ServiceBytecode),
    ];
    let outcome = outcome(&mut desk);
    assert_eq!(outcome.blobs_published, expected.into());
    assert!(outcome.oracle_responses.is_empty() && outcome.blobs.is_empty());
    assert!(expected.into_iter().all(|blob_id| desk.uses_blob(blob_id)));
}

#[test]
fn verified_blob_is_recorded_the_first_time_and_charged_every_time() {
    let mut desk = Desk::new(ResourceControlPolicy::all_categories());
    let blob = Blob::new_data(vec![1; 50]);
    let verify = || SystemOperation::VerifyBlob { blob_id: blob.id() };
    assert_eq!(desk.operate(verify()), Err(ExecutionError::BlobsNotFound(vec![blob.id()])));
    desk.put_blob(&blob);
    desk.operate(verify()).unwrap();
    desk.operate(verify()).unwrap();
    assert_eq!(outcome(&mut desk).oracle_responses, [OracleResponse::Blob(blob.id())]);
    let fee = ResourceControlPolicy::all_categories().blob_read;
    assert_eq!(desk.balance(), tokens(100).try_sub(fee.try_mul(2).unwrap()).unwrap());
    assert_eq!((desk.resources.tracker.blobs_read, desk.resources.tracker.blob_bytes_read), (2, 0));
}

#[test]
fn replayed_use_of_a_blob_must_be_the_recorded_one() {
    let blob = Blob::new_data(vec![1]);
    let attempt = |responses| {
        let mut desk = desk();
        desk.put_blob(&blob);
        replay(&mut desk, responses);
        desk.operate(SystemOperation::VerifyBlob { blob_id: blob.id() })
    };
    assert_eq!(attempt(vec![OracleResponse::Blob(blob.id())]), Ok(()));
    assert_eq!(attempt(vec![]), Err(ExecutionError::MissingOracleResponse));
    assert_eq!(attempt(vec![OracleResponse::Assert]), Err(ExecutionError::OracleResponseMismatch));
}

// --- applications ---

fn create(module_id: walnut_base::ModuleId, required_application_ids: Vec<ApplicationId>) -> SystemOperation {
    SystemOperation::CreateApplication {
        module_id,
        parameters: vec![1],
        instantiation_argument: vec![2],
        required_application_ids,
    }
}

#[test]
fn application_is_created_then_needs_a_machine() {
    let mut desk = desk();
    let module_id = store_module(&mut desk, 1);
    let result = desk.operate(create(module_id, vec![]));
    let Err(ExecutionError::ApplicationsUnsupported(application_id)) = result else { panic!("{result:?}") };
    let outcome = outcome(&mut desk);
    let expected = walnut_base::ApplicationDescription {
        module_id,
        creator_chain_id: desk.chain_id,
        block_height: walnut_base::BlockHeight(0),
        application_index: 0,
        parameters: vec![1],
        required_application_ids: vec![],
    };
    assert_eq!(expected.id(), application_id);
    assert_eq!(outcome.blobs, [expected.to_blob()]);
    assert_eq!(outcome.next_application_index, 1);
    assert_eq!(
        outcome.oracle_responses,
        module_id.bytecode_blob_ids().into_iter().map(OracleResponse::Blob).collect::<Vec<_>>()
    );
    assert!(desk.uses_blob(application_id.description_blob_id()));
}

#[test]
fn missing_bytecode_is_named_completely() {
    let mut desk = desk();
    let module_id = walnut_base::ModuleId::new(hash(1), hash(2), walnut_base::VmRuntime::Wasm);
    let missing = module_id.bytecode_blob_ids();
    assert_eq!(desk.operate(create(module_id, vec![])), Err(ExecutionError::BlobsNotFound(missing)));
    let (contract, _) = crate::test_utils::module_blobs(1);
    desk.put_blob(&contract);
    let module_id = walnut_base::ModuleId::new(contract.id().hash, hash(2), walnut_base::VmRuntime::Wasm);
    let missing = vec![module_id.service_bytecode_blob_id()];
    assert_eq!(desk.operate(create(module_id, vec![])), Err(ExecutionError::BlobsNotFound(missing)));
}

#[test]
fn required_applications_are_recorded_depth_first() {
    let mut desk = desk();
    let leaf = create_requiring(&mut desk, 1, vec![]);
    let other_leaf = create_requiring(&mut desk, 2, vec![]);
    let middle = create_requiring(&mut desk, 3, vec![leaf, other_leaf]);
    let top = create_requiring(&mut desk, 4, vec![middle, leaf]);
    desk.act(async |mut executor| executor.describe_application(top).await).unwrap();
    let mut expected = Vec::new();
    for (application_id, seed) in [(top, 4), (middle, 3), (leaf, 1), (other_leaf, 2)] {
        let (contract, service) = crate::test_utils::module_blobs(seed);
        expected.extend([application_id.description_blob_id(), contract.id(), service.id()]);
    }
    let responses = outcome(&mut desk).oracle_responses;
    assert_eq!(responses, expected.into_iter().map(OracleResponse::Blob).collect::<Vec<_>>());
    // Everything is known now: nothing is recorded again.
    let loaded = desk.act(async |mut executor| executor.load_with_dependencies(top).await).unwrap();
    let ids: Vec<_> = loaded.iter().map(|application| application.application_id).collect();
    assert_eq!(ids, [top, middle, leaf, other_leaf]);
    assert!(outcome(&mut desk).oracle_responses.is_empty());
}

#[test]
fn application_of_an_earlier_transaction_can_be_called_but_not_required() {
    let mut desk = desk();
    let module_id = store_module(&mut desk, 1);
    desk.operate(create(module_id, vec![])).unwrap_err();
    let created = outcome(&mut desk);
    let application_id = ApplicationId::new(created.blobs[0].id().hash);
    let created_before =
        created.blobs.iter().map(|blob| (blob.id(), blob.content().clone())).collect::<BTreeMap<_, _>>();
    let start = TransactionStart { created_before: created_before.into(), ..TransactionStart::default() };
    desk.transaction = TransactionTracker::new(start, None);
    desk.act(async |mut executor| executor.load_application(application_id).await).unwrap();
    let missing = ExecutionError::BlobsNotFound(vec![application_id.description_blob_id()]);
    assert_eq!(desk.operate(create(module_id, vec![application_id])), Err(missing));
}

// --- committees and epochs ---

#[test]
fn only_the_admin_chain_changes_committees() {
    let mut desk = desk();
    let operation = SystemOperation::Admin(AdminOperation::RemoveCommittee { epoch: Epoch::ZERO });
    assert_eq!(desk.operate(operation), Err(ExecutionError::AdminOperationOnNonAdminChain));
}

#[test]
fn admin_chain_creates_and_removes_committees() {
    let mut desk = Desk::admin(ResourceControlPolicy::no_fees());
    let (committee, blob) = committee_blob(ResourceControlPolicy::testnet());
    let create = |epoch, blob_hash| {
        SystemOperation::Admin(AdminOperation::CreateCommittee { epoch: Epoch(epoch), blob_hash })
    };
    let remove = |epoch| SystemOperation::Admin(AdminOperation::RemoveCommittee { epoch: Epoch(epoch) });
    let blob_hash = blob.id().hash;
    let wrong = ExecutionError::InvalidCommitteeEpoch { expected: Epoch(1), provided: Epoch(2) };
    assert_eq!(desk.operate(create(2, blob_hash)), Err(wrong));
    assert_eq!(desk.operate(create(1, blob_hash)), Err(ExecutionError::BlobsNotFound(vec![blob.id()])));
    desk.put_blob(&blob);
    desk.operate(create(1, blob_hash)).unwrap();
    desk.operate(remove(0)).unwrap();
    assert_eq!(*desk.state.system.epoch.get(), Epoch(1));
    assert_eq!(desk.state.system.committees.get().iter().collect::<Vec<_>>(), [(Epoch(1), &committee)]);
    assert_eq!(desk.operate(remove(0)), Err(ExecutionError::InvalidCommitteeRemoval));
    desk.operate(SystemOperation::Admin(AdminOperation::PublishCommitteeBlob { blob_hash: hash(8) }))
        .unwrap();
    let outcome = outcome(&mut desk);
    let event = |name, index, value| walnut_base::Event { stream_id: StreamId::system([name]), index, value };
    assert_eq!(outcome.events, [event(0, 1, bcs::to_bytes(&blob_hash).unwrap()), event(1, 0, vec![])]);
    assert_eq!(outcome.oracle_responses, [OracleResponse::Blob(blob.id())]);
    assert_eq!(outcome.blobs_published, [BlobId::new(hash(8), BlobType::Committee)].into());
    // The new committee is known to this chain alone until the block is confirmed.
    let current =
        futures::executor::block_on(desk.state.system.current_committee(&desk.store, &desk.committees));
    assert_eq!(current.unwrap().unwrap().committee, committee);
    assert!(desk.committees.known(Epoch(1)).is_none());
}

#[test]
fn committee_blob_must_decode() {
    let mut desk = Desk::admin(ResourceControlPolicy::no_fees());
    let blob = crate::test_utils::blob_of(BlobType::Committee, vec![1, 2, 3]);
    desk.put_blob(&blob);
    let operation = AdminOperation::CreateCommittee { epoch: Epoch(1), blob_hash: blob.id().hash };
    let result = desk.operate(SystemOperation::Admin(operation));
    assert!(matches!(result, Err(ExecutionError::BcsError(_))), "{result:?}");
}

#[test]
fn other_chains_follow_the_admin_chain() {
    let mut desk = desk();
    let admin = description(0).id();
    let (committee, blob) = committee_blob(ResourceControlPolicy::testnet());
    let (new, removed) = (epoch_event(admin, Epoch(1)), removed_epoch_event(admin, Epoch(0)));
    let next = || SystemOperation::ProcessNewEpoch(Epoch(1));
    let end = || SystemOperation::ProcessRemovedEpoch(Epoch(0));
    let wrong = ExecutionError::InvalidCommitteeEpoch { expected: Epoch(1), provided: Epoch(3) };
    assert_eq!(desk.operate(SystemOperation::ProcessNewEpoch(Epoch(3))), Err(wrong));
    assert_eq!(desk.operate(next()), Err(ExecutionError::EventsNotFound(vec![new.clone()])));
    let value = bcs::to_bytes(&blob.id().hash).unwrap();
    desk.put_event(&new, &value);
    assert_eq!(desk.operate(next()), Err(ExecutionError::BlobsNotFound(vec![blob.id()])));
    desk.put_blob(&blob);
    desk.transaction = TransactionTracker::default();
    desk.operate(next()).unwrap();
    assert_eq!(*desk.state.system.epoch.get(), Epoch(1));
    assert_eq!(desk.state.system.committees.get().get(Epoch(1)), Some(&committee));
    let recorded = [OracleResponse::Event(new, value), OracleResponse::Blob(blob.id())];
    assert_eq!(outcome(&mut desk).oracle_responses, recorded);

    assert_eq!(desk.operate(end()), Err(ExecutionError::EventsNotFound(vec![removed.clone()])));
    // The attempt is not rolled back here, as it would be in a block.
    assert_eq!(desk.operate(end()), Err(ExecutionError::InvalidCommitteeRemoval));
    desk.state.system.committees.get_mut().insert(Epoch(0), committee);
    desk.put_event(&removed, &[]);
    desk.operate(end()).unwrap();
    assert_eq!(outcome(&mut desk).oracle_responses, [OracleResponse::Event(removed, vec![])]);
}

#[test]
fn replayed_epochs_trust_the_record_as_far_as_upstream_does() {
    let admin = description(0).id();
    let (_, blob) = committee_blob(ResourceControlPolicy::testnet());
    let value = bcs::to_bytes(&blob.id().hash).unwrap();
    let attempt = |operation, responses| {
        let mut desk = desk();
        desk.put_blob(&blob);
        replay(&mut desk, responses);
        desk.operate(operation)
    };
    let event = |epoch| OracleResponse::Event(epoch_event(admin, Epoch(epoch)), value.clone());
    let used = OracleResponse::Blob(blob.id());
    // No event is stored: the record is enough.
    let next = SystemOperation::ProcessNewEpoch(Epoch(1));
    assert_eq!(attempt(next.clone(), vec![event(1), used.clone()]), Ok(()));
    assert_eq!(attempt(next.clone(), vec![event(2), used]), Err(ExecutionError::OracleResponseMismatch));
    assert_eq!(attempt(next, vec![event(1)]), Err(ExecutionError::MissingOracleResponse));
    // The answer about a removed epoch is not looked at.
    assert_eq!(attempt(SystemOperation::ProcessRemovedEpoch(Epoch(0)), vec![OracleResponse::Assert]), Ok(()));
}

#[test]
fn last_epoch_has_no_successor() {
    let mut desk = desk();
    desk.state.system.epoch.set(Epoch(u32::MAX));
    let overflow = ExecutionError::ArithmeticError(ArithmeticError::Overflow);
    assert_eq!(desk.operate(SystemOperation::ProcessNewEpoch(Epoch(0))), Err(overflow));
}

// --- streams ---

#[test]
fn stream_updates_are_looked_up_by_their_last_event() {
    let mut desk = desk();
    let stream_id = StreamId::user(ApplicationId::new(hash(6)), *b"feed");
    let other = StreamId::user(ApplicationId::new(hash(6)), *b"other");
    let last =
        |stream_id: &StreamId| EventId { chain_id: other_chain(), stream_id: stream_id.clone(), index: 4 };
    let update = |streams: &[&StreamId], next_index| {
        let updates = streams.iter().map(|stream_id| (other_chain(), (*stream_id).clone(), next_index));
        SystemOperation::UpdateStreams(updates.collect())
    };
    let missing = ExecutionError::EventsNotFound(vec![last(&stream_id), last(&other)]);
    assert_eq!(desk.operate(update(&[&stream_id, &other], 5)), Err(missing));
    use walnut_views::View;
    desk.state.rollback();
    desk.transaction = TransactionTracker::default();
    desk.put_event(&last(&stream_id), b"value");
    desk.operate(update(&[&stream_id], 5)).unwrap();
    assert_eq!(outcome(&mut desk).oracle_responses, [OracleResponse::EventExists(last(&stream_id))]);
    // There is an entry now although nobody subscribed.
    for next_index in [5, 4, 0] {
        assert_eq!(
            desk.operate(update(&[&stream_id], next_index)),
            Err(ExecutionError::OutdatedUpdateStreams)
        );
    }
    replay(&mut desk, vec![OracleResponse::Assert]);
    desk.operate(update(&[&other], 1)).unwrap();
}

#[test]
fn trusted_committees_are_encoded_by_little_endian_epochs() {
    let (committee, blob) = committee_blob(ResourceControlPolicy::no_fees());
    let trusted: crate::TrustedCommittees =
        [(Epoch(1), committee.clone()), (Epoch(256), committee)].into_iter().collect();
    let bytes = bcs::to_bytes(&trusted).unwrap();
    let expected = [&[2][..], &[0, 1, 0, 0], blob.bytes(), &[1, 0, 0, 0], blob.bytes()].concat();
    assert_eq!(bytes, expected);
    assert_eq!(bcs::from_bytes::<crate::TrustedCommittees>(&bytes).unwrap(), trusted);
}
