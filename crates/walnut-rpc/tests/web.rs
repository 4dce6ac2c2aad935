//! The fetch transport against a `fetch` of the test's making, in a dedicated worker of a browser.
#![cfg(all(target_arch = "wasm32", feature = "browser"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use js_sys::{Function, Reflect, Uint8Array};
use prost::Message as _;
use walnut_base::{
    BlobId, BlobType, BlockHeight, ChainId, ChainInfoQuery, ChainInfoResponse, CryptoHash, NodeError,
    Notification, Reason, Round,
};
use walnut_rpc::{
    Deadlines, Options, RetryPolicy, browser::BrowserNode, grpc_web::encode, limits::MESSAGE_BYTES_MAX, proto,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const HEADERS: &str = "{headers: {'content-type': 'application/grpc-web+proto'}}";

/// Replaces the global `fetch` by a function of `url` and `init`.
fn install(script: &str) {
    let function = Function::new_with_args("url, init", script);
    Reflect::set(&js_sys::global(), &"fetch".into(), &function).unwrap();
}

fn set_global(name: &str, value: &JsValue) {
    Reflect::set(&js_sys::global(), &name.into(), value).unwrap();
}

fn eval(expression: &str) -> JsValue {
    Function::new_no_args(&format!("return {expression};")).call0(&JsValue::UNDEFINED).unwrap()
}

/// Answers with these bytes in pieces.
fn answer(body: &[u8]) {
    set_global("answer", &Uint8Array::from(body));
    install(&format!(
        "globalThis.seen = {{url, init}};
         const bytes = globalThis.answer;
         const stream = new ReadableStream({{start(controller) {{
             for (let i = 0; i < bytes.length; i += 7) controller.enqueue(bytes.slice(i, i + 7));
             controller.close();
         }}}});
         return Promise.resolve(new Response(stream, {HEADERS}));"
    ));
}

fn frames(message: &impl prost::Message, trailers: &str) -> Vec<u8> {
    let mut body = encode(&message.encode_to_vec()).unwrap();
    let mut frame = encode(trailers.as_bytes()).unwrap();
    frame[0] = 0x80;
    body.extend(frame);
    body
}

fn node_within(deadline: Duration) -> BrowserNode {
    let deadlines = Deadlines { connect: deadline, request: deadline, transfer: deadline };
    BrowserNode::new("grpcs:validator.example:443", Options { deadlines, retry: RetryPolicy::NONE }).unwrap()
}

fn node() -> BrowserNode {
    node_within(Duration::from_secs(5))
}

fn hash(byte: u8) -> CryptoHash {
    CryptoHash::from([byte; 32])
}

fn blob_id() -> BlobId {
    BlobId::new(hash(1), BlobType::Data)
}

fn failed(status: &str) -> NodeError {
    NodeError::GrpcError {
        error: format!("remote request [blob_last_used_by] failed with status: Status {{ {status} }}"),
    }
}

#[wasm_bindgen_test]
async fn a_unary_call() {
    answer(&frames(&proto::CryptoHash::from(hash(9)), "grpc-status:0\r\n"));
    assert_eq!(node().blob_last_used_by(blob_id()).await, Ok(hash(9)));
    assert_eq!(
        eval("globalThis.seen.url").as_string().unwrap(),
        "https://validator.example:443/rpc.v1.ValidatorNode/BlobLastUsedBy"
    );
    for (expression, expected) in [
        ("globalThis.seen.init.method", "POST"),
        ("globalThis.seen.init.credentials", "omit"),
        ("globalThis.seen.init.redirect", "error"),
        ("globalThis.seen.init.headers.get('content-type')", "application/grpc-web+proto"),
        ("globalThis.seen.init.headers.get('accept')", "application/grpc-web+proto"),
        ("globalThis.seen.init.headers.get('x-grpc-web')", "1"),
    ] {
        assert_eq!(eval(expression).as_string().unwrap(), expected);
    }
    let body: Uint8Array = eval("globalThis.seen.init.body").unchecked_into();
    assert_eq!(body.to_vec(), encode(&proto::BlobId::from(blob_id()).encode_to_vec()).unwrap());
}

#[wasm_bindgen_test]
async fn errors_inside_answers() {
    let error = NodeError::InactiveChain(ChainId(hash(1)));
    answer(&frames(
        &proto::ChainInfoResult::from(Err::<ChainInfoResponse, _>(error.clone())),
        "grpc-status:0\r\n",
    ));
    let query = ChainInfoQuery::new(ChainId(hash(1)));
    assert_eq!(node().handle_chain_info_query(&query).await, Err(error));
}

#[wasm_bindgen_test]
async fn trailers_only_errors() {
    install(
        "return Promise.resolve(new Response(null, {headers: {
             'content-type': 'application/grpc-web+proto', 'grpc-status': '5', 'grpc-message': 'Blob%20not%20found'
         }}));",
    );
    let result = node().blob_last_used_by(blob_id()).await;
    assert_eq!(result, Err(failed("code: NotFound, message: \"Blob not found\"")));
}

