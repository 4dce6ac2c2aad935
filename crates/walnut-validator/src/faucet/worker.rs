//! The queue of requests and the task that puts them into blocks.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{mpsc, oneshot};
use walnut_base::{
    Account, AccountOwner, Amount, ApplicationPermissions, ChainDescription, ChainId, ChainOwnership,
    CryptoHash, GenesisConfig, OpenChainConfig, Operation, SystemOperation, Timestamp,
};

use super::{Book, ChainFailure, FaucetChain, FaucetError};
use crate::clock::now;

/// Requests that may wait; more are held up at the door.
const QUEUE_REQUESTS_MAX: usize = 1_000;

/// What the faucet gives.
#[derive(Clone, Copy, Debug)]
pub struct FaucetOptions {
    /// Balance of a new chain.
    pub claim_amount: Amount,
    /// Tokens per day after that; zero for none.
    pub daily_claim_amount: Amount,
    /// Operations in one block.
    pub max_batch_size: usize,
}

impl FaucetOptions {
    /// The reference's limit for one block, and no daily claims.
    pub fn new(claim_amount: Amount) -> Self {
        Self { claim_amount, daily_claim_amount: Amount::ZERO, max_batch_size: 100 }
    }
}

/// The outcome of a daily claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyClaim {
    /// The chain that got the tokens.
    pub chain_id: ChainId,
    /// The block that sent them.
    pub certificate_hash: CryptoHash,
    /// How many.
    pub amount: Amount,
}

type ClaimAnswer = oneshot::Sender<Result<ChainDescription, FaucetError>>;
type DailyAnswer = oneshot::Sender<Result<DailyClaim, FaucetError>>;

enum Request {
    Claim { owner: AccountOwner, answer: ClaimAnswer },
    Daily { owner: AccountOwner, answer: DailyAnswer },
}

impl Request {
    fn owner(&self) -> AccountOwner {
        match self {
            Self::Claim { owner, .. } | Self::Daily { owner, .. } => *owner,
        }
    }

    fn refuse(self, error: FaucetError) {
        let is_unheard = match self {
            Self::Claim { answer, .. } => answer.send(Err(error)).is_err(),
            Self::Daily { answer, .. } => answer.send(Err(error)).is_err(),
        };
        if is_unheard {
            tracing::debug!("a claimant did not wait for the answer");
        }
    }
}

/// A running faucet; cheap to clone. It ends when all clones are gone.
pub struct Faucet<C> {
    chain: Arc<C>,
    genesis: Arc<GenesisConfig>,
    options: FaucetOptions,
    book: Arc<Mutex<Book>>,
    requests: mpsc::Sender<Request>,
}

impl<C> Clone for Faucet<C> {
    fn clone(&self) -> Self {
        Self {
            chain: self.chain.clone(),
            genesis: self.genesis.clone(),
            options: self.options,
            book: self.book.clone(),
            requests: self.requests.clone(),
        }
    }
}

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<C: FaucetChain> Faucet<C> {
    /// Reads what was given before, and starts to work. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the chain cannot be read.
    pub async fn start(
        chain: Arc<C>,
        genesis: Arc<GenesisConfig>,
        options: FaucetOptions,
    ) -> Result<Self, ChainFailure> {
        let book = Arc::new(Mutex::new(Book::default()));
        let (requests, receiver) = mpsc::channel(QUEUE_REQUESTS_MAX);
        let worker = Worker { chain: chain.clone(), options, book: book.clone(), receiver };
        worker.catch_up().await?;
        tokio::spawn(worker.run());
        Ok(Self { chain, genesis, options, book, requests })
    }

    /// The faucet's chain.
    pub fn chain(&self) -> &C {
        &self.chain
    }

    /// The network.
    pub fn genesis(&self) -> &GenesisConfig {
        &self.genesis
    }

    /// The chain of an owner and when it was claimed.
    pub fn initial_claim(&self, owner: &AccountOwner) -> Option<(ChainId, Timestamp)> {
        lock(&self.book).claim(owner).map(|claim| (claim.chain_id, claim.timestamp))
    }

    /// When an owner may claim tokens again; none before the first claim.
    pub fn next_daily_claim(&self, owner: &AccountOwner) -> Option<Timestamp> {
        lock(&self.book).claim(owner).map(super::book::Claim::next_daily_claim)
    }

    /// A chain for the owner: the one they have, or a new one.
    ///
    /// # Errors
    /// [`FaucetError`].
    pub async fn claim(&self, owner: AccountOwner) -> Result<ChainDescription, FaucetError> {
        if let Some(claim) = lock(&self.book).claim(&owner) {
            return Ok(claim.description.clone());
        }
        let (answer, outcome) = oneshot::channel();
        let sent = self.requests.send(Request::Claim { owner, answer }).await;
        sent.map_err(|_| FaucetError::Cancelled)?;
        outcome.await.map_err(|_| FaucetError::Cancelled)?
    }

    /// Today's tokens for the owner's chain.
    ///
    /// # Errors
    /// [`FaucetError`].
    pub async fn daily_claim(&self, owner: AccountOwner) -> Result<DailyClaim, FaucetError> {
        if self.options.daily_claim_amount == Amount::ZERO {
            return Err(FaucetError::DailyClaimsDisabled);
        }
        let (answer, outcome) = oneshot::channel();
        let sent = self.requests.send(Request::Daily { owner, answer }).await;
        sent.map_err(|_| FaucetError::Cancelled)?;
        outcome.await.map_err(|_| FaucetError::Cancelled)?
    }
}

struct Worker<C> {
    chain: Arc<C>,
    options: FaucetOptions,
    book: Arc<Mutex<Book>>,
    receiver: mpsc::Receiver<Request>,
}

