//! Published vectors for words, paths and the password key; imports.

use super::{
    super::{derive::slip10_ed25519, *},
    ABOUT, about, error_of, rng,
};
use crate::messages::KeyKind;

fn hex_of(key: &walnut_base::AccountSecretKey) -> String {
    hex::encode(key.to_secret_bytes().as_ref())
}

/// BIP-39's own vectors (github.com/trezor/python-mnemonic, vectors.json), and the seed for the empty passphrase.
#[test]
fn bip39() {
    let zeros = RecoveryPhrase::parse(format!("{}art", "abandon ".repeat(23)).as_bytes());
    assert_eq!(zeros.map(|phrase| phrase.entropy().to_vec()), Ok(vec![0; 32]));
    let vote = RecoveryPhrase::parse(format!("{}vote", "zoo ".repeat(23)).as_bytes());
    assert_eq!(vote.map(|phrase| phrase.entropy().to_vec()), Ok(vec![0xff; 32]));
    assert_eq!(about().entropy(), [0; 16]);
    assert_eq!(
        hex::encode(about().seed().as_ref()),
        "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1\
         9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4"
    );
    assert_eq!(about().words().as_str(), ABOUT);
}

#[test]
fn new_phrases_have_24_words_that_read_back() {
    let phrase = RecoveryPhrase::generate(&mut rng(3));
    let words = phrase.words();
    assert_eq!(words.split(' ').count(), 24);
    let again = RecoveryPhrase::parse(words.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again.entropy(), phrase.entropy());
    assert_ne!(RecoveryPhrase::generate(&mut rng(4)).entropy(), phrase.entropy());
}

#[test]
fn phrases_as_people_type_them() {
    let numbered: String =
        ABOUT.split(' ').enumerate().map(|(n, word)| format!("{}. {word}\n", n + 1)).collect();
    let glued: String = ABOUT.split(' ').enumerate().map(|(n, word)| format!("{}){word}  ", n + 1)).collect();
    for text in [ABOUT.to_uppercase(), format!("\t{}\r\n", ABOUT.replace(' ', "\n ")), numbered, glued] {
        let phrase = RecoveryPhrase::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(phrase.entropy(), [0; 16]);
    }
    for (text, error) in [
        (String::new(), PhraseError::WordCount { found: 0 }),
        (ABOUT.replace(" about", ""), PhraseError::WordCount { found: 11 }),
        (format!("{ABOUT} about"), PhraseError::WordCount { found: 13 }),
        (ABOUT.replace("about", "abandon"), PhraseError::Checksum),
        (ABOUT.replace("about", "abuot"), PhraseError::UnknownWord { position: 12 }),
        (ABOUT.replacen("abandon", "äbandon", 1), PhraseError::UnknownWord { position: 1 }),
    ] {
        assert_eq!(error_of(RecoveryPhrase::parse(text.as_bytes())), Some(error), "{text}");
    }
    assert_eq!(error_of(RecoveryPhrase::parse(&[0xff, 0xfe])), Some(PhraseError::NotText));
    assert!(is_phrase_word("Zoo") && !is_phrase_word("zo") && !is_phrase_word(""));
    assert_eq!(suggest_phrase_words("wal", 5), ["walk", "wall", "walnut"]);
    assert_eq!(suggest_phrase_words("w", 5), Vec::<&str>::new());
}

/// SLIP-0010, test vector 1 for ed25519.
#[test]
fn slip_0010() {
    let seed = hex::decode("000102030405060708090a0b0c0d0e0f").unwrap();
    for (path, key) in [
        (&[][..], "2b4be7f19ee27bbf30c667b642d5f4aa69fd169872f8fc3059c08ebae2eb19e7"),
        (&[0], "68e0fe46dfb67e368c75379acec591dad19df3cde26e63b93a8e704f1dade7a3"),
        (&[0, 1], "b1d0bad404bf35da785a64ca1ac54b2617211d2777696fbffaf208f746ae84f2"),
        (&[0, 1, 2], "92a5b23c0b8a99e37d07df3fb9966917f5d06e02ddbd909c7e184371463e9fc9"),
        (&[0, 1, 2, 2], "30d1dc7e5fc04c31219ab25a27ae00b50f6fd66622f6e9c913253d6511d1e662"),
        (&[0, 1, 2, 2, 1_000_000_000], "8f94d394a8e8fd6b1bc2f3f49f5c47e385281d5c17e65324b0f62483e37e8793"),
    ] {
        assert_eq!(hex::encode(slip10_ed25519(&seed, path).as_ref()), key, "{path:?}");
    }
}

/// Computed with Python's hmac and hashlib for `m/44'/1279872581'/index'/0'/0'`.
#[test]
fn own_path() {
    assert_eq!(
        hex_of(&ed25519_key(&about(), 0)),
        "b9a9409273b10da9211c17396da1e86dd4664ac5196c6eca3ea332f594bc1a52"
    );
    assert_eq!(
        hex_of(&ed25519_key(&about(), 1)),
        "f728ddbcaa820cbde8480316fd3906482a57dacaa2f7a735226f925974d593bf"
    );
}

