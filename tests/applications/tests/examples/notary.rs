//! An application in WebAssembly's text format.

use serde_json::json;
use walnut_applications::{Log, Network, response};
use walnut_forms::notary::{Operation, Response};

use crate::trap;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn remembers_when_it_saw_a_document_first() {
    let log = Log::listen();
    let network = Network::start().await;
    let ana = network.person().await;
    let module = ana.publish("notary").await;
    let notary = ana.create(module, &(), &(), &[]).await;
    assert_eq!(ana.query(notary, "query { count }").await, json!({ "count": 0 }));

    let document: Operation = [0xd0; 32];
    let block = ana.call(notary, &document).await;
    let (height, timestamp) = (block.height().0, block.block().header.timestamp.micros());
    assert_eq!(height, 2);
    assert_eq!(response::<Response>(&block), Response { height, timestamp });

    // The second time, and through the service, it answers with the first.
    let again =
        ana.mutate(notary, &format!("mutation {{ notarize(document: \"{}\") }}", "d0".repeat(32))).await;
    assert_eq!(again.height().0, 3);
    assert_eq!(response::<Response>(&again), Response { height, timestamp });
    assert_eq!(ana.query(notary, "query { count }").await, json!({ "count": 1 }));
    let question =
        |byte: &str| format!("query {{ document(hash: \"{}\") {{ height timestamp }} }}", byte.repeat(32));
    let known = json!({ "document": { "height": height, "timestamp": timestamp } });
    assert_eq!(ana.query(notary, &question("d0")).await, known);
    assert_eq!(ana.query(notary, &question("d1")).await, json!({ "document": null }));

    for bytes in [&[][..], &[0xd0; 31], &[0xd0; 33]] {
        log.take();
        assert_eq!(ana.refused_bytes(notary, bytes).await, trap());
        let text = log.take();
        assert!(text.contains("the notary takes the 32 bytes of a hash"), "{text}");
    }
    assert_eq!(ana.query(notary, "query { count }").await, json!({ "count": 1 }));

    network.replays(&ana).await;
    drop(ana);
    network.stop().await;
}
