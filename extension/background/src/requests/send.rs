//! Sending: staged and shown first, then signed and proposed.

use std::{cell::Cell, rc::Rc};

use walnut_base::{
    Account, Amount, BlockHeight, CertificateKind, ChainId, ChainInfoQuery, Operation, SystemOperation,
    TimeDelta, Timestamp,
};
use walnut_client::{ClientError, Outcome, Progress, StagedBlock};
use walnut_wallet::{
    activity::{ActivityEvent, ActivityId, ActivityItem, ActivityKind, Answers, Turn},
    applications::fungible::FungibleOperation,
    messages::{Review, ReviewId, SendDraft, SendQuote, SyncPhase, UiError, UiErrorCode, UiResponse},
    owners::{operations_from_bytes, operations_to_bytes},
    vault::block_name,
};
use wasm_bindgen_futures::spawn_local;

use super::chains::unknown_chain;
use crate::{
    app::App,
    applications::{
        self,
        effects::BlockApplications,
        tell::{self, Moved},
    },
    errors,
    history::{overtaken, sent},
    review::{Subject, is_stale, transfer_of},
    session::{Prepared, Session},
    time,
};

/// Reviews that may wait at the same time: one per open window, and some.
const REVIEWS_MAX: usize = 16;

/// Operations beyond so many bytes are not kept with their item: they are made anew where they came from.
const OPERATIONS_KEPT_MAX: usize = 64 * 1024;

/// First pause when validators do not end a round yet; it doubles so often.
const TURN_RETRY_MILLIS_MIN: u64 = 250;
const TURN_RETRY_DOUBLINGS_MAX: u32 = 7;

/// Longest wait for which the background is kept from being suspended.
const TURN_AWAKE_MAX: TimeDelta = TimeDelta::from_secs(5 * 60);

/// Balances on a chain: its own, and one owner's.
struct Before {
    chain: Amount,
    signer: Amount,
}

