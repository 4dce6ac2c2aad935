//! Every unary method, there and back.

use std::time::Duration;

use walnut_base::{
    AccountSecretKey, BlobContent, BlobType, BlockHeight, BlockProposal, ChainInfoQuery, Ed25519SecretKey,
    Epoch, EventId, NetworkDescription, NodeError, Round, StreamId, Timeout, TimeoutCertificate, Timestamp,
    ValidatedBlock, ValidatedBlockCertificate, VersionInfo,
};
use walnut_rpc::{
    Options, RetryPolicy,
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleLiteCertificateRequest,
        HandlePendingBlobRequest, HandleTimeoutCertificateRequest, HandleValidatedCertificateRequest,
    },
    limits::CHUNK_FILL_BYTES_MAX,
    native::NativeNode,
    proto,
    server::ServiceError,
};

use crate::support::{
    Received, TestServer, blob_id, chain, chain_info, grpc_error, hash, impatient, recorded,
};

#[tokio::test]
async fn handle_methods_arrive_as_sent() {
    let server = TestServer::start().await;
    let node = server.node();
    let confirmed = recorded().remove(1);
    let lite = confirmed.lite_certificate();
    let validated = ValidatedBlockCertificate::new(
        ValidatedBlock::new(confirmed.block().clone()),
        Round::MultiLeader(0),
        confirmed.signatures().clone(),
    );
    let timeout = TimeoutCertificate::new(
        Timeout::new(chain(1), BlockHeight(1), Epoch(0)),
        Round::MultiLeader(1),
        vec![],
    );
    let key = AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[7; 32]));
    let proposal = BlockProposal::new_retry_regular(Round::MultiLeader(1), validated.clone(), &key);
    let query = ChainInfoQuery::new(chain(1)).with_manager_values();
    let blob = BlobContent::new(BlobType::Data, b"hi".to_vec());

    assert_eq!(node.handle_block_proposal(&proposal).await, Ok(chain_info()));
    assert_eq!(node.handle_lite_certificate(&lite, true).await, Ok(chain_info()));
    assert_eq!(node.handle_confirmed_certificate(&confirmed, false).await, Ok(chain_info()));
    assert_eq!(node.handle_validated_certificate(&validated).await, Ok(chain_info()));
    assert_eq!(node.handle_timeout_certificate(&timeout).await, Ok(chain_info()));
    assert_eq!(node.handle_chain_info_query(&query).await, Ok(chain_info()));
    assert_eq!(node.handle_pending_blob(chain(1), &blob).await, Ok(chain_info()));

    let supports_aggregated_missing = true;
    assert_eq!(
        server.received(),
        [
            Received::Proposal(HandleBlockProposalRequest { proposal, supports_aggregated_missing }),
            Received::Lite(HandleLiteCertificateRequest {
                certificate: lite,
                wait_for_outgoing_messages: true
            }),
            Received::Confirmed(HandleConfirmedCertificateRequest {
                certificate: confirmed,
                wait_for_outgoing_messages: false,
                supports_aggregated_missing
            }),
            Received::Validated(HandleValidatedCertificateRequest { certificate: validated }),
            Received::Timeout(HandleTimeoutCertificateRequest { certificate: timeout }),
            Received::Query(query),
            Received::PendingBlob(HandlePendingBlobRequest { chain_id: chain(1), blob }),
        ]
    );
    server.stop().await;
}

#[tokio::test]
async fn errors_travel_inside_answers() {
    let server = TestServer::start().await;
    let node = server.node();
    let error = NodeError::BlobsNotFound(vec![blob_id(1), blob_id(2)]);
    server.set(|state| state.answer = Some(ServiceError::Node(error.clone())));
    assert_eq!(node.handle_chain_info_query(&ChainInfoQuery::new(chain(1))).await, Err(error));
    assert_eq!(
        node.download_pending_blob(chain(1), blob_id(3)).await,
        Err(NodeError::BlobsNotFound(vec![blob_id(3)]))
    );
    server.stop().await;
}

#[tokio::test]
async fn aggregated_missing_updates_are_downgraded_for_older_callers() {
    let server = TestServer::start().await;
    let missing = NodeError::MissingCrossChainUpdates {
        chain_id: chain(1),
        bundles: vec![(chain(2), BlockHeight(3)), (chain(4), BlockHeight(5))],
    };
    server.set(|state| state.answer = Some(ServiceError::Node(missing.clone())));
    let confirmed = recorded().remove(0);
    assert_eq!(server.node().handle_confirmed_certificate(&confirmed, false).await, Err(missing.clone()));

    let mut older = proto::validator_node_client::ValidatorNodeClient::new(server.channel().await);
    let request = proto::HandleConfirmedCertificateRequest::from((&confirmed, false, false));
    let result = older.handle_confirmed_certificate(request).await.unwrap().into_inner();
    let single =
        NodeError::MissingCrossChainUpdate { chain_id: chain(1), origin: chain(2), height: BlockHeight(3) };
    assert_eq!(Result::<walnut_base::ChainInfoResponse, _>::from(result), Err(single));
    // Only proposals and confirmed certificates know the difference.
    let result = older
        .handle_chain_info_query(proto::ChainInfoQuery::from(&ChainInfoQuery::new(chain(1))))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(Result::<walnut_base::ChainInfoResponse, _>::from(result), Err(missing));
    drop(older);
    server.stop().await;
}

