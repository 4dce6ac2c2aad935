//! Transactions: the units of a block.

use serde::{Deserialize, Serialize};

use crate::{BcsHashable, IncomingBundle, Operation};

/// One step of a block.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Transaction {
    /// Receives a bundle.
    ReceiveMessages(IncomingBundle),
    /// Executes an operation.
    ExecuteOperation(Operation),
}

impl BcsHashable for Transaction {
    const NAME: &'static str = "Transaction";
}

impl Transaction {
    /// The bundle, if it receives one.
    pub const fn incoming_bundle(&self) -> Option<&IncomingBundle> {
        match self {
            Self::ReceiveMessages(bundle) => Some(bundle),
            Self::ExecuteOperation(_) => None,
        }
    }

    /// The operation, if it executes one.
    pub const fn operation(&self) -> Option<&Operation> {
        match self {
            Self::ReceiveMessages(_) => None,
            Self::ExecuteOperation(operation) => Some(operation),
        }
    }
}

/// What an operation returned: the application's bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OperationResult(#[serde(with = "serde_bytes")] pub Vec<u8>);

impl BcsHashable for OperationResult {
    const NAME: &'static str = "OperationResult";
}
