//! The check of a chain in every state.

use walnut_base::BlockHeight;
use walnut_wallet::messages::{AuditProgress, AuditReport, AuditVerdict, EvidenceFile};

use super::wallet::{chain_id, hash};
use crate::model::{AuditView, Model, Task};

/// What the chain's screen shows of it.
pub(super) fn view(model: &mut Model, name: &str) {
    let chain_id = chain_id(1);
    let (verdict, findings, evidence) = match name {
        "chain-checking" => {
            model.tasks.insert(Task::Audit);
            let (checked, of) = (BlockHeight(40), BlockHeight(128));
            let progress = Some(AuditProgress { chain_id, is_admin: false, checked, of });
            model.audit = Some(AuditView { chain_id, progress, report: None });
            return;
        }
        "chain-check-open" => {
            let gap = format!("Chain {chain_id}, block 17: nobody has it");
            (AuditVerdict::Undecided, vec![gap], Vec::new())
        }
        "chain-check-wrong" => {
            let statement = format!(
                "chain {chain_id}, block 17 ({}): another block is certified at the same height: {}",
                hash(5),
                hash(6)
            );
            let name = "two-certificates-08930b40-17-a1b2c3d4.json".to_owned();
            let file = EvidenceFile { name, text: Some("{}".to_owned()) };
            (AuditVerdict::Wrong, vec![statement], vec![file])
        }
        _ => (AuditVerdict::Clean, Vec::new(), Vec::new()),
    };
    let report = AuditReport { chain_id, blocks: 128, messages: 31, verdict, findings, evidence };
    model.audit = Some(AuditView { chain_id, progress: None, report: Some(report) });
}
