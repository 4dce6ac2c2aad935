//! Every committed input goes through its target, so that the corpus cannot rot, and a crash that was found stays found.

use std::{collections::BTreeSet, fs, path::Path};

use walnut_fuzz::{TARGETS, seeds, target};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"))
}

/// Bytes of all files together; the repository is no place for more.
const BYTES_MAX: u64 = 1 << 20;

#[test]
fn every_target_digests_its_corpus() {
    for target in TARGETS {
        let mut count = 0;
        for entry in fs::read_dir(folder().join(target.name)).unwrap() {
            let input = fs::read(entry.unwrap().path()).unwrap();
            (target.run)(&input);
            count += 1;
        }
        assert!(count >= 5, "{} has {count} files", target.name);
    }
}

#[test]
fn every_folder_has_a_target() {
    let folders = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let folders = folders.map(|name| name.into_string().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!(folders, TARGETS.iter().map(|target| target.name.to_owned()).collect());
}

#[test]
fn the_corpus_is_small() {
    let mut bytes = 0;
    for target in TARGETS {
        for entry in fs::read_dir(folder().join(target.name)).unwrap() {
            bytes += entry.unwrap().metadata().unwrap().len();
        }
    }
    assert!(bytes <= BYTES_MAX, "{bytes} bytes");
}

#[test]
fn real_values_are_digested() {
    for (name, inputs) in seeds::all() {
        let target = target(name).unwrap();
        assert!(!inputs.is_empty(), "{name}");
        inputs.iter().for_each(|input| (target.run)(input));
    }
}
