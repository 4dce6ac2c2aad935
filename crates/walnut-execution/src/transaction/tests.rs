//! Recording and replaying answers, blobs by order, stream updates.

use std::rc::Rc;

use walnut_base::{ApplicationId, Blob, BlobId, BlobType, ChainId, EventId, OracleResponse, StreamId};

use super::{StreamUpdate, TransactionStart, TransactionTracker};
use crate::{
    ExecutionError,
    test_utils::{blob_of, hash},
};

fn replaying(responses: Vec<OracleResponse>) -> TransactionTracker {
    TransactionTracker::new(TransactionStart::default(), Some(responses))
}

fn blob_response(byte: u8) -> OracleResponse {
    OracleResponse::Blob(BlobId::new(hash(byte), BlobType::Data))
}

#[test]
fn fresh_answers_are_recorded_in_order() {
    let mut tracker = TransactionTracker::default();
    assert_eq!(tracker.next_replayed(), Ok(None));
    tracker.record_known(blob_response(2)).unwrap();
    tracker.record_known(blob_response(1)).unwrap();
    assert_eq!(tracker.into_outcome().unwrap().oracle_responses, [blob_response(2), blob_response(1)]);
}

#[test]
fn replay_must_match_in_number_and_kind() {
    let mut tracker = replaying(vec![blob_response(1)]);
    assert_eq!(tracker.record_known(blob_response(2)), Err(ExecutionError::OracleResponseMismatch));

    let mut tracker = replaying(vec![blob_response(1)]);
    tracker.record_known(blob_response(1)).unwrap();
    assert_eq!(tracker.record_known(blob_response(1)), Err(ExecutionError::MissingOracleResponse));

    let tracker = replaying(vec![blob_response(1)]);
    assert_eq!(tracker.into_outcome(), Err(ExecutionError::UnexpectedOracleResponse));

    let mut tracker = replaying(vec![blob_response(1)]);
    tracker.record_known(blob_response(1)).unwrap();
    assert_eq!(tracker.into_outcome().unwrap().oracle_responses, [blob_response(1)]);
}

#[test]
fn replayed_event_is_checked_by_its_name() {
    let event_id = |index| EventId { chain_id: ChainId(hash(1)), stream_id: StreamId::system([0]), index };
    let recorded = OracleResponse::Event(event_id(3), vec![7]);
    assert_eq!(TransactionTracker::default().replayed_event(&event_id(3)), Ok(None));
    assert_eq!(replaying(vec![recorded.clone()]).replayed_event(&event_id(3)), Ok(Some(vec![7])));
    assert_eq!(
        replaying(vec![recorded]).replayed_event(&event_id(4)),
        Err(ExecutionError::OracleResponseMismatch)
    );
    assert_eq!(
        replaying(vec![OracleResponse::Assert]).replayed_event(&event_id(3)),
        Err(ExecutionError::OracleResponseMismatch)
    );
}

#[test]
fn created_blobs_are_listed_by_type_then_hash() {
    let mut blobs: Vec<Blob> = (0..4u8).map(|byte| Blob::new_data(vec![byte])).collect();
    blobs.push(blob_of(BlobType::ContractBytecode, vec![1]));
    blobs.push(blob_of(BlobType::ServiceBytecode, vec![1]));
    let mut tracker = TransactionTracker::default();
    for blob in blobs.iter().rev().chain(&blobs) {
        tracker.add_created_blob(blob.clone());
    }
    blobs.sort_by_key(|blob| (blob.id().blob_type, blob.id().hash));
    assert_eq!(tracker.into_outcome().unwrap().blobs, blobs);
}

#[test]
fn blobs_of_earlier_transactions_are_visible_but_not_created_again() {
    let (earlier, now) = (Blob::new_data(vec![1]), Blob::new_data(vec![2]));
    let created_before = Rc::new([(earlier.id(), earlier.content().clone())].into());
    let mut tracker =
        TransactionTracker::new(TransactionStart { created_before, ..TransactionStart::default() }, None);
    tracker.add_created_blob(now.clone());
    assert!(tracker.created_in_block(&earlier.id()).is_some());
    assert!(tracker.created_blob(&earlier.id()).is_none());
    assert!(tracker.created_in_block(&now.id()).is_some());
    assert_eq!(tracker.into_outcome().unwrap().blobs, [now]);
}

#[test]
fn indices_continue_from_the_block() {
    let start =
        TransactionStart { next_application_index: 4, next_chain_index: 9, ..TransactionStart::default() };
    let mut tracker = TransactionTracker::new(start, None);
    assert_eq!(tracker.next_application_index(), Ok(4));
    assert_eq!(tracker.next_application_index(), Ok(5));
    assert_eq!(tracker.next_chain_index(), Ok(9));
    let outcome = tracker.into_outcome().unwrap();
    assert_eq!((outcome.next_application_index, outcome.next_chain_index), (6, 10));
}

#[test]
fn stream_updates_merge_and_may_be_withdrawn() {
    let (app, other) = (ApplicationId::new(hash(1)), ApplicationId::new(hash(2)));
    let (chain_id, stream_id) = (ChainId(hash(3)), StreamId::user(other, *b"s"));
    let mut tracker = TransactionTracker::default();
    tracker.add_stream_to_process(app, chain_id, stream_id.clone(), 5, 5);
    assert!(tracker.take_streams_to_process().is_empty());
    tracker.add_stream_to_process(app, chain_id, stream_id.clone(), 3, 5);
    tracker.add_stream_to_process(app, chain_id, stream_id.clone(), 1, 4);
    tracker.add_stream_to_process(other, chain_id, stream_id.clone(), 0, 1);
    tracker.remove_stream_to_process(other, chain_id, stream_id.clone());
    tracker.remove_stream_to_process(other, chain_id, stream_id.clone());
    let updates = tracker.take_streams_to_process();
    let merged = StreamUpdate { chain_id, stream_id: stream_id.clone(), previous_index: 1, next_index: 5 };
    assert_eq!(updates, [(app, vec![merged])].into());
    tracker.add_stream_to_process(app, chain_id, stream_id, 0, 1);
    assert_eq!(tracker.into_outcome(), Err(ExecutionError::UnprocessedStreams));
}
