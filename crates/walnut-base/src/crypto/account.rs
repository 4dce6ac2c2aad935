//! Keys and signatures of chain owners: one enum over the three schemes.

use std::{fmt, str::FromStr};

use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use zeroize::Zeroizing;

use super::{
    BcsHashable, CryptoError, CryptoHash, Ed25519PublicKey, Ed25519SecretKey, Ed25519Signature, EvmPublicKey,
    EvmSecretKey, EvmSignature, Secp256k1PublicKey, Secp256k1SecretKey, Secp256k1Signature,
};
use crate::{
    AccountOwner,
    text::{ParseError, parse_hex},
};

/// The public key of an owner. Text form: hexadecimal of the BCS bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AccountPublicKey {
    /// Ed25519: what the stock command-line tool generates.
    Ed25519(Ed25519PublicKey),
    /// Secp256k1.
    Secp256k1(Secp256k1PublicKey),
    /// Secp256k1 in Ethereum's fashion.
    EvmSecp256k1(EvmPublicKey),
}

/// The secret key of an owner. Has no `Debug`, `Display` or `Clone`; its serde form exists in JSON only.
pub enum AccountSecretKey {
    /// Ed25519.
    Ed25519(Ed25519SecretKey),
    /// Secp256k1.
    Secp256k1(Secp256k1SecretKey),
    /// Secp256k1 in Ethereum's fashion.
    EvmSecp256k1(EvmSecretKey),
}

/// The signature of an owner, together with what names the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AccountSignature {
    /// Ed25519.
    Ed25519 {
        /// The signature.
        signature: Ed25519Signature,
        /// The signer.
        public_key: Ed25519PublicKey,
    },
    /// Secp256k1.
    Secp256k1 {
        /// The signature.
        signature: Secp256k1Signature,
        /// The signer.
        public_key: Secp256k1PublicKey,
    },
    /// Secp256k1 in Ethereum's fashion.
    EvmSecp256k1 {
        /// The signature.
        signature: EvmSignature,
        /// The signer's address.
        address: [u8; 20],
    },
}

impl AccountPublicKey {
    /// The owner that this key stands for.
    pub fn owner(&self) -> AccountOwner {
        AccountOwner::from(*self)
    }
}

impl From<AccountPublicKey> for AccountOwner {
    fn from(public_key: AccountPublicKey) -> Self {
        match public_key {
            AccountPublicKey::Ed25519(key) => Self::Address32(CryptoHash::new(&key)),
            AccountPublicKey::Secp256k1(key) => Self::Address32(CryptoHash::new(&key)),
            AccountPublicKey::EvmSecp256k1(key) => Self::Address20(key.address()),
        }
    }
}

impl fmt::Display for AccountPublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = bcs::to_bytes(self).expect("keys always serialize");
        formatter.write_str(&hex::encode(bytes))
    }
}

impl FromStr for AccountPublicKey {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = hex::decode(text).map_err(|_| ParseError::NotHex)?;
        bcs::from_bytes(&bytes).map_err(|error| ParseError::InvalidValue(error.to_string()))
    }
}

