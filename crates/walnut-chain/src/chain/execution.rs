//! Executing blocks on a copy of the chain's state.

use walnut_base::{
    Blob, BlockHeight, ChainId, CryptoHash, OracleResponse, ProposedBlock, StreamId, Timestamp,
};
use walnut_execution::{
    Applications, BlockError, BlockInputs, Environment, ExecutedBlock, ExecutionState, History, execute_block,
};
use walnut_views::Store;

use super::ChainState;
use crate::{
    error::{ChainError, WorkerError},
    journal::{Journal, Key, Record},
    session::Session,
    shared::Shared,
};

/// The executed blocks of a chain, as far as new ones point back to them.
pub(crate) struct ChainHistory<'a, S> {
    journal: &'a Journal,
    store: S,
}

impl<S: Store> History for ChainHistory<'_, S> {
    async fn previous_message_block(
        &self,
        recipient: &ChainId,
    ) -> Result<Option<(CryptoHash, BlockHeight)>, BlockError> {
        let key = Key::of(Record::PreviousMessage).value(recipient).map_err(broken)?;
        self.journal.peek(&self.store, &key).await.map_err(broken)
    }

    async fn previous_event_block(
        &self,
        stream_id: &StreamId,
    ) -> Result<Option<(CryptoHash, BlockHeight)>, BlockError> {
        let key = Key::of(Record::PreviousEvent).value(stream_id).map_err(broken)?;
        self.journal.peek(&self.store, &key).await.map_err(broken)
    }
}

fn broken(error: ChainError) -> BlockError {
    BlockError::CorruptedChainState(error.to_string())
}

impl ChainState {
    pub(crate) fn history<'a, S: Store>(
        &'a self,
        session: &'a Session<'_, S>,
    ) -> ChainHistory<'a, impl Store + use<'a, S>> {
        ChainHistory { journal: &self.journal, store: session.partition(self.chain_id()) }
    }

    /// Executes a block on a copy of the state; the chain stays as it is.
    #[expect(clippy::too_many_arguments, reason = "each is an input of execution")]
    pub(crate) async fn execute<S: Store, A: Applications>(
        &self,
        shared: &Shared<A>,
        session: &Session<'_, S>,
        block: &ProposedBlock,
        published_blobs: &[Blob],
        round: Option<u32>,
        replaying: Option<&[Vec<OracleResponse>]>,
        now: Timestamp,
    ) -> Result<(ExecutionState, ExecutedBlock), WorkerError> {
        let env =
            Environment::new(self.chain_id(), session.store(), &shared.committees, &shared.applications);
        let history = self.history(session);
        let inputs = BlockInputs { env: &env, history: &history, published_blobs, local_time: now, round };
        let mut state = self.execution.clone();
        let executed = execute_block(&mut state, &inputs, block, replaying).await?;
        Ok((state, executed))
    }

    /// Takes over the state that a block led to. It is written by the next save.
    pub(crate) fn adopt(&mut self, state: ExecutionState) {
        self.execution = state;
        self.mark_executed();
    }
}
