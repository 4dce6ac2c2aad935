//! One number per chain.

use serde_json::json;
use walnut_applications::Network;

use walnut_forms::counter::Operation;

use crate::trap;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_on_every_chain_by_itself() {
    let network = Network::start().await;
    let ana = network.person().await;
    let ben = network.person().await;
    let module = ana.publish("counter").await;
    let counter = ana.create(module, &(), &5, &[]).await;

    let value: u64 = ana.ask(counter, &Operation::Increment { value: 3 }).await;
    assert_eq!(value, 8);
    assert_eq!(ana.query(counter, "query { value }").await, json!({ "value": 8 }));

    // Ben's chain has never heard of it: his node fetches what it needs, and starts at zero.
    assert_eq!(ben.query(counter, "{ value }").await, json!({ "value": 0 }));
    ben.mutate(counter, "mutation { increment(value: 40) }").await;
    let value: u64 = ben.ask(counter, &Operation::Increment { value: 2 }).await;
    assert_eq!(value, 42);
    assert_eq!(ben.query(counter, "{ value }").await, json!({ "value": 42 }));
    assert_eq!(ana.query(counter, "{ value }").await, json!({ "value": 8 }));

    assert_eq!(ben.refused(counter, &Operation::Increment { value: u64::MAX }).await, trap());
    assert_eq!(ben.query(counter, "{ value }").await, json!({ "value": 42 }));

    network.replays(&ana).await;
    network.replays(&ben).await;
    drop((ana, ben));
    network.stop().await;
}