#[tokio::test]
async fn refused_requests_have_statuses() {
    let server = TestServer::start().await;
    let mut client = proto::validator_node_client::ValidatorNodeClient::new(server.channel().await);

    let status = client.handle_chain_info_query(proto::ChainInfoQuery::default()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::NotFound);
    assert_eq!(status.message(), "could not find shard for message");

    let committees =
        proto::ChainInfoQuery { request_committees: true, ..(&ChainInfoQuery::new(chain(1))).into() };
    let status = client.handle_chain_info_query(committees).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);

    let confirmed = recorded().remove(0);
    let misaddressed = proto::HandleConfirmedCertificateRequest {
        chain_id: Some(chain(0xee).into()),
        ..(&confirmed, false, true).into()
    };
    let status = client.handle_confirmed_certificate(misaddressed).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
    assert!(status.message().contains("addressed to chain"), "{}", status.message());

    let broken = proto::SubscriptionRequest { chain_ids: vec![proto::ChainId::default()] };
    let status = client.subscribe(broken).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
    assert!(server.received().is_empty());
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn blobs() {
    let server = TestServer::start().await;
    let node = server.node();
    let content = BlobContent::new(BlobType::Data, b"hi".to_vec());
    let known = walnut_base::Blob::new(content.clone()).unwrap().id();
    let confirmed = recorded().remove(0);
    assert_eq!(
        grpc_error(node.upload_blob(&content).await),
        "remote request [upload_blob] failed with status: \
         Status { code: NotFound, message: \"Blob not found\" }"
    );
    server.set(|state| {
        state.blobs.insert(known, content.clone());
        state.last_used.insert(known, confirmed.hash());
        state.certificates = vec![confirmed.clone()];
    });
    assert_eq!(node.upload_blob(&content).await, Ok(known));
    assert_eq!(node.download_blob(known).await, Ok(content.clone()));
    assert_eq!(node.download_pending_blob(chain(1), known).await, Ok(content));
    assert_eq!(
        node.missing_blob_ids(&[blob_id(1), known, blob_id(2)]).await,
        Ok(vec![blob_id(1), blob_id(2)])
    );
    assert_eq!(node.blob_last_used_by(known).await, Ok(confirmed.hash()));
    assert_eq!(node.blob_last_used_by_certificate(known).await, Ok(confirmed));
    assert_eq!(
        grpc_error(node.download_blob(blob_id(1)).await),
        format!(
            "remote request [download_blob] failed with status: \
             Status {{ code: NotFound, message: \"Blob not found {}\" }}",
            blob_id(1)
        )
    );
    assert!(grpc_error(node.blob_last_used_by(blob_id(1)).await).contains("NotFound"));
    server.stop().await;
}

#[tokio::test]
async fn certificates_by_hash_and_height() {
    let server = TestServer::start().await;
    let node = server.node();
    let certificates = recorded();
    assert!(certificates.len() > 3);
    let chain_id = certificates[0].chain_id();
    server.set(|state| state.certificates = certificates.clone());

    assert_eq!(node.download_certificate(certificates[1].hash()).await, Ok(certificates[1].clone()));
    assert_eq!(
        grpc_error(node.download_certificate(hash(1)).await),
        format!(
            "remote request [download_certificate] failed with status: \
             Status {{ code: NotFound, message: \"{}\" }}",
            hash(1)
        )
    );
    let hashes = [certificates[2].hash(), hash(1), certificates[0].hash()];
    assert_eq!(
        node.download_certificates(&hashes).await,
        Ok(vec![certificates[2].clone(), certificates[0].clone()])
    );
    let heights: Vec<_> = (0..250).rev().map(BlockHeight).collect();
    assert_eq!(node.download_raw_certificates_by_heights(chain_id, &heights).await, Ok(certificates.clone()));
    // Parts of at most 100, and one more round for the unknown rest.
    let reads = server.service.state.lock().unwrap().reads.clone();
    assert_eq!(reads[..3], [100, 100, 50]);
    assert_eq!(node.download_raw_certificates_by_heights(chain(1), &heights).await, Ok(vec![]));
    server.stop().await;
}