impl AccountSecretKey {
    /// Draws an Ed25519 key, the kind that the stock command-line tool generates.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self::Ed25519(Ed25519SecretKey::generate(rng))
    }

    /// The public key.
    pub fn public(&self) -> AccountPublicKey {
        match self {
            Self::Ed25519(key) => AccountPublicKey::Ed25519(key.public()),
            Self::Secp256k1(key) => AccountPublicKey::Secp256k1(key.public()),
            Self::EvmSecp256k1(key) => AccountPublicKey::EvmSecp256k1(key.public()),
        }
    }

    /// The owner that this key stands for.
    pub fn owner(&self) -> AccountOwner {
        self.public().owner()
    }

    /// Signs a value.
    pub fn sign<T: BcsHashable>(&self, value: &T) -> AccountSignature {
        self.sign_prehash(CryptoHash::new(value))
    }

    /// Signs the digest of a value.
    pub fn sign_prehash(&self, digest: CryptoHash) -> AccountSignature {
        match self {
            Self::Ed25519(key) => {
                AccountSignature::Ed25519 { signature: key.sign_prehash(digest), public_key: key.public() }
            }
            Self::Secp256k1(key) => {
                AccountSignature::Secp256k1 { signature: key.sign_prehash(digest), public_key: key.public() }
            }
            Self::EvmSecp256k1(key) => AccountSignature::EvmSecp256k1 {
                signature: key.sign_prehash(digest),
                address: key.public().address(),
            },
        }
    }

    fn scheme(&self) -> SecretScheme {
        match self {
            Self::Ed25519(_) => SecretScheme::Ed25519,
            Self::Secp256k1(_) => SecretScheme::Secp256k1,
            Self::EvmSecp256k1(_) => SecretScheme::EvmSecp256k1,
        }
    }

    /// The 32 secret bytes, in a buffer that is overwritten when dropped. The scheme is not part of them.
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        match self {
            Self::Ed25519(key) => key.to_secret_bytes(),
            Self::Secp256k1(key) => key.to_secret_bytes(),
            Self::EvmSecp256k1(key) => key.to_secret_bytes(),
        }
    }
}

impl AccountSignature {
    /// The owner who claims to have signed; says nothing before [`AccountSignature::check`].
    pub fn owner(&self) -> AccountOwner {
        match self {
            Self::Ed25519 { public_key, .. } => AccountPublicKey::Ed25519(*public_key).owner(),
            Self::Secp256k1 { public_key, .. } => AccountPublicKey::Secp256k1(*public_key).owner(),
            Self::EvmSecp256k1 { address, .. } => AccountOwner::Address20(*address),
        }
    }

    /// Checks the signature over a value by its embedded key or address.
    pub fn check<T: BcsHashable>(&self, value: &T) -> Result<(), CryptoError> {
        self.check_prehash(CryptoHash::new(value), T::NAME)
    }

    /// Checks the signature over a digest; `type_name` only serves the error.
    pub fn check_prehash(&self, digest: CryptoHash, type_name: &'static str) -> Result<(), CryptoError> {
        match self {
            Self::Ed25519 { signature, public_key } => signature.check_prehash(digest, public_key, type_name),
            Self::Secp256k1 { signature, public_key } => {
                signature.check_prehash(digest, public_key, type_name)
            }
            Self::EvmSecp256k1 { signature, address } => signature.check_prehash(digest, address, type_name),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum SecretScheme {
    Ed25519,
    Secp256k1,
    EvmSecp256k1,
}

/// `{"Ed25519": "<64 hex digits>"}`. Binary formats refuse: secrets are never part of a wire value.
impl Serialize for AccountSecretKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;

        if !serializer.is_human_readable() {
            return Err(S::Error::custom("secret keys have no binary form"));
        }
        let text = Zeroizing::new(hex::encode(self.to_secret_bytes().as_ref()));
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.scheme(), text.as_str())?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for AccountSecretKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return Err(D::Error::custom("secret keys have no binary form"));
        }
        let entries = std::collections::BTreeMap::<SecretScheme, String>::deserialize(deserializer)?;
        let mut entries = entries.into_iter().map(|(scheme, text)| (scheme, Zeroizing::new(text)));
        let (Some((scheme, text)), None) = (entries.next(), entries.next()) else {
            return Err(D::Error::custom("expected exactly one secret key"));
        };
        let bytes = Zeroizing::new(parse_hex::<32>(&text).map_err(D::Error::custom)?);
        match scheme {
            SecretScheme::Ed25519 => Ok(Self::Ed25519(Ed25519SecretKey::from_bytes(&bytes))),
            SecretScheme::Secp256k1 => Secp256k1SecretKey::from_bytes(&bytes).map(Self::Secp256k1),
            SecretScheme::EvmSecp256k1 => EvmSecretKey::from_bytes(&bytes).map(Self::EvmSecp256k1),
        }
        .map_err(|error: CryptoError| D::Error::custom(error))
    }
}
