//! One action: a stack of applications that call each other, then the finalization of all of them
//! (`linera-execution/src/runtime.rs`, `ContractSyncRuntime`).

use std::collections::BTreeMap;

use walnut_base::{AccountOwner, ApplicationId, VmRuntime};
use walnut_views::Store;
use walnut_vm::{Answer, EntryPoint, HostCall, Machine, MemoryBudget, ModuleKind, Step, Trap};

use super::{
    Outside, WasmApplications,
    calls::Reply,
    limits::Kept,
    modules::{Instance, trap_error},
};
use crate::{ActionHost, ExecutionError, HostError, MessageContext, UserAction};

/// An application on the call stack.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) application_id: ApplicationId,
    /// Who vouches for what the application does.
    pub(super) signer: Option<AccountOwner>,
    /// Who calls, if the caller wants it known.
    pub(super) caller_id: Option<ApplicationId>,
    /// What the caller gets.
    pub(super) then: Then,
}

/// What a caller gets when the callee has returned.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    /// What the callee returned.
    Return,
    /// The identifier of the application that was created.
    Created(ApplicationId),
}

/// How a question goes on.
pub(super) enum Next {
    /// It is answered.
    Answer(Answer),
    /// Another application is called first.
    Enter(Frame, EntryPoint),
}

/// An action under way.
pub(super) struct ActionRun<'r, 'h, S, O> {
    pub(super) applications: &'r WasmApplications<O>,
    pub(super) host: &'r mut ActionHost<'h, S, WasmApplications<O>>,
    /// The message, if the action is one; every frame can ask about it.
    pub(super) message: Option<MessageContext>,
    instances: BTreeMap<ApplicationId, Instance>,
    /// In the order in which they were first called.
    instantiated: Vec<ApplicationId>,
    pub(super) frames: Vec<Frame>,
    is_finalizing: bool,
    /// Shared by all machines, also those of services.
    pub(super) memory: MemoryBudget,
    kept: Kept,
}

impl<'r, 'h, S: Store, O: Outside> ActionRun<'r, 'h, S, O> {
    /// Prepares an action. Code that cannot be loaded fails it, even if it would never be called.
    pub(super) async fn new(
        applications: &'r WasmApplications<O>,
        host: &'r mut ActionHost<'h, S, WasmApplications<O>>,
        action: &UserAction<'_>,
    ) -> Result<Self, ExecutionError> {
        for application in &host.loaded {
            applications.module(host, ModuleKind::Contract, application).await?;
        }
        Ok(Self {
            applications,
            host,
            message: action.message().copied(),
            instances: BTreeMap::new(),
            instantiated: Vec::new(),
            frames: Vec::new(),
            is_finalizing: false,
            memory: MemoryBudget::default(),
            kept: Kept::default(),
        })
    }

    /// Runs the action to its end.
    pub(super) async fn run(mut self, action: &UserAction<'_>) -> Result<Option<Vec<u8>>, ExecutionError> {
        let entry = match action {
            UserAction::Instantiate(_, argument) => EntryPoint::Instantiate(argument.to_vec()),
            UserAction::Operation(_, operation) => EntryPoint::ExecuteOperation(operation.to_vec()),
            UserAction::Message(_, message) => EntryPoint::ExecuteMessage(message.to_vec()),
            UserAction::ProcessStreams(_, updates) => EntryPoint::ProcessStreams(updates.to_vec()),
        };
        let signer = action.signer();
        let output = self.execute(self.host.application_id, signer, entry).await?;
        self.is_finalizing = true;
        while let Some(application_id) = self.instantiated.pop() {
            self.execute(application_id, signer, EntryPoint::Finalize).await?;
            self.instances.remove(&application_id);
        }
        Ok(output)
    }

