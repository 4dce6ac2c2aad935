//! What one transaction has done so far, and the oracle answers it recorded or replays.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    vec,
};

use walnut_base::{
    ApplicationId, ArithmeticError, Blob, BlobContent, BlobId, ChainId, Event, EventId, OracleResponse,
    OutgoingMessage, StreamId, Timestamp,
};

use walnut_vm::StreamUpdate;

use crate::ExecutionError;

/// Contents of the blobs created by a block so far. Ordered by type, then hash, which is also the order in which an
/// outcome lists them.
pub type CreatedBlobs = BTreeMap<BlobId, BlobContent>;

type Updates = BTreeMap<(ChainId, StreamId), (u32, u32)>;

/// The effects of one transaction outside the chain's state.
///
/// With a replay list every question is answered from it, in order; every answer, fresh or replayed, is recorded
/// again, so that outcomes compare equal (`linera-execution/src/transaction_tracker.rs`).
#[derive(Clone, Debug, Default)]
pub struct TransactionTracker {
    replaying: Option<vec::IntoIter<OracleResponse>>,
    oracle_responses: Vec<OracleResponse>,
    outgoing_messages: Vec<OutgoingMessage>,
    local_time: Timestamp,
    transaction_index: u32,
    next_application_index: u32,
    next_chain_index: u32,
    events: Vec<Event>,
    created: CreatedBlobs,
    created_before: Rc<CreatedBlobs>,
    published: BTreeSet<BlobId>,
    free: BTreeSet<BlobId>,
    operation_result: Option<Vec<u8>>,
    streams_to_process: BTreeMap<ApplicationId, Updates>,
}

/// A transaction that ran to its end.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TransactionOutcome {
    /// Answers of oracles, in the order asked.
    pub oracle_responses: Vec<OracleResponse>,
    /// Messages, in the order sent.
    pub outgoing_messages: Vec<OutgoingMessage>,
    /// The next free application index of the block.
    pub next_application_index: u32,
    /// The next free chain index of the block.
    pub next_chain_index: u32,
    /// Events, in the order emitted.
    pub events: Vec<Event>,
    /// Created blobs, by type, then hash.
    pub blobs: Vec<Blob>,
    /// What the last user action returned; empty without one.
    pub operation_result: Vec<u8>,
    /// Blobs that travel next to the block and were named by its operation.
    pub blobs_published: BTreeSet<BlobId>,
    /// Created blobs that cost nothing because a free application created them.
    pub free_blob_ids: BTreeSet<BlobId>,
}

/// Where a transaction starts: counters and blobs of the block before it.
#[derive(Clone, Debug, Default)]
pub struct TransactionStart {
    /// The executing node's clock.
    pub local_time: Timestamp,
    /// Position in the block.
    pub transaction_index: u32,
    /// Applications created by the block so far.
    pub next_application_index: u32,
    /// Chains opened by the block so far.
    pub next_chain_index: u32,
    /// Blobs created by earlier transactions of the block.
    pub created_before: Rc<CreatedBlobs>,
}

impl TransactionTracker {
    /// Begins a transaction; `replaying` holds its recorded answers when a certificate is executed.
    pub fn new(start: TransactionStart, replaying: Option<Vec<OracleResponse>>) -> Self {
        Self {
            replaying: replaying.map(Vec::into_iter),
            local_time: start.local_time,
            transaction_index: start.transaction_index,
            next_application_index: start.next_application_index,
            next_chain_index: start.next_chain_index,
            created_before: start.created_before,
            ..Self::default()
        }
    }

    /// The executing node's clock, read once before execution.
    pub fn local_time(&self) -> Timestamp {
        self.local_time
    }

    /// Position in the block.
    pub fn transaction_index(&self) -> u32 {
        self.transaction_index
    }

    /// Takes the next application index of the block.
    pub fn next_application_index(&mut self) -> Result<u32, ArithmeticError> {
        take_index(&mut self.next_application_index)
    }

    /// Takes the next chain index of the block.
    pub fn next_chain_index(&mut self) -> Result<u32, ArithmeticError> {
        take_index(&mut self.next_chain_index)
    }

    /// Sends a message.
    pub fn add_outgoing_message(&mut self, message: OutgoingMessage) {
        self.outgoing_messages.push(message);
    }

    /// Emits an event.
    pub fn add_event(&mut self, stream_id: StreamId, index: u32, value: Vec<u8>) {
        self.events.push(Event { stream_id, index, value });
    }

    /// Creates a blob.
    pub fn add_created_blob(&mut self, blob: Blob) {
        self.created.insert(blob.id(), blob.content().clone());
    }

    /// Names a blob that travels next to the block.
    pub fn add_published_blob(&mut self, blob_id: BlobId) {
        self.published.insert(blob_id);
    }

    /// Waives the fee for a created blob.
    pub fn mark_blob_free(&mut self, blob_id: BlobId) {
        self.free.insert(blob_id);
    }

    /// A blob created by this transaction.
    pub fn created_blob(&self, blob_id: &BlobId) -> Option<&BlobContent> {
        self.created.get(blob_id)
    }

