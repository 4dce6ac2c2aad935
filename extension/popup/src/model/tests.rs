//! What the model derives from a snapshot.

use walnut_base::{AccountOwner, Amount};

use crate::mock::{fixture, foreign_chain};

#[test]
fn an_accounts_total_counts_its_chains_and_its_owner() {
    let model = fixture("home").expect("a fixture");
    let account = model.account().expect("an account").clone();
    assert_eq!(model.account_total(&account), Amount::from_millis(83_907 + 12_250 + 4_020));
}

#[test]
fn sources_are_own_open_chains_and_own_owners() {
    let model = fixture("home").expect("a fixture");
    let balances: Vec<_> = model.send_sources().into_iter().map(|source| source.1).collect();
    assert_eq!(balances, [83_907, 12_250, 987_500, 4_020, 1_250_000].map(Amount::from_millis));
    let closed = fixture("chain-closed").expect("a fixture");
    assert_eq!(closed.send_sources().len(), 2);
}

#[test]
fn a_draft_needs_a_recognised_recipient_and_an_amount() {
    let model = fixture("send-known").expect("a fixture");
    let draft = model.draft().expect("recipient and amount are readable");
    assert_eq!(draft.amount, Amount::from_millis(12_500));
    assert_eq!(draft.source, AccountOwner::CHAIN);
    for name in ["send-empty", "send-error", "send-no-chain"] {
        assert_eq!(fixture(name).expect("a fixture").draft(), None, "{name}");
    }
    let mut stale = fixture("send-known").expect("a fixture");
    stale.send.to.push('0');
    assert_eq!(stale.draft(), None, "the recipient belongs to another text");
}

#[test]
fn names_come_from_the_wallet_and_the_book() {
    let model = fixture("home").expect("a fixture");
    assert_eq!(model.chain_name(model.chains()[0].chain_id).as_deref(), Some("Savings"));
    assert_eq!(model.chain_name(foreign_chain()), None);
}
