//! What peers may send but we do not take, each with its error.

use walnut_base::{
    BlobContent, BlobId, CertificateKind, ChainId, ChainInfoQuery, ChainInfoResponse,
    ConfirmedBlockCertificate, CrossChainRequest, EncodingError, LockingBlock, NodeError, Notification,
    Round, TimeoutCertificate, ValidatedBlockCertificate, ValidatorPublicKey, ValidatorSignature, encoding,
};
use walnut_rpc::{
    ConversionError,
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleLiteCertificateRequest,
        HandleTimeoutCertificateRequest, HandleValidatedCertificateRequest, PendingBlobRequest,
        PreviousEventBlock,
    },
    limits::MESSAGE_BYTES_MAX,
    proto,
};

use crate::samples::{chain, chain_info, confirmed, owner_key, timeout, validated};

fn proposal() -> proto::BlockProposal {
    let (block, _) = confirmed().block().clone().into_proposal();
    let proposal = walnut_base::BlockProposal::new_initial(Round::Fast, block, &owner_key());
    (&proposal, true).into()
}

fn encoding_field<T: std::fmt::Debug>(result: Result<T, ConversionError>) -> &'static str {
    match result {
        Err(ConversionError::Encoding { field, .. }) => field,
        other => panic!("expected an encoding error, found {other:?}"),
    }
}

#[test]
fn truncated_certificates() {
    let whole = proto::Certificate::from(&confirmed());
    for length in 0..whole.value.len() {
        let cut = proto::Certificate { value: whole.value.slice(..length), ..whole.clone() };
        assert_eq!(encoding_field(ConfirmedBlockCertificate::try_from(cut)), "value");
    }
    for length in 0..whole.signatures.len() {
        let cut = proto::Certificate { signatures: whole.signatures.slice(..length), ..whole.clone() };
        assert_eq!(encoding_field(ConfirmedBlockCertificate::try_from(cut)), "signatures");
    }
    let cut = proto::Certificate { round: whole.round.slice(..3), ..whole };
    assert_eq!(encoding_field(ConfirmedBlockCertificate::try_from(cut)), "round");
}

#[test]
fn trailing_bytes_are_tolerated_in_bincode_and_refused_in_bcs() {
    let certificate = confirmed();
    let mut message = proto::Certificate::from(&certificate);
    message.value = [message.value.as_ref(), b"tail"].concat().into();
    assert_eq!(ConfirmedBlockCertificate::try_from(message), Ok(certificate.clone()));

    let mut raw = proto::RawCertificate::from(&certificate);
    raw.confirmed_block = [raw.confirmed_block.as_ref(), b"tail"].concat().into();
    assert_eq!(
        ConfirmedBlockCertificate::try_from(raw),
        Err(ConversionError::Encoding {
            field: "confirmed_block",
            error: EncodingError::Bcs(bcs::Error::RemainingInput)
        })
    );
}

#[test]
fn oversized_payloads() {
    let bytes = vec![0; MESSAGE_BYTES_MAX + 1];
    let too_long = |field| ConversionError::Encoding {
        field,
        error: EncodingError::TooLong { found: MESSAGE_BYTES_MAX + 1, limit: MESSAGE_BYTES_MAX },
    };
    let message = proto::Certificate { value: bytes.clone().into(), ..(&confirmed()).into() };
    assert_eq!(ConfirmedBlockCertificate::try_from(message), Err(too_long("value")));
    let message = proto::BlobContent { bytes: bytes.clone().into() };
    assert_eq!(BlobContent::try_from(message), Err(too_long("blob_content")));
    let message = proto::RawCertificate { lite_certificate: bytes.into(), confirmed_block: vec![].into() };
    assert_eq!(ConfirmedBlockCertificate::try_from(message), Err(too_long("lite_certificate")));
}

#[test]
fn huge_declared_lengths() {
    // 2^64 - 1 signatures in eight bytes.
    let message = proto::Certificate { signatures: vec![0xff; 8].into(), ..(&confirmed()).into() };
    assert_eq!(encoding_field(ConfirmedBlockCertificate::try_from(message)), "signatures");
    let message = proto::BlobContent { bytes: [[0; 4].as_slice(), &[0xff; 8]].concat().into() };
    assert_eq!(encoding_field(BlobContent::try_from(message)), "blob_content");
}

