//! A data folder, closed and opened again.

use walnut_base::{Amount, ChainInfoQuery};
use walnut_validator::{LocalNet, LocalNetError, LocalNetOptions};

use crate::support::{TestNet, key, transfer};

#[tokio::test]
async fn votes_chains_messages_and_claims_survive() {
    let folder = tempfile::tempdir().unwrap();
    let (alice, bob) = (key(1), key(2));
    let net = TestNet::at(folder.path()).await;
    let addresses = net.net.validators.clone();
    let (from, to) = (net.claim(&alice).await, net.claim(&bob).await);
    net.execute(from, &alice, vec![], vec![transfer(to, 5)]).await;
    // A block that is validated, but confirmed nowhere.
    let proposal = net.proposal(from, &alice, vec![], vec![transfer(to, 7)]).await;
    let validated = net.validate(&proposal).await;
    let votes_before = net.finalize(&validated).await;
    net.stop().await;

    let net = TestNet::at(folder.path()).await;
    assert_eq!(net.net.validators, addresses, "ports are part of the genesis");
    assert_eq!(net.claim(&alice).await, from);
    assert_eq!(net.info(from).await.chain_balance, Amount::from_tokens(995));
    assert_eq!(net.info(to).await.requested_pending_message_bundles.len(), 1);
    for (key, node) in &net.nodes {
        let response = node.handle_chain_info_query(&ChainInfoQuery::new(from)).await.unwrap();
        let vote = response.info.manager.pending.unwrap();
        assert_eq!(vote.value.value_hash, validated.hash());
        assert!(votes_before.is_signed_by(key));
    }
    // The other block at this height has lost.
    let other = net.proposal(from, &alice, vec![], vec![transfer(to, 9)]).await;
    let refused = net.nodes[0].1.handle_block_proposal(&other).await;
    assert!(refused.is_err(), "{refused:?}");
    net.confirm(&votes_before).await.unwrap();
    let bundles = net.info(to).await.requested_pending_message_bundles;
    net.execute(to, &bob, bundles, vec![]).await;
    assert_eq!(net.info(to).await.chain_balance, Amount::from_tokens(1012));
    net.stop().await;
}

#[tokio::test]
async fn a_folder_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let net = TestNet::at(folder.path()).await;
    let second =
        LocalNet::start(LocalNetOptions { data: Some(folder.path().to_owned()), ..Default::default() }).await;
    let port: u16 = net.net.validators[0].rsplit(':').next().unwrap().parse().unwrap();
    match second.err() {
        Some(LocalNetError::Bind { port: found, .. }) => assert_eq!(found, port),
        other => panic!("expected Bind, found {other:?}"),
    }
    net.stop().await;
}

#[tokio::test]
async fn a_damaged_identity_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    TestNet::at(folder.path()).await.stop().await;
    std::fs::write(folder.path().join("genesis.json"), "{}").unwrap();
    let error =
        LocalNet::start(LocalNetOptions { data: Some(folder.path().to_owned()), ..Default::default() }).await;
    assert!(matches!(error.err(), Some(LocalNetError::Folder(_))));
}
