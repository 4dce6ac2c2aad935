//! Payments inside blocks.

#![cfg_attr(target_arch = "wasm32", no_main)]

use linera_sdk::linera_base_types::{
    ApplicationPermissions, ChainId, ChainOwnership, TimeoutConfig, WithContractAbi,
};
use linera_sdk::views::{RootView, View};
use linera_sdk::{Contract, ContractRuntime};
use micropay::MicropayAbi;
use micropay::abi::{Message, Operation, Response};
use micropay::state::{Payment, State};
use micropay::types::{Account, AccountOwner, Amount};

/// Rounds in which both may propose: they hardly ever do at once, and a payment should not wait for a leader.
const MULTI_LEADER_ROUNDS: u32 = 10;

/// The payment of this chain, if any, for the length of one transaction.
pub struct MicropayContract {
    state: State,
    runtime: ContractRuntime<Self>,
}

linera_sdk::contract!(MicropayContract);

impl WithContractAbi for MicropayContract {
    type Abi = MicropayAbi;
}

impl Contract for MicropayContract {
    type Message = Message;
    type Parameters = ();
    type InstantiationArgument = ();
    type EventValue = ();

    async fn load(runtime: ContractRuntime<Self>) -> Self {
        let state = State::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state, runtime }
    }

    async fn instantiate(&mut self, (): ()) {}

    async fn execute_operation(&mut self, operation: Operation) -> Response {
        match operation {
            Operation::Open { from, payee, rate, deposit, fees } => {
                Response::Opened(self.open(from, payee, rate, deposit, fees))
            }
            Operation::Tick => Response::Paid(self.tick()),
            Operation::Close { keep } => Response::Paid(self.close(keep)),
        }
    }

    async fn execute_message(&mut self, message: Message) {
        let Message::Start { payer, payee, rate, deposit } = message;
        assert!(self.state.payment.get().is_none(), "this chain has its payment already");
        let (start, paid) = (self.runtime.system_time(), Amount::ZERO);
        let payment = Payment { payer, payee, rate, deposit, start, paid, ticks: 0, is_closed: false };
        self.state.payment.set(Some(payment));
    }

    async fn store(mut self) {
        self.state.save().await.expect("the state can be written");
    }
}

/// On the payer's chain.
impl MicropayContract {
    fn open(
        &mut self,
        from: AccountOwner,
        payee: Account,
        rate: Amount,
        deposit: Amount,
        fees: Amount,
    ) -> ChainId {
        assert!(rate > Amount::ZERO && deposit > Amount::ZERO, "a payment of nothing");
        assert!(payee.owner != AccountOwner::CHAIN, "the payee must be somebody who can sign");
        let signer = self.runtime.authenticated_signer().expect("the payer must have signed");

        let application_id = self.runtime.application_id().forget_abi();
        let only_this = Some(vec![application_id]);
        let permissions = self.runtime.application_permissions();
        // Else the payee could spend the balance that is there for the fees.
        assert!(permissions.execute_operations != only_this, "no payment out of a payment's chain");
        let owners = [(signer, 1), (payee.owner, 1)];
        let ownership = ChainOwnership::multiple(owners, MULTI_LEADER_ROUNDS, TimeoutConfig::default());
        let permissions = ApplicationPermissions {
            execute_operations: only_this, // no system operation touches the deposit
            close_chain: vec![application_id],
            ..ApplicationPermissions::default()
        };
        let chain_id = self.runtime.open_chain(ownership, permissions, fees);

        // The host checks that the signer may spend from the account.
        let escrow = Account { chain_id, owner: application_id.into() };
        self.runtime.transfer(from, escrow, deposit);
        let payer = Account { chain_id: self.runtime.chain_id(), owner: from };
        self.runtime.send_message(chain_id, Message::Start { payer, payee, rate, deposit });
        chain_id
    }
}

/// On the payment's chain, where only its two owners can make blocks.
impl MicropayContract {
    /// Books what has been earned by the time of this block.
    fn tick(&mut self) -> Amount {
        let now = self.runtime.system_time();
        let payment = self.payment();
        payment.paid = payment.earned(now);
        payment.ticks = payment.ticks.saturating_add(1);
        payment.paid
    }

    /// Books a last time, pays both sides and closes the chain.
    fn close(&mut self, keep: Amount) -> Amount {
        let paid = self.tick();
        let payment = self.payment();
        payment.is_closed = true;
        let (payer, payee) = (payment.payer, payment.payee);
        let rest = payment.deposit.saturating_sub(paid);

        let escrow = self.runtime.application_id().into();
        let unspent = self.runtime.chain_balance().saturating_sub(keep);
        self.pay(escrow, payee, paid);
        self.pay(escrow, payer, rest);
        self.pay(AccountOwner::CHAIN, payer, unspent);
        self.runtime.close_chain().expect("the chain was opened with this permission");
        paid
    }

    fn payment(&mut self) -> &mut Payment {
        self.state.payment.get_mut().as_mut().expect("there is no payment on this chain")
    }

    /// The host refuses transfers of nothing.
    fn pay(&mut self, from: AccountOwner, to: Account, amount: Amount) {
        if amount > Amount::ZERO {
            self.runtime.transfer(from, to, amount);
        }
    }
}
