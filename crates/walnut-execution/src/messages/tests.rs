//! System messages, accepted, rejected, bounced and refunded.

use walnut_base::{
    Account, AccountOwner, Amount, Message, MessageAction, MessageKind, OutgoingMessage,
    ResourceControlPolicy, SystemMessage,
};

use crate::{
    BlockError, ChainExecutionContext, ExecutionError,
    test_utils::{Desk, bundle, credit, hash, other_chain, owner, posted, tokens, user_message},
};

fn desk() -> Desk {
    Desk::new(ResourceControlPolicy::no_fees())
}

fn origin() -> walnut_base::ChainId {
    walnut_base::ChainId(hash(5))
}

#[test]
fn credit_goes_to_the_target_and_bouncing_to_the_source() {
    let mut desk = desk();
    let message = SystemMessage::Credit { target: owner(2), amount: tokens(3), source: owner(7) };
    let arriving = posted(MessageKind::Tracked, message.clone().into());
    let returning = posted(MessageKind::Bouncing, message.into());
    let executed = desk.execute(vec![bundle(5, MessageAction::Accept, vec![arriving, returning])]).unwrap();
    assert_eq!(desk.balance_of(owner(2)), Some(tokens(3)));
    assert_eq!(desk.balance_of(owner(7)), Some(tokens(3)));
    assert_eq!(executed.outcome.messages, [vec![]]);
    assert_eq!(executed.outcome.operation_results, []);
}

#[test]
fn credit_saturates() {
    let mut desk = desk();
    desk.execute(vec![bundle(5, MessageAction::Accept, vec![credit(Amount::MAX)])]).unwrap();
    assert_eq!(desk.balance(), Amount::MAX);
}

#[test]
fn withdraw_pays_here_or_elsewhere_or_fails() {
    let mut desk = desk();
    desk.endow(owner(2), tokens(5));
    desk.save();
    let withdraw = |recipient, amount| {
        let message = SystemMessage::Withdraw { owner: owner(2), amount, recipient };
        bundle(5, MessageAction::Accept, vec![posted(MessageKind::Simple, message.into())])
    };
    let here = Account { chain_id: desk.chain_id, owner: owner(3) };
    let elsewhere = Account { chain_id: other_chain(), owner: owner(4) };
    let executed = desk.execute(vec![withdraw(here, tokens(1)), withdraw(elsewhere, tokens(4))]).unwrap();
    assert_eq!((desk.balance_of(owner(2)), desk.balance_of(owner(3))), (None, Some(tokens(1))));
    let credit = SystemMessage::Credit { target: owner(4), amount: tokens(4), source: owner(2) };
    let expected = OutgoingMessage {
        destination: other_chain(),
        authenticated_signer: None,
        grant: Amount::ZERO,
        refund_grant_to: None,
        kind: MessageKind::Tracked,
        message: credit.into(),
    };
    assert_eq!(executed.outcome.messages, [vec![], vec![expected]]);

    let insufficient = ExecutionError::InsufficientBalance { balance: Amount::ZERO, account: owner(2) };
    assert_eq!(
        desk.execute(vec![withdraw(here, tokens(1))]),
        Err(BlockError::ExecutionError(Box::new(insufficient), ChainExecutionContext::IncomingBundle(0)))
    );
}

#[test]
fn rejected_tracked_message_bounces_with_its_grant() {
    let mut desk = desk();
    let refund = Account { chain_id: origin(), owner: owner(6) };
    let mut with_grant = user_message(3, MessageKind::Tracked);
    with_grant.grant = tokens(2);
    with_grant.refund_grant_to = Some(refund);
    with_grant.authenticated_signer = Some(owner(6));
    let mut without_grant = user_message(3, MessageKind::Tracked);
    without_grant.refund_grant_to = Some(refund);
    let messages = vec![with_grant.clone(), without_grant.clone()];
    let executed = desk.execute(vec![bundle(5, MessageAction::Reject, messages)]).unwrap();
    let bounced = |posted: &walnut_base::PostedMessage, refund_grant_to| OutgoingMessage {
        destination: origin(),
        authenticated_signer: posted.authenticated_signer,
        grant: posted.grant,
        refund_grant_to,
        kind: MessageKind::Bouncing,
        message: posted.message.clone(),
    };
    assert_eq!(
        executed.outcome.messages,
        [vec![bounced(&with_grant, Some(refund)), bounced(&without_grant, None)]]
    );
}

