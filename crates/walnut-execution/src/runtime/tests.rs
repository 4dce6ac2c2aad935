//! Actions of applications, played by a script: pools, grants, free applications, results, streams, host calls.

use walnut_base::{
    Account, AccountOwner, Amount, ApplicationId, Blob, ChainId, Event, EventId, Message, MessageAction,
    MessageKind, OperationResult, OracleResponse, ResourceControlPolicy, StreamId, SystemOperation,
    Timestamp, Transaction,
};
use walnut_views::Batch;

use crate::{
    BlockError, ChainExecutionContext, ExecutedBlock, ExecutionError, Resources, SendMessageRequest,
    test_utils::{
        Desk, Script, Step, bundle, create_counter, description, hash, operation, other_chain, owner, policy,
        posted, tokens,
    },
};

fn desk(policy: ResourceControlPolicy, script: Script) -> (Desk<Script>, ApplicationId) {
    let mut desk = Desk::with_applications(policy, description(1), script);
    let application_id = create_counter(&mut desk);
    (desk, application_id)
}

fn call(application_id: ApplicationId) -> Transaction {
    Transaction::ExecuteOperation(walnut_base::Operation::User { application_id, bytes: vec![1, 2] })
}

fn deliver(application_id: ApplicationId, grant: Amount) -> Transaction {
    let mut message = posted(MessageKind::Simple, Message::User { application_id, bytes: vec![1] });
    message.grant = grant;
    message.refund_grant_to = Some(Account { chain_id: other_chain(), owner: owner(6) });
    message.authenticated_signer = Some(owner(8));
    bundle(5, MessageAction::Accept, vec![message])
}

fn fuel_policy() -> ResourceControlPolicy {
    policy(|policy| policy.wasm_fuel_unit = tokens(1))
}

fn results(executed: &ExecutedBlock) -> Vec<&[u8]> {
    executed.outcome.operation_results.iter().map(|OperationResult(bytes)| &bytes[..]).collect()
}

fn at_operation(error: ExecutionError) -> Result<ExecutedBlock, BlockError> {
    Err(BlockError::ExecutionError(Box::new(error), ChainExecutionContext::Operation(0)))
}

#[test]
fn first_call_records_what_the_application_consists_of() {
    let (mut desk, app) =
        desk(ResourceControlPolicy::no_fees(), Script::new([(vec![], &b"one"[..]), (vec![], b"two")]));
    let executed = desk.execute(vec![call(app), call(app)]).unwrap();
    let (contract, service) = crate::test_utils::module_blobs(1);
    let blobs = [app.description_blob_id(), contract.id(), service.id()];
    assert_eq!(executed.outcome.oracle_responses, [blobs.map(OracleResponse::Blob).to_vec(), vec![]]);
    assert_eq!(results(&executed), [&b"one"[..], b"two"]);
    assert_eq!((executed.resources.operations, executed.resources.operation_bytes), (2, 4));
}

#[test]
fn created_application_is_instantiated_and_callable_in_the_block() {
    let script = Script::new([(vec![], &b""[..]), (vec![], b"called")]);
    let (mut desk, _) = desk(ResourceControlPolicy::no_fees(), script.clone());
    let module_id = crate::test_utils::store_module(&mut desk, 1);
    let create = operation(SystemOperation::CreateApplication {
        module_id,
        parameters: vec![],
        instantiation_argument: vec![9],
        required_application_ids: vec![],
    });
    let app = walnut_base::ApplicationDescription {
        module_id,
        creator_chain_id: desk.chain_id,
        block_height: walnut_base::BlockHeight(0),
        application_index: 0,
        parameters: vec![],
        required_application_ids: vec![],
    }
    .id();
    let executed = desk.execute(vec![create, call(app)]).unwrap();
    assert_eq!(*script.log.borrow(), ["instantiate", "operation"]);
    assert_eq!(results(&executed), [&b""[..], b"called"]);
    // The bytecode is recorded as used, the application of the block itself is not.
    assert_eq!(executed.outcome.oracle_responses[0].len(), 2);
    assert_eq!(executed.outcome.oracle_responses[1], []);
}

#[test]
fn operation_is_paid_by_chain_then_signer() {
    let (mut desk, app) = desk(fuel_policy(), Script::new([(vec![Step::Fuel(101)], &b""[..])]));
    desk.endow(owner(1), tokens(5));
    desk.save();
    let executed = desk.execute(vec![call(app)]).unwrap();
    assert_eq!((desk.balance(), desk.balance_of(owner(1))), (Amount::ZERO, Some(tokens(4))));
    assert_eq!(executed.resources.wasm_fuel, 101);
}

