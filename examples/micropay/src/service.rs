//! Questions about a payment.

#![cfg_attr(target_arch = "wasm32", no_main)]

use std::sync::Arc;

use async_graphql::{EmptySubscription, Object, Request, Response, Schema};
use linera_sdk::linera_base_types::{Timestamp, WithServiceAbi};
use linera_sdk::views::View;
use linera_sdk::{Service, ServiceRuntime};
use micropay::MicropayAbi;
use micropay::abi::Operation;
use micropay::state::{Payment, State};
use micropay::types::{Account, AccountOwner, Amount, ChainId};

/// The payment as of the last block.
#[derive(Clone)]
pub struct MicropayService {
    state: Arc<State>,
    runtime: Arc<ServiceRuntime<Self>>,
}

linera_sdk::service!(MicropayService);

impl WithServiceAbi for MicropayService {
    type Abi = MicropayAbi;
}

impl Service for MicropayService {
    type Parameters = ();

    async fn new(runtime: ServiceRuntime<Self>) -> Self {
        let state = State::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state: Arc::new(state), runtime: Arc::new(runtime) }
    }

    async fn handle_query(&self, request: Request) -> Response {
        let mutation = Mutation { runtime: Arc::clone(&self.runtime) };
        Schema::new(self.clone(), mutation, EmptySubscription).execute(request).await
    }
}

#[Object]
impl MicropayService {
    /// The payment of this chain.
    async fn payment(&self) -> Option<Payment> {
        self.state.payment.get().clone()
    }

    /// What will have been earned at a point in time, in microseconds since 1970.
    async fn earned(&self, at: Timestamp) -> Option<Amount> {
        self.state.payment.get().as_ref().map(|payment| payment.earned(at))
    }
}

/// Operations, scheduled for the next block.
struct Mutation {
    runtime: Arc<ServiceRuntime<MicropayService>>,
}

#[Object]
impl Mutation {
    /// Opens a payment's chain.
    #[allow(clippy::too_many_arguments, reason = "the fields of the operation")]
    async fn open(
        &self,
        from: AccountOwner,
        payee_chain: ChainId,
        payee: AccountOwner,
        rate: Amount,
        deposit: Amount,
        fees: Amount,
    ) -> bool {
        let payee = Account { chain_id: payee_chain, owner: payee };
        self.runtime.schedule_operation(&Operation::Open { from, payee, rate, deposit, fees });
        true
    }

    /// Books what has been earned.
    async fn tick(&self) -> bool {
        self.runtime.schedule_operation(&Operation::Tick);
        true
    }

    /// Settles and closes the chain.
    async fn close(&self, keep: Amount) -> bool {
        self.runtime.schedule_operation(&Operation::Close { keep });
        true
    }
}
