//! Values recorded from upstream, or computed from its rules by an independent model.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{State, app, now};
use walnut_base::{AccountOwner, Amount, ChainId, CryptoHash, Epoch, Timestamp};
use walnut_views::{Apps, Batch, HashView, Hashed, MemoryStore, advance, wrap_state_hash};

const DESCRIPTION: &str = "00050000000000000000000000000101184e94ece9806c74668df247db3e321114380889dd56b865e55e09c0d8a40d146400000000000000050000000000809698000000000040420f0000000000ffffffffffffffff000000000000000000000000ffffffffffffffffffffffffffffffff000000000000";
const ADMIN_CHAIN: &str = "358c282366f6659ff06c3e0f58048f27bbb3c567da1e468338084095532ce708";
const EMPTY_REGISTER: &str = "5d53469f20fef4f8eab52b88044ede69c77a6a68a60728609fc4a65ff531e7d0";
const EMPTY_MAP: &str = "8b0a2385d83c8bf7be27e59996f7d881d3bf1fc6606f81ce600b753ad94192a2";
const FIELDS: [&str; 12] = [
    "128b266203187bd2a38ebd4bb65e66e55261f858f4f0f402f55ab0904b194728",
    "295cd1698c6ac5bd804a09e50f19f8549475e52db1c6ebd441ed0c7b256e1ddf",
    "7eb65a5517cc972090534ad6b983aaf33214e21474938aab11169953b09e5b3f",
    EMPTY_REGISTER,
    "48b06c0ad6be5ed270053172bb46bdc82e14286ab61f851f8a59df66d94d3179",
    "61664696888a110278ff672620c85217e69aa662a83304052f1014d395f545bf",
    EMPTY_MAP,
    "48dda5bbe9171a6656206ec56c595c5834b6cf38c5fe71bcb44fe43833aee9df",
    EMPTY_REGISTER,
    "c1545e05e6777d834652396ad104e7e971a78d084a9b9df34f7a16fd493bf2b0",
    EMPTY_MAP,
    EMPTY_MAP,
];
const SYSTEM: &str = "5da89f235941957235b41db826942e7b48d052747f140f835c052549c8f34627";
const CONTENT: &str = "97548a7d2e37efcd9fb82bf534c36f1f139b98396a34830244c7e0f487848499";

/// The state of upstream's `new_view_and_context` (`linera-execution/src/unit_tests/system_tests.rs`).
fn fixture(store: &MemoryStore) -> State {
    let mut state = State::load(store);
    let description = bcs::from_bytes(&hex::decode(DESCRIPTION).unwrap()).unwrap();
    now(state.description.set(store, Some(description))).unwrap();
    state.epoch.set(Epoch(1));
    let admin = CryptoHash::from_slice(&hex::decode(ADMIN_CHAIN).unwrap()).unwrap();
    state.admin_chain_id.set(Some(ChainId(admin)));
    state
}

#[test]
fn content_hash_of_each_field() {
    let store = MemoryStore::new();
    let mut state = fixture(&store);
    assert_eq!(state.field_hashes(&store).map(hex::encode), FIELDS);
    let (system, content) = state.content(&store);
    assert_eq!(hex::encode(system), SYSTEM);
    assert_eq!(hex::encode(content), CONTENT);
}

/// The constant of upstream's test `legacy_hash_matches_pre_change_value`.
#[test]
fn legacy_state_hash() {
    let store = MemoryStore::new();
    let (_, content) = fixture(&store).content(&store);
    let expected = "9202ab5b42345f8cd95b41ab8760b8a889bc4ae6658125a3a505e96fcbd597a5";
    assert_eq!(hex::encode(wrap_state_hash(content).as_bytes()), expected);
}

#[test]
fn content_hash_survives_saving_and_loading() {
    let store = MemoryStore::new();
    let mut state = fixture(&store);
    // Saved without memos: everything is hashed from what was stored.
    state.save(&store);
    let mut loaded = State::load(&store);
    assert_eq!(loaded.bits(), "0000000000000");
    assert_eq!(hex::encode(loaded.content(&store).1), CONTENT);
    loaded.save(&store);
    let mut loaded = State::load(&store);
    assert_eq!(loaded.bits(), "1111111111111");
    assert_eq!(hex::encode(loaded.content(&store).1), CONTENT);
}

#[test]
fn users_with_one_app() {
    let store = MemoryStore::new();
    let mut users = Hashed::new(&[], Apps::new(Hashed::<Apps>::inner_key(&[])));
    assert_eq!(hex::encode(now(users.hash(&store)).unwrap()), EMPTY_MAP);
    let mut batch = Batch::new();
    batch.put([5, 1], [0xaa]);
    batch.put([4], []);
    now(users.write_batch(&store, &app(0x11), &batch)).unwrap();
    let mut app_store = (*users.store(&app(0x11))).clone();
    let expected = "79cc52f723162e68c588c1ffa9ba6e1e600681e594c4d3164be0ace02998faa8";
    assert_eq!(hex::encode(now(app_store.content_hash(&store)).unwrap()), expected);
    let expected = "e01b177471bd60ecc0b80a6e5cd6aa4bcbd5fd28dbc9d0a491b6e715048f7893";
    assert_eq!(hex::encode(now(users.hash(&store)).unwrap()), expected);
}

