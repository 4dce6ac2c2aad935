//! Recipients: each kind, each wrong kind.

use super::*;
use crate::test_values::{account, book_entry, chain, owner, summary};

const CHAIN_1: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const EVM: &str = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94";

fn evm_owner() -> AccountOwner {
    EVM.to_lowercase().parse().unwrap()
}

#[test]
fn tells_kinds_apart() {
    for (text, parsed) in [
        (CHAIN_1.to_owned(), ParsedAddress::Chain(chain(1))),
        (format!("  {}\n{} ", &CHAIN_1[..20], &CHAIN_1[20..]), ParsedAddress::Chain(chain(1))),
        (format!("0x{CHAIN_1}"), ParsedAddress::Owner(owner(1))),
        (format!("0X{CHAIN_1}"), ParsedAddress::Owner(owner(1))),
        (EVM.to_owned(), ParsedAddress::Owner(evm_owner())),
        (EVM.to_lowercase(), ParsedAddress::Owner(evm_owner())),
        (format!("0x{}", EVM[2..].to_uppercase()), ParsedAddress::Owner(evm_owner())),
        (format!("0x{CHAIN_1}@{CHAIN_1}"), ParsedAddress::OwnerOnChain(owner(1), chain(1))),
        (format!("0x00@{CHAIN_1}"), ParsedAddress::Chain(chain(1))),
    ] {
        assert_eq!(parse_address(&text), Ok(parsed), "{text}");
    }
}

#[test]
fn says_what_is_wrong() {
    for (text, error) in [
        (String::new(), AddressError::Empty),
        (" \n".to_owned(), AddressError::Empty),
        ("Ana".to_owned(), AddressError::NotAnAddress),
        (CHAIN_1[1..].to_owned(), AddressError::WrongLength { found: 63 }),
        (format!("{CHAIN_1}0"), AddressError::WrongLength { found: 65 }),
        (format!("0x{}", &CHAIN_1[2..]), AddressError::WrongLength { found: 62 }),
        (format!("0x{}z", &CHAIN_1[1..]), AddressError::NotAnAddress),
        (format!("{CHAIN_1}@{CHAIN_1}"), AddressError::NotAnOwner),
        (format!("0x{CHAIN_1}@0x{CHAIN_1}"), AddressError::NotAChain),
        (format!("0x{CHAIN_1}@"), AddressError::NotAChain),
        (format!("@{CHAIN_1}"), AddressError::NotAnOwner),
        (format!("0x07@{CHAIN_1}"), AddressError::ReservedOwner),
        (EVM.replace("Eda94", "eda94"), AddressError::EthereumChecksum),
        (EVM.replace("94", "95"), AddressError::EthereumChecksum),
    ] {
        assert_eq!(parse_address(&text), Err(error), "{text}");
    }
}

#[test]
fn recognises_mine_and_the_book() {
    let chains = [summary(chain(1), "Savings", Some(1)), summary(chain(2), "Watched", None)];
    let accounts = [account(1, "Main", owner(10)), account(2, "Second", owner(11))];
    let book = [
        book_entry(1, "Ana", Some(chain(3)), None),
        book_entry(2, "Bo", None, Some(owner(12))),
        book_entry(3, "Cleo", Some(chain(4)), Some(owner(13))),
    ];
    let known = KnownAddresses { chains: &chains, accounts: &accounts, book: &book };
    let recognise = |text: &str| {
        recognise_recipient(text, known).map(|info| (info.chain_id, info.owner, info.known_as, info.kind))
    };
    let mine = |name: &str| PartyName::Mine(name.to_owned());
    let in_book = |name: &str| PartyName::Book(name.to_owned());
    use BookEntryKind as Kind;

    let to_chain = |n, name| Ok((chain(n), AccountOwner::CHAIN, name, Kind::Chain));
    assert_eq!(recognise(CHAIN_1), to_chain(1, mine("Savings")));
    assert_eq!(recognise(&chain(2).to_string()), to_chain(2, PartyName::New));
    assert_eq!(recognise(&chain(3).to_string()), to_chain(3, in_book("Ana")));
    assert_eq!(recognise("  ana "), to_chain(3, in_book("Ana")));
    assert_eq!(recognise("SAVINGS"), to_chain(1, mine("Savings")));
    assert_eq!(recognise("Watched"), Err(AddressError::NotAnAddress));

    let on = |c, o, name, kind| Ok((chain(c), owner(o), name, kind));
    assert_eq!(
        recognise(&format!("{}@{CHAIN_1}", owner(10))),
        on(1, 10, mine("Main on Savings"), Kind::OwnerOnChain)
    );
    assert_eq!(
        recognise(&format!("{}@{}", owner(10), chain(9))),
        on(9, 10, mine("Main"), Kind::OwnerOnChain)
    );
    assert_eq!(
        recognise(&format!("{}@{}", owner(12), chain(9))),
        on(9, 12, in_book("Bo"), Kind::OwnerOnChain)
    );
    assert_eq!(
        recognise(&format!("{}@{}", owner(99), chain(9))),
        on(9, 99, PartyName::New, Kind::OwnerOnChain)
    );
    assert_eq!(recognise("cleo"), on(4, 13, in_book("Cleo"), Kind::OwnerOnChain));
    // One chain is known for these owners; for the others none.
    assert_eq!(recognise(&owner(10).to_string()), on(1, 10, mine("Main on Savings"), Kind::Owner));
    assert_eq!(recognise(&owner(13).to_string()), on(4, 13, in_book("Cleo"), Kind::Owner));
    assert_eq!(recognise(&owner(11).to_string()), Err(AddressError::OwnerNeedsChain));
    assert_eq!(recognise("Bo"), Err(AddressError::OwnerNeedsChain));
    assert_eq!(recognise("0x00"), Err(AddressError::OwnerNeedsChain));
}

#[test]
fn refuses_to_guess_between_two() {
    let chains = [summary(chain(1), "Ana", Some(1)), summary(chain(2), "Other", Some(1))];
    let accounts = [account(1, "Main", owner(10))];
    let book = [book_entry(1, "ANA", Some(chain(3)), None)];
    let known = KnownAddresses { chains: &chains, accounts: &accounts, book: &book };
    assert_eq!(recognise_recipient("ana", known), Err(AddressError::AmbiguousName));
    // The account acts on two chains.
    assert_eq!(recognise_recipient(&owner(10).to_string(), known), Err(AddressError::OwnerNeedsChain));
}

#[test]
fn shortens_in_the_middle() {
    assert_eq!(shorten(CHAIN_1), "01010101…010101");
    assert_eq!(shorten(EVM), "0x9858EfFD…aEda94");
    assert_eq!(shorten("0x00"), "0x00");
    assert_eq!(shorten("é".repeat(40).as_str()), "é".repeat(40));
}
