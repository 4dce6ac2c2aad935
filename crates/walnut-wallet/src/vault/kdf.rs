//! Password to key.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::{PasswordKey, VaultError, hex_bytes};

/// Parameters of Argon2id, stored beside what they protect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfParams {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Random salt.
    #[serde(with = "hex_bytes")]
    pub salt: [u8; 16],
}

impl KdfParams {
    /// Memory of new records: 64 MiB, about a third of a second in wasm together with [`Self::PASSES`].
    pub const MEMORY_KIB: u32 = 64 * 1024;

    /// Passes of new records.
    pub const PASSES: u32 = 3;

    /// Most memory that a stored record may ask for: 1 GiB. A hostile file must not exhaust the machine.
    pub const MEMORY_KIB_MAX: u32 = 1024 * 1024;

    /// Least memory that makes sense.
    pub const MEMORY_KIB_MIN: u32 = 1024;

    /// Most passes that a stored record may ask for.
    pub const PASSES_MAX: u32 = 16;

    /// Today's parameters with a new salt.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        Self { memory_kib: Self::MEMORY_KIB, passes: Self::PASSES, salt }
    }

    /// Whether the record should be wrapped anew at the next unlock.
    pub fn is_outdated(&self) -> bool {
        self.memory_kib < Self::MEMORY_KIB || self.passes < Self::PASSES
    }

    /// Refuses what would take too much memory or time.
    pub fn check(&self) -> Result<(), VaultError> {
        if (Self::MEMORY_KIB_MIN..=Self::MEMORY_KIB_MAX).contains(&self.memory_kib)
            && (1..=Self::PASSES_MAX).contains(&self.passes)
        {
            Ok(())
        } else {
            Err(VaultError::Damaged("parameters of the password key".into()))
        }
    }
}

/// Argon2id version 1.3, one lane, 32 bytes of output. Takes about a third of a second and `memory_kib` of memory.
pub fn derive_password_key(password: &[u8], params: &KdfParams) -> Result<PasswordKey, VaultError> {
    params.check()?;
    let unusable = |_| VaultError::Damaged("parameters of the password key".into());
    let argon_params = Params::new(params.memory_kib, params.passes, 1, Some(32)).map_err(unusable)?;
    let mut memory = vec![Block::default(); argon_params.block_count()];
    let mut key = Zeroizing::new([0; 32]);
    let result = Argon2::new(Algorithm::Argon2id, Version::V0x13, argon_params)
        .hash_password_into_with_memory(password, &params.salt, key.as_mut(), &mut memory);
    memory.zeroize();
    result.map_err(unusable)?;
    Ok(PasswordKey::new(key))
}
