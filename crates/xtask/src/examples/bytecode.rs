//! What validators take as the bytecode of an application.
//!
//! A contract passes two gates before it runs: the parser of the instrumentation that counts its fuel, and the
//! engine. What both accept is the first version of WebAssembly with mutable globals and sign extension. Here the
//! very parser is asked; what it lets through and the engine does not is checked beside it. Services have only the
//! engine before them, which knows more, but the same rule for both is simpler.

use std::fmt;

use linera_wasm_instrument::parity_wasm::elements::{
    External, FunctionType, Internal, Module, Section, Type, ValueType,
};

/// Which of an application's two modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Runs inside blocks.
    Contract,
    /// Answers queries.
    Service,
}

use ValueType::I32;

/// A function that the host calls: name, parameters, results.
type EntryPoint = (&'static str, &'static [ValueType], &'static [ValueType]);

const ALLOCATE: EntryPoint = ("cabi_realloc", &[I32, I32, I32, I32], &[I32]);

const CONTRACT: [EntryPoint; 6] = [
    ALLOCATE,
    ("linera:app/contract-entrypoints#instantiate", &[I32, I32], &[]),
    ("linera:app/contract-entrypoints#execute-operation", &[I32, I32], &[I32]),
    ("linera:app/contract-entrypoints#execute-message", &[I32, I32], &[]),
    ("linera:app/contract-entrypoints#process-streams", &[I32, I32], &[]),
    ("linera:app/contract-entrypoints#finalize", &[], &[]),
];

const SERVICE: [EntryPoint; 2] =
    [ALLOCATE, ("linera:app/service-entrypoints#handle-query", &[I32, I32], &[I32])];

impl Role {
    pub(super) const ALL: [Self; 2] = [Self::Contract, Self::Service];

    /// As in file names.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Service => "service",
        }
    }

    /// The host modules whose functions may be imported.
    fn hosts(self) -> [&'static str; 2] {
        match self {
            Self::Contract => ["linera:app/base-runtime-api", "linera:app/contract-runtime-api"],
            Self::Service => ["linera:app/base-runtime-api", "linera:app/service-runtime-api"],
        }
    }

    fn entry_points(self) -> &'static [EntryPoint] {
        match self {
            Self::Contract => &CONTRACT,
            Self::Service => &SERVICE,
        }
    }
}

/// Why validators would refuse a module.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The parser stopped; most likely at an instruction that is too new.
    Unreadable(String),
    /// Data segments are counted before the code, which only bulk memory needs.
    DataCount,
    /// Something runs before the host is ready for it.
    Start,
    /// The host has no such function.
    Import(String),
    /// The host looks for this and does not find it, or finds something else under its name.
    Export(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(
                f,
                "not of the first version of WebAssembly with mutable globals and sign extension: {why}"
            ),
            Self::DataCount => write!(f, "has a DataCount section, which belongs to bulk memory"),
            Self::Start => write!(f, "has a start function"),
            Self::Import(name) => write!(f, "imports {name}, which no host has"),
            Self::Export(name) => write!(f, "does not export {name} as the host wants it"),
        }
    }
}

/// Checks one finished module.
pub(super) fn check(role: Role, bytes: &[u8]) -> Result<(), Refusal> {
    let module = linera_wasm_instrument::parity_wasm::deserialize_buffer::<Module>(bytes)
        .map_err(|error| Refusal::Unreadable(error.to_string()))?;
    if module.sections().iter().any(|section| matches!(section, Section::DataCount(_))) {
        return Err(Refusal::DataCount);
    }
    if module.start_section().is_some() {
        return Err(Refusal::Start);
    }
    for import in module.import_section().map_or(&[][..], |section| section.entries()) {
        let known = role.hosts().contains(&import.module());
        if !known || !matches!(import.external(), External::Function(_)) {
            return Err(Refusal::Import(format!("{} {}", import.module(), import.field())));
        }
    }
    if !has_memory(&module) {
        return Err(Refusal::Export("memory"));
    }
    for (name, params, results) in role.entry_points() {
        if function(&module, name).is_none_or(|found| (found.params(), found.results()) != (params, results))
        {
            return Err(Refusal::Export(name));
        }
    }
    Ok(())
}

fn has_memory(module: &Module) -> bool {
    let exports = module.export_section().map_or(&[][..], |section| section.entries());
    exports.iter().any(|export| {
        let is_memory = matches!(export.internal(), Internal::Memory(0));
        export.field() == "memory" && is_memory
    })
}

/// The type of an exported function that is defined in the module.
fn function<'m>(module: &'m Module, name: &str) -> Option<&'m FunctionType> {
    let exports = module.export_section()?.entries();
    let export = exports.iter().find(|export| export.field() == name)?;
    let Internal::Function(index) = export.internal() else {
        return None;
    };
    let imported = module.import_section().map_or(0, |section| section.functions());
    let defined = usize::try_from(*index).ok()?.checked_sub(imported)?;
    let signature = module.function_section()?.entries().get(defined)?;
    let Type::Function(signature) =
        module.type_section()?.types().get(usize::try_from(signature.type_ref()).ok()?)?;
    Some(signature)
}

#[cfg(test)]
mod tests;
