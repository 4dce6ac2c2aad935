//! Chains: adding, naming, looking at them.

use std::rc::Rc;

use walnut_base::{
    BlockHeight, ChainId, ChainInfoQuery, ConfirmedBlockCertificate, IncomingBundle, Message, Operation,
    SystemMessage,
};
use walnut_wallet::{
    activity::ActivityId,
    messages::{
        AccountId, BlockSummary, ChainDetails, ChainRounds, InboxBundle, InboxMessage, ReceiveInfo, UiError,
        UiErrorCode, UiResponse,
    },
};

use crate::{
    app::App,
    applications::{Kinds, tell},
    errors,
    money::tokens,
    review::describe_operation,
};

/// Blocks shown on a chain's screen.
const BLOCKS_SHOWN: u64 = 20;

/// Characters of a name.
const NAME_CHARS_MAX: usize = 40;

impl App {
    pub(super) async fn select_account(self: &Rc<Self>, account: AccountId) -> Result<UiResponse, UiError> {
        self.owner_of(account)?;
        if let Some(session) = self.session() {
            session.change(|network| network.current_account = Some(account.0)).await?;
        }
        self.changed();
        Ok(UiResponse::Done)
    }

    /// Adds a chain by id: owned when one of the wallet's keys may propose on it, else only watched.
    pub(super) async fn add_chain(
        self: &Rc<Self>,
        chain_id: ChainId,
        name: String,
    ) -> Result<UiResponse, UiError> {
        let session = self.connect().await?;
        let name = checked_name(name)?;
        Box::pin(session.client.sync_chain(chain_id)).await.map_err(errors::plain)?;
        let ownership = session.client.local().ownership(chain_id).await.map_err(errors::local)?;
        let owner = {
            let accounts = self.accounts.borrow();
            accounts.iter().map(|account| account.owner).find(|owner| ownership.verify_owner(owner))
        };
        self.add_chain_entry(&session, chain_id, name, owner, false).await?;
        self.changed();
        Ok(UiResponse::Done)
    }

    pub(super) async fn forget_chain(self: &Rc<Self>, chain_id: ChainId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let pending = session.client.pending_proposal(chain_id).await.map_err(errors::plain)?;
        let next = session.client.local().next_block_height(chain_id).await.map_err(errors::local)?;
        // What was left of a decided height is nobody's concern any more.
        if pending.is_some_and(|pending| pending.block.height >= next) {
            return Err(UiError::new(
                UiErrorCode::ChainConflict,
                "A block of this chain is still on its way. Wait until it is certified, or give it up first.",
            ));
        }
        session.change(|network| network.chains.retain(|entry| entry.chain_id != chain_id)).await?;
        session.sync.borrow_mut().remove(&chain_id);
        self.changed();
        Ok(UiResponse::Done)
    }

