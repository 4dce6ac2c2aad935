//! Events of other chains: epochs of the admin chain, and streams that a chain subscribes to.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{BlockHeight, ChainId, CryptoHash, EventId, NodeError, StreamId};

use super::to_node_error;
use crate::{
    client::Client,
    error::ClientError,
    host::Host,
    limits::{BACKWARD_WALK_BLOCKS_MAX, EVENT_STREAM_QUERY_STREAMS},
    quorum::communicate_with_quorum,
    remote::Remote,
};

impl<H: Host> Client<H> {
    /// Makes events available here: those of the admin chain by synchronising it, others by fetching the blocks that
    /// published them.
    pub(crate) async fn fetch_events(&self, event_ids: Vec<EventId>) -> Result<(), ClientError> {
        let admin = self.admin_chain_id();
        let (of_admin, of_others): (Vec<_>, Vec<_>) =
            event_ids.into_iter().partition(|id| id.chain_id == admin);
        if !of_admin.is_empty() {
            Box::pin(self.sync_chain(admin)).await?;
        }
        let mut remaining = of_others;
        remaining.extend(self.local.missing_events(&of_admin).await?);
        let committee = self.admin_committee().await?;
        for remote in self.remotes(&committee) {
            if remaining.is_empty() {
                return Ok(());
            }
            // A validator that cannot help is not an error as long as another one can.
            let fetched = self.fetch_events_from(&remote, &remaining).await;
            if let Err(error) = fetched
                && matches!(&error, ClientError::Local(error) if error.is_local())
            {
                return Err(error);
            }
            remaining = self.local.missing_events(&remaining).await?;
        }
        match remaining.is_empty() {
            true => Ok(()),
            false => Err(ClientError::CannotDownloadEvents(remaining)),
        }
    }

    async fn fetch_events_from(
        &self,
        remote: &Remote<H::Remote>,
        event_ids: &[EventId],
    ) -> Result<(), ClientError> {
        let heights = remote.event_block_heights(event_ids.to_vec()).await?;
        let mut blocks = BTreeMap::<ChainId, BTreeSet<BlockHeight>>::new();
        for (event_id, height) in event_ids.iter().zip(heights) {
            if let Some(height) = height {
                blocks.entry(event_id.chain_id).or_default().insert(height);
            }
        }
        for (chain_id, heights) in blocks {
            let certificates = remote.download_certificates(chain_id, heights.into_iter().collect()).await?;
            for certificate in &certificates {
                self.check_certificate(certificate).await?;
            }
            let keep = self.keep_for(chain_id);
            self.process_certificates(std::slice::from_ref(remote), certificates, keep).await?;
        }
        // The index of a validator may not reach back far enough; its streams do.
        let remaining = self.local.missing_events(event_ids).await?;
        let mut streams = BTreeMap::<ChainId, BTreeSet<StreamId>>::new();
        for event_id in remaining {
            streams.entry(event_id.chain_id).or_default().insert(event_id.stream_id);
        }
        for (chain_id, streams) in streams {
            self.sync_events_from(remote, chain_id, &streams).await?;
        }
        Ok(())
    }

    /// Fetches the blocks of a chain that published to the streams since what is known here.
    pub(crate) async fn sync_events_from(
        &self,
        remote: &Remote<H::Remote>,
        chain_id: ChainId,
        streams: &BTreeSet<StreamId>,
    ) -> Result<(), ClientError> {
        let mut to_fetch = BTreeMap::<BlockHeight, CryptoHash>::new();
        let streams = streams.iter().cloned().collect::<Vec<_>>();
        for chunk in streams.chunks(EVENT_STREAM_QUERY_STREAMS) {
            for (_, height, hash) in remote.previous_event_blocks(chain_id, chunk.to_vec()).await? {
                to_fetch.insert(height, hash);
            }
        }
        let mut certificates = Vec::new();
        while let Some((height, hash)) = to_fetch.pop_last() {
            if certificates.len() > BACKWARD_WALK_BLOCKS_MAX {
                return Err(ClientError::TooManyAttempts("walking back through a publisher's blocks"));
            }
            if self.local.certificate_at(chain_id, height).await?.is_some() {
                continue;
            }
            let mut downloaded = remote.download_certificates(chain_id, vec![height]).await?;
            let certificate = downloaded.pop().ok_or(NodeError::UnexpectedCertificateValue)?;
            if certificate.hash() != hash {
                return Err(NodeError::UnexpectedCertificateValue.into());
            }
            self.check_certificate(&certificate).await?;
            for stream in &streams {
                let Some((hash, previous)) = certificate.block().body.previous_event_blocks.get(stream)
                else {
                    continue;
                };
                if *previous < height && self.lacks_events_before(chain_id, stream, &certificate).await? {
                    to_fetch.insert(*previous, *hash);
                }
            }
            certificates.push(certificate);
        }
        certificates.reverse();
        self.process_certificates(std::slice::from_ref(remote), certificates, self.keep_for(chain_id)).await
    }

    /// Whether events of the stream before this block are not here yet.
    async fn lacks_events_before(
        &self,
        chain_id: ChainId,
        stream: &StreamId,
        certificate: &walnut_base::ConfirmedBlockCertificate,
    ) -> Result<bool, ClientError> {
        let expected = self.local.next_expected_event(chain_id, stream).await?;
        let block = certificate.block();
        let events = block.body.events.iter().flatten().filter(|event| event.stream_id == *stream);
        Ok(events.map(|event| event.index).min().is_none_or(|first| first > expected))
    }

    /// Follows the streams that the chain subscribes to, through a quorum: an event that was confirmed is seen by at least
    /// one honest validator.
    pub(crate) async fn sync_publishers(&self, chain_id: ChainId) -> Result<(), ClientError> {
        let mut publishers = BTreeMap::<ChainId, BTreeSet<StreamId>>::new();
        for (publisher, stream) in self.local.event_subscriptions(chain_id).await?.into_keys() {
            publishers.entry(publisher).or_default().insert(stream);
        }
        if publishers.is_empty() {
            return Ok(());
        }
        let committee = self.admin_committee().await?;
        for (publisher, streams) in &publishers {
            let remotes = self.remotes(&committee);
            let actions = remotes.iter().map(|remote| {
                (remote.public_key, async move {
                    self.sync_events_from(remote, *publisher, streams).await.map_err(to_node_error)
                })
            });
            communicate_with_quorum(&*self.host, &committee, actions.collect(), |()| ()).await?;
        }
        Ok(())
    }
}
