//! Life with one network: its client, chains, names and activity.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use futures_util::future::AbortHandle;
use walnut_base::{AccountOwner, BlockHeight, ChainId, Notification, Reason, Timestamp};
use walnut_client::{Client, Options};
use walnut_wallet::{
    activity::{ActivityEvent, ActivityId, ActivityLog},
    messages::{Account, Review, ReviewId, SyncPhase, UiError},
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    app::{App, open_database},
    applications::{Applications, tell::Moved},
    host::WalletHost,
    records::{self, ChainEntry, NetworkRecord},
    time,
};

/// A block that is shown for approval.
pub(crate) struct Prepared {
    pub(crate) staged: walnut_client::StagedBlock,
    pub(crate) review: Review,
    /// Tokens of an application that it sends, if that is what it is for.
    pub(crate) moved: Option<Moved>,
    /// The overtaken item that it does anew.
    pub(crate) again: Option<ActivityId>,
}

/// Waiting for the end of somebody else's turn.
#[derive(Default)]
pub(crate) struct Turns {
    /// Whether somebody waits already.
    pub(crate) is_scheduled: bool,
    /// How often the turn was over and validators did not end it.
    pub(crate) tries: u32,
}

/// What following a chain is doing right now.
#[derive(Clone, Debug)]
pub(crate) struct Sync {
    pub(crate) phase: SyncPhase,
    pub(crate) claimed: BlockHeight,
    pub(crate) last_contact: Option<Timestamp>,
    pub(crate) problem: Option<UiError>,
}

impl Default for Sync {
    fn default() -> Self {
        Self { phase: SyncPhase::Starting, claimed: BlockHeight(0), last_contact: None, problem: None }
    }
}

/// One network's client and the wallet's records about it.
pub(crate) struct Session {
    pub(crate) client: Rc<Client<WalletHost>>,
    pub(crate) network: RefCell<NetworkRecord>,
    pub(crate) activity: RefCell<ActivityLog>,
    pub(crate) reviews: RefCell<BTreeMap<ReviewId, Prepared>>,
    pub(crate) sync: RefCell<BTreeMap<ChainId, Sync>>,
    pub(crate) streams: RefCell<Vec<AbortHandle>>,
    /// Chains whose inbox is being received right now, and whether there is more since.
    pub(crate) receiving: RefCell<BTreeMap<ChainId, bool>>,
    /// Chains whose new blocks are being written into the activity right now, and whether there is more since.
    pub(crate) recording: RefCell<BTreeMap<ChainId, bool>>,
    /// Chains with a block of ours that waits for its turn.
    pub(crate) turns: RefCell<BTreeMap<ChainId, Turns>>,
    pub(crate) applications: Applications,
    busy: Cell<u32>,
}

impl Session {
    /// Opens the client on a network's database.
    pub(crate) async fn open(app: &Rc<App>, database: &str) -> Result<Rc<Self>, UiError> {
        let storage = open_database(database).await?;
        let network = records::load(&storage, records::CHAINS).await?.unwrap_or_default();
        let mut activity: ActivityLog = records::load(&storage, records::ACTIVITY).await?.unwrap_or_default();
        let accounts = Rc::clone(&app.accounts);
        let (outbox, signatures) = (app.outbox.clone(), Rc::clone(&app.signatures));
        let host = WalletHost::open(storage, outbox, accounts, signatures, app.applications.clone()).await?;
        // A block counts as arrived when validators have delivered its messages.
        let options = Options { wait_for_outgoing_messages: true, ..Options::default() };
        let client = Client::open(Rc::new(host), options).await.map_err(crate::errors::plain)?;
        crate::history::learn_what_was_signed(&client, &mut activity).await?;
        activity.after_restart(time::now());
        Ok(Rc::new(Self {
            client: Rc::new(client),
            network: RefCell::new(network),
            activity: RefCell::new(activity),
            reviews: RefCell::default(),
            sync: RefCell::default(),
            streams: RefCell::default(),
            receiving: RefCell::default(),
            recording: RefCell::default(),
            turns: RefCell::default(),
            applications: Applications::default(),
            busy: Cell::new(0),
        }))
    }

