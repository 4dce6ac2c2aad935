//! Requests of sites that wait for the person.
//!
//! ```text
//! waiting ──approve──► working ──finish──► answered ──delivered──► gone
//!    └──── deny, close, expire, withdraw ────►┘
//! ```
//!
//! Safety rules:
//! * One is shown at a time: the oldest. Only the one shown can be approved.
//! * Closing the window is "no". Silence for [`WAITING_MAX`] is "no".
//! * Every request gets exactly one answer, also across restarts: the queue is stored after every call, and an answer
//!   stays in it until its delivery is reported.
//! * The queue is bounded, per origin and as a whole.

use serde::{Deserialize, Serialize};
use walnut_base::{TimeDelta, Timestamp};

use crate::messages::{
    PendingSiteRequest, Review, SiteAnswer, SiteRequestBody, SiteRequestId, UiError, UiErrorCode,
};

/// Version of the stored form.
pub const APPROVALS_VERSION: u32 = 1;

/// Requests waiting in all.
pub const WAITING_REQUESTS_MAX: usize = 50;

/// Requests waiting per origin: one connect and a few blocks.
pub const WAITING_PER_ORIGIN_MAX: usize = 5;

/// A request nobody answers is refused after a day.
pub const WAITING_MAX: TimeDelta = TimeDelta::from_secs(24 * 60 * 60);

/// Answers kept for pages that do not come back; the oldest go first.
pub const UNDELIVERED_MAX: usize = 100;

/// The answer to a site's request.
pub type SiteResult = Result<SiteAnswer, UiError>;

/// All requests of sites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalQueue {
    version: u32,
    next_id: u64,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    request: PendingSiteRequest,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Waiting,
    Working,
    Answered(SiteResult),
}

/// An answer on its way to a page.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteReply {
    /// The request.
    pub id: SiteRequestId,
    /// Whose it is.
    pub origin: String,
    /// The answer.
    pub result: SiteResult,
}

/// Why a call does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// Too many requests wait.
    #[error("too many requests wait: at most {max}")]
    QueueFull {
        /// The limit.
        max: usize,
    },
    /// This origin has too many requests waiting.
    #[error("too many requests of this site wait: at most {max}")]
    TooManyForOrigin {
        /// The limit.
        max: usize,
    },
    /// No such request, or it has been answered.
    #[error("no waiting request {0:?}")]
    UnknownRequest(SiteRequestId),
    /// Another request is shown; only that one can be approved.
    #[error("request {shown:?} is shown, not {given:?}")]
    NotShown {
        /// The one shown.
        shown: SiteRequestId,
        /// The one given.
        given: SiteRequestId,
    },
    /// The request is not being worked on.
    #[error("request {0:?} was not approved")]
    NotApproved(SiteRequestId),
    /// The stored queue was written by a newer version.
    #[error("approval queue of version {0}")]
    NewerVersion(u32),
}

impl From<ApprovalError> for UiError {
    fn from(error: ApprovalError) -> Self {
        let details = error.to_string();
        match error {
            ApprovalError::QueueFull { .. } | ApprovalError::TooManyForOrigin { .. } => Self::new(
                UiErrorCode::QueueFull,
                "Too many requests are waiting in the wallet already. Answer those first.",
            ),
            _ => Self::new(
                UiErrorCode::UnknownSite,
                "This request was answered already or is not the one shown.",
            ),
        }
        .with_details(details)
    }
}

impl Default for ApprovalQueue {
    fn default() -> Self {
        Self { version: APPROVALS_VERSION, next_id: 1, entries: Vec::new() }
    }
}

impl ApprovalQueue {
    /// Refuses a queue of a newer version; call it after deserialising.
    pub fn check_version(self) -> Result<Self, ApprovalError> {
        if self.version > APPROVALS_VERSION {
            return Err(ApprovalError::NewerVersion(self.version));
        }
        Ok(self)
    }

    /// A site asks.
    pub fn push(
        &mut self,
        origin: &str,
        body: SiteRequestBody,
        now: Timestamp,
    ) -> Result<SiteRequestId, ApprovalError> {
        if self.waiting().count() >= WAITING_REQUESTS_MAX {
            return Err(ApprovalError::QueueFull { max: WAITING_REQUESTS_MAX });
        }
        if self.waiting().filter(|request| request.origin == origin).count() >= WAITING_PER_ORIGIN_MAX {
            return Err(ApprovalError::TooManyForOrigin { max: WAITING_PER_ORIGIN_MAX });
        }
        let id = SiteRequestId(self.next_id);
        self.next_id += 1;
        let request = PendingSiteRequest { id, origin: origin.to_owned(), asked_at: now, body };
        self.entries.push(Entry { request, state: State::Waiting });
        Ok(id)
    }

