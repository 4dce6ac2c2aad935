//! Bytecode that is checked, metered and ready to be instantiated.

use std::{fmt, sync::Arc};

use wasmi::{CompilationMode, Config, CustomFuelCosts, Engine, Linker};

use crate::{
    ModuleError, imports, limits,
    machine::Guest,
    metering::{self, Metered, Variables},
};

/// What a module is for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ModuleKind {
    /// Changes state, metered, restricted to what the reference's parser accepts.
    Contract,
    /// Answers questions, neither metered nor restricted to the same degree.
    Service,
}

impl ModuleKind {
    fn name(self) -> &'static str {
        match self {
            ModuleKind::Contract => "contract",
            ModuleKind::Service => "service",
        }
    }
}

/// One loaded module. Every module has an engine of its own, so that dropping it gives all memory back. Clones share
/// it.
#[derive(Clone)]
pub struct Module(pub(crate) Arc<Loaded>);

/// What clones of a module share.
pub(crate) struct Loaded {
    pub(crate) module: wasmi::Module,
    pub(crate) linker: Linker<Guest>,
    pub(crate) kind: ModuleKind,
    /// Where a contract counts its fuel, if it does so by itself.
    pub(crate) variables: Option<Variables>,
    size: usize,
}

impl fmt::Debug for Module {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Module").field("kind", &self.0.kind).field("size", &self.0.size).finish()
    }
}

impl Module {
    /// Checks bytecode as published (after decompression) and prepares it. Code is translated when it is first run.
    pub fn new(kind: ModuleKind, bytecode: &[u8]) -> Result<Self, ModuleError> {
        let load_error =
            |error: wasmi::Error| ModuleError::LoadModule { kind: kind.name(), reason: error.to_string() };
        let engine = Engine::new(&config(kind));
        let (module, variables) = match kind {
            ModuleKind::Contract => {
                load_metered(&engine, &metering::instrument(bytecode)?).map_err(load_error)?
            }
            ModuleKind::Service => (wasmi::Module::new(&engine, bytecode).map_err(load_error)?, None),
        };
        let mut linker = Linker::new(&engine);
        imports::link(&mut linker, kind).map_err(load_error)?;
        Ok(Self(Arc::new(Loaded { module, linker, kind, variables, size: bytecode.len() })))
    }

    /// Size of the bytecode, in bytes.
    pub fn size(&self) -> usize {
        self.0.size
    }
}

/// Whether a contract is accepted is decided by the form that validators run. Should the other one be too large for the
/// engine, the first one runs here, too.
fn load_metered(
    engine: &Engine,
    metered: &Metered,
) -> Result<(wasmi::Module, Option<Variables>), wasmi::Error> {
    let Some((bytecode, variables)) = &metered.inside else {
        return Ok((wasmi::Module::new(engine, &metered.bytecode)?, None));
    };
    wasmi::Module::validate(engine, &metered.bytecode)?;
    match wasmi::Module::new(engine, bytecode) {
        Ok(module) => Ok((module, Some(variables.clone()))),
        Err(_) => Ok((wasmi::Module::new(engine, &metered.bytecode)?, None)),
    }
}

/// What services do in one step besides one instruction. Translating code costs none: a service takes the same steps
/// whether it has run before or not, and translation could not be interrupted.
const STEPS: CustomFuelCosts =
    CustomFuelCosts { bytes_copied_per_fuel: 64, fuel_per_bytes_translated: 0, fuel_per_bytes_validated: 0 };

/// The language that modules of a kind may use. For contracts the parser in front is stricter than any engine.
fn config(kind: ModuleKind) -> Config {
    let is_service = kind == ModuleKind::Service;
    let mut config = Config::default();
    config
        .wasm_mutable_global(true)
        .wasm_sign_extension(true)
        .wasm_multi_value(is_service)
        .wasm_bulk_memory(is_service)
        .wasm_reference_types(is_service)
        .wasm_saturating_float_to_int(is_service)
        .wasm_simd(is_service)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .allow_start_fn(false)
        .ignore_custom_sections(true)
        .consume_fuel(is_service)
        .fuel_cost(STEPS)
        .compilation_mode(CompilationMode::LazyTranslation)
        .set_max_recursion_depth(limits::MAX_RECURSION_DEPTH)
        .set_max_stack_height(limits::MAX_STACK_BYTES);
    config
}

#[cfg(test)]
mod tests;
