//! A token on many chains.

use serde_json::json;
use walnut_applications::{Log, Network, Person};
use walnut_base::{Account, MessageAction, SystemOperation, Transaction};
use walnut_forms::fungible::{Operation, Response};

use crate::{amount, tokens, trap};

fn transfer(from: &Person, tokens: u128, to: Account) -> Operation {
    Operation::Transfer { owner: from.owner(), amount: amount(tokens), target_account: to }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_across_chains_and_is_claimed() {
    let log = Log::listen();
    let network = Network::start().await;
    let ana = network.person().await;
    let ben = network.person().await;
    let module = ana.publish("fungible").await;
    let token = tokens::create(&ana, module, "WAL", amount(1_000)).await;
    assert_eq!(ana.query(token, "query { tickerSymbol }").await, json!({ "tickerSymbol": "WAL" }));

    let response: Response = ana.ask(token, &transfer(&ana, 10, ben.account())).await;
    assert_eq!(response, Response::Ok);
    assert_eq!(tokens::held(&ana, token, ana.owner()).await, amount(990));
    assert_eq!(tokens::held(&ben, token, ben.owner()).await, amount(0), "still on its way");
    assert_eq!(ben.take_inbox().await.len(), 1);
    assert_eq!(tokens::held(&ben, token, ben.owner()).await, amount(10));

    // What is Ben's on Ana's chain, he can have sent from there.
    let bens_at_anas = Account { chain_id: ana.chain(), owner: ben.owner() };
    ana.call(token, &transfer(&ana, 7, bens_at_anas)).await;
    assert_eq!(tokens::held(&ana, token, ben.owner()).await, amount(7));
    let claim = |tokens| Operation::Claim {
        source_account: bens_at_anas,
        amount: amount(tokens),
        target_account: ben.account(),
    };
    ben.call(token, &claim(4)).await;
    ana.take_inbox().await;
    assert_eq!(tokens::held(&ana, token, ben.owner()).await, amount(3));
    ben.take_inbox().await;
    assert_eq!(tokens::held(&ben, token, ben.owner()).await, amount(14));

    // A claim of more than there is, is refused by the chain that should pay.
    ben.call(token, &claim(4)).await;
    let blocks = ana.take_inbox().await;
    assert_eq!(actions(&blocks[0]), [MessageAction::Reject]);
    assert_eq!(ben.take_inbox().await.len(), 0);
    assert_eq!(tokens::held(&ana, token, ben.owner()).await, amount(3));

    // So is a transfer of more than there is, and one of somebody else's tokens.
    log.take();
    assert_eq!(ben.refused(token, &transfer(&ben, 15, ana.account())).await, trap());
    let text = log.take();
    assert!(text.contains("holds 14., not 15."), "{text}");
    assert_eq!(ana.refused(token, &transfer(&ben, 1, ana.account())).await, trap());
    let text = log.take();
    assert!(text.contains(&format!("{} has not authorized this", ben.owner())), "{text}");

    assert_eq!(tokens::held(&ana, token, ana.owner()).await, amount(983));
    assert_eq!(tokens::held(&ana, token, ben.owner()).await, amount(3));
    assert_eq!(tokens::held(&ben, token, ben.owner()).await, amount(14));
    network.replays(&ana).await;
    network.replays(&ben).await;
    drop((ana, ben));
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn comes_back_from_a_closed_chain() {
    let network = Network::start().await;
    let ana = network.person().await;
    let ben = network.person().await;
    let module = ana.publish("fungible").await;
    let token = tokens::create(&ana, module, "WAL", amount(1_000)).await;
    ben.system(SystemOperation::CloseChain).await;

    ana.call(token, &transfer(&ana, 10, ben.account())).await;
    assert_eq!(tokens::held(&ana, token, ana.owner()).await, amount(990));
    let blocks = ben.take_inbox().await;
    assert_eq!(actions(&blocks[0]), [MessageAction::Reject]);
    assert_eq!(ana.take_inbox().await.len(), 1);
    assert_eq!(tokens::held(&ana, token, ana.owner()).await, amount(1_000));

    network.replays(&ana).await;
    network.replays(&ben).await;
    drop((ana, ben));
    network.stop().await;
}

/// What a block does with the bundles that it takes.
fn actions(block: &walnut_base::ConfirmedBlockCertificate) -> Vec<MessageAction> {
    let transactions = block.block().body.transactions.iter();
    let bundles = transactions.filter_map(|transaction| match transaction {
        Transaction::ReceiveMessages(bundle) => Some(bundle.action),
        Transaction::ExecuteOperation(_) => None,
    });
    bundles.collect()
}
