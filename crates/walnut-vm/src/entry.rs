//! What a node calls in an application.

use crate::{
    ModuleKind, StreamUpdate,
    wit::{Script, Store, Wit},
};

/// An entry point with its argument.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EntryPoint {
    /// Prepares a new application; the argument is JSON. Returns nothing.
    Instantiate(Vec<u8>),
    /// Executes an operation, or a call of another application. Returns bytes.
    ExecuteOperation(Vec<u8>),
    /// Executes a message. Returns nothing.
    ExecuteMessage(Vec<u8>),
    /// Processes new events. Returns nothing.
    ProcessStreams(Vec<StreamUpdate>),
    /// Ends the action. Returns nothing.
    Finalize,
    /// Answers a question. Returns bytes. The one entry point of services.
    HandleQuery(Vec<u8>),
}

/// How the argument of an entry point crosses the boundary: put into a room of the application's own, whose address
/// and length are the parameters.
#[derive(Debug)]
pub(crate) struct Argument(pub(crate) Script);

impl EntryPoint {
    /// The name of the export. Looked up when called: a module may lack those that are never called.
    pub(crate) fn export_name(&self) -> &'static str {
        match self {
            EntryPoint::Instantiate(_) => "linera:app/contract-entrypoints#instantiate",
            EntryPoint::ExecuteOperation(_) => "linera:app/contract-entrypoints#execute-operation",
            EntryPoint::ExecuteMessage(_) => "linera:app/contract-entrypoints#execute-message",
            EntryPoint::ProcessStreams(_) => "linera:app/contract-entrypoints#process-streams",
            EntryPoint::Finalize => "linera:app/contract-entrypoints#finalize",
            EntryPoint::HandleQuery(_) => "linera:app/service-entrypoints#handle-query",
        }
    }

    /// The kind of module that has it.
    pub(crate) fn kind(&self) -> ModuleKind {
        match self {
            EntryPoint::HandleQuery(_) => ModuleKind::Service,
            _ => ModuleKind::Contract,
        }
    }

    /// Whether it returns bytes. The others return nothing.
    pub(crate) fn returns_bytes(&self) -> bool {
        matches!(self, EntryPoint::ExecuteOperation(_) | EntryPoint::HandleQuery(_))
    }

    /// The argument, and its length in elements; none for [`EntryPoint::Finalize`].
    pub(crate) fn argument(&self) -> Option<(Argument, usize)> {
        match self {
            EntryPoint::Instantiate(bytes)
            | EntryPoint::ExecuteOperation(bytes)
            | EntryPoint::ExecuteMessage(bytes)
            | EntryPoint::HandleQuery(bytes) => Some((list(bytes), bytes.len())),
            EntryPoint::ProcessStreams(updates) => Some((list(updates), updates.len())),
            EntryPoint::Finalize => None,
        }
    }
}

/// A script whose first room holds a list. Unlike a list inside a value, its address is written nowhere.
fn list<T: Store + Wit>(elements: &[T]) -> Argument {
    let mut script = Script::default();
    let room = script.bare_room::<T>(elements.len());
    debug_assert_ne!(room.room, 0, "room 0 is the one that is given");
    T::store_list(elements, &mut script, room);
    Argument(script)
}
