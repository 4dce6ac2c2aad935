//! Checking a chain from its first block on.
//!
//! The audit has a database of its own and reads nothing that the wallet's node has kept but how the network began. It
//! lives there between two requests, so that closing the browser costs nothing.

use std::rc::Rc;

use walnut_base::ChainId;
use walnut_client::audit::{AuditError, AuditHost, ChainAudit, TrustedNetwork, Validators, stored_evidence};
use walnut_execution::WasmApplications;
use walnut_storage::{Durability, IndexedDbStorage, Storage as _};
use walnut_views::{Batch, StoreError};
use walnut_wallet::messages::{
    AuditProgress, AuditReport, AuditVerdict, EvidenceFile, UiError, UiErrorCode, UiEvent, UiResponse,
};

use crate::{
    app::{App, audit_database, open_database},
    errors,
    outside::BrowserOutside,
    records,
    remote::BrowserRemote,
};

/// Longest evidence that goes to an interface, in bytes.
const EVIDENCE_BYTES_MAX: usize = 8 << 20;

/// The audit in the browser.
struct BrowserDesk {
    storage: IndexedDbStorage,
    source: Validators<BrowserRemote>,
    applications: WasmApplications<BrowserOutside>,
}

impl AuditHost for BrowserDesk {
    type Store = IndexedDbStorage;
    type Source = Validators<BrowserRemote>;
    type Applications = WasmApplications<BrowserOutside>;

    fn store(&self) -> &IndexedDbStorage {
        &self.storage
    }

    fn source(&self) -> &Validators<BrowserRemote> {
        &self.source
    }

    fn applications(&self) -> WasmApplications<BrowserOutside> {
        self.applications.clone()
    }

    async fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        Ok(self.storage.commit(batch, Durability::Relaxed).await?)
    }
}

impl App {
    /// Audits the admin chain, then the chain. Every validator is asked for every block: a block that only some of them
    /// show is what an audit is for.
    pub(super) async fn audit_chain(self: &Rc<Self>, chain_id: ChainId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let _auditing = self.begin_audit().ok_or_else(|| {
            UiError::new(
                UiErrorCode::ChainConflict,
                "Another chain is being checked. Wait until that is done.",
            )
        })?;
        let _busy = session.busy(self);
        let genesis = self.pinned_genesis().ok_or_else(|| UiError::internal("the network is not pinned"))?;
        let store = &session.client.host().storage;
        let network =
            TrustedNetwork::from_store(store).await.map_err(|error| records::store_error(&error))?;
        let network = network.ok_or_else(|| UiError::internal("the database knows no network"))?;
        let committee = session.client.admin_committee().await.map_err(errors::plain)?;
        let desk = BrowserDesk {
            storage: open_database(&audit_database(genesis)).await?,
            source: Validators::new(session.client.remotes(&committee), true),
            applications: self.applications.clone(),
        };
        let mut report = AuditReport {
            chain_id,
            blocks: 0,
            messages: 0,
            verdict: AuditVerdict::Clean,
            findings: Vec::new(),
            evidence: Vec::new(),
        };
        let admin = network.admin_chain_id();
        if chain_id != admin {
            Box::pin(self.audit_one(&desk, &network, admin, &mut report)).await?;
        }
        Box::pin(self.audit_one(&desk, &network, chain_id, &mut report)).await?;
        Ok(UiResponse::Audited(report))
    }

    async fn audit_one(
        &self,
        desk: &BrowserDesk,
        network: &TrustedNetwork,
        chain_id: ChainId,
        report: &mut AuditReport,
    ) -> Result<(), UiError> {
        let asked = report.chain_id;
        let mut audit = ChainAudit::open(desk, network, chain_id).await.map_err(failed)?;
        loop {
            audit = Box::pin(audit.step()).await.map_err(failed)?;
            let progress = audit.progress();
            self.outbox.ui(UiEvent::AuditProgress(AuditProgress {
                chain_id: asked,
                is_admin: chain_id != asked,
                checked: progress.next_height,
                of: progress.target,
            }));
            if audit.is_finished() {
                break;
            }
        }
        let progress = audit.progress();
        if chain_id == asked {
            (report.blocks, report.messages) = (progress.next_height.0, progress.messages);
        }
        for evidence in
            stored_evidence(&desk.storage, chain_id).await.map_err(|error| failed(error.into()))?
        {
            report.verdict = AuditVerdict::Wrong;
            report.findings.push(evidence.violation.to_string());
            let name = evidence.file_name();
            let text = evidence.to_json();
            let text = (text.len() <= EVIDENCE_BYTES_MAX).then(|| String::from_utf8(text).ok()).flatten();
            report.evidence.push(EvidenceFile { name, text });
        }
        for gap in &progress.gaps {
            if report.verdict == AuditVerdict::Clean {
                report.verdict = AuditVerdict::Undecided;
            }
            report.findings.push(format!("Chain {chain_id}, {gap}"));
        }
        Ok(())
    }
}

fn failed(error: AuditError) -> UiError {
    match error {
        AuditError::Store(error) => records::store_error(&error),
        AuditError::Source(error) => UiError::new(
            UiErrorCode::NetworkUnavailable,
            "No validator answers. What was checked so far is kept; try again later.",
        )
        .with_details(error.to_string()),
        error => UiError::internal(error.to_string()),
    }
}
