//! AES-256-GCM with random nonces and the record's place as associated data.

use aes_gcm::{
    Aes256Gcm, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::hex_bytes;

/// A sealed secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    /// Random, never reused with one key: at most some thousands are drawn per vault, out of 2^96.
    #[serde(with = "hex_bytes")]
    nonce: [u8; 12],
    /// Ciphertext and 16-byte tag.
    #[serde(with = "hex_bytes")]
    ciphertext: Vec<u8>,
}

/// The record does not open with this key at this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DoesNotOpen;

impl Sealed {
    /// Seals `secret`.
    pub(super) fn seal<R: RngCore + CryptoRng>(
        key: &[u8; 32],
        place: &[u8],
        secret: &[u8],
        rng: &mut R,
    ) -> Self {
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        let ciphertext = Aes256Gcm::new(key.into())
            .encrypt(Nonce::from_slice(&nonce), Payload { msg: secret, aad: place })
            .expect("secrets are far shorter than the cipher's limit of 64 GiB");
        Self { nonce, ciphertext }
    }

    /// Opens it again.
    pub(super) fn open(&self, key: &[u8; 32], place: &[u8]) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        Aes256Gcm::new(key.into())
            .decrypt(Nonce::from_slice(&self.nonce), Payload { msg: &self.ciphertext, aad: place })
            .map(Zeroizing::new)
            .map_err(|_| DoesNotOpen)
    }
}
