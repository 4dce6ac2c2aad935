//! Chains come to life, or nothing changes.

use futures::executor::block_on;
use walnut_base::{ApplicationPermissions, Epoch, EventId, ResourceControlPolicy, StreamId, Timestamp};
use walnut_views::{Batch, MemoryStore, View};

use crate::{
    Committees, ExecutionError, ExecutionState, initialize_chain, storage,
    test_utils::{Desk, committee_blob, description, hash, owner, tokens},
};

#[test]
fn description_becomes_state() {
    let mut desk = Desk::new(ResourceControlPolicy::testnet());
    let system = &desk.state.system;
    assert_eq!(*system.description.get(), Some(description(1)));
    assert_eq!(*system.timestamp.get(), Timestamp::from_micros(1000));
    assert_eq!(*system.epoch.get(), Epoch::ZERO);
    assert_eq!(*system.admin_chain_id.get(), Some(description(0).id()));
    assert_eq!(system.ownership.get().owners, [(owner(1), 100)].into());
    assert_eq!(*system.balance.get(), tokens(100));
    assert_eq!(*system.application_permissions.get(), ApplicationPermissions::default());
    assert_eq!(system.committees.get().epochs().collect::<Vec<_>>(), [Epoch::ZERO]);
    assert_eq!(system.committees.get().get(Epoch::ZERO).unwrap().policy(), &ResourceControlPolicy::testnet());
    assert!(!*system.closed.get());
    assert!(block_on(system.is_active(&desk.store, &desk.committees)).unwrap());
    assert!(!desk.uses_blob(desk.chain_id.description_blob_id()));
    let again = block_on(initialize_chain(&mut desk.state, desk.chain_id, &desk.store, &desk.committees));
    assert_eq!(again, Ok(None));
}

#[test]
fn missing_data_is_named_and_nothing_changes() {
    let store = MemoryStore::new();
    let committees = Committees::new();
    let mut description = description(1);
    description.config.epoch = Epoch(2);
    description.config.max_active_epoch = Epoch(2);
    let chain_id = description.id();
    let mut state = block_on(ExecutionState::load(&store)).unwrap();
    let mut attempt = || block_on(initialize_chain(&mut state, chain_id, &store, &committees));
    let put = |key: Vec<u8>, value: Vec<u8>| {
        let mut batch = Batch::new();
        batch.put(key, value);
        store.apply(&batch);
    };

    let description_id = chain_id.description_blob_id();
    assert_eq!(attempt(), Err(ExecutionError::BlobsNotFound(vec![description_id])));
    put(storage::blob_key(&description_id), description.to_blob().bytes().to_vec());
    assert_eq!(attempt(), Err(ExecutionError::NoNetworkDescriptionFound));

    let (_, genesis) = committee_blob(ResourceControlPolicy::no_fees());
    let (_, second) = committee_blob(ResourceControlPolicy::testnet());
    let admin_chain_id = walnut_base::ChainId(hash(1));
    let network = walnut_base::NetworkDescription {
        name: "test".into(),
        genesis_config_hash: hash(9),
        genesis_timestamp: Timestamp::from_micros(0),
        genesis_committee_blob_hash: genesis.id().hash,
        admin_chain_id,
    };
    put(storage::network_description_key(), bcs::to_bytes(&network).unwrap());
    let event = |index| EventId { chain_id: admin_chain_id, stream_id: StreamId::system([0]), index };
    assert_eq!(attempt(), Err(ExecutionError::EventsNotFound(vec![event(0), event(1), event(2)])));
    put(storage::blob_key(&genesis.id()), genesis.bytes().to_vec());
    assert_eq!(attempt(), Err(ExecutionError::EventsNotFound(vec![event(1), event(2)])));
    for index in [1, 2] {
        put(storage::event_key(&event(index)), bcs::to_bytes(&second.id().hash).unwrap());
    }
    // The events are there, but not the blob they name.
    assert_eq!(attempt(), Err(ExecutionError::EventsNotFound(vec![event(1), event(2)])));
    put(storage::blob_key(&second.id()), second.bytes().to_vec());
    assert!(attempt().unwrap().is_some());
    assert_eq!(state.system.committees.get().epochs().count(), 3);
}

#[test]
fn failed_initialization_leaves_no_trace() {
    let store = MemoryStore::new();
    let mut state = block_on(ExecutionState::load(&store)).unwrap();
    let blob = description(1).to_blob();
    let mut batch = Batch::new();
    batch.put(storage::blob_key(&blob.id()), blob.bytes());
    store.apply(&batch);
    let result = block_on(initialize_chain(&mut state, description(1).id(), &store, &Committees::new()));
    assert_eq!(result, Err(ExecutionError::NoNetworkDescriptionFound));
    let mut batch = Batch::new();
    state.emit(&mut batch);
    assert!(batch.is_empty());
}

#[test]
fn absurd_range_of_epochs_is_reported_in_part() {
    let (_, blob) = committee_blob(ResourceControlPolicy::no_fees());
    let mut description = description(1);
    description.config.max_active_epoch = Epoch(u32::MAX);
    let desk = Desk::new(ResourceControlPolicy::no_fees());
    desk.put_blob(&blob);
    desk.put_blob(&description.to_blob());
    let mut state = block_on(ExecutionState::load(&MemoryStore::new())).unwrap();
    let result = block_on(initialize_chain(&mut state, description.id(), &desk.store, &desk.committees));
    let Err(ExecutionError::EventsNotFound(missing)) = result else { panic!("{result:?}") };
    assert_eq!(missing.len(), 1000);
}
