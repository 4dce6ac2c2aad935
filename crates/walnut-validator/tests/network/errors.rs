//! What cannot be done, and how it is said.

use walnut_base::{
    BlobContent, BlobId, BlobType, BlockHeight, ChainId, ChainInfoQuery, CryptoHash, NodeError, Operation,
    SystemOperation, TimeDelta,
};
use walnut_validator::{LocalNet, LocalNetError, LocalNetOptions};

use crate::support::{TestNet, key, request, transfer};

fn unknown() -> ChainId {
    ChainId(CryptoHash::from([9; 32]))
}

#[tokio::test]
async fn unknown_chains_blobs_and_certificates() {
    let net = TestNet::start().await;
    let node = &net.nodes[0].1;
    let error = node.handle_chain_info_query(&ChainInfoQuery::new(unknown())).await.unwrap_err();
    assert_eq!(error, NodeError::BlobsNotFound(vec![unknown().description_blob_id()]));
    let blob_id = BlobId::new(CryptoHash::from([3; 32]), BlobType::Data);
    let error = node.download_blob(blob_id).await.unwrap_err();
    assert!(error.to_string().contains("NotFound"), "{error}");
    assert_eq!(node.missing_blob_ids(&[blob_id]).await, Ok(vec![blob_id]));
    let content = BlobContent::new(BlobType::Data, vec![1]);
    let error = node.upload_blob(&content).await.unwrap_err();
    assert!(error.to_string().contains("NotFound"), "{error}");
    let error = node.download_certificate(CryptoHash::from([4; 32])).await.unwrap_err();
    assert!(error.to_string().contains("NotFound"), "{error}");
    let query = ChainInfoQuery { request_committees: true, ..ChainInfoQuery::new(unknown()) };
    let error = node.handle_chain_info_query(&query).await.unwrap_err();
    assert!(error.to_string().contains("InvalidArgument"), "{error}");
    net.stop().await;
}

#[tokio::test]
async fn wrong_proposals_are_refused_and_change_nothing() {
    let net = TestNet::start().await;
    let (alice, mallory) = (key(1), key(66));
    let chain_id = net.claim(&alice).await;
    let node = &net.nodes[0].1;
    let stolen = net.proposal(chain_id, &mallory, vec![], vec![transfer(unknown(), 1)]).await;
    let error = node.handle_block_proposal(&stolen).await.unwrap_err();
    assert!(
        matches!(&error, NodeError::WorkerError { error } if error.contains("not an owner") || error.contains("owner")),
        "{error}"
    );
    let mut late = net.proposal(chain_id, &alice, vec![], vec![]).await.content.block;
    late.timestamp = late.timestamp.saturating_add(TimeDelta::from_secs(60));
    let round = walnut_base::Round::MultiLeader(0);
    let late = walnut_base::BlockProposal::new_initial(round, late, &alice);
    let error = node.handle_block_proposal(&late).await.unwrap_err();
    assert!(matches!(&error, NodeError::WorkerError { error } if error.contains("[us:")), "{error}");
    assert_eq!(net.info(chain_id).await.next_block_height, BlockHeight(0));
    net.stop().await;
}

#[tokio::test]
async fn blobs_that_a_proposal_needs_are_asked_for() {
    let net = TestNet::start().await;
    let alice = key(1);
    let chain_id = net.claim(&alice).await;
    let blob = walnut_base::Blob::new_data(vec![1, 2, 3]);
    let publish: Operation = SystemOperation::PublishDataBlob { blob_hash: blob.id().hash }.into();
    let proposal = net.proposal(chain_id, &alice, vec![], vec![publish]).await;
    for (_, node) in &net.nodes {
        let missing = node.handle_block_proposal(&proposal).await;
        assert_eq!(missing, Err(NodeError::BlobsNotFound(vec![blob.id()])));
        node.handle_pending_blob(chain_id, blob.content()).await.unwrap();
    }
    let validated = net.validate(&proposal).await;
    let downloaded = net.nodes[1].1.download_pending_blob(chain_id, blob.id()).await;
    assert_eq!(downloaded.as_ref(), Ok(blob.content()));
    let confirmed = net.finalize(&validated).await;
    net.confirm(&confirmed).await.unwrap();
    let node = &net.nodes[2].1;
    assert_eq!(node.download_blob(blob.id()).await.as_ref(), Ok(blob.content()));
    assert_eq!(node.upload_blob(blob.content()).await, Ok(blob.id()));
    assert_eq!(node.blob_last_used_by(blob.id()).await, Ok(confirmed.hash()));
    net.stop().await;
}

#[tokio::test]
async fn the_faucet_refuses_what_is_not_a_question() {
    let net = TestNet::start().await;
    let faucet = net.net.faucet.clone().unwrap();
    let (head, body) = request(&faucet, "GET /ready", &[], &[]).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body, b"ready!");
    let (head, body) = request(&faucet, "GET /", &[], &[]).await;
    assert!(head.contains("content-type: text/html"), "{head}");
    assert!(!body.is_empty());
    let json = [("content-type", "application/json")];
    let (head, _) = request(&faucet, "POST /", &json, b"{").await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    let (head, _) = request(&faucet, "POST /", &json, &vec![b' '; 70_000]).await;
    assert!(head.starts_with("HTTP/1.1 413"), "{head}");
    let answer = net.ask_faucet("{ nonsense }").await;
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("nonsense"), "{answer}");
    let preflight = [("origin", "moz-extension://1"), ("access-control-request-method", "POST")];
    let (head, _) = request(&faucet, "OPTIONS /", &preflight, &[]).await;
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    net.stop().await;
}

#[tokio::test]
async fn impossible_networks() {
    let start = async |options| LocalNet::start(options).await.err().map(|error| error.to_string());
    let none = start(LocalNetOptions { validators: 0, ..Default::default() }).await;
    assert_eq!(none, Some(LocalNetError::NoValidators.to_string()));
    let none = start(LocalNetOptions { shards: 0, ..Default::default() }).await;
    assert_eq!(none.as_deref(), Some("a validator needs at least one shard"));
    let none = start(LocalNetOptions { chains: 0, ..Default::default() }).await;
    assert_eq!(none, Some(LocalNetError::NoFaucetChain.to_string()));
}
