//! How keys are kept.
//!
//! ```text
//! password ──Argon2id──► password key ──opens──► vault key ──opens──► recovery words, private keys
//! ```
//!
//! * The vault key is 256 random bits, made once. It is wrapped under the password key; changing the password wraps
//!   the same key again and touches nothing else.
//! * Words and keys are records sealed with AES-256-GCM under the vault key, each with a random 12-byte nonce and with
//!   its place (format, network family, version, vault, record, owner) as associated data. A record moved to another
//!   place does not open.
//! * The password check *is* the authenticated unwrap; there is no password hash. A checksum over the whole file tells
//!   a damaged file from a wrong password.
//! * Names, owners and the list of accounts are in clear: they are what the wallet shows and follows while locked.
//!   Who reads the disk learns which chains are the person's, and nothing that could spend.
//! * Nothing here draws randomness or reads a clock; both are arguments. Nothing here ever deletes a record because it
//!   cannot be read.
//!
//! Keys are not bound to one Linera network: the same words give the same owners everywhere, so the network in the
//! associated data is the family, `linera`.

mod bytes;
mod derive;
mod error;
mod file;
mod import;
mod kdf;
mod phrase;
mod seal;
mod secret;
mod signing;
mod strength;

#[cfg(test)]
mod tests;

pub use derive::{LINERA_COIN_TYPE, checko_key, ed25519_key, evm_key};
pub use error::VaultError;
pub use file::{ACCOUNTS_MAX, NAME_CHARS_MAX, VAULT_FORMAT, VAULT_VERSION, VaultFile};
pub use import::{ImportError, keys_from_keystore, secret_key_from_hex};
pub use kdf::{KdfParams, derive_password_key};
pub use phrase::{PhraseError, RecoveryPhrase, is_phrase_word, suggest_phrase_words};
pub use secret::{PasswordKey, VaultKey};
pub use signing::{CheckedSignRequest, PROPOSAL_BYTES_MAX, SigningError, block_name, check_sign_request};
pub use strength::{PASSWORD_CHARS_MIN, PasswordStrength, password_strength};

pub(crate) use bytes::hex_bytes;
