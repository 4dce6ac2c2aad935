//! Fungible tokens in the field's standard form: operations and messages in BCS, balances by GraphQL
//! (`examples/fungible` and upstream's `examples/fungible`). Amounts have 18 decimals, as native ones.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use walnut_base::{Account, AccountOwner, Amount};

/// Characters of a symbol: longer ones are no symbols.
pub const SYMBOL_CHARS_MAX: usize = 12;

/// What a block may ask of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FungibleOperation {
    /// Asks for a balance.
    Balance {
        /// Whose.
        owner: AccountOwner,
    },
    /// Asks for the symbol.
    TickerSymbol,
    /// Lets somebody spend.
    Approve {
        /// Whose tokens.
        owner: AccountOwner,
        /// Who may spend them.
        spender: AccountOwner,
        /// How many more.
        allowance: Amount,
    },
    /// Moves tokens from this chain.
    Transfer {
        /// Whose tokens.
        owner: AccountOwner,
        /// How many.
        amount: Amount,
        /// Where to.
        target_account: Account,
    },
    /// Moves tokens of somebody who has approved it.
    TransferFrom {
        /// Whose tokens.
        owner: AccountOwner,
        /// Who moves them.
        spender: AccountOwner,
        /// How many.
        amount: Amount,
        /// Where to.
        target_account: Account,
    },
    /// Fetches tokens that one has on another chain.
    Claim {
        /// Where they are.
        source_account: Account,
        /// How many.
        amount: Amount,
        /// Where to.
        target_account: Account,
    },
}

impl FungibleOperation {
    /// The operation in its bytes; none when they are no token's.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bcs::from_bytes(bytes).ok()
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        bcs::to_bytes(self).expect("owners, chains and amounts always have an encoding")
    }

    /// Its name in the standard.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Balance { .. } => "Balance",
            Self::TickerSymbol => "TickerSymbol",
            Self::Approve { .. } => "Approve",
            Self::Transfer { .. } => "Transfer",
            Self::TransferFrom { .. } => "TransferFrom",
            Self::Claim { .. } => "Claim",
        }
    }
}

/// What a token tells itself on another chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FungibleMessage {
    /// Tokens arrive, or come back to `source` when they are refused.
    Credit {
        /// Whom for.
        target: AccountOwner,
        /// How many.
        amount: Amount,
        /// Who had them.
        source: AccountOwner,
    },
    /// A claim: tokens are to leave.
    Withdraw {
        /// Whose.
        owner: AccountOwner,
        /// How many.
        amount: Amount,
        /// Where to.
        target_account: Account,
    },
}

impl FungibleMessage {
    /// The message in its bytes; none when they are no token's.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bcs::from_bytes(bytes).ok()
    }
}

/// The question for the symbol and what these owners have.
pub fn ask_balances(owners: &[AccountOwner]) -> String {
    let mut query = "query{tickerSymbol accounts{".to_owned();
    // A selection must not be empty.
    query.push_str("__typename");
    for (index, owner) in owners.iter().enumerate() {
        // An owner's text is hexadecimal digits: nothing to escape.
        write!(query, " o{index}:entry(key:\"{owner}\"){{value}}").expect("a String takes everything");
    }
    query.push_str("}}");
    query
}

/// Symbol and balances, in the order of the owners asked for; none when the answer is no token's. Who has no account
/// has zero.
pub fn read_balances(data: &serde_json::Value, owners: usize) -> Option<(String, Vec<Amount>)> {
    let symbol = read_symbol(data.get("tickerSymbol")?.as_str()?)?;
    let accounts = data.get("accounts")?.as_object()?;
    let balances = (0..owners).map(|index| match accounts.get(&format!("o{index}"))?.get("value")? {
        serde_json::Value::Null => Some(Amount::ZERO),
        value => value.as_str()?.parse().ok(),
    });
    Some((symbol, balances.collect::<Option<_>>()?))
}

/// A symbol that can stand beside an amount: short, one word, and not the name of the native tokens.
fn read_symbol(text: &str) -> Option<String> {
    let is_short = (1..=SYMBOL_CHARS_MAX).contains(&text.chars().count());
    let is_word = text.chars().all(|c| c.is_alphanumeric() || "$.-_".contains(c));
    let is_native = matches!(text.to_lowercase().as_str(), "token" | "tokens" | "native");
    (is_short && is_word && !is_native).then(|| text.to_owned())
}
