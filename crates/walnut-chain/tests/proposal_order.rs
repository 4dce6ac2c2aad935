//! A proposal with several faults is refused for the first one in upstream's order: clients react to the reason.

use walnut_base::{
    Account, AccountOwner, Amount, Blob, BlockHeight, BlockProposal, ChainId, CryptoHash, Epoch,
    IncomingBundle, MessageAction, MessageBundle, Operation, OriginalProposal, ProposalContent,
    ProposalError, ProposedBlock, ResourceControlPolicy, Round, SystemOperation, TimeDelta, Transaction,
};
use walnut_chain::{
    ChainError, WorkerError,
    test_utils::{TestNetwork, account_key},
};
use walnut_execution::BlockError;

const ROUND: Round = Round::MultiLeader(0);

/// A proposal under construction, with a way to repair each fault.
struct Faulty {
    network: TestNetwork,
    block: ProposedBlock,
    round: Round,
    signer: u8,
}

impl Faulty {
    fn new() -> Self {
        let mut policy = ResourceControlPolicy::no_fees();
        policy.maximum_block_proposal_size = 2_000;
        let mut network = TestNetwork::new(4, &[10, 10], policy);
        let chain = network.chain_id(1);
        // Executed first, so that the proposal has a predecessor.
        network.run(1, vec![transfer(chain, 1)]);
        let block = network.block(chain, Some(network.owner(1)), Vec::new(), vec![transfer(chain, 1)]);
        Faulty { network, block, round: ROUND, signer: 102 }
    }

    fn refusal(&mut self) -> WorkerError {
        let proposal = BlockProposal::new_initial(self.round, self.block.clone(), &account_key(self.signer));
        let now = self.network.now;
        self.network.validators[0].propose(proposal, now).expect_err("faulty")
    }
}

fn transfer(chain: ChainId, amount: u64) -> Operation {
    Operation::from(SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::chain(chain),
        amount: Amount::from_tokens(u128::from(amount)),
    })
}

fn bundle(faulty: &Faulty, timestamp_ahead: u64) -> Transaction {
    let ahead = TimeDelta::from_micros(timestamp_ahead);
    Transaction::ReceiveMessages(IncomingBundle {
        origin: faulty.network.chain_id(0),
        bundle: MessageBundle {
            height: BlockHeight(3),
            timestamp: faulty.block.timestamp.saturating_add(ahead),
            certificate_hash: CryptoHash::ZERO,
            transaction_index: 0,
            messages: Vec::new(),
        },
        action: MessageAction::Accept,
    })
}

#[test]
fn the_first_fault_counts() {
    let mut faulty = Faulty::new();
    let chain = faulty.network.chain_id(1);
    let good = faulty.block.clone();
    let blob = Blob::new_data(vec![1]);
    let publish = Operation::from(SystemOperation::PublishDataBlob { blob_hash: blob.id().hash });

    // All faults at once; then they are repaired from the first to the last.
    faulty.block.height = BlockHeight(9);
    faulty.block.previous_block_hash = None;
    faulty.block.epoch = Epoch(3);
    faulty.block.timestamp = faulty.network.now.saturating_add(TimeDelta::from_secs(60));
    faulty.block.authenticated_signer = Some(faulty.network.owner(0));
    let missing_bundle = bundle(&faulty, 0);
    let early_bundle = bundle(&faulty, 1);
    faulty.block.transactions = vec![
        early_bundle,
        Transaction::ExecuteOperation(publish),
        Transaction::ExecuteOperation(transfer(chain, 99_999)),
    ];
    faulty.block.transactions.extend(vec![Transaction::ExecuteOperation(transfer(chain, 1)); 40]);
    faulty.signer = 77;

    assert_eq!(
        faulty.refusal(),
        ChainError::UnexpectedBlockHeight {
            expected_block_height: BlockHeight(1),
            found_block_height: BlockHeight(9)
        }
        .into()
    );
    faulty.block.height = good.height;
    assert_eq!(faulty.refusal(), ChainError::UnexpectedPreviousBlockHash.into());
    faulty.block.previous_block_hash = good.previous_block_hash;
    assert_eq!(
        faulty.refusal(),
        WorkerError::InvalidEpoch { chain_id: chain, chain_epoch: Epoch(0), epoch: Epoch(3) }
    );
    faulty.block.epoch = good.epoch;
    let size = walnut_base::encoding::bcs_size(&faulty.block);
    assert_eq!(faulty.refusal(), ChainError::BlockProposalTooLarge(size).into());
    faulty.block.transactions.truncate(3);
    assert_eq!(faulty.refusal(), WorkerError::InvalidOwner);
    faulty.signer = 102;
    assert_eq!(faulty.refusal(), WorkerError::InvalidSigner(faulty.network.owner(1)));
    faulty.block.authenticated_signer = good.authenticated_signer;
    assert_eq!(faulty.refusal(), WorkerError::BlobsNotFound(vec![blob.id()]));
    faulty.network.validators[0].pending_blob(chain, blob).expect("announced");
    assert!(matches!(faulty.refusal(), WorkerError::InvalidTimestamp { .. }));
    faulty.network.now = faulty.block.timestamp;
    let bundle_timestamp = faulty.block.timestamp.saturating_add(TimeDelta::from_micros(1));
    let block_timestamp = faulty.block.timestamp;
    assert_eq!(
        faulty.refusal(),
        ChainError::IncorrectBundleTimestamp { chain_id: chain, bundle_timestamp, block_timestamp }.into()
    );
    faulty.block.transactions[0] = missing_bundle;
    let bundles = vec![(faulty.network.chain_id(0), BlockHeight(3))];
    assert_eq!(faulty.refusal(), ChainError::MissingCrossChainUpdates { chain_id: chain, bundles }.into());
    faulty.block.transactions.remove(0);
    assert!(matches!(
        faulty.refusal().as_chain_error(),
        Some(ChainError::Block(BlockError::ExecutionError(..)))
    ));
    faulty.block.transactions.pop();
    faulty.network.validators[0]
        .propose(
            BlockProposal::new_initial(ROUND, faulty.block.clone(), &account_key(102)),
            faulty.network.now,
        )
        .expect("all faults are repaired");
}

