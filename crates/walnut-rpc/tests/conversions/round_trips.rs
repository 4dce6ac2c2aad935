//! Every other message, through bytes.

use std::collections::BTreeSet;

use prost::Message;
use walnut_base::{
    AccountOwner, AccountPublicKey, AccountSignature, BlobContent, BlobId, BlockHeight, Certificate, ChainId,
    ChainInfoQuery, ChainInfoResponse, CrossChainRequest, CryptoHash, Epoch, EventId, MessageBundle,
    NetworkDescription, NodeError, Notification, Reason, Round, StreamId, Timestamp, ValidatorPublicKey,
    ValidatorSignature, VersionInfo,
};
use walnut_rpc::{
    convert::{
        HandlePendingBlobRequest, HandleTimeoutCertificateRequest, PendingBlobRequest, PreviousEventBlock,
        downgrade_aggregated_missing,
    },
    proto,
};

use crate::samples::{
    blob, blob_id, chain, chain_info, confirmed, event_id, golden_folder, hash, owner, owner_key, timeout,
    validated, validator_key,
};

/// Through bytes and back into a value.
fn back<M, V>(message: M) -> V
where
    M: Message + Default,
    V: TryFrom<M>,
    V::Error: std::fmt::Debug,
{
    V::try_from(M::decode(message.encode_to_vec().as_slice()).unwrap()).unwrap()
}

#[test]
fn identifiers() {
    assert_eq!(back::<proto::ChainId, ChainId>(chain(3).into()), chain(3));
    assert_eq!(back::<proto::CryptoHash, CryptoHash>(hash(3).into()), hash(3));
    assert_eq!(back::<proto::BlobId, BlobId>(blob_id(3).into()), blob_id(3));
    let blob_ids = vec![blob_id(3), blob_id(1), blob_id(3)];
    assert_eq!(back::<proto::BlobIds, Vec<BlobId>>(blob_ids.as_slice().into()), blob_ids);
    for owner in [AccountOwner::CHAIN, owner(), AccountOwner::Address20([4; 20])] {
        assert_eq!(back::<proto::AccountOwner, AccountOwner>(owner.into()), owner);
    }
    let stream = StreamId::system(b"events".to_vec());
    assert_eq!(back::<proto::StreamId, StreamId>((&stream).into()), stream);
    assert_eq!(back::<proto::BlockHeight, BlockHeight>(BlockHeight(u64::MAX).into()), BlockHeight(u64::MAX));
    let hashes = vec![hash(2), hash(1)];
    assert_eq!(back::<proto::CertificatesBatchRequest, Vec<CryptoHash>>(hashes.as_slice().into()), hashes);
    let chains = vec![chain(2), chain(1)];
    assert_eq!(back::<proto::SubscriptionRequest, Vec<ChainId>>(chains.as_slice().into()), chains);
    let heights = [BlockHeight(4), BlockHeight(0)];
    let request = proto::DownloadCertificatesByHeightsRequest::from((chain(1), heights.as_slice()));
    assert_eq!(back::<_, (ChainId, Vec<BlockHeight>)>(request), (chain(1), heights.to_vec()));
}

#[test]
fn keys_and_signatures() {
    let signature = owner_key().sign(&hash_input());
    assert_eq!(back::<proto::AccountSignature, AccountSignature>((&signature).into()), signature);
    let public_key = owner_key().public();
    assert_eq!(back::<proto::AccountPublicKey, AccountPublicKey>((&public_key).into()), public_key);
    let key = validator_key(5);
    let signature = key.sign(&hash_input());
    assert_eq!(back::<proto::ValidatorSignature, ValidatorSignature>((&signature).into()), signature);
    let public_key = key.public();
    assert_eq!(back::<proto::ValidatorPublicKey, ValidatorPublicKey>((&public_key).into()), public_key);
}

fn hash_input() -> walnut_base::VoteValue {
    walnut_base::VoteValue(hash(1), Round::Fast, walnut_base::CertificateKind::Confirmed)
}

#[test]
fn blobs() {
    assert_eq!(back::<proto::BlobContent, BlobContent>((&blob()).into()), blob());
    let request = PendingBlobRequest { chain_id: chain(1), blob_id: blob_id(2) };
    assert_eq!(back::<proto::PendingBlobRequest, PendingBlobRequest>(request.into()), request);
    let request = HandlePendingBlobRequest { chain_id: chain(1), blob: blob() };
    assert_eq!(back::<proto::HandlePendingBlobRequest, HandlePendingBlobRequest>((&request).into()), request);
    for result in [Ok(blob()), Err(NodeError::BlobsNotFound(vec![blob_id(2)]))] {
        let message = proto::PendingBlobResult::from(result.clone());
        let message = proto::PendingBlobResult::decode(message.encode_to_vec().as_slice()).unwrap();
        assert_eq!(Result::<BlobContent, NodeError>::from(message), result);
    }
}

#[test]
fn certificates_of_every_kind() {
    let certificates: [Certificate; 3] = [confirmed().into(), validated().into(), timeout().into()];
    for certificate in certificates {
        assert_eq!(back::<proto::Certificate, Certificate>((&certificate).into()), certificate);
    }
    let message = proto::HandleTimeoutCertificateRequest::from(&timeout());
    let request: HandleTimeoutCertificateRequest = back(message);
    assert_eq!(request.certificate, timeout());
}

