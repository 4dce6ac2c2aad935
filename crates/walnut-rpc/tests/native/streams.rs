//! Subscriptions and blob streams.

use std::{collections::BTreeMap, time::Duration};

use walnut_base::{BlobContent, BlobType, BlockHeight, NodeError, Notification, Reason, Round};
use walnut_rpc::native::NativeNode;

use crate::support::{TestServer, blob_id, chain, impatient};

fn notification(height: u64) -> Notification {
    let reason = Reason::NewRound { height: BlockHeight(height), round: Round::MultiLeader(0) };
    Notification { chain_id: chain(1), reason }
}

#[tokio::test]
async fn notifications_arrive_in_order_until_the_server_ends() {
    let server = TestServer::start().await;
    let node = server.node();
    let mut notifications = node.subscribe(&[chain(1), chain(2)]).await.unwrap();
    server.set(|state| {
        let (chain_ids, sender) = &state.subscribers[0];
        assert_eq!(chain_ids, &[chain(1), chain(2)]);
        for height in 0..3 {
            sender.send(notification(height)).unwrap();
        }
    });
    for height in 0..3 {
        assert_eq!(notifications.next().await, Some(Ok(notification(height))));
    }
    server.set(|state| state.subscribers.clear());
    assert_eq!(notifications.next().await, None);
    assert_eq!(notifications.next().await, None);
    server.stop().await;
}

#[tokio::test]
async fn dropping_a_subscription_tells_the_server() {
    let server = TestServer::start().await;
    let notifications = server.node().subscribe(&[chain(1)]).await.unwrap();
    let sender = server.service.state.lock().unwrap().subscribers[0].1.clone();
    assert!(!sender.is_closed());
    drop(notifications);
    sender.closed().await;
    drop(sender);
    server.stop().await;
}

#[tokio::test]
async fn a_dying_server_is_an_error_in_the_stream() {
    // A server of its own runtime, so that it can die at once.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.spawn(TestServer::start()).await.unwrap();
    let mut notifications = server.node().subscribe(&[chain(1)]).await.unwrap();
    runtime.shutdown_background();
    match notifications.next().await {
        Some(Err(NodeError::SubscriptionFailed { .. })) => {}
        other => panic!("expected SubscriptionFailed, found {other:?}"),
    }
    assert_eq!(notifications.next().await, None);
}

#[tokio::test]
async fn subscribing_where_nobody_listens() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let node = NativeNode::new(&format!("grpc:{address}"), impatient(Duration::from_secs(5))).unwrap();
    let error = node.subscribe(&[chain(1)]).await.unwrap_err();
    assert!(matches!(error, NodeError::SubscriptionFailed { .. }), "{error:?}");
}

#[tokio::test]
async fn blobs_stream_in_order_without_unknown_ones() {
    let server = TestServer::start().await;
    let content = |byte: u8| BlobContent::new(BlobType::Data, vec![byte]);
    server.set(|state| {
        state.blobs = BTreeMap::from([(blob_id(1), content(1)), (blob_id(3), content(3))]);
    });
    let node = server.node();
    let mut blobs = node.download_blobs(&[blob_id(3), blob_id(2), blob_id(1)]).await.unwrap();
    assert_eq!(blobs.next().await, Some(Ok(content(3))));
    assert_eq!(blobs.next().await, Some(Ok(content(1))));
    assert_eq!(blobs.next().await, None);
    server.stop().await;
}
