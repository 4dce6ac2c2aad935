//! Event streams of user applications: publishing, subscribing, and learning of new events.

use walnut_base::{
    ApplicationId, ArithmeticError, ChainId, EventId, GenericApplicationId, OracleResponse, StreamId,
    StreamName,
};
use walnut_views::Store;

use crate::{ExecutionError, executor::Executor, storage};

impl<S: Store, A> Executor<'_, S, A> {
    /// Takes note of new events on streams of other chains and schedules their subscribers. Only the last event of
    /// each range is looked up.
    pub(crate) async fn update_streams(
        &mut self,
        updates: &[(ChainId, StreamId, u32)],
    ) -> Result<(), ExecutionError> {
        let mut missing = Vec::new();
        for (chain_id, stream_id, next_index) in updates {
            let (chain_id, next_index) = (*chain_id, *next_index);
            let key = (chain_id, stream_id.clone());
            let subscriptions = &mut self.state.system.event_subscriptions;
            let subscriptions = subscriptions.get_mut_or_default(&self.env.chain, &key).await?;
            if subscriptions.next_index >= next_index {
                return Err(ExecutionError::OutdatedUpdateStreams);
            }
            let previous_index = std::mem::replace(&mut subscriptions.next_index, next_index);
            for application_id in &subscriptions.applications {
                self.transaction.add_stream_to_process(
                    *application_id,
                    chain_id,
                    stream_id.clone(),
                    previous_index,
                    next_index,
                );
            }
            let index = next_index.checked_sub(1).ok_or(ArithmeticError::Underflow)?;
            let event_id = EventId { chain_id, stream_id: stream_id.clone(), index };
            let response = match self.transaction.next_replayed()? {
                Some(response) => response,
                None => {
                    if storage::read_event(self.env.storage, &event_id).await?.is_none() {
                        missing.push(event_id.clone());
                    }
                    OracleResponse::EventExists(event_id)
                }
            };
            self.transaction.record(response);
        }
        if missing.is_empty() { Ok(()) } else { Err(ExecutionError::EventsNotFound(missing)) }
    }

    /// Publishes an event of `application_id`; returns its index.
    pub async fn emit(
        &mut self,
        application_id: ApplicationId,
        stream_name: StreamName,
        value: Vec<u8>,
    ) -> Result<u32, ExecutionError> {
        let stream_id = StreamId { application_id: application_id.into(), stream_name };
        let counts = &mut self.state.stream_event_counts;
        let count = counts.get_mut_or_default(&self.env.chain, &stream_id).await?;
        let index = *count;
        *count = index.checked_add(1).ok_or(ArithmeticError::Overflow)?;
        self.transaction.add_event(stream_id, index, value);
        Ok(index)
    }

    /// Subscribes an application. A new subscriber processes everything this chain already knows of the stream.
    pub async fn subscribe_to_events(
        &mut self,
        subscriber: ApplicationId,
        chain_id: ChainId,
        stream_id: StreamId,
    ) -> Result<(), ExecutionError> {
        let key = (chain_id, stream_id);
        let subscriptions = &mut self.state.system.event_subscriptions;
        let subscriptions = subscriptions.get_mut_or_default(&self.env.chain, &key).await?;
        if subscriptions.applications.insert(subscriber) {
            let next_index = subscriptions.next_index;
            self.transaction.add_stream_to_process(subscriber, chain_id, key.1, 0, next_index);
        }
        Ok(())
    }

    /// Ends a subscription. With the last one the chain forgets how far it had processed the stream. What was
    /// scheduled is dropped under the *publisher's* application, a slip of upstream's that is part of the protocol.
    pub async fn unsubscribe_from_events(
        &mut self,
        subscriber: ApplicationId,
        chain_id: ChainId,
        stream_id: StreamId,
    ) -> Result<(), ExecutionError> {
        let key = (chain_id, stream_id);
        let subscriptions = &mut self.state.system.event_subscriptions;
        let entry = subscriptions.get_mut_or_default(&self.env.chain, &key).await?;
        entry.applications.remove(&subscriber);
        if entry.applications.is_empty() {
            subscriptions.remove(&key);
        }
        if let GenericApplicationId::User(publisher) = key.1.application_id {
            self.transaction.remove_stream_to_process(publisher, chain_id, key.1);
        }
        Ok(())
    }
}
