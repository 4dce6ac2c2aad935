//! Protobuf messages to base values and back. Pure, and shared by every transport and by the server.
//!
//! Four encodings live side by side in the bytes fields (`linera-rpc/src/grpc/conversions.rs`):
//!
//! - raw: chain ids, hashes, validator keys and signatures;
//! - BCS: owner signatures and keys, raw certificates;
//! - bincode: everything else, also where the reference's comments say BCS;
//! - protobuf: heights, flags, version numbers.
//!
//! bincode accepts trailing bytes and any map order, so received bytes are never hashed: values are encoded again.
//! Signatures of certificates that travel as messages are sorted; certificates *inside* a chain info or locking block are
//! refused unless sorted, which is base's decoder's doing.

mod blob;
mod certificate;
mod chain_info;
mod cross_chain;
mod error;
mod event;
mod identifiers;
mod network;
mod node_error;
mod notification;
mod payload;
mod proposal;
mod raw_certificate;
mod signature;

pub use blob::{HandlePendingBlobRequest, PendingBlobRequest};
pub use certificate::{
    HandleConfirmedCertificateRequest, HandleLiteCertificateRequest, HandleTimeoutCertificateRequest,
    HandleValidatedCertificateRequest,
};
pub use error::ConversionError;
pub use event::PreviousEventBlock;
pub use node_error::downgrade_aggregated_missing;
pub use proposal::HandleBlockProposalRequest;
pub use raw_certificate::RawCertificate;
