//! Questions about the market.

#![cfg_attr(target_arch = "wasm32", no_main)]

use std::sync::Arc;

use async_graphql::{EmptySubscription, Enum, Object, Request, Response, Schema, SimpleObject};
use linera_sdk::linera_base_types::{ApplicationId, ChainId, WithServiceAbi};
use linera_sdk::views::View;
use linera_sdk::{Service, ServiceRuntime};
use market::MarketAbi;
use market::abi::{Operation, Parameters, Token};
use market::state::Book;
use market::types::{Account, AccountOwner, Amount};

/// The book as of the last block.
#[derive(Clone)]
pub struct MarketService {
    state: Arc<Book>,
    runtime: Arc<ServiceRuntime<Self>>,
}

linera_sdk::service!(MarketService);

impl WithServiceAbi for MarketService {
    type Abi = MarketAbi;
}

impl Service for MarketService {
    type Parameters = Parameters;

    async fn new(runtime: ServiceRuntime<Self>) -> Self {
        let state = Book::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state: Arc::new(state), runtime: Arc::new(runtime) }
    }

    async fn handle_query(&self, request: Request) -> Response {
        let mutation = Mutation { runtime: Arc::clone(&self.runtime) };
        Schema::new(self.clone(), mutation, EmptySubscription).execute(request).await
    }
}

/// One of the two tokens.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Token")]
enum TokenName {
    /// The first of the parameters.
    A,
    /// The second.
    B,
}

/// One offer that stands.
#[derive(SimpleObject)]
struct NumberedOffer {
    number: u64,
    maker: Account,
    sells: TokenName,
    amount: Amount,
    price: Amount,
}

#[Object]
impl MarketService {
    /// The chain on which the offers are; other chains have none.
    async fn market(&self) -> ChainId {
        self.runtime.application_creator_chain_id()
    }

    /// The two tokens.
    async fn tokens(&self) -> [ApplicationId; 2] {
        let Parameters { token_a, token_b } = self.runtime.application_parameters();
        [token_a, token_b]
    }

    /// Offers that stand, oldest first.
    async fn offers(&self) -> async_graphql::Result<Vec<NumberedOffer>> {
        let mut offers: Vec<NumberedOffer> = Vec::new();
        for (number, offer) in self.state.offers.index_values().await? {
            let sells = offer.sells.into();
            offers.push(NumberedOffer {
                number,
                maker: offer.maker,
                sells,
                amount: offer.amount,
                price: offer.price,
            });
        }
        offers.sort_by_key(|offer| offer.number);
        Ok(offers)
    }
}

/// Operations, scheduled for the next block.
struct Mutation {
    runtime: Arc<ServiceRuntime<MarketService>>,
}

#[Object]
impl Mutation {
    /// Offers tokens of one kind for tokens of the other.
    async fn offer(&self, owner: AccountOwner, sells: TokenName, amount: Amount, price: Amount) -> bool {
        self.runtime.schedule_operation(&Operation::Offer { owner, sells: sells.into(), amount, price });
        true
    }

    /// Takes an offer.
    async fn take(&self, owner: AccountOwner, offer: u64, pays: TokenName, price: Amount) -> bool {
        self.runtime.schedule_operation(&Operation::Take { owner, offer, pays: pays.into(), price });
        true
    }

    /// Takes an offer back.
    async fn cancel(&self, owner: AccountOwner, offer: u64) -> bool {
        self.runtime.schedule_operation(&Operation::Cancel { owner, offer });
        true
    }
}
