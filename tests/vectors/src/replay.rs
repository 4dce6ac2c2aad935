//! Executing a recording from the chain descriptions alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use walnut_base::{
    BlobId, BlobType, BlockHeight, ChainId, Committee, ConfirmedBlockCertificate, CryptoHash, Epoch,
    StreamId,
    chain_info::ChainInfo,
    encoding::{from_bcs, from_bcs_canonical},
    event::EPOCH_STREAM_NAME,
    query::ChainInfoQuery,
};
use walnut_chain::{
    ChainError, Failure, Handled, Node, NodeConfig, ProcessingMode, WorkerError, initialize_storage, records,
};
use walnut_execution::{Applications, BlockError, ExecutionError, FieldMismatch};
use walnut_views::{Batch, MemoryStore};

use crate::{Mismatch, MismatchKind, Recording};

/// Largest certificate read, in bytes: more than the reference accepts in one message.
const CERTIFICATE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What became of one chain.
#[derive(Clone, Debug, Serialize)]
pub struct ChainReport {
    /// The chain.
    pub chain_id: ChainId,
    /// Recorded blocks.
    pub blocks: u64,
    /// Blocks that were executed and came out as recorded.
    pub executed: u64,
    /// Blocks from the first one on that calls an application which the given runner cannot run.
    pub needs_applications: u64,
    /// Whether balance, height, epoch and state hash at the end were compared (not if blocks are left).
    pub final_state_checked: bool,
}

/// What became of a recording.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// By chain ID.
    pub chains: Vec<ChainReport>,
    /// Certificates that decoded, encoded again to the same bytes, had the recorded hash and valid signatures.
    pub certificates_verified: u64,
    /// Blocks whose recorded outcome was reproduced.
    pub blocks_executed: u64,
    /// Blocks that need applications.
    pub needs_applications: u64,
    /// All differences.
    pub mismatches: Vec<Mismatch>,
}

impl Report {
    /// Differences by kind.
    pub fn mismatches_by_kind(&self) -> BTreeMap<MismatchKind, usize> {
        let mut counts = BTreeMap::new();
        for mismatch in &self.mismatches {
            *counts.entry(mismatch.kind).or_default() += 1;
        }
        counts
    }
}

/// Checks every certificate of the recording and executes every block.
///
/// Blocks are offered to the handler for confirmed certificates, chain by chain, as often as anything moves: a chain that
/// waits for another chain's events or blobs is tried again. Blobs are handed in when the handler asks for them.
pub async fn replay<A: Applications>(recording: &Recording, applications: A) -> Report {
    let mut replay = Replay {
        recording,
        store: MemoryStore::new(),
        node: Node::new(NodeConfig { tracked: None, ..NodeConfig::client(BTreeSet::new()) }, applications),
        report: Report::default(),
    };
    replay.start().await;
    let committees = replay.committees();
    let certificates = replay.certificates(&committees);
    let progress = replay.execute_all(&certificates).await;
    replay.finish(&progress).await;
    replay.report
}

struct Replay<'r, A> {
    recording: &'r Recording,
    store: MemoryStore,
    node: Node<A>,
    report: Report,
}

/// How far a chain came.
#[derive(Default)]
struct Progress {
    executed: usize,
    stop: Option<Stop>,
}

enum Stop {
    NeedsApplications,
    Failed,
}

/// What to do about a block that was not executed.
enum Obstacle {
    Blobs(Vec<BlobId>),
    LaterMaybe(String),
    Stop(Stop, Vec<(MismatchKind, String)>),
}

