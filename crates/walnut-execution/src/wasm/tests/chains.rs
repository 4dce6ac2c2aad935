//! What applications do to chains: their owners, their tokens, their messages.

use walnut_base::{
    Account, AccountOwner, Amount, ApplicationId, ApplicationPermissions, BlobType, ChainDescription,
    ChainId, Message, MessageAction, MessageKind,
};
use walnut_views::View as _;

use super::{
    apps::{App, hash_in, words},
    world::{AppDesk, call, desk, execution_error, run, try_run},
};
use crate::{
    ExecutionError,
    test_utils::{bundle, hash, other_chain, owner, posted, tokens},
};

fn permissions(closing: &[ApplicationId], changing: &[ApplicationId]) -> ApplicationPermissions {
    ApplicationPermissions {
        close_chain: closing.to_vec(),
        change_application_permissions: changing.to_vec(),
        ..Default::default()
    }
}

const NOBODY: &str = "(i32.const 0) (i32.const 0)";

/// The three calls that ask for permission, each with whether closing is what it needs.
fn guarded() -> [(String, bool); 3] {
    let ownership = format!(
        "(call $change-ownership {NOBODY} {NOBODY} (i32.const 9) (i32.const 1) (i32.const 1) (i64.const 11)
        (i64.const 12) (i64.const 13) (i64.const 14) (i32.const 64))"
    );
    let none = "(i32.const 0) (i32.const 0) (i32.const 0)";
    let permissions = format!(
        "(call $change-application-permissions {none} {NOBODY} {NOBODY} {NOBODY} {none} (i32.const 1) {NOBODY}
        (i32.const 64))"
    );
    [("(call $close-chain (i32.const 64))".into(), true), (ownership, true), (permissions, false)]
}

/// Who may not, hears so and may go on; nothing has changed.
#[test]
fn chains_are_changed_by_those_who_may() {
    for (code, needs_closing) in guarded() {
        for may_close in [false, true] {
            let mut desk = desk();
            let operation = format!("{code} (call $answer (i32.const 64) (i32.const 2))");
            let app = App { operation, ..App::default() }.install(&desk);
            let other = ApplicationId::new(hash(99));
            let (closing, changing) = if may_close { (app, other) } else { (other, app) };
            desk.state.system.application_permissions.set(permissions(&[closing], &[changing]));
            desk.save();
            let before = desk.state.system.clone();
            let executed = run(&mut desk, app, b"");
            let result = &executed.outcome.operation_results[0].0;
            let after = &desk.state.system;
            let same = (
                before.closed.get() == after.closed.get(),
                before.ownership.get() == after.ownership.get(),
                before.application_permissions.get() == after.application_permissions.get(),
            );
            if may_close == needs_closing {
                assert_eq!(result, &[0, 0], "{code}");
                assert_ne!(same, (true, true, true), "{code}");
            } else {
                assert_eq!(result, &[1, 0], "{code}");
                assert_eq!(same, (true, true, true), "{code}");
            }
        }
    }
}

#[test]
fn owners_and_permissions_arrive_as_they_were_given() {
    let mut desk = desk();
    let [_, (ownership, _), (permission, _)] = guarded();
    let operation = format!("{ownership} {permission} (call $answer (i32.const 64) (i32.const 2))");
    let app = App { operation, ..App::default() }.install(&desk);
    desk.state.system.application_permissions.set(permissions(&[app], &[app]));
    desk.save();
    run(&mut desk, app, b"");
    let ownership = desk.state.system.ownership.get();
    assert!(ownership.super_owners.is_empty() && ownership.owners.is_empty());
    assert_eq!((ownership.multi_leader_rounds, ownership.open_multi_leader_rounds), (9, true));
    let timeouts = &ownership.timeout_config;
    assert_eq!(timeouts.fast_round_duration.map(|delta| delta.as_micros()), Some(11));
    let rest = [timeouts.base_timeout, timeouts.timeout_increment, timeouts.fallback_duration];
    assert_eq!(rest.map(|delta| delta.as_micros()), [12, 13, 14]);
    let expected = ApplicationPermissions { make_http_requests: Some(vec![]), ..Default::default() };
    assert_eq!(desk.state.system.application_permissions.get(), &expected);
}

