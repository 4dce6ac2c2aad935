//! The chain info answer.

use walnut_base::ChainInfo;

use super::ChainState;

impl ChainState {
    /// The answer without anything that was asked for specially.
    pub(crate) fn info(&self) -> ChainInfo {
        let system = &self.execution.system;
        ChainInfo {
            chain_id: self.chain_id(),
            epoch: self.epoch(),
            description: system.description.get().clone(),
            manager: Box::new(self.manager.info(false)),
            chain_balance: *system.balance.get(),
            block_hash: self.head.tip.block_hash,
            timestamp: *system.timestamp.get(),
            next_block_height: self.head.tip.next_block_height,
            state_hash: self.head.execution_state_hash,
            requested_owner_balance: None,
            requested_committees: None,
            requested_pending_message_bundles: Vec::new(),
            requested_sent_certificate_hashes: Vec::new(),
            count_received_log: self.head.received_log_len,
            requested_received_log: Vec::new(),
        }
    }
}
