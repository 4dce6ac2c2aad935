//! Replays the recorded networks: every block, executed on the state that its predecessors left, must give the recorded
//! outcome, state hash included.
//!
//! Each block is executed three ways on copies of the same state: asking oracles afresh as a validator does with a
//! proposal, staged as a wallet does, and replaying the certificate's answers. The recordings' application, the counter
//! of `linera-execution`'s fixtures, runs in the virtual machine.

#![expect(clippy::unwrap_used, reason = "a broken recording must stop the test")]

use std::{collections::BTreeMap, fs, path::Path};

use futures::executor::block_on;
use walnut_base::{
    Block, BlockHeight, ChainId, ConfirmedBlockCertificate, CryptoHash, GenesisConfig, NetworkDescription,
    StreamId,
};
use walnut_execution::{
    AutoRetry, BlockError, BlockInputs, Committees, Environment, ExecutionState, History, WasmApplications,
    compare_outcomes, execute_block, initialize_chain, stage_block,
    storage::{blob_key, event_key, network_description_key},
};
use walnut_views::{Batch, MemoryStore, RootKey, View};

/// The blocks that this crate has executed, for those to come.
#[derive(Default)]
struct Executed {
    messages: BTreeMap<ChainId, (CryptoHash, BlockHeight)>,
    events: BTreeMap<StreamId, (CryptoHash, BlockHeight)>,
}

impl Executed {
    fn add(&mut self, block: &Block, hash: CryptoHash) {
        let entry = (hash, block.header.height);
        self.messages.extend(block.recipients().into_iter().map(|recipient| (recipient, entry)));
        self.events.extend(block.event_streams().into_iter().map(|stream| (stream, entry)));
    }
}

impl History for Executed {
    async fn previous_message_block(
        &self,
        recipient: &ChainId,
    ) -> Result<Option<(CryptoHash, BlockHeight)>, BlockError> {
        Ok(self.messages.get(recipient).copied())
    }

    async fn previous_event_block(
        &self,
        stream_id: &StreamId,
    ) -> Result<Option<(CryptoHash, BlockHeight)>, BlockError> {
        Ok(self.events.get(stream_id).copied())
    }
}

struct Network {
    store: MemoryStore,
    chains: BTreeMap<ChainId, Vec<Block>>,
    index: serde_json::Value,
}

impl Network {
    fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/golden").join(name);
        let mut chains = BTreeMap::new();
        for entry in fs::read_dir(folder.join("chains")).unwrap() {
            let entry = entry.unwrap();
            let mut files: Vec<_> =
                fs::read_dir(entry.path()).unwrap().map(|file| file.unwrap().path()).collect();
            files.retain(|file| file.extension().is_some_and(|extension| extension == "bcs"));
            files.sort();
            let blocks = files.iter().map(|file| {
                let certificate: ConfirmedBlockCertificate =
                    bcs::from_bytes(&fs::read(file).unwrap()).unwrap();
                certificate.into_value().into_block()
            });
            chains.insert(entry.file_name().to_str().unwrap().parse().unwrap(), blocks.collect());
        }
        let index = serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
        let network = Self { store: MemoryStore::new(), chains, index };
        network.fill(&folder);
        network
    }

    /// Everything that a node has before it executes: blobs, events, the network's description.
    fn fill(&self, folder: &Path) {
        let mut batch = Batch::new();
        let network: NetworkDescription =
            bcs::from_bytes(&fs::read(folder.join("network_description.bcs")).unwrap()).unwrap();
        batch.put(network_description_key(), bcs::to_bytes(&network).unwrap());
        let genesis: GenesisConfig =
            serde_json::from_slice(&fs::read(folder.join("genesis.json")).unwrap()).unwrap();
        let committee = walnut_base::Blob::new_committee(&genesis.committee);
        assert_eq!(committee.id().hash, network.genesis_committee_blob_hash);
        batch.put(blob_key(&committee.id()), committee.bytes());
        for description in &genesis.chains {
            let blob = description.to_blob();
            batch.put(blob_key(&blob.id()), blob.bytes());
        }
        for entry in fs::read_dir(folder.join("blobs")).unwrap() {
            let path = entry.unwrap().path();
            let (blob_type, hash) = path.file_stem().unwrap().to_str().unwrap().split_once('-').unwrap();
            let blob_id = walnut_base::BlobId::new(hash.parse().unwrap(), blob_type.parse().unwrap());
            batch.put(blob_key(&blob_id), fs::read(&path).unwrap());
        }
        for (chain_id, blocks) in &self.chains {
            for event in blocks.iter().flat_map(|block| block.body.events.iter().flatten()) {
                batch.put(event_key(&event.id(*chain_id)), event.value.clone());
            }
        }
        self.store.apply(&batch);
    }

    fn published_blobs(&self, block: &Block) -> Vec<walnut_base::Blob> {
        let ids = block.published_blob_ids();
        let read = |blob_id| block_on(walnut_execution::storage::require_blob(&self.store, blob_id)).unwrap();
        ids.into_iter().map(|blob_id| walnut_base::Blob::new(read(blob_id)).unwrap()).collect()
    }

    fn save(&self, chain_id: ChainId, state: &mut ExecutionState) {
        let mut batch = Batch::new();
        state.emit(&mut batch);
        self.store.apply(&batch.with_prefix(&RootKey::ChainState(chain_id).bytes()));
        state.mark_saved();
    }
}