    /// A blob created by this transaction or an earlier one of the block.
    pub fn created_in_block(&self, blob_id: &BlobId) -> Option<&BlobContent> {
        self.created.get(blob_id).or_else(|| self.created_before.get(blob_id))
    }

    /// The transaction that a service sees which is run as an oracle: nothing but the blobs created by this one.
    pub(crate) fn for_service(&self) -> Self {
        Self { created: self.created.clone(), ..Self::default() }
    }

    /// Remembers what a user action returned. Every action overwrites the result, also with nothing.
    pub fn set_operation_result(&mut self, result: Option<Vec<u8>>) {
        self.operation_result = result;
    }

    /// Whether answers come from a certificate.
    pub fn is_replaying(&self) -> bool {
        self.replaying.is_some()
    }

    /// The next recorded answer; `None` when this is not a replay and the question must really be asked.
    pub fn next_replayed(&mut self) -> Result<Option<OracleResponse>, ExecutionError> {
        match &mut self.replaying {
            None => Ok(None),
            Some(responses) => responses.next().map(Some).ok_or(ExecutionError::MissingOracleResponse),
        }
    }

    /// Records an answer, fresh or replayed.
    pub fn record(&mut self, response: OracleResponse) {
        self.oracle_responses.push(response);
    }

    /// Records an answer that execution knows itself. In a replay it must be the recorded one.
    pub fn record_known(&mut self, response: OracleResponse) -> Result<(), ExecutionError> {
        if self.next_replayed()?.is_some_and(|recorded| recorded != response) {
            return Err(ExecutionError::OracleResponseMismatch);
        }
        self.record(response);
        Ok(())
    }

    /// The recorded bytes of an event, checked to be an answer for `event_id`; `None` when this is not a replay.
    /// The answer still has to be recorded.
    pub fn replayed_event(&mut self, event_id: &EventId) -> Result<Option<Vec<u8>>, ExecutionError> {
        match self.next_replayed()? {
            None => Ok(None),
            Some(OracleResponse::Event(recorded, bytes)) if recorded == *event_id => Ok(Some(bytes)),
            Some(_) => Err(ExecutionError::OracleResponseMismatch),
        }
    }

    /// Notes that a subscriber has events to process. Ranges of one stream merge.
    pub fn add_stream_to_process(
        &mut self,
        application_id: ApplicationId,
        chain_id: ChainId,
        stream_id: StreamId,
        previous_index: u32,
        next_index: u32,
    ) {
        if previous_index == next_index {
            return;
        }
        self.streams_to_process
            .entry(application_id)
            .or_default()
            .entry((chain_id, stream_id))
            .and_modify(|(previous, next)| {
                *previous = previous_index.min(*previous);
                *next = next_index.max(*next);
            })
            .or_insert((previous_index, next_index));
    }

    /// Forgets what `application_id` had to process of a stream.
    pub fn remove_stream_to_process(
        &mut self,
        application_id: ApplicationId,
        chain_id: ChainId,
        stream_id: StreamId,
    ) {
        let Some(updates) = self.streams_to_process.get_mut(&application_id) else { return };
        updates.remove(&(chain_id, stream_id));
        if updates.is_empty() {
            self.streams_to_process.remove(&application_id);
        }
    }

    /// Takes everything that is to be processed, by application, then chain and stream.
    pub fn take_streams_to_process(&mut self) -> BTreeMap<ApplicationId, Vec<StreamUpdate>> {
        let taken = std::mem::take(&mut self.streams_to_process);
        let expand = |updates: Updates| {
            updates
                .into_iter()
                .map(|((chain_id, stream_id), (previous_index, next_index))| StreamUpdate {
                    chain_id,
                    stream_id,
                    previous_index,
                    next_index,
                })
                .collect()
        };
        taken.into_iter().map(|(application_id, updates)| (application_id, expand(updates))).collect()
    }

    /// Ends the transaction.
    pub fn into_outcome(self) -> Result<TransactionOutcome, ExecutionError> {
        if !self.streams_to_process.is_empty() {
            return Err(ExecutionError::UnprocessedStreams);
        }
        if self.replaying.is_some_and(|mut responses| responses.next().is_some()) {
            return Err(ExecutionError::UnexpectedOracleResponse);
        }
        Ok(TransactionOutcome {
            oracle_responses: self.oracle_responses,
            outgoing_messages: self.outgoing_messages,
            next_application_index: self.next_application_index,
            next_chain_index: self.next_chain_index,
            events: self.events,
            blobs: self
                .created
                .into_iter()
                .map(|(blob_id, content)| Blob::with_hash_unchecked(blob_id.hash, content))
                .collect(),
            operation_result: self.operation_result.unwrap_or_default(),
            blobs_published: self.published,
            free_blob_ids: self.free,
        })
    }
}

fn take_index(counter: &mut u32) -> Result<u32, ArithmeticError> {
    let index = *counter;
    *counter = index.checked_add(1).ok_or(ArithmeticError::Overflow)?;
    Ok(index)
}

#[cfg(test)]
mod tests;