impl App {
    /// The fee of the block that would be made now. Staged with the smallest amount, so that it is known before the amount
    /// is typed in full.
    pub(super) async fn quote_send(self: &Rc<Self>, draft: SendDraft) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let before = before(&session, draft.chain_id).await?;
        let balance = balance_of(&session, &draft).await?;
        let smallest = SendDraft { amount: Amount::from_attos(1), ..draft.clone() };
        let applications = BlockApplications::default();
        let fee = match self.stage_send(&session, &smallest).await {
            Ok(staged) => self.review(&session, ReviewId(0), &staged, &before, &applications).await?.fee,
            // Nothing can be sent at all: the screen says so by the maximum.
            Err(error) if error.code == UiErrorCode::InsufficientBalance && draft.token.is_none() => balance,
            Err(error) => return Err(error),
        };
        if draft.token.is_some() {
            return Ok(UiResponse::Quote(SendQuote { fee, amount_max: balance, balance }));
        }
        // Fees are taken from the chain's balance first; an owner's balance is touched only when that is used up.
        let from_source = match draft.source.is_chain() {
            true => fee,
            false => fee.saturating_sub(before.chain),
        };
        let amount_max = balance.saturating_sub(from_source);
        Ok(UiResponse::Quote(SendQuote { fee, amount_max, balance }))
    }

    pub(super) async fn prepare_send(self: &Rc<Self>, draft: SendDraft) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        if draft.amount == Amount::ZERO {
            return Err(UiError::new(UiErrorCode::InvalidAmount, "Enter an amount above zero."));
        }
        let before = before(&session, draft.chain_id).await?;
        let staged = self.stage_send(&session, &draft).await?;
        self.show(&session, staged, &before, None).await
    }

    /// Stages any operations and shows them; `again` is the item that they do anew.
    pub(super) async fn prepare_operations(
        self: &Rc<Self>,
        session: &Rc<Session>,
        chain_id: ChainId,
        operations: Vec<Operation>,
        again: Option<ActivityId>,
    ) -> Result<UiResponse, UiError> {
        let before = before(session, chain_id).await?;
        let staged = Box::pin(session.client.stage(chain_id, operations, Vec::new())).await;
        self.show(session, staged.map_err(applications::plain_block)?, &before, again).await
    }

    /// The same with operations as bytes.
    pub(super) async fn prepare_bytes(
        self: &Rc<Self>,
        chain_id: ChainId,
        operations: &[u8],
        again: Option<ActivityId>,
    ) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let operations = operations_from_bytes(operations)
            .ok_or_else(|| UiError::bad_message("these bytes are not operations"))?;
        Box::pin(self.prepare_operations(&session, chain_id, operations, again)).await
    }

    /// Keeps a staged block for approval.
    async fn show(
        self: &Rc<Self>,
        session: &Rc<Session>,
        staged: StagedBlock,
        before: &Before,
        again: Option<ActivityId>,
    ) -> Result<UiResponse, UiError> {
        let id = ReviewId(self.next_review.get());
        self.next_review.set(id.0 + 1);
        let applications = session.look_at(self, &staged).await?;
        let review = self.review(session, id, &staged, before, &applications).await?;
        let moved = staged.block.operations().find_map(|operation| match operation {
            Operation::User { application_id, bytes } => {
                tell::transfer_of(&applications.kinds, *application_id, bytes)
            }
            Operation::System(_) => None,
        });
        let mut reviews = session.reviews.borrow_mut();
        while reviews.len() >= REVIEWS_MAX {
            reviews.pop_first();
        }
        reviews.insert(id, Prepared { staged, review: review.clone(), moved, again });
        Ok(UiResponse::Review(review))
    }

    async fn stage_send(&self, session: &Rc<Session>, draft: &SendDraft) -> Result<StagedBlock, UiError> {
        session.chain(draft.chain_id).ok_or_else(unknown_chain)?;
        let recipient = Account::new(draft.recipient_chain, draft.recipient_owner);
        let operation = match &draft.token {
            None => SystemOperation::Transfer { owner: draft.source, recipient, amount: draft.amount }.into(),
            Some(token) => {
                let target_account = self.token_recipient(session, recipient)?;
                let (owner, amount) = (draft.source, draft.amount);
                let transfer = FungibleOperation::Transfer { owner, amount, target_account };
                Operation::User { application_id: token.id, bytes: transfer.bytes() }
            }
        };
        let staged = Box::pin(session.client.stage(draft.chain_id, vec![operation], Vec::new()));
        staged.await.map_err(if draft.token.is_some() { applications::plain_block } else { errors::plain })
    }

    /// Who gets a token. Tokens of applications belong to owners: what is sent to a chain itself, nobody can spend.
    fn token_recipient(&self, session: &Session, recipient: Account) -> Result<Account, UiError> {
        if !recipient.owner.is_chain() {
            return Ok(recipient);
        }
        let owner = session.chain(recipient.chain_id).and_then(|entry| entry.owner);
        owner.map(|owner| Account::new(recipient.chain_id, owner)).ok_or_else(|| {
            UiError::new(
                UiErrorCode::InvalidRecipient,
                "This token belongs to owners, not to chains. Ask for the address under Owner on the other side's Receive screen: owner@chain.",
            )
        })
    }

    async fn review(
        &self,
        session: &Rc<Session>,
        id: ReviewId,
        staged: &StagedBlock,
        before: &Before,
        applications: &BlockApplications,
    ) -> Result<Review, UiError> {
        let header = &staged.block.header;
        let entry = session.chain(header.chain_id).ok_or_else(unknown_chain)?;
        let signer =
            header.authenticated_signer.ok_or_else(|| UiError::internal("a block without a signer"))?;
        let account = Session::account_of(self, signer).ok_or_else(|| {
            UiError::new(UiErrorCode::NotAnOwner, "The key for this chain is not in the wallet.")
        })?;
        let snapshot = self.snapshot().await?;
        let subject = Subject {
            id,
            account: account.id,
            chain_name: entry.name,
            staged,
            chain_before: before.chain,
            signer_before: before.signer,
            snapshot: &snapshot,
            applications,
        };
        subject.review()
    }

    /// Signs and proposes what was reviewed, and nothing else. Answers when the proposal is signed and leaves, or was given
    /// up: drawing the next screen would keep the page busy through which the vault is asked.
    pub(super) async fn approve(self: &Rc<Self>, review_id: ReviewId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        if !self.is_unlocked() {
            return Err(UiError::locked());
        }
        let prepared = session.reviews.borrow_mut().remove(&review_id);
        let Prepared { staged, review, moved, again } = prepared.ok_or_else(|| {
            UiError::new(UiErrorCode::UnknownReview, "This review was answered or has expired. Start again.")
        })?;
        let chain_id = review.chain_id;
        let next = session.client.local().next_block_height(chain_id).await.map_err(errors::local)?;
        if is_stale(&review, next) {
            let operations = staged.block.operations().cloned().collect();
            return Box::pin(self.prepare_operations(&session, chain_id, operations, again)).await;
        }
        let id = self.add_item(&session, &staged, &review, moved, again);
        let app = Rc::clone(self);
        let (left, has_left) = futures_channel::oneshot::channel::<()>();
        spawn_local(async move {
            let _busy = session.busy(&app);
            let record = session.recorder(&app, id, &staged, Some(review.fee));
            let left = Cell::new(Some(left));
            let on_progress = |progress| {
                record(progress);
                // Whatever comes first: it comes after the signature, or while somebody else's turn is ended. Dropping
                // tells, too.
                drop(left.take());
            };
            let propose = Box::pin(async {
                session.make_way(chain_id).await?;
                session.client.propose(staged.clone(), &on_progress).await
            });
            // Begun first, so that it is stored first: IndexedDB keeps the order. The vault signs meanwhile.
            let (stored, outcome) = futures_util::future::join(session.store_activity(), propose).await;
            if let Err(error) = stored {
                session.report(&app, review.chain_id, SyncPhase::Failed, Some(error));
            }
            drop(left.take());
            session.settle(&app, id, review.chain_id, outcome).await;
        });
        // Nothing is ever sent: the other end is dropped.
        has_left.await.ok();
        Ok(UiResponse::Approved { activity_id: id })
    }

    fn add_item(
        &self,
        session: &Session,
        staged: &StagedBlock,
        review: &Review,
        moved: Option<Moved>,
        again: Option<ActivityId>,
    ) -> ActivityId {
        let block = &staged.block;
        let operations = block.operations().cloned().collect::<Vec<_>>();
        let kind = match (block.operations().find_map(transfer_of), moved) {
            (Some((_, recipient, amount)), _) => sent(recipient, amount, None),
            (None, Some(moved)) => sent(moved.target, moved.amount, Some(moved.token)),
            (None, None) => ActivityKind::Operations { summary: review.sentence.replace('*', "") },
        };
        let mut activity = session.activity.borrow_mut();
        let item = activity.add(kind, review.chain_id, time::now());
        item.account = Some(review.account);
        item.fee = Some(review.fee);
        // Known from the start: a crash after the signature must find its item again.
        item.height = Some(block.header.height);
        item.approved = Some(block_name(&staged.proposed()));
        item.operations = operations_to_bytes(&operations);
        if item.operations.len() > OPERATIONS_KEPT_MAX {
            item.operations.clear();
        }
        let id = item.id;
        // Stored together with the new item: whatever happens, it is offered once.
        if let Some(again) = again {
            activity.done_again(again, id);
        }
        id
    }

    pub(super) fn cancel(&self, review_id: ReviewId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        session.reviews.borrow_mut().remove(&review_id);
        Ok(UiResponse::Done)
    }
}

