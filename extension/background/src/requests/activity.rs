//! Activity: what was done and what became of it.

use std::rc::Rc;

use walnut_base::ChainId;
use walnut_wallet::{
    activity::{ActivityEvent, ActivityId, ActivityItem, ActivityKind},
    messages::{SendDraft, UiError, UiErrorCode, UiResponse},
};
use wasm_bindgen_futures::spawn_local;

use crate::{app::App, errors, time};

/// Items in one page.
const PAGE_ITEMS_MAX: u32 = 100;

impl App {
    pub(super) fn activity_page(
        &self,
        chain_id: Option<ChainId>,
        before: Option<ActivityId>,
        limit: u32,
    ) -> Result<UiResponse, UiError> {
        let Some(session) = self.session() else {
            return Ok(UiResponse::Activity { items: Vec::new(), has_more: false });
        };
        let limit = usize::try_from(limit.min(PAGE_ITEMS_MAX)).unwrap_or_default();
        let page = session.activity.borrow().page(chain_id, before, limit);
        Ok(UiResponse::Activity { items: page.items, has_more: page.has_more })
    }

    pub(super) fn activity_item(&self, id: ActivityId) -> Result<UiResponse, UiError> {
        Ok(UiResponse::ActivityItem(self.item(id)?))
    }

    fn item(&self, id: ActivityId) -> Result<ActivityItem, UiError> {
        let unknown = || UiError::new(UiErrorCode::UnknownItem, "This is not in the activity any more.");
        let session = self.session().ok_or_else(unknown)?;
        let item = session.activity.borrow().item(id).cloned();
        item.map_err(|_| unknown())
    }

    /// Tries again: a block that was signed is finished with the same bytes; one that was not is staged anew.
    pub(super) async fn retry(self: &Rc<Self>, id: ActivityId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let item = self.item(id)?;
        if !self.is_unlocked() {
            return Err(UiError::locked());
        }
        let not_retryable = |details: String| {
            UiError::new(UiErrorCode::NotRetryable, "This cannot be tried again.").with_details(details)
        };
        let pending = session.client.pending_proposal(item.chain_id).await.map_err(errors::plain)?;
        let is_pending = pending.is_some_and(|pending| Some(pending.block.height) == item.height);
        let app = Rc::clone(self);
        if is_pending {
            let retried =
                session.activity.borrow_mut().apply(id, ActivityEvent::Retry, time::now()).map(drop);
            retried.map_err(|error| not_retryable(error.to_string()))?;
            session.store_activity().await?;
            spawn_local(async move { session.finish_pending(&app, item.chain_id).await });
            return Ok(UiResponse::Approved { activity_id: id });
        }
        // Nothing is on its way: what was asked for is reviewed anew, as an item of its own.
        if !item.can_retry() {
            return Err(not_retryable(item.status.word().to_owned()));
        }
        let ActivityKind::Sent { recipient_chain, recipient_owner, amount, token } = item.kind else {
            return Err(not_retryable("only sending can be done anew".into()));
        };
        let chain_id = item.chain_id;
        // Tokens of applications belong to owners, never to the chain.
        let source = match (&token, item.account) {
            (Some(_), Some(account)) => self.owner_of(account)?,
            _ => walnut_base::AccountOwner::CHAIN,
        };
        let draft = SendDraft { chain_id, source, recipient_chain, recipient_owner, amount, token };
        Box::pin(self.prepare_send(draft)).await
    }

    /// Gives a block up that is not certified, where that is safe.
    pub(super) async fn abandon(self: &Rc<Self>, id: ActivityId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let item = self.item(id)?;
        session.client.clear_pending(item.chain_id).await.map_err(errors::plain)?;
        let reason = UiError::new(
            UiErrorCode::UserRejected,
            "You gave this up before it was certified. Should validators certify it all the same, it will show here.",
        );
        session.note(id, ActivityEvent::Failed { reason, can_retry: false });
        session.store_activity().await?;
        self.changed();
        Ok(UiResponse::Done)
    }
}
