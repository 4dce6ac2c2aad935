//! How values lie in an application's memory and in the parameters of its calls: the canonical ABI of the component
//! model, as far as `linera-sdk/wit` uses it (`linera-witty/src`).
//!
//! Three traits: [`Wit`] says how large a type is, [`Load`] takes a value out of memory or out of parameters,
//! [`Store`] writes down what has to be done to put one in. A list is put in by asking the application's own allocator
//! for room, which is metered code; so number, order, sizes and alignments of these requests are consensus.

mod containers;
mod memory;
mod records;
mod scalars;
mod script;
mod variants;

pub(crate) use memory::{Flats, Memory};
pub(crate) use script::{Place, Script, ScriptStep};

/// A value could not cross the boundary; the application traps. Texts follow `linera-witty/src/runtime/error.rs`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AbiError {
    /// The module exports no memory of that name.
    #[error("Memory export not found in the module")]
    MissingMemory,
    /// Reading or writing outside of the memory.
    #[error("Memory access out of bounds")]
    OutOfBounds,
    /// A pointer or a joined value leaves its range.
    #[error("Invalid number")]
    InvalidNumber,
    /// A tag names no case.
    #[error("Unknown variant tag")]
    InvalidVariant,
    /// A string is not UTF-8.
    #[error("Failed to load string from non-UTF-8 bytes")]
    InvalidString,
    /// A list is too large for the memory of any application.
    #[error("Requested allocation size is too large")]
    AllocationTooLarge,
    /// The application's allocator returned no address.
    #[error("Allocation failed")]
    AllocationFailed,
    /// A question hands over more than [`crate::MAX_QUESTION_BYTES`]; only this node minds.
    #[error("The arguments of a call are too large")]
    QuestionTooLarge,
    /// Values do not have the types that the function was linked with.
    #[error("Unexpected type of a parameter or result")]
    UnexpectedType,
}

/// A type of the core language.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FlatType {
    I32,
    I64,
}

/// A type with a layout.
pub(crate) trait Wit {
    /// Size in memory, in bytes; a multiple of the alignment except where a type ends in padding.
    const SIZE: u32;
    /// Alignment in memory, in bytes.
    const ALIGN: u32;

    /// The core values the type is passed as.
    fn flatten(types: &mut Vec<FlatType>);
}

/// A value that can be taken from an application.
pub(crate) trait Load: Wit + Sized {
    /// Reads a value that starts at `address`.
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError>;

    /// Takes a value from the parameters of a call.
    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError>;

    /// Reads a list. Elements are next to each other.
    fn load_list(memory: Memory<'_>, address: u32, length: u32) -> Result<Vec<Self>, AbiError> {
        (0..length)
            .map(|index| {
                let offset = index.checked_mul(Self::SIZE).ok_or(AbiError::OutOfBounds)?;
                memory.count(size_of::<Self>())?;
                Self::load(memory, address.checked_add(offset).ok_or(AbiError::OutOfBounds)?)
            })
            .collect()
    }
}

/// A value that can be handed to an application.
pub(crate) trait Store: Wit {
    /// Appends what has to be done to put the value at `place`.
    fn store(&self, script: &mut Script, place: Place);

    /// The core value the type is passed as, for types that are passed as a single one.
    fn direct(&self) -> Option<wasmi::Val> {
        None
    }

    /// Appends what has to be done to put a list at `place`.
    fn store_list(elements: &[Self], script: &mut Script, place: Place)
    where
        Self: Sized,
    {
        for (index, element) in (0..).zip(elements) {
            // The sum of the sizes was checked when the list was allocated.
            element.store(script, place.after(Self::SIZE.saturating_mul(index)));
        }
    }
}

/// The core values a type is passed as.
pub(crate) fn flat_types<T: Wit>() -> Vec<FlatType> {
    let mut types = Vec::new();
    T::flatten(&mut types);
    types
}

/// The next multiple of `align`, a power of two.
pub(crate) const fn align_up(offset: u32, align: u32) -> u32 {
    offset.saturating_add(align - 1) & !(align - 1)
}

#[cfg(test)]
mod tests;
