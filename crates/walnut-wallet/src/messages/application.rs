//! Applications of a chain: what they are, what they hold, what they answer.

use serde::{Deserialize, Serialize};
use walnut_base::{AccountOwner, Amount, ApplicationId, BlockHeight, ChainId, CryptoHash};

use super::UiError;
use crate::applications::schema::SchemaField;

/// An application on a chain, as a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSummary {
    /// Its id.
    pub id: ApplicationId,
    /// What it is, by what its service answers.
    pub kind: ApplicationKind,
    /// The chain that created it.
    pub creator_chain: ChainId,
    /// Height of the creating block there.
    pub created_at: BlockHeight,
}

/// What an application is, as far as the wallet knows. Its service says so; anybody can write a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationKind {
    /// A token in the standard form.
    Fungible {
        /// The name beside its amounts.
        symbol: String,
    },
    /// A counter.
    Counter,
    /// Anything else.
    Other,
    /// Its service could not be asked yet.
    Unknown,
}

/// Tokens of an application: which one, and what its amounts are called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Token {
    /// The application.
    pub id: ApplicationId,
    /// The name beside its amounts. Two applications may use the same.
    pub symbol: String,
}

/// What somebody has of a token on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenBalance {
    /// Of which token.
    pub token: Token,
    /// Whose: the chain's (`AccountOwner::CHAIN`) or an owner's of this wallet.
    pub owner: AccountOwner,
    /// How much. Above zero.
    pub balance: Amount,
}

/// Everything about one application on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationDetails {
    /// The chain.
    pub chain_id: ChainId,
    /// Its row.
    pub summary: ApplicationSummary,
    /// Hash of its contract's bytecode.
    pub contract: CryptoHash,
    /// Hash of its service's bytecode.
    pub service: CryptoHash,
    /// Its parameters, if they are text; at most [`ApplicationDetails::PARAMETERS_MAX`] bytes of them.
    pub parameters: Option<String>,
    /// Size of the parameters in bytes.
    pub parameters_size: u64,
    /// Applications it depends on.
    pub required: Vec<ApplicationId>,
    /// What can be asked: none when its service does not say.
    pub schema: Option<Vec<SchemaField>>,
    /// What went wrong when its service was asked for that.
    pub problem: Option<UiError>,
    /// Questions asked here before, latest first.
    pub history: Vec<String>,
}

impl ApplicationDetails {
    /// Bytes of parameters that are shown.
    pub const PARAMETERS_MAX: usize = 2_000;
}

/// A service's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryAnswer {
    /// The answer: JSON over several lines, or text, or hexadecimal digits. At most [`QueryAnswer::TEXT_MAX`] bytes.
    pub text: String,
    /// Whether there was more.
    pub is_cut: bool,
    /// What the service found wrong with the question, in its own words.
    pub complaints: Vec<String>,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// Questions asked here before, this one included, latest first.
    pub history: Vec<String>,
}

impl QueryAnswer {
    /// Bytes of an answer that are shown.
    pub const TEXT_MAX: usize = 60_000;
    /// Bytes of a question.
    pub const QUESTION_MAX: usize = 10_000;
}
