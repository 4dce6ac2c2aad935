//! What a typed or pasted recipient is: a chain, an owner on a chain, a name of ours or of the address book.
//!
//! Tokens are always sent *to a chain*: to the chain itself or to an owner on it. An owner alone is a key, not a place;
//! it is accepted only where it is known on which chain it is meant.

use sha3::{Digest as _, Keccak256};
use walnut_base::{AccountOwner, ChainId};

use crate::messages::{
    Account, AddressBookEntry, BookEntryKind, ChainSummary, PartyName, RecipientInfo, UiError, UiErrorCode,
};

/// What the wallet knows when it recognises a recipient.
#[derive(Clone, Copy, Debug)]
pub struct KnownAddresses<'a> {
    /// The wallet's chains.
    pub chains: &'a [ChainSummary],
    /// The wallet's accounts.
    pub accounts: &'a [Account],
    /// The address book.
    pub book: &'a [AddressBookEntry],
}

/// Why a text is not a recipient. The texts are shown beside the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing typed.
    #[error("Enter a chain id, an owner@chain, or a name from your address book.")]
    Empty,
    /// Neither an address nor a known name.
    #[error("This is neither an address nor a name in your address book.")]
    NotAnAddress,
    /// Hexadecimal digits, but not the number an address has.
    #[error("A chain id has 64 digits; this has {found}. Part of it may be missing.")]
    WrongLength {
        /// Digits found.
        found: usize,
    },
    /// A chain id with `0x` in front is an owner; an unknown owner needs a chain.
    #[error(
        "This is an owner (a key), not a chain. Tokens are sent to a chain: ask for the chain id, or write owner@chain."
    )]
    OwnerNeedsChain,
    /// The part after the `@` is not a chain id.
    #[error("After the @ comes a chain id of 64 digits without 0x.")]
    NotAChain,
    /// The part before the `@` is not an owner.
    #[error("Before the @ comes an owner: 0x and 40 or 64 digits.")]
    NotAnOwner,
    /// Reserved owners other than the chain itself belong to the protocol.
    #[error("This owner is reserved for the protocol and cannot receive tokens.")]
    ReservedOwner,
    /// An Ethereum address whose capital letters contradict its digits.
    #[error("The capital letters of this Ethereum address do not fit its digits: some digit is wrong.")]
    EthereumChecksum,
    /// The name occurs more than once.
    #[error("More than one entry has this name. Use the address.")]
    AmbiguousName,
}

impl From<AddressError> for UiError {
    fn from(error: AddressError) -> Self {
        Self::new(UiErrorCode::InvalidRecipient, error.to_string())
    }
}

/// An address as text, before anything is known about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParsedAddress {
    /// A chain.
    Chain(
        /// It.
        ChainId,
    ),
    /// An owner, without a chain.
    Owner(
        /// It.
        AccountOwner,
    ),
    /// An owner on a chain.
    OwnerOnChain(
        /// The owner.
        AccountOwner,
        /// The chain.
        ChainId,
    ),
}

/// Reads an address. White space around it and inside it (line breaks of mails) is dropped.
pub fn parse_address(text: &str) -> Result<ParsedAddress, AddressError> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    if let Some((owner, chain)) = text.rsplit_once('@') {
        let chain_id = chain.parse().map_err(|_| AddressError::NotAChain)?;
        let owner = parse_owner(owner)?;
        return Ok(if owner.is_chain() {
            ParsedAddress::Chain(chain_id)
        } else {
            ParsedAddress::OwnerOnChain(owner, chain_id)
        });
    }
    if text.starts_with("0x") || text.starts_with("0X") {
        return match parse_owner(&text) {
            Ok(owner) => Ok(ParsedAddress::Owner(owner)),
            Err(AddressError::NotAnOwner) if is_hex(&text[2..]) => {
                Err(AddressError::WrongLength { found: text.len() - 2 })
            }
            Err(AddressError::NotAnOwner) => Err(AddressError::NotAnAddress),
            Err(error) => Err(error),
        };
    }
    match text.parse() {
        Ok(chain_id) => Ok(ParsedAddress::Chain(chain_id)),
        Err(_) if is_hex(&text) && text.len() >= 16 => Err(AddressError::WrongLength { found: text.len() }),
        Err(_) => Err(AddressError::NotAnAddress),
    }
}

