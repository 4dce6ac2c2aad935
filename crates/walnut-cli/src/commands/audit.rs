//! Audits, and checking their evidence.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use walnut_base::{ChainId, GenesisConfig};
use walnut_client::{
    Host as _,
    audit::{
        AuditError, AuditHost, ChainProgress, EVIDENCE_BYTES_MAX, Evidence, Source, StoredChains,
        TrustedNetwork, Validators, audit_chains, stored_evidence, ticket,
    },
};
use walnut_execution::{NothingOutside, WasmApplications};
use walnut_storage::{
    MemoryStorage, Storage,
    native::{NativeStorage, Options},
};

use super::Audit;
use crate::{
    audit_desk::{AuditDesk, read_recording},
    error::{CliError, ExitKind},
    folder::read_json,
    report::Report,
    wallet::Wallet,
};

/// The folder of an audit's state inside a wallet's.
const STATE: &str = "audit";

type Outcomes = BTreeMap<ChainId, Result<ChainProgress, AuditError>>;

impl Audit {
    /// Whether it is about the wallet's network.
    pub(super) fn needs_wallet(&self) -> bool {
        self.recording.is_none() && self.check.is_none()
    }
}

/// Evidence, or a recording.
pub(super) async fn without_wallet(args: &Audit) -> Result<Report, CliError> {
    if let Some(file) = &args.check {
        return check(file, args).await;
    }
    let folder = args.recording.clone().unwrap_or_default();
    let (archive, genesis) = read_recording(&folder)?;
    let network = trusted(&genesis, &folder)?;
    let mut chains: BTreeSet<ChainId> = args.chains.iter().copied().collect();
    if chains.is_empty() {
        chains = archive.chains().into_iter().chain(network.roots()).collect();
    }
    match &args.state {
        None => audit(AuditDesk::new(MemoryStorage::new(), archive), &network, chains, args).await,
        Some(state) => audit(AuditDesk::new(open(state)?, archive), &network, chains, args).await,
    }
}

/// The wallet's network: what its validators tell, or what its own node has kept.
pub(super) async fn with_wallet(wallet: &Wallet, args: &Audit) -> Result<Report, CliError> {
    let client = wallet.client();
    let store = client.host().store();
    let network = TrustedNetwork::from_store(store).await.map_err(AuditError::from)?;
    let network = network.ok_or_else(|| CliError::NoWallet(wallet.folder().path().to_owned()))?;
    let mut chains: BTreeSet<ChainId> = args.chains.iter().copied().collect();
    if chains.is_empty() {
        chains = wallet.chains().iter().map(|chain| chain.chain_id).collect();
    }
    let state = args.state.clone().unwrap_or_else(|| wallet.folder().path().join(STATE));
    if args.local {
        return audit(AuditDesk::new(open(&state)?, StoredChains(store)), &network, chains, args).await;
    }
    // The newest committee is the one to ask.
    Box::pin(client.sync_chain(client.admin_chain_id())).await?;
    let committee = client.admin_committee().await?;
    let validators = Validators::new(client.remotes(&committee), args.every_validator);
    audit(AuditDesk::new(open(&state)?, validators), &network, chains, args).await
}

fn open(state: &Path) -> Result<NativeStorage, CliError> {
    fs::create_dir_all(state).map_err(CliError::file(state))?;
    Ok(NativeStorage::open(state, Options::default())?)
}

fn trusted(genesis: &GenesisConfig, path: &Path) -> Result<TrustedNetwork, CliError> {
    TrustedNetwork::from_genesis(genesis).map_err(CliError::file(path))
}

async fn audit<S: Storage, C: Source>(
    desk: AuditDesk<S, C>,
    network: &TrustedNetwork,
    mut known: BTreeSet<ChainId>,
    args: &Audit,
) -> Result<Report, CliError> {
    let is_watched = std::io::stderr().is_terminal();
    let progress = |chain_id: ChainId, progress: &ChainProgress| {
        let (height, target) = (progress.next_height, progress.target);
        match is_watched {
            true => eprintln!("{chain_id}: {height} of {target} blocks"),
            false => tracing::info!(%chain_id, %height, %target, "audited"),
        }
    };
    let mut outcomes = Outcomes::new();
    let mut looked_at = 0;
    loop {
        let is_new = |chain_id: &&ChainId| !outcomes.contains_key(*chain_id);
        let mut next: Vec<ChainId> = known.iter().filter(is_new).copied().collect();
        next.retain(|chain_id| args.of.contains(&args.seed, chain_id));
        next.sort_by_key(|chain_id| (ticket(&args.seed, chain_id), *chain_id));
        if let Some(most) = args.sample {
            next.truncate(most.saturating_sub(looked_at));
        }
        if next.is_empty() && !outcomes.is_empty() {
            break;
        }
        looked_at += next.len();
        let audited = Box::pin(audit_chains(&desk, network, next, args.at_once, progress)).await?;
        for (chain_id, outcome) in audited {
            if let Ok(progress) = &outcome {
                known.extend(&progress.peers);
            }
            outcomes.insert(chain_id, outcome);
        }
        if args.sample.is_none() {
            break;
        }
    }
    let evidence = write_evidence(desk.store(), &outcomes, &args.evidence).await?;
    Ok(report(network, &outcomes, &evidence))
}

