//! What a running action may do to the chain, call by call. The calls are in `host_chain`, `host_oracle` and
//! `host_state`; the machine passes in which application, and on whose behalf, its top frame runs.

use walnut_base::{Account, Amount, ApplicationId};
use walnut_views::StoreError;

use crate::{
    ActionController, ExecutionError, Meter, ProcessStreamsContext, executor::Executor,
    operations::LoadedApplication,
};

/// The chain as one action sees it, or one question to a service, for which everything is free. Charges go to the private pool of [`ActionHost::controller`]; blob reads alone are
/// charged through the executor, to the chain and the block's signer.
#[derive(Debug)]
pub struct ActionHost<'a, S, A> {
    /// The rules of the system application, on the state as it is now.
    pub executor: Executor<'a, S, A>,
    /// The pool and the counters of this action.
    pub controller: ActionController,
    /// The application whose action this is.
    pub application_id: ApplicationId,
    /// The block the action is part of.
    pub block: ProcessStreamsContext,
    /// It and all it requires, directly or not; others are loaded when they are called.
    pub loaded: Vec<LoadedApplication>,
    /// Where what is left of the grants of outgoing messages goes.
    pub refund_grant_to: Option<Account>,
}

impl<S, A> ActionHost<'_, S, A> {
    /// Charges the action.
    pub fn meter(&mut self) -> Meter<'_, &mut Amount> {
        self.controller.meter()
    }

    /// The application asked for an identifier that its node knows.
    pub fn charge_runtime_hash(&mut self) -> Result<(), HostError> {
        self.meter().track_runtime_hash().or_trap()
    }

    /// The application asked for its parameters.
    pub fn charge_parameters(&mut self, parameters: &[u8]) -> Result<(), HostError> {
        self.meter().track_runtime_parameters(parameters).or_trap()
    }
}

/// Why a host call failed. Upstream raises some errors on the application's side of the boundary, where they lose
/// their kind; which side it is decides what a block builder does about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HostError {
    /// Raised on the application's side: the application traps.
    Trap(ExecutionError),
    /// Raised on the chain's side: execution ends with this very error.
    Fail(ExecutionError),
}

impl HostError {
    /// The error of the action as a whole.
    pub fn into_execution_error(self) -> ExecutionError {
        match self {
            HostError::Trap(error) => ExecutionError::WasmError(error.to_string()),
            HostError::Fail(error) => error,
        }
    }
}

impl From<StoreError> for HostError {
    fn from(error: StoreError) -> Self {
        HostError::Fail(error.into())
    }
}

/// Says on which side of the boundary an error was raised.
pub(super) trait Side<T> {
    /// On the application's side.
    fn or_trap(self) -> Result<T, HostError>;

    /// On the chain's side.
    fn or_fail(self) -> Result<T, HostError>;
}

impl<T, E: Into<ExecutionError>> Side<T> for Result<T, E> {
    fn or_trap(self) -> Result<T, HostError> {
        self.map_err(|error| HostError::Trap(error.into()))
    }

    fn or_fail(self) -> Result<T, HostError> {
        self.map_err(|error| HostError::Fail(error.into()))
    }
}