impl Session {
    /// Writes a block's steps into the activity as they happen.
    fn recorder(
        self: &Rc<Self>,
        app: &Rc<App>,
        id: ActivityId,
        staged: &StagedBlock,
        fee: Option<Amount>,
    ) -> impl Fn(Progress) + use<> {
        let (session, app) = (Rc::clone(self), Rc::clone(app));
        let height = staged.block.header.height;
        move |progress| {
            if let Some(event) = event_of(progress, height, fee) {
                session.note(id, event);
                app.changed();
            }
        }
    }

    /// What waits for its turn without having been approved by anybody, because it only receives, is left for later. It is
    /// not signed, so nobody else knows it.
    async fn make_way(&self, chain_id: ChainId) -> Result<(), ClientError> {
        let Some(pending) = self.client.pending_proposal(chain_id).await? else { return Ok(()) };
        let name = Some(block_name(&pending.block));
        let items = self.activity.borrow().page(Some(chain_id), None, usize::MAX).items;
        match pending.proposal.is_none() && items.iter().all(|item| item.approved != name) {
            true => self.client.clear_pending(chain_id).await,
            false => Ok(()),
        }
    }

    /// Writes the end of an attempt into the activity and keeps it.
    pub(crate) async fn settle(
        self: &Rc<Self>,
        app: &Rc<App>,
        id: ActivityId,
        chain_id: ChainId,
        outcome: Result<Outcome, ClientError>,
    ) {
        match outcome {
            Ok(Outcome::Committed(_)) => {}
            Ok(Outcome::Conflict(certificate)) => self.note(id, overtaken(&certificate)),
            Ok(Outcome::WaitForTimeout { timestamp, current_round, leader }) => {
                let turn = Turn { round: current_round, leader, until: timestamp, answers: None };
                self.note(id, ActivityEvent::Waiting(turn));
                self.finish_later(app, chain_id, timestamp);
            }
            Err(error) => {
                let reason = errors::plain(error);
                // What was signed is out there, and this wallet goes on as it says.
                if matches!(reason.code, UiErrorCode::NoQuorum | UiErrorCode::ChainConflict) {
                    self.finish_later(app, chain_id, time::now());
                }
                self.note(id, ActivityEvent::Failed { reason, can_retry: true })
            }
        }
        if let Err(error) = self.store_activity().await {
            self.report(app, chain_id, SyncPhase::Failed, Some(error));
        }
        app.changed();
    }