#[wasm_bindgen_test]
async fn other_failures() {
    install("return Promise.reject(new TypeError('Failed to fetch'));");
    let result = node().blob_last_used_by(blob_id()).await;
    assert_eq!(result, Err(failed("code: Unavailable, message: \"fetch failed\"")));

    install("return Promise.resolve(new Response('bad gateway', {status: 502}));");
    let result = node().blob_last_used_by(blob_id()).await;
    assert_eq!(result, Err(failed("code: Unavailable, message: \"HTTP status 502\"")));

    answer(&frames(&proto::CryptoHash::from(hash(9)), "grpc-status:13\r\ngrpc-message:storage\r\n"));
    let result = node().blob_last_used_by(blob_id()).await;
    assert_eq!(result, Err(failed("code: Internal, message: \"storage\"")));

    answer(&[]);
    let result = node().blob_last_used_by(blob_id()).await;
    assert_eq!(result, Err(failed("code: Internal, message: \"missing response message\"")));

    answer(&encode(&[1, 2, 3]).unwrap()[..6]);
    let result = node().blob_last_used_by(blob_id()).await;
    assert_eq!(result, Err(failed("code: Unavailable, message: \"the body ended inside a frame\"")));
}

#[wasm_bindgen_test]
async fn oversized_answers_are_not_read() {
    let length = u32::try_from(MESSAGE_BYTES_MAX + 1).unwrap().to_be_bytes();
    set_global("answer", &Uint8Array::from([&[0], length.as_slice()].concat().as_slice()));
    // Never ends; must be given up after the frame head.
    install(&format!(
        "globalThis.aborted = false;
         init.signal.addEventListener('abort', () => globalThis.aborted = true);
         const stream = new ReadableStream({{
             start(controller) {{ controller.enqueue(globalThis.answer); }},
             pull(controller) {{ controller.enqueue(new Uint8Array(65536)); }},
         }});
         return Promise.resolve(new Response(stream, {HEADERS}));"
    ));
    let result = node().blob_last_used_by(blob_id()).await;
    let message = "message of 16777217 bytes exceeds the limit of 16777216 bytes";
    assert_eq!(result, Err(failed(&format!("code: OutOfRange, message: \"{message}\""))));
    assert!(eval("globalThis.aborted").is_truthy());
}

const HANG: &str = "globalThis.aborted = false;
    return new Promise((_, reject) => init.signal.addEventListener('abort', () => {
        globalThis.aborted = true;
        reject(init.signal.reason);
    }));";

#[wasm_bindgen_test]
async fn a_silent_validator_costs_one_deadline() {
    install(HANG);
    let result = node_within(Duration::from_millis(20)).blob_last_used_by(blob_id()).await;
    assert_eq!(result, Err(failed("code: DeadlineExceeded, message: \"no answer within 20 ms\"")));
    assert!(eval("globalThis.aborted").is_truthy());
}

#[wasm_bindgen_test]
async fn a_silent_body_costs_one_deadline() {
    install(&format!(
        "const stream = new ReadableStream({{start(controller) {{
             init.signal.addEventListener('abort', () => controller.error(init.signal.reason));
         }}}});
         return Promise.resolve(new Response(stream, {HEADERS}));"
    ));
    let result = node_within(Duration::from_millis(20)).blob_last_used_by(blob_id()).await;
    assert_eq!(result, Err(failed("code: DeadlineExceeded, message: \"no answer within 20 ms\"")));
}

