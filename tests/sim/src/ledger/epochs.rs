//! Epochs: the admin chain announces and revokes them, other chains follow when they come to it.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{
    AdminOperation, Block, ChainId, Committee, CryptoHash, Epoch, GenesisConfig, Operation, SystemOperation,
    Transaction,
};

use super::Chain;

/// What became of epochs in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Committees that were announced after that of the genesis.
    pub announced: usize,
    /// Epochs that were revoked.
    pub revoked: usize,
    /// Blocks that chains made in an epoch that was revoked already.
    pub late_blocks: usize,
    /// Messages that were taken when the epoch of their sender's block was revoked already.
    pub late_messages: usize,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Epochs {
    admin: ChainId,
    committees: BTreeMap<Epoch, Committee>,
    /// Committees that may be announced, by the hash of their blob.
    proposed: BTreeMap<CryptoHash, Committee>,
    revoked: BTreeSet<Epoch>,
    pub(super) late_blocks: usize,
    pub(super) late_messages: usize,
}

impl Epochs {
    pub(super) fn new(genesis: &GenesisConfig) -> Self {
        Self {
            admin: genesis.admin_chain_id().expect("there are chains"),
            committees: BTreeMap::from([(Epoch::ZERO, genesis.committee.clone())]),
            proposed: BTreeMap::new(),
            revoked: BTreeSet::new(),
            late_blocks: 0,
            late_messages: 0,
        }
    }

    pub(super) fn committee(&self, epoch: Epoch) -> Option<&Committee> {
        self.committees.get(&epoch)
    }

    pub(super) fn newest(&self) -> Epoch {
        *self.committees.keys().next_back().expect("there is epoch 0")
    }

    pub(super) fn is_revoked(&self, epoch: Epoch) -> bool {
        self.revoked.contains(&epoch)
    }

    /// A committee that the admin chain may announce.
    pub(super) fn propose(&mut self, committee: &Committee) {
        let hash = walnut_base::Blob::new_committee(committee).id().hash;
        self.proposed.insert(hash, committee.clone());
    }

    pub(super) fn tally(&self) -> Tally {
        let Self { committees, revoked, late_blocks, late_messages, .. } = self;
        Tally {
            announced: committees.len() - 1,
            revoked: revoked.len(),
            late_blocks: *late_blocks,
            late_messages: *late_messages,
        }
    }

    /// Notes what a confirmed block of the admin chain says: it counts at once, wherever the chain is.
    pub(super) fn note(&mut self, block: &Block) {
        if block.header.chain_id != self.admin {
            return;
        }
        for operation in operations(block) {
            match operation {
                SystemOperation::Admin(AdminOperation::CreateCommittee { epoch, blob_hash }) => {
                    if let Some(committee) = self.proposed.get(blob_hash) {
                        self.committees.insert(*epoch, committee.clone());
                    }
                }
                SystemOperation::Admin(AdminOperation::RemoveCommittee { epoch }) => {
                    self.revoked.insert(*epoch);
                }
                _ => {}
            }
        }
    }

    /// Whether what a block says of epochs has been announced and revoked, as far as is known.
    pub(super) fn knows(&self, block: &Block) -> bool {
        let is_known = |operation: &SystemOperation| match operation {
            SystemOperation::ProcessNewEpoch(epoch) => self.committees.contains_key(epoch),
            SystemOperation::ProcessRemovedEpoch(epoch) => self.revoked.contains(epoch),
            _ => true,
        };
        self.committees.contains_key(&block.header.epoch) && operations(block).all(is_known)
    }

    /// What an operation does to the epochs of a chain.
    pub(super) fn follow(
        &self,
        chain: &mut Chain,
        chain_id: ChainId,
        operation: &SystemOperation,
    ) -> Result<(), &'static str> {
        match operation {
            SystemOperation::Admin(_) if chain_id != self.admin => Err("it acts as the admin chain"),
            SystemOperation::ProcessNewEpoch(epoch)
            | SystemOperation::Admin(AdminOperation::CreateCommittee { epoch, .. }) => {
                if epoch.0 != chain.epoch.0 + 1 {
                    return Err("it leaves out an epoch");
                }
                if !self.committees.contains_key(epoch) {
                    return Err("it enters an epoch that nobody announced");
                }
                chain.epoch = *epoch;
                chain.trusted.insert(*epoch);
                Ok(())
            }
            SystemOperation::ProcessRemovedEpoch(epoch)
            | SystemOperation::Admin(AdminOperation::RemoveCommittee { epoch }) => {
                if !self.revoked.contains(epoch) {
                    return Err("it leaves an epoch that nobody revoked");
                }
                match chain.trusted.remove(epoch) {
                    true => Ok(()),
                    false => Err("it leaves an epoch that it did not trust"),
                }
            }
            _ => Ok(()),
        }
    }
}

fn operations(block: &Block) -> impl Iterator<Item = &SystemOperation> {
    block.body.transactions.iter().filter_map(Transaction::operation).filter_map(
        |operation| match operation {
            Operation::System(operation) => Some(&**operation),
            Operation::User { .. } => None,
        },
    )
}
