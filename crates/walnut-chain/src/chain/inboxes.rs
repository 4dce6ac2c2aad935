//! Consuming and receiving message bundles.

use std::collections::BTreeMap;

use walnut_base::{
    BlockHeight, ChainAndHeight, ChainId, IncomingBundle, MessageAction, MessageBundle, Timestamp,
};
use walnut_views::Store;

use super::ChainState;
use crate::{
    error::ChainError,
    inbox::{Inbox, InboxError},
    journal::{Journal, Key, Record},
};

impl ChainState {
    /// Consumes the bundles of a block. With `must_be_present`, bundles that were not received yet are an error that
    /// names all of them; otherwise they are noted as anticipated.
    pub(crate) async fn remove_bundles_from_inboxes<S: Store>(
        &mut self,
        store: &S,
        timestamp: Timestamp,
        must_be_present: bool,
        bundles: Vec<&IncomingBundle>,
    ) -> Result<(), ChainError> {
        let emptied =
            remove_bundles(self.chain_id, &mut self.journal, store, timestamp, must_be_present, bundles)
                .await?;
        for origin in emptied {
            self.nonempty_inboxes.remove(&mut self.journal, store, &origin).await?;
        }
        Ok(())
    }

    /// Whether the bundles of a proposed block could be consumed now. Changes nothing.
    pub(crate) async fn check_bundles<S: Store>(
        &mut self,
        store: &S,
        timestamp: Timestamp,
        bundles: Vec<&IncomingBundle>,
    ) -> Result<(), ChainError> {
        debug_assert!(!self.journal.is_dirty(), "a check would drop pending changes");
        let result = remove_bundles(self.chain_id, &mut self.journal, store, timestamp, true, bundles).await;
        self.journal.rollback();
        result.map(|_| ())
    }

    /// Puts a delivered bundle into the inbox of its origin, and the height into the received log when it is the first
    /// of its height.
    pub(crate) async fn receive_bundle<S: Store>(
        &mut self,
        store: &S,
        origin: ChainId,
        bundle: &MessageBundle,
        add_to_received_log: bool,
    ) -> Result<(), ChainError> {
        let added = Inbox::load(&mut self.journal, store, origin).await?.add_bundle(store, bundle).await?;
        let newly_added = added.map_err(|error| {
            ChainError::CorruptedChainState(format!(
                "while processing messages in certified block: {error:?}"
            ))
        })?;
        if newly_added {
            self.nonempty_inboxes.insert(&mut self.journal, store, origin).await?;
        }
        if add_to_received_log {
            let entry = ChainAndHeight { chain_id: origin, height: bundle.height };
            self.journal.put(Key::of(Record::Received).number(self.head.received_log_len), &entry)?;
            self.head.received_log_len += 1;
        }
        Ok(())
    }

    /// What waits to be consumed, by origin and in order; to be rejected if the chain is closed.
    pub(crate) async fn pending_bundles<S: Store>(
        &mut self,
        store: &S,
    ) -> Result<Vec<IncomingBundle>, ChainError> {
        let action = if self.is_closed() { MessageAction::Reject } else { MessageAction::Accept };
        let origins: Vec<ChainId> =
            self.nonempty_inboxes.members(&self.journal, store).await?.iter().copied().collect();
        let mut pending = Vec::new();
        for origin in origins {
            let bundles = Inbox::load(&mut self.journal, store, origin).await?.added_bundles(store).await?;
            pending.extend(bundles.into_iter().map(|bundle| IncomingBundle { origin, bundle, action }));
        }
        Ok(pending)
    }

    /// Entries of the received log from `start`, at most `limit`.
    pub(crate) async fn received_log<S: Store>(
        &mut self,
        store: &S,
        start: u64,
        limit: u64,
    ) -> Result<Vec<ChainAndHeight>, ChainError> {
        let end = self.head.received_log_len.min(start.saturating_add(limit));
        let mut entries = Vec::new();
        for index in start..end {
            let entry = self.journal.read(store, &Key::of(Record::Received).number(index)).await?;
            entries.push(entry.ok_or_else(|| {
                ChainError::CorruptedChainState(format!("entry {index} of the received log is not stored"))
            })?);
        }
        Ok(entries)
    }
}

/// Answers the origins whose inbox has nothing left to consume.
async fn remove_bundles<S: Store>(
    chain_id: ChainId,
    journal: &mut Journal,
    store: &S,
    block_timestamp: Timestamp,
    must_be_present: bool,
    bundles: Vec<&IncomingBundle>,
) -> Result<Vec<ChainId>, ChainError> {
    let mut by_origin: BTreeMap<ChainId, Vec<&MessageBundle>> = BTreeMap::new();
    for IncomingBundle { origin, bundle, .. } in bundles {
        if bundle.timestamp > block_timestamp {
            return Err(ChainError::IncorrectBundleTimestamp {
                chain_id,
                bundle_timestamp: bundle.timestamp,
                block_timestamp,
            });
        }
        by_origin.entry(*origin).or_default().push(bundle);
    }
    let mut missing: Vec<(ChainId, BlockHeight)> = Vec::new();
    let mut emptied = Vec::new();
    for (origin, bundles) in by_origin {
        let mut inbox = Inbox::load(journal, store, origin).await?;
        for bundle in bundles {
            let received = inbox.remove_bundle(store, bundle).await?;
            let received = received.map_err(|error| refused(chain_id, origin, bundle, error))?;
            if !received && must_be_present {
                missing.push((origin, bundle.height));
            }
        }
        if inbox.has_no_added() {
            emptied.push(origin);
        }
    }
    if missing.is_empty() {
        Ok(emptied)
    } else {
        Err(ChainError::MissingCrossChainUpdates { chain_id, bundles: missing })
    }
}

fn refused(chain_id: ChainId, origin: ChainId, bundle: &MessageBundle, error: InboxError) -> ChainError {
    let bundle = Box::new(bundle.clone());
    match error {
        InboxError::IncorrectMessageOrder { next } | InboxError::IncorrectOrder { next } => {
            ChainError::IncorrectMessageOrder {
                chain_id,
                origin,
                bundle,
                next_height: next.height,
                next_index: next.index,
            }
        }
        InboxError::CannotSkipMessage(bundle) => ChainError::CannotSkipMessage { chain_id, origin, bundle },
        InboxError::UnexpectedMessage(previous_bundle) | InboxError::UnexpectedBundle(previous_bundle) => {
            ChainError::UnexpectedMessage { chain_id, origin, bundle, previous_bundle }
        }
        InboxError::Overflow => walnut_base::ArithmeticError::Overflow.into(),
    }
}