#[test]
fn application_cannot_use_more_than_the_pool() {
    let (mut desk, app) = desk(fuel_policy(), Script::new([(vec![Step::Fuel(101)], &b""[..])]));
    let error = ExecutionError::FeesExceedFunding { fees: tokens(101), balance: tokens(100) };
    assert_eq!(desk.execute(vec![call(app)]), at_operation(ExecutionError::WasmError(error.to_string())));
}

#[test]
fn application_that_gives_the_money_away_cannot_settle() {
    let recipient = Account::chain(other_chain());
    let steps = vec![Step::Transfer(AccountOwner::CHAIN, recipient, tokens(100)), Step::Fuel(1)];
    let (mut desk, app) = desk(fuel_policy(), Script::new([(steps, &b""[..])]));
    let error = ExecutionError::FeesExceedFunding { fees: tokens(1), balance: Amount::ZERO };
    assert_eq!(desk.execute(vec![call(app)]), at_operation(error));
}

#[test]
fn grant_pays_instead_of_the_chain_and_the_rest_returns() {
    let (mut desk, app) = desk(fuel_policy(), Script::new([(vec![Step::Fuel(3)], &b""[..])]));
    let executed = desk.execute(vec![deliver(app, tokens(10))]).unwrap();
    assert_eq!(desk.balance(), tokens(100));
    let refund = &executed.outcome.messages[0][0];
    let credit = walnut_base::SystemMessage::Credit { target: owner(6), amount: tokens(7), source: owner(8) };
    assert_eq!((refund.destination, &refund.message), (other_chain(), &credit.into()));

    // An exhausted grant is topped up by the block's signer, never by the chain.
    let (mut desk, app) = self::desk(fuel_policy(), Script::new([(vec![Step::Fuel(13)], &b""[..])]));
    desk.endow(owner(1), tokens(5));
    desk.save();
    let executed = desk.execute(vec![deliver(app, tokens(10))]).unwrap();
    assert_eq!((desk.balance(), desk.balance_of(owner(1))), (tokens(100), Some(tokens(2))));
    assert_eq!(executed.outcome.messages, [vec![]]);
    let (mut desk, app) = self::desk(fuel_policy(), Script::new([(vec![Step::Fuel(13)], &b""[..])]));
    let result = desk.execute(vec![deliver(app, tokens(10))]);
    let error = ExecutionError::FeesExceedFunding { fees: tokens(13), balance: tokens(10) };
    let error = ExecutionError::WasmError(error.to_string());
    assert_eq!(
        result,
        Err(BlockError::ExecutionError(Box::new(error), ChainExecutionContext::IncomingBundle(0)))
    );
}

fn send(grant: Resources) -> Step {
    Step::Send(SendMessageRequest {
        destination: other_chain(),
        authenticated: false,
        is_tracked: true,
        grant,
        message: vec![7, 7],
    })
}

#[test]
fn messages_carry_the_signer_and_a_paid_grant() {
    let fuel = Resources { wasm_fuel: 4, ..Resources::default() };
    let steps = vec![send(Resources::default()), send(fuel)];
    let (mut desk, app) = desk(fuel_policy(), Script::new([(steps, &b""[..])]));
    let executed = desk.execute(vec![call(app)]).unwrap();
    let [plain, paid] = &executed.outcome.messages[0][..] else { panic!("two messages") };
    assert_eq!(
        (plain.authenticated_signer, plain.grant, plain.refund_grant_to),
        (Some(owner(1)), Amount::ZERO, None)
    );
    let refund = Account { chain_id: desk.chain_id, owner: owner(1) };
    assert_eq!(
        (paid.grant, paid.refund_grant_to, paid.kind),
        (tokens(4), Some(refund), MessageKind::Tracked)
    );
    assert_eq!(desk.balance(), tokens(96));
    assert_eq!(executed.resources.grants, tokens(4));
}

