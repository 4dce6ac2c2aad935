//! The purse inside blocks.

#![cfg_attr(target_arch = "wasm32", no_main)]

use linera_sdk::linera_base_types::WithContractAbi;
use linera_sdk::views::{RootView, View};
use linera_sdk::{Contract, ContractRuntime};
use purse::PurseAbi;
use purse::abi::{InitialState, Operation, Response};
use purse::sessions::{SessionError, Sessions};
use purse::state::Purse;
use purse::types::{Amount, ApplicationId};

/// Accounts and sessions, for the length of one transaction. Only the accounts are stored at its end.
pub struct PurseContract {
    state: Purse,
    sessions: Sessions,
    runtime: ContractRuntime<Self>,
}

linera_sdk::contract!(PurseContract);

impl WithContractAbi for PurseContract {
    type Abi = PurseAbi;
}

impl Contract for PurseContract {
    type Message = ();
    type Parameters = ();
    type InstantiationArgument = InitialState;
    type EventValue = ();

    async fn load(runtime: ContractRuntime<Self>) -> Self {
        let state = Purse::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state, sessions: Sessions::default(), runtime }
    }

    async fn instantiate(&mut self, initial: InitialState) {
        let mut supply = Amount::ZERO;
        for (owner, amount) in initial.accounts {
            supply.try_add_assign(amount).expect("the supply does not fit");
            self.state.credit(owner, amount).await;
        }
    }

    async fn execute_operation(&mut self, operation: Operation) -> Response {
        match operation {
            Operation::Balance { owner } => Response::Balance(self.state.balance(&owner).await),
            Operation::Open { owner, amount } => {
                let caller = self.caller();
                if self.runtime.check_account_permission(owner).is_err() {
                    panic!("{owner} has not authorized this");
                }
                self.state.debit(owner, amount).await;
                Response::Session(self.sessions.open(caller, amount))
            }
            Operation::Pass { session, to } => {
                let caller = self.caller();
                accept(self.sessions.pass(caller, session, to));
                Response::Ok
            }
            Operation::Spend { session, amount, to } => {
                let caller = self.caller();
                let left = accept(self.sessions.spend(caller, session, amount));
                self.state.credit(to, amount).await;
                Response::Balance(left)
            }
            Operation::Close { session, refund } => {
                let caller = self.caller();
                let left = accept(self.sessions.close(caller, session));
                self.state.credit(refund, left).await;
                Response::Balance(left)
            }
        }
    }

    async fn execute_message(&mut self, (): ()) {
        panic!("the purse sends no messages");
    }

    /// The host calls this once per transaction, after everything else: the last word on sessions.
    async fn store(mut self) {
        accept(self.sessions.finish());
        self.state.save().await.expect("the state can be written");
    }
}

impl PurseContract {
    /// The application that calls, and has said who it is.
    fn caller(&mut self) -> ApplicationId {
        self.runtime
            .authenticated_caller_id()
            .expect("sessions are for applications that call, and say who they are")
    }
}

/// Fails the transaction, with the reason in the log.
fn accept<T>(result: Result<T, SessionError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
