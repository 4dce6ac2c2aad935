//! What an audit takes on trust: how the network began.

use std::collections::BTreeSet;

use walnut_base::{
    Blob, BlobId, BlobType, ChainDescription, ChainId, Committee, GenesisConfig, GenesisError,
    NetworkDescription, encoding::from_bcs,
};
use walnut_chain::records;
use walnut_views::{Batch, Store, StoreError};

/// The network's description and its first committee; everything else has to follow from them.
#[derive(Clone, Debug, PartialEq)]
pub struct TrustedNetwork {
    /// The description.
    pub description: NetworkDescription,
    /// The committee of epoch 0.
    pub committee: Committee,
    /// The chains of the genesis; none when only the description is known, and any root chain is then taken as given.
    roots: Option<BTreeSet<ChainId>>,
    /// The descriptions of these chains.
    blobs: Vec<Blob>,
}

impl TrustedNetwork {
    /// The network of a genesis.
    ///
    /// # Errors
    /// When it has no chains.
    pub fn from_genesis(genesis: &GenesisConfig) -> Result<Self, GenesisError> {
        let blobs = genesis.chains.iter().map(ChainDescription::to_blob).collect();
        Ok(Self {
            description: genesis.network_description()?,
            committee: genesis.committee.clone(),
            roots: Some(genesis.chains.iter().map(ChainDescription::id).collect()),
            blobs,
        })
    }

    /// The network that a store was prepared for; none if it was not.
    ///
    /// # Errors
    /// When the store cannot be read, or its committee cannot be decoded.
    pub async fn from_store<S: Store>(store: &S) -> Result<Option<Self>, StoreError> {
        let Some(description) = records::read_network_description(store).await? else { return Ok(None) };
        let blob_id = BlobId::new(description.genesis_committee_blob_hash, BlobType::Committee);
        let Some(blob) = records::read_blob(store, blob_id).await? else { return Ok(None) };
        let committee = from_bcs(blob.bytes(), blob.bytes().len())
            .map_err(|error| StoreError::malformed(blob_id.hash.as_bytes(), error))?;
        Ok(Some(Self { description, committee, roots: None, blobs: Vec::new() }))
    }

    /// The network that a piece of evidence is about. `None` when the committee is not the described one.
    pub(super) fn from_parts(description: &NetworkDescription, committee: &Blob) -> Option<Self> {
        if committee.id() != BlobId::new(description.genesis_committee_blob_hash, BlobType::Committee) {
            return None;
        }
        let first = from_bcs(committee.bytes(), committee.bytes().len()).ok()?;
        Some(Self { description: description.clone(), committee: first, roots: None, blobs: Vec::new() })
    }

    /// The admin chain.
    pub fn admin_chain_id(&self) -> ChainId {
        self.description.admin_chain_id
    }

    /// The blob of the first committee.
    pub(super) fn committee_blob(&self) -> Blob {
        Blob::new_committee(&self.committee)
    }

    /// Whether a chain that claims to be of the genesis is not.
    pub(super) fn is_false_root(&self, chain_id: &ChainId) -> bool {
        self.roots.as_ref().is_some_and(|roots| !roots.contains(chain_id))
    }

    /// The chains of the genesis, as far as they are known.
    pub fn roots(&self) -> impl Iterator<Item = ChainId> {
        self.roots.iter().flatten().copied()
    }

    /// What to commit to an empty store.
    ///
    /// # Errors
    /// When the description cannot be encoded.
    pub(super) fn batch(&self) -> Result<Batch, bcs::Error> {
        let mut batch = self.core_batch()?;
        for blob in &self.blobs {
            records::put_blob(&mut batch, blob);
        }
        Ok(batch)
    }

    /// The same without the genesis' chains: as much as everybody knows.
    pub(super) fn core_batch(&self) -> Result<Batch, bcs::Error> {
        let mut batch = Batch::default();
        records::put_blob(&mut batch, &self.committee_blob());
        records::put_network_description(&mut batch, &self.description)?;
        Ok(batch)
    }
}