#[wasm_bindgen_test]
async fn dropping_a_call_aborts_it() {
    install(HANG);
    let node = node();
    let mut call = Box::pin(node.blob_last_used_by(blob_id()));
    let first = std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context))).await;
    assert!(first.is_pending());
    assert!(!eval("globalThis.aborted").is_truthy());
    drop(call);
    assert!(eval("globalThis.aborted").is_truthy());
}

#[wasm_bindgen_test]
async fn failures_are_repeated_after_a_delay() {
    set_global(
        "answer",
        &Uint8Array::from(frames(&proto::CryptoHash::from(hash(9)), "grpc-status:0\r\n").as_slice()),
    );
    set_global("attempts", &0.into());
    install(&format!(
        "globalThis.attempts += 1;
         if (globalThis.attempts < 3) return Promise.reject(new TypeError('offline'));
         return Promise.resolve(new Response(globalThis.answer, {HEADERS}));"
    ));
    let retry = RetryPolicy {
        retry_delay: Duration::from_millis(1),
        max_retries: 2,
        max_backoff: Duration::from_millis(2),
    };
    let options = Options { retry, ..Options::default() };
    let node = BrowserNode::new("grpc:localhost:1", options).unwrap();
    assert_eq!(node.blob_last_used_by(blob_id()).await, Ok(hash(9)));
    assert_eq!(eval("globalThis.attempts").as_f64(), Some(3.0));
}

/// A stream that the test feeds through `globalThis.controller`.
const FED: &str = "globalThis.aborted = false;
    const stream = new ReadableStream({start(controller) {
        globalThis.controller = controller;
        init.signal.addEventListener('abort', () => {
            globalThis.aborted = true;
            try { controller.error(init.signal.reason); } catch {}
        });
    }});
    return Promise.resolve(new Response(stream, {headers: {'content-type': 'application/grpc-web+proto'}}));";

fn feed(bytes: &[u8]) {
    set_global("chunk", &Uint8Array::from(bytes));
    eval("globalThis.controller.enqueue(globalThis.chunk)");
}

fn notification() -> Notification {
    let reason = Reason::NewRound { height: BlockHeight(1), round: Round::Fast };
    Notification { chain_id: ChainId(hash(1)), reason }
}

fn notification_frame() -> Vec<u8> {
    encode(&proto::Notification::from(&notification()).encode_to_vec()).unwrap()
}

#[wasm_bindgen_test]
async fn a_subscription_outlives_the_deadline_and_ends_cleanly() {
    install(FED);
    let mut notifications =
        node_within(Duration::from_millis(20)).subscribe(&[ChainId(hash(1))]).await.unwrap();
    // The acknowledgement and one notification in two pieces.
    let frame = notification_frame();
    feed(&encode(&[]).unwrap());
    feed(&frame[..9]);
    feed(&frame[9..]);
    assert_eq!(notifications.next().await, Some(Ok(notification())));
    let later = Function::new_no_args(
        "setTimeout(() => { globalThis.controller.enqueue(globalThis.chunk); globalThis.controller.close(); }, 60);",
    );
    set_global("chunk", &Uint8Array::from(frame.as_slice()));
    later.call0(&JsValue::UNDEFINED).unwrap();
    assert_eq!(notifications.next().await, Some(Ok(notification())));
    assert_eq!(notifications.next().await, None);
}

#[wasm_bindgen_test]
async fn a_broken_subscription_is_an_error() {
    install(FED);
    let mut notifications = node().subscribe(&[ChainId(hash(1))]).await.unwrap();
    feed(&notification_frame());
    assert_eq!(notifications.next().await, Some(Ok(notification())));
    eval("globalThis.controller.error(new TypeError('network error'))");
    let status = "Unavailable: the connection was lost".to_owned();
    assert_eq!(notifications.next().await, Some(Err(NodeError::SubscriptionFailed { status })));
    assert_eq!(notifications.next().await, None);
}

#[wasm_bindgen_test]
async fn dropping_a_subscription_aborts_it() {
    install(FED);
    let notifications = node().subscribe(&[ChainId(hash(1))]).await.unwrap();
    assert!(!eval("globalThis.aborted").is_truthy());
    drop(notifications);
    assert!(eval("globalThis.aborted").is_truthy());
}
