//! The rewritten bytecode, compared with what validators run.

use sha2::{Digest as _, Sha256};

use super::instrument;
use crate::ModuleError;

const CONTRACT: &[u8] = include_bytes!("../../../../tests/vectors/applications/counter_contract.wasm");

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_counter_is_rewritten_to_the_byte() {
    assert_eq!(sha256(CONTRACT), "d1ca175626c14541c9ebc2c3584554f9aeadc489fe13cb0d797b5208a593824e");
    let metered = instrument(CONTRACT).unwrap().bytecode;
    assert_eq!(metered.len(), 133_534);
    assert_eq!(sha256(&metered), "06b190a6f0e3db96cc2cf61b1b58772d668c2a362c61992c546934d72243f64a");
}

fn refusal(text: &str) -> ModuleError {
    instrument(&wat::parse_str(text).unwrap()).unwrap_err()
}

fn is_invalid(error: &ModuleError) -> bool {
    matches!(error, ModuleError::InvalidBytecode(reason) if !reason.is_empty())
}

#[test]
fn what_validators_do_not_parse_is_refused() {
    for text in [
        "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy))",
        "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.fill))",
        "(module (func (result i32 i32) i32.const 0 i32.const 0))",
        "(module (func (result i32) f32.const 0 i32.trunc_sat_f32_s))",
        "(module (func (result i32) v128.const i32x4 0 0 0 0 i32x4.extract_lane 0))",
        "(module (func (result externref) ref.null extern))",
        "(module (func $f return_call $f))",
        "(module (memory i64 1))",
    ] {
        let error = refusal(text);
        assert!(is_invalid(&error), "{text}: {error:?}");
    }
    assert!(is_invalid(&instrument(b"").unwrap_err()));
    assert!(is_invalid(&instrument(b"\0asm\x02\0\0\0").unwrap_err()));
    assert!(is_invalid(&instrument(&CONTRACT[..1000]).unwrap_err()));
}

/// `call_indirect` with a table index of five bytes, as LLVM writes it.
#[test]
fn long_table_indices_are_read() {
    let module = [
        b"\0asm\x01\0\0\0".as_slice(),
        &[1, 4, 1, 0x60, 0, 0],
        &[3, 2, 1, 0],
        &[4, 4, 1, 0x70, 0, 1],
        &[10, 13, 1, 11, 0, 0x41, 0, 0x11, 0, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b],
    ]
    .concat();
    let metered = instrument(&module).unwrap().bytecode;
    let engine = wasmi::Engine::default();
    assert_eq!(wasmi::Module::new(&engine, metered).map(|_| ()).map_err(|error| error.to_string()), Ok(()));
}