    pub(super) async fn rename_chain(
        self: &Rc<Self>,
        chain_id: ChainId,
        name: String,
    ) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let name = checked_name(name)?;
        let is_known = session
            .change(|network| {
                let entry = network.chains.iter_mut().find(|entry| entry.chain_id == chain_id);
                entry.map(|entry| entry.name = name).is_some()
            })
            .await?;
        self.changed();
        match is_known {
            true => Ok(UiResponse::Done),
            false => Err(unknown_chain()),
        }
    }

    pub(super) async fn chain_details(self: &Rc<Self>, chain_id: ChainId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let entry = session.chain(chain_id).ok_or_else(unknown_chain)?;
        let summary = self.summarize(&session, &entry).await?;
        let local = session.client.local();
        let query = ChainInfoQuery::new(chain_id).with_pending_message_bundles();
        let info = local.chain_info(query).await.map_err(errors::local)?;
        let next = info.next_block_height.0;
        let heights = (next.saturating_sub(BLOCKS_SHOWN)..next).map(BlockHeight).collect();
        let mut certificates = local.certificates_at(chain_id, heights).await.map_err(errors::local)?;
        certificates.reverse();
        let ownership = &info.manager.ownership;
        let bundles = info.requested_pending_message_bundles.iter();
        let kinds = session.kinds();
        Ok(UiResponse::Chain(ChainDetails {
            summary,
            super_owners: ownership.super_owners.iter().copied().collect(),
            owners: ownership.owners.iter().map(|(owner, weight)| (*owner, *weight)).collect(),
            rounds: ChainRounds {
                multi_leader: ownership.multi_leader_rounds,
                is_open: ownership.open_multi_leader_rounds,
                timeouts: ownership.timeout_config.clone(),
                current: info.manager.current_round,
                leader: info.manager.leader,
                until: info.manager.round_timeout,
            },
            epoch: info.epoch.0,
            inbox: bundles.map(|incoming| inbox_bundle(incoming, &kinds)).collect(),
            blocks: certificates.iter().map(|certificate| block_summary(certificate, &kinds)).collect(),
            state_hash: info.state_hash,
        }))
    }

    pub(super) async fn receive_info(&self, account: AccountId) -> Result<UiResponse, UiError> {
        let owner = self.owner_of(account)?;
        let snapshot = self.snapshot().await?;
        let chains = snapshot.chains.iter().filter(|chain| chain.account == Some(account));
        let balance = chains.clone().next().map(|chain| chain.chain_balance).unwrap_or_default();
        let chains = chains.map(|chain| (chain.chain_id, chain.name.clone())).collect();
        Ok(UiResponse::ReceiveInfo(ReceiveInfo { account, owner, chains, balance }))
    }

    /// Receives what waits, because the person asked for it.
    pub(super) async fn process_inbox(self: &Rc<Self>, chain_id: ChainId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        session.chain(chain_id).ok_or_else(unknown_chain)?;
        if !self.is_unlocked() {
            return Err(UiError::locked());
        }
        let bundles = session.receive(self, chain_id).await?;
        let activity_id: Option<ActivityId> = None;
        Ok(UiResponse::InboxProcessed { bundles, activity_id })
    }
}

pub(super) fn unknown_chain() -> UiError {
    UiError::new(UiErrorCode::UnknownChain, "This chain is not in the wallet.")
}

fn checked_name(name: String) -> Result<String, UiError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let message = format!("A name has 1 to {NAME_CHARS_MAX} characters.");
        return Err(UiError::new(UiErrorCode::InvalidName, message));
    }
    Ok(name.to_owned())
}

fn inbox_bundle(incoming: &IncomingBundle, kinds: &Kinds) -> InboxBundle {
    let bundle = &incoming.bundle;
    let messages = bundle.messages.iter().map(|posted| {
        let (summary, amount) = describe_message(&posted.message, kinds);
        InboxMessage { summary, amount, is_bouncing: posted.is_bouncing() }
    });
    InboxBundle {
        origin: incoming.origin,
        height: bundle.height,
        timestamp: bundle.timestamp,
        messages: messages.collect(),
    }
}

fn describe_message(message: &Message, kinds: &Kinds) -> (String, Option<walnut_base::Amount>) {
    match message {
        Message::System(SystemMessage::Credit { target, amount, .. }) => {
            let whom = if target.is_chain() { "this chain" } else { "an owner on this chain" };
            (format!("{} for {whom}", tokens(*amount)), Some(*amount))
        }
        Message::System(SystemMessage::Withdraw { amount, .. }) => {
            (format!("A claim of {} from an owner on this chain", tokens(*amount)), None)
        }
        Message::User { application_id, bytes } => {
            (tell::capital(&tell::message(kinds, *application_id, bytes)), None)
        }
    }
}

fn block_summary(certificate: &ConfirmedBlockCertificate, kinds: &Kinds) -> BlockSummary {
    let block = certificate.block();
    let operations = block.operations().collect::<Vec<&Operation>>();
    let bundles = block.incoming_bundles().count();
    let received = match bundles {
        0 => None,
        1 => Some("Received 1 bundle".to_owned()),
        count => Some(format!("Received {count} bundles")),
    };
    let done = operations.iter().map(|operation| describe_operation(operation, kinds));
    let summary = received.into_iter().chain(done).collect::<Vec<_>>().join(" · ");
    BlockSummary {
        height: block.header.height,
        hash: certificate.hash(),
        timestamp: block.header.timestamp,
        summary,
        operations: u32::try_from(operations.len()).unwrap_or(u32::MAX),
        bundles: u32::try_from(bundles).unwrap_or(u32::MAX),
    }
}
