//! What goes into a block, in this order: epochs, incoming bundles, events of other chains, the caller's operations.

use walnut_base::{
    AccountOwner, ChainId, ChainInfo, ChainInfoQuery, Epoch, Operation, ProposedBlock, SystemOperation,
    Transaction,
};
use walnut_chain::records;
use walnut_execution::{epoch_event, removed_epoch_event};

use crate::{client::Client, error::ClientError, host::Host};

impl<H: Host> Client<H> {
    /// The block as it would be proposed now. Empty blocks are refused with [`ClientError::EmptyBlock`].
    pub(super) async fn next_block(
        &self,
        chain_id: ChainId,
        owner: AccountOwner,
        operations: Vec<Operation>,
    ) -> Result<ProposedBlock, ClientError> {
        let query = ChainInfoQuery::new(chain_id).with_pending_message_bundles();
        let mut info = self.local.chain_info(query).await?;
        let pending = std::mem::take(&mut info.requested_pending_message_bundles);
        let handle = self.handle(chain_id);
        let bundles = {
            let (policy, skipped) = (handle.policy.borrow(), handle.skipped_origins.borrow());
            policy.select(pending, &skipped, self.options.bundles_per_block_max)
        };
        let last_bundle = bundles.iter().map(|incoming| incoming.bundle.timestamp).max();
        let mut transactions = Vec::new();
        // A closed chain sends messages back and does nothing else: it stays in its epoch.
        let is_closed = self.is_closed(chain_id).await?;
        if !is_closed {
            transactions.extend(self.epoch_operations(chain_id, info.epoch).await?);
        }
        transactions.extend(bundles.into_iter().map(Transaction::ReceiveMessages));
        if !is_closed {
            transactions.extend(self.update_streams(chain_id).await?);
        }
        transactions.extend(operations.into_iter().map(Transaction::ExecuteOperation));
        if transactions.is_empty() {
            return Err(ClientError::EmptyBlock);
        }
        let timestamp = self.host.now().max(info.timestamp).max(last_bundle.unwrap_or_default());
        Ok(block_on_top(&info, transactions, timestamp, owner))
    }

    async fn is_closed(&self, chain_id: ChainId) -> Result<bool, ClientError> {
        let is_closed =
            self.local.inspect(chain_id, async |chain| Ok(*chain.execution_state().system.closed.get()));
        Ok(is_closed.await?)
    }

    async fn epoch_operations(
        &self,
        chain_id: ChainId,
        epoch: Epoch,
    ) -> Result<Vec<Transaction>, ClientError> {
        let admin = self.admin_chain_id();
        if chain_id == admin {
            return Ok(Vec::new());
        }
        let mut operations = Vec::new();
        let mut trusted = self.local.trusted_epochs(chain_id).await?;
        let mut next = epoch;
        while let Some(epoch) = next.0.checked_add(1).map(Epoch) {
            if records::read_event(self.host.store(), &epoch_event(admin, epoch)).await?.is_none() {
                break;
            }
            operations.push(SystemOperation::ProcessNewEpoch(epoch));
            trusted.push(epoch);
            next = epoch;
        }
        // Also those that this very block introduces: a chain that lagged through several epochs needs one block only.
        for epoch in trusted {
            if records::read_event(self.host.store(), &removed_epoch_event(admin, epoch)).await?.is_none() {
                break;
            }
            operations.push(SystemOperation::ProcessRemovedEpoch(epoch));
        }
        let transaction = |operation| Transaction::ExecuteOperation(Operation::System(Box::new(operation)));
        Ok(operations.into_iter().map(transaction).collect())
    }

    /// At most one operation that takes in new events, up to the limit per block.
    async fn update_streams(&self, chain_id: ChainId) -> Result<Option<Transaction>, ClientError> {
        let mut budget = self.options.new_events_per_block_max;
        let mut updates = Vec::new();
        for ((publisher, stream), subscription) in self.local.event_subscriptions(chain_id).await? {
            let available = self.local.next_expected_event(publisher, &stream).await?;
            let count = available.saturating_sub(subscription.next_index).min(budget);
            if count > 0 {
                budget -= count;
                updates.push((publisher, stream, subscription.next_index + count));
            }
        }
        if updates.is_empty() {
            return Ok(None);
        }
        let operation = SystemOperation::UpdateStreams(updates);
        Ok(Some(Transaction::ExecuteOperation(Operation::System(Box::new(operation)))))
    }
}

fn block_on_top(
    info: &ChainInfo,
    transactions: Vec<Transaction>,
    timestamp: walnut_base::Timestamp,
    owner: AccountOwner,
) -> ProposedBlock {
    ProposedBlock {
        chain_id: info.chain_id,
        epoch: info.epoch,
        transactions,
        height: info.next_block_height,
        timestamp,
        authenticated_signer: Some(owner),
        previous_block_hash: info.block_hash,
    }
}
