//! From blocks to activity: what every verified block of the wallet's chains means to the person.
//!
//! The activity is worked out from the blocks themselves, from where the last run ended: whatever was lost in a crash,
//! made on another device, or certified while nobody looked, is found here.

use std::rc::Rc;

use walnut_base::{
    Account, AccountOwner, Amount, BlockHeight, ChainId, ChainInfoQuery, ConfirmedBlockCertificate,
    CryptoHash, Message, MessageAction, Operation, SystemMessage, SystemOperation,
};
use walnut_client::{Client, Host as _};
use walnut_wallet::{
    activity::{
        ActivityEvent, ActivityId, ActivityItem, ActivityKind, ActivityLog, ActivityStatus, OvertakenBy, Turn,
    },
    messages::{Token, UiError},
    vault::block_name,
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    app::App,
    applications::{
        Kinds,
        tell::{self, Moved},
    },
    errors,
    host::WalletHost,
    session::Session,
    time,
};

impl Session {
    /// Brings the activity up to date with the chain, soon.
    pub(crate) fn record_later(self: &Rc<Self>, app: &Rc<App>, chain_id: ChainId) {
        let (session, app) = (Rc::clone(self), Rc::clone(app));
        spawn_local(async move {
            if let Err(error) = session.record(chain_id).await {
                session.report(&app, chain_id, walnut_wallet::messages::SyncPhase::Failed, Some(error));
            }
            app.changed();
            // Told after the blocks are: services take longer than that.
            if let Err(error) = session.refresh_tokens(&app, chain_id).await {
                session.report(&app, chain_id, walnut_wallet::messages::SyncPhase::UpToDate, Some(error));
            }
            app.changed();
        });
    }

    async fn record(self: &Rc<Self>, chain_id: ChainId) -> Result<(), UiError> {
        if let Some(has_more) = self.recording.borrow_mut().get_mut(&chain_id) {
            *has_more = true;
            return Ok(());
        }
        loop {
            self.recording.borrow_mut().insert(chain_id, false);
            let outcome = self.record_new_blocks(chain_id).await;
            let has_more = self.recording.borrow_mut().remove(&chain_id).unwrap_or(false);
            if outcome.is_err() || !has_more {
                return outcome;
            }
        }
    }

    async fn record_new_blocks(&self, chain_id: ChainId) -> Result<(), UiError> {
        let Some(entry) = self.chain(chain_id) else { return Ok(()) };
        let mut height = entry.recorded;
        let mut has_other_owners = false;
        loop {
            let next = self.client.local().next_block_height(chain_id).await.map_err(errors::local)?;
            if height >= next {
                break;
            }
            while height < next {
                let certificate =
                    self.client.local().certificate_at(chain_id, height).await.map_err(errors::local)?;
                if let Some(certificate) = certificate {
                    self.note_block(certificate.block());
                    let kinds = self.kinds_in(certificate.block()).await;
                    self.record_block(entry.owner, &certificate, &kinds);
                    has_other_owners |= certificate.block().operations().any(changes_owners);
                }
                height = BlockHeight(height.0 + 1);
            }
            self.store_activity().await?;
            self.change(|network| {
                if let Some(entry) = network.chains.iter_mut().find(|entry| entry.chain_id == chain_id) {
                    entry.recorded = height;
                }
            })
            .await?;
        }
        if has_other_owners {
            self.look_at_owners(chain_id).await?;
        }
        Ok(())
    }

    /// A key of this wallet may have become an owner of the chain, or be none any more.
    async fn look_at_owners(&self, chain_id: ChainId) -> Result<(), UiError> {
        let ownership = self.client.local().ownership(chain_id).await.map_err(errors::local)?;
        let may_propose = |owner: &AccountOwner| ownership.can_propose_in_multi_leader_round(owner);
        let mine = ownership.all_owners().find(|owner| self.client.host().has_key(owner)).copied();
        let entry = self
            .change(|network| {
                let entry = network.chains.iter_mut().find(|entry| entry.chain_id == chain_id)?;
                entry.owner = entry.owner.filter(may_propose).or(mine);
                Some(entry.clone())
            })
            .await?;
        if let Some(entry) = entry {
            self.adopt(&entry).await;
        }
        Ok(())
    }