#[tokio::test]
async fn full_answers_stop_at_the_fill_limit() {
    let server = TestServer::start().await;
    let mut client = proto::validator_node_client::ValidatorNodeClient::new(server.channel().await)
        .max_decoding_message_size(usize::MAX);
    let certificates = recorded();
    let chain_id = certificates[0].chain_id();
    let heights: Vec<_> = (0..3).map(BlockHeight).collect();
    let request = || proto::DownloadCertificatesByHeightsRequest::from((chain_id, heights.as_slice()));
    server.set(|state| {
        state.certificates = certificates;
        state.padding = CHUNK_FILL_BYTES_MAX / 2 - 100_000;
    });
    let answer = client.download_raw_certificates_by_heights(request()).await.unwrap().into_inner();
    assert_eq!(answer.certificates.len(), 2);
    // A first item that does not fit leaves the answer empty.
    server.set(|state| state.padding = CHUNK_FILL_BYTES_MAX);
    let answer = client.download_raw_certificates_by_heights(request()).await.unwrap().into_inner();
    assert_eq!(answer.certificates.len(), 0);
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn events() {
    let server = TestServer::start().await;
    let node = server.node();
    let event = |index| EventId { chain_id: chain(1), stream_id: StreamId::system(vec![0]), index };
    assert_eq!(node.event_block_heights(&[event(0), event(7)]).await, Ok(vec![None, Some(BlockHeight(7))]));
    let streams = [StreamId::system(vec![0]), StreamId::system(vec![1])];
    assert_eq!(
        node.previous_event_blocks(chain(1), &streams).await,
        Ok([(streams[0].clone(), (BlockHeight(4), hash(4)))].into())
    );
    let error = grpc_error(node.previous_event_blocks(chain(2), &streams).await);
    assert!(
        error.starts_with(
            "remote request [previous_event_blocks] failed with status: Status { code: Internal"
        ),
        "{error}"
    );
    server.stop().await;
}

#[tokio::test]
async fn network_and_version() {
    let server = TestServer::start().await;
    let node = server.node();
    assert_eq!(node.version_info().await, Ok(VersionInfo::reference()));
    assert!(grpc_error(node.network_description().await).contains("code: NotFound"));
    let description = NetworkDescription {
        name: "net".to_owned(),
        genesis_config_hash: hash(1),
        genesis_timestamp: Timestamp::from(7),
        genesis_committee_blob_hash: hash(2),
        admin_chain_id: chain(3),
    };
    server.set(|state| state.network = Some(description.clone()));
    assert_eq!(node.network_description().await, Ok(description));
    server.stop().await;
}

#[tokio::test]
async fn lost_shards_are_tried_again() {
    let server = TestServer::start().await;
    server.set(|state| state.failures = 2);
    let retry = RetryPolicy { retry_delay: Duration::ZERO, ..RetryPolicy::default() };
    let node = server.node_with(Options { retry, ..Options::default() });
    let query = ChainInfoQuery::new(chain(1));
    assert_eq!(node.handle_chain_info_query(&query).await, Ok(chain_info()));
    assert_eq!(server.received().len(), 3);
    server.stop().await;
}

#[tokio::test]
async fn a_silent_validator_costs_one_deadline() {
    let server = TestServer::start().await;
    server.set(|state| state.hang = true);
    let node = server.node_with(impatient(Duration::from_millis(200)));
    assert_eq!(
        grpc_error(node.handle_chain_info_query(&ChainInfoQuery::new(chain(1))).await),
        "remote request [handle_chain_info_query] failed with status: \
         Status { code: DeadlineExceeded, message: \"no answer within 200 ms\" }"
    );
    drop(node);
    server.stop().await;
}

#[tokio::test]
async fn nobody_listens() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let options = Options { retry: RetryPolicy::NONE, ..Options::default() };
    let node = NativeNode::new(&format!("grpc:{address}"), options).unwrap();
    let error = grpc_error(node.version_info().await);
    assert!(error.starts_with("remote request [get_version_info] failed with status: "), "{error}");
}

#[tokio::test]
async fn addresses() {
    let error = NativeNode::new("tcp:localhost:1", Options::default()).unwrap_err();
    assert_eq!(error, NodeError::CannotResolveValidatorAddress { address: "tcp:localhost:1".to_owned() });
    // TLS is configured without connecting.
    let node = NativeNode::new("GRPCS://example.org:443", Options::default()).unwrap();
    assert_eq!(node.address(), "GRPCS://example.org:443");
}

/// Native programs run these on several threads.
#[tokio::test]
async fn futures_can_move_between_threads() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let server = TestServer::start().await;
    let node = server.node();
    let query = ChainInfoQuery::new(chain(1));
    assert_send(node.handle_chain_info_query(&query)).await.unwrap();
    assert_send(node.download_raw_certificates_by_heights(chain(1), &[])).await.unwrap();
    let notifications = assert_send(node.subscribe(&[])).await.unwrap();
    drop(assert_send(notifications));
    drop(node);
    server.stop().await;
}