#[test]
fn other_rejected_messages_return_their_grant() {
    let mut desk = desk();
    // Even to an account on this chain, by a message.
    let refund = Account { chain_id: desk.chain_id, owner: owner(6) };
    let with_grant = |signer| {
        let mut message = user_message(3, MessageKind::Simple);
        message.grant = tokens(2);
        message.refund_grant_to = Some(refund);
        message.authenticated_signer = signer;
        message
    };
    let messages = vec![user_message(3, MessageKind::Simple), with_grant(Some(owner(8))), with_grant(None)];
    let executed = desk.execute(vec![bundle(5, MessageAction::Reject, messages)]).unwrap();
    let refund_of = |source| OutgoingMessage {
        destination: refund.chain_id,
        authenticated_signer: None,
        grant: Amount::ZERO,
        refund_grant_to: None,
        kind: MessageKind::Tracked,
        message: Message::System(SystemMessage::Credit { target: owner(6), amount: tokens(2), source }),
    };
    assert_eq!(executed.outcome.messages, [vec![refund_of(owner(8)), refund_of(AccountOwner::CHAIN)]]);
}

#[test]
fn grant_without_an_account_to_return_to_is_an_error() {
    let mut desk = desk();
    for (action, context) in [
        (MessageAction::Reject, ChainExecutionContext::Block),
        (MessageAction::Accept, ChainExecutionContext::IncomingBundle(0)),
    ] {
        let mut message = posted(MessageKind::Simple, credit(tokens(1)).message);
        message.grant = tokens(2);
        let text = "Messages with grants should have a non-empty `refund_grant_to`";
        let error = BlockError::ExecutionError(Box::new(ExecutionError::InternalError(text)), context);
        assert_eq!(desk.execute(vec![bundle(5, action, vec![message])]), Err(error));
    }
}

#[test]
fn accepted_system_message_returns_its_whole_grant() {
    let mut desk = Desk::new(ResourceControlPolicy::testnet());
    let mut message = credit(tokens(1));
    message.grant = tokens(2);
    message.refund_grant_to = Some(Account { chain_id: origin(), owner: owner(6) });
    let executed = desk.execute(vec![bundle(5, MessageAction::Accept, vec![message])]).unwrap();
    assert_eq!(executed.outcome.messages[0].len(), 1);
    // The refund is an outgoing message and is charged as one.
    let fee = ResourceControlPolicy::testnet().message;
    assert_eq!(desk.balance(), tokens(101).try_sub(fee).unwrap());
}

#[test]
fn protected_message_is_rejected_only_by_closed_chains() {
    let mut desk = desk();
    let protected = user_message(3, MessageKind::Protected);
    let transactions = vec![bundle(5, MessageAction::Reject, vec![protected.clone()])];
    let error = BlockError::CannotRejectMessage {
        chain_id: desk.chain_id,
        origin: origin(),
        posted_message: Box::new(protected),
    };
    assert_eq!(desk.execute(transactions.clone()), Err(error));
    desk.state.system.closed.set(true);
    desk.save();
    assert!(desk.execute(transactions).is_ok());
}

#[test]
fn user_message_needs_a_machine() {
    let mut desk = desk();
    let application_id = walnut_base::ApplicationId::new(hash(3));
    let missing = ExecutionError::BlobsNotFound(vec![application_id.description_blob_id()]);
    assert_eq!(
        desk.execute(vec![bundle(5, MessageAction::Accept, vec![user_message(3, MessageKind::Simple)])]),
        Err(BlockError::ExecutionError(Box::new(missing), ChainExecutionContext::IncomingBundle(0)))
    );
}
