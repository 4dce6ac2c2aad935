//! What keeps its structure on the wire, and what becomes text.

use walnut_base::{
    BlobId, BlobType, BlockHeight, ChainId, CryptoHash, NodeError, Round, TimeDelta, Timestamp,
};
use walnut_execution::{BlockError, ChainExecutionContext, ExecutionError};

use crate::{ChainError, Failure, WorkerError};

const CHAIN: ChainId = ChainId(CryptoHash::ZERO);

fn on_the_wire(error: impl Into<WorkerError>) -> NodeError {
    Failure::new(error).to_node_error()
}

#[test]
fn repairable_errors_keep_their_structure() {
    let blob_id = BlobId::new(CryptoHash::ZERO, BlobType::Data);
    let (one, two) = (BlockHeight(1), BlockHeight(2));
    let cases: Vec<(WorkerError, NodeError)> = vec![
        (
            ChainError::MissingCrossChainUpdates { chain_id: CHAIN, bundles: vec![(CHAIN, one)] }.into(),
            NodeError::MissingCrossChainUpdates { chain_id: CHAIN, bundles: vec![(CHAIN, one)] },
        ),
        (ChainError::InactiveChain(CHAIN).into(), NodeError::InactiveChain(CHAIN)),
        (BlockError::InactiveChain(CHAIN).into(), NodeError::InactiveChain(CHAIN)),
        (
            WorkerError::execution(ExecutionError::BlobsNotFound(vec![blob_id])),
            NodeError::BlobsNotFound(vec![blob_id]),
        ),
        (WorkerError::BlobsNotFound(vec![blob_id]), NodeError::BlobsNotFound(vec![blob_id])),
        (
            ChainError::UnexpectedBlockHeight { expected_block_height: one, found_block_height: two }.into(),
            NodeError::UnexpectedBlockHeight { expected_block_height: one, found_block_height: two },
        ),
        (
            WorkerError::UnexpectedBlockHeight { expected_block_height: two, found_block_height: one },
            NodeError::UnexpectedBlockHeight { expected_block_height: two, found_block_height: one },
        ),
        (
            ChainError::WrongRound(Round::SingleLeader(3)).into(),
            NodeError::WrongRound(Round::SingleLeader(3)),
        ),
        (WorkerError::MissingCertificateValue, NodeError::MissingCertificateValue),
    ];
    for (error, expected) in cases {
        assert_eq!(on_the_wire(error), expected);
    }
}

#[test]
fn other_errors_become_text() {
    let error = on_the_wire(ChainError::InsufficientRound(Round::MultiLeader(1)));
    assert_eq!(
        error,
        NodeError::ChainError { error: "Round number should be at least MultiLeader(1)".into() }
    );
    let context = ChainExecutionContext::Operation(2);
    let error = BlockError::ExecutionError(Box::new(ExecutionError::IncorrectTransferAmount), context);
    let NodeError::ChainError { error } = on_the_wire(error) else {
        panic!("an execution error is a chain error")
    };
    assert_eq!(error, "Execution error: Transfer must have positive amount during Operation(2)");
    let NodeError::WorkerError { .. } = on_the_wire(WorkerError::InvalidOwner) else {
        panic!("an unauthorized owner is a worker error")
    };
}

#[test]
fn corrupted_state_is_named_so_that_exporters_stop() {
    let NodeError::ChainError { error } = on_the_wire(ChainError::CorruptedChainState("x".into())) else {
        panic!("a corrupted chain is a chain error")
    };
    assert!(error.contains("Corrupted chain state"));
}

#[test]
fn a_block_from_the_future_carries_both_clocks() {
    let error = on_the_wire(WorkerError::InvalidTimestamp {
        block_timestamp: Timestamp::from_micros(77),
        local_time: Timestamp::from_micros(55),
        block_time_grace_period: TimeDelta::from_millis(500),
    });
    assert_eq!(error.timestamps(), Some((77, 55)));
}