impl<A: Applications> Replay<'_, A> {
    async fn start(&mut self) {
        let admin_chain_id = self.recording.network.admin_chain_id;
        let derived = self.recording.genesis.network_description();
        if derived.as_ref() != Ok(&self.recording.network) {
            self.add(
                admin_chain_id,
                None,
                MismatchKind::MissingData,
                format!("the genesis gives {derived:?}"),
            );
        }
        match initialize_storage(&self.store, &self.recording.genesis).await {
            Ok(batch) => self.store.apply(&batch),
            Err(error) => self.add(admin_chain_id, None, MismatchKind::MissingData, error.to_string()),
        }
    }

    fn add(&mut self, chain_id: ChainId, height: Option<u64>, kind: MismatchKind, detail: String) {
        self.report.mismatches.push(Mismatch { chain_id, height: height.map(BlockHeight), kind, detail });
    }

    /// The committees by epoch, from the genesis and the admin chain's events, without executing anything.
    fn committees(&self) -> BTreeMap<Epoch, Committee> {
        let mut committees = BTreeMap::from([(Epoch::ZERO, self.recording.genesis.committee.clone())]);
        let admin = self.recording.chains.get(&self.recording.network.admin_chain_id);
        let epochs = StreamId::system(EPOCH_STREAM_NAME);
        for recorded in admin.into_iter().flatten() {
            let Ok(certificate) = decode(&recorded.certificate) else { continue };
            for event in
                certificate.block().body.events.iter().flatten().filter(|event| event.stream_id == epochs)
            {
                let Ok(hash) = from_bcs::<CryptoHash>(&event.value, event.value.len()) else { continue };
                let blob = self.recording.blobs.get(&BlobId::new(hash, BlobType::Committee));
                let Some(blob) = blob else { continue };
                if let Ok(committee) = from_bcs(blob.bytes(), blob.bytes().len()) {
                    committees.insert(Epoch(event.index), committee);
                }
            }
        }
        committees
    }

    /// Decodes and checks what needs no execution. A chain ends at its first certificate that fails.
    fn certificates(
        &mut self,
        committees: &BTreeMap<Epoch, Committee>,
    ) -> BTreeMap<ChainId, Vec<ConfirmedBlockCertificate>> {
        let mut chains = BTreeMap::new();
        for (chain_id, blocks) in &self.recording.chains {
            let mut certificates = Vec::new();
            for (height, recorded) in (0..).zip(blocks) {
                let checked = decode(&recorded.certificate)
                    .map_err(|detail| (MismatchKind::Encoding, detail))
                    .and_then(|certificate| {
                        let found = (certificate.chain_id(), certificate.height().0, certificate.round);
                        if certificate.hash() != recorded.hash {
                            Err((MismatchKind::BlockHash, certificate.hash().to_string()))
                        } else if found != (*chain_id, height, recorded.round) {
                            Err((MismatchKind::Header, format!("{found:?}")))
                        } else {
                            check_signatures(certificate, committees)
                        }
                    });
                match checked {
                    Ok(certificate) => {
                        self.report.certificates_verified += 1;
                        certificates.push(certificate);
                    }
                    Err((kind, detail)) => {
                        self.add(*chain_id, Some(height), kind, detail);
                        break;
                    }
                }
            }
            chains.insert(*chain_id, certificates);
        }
        chains
    }

    async fn execute_all(
        &mut self,
        certificates: &BTreeMap<ChainId, Vec<ConfirmedBlockCertificate>>,
    ) -> BTreeMap<ChainId, Progress> {
        let mut progress: BTreeMap<ChainId, Progress> =
            certificates.keys().map(|chain_id| (*chain_id, Progress::default())).collect();
        // The admin chain first: others need its events.
        let admin_chain_id = self.recording.network.admin_chain_id;
        let mut order: Vec<ChainId> = certificates.keys().copied().collect();
        order.sort_by_key(|chain_id| *chain_id != admin_chain_id);
        let mut waiting: BTreeMap<ChainId, String> = BTreeMap::new();
        loop {
            let mut moved = false;
            waiting.clear();
            for chain_id in &order {
                let (Some(blocks), Some(chain)) = (certificates.get(chain_id), progress.get_mut(chain_id))
                else {
                    continue;
                };
                while chain.stop.is_none()
                    && let Some(certificate) = blocks.get(chain.executed)
                {
                    match self.execute(certificate).await {
                        Ok(()) => {
                            chain.executed += 1;
                            moved = true;
                        }
                        Err(Obstacle::Stop(stop, mismatches)) => {
                            for (kind, detail) in mismatches {
                                self.add(*chain_id, Some(certificate.height().0), kind, detail);
                            }
                            chain.stop = Some(stop);
                            moved = true;
                        }
                        Err(Obstacle::LaterMaybe(reason)) => {
                            waiting.insert(*chain_id, reason);
                            break;
                        }
                        Err(Obstacle::Blobs(blob_ids)) => {
                            waiting.insert(*chain_id, format!("blobs {blob_ids:?}"));
                            break;
                        }
                    }
                }
            }
            if !moved {
                break;
            }
        }
        for (chain_id, reason) in waiting {
            let height = progress.get(&chain_id).map(|chain| chain.executed as u64);
            self.add(chain_id, height, MismatchKind::MissingData, reason);
        }
        progress
    }

    /// Executes one block, handing in the blobs it asks for.
    async fn execute(&mut self, certificate: &ConfirmedBlockCertificate) -> Result<(), Obstacle> {
        let mut handed_in = BTreeSet::new();
        loop {
            let now = certificate.block().header.timestamp;
            let certificate = certificate.clone();
            let result = self
                .node
                .handle_confirmed_certificate(&self.store, certificate, ProcessingMode::Execute, now)
                .await;
            let Err(error) = self.settle(result) else { return Ok(()) };
            match obstacle(error) {
                Obstacle::Blobs(blob_ids) if blob_ids.iter().all(|blob_id| handed_in.insert(*blob_id)) => {
                    self.upload(&blob_ids).await?;
                }
                obstacle => return Err(obstacle),
            }
        }
    }

    /// Commits what a request decided, whether it succeeded or not.
    fn settle<T>(&mut self, result: Handled<T>) -> Result<T, WorkerError> {
        match result {
            Ok((reply, effects)) => {
                self.store.apply(&effects.batch);
                Ok(reply)
            }
            Err(failure) => {
                let Failure { error, effects } = *failure;
                self.store.apply(&effects.batch);
                Err(error)
            }
        }
    }

    /// Stores blobs as a validator does: only those that some block was seen to need.
    async fn upload(&mut self, blob_ids: &[BlobId]) -> Result<(), Obstacle> {
        let mut batch = Batch::default();
        for blob_id in blob_ids {
            let blob = self.recording.blobs.get(blob_id);
            let blob =
                blob.ok_or_else(|| Obstacle::LaterMaybe(format!("{blob_id} is not in the recording")))?;
            let state = records::read_blob_state(&self.store, *blob_id).await;
            if !matches!(state, Ok(Some(_))) {
                return Err(Obstacle::LaterMaybe(format!("nothing was seen to need {blob_id}: {state:?}")));
            }
            records::put_blob(&mut batch, blob);
        }
        self.store.apply(&batch);
        Ok(())
    }

    /// Compares the final states and sums up.
    async fn finish(&mut self, progress: &BTreeMap<ChainId, Progress>) {
        let mut index: BTreeMap<ChainId, _> =
            self.recording.index.iter().map(|entry| (entry.chain, entry)).collect();
        let recorded: BTreeSet<ChainId> = index.keys().chain(self.recording.chains.keys()).copied().collect();
        for chain_id in recorded {
            let blocks = self.recording.chains.get(&chain_id).map_or(0, Vec::len) as u64;
            let chain = progress.get(&chain_id);
            let executed = chain.map_or(0, |chain| chain.executed as u64);
            let needs_applications = match chain.and_then(|chain| chain.stop.as_ref()) {
                Some(Stop::NeedsApplications) => blocks - executed,
                Some(Stop::Failed) | None => 0,
            };
            let final_state_checked = executed == blocks;
            match index.remove(&chain_id) {
                None => self.add(chain_id, None, MismatchKind::FinalHeight, "not in index.json".into()),
                Some(entry) if final_state_checked => self.check_final(entry).await,
                Some(_) => {}
            }
            self.report.blocks_executed += executed;
            self.report.needs_applications += needs_applications;
            self.report.chains.push(ChainReport {
                chain_id,
                blocks,
                executed,
                needs_applications,
                final_state_checked,
            });
        }
    }

    async fn check_final(&mut self, entry: &crate::recording::IndexEntry) {
        match self.chain_info(entry.chain).await {
            Err(error) => self.add(entry.chain, None, MismatchKind::Execution, error.to_string()),
            Ok(info) => {
                let compare = [
                    (
                        MismatchKind::FinalHeight,
                        info.next_block_height.0 == entry.blocks,
                        info.next_block_height.to_string(),
                    ),
                    (
                        MismatchKind::FinalBalance,
                        info.chain_balance == entry.balance,
                        info.chain_balance.to_string(),
                    ),
                    (MismatchKind::FinalEpoch, info.epoch == entry.epoch, info.epoch.to_string()),
                    (
                        MismatchKind::FinalStateHash,
                        info.state_hash == Some(entry.state_hash),
                        format!("{:?}", info.state_hash),
                    ),
                ];
                for (kind, is_equal, found) in compare {
                    if !is_equal {
                        self.add(entry.chain, None, kind, format!("{found}, recorded {entry:?}"));
                    }
                }
            }
        }
    }

    async fn chain_info(&mut self, chain_id: ChainId) -> Result<ChainInfo, WorkerError> {
        let now = self.recording.network.genesis_timestamp;
        let mut last_missing = Vec::new();
        loop {
            let query = ChainInfoQuery::new(chain_id);
            let result = self.node.handle_chain_info_query(&self.store, query, now).await;
            match self.settle(result) {
                Ok(response) => return Ok(*response.info),
                Err(error) => match missing_blobs(&error) {
                    // A chain that never had a block: nothing was seen to need its description.
                    Some(blob_ids) if blob_ids != last_missing => {
                        let mut batch = Batch::default();
                        for blob in blob_ids.iter().filter_map(|blob_id| self.recording.blobs.get(blob_id)) {
                            records::put_blob(&mut batch, blob);
                        }
                        self.store.apply(&batch);
                        last_missing = blob_ids;
                    }
                    _ => return Err(error),
                },
            }
        }
    }
}

