//! Recorded networks of the reference implementation: every certificate decodes, re-encodes to the same bytes, hashes to
//! the recorded hash and is signed by the committee of its epoch; every blob has the recorded name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use walnut_base::{
    Blob, BlobContent, BlobId, BlobType, Block, Committee, ConfirmedBlock, ConfirmedBlockCertificate,
    CryptoHash, Epoch, GenesisConfig, LiteCertificate, NetworkDescription, Round, VersionInfo, encoding,
    limits::EMPTY_BLOCK_SIZE,
};

const NETWORKS: [&str; 3] = ["no-fees", "testnet-fees", "historical-hash"];
const BLOCKS_PER_NETWORK: usize = 62;
const LIMIT: usize = 1 << 20;

fn folder(network: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/golden").join(network)
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn list(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable entry").path()).collect();
    paths.sort();
    paths
}

fn genesis(network: &str) -> GenesisConfig {
    serde_json::from_slice(&read(&folder(network).join("genesis.json"))).expect("a genesis")
}

/// The readable form beside each certificate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Readable {
    block: Block,
    hash: CryptoHash,
    round: Round,
}

fn certificates(network: &str) -> Vec<(Vec<u8>, ConfirmedBlockCertificate, Readable)> {
    let mut certificates = Vec::new();
    for chain in list(&folder(network).join("chains")) {
        for path in list(&chain) {
            if path.extension().is_some_and(|extension| extension == "bcs") {
                let bytes = read(&path);
                let certificate = encoding::from_bcs_canonical(&bytes, LIMIT).expect("a certificate");
                let readable = path.with_extension("").with_extension("json");
                let readable = serde_json::from_slice(&read(&readable)).expect("a readable block");
                certificates.push((bytes, certificate, readable));
            }
        }
    }
    assert_eq!(certificates.len(), BLOCKS_PER_NETWORK, "{network}");
    certificates
}

fn blobs(network: &str) -> BTreeMap<BlobId, Blob> {
    let mut blobs = BTreeMap::new();
    for path in list(&folder(network).join("blobs")) {
        let name = path.file_stem().expect("a name").to_str().expect("an ASCII name");
        let (blob_type, hash) = name.split_once('-').expect("type and hash");
        let id = BlobId::new(hash.parse().expect("a hash"), blob_type.parse().expect("a blob type"));
        let blob = Blob::new(BlobContent::new(id.blob_type, read(&path))).expect("a valid blob");
        assert_eq!(blob.id(), id);
        blobs.insert(id, blob);
    }
    blobs
}

/// Committees by epoch: the first from the genesis, the others from the events of the admin chain.
fn committees(network: &str) -> BTreeMap<Epoch, Committee> {
    let blobs = blobs(network);
    let mut committees = BTreeMap::from([(Epoch::ZERO, genesis(network).committee)]);
    for (_, certificate, _) in certificates(network) {
        for event in certificate.block().body.events.iter().flatten() {
            if event.stream_id == walnut_base::StreamId::system(walnut_base::event::EPOCH_STREAM_NAME) {
                let hash: CryptoHash = encoding::from_bcs_canonical(&event.value, 32).expect("a hash");
                let blob = &blobs[&BlobId::new(hash, BlobType::Committee)];
                let committee = encoding::from_bcs_canonical(blob.bytes(), LIMIT).expect("a committee");
                committees.insert(Epoch(event.index), committee);
            }
        }
    }
    committees
}

#[test]
fn certificates_hash_and_verify() {
    for network in NETWORKS {
        let committees = committees(network);
        assert_eq!(committees.len(), 3, "three committees in {network}");
        for (bytes, certificate, readable) in certificates(network) {
            assert_eq!(certificate.hash(), readable.hash);
            assert_eq!(certificate.round, readable.round);
            assert_eq!(certificate.check(&committees[&certificate.epoch()]), Ok(certificate.value()));

            let lite = certificate.lite_certificate();
            assert_eq!(lite.check(&committees[&certificate.epoch()]), Ok(&lite.value));
            let lite_bytes = encoding::to_bcs(&lite);
            let decoded: LiteCertificate =
                encoding::from_bcs_canonical(&lite_bytes, LIMIT).expect("a lite certificate");
            assert_eq!(decoded.with_value(certificate.value().clone()).as_ref(), Ok(&certificate));

            let bincode = encoding::to_bincode(&certificate);
            let decoded: ConfirmedBlockCertificate =
                encoding::from_bincode(&bincode, LIMIT).expect("a certificate");
            assert_eq!(encoding::to_bcs(&decoded), bytes);
            assert_eq!(encoding::to_bincode(&decoded), bincode);
        }
    }
}