#[test]
fn free_application_pays_for_operations_only() {
    let fuel = Resources { wasm_fuel: 4, ..Resources::default() };
    let steps = || vec![Step::Fuel(5), send(fuel), Step::CreateBlob(vec![0; 50])];
    let prices = |app| {
        policy(|policy| {
            policy.wasm_fuel_unit = tokens(1);
            policy.blob_published = tokens(1);
            policy.message = tokens(1);
            policy.maximum_blob_size = 400;
            policy.http_request_allow_list.insert(ResourceControlPolicy::free_application_flag(&app));
        })
    };
    let (_, app) = desk(fuel_policy(), Script::default());
    let (mut desk, _) = desk(prices(app), Script::new([(steps(), &b""[..]), (steps(), b"")]));
    let executed = desk.execute(vec![deliver(app, Amount::ZERO)]).unwrap();
    assert_eq!(desk.balance(), tokens(100));
    assert_eq!((executed.resources.wasm_fuel, executed.resources.messages), (5, 0));
    // Grants are not paid for either, yet they are given.
    assert_eq!(executed.outcome.messages[0][0].grant, tokens(4));
    let executed = desk.execute(vec![call(app)]).unwrap();
    // Fuel 5, grant 4, blob 1; the message itself stays free.
    assert_eq!(desk.balance(), tokens(90));
    assert_eq!(executed.resources.messages, 0);
}

#[test]
fn only_free_creators_escape_the_blob_limit() {
    let create = |bytes| Script::new([(vec![Step::CreateBlob(vec![0; bytes])], &b""[..])]);
    let limit = |policy: &mut ResourceControlPolicy| policy.maximum_blob_size = 400;
    let (mut paying, app) = desk(policy(limit), create(401));
    assert_eq!(paying.execute(vec![call(app)]), at_operation(ExecutionError::BlobTooLarge));
    let free = policy(|policy| {
        limit(policy);
        policy.http_request_allow_list.insert(ResourceControlPolicy::free_application_flag(&app));
    });
    let (mut free, app) = desk(free, create(401));
    assert!(free.execute(vec![deliver(app, Amount::ZERO)]).is_ok());
}

#[test]
fn empty_batch_creates_the_store() {
    let (mut desk, app) =
        desk(ResourceControlPolicy::no_fees(), Script::new([(vec![Step::Write(Batch::new())], &b""[..])]));
    assert!(!desk.state.users.contains(&app));
    desk.execute(vec![call(app)]).unwrap();
    assert!(desk.state.users.contains(&app));
}

#[test]
fn writes_are_charged_by_operation_and_byte() {
    let mut batch = Batch::new();
    batch.put([1, 2], [3]);
    batch.delete([1, 2, 3, 4]);
    batch.delete_prefix([9]);
    let prices = policy(|policy| {
        policy.write_operation = tokens(1);
        policy.byte_written = tokens(2);
    });
    let (mut desk, app) = desk(prices, Script::new([(vec![Step::Write(batch)], &b""[..])]));
    let executed = desk.execute(vec![call(app)]).unwrap();
    assert_eq!((executed.resources.write_operations, executed.resources.bytes_written), (3, 8));
    assert_eq!(desk.balance(), tokens(100 - 3 - 16));
}

#[test]
fn limits_inside_an_application_lose_their_kind() {
    let limits = policy(|policy| policy.maximum_wasm_fuel_per_block = 10);
    let (mut desk, app) = desk(limits, Script::new([(vec![Step::Fuel(11)], &b""[..])]));
    let error = ExecutionError::MaximumFuelExceeded(walnut_base::VmRuntime::Wasm);
    assert_eq!(desk.execute(vec![call(app)]), at_operation(ExecutionError::WasmError(error.to_string())));
}

#[test]
fn fuel_adds_up_over_transactions() {
    let limits = policy(|policy| policy.maximum_wasm_fuel_per_block = 10);
    let half = || (vec![Step::Fuel(5)], &b""[..]);
    let (mut desk, app) = desk(limits, Script::new([half(), half(), half()]));
    let error = desk.execute(vec![call(app), call(app), call(app)]).unwrap_err();
    let BlockError::ExecutionError(_, context) = error else { panic!("{error:?}") };
    assert_eq!(context, ChainExecutionContext::Operation(2));
}

#[test]
fn events_are_numbered_and_charged() {
    let emit = |name: &[u8]| Step::Emit(name.to_vec(), vec![1, 2, 3]);
    let prices = policy(|policy| policy.byte_written = tokens(1));
    let (mut desk, app) = desk(prices, Script::new([(vec![emit(b"a"), emit(b"b"), emit(b"a")], &b""[..])]));
    let executed = desk.execute(vec![call(app)]).unwrap();
    let event =
        |name: &[u8], index| Event { stream_id: StreamId::user(app, name), index, value: vec![1, 2, 3] };
    assert_eq!(executed.outcome.events, [vec![event(b"a", 0), event(b"b", 0), event(b"a", 1)]]);
    assert_eq!(desk.balance(), tokens(91));

    let (mut desk, app) = self::desk(
        ResourceControlPolicy::no_fees(),
        Script::new([(vec![emit(&[0; 64]), emit(&[0; 65])], &b""[..])]),
    );
    let error = ExecutionError::WasmError("Stream names can be at most 64 bytes.".into());
    assert_eq!(desk.execute(vec![call(app)]), at_operation(error));
}

