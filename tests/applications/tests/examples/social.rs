//! Posts on one chain, read on another.

use serde_json::{Value, json};
use walnut_applications::{Log, Network, Person, response};
use walnut_base::ApplicationId;
use walnut_forms::social::{Operation, Response, TEXT_BYTES_MAX};

use crate::trap;

fn post(text: &str) -> Operation {
    Operation::Post { text: text.into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_are_read_where_they_are_followed() {
    let log = Log::listen();
    let network = Network::start().await;
    let ana = network.person().await;
    let ben = network.person().await;
    let module = ana.publish("social").await;
    let social = ana.create(module, &(), &(), &[]).await;

    let mut posts = Vec::new();
    for (index, text) in ["one", "two"].into_iter().enumerate() {
        let block = ana.call(social, &post(text)).await;
        assert_eq!(response::<Response>(&block), u32::try_from(index).ok());
        posts.insert(0, shown(&ana, index, block.block().header.timestamp.micros(), text));
    }
    assert_eq!(feed(&ana, social).await, json!({ "feed": posts, "count": 2 }));
    assert_eq!(feed(&ben, social).await, json!({ "feed": [], "count": 0 }));

    let follow = Operation::Subscribe { chain_id: ana.chain() };
    let answer: Response = ben.ask(social, &follow).await;
    assert_eq!(answer, None);
    let following = ben.query(social, "query { following }").await;
    assert_eq!(following, json!({ "following": [ana.chain()] }));
    assert_eq!(ben.take_inbox().await.len(), 1);
    assert_eq!(feed(&ben, social).await, json!({ "feed": posts, "count": 2 }));

    // Ben's node hears of the third and puts it into his next block.
    let block = ana.call(social, &post("three")).await;
    posts.insert(0, shown(&ana, 2, block.block().header.timestamp.micros(), "three"));
    assert_eq!(ben.take_inbox().await.len(), 1);
    assert_eq!(feed(&ben, social).await, json!({ "feed": posts, "count": 3 }));

    // While he does not follow he is told no more; afterwards he reads on where he was.
    ben.call(social, &Operation::Unsubscribe { chain_id: ana.chain() }).await;
    let block = ana.call(social, &post("four")).await;
    assert_eq!(ben.take_inbox().await.len(), 0);
    assert_eq!(feed(&ben, social).await, json!({ "feed": posts, "count": 3 }));
    ben.call(social, &follow).await;
    assert_eq!(ben.take_inbox().await.len(), 1);
    posts.insert(0, shown(&ana, 3, block.block().header.timestamp.micros(), "four"));
    assert_eq!(feed(&ben, social).await, json!({ "feed": posts, "count": 4 }));

    log.take();
    assert_eq!(ana.refused(social, &post(&"x".repeat(TEXT_BYTES_MAX + 1))).await, trap());
    let text = log.take();
    assert!(text.contains("a post has 1 to 1000 bytes, not 1001"), "{text}");

    network.replays(&ana).await;
    network.replays(&ben).await;
    drop((ana, ben));
    network.stop().await;
}

fn shown(author: &Person, index: usize, timestamp: u64, text: &str) -> Value {
    json!({
        "chainId": author.chain(),
        "index": index,
        "author": author.owner(),
        "timestamp": timestamp,
        "text": text,
    })
}

async fn feed(node: &Person, social: ApplicationId) -> Value {
    node.query(social, "query { feed(newest: 10) { chainId index author timestamp text } count }").await
}
