//! Retries, batches and streams over a transport in memory.

use std::{
    cell::RefCell,
    collections::VecDeque,
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use futures_core::Stream;
use walnut_base::{AccountOwner, BlobType};

use super::*;
use crate::convert::PreviousEventBlock;

type Answer = Result<Bytes, Status>;

/// Answers from a list, remembers what was asked, sleeps without waiting.
#[derive(Default)]
struct Script {
    answers: RefCell<VecDeque<Answer>>,
    asked: RefCell<Vec<(Method, Bytes, Duration)>>,
    slept: RefCell<Vec<Duration>>,
}

struct Scripted(VecDeque<Answer>);

impl Stream for Scripted {
    type Item = Answer;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Answer>> {
        Poll::Ready(self.0.pop_front())
    }
}

impl Transport for &Script {
    type Answers = Scripted;

    async fn unary(&self, method: Method, request: Bytes, deadline: Duration) -> Answer {
        self.asked.borrow_mut().push((method, request, deadline));
        self.answers.borrow_mut().pop_front().expect("an answer for every request")
    }

    async fn server_streaming(
        &self,
        method: Method,
        request: Bytes,
        deadline: Duration,
    ) -> Result<Scripted, Status> {
        self.asked.borrow_mut().push((method, request, deadline));
        Ok(Scripted(self.answers.borrow_mut().drain(..).collect()))
    }

    async fn sleep(&self, duration: Duration) {
        self.slept.borrow_mut().push(duration);
    }

    fn random(&self) -> u64 {
        0
    }
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: RefCell::new(answers.into_iter().collect()), ..Self::default() }
    }

    fn node(&self) -> RemoteNode<&Self> {
        RemoteNode::with_transport("grpc:localhost:1", self, Options::default())
    }
}

/// Everything is ready at once: one poll is enough.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the script never waits"),
    }
}

fn message(message: &impl Message) -> Answer {
    Ok(message.encode_to_vec().into())
}

fn failure(code: Code) -> Answer {
    Err(Status::new(code, "x"))
}

fn hash(byte: u8) -> CryptoHash {
    CryptoHash::from([byte; 32])
}

fn blob_id(byte: u8) -> BlobId {
    BlobId::new(hash(byte), BlobType::Data)
}

#[test]
fn retryable_failures_are_repeated_with_growing_delays() {
    let script = Script::of([
        failure(Code::Unavailable),
        failure(Code::Cancelled),
        message(&proto::CryptoHash::from(hash(3))),
    ]);
    assert_eq!(run(script.node().blob_last_used_by(blob_id(1))), Ok(hash(3)));
    assert_eq!(script.slept.borrow().as_slice(), [800, 1_600].map(Duration::from_millis));
    assert_eq!(script.asked.borrow().len(), 3);
}

#[test]
fn other_failures_are_final() {
    let script = Script::of([failure(Code::NotFound)]);
    assert_eq!(
        run(script.node().blob_last_used_by(blob_id(1))),
        Err(NodeError::GrpcError {
            error: "remote request [blob_last_used_by] failed with status: \
                    Status { code: NotFound, message: \"x\" }"
                .to_owned()
        })
    );
    assert!(script.slept.borrow().is_empty());
}

#[test]
fn retries_are_counted() {
    let script = Script::of((0..11).map(|_| failure(Code::Unavailable)));
    assert!(matches!(
        run(script.node().blob_last_used_by(blob_id(1))),
        Err(NodeError::GrpcError { error }) if error.contains("Unavailable")
    ));
    assert_eq!(script.asked.borrow().len(), 11);
    assert_eq!(script.slept.borrow().len(), 10);
}

#[test]
fn errors_inside_answers_are_not_repeated() {
    let error = NodeError::InactiveChain(ChainId(hash(1)));
    let script = Script::of([message(&proto::ChainInfoResult::from(Err(error.clone())))]);
    let query = ChainInfoQuery::new(ChainId(hash(1)));
    assert_eq!(run(script.node().handle_chain_info_query(&query)), Err(error));
}

#[test]
fn unreadable_answers() {
    let script = Script::of([Ok(Bytes::from_static(&[0xff]))]);
    let result = run(script.node().blob_last_used_by(blob_id(1)));
    assert!(matches!(
        result,
        Err(NodeError::GrpcError { error }) if error.starts_with("failed to unmarshal response: ")
    ));
}

#[test]
fn oversized_requests_are_not_sent() {
    let script = Script::default();
    let content = BlobContent::new(BlobType::Data, vec![0; MESSAGE_BYTES_MAX]);
    assert_eq!(
        run(script.node().upload_blob(&content)),
        Err(NodeError::GrpcError {
            error: "remote request [upload_blob] failed with status: Status { code: OutOfRange, message: \
                    \"request of 16777233 bytes exceeds the limit of 16777216 bytes\" }"
                .to_owned()
        })
    );
    assert!(script.asked.borrow().is_empty());
}

