//! The client's host: IndexedDB, fetch, the browser's clock, and signatures by message.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    time::Duration,
};

use futures_channel::oneshot;
use walnut_base::{AccountOwner, CryptoHash, NodeError, ProposalContent, Timestamp, ValidatorPublicKey};
use walnut_client::{Durability, Host, SignError, SignedContent};
use walnut_execution::WasmApplications;
use walnut_rpc::{Options, RetryPolicy, browser::BrowserNode};
use walnut_storage::{IndexedDbStorage, Storage as _};
use walnut_views::{Batch, StoreError};
use walnut_wallet::messages::{
    Account, NodeEvent, SignAnswer, SignId, SignRequest, Signed, SignedEntry, UiError, UiErrorCode,
};

use crate::{
    outside::BrowserOutside,
    records,
    remote::{BrowserRemote, Health},
    time,
    worker::Outbox,
};

/// One more try after a hiccup. Whoever does not answer then counts as silent: a quorum does without, and the person is told
/// instead of kept waiting.
const RETRY: RetryPolicy = RetryPolicy {
    retry_delay: Duration::from_millis(200),
    max_retries: 1,
    max_backoff: Duration::from_millis(200),
};

/// Signatures that are being waited for. The answer comes as a message, whenever the vault or the person is ready.
#[derive(Default)]
pub(crate) struct Signatures {
    next: Cell<u64>,
    waiting: RefCell<BTreeMap<SignId, oneshot::Sender<Result<Signed, UiError>>>>,
}

impl Signatures {
    fn expect(&self) -> (SignId, oneshot::Receiver<Result<Signed, UiError>>) {
        let (sender, receiver) = oneshot::channel();
        let sign_id = SignId(self.next.get());
        self.next.set(sign_id.0 + 1);
        self.waiting.borrow_mut().insert(sign_id, sender);
        (sign_id, receiver)
    }

    /// Passes an answer to whoever waits for it. Answers that nobody waits for are of an earlier run and are dropped.
    pub(crate) fn answer(&self, answer: SignAnswer) {
        let sender = self.waiting.borrow_mut().remove(&answer.sign_id);
        if let Some(sender) = sender {
            // Whoever asked may have been dropped meanwhile.
            drop::<Result<(), Result<Signed, UiError>>>(sender.send(answer.result));
        }
    }
}

/// The program around the client of one network.
pub(crate) struct WalletHost {
    pub(crate) storage: IndexedDbStorage,
    outbox: Outbox,
    accounts: Rc<RefCell<Vec<Account>>>,
    signatures: Rc<Signatures>,
    /// What was signed for heights that are not decided yet.
    signed: RefCell<Vec<SignedEntry>>,
    health: RefCell<BTreeMap<ValidatorPublicKey, Rc<Health>>>,
    applications: WasmApplications<BrowserOutside>,
}

impl WalletHost {
    pub(crate) async fn open(
        storage: IndexedDbStorage,
        outbox: Outbox,
        accounts: Rc<RefCell<Vec<Account>>>,
        signatures: Rc<Signatures>,
        applications: WasmApplications<BrowserOutside>,
    ) -> Result<Self, UiError> {
        let signed = records::load(&storage, records::SIGNED).await?.unwrap_or_default();
        Ok(Self {
            storage,
            outbox,
            accounts,
            signatures,
            signed: RefCell::new(signed),
            health: RefCell::default(),
            applications,
        })
    }

    /// What was last heard of a validator.
    pub(crate) fn health(&self, validator: &ValidatorPublicKey) -> Rc<Health> {
        Rc::clone(self.health.borrow_mut().entry(*validator).or_default())
    }

    /// Whether any validator answered the last time it was asked.
    pub(crate) fn is_anybody_there(&self) -> bool {
        self.health.borrow().values().any(|health| !health.is_silent.get())
    }

    /// What was signed for heights that are not decided yet.
    pub(crate) fn signed_table(&self) -> Vec<SignedEntry> {
        self.signed.borrow().clone()
    }

    /// Takes over the table of the same network's database before it was deleted.
    pub(crate) async fn restore_signed(&self, table: Vec<SignedEntry>) -> Result<(), UiError> {
        records::store(&self.storage, records::SIGNED, &table).await?;
        *self.signed.borrow_mut() = table;
        Ok(())
    }

    /// Takes the line into the table; the write has to be stored before the signature is used.
    fn note_signed(&self, entry: SignedEntry) -> Result<Batch, UiError> {
        let mut signed = self.signed.borrow_mut();
        // Lower heights of the chain are decided: nothing will be signed for them again.
        signed.retain(|known| known.chain_id != entry.chain_id || known.height >= entry.height);
        if !signed.contains(&entry) {
            signed.push(entry);
        }
        records::write(records::SIGNED, &*signed)
    }
}

impl Host for WalletHost {
    type Store = IndexedDbStorage;
    type Remote = BrowserRemote;
    type Applications = WasmApplications<BrowserOutside>;

    fn applications(&self) -> Self::Applications {
        self.applications.clone()
    }

    fn store(&self) -> &IndexedDbStorage {
        &self.storage
    }

    async fn commit(&self, batch: &Batch, durability: Durability) -> Result<(), StoreError> {
        let durability = match durability {
            Durability::Relaxed => walnut_storage::Durability::Relaxed,
            Durability::Strict => walnut_storage::Durability::Strict,
        };
        Ok(self.storage.commit(batch, durability).await?)
    }

    fn remote(&self, public_key: &ValidatorPublicKey, address: &str) -> Result<BrowserRemote, NodeError> {
        let node = BrowserNode::new(address, Options { retry: RETRY, ..Options::default() })?;
        Ok(BrowserRemote { node, health: self.health(public_key) })
    }

    fn now(&self) -> Timestamp {
        time::now()
    }

    async fn sleep_until(&self, time: Timestamp) {
        time::sleep_until(time).await;
    }

    fn has_key(&self, owner: &AccountOwner) -> bool {
        self.accounts.borrow().iter().any(|account| account.owner == *owner)
    }

    async fn sign(&self, owner: AccountOwner, content: &ProposalContent) -> Result<SignedContent, SignError> {
        let other = |error: &dyn std::fmt::Display| SignError::Other(error.to_string());
        let bytes = bcs::to_bytes(content).map_err(|error| other(&error))?;
        let (sign_id, answer) = self.signatures.expect();
        let height = content.block.height;
        let chain_id = content.block.chain_id;
        let same_height = |entry: &&SignedEntry| entry.chain_id == chain_id && entry.height == height;
        let signed = self.signed.borrow().iter().filter(same_height).cloned().collect();
        let digest = CryptoHash::new(content);
        self.outbox.event(NodeEvent::SignRequest(SignRequest {
            sign_id,
            owner,
            content: bytes,
            digest,
            signed,
        }));
        let answer = answer.await.map_err(|error| other(&error))?;
        let signed = answer.map_err(|error| match error.code {
            UiErrorCode::Locked => SignError::Locked,
            UiErrorCode::UserRejected => SignError::Refused,
            UiErrorCode::ConflictingSignature => SignError::Conflict,
            UiErrorCode::UnknownAccount => SignError::NoKey(owner),
            _ => other(&error),
        })?;
        let record = self.note_signed(signed.entry).map_err(|error| other(&error))?;
        Ok(SignedContent { signature: signed.signature, record })
    }
}
