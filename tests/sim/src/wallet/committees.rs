//! What the owner of the admin chain does: validators come, go and weigh differently, prices change, epochs are revoked.

use walnut_base::{AdminOperation, Blob, Epoch, Operation, SystemOperation};

use super::{SimClient, Wallet};

/// The last epoch of a run.
const EPOCH_MAX: Epoch = Epoch(4);

impl Wallet {
    /// Whether it has the key of the admin chain.
    pub(super) fn governs(&self) -> bool {
        self.world().plan.chains[0].owners.contains(&self.device.key)
    }

    /// Announces another committee, or revokes the oldest epoch but one.
    pub(super) async fn govern(&self, client: &SimClient) {
        let world = self.world();
        let (newest, oldest) = {
            let ledger = world.ledger.borrow();
            let admin = ledger.chain(&world.chain_ids[0]);
            (ledger.last_epoch(), admin.and_then(|chain| chain.trusted.first().copied()))
        };
        match oldest.filter(|oldest| *oldest < newest) {
            Some(oldest) if newest >= EPOCH_MAX || world.random.chance(450) => {
                let revoke = admin(AdminOperation::RemoveCommittee { epoch: oldest });
                self.execute(client, 0, "revokes an epoch", vec![revoke], Vec::new()).await;
            }
            _ if newest < EPOCH_MAX => self.announce(client, Epoch(newest.0 + 1)).await,
            _ => {}
        }
    }

    /// A new committee in which liars stay a minority.
    async fn announce(&self, client: &SimClient, epoch: Epoch) {
        let world = self.world();
        let Some(weights) = world.plan.other_weights(&world.random) else { return };
        let committee = world.plan.committee(&weights, u128::from(world.random.below(3)));
        world.ledger.borrow_mut().note_committee(&committee);
        let blob = Blob::new_committee(&committee);
        let blob_hash = blob.id().hash;
        // Two blocks: a committee is read from what is stored, and is stored when it is confirmed.
        let publish = admin(AdminOperation::PublishCommitteeBlob { blob_hash });
        self.execute(client, 0, "publishes a committee", vec![publish], vec![blob]).await;
        let create = admin(AdminOperation::CreateCommittee { epoch, blob_hash });
        self.execute(client, 0, "announces a committee", vec![create], Vec::new()).await;
    }
}

fn admin(operation: AdminOperation) -> Operation {
    Operation::System(Box::new(SystemOperation::Admin(operation)))
}