#[test]
fn data_blobs_are_free_in_their_block_and_charged_to_the_chain_later() {
    let blob = Blob::new_data(vec![0; 10]);
    let hash = blob.id().hash;
    let prices = policy(|policy| {
        policy.blob_read = tokens(1);
        policy.blob_byte_read = tokens(1);
    });
    let script = Script::new([
        (vec![Step::CreateBlob(vec![0; 10]), Step::ReadBlob(hash)], &b""[..]),
        (vec![Step::ReadBlob(hash)], b""),
    ]);
    let (mut same_block, app) = desk(prices.clone(), script);
    let executed = same_block.execute(vec![call(app), call(app)]).unwrap();
    assert_eq!(same_block.balance(), tokens(100));
    assert_eq!(executed.outcome.blobs, [vec![blob.clone()], vec![]]);
    assert_eq!(executed.outcome.oracle_responses[1], []);

    let script = Script::new([
        (vec![], &b""[..]),
        (vec![Step::ReadBlob(hash), Step::ReadBlob(hash)], b""),
        (vec![Step::AssertBlob(hash)], b""),
    ]);
    let (mut stored, app) = desk(prices.clone(), script);
    stored.put_blob(&blob);
    let executed = stored.execute(vec![call(app), call(app), call(app)]).unwrap();
    assert_eq!(executed.outcome.oracle_responses[1], [OracleResponse::Blob(blob.id())]);
    assert_eq!(executed.outcome.oracle_responses[2], []);
    assert_eq!(stored.balance(), tokens(100 - 11 - 11 - 1));
    // Only the money shows: the counters are those of the action, which never saw the reads.
    assert_eq!(executed.resources.blobs_read, 0);

    // A blob that is new to the chain is recorded twice when its existence is asserted.
    let script = Script::new([(vec![], &b""[..]), (vec![Step::AssertBlob(hash)], b"")]);
    let (mut new, app) = desk(prices, script);
    new.put_blob(&blob);
    let executed = new.execute(vec![call(app), call(app)]).unwrap();
    let twice = vec![OracleResponse::Blob(blob.id()); 2];
    assert_eq!(executed.outcome.oracle_responses[1], twice);
}

#[test]
fn oracles_record_time_and_round() {
    let later = Timestamp::from_micros(2001);
    let script = || Script::new([(vec![], &b""[..]), (vec![Step::AssertBefore(later), Step::Round], b"")]);
    let (mut desk, app) = desk(ResourceControlPolicy::no_fees(), script());
    let block = desk.block(vec![call(app), call(app)]);
    let executed = desk.execute_with(&block, &[], None).unwrap();
    assert_eq!(executed.outcome.oracle_responses[1], [OracleResponse::Assert, OracleResponse::Round(None)]);

    let (mut late, _) = self::desk(
        ResourceControlPolicy::no_fees(),
        Script::new([(vec![Step::AssertBefore(Timestamp::from_micros(2000))], &b""[..])]),
    );
    let error = late.execute(vec![call(app)]).unwrap_err();
    let BlockError::ExecutionError(error, _) = error else { panic!("{error:?}") };
    assert!(matches!(*error, ExecutionError::WasmError(_)), "{error:?}");

    // A replay does not look at the clock and takes the recorded round.
    let (mut replayed, _) = self::desk(ResourceControlPolicy::no_fees(), script());
    let mut recorded = executed.outcome.oracle_responses.clone();
    recorded[1][1] = OracleResponse::Round(Some(3));
    let outcome = replayed.execute_with(&block, &[], Some(&recorded)).unwrap().outcome;
    assert_eq!(outcome.oracle_responses, recorded);
}