impl<C: FaucetChain> Worker<C> {
    async fn run(mut self) {
        let mut batch = Vec::new();
        let limit = self.options.max_batch_size.max(1);
        while self.receiver.recv_many(&mut batch, limit).await > 0 {
            let accepted = self.select(std::mem::take(&mut batch));
            self.give(accepted).await;
        }
    }

    /// Reads the blocks that are new.
    async fn catch_up(&self) -> Result<(), ChainFailure> {
        let end = self.chain.state().await?.next_block_height;
        loop {
            let height = lock(&self.book).next_height();
            if height >= end {
                return Ok(());
            }
            let certificates = self.chain.blocks_from(height).await?;
            let mut book = lock(&self.book);
            certificates.iter().for_each(|certificate| book.read(certificate));
            if book.next_height() == height {
                return Err(ChainFailure::Unusable(format!("no block at height {height}")));
            }
        }
    }

    /// Refuses what needs no look at the chain, and answers claims of owners who have a chain by now.
    fn select(&self, requests: Vec<Request>) -> Vec<(Request, Operation)> {
        let book = lock(&self.book);
        let mut owners = BTreeSet::new();
        let mut accepted = Vec::new();
        for request in requests {
            let owner = request.owner();
            match (request, book.claim(&owner)) {
                (Request::Claim { answer, .. }, Some(claim)) => {
                    if answer.send(Ok(claim.description.clone())).is_err() {
                        tracing::debug!("a claimant did not wait for the answer");
                    }
                }
                (request @ Request::Claim { .. }, None) => {
                    if owners.insert(owner) {
                        accepted.push((request, open_chain(owner, self.options.claim_amount)));
                    } else {
                        request.refuse(FaucetError::AlreadyHasChain);
                    }
                }
                (request @ Request::Daily { .. }, None) => request.refuse(FaucetError::ClaimChainFirst),
                (request @ Request::Daily { .. }, Some(claim)) => {
                    if claim.is_daily_claim_due(now()) && owners.insert(owner) {
                        accepted.push((request, transfer(claim.chain_id, self.options.daily_claim_amount)));
                    } else {
                        request.refuse(FaucetError::AlreadyClaimed);
                    }
                }
            }
        }
        accepted
    }

    /// Puts the requests into blocks: into one, unless that is refused; then into more and more, smaller ones.
    async fn give(&self, requests: Vec<(Request, Operation)>) {
        let mut left = vec![requests];
        while let Some(mut requests) = left.pop() {
            if let Err(error) = self.drop_unaffordable(&mut requests).await {
                requests.into_iter().for_each(|(request, _)| request.refuse(error.clone()));
                continue;
            }
            if requests.is_empty() {
                continue;
            }
            let operations = requests.iter().map(|(_, operation)| operation.clone()).collect();
            match self.chain.execute(operations).await {
                Ok(certificate) => self.answer(requests, certificate.hash()).await,
                Err(ChainFailure::Refused(reason)) if requests.len() > 1 => {
                    tracing::warn!(
                        reason,
                        requests = requests.len(),
                        "a block is refused; trying smaller ones"
                    );
                    let second = requests.split_off(requests.len() / 2);
                    left.push(second);
                    left.push(requests);
                }
                Err(failure) => {
                    tracing::error!(%failure, "claims failed");
                    requests.into_iter().for_each(|(request, _)| request.refuse(failure.clone().into()));
                }
            }
        }
    }

    /// Refuses the last requests, as far as the balance does not reach.
    async fn drop_unaffordable(&self, requests: &mut Vec<(Request, Operation)>) -> Result<(), FaucetError> {
        let balance = self.chain.state().await?.balance;
        let mut total = Amount::ZERO;
        let affordable = requests.iter().take_while(|(_, operation)| {
            total = total.saturating_add(amount_of(operation));
            total <= balance
        });
        let count = affordable.count();
        for (request, _) in requests.drain(count..) {
            request.refuse(FaucetError::Empty);
        }
        Ok(())
    }

    async fn answer(&self, requests: Vec<(Request, Operation)>, certificate_hash: CryptoHash) {
        if let Err(failure) = self.catch_up().await {
            tracing::error!(%failure, "the faucet's own blocks cannot be read");
        }
        let book = lock(&self.book);
        for (request, operation) in requests {
            let owner = request.owner();
            let Some(claim) = book.claim(&owner) else {
                request.refuse(FaucetError::Cancelled);
                continue;
            };
            let (chain_id, amount) = (claim.chain_id, amount_of(&operation));
            let is_unheard = match request {
                Request::Claim { answer, .. } => answer.send(Ok(claim.description.clone())).is_err(),
                Request::Daily { answer, .. } => {
                    answer.send(Ok(DailyClaim { chain_id, certificate_hash, amount })).is_err()
                }
            };
            if is_unheard {
                tracing::debug!("a claimant did not wait for the answer");
            }
        }
    }
}

fn open_chain(owner: AccountOwner, balance: Amount) -> Operation {
    let config = OpenChainConfig {
        ownership: ChainOwnership::single(owner),
        balance,
        application_permissions: ApplicationPermissions::default(),
    };
    SystemOperation::OpenChain(config).into()
}

fn transfer(chain_id: ChainId, amount: Amount) -> Operation {
    SystemOperation::Transfer { owner: AccountOwner::CHAIN, recipient: Account::chain(chain_id), amount }
        .into()
}

fn amount_of(operation: &Operation) -> Amount {
    match operation {
        Operation::System(operation) => match &**operation {
            SystemOperation::OpenChain(config) => config.balance,
            SystemOperation::Transfer { amount, .. } => *amount,
            _ => Amount::ZERO,
        },
        Operation::User { .. } => Amount::ZERO,
    }
}
