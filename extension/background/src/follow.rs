//! Listening to validators: one stream per validator for all chains, opened again whenever it ends.

use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use walnut_base::{ChainId, ChainInfoQuery};
use walnut_client::{ChainMode, Reaction, Remote};
use walnut_wallet::messages::SyncPhase;
use wasm_bindgen_futures::spawn_local;

use crate::{app::App, errors, remote::BrowserRemote, session::Session, time};

/// First wait before a stream is opened again.
const RECONNECT_MILLIS_MIN: u64 = 500;

/// Longest wait before a stream is opened again.
const RECONNECT_MILLIS_MAX: u64 = 30_000;

impl Session {
    /// Synchronises all chains and listens to all validators from now on. Streams of before are closed: the set of chains
    /// or validators may have changed, and after a sleep they are dead without saying so.
    pub(crate) fn follow(self: &Rc<Self>, app: &Rc<App>) {
        self.stop_following();
        let (handle, registration) = AbortHandle::new_pair();
        self.streams.borrow_mut().push(handle);
        let (session, app) = (Rc::clone(self), Rc::clone(app));
        spawn_local(async move {
            // An aborted task has nothing left to say.
            Abortable::new(session.sync_and_listen(&app), registration).await.ok();
        });
    }

    async fn sync_and_listen(self: &Rc<Self>, app: &Rc<App>) {
        let admin = self.client.admin_chain_id();
        self.sync_one(app, admin).await;
        for entry in self.chains() {
            self.sync_one(app, entry.chain_id).await;
        }
        let committee = match self.client.admin_committee().await {
            Ok(committee) => committee,
            Err(error) => {
                self.report(app, admin, SyncPhase::Failed, Some(errors::plain(error)));
                return;
            }
        };
        let listen = self.client.remotes(&committee).into_iter().filter_map(|remote| {
            let address = committee.network_address(&remote.public_key)?;
            let node = walnut_client::Host::remote(self.client.host(), &remote.public_key, address).ok()?;
            Some(self.listen(app, remote, node))
        });
        futures_util::future::join_all(listen).await;
    }

    /// Brings one chain up to date and says how that went.
    pub(crate) async fn sync_one(self: &Rc<Self>, app: &Rc<App>, chain_id: ChainId) {
        let _busy = self.busy(app);
        self.report(app, chain_id, SyncPhase::Syncing, None);
        let is_full = self.client.followed_chains().get(&chain_id) == Some(&ChainMode::Full);
        let outcome = match is_full && chain_id != self.client.admin_chain_id() {
            true => Box::pin(self.client.sync_all(chain_id)).await,
            false => Box::pin(self.client.sync_chain(chain_id)).await.map(drop),
        };
        match outcome {
            Ok(()) => {
                self.report(app, chain_id, SyncPhase::UpToDate, None);
                self.receive_by_itself(app, chain_id).await;
            }
            Err(error) => {
                let error = errors::plain(error);
                let phase = match error.code {
                    walnut_wallet::messages::UiErrorCode::NetworkUnavailable => SyncPhase::Offline,
                    _ => SyncPhase::Failed,
                };
                self.report(app, chain_id, phase, Some(error));
            }
        }
    }

    /// Listens to one validator for ever.
    async fn listen(self: &Rc<Self>, app: &Rc<App>, remote: Remote<BrowserRemote>, node: BrowserRemote) {
        let mut wait = RECONNECT_MILLIS_MIN;
        loop {
            let chains = self.client.followed_chains().into_keys().collect::<Vec<_>>();
            if let Ok(mut notifications) = node.node.subscribe(&chains).await {
                node.health.is_silent.set(false);
                // Nothing that happened while no stream was open may be missed.
                match Box::pin(self.client.catch_up_with(&remote)).await {
                    Ok(()) => self.back_online(app),
                    Err(error) => self.note_lag(app, &error),
                }
                while let Some(Ok(notification)) = notifications.next().await {
                    wait = RECONNECT_MILLIS_MIN;
                    self.heard_of(app, notification.chain_id);
                    match Box::pin(self.client.react(&remote, &notification)).await {
                        Ok(Reaction::Received(chain_id) | Reaction::Advanced(chain_id)) => {
                            self.receive_later(app, chain_id);
                        }
                        Ok(Reaction::Nothing | Reaction::Published(_)) => {}
                        Err(error) => self.note_lag(app, &error),
                    }
                    app.changed();
                }
            }
            node.health.is_silent.set(true);
            self.note_silence(app);
            time::sleep_millis(wait + time::jitter(wait)).await;
            wait = (wait * 2).min(RECONNECT_MILLIS_MAX);
        }
    }