#[test]
fn blocks_agree_in_json_and_bcs() {
    for network in NETWORKS {
        for (_, certificate, readable) in certificates(network) {
            let block = certificate.block();
            assert_eq!(*block, readable.block);
            let json = serde_json::to_value(block).expect("JSON");
            let again: Block = serde_json::from_value(json).expect("a block");
            assert_eq!(CryptoHash::new(&again), readable.hash);
            assert_eq!(encoding::bcs_size(block), encoding::to_bcs(block).len() as u64);

            let (proposed, outcome) = block.clone().into_proposal();
            assert!(block.matches_proposed_block(&proposed));
            assert!(block.outcome_matches(&outcome));
            assert_eq!(ConfirmedBlock::new(outcome.with(proposed)).hash(), readable.hash);
        }
    }
}

#[test]
fn readable_files_are_reproduced() {
    for network in NETWORKS {
        for chain in list(&folder(network).join("chains")) {
            for path in list(&chain) {
                if path.extension().is_some_and(|extension| extension == "json") {
                    let recorded: serde_json::Value = serde_json::from_slice(&read(&path)).expect("JSON");
                    let block: Block = serde_json::from_value(recorded["block"].clone()).expect("a block");
                    assert_eq!(serde_json::to_value(block).expect("JSON"), recorded["block"]);
                }
            }
        }
        for name in ["genesis", "network_description", "version_info"] {
            let text = read(&folder(network).join(name).with_extension("json"));
            let recorded: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
            let ours = match name {
                "genesis" => serde_json::to_value(genesis(network)),
                "network_description" => serde_json::to_value(
                    serde_json::from_slice::<NetworkDescription>(&text).expect("a description"),
                ),
                _ => serde_json::to_value(serde_json::from_slice::<VersionInfo>(&text).expect("a version")),
            };
            assert_eq!(ours.expect("JSON"), recorded, "{network} {name}");
        }
    }
}

#[test]
fn genesis_gives_the_network_description() {
    for network in NETWORKS {
        let genesis = genesis(network);
        let recorded = read(&folder(network).join("network_description.bcs"));
        let recorded: NetworkDescription =
            encoding::from_bcs_canonical(&recorded, LIMIT).expect("a description");
        assert_eq!(genesis.network_description(), Ok(recorded));
        let blobs = blobs(network);
        for chain in &genesis.chains {
            assert_eq!(blobs[&chain.id().description_blob_id()], chain.to_blob());
        }
        assert_eq!(blobs[&genesis.committee_blob().id()], genesis.committee_blob());
    }
}

#[test]
fn version_is_the_reference() {
    for network in NETWORKS {
        let version: VersionInfo =
            serde_json::from_slice(&read(&folder(network).join("version_info.json"))).expect("a version");
        assert_eq!(version, VersionInfo::reference());
    }
}

#[test]
fn bundles_received_are_those_sent() {
    for network in NETWORKS {
        let certificates = certificates(network);
        let blocks: BTreeMap<_, _> = certificates
            .iter()
            .map(|(_, certificate, readable)| (readable.hash, certificate.block()))
            .collect();
        let mut received = 0;
        for block in blocks.values() {
            for incoming in block.incoming_bundles() {
                let hash = incoming.bundle.certificate_hash;
                let sent = blocks[&hash].message_bundles_for(block.header.chain_id, hash);
                assert!(sent.contains(&incoming.bundle), "{hash}");
                assert!(blocks[&hash].recipients().contains(&block.header.chain_id));
                received += 1;
            }
        }
        assert!(received > 0, "{network}");
    }
}

#[test]
fn required_blobs_were_recorded() {
    for network in NETWORKS {
        let blobs: BTreeSet<_> = blobs(network).into_keys().collect();
        for (_, certificate, _) in certificates(network) {
            let missing: Vec<_> =
                certificate.block().required_blob_ids().difference(&blobs).copied().collect();
            assert_eq!(missing, [], "{network}");
        }
    }
}

#[test]
fn empty_block_has_its_size() {
    let (_, certificate, _) = certificates(NETWORKS[0]).swap_remove(0);
    let (mut proposed, _) = certificate.into_value().into_block().into_proposal();
    proposed.transactions.clear();
    proposed.previous_block_hash = None;
    proposed.authenticated_signer = None;
    let block = Block::new(proposed, walnut_base::BlockExecutionOutcome::default());
    assert_eq!(encoding::bcs_size(&block), EMPTY_BLOCK_SIZE);
}
