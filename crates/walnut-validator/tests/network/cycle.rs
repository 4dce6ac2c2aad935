//! Claim, transfer, receive.

use walnut_base::{Amount, ChainInfoQuery, CrateVersion, NodeError};

use crate::support::{TestNet, key, transfer};

#[tokio::test]
async fn tokens_move_between_claimed_chains() {
    let net = TestNet::start().await;
    let (alice, bob) = (key(1), key(2));
    let (from, to) = (net.claim(&alice).await, net.claim(&bob).await);
    assert_ne!(from, to);
    assert_eq!(net.claim(&alice).await, from, "a second claim gives the same chain");

    net.execute(from, &alice, vec![], vec![transfer(to, 5)]).await;
    assert_eq!(net.info(from).await.chain_balance, Amount::from_tokens(995));

    // The certificate was confirmed with waiting for delivery, so the message is there, at every validator.
    for (key, node) in &net.nodes {
        let query = ChainInfoQuery::new(to).with_pending_message_bundles();
        let response = node.handle_chain_info_query(&query).await.unwrap();
        response.check(key).unwrap();
        assert_eq!(response.info.requested_pending_message_bundles.len(), 1);
    }
    let bundles = net.info(to).await.requested_pending_message_bundles;
    assert_eq!(bundles[0].origin, from);
    net.execute(to, &bob, bundles, vec![]).await;
    let info = net.info(to).await;
    assert_eq!(info.chain_balance, Amount::from_tokens(1005));
    assert!(info.requested_pending_message_bundles.is_empty());
    net.stop().await;
}

#[tokio::test]
async fn everything_may_be_sent_twice() {
    let net = TestNet::start().await;
    let alice = key(1);
    let (from, to) = (net.claim(&alice).await, net.claim(&key(2)).await);
    let proposal = net.proposal(from, &alice, vec![], vec![transfer(to, 1)]).await;
    let first = net.propose(&proposal).await;
    let second = net.propose(&proposal).await;
    let votes = |responses: &[walnut_base::ChainInfoResponse]| {
        responses.iter().map(|response| response.info.manager.pending).collect::<Vec<_>>()
    };
    assert_eq!(votes(&first), votes(&second));
    let validated = net.validate(&proposal).await;
    let confirmed = net.finalize(&validated).await;
    assert_eq!(net.finalize(&validated).await, confirmed);
    net.confirm(&confirmed).await.unwrap();
    net.confirm(&confirmed).await.unwrap();
    assert_eq!(net.info(to).await.requested_pending_message_bundles.len(), 1);
    let late = net.nodes[0].1.handle_block_proposal(&proposal).await;
    assert!(matches!(late, Err(NodeError::UnexpectedBlockHeight { .. })), "{late:?}");
    net.stop().await;
}

#[tokio::test]
async fn lite_certificates_are_enough_for_who_voted() {
    let net = TestNet::start().await;
    let alice = key(1);
    let (from, to) = (net.claim(&alice).await, net.claim(&key(2)).await);
    let proposal = net.proposal(from, &alice, vec![], vec![transfer(to, 1)]).await;
    let confirmed = net.finalize(&net.validate(&proposal).await).await;
    for (_, node) in &net.nodes {
        let response = node.handle_lite_certificate(&confirmed.lite_certificate(), true).await.unwrap();
        assert_eq!(response.info.block_hash, Some(confirmed.hash()));
    }
    assert_eq!(net.info(to).await.requested_pending_message_bundles.len(), 1);
    net.stop().await;
}

#[tokio::test]
async fn many_claims_at_once() {
    let net = TestNet::start().await;
    let keys = (1..=20).map(key).collect::<Vec<_>>();
    let chains = futures_util::future::join_all(keys.iter().map(|key| net.claim(key))).await;
    let distinct = chains.iter().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(distinct.len(), keys.len());
    for chain_id in chains {
        assert_eq!(net.info(chain_id).await.chain_balance, Amount::from_tokens(1000));
    }
    let faucet = net.net.root_chain(1).unwrap();
    let blocks = net.info(faucet).await.next_block_height.0;
    assert!(blocks < 20, "{blocks} blocks for 20 claims");
    net.stop().await;
}

#[tokio::test]
async fn validators_tell_who_they_are() {
    let net = TestNet::start().await;
    for (_, node) in &net.nodes {
        let version = node.version_info().await.unwrap();
        assert_eq!(version.crate_version, CrateVersion { major: 0, minor: 15, patch: 23 });
        assert_eq!(version.git_commit, concat!("walnut-", env!("CARGO_PKG_VERSION")));
        let description = node.network_description().await.unwrap();
        assert_eq!(description, net.net.genesis.network_description().unwrap());
    }
    net.stop().await;
}
