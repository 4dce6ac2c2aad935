//! Runs one Wasm application, contract or service, one step at a time.
//!
//! The crate promises that bytecode built for Linera 0.15.23 runs unmodified and uses the same fuel as on every
//! validator: the same modules are refused, the same host functions are linked, arguments and results cross the
//! boundary in the same layout and with the same allocations in the application's memory. Whatever an application asks
//! of the chain pauses it: a [`Machine`] hands out a [`HostCall`] and goes on when it gets the [`Answer`], so that the
//! answer may take its time and calls between applications need no recursion.
//!
//! It refuses to know: chains, state, fees, and who calls whom. It is the only crate that uses wasmi.
//!
//! Start with [`Module::new`], then [`Machine`], then [`HostCall`]; `wit` has the layout of every type.

mod budget;
mod cache;
mod entry;
mod error;
mod host_call;
mod imports;
mod limits;
mod machine;
mod metering;
mod module;
mod values;
mod wit;

pub use budget::MemoryBudget;
pub use cache::{ModuleCache, ModuleKey};
pub use entry::EntryPoint;
pub use error::{ModuleError, Trap};
pub use host_call::{Answer, HostCall, PromiseId};
pub use limits::{
    DEFAULT_CACHE_BYTES, MAX_MEMORY_BYTES, MAX_NESTED_ANSWERS, MAX_QUESTION_BYTES, MAX_RECURSION_DEPTH,
    MAX_STACK_BYTES, SERVICE_STEPS,
};
pub use machine::{Machine, Step};
pub use module::{Module, ModuleKind};
pub use values::{LogLevel, Permitted, Resources, SendMessageRequest, StreamUpdate, WriteOperation};
pub use wit::AbiError;
