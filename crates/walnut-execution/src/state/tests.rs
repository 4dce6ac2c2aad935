//! The state hash in all its modes, against recorded and worked values.

use futures::executor::block_on;
use walnut_base::{
    AccountOwner, AccountPublicKey, Amount, ApplicationId, ApplicationPermissions, ChainDescription, ChainId,
    ChainOrigin, ChainOwnership, Ed25519PublicKey, Epoch, InitialChainConfig, Timestamp,
    policy::StateHashMode,
};
use walnut_views::{Batch, MemoryStore, Store, View};

use super::ExecutionState;
use crate::test_utils::hash;

const CONTENT: &str = "97548a7d2e37efcd9fb82bf534c36f1f139b98396a34830244c7e0f487848499";
const LEGACY: &str = "9202ab5b42345f8cd95b41ab8760b8a889bc4ae6658125a3a505e96fcbd597a5";

fn root(index: u32, key: u8) -> ChainDescription {
    ChainDescription {
        origin: ChainOrigin::Root(index),
        timestamp: Timestamp::from_micros(0),
        config: InitialChainConfig {
            ownership: ChainOwnership::single(
                AccountPublicKey::Ed25519(Ed25519PublicKey::from_bytes([key; 32])).owner(),
            ),
            epoch: Epoch::ZERO,
            min_active_epoch: Epoch::ZERO,
            max_active_epoch: Epoch::ZERO,
            balance: Amount::MAX,
            application_permissions: ApplicationPermissions::default(),
        },
    }
}

/// The state of upstream's test `legacy_hash_matches_pre_change_value` (`linera-execution` 0.15.23,
/// `src/unit_tests/system_tests.rs`).
fn fixture(store: &MemoryStore) -> ExecutionState {
    let mut state = block_on(ExecutionState::load(store)).unwrap();
    state.system.description.set(Some(root(5, 0x0b)));
    state.system.epoch.set(Epoch(1));
    state.system.admin_chain_id.set(Some(root(0, 0x01).id()));
    state
}

fn save(store: &MemoryStore, state: &mut ExecutionState) -> Batch {
    let mut batch = Batch::new();
    state.emit(&mut batch);
    store.apply(&batch);
    state.mark_saved();
    batch
}

fn hash_in(store: &MemoryStore, state: &mut ExecutionState, mode: StateHashMode) -> String {
    block_on(state.state_hash_in_mode(store, mode)).unwrap().to_string()
}

#[test]
fn legacy_hash_is_the_recorded_one() {
    let store = MemoryStore::new();
    let mut state = fixture(&store);
    assert_eq!(
        root(0, 0x01).id().to_string(),
        "358c282366f6659ff06c3e0f58048f27bbb3c567da1e468338084095532ce708"
    );
    assert_eq!(hex::encode(block_on(state.content_hash(&store)).unwrap()), CONTENT);
    assert_eq!(hash_in(&store, &mut state, StateHashMode::Full), LEGACY);
    save(&store, &mut state);
    let mut reloaded = block_on(ExecutionState::load(&store)).unwrap();
    assert_eq!(hash_in(&store, &mut reloaded, StateHashMode::Full), LEGACY);
}

/// What a block does to the state when nothing is paid and the signer has no account.
fn empty_handed_block(store: &MemoryStore, state: &mut ExecutionState, micros: u64) {
    state.system.timestamp.set(Timestamp::from_micros(micros));
    state.system.balance.get_mut();
    let account = block_on(state.system.balances.get_mut(store, &AccountOwner::Address32(hash(1)))).unwrap();
    assert_eq!(account, None);
}

#[test]
fn rolling_hash_follows_the_worked_example() {
    let store = MemoryStore::new();
    let mut state = fixture(&store);
    hash_in(&store, &mut state, StateHashMode::Historical);
    save(&store, &mut state);
    assert_eq!(state.historical_hash.get().map(hex::encode).as_deref(), Some(CONTENT));

    empty_handed_block(&store, &mut state, 42);
    let mut batch = Batch::new();
    state.emit_hashed(&mut batch);
    assert_eq!(
        hex::encode(bcs::to_bytes(&batch).unwrap()),
        "050210010000000001000000000105000000011000000000000000000000000000000000001001000000000100000000010500000002\
         001001000000000100000000010600000002021001000000000100000000010700000001082a00000000000000001001000000000100\
         000000010700000002"
    );
    let reported = hash_in(&store, &mut state, StateHashMode::Historical);
    assert_eq!(reported, "9abc9f7ebccd8e0371e9968b075ffc0286184722b00c7c951187f5b6fc6bff7b");
    assert_eq!(
        state.historical_hash.get().map(hex::encode).as_deref(),
        Some("c7d1a8de5ac402e168b55a79fdbf8d8e4504f274d73bdee3efeb60fa7271157e")
    );
    save(&store, &mut state);

    // A restart between blocks must not matter.
    let mut state = block_on(ExecutionState::load(&store)).unwrap();
    empty_handed_block(&store, &mut state, 43);
    let reported = hash_in(&store, &mut state, StateHashMode::Historical);
    assert_eq!(reported, "d86dbaf1db0ec5783aba017ebf6a04ddc96297be8726846df4964e53e084928e");
    save(&store, &mut state);

    // The signer has no part in the third block of the example.
    state.system.timestamp.set(Timestamp::from_micros(44));
    state.system.balance.get_mut();
    let mut writes = Batch::new();
    writes.delete_prefix([5]);
    writes.put([5, 1], [0xaa]);
    writes.put([4], []);
    writes.delete([9]);
    block_on(state.users.write_batch(&store, &ApplicationId::new(hash(0x11)), &writes)).unwrap();
    let reported = hash_in(&store, &mut state, StateHashMode::Historical);
    assert_eq!(reported, "69fd6b76adc80898356f7e9ec91bfc119f1b62bf59cf09d23f9abd8ff219fa3c");
}

