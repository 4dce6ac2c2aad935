//! Checking a chain from its first block on: the button, how far it is, and what was found.

use walnut_base::ChainId;
use walnut_wallet::messages::{AuditReport, AuditVerdict, EvidenceFile};

use crate::{
    message::Message,
    model::{Model, Task},
    parts::{button, notice},
    tree::{Element, Node, el, nothing},
    words::{self, chain as say},
};

/// The part of a chain's screen about its audit.
pub(super) fn audit(model: &Model, chain_id: ChainId) -> Element {
    let view = model.audit.as_ref().filter(|view| view.chain_id == chain_id);
    let is_busy = model.is_busy(Task::Audit);
    let report = view.and_then(|view| view.report.as_ref());
    let state: Node = match (is_busy, view) {
        (true, Some(view)) => {
            let text = view.progress.map_or_else(
                || say::CHECK_BEGINS.to_owned(),
                |progress| say::checking(progress.is_admin, progress.checked.0, progress.of.0),
            );
            el("p").class("small").attr("role", "status").attr("aria-busy", "true").with(text).into()
        }
        (true, None) => el("p").class("small muted").with(say::CHECK_OTHER).into(),
        (false, _) => match report {
            Some(report) => found(report),
            None => el("p").class("small muted").with(say::CHECK_TEXT).into(),
        },
    };
    let label = match (is_busy, report) {
        (true, _) => words::ONE_MOMENT,
        (false, Some(_)) => say::CHECK_AGAIN,
        (false, None) => say::CHECK,
    };
    let press = button(label, Message::Audit(chain_id)).class("button slim").flag("disabled", is_busy);
    el("div").class("stack").attr("id", "audit").attr("tabindex", "-1").with(state).with(press)
}

fn found(report: &AuditReport) -> Node {
    let (tone, text) = match report.verdict {
        AuditVerdict::Clean => ("good", say::check_clean(report.blocks, report.messages)),
        AuditVerdict::Undecided => ("wait", say::CHECK_OPEN.to_owned()),
        AuditVerdict::Wrong => ("bad", say::CHECK_WRONG.to_owned()),
    };
    let findings = report.findings.iter().map(|finding| el("li").class("small").with(finding.clone()));
    let list = match report.findings.is_empty() {
        true => nothing(),
        false => el("ul").each(findings).into(),
    };
    el("div")
        .class("stack")
        .with(notice(tone, &text, nothing()))
        .with(list)
        .each(report.evidence.iter().enumerate().map(|(number, file)| save(number, file)))
        .into()
}

fn save(number: usize, file: &EvidenceFile) -> Element {
    match file.text {
        Some(_) => button(say::SAVE_EVIDENCE, Message::SaveEvidence(number))
            .class("button slim")
            .attr("title", file.name.clone()),
        None => el("p").class("small muted").with(say::EVIDENCE_TOO_LARGE),
    }
}
