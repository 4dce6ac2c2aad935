//! Settings, and starting over.

use std::rc::Rc;

use walnut_storage::IndexedDbStorage;
use walnut_wallet::messages::{Diagnostics, Settings, UiError, UiErrorCode, UiResponse};

use crate::{
    app::{App, audit_database, network_database},
    records, time,
};

impl App {
    /// Keeps the settings. Another network gets its own session; nothing of the old one is lost.
    pub(super) async fn set_settings(self: &Rc<Self>, settings: Settings) -> Result<UiResponse, UiError> {
        if settings.auto_lock_minutes == 0 || settings.auto_lock_minutes > Settings::AUTO_LOCK_MINUTES_MAX {
            return Err(UiError::new(
                UiErrorCode::Unsupported,
                "The wallet can lock itself after 1 minute to 24 hours.",
            ));
        }
        let before = self.settings.borrow().network.faucet_url.clone();
        let is_other_network = settings.network.faucet_url != before;
        if is_other_network {
            check_url(&settings.network.faucet_url)?;
        }
        self.store_settings(settings).await?;
        if is_other_network {
            self.close_session();
            self.connect().await?;
        }
        self.changed();
        Ok(UiResponse::Done)
    }

    /// Deletes what was verified of this network and fetches it anew. Keys are elsewhere; names stay.
    pub(super) async fn resync(self: &Rc<Self>) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        for entry in session.chains() {
            let pending =
                session.client.pending_proposal(entry.chain_id).await.map_err(crate::errors::plain)?;
            if pending.is_some() {
                return Err(UiError::new(
                    UiErrorCode::ChainConflict,
                    "A block is still on its way. Wait until it is certified, then sync anew.",
                ));
            }
        }
        let _auditing = self.begin_audit().ok_or_else(|| {
            UiError::new(
                UiErrorCode::ChainConflict,
                "A chain is being checked. Wait until that is done, then sync anew.",
            )
        })?;
        let genesis = self.pinned_genesis().ok_or_else(|| UiError::internal("the network is not pinned"))?;
        let network = session.network.borrow().clone();
        let activity = session.activity.borrow().clone();
        let signed = session.client.host().signed_table();
        self.close_session();
        drop(session);
        let name = network_database(genesis);
        // The handles of the old session close when its tasks have ended.
        for name in [name, audit_database(genesis)] {
            IndexedDbStorage::delete(&name).await.map_err(|error| records::storage_error(&error))?;
        }
        let session = self.connect().await?;
        *session.activity.borrow_mut() = activity;
        session.store_activity().await?;
        // What was signed for undecided heights must stay known: nothing is signed twice after a fresh start either.
        session.client.host().restore_signed(signed).await?;
        session.change(|record| *record = network).await?;
        for entry in session.chains() {
            session.adopt(&entry).await;
        }
        session.follow(self);
        self.changed();
        Ok(UiResponse::Done)
    }

    /// A report for a bug report: no keys, no names, addresses shortened.
    pub(super) async fn diagnostics(&self) -> Result<UiResponse, UiError> {
        let snapshot = self.snapshot().await?;
        let mut text = format!(
            "Walnut {}\nnetwork: {}\nlock: {:?}\nblocks verified since start: {}\n",
            self.wallet_version.borrow(),
            snapshot.network_name,
            snapshot.lock,
            self.blocks_verified.get(),
        );
        for chain in &snapshot.chains {
            text.push_str(&format!(
                "chain {}: height {}, inbox {}, {:?}, problem: {}\n",
                walnut_wallet::address::shorten(&chain.chain_id.to_string()),
                chain.next_block_height,
                chain.unread_bundles,
                chain.sync.phase,
                chain.sync.problem.as_ref().map_or("none", |problem| &problem.message),
            ));
        }
        for item in &snapshot.activity {
            text.push_str(&format!(
                "item {}: {}, {} attempts\n",
                item.id.0,
                item.status.word(),
                item.attempts
            ));
        }
        let file_name = format!("walnut-diagnostics-{}.txt", time::now().micros() / 1_000_000);
        Ok(UiResponse::Diagnostics(Diagnostics { file_name, text }))
    }
}

fn check_url(url: &str) -> Result<(), UiError> {
    let is_local = url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
    if is_local || url.starts_with("https://") {
        return Ok(());
    }
    Err(UiError::new(
        UiErrorCode::InvalidRecipient,
        "A faucet's address starts with https:// (or http://127.0.0.1: for a network on this computer).",
    ))
}