/// Follows one chain. `reload`: read the state back after every block.
fn replay(network: &Network, chain_id: ChainId, blocks: &[Block], reload: bool) {
    let committees = Committees::new();
    let applications: WasmApplications = WasmApplications::default();
    let env = Environment::new(chain_id, &network.store, &committees, &applications);
    let mut state = block_on(ExecutionState::load(&env.chain)).unwrap();
    let hash = block_on(initialize_chain(&mut state, chain_id, &network.store, &committees)).unwrap();
    assert!(hash.is_some());
    network.save(chain_id, &mut state);
    let mut history = Executed::default();
    for block in blocks {
        let published_blobs = network.published_blobs(block);
        let (proposed, expected) = block.clone().into_proposal();
        let inputs = BlockInputs {
            env: &env,
            history: &history,
            published_blobs: &published_blobs,
            local_time: proposed.timestamp,
            round: None,
        };
        let mut fresh = state.clone();
        let executed = match block_on(execute_block(&mut fresh, &inputs, &proposed, None)) {
            Ok(executed) => executed,
            Err(error) => panic!("{chain_id} {}: {error}", block.header.height),
        };
        if let Err(mismatch) = compare_outcomes(&expected, &executed.outcome) {
            panic!("{chain_id} {}: fresh: {mismatch}", block.header.height);
        }
        let mut staged = state.clone();
        let retry = AutoRetry {
            max_failures: 3,
            never_reject_application_ids: &Default::default(),
            is_out_of_time: &mut || false,
        };
        let staged = block_on(stage_block(&mut staged, &inputs, proposed.clone(), retry)).unwrap();
        assert_eq!(staged.block, proposed);
        assert_eq!(staged.executed, executed);

        let replayed = execute_block(&mut state, &inputs, &proposed, Some(&expected.oracle_responses));
        let replayed = block_on(replayed).unwrap();
        assert_eq!(replayed.outcome, expected);
        network.save(chain_id, &mut state);
        if reload {
            state = block_on(ExecutionState::load(&env.chain)).unwrap();
        }
        history.add(block, CryptoHash::new(block));
    }
    let entries = network.index.as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["chain"] == chain_id.to_string()).unwrap();
    assert_eq!(state.system.balance.get().to_string(), entry["balance"].as_str().unwrap());
    assert_eq!(u64::from(state.system.epoch.get().0), entry["epoch"].as_u64().unwrap());
    assert_eq!(blocks.len() as u64, entry["blocks"].as_u64().unwrap());
}

fn replay_network(name: &str, reload: bool) {
    let network = Network::read(name);
    for (chain_id, blocks) in &network.chains {
        replay(&network, *chain_id, blocks, reload);
    }
    assert_eq!(network.chains.values().map(Vec::len).sum::<usize>(), 62);
}

#[test]
fn no_fees_replays() {
    replay_network("no-fees", false);
}

#[test]
fn testnet_fees_replays() {
    replay_network("testnet-fees", false);
}

#[test]
fn historical_hash_replays() {
    replay_network("historical-hash", false);
}

#[test]
fn reloading_between_blocks_changes_nothing() {
    replay_network("historical-hash", true);
    replay_network("testnet-fees", true);
}
