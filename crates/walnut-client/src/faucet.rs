//! What a faucet is asked and what it answers (`linera-faucet-server`). The program sends the text and brings back the
//! answer; nothing in it is trusted beyond what can be checked here.

use serde::Deserialize;
use walnut_base::{AccountOwner, ChainDescription, ChainId, GenesisConfig};

/// Bytes of a faucet's answer: a genesis with a few thousand chains.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// A question to a faucet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaucetRequest {
    /// The network's genesis.
    GenesisConfig,
    /// A new chain for the owner, or the one it has.
    Claim(AccountOwner),
}

/// Why a faucet's answer is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaucetError {
    /// The faucet says no, in its own words.
    #[error("the faucet refuses: {0}")]
    Refused(String),
    /// The answer cannot be read.
    #[error("the faucet's answer cannot be read: {0}")]
    Unreadable(String),
    /// The chain does not belong to the owner that claimed it.
    #[error("the faucet gave a chain that {0} may not propose on")]
    WrongOwner(AccountOwner),
}

/// A chain that a faucet gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedChain {
    /// Its id: the hash of its description.
    pub chain_id: ChainId,
    /// Its description.
    pub description: ChainDescription,
}

impl FaucetRequest {
    /// The body of the POST request (`application/json`).
    pub fn body(&self) -> String {
        let query = match self {
            Self::GenesisConfig => "query { genesisConfig }".to_owned(),
            Self::Claim(owner) => format!("mutation {{ claim(owner: \"{owner}\") }}"),
        };
        serde_json::json!({ "query": query }).to_string()
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Option<serde_json::Value>,
    #[serde(default)]
    errors: Vec<AnswerError>,
}

#[derive(Deserialize)]
struct AnswerError {
    message: String,
}

/// The genesis in an answer. Pin its hash: a faucet can name any network.
///
/// # Errors
/// [`FaucetError::Refused`] and [`FaucetError::Unreadable`].
pub fn read_genesis(answer: &str) -> Result<GenesisConfig, FaucetError> {
    read_field(answer, "genesisConfig")
}

/// The claimed chain in an answer, checked: it belongs to the owner.
///
/// # Errors
/// All of [`FaucetError`].
pub fn read_claim(answer: &str, owner: &AccountOwner) -> Result<ClaimedChain, FaucetError> {
    let description: ChainDescription = read_field(answer, "claim")?;
    if !description.config.ownership.can_propose_in_multi_leader_round(owner) {
        return Err(FaucetError::WrongOwner(*owner));
    }
    Ok(ClaimedChain { chain_id: description.id(), description })
}

fn read_field<T: serde::de::DeserializeOwned>(answer: &str, field: &str) -> Result<T, FaucetError> {
    if answer.len() > ANSWER_BYTES_MAX {
        return Err(FaucetError::Unreadable(format!("{} bytes are too many", answer.len())));
    }
    let unreadable = |error: serde_json::Error| FaucetError::Unreadable(error.to_string());
    let mut answer: Answer = serde_json::from_str(answer).map_err(unreadable)?;
    if let Some(error) = answer.errors.pop() {
        return Err(FaucetError::Refused(error.message));
    }
    let value = answer.data.as_mut().and_then(|data| data.get_mut(field)).map(serde_json::Value::take);
    let value = value.ok_or_else(|| FaucetError::Unreadable(format!("there is no {field}")))?;
    serde_json::from_value(value).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    //! Answers of faucets, good and bad.

    use super::*;

    #[test]
    fn refusals_and_nonsense_are_told_apart() {
        let refused = r#"{"data":null,"errors":[{"message":"The faucet is empty."}]}"#;
        assert_eq!(read_genesis(refused), Err(FaucetError::Refused("The faucet is empty.".into())));
        assert_eq!(
            read_genesis(r#"{"data":{}}"#),
            Err(FaucetError::Unreadable("there is no genesisConfig".into()))
        );
        assert!(matches!(read_genesis("<html>"), Err(FaucetError::Unreadable(_))));
    }

    #[test]
    fn a_chain_of_another_owner_is_refused() {
        let owner = AccountOwner::Address20([1; 20]);
        let other = AccountOwner::Address20([2; 20]);
        let config = walnut_base::InitialChainConfig {
            ownership: walnut_base::ChainOwnership::single(other),
            epoch: walnut_base::Epoch(0),
            min_active_epoch: walnut_base::Epoch(0),
            max_active_epoch: walnut_base::Epoch(0),
            balance: walnut_base::Amount::ZERO,
            application_permissions: walnut_base::ApplicationPermissions::default(),
        };
        let description = ChainDescription {
            origin: walnut_base::ChainOrigin::Root(0),
            timestamp: walnut_base::Timestamp::from(0),
            config,
        };
        let answer = serde_json::json!({ "data": { "claim": description } }).to_string();
        assert_eq!(read_claim(&answer, &owner), Err(FaucetError::WrongOwner(owner)));
        let claimed = read_claim(&answer, &other).expect("it is theirs");
        assert_eq!(claimed.chain_id, description.id());
    }
}
