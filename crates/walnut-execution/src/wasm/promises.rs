//! Reads that an instance began and has not waited for (`linera-execution/src/wasm/runtime_api.rs`).
//!
//! The value is read when the read begins, which is when the chain's state is asked upstream, too; waiting hands it
//! out. An instance numbers all its reads together and each kind by itself; waiting for a read with another kind's
//! function finds whatever has the same number there.

use std::collections::BTreeMap;

use walnut_vm::PromiseId;

use super::limits::Kept;
use crate::{ExecutionError, HostError, KeyValues};

/// The reads of one instance.
#[derive(Debug, Default)]
pub(super) struct Promises {
    /// The number within its kind of every read that was begun and not waited for.
    begun: BTreeMap<PromiseId, u32>,
    next: PromiseId,
    kept: Kept,
    pub(super) contains_key: Values<bool>,
    pub(super) contains_keys: Values<Vec<bool>>,
    pub(super) multi_values: Values<Vec<Option<Vec<u8>>>>,
    pub(super) value: Values<Option<Vec<u8>>>,
    pub(super) keys: Values<Vec<Vec<u8>>>,
    pub(super) key_values: Values<KeyValues>,
}

/// The reads of one kind.
#[derive(Debug)]
pub(super) struct Values<T> {
    pending: BTreeMap<u32, T>,
    next: u32,
}

impl<T> Default for Values<T> {
    fn default() -> Self {
        Self { pending: BTreeMap::new(), next: 0 }
    }
}

/// Which kind of read.
pub(super) type Kind<T> = fn(&mut Promises) -> &mut Values<T>;

/// What a read gives.
pub(super) trait Value {
    /// About how many bytes it takes to keep it.
    fn size(&self) -> usize;
}

/// What it takes to remember that there is something.
const ENTRY_BYTES: usize = 64;

impl Value for bool {
    fn size(&self) -> usize {
        ENTRY_BYTES
    }
}

impl Value for Vec<u8> {
    fn size(&self) -> usize {
        ENTRY_BYTES + self.len()
    }
}

impl Value for Option<Vec<u8>> {
    fn size(&self) -> usize {
        self.as_ref().map_or(ENTRY_BYTES, Value::size)
    }
}

impl Value for (Vec<u8>, Vec<u8>) {
    fn size(&self) -> usize {
        self.0.size() + self.1.size()
    }
}

impl Value for Vec<bool> {
    fn size(&self) -> usize {
        ENTRY_BYTES + self.len()
    }
}

impl Value for Vec<Option<Vec<u8>>> {
    fn size(&self) -> usize {
        self.iter().map(Value::size).sum()
    }
}

impl Value for Vec<Vec<u8>> {
    fn size(&self) -> usize {
        self.iter().map(Value::size).sum()
    }
}

impl Value for KeyValues {
    fn size(&self) -> usize {
        self.iter().map(Value::size).sum()
    }
}

impl Promises {
    /// Remembers what was read.
    pub(super) fn begin<T: Value>(&mut self, kind: Kind<T>, value: T) -> Result<PromiseId, HostError> {
        self.kept.add(value.size())?;
        let values = kind(self);
        let number = values.next;
        values.pending.insert(number, value);
        values.next = number.wrapping_add(1);
        let id = self.next;
        self.begun.insert(id, number);
        self.next = id.wrapping_add(1);
        Ok(id)
    }

    /// Hands out what was read, once.
    pub(super) fn wait<T: Value>(&mut self, kind: Kind<T>, id: PromiseId) -> Result<T, HostError> {
        let invalid = HostError::Trap(ExecutionError::InvalidPromise);
        let Some(number) = self.begun.remove(&id) else { return Err(invalid) };
        let value = kind(self).pending.remove(&number).ok_or(invalid)?;
        self.kept.remove(value.size());
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_kept_once() {
        let mut promises = Promises::default();
        let id = promises.begin(|promises| &mut promises.contains_key, true).unwrap();
        assert_eq!(promises.wait(|promises| &mut promises.contains_key, id), Ok(true));
        let again = promises.wait(|promises| &mut promises.contains_key, id);
        assert_eq!(again, Err(HostError::Trap(ExecutionError::InvalidPromise)));
    }

    #[test]
    fn kinds_share_numbers_but_not_values() {
        let mut promises = Promises::default();
        let first = promises.begin(|promises| &mut promises.contains_key, true).unwrap();
        let second = promises.begin(|promises| &mut promises.value, Some(vec![1])).unwrap();
        assert_eq!((first, second), (0, 1));
        // The first read of another kind has the number that the wrong function looks for.
        assert_eq!(promises.wait(|promises| &mut promises.value, first), Ok(Some(vec![1])));
        let nothing = promises.wait(|promises| &mut promises.value, second);
        assert_eq!(nothing, Err(HostError::Trap(ExecutionError::InvalidPromise)));
    }

    /// What is never waited for stays; it is not to fill the node's memory.
    #[test]
    fn what_is_kept_has_a_bound() {
        let mut promises = Promises::default();
        let mebibyte = || Some(vec![0; 1 << 20]);
        for _ in 0..1000 {
            let id = promises.begin(|promises| &mut promises.value, mebibyte()).unwrap();
            assert_eq!(promises.wait(|promises| &mut promises.value, id), Ok(mebibyte()));
        }
        let refused = (0..).find_map(|count| {
            let promise = promises.begin(|promises| &mut promises.value, mebibyte());
            promise.err().map(|error| (count, error))
        });
        let Some((255, HostError::Fail(ExecutionError::MachineLimit(_)))) = refused else {
            panic!("{refused:?}")
        };
    }
}