/// Addresses that every Ethereum wallet shows for these well-known words.
#[test]
fn ethereum_path() {
    let owner = |phrase: &RecoveryPhrase, index| evm_key(phrase, index).map(|key| key.owner().to_string());
    assert_eq!(owner(&about(), 0).as_deref(), Some("0x9858effd232b4033e47d90003d41ec34ecaeda94"));
    let junk = RecoveryPhrase::parse(b"test test test test test test test test test test test junk")
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(owner(&junk, 0).as_deref(), Some("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"));
    assert_eq!(owner(&junk, 1).as_deref(), Some("0x70997970c51812dc3a010c7d01b50e0d17dc79c8"));
    assert_eq!(
        evm_key(&junk, 0).map(|key| hex_of(&key)).as_deref(),
        Some("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
    );
}

/// The first 32 bytes of OpenSSL's ChaCha20 stream, keyed with the first half of the seed.
#[test]
fn checko() {
    assert_eq!(
        hex_of(&checko_key(&about())),
        "bf1dddb7ce708e616b1db6a1e75693f5fe6e5746a62a305fdcf492b1c32f623b"
    );
}

/// Computed with the reference implementation of Argon2 (argon2-cffi 25.1).
#[test]
fn argon2id() {
    let salt = std::array::from_fn(|index| u8::try_from(index).unwrap());
    let standard = KdfParams { memory_kib: KdfParams::MEMORY_KIB, passes: KdfParams::PASSES, salt };
    let light = KdfParams { memory_kib: 1024, passes: 1, salt };
    for (password, params, key) in [
        (
            "correct horse battery staple",
            &standard,
            "0d1a3c6523c8f06e4e0af9c515aa5b5448cfebd6838f2d52c3d8b6ef8ddc3c2e",
        ),
        ("walnut", &light, "6f08e9b5b7d6f326b046ef40ac0dfc519bed14f6a24a9ea3ba67fbecd46d3d7b"),
    ] {
        let derived = derive_password_key(password.as_bytes(), params).map(|key| hex::encode(key.bytes()));
        assert_eq!(derived.as_deref(), Ok(key));
    }
    assert!(!standard.is_outdated() && light.is_outdated());
}

#[test]
fn hostile_parameters_are_refused_before_memory_is_taken() {
    let salt = [0; 16];
    for (memory_kib, passes) in
        [(u32::MAX, 3), (1024 * 1024 + 1, 3), (1023, 3), (0, 3), (65_536, 0), (65_536, 17)]
    {
        let params = KdfParams { memory_kib, passes, salt };
        assert_eq!(
            error_of(derive_password_key(b"x", &params)),
            Some(VaultError::Damaged("parameters of the password key".into()))
        );
    }
}

#[test]
fn private_keys_as_text() {
    // The keys of the protocol's own vectors (Ed25519 secret of 32 bytes 01, secp256k1 secret of 32 bytes 01).
    let ones = "01".repeat(32);
    for (kind, owner) in [
        (KeyKind::Ed25519, "0x9d2b00bd14806f3bbae9fd1483565a5b7bfe9c448dc53ffa3506e246d5e3aa3a"),
        (KeyKind::Secp256k1, "0xabf516a1f7f15e4878e79baa82cbeae7d35cc8dd886875658e0d5d94de7a40f0"),
        (KeyKind::EvmSecp256k1, "0x1a642f0e3c3af545e7acbd38b07251b3990914f1"),
    ] {
        for text in [ones.clone(), format!(" 0x{ones}\n")] {
            let key = secret_key_from_hex(kind, text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(key.owner().to_string(), owner);
        }
    }
    let error = |kind, text: &str| error_of(secret_key_from_hex(kind, text.as_bytes()));
    assert_eq!(error(KeyKind::Ed25519, ""), Some(ImportError::WrongLength { found: 0 }));
    assert_eq!(error(KeyKind::Ed25519, &ones[1..]), Some(ImportError::WrongLength { found: 63 }));
    assert_eq!(error(KeyKind::Ed25519, &ones.replace("01", "0g")), Some(ImportError::NotHex));
    assert_eq!(error(KeyKind::EvmSecp256k1, &"00".repeat(32)), Some(ImportError::OutOfRange));
    assert_eq!(error(KeyKind::Secp256k1, &"ff".repeat(32)), Some(ImportError::OutOfRange));
}

#[test]
fn keystore_of_the_command_line() {
    let entry = |owner: &str, json: &str| format!("[\"{owner}\",{:?}]", json.as_bytes());
    let file = |entries: &[String]| format!("{{\"keys\":[{}],\"prng_seed\":null}}", entries.join(","));
    let ones = "01".repeat(32);
    let ed25519 = format!("{{\"Ed25519\":\"{ones}\"}}");
    let evm = format!("{{\"EvmSecp256k1\":\"{ones}\"}}");
    let (ed25519_owner, evm_owner) = (
        "0x9d2b00bd14806f3bbae9fd1483565a5b7bfe9c448dc53ffa3506e246d5e3aa3a",
        "0x1a642f0e3c3af545e7acbd38b07251b3990914f1",
    );
    let good = file(&[entry(ed25519_owner, &ed25519), entry(evm_owner, &evm)]);
    let keys = keys_from_keystore(good.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let owners: Vec<_> = keys.iter().map(|key| key.owner().to_string()).collect();
    assert_eq!(owners, [ed25519_owner, evm_owner]);
    for (text, error) in [
        ("not json".to_owned(), ImportError::NotAKeystore("its form is another")),
        ("{\"chains\":{}}".to_owned(), ImportError::NotAKeystore("its form is another")),
        (file(&[]), ImportError::NotAKeystore("it has no keys")),
        (file(&[entry(evm_owner, "{}")]), ImportError::NotAKeystore("a key in it cannot be read")),
        (file(&vec![entry(evm_owner, &evm); 65]), ImportError::NotAKeystore("it has too many keys")),
        (
            file(&[entry(evm_owner, &evm), entry(evm_owner, &ed25519)]),
            ImportError::OwnerMismatch { position: 2 },
        ),
    ] {
        assert_eq!(error_of(keys_from_keystore(text.as_bytes())), Some(error));
    }
}
