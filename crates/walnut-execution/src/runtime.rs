//! The seam to whatever runs user applications.
//!
//! Everything an action can do to the chain is here or in [`crate::Executor`]; what is missing is the machine that
//! executes bytecode. An implementation of [`Applications`] keeps a stack of paused machines, one per frame, resumes
//! the top one until it pauses at a host call, answers the call through the [`ActionHost`], and resumes it with the
//! answer. The host is asynchronous only where it reads storage.

mod action;
mod host;
mod host_chain;
mod host_oracle;
mod host_state;

use std::future::Future;

use walnut_base::Operation;
use walnut_views::Store;

use crate::ExecutionError;

pub use action::UserAction;
pub use host::{ActionHost, HostError};
pub use host_oracle::ServiceQuery;
pub use host_state::KeyValues;

/// Runs user applications. One implementation serves all chains of a process; it may cache compiled modules.
pub trait Applications: Sized {
    /// Runs one action: the entry point on the host's application, then the finalization of every application that
    /// took part, in reverse order of first instantiation. Returns what the entry point returned; only operations
    /// return something.
    fn run_action<S: Store>(
        &self,
        host: &mut ActionHost<'_, S, Self>,
        action: UserAction<'_>,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, ExecutionError>>;

    /// Asks the service of the host's application. What the service changes is the caller's to forget.
    fn run_query<S: Store>(
        &self,
        host: &mut ActionHost<'_, S, Self>,
        query: &[u8],
    ) -> impl Future<Output = Result<UserQueryOutcome, ExecutionError>>;
}

/// What a service answered.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UserQueryOutcome {
    /// The answer.
    pub response: Vec<u8>,
    /// Operations the service wants to see in a block.
    pub operations: Vec<Operation>,
}

/// Runs no application: every action and query fails with [`ExecutionError::ApplicationsUnsupported`]. A node built
/// with this can follow chains that use the system application alone, and refuses to guess about others.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnsupportedApplications;

impl Applications for UnsupportedApplications {
    async fn run_action<S: Store>(
        &self,
        host: &mut ActionHost<'_, S, Self>,
        _action: UserAction<'_>,
    ) -> Result<Option<Vec<u8>>, ExecutionError> {
        Err(ExecutionError::ApplicationsUnsupported(host.application_id))
    }

    async fn run_query<S: Store>(
        &self,
        host: &mut ActionHost<'_, S, Self>,
        _query: &[u8],
    ) -> Result<UserQueryOutcome, ExecutionError> {
        Err(ExecutionError::ApplicationsUnsupported(host.application_id))
    }
}

#[cfg(test)]
mod tests;
