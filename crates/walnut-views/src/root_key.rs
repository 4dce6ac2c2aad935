//! Partitions of the flat key space.

use serde::{Deserialize, Serialize};
use walnut_base::{BlobId, ChainId, CryptoHash};

/// Names a partition: its BCS form is the prefix of all keys in it (`linera-storage/src/db_storage.rs`). No form is a
/// prefix of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RootKey {
    /// The state of one chain.
    ChainState(ChainId),
    /// A confirmed block and its certificate.
    ConfirmedBlock(CryptoHash),
    /// A blob and what is known about its use.
    Blob(BlobId),
    /// The events published by one chain.
    Event(ChainId),
    /// Unused.
    Placeholder,
    /// The network description.
    NetworkDescription,
    /// The state of one block exporter.
    BlockExporterState(u32),
    /// Block hashes of one chain by height.
    BlockByHeight(ChainId),
    /// Heights of the blocks that published the events of one chain.
    EventBlockHeight(ChainId),
    /// Records of this node that upstream has no place for.
    Local,
}

impl RootKey {
    /// The prefix of the partition's keys.
    pub fn bytes(&self) -> Vec<u8> {
        crate::hasher::encode(self)
    }
}

#[cfg(test)]
mod tests {
    use walnut_base::{BlobId, BlobType, ChainId, CryptoHash};

    use super::RootKey;

    #[test]
    fn bytes_are_tag_then_identifier() {
        let hash = CryptoHash::from([7; 32]);
        assert_eq!(RootKey::ChainState(ChainId(hash)).bytes(), [&[0][..], &[7; 32]].concat());
        assert_eq!(RootKey::ConfirmedBlock(hash).bytes(), [&[1][..], &[7; 32]].concat());
        let blob = BlobId { blob_type: BlobType::Committee, hash };
        assert_eq!(RootKey::Blob(blob).bytes(), [&[2][..], &[7; 32], &[5]].concat());
        assert_eq!(RootKey::NetworkDescription.bytes(), [5]);
        assert_eq!(RootKey::BlockExporterState(258).bytes(), [6, 2, 1, 0, 0]);
        assert_eq!(RootKey::EventBlockHeight(ChainId(hash)).bytes()[0], 8);
        assert_eq!(RootKey::Local.bytes(), [9]);
    }
}
