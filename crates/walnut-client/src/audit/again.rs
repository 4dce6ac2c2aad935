//! Looking at a chain again, as somebody will who checks the evidence.

use walnut_base::{BlockHeight, ConfirmedBlockCertificate};
use walnut_chain::records;

use super::{
    HexBcs,
    chain_audit::{AuditError, AuditHost, ChainAudit, Work},
    check::Unproven,
    replay::{CleanRoom, Obstacle},
    source::Source as _,
    violation::{Exhibit, Violation},
};

impl<'h, H: AuditHost> ChainAudit<'h, H> {
    /// From the chain's first block on, in a store of its own: what others will do who check the evidence.
    pub(super) async fn execute_again(
        &self,
        work: &Work<'h, H::Store>,
        certificate: &ConfirmedBlockCertificate,
    ) -> Result<Violation, AuditError> {
        let height = certificate.height();
        let contradiction = |obstacle: Obstacle| AuditError::SelfCheck {
            height,
            reason: Unproven::CannotExecute(format!("{obstacle:?}")),
        };
        let proofs = self.epochs.proofs(walnut_base::Epoch(u32::MAX), &work.store).await?;
        let mut room = CleanRoom::new(self.network, &proofs, self.host.applications())?;
        let find = async |blob_id| match records::read_blob(&work.store, blob_id).await {
            Ok(Some(blob)) => Some(blob),
            _ => self.host.source().blob(blob_id).await.ok().flatten(),
        };
        let history = self.history(work, certificate).await?;
        for before in &history[..history.len() - 1] {
            room.execute(before, find).await.map_err(contradiction)?;
        }
        let outcome = room.execute(certificate, find).await;
        let blobs = room.into_used();
        match outcome {
            Err(Obstacle::Outcome(fields)) => Ok(Violation::OutcomeDiffers { history, blobs, fields }),
            Err(Obstacle::Refused(reason)) => Ok(Violation::NotExecutable { history, blobs, reason }),
            Ok(()) => Err(AuditError::SelfCheck { height, reason: Unproven::NothingWrong }),
            Err(obstacle) => Err(contradiction(obstacle)),
        }
    }

    /// All blocks of the chain that were looked at, and this one.
    pub(super) async fn history(
        &self,
        work: &Work<'h, H::Store>,
        last: &ConfirmedBlockCertificate,
    ) -> Result<Vec<Exhibit>, AuditError> {
        let mut history = Vec::new();
        for height in (0..last.height().0).map(BlockHeight) {
            let hash = records::read_hash_by_height(&work.store, self.chain_id, height).await?;
            let Some(hash) = hash else { break };
            history.extend(records::read_certificate(&work.store, hash).await?.map(HexBcs));
        }
        history.push(HexBcs(last.clone()));
        Ok(history)
    }
}
