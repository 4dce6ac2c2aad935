//! Everything that other chains sent to a chain.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use walnut_base::{BlockHeight, ChainAndHeight, ChainId, ChainInfoQuery, NodeError, ValidatorPublicKey};

use super::{Keep, to_node_error};
use crate::{
    client::Client,
    error::ClientError,
    host::Host,
    limits::RECEIVED_LOG_ENTRIES,
    quorum::communicate_with_quorum,
    received_log::{ReceivedLog, Trackers},
    remote::Remote,
};

/// Sender chains fetched from at the same time.
const SENDERS_AT_ONCE: usize = 16;

/// Heights of one sender per request.
const HEIGHTS_PER_REQUEST: usize = 100;

impl<H: Host> Client<H> {
    /// Finds every block that sent something to the chain and gives it to the local node, which then holds the messages
    /// in the chain's inbox. Asks all validators for their logs, from where each was left off.
    pub async fn find_received_certificates(&self, chain_id: ChainId) -> Result<(), ClientError> {
        let committee = self.admin_committee().await?;
        let trackers = self.local.received_trackers(chain_id).await?;
        let collected =
            std::cell::RefCell::new(BTreeMap::<ValidatorPublicKey, (u64, Vec<ChainAndHeight>)>::new());
        let remotes = self.remotes(&committee);
        let actions = remotes.iter().map(|remote| {
            let offset = trackers.get(&remote.public_key).copied().unwrap_or(0);
            let collected = &collected;
            (remote.public_key, async move {
                let entries = read_received_log(remote, chain_id, offset).await?;
                collected.borrow_mut().insert(remote.public_key, (offset, entries));
                Ok(())
            })
        });
        let asked = communicate_with_quorum(&*self.host, &committee, actions.collect(), |()| ()).await;
        let logs = collected.into_inner();
        if logs.is_empty() {
            asked?;
            return Ok(());
        }
        Box::pin(self.fetch_received(chain_id, &remotes, logs)).await?;
        // Without a quorum something may have been missed: what was found is kept, and the error shown.
        asked?;
        Ok(())
    }

    async fn fetch_received(
        &self,
        chain_id: ChainId,
        remotes: &[Remote<H::Remote>],
        logs: BTreeMap<ValidatorPublicKey, (u64, Vec<ChainAndHeight>)>,
    ) -> Result<(), ClientError> {
        let merged = ReceivedLog::merge(logs.iter().map(|(key, (_, entries))| (key, entries.as_slice())));
        let trackers = logs.into_iter().map(|(key, (offset, entries))| (key, offset, entries));
        let trackers = std::cell::RefCell::new(Trackers::new(trackers));
        let senders = merged.senders().map(|(sender, heights)| {
            let trackers = &trackers;
            async move {
                let fetched = Box::pin(self.fetch_from_sender(chain_id, sender, heights, remotes)).await?;
                if let Some(height) = fetched.done {
                    trackers.borrow_mut().mark_done(sender, height);
                }
                match fetched.missing {
                    None => Ok(()),
                    Some(height) => Err(ClientError::CannotDownloadCertificates { chain_id: sender, height }),
                }
            }
        });
        let outcomes = stream::iter(senders).buffer_unordered(SENDERS_AT_ONCE).collect::<Vec<_>>().await;
        self.local.set_received_trackers(chain_id, trackers.into_inner().values()).await?;
        outcomes.into_iter().collect()
    }

    /// Fetches blocks of one sender, in order, from whoever lists them.
    async fn fetch_from_sender(
        &self,
        recipient: ChainId,
        sender: ChainId,
        heights: &BTreeMap<BlockHeight, std::collections::BTreeSet<ValidatorPublicKey>>,
        remotes: &[Remote<H::Remote>],
    ) -> Result<Fetched, ClientError> {
        let next = self.local.next_outbox_height(sender, recipient).await?;
        let mut done = heights.range(..next).next_back().map(|(height, _)| *height);
        let mut missing = heights.range(next..).map(|(height, _)| *height).collect::<Vec<_>>();
        if missing.is_empty() {
            // The blocks are here; their messages may not have arrived when a crash came between.
            self.local.resend_messages(sender).await?;
            return Ok(Fetched { done, missing: None });
        }
        for remote in remotes {
            let is_listed = |height: &&BlockHeight| heights[*height].contains(&remote.public_key);
            loop {
                let listed = missing.iter().take_while(is_listed).take(HEIGHTS_PER_REQUEST);
                let request = listed.copied().collect::<Vec<_>>();
                let Some(last) = request.last().copied() else { break };
                let count = request.len();
                if self.fetch_sender_blocks(remote, sender, request).await.is_err() {
                    break;
                }
                done = Some(last);
                missing.drain(..count);
            }
        }
        Ok(Fetched { done, missing: missing.first().copied() })
    }

