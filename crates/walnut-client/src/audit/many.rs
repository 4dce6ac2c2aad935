//! Auditing many chains at once.

use futures_util::{StreamExt as _, stream};
use walnut_base::ChainId;

use super::{
    chain_audit::{AuditError, AuditHost, ChainAudit},
    progress::ChainProgress,
    trusted::TrustedNetwork,
};

/// How the audit of a chain ended: with what it found, or before it could tell.
pub type ChainOutcome = (ChainId, Result<ChainProgress, AuditError>);

/// Audits the admin chain, then these chains, so many at once, each until it is finished for now. `progress` hears of
/// every step. The order of the answers is that of their ends; an error ends the audit of its chain only, except for the
/// admin chain, without which no other can be judged.
///
/// # Errors
/// What ended the audit of the admin chain.
pub async fn audit_chains<H: AuditHost>(
    host: &H,
    network: &TrustedNetwork,
    chains: impl IntoIterator<Item = ChainId>,
    at_once: usize,
    progress: impl Fn(ChainId, &ChainProgress),
) -> Result<Vec<ChainOutcome>, AuditError> {
    let admin = network.admin_chain_id();
    let first = audit_chain(host, network, admin, &progress).await?;
    let others = chains.into_iter().filter(|chain_id| *chain_id != admin);
    let audits = others.map(|chain_id| {
        let progress = &progress;
        async move { (chain_id, audit_chain(host, network, chain_id, progress).await) }
    });
    let audits = stream::iter(audits).buffer_unordered(at_once.max(1));
    let mut outcomes = vec![(admin, Ok(first))];
    outcomes.extend(audits.collect::<Vec<_>>().await);
    Ok(outcomes)
}

async fn audit_chain<H: AuditHost>(
    host: &H,
    network: &TrustedNetwork,
    chain_id: ChainId,
    progress: &impl Fn(ChainId, &ChainProgress),
) -> Result<ChainProgress, AuditError> {
    let mut audit = ChainAudit::open(host, network, chain_id).await?;
    loop {
        audit = Box::pin(audit.step()).await?;
        progress(chain_id, audit.progress());
        if audit.is_finished() {
            return Ok(audit.progress().clone());
        }
    }
}
