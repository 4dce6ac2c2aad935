//! What is served from storage.

use walnut_base::{BlockHeight, ChainInfoQuery, ConfirmedBlockCertificate};

use crate::support::{TestNet, key, transfer};

#[tokio::test]
async fn certificates_by_height_without_unknown_ones() {
    let net = TestNet::start().await;
    let alice = key(1);
    let (chain_id, to) = (net.claim(&alice).await, net.claim(&key(2)).await);
    let mut certificates: Vec<ConfirmedBlockCertificate> = Vec::new();
    for tokens in 1..=3 {
        certificates.push(net.execute(chain_id, &alice, vec![], vec![transfer(to, tokens)]).await);
    }
    let node = &net.nodes[3].1;
    // The client sorts what it gets.
    let heights = [2, 7, 0].map(BlockHeight);
    let found = node.download_raw_certificates_by_heights(chain_id, &heights).await.unwrap();
    let hashes = found.iter().map(ConfirmedBlockCertificate::hash).collect::<Vec<_>>();
    assert_eq!(hashes, vec![certificates[0].hash(), certificates[2].hash()]);
    assert_eq!(node.download_certificate(certificates[1].hash()).await.as_ref(), Ok(&certificates[1]));

    let query = ChainInfoQuery::new(chain_id).with_sent_certificate_hashes_by_heights(vec![BlockHeight(1)]);
    assert_eq!(net.query(query).await.requested_sent_certificate_hashes, vec![certificates[1].hash()]);
    let query = ChainInfoQuery::new(to).with_received_log_excluding_first_n(1);
    let info = net.query(query).await;
    assert_eq!(info.count_received_log, 3);
    assert_eq!(info.requested_received_log.len(), 2);
    assert_eq!(info.requested_received_log[0].chain_id, chain_id);
    assert_eq!(node.previous_event_blocks(chain_id, &[]).await.map(|blocks| blocks.len()), Ok(0));
    net.stop().await;
}
