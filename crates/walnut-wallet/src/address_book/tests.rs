//! The address book: what it takes, what it refuses.

use super::*;
use crate::test_values::{NOW, chain, owner};

#[test]
fn takes_each_kind_and_finds_them_after_a_restart() {
    let mut book = AddressBook::default();
    assert_eq!(
        book.add(" Ana ", &chain(1).to_string(), NOW).map(|entry| entry.name.clone()),
        Ok("Ana".to_owned())
    );
    assert!(book.add("Bo", &owner(1).to_string(), NOW).is_ok());
    assert!(book.add("Cleo", &format!("{}@{}", owner(1), chain(1)), NOW).is_ok());
    let stored = serde_json::to_string(&book).unwrap();
    let mut book = serde_json::from_str::<AddressBook>(&stored).unwrap().check_version().unwrap();
    assert_eq!(
        book.entries().iter().map(|entry| (entry.id, entry.chain_id, entry.owner)).collect::<Vec<_>>(),
        [(1, Some(chain(1)), None), (2, None, Some(owner(1))), (3, Some(chain(1)), Some(owner(1)))]
    );
    assert_eq!(book.remove(2).map(|entry| entry.name), Ok("Bo".to_owned()));
    assert_eq!(book.remove(2), Err(AddressBookError::UnknownEntry));
    // Numbers are not used again.
    assert_eq!(book.add("Dan", &owner(2).to_string(), NOW).map(|entry| entry.id), Ok(4));
}

#[test]
fn refuses_what_would_confuse() {
    let mut book = AddressBook::default();
    book.add("Ana", &chain(1).to_string(), NOW).unwrap();
    let name = || "Ana".to_owned();
    for (given, address, error) in [
        ("", chain(2).to_string(), AddressBookError::InvalidName { max: 40 }),
        ("a\u{7}", chain(2).to_string(), AddressBookError::InvalidName { max: 40 }),
        (&"x".repeat(41), chain(2).to_string(), AddressBookError::InvalidName { max: 40 }),
        ("aNA", chain(2).to_string(), AddressBookError::NameExists { name: name() }),
        ("Anna", chain(1).to_string(), AddressBookError::AddressExists { name: name() }),
        (&chain(7).to_string()[..40], chain(2).to_string(), AddressBookError::NameIsAnAddress),
        ("Bo", "nonsense".to_owned(), AddressBookError::Address(AddressError::NotAnAddress)),
        ("Bo", "0x00".to_owned(), AddressBookError::Address(AddressError::OwnerNeedsChain)),
    ] {
        assert_eq!(book.add(given, &address, NOW).cloned(), Err(error), "{given}");
    }
    assert_eq!(book.entries().len(), 1);
}

#[test]
fn is_bounded_and_knows_its_version() {
    let mut book = AddressBook::default();
    for n in 0..BOOK_ENTRIES_MAX {
        book.add(&format!("n{n}"), &format!("{n:064x}"), NOW).unwrap();
    }
    assert_eq!(
        book.add("last", &chain(255).to_string(), NOW).cloned(),
        Err(AddressBookError::Full { max: BOOK_ENTRIES_MAX })
    );
    let newer: AddressBook = serde_json::from_str(r#"{"version":2,"next_id":1,"entries":[]}"#).unwrap();
    assert_eq!(newer.check_version(), Err(AddressBookError::NewerVersion(2)));
}