#[test]
fn certificates_of_the_wrong_kind() {
    use CertificateKind::{Confirmed, Timeout, Validated};
    let wrong = |expected, found| Err(ConversionError::CertificateKind { expected, found });
    let (confirmed, validated, timeout): (proto::Certificate, proto::Certificate, proto::Certificate) =
        ((&confirmed()).into(), (&validated()).into(), (&timeout()).into());
    assert_eq!(ConfirmedBlockCertificate::try_from(validated.clone()), wrong(Confirmed, Validated));
    assert_eq!(ConfirmedBlockCertificate::try_from(timeout), wrong(Confirmed, Timeout));
    assert_eq!(
        ValidatedBlockCertificate::try_from(confirmed.clone()),
        Err(ConversionError::CertificateKind { expected: Validated, found: Confirmed })
    );
    assert_eq!(
        TimeoutCertificate::try_from(validated),
        Err(ConversionError::CertificateKind { expected: Timeout, found: Validated })
    );
    let unknown = proto::Certificate { kind: 7, ..confirmed };
    assert_eq!(ConfirmedBlockCertificate::try_from(unknown), Err(ConversionError::UnknownCertificateKind(7)));
    let lite = proto::LiteCertificate { kind: -1, ..(&self::confirmed().lite_certificate(), false).into() };
    assert_eq!(
        HandleLiteCertificateRequest::try_from(lite),
        Err(ConversionError::UnknownCertificateKind(-1))
    );
}

#[test]
fn messages_addressed_to_another_chain() {
    let outer = chain(0xee);
    let inner = confirmed().chain_id();
    let other = Some(outer.into());
    let mismatch = ConversionError::InconsistentChainId { outer, inner };

    let message = proto::BlockProposal { chain_id: other.clone(), ..proposal() };
    assert_eq!(HandleBlockProposalRequest::try_from(message), Err(mismatch.clone()));
    let message = proto::HandleConfirmedCertificateRequest {
        chain_id: other.clone(),
        ..(&confirmed(), false, true).into()
    };
    assert_eq!(HandleConfirmedCertificateRequest::try_from(message), Err(mismatch.clone()));
    let message =
        proto::HandleValidatedCertificateRequest { chain_id: other.clone(), ..(&validated()).into() };
    assert_eq!(HandleValidatedCertificateRequest::try_from(message), Err(mismatch));
    let message = proto::HandleTimeoutCertificateRequest { chain_id: other, ..(&timeout()).into() };
    assert_eq!(
        HandleTimeoutCertificateRequest::try_from(message),
        Err(ConversionError::InconsistentChainId { outer, inner: timeout().chain_id() })
    );
}

#[test]
fn missing_fields() {
    let missing = ConversionError::MissingField;
    let message = proto::BlockProposal { chain_id: None, ..proposal() };
    assert_eq!(HandleBlockProposalRequest::try_from(message), Err(missing("chain_id")));
    let message = proto::BlockProposal { signature: None, ..proposal() };
    assert_eq!(HandleBlockProposalRequest::try_from(message), Err(missing("signature")));
    let message =
        proto::HandleConfirmedCertificateRequest { certificate: None, ..(&confirmed(), false, true).into() };
    assert_eq!(HandleConfirmedCertificateRequest::try_from(message), Err(missing("certificate")));
    let message =
        proto::ChainInfoQuery { request_owner_balance: None, ..(&ChainInfoQuery::new(chain(1))).into() };
    assert_eq!(ChainInfoQuery::try_from(message), Err(missing("request_owner_balance")));
    assert_eq!(PendingBlobRequest::try_from(proto::PendingBlobRequest::default()), Err(missing("chain_id")));
    assert_eq!(PreviousEventBlock::try_from(proto::PreviousEventBlock::default()), Err(missing("stream_id")));
    assert_eq!(CrossChainRequest::try_from(proto::CrossChainRequest::default()), Err(missing("inner")));
    let half = proto::Notification { chain_id: None, reason: vec![1].into() };
    assert_eq!(Option::<Notification>::try_from(half), Err(missing("chain_id")));
    let half = proto::Notification { chain_id: Some(chain(1).into()), reason: vec![].into() };
    assert_eq!(encoding_field(Option::<Notification>::try_from(half)), "reason");
}

#[test]
fn an_ignored_owner_may_be_absent_or_wrong() {
    let without = proto::BlockProposal { owner: None, ..proposal() };
    let wrong =
        proto::BlockProposal { owner: Some(proto::AccountOwner { bytes: vec![9].into() }), ..proposal() };
    let expected = HandleBlockProposalRequest::try_from(proposal()).unwrap();
    assert_eq!(HandleBlockProposalRequest::try_from(without).unwrap(), expected);
    assert_eq!(HandleBlockProposalRequest::try_from(wrong).unwrap(), expected);
}

#[test]
fn validators_do_not_tell_committees() {
    let message =
        proto::ChainInfoQuery { request_committees: true, ..(&ChainInfoQuery::new(chain(1))).into() };
    assert_eq!(ChainInfoQuery::try_from(message), Err(ConversionError::CommitteesRequested));
}

