//! Recorded conversations of the published web client with our validators and with the reference's: every message is
//! understood, and encodes to the bytes that were sent. `tests/vectors/conversations/README.md` tells where they come from.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeSet, fmt::Debug, fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use prost::Message;
use serde::Deserialize;
use walnut_base::{
    BlobContent, BlobId, BlockHeight, Certificate, ChainId, ChainInfoQuery, ChainInfoResponse,
    ConfirmedBlockCertificate, NodeError, Notification, Reason, VersionInfo,
};
use walnut_rpc::{
    Code, Method, Status,
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleLiteCertificateRequest,
        HandleValidatedCertificateRequest,
    },
    grpc_web::{CONTENT_TYPE, Frame, FrameDecoder, Response, encode},
    proto,
};

#[derive(Deserialize)]
struct Exchange {
    method: String,
    path: String,
    request: Side,
    status: u16,
    response: Side,
}

#[derive(Deserialize)]
struct Side {
    headers: Vec<(String, String)>,
    /// Base64.
    body: String,
    /// Of answers: whether they came to their end before the client hung up.
    ended: Option<bool>,
}

impl Side {
    fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    }

    fn body(&self) -> Vec<u8> {
        BASE64_STANDARD.decode(&self.body).unwrap()
    }
}

impl Exchange {
    /// The one message of the request, whose frame is the one we would send.
    fn question(&self) -> Bytes {
        assert_eq!(self.request.header("content-type").as_deref(), Some(CONTENT_TYPE));
        let mut decoder = FrameDecoder::default();
        decoder.push(&self.request.body());
        let Some(Frame::Data(message)) = decoder.next_frame().unwrap() else { panic!("no message") };
        assert!(decoder.is_empty());
        assert_eq!(encode(&message).unwrap(), self.request.body());
        message
    }

    /// All messages of the answer, or its status.
    fn answers(&self) -> Result<Vec<Bytes>, Status> {
        let mut response = Response::start(self.status, |name| self.response.header(name))?;
        response.push(&self.response.body());
        let mut messages = Vec::new();
        while let Some(message) = response.next_message()? {
            messages.push(message);
        }
        if self.response.ended.unwrap() {
            response.finish()?;
        }
        Ok(messages)
    }

    /// The one message of an answer that succeeded.
    fn answer(&self) -> Bytes {
        let mut messages = self.answers().unwrap();
        assert_eq!(messages.len(), 1);
        messages.remove(0)
    }
}

/// Recorded exchanges of one method, or preflights; never none.
fn recorded(http_method: &str, path: &str) -> Vec<Exchange> {
    let exchanges: Vec<_> = all()
        .into_iter()
        .filter(|exchange| exchange.method == http_method && exchange.path == path)
        .collect();
    assert!(!exchanges.is_empty(), "{http_method} {path}");
    exchanges
}

fn calls(method: Method) -> Vec<Exchange> {
    recorded("POST", method.path)
}

/// With validators of both kinds.
fn all() -> Vec<Exchange> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/conversations");
    ["our_validators", "their_validators"].iter().flat_map(|kind| read_folder(&folder.join(kind))).collect()
}

fn read_folder(folder: &Path) -> Vec<Exchange> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let exchanges: Vec<Exchange> =
        files.map(|file| serde_json::from_slice(&fs::read(file).unwrap()).unwrap()).collect();
    assert!(!exchanges.is_empty(), "{}", folder.display());
    exchanges
}

/// Decodes to a value and encodes that again: the same bytes.
#[track_caller]
fn survives<M, V>(bytes: &Bytes, encode: impl FnOnce(&V) -> M) -> V
where
    M: Message + Default,
    V: TryFrom<M>,
    V::Error: Debug,
{
    let value = V::try_from(M::decode(bytes.clone()).unwrap()).unwrap();
    assert_eq!(encode(&value).encode_to_vec(), *bytes);
    value
}

/// An answer about a chain.
#[track_caller]
fn chain_info(bytes: &Bytes) -> ChainInfoResponse {
    let result: Result<ChainInfoResponse, NodeError> =
        proto::ChainInfoResult::decode(bytes.clone()).unwrap().into();
    assert_eq!(proto::ChainInfoResult::from(result.clone()).encode_to_vec(), *bytes);
    result.unwrap()
}

#[test]
fn every_recorded_method_is_tested_here() {
    let tested = [
        Method::HANDLE_BLOCK_PROPOSAL,
        Method::HANDLE_LITE_CERTIFICATE,
        Method::HANDLE_CONFIRMED_CERTIFICATE,
        Method::HANDLE_VALIDATED_CERTIFICATE,
        Method::HANDLE_CHAIN_INFO_QUERY,
        Method::SUBSCRIBE,
        Method::GET_VERSION_INFO,
        Method::DOWNLOAD_BLOB,
        Method::DOWNLOAD_RAW_CERTIFICATES_BY_HEIGHTS,
        Method::BLOB_LAST_USED_BY_CERTIFICATE,
    ];
    let tested: BTreeSet<_> = tested.iter().map(|method| method.path.to_owned()).collect();
    let exchanges = all().into_iter().filter(|exchange| exchange.method == "POST");
    assert_eq!(exchanges.map(|exchange| exchange.path).collect::<BTreeSet<_>>(), tested);
}

#[test]
fn proposals() {
    for exchange in calls(Method::HANDLE_BLOCK_PROPOSAL) {
        let request = survives(&exchange.question(), |request: &HandleBlockProposalRequest| {
            proto::BlockProposal::from((&request.proposal, request.supports_aggregated_missing))
        });
        let info = chain_info(&exchange.answer()).info;
        assert_eq!(info.chain_id, request.proposal.content.block.chain_id);
        assert_eq!(info.manager.pending.unwrap().round, request.proposal.content.round);
    }
}

