//! Activity: what was done and what became of it.

use std::rc::Rc;

use walnut_base::ChainId;
use walnut_wallet::{
    activity::{ActivityEvent, ActivityId, ActivityItem},
    messages::{UiError, UiErrorCode, UiResponse},
    vault::block_name,
};
use wasm_bindgen_futures::spawn_local;

use crate::{app::App, errors, session::Session, time};

/// Items in one page.
const PAGE_ITEMS_MAX: u32 = 100;

impl Session {
    /// Whether the block that is on its way on the chain is this item's.
    async fn is_pending(&self, item: &ActivityItem) -> Result<bool, UiError> {
        let pending = self.client.pending_proposal(item.chain_id).await.map_err(errors::plain)?;
        Ok(pending.is_some_and(|pending| Some(block_name(&pending.block)) == item.approved))
    }
}

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
        // What is on its way is finished as it is; everything else is reviewed anew, as an item of its own.
        if !item.can_send_again() {
            if session.is_pending(&item).await? {
                let retried =
                    session.activity.borrow_mut().apply(id, ActivityEvent::Retry, time::now()).map(drop);
                retried.map_err(|error| not_retryable(error.to_string()))?;
                session.store_activity().await?;
                let app = Rc::clone(self);
                spawn_local(async move { session.finish_pending(&app, item.chain_id).await });
                return Ok(UiResponse::Approved { activity_id: id });
            }
            if !item.can_retry() {
                return Err(not_retryable(item.status.word().to_owned()));
            }
        }
        if item.operations.is_empty() {
            return Err(not_retryable("what was approved is not kept".to_owned()));
        }
        Box::pin(self.prepare_bytes(item.chain_id, &item.operations, Some(id))).await
    }

    /// Gives a block up that is not certified, where that is safe.
    pub(super) async fn abandon(self: &Rc<Self>, id: ActivityId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let item = self.item(id)?;
        // What is on its way may be another item's.
        if session.is_pending(&item).await? {
            session.client.clear_pending(item.chain_id).await.map_err(errors::plain)?;
        }
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
