//! Bytes fixed by the protocol, written out.

use hex_literal::hex;
use prost::Message as _;
use walnut_base::{AccountOwner, BlockHeight, ChainInfoQuery, NodeError, Round, StreamId};
use walnut_rpc::proto;

use crate::samples::{blob, blob_id, chain, confirmed, event_id, timeout};

#[test]
fn plain_query() {
    let message = proto::ChainInfoQuery::from(&ChainInfoQuery::new(chain(1)));
    let expected = [
        hex!("0a22 0a20").as_slice(),
        &[1; 32],
        &hex!("4a07 0a05 0000000000"),
        &hex!("5a08 0000000000000000"),
        &hex!("6000"),
    ]
    .concat();
    assert_eq!(message.encode_to_vec(), expected);
}

#[test]
fn query_payloads_are_bincode() {
    let query = ChainInfoQuery::new(chain(1))
        .with_timeout(BlockHeight(5), Round::Fast)
        .with_sent_certificate_hashes_by_heights(vec![BlockHeight(2)]);
    let message = proto::ChainInfoQuery::from(&query);
    assert_eq!(message.request_leader_timeout.unwrap(), hex!("0500000000000000 00000000").as_slice());
    assert_eq!(
        message.request_sent_certificate_hashes_by_heights.unwrap(),
        hex!("0100000000000000 0200000000000000").as_slice()
    );
}

#[test]
fn identifiers() {
    assert_eq!(proto::AccountOwner::from(AccountOwner::CHAIN).bytes, hex!("0000000000").as_slice());
    let expected = [[3; 32].as_slice(), &hex!("00000000")].concat();
    assert_eq!(proto::BlobId::from(blob_id(3)).bytes, expected);
    assert_eq!(
        proto::StreamId::from(&StreamId::system(vec![0])).bytes,
        hex!("00000000 0100000000000000 00").as_slice()
    );
    assert_eq!(proto::BlobContent::from(&blob()).bytes, hex!("00000000 0200000000000000 6869").as_slice());
}

#[test]
fn event_payloads_are_bincode() {
    let heights = [None, Some(BlockHeight(7))];
    assert_eq!(
        proto::EventBlockHeightsResponse::from(heights.as_slice()).heights,
        hex!("0200000000000000 00 01 0700000000000000").as_slice()
    );
    let expected = [
        hex!("0100000000000000").as_slice(),
        &[1; 32],
        &hex!("00000000 0100000000000000 00"),
        &hex!("09000000"),
    ]
    .concat();
    assert_eq!(proto::EventBlockHeightsRequest::from([event_id(9)].as_slice()).event_ids, expected);
}

#[test]
fn errors_are_bincode() {
    let message = proto::ChainInfoResult::from(Err(NodeError::WrongRound(Round::MultiLeader(1))));
    assert_eq!(message.encode_to_vec(), hex!("120c 06000000 01000000 01000000"));
}

#[test]
fn certificate_fields() {
    let certificate = confirmed();
    let count = certificate.signatures().len();
    let message = proto::Certificate::from(&certificate);
    assert_eq!(message.kind, 2);
    assert_eq!(message.signatures.len(), 8 + 97 * count);
    assert_eq!(message.signatures[..8], u64::try_from(count).unwrap().to_le_bytes());
    let lite = proto::LiteCertificate::from((&certificate.lite_certificate(), false));
    assert_eq!(lite.hash, certificate.hash().as_bytes().as_slice());
    assert_eq!((lite.signatures, lite.round), (message.signatures, message.round));

    let timeout = proto::HandleTimeoutCertificateRequest::from(&timeout());
    let bytes = timeout.encode_to_vec();
    // Field 1 with 34 bytes, then the certificate in field 4.
    assert_eq!(bytes[..2], hex!("0a22"));
    assert_eq!(bytes[36], 0x22);
    assert_eq!(timeout.certificate.unwrap().value.len(), 44);
}

#[test]
fn account_signatures_are_bcs() {
    let signature = crate::samples::owner_key().sign(&walnut_base::VoteValue(
        crate::samples::hash(1),
        Round::Fast,
        walnut_base::CertificateKind::Timeout,
    ));
    let bytes = proto::AccountSignature::from(&signature).bytes;
    assert_eq!((bytes.len(), bytes[0]), (1 + 64 + 32, 0));
}
