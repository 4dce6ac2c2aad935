//! What a block must fulfil before its first transaction runs, and errors with their place.

use walnut_base::{
    AccountOwner, AdminOperation, Amount, ApplicationId, ApplicationPermissions, Blob, BlobType, Epoch,
    MessageAction, MessageKind, ResourceControlPolicy, SystemOperation, Timestamp, Transaction,
    policy::FLAG_MANDATORY_APPS_NEED_ACCEPTED_MESSAGE,
};

use crate::{
    BlockError, ChainExecutionContext, ExecutionError, Fault,
    test_utils::{
        Desk, blob_of, bundle, credit, hash, operation, policy, to_other_chain, tokens, user_message,
        user_operation,
    },
};

fn desk() -> Desk {
    Desk::new(ResourceControlPolicy::no_fees())
}

fn execution_error(error: ExecutionError, context: ChainExecutionContext) -> BlockError {
    BlockError::ExecutionError(Box::new(error), context)
}

#[test]
fn block_of_another_chain_is_our_mistake() {
    let mut desk = desk();
    let mut block = desk.block(vec![operation(SystemOperation::CloseChain)]);
    block.chain_id = crate::test_utils::other_chain();
    let error = desk.execute_with(&block, &[], None).unwrap_err();
    assert!(matches!(error, BlockError::InternalError(_)), "{error:?}");
    assert_eq!(error.fault(), Fault::Local);
}

#[test]
fn time_may_stand_still_but_not_go_back() {
    let mut desk = desk();
    let mut block = desk.block(vec![operation(SystemOperation::CloseChain)]);
    block.timestamp = Timestamp::from_micros(999);
    let parent = Timestamp::from_micros(1000);
    let expected = BlockError::InvalidBlockTimestamp { parent, new: block.timestamp };
    assert_eq!(desk.execute_with(&block, &[], None), Err(expected));
    block.timestamp = parent;
    assert!(desk.execute_with(&block, &[], None).is_ok());
}

#[test]
fn empty_blocks_are_refused() {
    assert_eq!(desk().execute(vec![]), Err(BlockError::EmptyBlock));
}

#[test]
fn closed_chain_takes_rejections_only() {
    let mut desk = desk();
    desk.execute(vec![operation(SystemOperation::CloseChain)]).unwrap();
    desk.save();
    let accept = || bundle(5, MessageAction::Accept, vec![credit(tokens(1))]);
    let reject = || bundle(5, MessageAction::Reject, vec![credit(tokens(1))]);
    assert_eq!(desk.execute(vec![reject(), accept()]), Err(BlockError::ClosedChain));
    assert_eq!(desk.execute(vec![operation(SystemOperation::CloseChain)]), Err(BlockError::ClosedChain));
    assert!(desk.execute(vec![reject()]).is_ok());
}

#[test]
fn closing_stops_messages_but_not_operations_of_the_block() {
    let mut desk = desk();
    let close = || operation(SystemOperation::CloseChain);
    let accept = bundle(5, MessageAction::Accept, vec![credit(tokens(1))]);
    assert_eq!(desk.execute(vec![close(), accept]), Err(BlockError::ClosedChain));
    assert!(desk.execute(vec![close(), operation(to_other_chain(tokens(1)))]).is_ok());
}

#[test]
fn published_blobs_must_be_exactly_those_named() {
    let mut desk = desk();
    let (blob, other) = (Blob::new_data(vec![1]), Blob::new_data(vec![2]));
    let publish = operation(SystemOperation::PublishDataBlob { blob_hash: blob.id().hash });
    let block = desk.block(vec![publish]);
    let mismatch = Err(BlockError::InternalError("published_blobs mismatch".into()));
    assert_eq!(desk.execute_with(&block, &[], None), mismatch);
    assert_eq!(desk.execute_with(&block, &[blob.clone(), other.clone()], None), mismatch);
    let executed = desk.execute_with(&block, std::slice::from_ref(&blob), None).unwrap();
    assert_eq!(executed.outcome.blobs, [vec![]]);
    assert!(desk.uses_blob(blob.id()));
    let silent = desk.block(vec![operation(SystemOperation::CloseChain)]);
    assert_eq!(desk.execute_with(&silent, &[other], None), mismatch);
}

#[test]
fn published_blobs_are_checked_before_anything_runs() {
    let mut desk = Desk::new(policy(|policy| {
        policy.maximum_blob_size = 10;
        policy.maximum_bytecode_size = 100;
    }));
    let mut publish = |blob: Blob, publish: SystemOperation| {
        let block = desk.block(vec![operation(publish)]);
        desk.execute_with(&block, &[blob], None).map(|_| ())
    };
    let data = |bytes| {
        let blob = Blob::new_data(vec![0; bytes]);
        (blob.clone(), SystemOperation::PublishDataBlob { blob_hash: blob.id().hash })
    };
    let in_block = |error| Err(execution_error(error, ChainExecutionContext::Block));
    let (blob, operation) = data(10);
    assert_eq!(publish(blob, operation), Ok(()));
    let (blob, operation) = data(11);
    assert_eq!(publish(blob, operation), in_block(ExecutionError::BlobTooLarge));
    // Committee blobs are free of charge, but not of limits.
    let blob = blob_of(BlobType::Committee, vec![0; 11]);
    let operation =
        SystemOperation::Admin(AdminOperation::PublishCommitteeBlob { blob_hash: blob.id().hash });
    assert_eq!(publish(blob, operation), in_block(ExecutionError::BlobTooLarge));
}

