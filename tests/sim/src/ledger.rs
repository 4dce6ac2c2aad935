//! What is confirmed, worked out a second time: certificates, owners, epochs, accounts and messages.
//!
//! Nothing here uses the code that is tested beyond the plain data types and the check of one signature. A certificate is
//! *learned* when an honest node has taken it, and *applied* when its chain has come that far.

mod accounts;
mod epochs;
pub mod messages;
mod opening;

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{
    AccountOwner, Amount, Block, BlockHeight, CertificateValue, ChainDescription, ChainId, ChainOwnership,
    Committee, ConfirmedBlockCertificate, CryptoHash, Epoch, GenesisConfig, LiteValue, LiteVote, Operation,
    Round, SystemOperation, Timestamp, Transaction, ValidatorPublicKey, ValidatorSignature,
};

use crate::{wallet::Short, world::Invariant};

use epochs::Epochs;
pub use epochs::Tally;
use messages::Mail;

/// More than the fees of all messages that wait for a chain.
const ENOUGH: Amount = Amount::from_millis(50);

/// A broken promise, before it is reported.
pub type Broken = (Invariant, String);

/// See the module.
#[derive(Debug)]
pub struct Ledger {
    epochs: Epochs,
    chains: BTreeMap<ChainId, Chain>,
    /// Chains that were opened, in the order in which that became known, with their first owners.
    opened: Vec<(ChainId, ChainOwnership)>,
    certificates: BTreeMap<CryptoHash, ConfirmedBlockCertificate>,
    by_height: BTreeMap<(ChainId, BlockHeight), CryptoHash>,
    mail: Mail,
}

/// One chain after its last applied block.
#[derive(Debug)]
pub struct Chain {
    /// Height of the block to come.
    pub next: BlockHeight,
    /// Hash of the last block.
    pub tip: Option<CryptoHash>,
    /// Its epoch.
    pub epoch: Epoch,
    /// Epochs that it has not given up.
    pub trusted: BTreeSet<Epoch>,
    /// Its owners.
    pub ownership: ChainOwnership,
    /// Time of the last block.
    pub timestamp: Timestamp,
    /// Whether it only sends messages back.
    pub is_closed: bool,
    accounts: BTreeMap<AccountOwner, u128>,
    /// Tokens that do not exist any more: fees, and what was sent back to somebody who refused it.
    burnt: u128,
    /// State hash after each block.
    states: Vec<CryptoHash>,
    /// Balance of the chain's own account after each block.
    balances: Vec<u128>,
}

impl Chain {
    /// Whether it can pay for whatever its owners have to do in the end.
    pub fn is_solvent(&self) -> bool {
        self.accounts.get(&AccountOwner::CHAIN).is_some_and(|balance| *balance > ENOUGH.to_attos())
    }

    fn new(description: &ChainDescription) -> Self {
        let config = &description.config;
        let balance = config.balance.to_attos();
        Self {
            next: BlockHeight(0),
            tip: None,
            epoch: config.epoch,
            trusted: (config.min_active_epoch.0..=config.max_active_epoch.0).map(Epoch).collect(),
            ownership: config.ownership.clone(),
            timestamp: description.timestamp,
            is_closed: false,
            accounts: BTreeMap::from([(AccountOwner::CHAIN, balance)]),
            burnt: 0,
            states: Vec::new(),
            balances: vec![balance],
        }
    }
}

impl Ledger {
    /// A ledger that knows the genesis.
    pub fn new(genesis: &GenesisConfig) -> Self {
        let chains = genesis.chains.iter().map(|description| (description.id(), Chain::new(description)));
        Self {
            epochs: Epochs::new(genesis),
            chains: chains.collect(),
            opened: Vec::new(),
            certificates: BTreeMap::new(),
            by_height: BTreeMap::new(),
            mail: Mail::default(),
        }
    }

    /// A chain.
    pub fn chain(&self, chain_id: &ChainId) -> Option<&Chain> {
        self.chains.get(chain_id)
    }

    /// Chains that were opened, with their first owners.
    pub fn opened(&self) -> &[(ChainId, ChainOwnership)] {
        &self.opened
    }

    /// A confirmed block.
    pub fn certificate(&self, hash: &CryptoHash) -> Option<&ConfirmedBlockCertificate> {
        self.certificates.get(hash)
    }

