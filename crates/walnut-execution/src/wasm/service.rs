//! One question to a service, and those it asks others (`linera-execution/src/runtime.rs`, `ServiceSyncRuntime`).

use std::collections::BTreeMap;

use walnut_base::{ApplicationId, Operation, TimeDelta};
use walnut_views::Store;
use walnut_vm::{Answer, EntryPoint, HostCall, Machine, MemoryBudget, ModuleKind, SERVICE_STEPS, Step, Trap};

use super::{
    Outside, WasmApplications,
    calls::Reply,
    limits::{Kept, STEPS_PER_LOOK},
    modules::{Instance, trap_error},
};
use crate::{ActionHost, ExecutionError, HostError, UserQueryOutcome};

/// A question under way.
pub(super) struct ServiceRun<'r, 'h, S, O> {
    applications: &'r WasmApplications<O>,
    host: &'r mut ActionHost<'h, S, WasmApplications<O>>,
    /// When there must be an answer, by the clock of [`Outside::elapsed`].
    deadline: Option<TimeDelta>,
    /// Steps that all services together may still take.
    steps_left: u64,
    memory: MemoryBudget,
    kept: Kept,
    instances: BTreeMap<ApplicationId, Instance>,
    /// Who asks whom, from the first to the last.
    frames: Vec<ApplicationId>,
    scheduled: Vec<Operation>,
}

impl<'r, 'h, S: Store, O: Outside> ServiceRun<'r, 'h, S, O> {
    /// Prepares a question to the host's application.
    pub(super) async fn new(
        applications: &'r WasmApplications<O>,
        host: &'r mut ActionHost<'h, S, WasmApplications<O>>,
        deadline: Option<TimeDelta>,
        memory: MemoryBudget,
    ) -> Result<Self, ExecutionError> {
        for application in &host.loaded {
            applications.module(host, ModuleKind::Service, application).await?;
        }
        Ok(Self {
            applications,
            host,
            deadline,
            steps_left: SERVICE_STEPS,
            memory,
            kept: Kept::default(),
            instances: BTreeMap::new(),
            frames: Vec::new(),
            scheduled: Vec::new(),
        })
    }

    /// Asks.
    pub(super) async fn run(mut self, query: &[u8]) -> Result<UserQueryOutcome, ExecutionError> {
        let mut step = self.enter(self.host.application_id, query.to_vec()).await?;
        loop {
            step = match step {
                Step::Host(HostCall::TryQueryApplication(application_id, query)) => {
                    self.enter(application_id, query).await?
                }
                Step::Host(call) => {
                    let answer = self.answer(call).await.map_err(HostError::into_execution_error)?;
                    self.resume(answer)?
                }
                // Not even before the deadline is there more to take.
                Step::Tired => return Err(too_many_steps()),
                Step::Done(output) => {
                    let response = output.unwrap_or_default();
                    self.frames.pop();
                    if self.frames.is_empty() {
                        return Ok(UserQueryOutcome { response, operations: self.scheduled });
                    }
                    self.resume(Answer::new(&response))?
                }
            };
        }
    }

    /// Asks a service, of which there is one instance per question. Asking one that is already being asked fails;
    /// upstream's thread would end.
    async fn enter(&mut self, application_id: ApplicationId, query: Vec<u8>) -> Result<Step, ExecutionError> {
        if self.frames.contains(&application_id) {
            return Err(HostError::Trap(ExecutionError::ReentrantCall(application_id)).into_execution_error());
        }
        if !self.instances.contains_key(&application_id) {
            let kind = ModuleKind::Service;
            let instance =
                self.applications.instantiate(self.host, kind, application_id, &self.memory).await?;
            self.instances.insert(application_id, instance);
        }
        self.frames.push(application_id);
        self.step(|machine, steps| machine.enter(&EntryPoint::HandleQuery(query), steps))
    }

    fn resume(&mut self, answer: Answer) -> Result<Step, ExecutionError> {
        self.step(|machine, steps| machine.resume(answer, steps))
    }

    /// Lets the service on top go on until it asks or answers. Nothing interrupts services upstream; those that are
    /// late fail when they have answered, so that it does no harm to fail at the deadline.
    fn step(
        &mut self,
        go_on: impl FnOnce(&mut Machine, u64) -> Result<Step, Trap>,
    ) -> Result<Step, ExecutionError> {
        let mut step = self.some_steps(go_on)?;
        while step == Step::Tired && self.steps_left > 0 {
            self.check_time().map_err(HostError::into_execution_error)?;
            step = self.some_steps(Machine::go_on)?;
        }
        Ok(step)
    }

    fn some_steps(
        &mut self,
        go_on: impl FnOnce(&mut Machine, u64) -> Result<Step, Trap>,
    ) -> Result<Step, ExecutionError> {
        let steps = self.steps_left.min(STEPS_PER_LOOK);
        let machine = &mut self.top()?.machine;
        let step = go_on(machine, steps);
        let taken = machine.take_fuel();
        self.steps_left = self.steps_left.saturating_sub(taken);
        step.map_err(trap_error)
    }

    fn check_time(&self) -> Result<(), HostError> {
        if self.deadline.is_some_and(|deadline| self.applications.outside.elapsed() >= deadline) {
            return Err(HostError::Trap(ExecutionError::MaximumServiceOracleExecutionTimeExceeded));
        }
        Ok(())
    }

    fn top(&mut self) -> Result<&mut Instance, ExecutionError> {
        let instances = &mut self.instances;
        self.frames.last().and_then(|application_id| instances.get_mut(application_id)).ok_or(NO_FRAME)
    }

    async fn answer(&mut self, call: HostCall) -> Result<Answer, HostError> {
        let instances = &mut self.instances;
        let instance = self
            .frames
            .last()
            .and_then(|application_id| instances.get_mut(application_id))
            .ok_or(HostError::Fail(NO_FRAME))?;
        let (application, promises) = (&instance.application, &mut instance.promises);
        let application_id = application.application_id;
        let call =
            match self.applications.answer_common(self.host, application, promises, call, false).await? {
                Reply::Answer(answer) => return Ok(answer),
                Reply::NotCommon(call) => call,
            };
        match call {
            HostCall::ScheduleOperation(bytes) => {
                self.kept.add(bytes.len())?;
                self.scheduled.push(Operation::User { application_id, bytes });
                Ok(Answer::new(&()))
            }
            HostCall::CheckExecutionTime(_) => Ok(Answer::new(&self.check_time()?)),
            // Nothing else is linked to services.
            _ => Err(HostError::Fail(ExecutionError::InternalError("a service asks as a contract"))),
        }
    }
}

fn too_many_steps() -> ExecutionError {
    ExecutionError::MachineLimit(format!("The service did not answer within {SERVICE_STEPS} steps"))
}

const NO_FRAME: ExecutionError = ExecutionError::InternalError("a service runs without a frame");
