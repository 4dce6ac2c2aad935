//! Golden vectors and the replay of recorded networks.
//!
//! A recording is a folder as `golden/README.md` describes it: the genesis of a network of the reference implementation,
//! the certificates of all its chains, and the blobs they need. [`replay()`] shows that this software reads, checks and
//! computes the same: bytes, hashes, signatures, every field of every outcome, and the final balances.
//!
//! The three recordings under `golden/` are compiled in ([`GOLDEN`]), so that the same replay runs in a browser.
//!
//! `interview` is about single answers instead: what validators say to questions, most of them wrong.

#[cfg(not(target_arch = "wasm32"))]
pub mod interview;
mod mismatch;
mod recording;
mod replay;

pub use mismatch::{Mismatch, MismatchKind};
pub use recording::{Files, Recording, RecordingError};
pub use replay::{ChainReport, Report, replay};
pub use walnut_views::ready as block_on;

/// The files under `golden/`, by path relative to it.
pub const GOLDEN: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/golden.rs"));

/// The names of the recordings under `golden/`.
pub const RECORDINGS: [&str; 3] = ["no-fees", "testnet-fees", "historical-hash"];

/// The files of one golden recording.
pub fn golden(name: &str) -> Files {
    let prefix = format!("{name}/");
    GOLDEN
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix(&prefix)?.to_owned(), bytes.to_vec())))
        .collect()
}