#[test]
fn queries() {
    let mut query = ChainInfoQuery::new(chain(1));
    assert_eq!(back::<proto::ChainInfoQuery, ChainInfoQuery>((&query).into()), query);
    query = query
        .test_next_block_height(BlockHeight(4))
        .with_owner_balance(owner())
        .with_pending_message_bundles()
        .with_sent_certificate_hashes_by_heights(vec![BlockHeight(1), BlockHeight(3)])
        .with_received_log_excluding_first_n(20)
        .with_manager_values()
        .with_timeout(BlockHeight(5), Round::MultiLeader(2))
        .with_fallback()
        .with_network_actions();
    assert_eq!(back::<proto::ChainInfoQuery, ChainInfoQuery>((&query).into()), query);
}

#[test]
fn absent_query_fields_have_the_references_defaults() {
    let message = proto::ChainInfoQuery {
        chain_id: Some(chain(1).into()),
        request_owner_balance: Some(AccountOwner::CHAIN.into()),
        ..proto::ChainInfoQuery::default()
    };
    let query = ChainInfoQuery::try_from(message).unwrap();
    assert_eq!(query, ChainInfoQuery::new(chain(1)).with_network_actions());
}

#[test]
fn chain_info_keeps_its_signature() {
    let response = chain_info();
    let message = proto::ChainInfoResult::from(Ok(response.clone()));
    let message = proto::ChainInfoResult::decode(message.encode_to_vec().as_slice()).unwrap();
    let answer: ChainInfoResponse = Result::from(message).unwrap();
    assert_eq!(answer, response);
    answer.check(&validator_key(1).public()).unwrap();

    let unsigned = ChainInfoResponse { signature: None, ..response };
    assert_eq!(back::<proto::ChainInfoResponse, ChainInfoResponse>((&unsigned).into()), unsigned);
}

fn node_errors() -> Vec<NodeError> {
    let error = || "text".to_owned();
    vec![
        NodeError::CryptoError { error: error() },
        NodeError::ArithmeticError { error: error() },
        NodeError::ViewError { error: error() },
        NodeError::ChainError { error: error() },
        NodeError::WorkerError { error: error() },
        NodeError::InactiveChain(chain(1)),
        NodeError::WrongRound(Round::MultiLeader(1)),
        NodeError::UnexpectedBlockHeight {
            expected_block_height: BlockHeight(2),
            found_block_height: BlockHeight(1),
        },
        NodeError::MissingCrossChainUpdate { chain_id: chain(1), origin: chain(2), height: BlockHeight(3) },
        NodeError::BlobsNotFound(vec![blob_id(1)]),
        NodeError::EventsNotFound(vec![event_id(1)]),
        NodeError::MissingCertificateValue,
        NodeError::MissingCertificates(vec![hash(1)]),
        NodeError::MissingVoteInValidatorResponse(error()),
        NodeError::InvalidChainInfoResponse,
        NodeError::UnexpectedCertificateValue,
        NodeError::InvalidDecoding,
        NodeError::UnexpectedMessage,
        NodeError::GrpcError { error: error() },
        NodeError::ClientIoError { error: error() },
        NodeError::CannotResolveValidatorAddress { address: error() },
        NodeError::SubscriptionError { transport: error() },
        NodeError::SubscriptionFailed { status: error() },
        NodeError::InvalidCertificateForBlob(blob_id(1)),
        NodeError::DuplicatesInBlobsNotFound,
        NodeError::UnexpectedEntriesInBlobsNotFound,
        NodeError::UnexpectedCertificates { returned: vec![hash(1)], requested: vec![hash(2)] },
        NodeError::EmptyBlobsNotFound,
        NodeError::ResponseHandlingError { error: error() },
        NodeError::MissingCertificatesByHeights { chain_id: chain(1), heights: vec![BlockHeight(3)] },
        NodeError::TooManyCertificatesReturned {
            chain_id: chain(1),
            remote_node: Box::new(validator_key(1).public()),
        },
        NodeError::MissingCrossChainUpdates { chain_id: chain(1), bundles: vec![(chain(2), BlockHeight(3))] },
    ]
}

#[test]
fn every_node_error_travels_under_its_number() {
    for (number, error) in (0u32..).zip(node_errors()) {
        let message = proto::ChainInfoResult::from(Err(error.clone()));
        let message = proto::ChainInfoResult::decode(message.encode_to_vec().as_slice()).unwrap();
        let Some(proto::chain_info_result::Inner::Error(bytes)) = &message.inner else { panic!("no error") };
        assert_eq!(bytes[..4], number.to_le_bytes(), "{error:?}");
        assert_eq!(Result::<ChainInfoResponse, NodeError>::from(message), Err(error));
    }
}