#[test]
fn raw_fields_have_one_length() {
    for found in [0, 31, 33] {
        let message = proto::ChainId { bytes: vec![0; found].into() };
        assert_eq!(
            ChainId::try_from(message),
            Err(ConversionError::Length { field: "chain_id", expected: 32, found })
        );
    }
    let signature = proto::ValidatorSignature { bytes: vec![1; 65].into() };
    assert_eq!(
        ValidatorSignature::try_from(signature),
        Err(ConversionError::Length { field: "validator_signature", expected: 64, found: 65 })
    );
    let zero = proto::ValidatorSignature { bytes: vec![0; 64].into() };
    assert_eq!(ValidatorSignature::try_from(zero), Err(ConversionError::Crypto("validator_signature")));
    let key = proto::ValidatorPublicKey { bytes: vec![9; 33].into() };
    assert_eq!(ValidatorPublicKey::try_from(key), Err(ConversionError::Crypto("validator_public_key")));
    let blob_type = proto::BlobId { bytes: [[0; 32].as_slice(), &[7, 0, 0, 0]].concat().into() };
    assert_eq!(encoding_field(BlobId::try_from(blob_type)), "blob_id");
}

#[test]
fn message_certificates_are_sorted_and_nested_ones_refused() {
    let certificate = validated();
    let mut reversed = certificate.signatures().clone();
    reversed.reverse();
    let unsorted = encoding::to_bincode(&reversed);

    let message = proto::Certificate { signatures: unsorted.clone().into(), ..(&certificate).into() };
    assert_eq!(ValidatedBlockCertificate::try_from(message), Ok(certificate.clone()));
    let lite = certificate.lite_certificate();
    let message = proto::LiteCertificate { signatures: unsorted.into(), ..(&lite, false).into() };
    assert_eq!(HandleLiteCertificateRequest::try_from(message).unwrap().certificate, lite);

    // The same list inside a chain info: the signature of the answer could not be checked against a sorted copy.
    let mut response = chain_info();
    let (value, round, _) = certificate.into_parts();
    let forward = encoding::to_bincode(&LockingBlock::Regular(ValidatedBlockCertificate::new(
        value,
        round,
        lite.signatures.clone(),
    )));
    response.info.manager.timeout = None;
    let message = proto::ChainInfoResponse::from(&response);
    let nested = encoding::to_bincode(&lite.signatures);
    assert!(forward.ends_with(&nested));
    let place =
        message.chain_info.windows(nested.len()).position(|window| window == nested.as_slice()).unwrap();
    let mut bytes = message.chain_info.to_vec();
    bytes[place..place + nested.len()].copy_from_slice(&encoding::to_bincode(&reversed));
    let message = proto::ChainInfoResponse { chain_info: bytes.into(), ..message };
    assert_eq!(encoding_field(ChainInfoResponse::try_from(message)), "chain_info");
}

#[test]
fn halves_of_raw_certificates_must_match() {
    let certificate = confirmed();
    let raw = proto::RawCertificate::from(&certificate);
    let mut lite = certificate.lite_certificate();
    lite.value.chain_id = chain(0xee);
    let other_chain = encoding::to_bcs(&lite);
    lite.value.chain_id = certificate.chain_id();
    lite.value.kind = CertificateKind::Validated;
    let other_kind = encoding::to_bcs(&lite);
    lite.value.kind = CertificateKind::Confirmed;
    lite.value.value_hash = crate::samples::hash(0xee);
    let other_hash = encoding::to_bcs(&lite);
    for lite_certificate in [other_chain, other_kind, other_hash] {
        let raw = proto::RawCertificate { lite_certificate: lite_certificate.into(), ..raw.clone() };
        assert_eq!(ConfirmedBlockCertificate::try_from(raw), Err(ConversionError::RawCertificateMismatch));
    }
}

#[test]
fn unreadable_answers() {
    let read =
        |inner| Result::<ChainInfoResponse, NodeError>::from(proto::ChainInfoResult { inner }).unwrap_err();
    let text = |error: NodeError| match error {
        NodeError::GrpcError { error } => error,
        other => panic!("expected GrpcError, found {other:?}"),
    };
    assert_eq!(text(read(None)), "missing body from response");
    let error = text(read(Some(proto::chain_info_result::Inner::Error(vec![0xff; 4].into()))));
    assert!(error.starts_with("failed to unmarshal error message: "), "{error}");
    let response = proto::ChainInfoResponse { chain_info: vec![1].into(), signature: None };
    let error = text(read(Some(proto::chain_info_result::Inner::ChainInfoResponse(response))));
    assert!(error.starts_with("failed to unmarshal response: chain_info: "), "{error}");
    let empty = Result::<BlobContent, NodeError>::from(proto::PendingBlobResult { inner: None });
    assert_eq!(text(empty.unwrap_err()), "missing body from response");
}
