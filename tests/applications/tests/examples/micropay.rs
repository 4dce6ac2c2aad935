//! Payment by the second, on a network with the prices of the public test network.

use serde_json::json;
use walnut_applications::{Network, response};
use walnut_base::{
    AccountOwner, Amount, ConfirmedBlockCertificate, Message, OutgoingMessage, SystemMessage,
    SystemOperation, Timestamp,
};
use walnut_execution::BlockError;
use walnut_forms::{
    micropay::{Operation, Response},
    micropay_meter,
};
use walnut_validator::genesis::Policy;

use crate::amount;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pays_rate_times_time_and_closes() {
    let (rate, deposit, fees) = (amount(1), amount(300), amount(5));
    let network = Network::with_prices(Policy::Testnet).await;
    let ana = network.person().await;
    let ben = network.person().await;
    let module = ana.publish("micropay").await;
    let micropay = ana.create(module, &(), &(), &[]).await;
    // Fees are taken from the chain's balance first, so accounts of owners stay exact.
    let own = SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: ana.account(),
        amount: amount(400),
    };
    ana.system(own).await;

    let before = ana.balance_of(AccountOwner::CHAIN).await;
    let open = Operation::Open { from: ana.owner(), payee: ben.account(), rate, deposit, fees };
    let Response::Opened(chain_id) = ana.ask(micropay, &open).await else { panic!("nothing was opened") };
    assert_eq!(ana.balance_of(ana.owner()).await, amount(100));
    let spent = before.saturating_sub(ana.balance_of(AccountOwner::CHAIN).await);
    assert!(spent > fees && spent < amount(6), "the new chain's balance and a fee: {spent}");

    let payer = ana.at(chain_id).await;
    let blocks = payer.take_inbox().await;
    let [first] = &blocks[..] else { panic!("{} blocks", blocks.len()) };
    assert_eq!(payer.balance_of(micropay.into()).await, deposit);
    let start = first.block().header.timestamp;
    let earned = |at: Timestamp| {
        let micros = at.delta_since(start).as_micros();
        Amount::from_attos(micropay_meter::earned(rate.to_attos(), micros, deposit.to_attos()))
    };

    let payee = ben.at(chain_id).await;
    let mut last = start;
    for who in [&payee, &payer, &payee] {
        let tick = who.call(micropay, &Operation::Tick).await;
        let now = tick.block().header.timestamp;
        assert!(now >= last, "time does not go back");
        assert_eq!(response::<Response>(&tick), Response::Paid(earned(now)));
        last = now;
    }
    let close = payee.call(micropay, &Operation::Close { keep: amount(1) }).await;
    let paid = earned(close.block().header.timestamp);
    assert_eq!(response::<Response>(&close), Response::Paid(paid));
    assert!(paid > Amount::ZERO && paid < deposit, "{paid}");
    let rest = deposit.saturating_sub(paid);

    let [(to_payee, first), (to_payer, second), (also_to_payer, unspent)] = credits(&close)[..] else {
        panic!("{:?}", close.block().body.messages)
    };
    assert_eq!((to_payee, first), (ben.owner(), paid));
    assert_eq!((to_payer, second), (ana.owner(), rest));
    assert_eq!(also_to_payer, ana.owner());
    assert!(unspent > amount(3) && unspent < amount(4), "a little went into fees: {unspent}");

    assert_eq!(ana.take_inbox().await.len(), 1);
    assert_eq!(ben.take_inbox().await.len(), 1);
    assert_eq!(ben.balance_of(ben.owner()).await, paid);
    let left = amount(100).saturating_add(rest).saturating_add(unspent);
    assert_eq!(ana.balance_of(ana.owner()).await, left);

    // Nothing more can happen there.
    assert_eq!(payee.balance_of(micropay.into()).await, Amount::ZERO);
    assert!(payee.balance_of(AccountOwner::CHAIN).await < amount(1));
    let payment = payee.query(micropay, "query { payment { paid ticks isClosed } }").await;
    assert_eq!(payment, json!({ "payment": { "paid": paid, "ticks": 4, "isClosed": true } }));
    assert_eq!(payee.refused(micropay, &Operation::Tick).await, BlockError::ClosedChain);

    network.replays(&ana).await;
    network.replays(&ben).await;
    network.replays(&payee).await;
    drop((ana, ben, payer, payee));
    network.stop().await;
}

/// Native tokens that a block sends, and to whom.
fn credits(block: &ConfirmedBlockCertificate) -> Vec<(AccountOwner, Amount)> {
    let messages = block.block().body.messages.iter().flatten();
    let credit = |message: &OutgoingMessage| match message.message {
        Message::System(SystemMessage::Credit { target, amount, .. }) => Some((target, amount)),
        _ => None,
    };
    messages.filter_map(credit).collect()
}
