//! Swaps of two tokens on three chains.

use serde_json::json;
use walnut_applications::Network;
use walnut_forms::market::{Operation, Parameters, Token};

use crate::{amount, tokens};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settles_on_three_chains() {
    let network = Network::start().await;
    let ana = network.person().await;
    let ben = network.person().await;
    let mia = network.person().await;
    let module = ana.publish("fungible").await;
    let token_a = tokens::create(&ana, module, "ANA", amount(100)).await;
    let token_b = tokens::create(&ben, module, "BEN", amount(50)).await;
    let module = mia.publish("market").await;
    let market = mia.create(module, &Parameters { token_a, token_b }, &(), &[token_a, token_b]).await;

    let offer =
        Operation::Offer { owner: ana.owner(), sells: Token::A, amount: amount(10), price: amount(3) };
    let number: Option<u64> = ana.ask(market, &offer).await;
    assert_eq!(number, None, "it is numbered where it stands");
    assert_eq!(tokens::held(&ana, token_a, ana.owner()).await, amount(90));
    assert_eq!(mia.take_inbox().await.len(), 1);
    assert_eq!(tokens::held(&mia, token_a, market).await, amount(10));
    let offers = "query { offers { number maker { chainId owner } sells amount price } }";
    let maker = json!({ "chainId": ana.chain(), "owner": ana.owner() });
    let standing = json!([{ "number": 0, "maker": maker, "sells": "A", "amount": "10.", "price": "3." }]);
    assert_eq!(mia.query(market, offers).await, json!({ "offers": standing }));

    // At another price there is no deal: the market pays back.
    let take = |price| Operation::Take { owner: ben.owner(), offer: 0, pays: Token::B, price: amount(price) };
    ben.call(market, &take(2)).await;
    assert_eq!(tokens::held(&ben, token_b, ben.owner()).await, amount(48));
    mia.take_inbox().await;
    assert_eq!(tokens::held(&mia, token_b, market).await, amount(0));
    assert_eq!(mia.query(market, offers).await, json!({ "offers": standing }));
    ben.take_inbox().await;
    assert_eq!(tokens::held(&ben, token_b, ben.owner()).await, amount(50));

    ben.call(market, &take(3)).await;
    mia.take_inbox().await;
    ana.take_inbox().await;
    ben.take_inbox().await;
    assert_eq!(mia.query(market, offers).await, json!({ "offers": [] }));
    for (token, of_ana, of_ben) in [(token_a, 90, 10), (token_b, 3, 47)] {
        assert_eq!(tokens::held(&ana, token, ana.owner()).await, amount(of_ana));
        assert_eq!(tokens::held(&ben, token, ben.owner()).await, amount(of_ben));
        assert_eq!(tokens::held(&mia, token, market).await, amount(0));
    }

    network.replays(&ana).await;
    network.replays(&ben).await;
    network.replays(&mia).await;
    drop((ana, ben, mia));
    network.stop().await;
}
