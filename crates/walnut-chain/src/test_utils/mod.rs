//! A network of validators in one process and one thread, with pretend time: for tests of this and other crates.
//!
//! Everything is deterministic: keys come from numbers, time stands still until it is set, and futures over stores in
//! memory are ready at once, so that the functions here are not asynchronous.

mod inbox;
mod network;
mod node;

use walnut_base::{
    AccountSecretKey, CertificateValue, Ed25519SecretKey, GenericCertificate, Round, ValidatorSecretKey, Vote,
};

pub use inbox::TestInbox;
pub use network::TestNetwork;
pub use node::TestNode;
pub use walnut_views::ready as block_on;

/// The account key with a number. Ed25519.
pub fn account_key(number: u8) -> AccountSecretKey {
    AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[number; 32]))
}

/// The validator key with a number; zero is no key.
///
/// # Panics
/// For zero.
pub fn validator_key(number: u8) -> ValidatorSecretKey {
    ValidatorSecretKey::from_bytes(&[number; 32]).expect("small positive numbers are keys")
}

/// A certificate signed by the validator keys with these numbers, whether they are a quorum or not.
pub fn signed_by<T: CertificateValue>(
    keys: impl IntoIterator<Item = u8>,
    value: &T,
    round: Round,
) -> GenericCertificate<T> {
    let sign = |number| {
        let key = validator_key(number);
        (key.public(), Vote::new(value.clone(), round, &key).signature)
    };
    GenericCertificate::new(value.clone(), round, keys.into_iter().map(sign).collect())
}