fn decode(bytes: &[u8]) -> Result<ConfirmedBlockCertificate, String> {
    from_bcs_canonical(bytes, CERTIFICATE_BYTES_MAX).map_err(|error| error.to_string())
}

fn check_signatures(
    certificate: ConfirmedBlockCertificate,
    committees: &BTreeMap<Epoch, Committee>,
) -> Result<ConfirmedBlockCertificate, (MismatchKind, String)> {
    let epoch = certificate.epoch();
    let committee = committees.get(&epoch).ok_or((MismatchKind::UnknownEpoch, epoch.to_string()))?;
    match certificate.check(committee) {
        Ok(_) => Ok(certificate),
        Err(error) => Err((MismatchKind::Signatures, error.to_string())),
    }
}

fn execution_error(error: &WorkerError) -> Option<&ExecutionError> {
    match error.as_chain_error()? {
        ChainError::Block(BlockError::ExecutionError(error, _)) => Some(error),
        _ => None,
    }
}

fn missing_blobs(error: &WorkerError) -> Option<Vec<BlobId>> {
    match (error, execution_error(error)) {
        (WorkerError::BlobsNotFound(blob_ids), _) | (_, Some(ExecutionError::BlobsNotFound(blob_ids))) => {
            Some(blob_ids.clone())
        }
        _ => None,
    }
}

fn obstacle(error: WorkerError) -> Obstacle {
    if let Some(blob_ids) = missing_blobs(&error) {
        return Obstacle::Blobs(blob_ids);
    }
    match execution_error(&error) {
        Some(ExecutionError::EventsNotFound(_)) => return Obstacle::LaterMaybe(error.to_string()),
        Some(ExecutionError::ApplicationsUnsupported(_)) => {
            return Obstacle::Stop(Stop::NeedsApplications, Vec::new());
        }
        _ => {}
    }
    let mismatches = match error.as_chain_error() {
        Some(ChainError::OutcomeMismatch(mismatch)) => {
            let of_field =
                |mismatch: &FieldMismatch| (MismatchKind::Outcome(mismatch.field), mismatch.to_string());
            mismatch.fields.iter().map(of_field).collect()
        }
        _ => vec![(MismatchKind::Execution, error.to_string())],
    };
    Obstacle::Stop(Stop::Failed, mismatches)
}
