//! Limits of the machine. Validators of the reference implementation have none of these, except for the native stack;
//! they are set so that no honest application meets them.

/// Depth of calls inside one application. Validators run contracts on 1 MiB of native stack, where the decoding of
/// nested values can be thousands of frames deep; being more permissive than they are costs a rejected proposal,
/// being stricter would refuse valid blocks.
pub const MAX_RECURSION_DEPTH: usize = 50_000;

/// Size of the stack of values of one call into an application, in bytes.
pub const MAX_STACK_BYTES: usize = 16 * 1024 * 1024;

/// Size of the memories and tables of the machines of one action, in bytes. Validators let every application grow to
/// 4 GiB, and growing costs next to nothing. A machine that wants more stops with [`crate::Trap::OutOfMemory`]: telling
/// the application that memory is used up would be an answer that validators do not give.
pub const MAX_MEMORY_BYTES: usize = 512 * 1024 * 1024;

/// Size of everything that one question of an application hands over, in bytes. An application can make a list of lists
/// of which each is the same large piece of its memory; the copies would be without bound.
pub const MAX_QUESTION_BYTES: usize = 256 * 1024 * 1024;

/// Answers that are on their way into one machine's memory at the same time. There are more than one only if the
/// application's allocator asks questions; upstream would use up the native stack.
pub const MAX_NESTED_ANSWERS: usize = 100;

/// Steps that services should be given to answer one question, in units of the engine. Services are not metered; this ends
/// endless loops after a few seconds. A GraphQL query takes a few hundred thousand to a few million.
pub const SERVICE_STEPS: u64 = 300_000_000;

/// Default bound for the bytecode that a [`crate::ModuleCache`] keeps loaded, in bytes.
pub const DEFAULT_CACHE_BYTES: usize = 64 * 1024 * 1024;