#[test]
fn chain_without_committee_is_inactive() {
    let mut desk = desk();
    desk.state.system.epoch.set(Epoch(7));
    desk.save();
    let inactive = BlockError::InactiveChain(desk.chain_id);
    assert_eq!(desk.execute(vec![operation(SystemOperation::CloseChain)]), Err(inactive));
}

#[test]
fn permissions_are_those_before_the_block() {
    let app = ApplicationId::new(hash(3));
    let mut desk = desk();
    let permissions = ApplicationPermissions { execute_operations: Some(vec![app]), ..Default::default() };
    let restrict = operation(SystemOperation::ChangeApplicationPermissions(permissions));
    desk.execute(vec![restrict, operation(to_other_chain(tokens(1)))]).unwrap();
    desk.save();
    let refused = Err(BlockError::AuthorizedApplications(vec![app]));
    assert_eq!(desk.execute(vec![operation(to_other_chain(tokens(1)))]), refused);
    assert_eq!(desk.execute(vec![user_operation(4, b"")]), refused);
    let missing = ExecutionError::BlobsNotFound(vec![app.description_blob_id()]);
    let context = ChainExecutionContext::Operation(0);
    assert_eq!(desk.execute(vec![user_operation(3, b"")]), Err(execution_error(missing, context)));
}

#[test]
fn mandatory_applications_and_rejected_messages() {
    for (flag, is_enough) in [(None, true), (Some(FLAG_MANDATORY_APPS_NEED_ACCEPTED_MESSAGE), false)] {
        let mut desk = Desk::new(policy(|policy| {
            policy.http_request_allow_list = flag.map(str::to_string).into_iter().collect();
        }));
        let app = ApplicationId::new(hash(3));
        let permissions = ApplicationPermissions { mandatory_applications: vec![app], ..Default::default() };
        desk.state.system.application_permissions.set(permissions);
        desk.save();
        let rejected = bundle(5, MessageAction::Reject, vec![user_message(3, MessageKind::Simple)]);
        let result = desk.execute(vec![rejected]).map(|_| ());
        let missing = Err(BlockError::MissingMandatoryApplications(vec![app]));
        assert_eq!(result, if is_enough { Ok(()) } else { missing });
    }
}

#[test]
fn errors_name_the_transaction() {
    let mut desk = desk();
    let zero = || operation(to_other_chain(Amount::ZERO));
    let fine = || operation(to_other_chain(Amount::ONE));
    let error = ExecutionError::IncorrectTransferAmount;
    let expected = execution_error(error, ChainExecutionContext::Operation(2));
    assert_eq!(desk.execute(vec![fine(), fine(), zero()]), Err(expected.clone()));
    assert_eq!(
        expected.to_string(),
        "Execution error: Transfer must have positive amount during Operation(2)"
    );
    // Nothing of the block remains.
    assert_eq!(desk.balance(), tokens(100));
}

#[test]
fn accounted_size_follows_the_formula() {
    let mut desk = desk();
    let transactions = vec![
        operation(to_other_chain(Amount::ONE)),
        bundle(5, MessageAction::Reject, vec![credit(tokens(1))]),
    ];
    let executed = desk.execute(transactions.clone()).unwrap();
    let size = |value: &dyn erased::Size| value.size();
    let mut expected = 94;
    for (transaction, messages) in transactions.iter().zip(&executed.outcome.messages) {
        expected += match transaction {
            Transaction::ExecuteOperation(operation) => size(operation),
            Transaction::ReceiveMessages(bundle) => size(bundle),
        };
        // Three empty lists and an empty result.
        expected += size(messages) + 4;
    }
    assert_eq!(executed.resources.block_size, expected);
}

/// Sizes of encodings behind one pointer type.
mod erased {
    pub(super) trait Size {
        fn size(&self) -> u64;
    }

    impl<T: serde::Serialize> Size for T {
        fn size(&self) -> u64 {
            bcs::to_bytes(self).unwrap().len() as u64
        }
    }
}

/// `linera-chain` 0.15.23, `src/unit_tests/chain_tests.rs`, `test_block_size_limit`: a block of 260 bytes.
#[test]
fn accounted_size_of_the_reference_block() {
    let mut desk = desk();
    let block = desk.block(vec![operation(to_other_chain(tokens(1)))]);
    let executed = desk.execute_with(&block, &[], None).unwrap();
    assert_eq!(executed.resources.block_size, 226);
    assert_eq!(bcs::to_bytes(&executed.outcome.with(block)).unwrap().len(), 260);
}

#[test]
fn block_size_is_limited() {
    for (limit, fits) in [(225, false), (226, true), (227, true), (93, false)] {
        let mut desk = Desk::new(policy(|policy| policy.maximum_block_size = limit));
        let result = desk.execute(vec![operation(to_other_chain(tokens(1)))]).map(|_| ());
        let context =
            if limit < 94 { ChainExecutionContext::Block } else { ChainExecutionContext::Operation(0) };
        let too_large = Err(execution_error(ExecutionError::BlockTooLarge, context));
        assert_eq!(result, if fits { Ok(()) } else { too_large }, "limit {limit}");
    }
}

#[test]
fn account_emptied_by_fees_stays_and_one_emptied_by_a_transfer_goes() {
    let mut desk = Desk::new(policy(|policy| policy.operation = tokens(1)));
    desk.state.system.balance.set(Amount::ZERO);
    desk.endow(crate::test_utils::owner(1), tokens(1));
    desk.save();
    desk.execute(vec![operation(SystemOperation::CloseChain)]).unwrap();
    assert_eq!(desk.balance_of(crate::test_utils::owner(1)), Some(Amount::ZERO));
    assert_eq!(desk.balance_of(AccountOwner::CHAIN), None);
}
