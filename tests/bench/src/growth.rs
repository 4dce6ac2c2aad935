//! The cost of one more block on a chain that is short or long: one validator without a network, three requests per
//! block (propose, validate, confirm), all messages delivered, everything stored.

use std::{
    collections::VecDeque,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow};
use futures::executor::block_on;
use walnut_base::{
    AccountSecretKey, Amount, BlockHeight, BlockProposal, ChainId, ChainInfoResponse, Committee, CryptoHash,
    Ed25519SecretKey, Epoch, GenesisConfig, LiteCertificate, ProposedBlock, ResourceControlPolicy, Round,
    Timestamp, Transaction, ValidatorPublicKey, ValidatorSecretKey, ValidatorState,
};
use walnut_chain::{Effects, Handled, Node, NodeConfig, initialize_storage};
use walnut_execution::UnsupportedApplications;
use walnut_storage::{Durability, MemoryStorage, NativeStorage, Storage, native};

use crate::{
    load::transfer,
    machine::median,
    table::{Row, Table, Target},
};

/// Lengths at which the cost of a block is measured.
const LENGTHS: [u64; 3] = [10, 1_000, 10_000];
/// Blocks that are measured at each length.
const SAMPLE: u64 = 200;
/// Blocks of a chain that only warms up.
const WARM_UP: u64 = 300;
/// When the chains began.
const START: Timestamp = Timestamp::from_micros(1_000_000);

/// Measures in memory, on disk, and on disk with a node that remembers nothing.
pub(crate) fn measure(folder: &Path, table: &mut Table) -> Result<()> {
    crate::progress("blocks on longer and longer chains");
    let mut warm_up = Chain::new(MemoryStorage::new())?;
    warm_up.grow(WARM_UP, false)?;
    let flat = Target::Within(10.0);
    add("in memory", flat, Chain::new(MemoryStorage::new())?, false, table)?;
    let open = |name: &str| {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        anyhow::Ok(NativeStorage::open(&folder, native::Options::default())?)
    };
    add("in a database", flat, Chain::new(open("warm")?)?, false, table)?;
    add(
        "in a database, by a node that has just started",
        Target::None,
        Chain::new(open("cold")?)?,
        true,
        table,
    )
}

fn add<S: Storage>(
    place: &str,
    target: Target,
    mut chain: Chain<S>,
    is_cold: bool,
    table: &mut Table,
) -> Result<()> {
    let mut costs = Vec::new();
    for length in LENGTHS {
        chain.grow(length.saturating_sub(chain.height.0), false)?;
        let mut times = chain.grow(SAMPLE, is_cold)?;
        costs.push(median(&mut times).as_secs_f64() * 1e6);
    }
    let ratio = |cost: f64| (cost / costs[0] - 1.0) * 100.0;
    let worst =
        costs.iter().copied().map(ratio).max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or_default();
    let pairs = LENGTHS.iter().zip(&costs).map(|(length, cost)| format!("{cost:.0} µs at {length}"));
    let how = format!("median of {SAMPLE} blocks: {}", pairs.collect::<Vec<_>>().join(", "));
    let what = format!("one more block on a chain of {LENGTHS:?} blocks, {place}: change from the shortest");
    table.add(Row::new(what, "%", target).value(worst).machine(how));
    Ok(())
}

/// A validator, its storage, and the chain that grows.
struct Chain<S> {
    node: Node<UnsupportedApplications>,
    storage: S,
    validator: ValidatorPublicKey,
    owner: AccountSecretKey,
    chain_id: ChainId,
    recipient: ChainId,
    height: BlockHeight,
    last: Option<CryptoHash>,
}

impl<S: Storage> Chain<S> {
    fn new(storage: S) -> Result<Self> {
        let key = ValidatorSecretKey::from_bytes(&[1; 32])?;
        let owner = AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[2; 32]));
        let state = ValidatorState {
            network_address: "grpc:127.0.0.1:1".to_owned(),
            votes: 1,
            account_public_key: owner.public(),
        };
        let validator = key.public();
        let committee = Committee::new([(validator, state)].into(), ResourceControlPolicy::no_fees())?;
        let mut genesis = GenesisConfig::new(committee, START, "bench".into());
        for _ in 0..3 {
            genesis.add_root_chain(owner.owner(), Amount::from_tokens(1_000));
        }
        let batch = block_on(initialize_storage(&storage, &genesis))?;
        block_on(storage.commit(&batch, Durability::Relaxed))?;
        Ok(Self {
            node: Node::new(NodeConfig::validator(key), UnsupportedApplications),
            storage,
            validator,
            owner,
            chain_id: genesis.chains[1].id(),
            recipient: genesis.chains[2].id(),
            height: BlockHeight(0),
            last: None,
        })
    }

    /// Adds blocks; returns what each took. With `is_cold` the node forgets everything before each block.
    fn grow(&mut self, blocks: u64, is_cold: bool) -> Result<Vec<Duration>> {
        (0..blocks).map(|_| self.add_block(is_cold)).collect()
    }

    fn add_block(&mut self, is_cold: bool) -> Result<Duration> {
        let block = ProposedBlock {
            chain_id: self.chain_id,
            epoch: Epoch(0),
            transactions: vec![Transaction::ExecuteOperation(transfer(self.recipient))],
            height: self.height,
            timestamp: START,
            authenticated_signer: Some(self.owner.owner()),
            previous_block_hash: self.last,
        };
        let proposal = BlockProposal::new_initial(Round::MultiLeader(0), block, &self.owner);
        if is_cold {
            self.node.forget_all();
        }
        let start = Instant::now();
        let handled = block_on(self.node.handle_block_proposal(&self.storage, proposal, START));
        let response = self.settle(handled)?;
        let validated = self.certificate(&response)?;
        let handled = block_on(self.node.handle_lite_certificate(&self.storage, validated, START));
        let (response, _) = self.settle(handled)?;
        let confirmed = self.certificate(&response)?;
        let hash = confirmed.value.value_hash;
        let handled = block_on(self.node.handle_lite_certificate(&self.storage, confirmed, START));
        self.settle(handled)?;
        let elapsed = start.elapsed();
        self.height = BlockHeight(self.height.0 + 1);
        self.last = Some(hash);
        Ok(elapsed)
    }

    /// The certificate of the vote: one validator is a quorum here.
    fn certificate(&self, response: &ChainInfoResponse) -> Result<LiteCertificate> {
        let vote = response.info.manager.pending.context("the validator did not vote")?;
        Ok(LiteCertificate::new(vote.value, vote.round, vec![(self.validator, vote.signature)]))
    }

    /// Commits, then delivers all messages.
    fn settle<T>(&mut self, handled: Handled<T>) -> Result<T> {
        let (reply, effects) = handled.map_err(|failure| anyhow!("{}", failure.error))?;
        let mut waiting = VecDeque::from(self.commit(effects)?);
        while let Some(request) = waiting.pop_front() {
            let handled = block_on(self.node.handle_cross_chain_request(&self.storage, request, START));
            let ((), effects) = handled.map_err(|failure| anyhow!("{}", failure.error))?;
            waiting.extend(self.commit(effects)?);
        }
        Ok(reply)
    }

    fn commit(&self, effects: Effects) -> Result<Vec<walnut_base::CrossChainRequest>> {
        block_on(self.storage.commit(&effects.batch, Durability::Relaxed))?;
        Ok(effects.cross_chain)
    }
}
