//! The state of consensus about the next block.

use std::collections::{BTreeMap, BTreeSet};

use walnut_base::{BlobId, BlockHeight, BlockProposal, ChainId, ChainInfo, LockingBlock};

use crate::{
    client::Client,
    error::ClientError,
    host::Host,
    local::{LocalError, Missing},
    remote::Remote,
};

impl<H: Host> Client<H> {
    /// Takes over what a validator knows about the next block: timeout certificate, locking block, proposals. A single
    /// proposal that cannot be taken over is not an error: it is unverified until it is certified.
    pub(crate) async fn sync_manager(
        &self,
        remote: &Remote<H::Remote>,
        info: &ChainInfo,
    ) -> Result<(), ClientError> {
        let manager = &info.manager;
        if let Some(timeout) = &manager.timeout {
            self.local.handle_timeout_certificate((**timeout).clone()).await?;
        }
        let mut proposals = Vec::new();
        proposals.extend(manager.requested_signed_proposal.iter().map(|proposal| (**proposal).clone()));
        proposals.extend(manager.requested_proposed.iter().map(|proposal| (**proposal).clone()));
        match manager.requested_locking.as_deref() {
            Some(LockingBlock::Fast(proposal)) => proposals.push(proposal.clone()),
            Some(LockingBlock::Regular(certificate)) => {
                let outcome = self.local.handle_validated_certificate(certificate.clone()).await;
                if let Err(error) = outcome {
                    let chain_id = certificate.chain_id();
                    let retry = self.fetch_pending(remote, chain_id, &error, &mut BTreeSet::new()).await?;
                    if retry {
                        self.ignore_caller_fault(
                            self.local.handle_validated_certificate(certificate.clone()).await,
                        )?;
                    }
                }
            }
            None => {}
        }
        for proposal in proposals {
            self.sync_proposal(remote, proposal).await?;
        }
        Ok(())
    }

    async fn sync_proposal(
        &self,
        remote: &Remote<H::Remote>,
        proposal: BlockProposal,
    ) -> Result<(), ClientError> {
        let chain_id = proposal.content.block.chain_id;
        let mut fetched = BTreeSet::new();
        loop {
            let Err(error) = self.local.handle_block_proposal(proposal.clone()).await else { return Ok(()) };
            match self.fetch_pending(remote, chain_id, &error, &mut fetched).await {
                Ok(true) => {}
                Ok(false) => return self.ignore_caller_fault(Err(error)),
                Err(error) if error.is_local() => return Err(error),
                // An owner who proposes a blob and never uploads it must not keep others from their next block.
                Err(_) => return Ok(()),
            }
        }
    }

    /// Fetches what a proposal or validated block of the validator lacks here. Returns whether a second try makes sense.
    async fn fetch_pending(
        &self,
        remote: &Remote<H::Remote>,
        chain_id: ChainId,
        error: &LocalError,
        fetched: &mut BTreeSet<Needed>,
    ) -> Result<bool, ClientError> {
        let before = fetched.len();
        match error.missing() {
            Some(Missing::Blobs(blob_ids)) => {
                for blob_id in blob_ids {
                    if !fetched.insert(Needed::Blob(blob_id)) {
                        continue;
                    }
                    match remote.download_pending_blob(chain_id, blob_id).await {
                        Ok(blob) => self.local.handle_pending_blob(chain_id, blob).await?,
                        Err(_) => {
                            let remotes = std::slice::from_ref(remote);
                            Box::pin(self.fetch_blobs_with_certificates(vec![blob_id], remotes)).await?;
                        }
                    }
                }
            }
            Some(Missing::Events(event_ids)) if fetched.insert(Needed::Events) => {
                Box::pin(self.fetch_events(event_ids)).await?;
            }
            Some(Missing::Bundles(bundles)) => {
                let mut origins = BTreeMap::<ChainId, BlockHeight>::new();
                for (origin, height) in bundles {
                    let highest = origins.entry(origin).or_insert(height);
                    *highest = height.max(*highest);
                }
                for (origin, height) in origins {
                    if fetched.insert(Needed::Bundle(origin, height)) {
                        Box::pin(self.fetch_sender_block(remote, chain_id, origin, height)).await?;
                    }
                }
            }
            Some(Missing::Events(_)) | None => {}
        }
        Ok(fetched.len() > before)
    }

    /// A refusal that is the caller's fault is the validator's word against ours and changes nothing; a local fault is
    /// ours. An owner who proposes a message that nobody sent must not keep others from learning the rest.
    fn ignore_caller_fault(&self, outcome: Result<(), LocalError>) -> Result<(), ClientError> {
        match outcome {
            Err(error) if error.is_local() && !error.is_unexpected_message() => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Something that was asked for once.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Needed {
    Blob(BlobId),
    Events,
    Bundle(ChainId, BlockHeight),
}
