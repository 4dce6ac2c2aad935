//! What can go wrong when storing.

use thiserror::Error;
use walnut_views::StoreError;

/// A storage error. All of them are local faults: no peer can cause one.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StorageError {
    /// The database was written by a newer release; it is left untouched.
    #[error("the database has format {found}, this release reads formats up to {supported}")]
    Newer {
        /// Format number found in the database.
        found: u32,
        /// Highest format number that this release reads.
        supported: u32,
    },
    /// The database cannot be read; it is left untouched.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Another instance holds the database.
    #[error("the database is in use by another instance")]
    InUse,
    /// No room is left on the device or in the browser's quota. Nothing of the batch was written.
    #[error("no storage space is left")]
    QuotaExceeded,
    /// The connection was closed, for instance because another instance upgrades the database.
    #[error("the database connection is closed")]
    Closed,
    /// Any other failure of the backend, in its own words.
    #[error("storage failure: {0}")]
    Backend(String),
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        Self::backend(error)
    }
}
