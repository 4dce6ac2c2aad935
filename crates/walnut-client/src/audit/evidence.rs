//! A violation together with everything that somebody else needs to see it.

use serde::{Deserialize, Serialize};
use walnut_base::{Blob, ChainId, CryptoHash, NetworkDescription, crypto::keccak256};
use walnut_views::{Batch, RootKey, Store, StoreError, WriteOperation};

use super::{HexBcs, epochs::EpochProof, trusted::TrustedNetwork, violation::Violation};

/// Longest evidence file that is read, in bytes: a chain's whole history may be in it, in hexadecimal.
pub const EVIDENCE_BYTES_MAX: usize = 512 * 1024 * 1024;

/// The version of the file's form.
const FORMAT: &str = "walnut-evidence-1";

/// Tells the audit's records from others of the node.
const EVIDENCE: u8 = 0xa1;

/// A violation that can be checked without asking anybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    format: String,
    /// The network that it is about. Who checks compares it with the network that they mean.
    pub network: NetworkDescription,
    /// The network's first committee.
    pub first_committee: HexBcs<Blob>,
    /// How later committees follow from it, as far as they matter here.
    pub epochs: Vec<EpochProof>,
    /// What is wrong.
    pub violation: Violation,
}

/// Bytes are no evidence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// There are too many of them.
    #[error("evidence of {0} bytes is too large")]
    TooLarge(usize),
    /// They have another form.
    #[error("not an evidence file: {0}")]
    Malformed(String),
    /// They have the form of another version.
    #[error("evidence of form {0} cannot be read by this version")]
    OtherFormat(String),
}

impl Evidence {
    /// Puts it together; checks nothing.
    pub(super) fn new(network: &TrustedNetwork, epochs: Vec<EpochProof>, violation: Violation) -> Self {
        Self {
            format: FORMAT.into(),
            network: network.description.clone(),
            first_committee: HexBcs(network.committee_blob()),
            epochs,
            violation,
        }
    }

    /// The file's content: JSON with one line.
    ///
    /// # Panics
    /// Never: keys are strings, and nothing in it refuses to be written.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("evidence is plain data with string keys")
    }

    /// Reads a file. The result proves nothing before [`Evidence::check`].
    ///
    /// # Errors
    /// See [`EvidenceError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, EvidenceError> {
        if bytes.len() > EVIDENCE_BYTES_MAX {
            return Err(EvidenceError::TooLarge(bytes.len()));
        }
        let evidence: Self =
            serde_json::from_slice(bytes).map_err(|error| EvidenceError::Malformed(error.to_string()))?;
        if evidence.format != FORMAT {
            return Err(EvidenceError::OtherFormat(evidence.format));
        }
        Ok(evidence)
    }

    /// A name for the file: the same evidence has the same name.
    pub fn file_name(&self) -> String {
        let digest = CryptoHash::from(keccak256(&[&self.to_json()])).to_string();
        let (chain_id, height, _) = self.violation.place();
        format!("{}-{}-{height}-{}.json", self.violation.name(), &chain_id.to_string()[..8], &digest[..8])
    }

    /// What stores it under the chain that was audited. None when it is there already.
    pub(super) async fn batch<S: Store>(
        &self,
        audited: ChainId,
        store: &S,
    ) -> Result<Option<Batch>, StoreError> {
        let value = self.to_json();
        let mut key = prefix(audited);
        key.extend_from_slice(&keccak256(&[&value]));
        let is_known = store.read(&key).await?.is_some();
        Ok((!is_known).then(|| Batch { operations: vec![WriteOperation::Put { key, value }] }))
    }
}

fn prefix(audited: ChainId) -> Vec<u8> {
    let mut key = RootKey::Local.bytes();
    key.push(EVIDENCE);
    key.extend_from_slice(audited.0.as_bytes());
    key
}

/// The evidence that the audit of a chain has stored, in no particular order.
///
/// # Errors
/// When the store cannot be read, or holds something else.
pub async fn stored_evidence<S: Store>(store: &S, audited: ChainId) -> Result<Vec<Evidence>, StoreError> {
    let prefix = prefix(audited);
    let entries = store.scan(&prefix).await?;
    entries
        .iter()
        .map(|(_, value)| Evidence::from_json(value).map_err(|error| StoreError::malformed(&prefix, error)))
        .collect()
}
