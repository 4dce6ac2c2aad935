//! Ordered lists of writes: what is committed, and what the rolling hash is computed over.

use serde::{Deserialize, Serialize};

/// One write. The variant order is part of the hashed encoding (`linera-views/src/batch.rs`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WriteOperation {
    /// Removes one key, which need not exist.
    Delete {
        /// The key.
        #[serde(with = "serde_bytes")]
        key: Vec<u8>,
    },
    /// Removes every key that starts with the prefix; the empty prefix removes everything.
    DeletePrefix {
        /// The prefix.
        #[serde(with = "serde_bytes")]
        key_prefix: Vec<u8>,
    },
    /// Sets one key.
    Put {
        /// The key.
        #[serde(with = "serde_bytes")]
        key: Vec<u8>,
        /// The new value; may be empty.
        #[serde(with = "serde_bytes")]
        value: Vec<u8>,
    },
}

impl WriteOperation {
    /// The key or key prefix that the operation names.
    pub fn key(&self) -> &[u8] {
        match self {
            Self::Delete { key } | Self::Put { key, .. } => key,
            Self::DeletePrefix { key_prefix } => key_prefix,
        }
    }
}

/// Writes in the order in which they take effect. Never sorted, merged or deduplicated: its BCS form is hashed
/// exactly as emitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Batch {
    /// The writes.
    pub operations: Vec<WriteOperation>,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Number of operations.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Appends a [`WriteOperation::Put`].
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.operations.push(WriteOperation::Put { key: key.into(), value: value.into() });
    }

    /// Appends a [`WriteOperation::Delete`].
    pub fn delete(&mut self, key: impl Into<Vec<u8>>) {
        self.operations.push(WriteOperation::Delete { key: key.into() });
    }

    /// Appends a [`WriteOperation::DeletePrefix`].
    pub fn delete_prefix(&mut self, key_prefix: impl Into<Vec<u8>>) {
        self.operations.push(WriteOperation::DeletePrefix { key_prefix: key_prefix.into() });
    }

    /// Appends all operations of `other`.
    pub fn append(&mut self, other: Batch) {
        self.operations.extend(other.operations);
    }

    /// Appends all operations of `other` with `prefix` (a partition) in front of every key.
    pub fn append_prefixed(&mut self, prefix: &[u8], other: Batch) {
        self.operations.extend(other.with_prefix(prefix).operations);
    }

    /// The same writes with `prefix` (a partition, see [`crate::RootKey::bytes`]) in front of every key.
    pub fn with_prefix(mut self, prefix: &[u8]) -> Self {
        for operation in &mut self.operations {
            let key = match operation {
                WriteOperation::Delete { key } | WriteOperation::Put { key, .. } => key,
                WriteOperation::DeletePrefix { key_prefix } => key_prefix,
            };
            key.splice(..0, prefix.iter().copied());
        }
        self
    }
}
