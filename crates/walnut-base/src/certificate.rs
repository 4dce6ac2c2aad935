//! Certificates: values signed by a quorum.
//!
//! Signatures are kept in the order of validator keys by *uncompressed* bytes. Constructors sort; decoding a full
//! certificate refuses a list that is not strictly increasing, in every encoding. Lite certificates are not checked for
//! order. (`linera-chain/src/certificate/`)

mod aggregator;
mod check;
mod generic;
mod lite;
mod timeout;

use serde::{Deserialize, Serialize};

pub use aggregator::SignatureAggregator;
pub use check::{CertificateError, check_signatures};
pub use generic::GenericCertificate;
pub use lite::LiteCertificate;
pub use timeout::Timeout;

use crate::{
    BlockHeight, ChainId, ConfirmedBlock, CryptoHash, Epoch, Round, ValidatedBlock, ValidatorPublicKey,
    ValidatorSignature,
};

/// Validators' signatures, by key.
pub type Signatures = Vec<(ValidatorPublicKey, ValidatorSignature)>;

/// Certificate for a block that is valid in some round.
pub type ValidatedBlockCertificate = GenericCertificate<ValidatedBlock>;
/// Certificate for a block that is final.
pub type ConfirmedBlockCertificate = GenericCertificate<ConfirmedBlock>;
/// Certificate that a round timed out.
pub type TimeoutCertificate = GenericCertificate<Timeout>;

/// What a certificate claims about its value. The numbers differ from those of [`Certificate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CertificateKind {
    /// A round timed out.
    Timeout,
    /// A block is valid in some round.
    Validated,
    /// A block is final.
    Confirmed,
}

/// A value that a quorum can sign.
pub trait CertificateValue: Clone {
    /// What the signature claims.
    const KIND: CertificateKind;

    /// The signed hash.
    fn hash(&self) -> CryptoHash;

    /// The chain.
    fn chain_id(&self) -> ChainId;

    /// The height.
    fn height(&self) -> BlockHeight;

    /// The epoch whose committee signs.
    fn epoch(&self) -> Epoch;
}

/// A certificate of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Certificate {
    /// A block is valid in some round.
    Validated(ValidatedBlockCertificate),
    /// A block is final.
    Confirmed(ConfirmedBlockCertificate),
    /// A round timed out.
    Timeout(TimeoutCertificate),
}

impl Certificate {
    /// The round.
    pub const fn round(&self) -> Round {
        match self {
            Self::Validated(certificate) => certificate.round,
            Self::Confirmed(certificate) => certificate.round,
            Self::Timeout(certificate) => certificate.round,
        }
    }

    /// The signed hash.
    pub fn hash(&self) -> CryptoHash {
        match self {
            Self::Validated(certificate) => certificate.hash(),
            Self::Confirmed(certificate) => certificate.hash(),
            Self::Timeout(certificate) => certificate.hash(),
        }
    }

    /// The chain.
    pub fn chain_id(&self) -> ChainId {
        match self {
            Self::Validated(certificate) => certificate.chain_id(),
            Self::Confirmed(certificate) => certificate.chain_id(),
            Self::Timeout(certificate) => certificate.chain_id(),
        }
    }

    /// What is claimed.
    pub const fn kind(&self) -> CertificateKind {
        match self {
            Self::Validated(_) => CertificateKind::Validated,
            Self::Confirmed(_) => CertificateKind::Confirmed,
            Self::Timeout(_) => CertificateKind::Timeout,
        }
    }
}

impl From<ValidatedBlockCertificate> for Certificate {
    fn from(certificate: ValidatedBlockCertificate) -> Self {
        Self::Validated(certificate)
    }
}

impl From<ConfirmedBlockCertificate> for Certificate {
    fn from(certificate: ConfirmedBlockCertificate) -> Self {
        Self::Confirmed(certificate)
    }
}

impl From<TimeoutCertificate> for Certificate {
    fn from(certificate: TimeoutCertificate) -> Self {
        Self::Timeout(certificate)
    }
}

#[cfg(test)]
mod tests;