    /// Goes on with the chain's pending block when a turn ends. When validators do not end it yet, it waits longer each time.
    pub(crate) fn finish_later(self: &Rc<Self>, app: &Rc<App>, chain_id: ChainId, at: Timestamp) {
        let now = time::now();
        let tries = {
            let mut turns = self.turns.borrow_mut();
            let turn = turns.entry(chain_id).or_default();
            if std::mem::replace(&mut turn.is_scheduled, true) {
                return;
            }
            turn.tries = if at > now { 0 } else { turn.tries.saturating_add(1) };
            turn.tries
        };
        let pause = match tries {
            0 => 0,
            tries => {
                (TURN_RETRY_MILLIS_MIN << (tries - 1).min(TURN_RETRY_DOUBLINGS_MAX))
                    + time::jitter(TURN_RETRY_MILLIS_MIN)
            }
        };
        let (session, app) = (Rc::clone(self), Rc::clone(app));
        spawn_local(async move {
            let until = at.max(now.saturating_add_micros(pause * 1_000));
            // With all windows closed the browser would end the wait. A long one goes on when the wallet is opened.
            let busy = (until.delta_since(now) <= TURN_AWAKE_MAX).then(|| session.busy(&app));
            time::sleep_until(until).await;
            drop(busy);
            if let Some(turn) = session.turns.borrow_mut().get_mut(&chain_id) {
                turn.is_scheduled = false;
            }
            // While locked nothing can be signed: it goes on when the wallet is opened.
            if app.is_unlocked() {
                session.finish_pending(&app, chain_id).await;
                session.receive_by_itself(&app, chain_id).await;
            }
        });
    }

