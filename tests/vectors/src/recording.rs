//! Reading a recording.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::Deserialize;
use walnut_base::{
    Amount, Blob, BlobContent, BlobId, BlobType, ChainId, CryptoHash, Epoch, GenesisConfig,
    NetworkDescription, Round,
};

/// File contents by path relative to the recording's folder, with `/` between names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A recorded network.
pub struct Recording {
    /// How the network started.
    pub genesis: GenesisConfig,
    /// What its validators tell about it.
    pub network: NetworkDescription,
    /// Every blob that some block needs, creates or publishes.
    pub blobs: BTreeMap<BlobId, Blob>,
    /// The blocks of every chain, by height. Chains without blocks are in `index` only.
    pub chains: BTreeMap<ChainId, Vec<RecordedBlock>>,
    /// How every chain ended.
    pub index: Vec<IndexEntry>,
}

/// A certificate as it was read, and what its readable companion says.
pub struct RecordedBlock {
    /// BCS of the certificate.
    pub certificate: Vec<u8>,
    /// The block hash.
    pub hash: CryptoHash,
    /// The round of the certificate.
    pub round: Round,
}

/// How a chain ended, as a validator reported it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexEntry {
    /// The chain.
    pub chain: ChainId,
    /// Its number of blocks.
    pub blocks: u64,
    /// Its balance.
    pub balance: Amount,
    /// Its epoch, as a plain number.
    #[serde(deserialize_with = "epoch")]
    pub epoch: Epoch,
    /// Its state hash.
    pub state_hash: CryptoHash,
}

fn epoch<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Epoch, D::Error> {
    u32::deserialize(deserializer).map(Epoch)
}

/// A folder is not a recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// A file cannot be read.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A file is missing.
    #[error("{0} is missing")]
    Missing(String),
    /// A file does not hold what its name says.
    #[error("{path}: {reason}")]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

impl Recording {
    /// Reads a folder.
    pub fn from_folder(folder: &Path) -> Result<Self, RecordingError> {
        let mut files = Files::new();
        collect(folder, folder, &mut files)?;
        Self::from_files(&files)
    }

    /// Reads files that are in memory.
    pub fn from_files(files: &Files) -> Result<Self, RecordingError> {
        let mut blobs = BTreeMap::new();
        let mut chains: BTreeMap<ChainId, Vec<RecordedBlock>> = BTreeMap::new();
        for (path, bytes) in files {
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                ["blobs", name] => {
                    let blob = read_blob(path, name, bytes)?;
                    blobs.insert(blob.id(), blob);
                }
                ["chains", chain, name] if name.ends_with(".certificate.bcs") => {
                    let chain_id = chain.parse().map_err(|error| malformed(path, error))?;
                    let blocks = chains.entry(chain_id).or_default();
                    let expected = format!("{:04}.certificate.bcs", blocks.len());
                    if *name != expected {
                        return Err(RecordingError::Missing(format!("chains/{chain}/{expected}")));
                    }
                    let companion = path.replace(".certificate.bcs", ".json");
                    let Companion { hash, round, .. } = json(files, &companion)?;
                    blocks.push(RecordedBlock { certificate: bytes.clone(), hash, round });
                }
                _ => {}
            }
        }
        Ok(Recording {
            genesis: json(files, "genesis.json")?,
            network: json(files, "network_description.json")?,
            blobs,
            chains,
            index: json(files, "index.json")?,
        })
    }
}

/// The readable form of a block.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Companion {
    hash: CryptoHash,
    round: Round,
    #[serde(rename = "block")]
    _block: serde_json::Value,
}

fn malformed(path: &str, error: impl std::fmt::Display) -> RecordingError {
    RecordingError::Malformed { path: path.to_owned(), reason: error.to_string() }
}

fn json<T: for<'de> Deserialize<'de>>(files: &Files, path: &str) -> Result<T, RecordingError> {
    let bytes = files.get(path).ok_or_else(|| RecordingError::Missing(path.to_owned()))?;
    serde_json::from_slice(bytes).map_err(|error| malformed(path, error))
}

/// The name says type and hash, and the content has to agree.
fn read_blob(path: &str, name: &str, bytes: &[u8]) -> Result<Blob, RecordingError> {
    let blob_type = [
        ("Data", BlobType::Data),
        ("ContractBytecode", BlobType::ContractBytecode),
        ("ServiceBytecode", BlobType::ServiceBytecode),
        ("EvmBytecode", BlobType::EvmBytecode),
        ("ApplicationDescription", BlobType::ApplicationDescription),
        ("Committee", BlobType::Committee),
        ("ChainDescription", BlobType::ChainDescription),
    ]
    .into_iter()
    .find_map(|(type_name, blob_type)| {
        name.strip_prefix(type_name)?.strip_prefix('-').map(|rest| (blob_type, rest))
    });
    let (blob_type, rest) = blob_type.ok_or_else(|| malformed(path, "unknown blob type"))?;
    let hash: CryptoHash = rest.trim_end_matches(".bin").parse().map_err(|error| malformed(path, error))?;
    let blob =
        Blob::new(BlobContent::new(blob_type, bytes.to_vec())).map_err(|error| malformed(path, error))?;
    if blob.id() != BlobId::new(hash, blob_type) {
        return Err(malformed(path, format!("the content is blob {}", blob.id())));
    }
    Ok(blob)
}

fn collect(root: &Path, folder: &Path, files: &mut Files) -> Result<(), RecordingError> {
    let failed = |path: &Path, error| RecordingError::Io { path: path.display().to_string(), error };
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| failed(&path, error))?;
        let relative = path.strip_prefix(root).unwrap_or(&path);
        let names: Vec<String> =
            relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        files.insert(names.join("/"), bytes);
    }
    Ok(())
}
