//! The vault's cryptography inside a browser: the same vectors as natively.
#![cfg(target_arch = "wasm32")]

use walnut_wallet::vault::{
    KdfParams, RecoveryPhrase, VaultError, VaultFile, checko_key, derive_password_key, ed25519_key, evm_key,
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// As version 1 wrote it; password "walnut fixture".
const VERSION_1: &str = include_str!("../src/vault/tests/vault-v1.json");

const ABOUT: &[u8] =
    b"abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

#[wasm_bindgen_test]
fn derivations() {
    let phrase = RecoveryPhrase::parse(ABOUT).unwrap_or_else(|error| panic!("{error}"));
    let own = ed25519_key(&phrase, 0).to_secret_bytes();
    assert_eq!(own[..4], [0xb9, 0xa9, 0x40, 0x92]);
    assert_eq!(checko_key(&phrase).to_secret_bytes()[..4], [0xbf, 0x1d, 0xdd, 0xb7]);
    let evm = evm_key(&phrase, 0).map(|key| key.owner().to_string());
    assert_eq!(evm.as_deref(), Some("0x9858effd232b4033e47d90003d41ec34ecaeda94"));
}

#[wasm_bindgen_test]
fn a_stored_vault_opens_and_signs() {
    let file = VaultFile::from_json(VERSION_1.trim()).unwrap();
    let unlock = |password: &[u8]| {
        derive_password_key(password, file.kdf()).and_then(|password_key| file.unlock(&password_key))
    };
    assert_eq!(unlock(b"something else").err(), Some(VaultError::WrongPassword));
    let key = unlock(b"walnut fixture").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(file.phrase(&key).map(|phrase| phrase.words().as_bytes() == ABOUT), Ok(true));
    let owner = file.accounts()[0].owner;
    let secret_key = file.secret_key(&key, &owner).unwrap_or_else(|error| panic!("{error}"));
    let digest = [7; 32].into();
    let signature = secret_key.sign_prehash(digest);
    assert_eq!(signature.check_prehash(digest, "digest"), Ok(()));
    assert_eq!(signature.owner(), owner);
}

/// 64 MiB of wasm memory are there.
#[wasm_bindgen_test]
fn the_standard_password_key() {
    let salt = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    let params = KdfParams { memory_kib: KdfParams::MEMORY_KIB, passes: KdfParams::PASSES, salt };
    assert!(derive_password_key(b"correct horse battery staple", &params).is_ok());
}
