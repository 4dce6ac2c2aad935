//! One chain, two owners, each with a client: what tests about owners begin with.

use std::rc::Rc;

use futures::executor::block_on;
use walnut_base::{
    AccountOwner, Amount, BlockProposal, ChainId, ChainInfoQuery, ChainOwnership, ConfirmedBlockCertificate,
    Hashed, Operation, Round, SystemOperation, TimeDelta, TimeoutConfig, Timestamp, ValidatedBlock,
    ValidatedBlockCertificate,
};
use walnut_client::{Client, ClientError, Host as _, Outcome, Progress, StagedBlock, ValidatorNode as _};

use crate::network::{Fault, Network, Wallet, owner_key, transfer};

/// Key and chain of the first owner.
pub(crate) const ANA: u8 = 1;
/// Key of the second owner.
pub(crate) const BEN: u8 = 2;

pub(crate) fn quiet(_: Progress) {}

/// The block, if it was the caller's.
pub(crate) fn committed(outcome: Result<Outcome, ClientError>) -> ConfirmedBlockCertificate {
    match outcome {
        Ok(Outcome::Committed(certificate)) => *certificate,
        other => panic!("not committed: {other:?}"),
    }
}

/// The block that was first.
pub(crate) fn overtaken(outcome: Result<Outcome, ClientError>) -> ConfirmedBlockCertificate {
    match outcome {
        Ok(Outcome::Conflict(certificate)) => *certificate,
        other => panic!("not overtaken: {other:?}"),
    }
}

/// Until when somebody has to wait, in which round, for whom.
pub(crate) fn waiting(outcome: Result<Outcome, ClientError>) -> (Timestamp, Round, Option<AccountOwner>) {
    match outcome {
        Ok(Outcome::WaitForTimeout { timestamp, current_round, leader }) => {
            (timestamp, current_round, leader)
        }
        other => panic!("not waiting: {other:?}"),
    }
}

pub(crate) fn owner(key: u8) -> AccountOwner {
    owner_key(key).owner()
}

/// Ana and Ben with equal weights.
pub(crate) fn shared(multi_leader_rounds: u32) -> ChainOwnership {
    let timeouts = TimeoutConfig { base_timeout: TimeDelta::from_secs(2), ..TimeoutConfig::default() };
    ChainOwnership::multiple([(owner(ANA), 100), (owner(BEN), 100)], multi_leader_rounds, timeouts)
}

pub(crate) fn change_to(ownership: ChainOwnership) -> Operation {
    Operation::System(Box::new(SystemOperation::ChangeOwnership {
        super_owners: ownership.super_owners.into_iter().collect(),
        owners: ownership.owners.into_iter().collect(),
        multi_leader_rounds: ownership.multi_leader_rounds,
        open_multi_leader_rounds: ownership.open_multi_leader_rounds,
        timeout_config: ownership.timeout_config,
    }))
}

/// Ana as a super owner beside Ben, whose turn every single-leader round is.
pub(crate) fn beside(multi_leader_rounds: u32) -> Shared {
    let timeouts = TimeoutConfig {
        fast_round_duration: Some(TimeDelta::from_secs(3)),
        base_timeout: TimeDelta::from_secs(2),
        ..TimeoutConfig::default()
    };
    let regular = ChainOwnership::multiple([(owner(BEN), 100)], multi_leader_rounds, timeouts);
    Shared::new(ChainOwnership { super_owners: [owner(ANA)].into(), ..regular }, BEN)
}

/// Ana's chain with those owners, her client, and the client of whoever has the other key.
pub(crate) struct Shared {
    pub(crate) network: Network,
    pub(crate) chain: ChainId,
    pub(crate) elsewhere: ChainId,
    pub(crate) ana: Rc<Client<Wallet>>,
    pub(crate) other: Rc<Client<Wallet>>,
}

impl Shared {
    pub(crate) fn new(ownership: ChainOwnership, other: u8) -> Self {
        let network = Network::new(4);
        let (chain, elsewhere) = (network.chain_id(ANA), network.chain_id(4));
        let ana = network.client(ANA);
        let operations = vec![change_to(ownership)];
        committed(block_on(ana.execute(chain, operations, vec![], &quiet)));
        let other = network.open_on(network.wallet(other), other, ANA);
        block_on(other.sync_all(chain)).expect("the chain is there");
        Self { network, chain, elsewhere, ana, other }
    }

    pub(crate) fn pass(&self, until: Timestamp) {
        self.network.clock.set(self.network.clock.get().max(until.micros()));
    }

    pub(crate) fn send(&self, client: &Client<Wallet>, tokens: u128) -> Result<Outcome, ClientError> {
        let operations = vec![transfer(self.elsewhere, tokens)];
        block_on(client.execute(self.chain, operations, vec![], &quiet))
    }

    pub(crate) fn all_are(&self, fault: Fault) {
        self.network.validators.iter().for_each(|validator| validator.fault.set(fault));
    }

    pub(crate) fn balance(&self, client: &Client<Wallet>) -> Amount {
        block_on(client.local().balances(self.chain)).expect("reads").chain
    }

    /// Whose turn it is in the current round, as Ana knows it.
    pub(crate) fn leader(&self) -> AccountOwner {
        let info = block_on(self.ana.local().chain_info(ChainInfoQuery::new(self.chain))).expect("reads");
        info.manager.leader.expect("a single-leader round has a leader")
    }

    /// Half of the validators vote for it, and Ana learns of it; the others never do.
    pub(crate) fn half_votes_for(&self, proposal: &BlockProposal) {
        for validator in &self.network.validators[..2] {
            let remote = self.ana.host().remote(&validator.public_key, "").expect("it is known");
            block_on(remote.handle_block_proposal(proposal.clone())).expect("it votes");
        }
        block_on(self.ana.sync_chain(self.chain)).expect("syncs");
    }

    /// All validators vote for the block, and three make the certificate, which nobody has seen yet.
    pub(crate) fn validated(&self, staged: &StagedBlock, round: Round, by: u8) -> ValidatedBlockCertificate {
        let proposal = BlockProposal::new_initial(round, staged.proposed(), &owner_key(by));
        let votes = self.network.validators.iter().map(|validator| {
            let remote = self.ana.host().remote(&validator.public_key, "").expect("it is known");
            let info = block_on(remote.handle_block_proposal(proposal.clone())).expect("it votes").info;
            (validator.public_key, info.manager.pending.expect("a vote to validate").signature)
        });
        let mut signatures = votes.collect::<Vec<_>>();
        signatures.truncate(3);
        let value = ValidatedBlock::from_hashed(Hashed::new(staged.block.inner().clone()));
        ValidatedBlockCertificate::new(value, round, signatures)
    }

    /// The other half goes away, or comes back.
    pub(crate) fn rest_is(&self, fault: Fault) {
        self.network.validators[2..].iter().for_each(|validator| validator.fault.set(fault));
    }

    pub(crate) fn staged(&self, client: &Client<Wallet>, tokens: u128) -> StagedBlock {
        let operations = vec![transfer(self.elsewhere, tokens)];
        block_on(client.stage(self.chain, operations, vec![])).expect("stages")
    }
}
