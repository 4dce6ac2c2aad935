//! What subscribers hear.

use walnut_base::{BlockHeight, Reason};

use crate::support::{TestNet, key, transfer};

#[tokio::test]
async fn new_blocks_and_incoming_bundles_are_told() {
    let net = TestNet::start().await;
    let alice = key(1);
    let (from, to) = (net.claim(&alice).await, net.claim(&key(2)).await);
    let mut both = net.nodes[0].1.subscribe(&[from, to]).await.unwrap();
    let mut receiver = net.nodes[0].1.subscribe(&[to]).await.unwrap();
    let certificate = net.execute(from, &alice, vec![], vec![transfer(to, 5)]).await;

    let first = both.next().await.unwrap().unwrap();
    assert_eq!(first.chain_id, from);
    let hash = certificate.hash();
    assert_eq!(
        first.reason,
        Reason::NewBlock { height: BlockHeight(0), hash, event_streams: Default::default() }
    );
    for notifications in [&mut both, &mut receiver] {
        let second = notifications.next().await.unwrap().unwrap();
        assert_eq!(second.chain_id, to);
        assert_eq!(second.reason, Reason::NewIncomingBundle { origin: from, height: BlockHeight(0) });
    }
    net.net.stop().await;
    assert_eq!(receiver.next().await, None, "the network's end ends the stream");
}
