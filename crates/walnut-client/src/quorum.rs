//! Asking many validators, and knowing when enough have answered alike (`linera-core/src/updater.rs`).

use std::{collections::BTreeMap, future::Future, pin::pin};

use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{Either, Fuse, LocalBoxFuture, select},
    stream::FuturesUnordered,
};
use walnut_base::{Committee, NodeError, Timestamp, ValidatorPublicKey};

use crate::host::Host;

/// After a quorum has answered, late answers are awaited for this share of the time the quorum took.
pub(crate) const GRACE_PERCENT: u64 = 20;

/// Errors that are reported when no quorum could be had: the heaviest few.
const SAMPLE_ERRORS_MAX: usize = 4;

/// Why no quorum answered alike.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum QuorumError {
    /// Validators answered, but differently: no answer can reach the quorum any more.
    #[error("no consensus: {threshold} votes are needed, the answers have {scores:?}")]
    NoConsensus {
        /// Votes needed.
        threshold: u64,
        /// Votes behind each distinct answer.
        scores: Vec<u64>,
    },
    /// So many validators gave this error that at least one honest one did.
    #[error("validators refuse: {0}")]
    Trusted(NodeError),
    /// Different errors; the heaviest ones with their votes.
    #[error("not enough validators answered: {0:?}")]
    Sample(Vec<(NodeError, u64)>),
}

impl QuorumError {
    /// The errors it holds, heaviest first.
    pub fn errors(&self) -> Vec<&NodeError> {
        match self {
            Self::NoConsensus { .. } => Vec::new(),
            Self::Trusted(error) => vec![error],
            Self::Sample(errors) => errors.iter().map(|(error, _)| error).collect(),
        }
    }
}

/// Runs one action per validator, all at once, until validators with a quorum of votes have given the same answer (as
/// told by `group_by`) or no answer can reach it. After the quorum, late answers have a short grace time; what is
/// unfinished then is dropped.
///
/// Returns the common key and every answer that has it.
pub(crate) async fn communicate_with_quorum<H, V, K, F>(
    host: &H,
    committee: &Committee,
    actions: Vec<(ValidatorPublicKey, F)>,
    group_by: impl Fn(&V) -> K,
) -> Result<(K, Vec<(ValidatorPublicKey, V)>), QuorumError>
where
    H: Host,
    K: Ord + Clone,
    F: Future<Output = Result<V, NodeError>>,
{
    let start = host.now();
    let mut tally = Tally::new(committee);
    let mut answers = actions
        .into_iter()
        .filter(|(key, _)| committee.weight(key) > 0)
        .map(|(key, action)| Box::pin(action).map(move |answer| (key, answer)))
        .collect::<FuturesUnordered<_>>();
    let mut deadline = None;
    loop {
        let next = match deadline {
            None => answers.next().await,
            Some(deadline) => {
                let sleep = std::pin::pin!(host.sleep_until(deadline));
                match select(answers.next(), sleep).await {
                    Either::Left((next, _)) => next,
                    Either::Right(_) => None,
                }
            }
        };
        let Some((key, answer)) = next else { break };
        match answer {
            Ok(value) => tally.add_value(key, group_by(&value), value),
            Err(error) => tally.add_error(&key, error),
        }
        if !tally.is_winnable() {
            break;
        }
        if deadline.is_none() && tally.is_won() {
            deadline = Some(grace_deadline(start, host.now()));
        }
    }
    tally.finish()
}

/// Answers that a quorum did not wait for. Whoever asked goes on and lets them come in [`alongside`]: what an answer brings
/// may be worth having, and a request that is broken off costs its connection.
pub(crate) type Late<'a> = Fuse<LocalBoxFuture<'a, ()>>;

