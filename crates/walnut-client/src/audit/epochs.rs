//! The committees by epoch, each one proven by the one before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use walnut_base::{
    Blob, BlobId, BlobType, Block, ChainId, Committee, ConfirmedBlockCertificate, CryptoHash, Epoch,
    StreamId, encoding::from_bcs, event::EPOCH_STREAM_NAME,
};
use walnut_chain::records;
use walnut_execution::epoch_event;
use walnut_views::{Batch, Store, StoreError};

use super::{HexBcs, trusted::TrustedNetwork, violation::Exhibit};

/// The committees that are proven so far.
#[derive(Clone, Debug)]
pub(super) struct Epochs {
    admin_chain_id: ChainId,
    committees: BTreeMap<Epoch, Committee>,
}

/// A block of the admin chain that announces committees, and these committees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochProof {
    /// The block.
    pub certificate: Exhibit,
    /// Their blobs, in the order of the announcements.
    pub committees: Vec<HexBcs<Blob>>,
}

/// A committee does not follow from the ones before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EpochError {
    /// The block is not of the admin chain.
    #[error("a committee is announced on a chain that is not the admin chain")]
    NotAdminChain,
    /// The block's own epoch does not come before what it announces, or is not known.
    #[error("epoch {0} is announced without a committee before it")]
    NoPredecessor(Epoch),
    /// The block is not signed by its epoch's committee.
    #[error("the announcement of a committee is not signed by the committee before")]
    NotSigned,
    /// The blob is missing, another one, or no committee.
    #[error("the committee of epoch {0} is not the announced one")]
    WrongCommittee(Epoch),
}

/// The epochs that a block announces, with the hashes of their committees' blobs.
pub(super) fn announcements(block: &Block) -> Vec<(Epoch, CryptoHash)> {
    let stream = StreamId::system(EPOCH_STREAM_NAME);
    let events = block.body.events.iter().flatten().filter(|event| event.stream_id == stream);
    events
        .filter_map(|event| Some((Epoch(event.index), from_bcs(&event.value, event.value.len()).ok()?)))
        .collect()
}

impl Epochs {
    /// The first committee alone.
    pub(super) fn new(network: &TrustedNetwork) -> Self {
        let committees = BTreeMap::from([(Epoch::ZERO, network.committee.clone())]);
        Self { admin_chain_id: network.admin_chain_id(), committees }
    }

    /// The committees that the audit of the admin chain has stored.
    pub(super) async fn load<S: Store>(network: &TrustedNetwork, store: &S) -> Result<Self, StoreError> {
        let mut epochs = Self::new(network);
        for number in 1.. {
            let event_id = epoch_event(epochs.admin_chain_id, Epoch(number));
            let Some(value) = records::read_event(store, &event_id).await? else { break };
            let malformed = |error: walnut_base::encoding::EncodingError| {
                StoreError::malformed(&event_id.stream_id.stream_name.0, error)
            };
            let hash: CryptoHash = from_bcs(&value, value.len()).map_err(malformed)?;
            let blob = records::read_blob(store, BlobId::new(hash, BlobType::Committee)).await?;
            let Some(blob) = blob else { break };
            let committee = from_bcs(blob.bytes(), blob.bytes().len()).map_err(malformed)?;
            epochs.committees.insert(Epoch(number), committee);
        }
        Ok(epochs)
    }

    /// The committees of these proofs, in their order.
    pub(super) fn prove(network: &TrustedNetwork, proofs: &[EpochProof]) -> Result<Self, EpochError> {
        let mut epochs = Self::new(network);
        for proof in proofs {
            epochs.follow(proof)?;
        }
        Ok(epochs)
    }

    fn follow(&mut self, proof: &EpochProof) -> Result<(), EpochError> {
        let certificate = &proof.certificate.0;
        if certificate.chain_id() != self.admin_chain_id {
            return Err(EpochError::NotAdminChain);
        }
        let own = certificate.epoch();
        let committee = self.committees.get(&own).ok_or(EpochError::NoPredecessor(own))?;
        certificate.check(committee).map_err(|_| EpochError::NotSigned)?;
        let mut blobs = proof.committees.iter();
        for (epoch, hash) in announcements(certificate.block()) {
            if epoch <= own {
                return Err(EpochError::NoPredecessor(epoch));
            }
            let blob = blobs.next().ok_or(EpochError::WrongCommittee(epoch))?;
            if blob.id() != BlobId::new(hash, BlobType::Committee) {
                return Err(EpochError::WrongCommittee(epoch));
            }
            let committee = from_bcs(blob.bytes(), blob.bytes().len());
            let committee = committee.map_err(|_| EpochError::WrongCommittee(epoch))?;
            self.committees.entry(epoch).or_insert(committee);
        }
        Ok(())
    }

    /// The chain that announces committees.
    pub(super) fn admin_chain_id(&self) -> ChainId {
        self.admin_chain_id
    }

    /// The committee of an epoch.
    pub(super) fn committee(&self, epoch: Epoch) -> Option<&Committee> {
        self.committees.get(&epoch)
    }

    /// All of them, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Epoch, &Committee)> {
        self.committees.iter().map(|(epoch, committee)| (*epoch, committee))
    }

    /// Whether its own epoch's committee signed the certificate.
    pub(super) fn accepts(&self, certificate: &ConfirmedBlockCertificate) -> bool {
        self.committee(certificate.epoch()).is_some_and(|committee| certificate.check(committee).is_ok())
    }

    /// The proofs of all epochs up to one, out of the audit's store.
    pub(super) async fn proofs<S: Store>(
        &self,
        last: Epoch,
        store: &S,
    ) -> Result<Vec<EpochProof>, StoreError> {
        let mut proofs: Vec<EpochProof> = Vec::new();
        for number in 1..=last.0 {
            let event_id = epoch_event(self.admin_chain_id, Epoch(number));
            let Some(height) = records::read_event_height(store, &event_id).await? else { break };
            if proofs.last().is_some_and(|proof| proof.certificate.height() == height) {
                continue;
            }
            let hash = records::read_hash_by_height(store, self.admin_chain_id, height).await?;
            let Some(hash) = hash else { break };
            let Some(certificate) = records::read_certificate(store, hash).await? else { break };
            let mut committees = Vec::new();
            for (_, hash) in announcements(certificate.block()) {
                let blob = records::read_blob(store, BlobId::new(hash, BlobType::Committee)).await?;
                committees.extend(blob.map(HexBcs));
            }
            proofs.push(EpochProof { certificate: HexBcs(certificate), committees });
        }
        Ok(proofs)
    }
}

/// What a store needs to know these committees.
pub(super) fn batch_of(proofs: &[EpochProof]) -> Result<Batch, bcs::Error> {
    let mut batch = Batch::default();
    for proof in proofs {
        records::put_certificate(&mut batch, &proof.certificate)?;
        for blob in &proof.committees {
            records::put_blob(&mut batch, blob);
        }
    }
    Ok(batch)
}
