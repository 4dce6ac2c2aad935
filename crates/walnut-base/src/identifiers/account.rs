//! Account owners and accounts.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::ChainId;
use crate::{
    CryptoHash,
    text::{ParseError, parse_hex, text_or_binary},
};

/// Who owns an account or a chain. Text form: `0x` and 2, 64 or 40 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountOwner {
    /// Reserved for the protocol; 0 is the chain itself.
    Reserved(u8),
    /// The hash of a public key, or an application.
    Address32(CryptoHash),
    /// An Ethereum address.
    Address20([u8; 20]),
}

impl AccountOwner {
    /// The chain itself: its balance belongs to all owners of the chain.
    pub const CHAIN: Self = Self::Reserved(0);

    /// The size that fees count, in bytes.
    pub const fn size(&self) -> u32 {
        match self {
            Self::Reserved(_) => 1,
            Self::Address32(_) => 32,
            Self::Address20(_) => 20,
        }
    }

    /// Whether this is the chain itself.
    pub fn is_chain(&self) -> bool {
        *self == Self::CHAIN
    }
}

/// 32 bytes as the EVM side writes them: twelve zero bytes in front mean an Ethereum address.
impl From<[u8; 32]> for AccountOwner {
    fn from(bytes: [u8; 32]) -> Self {
        match bytes.split_first_chunk::<12>() {
            Some(([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], rest)) => {
                let mut address = [0; 20];
                address.copy_from_slice(rest);
                Self::Address20(address)
            }
            _ => Self::Address32(bytes.into()),
        }
    }
}

impl From<CryptoHash> for AccountOwner {
    fn from(hash: CryptoHash) -> Self {
        Self::Address32(hash)
    }
}

text_or_binary!(AccountOwner, AccountOwnerRepr);

#[derive(Serialize, Deserialize)]
#[serde(rename = "AccountOwner")]
enum AccountOwnerRepr {
    Reserved(u8),
    Address32(CryptoHash),
    Address20([u8; 20]),
}

impl From<&AccountOwner> for AccountOwnerRepr {
    fn from(owner: &AccountOwner) -> Self {
        match *owner {
            AccountOwner::Reserved(number) => Self::Reserved(number),
            AccountOwner::Address32(hash) => Self::Address32(hash),
            AccountOwner::Address20(address) => Self::Address20(address),
        }
    }
}

impl From<AccountOwnerRepr> for AccountOwner {
    fn from(repr: AccountOwnerRepr) -> Self {
        match repr {
            AccountOwnerRepr::Reserved(number) => Self::Reserved(number),
            AccountOwnerRepr::Address32(hash) => Self::Address32(hash),
            AccountOwnerRepr::Address20(address) => Self::Address20(address),
        }
    }
}

impl fmt::Display for AccountOwner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reserved(number) => write!(formatter, "0x{number:02x}"),
            Self::Address32(hash) => write!(formatter, "0x{hash}"),
            Self::Address20(address) => write!(formatter, "0x{}", hex::encode(address)),
        }
    }
}

impl fmt::Debug for AccountOwner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for AccountOwner {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("0x").ok_or(ParseError::MissingPrefix("0x"))?;
        match digits.len() {
            2 => parse_hex::<1>(digits).map(|[number]| Self::Reserved(number)),
            40 => parse_hex(digits).map(Self::Address20),
            64 => digits.parse().map(Self::Address32),
            length => Err(ParseError::WrongLength(length)),
        }
    }
}

/// An account: an owner on a chain. Text form `owner@chain`; a bare chain ID means the chain's own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account {
    /// The chain that keeps the balance.
    pub chain_id: ChainId,
    /// The owner on that chain.
    pub owner: AccountOwner,
}

impl Account {
    /// Names an account.
    pub const fn new(chain_id: ChainId, owner: AccountOwner) -> Self {
        Self { chain_id, owner }
    }

    /// The account of the chain itself.
    pub const fn chain(chain_id: ChainId) -> Self {
        Self { chain_id, owner: AccountOwner::CHAIN }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.owner, self.chain_id)
    }
}

impl FromStr for Account {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.rsplit_once('@') {
            Some((owner, chain_id)) => Ok(Self::new(chain_id.parse()?, owner.parse()?)),
            None => text.parse().map(Self::chain),
        }
    }
}
