//! libFuzzer around one target, which `WALNUT_FUZZ_TARGET` names; `list` lists them. Real values to begin with go to the
//! folder that `WALNUT_FUZZ_SEEDS` names.
#![no_main]

use std::{fs, path::Path, process::exit, sync::OnceLock};

use walnut_fuzz::{TARGETS, seeds, target};

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let name = std::env::var("WALNUT_FUZZ_TARGET").unwrap_or_default();
        if name == "list" {
            TARGETS.iter().for_each(|target| println!("{}", target.name));
            exit(0);
        }
        match target(&name) {
            Some(target) => drop(TARGET.set(target.run)),
            None => {
                eprintln!("WALNUT_FUZZ_TARGET is `{name}`, which names no target");
                exit(2);
            }
        }
        if let Ok(folder) = std::env::var("WALNUT_FUZZ_SEEDS") {
            let inputs = seeds::all().into_iter().filter(|(of, _)| *of == name).flat_map(|(_, inputs)| inputs);
            for (index, input) in inputs.enumerate() {
                if let Err(error) = fs::write(Path::new(&folder).join(format!("{index:04}")), input) {
                    eprintln!("{folder}: {error}");
                    exit(2);
                }
            }
        }
    },
    |data: &[u8]| {
        if let Some(run) = TARGET.get() {
            run(data);
        }
    }
);
