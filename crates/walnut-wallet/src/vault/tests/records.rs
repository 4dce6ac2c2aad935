//! The stored file: what opens it, what does not, and that every change keeps everything else.

use proptest::prelude::*;

use super::{
    super::{file::*, *},
    about, error_of, light_kdf, rng, vault,
};
use crate::{
    messages::{AccountId, AccountSource, ImportedSecretKind, KeyKind, UiError, UiErrorCode},
    test_values::{NOW, later, owner},
};

/// A file as version 1 wrote it. Later versions must still open it; password "walnut fixture".
const VERSION_1: &str = include_str!("vault-v1.json");

fn unlock(file: &VaultFile, password: &str) -> Result<VaultKey, VaultError> {
    file.unlock(&derive_password_key(password.as_bytes(), file.kdf())?)
}

fn ok<T>(result: Result<T, VaultError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn version_1_still_opens_and_is_still_written_alike() {
    assert_eq!(vault().0.to_json(), VERSION_1.trim(), "the form has changed: that needs a new version");
    let file = VaultFile::from_json(VERSION_1.trim()).unwrap();
    let key = ok(unlock(&file, "walnut fixture"));
    assert_eq!(ok(file.phrase(&key)).words().as_str(), super::ABOUT);
    let account = file.accounts().remove(0);
    assert_eq!((account.name.as_str(), account.source), ("Main", AccountSource::Phrase { index: 0 }));
    assert_eq!(ok(file.secret_key(&key, &account.owner)).owner(), account.owner);
}

#[test]
fn wrong_password_damage_and_newer_versions_are_told_apart() {
    let (file, _) = vault();
    assert_eq!(error_of(unlock(&file, "walnut fixturf")), Some(VaultError::WrongPassword));
    assert_eq!(error_of(unlock(&file, "")), Some(VaultError::WrongPassword));
    let text = file.to_json();
    let damaged = |what: &str| Err(VaultError::Damaged(what.to_owned()));
    assert_eq!(VaultFile::from_json(""), damaged("the file has no header"));
    assert_eq!(VaultFile::from_json(&text[..text.len() - 1]), damaged("the file has no header"));
    assert_eq!(
        VaultFile::from_json(&text.replace("walnut-vault", "walnut-vaulT")),
        damaged("the file is something else")
    );
    assert_eq!(VaultFile::from_json(&text.replace("\"Main\"", "\"Mein\"")), damaged("the checksum differs"));
    assert_eq!(
        VaultFile::from_json(&text.replace("\"version\":1", "\"version\":0")),
        damaged("the checksum differs")
    );
    // A newer version is recognised whatever its body looks like.
    assert_eq!(
        VaultFile::from_json("{\"format\":\"walnut-vault\",\"version\":2,\"body\":[\"other\"]}"),
        Err(VaultError::NewerVersion { found: 2 })
    );
    let unknown = text.replace("\"body\":{", "\"body\":{\"more\":1,");
    assert!(matches!(VaultFile::from_json(&unknown), Err(VaultError::Damaged(_))));
    for (error, code) in [
        (VaultError::WrongPassword, UiErrorCode::WrongPassword),
        (VaultError::Damaged(String::new()), UiErrorCode::VaultDamaged),
        (VaultError::NewerVersion { found: 2 }, UiErrorCode::VaultNewerVersion),
        (VaultError::AccountExists, UiErrorCode::AccountExists),
        (VaultError::Phrase(PhraseError::Checksum), UiErrorCode::InvalidPhrase),
        (VaultError::Import(ImportError::NotHex), UiErrorCode::InvalidPrivateKey),
    ] {
        assert_eq!(UiError::from(error).code, code);
    }
}

/// Whoever changes the file and mends its checksum is still caught: by the cipher, or by the owner a key has.
#[test]
fn a_forged_file_does_not_open() {
    let (mut file, key) = vault();
    let second = ok(file.add_next(&key, "Second", NOW, &mut rng(2)));
    let accounts = file.accounts();
    let forge = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut value: serde_json::Value = serde_json::from_str(&file.to_json()).unwrap();
        change(&mut value);
        remend(value)
    };
    let pointer = |value: &mut serde_json::Value, path: &str| value.pointer_mut(path).unwrap().take();
    type Change<'a> = &'a dyn Fn(&mut serde_json::Value);
    let cases: [(Change<'_>, VaultError); 5] = [
        // Keys of two accounts exchanged.
        (
            &|value| {
                let first = pointer(value, "/body/accounts/0/secret_key");
                let other =
                    std::mem::replace(value.pointer_mut("/body/accounts/1/secret_key").unwrap(), first);
                *value.pointer_mut("/body/accounts/0/secret_key").unwrap() = other;
            },
            VaultError::Damaged("the key of account 1".into()),
        ),
        // Another owner written over the true one.
        (
            &|value| {
                *value.pointer_mut("/body/accounts/1/account/owner").unwrap() = owner(1).to_string().into()
            },
            VaultError::Damaged("the key of account 2".into()),
        ),
        // Another kind of key.
        (
            &|value| *value.pointer_mut("/body/accounts/0/account/key_kind").unwrap() = "secp256k1".into(),
            VaultError::Damaged("the key of account 1".into()),
        ),
        // Records of another vault.
        (
            &|value| *value.pointer_mut("/body/vault_id").unwrap() = "00".repeat(16).into(),
            VaultError::WrongPassword,
        ),
        // Cheaper parameters.
        (
            &|value| *value.pointer_mut("/body/password/argon2id/passes").unwrap() = 2.into(),
            VaultError::WrongPassword,
        ),
    ];
    for (change, error) in cases {
        let forged = VaultFile::from_json(&forge(change)).unwrap();
        assert_eq!(error_of(unlock(&forged, "walnut fixture")), Some(error));
    }
    let costly =
        forge(&|value| *value.pointer_mut("/body/password/argon2id/memory_kib").unwrap() = u32::MAX.into());
    assert!(matches!(VaultFile::from_json(&costly), Err(VaultError::Damaged(_))));
    assert_eq!((second, accounts.len()), (AccountId(2), 2));
}

/// Puts the checksum that fits the body, keeping the order of fields.
fn remend(value: serde_json::Value) -> String {
    use sha2::Digest as _;
    // serde_json sorts the fields of a `Value`; only the typed form has the order that the checksum is made over.
    let mut text = serde_json::to_string(&value).unwrap();
    let wrong = VaultFile::checksum_for_tests(&text);
    let old = value["checksum"].as_str().unwrap();
    text = text.replace(old, &hex::encode(sha2::Sha256::digest(&wrong)));
    text
}

#[test]
fn every_flipped_byte_is_noticed() {
    let text = vault().0.to_json();
    for index in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[index] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        assert!(VaultFile::from_json(&changed).is_err(), "byte {index}");
    }
}