/// An owner of 32 bytes, as five parameters.
fn owner_words(owner: AccountOwner) -> String {
    match owner {
        AccountOwner::Reserved(number) => {
            format!("(i32.const 0) (i64.const {number}) (i64.const 0) (i64.const 0) (i64.const 0)")
        }
        AccountOwner::Address32(hash) => format!("(i32.const 1) {}", words(hash)),
        AccountOwner::Address20(_) => panic!("not used here"),
    }
}

fn transfer(source: AccountOwner, chain: ChainId, target: AccountOwner, attos: u64) -> App {
    let operation = format!(
        "(call $transfer {} {} {} (i64.const {attos}) (i64.const 0)) (call $answer (i32.const 0) (i32.const 0))",
        owner_words(source),
        words(chain.0),
        owner_words(target)
    );
    App { operation, ..App::default() }
}

#[test]
fn tokens_are_moved_for_the_signer_and_for_the_application() {
    let mut desk = desk();
    // The signer is an owner of the chain.
    let app = transfer(AccountOwner::CHAIN, desk.chain_id, owner(4), 7).install(&desk);
    run(&mut desk, app, b"");
    assert_eq!(desk.balance_of(owner(4)), Some(Amount::from_attos(7)));
    assert_eq!(desk.balance(), tokens(100).try_sub(Amount::from_attos(7)).unwrap());
    // Somebody else's.
    let app = transfer(owner(4), desk.chain_id, owner(5), 7).install(&desk);
    assert_eq!(try_run(&mut desk, app, b"").unwrap_err(), ExecutionError::UnauthenticatedTransferOwner);
    // More than there is.
    desk.endow(owner(1), Amount::from_attos(6));
    desk.save();
    let app = transfer(owner(1), desk.chain_id, owner(5), 7).install(&desk);
    let error = ExecutionError::InsufficientBalance { balance: Amount::from_attos(6), account: owner(1) };
    assert_eq!(try_run(&mut desk, app, b"").unwrap_err(), error);
    // To another chain.
    let app = transfer(owner(1), other_chain(), owner(5), 6).install(&desk);
    let executed = run(&mut desk, app, b"");
    let message = &executed.outcome.messages[0][0];
    assert_eq!((message.destination, message.kind), (other_chain(), MessageKind::Tracked));
    assert_eq!(desk.balance_of(owner(1)), None);
}

/// Who is called without authentication has no signer, and moves nothing of the signer's.
#[test]
fn tokens_are_not_moved_by_those_nobody_vouches_for() {
    for (authenticated, expected) in [(1, Ok(())), (0, Err(ExecutionError::UnauthenticatedTransferOwner))] {
        let mut desk = desk();
        let callee = transfer(AccountOwner::CHAIN, desk.chain_id, owner(4), 7).install(&desk);
        let operation = format!(
            "(call $try-call-application (i32.const {authenticated}) {} (i32.const 0) (i32.const 0) (i32.const 64))
            (call $answer (i32.const 0) (i32.const 0))",
            super::apps::id(callee)
        );
        let caller = App { operation, ..App::default() }.install(&desk);
        assert_eq!(try_run(&mut desk, caller, b"").map(|_| ()), expected);
    }
}

/// Claims lie in memory: two accounts and an amount are more than sixteen numbers.
#[test]
fn tokens_are_claimed_on_other_chains() {
    let mut desk = desk();
    let account = |account: Account| {
        let mut bytes = super::apps::image(account.chain_id.0).to_vec();
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        let AccountOwner::Address32(hash) = account.owner else { panic!("not used here") };
        bytes.extend(super::apps::image(hash));
        bytes
    };
    let source = account(Account { chain_id: other_chain(), owner: owner(1) });
    let target = account(Account { chain_id: desk.chain_id, owner: owner(6) });
    let amount = 77u128.to_le_bytes().to_vec();
    let app = App {
        operation: "(call $claim (i32.const 1024)) (call $answer (i32.const 0) (i32.const 0))".into(),
        data: vec![(1024, [source, target, amount].concat())],
        ..App::default()
    };
    let app = app.install(&desk);
    let executed = run(&mut desk, app, b"");
    let message = &executed.outcome.messages[0][0];
    assert_eq!((message.destination, message.authenticated_signer), (other_chain(), Some(owner(1))));
    let Message::System(walnut_base::SystemMessage::Withdraw { owner: from, amount, recipient }) =
        &message.message
    else {
        panic!("{message:?}")
    };
    assert_eq!((*from, *amount), (owner(1), Amount::from_attos(77)));
    assert_eq!(*recipient, Account { chain_id: desk.chain_id, owner: owner(6) });
}

