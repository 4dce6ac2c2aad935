//! Replays: the recorded answers take the place of asking, and every difference has a name.

use walnut_base::{Amount, Blob, CryptoHash, OracleResponse, ResourceControlPolicy, SystemOperation};

use crate::{
    BlockError, ChainExecutionContext, ExecutionError, OutcomeField, compare_outcomes,
    test_utils::{Desk, hash, operation, to_other_chain},
};

#[test]
fn replay_gives_the_same_outcome_or_says_why_not() {
    let blob = Blob::new_data(vec![1]);
    let verify = || operation(SystemOperation::VerifyBlob { blob_id: blob.id() });
    let desk = || {
        let desk = Desk::new(ResourceControlPolicy::testnet());
        desk.put_blob(&blob);
        desk
    };
    let mut first = desk();
    let block = first.block(vec![verify(), operation(to_other_chain(Amount::ONE)), verify()]);
    let executed = first.execute_with(&block, &[], None).unwrap();
    let recorded = executed.outcome.oracle_responses.clone();
    assert_eq!(recorded, [vec![OracleResponse::Blob(blob.id())], vec![], vec![]]);
    assert_eq!(desk().execute_with(&block, &[], Some(&recorded)).unwrap(), executed);

    let fail = |lists: &[Vec<OracleResponse>]| desk().execute_with(&block, &[], Some(lists)).unwrap_err();
    let at =
        |index, error| BlockError::ExecutionError(Box::new(error), ChainExecutionContext::Operation(index));
    assert_eq!(fail(&recorded[..2]), BlockError::MissingOracleResponseList);
    assert_eq!(fail(&[vec![], vec![], vec![]]), at(0, ExecutionError::MissingOracleResponse));
    let extra = [recorded[0].clone(), vec![OracleResponse::Assert], vec![]];
    assert_eq!(fail(&extra), at(1, ExecutionError::UnexpectedOracleResponse));
    let wrong = [vec![OracleResponse::Round(None)], vec![], vec![]];
    assert_eq!(fail(&wrong), at(0, ExecutionError::OracleResponseMismatch));
}

#[test]
fn every_field_of_an_outcome_is_compared() {
    let mut desk = Desk::new(ResourceControlPolicy::no_fees());
    let outcome = desk.execute(vec![operation(to_other_chain(Amount::ONE))]).unwrap().outcome;
    assert_eq!(compare_outcomes(&outcome, &outcome), Ok(()));
    let reference = (hash(1), walnut_base::BlockHeight(1));
    let change = |field| {
        let mut changed = outcome.clone();
        match field {
            OutcomeField::Messages => changed.messages.clear(),
            OutcomeField::PreviousMessageBlocks => {
                changed.previous_message_blocks.insert(desk.chain_id, reference);
            }
            OutcomeField::PreviousEventBlocks => {
                changed.previous_event_blocks.insert(walnut_base::StreamId::system([0]), reference);
            }
            OutcomeField::StateHash => changed.state_hash = CryptoHash::from([1; 32]),
            OutcomeField::OracleResponses => changed.oracle_responses[0].push(OracleResponse::Assert),
            OutcomeField::Events => changed.events.push(vec![]),
            OutcomeField::Blobs => changed.blobs.push(vec![]),
            OutcomeField::OperationResults => changed.operation_results.clear(),
        }
        changed
    };
    use OutcomeField::*;
    for field in [
        Messages,
        PreviousMessageBlocks,
        PreviousEventBlocks,
        StateHash,
        OracleResponses,
        Events,
        Blobs,
        OperationResults,
    ] {
        let mismatch = compare_outcomes(&outcome, &change(field)).unwrap_err();
        assert_eq!(mismatch.fields.iter().map(|mismatch| mismatch.field).collect::<Vec<_>>(), [field]);
    }
    let both = walnut_base::BlockExecutionOutcome { state_hash: CryptoHash::from([1; 32]), ..change(Blobs) };
    let mismatch = compare_outcomes(&outcome, &both).unwrap_err();
    assert_eq!(mismatch.fields.iter().map(|mismatch| mismatch.field).collect::<Vec<_>>(), [Blobs, StateHash]);
}
