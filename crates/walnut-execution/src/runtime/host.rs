//! What a running action may do to the chain.

use walnut_base::{Account, ApplicationId};

use crate::{ActionController, executor::Executor, operations::LoadedApplication};

/// The chain as one action sees it. Charges go to the private pool of [`ActionHost::controller`]; blob reads alone are
/// charged through the executor, to the chain and the block's signer.
#[derive(Debug)]
pub struct ActionHost<'a, S, A> {
    /// The rules of the system application, on the state as it is now.
    pub executor: Executor<'a, S, A>,
    /// The pool and the counters of this action.
    pub controller: ActionController,
    /// The application whose action this is.
    pub application_id: ApplicationId,
    /// It and all it requires, directly or not; others are loaded when they are called.
    pub contracts: Vec<LoadedApplication>,
    /// Where what is left of the grants of outgoing messages goes.
    pub refund_grant_to: Option<Account>,
}
