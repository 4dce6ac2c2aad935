//! Runs applications in the virtual machine: the one implementation of [`Applications`] that does.
//!
//! [`walnut_vm::Machine`]s are stacked here, one per application on the call stack; nothing calls itself. What an
//! application may do to the chain is said by [`ActionHost`]; this folder only decides on whose behalf it is asked,
//! and puts questions and answers into each other's hands.

mod action;
mod calls;
mod contract_calls;
mod http;
mod limits;
mod modules;
mod outside;
mod promises;
mod service;

use std::sync::Arc;

use walnut_base::TimeDelta;
use walnut_views::Store;
use walnut_vm::{MemoryBudget, ModuleCache};

use crate::{ActionHost, Applications, ExecutionError, UserAction, UserQueryOutcome};

pub use outside::{NothingOutside, Outside};

use action::ActionRun;
use service::ServiceRun;

/// Runs Wasm applications. Clones share the loaded modules, also between threads.
#[derive(Clone, Debug, Default)]
pub struct WasmApplications<O = NothingOutside> {
    modules: Arc<ModuleCache>,
    outside: O,
}

impl<O: Outside> WasmApplications<O> {
    /// Applications with a view of the world outside of their chains, and an empty cache.
    pub fn new(outside: O) -> Self {
        Self { modules: Arc::default(), outside }
    }

    /// As [`WasmApplications::new`], with modules that others use, too.
    pub fn with_modules(outside: O, modules: Arc<ModuleCache>) -> Self {
        Self { modules, outside }
    }
}

impl<O: Outside> Applications for WasmApplications<O> {
    async fn run_action<S: Store>(
        &self,
        host: &mut ActionHost<'_, S, Self>,
        action: UserAction<'_>,
    ) -> Result<Option<Vec<u8>>, ExecutionError> {
        ActionRun::new(self, host, &action).await?.run(&action).await
    }

    async fn run_query<S: Store>(
        &self,
        host: &mut ActionHost<'_, S, Self>,
        query: &[u8],
    ) -> Result<UserQueryOutcome, ExecutionError> {
        let until = |limit: TimeDelta| self.outside.elapsed().as_micros().saturating_add(limit.as_micros());
        let deadline = self.outside.query_limit().map(|limit| TimeDelta::from_micros(until(limit)));
        ServiceRun::new(self, host, deadline, MemoryBudget::default()).await?.run(query).await
    }
}

#[cfg(test)]
mod tests;
