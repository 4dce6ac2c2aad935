//! Staging: what happens to bundles that fail.

use std::collections::BTreeSet;

use futures::executor::block_on;
use walnut_base::{
    Account, ApplicationId, GenericApplicationId, MessageAction, MessageKind, PostedMessage, ProposedBlock,
    ResourceControlPolicy, SystemMessage, SystemOperation, Timestamp, Transaction,
};
use walnut_views::View;

use crate::{
    AutoRetry, BlockError, BlockInputs, ChainExecutionContext, Environment, ExecutionError, NoHistory,
    StagedBlock, stage_block,
    test_utils::{
        Desk, bundle, credit, hash, operation, other_chain, owner, policy, posted, tokens, user_message,
    },
};

struct Options {
    max_failures: u32,
    never_reject: BTreeSet<GenericApplicationId>,
    /// How many bundles there is time for.
    time_for: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_failures: 3, never_reject: BTreeSet::new(), time_for: usize::MAX }
    }
}

fn stage(
    desk: &mut Desk,
    transactions: Vec<Transaction>,
    options: Options,
) -> Result<StagedBlock, BlockError> {
    let block = desk.block(transactions);
    let env = Environment::new(desk.chain_id, &desk.store, &desk.committees, &desk.applications);
    let local_time = Timestamp::from_micros(2000);
    let inputs =
        BlockInputs { env: &env, history: &NoHistory, published_blobs: &[], local_time, round: None };
    let mut time_left = options.time_for;
    let retry = AutoRetry {
        max_failures: options.max_failures,
        never_reject_application_ids: &options.never_reject,
        is_out_of_time: &mut || {
            let is_out = time_left == 0;
            time_left = time_left.saturating_sub(1);
            is_out
        },
    };
    let mut state = desk.state.clone();
    let staged = block_on(stage_block(&mut state, &inputs, block, retry))?;
    // What was staged is what a validator will execute.
    let executed = desk.execute_with(&staged.block, &[], None).unwrap();
    desk.state.rollback();
    assert_eq!(staged.executed, executed);
    Ok(staged)
}

fn fine(origin: u8) -> Transaction {
    bundle(origin, MessageAction::Accept, vec![credit(tokens(1))])
}

fn withdraw() -> PostedMessage {
    let recipient = Account::chain(other_chain());
    posted(
        MessageKind::Tracked,
        SystemMessage::Withdraw { owner: owner(9), amount: tokens(1), recipient }.into(),
    )
}

/// A bundle that fails: nobody has that account.
fn failing(origin: u8) -> Transaction {
    bundle(origin, MessageAction::Accept, vec![credit(tokens(5)), withdraw()])
}

/// A bundle larger than the block may be; see [`small_blocks`].
fn huge(origin: u8) -> Transaction {
    bundle(origin, MessageAction::Accept, vec![credit(tokens(1)); 20])
}

fn small_blocks() -> Desk {
    Desk::new(policy(|policy| policy.maximum_block_size = 1000))
}

/// Origin and action of each transaction; operations are `None`.
fn shape(block: &ProposedBlock) -> Vec<Option<(u8, MessageAction)>> {
    let of = |transaction: &Transaction| {
        transaction.incoming_bundle().map(|bundle| (bundle.origin.0.as_bytes()[0], bundle.action))
    };
    block.transactions.iter().map(of).collect()
}

use MessageAction::{Accept, Reject};

fn no_fees() -> Desk {
    Desk::new(ResourceControlPolicy::no_fees())
}

#[test]
fn block_that_works_stays_as_it_is() {
    let transactions = vec![fine(5), operation(SystemOperation::CloseChain)];
    let staged = stage(&mut no_fees(), transactions.clone(), Options::default()).unwrap();
    assert_eq!(staged.block.transactions, transactions);
    assert!(staged.never_reject_origins.is_empty());
}

#[test]
fn failing_bundle_is_rejected_and_leaves_no_trace() {
    let mut desk = no_fees();
    let staged = stage(&mut desk, vec![fine(5), failing(6), fine(7)], Options::default()).unwrap();
    assert_eq!(shape(&staged.block), [Some((5, Accept)), Some((6, Reject)), Some((7, Accept))]);
    // The rejected bundle bounces both of its messages.
    assert_eq!(staged.executed.outcome.messages.iter().map(Vec::len).collect::<Vec<_>>(), [0, 2, 0]);
}

#[test]
fn bundle_too_large_for_this_block_is_left_for_later_with_its_followers() {
    let transactions = vec![fine(5), huge(6), fine(7), fine(6), operation(SystemOperation::CloseChain)];
    let staged = stage(&mut small_blocks(), transactions, Options::default()).unwrap();
    assert_eq!(shape(&staged.block), [Some((5, Accept)), Some((7, Accept)), None]);
    assert!(staged.never_reject_origins.is_empty());
}

