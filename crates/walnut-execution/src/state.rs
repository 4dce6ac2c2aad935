//! The state that execution changes, and its hash (`linera-execution/src/execution.rs`).

use walnut_base::{CryptoHash, StreamId, policy::StateHashMode};
use walnut_views::{
    Apps, Batch, HashView, Hashed, HasherOutput, Map, MemoryStore, Register, Store, StoreError, View,
    advance, field_key, hash_fields, wrap_state_hash,
};

use crate::{Committees, ExecutionError, SystemState};

/// The execution state of one chain: what blocks change and state hashes cover.
///
/// `clone` is a cheap checkpoint. The writes of [`View::emit`] have keys relative to the chain's partition.
#[derive(Clone, Debug)]
pub struct ExecutionState {
    /// The system application.
    pub system: SystemState,
    /// The stores of user applications that ever wrote.
    pub users: Hashed<Apps>,
    /// How many events each stream of this chain has had. Streams of the system application are not counted.
    pub stream_event_counts: Map<StreamId, u32>,
    /// The rolling hash, in the modes that keep one. Not covered by any hash.
    pub historical_hash: Register<Option<HasherOutput>>,
}

/// The execution state's base key inside a chain's partition: field 0 of upstream's chain state.
pub fn execution_state_key() -> Vec<u8> {
    field_key(&[], 0)
}

impl ExecutionState {
    /// Reads the state of a chain from its partition; a chain nothing is stored of has the default state.
    /// Applications' stores are read when they are used.
    pub async fn load<C: Store>(chain: &C) -> Result<Self, StoreError> {
        let base = execution_state_key();
        let system_key = field_key(&base, 0);
        // Everything in the system state is wanted: one scan instead of two dozen reads.
        let prefetched = MemoryStore::prefetch(chain, &system_key).await?;
        let users_key = field_key(&base, 1);
        let users = Apps::load(chain, Hashed::<Apps>::inner_key(&users_key)).await?;
        Ok(Self {
            system: SystemState::load(&prefetched, &system_key).await?,
            users: Hashed::load(chain, &users_key, users).await?,
            stream_event_counts: Map::load(chain, field_key(&base, 2)).await?,
            historical_hash: Register::load(chain, field_key(&base, 3)).await?,
        })
    }

    /// The hash of the whole content, independent of history. The rolling hash is not part of it.
    pub async fn content_hash<C: Store>(&mut self, chain: &C) -> Result<HasherOutput, StoreError> {
        let system = self.system.content_hash(chain).await?;
        let users = self.users.hash(chain).await?;
        let streams = self.stream_event_counts.content_hash(chain).await?;
        Ok(hash_fields(&[system, users, streams]))
    }

    /// The state hash to be reported after a block or an initialization, in the mode that the committee of the chain's
    /// *present* epoch asks for. Advances the rolling hash: call it exactly once per save, after all changes.
    ///
    /// `storage` is the node's key space, `chain` the chain's partition of it.
    pub async fn state_hash<S: Store, C: Store>(
        &mut self,
        storage: &S,
        chain: &C,
        committees: &Committees,
    ) -> Result<CryptoHash, ExecutionError> {
        let committee = self.system.current_committee(storage, committees).await?;
        let mode = committee.map_or(StateHashMode::Full, |committee| committee.flags.state_hash_mode);
        Ok(self.state_hash_in_mode(chain, mode).await?)
    }

    /// As [`ExecutionState::state_hash`], in a given mode.
    pub async fn state_hash_in_mode<C: Store>(
        &mut self,
        chain: &C,
        mode: StateHashMode,
    ) -> Result<CryptoHash, StoreError> {
        let zero = CryptoHash::from([0; 32]);
        match mode {
            StateHashMode::Zero => {
                self.forget_historical_hash();
                Ok(zero)
            }
            StateHashMode::Full => {
                let hash = self.content_hash(chain).await?;
                self.forget_historical_hash();
                Ok(wrap_state_hash(hash))
            }
            StateHashMode::Historical => Ok(wrap_state_hash(self.advance(chain).await?)),
            StateHashMode::HistoricalShadow => {
                self.advance(chain).await?;
                Ok(zero)
            }
        }
    }

    /// The next rolling hash: seeded with the content, then advanced by the writes that are about to be saved.
    async fn advance<C: Store>(&mut self, chain: &C) -> Result<HasherOutput, StoreError> {
        let hash = match *self.historical_hash.get() {
            None => self.content_hash(chain).await?,
            Some(previous) => {
                let mut batch = Batch::new();
                self.emit_hashed(&mut batch);
                advance(previous, &batch)
            }
        };
        self.historical_hash.set(Some(hash));
        Ok(hash)
    }

    fn forget_historical_hash(&mut self) {
        if self.historical_hash.get().is_some() {
            self.historical_hash.set(None);
        }
    }

    /// The writes that enter the rolling hash: all but the rolling hash itself.
    fn emit_hashed(&self, batch: &mut Batch) {
        self.system.emit(batch);
        self.users.emit(batch);
        self.stream_event_counts.emit(batch);
    }
}

impl View for ExecutionState {
    fn emit(&self, batch: &mut Batch) {
        self.emit_hashed(batch);
        self.historical_hash.emit(batch);
    }

    fn mark_saved(&mut self) {
        self.system.mark_saved();
        self.users.mark_saved();
        self.stream_event_counts.mark_saved();
        self.historical_hash.mark_saved();
    }

    fn rollback(&mut self) {
        self.system.rollback();
        self.users.rollback();
        self.stream_event_counts.rollback();
        self.historical_hash.rollback();
    }
}

#[cfg(test)]
mod tests;