    /// Finishes the block that a crash, a lock or somebody else's turn left behind: with the same bytes.
    pub(crate) async fn finish_pending(self: &Rc<Self>, app: &Rc<App>, chain_id: ChainId) {
        let pending = match self.client.pending_proposal(chain_id).await {
            Ok(Some(pending)) => pending,
            Ok(None) => return,
            Err(error) => {
                let error = errors::plain(error);
                return self.report(app, chain_id, SyncPhase::Failed, Some(error));
            }
        };
        let _busy = self.busy(app);
        let height = pending.block.height;
        let id = self.item_at(chain_id, height);
        let failed = id.filter(|id| self.activity.borrow().item(*id).is_ok_and(ActivityItem::can_retry));
        if let Some(id) = failed {
            self.note(id, ActivityEvent::Retry);
            app.changed();
        }
        let (session, progress_app) = (Rc::clone(self), Rc::clone(app));
        let on_progress = move |progress| {
            if let (Some(id), Some(event)) = (id, event_of(progress, height, None)) {
                session.note(id, event);
                progress_app.changed();
            }
        };
        let outcome = Box::pin(self.client.retry_pending(chain_id, &on_progress)).await;
        if !matches!(outcome, Ok(Some(Outcome::WaitForTimeout { .. })) | Err(_)) {
            self.turns.borrow_mut().remove(&chain_id);
        }
        match (id, outcome) {
            (None, Ok(Some(Outcome::WaitForTimeout { timestamp, .. }))) => {
                self.finish_later(app, chain_id, timestamp);
            }
            (Some(id), Ok(Some(outcome))) => self.settle(app, id, chain_id, Ok(outcome)).await,
            (Some(id), Err(error)) => self.settle(app, id, chain_id, Err(error)).await,
            (None, Err(error)) => {
                let error = errors::plain(error);
                self.report(app, chain_id, SyncPhase::Failed, Some(error));
            }
            (_, Ok(_)) => {}
        }
        self.record_later(app, chain_id);
    }
}

fn event_of(progress: Progress, height: BlockHeight, fee: Option<Amount>) -> Option<ActivityEvent> {
    match progress {
        Progress::Vote { kind: CertificateKind::Timeout, votes, quorum, total } => {
            Some(ActivityEvent::TimeOut(Answers { received: votes, needed: quorum, total }))
        }
        Progress::Signed { block_hash, .. } => Some(ActivityEvent::Signed { digest: block_hash, height }),
        Progress::Vote { votes, quorum, total, .. } => {
            Some(ActivityEvent::Votes { received: votes, needed: quorum, total })
        }
        Progress::Certified { block_hash } => Some(ActivityEvent::Certified { block_hash, height, fee }),
        Progress::Spread => Some(ActivityEvent::Delivered),
        // The block is certified all the same; it arrives when validators catch up.
        Progress::SpreadFailed(_) => None,
    }
}

async fn before(session: &Session, chain_id: ChainId) -> Result<Before, UiError> {
    let entry = session.chain(chain_id).ok_or_else(unknown_chain)?;
    let balances = session.client.local().balances(chain_id).await.map_err(errors::local)?;
    let signer = entry.owner.and_then(|owner| balances.owners.get(&owner).copied()).unwrap_or_default();
    Ok(Before { chain: balances.chain, signer })
}

async fn balance_of(session: &Session, draft: &SendDraft) -> Result<Amount, UiError> {
    if let Some(token) = &draft.token {
        let balances = session.token_balances(draft.chain_id, token.id, None, &[draft.source]).await;
        return Ok(balances.map_err(applications::plain)?.first().copied().unwrap_or_default());
    }
    let query = ChainInfoQuery::new(draft.chain_id).with_owner_balance(draft.source);
    let info = session.client.local().chain_info(query).await.map_err(errors::local)?;
    Ok(info.requested_owner_balance.unwrap_or_default())
}
