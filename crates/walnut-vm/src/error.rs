//! What can go wrong with bytecode, sorted by who is to blame.

use crate::wit::AbiError;

/// Bytecode that cannot be loaded.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ModuleError {
    /// A contract is not a module of the features that validators accept: the MVP, mutable globals, sign extension
    /// (`linera-execution/src/wasm/mod.rs`, `InvalidBytecode`).
    #[error("Invalid bytecode: {0}")]
    InvalidBytecode(String),
    /// Metering could not be added to a contract.
    #[error("Failed to instrument module to add fuel metering")]
    InstrumentModule,
    /// The engine refuses the module.
    #[error("Failed to load {kind} module: {reason}")]
    LoadModule {
        /// `contract` or `service`.
        kind: &'static str,
        /// What the engine says.
        reason: String,
    },
}

/// Why a machine stopped for good.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Trap {
    /// The module does not fit: an import that does not exist or has another type, or a start function.
    #[error("Failed to instantiate Wasm module: {0}")]
    Instantiate(String),
    /// An export that is needed is not there, or has another type.
    #[error("Function `{0}` could not be found in the module's exports")]
    FunctionNotFound(&'static str),
    /// The code trapped.
    #[error("Failed to execute Wasm module: {0}")]
    Execute(String),
    /// A value could not cross the boundary.
    #[error("Failed to execute Wasm module: {0}")]
    Abi(AbiError),
    /// A contract wanted to use more fuel than it was given. [`crate::Machine::take_fuel`] tells how much.
    #[error("Failed to execute Wasm module: out of fuel")]
    OutOfFuel,
    /// This node has not enough memory for the application. Another node may have.
    #[error("The application needs more memory than this node provides")]
    OutOfMemory,
    /// Allocations call the host, whose answers allocate, without end.
    #[error("Failed to execute Wasm module: too many nested host calls")]
    NestedHostCalls,
    /// The caller of this crate answered with a value of another type, or answered without a question.
    #[error("Host call answered wrongly: {0}")]
    WrongAnswer(&'static str),
}

impl From<AbiError> for Trap {
    fn from(error: AbiError) -> Self {
        match error {
            AbiError::QuestionTooLarge => Trap::OutOfMemory,
            error => Trap::Abi(error),
        }
    }
}

impl Trap {
    /// Whether this node is to blame, so that other nodes may see another result.
    pub fn is_local(&self) -> bool {
        match self {
            Trap::OutOfMemory | Trap::WrongAnswer(_) => true,
            Trap::Instantiate(_)
            | Trap::FunctionNotFound(_)
            | Trap::Execute(_)
            | Trap::Abi(_)
            | Trap::OutOfFuel
            | Trap::NestedHostCalls => false,
        }
    }
}
