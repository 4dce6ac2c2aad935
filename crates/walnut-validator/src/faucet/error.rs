//! What the faucet answers instead of tokens, in the reference's words.

use thiserror::Error;

use super::ChainFailure;

/// A refused or failed request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaucetError {
    /// Someone asks for the chain of an owner who has none.
    #[error("This user has no chain yet")]
    NoChain,
    /// Two first claims of one owner met; the other one wins.
    #[error("This user already has a chain")]
    AlreadyHasChain,
    /// The faucet was started without daily claims.
    #[error("Daily claims are not enabled on this faucet")]
    DailyClaimsDisabled,
    /// A daily claim comes before the first one.
    #[error("You must claim a chain before making daily claims")]
    ClaimChainFirst,
    /// Once per period of 24 hours.
    #[error("You have already claimed tokens for this period")]
    AlreadyClaimed,
    /// The balance is too small.
    #[error("The faucet is empty.")]
    Empty,
    /// The worker ended.
    #[error("Request processing was cancelled")]
    Cancelled,
    /// The faucet's chain could not be extended or read.
    #[error(transparent)]
    Chain(#[from] ChainFailure),
}