fn parse_owner(text: &str) -> Result<AccountOwner, AddressError> {
    let digits =
        text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).ok_or(AddressError::NotAnOwner)?;
    let owner = format!("0x{digits}").parse().map_err(|_| AddressError::NotAnOwner)?;
    match owner {
        AccountOwner::Reserved(0) | AccountOwner::Address32(_) => Ok(owner),
        AccountOwner::Reserved(_) => Err(AddressError::ReservedOwner),
        AccountOwner::Address20(_) if has_ethereum_checksum(digits) => Ok(owner),
        AccountOwner::Address20(_) => Err(AddressError::EthereumChecksum),
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// EIP-55: letters are capital where the hash of the lower-case digits has a nibble of 8 or more. Addresses in one case
/// only carry no checksum.
fn has_ethereum_checksum(digits: &str) -> bool {
    let has_lower = digits.bytes().any(|byte| byte.is_ascii_lowercase());
    let has_upper = digits.bytes().any(|byte| byte.is_ascii_uppercase());
    if !(has_lower && has_upper) {
        return true;
    }
    let hash = Keccak256::digest(digits.to_ascii_lowercase().as_bytes());
    digits.bytes().enumerate().all(|(index, byte)| {
        let nibble = if index % 2 == 0 { hash[index / 2] >> 4 } else { hash[index / 2] & 15 };
        !byte.is_ascii_alphabetic() || byte.is_ascii_uppercase() == (nibble >= 8)
    })
}

/// Recognises a recipient: an address, the name of one of the wallet's chains, or a name of the address book.
pub fn recognise_recipient(text: &str, known: KnownAddresses<'_>) -> Result<RecipientInfo, AddressError> {
    match parse_address(text) {
        Ok(ParsedAddress::Chain(chain_id)) => {
            Ok(known.describe(chain_id, AccountOwner::CHAIN, BookEntryKind::Chain))
        }
        Ok(ParsedAddress::OwnerOnChain(owner, chain_id)) => {
            Ok(known.describe(chain_id, owner, BookEntryKind::OwnerOnChain))
        }
        Ok(ParsedAddress::Owner(owner)) => known.owner_alone(owner),
        Err(AddressError::NotAnAddress) => known.by_name(text),
        Err(error) => Err(error),
    }
}

impl KnownAddresses<'_> {
    fn describe(&self, chain_id: ChainId, owner: AccountOwner, kind: BookEntryKind) -> RecipientInfo {
        let known_as = self.name_of(chain_id, owner);
        RecipientInfo { chain_id, owner, known_as, kind }
    }

    /// How a recipient is known.
    pub fn name_of(&self, chain_id: ChainId, owner: AccountOwner) -> PartyName {
        let chain = self.chains.iter().find(|chain| chain.chain_id == chain_id && chain.account.is_some());
        let account = self.accounts.iter().find(|account| account.owner == owner);
        let entry = self.book.iter().find(|entry| {
            entry.chain_id == Some(chain_id) && entry.owner.unwrap_or(AccountOwner::CHAIN) == owner
        });
        let owner_entry =
            self.book.iter().find(|entry| entry.chain_id.is_none() && entry.owner == Some(owner));
        match (chain, account, entry.or(owner_entry)) {
            (Some(chain), _, _) if owner.is_chain() => PartyName::Mine(chain.name.clone()),
            (Some(chain), Some(account), _) => PartyName::Mine(format!("{} on {}", account.name, chain.name)),
            (None, Some(account), _) => PartyName::Mine(account.name.clone()),
            (_, _, Some(entry)) => PartyName::Book(entry.name.clone()),
            (_, None, None) => PartyName::New,
        }
    }

    /// An owner is meant on the one chain where the wallet knows it.
    fn owner_alone(&self, owner: AccountOwner) -> Result<RecipientInfo, AddressError> {
        if owner.is_chain() {
            return Err(AddressError::OwnerNeedsChain);
        }
        let account = self.accounts.iter().find(|account| account.owner == owner);
        let mut places = self
            .chains
            .iter()
            .filter(|chain| account.is_some_and(|account| chain.account == Some(account.id)))
            .map(|chain| chain.chain_id)
            .chain(
                self.book
                    .iter()
                    .filter(|entry| entry.owner == Some(owner))
                    .filter_map(|entry| entry.chain_id),
            );
        match (places.next(), places.next()) {
            (Some(chain_id), None) => Ok(self.describe(chain_id, owner, BookEntryKind::Owner)),
            _ => Err(AddressError::OwnerNeedsChain),
        }
    }

    fn by_name(&self, text: &str) -> Result<RecipientInfo, AddressError> {
        let wanted = text.trim().to_lowercase();
        let is_it = |name: &str| name.to_lowercase() == wanted;
        let mine = self
            .chains
            .iter()
            .filter(|chain| chain.account.is_some() && is_it(&chain.name))
            .map(|chain| self.describe(chain.chain_id, AccountOwner::CHAIN, BookEntryKind::Chain));
        let book = self.book.iter().filter(|entry| is_it(&entry.name)).map(|entry| {
            match (entry.chain_id, entry.owner) {
                (Some(chain_id), None) => {
                    Ok(self.describe(chain_id, AccountOwner::CHAIN, BookEntryKind::Chain))
                }
                (Some(chain_id), Some(owner)) => {
                    Ok(self.describe(chain_id, owner, BookEntryKind::OwnerOnChain))
                }
                (None, Some(owner)) => self.owner_alone(owner),
                (None, None) => Err(AddressError::NotAnAddress),
            }
        });
        let mut found = mine.map(Ok).chain(book);
        match (found.next(), found.next()) {
            (Some(recipient), None) => recipient,
            (Some(_), Some(_)) => Err(AddressError::AmbiguousName),
            (None, _) => Err(AddressError::NotAnAddress),
        }
    }
}

/// A hash or address shortened in the middle: eight first and six last digits; `0x` does not count.
pub fn shorten(text: &str) -> String {
    let (prefix, digits) = if text.starts_with("0x") { text.split_at(2) } else { ("", text) };
    if !digits.is_ascii() || digits.len() <= 16 {
        return text.to_owned();
    }
    format!("{prefix}{}…{}", &digits[..8], &digits[digits.len() - 6..])
}

#[cfg(test)]
mod tests;