#[test]
fn deadlines_follow_sizes() {
    let asked = |call: &dyn Fn(&RemoteNode<&Script>)| {
        let script = Script::of([failure(Code::NotFound)]);
        call(&script.node());
        let (_, _, deadline) = script.asked.borrow()[0];
        deadline
    };
    let Deadlines { request, transfer, .. } = Deadlines::default();
    let upload = |bytes: usize| {
        asked(&|node| drop(run(node.upload_blob(&BlobContent::new(BlobType::Data, vec![0; bytes])))))
    };
    assert_eq!(upload(1), request);
    assert_eq!(upload(LARGE_REQUEST_BYTES_MIN), transfer);
    assert_eq!(asked(&|node| drop(run(node.download_blob(blob_id(1))))), transfer);
    assert_eq!(asked(&|node| drop(run(node.blob_last_used_by(blob_id(1))))), request);
}

#[test]
fn subscriptions_skip_acknowledgements_and_end_after_an_error() {
    let notification = Notification {
        chain_id: ChainId(hash(1)),
        reason: walnut_base::Reason::NewRound { height: BlockHeight(1), round: walnut_base::Round::Fast },
    };
    let item = || message(&proto::Notification::from(&notification));
    let script =
        Script::of([Ok(Bytes::new()), item(), Ok(Bytes::new()), item(), failure(Code::Internal), item()]);
    let mut notifications = run(script.node().subscribe(&[ChainId(hash(1))])).unwrap();
    assert_eq!(run(notifications.next()), Some(Ok(notification.clone())));
    assert_eq!(run(notifications.next()), Some(Ok(notification.clone())));
    let failed = NodeError::SubscriptionFailed { status: "Internal: x".to_owned() };
    assert_eq!(run(notifications.next()), Some(Err(failed)));
    assert_eq!(run(notifications.next()), None);
    assert_eq!(run(notifications.next()), None);
}

#[test]
fn an_unreadable_notification_ends_the_stream() {
    let broken = proto::Notification { chain_id: None, reason: vec![1].into() };
    let script = Script::of([message(&broken), Ok(Bytes::new())]);
    let mut notifications = run(script.node().subscribe(&[])).unwrap();
    let status = "Internal: invalid notification: missing field chain_id".to_owned();
    assert_eq!(run(notifications.next()), Some(Err(NodeError::SubscriptionFailed { status })));
    assert_eq!(run(notifications.next()), None);
}

#[test]
fn blob_streams_hold_no_more_than_was_asked_for() {
    let content = BlobContent::new(BlobType::Data, b"hi".to_vec());
    let item = || message(&proto::BlobContent::from(&content));
    let script = Script::of([item(), item()]);
    let mut blobs = run(script.node().download_blobs(&[blob_id(1)])).unwrap();
    assert_eq!(run(blobs.next()), Some(Ok(content.clone())));
    let error = "more items than requested".to_owned();
    assert_eq!(run(blobs.next()), Some(Err(NodeError::GrpcError { error })));
    assert_eq!(run(blobs.next()), None);
}

#[test]
fn event_heights_have_the_length_of_the_question() {
    let answer = proto::EventBlockHeightsResponse::from([None, Some(BlockHeight(1))].as_slice());
    let script = Script::of([message(&answer)]);
    assert_eq!(
        run(script.node().event_block_heights(&[])),
        Err(ConversionError::Length { field: "heights", expected: 0, found: 2 }.into())
    );
}

#[test]
fn previous_event_blocks_are_asked_for_in_parts() {
    let streams: Vec<_> =
        (0..25_000u32).map(|index| walnut_base::StreamId::system(index.to_be_bytes().to_vec())).collect();
    let answer = |index: usize| {
        let block = PreviousEventBlock {
            stream_id: streams[index].clone(),
            block_height: BlockHeight(1),
            crypto_hash: hash(1),
        };
        message(&proto::PreviousEventBlocksResponse::from([block].as_slice()))
    };
    // The second part answers a stream of the first: not asked for, dropped.
    let script = Script::of([answer(0), answer(1), answer(24_999)]);
    let blocks = run(script.node().previous_event_blocks(ChainId(hash(1)), &streams)).unwrap();
    let found: Vec<_> = blocks.keys().collect();
    assert_eq!(found, [&streams[0], &streams[24_999]]);
    let counts: Vec<_> = script
        .asked
        .borrow()
        .iter()
        .map(|(_, request, _)| {
            proto::PreviousEventBlocksRequest::decode(request.clone()).unwrap().stream_ids.len()
        })
        .collect();
    assert_eq!(counts, [10_000, 10_000, 5_000]);
}

#[test]
fn empty_batches_need_no_request() {
    let script = Script::default();
    let node = script.node();
    assert_eq!(run(node.download_raw_certificates_by_heights(ChainId(hash(1)), &[])), Ok(vec![]));
    assert_eq!(run(node.download_certificates(&[])), Ok(vec![]));
    assert_eq!(node.address(), "grpc:localhost:1");
    assert_eq!(ChainInfoQuery::new(ChainId(hash(1))).request_owner_balance, AccountOwner::CHAIN);
}