    /// Calls an application that nobody calls, and everything that it calls.
    async fn execute(
        &mut self,
        application_id: ApplicationId,
        signer: Option<AccountOwner>,
        entry: EntryPoint,
    ) -> Result<Option<Vec<u8>>, ExecutionError> {
        let frame = Frame { application_id, signer, caller_id: None, then: Then::Return };
        let mut step = self.enter(frame, &entry).await?;
        loop {
            step = match step {
                Step::Host(call) => match self.answer(call).await.map_err(HostError::into_execution_error)? {
                    Next::Answer(answer) => self.resume(answer)?,
                    Next::Enter(frame, entry) => self.enter(frame, &entry).await?,
                },
                Step::Tired => return Err(ExecutionError::InternalError("a contract counts its own fuel")),
                Step::Done(output) => {
                    let returned = self.frames.pop();
                    if self.frames.is_empty() {
                        return Ok(output);
                    }
                    match returned.map(|frame| frame.then) {
                        Some(Then::Created(application_id)) => self.resume(Answer::new(&application_id))?,
                        _ => self.resume(Answer::new(&output.unwrap_or_default()))?,
                    }
                }
            };
        }
    }

    /// Answers the application on top.
    async fn answer(&mut self, call: HostCall) -> Result<Next, HostError> {
        self.kept.add_call(&call)?;
        let instance = self
            .frames
            .last()
            .and_then(|frame| self.instances.get_mut(&frame.application_id))
            .ok_or(HostError::Fail(NO_FRAME))?;
        let (application, promises) = (&instance.application, &mut instance.promises);
        match self.applications.answer_common(self.host, application, promises, call, true).await? {
            Reply::Answer(answer) => Ok(Next::Answer(answer)),
            Reply::NotCommon(call) => self.answer_contract(call).await,
        }
    }

    /// Checks that an application may be called now, and prepares its frame. Reentrancy is checked first.
    pub(super) fn callee_frame(
        &self,
        callee_id: ApplicationId,
        authenticated: bool,
        then: Then,
    ) -> Result<Frame, HostError> {
        if self.frames.iter().any(|frame| frame.application_id == callee_id) {
            return Err(HostError::Trap(ExecutionError::ReentrantCall(callee_id)));
        }
        let caller = self.frames.last().ok_or(HostError::Fail(NO_FRAME))?;
        if self.is_finalizing {
            return Err(HostError::Trap(ExecutionError::CrossApplicationCallInFinalize {
                caller_id: Box::new(caller.application_id),
                callee_id: Box::new(callee_id),
            }));
        }
        Ok(Frame {
            application_id: callee_id,
            signer: if authenticated { caller.signer } else { None },
            caller_id: authenticated.then_some(caller.application_id),
            then,
        })
    }

    /// Calls an entry point in a new frame. The first call makes an instance.
    async fn enter(&mut self, frame: Frame, entry: &EntryPoint) -> Result<Step, ExecutionError> {
        let application_id = frame.application_id;
        if !self.instances.contains_key(&application_id) {
            let kind = ModuleKind::Contract;
            let instance =
                self.applications.instantiate(self.host, kind, application_id, &self.memory).await?;
            self.instances.insert(application_id, instance);
            self.instantiated.push(application_id);
        }
        self.frames.push(frame);
        self.step(|machine, fuel| machine.enter(entry, fuel))
    }

    fn resume(&mut self, answer: Answer) -> Result<Step, ExecutionError> {
        self.step(|machine, fuel| machine.resume(answer, fuel))
    }

    /// Lets the machine on top go on until it stops, with as much fuel as the action can pay, and charges what it
    /// used.
    fn step(
        &mut self,
        go_on: impl FnOnce(&mut Machine, u64) -> Result<Step, Trap>,
    ) -> Result<Step, ExecutionError> {
        let fuel = self.host.meter().remaining_fuel(VmRuntime::Wasm);
        let frame = self.frames.last().ok_or(NO_FRAME)?;
        let instance = self.instances.get_mut(&frame.application_id).ok_or(NO_FRAME)?;
        let step = go_on(&mut instance.machine, fuel);
        let used = instance.machine.take_fuel();
        // What stops a machine for lack of fuel is this very charge.
        let charged = self.host.meter().track_fuel(used, VmRuntime::Wasm);
        charged.map_err(|error| HostError::Trap(error).into_execution_error())?;
        step.map_err(trap_error)
    }
}

const NO_FRAME: ExecutionError = ExecutionError::InternalError("an application runs without a frame");