    /// Requests that wait, oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = &PendingSiteRequest> {
        self.entries.iter().filter(|entry| entry.state == State::Waiting).map(|entry| &entry.request)
    }

    /// Requests that were approved and are being carried out; after a restart they still are.
    pub fn working(&self) -> impl Iterator<Item = &PendingSiteRequest> {
        self.entries.iter().filter(|entry| entry.state == State::Working).map(|entry| &entry.request)
    }

    /// The one to show.
    pub fn shown(&self) -> Option<&PendingSiteRequest> {
        self.waiting().next()
    }

    /// Puts the staged block into a sign request, or takes a stale one out.
    pub fn set_review(&mut self, id: SiteRequestId, staged: Option<Review>) -> Result<(), ApprovalError> {
        let entry = self.waiting_mut(id)?;
        match &mut entry.request.body {
            SiteRequestBody::Sign { review, .. } => {
                *review = staged.map(Box::new);
                Ok(())
            }
            SiteRequestBody::Connect(_) => Err(ApprovalError::UnknownRequest(id)),
        }
    }

    /// The person says yes to the one shown. The caller carries it out and reports by [`Self::finish`].
    pub fn approve(&mut self, id: SiteRequestId) -> Result<PendingSiteRequest, ApprovalError> {
        let shown = self.shown().map(|request| request.id).ok_or(ApprovalError::UnknownRequest(id))?;
        if shown != id {
            // Tell an unknown one from one that is merely not on top.
            self.waiting_mut(id)?;
            return Err(ApprovalError::NotShown { shown, given: id });
        }
        let entry = self.waiting_mut(id)?;
        entry.state = State::Working;
        Ok(entry.request.clone())
    }

    /// What was approved is done, or has failed.
    pub fn finish(&mut self, id: SiteRequestId, result: SiteResult) -> Result<(), ApprovalError> {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.request.id == id && entry.state == State::Working)
            .ok_or(ApprovalError::NotApproved(id))?;
        entry.state = State::Answered(result);
        self.forget_oldest_answers();
        Ok(())
    }

    /// The person says no.
    pub fn deny(&mut self, id: SiteRequestId) -> Result<(), ApprovalError> {
        self.waiting_mut(id)?.refuse(UiError::new(UiErrorCode::UserRejected, "The request was refused."));
        self.forget_oldest_answers();
        Ok(())
    }

    /// The window of a request closed without an answer: no. Harmless when it was answered before.
    pub fn window_closed(&mut self, id: SiteRequestId) {
        if let Ok(entry) = self.waiting_mut(id) {
            entry.refuse(UiError::new(UiErrorCode::UserRejected, "The window was closed without an answer."));
        }
        self.forget_oldest_answers();
    }

    /// Refuses what has waited too long.
    pub fn expire(&mut self, now: Timestamp) {
        for entry in &mut self.entries {
            if entry.state == State::Waiting && now.delta_since(entry.request.asked_at) >= WAITING_MAX {
                entry.refuse(UiError::new(UiErrorCode::Timeout, "Nobody answered the request for a day."));
            }
        }
        self.forget_oldest_answers();
    }

    /// A site lost its permissions, or was ignored: everything of it that waits is refused.
    pub fn refuse_origin(&mut self, origin: &str) {
        for entry in &mut self.entries {
            if entry.state == State::Waiting && entry.request.origin == origin {
                entry.refuse(UiError::new(UiErrorCode::SiteNotPermitted, "The wallet refuses this site."));
            }
        }
        self.forget_oldest_answers();
    }

    /// Answers that have not been delivered, oldest request first.
    pub fn replies(&self) -> impl Iterator<Item = SiteReply> + '_ {
        self.entries.iter().filter_map(|entry| match &entry.state {
            State::Answered(result) => Some(SiteReply {
                id: entry.request.id,
                origin: entry.request.origin.clone(),
                result: result.clone(),
            }),
            _ => None,
        })
    }

    /// An answer has reached its page, or the page is gone. True when there was one.
    pub fn delivered(&mut self, id: SiteRequestId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.request.id != id || !matches!(entry.state, State::Answered(_)));
        self.entries.len() < before
    }

    fn waiting_mut(&mut self, id: SiteRequestId) -> Result<&mut Entry, ApprovalError> {
        self.entries
            .iter_mut()
            .find(|entry| entry.request.id == id && entry.state == State::Waiting)
            .ok_or(ApprovalError::UnknownRequest(id))
    }

    fn forget_oldest_answers(&mut self) {
        let is_answered = |entry: &Entry| matches!(entry.state, State::Answered(_));
        let mut surplus =
            self.entries.iter().filter(|entry| is_answered(entry)).count().saturating_sub(UNDELIVERED_MAX);
        self.entries.retain(|entry| {
            let goes = surplus > 0 && is_answered(entry);
            surplus -= usize::from(goes);
            !goes
        });
    }
}

impl Entry {
    fn refuse(&mut self, error: UiError) {
        self.state = State::Answered(Err(error));
    }
}

#[cfg(test)]
mod tests;