    /// The block of a chain at a height.
    pub fn hash_at(&self, chain_id: ChainId, height: BlockHeight) -> Option<CryptoHash> {
        self.by_height.get(&(chain_id, height)).copied()
    }

    /// The committee of an epoch.
    pub fn committee(&self, epoch: Epoch) -> Option<&Committee> {
        self.epochs.committee(epoch)
    }

    /// The newest epoch.
    pub fn last_epoch(&self) -> Epoch {
        self.epochs.newest()
    }

    /// Blocks confirmed so far.
    pub fn blocks(&self) -> usize {
        self.certificates.len()
    }

    /// The mail between chains.
    pub fn mail(&self) -> &Mail {
        &self.mail
    }

    /// A committee that the admin chain may announce.
    pub fn note_committee(&mut self, committee: &Committee) {
        self.epochs.propose(committee);
    }

    /// Whether what a block says of epochs is known here.
    pub fn knows_epochs_of(&self, block: &Block) -> bool {
        self.epochs.knows(block)
    }

    /// What became of epochs so far.
    pub fn tally(&self) -> Tally {
        self.epochs.tally()
    }

    /// State hash and balance of a chain when its next block had that height.
    pub fn state_at(&self, chain_id: ChainId, next: BlockHeight) -> Option<(Option<CryptoHash>, u128)> {
        let chain = self.chains.get(&chain_id)?;
        let next = usize::try_from(next.0).ok()?;
        let state = next.checked_sub(1).map(|last| chain.states.get(last).copied());
        Some((state.flatten(), *chain.balances.get(next)?))
    }

    /// An honest node has taken this certificate as valid.
    pub fn learn(&mut self, certificate: &ConfirmedBlockCertificate) -> Result<(), Broken> {
        let hash = certificate.hash();
        if self.certificates.contains_key(&hash) {
            return Ok(());
        }
        let (chain_id, height) = (certificate.chain_id(), certificate.height());
        self.check_quorum(certificate.value(), certificate.round, certificate.signatures())?;
        if let Some(other) = self.by_height.insert((chain_id, height), hash) {
            let what = format!("chain {chain_id} has {} and {} at {height}", Short(other), Short(hash));
            return Err((Invariant::OneBlockPerHeight, what));
        }
        let block = certificate.block();
        self.epochs.note(block);
        self.mail.send(block, hash);
        self.certificates.insert(hash, certificate.clone());
        self.advance(chain_id)
    }

    /// More than two thirds of the votes of the epoch's committee, each once and with a valid signature.
    pub fn check_quorum<T: CertificateValue>(
        &self,
        value: &T,
        round: Round,
        signatures: &[(ValidatorPublicKey, ValidatorSignature)],
    ) -> Result<(), Broken> {
        let (lite, epoch) = (LiteValue::new(value), value.epoch());
        self.check_votes(lite, epoch, round, signatures)
    }

    /// The same without the value.
    pub fn check_votes(
        &self,
        value: LiteValue,
        epoch: Epoch,
        round: Round,
        signatures: &[(ValidatorPublicKey, ValidatorSignature)],
    ) -> Result<(), Broken> {
        let what = || format!("{:?} certificate of {} in {round}", value.kind, Short(value.value_hash));
        let Some(committee) = self.epochs.committee(epoch) else {
            return Err((Invariant::Quorum, format!("{}: epoch {epoch} was never announced", what())));
        };
        let mut voters = BTreeSet::new();
        for (validator, signature) in signatures {
            let vote = LiteVote { value, round, signature: *signature };
            let is_valid =
                voters.insert(*validator) && committee.weight(validator) > 0 && vote.check(validator).is_ok();
            if !is_valid {
                return Err((Invariant::Quorum, format!("{}: a vote is not valid", what())));
            }
        }
        let votes = voters.iter().map(|validator| committee.weight(validator)).sum::<u64>();
        let total = committee.validators().values().map(|member| member.votes).sum::<u64>();
        match 3 * votes > 2 * total {
            true => Ok(()),
            false => Err((Invariant::Quorum, format!("{}: {votes} of {total} votes", what()))),
        }
    }

