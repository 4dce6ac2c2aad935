//! The replay of all golden recordings on wasm32, in a browser's worker.
#![cfg(target_arch = "wasm32")]

use walnut_execution::{NothingOutside, WasmApplications};
use walnut_vectors::{Recording, golden, replay};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

async fn replays(name: &str) {
    let recording = Recording::from_files(&golden(name)).expect("the recording is whole");
    let report = replay(&recording, WasmApplications::<NothingOutside>::default()).await;
    assert_eq!(report.mismatches, Vec::new());
    assert_eq!(report.certificates_verified, 62);
    assert_eq!((report.blocks_executed, report.needs_applications), (62, 0));
}

#[wasm_bindgen_test]
async fn no_fees() {
    replays("no-fees").await;
}

#[wasm_bindgen_test]
async fn testnet_fees() {
    replays("testnet-fees").await;
}

#[wasm_bindgen_test]
async fn historical_hash() {
    replays("historical-hash").await;
}
