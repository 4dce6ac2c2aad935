//! Names for addresses.

use serde::{Deserialize, Serialize};
use walnut_base::Timestamp;

use crate::{
    address::{AddressError, ParsedAddress, parse_address},
    messages::{AddressBookEntry, UiError, UiErrorCode},
};

/// Version of the stored form.
pub const ADDRESS_BOOK_VERSION: u32 = 1;

/// Entries kept.
pub const BOOK_ENTRIES_MAX: usize = 1_000;

/// Characters of a name.
pub const BOOK_NAME_CHARS_MAX: usize = 40;

/// The address book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressBook {
    version: u32,
    next_id: u32,
    entries: Vec<AddressBookEntry>,
}

/// Why an entry cannot be added or removed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressBookError {
    /// The address cannot be read.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The name is empty or too long.
    #[error("A name has between 1 and {max} characters.")]
    InvalidName {
        /// The limit.
        max: usize,
    },
    /// The name would read as an address.
    #[error("This name looks like an address. Choose another one.")]
    NameIsAnAddress,
    /// The name is there already, upper and lower case being the same.
    #[error("There is an entry named “{name}” already.")]
    NameExists {
        /// The name.
        name: String,
    },
    /// The address is there already.
    #[error("This address is in the book already, as “{name}”.")]
    AddressExists {
        /// Its name.
        name: String,
    },
    /// Too many entries.
    #[error("The address book holds at most {max} entries.")]
    Full {
        /// The limit.
        max: usize,
    },
    /// No such entry.
    #[error("This entry is not in the book any more.")]
    UnknownEntry,
    /// The stored book was written by a newer version.
    #[error("The address book was written by a newer version ({0}).")]
    NewerVersion(u32),
}

impl From<AddressBookError> for UiError {
    fn from(error: AddressBookError) -> Self {
        let code = match error {
            AddressBookError::Address(_) => UiErrorCode::InvalidRecipient,
            AddressBookError::NewerVersion(_) => UiErrorCode::StorageNewerVersion,
            AddressBookError::UnknownEntry => UiErrorCode::UnknownItem,
            AddressBookError::InvalidName { .. } | AddressBookError::NameIsAnAddress => {
                UiErrorCode::InvalidName
            }
            AddressBookError::Full { .. } => UiErrorCode::TooMany,
            AddressBookError::NameExists { .. } | AddressBookError::AddressExists { .. } => {
                UiErrorCode::BookEntryExists
            }
        };
        Self::new(code, error.to_string())
    }
}

impl Default for AddressBook {
    fn default() -> Self {
        Self { version: ADDRESS_BOOK_VERSION, next_id: 1, entries: Vec::new() }
    }
}

impl AddressBook {
    /// Refuses a book of a newer version; call it after deserialising.
    pub fn check_version(self) -> Result<Self, AddressBookError> {
        if self.version > ADDRESS_BOOK_VERSION {
            return Err(AddressBookError::NewerVersion(self.version));
        }
        Ok(self)
    }

    /// All entries, in the order they were added.
    pub fn entries(&self) -> &[AddressBookEntry] {
        &self.entries
    }

    /// Adds an entry: a chain id, an owner, or owner@chain.
    pub fn add(
        &mut self,
        name: &str,
        address: &str,
        now: Timestamp,
    ) -> Result<&AddressBookEntry, AddressBookError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > BOOK_NAME_CHARS_MAX || name.chars().any(char::is_control)
        {
            return Err(AddressBookError::InvalidName { max: BOOK_NAME_CHARS_MAX });
        }
        if parse_address(name) != Err(AddressError::NotAnAddress) {
            return Err(AddressBookError::NameIsAnAddress);
        }
        let (chain_id, owner) = match parse_address(address)? {
            ParsedAddress::Chain(chain_id) => (Some(chain_id), None),
            ParsedAddress::Owner(owner) if owner.is_chain() => {
                return Err(AddressError::OwnerNeedsChain.into());
            }
            ParsedAddress::Owner(owner) => (None, Some(owner)),
            ParsedAddress::OwnerOnChain(owner, chain_id) => (Some(chain_id), Some(owner)),
        };
        let folded = name.to_lowercase();
        for entry in &self.entries {
            if entry.name.to_lowercase() == folded {
                return Err(AddressBookError::NameExists { name: entry.name.clone() });
            }
            if (entry.chain_id, entry.owner) == (chain_id, owner) {
                return Err(AddressBookError::AddressExists { name: entry.name.clone() });
            }
        }
        if self.entries.len() >= BOOK_ENTRIES_MAX {
            return Err(AddressBookError::Full { max: BOOK_ENTRIES_MAX });
        }
        let id = self.next_id;
        self.next_id += 1;
        self.entries.push(AddressBookEntry { id, name: name.to_owned(), chain_id, owner, created_at: now });
        Ok(self.entries.last().expect("an entry was just pushed"))
    }

    /// Removes an entry.
    pub fn remove(&mut self, id: u32) -> Result<AddressBookEntry, AddressBookError> {
        let index =
            self.entries.iter().position(|entry| entry.id == id).ok_or(AddressBookError::UnknownEntry)?;
        Ok(self.entries.remove(index))
    }
}

#[cfg(test)]
mod tests;
