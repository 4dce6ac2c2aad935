//! A client that follows a recorded network, with certificates that somebody has changed on the way, in any order.
//!
//! Promise: whatever it is shown, a chain of its has the recorded blocks and no others.

use std::collections::BTreeMap;

use walnut_base::{
    BlockHeight, ChainId, ConfirmedBlockCertificate, CryptoHash, GenesisConfig, Timestamp, encoding::from_bcs,
};
use walnut_chain::{NodeConfig, ProcessingMode, records, test_utils::TestNode};
use walnut_vectors::{Recording, golden};
use walnut_views::{Batch, MemoryStore, ready};

use crate::input::Input;

struct Network {
    genesis: GenesisConfig,
    store: MemoryStore,
    blocks: Vec<(Vec<u8>, CryptoHash)>,
    hashes: BTreeMap<(ChainId, u64), CryptoHash>,
}

impl Network {
    fn load() -> Self {
        let recording = Recording::from_files(&golden("no-fees")).expect("the recording is whole");
        let node = TestNode::new(NodeConfig::client(Default::default()), &recording.genesis);
        let mut batch = Batch::default();
        recording.blobs.values().for_each(|blob| records::put_blob(&mut batch, blob));
        node.store.apply(&batch);
        let (mut blocks, mut hashes) = (Vec::new(), BTreeMap::new());
        for (chain_id, recorded) in recording.chains {
            for (height, block) in (0..).zip(recorded) {
                hashes.insert((chain_id, height), block.hash);
                blocks.push((block.certificate, block.hash));
            }
        }
        Self { genesis: recording.genesis, store: node.store, blocks, hashes }
    }
}

thread_local! {
    static NETWORK: Network = Network::load();
}

/// Per step: which block, how it is processed, and how it is changed.
pub(crate) fn run(data: &[u8]) {
    NETWORK.with(|network| {
        let mut input = Input::new(data);
        let tracked = network.hashes.keys().map(|(chain_id, _)| *chain_id).collect();
        let mut node = TestNode::new(NodeConfig::client(tracked), &network.genesis);
        node.store = network.store.clone();
        for _ in 0..12 {
            if input.is_empty() {
                break;
            }
            let (bytes, _) = &network.blocks[input.below(network.blocks.len())];
            let mut bytes = bytes.clone();
            let how = input.byte();
            if how % 2 == 1 {
                input.mutate(&mut bytes);
            }
            let Ok(certificate) = from_bcs::<ConfirmedBlockCertificate>(&bytes, 1 << 24) else { continue };
            let chain_id = certificate.chain_id();
            let mode = match how >> 1 & 3 {
                0 => ProcessingMode::Preprocess,
                1 => ProcessingMode::Execute,
                _ => ProcessingMode::Auto,
            };
            // Refused or not: what counts is what the chain holds afterwards.
            drop(node.confirmed(certificate, mode, Timestamp::from(u64::MAX >> 1)));
            while let Some(request) = node.outgoing.pop_front() {
                drop(node.cross_chain(request, Timestamp::from(u64::MAX >> 1)));
            }
            check(network, &node, chain_id);
        }
    });
}

fn check(network: &Network, node: &TestNode, chain_id: ChainId) {
    for height in 0..64 {
        let stored = ready(records::read_hash_by_height(&node.store, chain_id, BlockHeight(height)));
        let stored = stored.expect("memory can be read");
        let recorded = network.hashes.get(&(chain_id, height)).copied();
        assert!(stored.is_none() || stored == recorded, "block {height} of {chain_id} is {stored:?}");
    }
}
