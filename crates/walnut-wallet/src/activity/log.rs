//! The list of activity items, as it is stored.

use serde::{Deserialize, Serialize};
use walnut_base::{ChainId, Timestamp};

use super::{ActivityError, ActivityEvent, ActivityId, ActivityItem, ActivityKind, ActivityStatus};
use crate::messages::{UiError, UiErrorCode};

/// Version of the stored form.
pub const ACTIVITY_LOG_VERSION: u32 = 1;

/// Items kept. Beyond it the oldest finished ones go; unfinished ones never do.
pub const ACTIVITY_ITEMS_MAX: usize = 2_000;

/// All items, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityLog {
    version: u32,
    next_id: u64,
    items: Vec<ActivityItem>,
}

/// A page of items, latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityPage {
    /// The items.
    pub items: Vec<ActivityItem>,
    /// Whether there are older ones.
    pub has_more: bool,
}

impl Default for ActivityLog {
    fn default() -> Self {
        Self { version: ACTIVITY_LOG_VERSION, next_id: 1, items: Vec::new() }
    }
}

impl ActivityLog {
    /// Refuses a log of a newer version; call it after deserialising.
    pub fn check_version(self) -> Result<Self, ActivityError> {
        if self.version > ACTIVITY_LOG_VERSION {
            return Err(ActivityError::NewerVersion(self.version));
        }
        Ok(self)
    }

    /// Adds an item, queued, and gives it for its optional fields to be set.
    pub fn add(&mut self, kind: ActivityKind, chain_id: ChainId, now: Timestamp) -> &mut ActivityItem {
        self.make_room();
        let id = ActivityId(self.next_id);
        self.next_id += 1;
        self.items.push(ActivityItem::new(id, kind, chain_id, now));
        self.items.last_mut().expect("an item was just pushed")
    }

    /// One item.
    pub fn item(&self, id: ActivityId) -> Result<&ActivityItem, ActivityError> {
        self.position(id).map(|index| &self.items[index])
    }

    /// Applies an event to an item and returns it as it is now.
    pub fn apply(
        &mut self,
        id: ActivityId,
        event: ActivityEvent,
        now: Timestamp,
    ) -> Result<&ActivityItem, ActivityError> {
        let index = self.position(id)?;
        self.items[index].apply(event, now)?;
        Ok(&self.items[index])
    }

    /// An overtaken item is done anew by another one.
    pub fn done_again(&mut self, id: ActivityId, again: ActivityId) {
        if let Ok(index) = self.position(id) {
            self.items[index].again = Some(again);
            self.items[index].operations = Vec::new();
        }
    }

    /// Latest items first, optionally of one chain, older than `before`.
    pub fn page(&self, chain_id: Option<ChainId>, before: Option<ActivityId>, limit: usize) -> ActivityPage {
        let mut fitting = self.items.iter().rev().filter(|item| {
            chain_id.is_none_or(|chain_id| item.chain_id == chain_id)
                && before.is_none_or(|before| item.id < before)
        });
        let items = fitting.by_ref().take(limit).cloned().collect();
        ActivityPage { items, has_more: fitting.next().is_some() }
    }

    /// Items with work left, oldest first.
    pub fn unfinished(&self) -> impl Iterator<Item = &ActivityItem> {
        self.items.iter().filter(|item| item.is_unfinished())
    }

    /// To be called once after loading. What was queued and never signed has left no trace outside and can safely be
    /// offered again; what was signed stays signed, for the client to send again.
    pub fn after_restart(&mut self, now: Timestamp) {
        for item in &mut self.items {
            if item.status == ActivityStatus::Queued && !item.was_signed() {
                let reason = UiError::new(
                    UiErrorCode::NodeNotRunning,
                    "The browser closed before this was signed. Nothing was sent; you can try it again.",
                );
                item.apply(ActivityEvent::Failed { reason, can_retry: true }, now)
                    .expect("a queued item can fail");
            }
        }
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    fn position(&self, id: ActivityId) -> Result<usize, ActivityError> {
        self.items.binary_search_by_key(&id, |item| item.id).map_err(|_| ActivityError::UnknownItem(id))
    }

    fn make_room(&mut self) {
        if self.items.len() >= ACTIVITY_ITEMS_MAX
            && let Some(oldest) = self.items.iter().position(|item| !item.is_unfinished())
        {
            self.items.remove(oldest);
        }
    }
}
