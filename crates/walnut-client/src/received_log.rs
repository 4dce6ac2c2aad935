//! The validators' logs of what a chain received, merged, and how far each of them has been worked off
//! (`linera-core/src/client/received_log.rs`, `validator_trackers.rs`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use walnut_base::{BlockHeight, ChainAndHeight, ChainId, ValidatorPublicKey};

/// Which blocks sent something to a chain, and which validators say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReceivedLog {
    senders: BTreeMap<ChainId, BTreeMap<BlockHeight, BTreeSet<ValidatorPublicKey>>>,
}

impl ReceivedLog {
    /// Merges the logs of several validators.
    pub(crate) fn merge<'a>(
        logs: impl IntoIterator<Item = (&'a ValidatorPublicKey, &'a [ChainAndHeight])>,
    ) -> Self {
        let mut merged = Self::default();
        for (validator, entries) in logs {
            for entry in entries {
                let heights = merged.senders.entry(entry.chain_id).or_default();
                heights.entry(entry.height).or_default().insert(*validator);
            }
        }
        merged
    }

    /// Sender chains with the heights to fetch.
    pub(crate) fn senders(
        &self,
    ) -> impl Iterator<Item = (ChainId, &BTreeMap<BlockHeight, BTreeSet<ValidatorPublicKey>>)> {
        self.senders.iter().map(|(chain_id, heights)| (*chain_id, heights))
    }
}

/// How far the log of each validator has been worked off. A tracker only ever grows, and only over a prefix of the log
/// that is completely done: what it has passed is never asked for again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trackers {
    logs: BTreeMap<ValidatorPublicKey, (u64, VecDeque<ChainAndHeight>)>,
    done: BTreeMap<ChainId, BlockHeight>,
}

impl Trackers {
    /// Starts with the persisted trackers and the entries read beyond them.
    pub(crate) fn new(
        logs: impl IntoIterator<Item = (ValidatorPublicKey, u64, Vec<ChainAndHeight>)>,
    ) -> Self {
        let logs = logs.into_iter().map(|(key, tracker, entries)| (key, (tracker, entries.into()))).collect();
        Self { logs, done: BTreeMap::new() }
    }

    /// Marks everything of the sender up to the height as done and advances the trackers.
    pub(crate) fn mark_done(&mut self, sender: ChainId, height: BlockHeight) {
        let done = self.done.entry(sender).or_insert(height);
        *done = (*done).max(height);
        for (tracker, entries) in self.logs.values_mut() {
            while entries
                .front()
                .is_some_and(|entry| self.done.get(&entry.chain_id).is_some_and(|done| entry.height <= *done))
            {
                entries.pop_front();
                *tracker += 1;
            }
        }
    }

    /// The trackers as they stand.
    pub(crate) fn values(&self) -> BTreeMap<ValidatorPublicKey, u64> {
        self.logs.iter().map(|(key, (tracker, _))| (*key, *tracker)).collect()
    }
}
