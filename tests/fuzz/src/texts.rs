//! What people type and what pages, files and backups hand in.
//!
//! Promises: a text that was understood is understood again as it is written back, and means the same.

use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

use crate::eat;
use serde::{Serialize, de::DeserializeOwned};
use walnut_base::{
    Account, AccountOwner, AccountPublicKey, Amount, ApplicationId, Blob, BlobId, BlockHeight, ChainId,
    CryptoHash, Epoch, EvmPublicKey, EvmSignature, GenericApplicationId, GenesisConfig, ModuleId,
    NetworkAddress, StreamId, Timestamp,
    wallet_file::{KeystoreFile, WalletFile},
};
use walnut_wallet::{
    address::{KnownAddresses, parse_address, recognise_recipient, shorten},
    address_book::AddressBook,
    amount_input::{format_amount, parse_amount, plain_amount},
    messages::{Envelope, KeyKind},
    vault::{
        RecoveryPhrase, VaultFile, is_phrase_word, keys_from_keystore, password_strength,
        secret_key_from_hex, suggest_phrase_words,
    },
};

/// The first byte says what it is taken for, the rest is the text.
pub(crate) fn run(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else { return };
    match kind % 32 {
        0 => return phrase(bytes),
        1 => return eat(keys_from_keystore(bytes)),
        2 => return eat(secret_key_from_hex(KeyKind::Ed25519, bytes)),
        3 => return eat(secret_key_from_hex(KeyKind::Secp256k1, bytes)),
        4 => return eat(secret_key_from_hex(KeyKind::EvmSecp256k1, bytes)),
        _ => {}
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match kind % 32 {
        5 => vault(text),
        6 => amount(text),
        7 => {
            eat(parse_address(text));
            eat(recognise_recipient(text, KnownAddresses { chains: &[], accounts: &[], book: &[] }));
            assert!(shorten(text).chars().count() <= text.chars().count().max(20), "{text}");
        }
        8 => {
            eat((is_phrase_word(text), password_strength(text)));
            assert!(suggest_phrase_words(text, 5).len() <= 5);
        }
        9 => json::<Envelope>(text),
        10 => json::<GenesisConfig>(text),
        11 => json::<WalletFile>(text),
        12 => eat(serde_json::from_str::<KeystoreFile>(text)),
        13 => json::<AddressBook>(text),
        14 => word::<Amount>(text),
        15 => word::<ChainId>(text),
        16 => word::<AccountOwner>(text),
        17 => word::<Account>(text),
        18 => word::<ApplicationId>(text),
        19 => word::<GenericApplicationId>(text),
        20 => word::<ModuleId>(text),
        21 => word::<BlobId>(text),
        22 => word::<StreamId>(text),
        23 => word::<Timestamp>(text),
        24 => word::<NetworkAddress>(text),
        25 => word::<CryptoHash>(text),
        26 => word::<AccountPublicKey>(text),
        27 => word::<EvmPublicKey>(text),
        28 => word::<BlockHeight>(text),
        29 => word::<Epoch>(text),
        30 => eat(text.parse::<EvmSignature>()),
        _ => eat(text.parse::<Blob>()),
    }
}

fn phrase(bytes: &[u8]) {
    let Ok(phrase) = RecoveryPhrase::parse(bytes) else { return };
    let words = phrase.words();
    let again = RecoveryPhrase::parse(words.as_bytes()).map(|again| again.words());
    assert!(again.is_ok_and(|again| again == words), "other words");
}

fn vault(text: &str) {
    let Ok(file) = VaultFile::from_json(text) else { return };
    let again = VaultFile::from_json(&file.to_json()).expect("our own file can be read");
    assert_eq!(again.to_json(), file.to_json());
    for account in file.accounts() {
        assert_eq!(file.account(account.id).ok(), Some(&account));
    }
    eat(VaultFile::newest(&[text, "", "{"]));
}

fn amount(text: &str) {
    let Ok(amount) = parse_amount(text, None) else { return };
    assert_eq!(parse_amount(&format_amount(amount), None), Ok(amount));
    assert_eq!(parse_amount(&plain_amount(amount), Some(amount)), Ok(amount));
}

fn json<T: Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) {
    let Ok(value) = serde_json::from_str::<T>(text) else { return };
    let text = serde_json::to_string(&value).expect("it has a JSON form");
    let again = serde_json::from_str::<T>(&text).expect("what we wrote can be read");
    assert!(again == value, "another value after JSON: {text}");
}

fn word<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) {
    let Ok(value) = text.parse::<T>() else { return };
    let text = value.to_string();
    let again = text.parse::<T>().unwrap_or_else(|error| panic!("our own `{text}`: {error:?}"));
    assert_eq!(again, value);
}
