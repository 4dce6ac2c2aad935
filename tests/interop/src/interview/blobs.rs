//! Questions about blobs, certificates and events.

use walnut_base::{Blob, BlobId, BlobType, BlockHeight, ChainId, CryptoHash, EventId, StreamId};
use walnut_rpc::{
    Method,
    convert::{HandlePendingBlobRequest, PendingBlobRequest},
    proto,
};

use super::Interviewer;

pub(super) fn ask(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let (alices, last) = (interviewer.opened.alices.clone(), interviewer.opened.blocks.last().cloned());
    let chain = alices.id();
    let known = BlobId::new(chain.0, BlobType::ChainDescription);
    let unknown = BlobId::new(CryptoHash::from([7; 32]), BlobType::Data);
    let nobody = ChainId(CryptoHash::from([7; 32]));
    for (what, blob) in [("that is known", known), ("that nobody knows", unknown)] {
        let request = proto::BlobId::from(blob);
        interviewer.ask(&format!("a blob {what}"), Method::DOWNLOAD_BLOB, &request)?;
        interviewer.ask(&format!("who used a blob {what}"), Method::BLOB_LAST_USED_BY, &request)?;
        let method = Method::BLOB_LAST_USED_BY_CERTIFICATE;
        interviewer.ask(&format!("the block that used a blob {what}"), method, &request)?;
        let request = PendingBlobRequest { chain_id: chain, blob_id: blob };
        let method = Method::DOWNLOAD_PENDING_BLOB;
        interviewer.ask(
            &format!("a pending blob {what}"),
            method,
            &proto::PendingBlobRequest::from(request),
        )?;
    }
    let both = proto::BlobIds::from([known, unknown].as_slice());
    interviewer.ask("which of two blobs are missing", Method::MISSING_BLOB_IDS, &both)?;
    interviewer.ask("two blobs, one of them known", Method::DOWNLOAD_BLOBS, &both)?;
    let data = Blob::new_data(b"nobody has published this".to_vec());
    let content = proto::BlobContent::from(data.content());
    interviewer.ask("to keep a blob that nobody has published", Method::UPLOAD_BLOB, &content)?;
    let description = Blob::new_chain_description(&alices);
    let content = proto::BlobContent::from(description.content());
    interviewer.ask("to keep a blob that is known", Method::UPLOAD_BLOB, &content)?;
    let request = HandlePendingBlobRequest { chain_id: chain, blob: data.into_content() };
    let request = proto::HandlePendingBlobRequest::from(&request);
    interviewer.ask("to take a blob that no block waits for", Method::HANDLE_PENDING_BLOB, &request)?;
    ask_about_certificates(interviewer)?;
    if let Some(last) = last {
        let request = proto::CryptoHash::from(last.hash());
        interviewer.ask("a block that is known", Method::DOWNLOAD_CERTIFICATE, &request)?;
    }
    let streams = [StreamId::system([0])];
    let admin = interviewer.opened.genesis.admin_chain_id()?;
    for (name, chain) in [("the admin chain", admin), ("a chain that nobody has opened", nobody)] {
        let request = proto::PreviousEventBlocksRequest::from((chain, streams.as_slice()));
        interviewer.ask(&format!("events on {name}"), Method::PREVIOUS_EVENT_BLOCKS, &request)?;
        let event = EventId { chain_id: chain, stream_id: StreamId::system([0]), index: 1 };
        let request = proto::EventBlockHeightsRequest::from([event].as_slice());
        interviewer.ask(&format!("where an event is on {name}"), Method::EVENT_BLOCK_HEIGHTS, &request)?;
    }
    interviewer.ask("the network", Method::GET_NETWORK_DESCRIPTION, &())?;
    Ok(())
}

fn ask_about_certificates(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let chain = interviewer.opened.alices.id();
    let unknown = CryptoHash::from([7; 32]);
    let request = proto::CryptoHash::from(unknown);
    interviewer.ask("a block that nobody knows", Method::DOWNLOAD_CERTIFICATE, &request)?;
    let request = proto::CertificatesBatchRequest::from([unknown].as_slice());
    interviewer.ask("blocks that nobody knows", Method::DOWNLOAD_CERTIFICATES, &request)?;
    // A chain that nobody has opened is not asked about: the reference's proxy fails inside, ours says that there are none.
    let request = proto::DownloadCertificatesByHeightsRequest::from((chain, [BlockHeight(0)].as_slice()));
    let method = Method::DOWNLOAD_CERTIFICATES_BY_HEIGHTS;
    interviewer.ask("blocks of a chain without blocks", method, &request)?;
    let method = Method::DOWNLOAD_RAW_CERTIFICATES_BY_HEIGHTS;
    interviewer.ask("bytes of blocks of a chain without blocks", method, &request)?;
    Ok(())
}
