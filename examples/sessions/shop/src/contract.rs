//! The shop inside blocks. It stores nothing.

#![cfg_attr(target_arch = "wasm32", no_main)]

use linera_sdk::linera_base_types::{AccountOwner, WithContractAbi};
use linera_sdk::{Contract, ContractRuntime};
use purse::PurseAbi;
use purse::abi::{Operation as PurseOperation, Response as PurseResponse, SessionId};
use shop::ShopAbi;
use shop::abi::{Operation, Parameters, Response};
use shop::types::{Amount, ApplicationId};

/// One instance.
pub struct ShopContract {
    runtime: ContractRuntime<Self>,
}

linera_sdk::contract!(ShopContract);

impl WithContractAbi for ShopContract {
    type Abi = ShopAbi;
}

impl Contract for ShopContract {
    type Message = ();
    type Parameters = Parameters;
    type InstantiationArgument = ();
    type EventValue = ();

    async fn load(runtime: ContractRuntime<Self>) -> Self {
        Self { runtime }
    }

    async fn instantiate(&mut self, (): ()) {
        let _: Parameters = self.runtime.application_parameters(); // fails here rather than at the first sale
    }

    async fn execute_operation(&mut self, operation: Operation) -> Response {
        match operation {
            Operation::Buy { budget, suppliers } => self.buy(budget, suppliers),
            Operation::Supply { session } => {
                let shop =
                    self.runtime.authenticated_caller_id().expect("supplies go to shops, not to people");
                let left = self.take_price(session);
                self.purse(&PurseOperation::Pass { session, to: shop });
                left
            }
            Operation::Forget { budget } => {
                self.open(budget);
                budget
            }
        }
    }

    async fn execute_message(&mut self, (): ()) {
        panic!("the shop sends no messages");
    }

    async fn store(self) {}
}

impl ShopContract {
    fn buy(&mut self, budget: Amount, suppliers: Vec<ApplicationId>) -> Amount {
        let (buyer, session) = self.open(budget);
        for supplier in suppliers {
            self.purse(&PurseOperation::Pass { session, to: supplier });
            let supplier = supplier.with_abi::<ShopAbi>();
            self.runtime.call_application(true, supplier, &Operation::Supply { session });
        }
        self.take_price(session);
        amount(self.purse(&PurseOperation::Close { session, refund: buyer }))
    }

    /// Opens a session with the signer's money.
    fn open(&mut self, budget: Amount) -> (AccountOwner, SessionId) {
        let owner = self.runtime.authenticated_signer().expect("the buyer must have signed");
        match self.purse(&PurseOperation::Open { owner, amount: budget }) {
            PurseResponse::Session(session) => (owner, session),
            other => panic!("the purse answered {other:?} instead of a session"),
        }
    }

    /// Pays this instance out of a session that it holds; returns what is left.
    fn take_price(&mut self, session: SessionId) -> Amount {
        let price = self.runtime.application_parameters().price;
        let to = self.runtime.application_id().into();
        amount(self.purse(&PurseOperation::Spend { session, amount: price, to }))
    }

    /// One synchronous call, with the caller's name.
    fn purse(&mut self, operation: &PurseOperation) -> PurseResponse {
        let purse = self.runtime.application_parameters().purse.with_abi::<PurseAbi>();
        self.runtime.call_application(true, purse, operation)
    }
}

fn amount(response: PurseResponse) -> Amount {
    match response {
        PurseResponse::Balance(amount) => amount,
        other => panic!("the purse answered {other:?} instead of an amount"),
    }
}
