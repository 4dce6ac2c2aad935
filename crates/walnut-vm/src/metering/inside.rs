//! The same metering without a call of the host for every few instructions: the application counts down by itself.
//!
//! Metered bytecode says `i64.const cost; call consume-fuel` wherever it begins something new. Here this becomes a
//! subtraction from a global variable that the node sets before and reads after every step. Sums and the places where
//! fuel runs out are the same; only the node knows the difference. Applications cannot reach the variables: they were
//! checked before there were any.

use linera_wasm_instrument::parity_wasm::{
    self,
    elements::{
        BlockType, ExportEntry, ExportSection, External, Func, FuncBody, GlobalEntry, GlobalSection,
        GlobalType, InitExpr, Instruction, Instructions, Internal, Module, Section, ValueType,
    },
};

/// The exports under which the node finds the variables.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Variables {
    /// Fuel that is left.
    pub(crate) left: String,
    /// The cost that was more than was left; zero if none was.
    pub(crate) excess: String,
}

/// Rewrites metered bytecode. None if there is nothing to count, or if it is not what metering makes.
pub(super) fn count_inside(mut module: Module) -> Option<(Vec<u8>, Variables)> {
    let left = u32::try_from(module.globals_space()).ok()?;
    let excess = left.checked_add(1)?;
    // Metering has appended its import; a function of our own takes its place among the functions.
    let import = module.import_section_mut()?.entries_mut().pop()?;
    let External::Function(type_index) = *import.external() else { return None };
    let function =
        u32::try_from(module.import_count(parity_wasm::elements::ImportCountType::Function)).ok()?;
    module.function_section_mut()?.entries_mut().insert(0, Func::new(type_index));
    for body in module.code_section_mut()?.bodies_mut() {
        rewrite(body.code_mut().elements_mut(), function, left)?;
    }
    let stop = [
        Instruction::GetLocal(0),
        Instruction::SetGlobal(excess),
        Instruction::Unreachable,
        Instruction::End,
    ];
    let stop = FuncBody::new(Vec::new(), Instructions::new(stop.into()));
    module.code_section_mut()?.bodies_mut().insert(0, stop);

    if module.global_section().is_none() {
        module.insert_section(Section::Global(GlobalSection::default())).ok()?;
    }
    if module.export_section().is_none() {
        module.insert_section(Section::Export(ExportSection::default())).ok()?;
    }
    for _ in [left, excess] {
        let zero = InitExpr::new(vec![Instruction::I64Const(0), Instruction::End]);
        let variable = GlobalEntry::new(GlobalType::new(ValueType::I64, true), zero);
        module.global_section_mut()?.entries_mut().push(variable);
    }
    let exports = module.export_section_mut()?.entries_mut();
    let mut name = |stem: &str, global| {
        let mut name = stem.to_string();
        while exports.iter().any(|export| export.field() == name) {
            name.push('+');
        }
        exports.push(ExportEntry::new(name.clone(), Internal::Global(global)));
        name
    };
    let variables = Variables { left: name("fuel left", left), excess: name("fuel excess", excess) };
    Some((parity_wasm::serialize(module).ok()?, variables))
}

/// Replaces every call that metering has put in.
fn rewrite(code: &mut Vec<Instruction>, function: u32, left: u32) -> Option<()> {
    let mut rewritten = Vec::with_capacity(code.len() + code.len() / 2);
    for instruction in code.drain(..) {
        if instruction != Instruction::Call(function) {
            rewritten.push(instruction);
            continue;
        }
        let Some(Instruction::I64Const(cost)) = rewritten.pop() else { return None };
        rewritten.extend([
            Instruction::GetGlobal(left),
            Instruction::I64Const(cost),
            Instruction::I64LtU,
            Instruction::If(BlockType::NoResult),
            Instruction::I64Const(cost),
            Instruction::Call(function),
            Instruction::End,
            Instruction::GetGlobal(left),
            Instruction::I64Const(cost),
            Instruction::I64Sub,
            Instruction::SetGlobal(left),
        ]);
    }
    *code = rewritten;
    Some(())
}
