//! Who has got what, from the blocks of the faucet's chain.

use std::collections::BTreeMap;

use walnut_base::{
    AccountOwner, BlobType, BlockHeight, ChainDescription, ChainId, ConfirmedBlockCertificate, Operation,
    SystemOperation, TimeDelta, Timestamp, Transaction,
};

/// How often tokens may be claimed again.
const PERIOD: TimeDelta = TimeDelta::from_secs(24 * 60 * 60);

/// The first claim of an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The chain.
    pub chain_id: ChainId,
    /// Its description.
    pub description: ChainDescription,
    /// When it was made.
    pub timestamp: Timestamp,
    /// The last period, counted from the first claim, in which tokens were claimed.
    last_period: u64,
}

impl Claim {
    /// The period that a moment belongs to.
    fn period(&self, at: Timestamp) -> u64 {
        at.delta_since(self.timestamp).as_micros() / PERIOD.as_micros()
    }

    /// When tokens can be claimed again.
    pub fn next_daily_claim(&self) -> Timestamp {
        let micros = PERIOD.as_micros().saturating_mul(self.last_period.saturating_add(1));
        self.timestamp.saturating_add_micros(micros)
    }

    /// Whether tokens can be claimed again.
    pub fn is_daily_claim_due(&self, now: Timestamp) -> bool {
        self.period(now) > self.last_period
    }
}

/// All claims up to a height.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    next_height: BlockHeight,
    by_owner: BTreeMap<AccountOwner, Claim>,
    owners: BTreeMap<ChainId, AccountOwner>,
}

impl Book {
    /// The height of the next block to read.
    pub fn next_height(&self) -> BlockHeight {
        self.next_height
    }

    /// The first claim of an owner.
    pub fn claim(&self, owner: &AccountOwner) -> Option<&Claim> {
        self.by_owner.get(owner)
    }

    /// Owners who have claimed.
    pub fn len(&self) -> usize {
        self.by_owner.len()
    }

    /// Whether nobody has claimed.
    pub fn is_empty(&self) -> bool {
        self.by_owner.is_empty()
    }

    /// Reads the next block of the faucet's chain; others are ignored.
    pub fn read(&mut self, certificate: &ConfirmedBlockCertificate) {
        let block = certificate.block();
        if block.header.height != self.next_height {
            return;
        }
        self.next_height = self.next_height.saturating_add(BlockHeight(1));
        let timestamp = block.header.timestamp;
        for (index, transaction) in block.body.transactions.iter().enumerate() {
            let Transaction::ExecuteOperation(Operation::System(operation)) = transaction else { continue };
            match &**operation {
                SystemOperation::OpenChain(_) => {
                    let blobs = block.body.blobs.get(index).into_iter().flatten();
                    for blob in blobs.filter(|blob| blob.id().blob_type == BlobType::ChainDescription) {
                        if let Ok(description) = bcs::from_bytes::<ChainDescription>(blob.bytes()) {
                            self.open(ChainId(blob.id().hash), description, timestamp);
                        }
                    }
                }
                SystemOperation::Transfer { recipient, .. } => {
                    self.note_daily_claim(recipient.chain_id, timestamp);
                }
                _ => {}
            }
        }
    }

    fn open(&mut self, chain_id: ChainId, description: ChainDescription, timestamp: Timestamp) {
        let Some(owner) = description.config.ownership.all_owners().next().copied() else { return };
        if let std::collections::btree_map::Entry::Vacant(entry) = self.by_owner.entry(owner) {
            entry.insert(Claim { chain_id, description, timestamp, last_period: 0 });
            self.owners.insert(chain_id, owner);
        }
    }

    fn note_daily_claim(&mut self, chain_id: ChainId, at: Timestamp) {
        let claim = self.owners.get(&chain_id).and_then(|owner| self.by_owner.get_mut(owner));
        if let Some(claim) = claim {
            claim.last_period = claim.last_period.max(claim.period(at));
        }
    }
}