/// A message carries the frame's signer whether the application asks for it or not, and comes back if it is tracked.
#[test]
fn messages_carry_the_signer() {
    let mut desk = desk();
    let request = |authenticated: u8, is_tracked: u8| {
        let mut bytes = super::apps::image(other_chain().0).to_vec();
        bytes.extend([authenticated, is_tracked]);
        bytes.resize(112, 0);
        bytes.extend([1144u32, 5].into_iter().flat_map(u32::to_le_bytes));
        bytes
    };
    for (authenticated, is_tracked, kind) in [(0, 0, MessageKind::Simple), (1, 1, MessageKind::Tracked)] {
        let app = App {
            operation: "(call $send-message (i32.const 1024)) (call $answer (i32.const 0) (i32.const 0))"
                .into(),
            data: vec![(1024, request(authenticated, is_tracked)), (1144, b"hello".to_vec())],
            ..App::default()
        };
        let app = app.install(&desk);
        let executed = run(&mut desk, app, b"");
        let message = &executed.outcome.messages[0][0];
        assert_eq!((message.destination, message.kind), (other_chain(), kind));
        assert_eq!(message.authenticated_signer, Some(owner(1)));
        assert_eq!((message.grant, message.refund_grant_to), (Amount::ZERO, None));
        assert_eq!(message.message, Message::User { application_id: app, bytes: b"hello".to_vec() });
    }
}

/// Whether a message bounces, in the frame that executes it; none in operations.
#[test]
fn applications_know_whether_a_message_comes_back() {
    let mut desk = desk();
    let tell = "(call $message-is-bouncing (i32.const 64)) (call $trace (i32.const 64) (i32.const 2))";
    let app = App {
        operation: format!("{tell} (call $answer (i32.const 0) (i32.const 0))"),
        message: tell.into(),
        ..App::default()
    };
    let app = app.install(&desk);
    let message = |kind| posted(kind, Message::User { application_id: app, bytes: vec![] });
    let executed = desk
        .execute(vec![
            call(app, b""),
            bundle(
                8,
                MessageAction::Accept,
                vec![message(MessageKind::Simple), message(MessageKind::Bouncing)],
            ),
        ])
        .unwrap();
    let traced: Vec<_> = super::world::traces(&executed).into_iter().map(|(_, bytes)| bytes).collect();
    assert_eq!(traced, [vec![0, 0], vec![1, 0], vec![1, 1]]);
}