    /// Fetches exactly these blocks of a sender, checks them and keeps them for their messages.
    async fn fetch_sender_blocks(
        &self,
        remote: &Remote<H::Remote>,
        sender: ChainId,
        heights: Vec<BlockHeight>,
    ) -> Result<(), ClientError> {
        let certificates = remote.download_certificates(sender, heights).await?;
        for certificate in &certificates {
            self.check_certificate(certificate).await?;
        }
        let keep = self.keep_for(sender);
        self.process_certificates(std::slice::from_ref(remote), certificates, keep).await
    }

    /// Chains that are executed here are executed; of others only what was sent is kept.
    pub(crate) fn keep_for(&self, chain_id: ChainId) -> Keep {
        match self.followed_chains().contains_key(&chain_id) {
            true => Keep::IfContiguous,
            false => Keep::Preprocessed,
        }
    }

    /// One block of a sender, and before it every block that sent something to the recipient since what is known here:
    /// messages must arrive in the order in which they were sent.
    pub(crate) async fn fetch_sender_block(
        &self,
        remote: &Remote<H::Remote>,
        recipient: ChainId,
        sender: ChainId,
        height: BlockHeight,
    ) -> Result<(), ClientError> {
        let known = self.local.next_outbox_height(sender, recipient).await?;
        let mut certificates = Vec::new();
        let mut cursor = Some(height).filter(|height| *height >= known);
        while let Some(height) = cursor {
            if certificates.len() > crate::limits::BACKWARD_WALK_BLOCKS_MAX {
                return Err(ClientError::TooManyAttempts("walking back through a sender's blocks"));
            }
            let certificate = match self.local.certificate_at(sender, height).await? {
                Some(certificate) => certificate,
                None => {
                    let mut downloaded = remote.download_certificates(sender, vec![height]).await?;
                    let certificate = downloaded.pop().ok_or(NodeError::UnexpectedCertificateValue)?;
                    self.check_certificate(&certificate).await?;
                    certificate
                }
            };
            let previous = certificate.block().body.previous_message_blocks.get(&recipient);
            cursor = previous
                .map(|(_, height)| *height)
                .filter(|previous| *previous >= known && *previous < height);
            certificates.push(certificate);
        }
        if certificates.is_empty() {
            self.local.resend_messages(sender).await?;
            return Ok(());
        }
        certificates.reverse();
        self.process_certificates(std::slice::from_ref(remote), certificates, self.keep_for(sender)).await
    }

    /// Asks every validator for one incoming bundle until it is here.
    pub(crate) async fn fetch_bundle(
        &self,
        recipient: ChainId,
        sender: ChainId,
        height: BlockHeight,
    ) -> Result<(), ClientError> {
        let committee = self.admin_committee().await?;
        let mut last = None;
        for remote in self.remotes(&committee) {
            match self.fetch_sender_block(&remote, recipient, sender, height).await {
                Ok(()) => return Ok(()),
                Err(error) => last = Some(to_node_error(error)),
            }
        }
        Err(last.map_or(
            ClientError::CannotDownloadCertificates { chain_id: sender, height },
            ClientError::Validator,
        ))
    }
}

/// How far a sender's blocks could be fetched.
struct Fetched {
    /// Everything up to this height is here.
    done: Option<BlockHeight>,
    /// First height that nobody could give.
    missing: Option<BlockHeight>,
}

async fn read_received_log<N: crate::host::ValidatorNode>(
    remote: &Remote<N>,
    chain_id: ChainId,
    mut offset: u64,
) -> Result<Vec<ChainAndHeight>, NodeError> {
    let mut log = Vec::new();
    loop {
        let query = ChainInfoQuery::new(chain_id).with_received_log_excluding_first_n(offset);
        let entries = match remote.query(query).await {
            Err(NodeError::BlobsNotFound(blob_ids)) if blob_ids == [chain_id.description_blob_id()] => {
                return Ok(log);
            }
            info => info?.requested_received_log,
        };
        let count = entries.len();
        offset += count as u64;
        log.extend(entries);
        if count < RECEIVED_LOG_ENTRIES {
            return Ok(log);
        }
    }
}
