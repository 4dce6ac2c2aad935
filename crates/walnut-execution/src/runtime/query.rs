//! Questions to services.

use walnut_base::{ApplicationId, Operation};

use crate::{Environment, ExecutionState, QueryContext, TransactionTracker, operations::LoadedApplication};

/// What a service answered.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UserQueryOutcome {
    /// The answer.
    pub response: Vec<u8>,
    /// Operations the service wants to see in a block.
    pub operations: Vec<Operation>,
}

/// What a service can see. The state is a copy, or is rolled back afterwards.
#[derive(Debug)]
pub struct QueryHost<'a, S, A> {
    /// What is read but never changed.
    pub env: &'a Environment<'a, S, A>,
    /// The chain's state.
    pub state: &'a mut ExecutionState,
    /// Blobs created in the running transaction, when the service is run as an oracle.
    pub transaction: &'a mut TransactionTracker,
    /// The circumstances.
    pub context: QueryContext,
    /// The application that is asked.
    pub application_id: ApplicationId,
    /// It and all it requires.
    pub services: Vec<LoadedApplication>,
}
