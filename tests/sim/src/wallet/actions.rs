//! What a wallet does with its chains, at random.

use walnut_base::{
    Account, AccountOwner, Amount, ApplicationPermissions, OpenChainConfig, Operation, SystemOperation,
};
use walnut_client::{BlanketPolicy, MessagePolicy};

use super::{SimClient, Wallet};
use crate::plan::{Fault, Ownership, owner, ownership};

/// Chains that are opened in a run.
const OPENED_MAX: usize = 4;

/// Chains are opened with less than this.
const OPENED_WITH: Amount = Amount::from_millis(300);

impl Wallet {
    /// One thing, or an attempt at it.
    pub(super) async fn act(&self, client: &SimClient, home: usize) {
        let world = self.world();
        let random = &world.random;
        let chain_id = world.chain_id(home);
        if world.goes_wrong(Fault::Opening, if home < world.chain_ids.len() { 50 } else { 150 })
            && let Some((what, operation)) = self.open_or_close(home)
        {
            self.execute(client, home, what, vec![Operation::System(Box::new(operation))], Vec::new()).await;
            return;
        }
        match random.below(100) {
            0..45 => {
                let operations = (0..1 + random.below(3)).map(|_| self.transfer(home)).collect();
                self.execute(client, home, "transfers", operations, Vec::new()).await;
            }
            45..60 => {
                let synced = client.sync_all(chain_id).await;
                self.outcome("looks for messages", synced);
                self.collect(client, home).await;
            }
            60..66 => self.outcome("synchronizes", client.sync_chain(chain_id).await.map(drop)),
            66..74 => {
                let staged = client.stage(chain_id, vec![self.transfer(home)], Vec::new()).await;
                world.executor.sleep(random.duration(1_000, 2_000_000)).await;
                match staged {
                    Ok(staged) => {
                        let outcome = client.propose(staged, &|_| {}).await;
                        self.made(client, home, "proposes what was staged", outcome).await;
                    }
                    Err(error) => self.failed("stages", &error),
                }
            }
            74..80 => {
                let retried = client.retry_pending(chain_id, &|_| {}).await;
                self.outcome("retries", retried.map(drop));
            }
            80..82 => self.outcome("gives up a block", client.clear_pending(chain_id).await),
            82..86 => {
                self.outcome("asks for a timeout", client.request_timeout(chain_id).await.map(drop));
            }
            86..89 => {
                let target = *random.pick(&world.chains());
                let claim = SystemOperation::Claim {
                    owner: owner(self.device.key),
                    target_id: target,
                    recipient: Account::chain(chain_id),
                    amount: Amount::from_millis(u128::from(1 + random.below(30))),
                };
                let operations = vec![Operation::System(Box::new(claim))];
                self.execute(client, home, "claims", operations, Vec::new()).await;
            }
            89..93 if world.plan.has(Fault::Ownership) && home != 0 => {
                if let Some(operation) = self.change_owners(home) {
                    self.execute(client, home, "changes owners", vec![operation], Vec::new()).await;
                }
            }
            93..96 if world.plan.has(Fault::Rejection) => {
                let blanket = match random.below(3) {
                    0 => BlanketPolicy::Accept,
                    1 => BlanketPolicy::Reject,
                    _ => BlanketPolicy::Ignore,
                };
                let policy = MessagePolicy { blanket, ..MessagePolicy::default() };
                client.set_message_policy(chain_id, policy).await;
            }
            _ => {
                self.collect(client, home).await;
            }
        }
    }

    pub(super) fn transfer(&self, home: usize) -> Operation {
        let world = self.world();
        let random = &world.random;
        let recipient = *random.pick(&world.chains());
        let target = match random.chance(800) {
            true => AccountOwner::CHAIN,
            false => owner(random.index(world.plan.devices + 1)),
        };
        let payer = match random.chance(900) {
            true => AccountOwner::CHAIN,
            false => owner(self.device.key),
        };
        let most = match random.chance(50) {
            true => world.plan.chains.get(home).map_or(OPENED_WITH, |chain| chain.balance).to_attos(),
            false => Amount::from_millis(200).to_attos(),
        };
        let amount = Amount::from_attos(1 + u128::from(random.next()) % most);
        Operation::System(Box::new(SystemOperation::Transfer {
            owner: payer,
            recipient: Account { chain_id: recipient, owner: target },
            amount,
        }))
    }

    /// A new chain, of this wallet's alone or with somebody else, or the end of one that was opened.
    fn open_or_close(&self, home: usize) -> Option<(&'static str, SystemOperation)> {
        let world = self.world();
        let random = &world.random;
        if home >= world.chain_ids.len() {
            return Some(("closes its chain", SystemOperation::CloseChain));
        }
        if world.chains().len() >= world.chain_ids.len() + OPENED_MAX {
            return None;
        }
        let owners = [self.device.key, random.index(world.plan.devices)];
        let kinds = [Ownership::Single, Ownership::Super, Ownership::Shared];
        let config = OpenChainConfig {
            ownership: ownership(*random.pick(&kinds), &owners, random),
            balance: Amount::from_attos(u128::from(random.next()) % OPENED_WITH.to_attos()),
            application_permissions: ApplicationPermissions::default(),
        };
        Some(("opens a chain", SystemOperation::OpenChain(config)))
    }

    /// Other rounds and weights, sometimes without one of the owners, but never without this one.
    fn change_owners(&self, home: usize) -> Option<Operation> {
        let world = self.world();
        let random = &world.random;
        let chain = world.plan.chains.get(home)?;
        if !chain.owners.contains(&self.device.key) {
            return None;
        }
        let mut owners = vec![self.device.key];
        let others = chain.owners.iter().filter(|other| **other != self.device.key);
        owners.extend(others.filter(|_| random.chance(800)));
        let kinds = [Ownership::Shared, Ownership::Mixed, Ownership::Open, Ownership::Super];
        let ownership = ownership(*random.pick(&kinds), &owners, random);
        Some(Operation::System(Box::new(SystemOperation::ChangeOwnership {
            super_owners: ownership.super_owners.into_iter().collect(),
            owners: ownership.owners.into_iter().collect(),
            multi_leader_rounds: ownership.multi_leader_rounds,
            open_multi_leader_rounds: ownership.open_multi_leader_rounds,
            timeout_config: ownership.timeout_config,
        })))
    }
}
