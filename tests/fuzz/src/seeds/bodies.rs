//! The same values as protobuf messages.

use prost::Message;
use walnut_base::{ChainId, ChainInfoQuery, EventId, StreamId, VersionInfo};
use walnut_rpc::proto;

use super::{tagged, values::Values};

/// Inputs for the target of messages.
pub(super) fn messages() -> Vec<Vec<u8>> {
    let values = Values::new();
    let mut inputs = Vec::new();
    let mut add = |kind: u8, bytes: Vec<u8>| inputs.push(tagged(kind, bytes));
    for proposal in &values.proposals {
        add(0, proto::BlockProposal::from((proposal, true)).encode_to_vec());
        add(25, proto::AccountSignature::from(&proposal.signature).encode_to_vec());
        add(24, proto::AccountOwner::from(proposal.owner()).encode_to_vec());
    }
    for certificate in &values.confirmed {
        let lite = certificate.lite_certificate();
        add(1, proto::LiteCertificate::from((&lite, false)).encode_to_vec());
        add(2, proto::HandleConfirmedCertificateRequest::from((certificate, true, true)).encode_to_vec());
        add(18, proto::Certificate::from(certificate).encode_to_vec());
        add(19, proto::RawCertificate::from(certificate).encode_to_vec());
        add(11, proto::CryptoHash::from(certificate.hash()).encode_to_vec());
        let (chain_id, height) = (certificate.chain_id(), certificate.height());
        add(12, proto::CertificatesBatchRequest::from(&[certificate.hash()][..]).encode_to_vec());
        let heights = proto::DownloadCertificatesByHeightsRequest::from((chain_id, &[height, height][..]));
        add(13, heights.encode_to_vec());
        add(16, proto::SubscriptionRequest::from(&[chain_id][..]).encode_to_vec());
        for (key, signature) in certificate.signatures().iter().take(1) {
            add(27, proto::ValidatorSignature::from(signature).encode_to_vec());
            add(28, proto::ValidatorPublicKey::from(key).encode_to_vec());
        }
        event(&mut add, chain_id);
    }
    add(3, proto::HandleValidatedCertificateRequest::from(&values.validated).encode_to_vec());
    add(4, proto::HandleTimeoutCertificateRequest::from(&values.timeout).encode_to_vec());
    let query = ChainInfoQuery::new(values.validated.chain_id()).with_manager_values();
    add(5, proto::ChainInfoQuery::from(&query).encode_to_vec());
    for blob in &values.blobs {
        let chain_id = values.validated.chain_id();
        let content = proto::BlobContent::from(blob.content());
        let pending =
            proto::HandlePendingBlobRequest { chain_id: Some(chain_id.into()), blob: Some(content.clone()) };
        add(6, pending.encode_to_vec());
        add(8, content.encode_to_vec());
        add(9, proto::BlobId::from(blob.id()).encode_to_vec());
        add(10, proto::BlobIds::from(&[blob.id(), blob.id()][..]).encode_to_vec());
        add(30, proto::PendingBlobResult::from(Ok(blob.content().clone())).encode_to_vec());
    }
    for request in &values.requests {
        add(17, proto::CrossChainRequest::from(request).encode_to_vec());
    }
    for info in &values.infos {
        add(20, proto::ChainInfoResponse::from(info).encode_to_vec());
        add(29, proto::ChainInfoResult::from(Ok(info.clone())).encode_to_vec());
    }
    for error in &values.errors {
        add(29, proto::ChainInfoResult::from(Err(error.clone())).encode_to_vec());
    }
    add(21, proto::NetworkDescription::from(&values.recording.network).encode_to_vec());
    for notification in &values.notifications {
        add(31, proto::Notification::from(notification).encode_to_vec());
    }
    add(31, proto::VersionInfo::from(&VersionInfo::reference()).encode_to_vec());
    inputs
}

fn event(add: &mut impl FnMut(u8, Vec<u8>), chain_id: ChainId) {
    let stream_id = StreamId::system("name");
    let streams = proto::PreviousEventBlocksRequest::from((chain_id, &[stream_id.clone()][..]));
    add(14, streams.encode_to_vec());
    let event_id = EventId { chain_id, stream_id, index: 3 };
    add(15, proto::EventBlockHeightsRequest::from(&[event_id][..]).encode_to_vec());
}
