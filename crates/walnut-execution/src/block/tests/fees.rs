//! What blocks cost.

use walnut_base::{
    Account, AccountOwner, Amount, Blob, ChainOwnership, MessageAction, MessageKind, OpenChainConfig,
    ResourceControlPolicy, SystemOperation, Transaction, policy::FLAG_FREE_REJECT,
};

use crate::{
    BlockError, ChainExecutionContext, ExecutionError,
    test_utils::{
        Desk, bundle, credit, operation, owner, policy, to_other_chain, tokens, transfer, user_message,
    },
};

/// Executes a block on a chain with 100 tokens under the testnet's prices; returns what went from the chain's balance
/// beyond `moved`.
fn fee(transactions: Vec<Transaction>, published: &[Blob], moved: Amount) -> u128 {
    let mut desk = Desk::new(ResourceControlPolicy::testnet());
    let block = desk.block(transactions);
    desk.execute_with(&block, published, None).unwrap();
    tokens(100).try_sub(moved).unwrap().try_sub(desk.balance()).unwrap().to_attos()
}

#[test]
fn worked_examples() {
    let here = Desk::new(ResourceControlPolicy::testnet()).chain_id;
    let to_owner = transfer(AccountOwner::CHAIN, Account { chain_id: here, owner: owner(4) }, tokens(1));
    assert_eq!(fee(vec![operation(to_other_chain(tokens(1)))], &[], tokens(1)), 20_000_000_000_000);
    assert_eq!(fee(vec![operation(to_owner)], &[], tokens(1)), 10_000_000_000_000);

    let blob = Blob::new_data(vec![0; 1000]);
    let publish = operation(SystemOperation::PublishDataBlob { blob_hash: blob.id().hash });
    assert_eq!(fee(vec![publish.clone()], std::slice::from_ref(&blob), Amount::ZERO), 111_000_000_000_000);
    // Naming a blob twice costs twice.
    assert_eq!(fee(vec![publish.clone(), publish], &[blob], Amount::ZERO), 222_000_000_000_000);

    let config = OpenChainConfig {
        ownership: ChainOwnership::single(owner(5)),
        balance: tokens(2),
        application_permissions: Default::default(),
    };
    let mut desk = Desk::new(ResourceControlPolicy::testnet());
    let executed = desk.execute(vec![operation(SystemOperation::OpenChain(config.clone()))]).unwrap();
    let size = executed.outcome.blobs[0][0].bytes().len() as u128;
    let expected = 10_000_000_000_000 + 1_000_000_000_000 + size * 100_000_000_000;
    assert_eq!(fee(vec![operation(SystemOperation::OpenChain(config))], &[], tokens(2)), expected);
    assert_eq!(executed.resources.blobs_published, 1);
}

#[test]
fn receiving_is_free_and_bouncing_is_not() {
    let mut desk = Desk::new(ResourceControlPolicy::testnet());
    desk.state.system.balance.set(Amount::ZERO);
    desk.save();
    desk.execute(vec![bundle(5, MessageAction::Accept, vec![credit(tokens(1))])]).unwrap();
    assert_eq!(desk.balance(), tokens(1));

    let rejected = || vec![bundle(5, MessageAction::Reject, vec![credit(tokens(1))])];
    assert_eq!(fee(rejected(), &[], Amount::ZERO), 10_000_000_000_000);
    let user = bundle(5, MessageAction::Reject, vec![user_message(3, MessageKind::Tracked)]);
    assert_eq!(fee(vec![user], &[], Amount::ZERO), 10_000_000_000_000 + 3 * 100_000_000_000);
    let simple = bundle(5, MessageAction::Reject, vec![user_message(3, MessageKind::Simple)]);
    assert_eq!(fee(vec![simple], &[], Amount::ZERO), 0);
}

#[test]
fn free_reject_flag_covers_bounces_but_not_refunds() {
    let mut prices = ResourceControlPolicy::testnet();
    prices.http_request_allow_list.insert(FLAG_FREE_REJECT.into());
    let cost = |message| {
        let mut desk = Desk::new(prices.clone());
        let executed = desk.execute(vec![bundle(5, MessageAction::Reject, vec![message])]).unwrap();
        assert_eq!(executed.outcome.messages[0].len(), 1);
        (tokens(100).try_sub(desk.balance()).unwrap(), executed.resources.messages)
    };
    assert_eq!(cost(credit(tokens(1))), (Amount::ZERO, 0));
    let mut with_grant = user_message(3, MessageKind::Simple);
    with_grant.grant = tokens(1);
    with_grant.refund_grant_to = Some(Account::chain(crate::test_utils::other_chain()));
    assert_eq!(cost(with_grant), (prices.message, 1));
}

