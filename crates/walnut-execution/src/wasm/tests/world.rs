//! A desk with applications, the world outside of it, and what they say.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use futures::executor::block_on;
use walnut_base::{
    AccountOwner, ApplicationId, BlockHeight, ChainId, Operation, ResourceControlPolicy, StreamName,
    TimeDelta, Timestamp, Transaction, http,
};

use super::apps::hash_in;
use crate::{
    BlockError, Environment, ExecutedBlock, ExecutionError, LogLevel, Outside, QueryContext,
    UserQueryOutcome, WasmApplications, query_application,
    test_utils::{Desk, description, policy},
};

pub(super) type AppDesk = Desk<WasmApplications<Senses>>;

/// What the applications see of the world, and what it sees of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Senses(pub(super) Rc<RefCell<World>>);

#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) now_micros: u64,
    /// What the clock goes on by whenever somebody looks at it.
    pub(super) tick_micros: u64,
    pub(super) query_limit: Option<TimeDelta>,
    pub(super) requests: Vec<(http::Request, http::Limits)>,
    pub(super) responses: VecDeque<Result<http::Response, ExecutionError>>,
    pub(super) logs: Vec<(ApplicationId, LogLevel, String)>,
}

impl Outside for Senses {
    fn elapsed(&self) -> TimeDelta {
        let mut world = self.0.borrow_mut();
        world.now_micros += world.tick_micros;
        TimeDelta::from_micros(world.now_micros)
    }

    fn query_limit(&self) -> Option<TimeDelta> {
        self.0.borrow().query_limit
    }

    fn url_host(&self, url: &str) -> Option<String> {
        let (_, rest) = url.split_once("://")?;
        let host = rest.split(['/', ':']).next()?;
        (!host.is_empty()).then(|| host.to_string())
    }

    async fn http(
        &self,
        request: &http::Request,
        limits: http::Limits,
    ) -> Result<http::Response, ExecutionError> {
        let mut world = self.0.borrow_mut();
        world.requests.push((request.clone(), limits));
        world.responses.pop_front().expect("the test says what comes back")
    }

    fn log(&self, application_id: &ApplicationId, level: LogLevel, message: &str) {
        self.0.borrow_mut().logs.push((*application_id, level, message.to_string()));
    }
}

pub(super) fn desk_with(change: impl FnOnce(&mut ResourceControlPolicy)) -> AppDesk {
    Desk::with_applications(policy(change), description(1), WasmApplications::new(Senses::default()))
}

pub(super) fn desk() -> AppDesk {
    desk_with(|_| {})
}

/// The world of a desk made by [`desk_with`] does not come out of it again; this one does.
pub(super) fn desk_in(senses: &Senses, change: impl FnOnce(&mut ResourceControlPolicy)) -> AppDesk {
    Desk::with_applications(policy(change), description(1), WasmApplications::new(senses.clone()))
}

/// An operation of an application.
pub(super) fn call(application_id: ApplicationId, bytes: &[u8]) -> Transaction {
    Transaction::ExecuteOperation(Operation::User { application_id, bytes: bytes.to_vec() })
}

/// One block with one operation.
pub(super) fn run(desk: &mut AppDesk, application_id: ApplicationId, bytes: &[u8]) -> ExecutedBlock {
    try_run(desk, application_id, bytes).unwrap()
}

pub(super) fn try_run(
    desk: &mut AppDesk,
    application_id: ApplicationId,
    bytes: &[u8],
) -> Result<ExecutedBlock, ExecutionError> {
    desk.execute(vec![call(application_id, bytes)]).map_err(execution_error)
}

pub(super) fn execution_error(error: BlockError) -> ExecutionError {
    match error {
        BlockError::ExecutionError(error, _) => *error,
        other => panic!("not an error of execution: {other:?}"),
    }
}

/// That an error was raised on the application's side, and which.
pub(super) fn assert_trap<T: std::fmt::Debug>(result: Result<T, ExecutionError>, error: &ExecutionError) {
    assert_eq!(result.unwrap_err(), ExecutionError::WasmError(error.to_string()));
}

/// What applications left in their streams `t`, in order.
pub(super) fn traces(executed: &ExecutedBlock) -> Vec<(ApplicationId, Vec<u8>)> {
    let events = executed.outcome.events.iter().flatten();
    let trace = |event: &walnut_base::Event| {
        assert_eq!(event.stream_id.stream_name, StreamName(b"t".to_vec()));
        let walnut_base::GenericApplicationId::User(application_id) = event.stream_id.application_id else {
            panic!("the system application emits nothing")
        };
        (application_id, event.value.clone())
    };
    events.map(trace).collect()
}

/// One frame, as `$report` sees it.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Frame {
    pub(super) tag: char,
    pub(super) signer: Option<AccountOwner>,
    pub(super) caller: Option<ApplicationId>,
    pub(super) origin: Option<ChainId>,
}

pub(super) fn frames(executed: &ExecutedBlock) -> Vec<Frame> {
    let frame = |(_, bytes): (ApplicationId, Vec<u8>)| {
        let signer = match (bytes[8], bytes[16]) {
            (0, _) => None,
            (1, 1) => Some(AccountOwner::Address32(hash_in(&bytes[24..56]))),
            other => panic!("no signer of this kind takes part: {other:?}"),
        };
        Frame {
            tag: bytes[0].into(),
            signer,
            caller: (bytes[56] == 1).then(|| ApplicationId::new(hash_in(&bytes[64..96]))),
            origin: (bytes[96] == 1).then(|| ChainId(hash_in(&bytes[104..136]))),
        }
    };
    traces(executed).into_iter().map(frame).collect()
}

/// Asks a service.
pub(super) fn ask(
    desk: &AppDesk,
    application_id: ApplicationId,
    query: &[u8],
) -> Result<UserQueryOutcome, ExecutionError> {
    let env = Environment::new(desk.chain_id, &desk.store, &desk.committees, &desk.applications);
    let context = QueryContext {
        chain_id: desk.chain_id,
        next_block_height: BlockHeight(7),
        local_time: Timestamp::from_micros(5000),
    };
    block_on(query_application(&desk.state, &env, context, application_id, query))
}
