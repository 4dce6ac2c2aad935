//! Where certificates and blobs come from.

use std::future::Future;

use walnut_base::{Blob, BlobId, BlockHeight, ChainId, ConfirmedBlockCertificate, EventId};

/// A source of certificates and blobs. Nothing that it returns is trusted. It can hide things, which shows as gaps, and it
/// can offer certificates that do not count, which is told as just that: it says something about the source, and the
/// audit goes on as soon as another source has the true one. It cannot make a bad chain look clean.
pub trait Source {
    /// The height of the chain's next block, as far as the source knows.
    fn next_height(&self, chain_id: ChainId) -> impl Future<Output = Result<BlockHeight, SourceError>>;

    /// Everything that the source has at these heights: in any order, perhaps less than asked for, and more than one
    /// certificate for a height when it has them.
    fn certificates(
        &self,
        chain_id: ChainId,
        heights: Vec<BlockHeight>,
    ) -> impl Future<Output = Result<Vec<ConfirmedBlockCertificate>, SourceError>>;

    /// A blob; its name agrees with its content.
    fn blob(&self, blob_id: BlobId) -> impl Future<Output = Result<Option<Blob>, SourceError>>;

    /// The height of the block that published an event.
    fn event_height(
        &self,
        event_id: &EventId,
    ) -> impl Future<Output = Result<Option<BlockHeight>, SourceError>>;
}

/// The source cannot be asked at all; the audit stops here and can go on later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the source of blocks does not answer: {0}")]
pub struct SourceError(pub String);