#[test]
fn all_missing_bundles_are_named() {
    let mut faulty = Faulty::new();
    let first = bundle(&faulty, 0);
    let mut second = bundle(&faulty, 0);
    if let Transaction::ReceiveMessages(incoming) = &mut second {
        incoming.bundle.transaction_index = 4;
    }
    faulty.block.transactions = vec![first, second];
    let origin = faulty.network.chain_id(0);
    let bundles = vec![(origin, BlockHeight(3)), (origin, BlockHeight(3))];
    let chain_id = faulty.block.chain_id;
    assert_eq!(faulty.refusal(), ChainError::MissingCrossChainUpdates { chain_id, bundles }.into());
    // The same bundle twice is out of order.
    let again = bundle(&faulty, 0);
    faulty.block.transactions = vec![again.clone(), again];
    assert!(matches!(
        faulty.refusal().as_chain_error(),
        Some(ChainError::IncorrectMessageOrder { next_height: BlockHeight(3), next_index: 1, .. })
    ));
}

#[test]
fn proposals_must_make_sense_before_anything_else_is_looked_at() {
    let mut faulty = Faulty::new();
    let mut proposal = BlockProposal::new_initial(ROUND, faulty.block.clone(), &account_key(102));
    proposal.content.block.height = BlockHeight(9); // breaks the signature as well as the chaining
    let now = faulty.network.now;
    let validator = &mut faulty.network.validators[0];
    assert!(matches!(validator.propose(proposal.clone(), now), Err(WorkerError::CryptoError(_))));
    proposal.content.outcome = Some(Default::default());
    assert_eq!(
        validator.propose(proposal, now),
        Err(WorkerError::InvalidBlockProposal(ProposalError::OutcomeWithoutCertificate))
    );
    let content = ProposalContent { block: faulty.block.clone(), round: Round::Fast, outcome: None };
    let signature = account_key(102).sign(&content);
    let original_proposal = Some(OriginalProposal::Fast(signature));
    let retry = BlockProposal { content, signature, original_proposal };
    assert_eq!(
        validator.propose(retry, now),
        Err(WorkerError::InvalidBlockProposal(ProposalError::RoundNotAfterOriginal))
    );
}

#[test]
fn a_fast_original_needs_a_super_owner() {
    let mut faulty = Faulty::new();
    let content = ProposalContent { block: faulty.block.clone(), round: Round::Fast, outcome: None };
    let original = OriginalProposal::Fast(account_key(102).sign(&content));
    let retry = faulty.network.retry(1, faulty.block.clone(), ROUND, original);
    let now = faulty.network.now;
    assert_eq!(faulty.network.validators[0].propose(retry, now), Err(WorkerError::InvalidOwner));
}

#[test]
fn a_regular_original_needs_a_quorum() {
    let mut faulty = Faulty::new();
    let proposal = BlockProposal::new_initial(ROUND, faulty.block.clone(), &account_key(102));
    let validated = faulty.network.validate(&proposal);
    let (value, round, mut signatures) = validated.into_parts();
    signatures.truncate(2);
    let weak = walnut_base::ValidatedBlockCertificate::new(value, round, signatures);
    let retry = BlockProposal::new_retry_regular(Round::MultiLeader(1), weak, &account_key(102));
    let now = faulty.network.now;
    assert!(matches!(
        faulty.network.validators[0].propose(retry, now),
        Err(WorkerError::CertificateError(walnut_base::CertificateError::CertificateRequiresQuorum { .. }))
    ));
}

#[test]
fn too_many_published_blobs_are_refused_when_they_come() {
    let mut policy = ResourceControlPolicy::no_fees();
    policy.maximum_published_blobs = 2;
    let mut network = TestNetwork::new(4, &[10, 10], policy);
    let chain = network.chain_id(1);
    let blobs: Vec<Blob> = (0..2).map(|byte| Blob::new_data(vec![byte])).collect();
    let publish =
        |blob: &Blob| Operation::from(SystemOperation::PublishDataBlob { blob_hash: blob.id().hash });
    let block = network.block(chain, Some(network.owner(1)), Vec::new(), blobs.iter().map(publish).collect());
    let proposal = BlockProposal::new_initial(ROUND, block, &network.owner_keys[1]);
    let now = network.now;
    let validator = &mut network.validators[0];
    assert!(
        matches!(validator.propose(proposal, now), Err(WorkerError::BlobsNotFound(missing)) if missing.len() == 2)
    );
    // The limit is strict: as many as the limit are too many.
    assert_eq!(
        validator.pending_blob(chain, blobs[0].clone()),
        Err(ChainError::TooManyPublishedBlobs(2).into())
    );
}
