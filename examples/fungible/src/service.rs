//! Questions about the token: the standard's queries and one mutation per operation.

#![cfg_attr(target_arch = "wasm32", no_main)]

use std::sync::Arc;

use async_graphql::{EmptySubscription, Object, Request, Response, Schema};
use fungible::FungibleAbi;
use fungible::abi::{Operation, Parameters};
use fungible::state::{OwnerSpender, Token};
use fungible::types::{Account, AccountOwner, Amount};
use linera_sdk::linera_base_types::WithServiceAbi;
use linera_sdk::views::{MapView, View};
use linera_sdk::{Service, ServiceRuntime};

/// The accounts of one chain as of its last block.
#[derive(Clone)]
pub struct FungibleService {
    state: Arc<Token>,
    runtime: Arc<ServiceRuntime<Self>>,
}

linera_sdk::service!(FungibleService);

impl WithServiceAbi for FungibleService {
    type Abi = FungibleAbi;
}

impl Service for FungibleService {
    type Parameters = Parameters;

    async fn new(runtime: ServiceRuntime<Self>) -> Self {
        let state = Token::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state: Arc::new(state), runtime: Arc::new(runtime) }
    }

    async fn handle_query(&self, request: Request) -> Response {
        let mutation = Mutation { runtime: Arc::clone(&self.runtime) };
        Schema::new(self.clone(), mutation, EmptySubscription).execute(request).await
    }
}

#[Object]
impl FungibleService {
    /// Balances by owner.
    async fn accounts(&self) -> &MapView<AccountOwner, Amount> {
        &self.state.accounts
    }

    /// What others may spend.
    async fn allowances(&self) -> &MapView<OwnerSpender, Amount> {
        &self.state.allowances
    }

    /// The name that people see beside amounts.
    async fn ticker_symbol(&self) -> String {
        self.runtime.application_parameters().ticker_symbol
    }
}

/// Operations, scheduled for the next block.
struct Mutation {
    runtime: Arc<ServiceRuntime<FungibleService>>,
}

impl Mutation {
    fn schedule(&self, operation: &Operation) -> bool {
        self.runtime.schedule_operation(operation);
        true
    }
}

#[Object]
impl Mutation {
    async fn balance(&self, owner: AccountOwner) -> bool {
        self.schedule(&Operation::Balance { owner })
    }

    async fn ticker_symbol(&self) -> bool {
        self.schedule(&Operation::TickerSymbol)
    }

    async fn approve(&self, owner: AccountOwner, spender: AccountOwner, allowance: Amount) -> bool {
        self.schedule(&Operation::Approve { owner, spender, allowance })
    }

    async fn transfer(&self, owner: AccountOwner, amount: Amount, target_account: Account) -> bool {
        self.schedule(&Operation::Transfer { owner, amount, target_account })
    }

    async fn transfer_from(
        &self,
        owner: AccountOwner,
        spender: AccountOwner,
        amount: Amount,
        target_account: Account,
    ) -> bool {
        self.schedule(&Operation::TransferFrom { owner, spender, amount, target_account })
    }

    async fn claim(&self, source_account: Account, amount: Amount, target_account: Account) -> bool {
        self.schedule(&Operation::Claim { source_account, amount, target_account })
    }
}
