//! What can go wrong with the vault. Says nothing about what was inside.

use super::{ImportError, PhraseError};
use crate::messages::{UiError, UiErrorCode};

/// Errors of the vault. Whatever the error, the file is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The password does not open the vault.
    #[error("wrong password")]
    WrongPassword,
    /// The file or one of its records cannot be read.
    #[error("damaged: {0}")]
    Damaged(
        /// Which part, never its contents.
        String,
    ),
    /// The file was written by a newer version.
    #[error("written by a newer version: {found}")]
    NewerVersion {
        /// The version found.
        found: u32,
    },
    /// No key for this owner.
    #[error("no such account")]
    UnknownAccount,
    /// The owner is in the vault already.
    #[error("this key is in the wallet already")]
    AccountExists,
    /// The vault has no recovery words.
    #[error("this wallet has no recovery words")]
    NoPhrase,
    /// Too many accounts.
    #[error("too many accounts: at most {max}")]
    TooManyAccounts {
        /// The limit.
        max: usize,
    },
    /// An account name is empty or too long.
    #[error("a name has 1 to {max} characters")]
    InvalidName {
        /// The limit.
        max: usize,
    },
    /// The words are not valid.
    #[error(transparent)]
    Phrase(#[from] PhraseError),
    /// The key is not valid.
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl From<VaultError> for UiError {
    fn from(error: VaultError) -> Self {
        let details = error.to_string();
        match error {
            VaultError::WrongPassword => {
                Self::new(UiErrorCode::WrongPassword, "This is not the password of this wallet. Try again.")
            }
            VaultError::Damaged(_) => Self::new(
                UiErrorCode::VaultDamaged,
                "The stored keys cannot be read. Nothing was changed. Import your recovery words, or restore a backup.",
            )
            .with_details(details),
            VaultError::NewerVersion { .. } => Self::new(
                UiErrorCode::VaultNewerVersion,
                "These keys were stored by a newer version of Walnut. Update Walnut to open them; nothing was changed.",
            )
            .with_details(details),
            VaultError::UnknownAccount => {
                Self::new(UiErrorCode::UnknownAccount, "No key of this wallet belongs to that owner.")
            }
            VaultError::AccountExists => {
                Self::new(UiErrorCode::AccountExists, "This key is in the wallet already.")
            }
            VaultError::NoPhrase => Self::new(
                UiErrorCode::Unsupported,
                "This wallet was made from a private key and has no recovery words.",
            ),
            VaultError::TooManyAccounts { max } => {
                Self::new(UiErrorCode::TooMany, format!("A wallet holds at most {max} keys."))
            }
            VaultError::InvalidName { max } => {
                Self::new(UiErrorCode::InvalidName, format!("A name has between 1 and {max} characters."))
            }
            VaultError::Phrase(error) => Self::new(UiErrorCode::InvalidPhrase, error.to_string()),
            VaultError::Import(error) => Self::new(UiErrorCode::InvalidPrivateKey, error.to_string()),
        }
    }
}
