//! Every bound of this crate, with its unit and its reason.

/// Certificates asked for in one request. The reference allows 500; smaller batches let the next download overlap the
/// execution of this one.
pub(crate) const DOWNLOAD_BATCH_CERTIFICATES: u64 = 100;

/// Certificates pushed to a lagging validator before its answer is looked at again.
pub(crate) const UPLOAD_BATCH_CERTIFICATES: u64 = 500;

/// Entries of a received log that one answer may hold; fewer mean that the log is read to its end
/// (`CHAIN_INFO_MAX_RECEIVED_LOG_ENTRIES` of the reference).
pub(crate) const RECEIVED_LOG_ENTRIES: usize = 20_000;

/// Stream ids in one `PreviousEventBlocks` request.
pub(crate) const EVENT_STREAM_QUERY_STREAMS: usize = 1_000;

/// Incoming bundles in one proposed block, as in the reference.
pub(crate) const BUNDLES_PER_BLOCK_MAX: usize = 300;

/// Failing bundles that are set aside for size or fuel before all remaining ones are, as in the reference.
pub(crate) const BLOCK_LIMIT_ERRORS_MAX: u32 = 3;

/// New events that one block takes in, as in the reference.
pub(crate) const NEW_EVENTS_PER_BLOCK_MAX: u32 = 10;

/// Attempts to finish one block before the error is shown: each failed attempt must have changed the state of consensus.
pub(crate) const PROPOSAL_ATTEMPTS_MAX: u32 = 10;

/// Rounds of "fetch what is missing, try again" while one block is staged. Each round must name something new, so only a
/// hostile validator gets here.
pub(crate) const STAGING_FETCHES_MAX: u32 = 100;

/// Blocks fetched one by one when a history is walked backwards; longer histories are fetched whole.
pub(crate) const BACKWARD_WALK_BLOCKS_MAX: usize = 10_000;

/// Waits for a validator's clock before its answer counts as a refusal. A clock that is wrong for longer is not ours to
/// wait for.
pub(crate) const CLOCK_WAITS_MAX: u32 = 20;
