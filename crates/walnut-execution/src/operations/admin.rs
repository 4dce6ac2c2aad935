//! Committees and epochs: what the admin chain decides and how other chains follow.

use std::rc::Rc;

use walnut_base::{
    AdminOperation, BlobId, BlobType, ChainId, Committee, CryptoHash, Epoch, EventId, OracleResponse,
    StreamId,
    event::{EPOCH_STREAM_NAME, REMOVED_EPOCH_STREAM_NAME},
};
use walnut_views::Store;

use crate::{
    ExecutionError,
    committees::{epoch_event, removed_epoch_event},
    executor::Executor,
    storage,
};

impl<S: Store, A> Executor<'_, S, A> {
    pub(crate) async fn execute_admin_operation(
        &mut self,
        operation: &AdminOperation,
    ) -> Result<(), ExecutionError> {
        if *self.state.system.admin_chain_id.get() != Some(self.env.chain_id) {
            return Err(ExecutionError::AdminOperationOnNonAdminChain);
        }
        match *operation {
            AdminOperation::PublishCommitteeBlob { blob_hash } => {
                self.blob_published(BlobId::new(blob_hash, BlobType::Committee));
            }
            AdminOperation::CreateCommittee { epoch, blob_hash } => {
                self.check_next_epoch(epoch)?;
                self.adopt_committee(epoch, blob_hash).await?;
                let value = bcs::to_bytes(&blob_hash)?;
                self.transaction.add_event(StreamId::system(EPOCH_STREAM_NAME), epoch.0, value);
            }
            AdminOperation::RemoveCommittee { epoch } => {
                self.remove_committee(epoch)?;
                self.transaction.add_event(StreamId::system(REMOVED_EPOCH_STREAM_NAME), epoch.0, Vec::new());
            }
        }
        Ok(())
    }

    /// Follows the admin chain into the next epoch.
    pub(crate) async fn process_new_epoch(&mut self, epoch: Epoch) -> Result<(), ExecutionError> {
        self.check_next_epoch(epoch)?;
        let event_id = epoch_event(self.admin_chain_id()?, epoch);
        let value = self.event_oracle(event_id).await?;
        self.adopt_committee(epoch, storage::decode::<CryptoHash>(&value)?).await
    }

    /// Follows the admin chain in no longer trusting an epoch. In a replay the recorded answer is taken unseen.
    pub(crate) async fn process_removed_epoch(&mut self, epoch: Epoch) -> Result<(), ExecutionError> {
        self.remove_committee(epoch)?;
        let event_id = removed_epoch_event(self.admin_chain_id()?, epoch);
        let response = match self.transaction.next_replayed()? {
            Some(response) => response,
            None => {
                let value = storage::require_event(self.env.storage, &event_id).await?;
                OracleResponse::Event(event_id, value)
            }
        };
        self.transaction.record(response);
        Ok(())
    }

    /// The value of an event, as an oracle's answer: from storage, or in a replay as recorded.
    pub(crate) async fn event_oracle(&mut self, event_id: EventId) -> Result<Vec<u8>, ExecutionError> {
        let value = match self.transaction.replayed_event(&event_id)? {
            Some(value) => value,
            None => storage::require_event(self.env.storage, &event_id).await?,
        };
        self.transaction.record(OracleResponse::Event(event_id, value.clone()));
        Ok(value)
    }

    fn check_next_epoch(&self, provided: Epoch) -> Result<(), ExecutionError> {
        let expected = self.state.system.epoch.get().try_add_one()?;
        if provided == expected {
            Ok(())
        } else {
            Err(ExecutionError::InvalidCommitteeEpoch { expected, provided })
        }
    }

    async fn adopt_committee(&mut self, epoch: Epoch, blob_hash: CryptoHash) -> Result<(), ExecutionError> {
        let blob_id = BlobId::new(blob_hash, BlobType::Committee);
        let content = storage::require_blob(self.env.storage, blob_id).await?;
        let committee: Committee = storage::decode(content.bytes())?;
        self.blob_used(blob_id).await?;
        self.state.system.committees.get_mut().insert(epoch, Rc::new(committee));
        self.state.system.epoch.set(epoch);
        Ok(())
    }

    fn remove_committee(&mut self, epoch: Epoch) -> Result<(), ExecutionError> {
        let was_trusted = self.state.system.committees.get_mut().remove(epoch);
        if was_trusted { Ok(()) } else { Err(ExecutionError::InvalidCommitteeRemoval) }
    }

    fn admin_chain_id(&self) -> Result<ChainId, ExecutionError> {
        let admin_chain_id = *self.state.system.admin_chain_id.get();
        admin_chain_id
            .ok_or(ExecutionError::InternalError("execute_operation called for uninitialized chain"))
    }
}
