//! Private keys from outside: hex text and the Linera command line's keystore file.

use serde::{Deserialize, Deserializer};
use walnut_base::{AccountOwner, AccountSecretKey, Ed25519SecretKey, EvmSecretKey, Secp256k1SecretKey};
use zeroize::Zeroizing;

use crate::messages::KeyKind;

/// Keys taken from one keystore file at most.
const KEYSTORE_KEYS_MAX: usize = 64;

/// Why a text is not a key. The texts are shown to people; they never repeat the input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The text has the wrong length.
    #[error("A private key has 64 hexadecimal digits (with or without 0x in front). You entered {found}.")]
    WrongLength {
        /// Digits found.
        found: usize,
    },
    /// A character is not a hexadecimal digit.
    #[error("A private key consists of the digits 0-9 and the letters a-f.")]
    NotHex,
    /// The number is zero or not below the group order.
    #[error("These digits are not a valid key of this kind.")]
    OutOfRange,
    /// The file is not a keystore.
    #[error("This is not a keystore file of the Linera command line: {0}.")]
    NotAKeystore(
        /// What is missing, without the contents.
        &'static str,
    ),
    /// The file names another owner than its key has.
    #[error("Key {position} of the file belongs to another owner than the file says.")]
    OwnerMismatch {
        /// Its position, from 1.
        position: usize,
    },
}

/// Reads a key from 64 hex digits; white space around and `0x` in front are fine.
pub fn secret_key_from_hex(kind: KeyKind, text: &[u8]) -> Result<AccountSecretKey, ImportError> {
    let text = text.trim_ascii();
    let digits = text.strip_prefix(b"0x").unwrap_or(text);
    if digits.len() != 64 {
        return Err(ImportError::WrongLength { found: digits.len() });
    }
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, bytes.as_mut()).map_err(|_| ImportError::NotHex)?;
    secret_key_from_bytes(kind, &bytes)
}

pub(super) fn secret_key_from_bytes(
    kind: KeyKind,
    bytes: &[u8; 32],
) -> Result<AccountSecretKey, ImportError> {
    match kind {
        KeyKind::Ed25519 => Ok(AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(bytes))),
        KeyKind::Secp256k1 => Secp256k1SecretKey::from_bytes(bytes)
            .map(AccountSecretKey::Secp256k1)
            .map_err(|_| ImportError::OutOfRange),
        KeyKind::EvmSecp256k1 => EvmSecretKey::from_bytes(bytes)
            .map(AccountSecretKey::EvmSecp256k1)
            .map_err(|_| ImportError::OutOfRange),
    }
}

#[derive(Deserialize)]
struct Keystore {
    keys: Vec<(AccountOwner, SecretBytes)>,
    // The generator's seed is of no use to us; further fields neither.
}

struct SecretBytes(Zeroizing<Vec<u8>>);

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(|bytes| Self(Zeroizing::new(bytes)))
    }
}

/// Reads every key of a `keystore.json` (`InMemorySigner` in `linera-base/src/crypto/signer.rs`): pairs of owner and
/// the UTF-8 bytes of the key's JSON.
pub fn keys_from_keystore(text: &[u8]) -> Result<Vec<AccountSecretKey>, ImportError> {
    let keystore: Keystore =
        serde_json::from_slice(text).map_err(|_| ImportError::NotAKeystore("its form is another"))?;
    if keystore.keys.is_empty() {
        return Err(ImportError::NotAKeystore("it has no keys"));
    }
    if keystore.keys.len() > KEYSTORE_KEYS_MAX {
        return Err(ImportError::NotAKeystore("it has too many keys"));
    }
    let mut keys = Vec::with_capacity(keystore.keys.len());
    for (index, (owner, json)) in keystore.keys.iter().enumerate() {
        let key: AccountSecretKey = serde_json::from_slice(&json.0)
            .map_err(|_| ImportError::NotAKeystore("a key in it cannot be read"))?;
        if key.owner() != *owner {
            return Err(ImportError::OwnerMismatch { position: index + 1 });
        }
        keys.push(key);
    }
    Ok(keys)
}