    fn record_block(
        &self,
        owner: Option<AccountOwner>,
        certificate: &ConfirmedBlockCertificate,
        kinds: &Kinds,
    ) {
        let block = certificate.block();
        let header = &block.header;
        let is_mine = header.authenticated_signer.is_some() && header.authenticated_signer == owner;
        self.settle_own_items(certificate);
        for incoming in block.incoming_bundles().filter(|incoming| incoming.action == MessageAction::Accept) {
            for posted in incoming.bundle.messages.iter() {
                let (source, amount, token) = match &posted.message {
                    Message::System(SystemMessage::Credit { amount, source, .. }) => (*source, *amount, None),
                    Message::System(SystemMessage::Withdraw { .. }) => continue,
                    Message::User { application_id, bytes } => {
                        let moved = tell::credit_of(kinds, header.chain_id, *application_id, bytes);
                        let Some(Moved { token, amount, source, .. }) = moved else { continue };
                        (source, amount, Some(token))
                    }
                };
                let kind = ActivityKind::Received { origin: incoming.origin, source, amount, token };
                self.record_done(kind, certificate);
            }
        }
        if !is_mine {
            return;
        }
        let is_known = |item: &ActivityItem| {
            item.chain_id == header.chain_id
                && item.block_hash == Some(certificate.hash())
                && is_outgoing(&item.kind)
        };
        if self.activity.borrow().page(Some(header.chain_id), None, usize::MAX).items.iter().any(is_known) {
            return;
        }
        for operation in block.operations() {
            // Made on another device, or before this wallet was set up here.
            let kind = match operation {
                Operation::User { application_id, bytes } => {
                    let name =
                        |account: Account| walnut_wallet::address::shorten(&account.chain_id.to_string());
                    match tell::transfer_of(kinds, *application_id, bytes) {
                        Some(moved) => sent(moved.target, moved.amount, Some(moved.token)),
                        None => ActivityKind::Operations {
                            summary: tell::operation(kinds, *application_id, bytes, &name),
                        },
                    }
                }
                Operation::System(operation) => {
                    let SystemOperation::Transfer { recipient, amount, .. } = &**operation else { continue };
                    sent(*recipient, *amount, None)
                }
            };
            self.record_done(kind, certificate);
        }
    }

    fn record_done(&self, kind: ActivityKind, certificate: &ConfirmedBlockCertificate) {
        let header = &certificate.block().header;
        let id = {
            let mut activity = self.activity.borrow_mut();
            let item = activity.add(kind, header.chain_id, time::now());
            item.created_at = header.timestamp;
            item.id
        };
        let event =
            ActivityEvent::Certified { block_hash: certificate.hash(), height: header.height, fee: None };
        self.note(id, event);
        self.note(id, ActivityEvent::Delivered);
    }

    /// Items of ours at this height: certified by this block, or overtaken by it.
    fn settle_own_items(&self, certificate: &ConfirmedBlockCertificate) {
        use ActivityStatus as S;
        let header = &certificate.block().header;
        let at_height = |item: &&ActivityItem| {
            item.chain_id == header.chain_id && item.height == Some(header.height) && item.approved.is_some()
        };
        let page = self.activity.borrow().page(Some(header.chain_id), None, usize::MAX);
        let mut items = page.items.iter().filter(at_height).peekable();
        if items.peek().is_none() {
            return;
        }
        let name = name_of(certificate);
        for item in items {
            let event = match &item.status {
                _ if item.approved == Some(name) => certified(item, certificate),
                S::Queued | S::Signed | S::Waiting(_) => overtaken(certificate),
                // What was given up is not offered again; what never left can be tried again as it is.
                S::Failed { can_retry: true, .. } if item.was_signed() => overtaken(certificate),
                S::Failed { .. } | S::Certified | S::Delivered | S::Overtaken(_) => continue,
            };
            self.note(item.id, event);
        }
    }

