//! Tokens of the standard form, as several tests need them.

use walnut_applications::Person;
use walnut_base::{AccountOwner, Amount, ApplicationId, ModuleId};
use walnut_forms::fungible::{InitialState, Parameters};

/// A token of which the creator has everything.
pub(crate) async fn create(
    creator: &Person,
    module: ModuleId,
    symbol: &str,
    supply: Amount,
) -> ApplicationId {
    let parameters = Parameters { ticker_symbol: symbol.into() };
    let initial = InitialState { accounts: [(creator.owner(), supply)].into() };
    creator.create(module, &parameters, &initial, &[]).await
}

/// What an owner has on somebody's chain, as that somebody's node says.
pub(crate) async fn held(node: &Person, token: ApplicationId, owner: impl Into<AccountOwner>) -> Amount {
    let owner = owner.into();
    let query = format!("query {{ accounts {{ entry(key: \"{owner}\") {{ value }} }} }}");
    let answer = node.query(token, &query).await;
    let value: Option<Amount> =
        serde_json::from_value(answer["accounts"]["entry"]["value"].clone()).expect("an amount, or nothing");
    value.unwrap_or_default()
}
