//! Accounts and allowances on one chain. An empty account is not stored.

use async_graphql::{InputObject, SimpleObject};
use linera_sdk::linera_base_types::{AccountOwner, Amount};
use linera_sdk::views::{MapView, RootView, ViewStorageContext, linera_views};
use serde::{Deserialize, Serialize};

/// The token on one chain.
#[derive(RootView)]
#[view(context = ViewStorageContext)]
pub struct Token {
    /// Balances, none of them zero.
    pub accounts: MapView<AccountOwner, Amount>,
    /// What others may spend, none of it zero.
    pub allowances: MapView<OwnerSpender, Amount>,
}

/// Who allowed whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, SimpleObject, InputObject)]
#[graphql(input_name = "OwnerSpenderInput")]
pub struct OwnerSpender {
    /// Whose account.
    pub owner: AccountOwner,
    /// Who may spend from it.
    pub spender: AccountOwner,
}

impl Token {
    /// The balance of an account; zero when there is none.
    pub async fn balance(&self, owner: &AccountOwner) -> Amount {
        self.accounts.get(owner).await.expect("an account can be read").unwrap_or_default()
    }

    /// Adds to an account. Cannot overflow: the supply fits.
    pub async fn credit(&mut self, owner: AccountOwner, amount: Amount) {
        let mut balance = self.balance(&owner).await;
        balance.try_add_assign(amount).expect("no account holds more than the supply");
        self.set_balance(&owner, balance);
    }

    /// Takes from an account; fails when it holds less.
    pub async fn debit(&mut self, owner: AccountOwner, amount: Amount) {
        let mut balance = self.balance(&owner).await;
        if balance.try_sub_assign(amount).is_err() {
            panic!("{owner} holds {balance}, not {amount}");
        }
        self.set_balance(&owner, balance);
    }

    /// Allows more.
    pub async fn approve(&mut self, owner: AccountOwner, spender: AccountOwner, more: Amount) {
        let pair = OwnerSpender { owner, spender };
        let allowance = self.allowance(&pair).await.saturating_add(more);
        self.set_allowance(&pair, allowance);
    }

    /// Uses up an allowance; fails when it is smaller.
    pub async fn spend_allowance(&mut self, owner: AccountOwner, spender: AccountOwner, amount: Amount) {
        let pair = OwnerSpender { owner, spender };
        let mut allowance = self.allowance(&pair).await;
        if allowance.try_sub_assign(amount).is_err() {
            panic!("{spender} may spend {allowance} of {owner}, not {amount}");
        }
        self.set_allowance(&pair, allowance);
    }

    async fn allowance(&self, pair: &OwnerSpender) -> Amount {
        self.allowances.get(pair).await.expect("an allowance can be read").unwrap_or_default()
    }

    fn set_balance(&mut self, owner: &AccountOwner, balance: Amount) {
        let changed = match balance {
            Amount::ZERO => self.accounts.remove(owner),
            _ => self.accounts.insert(owner, balance),
        };
        changed.expect("an account can be written");
    }

    fn set_allowance(&mut self, pair: &OwnerSpender, allowance: Amount) {
        let changed = match allowance {
            Amount::ZERO => self.allowances.remove(pair),
            _ => self.allowances.insert(pair, allowance),
        };
        changed.expect("an allowance can be written");
    }
}
