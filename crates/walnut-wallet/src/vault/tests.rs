//! The vault: published vectors, what it refuses, and that nothing is lost.

mod derivation;
mod records;
mod signing;
mod strength;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::*;
use crate::test_values::NOW;

/// Light parameters: these tests are about records, not about Argon2id's cost.
pub(super) fn light_kdf(salt: u8) -> KdfParams {
    KdfParams { memory_kib: KdfParams::MEMORY_KIB_MIN, passes: 1, salt: [salt; 16] }
}

pub(super) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(super) const ABOUT: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

pub(super) fn about() -> RecoveryPhrase {
    RecoveryPhrase::parse(ABOUT.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

/// The error of a result whose value has no `Debug`.
pub(super) fn error_of<T, E>(result: Result<T, E>) -> Option<E> {
    result.err()
}

/// A vault with password "walnut fixture" and the words [`ABOUT`].
pub(super) fn vault() -> (VaultFile, VaultKey) {
    let mut rng = rng(1);
    let kdf = light_kdf(7);
    let password_key = derive_password_key(b"walnut fixture", &kdf).unwrap_or_else(|error| panic!("{error}"));
    let (mut file, key) = VaultFile::create(&password_key, kdf, NOW, &mut rng);
    let kind = crate::messages::ImportedSecretKind::Phrase;
    file.add_phrase(&key, &about(), kind, "Main", NOW, &mut rng).unwrap();
    (file, key)
}
