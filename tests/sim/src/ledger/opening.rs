//! Opening and closing chains.

use walnut_base::{
    AdminOperation, BlobType, Block, ChainDescription, ChainOrigin, MessageAction, Operation,
    SystemOperation, Transaction, encoding::from_bcs,
};

use super::Chain;

/// The descriptions of the chains that a block opens: one for each operation that says so, as it says.
pub(super) fn opened(chain: &Chain, block: &Block) -> Result<Vec<ChainDescription>, &'static str> {
    let header = &block.header;
    // Epochs may change before a chain is opened.
    let mut epoch = chain.epoch;
    let mut trusted = chain.trusted.clone();
    let mut configs = Vec::new();
    for transaction in &block.body.transactions {
        let Some(Operation::System(operation)) = transaction.operation() else { continue };
        match &**operation {
            SystemOperation::ProcessNewEpoch(next)
            | SystemOperation::Admin(AdminOperation::CreateCommittee { epoch: next, .. }) => {
                epoch = *next;
                trusted.insert(epoch);
            }
            SystemOperation::ProcessRemovedEpoch(epoch)
            | SystemOperation::Admin(AdminOperation::RemoveCommittee { epoch }) => {
                trusted.remove(epoch);
            }
            SystemOperation::OpenChain(config) => {
                let ends = (trusted.first().copied(), trusted.last().copied());
                configs.push((config, epoch, ends));
            }
            _ => {}
        }
    }
    let blobs = block.created_blobs();
    let described = blobs.values().filter(|blob| blob.id().blob_type == BlobType::ChainDescription);
    let mut descriptions = Vec::<ChainDescription>::new();
    for blob in described {
        let bytes = blob.bytes();
        descriptions.push(from_bcs(bytes, bytes.len()).map_err(|_| "a description cannot be read")?);
    }
    let mut opened = Vec::new();
    for (chain_index, (config, epoch, ends)) in (0..).zip(configs) {
        let (parent, block_height) = (header.chain_id, header.height);
        let origin = ChainOrigin::Child { parent, block_height, chain_index };
        let place = descriptions.iter().position(|description| description.origin == origin);
        let description = descriptions.swap_remove(place.ok_or("a chain is opened without a description")?);
        let said = &description.config;
        let is_right = said.ownership == config.ownership
            && said.balance == config.balance
            && said.application_permissions == config.application_permissions
            && said.epoch == epoch
            && (Some(said.min_active_epoch), Some(said.max_active_epoch)) == ends
            && description.timestamp == header.timestamp;
        if !is_right {
            return Err("it opens another chain than it says");
        }
        opened.push(description);
    }
    match descriptions.is_empty() {
        true => Ok(opened),
        false => Err("it describes a chain that nobody opens"),
    }
}

/// Whether a block does nothing but send messages back, as on a closed chain.
pub(super) fn sends_back_only(block: &Block) -> bool {
    block.body.transactions.iter().all(|transaction| match transaction {
        Transaction::ReceiveMessages(incoming) => incoming.action == MessageAction::Reject,
        Transaction::ExecuteOperation(_) => false,
    })
}