#[test]
fn free_applications_messages_are_sent_for_free() {
    let message = user_message(3, MessageKind::Tracked);
    let app = walnut_base::ApplicationId::new(crate::test_utils::hash(3));
    let mut prices = ResourceControlPolicy::testnet();
    prices.http_request_allow_list.insert(ResourceControlPolicy::free_application_flag(&app));
    let mut desk = Desk::new(prices);
    desk.execute(vec![bundle(5, MessageAction::Reject, vec![message])]).unwrap();
    assert_eq!(desk.balance(), tokens(100));
}

/// (chain, account of the signer, prices of operation and message) → what is left, or which error.
#[test]
fn chain_pays_before_signer_and_after_execution() {
    let run = |chain: u128, account: Option<u128>, signer: bool, transferred: u128| {
        let mut desk = Desk::new(policy(|policy| {
            policy.operation = tokens(2);
            policy.message = tokens(3);
        }));
        desk.state.system.balance.set(tokens(chain));
        if let Some(account) = account {
            desk.endow(owner(1), tokens(account));
        }
        desk.save();
        let source = if signer { AccountOwner::CHAIN } else { owner(1) };
        let recipient = Account::chain(crate::test_utils::other_chain());
        let result = desk.execute(vec![operation(transfer(source, recipient, tokens(transferred)))]);
        result.map(|_| (desk.balance(), desk.balance_of(owner(1))))
    };
    let left = |chain, account: Option<u128>| Ok((tokens(chain), account.map(tokens)));
    let broke = |fees, balance| {
        let error = ExecutionError::FeesExceedFunding { fees: tokens(fees), balance: tokens(balance) };
        Err(BlockError::ExecutionError(Box::new(error), ChainExecutionContext::Operation(0)))
    };
    assert_eq!(run(10, None, true, 1), left(4, None));
    assert_eq!(run(10, Some(7), true, 1), left(4, Some(7)));
    assert_eq!(run(6, Some(7), true, 1), left(0, Some(7)));
    assert_eq!(run(5, Some(7), true, 1), left(0, Some(6)));
    assert_eq!(run(1, Some(5), true, 1), left(0, Some(0)));
    assert_eq!(run(1, Some(4), true, 1), broke(3, 0));
    // The transfer comes before its fees: a chain that gives everything away cannot pay.
    assert_eq!(run(10, None, true, 10), broke(2, 0));
    // The signer's account was emptied by the transfer, so it is gone when fees are due.
    assert_eq!(run(5, Some(7), false, 7), left(0, None));
    assert_eq!(run(4, Some(7), false, 7), broke(3, 0));
    assert_eq!(run(4, Some(7), false, 6), left(0, Some(0)));
}

#[test]
fn block_without_signer_is_paid_by_the_chain_alone() {
    let mut desk = Desk::new(policy(|policy| policy.operation = tokens(2)));
    desk.state.system.balance.set(tokens(1));
    desk.endow(owner(1), tokens(50));
    desk.save();
    let mut block = desk.block(vec![operation(SystemOperation::CloseChain)]);
    block.authenticated_signer = None;
    let error = ExecutionError::FeesExceedFunding { fees: tokens(2), balance: Amount::ZERO };
    let expected = BlockError::ExecutionError(Box::new(error), ChainExecutionContext::Operation(0));
    assert_eq!(desk.execute_with(&block, &[], None), Err(expected));
}

#[test]
fn prices_are_those_before_the_block() {
    let mut desk = Desk::new(policy(|policy| policy.operation = tokens(1)));
    let (_, blob) = crate::test_utils::committee_blob(policy(|policy| {
        policy.operation = tokens(50);
        policy.http_request_allow_list.insert(walnut_base::policy::FLAG_ZERO_HASH.into());
    }));
    let event_id = crate::epoch_event(crate::test_utils::description(0).id(), walnut_base::Epoch(1));
    desk.put_blob(&blob);
    desk.put_event(&event_id, &bcs::to_bytes(&blob.id().hash).unwrap());
    let next = operation(SystemOperation::ProcessNewEpoch(walnut_base::Epoch(1)));
    let executed = desk.execute(vec![next, operation(to_other_chain(tokens(1)))]).unwrap();
    assert_eq!(desk.balance(), tokens(97));
    // The mode of the state hash is that after the block.
    assert_eq!(executed.outcome.state_hash, crate::test_utils::hash(0));
}