#[test]
fn bundle_too_large_for_any_block_is_rejected() {
    let mut message = credit(tokens(1));
    message.grant = tokens(0);
    // In first place nothing else can be blamed; rejected it fits, because nothing comes back.
    let simple = PostedMessage { kind: MessageKind::Simple, ..message };
    let mut desk = Desk::new(policy(|policy| policy.maximum_block_size = 700));
    let large = bundle(6, Accept, vec![simple, withdraw()]);
    let staged = stage(&mut desk, vec![large], Options::default()).unwrap();
    assert_eq!(shape(&staged.block), [Some((6, Reject))]);
    // If it does not even fit when rejected, there is no block.
    let error = ExecutionError::BlockTooLarge;
    let expected = BlockError::ExecutionError(Box::new(error), ChainExecutionContext::IncomingBundle(0));
    assert_eq!(stage(&mut small_blocks(), vec![huge(6), fine(5)], Options::default()), Err(expected));
}

#[test]
fn too_many_failures_end_the_intake() {
    let transactions = vec![fine(5), huge(6), huge(7), fine(8), operation(SystemOperation::CloseChain)];
    let options = Options { max_failures: 1, ..Options::default() };
    let staged = stage(&mut small_blocks(), transactions, options).unwrap();
    assert_eq!(shape(&staged.block), [Some((5, Accept)), None]);
}

#[test]
fn time_is_asked_for_before_each_bundle() {
    let transactions = vec![fine(5), operation(SystemOperation::CloseChain)];
    let options = Options { time_for: 0, ..Options::default() };
    assert_eq!(shape(&stage(&mut no_fees(), transactions, options).unwrap().block), [None]);
    let options = Options { time_for: 2, ..Options::default() };
    let staged = stage(&mut no_fees(), vec![fine(5), fine(6), fine(7)], options).unwrap();
    assert_eq!(shape(&staged.block), [Some((5, Accept)), Some((6, Accept))]);
    let options = Options { time_for: 0, ..Options::default() };
    assert_eq!(stage(&mut no_fees(), vec![fine(5)], options), Err(BlockError::EmptyBlock));
}

#[test]
fn some_bundles_are_never_rejected() {
    let system: BTreeSet<_> = [GenericApplicationId::System].into();
    let options = Options { never_reject: system.clone(), ..Options::default() };
    let staged = stage(&mut no_fees(), vec![fine(5), failing(6), fine(6), fine(7)], options).unwrap();
    assert_eq!(shape(&staged.block), [Some((5, Accept)), Some((7, Accept))]);
    assert_eq!(staged.never_reject_origins, [walnut_base::ChainId(hash(6))].into());
    // One message for another application is enough to make the bundle rejectable.
    let other = [GenericApplicationId::User(ApplicationId::new(hash(1)))].into();
    let options = Options { never_reject: other, ..Options::default() };
    let staged = stage(&mut no_fees(), vec![failing(6)], options).unwrap();
    assert_eq!(shape(&staged.block), [Some((6, Reject))]);
    // A protected message cannot be rejected.
    let mut protected = withdraw();
    protected.kind = MessageKind::Protected;
    let staged =
        stage(&mut no_fees(), vec![bundle(6, Accept, vec![protected]), fine(5)], Options::default()).unwrap();
    assert_eq!(shape(&staged.block), [Some((5, Accept))]);
    assert_eq!(staged.never_reject_origins, [walnut_base::ChainId(hash(6))].into());
}

#[test]
fn failing_operation_fails_the_block() {
    let transfer = crate::test_utils::to_other_chain(tokens(1000));
    let error = ExecutionError::InsufficientBalance {
        balance: tokens(101),
        account: walnut_base::AccountOwner::CHAIN,
    };
    let expected = BlockError::ExecutionError(Box::new(error), ChainExecutionContext::Operation(1));
    assert_eq!(stage(&mut no_fees(), vec![fine(5), operation(transfer)], Options::default()), Err(expected));
}

#[test]
fn missing_data_and_missing_machines_fail_the_block() {
    let mut desk = no_fees();
    let unknown = || bundle(5, Accept, vec![user_message(3, MessageKind::Simple)]);
    let description = ApplicationId::new(hash(3)).description_blob_id();
    let at_first =
        |error| Err(BlockError::ExecutionError(Box::new(error), ChainExecutionContext::IncomingBundle(0)));
    let missing = ExecutionError::BlobsNotFound(vec![description]);
    assert_eq!(stage(&mut desk, vec![unknown()], Options::default()), at_first(missing));
    let application_id = crate::test_utils::create_counter(&mut desk);
    let mut message = user_message(3, MessageKind::Simple);
    message.message = walnut_base::Message::User { application_id, bytes: vec![] };
    let unsupported = ExecutionError::ApplicationsUnsupported(application_id);
    let transactions = vec![bundle(5, Accept, vec![message])];
    assert_eq!(stage(&mut desk, transactions, Options::default()), at_first(unsupported));
}

#[test]
fn accepted_bundle_after_closing_fails_the_block() {
    let transactions = vec![operation(SystemOperation::CloseChain), fine(5)];
    assert_eq!(stage(&mut no_fees(), transactions, Options::default()), Err(BlockError::ClosedChain));
}

#[test]
fn rejected_bundle_that_fails_fails_the_block() {
    let mut message = user_message(3, MessageKind::Simple);
    message.grant = tokens(1);
    let text = "Messages with grants should have a non-empty `refund_grant_to`";
    let result = stage(&mut no_fees(), vec![bundle(5, Reject, vec![message])], Options::default());
    let error = BlockError::ExecutionError(
        Box::new(ExecutionError::InternalError(text)),
        ChainExecutionContext::Block,
    );
    assert_eq!(result, Err(error));
}