/// Files that are there already are the same: their names say what is in them.
async fn write_evidence<S: Storage>(
    store: &S,
    outcomes: &Outcomes,
    folder: &Path,
) -> Result<Vec<(String, PathBuf)>, CliError> {
    let mut written = Vec::new();
    for chain_id in outcomes.keys() {
        for evidence in stored_evidence(store, *chain_id).await.map_err(AuditError::from)? {
            fs::create_dir_all(folder).map_err(CliError::file(folder))?;
            let path = folder.join(evidence.file_name());
            fs::write(&path, evidence.to_json()).map_err(CliError::file(&path))?;
            written.push((evidence.violation.to_string(), path));
        }
    }
    Ok(written)
}

fn report(network: &TrustedNetwork, outcomes: &Outcomes, evidence: &[(String, PathBuf)]) -> Report {
    let mut lines = Vec::new();
    let mut chains = Vec::new();
    let mut is_open = false;
    for (chain_id, outcome) in outcomes {
        match outcome {
            Ok(progress) => {
                is_open |= !progress.gaps.is_empty();
                lines.push(format!("{chain_id}: {}", sentence(progress)));
                lines.extend(progress.gaps.iter().map(|gap| format!("  not decided: {gap}")));
                chains.push(json!({
                    "chain": chain_id,
                    "blocks": progress.next_height,
                    "of": progress.target,
                    "messages": progress.messages,
                    "events": progress.events,
                    "violations": progress.violations,
                    "gaps": progress.gaps.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "clean": progress.is_clean(),
                }));
            }
            Err(error) => {
                is_open = true;
                lines.push(format!("{chain_id}: {error}"));
                chains.push(json!({ "chain": chain_id, "error": error.to_string(), "clean": false }));
            }
        }
    }
    for (statement, path) in evidence {
        lines.push(format!("{statement}\n  Evidence: {}", path.display()));
    }
    let files: Vec<Value> = evidence
        .iter()
        .map(|(statement, path)| json!({ "statement": statement, "file": path.display().to_string() }))
        .collect();
    let is_clean = !is_open && evidence.is_empty();
    let json = json!({
        "network": network.description.name,
        "clean": is_clean,
        "chains": chains,
        "evidence": files,
    });
    let mut report = Report::new(lines.join("\n"), json);
    report.exit = match (evidence.is_empty(), is_open) {
        (false, _) => Some(ExitKind::Failure),
        (true, true) => Some(ExitKind::TryAgain),
        (true, false) => None,
    };
    report
}

fn sentence(progress: &ChainProgress) -> String {
    let verdict = match (progress.violations, progress.is_clean()) {
        (0, true) => "clean".to_owned(),
        (0, false) => "not decided".to_owned(),
        (1, _) => "1 violation".to_owned(),
        (count, _) => format!("{count} violations"),
    };
    let ChainProgress { next_height, target, messages, events, .. } = progress;
    format!("{verdict}; {next_height} of {target} blocks, {messages} messages, {events} events")
}

async fn check(file: &Path, args: &Audit) -> Result<Report, CliError> {
    let length = fs::metadata(file).map_err(CliError::file(file))?.len();
    if length > EVIDENCE_BYTES_MAX as u64 {
        return Err(CliError::file(file)("the file is too large to be evidence"));
    }
    let bytes = fs::read(file).map_err(CliError::file(file))?;
    let evidence = Evidence::from_json(&bytes).map_err(CliError::file(file))?;
    let of_recording = args.recording.as_ref().map(|folder| folder.join("genesis.json"));
    let meant = args.genesis.clone().or(of_recording);
    if let Some(path) = &meant {
        let network = trusted(&read_json(path)?, path)?;
        if network.description != evidence.network {
            let (name, found) = (evidence.network.name.clone(), evidence.network.genesis_config_hash);
            return Err(CliError::OtherNetwork { name, found });
        }
    }
    // Nothing outside: whoever wrote the evidence must not make this machine ask anybody.
    let applications = WasmApplications::<NothingOutside>::default();
    let proven = Box::pin(evidence.check(applications)).await?;
    let described = serde_json::to_value(&evidence.network).map_err(CliError::file(file))?;
    let about = match meant {
        Some(_) => "It is about the network that you named.".to_owned(),
        None => format!("If your network is this one (name a genesis to compare): {described}"),
    };
    Ok(Report::new(
        format!("Proven: {}\n{about}", proven.statement),
        json!({
            "proven": evidence.violation.name(),
            "statement": proven.statement,
            "network": described,
            "compared": args.genesis.is_some() || args.recording.is_some(),
        }),
    ))
}