#[test]
fn chains_are_opened_out_of_the_chains_balance() {
    let mut desk = desk();
    // One super owner; nobody else; no permissions; three attos.
    let mut area = vec![0; 144];
    area[0..8].copy_from_slice(&[0xb8, 4, 0, 0, 1, 0, 0, 0]);
    area[16] = 5;
    area[128] = 3;
    let owner_bytes = [[1, 0, 0, 0, 0, 0, 0, 0].as_slice(), &super::apps::image(hash(3))].concat();
    let app = App {
        operation:
            "(call $open-chain (i32.const 1024) (i32.const 64)) (call $answer (i32.const 64) (i32.const 32))"
                .into(),
        data: vec![(1024, area), (1208, owner_bytes)],
        ..App::default()
    };
    let app = app.install(&desk);
    let executed = run(&mut desk, app, b"");
    let blob = &executed.outcome.blobs[0][0];
    assert_eq!(blob.id().blob_type, BlobType::ChainDescription);
    assert_eq!(hash_in(&executed.outcome.operation_results[0].0), blob.id().hash);
    let description: ChainDescription = bcs::from_bytes(blob.bytes()).unwrap();
    assert_eq!(description.config.balance, Amount::from_attos(3));
    assert_eq!(description.config.ownership.super_owners.iter().collect::<Vec<_>>(), [&owner(3)]);
    assert_eq!(description.config.ownership.multi_leader_rounds, 5);
    assert_eq!(description.timestamp, walnut_base::Timestamp::from_micros(2000));
    assert_eq!(desk.balance(), tokens(100).try_sub(Amount::from_attos(3)).unwrap());
    desk.state.rollback();
    let poor: &mut AppDesk = &mut desk;
    poor.state.system.balance.set(Amount::from_attos(2));
    poor.save();
    let error = poor.execute(vec![call(app, b"")]).map_err(execution_error).unwrap_err();
    let expected =
        ExecutionError::InsufficientBalance { balance: Amount::from_attos(2), account: AccountOwner::CHAIN };
    assert_eq!(error, expected);
}

/// Balances, owners and descriptions, as a contract reads them.
#[test]
fn applications_read_what_the_chain_knows() {
    let mut desk = desk();
    desk.endow(owner(4), Amount::from_attos(9));
    desk.save();
    let code = format!(
        "(call $read-chain-balance (i32.const 64)) (call $trace (i32.const 64) (i32.const 16))
        (call $read-owner-balance {} (i32.const 64)) (call $trace (i32.const 64) (i32.const 16))
        (call $read-owner-balance {} (i32.const 64)) (call $trace (i32.const 64) (i32.const 16))
        (call $read-owner-balances (i32.const 64)) (call $trace (i32.const 68) (i32.const 4))
        (call $trace (i32.load (i32.const 64)) (i32.const 56))
        (call $read-balance-owners (i32.const 64)) (call $trace (i32.load (i32.const 64)) (i32.const 40))
        (call $get-chain-id (i32.const 64)) (call $trace (i32.const 64) (i32.const 32))
        (call $get-application-id (i32.const 64)) (call $trace (i32.const 64) (i32.const 32))
        (call $get-application-creator-chain-id (i32.const 64)) (call $trace (i32.const 64) (i32.const 32))
        (i64.store (i32.const 64) (call $read-system-timestamp)) (call $trace (i32.const 64) (i32.const 8))
        (i64.store (i32.const 64) (call $get-block-height)) (call $trace (i32.const 64) (i32.const 8))
        (call $get-chain-ownership (i32.const 64)) (call $trace (i32.const 68) (i32.const 4))
        (call $trace (i32.load (i32.const 72)) (i32.const 48))
        (call $answer (i32.const 0) (i32.const 0))",
        owner_words(owner(4)),
        owner_words(owner(5)),
    );
    let app = App { operation: code, ..App::default() }.install(&desk);
    let executed = run(&mut desk, app, b"");
    let traced: Vec<_> = super::world::traces(&executed).into_iter().map(|(_, bytes)| bytes).collect();
    assert_eq!(traced[0], tokens(100).to_attos().to_le_bytes());
    assert_eq!(traced[1], 9u128.to_le_bytes());
    assert_eq!(traced[2], 0u128.to_le_bytes());
    assert_eq!(traced[3], [1, 0, 0, 0]);
    assert_eq!((traced[4][0], hash_in(&traced[4][8..40]), traced[4][40]), (1, hash(4), 9));
    assert_eq!((traced[5][0], hash_in(&traced[5][8..40])), (1, hash(4)));
    assert_eq!(hash_in(&traced[6]), desk.chain_id.0);
    assert_eq!(hash_in(&traced[7]), app.application_description_hash);
    assert_eq!(hash_in(&traced[8]), other_chain().0);
    assert_eq!(traced[9], 2000u64.to_le_bytes());
    assert_eq!(traced[10], 0u64.to_le_bytes());
    assert_eq!(traced[11], [0; 4], "there is no super owner");
    assert_eq!((traced[12][0], hash_in(&traced[12][8..40]), traced[12][40]), (1, hash(1), 100));
}
