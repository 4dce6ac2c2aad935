//! The extension's vault: password to key to signature.
//!
//! Runs in its own dedicated worker, started by the host document. It promises:
//!
//! * Keys and passwords live in this worker's memory only, and only while the wallet is unlocked. They never travel to
//!   the node worker; passwords and words travel as byte arrays that are overwritten after reading.
//! * It signs nothing but a block proposal whose bytes it has read and hashed itself, and never two different blocks
//!   for one chain, height and round (rules in `walnut_wallet::vault`).
//! * It stores nothing. What must be kept goes back with the answer, and the host persists it before it passes the
//!   answer on.
//! * One request after the other; every request gets exactly one answer; what it does not know it refuses with a typed
//!   error.
//!
//! [`Vault`] is the logic, tested natively. The message loop exists on wasm32 only: importing the module and calling
//! its `init` starts it, and it posts `VaultEvent::Booted`. Messages are objects
//! `{ json: string, secrets: Uint8Array[] }` both ways, `json` being a `walnut_wallet::messages::Envelope`.

#[cfg(any(test, target_arch = "wasm32"))]
mod frame;
mod vault;
#[cfg(target_arch = "wasm32")]
mod worker;

pub use vault::{Reply, Secret, Vault};
