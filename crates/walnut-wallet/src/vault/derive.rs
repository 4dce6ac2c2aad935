//! Keys from recovery words.
//!
//! | kind | scheme | path | owner |
//! |---|---|---|---|
//! | the wallet's own | SLIP-0010, Ed25519 | `m/44'/1279872581'/index'/0'/0'` | 32 bytes |
//! | Ethereum | BIP-32, secp256k1 | `m/44'/60'/0'/0/index` | 20-byte address |
//! | CheCko | ChaCha20 generator seeded with the first half of the BIP-39 seed | – | 32 bytes |
//!
//! Index 0 of the Ethereum path is what `PrivateKey.fromMnemonic` of `@linera/client` gives. No coin type is registered
//! for Linera in SLIP-0044, so the wallet's own path uses the number that the letters `LINE` make in ASCII, which is
//! free there. Should a number be registered later, it becomes another kind beside this one: accounts store their key,
//! so existing ones do not move.

use bip32::{DerivationPath, XPrv};
use hmac::{Hmac, Mac as _};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use sha2::Sha512;
use walnut_base::{AccountSecretKey, Ed25519SecretKey, EvmSecretKey};
use zeroize::Zeroizing;

use super::RecoveryPhrase;

/// The coin type of the wallet's own Ed25519 path: `LINE` in ASCII.
pub const LINERA_COIN_TYPE: u32 = 0x4c49_4e45;

/// Marks a hardened step. SLIP-0010 has only hardened steps for Ed25519.
const HARDENED: u32 = 1 << 31;

/// The wallet's own key number `index` (below 2^31; larger numbers wrap).
pub fn ed25519_key(phrase: &RecoveryPhrase, index: u32) -> AccountSecretKey {
    let node = slip10_ed25519(phrase.seed().as_ref(), &[44, LINERA_COIN_TYPE, index & !HARDENED, 0, 0]);
    AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&node))
}

/// The key of the Ethereum path. `None` for the indices (about one in 2^127) that BIP-32 declares invalid.
pub fn evm_key(phrase: &RecoveryPhrase, index: u32) -> Option<AccountSecretKey> {
    let path: DerivationPath = format!("m/44'/60'/0'/0/{}", index & !HARDENED).parse().ok()?;
    let key = XPrv::derive_from_path(phrase.seed().as_ref(), &path).ok()?;
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(key.private_key().to_bytes().into());
    EvmSecretKey::from_bytes(&bytes).ok().map(AccountSecretKey::EvmSecp256k1)
}

/// The key that the CheCko wallet makes from the same words.
pub fn checko_key(phrase: &RecoveryPhrase) -> AccountSecretKey {
    let seed = phrase.seed();
    let mut half = Zeroizing::new([0; 32]);
    half.copy_from_slice(&seed[..32]);
    let mut rng = ChaCha20Rng::from_seed(*half);
    AccountSecretKey::Ed25519(Ed25519SecretKey::generate(&mut rng))
}

/// SLIP-0010 for Ed25519: every step is hardened.
pub(super) fn slip10_ed25519(seed: &[u8], path: &[u32]) -> Zeroizing<[u8; 32]> {
    let (mut key, mut chain_code) = hmac_halves(b"ed25519 seed", &[seed]);
    for step in path {
        let step = (step | HARDENED).to_be_bytes();
        (key, chain_code) = hmac_halves(chain_code.as_ref(), &[&[0], key.as_ref(), &step]);
    }
    key
}

type Half = Zeroizing<[u8; 32]>;

fn hmac_halves(key: &[u8], parts: &[&[u8]]) -> (Half, Half) {
    let mut hmac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        hmac.update(part);
    }
    let bytes: Zeroizing<[u8; 64]> = Zeroizing::new(hmac.finalize().into_bytes().into());
    let (mut left, mut right) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    left.copy_from_slice(&bytes[..32]);
    right.copy_from_slice(&bytes[32..]);
    (left, right)
}