#[test]
fn the_newest_intact_copy_is_taken() {
    let (mut file, _) = vault();
    let old = file.to_json();
    file.rename(AccountId(1), "Renamed").unwrap();
    let new = file.to_json();
    let broken = new.replace("Renamed", "Renamee");
    let newest = |copies: &[&str]| VaultFile::newest(copies).map(|file| file.map(|file| file.revision()));
    assert_eq!(newest(&[]), Ok(None));
    assert_eq!(newest(&[&old, &new]), Ok(Some(file.revision())));
    assert_eq!(newest(&[&new, &old]), Ok(Some(file.revision())));
    assert_eq!(newest(&[&broken, &old]), Ok(Some(file.revision() - 1)));
    assert_eq!(newest(&[&broken, "x"]), Err(VaultError::Damaged("the checksum differs".into())));
    let newer = "{\"format\":\"walnut-vault\",\"version\":3}";
    assert_eq!(newest(&[&new, newer]), Err(VaultError::NewerVersion { found: 3 }));
}

#[test]
fn changing_the_password_moves_nothing_else() {
    let (mut file, key) = vault();
    let owner = file.accounts()[0].owner;
    let kdf = light_kdf(9);
    file.change_password(&key, &ok(derive_password_key(b"another", &kdf)), kdf, &mut rng(5));
    assert_eq!(error_of(unlock(&file, "walnut fixture")), Some(VaultError::WrongPassword));
    let key = ok(unlock(&file, "another"));
    assert_eq!(ok(file.secret_key(&key, &owner)).owner(), owner);
    assert_eq!(ok(file.phrase(&key)).words().as_str(), super::ABOUT);
}

