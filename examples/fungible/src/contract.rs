//! The token inside blocks.

#![cfg_attr(target_arch = "wasm32", no_main)]

use fungible::FungibleAbi;
use fungible::abi::{InitialState, Message, Operation, Parameters, Response};
use fungible::state::Token;
use fungible::types::{Account, AccountOwner, Amount};
use linera_sdk::linera_base_types::WithContractAbi;
use linera_sdk::views::{RootView, View};
use linera_sdk::{Contract, ContractRuntime};

/// The accounts of one chain, for the length of one transaction.
pub struct FungibleContract {
    state: Token,
    runtime: ContractRuntime<Self>,
}

linera_sdk::contract!(FungibleContract);

impl WithContractAbi for FungibleContract {
    type Abi = FungibleAbi;
}

impl Contract for FungibleContract {
    type Message = Message;
    type Parameters = Parameters;
    type InstantiationArgument = InitialState;
    type EventValue = ();

    async fn load(runtime: ContractRuntime<Self>) -> Self {
        let state = Token::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state, runtime }
    }

    async fn instantiate(&mut self, initial: InitialState) {
        let _: Parameters = self.runtime.application_parameters(); // fails here rather than at the first use
        let mut supply = Amount::ZERO;
        for (owner, amount) in initial.accounts {
            supply.try_add_assign(amount).expect("the supply does not fit");
            self.state.credit(owner, amount).await;
        }
        assert!(supply > Amount::ZERO, "a token without supply is of no use");
    }

    async fn execute_operation(&mut self, operation: Operation) -> Response {
        match operation {
            Operation::Balance { owner } => return Response::Balance(self.state.balance(&owner).await),
            Operation::TickerSymbol => {
                return Response::TickerSymbol(self.runtime.application_parameters().ticker_symbol);
            }
            Operation::Approve { owner, spender, allowance } => {
                self.authorize(owner);
                self.state.approve(owner, spender, allowance).await;
            }
            Operation::Transfer { owner, amount, target_account } => {
                self.authorize(owner);
                self.transfer(owner, amount, target_account).await;
            }
            Operation::TransferFrom { owner, spender, amount, target_account } => {
                self.authorize(spender);
                self.state.spend_allowance(owner, spender, amount).await;
                self.transfer(owner, amount, target_account).await;
            }
            Operation::Claim { source_account: Account { chain_id, owner }, amount, target_account } => {
                self.authorize(owner);
                if chain_id == self.runtime.chain_id() {
                    self.transfer(owner, amount, target_account).await;
                } else {
                    let message = Message::Withdraw { owner, amount, target_account };
                    self.runtime.prepare_message(message).with_authentication().send_to(chain_id);
                }
            }
        }
        Response::Ok
    }

    async fn execute_message(&mut self, message: Message) {
        match message {
            Message::Credit { target, amount, source } => {
                let is_bouncing = self.runtime.message_is_bouncing().expect("this is a message");
                self.state.credit(if is_bouncing { source } else { target }, amount).await;
            }
            Message::Withdraw { owner, amount, target_account } => {
                self.authorize(owner);
                self.transfer(owner, amount, target_account).await;
            }
        }
    }

    async fn store(mut self) {
        self.state.save().await.expect("the state can be written");
    }
}

impl FungibleContract {
    /// Fails unless the owner has signed, or is the application that calls.
    fn authorize(&mut self, owner: AccountOwner) {
        if self.runtime.check_account_permission(owner).is_err() {
            panic!("{owner} has not authorized this");
        }
    }

    /// Debits here; credits here, or by a message.
    async fn transfer(&mut self, source: AccountOwner, amount: Amount, target: Account) {
        self.state.debit(source, amount).await;
        if target.chain_id == self.runtime.chain_id() {
            self.state.credit(target.owner, amount).await;
        } else {
            let message = Message::Credit { target: target.owner, amount, source };
            self.runtime
                .prepare_message(message)
                .with_authentication()
                .with_tracking()
                .send_to(target.chain_id);
        }
    }
}
