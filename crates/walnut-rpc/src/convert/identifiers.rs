//! Names: chains, hashes, blobs, owners, streams, heights.

use walnut_base::{AccountOwner, BlobId, BlockHeight, ChainId, CryptoHash, StreamId};

use super::{
    error::ConversionError,
    payload::{from_bincode, from_raw, to_bincode, to_raw},
};
use crate::proto;

impl From<ChainId> for proto::ChainId {
    fn from(chain_id: ChainId) -> Self {
        Self { bytes: to_raw(chain_id.0.as_bytes()) }
    }
}

impl TryFrom<proto::ChainId> for ChainId {
    type Error = ConversionError;

    fn try_from(chain_id: proto::ChainId) -> Result<Self, Self::Error> {
        Ok(Self(CryptoHash::from(from_raw::<32>(&chain_id.bytes, "chain_id")?)))
    }
}

impl From<CryptoHash> for proto::CryptoHash {
    fn from(hash: CryptoHash) -> Self {
        Self { bytes: to_raw(hash.as_bytes()) }
    }
}

impl TryFrom<proto::CryptoHash> for CryptoHash {
    type Error = ConversionError;

    fn try_from(hash: proto::CryptoHash) -> Result<Self, Self::Error> {
        Ok(from_raw::<32>(&hash.bytes, "crypto_hash")?.into())
    }
}

impl From<BlobId> for proto::BlobId {
    fn from(blob_id: BlobId) -> Self {
        Self { bytes: to_bincode(&blob_id) }
    }
}

impl TryFrom<proto::BlobId> for BlobId {
    type Error = ConversionError;

    fn try_from(blob_id: proto::BlobId) -> Result<Self, Self::Error> {
        from_bincode(&blob_id.bytes, "blob_id")
    }
}

impl From<&[BlobId]> for proto::BlobIds {
    fn from(blob_ids: &[BlobId]) -> Self {
        Self { bytes: blob_ids.iter().map(to_bincode).collect() }
    }
}

impl TryFrom<proto::BlobIds> for Vec<BlobId> {
    type Error = ConversionError;

    fn try_from(blob_ids: proto::BlobIds) -> Result<Self, Self::Error> {
        blob_ids.bytes.iter().map(|bytes| from_bincode(bytes, "blob_ids")).collect()
    }
}

impl From<AccountOwner> for proto::AccountOwner {
    fn from(owner: AccountOwner) -> Self {
        Self { bytes: to_bincode(&owner) }
    }
}

impl TryFrom<proto::AccountOwner> for AccountOwner {
    type Error = ConversionError;

    fn try_from(owner: proto::AccountOwner) -> Result<Self, Self::Error> {
        from_bincode(&owner.bytes, "account_owner")
    }
}

impl From<&StreamId> for proto::StreamId {
    fn from(stream_id: &StreamId) -> Self {
        Self { bytes: to_bincode(stream_id) }
    }
}

impl TryFrom<proto::StreamId> for StreamId {
    type Error = ConversionError;

    fn try_from(stream_id: proto::StreamId) -> Result<Self, Self::Error> {
        from_bincode(&stream_id.bytes, "stream_id")
    }
}

impl From<BlockHeight> for proto::BlockHeight {
    fn from(height: BlockHeight) -> Self {
        Self { height: height.0 }
    }
}

impl From<proto::BlockHeight> for BlockHeight {
    fn from(height: proto::BlockHeight) -> Self {
        Self(height.height)
    }
}

impl From<&[ChainId]> for proto::SubscriptionRequest {
    fn from(chain_ids: &[ChainId]) -> Self {
        Self { chain_ids: chain_ids.iter().map(|chain_id| (*chain_id).into()).collect() }
    }
}

impl TryFrom<proto::SubscriptionRequest> for Vec<ChainId> {
    type Error = ConversionError;

    fn try_from(request: proto::SubscriptionRequest) -> Result<Self, Self::Error> {
        request.chain_ids.into_iter().map(ChainId::try_from).collect()
    }
}