#[test]
fn accounts_from_words_keys_and_files() {
    let (mut file, key) = vault();
    let mut rng = rng(6);
    assert_eq!(
        file.add_phrase(&key, &about(), ImportedSecretKind::Phrase, "Again", NOW, &mut rng),
        Err(VaultError::AccountExists)
    );
    let evm = file.add_phrase(&key, &about(), ImportedSecretKind::EvmPhrase, "Ether", NOW, &mut rng).unwrap();
    let checko =
        file.add_phrase(&key, &about(), ImportedSecretKind::CheckoPhrase, "CheCko", NOW, &mut rng).unwrap();
    let third = file.add_next(&key, "Third", later(1), &mut rng).unwrap();
    let secret = secret_key_from_hex(KeyKind::EvmSecp256k1, "01".repeat(32).as_bytes())
        .unwrap_or_else(|e| panic!("{e}"));
    let imported = file.add_key(&key, &secret, AccountSource::PrivateKey, "Old", NOW, &mut rng).unwrap();
    assert_eq!(
        file.add_key(&key, &secret, AccountSource::PrivateKey, "Old", NOW, &mut rng),
        Err(VaultError::AccountExists)
    );
    let sources: Vec<_> = [evm, checko, third, imported].map(|id| file.account(id).unwrap().source).to_vec();
    assert_eq!(
        sources,
        [
            AccountSource::EvmPhrase { index: 0 },
            AccountSource::CheckoPhrase,
            AccountSource::Phrase { index: 1 },
            AccountSource::PrivateKey
        ]
    );
    for account in file.accounts() {
        assert_eq!(ok(file.secret_key(&key, &account.owner)).owner(), account.owner);
    }
    assert_eq!(error_of(file.secret_key(&key, &owner(1))), Some(VaultError::UnknownAccount));
    assert_eq!(file.account(AccountId(99)), Err(VaultError::UnknownAccount));
    for name in ["", "  ", "a\nb", &"x".repeat(NAME_CHARS_MAX + 1)] {
        assert_eq!(file.rename(evm, name), Err(VaultError::InvalidName { max: NAME_CHARS_MAX }));
    }
    file.confirm_backup();
    assert!(file.accounts().iter().all(|account| account.backed_up));
}

#[test]
fn a_wallet_from_a_key_has_no_words_until_some_are_imported() {
    let mut rng = rng(8);
    let (mut file, key) =
        VaultFile::create(&ok(derive_password_key(b"p", &light_kdf(1))), light_kdf(1), NOW, &mut rng);
    assert_eq!(file.add_next(&key, "Next", NOW, &mut rng), Err(VaultError::NoPhrase));
    assert_eq!(error_of(file.phrase(&key)), Some(VaultError::NoPhrase));
    file.add_phrase(&key, &about(), ImportedSecretKind::EvmPhrase, "Ether", NOW, &mut rng).unwrap();
    let next = file.add_next(&key, "Next", NOW, &mut rng).unwrap();
    assert_eq!(file.account(next).unwrap().source, AccountSource::EvmPhrase { index: 1 });
}

#[test]
fn is_bounded() {
    let (mut file, key) = vault();
    let mut rng = rng(9);
    for n in 1..ACCOUNTS_MAX {
        let secret = secret_key_from_hex(KeyKind::Ed25519, format!("{n:064x}").as_bytes())
            .unwrap_or_else(|e| panic!("{e}"));
        file.add_key(&key, &secret, AccountSource::Keystore, "k", NOW, &mut rng).unwrap();
    }
    let before = file.clone();
    assert_eq!(
        file.add_next(&key, "one more", NOW, &mut rng),
        Err(VaultError::TooManyAccounts { max: ACCOUNTS_MAX })
    );
    assert_eq!(file, before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Random changes with a restart before each: the stored text always opens, revisions rise, and no key that was
    /// ever added is lost.
    #[test]
    fn nothing_is_lost(steps in prop::collection::vec((0..5_u8, 0..6_u64), 1..16)) {
        let (mut file, mut key) = vault();
        let mut password = "walnut fixture".to_owned();
        let mut rng = rng(10);
        let mut owners: Vec<_> = file.accounts().iter().map(|account| account.owner).collect();
        for (step, n) in steps {
            let revision = file.revision();
            file = VaultFile::from_json(&file.to_json()).unwrap();
            let added = match step {
                0 => file.add_next(&key, "next", NOW, &mut rng).ok(),
                1 => {
                    let secret = secret_key_from_hex(KeyKind::Ed25519, format!("{:064x}", n + 1).as_bytes())
                        .unwrap_or_else(|error| panic!("{error}"));
                    file.add_key(&key, &secret, AccountSource::PrivateKey, "key", NOW, &mut rng).ok()
                }
                2 => {
                    password = format!("password {n}");
                    let kdf = light_kdf(u8::try_from(n).unwrap());
                    let password_key = ok(derive_password_key(password.as_bytes(), &kdf));
                    file.change_password(&key, &password_key, kdf, &mut rng);
                    None
                }
                3 => { file.rename(AccountId(u32::try_from(n).unwrap()), "renamed").ok(); None }
                _ => { key = ok(unlock(&file, &password)); None }
            };
            if let Some(id) = added {
                owners.push(file.account(id).unwrap().owner);
            }
            prop_assert!(file.revision() >= revision);
        }
        let file = VaultFile::from_json(&file.to_json()).unwrap();
        let key = ok(unlock(&file, &password));
        prop_assert_eq!(file.accounts().len(), owners.len());
        for owner in owners {
            prop_assert_eq!(ok(file.secret_key(&key, &owner)).owner(), owner);
        }
    }
}
