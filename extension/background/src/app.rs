//! What there is in this worker: the vault's public side, the settings, and the session with one network.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Function, Promise, Reflect};
use walnut_base::CryptoHash;
use walnut_execution::WasmApplications;
use walnut_storage::IndexedDbStorage;
use walnut_wallet::messages::{
    Account, LockStatus, NodeEvent, ReceivePolicy, Settings, UiError, UiErrorCode,
};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;

use crate::{
    host::Signatures,
    outside::BrowserOutside,
    records::{self, KnownNetwork},
    session::Session,
    time,
    worker::Outbox,
};

/// Name of the Web Lock that keeps a second node off the databases.
const NODE_LOCK: &str = "walnut-node";

/// Everything this worker holds.
pub(crate) struct App {
    pub(crate) outbox: Outbox,
    pub(crate) accounts: Rc<RefCell<Vec<Account>>>,
    pub(crate) lock: Cell<LockStatus>,
    pub(crate) settings: RefCell<Settings>,
    pub(crate) networks: RefCell<Vec<KnownNetwork>>,
    pub(crate) wallet_version: RefCell<String>,
    pub(crate) signatures: Rc<Signatures>,
    /// Runs applications. Clones share the loaded modules, whichever network they are of.
    pub(crate) applications: WasmApplications<BrowserOutside>,
    pub(crate) started_at: Cell<Option<walnut_base::Timestamp>>,
    wallet_database: RefCell<Option<Rc<IndexedDbStorage>>>,
    session: RefCell<Option<Rc<Session>>>,
    pub(crate) snapshot_sequence: Cell<u64>,
    pub(crate) is_snapshot_due: Cell<bool>,
    pub(crate) blocks_verified: Cell<u64>,
    pub(crate) next_review: Cell<u64>,
    /// One session is opened at a time.
    opening: futures_util::lock::Mutex<()>,
    /// One chain is audited at a time.
    auditing: futures_util::lock::Mutex<()>,
}

impl App {
    pub(crate) fn new(outbox: Outbox) -> Self {
        Self {
            outbox,
            accounts: Rc::default(),
            lock: Cell::new(LockStatus::NoWallet),
            settings: RefCell::default(),
            networks: RefCell::default(),
            wallet_version: RefCell::default(),
            signatures: Rc::default(),
            applications: WasmApplications::default(),
            started_at: Cell::new(None),
            wallet_database: RefCell::default(),
            session: RefCell::default(),
            snapshot_sequence: Cell::new(0),
            is_snapshot_due: Cell::new(false),
            blocks_verified: Cell::new(0),
            next_review: Cell::new(1),
            opening: futures_util::lock::Mutex::new(()),
            auditing: futures_util::lock::Mutex::new(()),
        }
    }

    /// Opens the databases and goes on where the last run ended.
    pub(crate) async fn start(
        self: &Rc<Self>,
        accounts: Vec<Account>,
        lock: LockStatus,
        wallet_version: String,
    ) -> Result<(), UiError> {
        let start = time::now();
        self.started_at.set(Some(start));
        *self.wallet_version.borrow_mut() = wallet_version;
        *self.accounts.borrow_mut() = accounts;
        self.lock.set(lock);
        if !hold_lock(NODE_LOCK).await {
            let error = UiError::new(
                UiErrorCode::SecondInstance,
                "This wallet's node runs in another place already. Close it there, or restart the node under Network.",
            );
            self.outbox.event(NodeEvent::Fatal(error.clone()));
            return Err(error);
        }
        let opened = self.open_databases().await;
        if let Err(error) = opened {
            self.outbox.event(NodeEvent::Fatal(error.clone()));
            return Err(error);
        }
        let took = time::now().delta_since(start).as_micros() / 1_000;
        self.outbox.event(NodeEvent::Ready { took_ms: u32::try_from(took).unwrap_or(u32::MAX) });
        self.changed();
        Ok(())
    }

    async fn open_databases(self: &Rc<Self>) -> Result<(), UiError> {
        let storage = open_database(records::WALLET_DATABASE).await?;
        *self.settings.borrow_mut() = records::load(&storage, records::SETTINGS).await?.unwrap_or_default();
        *self.networks.borrow_mut() = records::load(&storage, records::NETWORKS).await?.unwrap_or_default();
        *self.wallet_database.borrow_mut() = Some(Rc::new(storage));
        if let Some(genesis_hash) = self.pinned_genesis() {
            let session = Session::open(self, &network_database(genesis_hash)).await?;
            self.set_session(session).await;
        }
        Ok(())
    }

