//! Reading a network back over gRPC into a folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, ensure};
use serde_json::json;
use walnut_base::{
    BlobId, BlobType, BlockHeight, ChainId, ChainInfo, ChainInfoQuery, ConfirmedBlockCertificate,
    GenesisConfig,
};
use walnut_cli::NativeRemote;
use walnut_client::ValidatorNode as _;

/// Certificates asked for at once.
const BATCH: u64 = 100;

/// What was read.
pub(super) struct Read {
    /// Blocks of each chain.
    pub chains: BTreeMap<ChainId, u64>,
    /// All of them.
    pub blocks: u64,
}

/// Reads every chain of the network, from the genesis on, and what its blocks need.
///
/// Each chain is read from the validator that has most of it; a quorum had all of it.
pub(super) async fn read_back(
    addresses: &[String],
    genesis: &GenesisConfig,
    folder: &Path,
) -> anyhow::Result<Read> {
    let remotes =
        addresses.iter().map(|address| NativeRemote::new(address)).collect::<Result<Vec<_>, _>>()?;
    let network = genesis.network_description()?;
    fs::write(folder.join("network_description.json"), serde_json::to_vec_pretty(&network)?)?;
    fs::write(folder.join("network_description.bcs"), bcs::to_bytes(&network)?)?;
    fs::create_dir_all(folder.join("blobs"))?;
    let committee = BlobId { hash: network.genesis_committee_blob_hash, blob_type: BlobType::Committee };
    let mut wanted = BTreeSet::from([committee]);
    let mut waiting = genesis.chains.iter().map(walnut_base::ChainDescription::id).collect::<Vec<_>>();
    let mut chains = BTreeMap::new();
    let mut index = Vec::new();
    while let Some(chain_id) = waiting.pop() {
        if chains.contains_key(&chain_id) {
            continue;
        }
        wanted.insert(BlobId { hash: chain_id.0, blob_type: BlobType::ChainDescription });
        let (remote, info) = longest(&remotes, chain_id).await?;
        let certificates = certificates(remote, &info).await?;
        if !certificates.is_empty() {
            write_chain(folder, chain_id, &certificates)?;
        }
        for block in certificates.iter().map(ConfirmedBlockCertificate::block) {
            wanted.extend(block.required_blob_ids());
            wanted.extend(block.created_blob_ids());
            wanted.extend(block.published_blob_ids());
            let created = block.created_blob_ids().into_iter();
            waiting.extend(
                created.filter(|id| id.blob_type == BlobType::ChainDescription).map(|id| ChainId(id.hash)),
            );
        }
        chains.insert(chain_id, info.next_block_height.0);
        index.push(json!({
            "chain": chain_id, "blocks": info.next_block_height, "balance": info.chain_balance,
            "epoch": info.epoch.0, "state_hash": info.state_hash,
        }));
    }
    for blob_id in wanted {
        let content = any_blob(&remotes, blob_id).await?;
        let name = format!("{:?}-{}.bin", blob_id.blob_type, blob_id.hash);
        fs::write(folder.join("blobs").join(name), content)?;
    }
    fs::write(folder.join("index.json"), serde_json::to_vec_pretty(&index)?)?;
    let blocks = chains.values().sum();
    Ok(Read { chains, blocks })
}

/// The validator that has most blocks of a chain, and what it says of it.
async fn longest(
    remotes: &[NativeRemote],
    chain_id: ChainId,
) -> anyhow::Result<(&NativeRemote, Box<ChainInfo>)> {
    let mut best: Option<(&NativeRemote, Box<ChainInfo>)> = None;
    for remote in remotes {
        let Ok(response) = remote.handle_chain_info_query(ChainInfoQuery::new(chain_id)).await else {
            continue;
        };
        let info = response.info;
        if best.as_ref().is_none_or(|(_, other)| other.next_block_height < info.next_block_height) {
            best = Some((remote, info));
        }
    }
    best.with_context(|| format!("no validator knows chain {chain_id}"))
}

async fn certificates(
    remote: &NativeRemote,
    info: &ChainInfo,
) -> anyhow::Result<Vec<ConfirmedBlockCertificate>> {
    let end = info.next_block_height.0;
    let mut certificates = Vec::new();
    while (certificates.len() as u64) < end {
        let start = certificates.len() as u64;
        let heights = (start..end.min(start + BATCH)).map(BlockHeight).collect();
        let batch = remote.download_certificates_by_heights(info.chain_id, heights).await?;
        ensure!(!batch.is_empty(), "{}: nothing from height {start} on", info.chain_id);
        certificates.extend(batch);
    }
    Ok(certificates)
}

fn write_chain(
    folder: &Path,
    chain_id: ChainId,
    certificates: &[ConfirmedBlockCertificate],
) -> anyhow::Result<()> {
    let folder = folder.join("chains").join(chain_id.to_string());
    fs::create_dir_all(&folder)?;
    for (height, certificate) in certificates.iter().enumerate() {
        ensure!(
            certificate.height().0 == height as u64,
            "{chain_id}: another block came for height {height}"
        );
        let readable =
            json!({ "hash": certificate.hash(), "round": certificate.round, "block": certificate.block() });
        fs::write(folder.join(format!("{height:04}.json")), serde_json::to_vec_pretty(&readable)?)?;
        fs::write(folder.join(format!("{height:04}.certificate.bcs")), bcs::to_bytes(certificate)?)?;
    }
    Ok(())
}

async fn any_blob(remotes: &[NativeRemote], blob_id: BlobId) -> anyhow::Result<Vec<u8>> {
    let mut last = None;
    for remote in remotes {
        match remote.download_blob(blob_id).await {
            Ok(content) => return Ok(content.bytes().to_vec()),
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(|| anyhow::anyhow!("no validators"), Into::into))
        .with_context(|| format!("blob {blob_id}"))
}