    /// The item that a chain's pending proposal belongs to; also one that failed but is tried again.
    pub(crate) fn item_at(&self, chain_id: ChainId, height: BlockHeight) -> Option<ActivityId> {
        let activity = self.activity.borrow();
        let page = activity.page(Some(chain_id), None, usize::MAX);
        let is_open = |item: &&ActivityItem| item.is_unfinished() || item.can_retry();
        page.items.iter().filter(is_open).find(|item| item.height == Some(height)).map(|item| item.id)
    }
}

/// What the log does not know because the browser closed in between: which of the approved blocks were signed. What
/// became of them is found in the chains' blocks, or by sending the pending proposal again.
pub(crate) async fn learn_what_was_signed(
    client: &Client<WalletHost>,
    activity: &mut ActivityLog,
) -> Result<(), UiError> {
    let items = activity.page(None, None, usize::MAX).items;
    for item in items.into_iter().filter(|item| item.status == ActivityStatus::Queued) {
        let Some(height) = item.height else { continue };
        let chain_id = item.chain_id;
        let pending = client.pending_proposal(chain_id).await.map_err(errors::plain)?;
        let is_it = |name: CryptoHash| item.approved == Some(name);
        let pending = pending.filter(|pending| is_it(block_name(&pending.block)));
        let event = match pending.map(|pending| pending.proposal) {
            Some(Some(proposal)) => {
                ActivityEvent::Signed { digest: CryptoHash::new(&proposal.content), height }
            }
            // Kept while somebody else had the turn.
            Some(None) => ActivityEvent::Waiting(turn_now(client, chain_id).await?),
            None => match client.local().certificate_at(chain_id, height).await.map_err(errors::local)? {
                Some(certificate) if is_it(name_of(&certificate)) => {
                    ActivityEvent::Signed { digest: certificate.hash(), height }
                }
                Some(_) | None => continue,
            },
        };
        let learned = activity.apply(item.id, event, time::now()).map(drop);
        learned.map_err(|error| UiError::internal(error.to_string()))?;
    }
    Ok(())
}

/// The kind of a transfer.
pub(crate) fn sent(recipient: Account, amount: Amount, token: Option<Token>) -> ActivityKind {
    ActivityKind::Sent {
        recipient_chain: recipient.chain_id,
        recipient_owner: recipient.owner,
        amount,
        token,
    }
}

fn is_outgoing(kind: &ActivityKind) -> bool {
    matches!(kind, ActivityKind::Sent { .. } | ActivityKind::Operations { .. })
}

fn changes_owners(operation: &Operation) -> bool {
    let Operation::System(operation) = operation else { return false };
    matches!(**operation, SystemOperation::ChangeOwnership { .. })
}

/// What names the block, as items do.
fn name_of(certificate: &ConfirmedBlockCertificate) -> CryptoHash {
    block_name(&certificate.block().clone().into_proposal().0)
}

fn certified(item: &ActivityItem, certificate: &ConfirmedBlockCertificate) -> ActivityEvent {
    let height = certificate.height();
    ActivityEvent::Certified { block_hash: certificate.hash(), height, fee: item.fee }
}

/// Another block has the height.
pub(crate) fn overtaken(by: &ConfirmedBlockCertificate) -> ActivityEvent {
    let header = &by.block().header;
    ActivityEvent::Overtaken(OvertakenBy {
        height: header.height,
        block_hash: by.hash(),
        signer: header.authenticated_signer,
    })
}

/// Whose turn it is on a chain, as far as is known here.
pub(crate) async fn turn_now(client: &Client<WalletHost>, chain_id: ChainId) -> Result<Turn, UiError> {
    let info = client.local().chain_info(ChainInfoQuery::new(chain_id)).await.map_err(errors::local)?;
    let manager = info.manager;
    let until = manager.round_timeout.unwrap_or_else(time::now);
    Ok(Turn { round: manager.current_round, leader: manager.leader, until, answers: None })
}
