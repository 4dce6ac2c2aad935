//! The market inside blocks.

#![cfg_attr(target_arch = "wasm32", no_main)]

use fungible::FungibleAbi;
use fungible::abi::Operation as TokenOperation;
use linera_sdk::linera_base_types::{ApplicationId, WithContractAbi};
use linera_sdk::views::{RootView, View};
use linera_sdk::{Contract, ContractRuntime};
use market::MarketAbi;
use market::abi::{Operation, Order, Parameters, Response, Token};
use market::state::{Book, Offer};
use market::types::{Account, AccountOwner, Amount};

/// The book, for the length of one transaction.
pub struct MarketContract {
    state: Book,
    runtime: ContractRuntime<Self>,
}

linera_sdk::contract!(MarketContract);

impl WithContractAbi for MarketContract {
    type Abi = MarketAbi;
}

impl Contract for MarketContract {
    type Message = Order;
    type Parameters = Parameters;
    type InstantiationArgument = ();
    type EventValue = ();

    async fn load(runtime: ContractRuntime<Self>) -> Self {
        let state = Book::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state, runtime }
    }

    async fn instantiate(&mut self, (): ()) {
        let Parameters { token_a, token_b } = self.runtime.application_parameters();
        assert!(token_a != token_b, "a token is not swapped for itself");
    }

    async fn execute_operation(&mut self, operation: Operation) -> Response {
        let order = self.order(operation);
        if let Some((owner, token, amount)) = order.escrow() {
            self.collect(owner, token, amount);
        }
        let market = self.runtime.application_creator_chain_id();
        if market == self.runtime.chain_id() {
            return self.execute(order).await;
        }
        self.runtime.prepare_message(order).with_authentication().send_to(market);
        None
    }

    async fn execute_message(&mut self, order: Order) {
        self.execute(order).await;
    }

    async fn store(mut self) {
        self.state.save().await.expect("the state can be written");
    }
}

/// On the chain of whoever orders.
impl MarketContract {
    /// Checks an operation and names the account it speaks for.
    fn order(&mut self, operation: Operation) -> Order {
        match operation {
            Operation::Offer { owner, sells, amount, price } => {
                assert!(amount > Amount::ZERO && price > Amount::ZERO, "an offer of nothing, or for nothing");
                Order::Offer { maker: self.account(owner), sells, amount, price }
            }
            Operation::Take { owner, offer, pays, price } => {
                Order::Take { taker: self.account(owner), offer, pays, price }
            }
            Operation::Cancel { owner, offer } => Order::Cancel { maker: self.account(owner), offer },
        }
    }

    /// The owner's account on this chain; fails unless the owner has signed, or is the application that calls.
    fn account(&mut self, owner: AccountOwner) -> Account {
        if self.runtime.check_account_permission(owner).is_err() {
            panic!("{owner} has not authorized this");
        }
        Account { chain_id: self.runtime.chain_id(), owner }
    }

    /// Moves tokens into the market's account on its chain. The token checks the signer itself, and the balance.
    fn collect(&mut self, owner: AccountOwner, token: Token, amount: Amount) {
        let chain_id = self.runtime.application_creator_chain_id();
        let target_account = Account { chain_id, owner: self.runtime.application_id().into() };
        self.call(token, &TokenOperation::Transfer { owner, amount, target_account });
    }
}

/// On the market's chain.
impl MarketContract {
    /// Carries out an order whose tokens are here. What came too late is paid back, not refused: refusing a message
    /// is up to the chain, paying back is up to the market.
    async fn execute(&mut self, order: Order) -> Response {
        match order {
            Order::Offer { maker, sells, amount, price } => {
                let number = *self.state.next.get();
                let next = number.checked_add(1).expect("no chain makes that many offers");
                self.state.next.set(next);
                let offer = Offer { maker, sells, amount, price };
                self.state.offers.insert(&number, offer).expect("an offer can be written");
                return Some(number);
            }
            Order::Take { taker, offer: number, pays, price } => match self.offer(number).await {
                Some(offer) if offer.price == price && offer.sells == pays.other() => {
                    self.remove(number);
                    self.pay(offer.sells, offer.amount, taker);
                    self.pay(pays, price, offer.maker);
                }
                _ => self.pay(pays, price, taker),
            },
            Order::Cancel { maker, offer: number } => {
                if let Some(offer) = self.offer(number).await.filter(|offer| offer.maker == maker) {
                    self.remove(number);
                    self.pay(offer.sells, offer.amount, maker);
                }
            }
        }
        None
    }

    async fn offer(&self, number: u64) -> Option<Offer> {
        self.state.offers.get(&number).await.expect("an offer can be read")
    }

    fn remove(&mut self, number: u64) {
        self.state.offers.remove(&number).expect("an offer can be removed");
    }

    /// Pays out of the market's account, to any chain.
    fn pay(&mut self, token: Token, amount: Amount, target_account: Account) {
        let owner = self.runtime.application_id().into();
        self.call(token, &TokenOperation::Transfer { owner, amount, target_account });
    }
}

impl MarketContract {
    /// One synchronous call; if the token fails, so does the transaction.
    fn call(&mut self, token: Token, operation: &TokenOperation) {
        let Parameters { token_a, token_b } = self.runtime.application_parameters();
        let application: ApplicationId<FungibleAbi> = match token {
            Token::A => token_a.with_abi(),
            Token::B => token_b.with_abi(),
        };
        self.runtime.call_application(true, application, operation);
    }
}
