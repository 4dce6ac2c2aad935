//! Joining a network through its faucet, and claiming a chain there.

use std::rc::Rc;

use walnut_base::{BlockHeight, ChainId};
use walnut_client::{
    FaucetError, FaucetRequest, LocalNode,
    faucet::{read_claim, read_genesis},
};
use walnut_wallet::{
    activity::{ActivityEvent, ActivityKind},
    messages::{AccountId, ClaimStep, UiError, UiErrorCode, UiEvent, UiResponse},
};

use crate::{
    app::{App, network_database, open_database},
    errors, fetch,
    host::WalletHost,
    records::{ChainEntry, KnownNetwork},
    session::Session,
    time,
};

/// Asks the chosen faucet for its network, pins the genesis, and prepares the network's own database.
pub(crate) async fn join_network(app: &Rc<App>) -> Result<Rc<Session>, UiError> {
    let faucet_url = app.settings.borrow().network.faucet_url.clone();
    if faucet_url.is_empty() {
        return Err(UiError::new(
            UiErrorCode::NetworkUnavailable,
            "No network is chosen yet. Enter the address of a faucet under Settings.",
        ));
    }
    let answer = ask(&faucet_url, FaucetRequest::GenesisConfig).await?;
    let genesis = read_genesis(&answer).map_err(faucet_error)?;
    let hash = genesis.hash();
    if app.pinned_genesis().is_some_and(|pinned| pinned != hash) {
        return Err(UiError::new(
            UiErrorCode::FaucetRefused,
            "This faucet belongs to another network than before. If it was set up anew, add it under a new address.",
        )
        .with_details(format!("genesis {hash}")));
    }
    let database = network_database(hash);
    let storage = open_database(&database).await?;
    let signatures = Rc::clone(&app.signatures);
    let (accounts, applications) = (Rc::clone(&app.accounts), app.applications.clone());
    let host = WalletHost::open(storage, app.outbox.clone(), accounts, signatures, applications).await?;
    LocalNode::initialize(&host, &genesis).await.map_err(errors::plain)?;
    drop(host);
    let name = genesis.network_name;
    app.pin_network(KnownNetwork {
        faucet_url: faucet_url.clone(),
        genesis_hash: Some(hash),
        name: name.clone(),
    })
    .await?;
    let mut settings = app.settings.borrow().clone();
    if settings.network.name.is_empty() {
        settings.network.name = name;
        app.store_settings(settings).await?;
    }
    Session::open(app, &database).await
}

impl App {
    /// Asks the faucet for a chain, and verifies what it gave.
    pub(crate) async fn claim_chain(
        self: &Rc<Self>,
        account: AccountId,
        name: String,
    ) -> Result<UiResponse, UiError> {
        let owner = self.owner_of(account)?;
        let tell = |step| self.outbox.ui(UiEvent::ClaimProgress { account, step });
        tell(ClaimStep::Asking);
        let session = self.connect().await?;
        let _busy = session.busy(self);
        let faucet_url = self.settings.borrow().network.faucet_url.clone();
        let answer = ask(&faucet_url, FaucetRequest::Claim(owner)).await?;
        let claimed = read_claim(&answer, &owner).map_err(faucet_error)?;
        let chain_id = claimed.chain_id;
        if session.chain(chain_id).is_some_and(|entry| entry.owner == Some(owner)) {
            return Err(UiError::new(
                UiErrorCode::FaucetRefused,
                "The faucet gives each account one chain, and yours is in this wallet already. Add an account to claim another.",
            ));
        }
        tell(ClaimStep::BlockSeen { chain_id });
        Box::pin(session.client.sync_chain(chain_id)).await.map_err(errors::plain)?;
        let ownership = session.client.local().ownership(chain_id).await.map_err(errors::local)?;
        if !ownership.can_propose_in_multi_leader_round(&owner) {
            return Err(faucet_error(FaucetError::WrongOwner(owner)));
        }
        tell(ClaimStep::Verified { chain_id });
        let is_new = session.chain(chain_id).is_none();
        self.add_chain_entry(&session, chain_id, name, Some(owner), true).await?;
        if is_new {
            let id = {
                let mut activity = session.activity.borrow_mut();
                let item = activity.add(ActivityKind::ChainClaimed, chain_id, time::now());
                item.account = Some(account);
                item.id
            };
            let block_hash = chain_id.0;
            session.note(id, ActivityEvent::Certified { block_hash, height: BlockHeight(0), fee: None });
            session.note(id, ActivityEvent::Delivered);
            session.store_activity().await?;
        }
        self.changed();
        Ok(UiResponse::ChainClaimed { chain_id })
    }

    /// Puts a chain into the wallet, or gives the one that is there its owner.
    pub(crate) async fn add_chain_entry(
        self: &Rc<Self>,
        session: &Rc<Session>,
        chain_id: ChainId,
        name: String,
        owner: Option<walnut_base::AccountOwner>,
        is_claimed: bool,
    ) -> Result<(), UiError> {
        let entry = session
            .change(|network| {
                if let Some(known) = network.chains.iter_mut().find(|entry| entry.chain_id == chain_id) {
                    known.owner = owner.or(known.owner);
                    return known.clone();
                }
                let entry = ChainEntry { chain_id, name, owner, recorded: BlockHeight(0), is_claimed };
                network.chains.push(entry.clone());
                entry
            })
            .await?;
        session.adopt(&entry).await;
        session.follow(self);
        session.record_later(self, chain_id);
        Ok(())
    }
}

async fn ask(faucet_url: &str, request: FaucetRequest) -> Result<String, UiError> {
    fetch::post_json(faucet_url, &request.body()).await.map_err(|details| {
        UiError::new(
            UiErrorCode::FaucetUnavailable,
            "The faucet does not answer. Check the address under Settings, or try again in a minute.",
        )
        .with_details(details)
    })
}

fn faucet_error(error: FaucetError) -> UiError {
    let (code, message) = match &error {
        FaucetError::Refused(reason) => (UiErrorCode::FaucetRefused, format!("The faucet says: {reason}")),
        FaucetError::Unreadable(_) => (
            UiErrorCode::FaucetUnavailable,
            "What answers at that address is not a faucet of this kind of network. Check it under Settings."
                .to_owned(),
        ),
        FaucetError::WrongOwner(_) => (
            UiErrorCode::FaucetRefused,
            "The faucet named a chain that belongs to somebody else. Nothing was added.".to_owned(),
        ),
    };
    UiError::new(code, message).with_details(error.to_string())
}
