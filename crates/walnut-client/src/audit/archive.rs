//! A recorded network in memory.
//!
//! The files are those of the golden recordings: `genesis.json`, `chains/<chain>/<height>.certificate.bcs` and
//! `blobs/<type>-<hash>.bin`; others are not looked at. A second certificate for a height stands beside the first one as
//! `<height>-<anything>.certificate.bcs`.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{
    Blob, BlobContent, BlobId, BlobType, BlockHeight, ChainId, ConfirmedBlockCertificate, EventId,
    GenesisConfig, encoding::from_bcs_canonical,
};

use super::source::{Source, SourceError};

/// Largest certificate read, in bytes: more than the reference accepts in one message.
const CERTIFICATE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// By the place that they claim to stand in; what they say themselves is for the audit to compare.
    certificates: BTreeMap<(ChainId, BlockHeight), Vec<ConfirmedBlockCertificate>>,
    blobs: BTreeMap<BlobId, Blob>,
    events: BTreeMap<EventId, BlockHeight>,
}

/// Files are no recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
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

impl Archive {
    /// An archive with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads files by their path in the recording, with `/` between names.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn from_files<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
    ) -> Result<(Self, GenesisConfig), ArchiveError> {
        let mut archive = Self::new();
        let mut genesis = None;
        for (path, bytes) in files {
            let malformed = |reason: String| ArchiveError::Malformed { path: path.to_owned(), reason };
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                ["genesis.json"] => {
                    let read = serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
                    genesis = Some(read);
                }
                ["blobs", name] => archive.add_blob(read_blob(name, bytes).map_err(malformed)?),
                ["chains", chain, name] => {
                    let Some(name) = name.strip_suffix(".certificate.bcs") else { continue };
                    let chain_id = chain.parse().map_err(|_| malformed("not a chain's name".into()))?;
                    let number = name.split('-').next().unwrap_or(name);
                    let height = number.parse().map_err(|_| malformed("not a height".into()))?;
                    let certificate = from_bcs_canonical(bytes, CERTIFICATE_BYTES_MAX)
                        .map_err(|error| malformed(error.to_string()))?;
                    archive.add_certificate_at(chain_id, BlockHeight(height), certificate);
                }
                _ => {}
            }
        }
        let genesis = genesis.ok_or_else(|| ArchiveError::Missing("genesis.json".into()))?;
        Ok((archive, genesis))
    }

    /// Adds a certificate in its place.
    pub fn add_certificate(&mut self, certificate: ConfirmedBlockCertificate) {
        self.add_certificate_at(certificate.chain_id(), certificate.height(), certificate);
    }

    /// Adds a certificate in any place.
    pub fn add_certificate_at(
        &mut self,
        chain_id: ChainId,
        height: BlockHeight,
        certificate: ConfirmedBlockCertificate,
    ) {
        for event_id in certificate.block().event_ids() {
            self.events.insert(event_id, certificate.height());
        }
        self.certificates.entry((chain_id, height)).or_default().push(certificate);
    }

    /// Removes everything that stands in a place, and returns it.
    pub fn take_certificates(
        &mut self,
        chain_id: ChainId,
        height: BlockHeight,
    ) -> Vec<ConfirmedBlockCertificate> {
        self.certificates.remove(&(chain_id, height)).unwrap_or_default()
    }

    /// Adds a blob.
    pub fn add_blob(&mut self, blob: Blob) {
        self.blobs.insert(blob.id(), blob);
    }

    /// Removes a blob.
    pub fn take_blob(&mut self, blob_id: BlobId) -> Option<Blob> {
        self.blobs.remove(&blob_id)
    }

    /// The chains that have blocks or a description, ascending.
    pub fn chains(&self) -> Vec<ChainId> {
        let described = self.blobs.keys().filter(|blob_id| blob_id.blob_type == BlobType::ChainDescription);
        let described = described.map(|blob_id| ChainId(blob_id.hash));
        let chains: BTreeSet<ChainId> =
            self.certificates.keys().map(|(chain_id, _)| *chain_id).chain(described).collect();
        chains.into_iter().collect()
    }
}

fn read_blob(name: &str, bytes: &[u8]) -> Result<Blob, String> {
    let (type_name, rest) = name.split_once('-').ok_or("not a blob's name")?;
    let blob_type: BlobType = type_name.parse().map_err(|error| format!("{error}"))?;
    let hash = rest.trim_end_matches(".bin").parse().map_err(|error| format!("{error}"))?;
    let blob = Blob::new(BlobContent::new(blob_type, bytes.to_vec())).map_err(|error| error.to_string())?;
    match blob.id() == BlobId::new(hash, blob_type) {
        true => Ok(blob),
        false => Err(format!("the content is blob {}", blob.id())),
    }
}

impl Source for Archive {
    async fn next_height(&self, chain_id: ChainId) -> Result<BlockHeight, SourceError> {
        let places = (chain_id, BlockHeight::ZERO)..=(chain_id, BlockHeight::MAX);
        let last = self.certificates.range(places).next_back();
        Ok(last.map_or(BlockHeight::ZERO, |((_, height), _)| BlockHeight(height.0.saturating_add(1))))
    }

    async fn certificates(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<Vec<ConfirmedBlockCertificate>, SourceError> {
        let places = heights.iter().filter_map(|height| self.certificates.get(&(chain_id, *height)));
        Ok(places.flatten().cloned().collect())
    }

    async fn blob(&self, blob_id: BlobId) -> Result<Option<Blob>, SourceError> {
        Ok(self.blobs.get(&blob_id).cloned())
    }

    async fn event_height(&self, event_id: &EventId) -> Result<Option<BlockHeight>, SourceError> {
        Ok(self.events.get(event_id).copied())
    }
}