    /// Goes on where the last run ended: chains, streams, unfinished proposals.
    pub(crate) async fn resume(self: &Rc<Self>, app: &Rc<App>) {
        for entry in self.chains() {
            self.adopt(&entry).await;
        }
        let (weak_app, weak_session) = (Rc::downgrade(app), Rc::downgrade(self));
        self.client.local().add_listener(move |notification: &Notification| {
            let (Some(app), Some(session)) = (weak_app.upgrade(), weak_session.upgrade()) else { return };
            if matches!(notification.reason, Reason::NewBlock { .. }) {
                app.blocks_verified.set(app.blocks_verified.get() + 1);
                session.record_later(&app, notification.chain_id);
            }
            // From another chain of this wallet: validators tell of it when it is here already.
            if matches!(notification.reason, Reason::NewIncomingBundle { .. }) {
                session.receive_later(&app, notification.chain_id);
            }
            app.changed();
        });
        self.follow(app);
        for entry in self.chains() {
            self.record_later(app, entry.chain_id);
        }
        if app.is_unlocked() {
            let (session, app) = (Rc::clone(self), Rc::clone(app));
            spawn_local(async move { session.unlocked(&app).await });
        }
    }

    /// Keys are usable again: finish what was left, receive what waits.
    pub(crate) async fn unlocked(self: &Rc<Self>, app: &Rc<App>) {
        for entry in self.chains().into_iter().filter(|entry| entry.owner.is_some()) {
            self.finish_pending(app, entry.chain_id).await;
            self.receive_by_itself(app, entry.chain_id).await;
        }
    }

    /// The client's view of a chain in the wallet.
    pub(crate) async fn adopt(&self, entry: &ChainEntry) {
        match entry.owner {
            Some(owner) => self.client.own(entry.chain_id, owner).await,
            None => self.client.follow(entry.chain_id, walnut_client::ChainMode::Follow).await,
        }
        self.sync.borrow_mut().entry(entry.chain_id).or_default();
    }

    /// The chains in the person's order.
    pub(crate) fn chains(&self) -> Vec<ChainEntry> {
        self.network.borrow().chains.clone()
    }

    /// One of the chains.
    pub(crate) fn chain(&self, chain_id: ChainId) -> Option<ChainEntry> {
        self.network.borrow().chains.iter().find(|entry| entry.chain_id == chain_id).cloned()
    }

    /// Changes the records and keeps them.
    pub(crate) async fn change<T>(&self, change: impl FnOnce(&mut NetworkRecord) -> T) -> Result<T, UiError> {
        let (result, record) = {
            let mut network = self.network.borrow_mut();
            let result = change(&mut network);
            (result, network.clone())
        };
        records::store(&self.client.host().storage, records::CHAINS, &record).await?;
        Ok(result)
    }

    /// Keeps the activity.
    pub(crate) async fn store_activity(&self) -> Result<(), UiError> {
        let activity = self.activity.borrow().clone();
        records::store(&self.client.host().storage, records::ACTIVITY, &activity).await
    }

    /// Moves an item on. An event that no longer fits (a late vote, a second certificate) changes nothing.
    pub(crate) fn note(&self, id: ActivityId, event: ActivityEvent) {
        let outcome = self.activity.borrow_mut().apply(id, event, time::now()).map(drop);
        drop::<Result<(), walnut_wallet::activity::ActivityError>>(outcome);
    }

    /// The wallet's account that is that owner.
    pub(crate) fn account_of(app: &App, owner: AccountOwner) -> Option<Account> {
        app.accounts.borrow().iter().find(|account| account.owner == owner).cloned()
    }

    /// While the guard lives the background must not be suspended.
    pub(crate) fn busy<'a>(self: &'a Rc<Self>, app: &'a Rc<App>) -> Busy<'a> {
        self.busy.set(self.busy.get() + 1);
        if self.busy.get() == 1 {
            app.outbox.event(walnut_wallet::messages::NodeEvent::Busy { busy: true });
        }
        Busy { session: self, app }
    }

    pub(crate) fn stop_following(&self) {
        for stream in self.streams.borrow_mut().drain(..) {
            stream.abort();
        }
    }
}

/// See [`Session::busy`].
pub(crate) struct Busy<'a> {
    session: &'a Session,
    app: &'a App,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let left = self.session.busy.get().saturating_sub(1);
        self.session.busy.set(left);
        if left == 0 {
            self.app.outbox.event(walnut_wallet::messages::NodeEvent::Busy { busy: false });
        }
    }
}
