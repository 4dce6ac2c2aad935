//! Requests to a validator and answers of one, as protobuf messages of strangers.
//!
//! Promise: what was understood says the same when it is sent on. A client asks and a validator answers with nothing that
//! the other side cannot read.

use std::fmt::Debug;

use prost::Message;
use walnut_base::{
    AccountOwner, AccountPublicKey, AccountSignature, BlobContent, BlobId, BlockHeight, Certificate, ChainId,
    ChainInfoQuery, ChainInfoResponse, ConfirmedBlockCertificate, CrossChainRequest, CryptoHash, EventId,
    NetworkDescription, NodeError, Notification, StreamId, ValidatorPublicKey, ValidatorSignature,
    VersionInfo,
};
use walnut_rpc::{
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleLiteCertificateRequest,
        HandlePendingBlobRequest, HandleTimeoutCertificateRequest, HandleValidatedCertificateRequest,
        PendingBlobRequest, PreviousEventBlock, downgrade_aggregated_missing,
    },
    proto,
};

/// The first byte says which message, the rest is its protobuf.
pub(crate) fn run(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else { return };
    match kind % 32 {
        0 => check::<proto::BlockProposal, HandleBlockProposalRequest>(bytes, |request| {
            (&request.proposal, request.supports_aggregated_missing).into()
        }),
        1 => check::<proto::LiteCertificate, HandleLiteCertificateRequest>(bytes, |request| {
            (&request.certificate, request.wait_for_outgoing_messages).into()
        }),
        2 => check::<_, HandleConfirmedCertificateRequest>(bytes, |request| {
            let HandleConfirmedCertificateRequest {
                certificate,
                wait_for_outgoing_messages,
                supports_aggregated_missing,
            } = request;
            proto::HandleConfirmedCertificateRequest::from((
                certificate,
                *wait_for_outgoing_messages,
                *supports_aggregated_missing,
            ))
        }),
        3 => check::<_, HandleValidatedCertificateRequest>(bytes, |request| {
            proto::HandleValidatedCertificateRequest::from(&request.certificate)
        }),
        4 => check::<_, HandleTimeoutCertificateRequest>(bytes, |request| {
            proto::HandleTimeoutCertificateRequest::from(&request.certificate)
        }),
        5 => check::<_, ChainInfoQuery>(bytes, |query| proto::ChainInfoQuery::from(query)),
        6 => check::<_, HandlePendingBlobRequest>(bytes, |it| proto::HandlePendingBlobRequest::from(it)),
        7 => check::<_, PendingBlobRequest>(bytes, |request| proto::PendingBlobRequest::from(*request)),
        8 => check::<_, BlobContent>(bytes, |content| proto::BlobContent::from(content)),
        9 => check::<_, BlobId>(bytes, |id| proto::BlobId::from(*id)),
        10 => check::<_, Vec<BlobId>>(bytes, |ids| proto::BlobIds::from(&ids[..])),
        11 => check::<_, CryptoHash>(bytes, |hash| proto::CryptoHash::from(*hash)),
        12 => check::<_, Vec<CryptoHash>>(bytes, |it| proto::CertificatesBatchRequest::from(&it[..])),
        13 => check::<_, (ChainId, Vec<BlockHeight>)>(bytes, |(chain_id, heights)| {
            proto::DownloadCertificatesByHeightsRequest::from((*chain_id, &heights[..]))
        }),
        14 => check::<_, (ChainId, Vec<StreamId>)>(bytes, |(chain_id, streams)| {
            proto::PreviousEventBlocksRequest::from((*chain_id, &streams[..]))
        }),
        15 => check::<_, Vec<EventId>>(bytes, |ids| proto::EventBlockHeightsRequest::from(&ids[..])),
        16 => check::<_, Vec<ChainId>>(bytes, |ids| proto::SubscriptionRequest::from(&ids[..])),
        17 => check::<_, CrossChainRequest>(bytes, |request| proto::CrossChainRequest::from(request)),
        18 => check::<_, Certificate>(bytes, |certificate| proto::Certificate::from(certificate)),
        19 => check::<proto::RawCertificate, ConfirmedBlockCertificate>(bytes, |it| it.into()),
        20 => check::<_, ChainInfoResponse>(bytes, |it| proto::ChainInfoResponse::from(it)),
        21 => check::<_, NetworkDescription>(bytes, |it| proto::NetworkDescription::from(it)),
        22 => check::<_, Vec<PreviousEventBlock>>(bytes, |blocks| {
            proto::PreviousEventBlocksResponse::from(&blocks[..])
        }),
        23 => check::<_, Vec<Option<BlockHeight>>>(bytes, |heights| {
            proto::EventBlockHeightsResponse::from(&heights[..])
        }),
        24 => check::<_, AccountOwner>(bytes, |owner| proto::AccountOwner::from(*owner)),
        25 => check::<_, AccountSignature>(bytes, |it| proto::AccountSignature::from(it)),
        26 => check::<_, AccountPublicKey>(bytes, |it| proto::AccountPublicKey::from(it)),
        27 => check::<_, ValidatorSignature>(bytes, |it| proto::ValidatorSignature::from(it)),
        28 => check::<_, ValidatorPublicKey>(bytes, |it| proto::ValidatorPublicKey::from(it)),
        29 => answer::<_, Result<ChainInfoResponse, NodeError>>(bytes, |it| {
            if let Err(error) = it {
                drop(downgrade_aggregated_missing(error.clone()));
            }
            proto::ChainInfoResult::from(it.clone())
        }),
        30 => answer::<_, Result<BlobContent, NodeError>>(bytes, |it| {
            proto::PendingBlobResult::from(it.clone())
        }),
        _ => {
            answer::<_, VersionInfo>(bytes, |it| proto::VersionInfo::from(it));
            let Ok(message) = proto::Notification::decode(bytes) else { return };
            let Ok(Some(notification)) = Option::<Notification>::try_from(message) else { return };
            let again = proto::Notification::from(&notification);
            assert_eq!(Option::<Notification>::try_from(again), Ok(Some(notification)));
        }
    }
}

/// A message that may be refused.
fn check<M, T>(bytes: &[u8], send: impl Fn(&T) -> M)
where
    M: Message + Default,
    T: TryFrom<M, Error: Debug> + PartialEq + Debug,
{
    let Ok(message) = M::decode(bytes) else { return };
    let Ok(value) = T::try_from(message) else { return };
    let bytes = send(&value).encode_to_vec();
    let message = M::decode(&bytes[..]).expect("we can read what we write");
    let again = T::try_from(message).expect("we understand what we say");
    assert_eq!(again, value);
}

/// A message that is always understood as something.
fn answer<M, T>(bytes: &[u8], send: impl Fn(&T) -> M)
where
    M: Message + Default,
    T: From<M> + PartialEq + Debug,
{
    let Ok(message) = M::decode(bytes) else { return };
    let value = T::from(message);
    let bytes = send(&value).encode_to_vec();
    let message = M::decode(&bytes[..]).expect("we can read what we write");
    assert_eq!(T::from(message), value);
}