#[test]
fn zero_hash_reports_zeros_and_forgets_the_rolling_hash() {
    let store = MemoryStore::new();
    let mut state = fixture(&store);
    assert_eq!(hash_in(&store, &mut state, StateHashMode::Zero), "00".repeat(32));
    assert!(!state.historical_hash.is_pending());
    hash_in(&store, &mut state, StateHashMode::Historical);
    save(&store, &mut state);
    assert_eq!(hash_in(&store, &mut state, StateHashMode::Zero), "00".repeat(32));
    assert_eq!(*state.historical_hash.get(), None);
    let batch = save(&store, &mut state);
    let mut expected = Batch::new();
    expected.put(walnut_views::field_key(&super::execution_state_key(), 3), [0]);
    assert_eq!(batch, expected);
}

#[test]
fn shadow_keeps_the_rolling_hash_that_enforcement_continues() {
    let (shadow_store, enforced_store) = (MemoryStore::new(), MemoryStore::new());
    let (mut shadow, mut enforced) = (fixture(&shadow_store), fixture(&enforced_store));
    for micros in [1, 2, 3] {
        empty_handed_block(&shadow_store, &mut shadow, micros);
        empty_handed_block(&enforced_store, &mut enforced, micros);
        assert_eq!(hash_in(&shadow_store, &mut shadow, StateHashMode::HistoricalShadow), "00".repeat(32));
        hash_in(&enforced_store, &mut enforced, StateHashMode::Historical);
        save(&shadow_store, &mut shadow);
        save(&enforced_store, &mut enforced);
    }
    empty_handed_block(&shadow_store, &mut shadow, 4);
    empty_handed_block(&enforced_store, &mut enforced, 4);
    assert_eq!(
        hash_in(&shadow_store, &mut shadow, StateHashMode::Historical),
        hash_in(&enforced_store, &mut enforced, StateHashMode::Historical)
    );
}

#[test]
fn full_hash_in_between_makes_the_rolling_hash_start_again() {
    let store = MemoryStore::new();
    let mut state = fixture(&store);
    hash_in(&store, &mut state, StateHashMode::Historical);
    save(&store, &mut state);
    empty_handed_block(&store, &mut state, 1);
    hash_in(&store, &mut state, StateHashMode::Full);
    save(&store, &mut state);
    assert_eq!(*state.historical_hash.get(), None);
    empty_handed_block(&store, &mut state, 2);
    hash_in(&store, &mut state, StateHashMode::Historical);
    let content = block_on(state.content_hash(&store)).unwrap();
    assert_eq!(*state.historical_hash.get(), Some(content));
}

#[test]
fn rollback_restores_hashes_and_contents() {
    let store = MemoryStore::new();
    let mut state = fixture(&store);
    let before = hash_in(&store, &mut state, StateHashMode::Full);
    save(&store, &mut state);
    empty_handed_block(&store, &mut state, 7);
    state.system.balances.insert(&AccountOwner::Address20([3; 20]), Amount::ONE);
    state.system.committees.get_mut();
    hash_in(&store, &mut state, StateHashMode::Historical);
    state.rollback();
    let mut batch = Batch::new();
    state.emit(&mut batch);
    assert!(batch.is_empty(), "{batch:?}");
    assert_eq!(hash_in(&store, &mut state, StateHashMode::Full), before);
}

#[test]
fn keys_are_upstreams() {
    let store = MemoryStore::new();
    let mut state = block_on(ExecutionState::load(&store)).unwrap();
    state.system.timestamp.set(Timestamp::from_micros(1));
    let stream_id = walnut_base::StreamId::user(ApplicationId::new(hash(2)), *b"s");
    state.stream_event_counts.insert(&stream_id, 5);
    save(&store, &mut state);
    let keys: Vec<_> = block_on(store.scan_keys(&[])).unwrap().into_iter().map(hex::encode).collect();
    let stream = format!("01000000000102000000{}", hex::encode(bcs::to_bytes(&stream_id).unwrap()));
    assert_eq!(keys, ["01000000000100000000010700000001".to_string(), stream]);
}

#[test]
fn empty_chain_is_no_chain() {
    let state = block_on(ExecutionState::load(&MemoryStore::new())).unwrap();
    assert_eq!(*state.system.description.get(), None);
    assert_eq!(*state.system.admin_chain_id.get(), None::<ChainId>);
}
