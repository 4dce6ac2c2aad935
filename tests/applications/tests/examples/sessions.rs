//! Resources that live for one transaction.

use walnut_applications::{Log, Network, Person};
use walnut_base::{AccountOwner, Amount, ApplicationId};
use walnut_forms::{purse, shop};

use crate::{amount, tokens, trap};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_paid_or_nobody() {
    let log = Log::listen();
    let network = Network::start().await;
    let ana = network.person().await;
    let module = ana.publish("purse").await;
    let initial = purse::InitialState { accounts: [(ana.owner(), amount(100))].into() };
    let purse = ana.create(module, &(), &initial, &[]).await;
    let module = ana.publish("shop").await;
    let parameters = |price| shop::Parameters { purse, price: amount(price) };
    let supplier = ana.create(module, &parameters(3), &(), &[purse]).await;
    let shop = ana.create(module, &parameters(4), &(), &[purse]).await;

    let buy = |budget| shop::Operation::Buy { budget: amount(budget), suppliers: vec![supplier] };
    let refund: Amount = ana.ask(shop, &buy(10)).await;
    assert_eq!(refund, amount(3));
    assert_held(&ana, purse, [(ana.owner(), 93), (supplier.into(), 3), (shop.into(), 4)]).await;

    // A session that was forgotten undoes everything.
    log.take();
    assert_eq!(ana.refused(shop, &shop::Operation::Forget { budget: amount(10) }).await, trap());
    let text = log.take();
    let reason =
        format!("the transaction ends with sessions open: 1; session 0 of application {shop} holds 10.");
    assert!(text.contains(&reason), "{text}");

    // The supplier is paid first, but not if the shop cannot be.
    assert_eq!(ana.refused(shop, &buy(6)).await, trap());
    let text = log.take();
    assert!(text.contains("session 0 holds 3., not 4."), "{text}");

    // A supplier that supplies nobody, and a person who wants a session.
    assert_eq!(ana.refused(supplier, &shop::Operation::Supply { session: 0 }).await, trap());
    let text = log.take();
    assert!(text.contains("supplies go to shops, not to people"), "{text}");
    let open = purse::Operation::Open { owner: ana.owner(), amount: amount(1) };
    assert_eq!(ana.refused(purse, &open).await, trap());
    let text = log.take();
    assert!(text.contains("sessions are for applications that call, and say who they are"), "{text}");

    assert_held(&ana, purse, [(ana.owner(), 93), (supplier.into(), 3), (shop.into(), 4)]).await;
    network.replays(&ana).await;
    drop(ana);
    network.stop().await;
}

async fn assert_held(ana: &Person, purse: ApplicationId, expected: [(AccountOwner, u128); 3]) {
    for (owner, tokens) in expected {
        assert_eq!(tokens::held(ana, purse, owner).await, amount(tokens), "{owner}");
    }
}
