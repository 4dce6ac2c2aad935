//! Why a message is not a value.

use thiserror::Error;
use walnut_base::{CertificateKind, ChainId, EncodingError};

/// A message that does not hold what its type promises. Servers answer `InvalidArgument`; clients take it as an answer that
/// cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ConversionError {
    /// A required sub-message is absent.
    #[error("missing field {0}")]
    MissingField(&'static str),
    /// Raw bytes of another length.
    #[error("{field}: expected {expected} bytes, found {found}")]
    Length {
        /// Which field.
        field: &'static str,
        /// Its fixed length.
        expected: usize,
        /// What came.
        found: usize,
    },
    /// Bytes that are no key or signature.
    #[error("{0}: not a valid key or signature")]
    Crypto(&'static str),
    /// Bytes that do not decode, or too many.
    #[error("{field}: {error}")]
    Encoding {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        error: EncodingError,
    },
    /// A number that is no certificate kind.
    #[error("unknown certificate kind {0}")]
    UnknownCertificateKind(i32),
    /// A certificate of a kind the method does not take.
    #[error("expected a certificate of kind {expected:?}, found {found:?}")]
    CertificateKind {
        /// What the method takes.
        expected: CertificateKind,
        /// What came.
        found: CertificateKind,
    },
    /// The chain named for routing is not the chain of the content.
    #[error("the message is addressed to chain {outer} but its content belongs to chain {inner}")]
    InconsistentChainId {
        /// Named for routing.
        outer: ChainId,
        /// Named by the content.
        inner: ChainId,
    },
    /// Validators do not tell committees; they come from events and blobs.
    #[error(
        "Chain info queries asking for committees are reserved for local clients; validators serve committees via the event stream and the committee blob store"
    )]
    CommitteesRequested,
    /// The two halves of a raw certificate do not belong together.
    #[error("the lite certificate does not match its block")]
    RawCertificateMismatch,
}