    fn advance(&mut self, chain_id: ChainId) -> Result<(), Broken> {
        loop {
            let Some(chain) = self.chains.get(&chain_id) else { return Ok(()) };
            let Some(hash) = self.by_height.get(&(chain_id, chain.next)) else { return Ok(()) };
            let Some(certificate) = self.certificates.get(hash).cloned() else { return Ok(()) };
            for description in self.apply(certificate.block(), certificate.hash())? {
                let opened = description.id();
                self.opened.push((opened, description.config.ownership.clone()));
                self.chains.insert(opened, Chain::new(&description));
                // Its blocks may have become known before.
                self.advance(opened)?;
            }
        }
    }

    /// Applies the next block of a chain. Answers the chains that it opens.
    fn apply(&mut self, block: &Block, hash: CryptoHash) -> Result<Vec<ChainDescription>, Broken> {
        let header = &block.header;
        let Some(chain) = self.chains.get_mut(&header.chain_id) else { return Ok(Vec::new()) };
        let place = format!("block {} of chain {} at {}", Short(hash), header.chain_id, header.height);
        let wrong = |what: &str| Err((Invariant::Blocks, format!("{place}: {what}")));
        if header.previous_block_hash != chain.tip {
            return wrong("it does not follow the one before");
        }
        if header.epoch != chain.epoch {
            return wrong("it is of another epoch");
        }
        if header.timestamp < chain.timestamp {
            return wrong("it is older than the one before");
        }
        match header.authenticated_signer {
            Some(signer) if !chain.ownership.can_propose_in_multi_leader_round(&signer) => {
                return wrong("its signer may not propose");
            }
            _ => {}
        }
        if chain.is_closed && !opening::sends_back_only(block) {
            return wrong("its chain is closed");
        }
        let opened = match opening::opened(chain, block) {
            Ok(opened) => opened,
            Err(what) => return wrong(what),
        };
        if block.body.transactions.len() != block.body.messages.len() {
            return wrong("transactions and messages do not match");
        }
        let Some(committee) = self.epochs.committee(header.epoch) else {
            return wrong("nobody knows its epoch");
        };
        let policy = committee.policy().clone();
        self.epochs.late_blocks += usize::from(self.epochs.is_revoked(header.epoch));
        for (transaction, sent) in block.body.transactions.iter().zip(&block.body.messages) {
            if let Transaction::ReceiveMessages(incoming) = transaction {
                let sender = self.certificates.get(&incoming.bundle.certificate_hash);
                let is_late = sender.is_some_and(|sender| self.epochs.is_revoked(sender.epoch()));
                self.epochs.late_messages += usize::from(is_late);
                let received = self.mail.receive(header.chain_id, incoming);
                received.map_err(|what| (Invariant::Messages, format!("{place}: {what}")))?;
                if incoming.bundle.timestamp > header.timestamp {
                    return wrong("a message is from its future");
                }
            }
            let signer = header.authenticated_signer;
            accounts::apply(chain, header.chain_id, signer, transaction, sent, &policy)
                .map_err(|what| (Invariant::Tokens, format!("{place}: {what}")))?;
            if let Some(Operation::System(operation)) = transaction.operation() {
                change_rules(chain, operation);
                let followed = self.epochs.follow(chain, header.chain_id, operation);
                followed.map_err(|what| (Invariant::Blocks, format!("{place}: {what}")))?;
            }
        }
        chain.next = BlockHeight(header.height.0 + 1);
        chain.tip = Some(hash);
        chain.timestamp = header.timestamp;
        chain.states.push(header.state_hash);
        chain.balances.push(chain.accounts.get(&AccountOwner::CHAIN).copied().unwrap_or(0));
        Ok(opened)
    }

    /// All tokens that ever were: in accounts, on the way, and burnt.
    pub fn tokens(&self) -> u128 {
        let chains = self.chains.values();
        let held = chains.map(|chain| chain.burnt + chain.accounts.values().sum::<u128>()).sum::<u128>();
        held + self.mail.tokens()
    }
}

fn change_rules(chain: &mut Chain, operation: &SystemOperation) {
    match operation {
        SystemOperation::CloseChain => chain.is_closed = true,
        SystemOperation::ChangeOwnership {
            super_owners,
            owners,
            multi_leader_rounds,
            open_multi_leader_rounds,
            timeout_config,
        } => {
            chain.ownership = ChainOwnership {
                super_owners: super_owners.iter().copied().collect(),
                owners: owners.iter().copied().collect(),
                multi_leader_rounds: *multi_leader_rounds,
                open_multi_leader_rounds: *open_multi_leader_rounds,
                timeout_config: timeout_config.clone(),
            };
        }
        _ => {}
    }
}
