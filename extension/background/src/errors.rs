//! Errors of the client in plain words.

use walnut_base::NodeError;
use walnut_client::{ClientError, LocalError, QuorumError, SignError};
use walnut_wallet::messages::{UiError, UiErrorCode};

/// What happened and what to do.
pub(crate) fn plain(error: ClientError) -> UiError {
    let details = error.to_string();
    let (code, message) = match &error {
        ClientError::Local(error) => return local(error.clone()),
        ClientError::Quorum(error) => return quorum(error),
        ClientError::Validator(_) => (
            UiErrorCode::NetworkUnavailable,
            "A validator gave an answer that does not help. The wallet tries others; try again in a moment.",
        ),
        ClientError::Sign(SignError::Locked) => return UiError::locked(),
        ClientError::Sign(SignError::NoKey(_)) | ClientError::NotAnOwner { .. } | ClientError::NoOwner(_) => {
            (
                UiErrorCode::NotAnOwner,
                "No key of this wallet may make blocks on this chain. You can watch it, but not send from it.",
            )
        }
        ClientError::Sign(SignError::Refused) => (UiErrorCode::UserRejected, "Nothing was signed."),
        ClientError::Sign(SignError::Conflict) => (
            UiErrorCode::ConflictingSignature,
            "Another block was already signed for this height. It is being finished first.",
        ),
        ClientError::Sign(SignError::Other(_)) => (
            UiErrorCode::SigningRefused,
            "The vault did not sign. Nothing was sent; unlock the wallet and try again.",
        ),
        ClientError::Store(_) | ClientError::DamagedRecord(_) => (
            UiErrorCode::StorageDamaged,
            "The local database could not be used. Nothing was sent that is not stored; restart the node under Network.",
        ),
        ClientError::Certificate(_) => (
            UiErrorCode::NoQuorum,
            "A validator sent a certificate that does not check. Nothing of it was taken over.",
        ),
        ClientError::EmptyBlock => {
            (UiErrorCode::BlockRejected, "There is nothing to do: nothing waits on this chain.")
        }
        ClientError::ConflictingProposal(_) | ClientError::UnexpectedQuorum { .. } => (
            UiErrorCode::ChainConflict,
            "Another owner of this chain is making a block right now. Yours is kept and tried again after that.",
        ),
        ClientError::PendingBlock { .. } => (
            UiErrorCode::ChainConflict,
            "Another block of yours waits for its turn on this chain. Wait for it, or give it up under Activity.",
        ),
        ClientError::CannotDownloadBlob(_)
        | ClientError::CannotDownloadEvents(_)
        | ClientError::CannotDownloadCertificates { .. } => (
            UiErrorCode::NetworkUnavailable,
            "No validator could give what is still missing. You can close this window; the wallet goes on trying.",
        ),
        ClientError::UnknownEpoch(_) => (
            UiErrorCode::NoQuorum,
            "The network's newest committee is not known here yet. The wallet is fetching it; try again in a moment.",
        ),
        ClientError::OtherNetwork { .. } | ClientError::NoNetwork => (
            UiErrorCode::StorageDamaged,
            "The local database belongs to another network. Choose the network again under Settings.",
        ),
        ClientError::FastProposalPending => (
            UiErrorCode::NotRetryable,
            "This block was sent in the fast round and must be finished: giving it up could block the chain for good.",
        ),
        ClientError::TooManyAttempts(_) => (
            UiErrorCode::NoQuorum,
            "It did not work after many attempts: validators keep asking for new things. Try again later.",
        ),
    };
    UiError::new(code, message).with_details(details)
}

/// A refusal or a lack of the local node.
pub(crate) fn local(error: LocalError) -> UiError {
    let details = error.to_string();
    if details.contains("InsufficientBalance") || details.contains("balance") || details.contains("fund") {
        return UiError::new(
            UiErrorCode::InsufficientBalance,
            "The balance does not cover the amount and the fee. Nothing was signed.",
        )
        .with_details(details);
    }
    let (code, message) = match error.missing() {
        Some(_) => (
            UiErrorCode::NetworkUnavailable,
            "Something this block needs is not here yet. The wallet is fetching it; try again in a moment.",
        ),
        None if error.is_local() => (
            UiErrorCode::StorageDamaged,
            "The local database could not be used. Your keys are safe; restart the node under Network.",
        ),
        None => {
            (UiErrorCode::BlockRejected, "This block cannot be executed on your chain. Nothing was signed.")
        }
    };
    UiError::new(code, message).with_details(details)
}

fn quorum(error: &QuorumError) -> UiError {
    let details = error.to_string();
    let is_silent =
        |error: &&NodeError| matches!(error, NodeError::GrpcError { .. } | NodeError::ClientIoError { .. });
    let errors = error.errors();
    let (code, message) = match errors.first() {
        Some(error) if is_silent(error) => (
            UiErrorCode::NetworkUnavailable,
            "Too few validators answer right now. What you did is kept; the wallet tries again when they are back.",
        ),
        Some(NodeError::ChainError { .. } | NodeError::WorkerError { .. }) => (
            UiErrorCode::BlockRejected,
            "The validators refuse this block. Look under Details for their words.",
        ),
        _ => (
            UiErrorCode::NoQuorum,
            "Too few validators agree right now. What you did is kept; the wallet tries again.",
        ),
    };
    UiError::new(code, message).with_details(details)
}
