//! Which incoming bundles go into a block (`linera-chain/src/data_types/mod.rs`, `apply_policy`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use walnut_base::{ChainId, GenericApplicationId, IncomingBundle, Message, MessageAction};

/// What happens to bundles that nothing else decides about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlanketPolicy {
    /// Take them.
    #[default]
    Accept,
    /// Refuse those that can be refused; skippable ones stay in the inbox.
    Reject,
    /// Leave all of them in the inbox.
    Ignore,
}

/// The owner's rules about incoming messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagePolicy {
    /// For everything not decided below.
    pub blanket: BlanketPolicy,
    /// Take bundles from these chains only.
    pub restrict_chain_ids_to: Option<BTreeSet<ChainId>>,
    /// Leave bundles of these chains in the inbox.
    pub ignore_chain_ids: BTreeSet<ChainId>,
    /// Leave bundles without a message of these applications in the inbox.
    pub reject_message_bundles_without_application_ids: Option<BTreeSet<GenericApplicationId>>,
    /// Leave bundles with a message of any other application in the inbox.
    pub reject_message_bundles_with_other_application_ids: Option<BTreeSet<GenericApplicationId>>,
    /// Bundles with messages of these applications only are never refused.
    pub never_reject_application_ids: BTreeSet<GenericApplicationId>,
    /// Bundles of these chains come first.
    pub priority_chain_ids: BTreeSet<ChainId>,
}

impl MessagePolicy {
    /// The bundle as it goes into the block, or none when it stays in the inbox. The first matching rule decides.
    pub fn apply(&self, mut incoming: IncomingBundle) -> Option<IncomingBundle> {
        if self.blanket == BlanketPolicy::Ignore {
            return None;
        }
        if self.restrict_chain_ids_to.as_ref().is_some_and(|allowed| !allowed.contains(&incoming.origin)) {
            return None;
        }
        if self.ignore_chain_ids.contains(&incoming.origin) {
            return None;
        }
        if self.never_rejects(&incoming) {
            return Some(incoming);
        }
        let applications = || incoming.bundle.messages.iter().map(|posted| application_of(&posted.message));
        if let Some(wanted) = &self.reject_message_bundles_without_application_ids
            && !applications().any(|id| wanted.contains(&id))
        {
            return None;
        }
        if let Some(allowed) = &self.reject_message_bundles_with_other_application_ids
            && !applications().all(|id| allowed.contains(&id))
        {
            return None;
        }
        if self.blanket == BlanketPolicy::Reject {
            if incoming.bundle.is_skippable() {
                return None;
            }
            if !incoming.bundle.is_protected() {
                incoming.action = MessageAction::Reject;
            }
        }
        Some(incoming)
    }

    fn never_rejects(&self, incoming: &IncomingBundle) -> bool {
        let never = &self.never_reject_application_ids;
        !never.is_empty()
            && incoming.bundle.messages.iter().all(|posted| never.contains(&application_of(&posted.message)))
    }

    /// Applies the rules to all pending bundles, in the order in which they go into a block: chains with priority first,
    /// then by time. Bundles of one chain keep their order: they cannot be consumed otherwise.
    pub fn select(
        &self,
        pending: Vec<IncomingBundle>,
        skipped: &BTreeSet<ChainId>,
        bundles_max: usize,
    ) -> Vec<IncomingBundle> {
        let mut selected = pending
            .into_iter()
            .filter(|incoming| !skipped.contains(&incoming.origin))
            .filter_map(|incoming| self.apply(incoming))
            .collect::<Vec<_>>();
        selected.sort_by_key(|incoming| {
            (!self.priority_chain_ids.contains(&incoming.origin), incoming.bundle.timestamp)
        });
        selected.truncate(bundles_max);
        selected
    }
}

fn application_of(message: &Message) -> GenericApplicationId {
    match message {
        Message::System(_) => GenericApplicationId::System,
        Message::User { application_id, .. } => GenericApplicationId::User(*application_id),
    }
}
