//! 16 MiB, in both directions and on both sides.

use std::sync::Arc;

use tokio::net::TcpListener;
use tonic::transport::{Server, server::TcpIncoming};
use walnut_base::{BlobContent, BlobType};
use walnut_rpc::{
    Options, RetryPolicy,
    limits::MESSAGE_BYTES_MAX,
    native::NativeNode,
    proto::{self, validator_node_client::ValidatorNodeClient, validator_node_server::ValidatorNodeServer},
    server::Adapter,
};

use crate::support::{TestServer, TestService, blob_id, grpc_error};

/// Tag and length of the bytes field, then type and length of the blob.
const OVERHEAD_BYTES: usize = 5 + 12;

fn blob_of_message_size(bytes: usize) -> BlobContent {
    BlobContent::new(BlobType::Data, vec![0; bytes - OVERHEAD_BYTES])
}

#[tokio::test]
async fn the_largest_message_passes_and_a_larger_one_is_not_sent() {
    let server = TestServer::start().await;
    let largest = blob_of_message_size(MESSAGE_BYTES_MAX);
    server.set(|state| {
        state.blobs.insert(blob_id(1), largest.clone());
        state.blobs.insert(blob_id(2), blob_of_message_size(MESSAGE_BYTES_MAX + 1));
    });
    let node = server.node();
    assert_eq!(node.download_blob(blob_id(1)).await, Ok(largest.clone()));
    // Nobody refers to the blob, but it arrived.
    assert!(grpc_error(node.upload_blob(&largest).await).contains("code: NotFound"));
    assert!(grpc_error(node.download_blob(blob_id(2)).await).contains("code: OutOfRange"));
    server.stop().await;
}

#[tokio::test]
async fn the_server_refuses_larger_messages() {
    let server = TestServer::start().await;
    let mut client = ValidatorNodeClient::new(server.channel().await);
    let content = proto::BlobContent::from(&blob_of_message_size(MESSAGE_BYTES_MAX + 1));
    let status = client.upload_blob(content).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::OutOfRange);
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn the_client_refuses_larger_messages() {
    let service = Arc::new(TestService::default());
    service.set(|state| {
        state.blobs.insert(blob_id(2), blob_of_message_size(MESSAGE_BYTES_MAX + 1));
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let unlimited = ValidatorNodeServer::new(Adapter::new(service)).max_encoding_message_size(usize::MAX);
    let task = tokio::spawn(
        Server::builder().add_service(unlimited).serve_with_incoming(TcpIncoming::from(listener)),
    );
    let options = Options { retry: RetryPolicy::NONE, ..Options::default() };
    let node = NativeNode::new(&format!("grpc:{address}"), options).unwrap();
    let error = grpc_error(node.download_blob(blob_id(2)).await);
    assert!(error.contains("code: OutOfRange"), "{error}");
    task.abort();
}
