//! Which programs are modules, and that the ones in the text format are what validators take.

use std::path::{Path, PathBuf};

use super::bytecode::{self, Role};
use super::{Module, Source, written};

#[test]
fn programs_are_named_after_their_role() {
    let named = |program: &str| {
        let module = Module::named(program, |program| Source::Compiled(PathBuf::from(program)))?;
        Some((module.name, module.role))
    };
    assert_eq!(named("counter_contract"), Some(("counter".into(), Role::Contract)));
    assert_eq!(named("pay_by_second_service"), Some(("pay_by_second".into(), Role::Service)));
    assert_eq!(named("counter"), None);
    assert_eq!(named("counter_tool"), None);
}

#[test]
fn modules_in_the_text_format_are_taken() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let modules = written(&sources).unwrap();
    let names: Vec<String> = modules.iter().map(ToString::to_string).collect();
    assert!(names.contains(&"notary_contract".to_owned()), "{names:?}");
    for module in modules {
        let bytes = wat::parse_file(module.source.path()).unwrap();
        assert_eq!(bytecode::check(module.role, &bytes), Ok(()), "{module}");
    }
}
