//! Where the modules of the examples are.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Contract and service of an example.
///
/// # Panics
/// When `cargo xtask examples` has not built them.
pub fn read(name: &str) -> (Vec<u8>, Vec<u8>) {
    let program = std::env::current_exe().expect("a program knows where it is");
    let contract = format!("{name}_contract.wasm");
    let folder = find(&program, &contract).unwrap_or_else(|| {
        panic!(
            "there is no examples/{contract} above {}: run `cargo xtask examples` first",
            program.display()
        )
    });
    let read = |file: String| {
        let path = folder.join(file);
        fs::read(&path).unwrap_or_else(|error| {
            panic!("cannot read {}: {error}; run `cargo xtask examples` again", path.display())
        })
    };
    (read(contract), read(format!("{name}_service.wasm")))
}

/// The folder `examples` with that file, beside the program or further up: in cargo's target folder, wherever that is.
fn find(program: &Path, file: &str) -> Option<PathBuf> {
    let folders = program.ancestors().skip(1).map(|folder| folder.join("examples"));
    folders.into_iter().find(|folder| folder.join(file).exists())
}