#[test]
fn event_of_another_chain_is_an_oracle() {
    let script = || Script::new([(vec![Step::ReadEvent(other_chain(), b"feed".to_vec(), 2)], &b""[..])]);
    let (mut desk, app) = desk(policy(|policy| policy.byte_read = tokens(1)), script());
    let event_id = EventId { chain_id: other_chain(), stream_id: StreamId::user(app, *b"feed"), index: 2 };
    let missing = ExecutionError::EventsNotFound(vec![event_id.clone()]);
    assert_eq!(desk.execute(vec![call(app)]), at_operation(missing));
    desk.put_event(&event_id, b"hello");
    desk.applications = script();
    let executed = desk.execute(vec![call(app)]).unwrap();
    let last = executed.outcome.oracle_responses[0].last();
    assert_eq!(last, Some(&OracleResponse::Event(event_id, b"hello".to_vec())));
    assert_eq!(desk.balance(), tokens(95));
}

fn feed() -> (ChainId, StreamId) {
    (other_chain(), StreamId::user(ApplicationId::new(hash(0x77)), *b"feed"))
}

fn update(next_index: u32) -> Transaction {
    let (chain_id, stream_id) = feed();
    operation(SystemOperation::UpdateStreams(vec![(chain_id, stream_id, next_index)]))
}

fn with_events(desk: &Desk<Script>) {
    let (chain_id, stream_id) = feed();
    for index in 0..10 {
        desk.put_event(&EventId { chain_id, stream_id: stream_id.clone(), index }, &[1]);
    }
}

#[test]
fn subscribers_process_new_events_and_erase_the_result() {
    let (chain_id, stream_id) = feed();
    let subscribe = || Step::Subscribe(chain_id, stream_id.clone());
    let script = Script::new([(vec![subscribe()], &b"result"[..])]);
    let (mut desk, app) = desk(ResourceControlPolicy::no_fees(), script.clone());
    with_events(&desk);
    let executed = desk.execute(vec![call(app), update(3), update(5)]).unwrap();
    assert_eq!(*script.log.borrow(), ["operation", "streams 0..3", "streams 3..5"]);
    assert_eq!(results(&executed), [&b"result"[..], b"", b""]);

    // Whoever comes later processes what is already known, in the same transaction, and its result is lost.
    let script = Script::new([(vec![subscribe(), subscribe()], &b"result"[..])]);
    let (mut desk, app) = self::desk(ResourceControlPolicy::no_fees(), script.clone());
    with_events(&desk);
    let executed = desk.execute(vec![update(4), call(app)]).unwrap();
    assert_eq!(*script.log.borrow(), ["operation", "streams 0..4"]);
    assert_eq!(results(&executed), [&b""[..], b""]);
}

#[test]
fn last_unsubscription_forgets_the_position() {
    let (chain_id, stream_id) = feed();
    let script = Script::new([
        (vec![Step::Subscribe(chain_id, stream_id.clone())], &b""[..]),
        (vec![Step::Unsubscribe(chain_id, stream_id.clone())], b""),
    ]);
    let (mut desk, app) = desk(ResourceControlPolicy::no_fees(), script.clone());
    with_events(&desk);
    desk.execute(vec![update(4), call(app)]).unwrap();
    // The stream is processed (by an action that unsubscribes), then forgotten: index 1 is news again.
    desk.execute(vec![update(1)]).unwrap();
    assert_eq!(*script.log.borrow(), ["operation", "streams 0..4"]);
}

#[test]
fn second_update_of_a_stream_in_one_pass_is_dropped() {
    let (chain_id, stream_id) = feed();
    let subscribe = || Step::Subscribe(chain_id, stream_id.clone());
    let again = vec![Step::Unsubscribe(chain_id, stream_id.clone()), subscribe()];
    let script = Script::new([(vec![subscribe()], &b""[..]), (again, b"")]);
    let (mut desk, app) = desk(ResourceControlPolicy::no_fees(), script.clone());
    with_events(&desk);
    desk.execute(vec![update(4), call(app)]).unwrap();
    assert_eq!(*script.log.borrow(), ["operation", "streams 0..4"]);
}

#[test]
fn open_chain_and_close_chain_from_an_application() {
    let (mut desk, app) = desk(
        ResourceControlPolicy::no_fees(),
        Script::new([(vec![Step::OpenChain(tokens(3)), Step::CloseChain], &b""[..])]),
    );
    let permissions = walnut_base::ApplicationPermissions { close_chain: vec![app], ..Default::default() };
    desk.state.system.application_permissions.set(permissions);
    desk.save();
    let executed = desk.execute(vec![call(app)]).unwrap();
    assert_eq!(desk.balance(), tokens(97));
    assert_eq!(executed.outcome.blobs[0].len(), 1);
    assert_eq!(executed.resources.bytes_runtime, 8);
    assert!(*desk.state.system.closed.get());
}
