//! What is kept and what is dropped.

use walnut_base::CryptoHash;

use super::ModuleCache;
use crate::{ModuleError, ModuleKind};

fn key(number: u8) -> (ModuleKind, CryptoHash) {
    (ModuleKind::Contract, CryptoHash::from([number; 32]))
}

fn bytecode(padding: usize) -> Vec<u8> {
    wat::parse_str(format!("(module (memory 1) (data (i32.const 0) \"{}\"))", "x".repeat(padding))).unwrap()
}

#[test]
fn the_least_recently_used_module_goes_first() {
    let module = bytecode(100);
    let cache = ModuleCache::new(module.len() * 2);
    cache.load(key(1), &module).unwrap();
    cache.load(key(2), &module).unwrap();
    assert!(cache.find(&key(1)).is_some());
    cache.load(key(3), &module).unwrap();
    assert!(cache.find(&key(1)).is_some());
    assert!(cache.find(&key(2)).is_none());
    assert!(cache.find(&key(3)).is_some());
    assert_eq!(cache.bytes(), module.len() * 2);
    cache.load(key(3), &module).unwrap();
    assert_eq!(cache.bytes(), module.len() * 2);
}

#[test]
fn kinds_are_kept_apart_and_large_modules_are_not_kept() {
    let module = bytecode(100);
    let cache = ModuleCache::new(module.len());
    cache.load(key(1), &module).unwrap();
    assert!(cache.find(&(ModuleKind::Service, key(1).1)).is_none());
    cache.load(key(2), &bytecode(200)).unwrap();
    assert!(cache.find(&key(2)).is_none());
    assert!(cache.find(&key(1)).is_some());
}

#[test]
fn what_cannot_be_loaded_is_not_kept() {
    let cache = ModuleCache::default();
    assert!(matches!(cache.load(key(1), b"no module"), Err(ModuleError::InvalidBytecode(_))));
    assert!(cache.find(&key(1)).is_none());
    assert_eq!(cache.bytes(), 0);
}