    /// While the guard lives nobody else audits. None when somebody does.
    pub(crate) fn begin_audit(&self) -> Option<futures_util::lock::MutexGuard<'_, ()>> {
        self.auditing.try_lock()
    }

    /// The genesis hash that was pinned for the chosen network.
    pub(crate) fn pinned_genesis(&self) -> Option<CryptoHash> {
        let faucet_url = self.settings.borrow().network.faucet_url.clone();
        let networks = self.networks.borrow();
        networks
            .iter()
            .find(|network| network.faucet_url == faucet_url)
            .and_then(|network| network.genesis_hash)
    }

    /// The session with the chosen network.
    pub(crate) fn session(&self) -> Option<Rc<Session>> {
        self.session.borrow().clone()
    }

    /// The session, or why there is none.
    pub(crate) fn require_session(&self) -> Result<Rc<Session>, UiError> {
        self.session().ok_or_else(|| {
            UiError::new(
                UiErrorCode::NetworkUnavailable,
                "This wallet is not connected to a network yet. Enter the address of a faucet under Settings.",
            )
        })
    }

    /// The session; opened by asking the faucet for its genesis when there is none.
    pub(crate) async fn connect(self: &Rc<Self>) -> Result<Rc<Session>, UiError> {
        let _guard = self.opening.lock().await;
        if let Some(session) = self.session() {
            return Ok(session);
        }
        let session = Box::pin(crate::claim::join_network(self)).await?;
        self.set_session(Rc::clone(&session)).await;
        Ok(session)
    }

    async fn set_session(self: &Rc<Self>, session: Rc<Session>) {
        *self.session.borrow_mut() = Some(Rc::clone(&session));
        session.resume(self).await;
    }

    /// Ends the session, for another network or a fresh start.
    pub(crate) fn close_session(&self) {
        if let Some(session) = self.session.borrow_mut().take() {
            session.stop_following();
        }
    }

    /// Keeps the settings.
    pub(crate) async fn store_settings(&self, settings: Settings) -> Result<(), UiError> {
        records::store(&*self.wallet_storage()?, records::SETTINGS, &settings).await?;
        *self.settings.borrow_mut() = settings;
        Ok(())
    }

    /// Pins a network's genesis to its faucet.
    pub(crate) async fn pin_network(&self, network: KnownNetwork) -> Result<(), UiError> {
        let networks = {
            let mut networks = self.networks.borrow_mut();
            networks.retain(|known| known.faucet_url != network.faucet_url);
            networks.push(network);
            networks.clone()
        };
        records::store(&*self.wallet_storage()?, records::NETWORKS, &networks).await
    }

    fn wallet_storage(&self) -> Result<Rc<IndexedDbStorage>, UiError> {
        self.wallet_database
            .borrow()
            .clone()
            .ok_or_else(|| UiError::internal("the wallet's database is not open"))
    }

    /// The vault has other accounts, or was opened or closed.
    pub(crate) fn vault_changed(self: &Rc<Self>, accounts: Vec<Account>, lock: LockStatus) {
        let was_unlocked = self.lock.replace(lock) == LockStatus::Unlocked;
        let is_other = *self.accounts.borrow() != accounts;
        *self.accounts.borrow_mut() = accounts;
        if is_other && let Some(session) = self.session() {
            session.forget_tokens();
            for entry in session.chains() {
                session.record_later(self, entry.chain_id);
            }
        }
        self.changed();
        if lock == LockStatus::Unlocked
            && !was_unlocked
            && let Some(session) = self.session()
        {
            // What waited for a key goes on.
            let app = Rc::clone(self);
            spawn_local(async move { session.unlocked(&app).await });
        }
    }

    pub(crate) fn is_unlocked(&self) -> bool {
        self.lock.get() == LockStatus::Unlocked
    }

    /// Whether bundles may be received without being asked for now.
    pub(crate) fn receives_by_itself(&self) -> bool {
        self.is_unlocked() && self.settings.borrow().receive_policy != ReceivePolicy::Manual
    }

    /// The computer woke up or the network came back.
    pub(crate) fn wake(self: &Rc<Self>) {
        if let Some(session) = self.session() {
            session.follow(self);
        }
    }

    /// No new work; what was committed is committed.
    pub(crate) fn stop(&self) {
        self.close_session();
    }
}

/// The database of a network.
pub(crate) fn network_database(genesis_hash: CryptoHash) -> String {
    format!("walnut-node-{genesis_hash}")
}

/// The database of the audits of a network.
pub(crate) fn audit_database(genesis_hash: CryptoHash) -> String {
    format!("walnut-audit-{genesis_hash}")
}

/// Opens a database, with errors in plain words.
pub(crate) async fn open_database(name: &str) -> Result<IndexedDbStorage, UiError> {
    IndexedDbStorage::open(name).await.map_err(|error| records::storage_error(&error))
}

/// Takes the lock for as long as this worker lives; false when somebody else has it.
async fn hold_lock(name: &str) -> bool {
    let (sender, receiver) = futures_channel::oneshot::channel();
    let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        let is_granted = !lock.is_null();
        // The receiver waits below; if it were gone, nobody would want to know.
        sender.send(is_granted).ok();
        match is_granted {
            // A promise that never settles keeps the lock until the worker ends.
            true => Promise::new(&mut |_, _| {}).into(),
            false => JsValue::UNDEFINED,
        }
    });
    let request = || -> Result<(), JsValue> {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
        let locks = Reflect::get(&navigator, &"locks".into())?;
        let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
        let options = js_sys::Object::new();
        Reflect::set(&options, &"ifAvailable".into(), &true.into())?;
        request.call3(&locks, &name.into(), &options, &granted)?;
        Ok(())
    };
    match request() {
        Ok(()) => receiver.await.unwrap_or(false),
        // A browser without Web Locks has one wallet only if the person opens only one.
        Err(_) => true,
    }
}