    pub(crate) fn receive_later(self: &Rc<Self>, app: &Rc<App>, chain_id: ChainId) {
        let (session, app) = (Rc::clone(self), Rc::clone(app));
        spawn_local(async move { session.receive_by_itself(&app, chain_id).await });
    }

    fn heard_of(&self, app: &Rc<App>, chain_id: ChainId) {
        if let Some(sync) = self.sync.borrow_mut().get_mut(&chain_id) {
            sync.last_contact = Some(time::now());
        }
        app.changed();
    }

    /// A validator answers again: chains that were offline are up to date with it now, and what was left unfinished for
    /// want of validators goes on.
    fn back_online(self: &Rc<Self>, app: &Rc<App>) {
        for sync in self.sync.borrow_mut().values_mut() {
            if matches!(sync.phase, SyncPhase::Offline | SyncPhase::Starting | SyncPhase::Failed) {
                sync.phase = SyncPhase::UpToDate;
                sync.problem = None;
            }
            sync.last_contact = Some(time::now());
        }
        app.changed();
        if app.is_unlocked() {
            let (session, app) = (Rc::clone(self), Rc::clone(app));
            spawn_local(async move { session.unlocked(&app).await });
        }
    }

    /// One validator's word did not hold: others have theirs. Shown in the details of the network screen only.
    fn note_lag(&self, app: &Rc<App>, _error: &walnut_client::ClientError) {
        app.changed();
    }

    /// When no validator answers, the chains are offline.
    fn note_silence(&self, app: &Rc<App>) {
        if self.client.host().is_anybody_there() {
            return;
        }
        let chains = self.sync.borrow().keys().copied().collect::<Vec<_>>();
        for chain_id in chains {
            self.report(app, chain_id, SyncPhase::Offline, None);
        }
    }

    pub(crate) fn report(
        &self,
        app: &Rc<App>,
        chain_id: ChainId,
        phase: SyncPhase,
        problem: Option<walnut_wallet::messages::UiError>,
    ) {
        {
            let mut syncs = self.sync.borrow_mut();
            let sync = syncs.entry(chain_id).or_default();
            sync.phase = phase;
            sync.problem = problem;
            if matches!(phase, SyncPhase::UpToDate) {
                sync.last_contact = Some(time::now());
            }
        }
        app.changed();
    }

    /// Receives what waits, if the person wants that to happen by itself.
    pub(crate) async fn receive_by_itself(self: &Rc<Self>, app: &Rc<App>, chain_id: ChainId) {
        let is_owned = self.chain(chain_id).is_some_and(|entry| entry.owner.is_some());
        if !is_owned || !app.receives_by_itself() {
            return;
        }
        // A failure is shown with the chain; what waits still waits.
        if let Err(error) = self.receive(app, chain_id).await {
            self.report(app, chain_id, SyncPhase::UpToDate, Some(error));
        }
    }

    /// Makes blocks until nothing waits. Returns how many bundles were received.
    pub(crate) async fn receive(
        self: &Rc<Self>,
        app: &Rc<App>,
        chain_id: ChainId,
    ) -> Result<u32, walnut_wallet::messages::UiError> {
        if let Some(has_more) = self.receiving.borrow_mut().get_mut(&chain_id) {
            *has_more = true;
            return Ok(0);
        }
        let _busy = self.busy(app);
        let mut bundles = 0;
        let outcome = loop {
            self.receiving.borrow_mut().insert(chain_id, false);
            let outcome = Box::pin(self.receive_all(app, chain_id)).await;
            let has_more = self.receiving.borrow_mut().remove(&chain_id).unwrap_or(false);
            match outcome {
                Ok(received) if has_more => bundles += received,
                outcome => break outcome.map(|received| bundles + received),
            }
        };
        app.changed();
        outcome
    }

    async fn receive_all(
        self: &Rc<Self>,
        app: &Rc<App>,
        chain_id: ChainId,
    ) -> Result<u32, walnut_wallet::messages::UiError> {
        let query = ChainInfoQuery::new(chain_id).with_pending_message_bundles();
        let info = self.client.local().chain_info(query).await.map_err(errors::local)?;
        if info.requested_pending_message_bundles.is_empty() {
            return Ok(0);
        }
        let (certificates, waiting) =
            Box::pin(self.client.process_inbox(chain_id, &|_| {})).await.map_err(errors::plain)?;
        for _ in &certificates {
            self.record_later(app, chain_id);
        }
        if let Some(walnut_client::Outcome::WaitForTimeout { timestamp, .. }) = waiting {
            self.finish_later(app, chain_id, timestamp);
        }
        let bundles = certificates.iter().map(|certificate| certificate.block().incoming_bundles().count());
        Ok(u32::try_from(bundles.sum::<usize>()).unwrap_or(u32::MAX))
    }
}