/// As [`communicate_with_quorum`], but without grace time: returns with the answer that completes the quorum, and gives
/// back what is still on its way.
pub(crate) async fn first_quorum<'a, V, K, F>(
    committee: &Committee,
    actions: Vec<(ValidatorPublicKey, F)>,
    group_by: impl Fn(&V) -> K,
) -> Result<(Vec<(ValidatorPublicKey, V)>, Late<'a>), QuorumError>
where
    V: 'a,
    K: Ord + Clone,
    F: Future<Output = Result<V, NodeError>> + 'a,
{
    let mut tally = Tally::new(committee);
    let mut answers = actions
        .into_iter()
        .filter(|(key, _)| committee.weight(key) > 0)
        .map(|(key, action)| Box::pin(action).map(move |answer| (key, answer)))
        .collect::<FuturesUnordered<_>>();
    while !tally.is_won() && tally.is_winnable() {
        let Some((key, answer)) = answers.next().await else { break };
        match answer {
            Ok(value) => tally.add_value(key, group_by(&value), value),
            Err(error) => tally.add_error(&key, error),
        }
    }
    let (_, values) = tally.finish()?;
    let late = async move { while answers.next().await.is_some() {} };
    Ok((values, late.boxed_local().fuse()))
}

/// Does the work, and something else meanwhile; that may be unfinished at the end.
pub(crate) async fn alongside<T>(
    meanwhile: impl Future<Output = ()> + Unpin,
    work: impl Future<Output = T>,
) -> T {
    match select(pin!(work), meanwhile).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), work)) => work.await,
    }
}

fn grace_deadline(start: Timestamp, now: Timestamp) -> Timestamp {
    let elapsed = now.micros().saturating_sub(start.micros());
    Timestamp::from(now.micros().saturating_add(elapsed / 100 * GRACE_PERCENT))
}

/// Votes behind each answer and each error.
struct Tally<'a, K, V> {
    committee: &'a Committee,
    remaining: u64,
    best: u64,
    values: BTreeMap<K, (u64, Vec<(ValidatorPublicKey, V)>)>,
    errors: Vec<(NodeError, u64)>,
}

impl<'a, K: Ord + Clone, V> Tally<'a, K, V> {
    fn new(committee: &'a Committee) -> Self {
        let remaining = committee.total_votes();
        Self { committee, remaining, best: 0, values: BTreeMap::new(), errors: Vec::new() }
    }

    fn add_value(&mut self, key: ValidatorPublicKey, group: K, value: V) {
        let weight = self.committee.weight(&key);
        self.remaining = self.remaining.saturating_sub(weight);
        let (score, values) = self.values.entry(group).or_default();
        *score += weight;
        values.push((key, value));
        self.best = self.best.max(*score);
    }

    fn add_error(&mut self, key: &ValidatorPublicKey, error: NodeError) {
        let weight = self.committee.weight(key);
        self.remaining = self.remaining.saturating_sub(weight);
        match self.errors.iter_mut().find(|(known, _)| *known == error) {
            Some((_, score)) => *score += weight,
            None => self.errors.push((error, weight)),
        }
    }

    fn is_won(&self) -> bool {
        self.best >= self.committee.quorum_threshold()
    }

    fn is_winnable(&self) -> bool {
        self.best + self.remaining >= self.committee.quorum_threshold()
    }

    fn finish(mut self) -> Result<(K, Vec<(ValidatorPublicKey, V)>), QuorumError> {
        let threshold = self.committee.quorum_threshold();
        let winner =
            self.values.iter().find(|(_, (score, _))| *score >= threshold).map(|(key, _)| key.clone());
        if let Some((group, (_, values))) = winner.and_then(|key| self.values.remove_entry(&key)) {
            return Ok((group, values));
        }
        if self.errors.is_empty() {
            let scores = self.values.values().map(|(score, _)| *score).collect();
            return Err(QuorumError::NoConsensus { threshold, scores });
        }
        self.errors.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
        self.errors.truncate(SAMPLE_ERRORS_MAX);
        if self.errors[0].1 >= self.committee.validity_threshold() {
            return Err(QuorumError::Trusted(self.errors.swap_remove(0).0));
        }
        Err(QuorumError::Sample(self.errors))
    }
}
