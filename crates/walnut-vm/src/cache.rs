//! Loaded modules, kept by the hash of their blob, the least recently used ones dropped first.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use walnut_base::CryptoHash;

use crate::{Module, ModuleError, ModuleKind, limits::DEFAULT_CACHE_BYTES};

/// Which module: its kind and the hash of its blob.
pub type ModuleKey = (ModuleKind, CryptoHash);

/// A cache of modules, bounded by the sum of the sizes of their bytecode. Threads may share it; it is locked only to
/// look up and to insert, never while a module is loaded.
#[derive(Debug)]
pub struct ModuleCache {
    capacity: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    modules: BTreeMap<ModuleKey, (u64, Module)>,
    bytes: usize,
    uses: u64,
}

impl Default for ModuleCache {
    fn default() -> Self {
        Self::new(DEFAULT_CACHE_BYTES)
    }
}

impl ModuleCache {
    /// An empty cache for `capacity` bytes of bytecode. A larger module is loaded each time it is used.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, state: Mutex::default() }
    }

    /// The module, if it is loaded.
    pub fn find(&self, key: &ModuleKey) -> Option<Module> {
        let mut state = self.state();
        let uses = state.next_use();
        let (last_use, module) = state.modules.get_mut(key)?;
        *last_use = uses;
        Some(module.clone())
    }

    /// Loads a module from its bytecode and keeps it.
    pub fn load(&self, key: ModuleKey, bytecode: &[u8]) -> Result<Module, ModuleError> {
        let module = Module::new(key.0, bytecode)?;
        if module.size() > self.capacity {
            return Ok(module);
        }
        let mut state = self.state();
        let uses = state.next_use();
        state.bytes += module.size();
        if let Some((_, replaced)) = state.modules.insert(key, (uses, module.clone())) {
            state.bytes -= replaced.size();
        }
        while state.bytes > self.capacity {
            let oldest = state.modules.iter().min_by_key(|(_, (last_use, _))| *last_use).map(|(key, _)| *key);
            let Some((_, dropped)) = oldest.and_then(|oldest| state.modules.remove(&oldest)) else { break };
            state.bytes -= dropped.size();
        }
        Ok(module)
    }

    /// Bytes of bytecode that are loaded.
    pub fn bytes(&self) -> usize {
        self.state().bytes
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while holding the lock, and the state is whole between any two statements that could.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next_use(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }
}

#[cfg(test)]
mod tests;