/// The constant of upstream's test `make_historical_hash_matches_recorded_value`.
#[test]
fn rolling_hash() {
    let mut batch = Batch::new();
    assert_eq!(advance([7; 32], &batch), [7; 32]);
    batch.put([0, 1, 2], [3, 4, 5]);
    batch.put([6, 7], [8]);
    let bytes = bcs::to_bytes(&batch).unwrap();
    assert_eq!(hex::encode(&bytes), "02020300010203030405020206070108");
    assert_eq!(bcs::from_bytes::<Batch>(&bytes).unwrap(), batch);
    let expected = "94827abf47db3e93b99dfc47285a7db6243707e95a724d386a9715f6b7ae414a";
    assert_eq!(hex::encode(advance([7; 32], &batch)), expected);
}

#[test]
fn batch_encoding_of_each_operation() {
    let mut batch = Batch::new();
    batch.delete([9]);
    batch.delete_prefix([]);
    batch.put([], []);
    assert_eq!(bcs::to_bytes(&batch).unwrap(), [3, 0, 1, 9, 1, 0, 2, 0, 0]);
}

/// What every block does: set the time, account for fees. The signer has no balance.
fn begin_block(state: &mut State, store: &MemoryStore, timestamp: u64) {
    state.timestamp.set(Timestamp::from(timestamp));
    state.balance.get_mut();
    let signer = AccountOwner::Address32(common::hash(0x22));
    assert_eq!(now(state.balances.get_mut(store, &signer)).unwrap(), None);
}

/// Advances the rolling hash, saves and loads again; returns the reported hash.
fn end_block(state: &mut State, store: &MemoryStore) -> String {
    let previous = state.historical_hash.get().expect("seeded");
    let next = advance(previous, &state.hashed_batch());
    state.historical_hash.set(Some(next));
    state.save(store);
    *state = State::load(store);
    assert_eq!(state.historical_hash.get(), &Some(next));
    hex::encode(wrap_state_hash(next).as_bytes())
}

#[test]
fn three_historical_blocks() {
    let store = MemoryStore::new();
    let mut state = fixture(&store);
    let (_, seed) = state.content(&store);
    state.historical_hash.set(Some(seed));
    state.save(&store);
    assert_eq!(state.bits(), "1111111111111");
    // The seed is not part of what is hashed, but is saved.
    state = State::load(&store);
    assert_eq!(state.historical_hash.get(), &Some(seed));

    begin_block(&mut state, &store, 42);
    let expected = "050210010000000001000000000105000000011000000000000000000000000000000000001001000000000100000000010500000002001001000000000100000000010600000002021001000000000100000000010700000001082a00000000000000001001000000000100000000010700000002";
    assert_eq!(hex::encode(bcs::to_bytes(&state.hashed_batch()).unwrap()), expected);
    let reported = end_block(&mut state, &store);
    assert_eq!(reported, "9abc9f7ebccd8e0371e9968b075ffc0286184722b00c7c951187f5b6fc6bff7b");
    let rolling = "c7d1a8de5ac402e168b55a79fdbf8d8e4504f274d73bdee3efeb60fa7271157e";
    assert_eq!(hex::encode(state.historical_hash.get().unwrap()), rolling);
    assert_eq!(state.bits(), "1111100011111");

    begin_block(&mut state, &store, 43);
    assert_eq!(state.hashed_batch().len(), 2);
    let reported = end_block(&mut state, &store);
    assert_eq!(reported, "d86dbaf1db0ec5783aba017ebf6a04ddc96297be8726846df4964e53e084928e");
    let rolling = "203549e445b0172f6a285f3b9c42b2536e746c9c74e978131316d70e19d8aaea";
    assert_eq!(hex::encode(state.historical_hash.get().unwrap()), rolling);

    begin_block(&mut state, &store, 44);
    let mut writes = Batch::new();
    writes.delete_prefix([5]);
    writes.put([5, 1], [0xaa]);
    writes.put([4], []);
    writes.delete([9]);
    now(state.users.write_batch(&store, &app(0x11), &writes)).unwrap();
    assert_eq!(bcs::to_bytes(&state.hashed_batch()).unwrap().len(), 319);
    let reported = end_block(&mut state, &store);
    assert_eq!(reported, "69fd6b76adc80898356f7e9ec91bfc119f1b62bf59cf09d23f9abd8ff219fa3c");
    let rolling = "f88deaa19d649c93cc039e5925e6b7fb616ee93cf3f52759960397cfc7b592d5";
    assert_eq!(hex::encode(state.historical_hash.get().unwrap()), rolling);
    assert_eq!(state.bits(), "1111100011110");
}

/// Keys of entries, against the layout written out by hand.
#[test]
fn storage_keys() {
    let store = MemoryStore::new();
    let mut state = State::load(&store);
    let owner = AccountOwner::Address20([0x33; 20]);
    state.balances.insert(&owner, Amount::from_attos(5));
    let blob = walnut_base::BlobId { blob_type: walnut_base::BlobType::Committee, hash: common::hash(0x44) };
    state.used_blobs.insert(&blob);
    now(state.users.write_batch(&store, &app(0x55), &Batch::new())).unwrap();
    let stream = bcs::from_bytes(&[0, 1, 0x66]).unwrap();
    *now(state.stream_event_counts.get_mut_or_default(&store, &stream)).unwrap() += 1;
    state.historical_hash.set(None);
    state.save(&store);
    let entry = |key: String, value: &str| (hex::decode(key).unwrap(), hex::decode(value).unwrap());
    let expected = [
        entry(
            format!("0100000000010000000001060000000102{}", "33".repeat(20)),
            "05000000000000000000000000000000",
        ),
        entry(format!("01000000000100000000010a00000001{}05", "44".repeat(32)), ""),
        entry(format!("010000000001010000000101{}", "55".repeat(32)), ""),
        entry("010000000001020000000001".to_owned() + "66", "01000000"),
        entry("01000000000103000000".to_owned(), "00"),
    ];
    assert_eq!(store.entries(), expected);
}
