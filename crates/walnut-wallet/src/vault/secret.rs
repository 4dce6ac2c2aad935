//! Keys that open other keys. No `Debug`, no `Display`, no `Clone`; overwritten when dropped.

use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize as _, Zeroizing};

/// The key made from a password; opens the vault key.
pub struct PasswordKey(Zeroizing<[u8; 32]>);

/// The key under which every record is sealed.
pub struct VaultKey(Zeroizing<[u8; 32]>);

impl PasswordKey {
    pub(super) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl VaultKey {
    /// Draws a new key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut());
        Self(bytes)
    }

    /// Takes 32 bytes over; the slice is overwritten.
    pub(super) fn take(bytes: &mut [u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; 32]);
        let fits = bytes.len() == key.len();
        if fits {
            key.copy_from_slice(bytes);
        }
        bytes.zeroize();
        fits.then_some(Self(key))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