#[test]
fn aggregated_missing_updates_have_an_older_form() {
    let bundles = vec![(chain(2), BlockHeight(3)), (chain(4), BlockHeight(5))];
    assert_eq!(
        downgrade_aggregated_missing(NodeError::MissingCrossChainUpdates { chain_id: chain(1), bundles }),
        NodeError::MissingCrossChainUpdate { chain_id: chain(1), origin: chain(2), height: BlockHeight(3) }
    );
    assert_eq!(
        downgrade_aggregated_missing(NodeError::MissingCrossChainUpdates {
            chain_id: chain(1),
            bundles: vec![]
        }),
        NodeError::ChainError { error: "missing cross-chain updates".to_owned() }
    );
    let other = NodeError::WrongRound(Round::Fast);
    assert_eq!(downgrade_aggregated_missing(other.clone()), other);
}

#[test]
fn notifications() {
    let event_streams: BTreeSet<_> = [StreamId::system(vec![0]), StreamId::system(vec![1])].into();
    let (height, hash) = (BlockHeight(4), hash(5));
    let reasons = [
        Reason::NewBlock { height, hash, event_streams: event_streams.clone() },
        Reason::NewIncomingBundle { origin: chain(2), height },
        Reason::NewRound { height, round: Round::Validator(1) },
        Reason::BlockExecuted { height, hash },
        Reason::NewEvents { height, hash, event_streams },
    ];
    for (number, reason) in (0u32..).zip(reasons) {
        let notification = Notification { chain_id: chain(1), reason };
        let message = proto::Notification::from(&notification);
        assert_eq!(message.reason[..4], number.to_le_bytes());
        assert_eq!(back::<proto::Notification, Option<Notification>>(message), Some(notification));
    }
    let acknowledgement = proto::Notification::acknowledgement();
    assert!(acknowledgement.encode_to_vec().is_empty());
    assert_eq!(back::<proto::Notification, Option<Notification>>(acknowledgement), None);
}

#[test]
fn events() {
    let blocks = vec![PreviousEventBlock {
        stream_id: StreamId::system(vec![0]),
        block_height: BlockHeight(3),
        crypto_hash: hash(1),
    }];
    let message = proto::PreviousEventBlocksResponse::from(blocks.as_slice());
    assert_eq!(back::<_, Vec<PreviousEventBlock>>(message), blocks);
    let streams = vec![StreamId::system(vec![0]), StreamId::system(vec![1])];
    let message = proto::PreviousEventBlocksRequest::from((chain(1), streams.as_slice()));
    assert_eq!(back::<_, (ChainId, Vec<StreamId>)>(message), (chain(1), streams));
    let event_ids = vec![event_id(0), event_id(7)];
    let message = proto::EventBlockHeightsRequest::from(event_ids.as_slice());
    assert_eq!(back::<_, Vec<EventId>>(message), event_ids);
    let heights = vec![None, Some(BlockHeight(7))];
    let message = proto::EventBlockHeightsResponse::from(heights.as_slice());
    assert_eq!(back::<_, Vec<Option<BlockHeight>>>(message), heights);
}

#[test]
fn cross_chain_requests() {
    let bundles: Vec<(Epoch, MessageBundle)> = crate::samples::golden()
        .iter()
        .flat_map(|(_, certificate)| certificate.block().incoming_bundles().cloned().collect::<Vec<_>>())
        .take(3)
        .map(|incoming| (Epoch(1), incoming.bundle))
        .collect();
    assert_eq!(bundles.len(), 3);
    let (sender, recipient) = (chain(1), chain(2));
    let requests = [
        CrossChainRequest::UpdateRecipient {
            sender,
            recipient,
            bundles: bundles.clone(),
            previous_height: Some(BlockHeight(0)),
        },
        CrossChainRequest::UpdateRecipient { sender, recipient, bundles, previous_height: None },
        CrossChainRequest::ConfirmUpdatedRecipient { sender, recipient, latest_height: BlockHeight(2) },
        CrossChainRequest::RevertConfirm { sender, recipient, retransmit_from: BlockHeight(2) },
    ];
    for request in requests {
        assert_eq!(back::<proto::CrossChainRequest, CrossChainRequest>((&request).into()), request);
    }
}

#[test]
fn network_and_version() {
    let description = NetworkDescription {
        name: "net".to_owned(),
        genesis_config_hash: hash(1),
        genesis_timestamp: Timestamp::from(1_795_231_543_217_289),
        genesis_committee_blob_hash: hash(2),
        admin_chain_id: chain(3),
    };
    assert_eq!(back::<proto::NetworkDescription, NetworkDescription>((&description).into()), description);
    let info = VersionInfo::reference();
    assert_eq!(VersionInfo::from(proto::VersionInfo::from(&info)), info);
    let anonymous = VersionInfo::from(proto::VersionInfo::default());
    assert_eq!(anonymous.crate_version, walnut_base::CrateVersion::default());

    for network in ["no-fees", "testnet-fees", "historical-hash"] {
        let bytes = std::fs::read(golden_folder().join(network).join("network_description.bcs")).unwrap();
        let recorded: NetworkDescription = walnut_base::encoding::from_bcs(&bytes, bytes.len()).unwrap();
        let message = proto::NetworkDescription::from(&recorded);
        assert_eq!(back::<_, NetworkDescription>(message), recorded);
    }
}
