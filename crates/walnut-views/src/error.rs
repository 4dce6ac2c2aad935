//! What can go wrong between a container and its store.

use thiserror::Error;

/// Why a read of the persisted state, or a change of an application's store, did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The backend failed: disk, quota, closed database. The state in memory stays usable.
    #[error("the store failed: {message}")]
    Backend {
        /// The backend's own words, for the log; varies between machines.
        message: String,
    },
    /// Bytes under a key are not what this software wrote there.
    #[error("the stored bytes under key {} are malformed: {reason}", Hex(key))]
    Malformed {
        /// The key inside the store that was read.
        key: Vec<u8>,
        /// What the decoder objected to.
        reason: String,
    },
    /// An application used a key (or a key prefix) longer than validators accept.
    #[error("key of {bytes} bytes is longer than the limit of {bytes_max}")]
    KeyTooLong {
        /// Length of the refused key.
        bytes: usize,
        /// The limit, [`crate::APPLICATION_KEY_BYTES_MAX`].
        bytes_max: usize,
    },
}

impl StoreError {
    /// A backend failure described by `error`.
    pub fn backend(error: impl std::fmt::Display) -> Self {
        Self::Backend { message: error.to_string() }
    }

    /// Malformed stored bytes under `key`.
    pub fn malformed(key: &[u8], reason: impl std::fmt::Display) -> Self {
        Self::Malformed { key: key.to_vec(), reason: reason.to_string() }
    }

    /// Whether this machine is to blame, rather than the application or the peer that asked.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Backend { .. } | Self::Malformed { .. } => true,
            Self::KeyTooLong { .. } => false,
        }
    }
}

struct Hex<'a>(&'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
