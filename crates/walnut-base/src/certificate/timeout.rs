//! The value of a timeout certificate.

use serde::{Deserialize, Serialize};

use super::{CertificateKind, CertificateValue};
use crate::{BcsHashable, BlockHeight, ChainId, CryptoHash, Epoch};

/// The claim that a round at this height timed out; the round is signed beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Timeout {
    /// The chain.
    pub chain_id: ChainId,
    /// The height.
    pub height: BlockHeight,
    /// The epoch whose committee signs.
    pub epoch: Epoch,
}

impl Timeout {
    /// States a timeout.
    pub const fn new(chain_id: ChainId, height: BlockHeight, epoch: Epoch) -> Self {
        Self { chain_id, height, epoch }
    }
}

impl BcsHashable for Timeout {
    const NAME: &'static str = "Timeout";
}

impl CertificateValue for Timeout {
    const KIND: CertificateKind = CertificateKind::Timeout;

    fn hash(&self) -> CryptoHash {
        CryptoHash::new(self)
    }

    fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    fn height(&self) -> BlockHeight {
        self.height
    }

    fn epoch(&self) -> Epoch {
        self.epoch
    }
}