#[test]
fn certificates() {
    for exchange in calls(Method::HANDLE_LITE_CERTIFICATE) {
        let request = survives(&exchange.question(), |request: &HandleLiteCertificateRequest| {
            proto::LiteCertificate::from((&request.certificate, request.wait_for_outgoing_messages))
        });
        assert_eq!(chain_info(&exchange.answer()).info.chain_id, request.certificate.value.chain_id);
    }
    for exchange in calls(Method::HANDLE_CONFIRMED_CERTIFICATE) {
        let request = survives(&exchange.question(), |request: &HandleConfirmedCertificateRequest| {
            let flags = (request.wait_for_outgoing_messages, request.supports_aggregated_missing);
            proto::HandleConfirmedCertificateRequest::from((&request.certificate, flags.0, flags.1))
        });
        let info = chain_info(&exchange.answer()).info;
        assert_eq!(info.block_hash, Some(request.certificate.hash()));
    }
    for exchange in calls(Method::HANDLE_VALIDATED_CERTIFICATE) {
        let request = survives(&exchange.question(), |request: &HandleValidatedCertificateRequest| {
            proto::HandleValidatedCertificateRequest::from(&request.certificate)
        });
        let info = chain_info(&exchange.answer()).info;
        assert_eq!(info.manager.pending.unwrap().round, request.certificate.round);
    }
}

#[test]
fn questions_about_chains() {
    for exchange in calls(Method::HANDLE_CHAIN_INFO_QUERY) {
        let query =
            survives(&exchange.question(), |query: &ChainInfoQuery| proto::ChainInfoQuery::from(query));
        let response = chain_info(&exchange.answer());
        assert_eq!(response.info.chain_id, query.chain_id);
    }
}

#[test]
fn subscriptions() {
    for exchange in calls(Method::SUBSCRIBE) {
        let chains = survives(&exchange.question(), |chains: &Vec<ChainId>| {
            proto::SubscriptionRequest::from(chains.as_slice())
        });
        let mut messages = exchange.answers().unwrap().into_iter();
        assert_eq!(messages.next(), Some(Bytes::new()), "the acknowledgement");
        let notifications: Vec<_> = messages
            .map(|bytes| {
                survives(&bytes, |item: &Option<Notification>| {
                    proto::Notification::from(item.as_ref().unwrap())
                })
                .unwrap()
            })
            .collect();
        assert!(notifications.iter().all(|notification| chains.contains(&notification.chain_id)));
        assert!(notifications.iter().any(|item| matches!(item.reason, Reason::NewBlock { .. })));
        assert!(notifications.iter().any(|item| matches!(item.reason, Reason::NewIncomingBundle { .. })));
    }
}

#[test]
fn versions() {
    for exchange in calls(Method::GET_VERSION_INFO) {
        assert_eq!(exchange.question(), Bytes::new());
        let version: VersionInfo =
            survives(&exchange.answer(), |version: &VersionInfo| proto::VersionInfo::from(version));
        assert_eq!(version.crate_version.to_string(), "0.15.23");
    }
}

#[test]
fn downloads() {
    for exchange in calls(Method::DOWNLOAD_BLOB) {
        survives(&exchange.question(), |blob: &BlobId| proto::BlobId::from(*blob));
        survives(&exchange.answer(), |content: &BlobContent| proto::BlobContent::from(content));
    }
    for exchange in calls(Method::DOWNLOAD_RAW_CERTIFICATES_BY_HEIGHTS) {
        let (chain, heights) = survives(&exchange.question(), |(chain, heights): &(_, Vec<BlockHeight>)| {
            proto::DownloadCertificatesByHeightsRequest::from((*chain, heights.as_slice()))
        });
        let batch = proto::RawCertificatesBatch::decode(exchange.answer()).unwrap();
        assert_eq!(batch.certificates.len(), heights.len());
        for (raw, height) in batch.certificates.into_iter().zip(heights) {
            let certificate = ConfirmedBlockCertificate::try_from(raw.clone()).unwrap();
            assert_eq!(proto::RawCertificate::from(&certificate), raw);
            assert_eq!((certificate.chain_id(), certificate.block().header.height), (chain, height));
        }
    }
}

#[test]
fn who_used_a_blob() {
    let mut refused = Vec::new();
    for exchange in calls(Method::BLOB_LAST_USED_BY_CERTIFICATE) {
        let blob = survives(&exchange.question(), |blob: &BlobId| proto::BlobId::from(*blob));
        match exchange.answers() {
            Ok(_) => {
                let certificate = survives(&exchange.answer(), |certificate: &Certificate| {
                    proto::Certificate::from(certificate)
                });
                assert!(matches!(certificate, Certificate::Confirmed(_)));
            }
            Err(status) => {
                assert_eq!(status, Status::new(Code::NotFound, format!("Blob not found {blob}")));
                refused.push(status);
            }
        }
    }
    assert_eq!(refused.len(), 2, "by a validator of each kind");
}

#[test]
fn preflights() {
    for path in [Method::HANDLE_CHAIN_INFO_QUERY.path, "/"] {
        for exchange in recorded("OPTIONS", path) {
            assert_eq!(exchange.status, 200);
            assert_eq!(exchange.request.header("access-control-request-method").as_deref(), Some("POST"));
            let asked = exchange.request.header("access-control-request-headers").unwrap();
            assert!(asked.split(',').any(|name| name == "content-type"), "{asked}");
            for name in ["origin", "methods", "headers"] {
                let name = format!("access-control-allow-{name}");
                assert_eq!(exchange.response.header(&name).as_deref(), Some("*"), "{path} {name}");
            }
        }
    }
}
