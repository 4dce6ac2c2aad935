//! The accounts of the purse. Sessions are not here: see [`crate::sessions`].

use linera_sdk::linera_base_types::{AccountOwner, Amount};
use linera_sdk::views::{MapView, RootView, ViewStorageContext, linera_views};

/// Accounts on one chain.
#[derive(RootView, async_graphql::SimpleObject)]
#[view(context = ViewStorageContext)]
pub struct Purse {
    /// Balances by owner.
    pub accounts: MapView<AccountOwner, Amount>,
}

impl Purse {
    /// The balance of an account; zero when there is none.
    pub async fn balance(&self, owner: &AccountOwner) -> Amount {
        self.accounts.get(owner).await.expect("an account can be read").unwrap_or_default()
    }

    /// Adds to an account.
    pub async fn credit(&mut self, owner: AccountOwner, amount: Amount) {
        let balance = self.balance(&owner).await.try_add(amount).expect("the supply fits");
        self.accounts.insert(&owner, balance).expect("an account can be written");
    }

    /// Takes from an account; fails when it holds less.
    pub async fn debit(&mut self, owner: AccountOwner, amount: Amount) {
        let balance = self.balance(&owner).await;
        let Ok(rest) = balance.try_sub(amount) else {
            panic!("{owner} holds {balance}, not {amount}");
        };
        self.accounts.insert(&owner, rest).expect("an account can be written");
    }
}
