//! Requests that change the local node.

use std::collections::BTreeMap;

use walnut_base::{
    Blob, BlockProposal, CertificateValue, ChainId, ChainInfoQuery, Committee, ConfirmedBlockCertificate,
    GenericCertificate, TimeoutCertificate, ValidatedBlockCertificate, ValidatorPublicKey,
};
use walnut_chain::{Effects, Failure, Handled, ProcessingMode, records};
use walnut_views::Batch;

use super::{LocalError, LocalNode};
use crate::{
    host::{Durability, Host},
    sync::Keep,
};

impl<H: Host> LocalNode<H> {
    /// Gives confirmed certificates to the node, in order, and commits them together. Returns how many were taken, and why
    /// not all.
    pub(crate) async fn handle_confirmed_certificates(
        &self,
        certificates: &[ConfirmedBlockCertificate],
        keep: Keep,
    ) -> (usize, Result<(), LocalError>) {
        let mode = match keep {
            Keep::Executed => ProcessingMode::Execute,
            Keep::IfContiguous => ProcessingMode::Auto,
            Keep::Preprocessed => ProcessingMode::Preprocess,
        };
        let mut processed = 0;
        let outcome = self
            .run(Durability::Relaxed, async |node, overlay| {
                let mut effects = Effects::default();
                for certificate in certificates {
                    let now = self.now();
                    let handled =
                        node.handle_confirmed_certificate(overlay, certificate.clone(), mode, now).await;
                    let (result, later) = split(handled);
                    let later = match node.process_cross_chain_locally(overlay, later, now).await {
                        Ok(later) => later,
                        Err(failure) => {
                            effects.extend(failure.effects);
                            return (Err(failure.error.into()), effects);
                        }
                    };
                    overlay.push(&later.batch);
                    effects.extend(later);
                    if let Err(error) = result {
                        return (Err(error), effects);
                    }
                    processed += 1;
                }
                (Ok(()), effects)
            })
            .await;
        match outcome {
            Err(error @ (LocalError::Commit(_) | LocalError::Store(_))) => (0, Err(error)),
            outcome => (processed, outcome),
        }
    }

    /// Notes that every signature of the certificate was checked here against the committee, as a vote: it is not checked
    /// once more.
    pub(crate) async fn note_checked<T: CertificateValue>(
        &self,
        certificate: &GenericCertificate<T>,
        committee: &Committee,
    ) {
        self.node.lock().await.note_checked(certificate, committee);
    }

    /// Locks the chain on a validated block. Durable: the lock decides what may be proposed after a crash.
    pub(crate) async fn handle_validated_certificate(
        &self,
        certificate: ValidatedBlockCertificate,
    ) -> Result<(), LocalError> {
        self.run(Durability::Strict, async |node, overlay| {
            split(node.handle_validated_certificate(overlay, certificate, self.now()).await)
        })
        .await
        .map(drop)
    }

    /// Ends a round.
    pub(crate) async fn handle_timeout_certificate(
        &self,
        certificate: TimeoutCertificate,
    ) -> Result<(), LocalError> {
        self.run(Durability::Relaxed, async |node, overlay| {
            split(node.handle_timeout_certificate(overlay, certificate, self.now()).await)
        })
        .await
        .map(drop)
    }

    /// Takes note of a proposal, after checking and executing it.
    pub(crate) async fn handle_block_proposal(&self, proposal: BlockProposal) -> Result<(), LocalError> {
        self.run(Durability::Strict, async |node, overlay| {
            let (outcome, mut effects) =
                split(node.handle_block_proposal(overlay, proposal, self.now()).await);
            effects.cross_chain.clear();
            (outcome, effects)
        })
        .await
        .map(drop)
    }

    /// Takes a blob that a pending proposal or lock needs.
    pub(crate) async fn handle_pending_blob(&self, chain_id: ChainId, blob: Blob) -> Result<(), LocalError> {
        self.run(Durability::Relaxed, async |node, overlay| {
            split(node.handle_pending_blob(overlay, chain_id, blob).await)
        })
        .await
        .map(drop)
    }

    /// Stores contents that a verified certificate names: they prove themselves by their hashes.
    pub(crate) async fn store_blobs(&self, blobs: &[Blob]) -> Result<(), LocalError> {
        let mut batch = Batch::default();
        for blob in blobs {
            records::put_blob(&mut batch, blob);
        }
        self.host.commit(&batch, Durability::Relaxed).await.map_err(LocalError::Commit)
    }

    /// Delivers what the chain has sent to other local chains and they have not taken yet. A chain whose description is
    /// not here has nothing that was not delivered when it came.
    pub(crate) async fn resend_messages(&self, sender: ChainId) -> Result<(), LocalError> {
        let query = ChainInfoQuery::new(sender).with_network_actions();
        let outcome = self
            .run(Durability::Relaxed, async |node, overlay| {
                split(node.handle_chain_info_query(overlay, query, self.now()).await)
            })
            .await;
        match outcome {
            Err(error) if error.missing().is_some() => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// Executes blocks that were only kept before and now continue the chain.
    pub(crate) async fn execute_preprocessed(&self, chain_id: ChainId) -> Result<(), LocalError> {
        loop {
            let height = self.next_block_height(chain_id).await?;
            let Some(certificate) = self.certificate_at(chain_id, height).await? else { return Ok(()) };
            let (processed, outcome) =
                self.handle_confirmed_certificates(&[certificate], Keep::Executed).await;
            match outcome {
                // The download path fetches what is missing.
                Err(error) if error.missing().is_some() => return Ok(()),
                outcome => outcome?,
            }
            if processed == 0 {
                return Ok(());
            }
        }
    }

    /// Notes how far validators' logs of received messages were worked off.
    pub(crate) async fn set_received_trackers(
        &self,
        chain_id: ChainId,
        trackers: BTreeMap<ValidatorPublicKey, u64>,
    ) -> Result<(), LocalError> {
        self.run(Durability::Relaxed, async |node, overlay| {
            split(node.update_received_certificate_trackers(overlay, chain_id, trackers).await)
        })
        .await
    }
}

/// The answer, and the effects that have to be committed whether it is one or not.
pub(super) fn split<T>(handled: Handled<T>) -> (Result<T, LocalError>, Effects) {
    match handled {
        Ok((reply, effects)) => (Ok(reply), effects),
        Err(failure) => {
            let Failure { error, effects } = *failure;
            (Err(error.into()), effects)
        }
    }
}
