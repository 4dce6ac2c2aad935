//! Submitting a proposal: whatever the validator lacks to vote is sent, each thing once.

use std::collections::BTreeMap;

use walnut_base::{BlobId, BlockHeight, BlockProposal, ChainId, ChainInfo, EventId, NodeError, Timestamp};

use super::{Delivery, Updater};
use crate::{error::ClientError, host::Host, limits::CLOCK_WAITS_MAX};

impl<H: Host> Updater<'_, H> {
    /// Submits a proposal until the validator has voted or nothing that can be sent helps. `required` are the blobs that
    /// the block needs but does not create.
    pub(crate) async fn send_proposal(
        &mut self,
        proposal: &BlockProposal,
        mut required: Vec<BlobId>,
    ) -> Result<Box<ChainInfo>, ClientError> {
        let block = &proposal.content.block;
        let chain_id = block.chain_id;
        let mut sent_origins = BTreeMap::<ChainId, BlockHeight>::new();
        let mut sent_publishers = std::collections::BTreeSet::new();
        let mut has_caught_up = false;
        let mut has_sent_bundles = false;
        let mut waits = 0;
        loop {
            let sent_at = self.client.host.now();
            let error = match self.remote.propose(proposal.clone()).await {
                Ok(info) => return Ok(info),
                Err(error) => error,
            };
            match &error {
                NodeError::WorkerError { error: text }
                    if waits < CLOCK_WAITS_MAX && clock_marker(text).is_some() =>
                {
                    waits += 1;
                    let (block_time, validator_time) = clock_marker(text).unwrap_or_default();
                    let skew = sent_at.delta_since(validator_time);
                    self.client.host.sleep_until(block_time.saturating_add(skew)).await;
                }
                NodeError::WrongRound(_) | NodeError::UnexpectedBlockHeight { .. } if !has_caught_up => {
                    has_caught_up = true;
                    if is_ahead(&error, proposal) {
                        return Err(error.into());
                    }
                    self.send_chain(chain_id, block.height, Delivery::NonBlocking, None).await?;
                }
                NodeError::MissingCrossChainUpdates { chain_id: id, bundles }
                    if *id == chain_id && !has_sent_bundles =>
                {
                    has_sent_bundles = true;
                    let mut targets = BTreeMap::<ChainId, BlockHeight>::new();
                    for (origin, height) in bundles {
                        let target = targets.entry(*origin).or_default();
                        *target = (*target).max(BlockHeight(height.0.saturating_add(1)));
                    }
                    for (origin, target) in targets {
                        self.send_chain(origin, target, Delivery::Blocking, None).await?;
                    }
                }
                NodeError::MissingCrossChainUpdate { chain_id: id, origin, height }
                    if *id == chain_id && sent_origins.get(origin).is_none_or(|sent| sent < height) =>
                {
                    sent_origins.insert(*origin, *height);
                    let target = BlockHeight(height.0.saturating_add(1));
                    self.send_chain(*origin, target, Delivery::Blocking, None).await?;
                }
                NodeError::EventsNotFound(event_ids) => {
                    let publishers = event_ids.iter().map(|id: &EventId| id.chain_id);
                    let news = publishers.filter(|id| sent_publishers.insert(*id)).collect::<Vec<_>>();
                    if news.is_empty() {
                        return Err(error.into());
                    }
                    for publisher in news {
                        let height = self.client.local.next_height_to_preprocess(publisher).await?;
                        self.send_chain(publisher, height, Delivery::NonBlocking, None).await?;
                    }
                }
                NodeError::BlobsNotFound(_) | NodeError::InactiveChain(_) if !required.is_empty() => {
                    self.send_proposal_blobs(proposal, std::mem::take(&mut required)).await?;
                }
                _ => return Err(error.into()),
            }
        }
    }

    /// Published blobs go beside the proposal; for the others, the blocks that they come from are sent.
    async fn send_proposal_blobs(
        &mut self,
        proposal: &BlockProposal,
        required: Vec<BlobId>,
    ) -> Result<(), ClientError> {
        let chain_id = proposal.content.block.chain_id;
        let published = proposal.content.block.published_blob_ids();
        for blob_id in &published {
            if let Some(blob) = self.client.local.pending_blob(chain_id, *blob_id).await? {
                self.remote.send_pending_blob(chain_id, &blob).await?;
            }
        }
        let others = required.into_iter().filter(|blob_id| !published.contains(blob_id)).collect::<Vec<_>>();
        let missing = match others.is_empty() {
            true => Vec::new(),
            false => self.remote.missing_blob_ids(others).await?,
        };
        self.send_blocks_of_blobs(&missing).await
    }

    /// After a refusal that says where the validator is: sends it what it lacks. A validator that is ahead is an error:
    /// we must learn from it first.
    pub(super) async fn catch_up(
        &mut self,
        chain_id: ChainId,
        height: BlockHeight,
        error: &NodeError,
    ) -> Result<(), ClientError> {
        match error {
            NodeError::UnexpectedBlockHeight { expected_block_height, .. }
                if *expected_block_height > height =>
            {
                Err(error.clone().into())
            }
            NodeError::UnexpectedBlockHeight { .. }
            | NodeError::InactiveChain(_)
            | NodeError::WrongRound(_) => {
                self.send_chain(chain_id, height, Delivery::NonBlocking, None).await
            }
            _ => Err(error.clone().into()),
        }
    }
}

/// Whether the refusal says that the validator knows more than we do.
fn is_ahead(error: &NodeError, proposal: &BlockProposal) -> bool {
    match error {
        NodeError::WrongRound(round) => *round > proposal.content.round,
        NodeError::UnexpectedBlockHeight { expected_block_height, found_block_height } => {
            expected_block_height > found_block_height
        }
        _ => false,
    }
}

/// Block time and validator time in a refusal for a timestamp in the future: `[us:<block>:<local>]`.
fn clock_marker(text: &str) -> Option<(Timestamp, Timestamp)> {
    let (_, rest) = text.split_once("[us:")?;
    let (marker, _) = rest.split_once(']')?;
    let (block_time, validator_time) = marker.split_once(':')?;
    Some((
        Timestamp::from(block_time.parse::<u64>().ok()?),
        Timestamp::from(validator_time.parse::<u64>().ok()?),
    ))
}

#[cfg(test)]
mod tests {
    //! The one text that is read by machines.

    use super::*;

    #[test]
    fn the_clock_marker_is_found() {
        let text = "Block timestamp (x) is further in the future [us:1700:42] than that";
        assert_eq!(clock_marker(text), Some((Timestamp::from(1700), Timestamp::from(42))));
        for text in ["", "[us:", "[us:1]", "[us:a:b]", "[us:1:2", "us:1:2]"] {
            assert_eq!(clock_marker(text), None, "{text}");
        }
    }
}
