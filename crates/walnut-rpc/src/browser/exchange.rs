//! One request and its answer's body, aborted when dropped.

use std::{
    future::{Future as _, poll_fn},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestInit, RequestRedirect, Response as FetchResponse,
};

use super::timer::Timer;
use crate::{
    grpc_web::{CONTENT_TYPE, Response, encode},
    status::{Code, Status},
};

#[wasm_bindgen]
extern "C" {
    // The global function: the same in windows and in workers.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;
}

/// A running fetch. Dropping it aborts the request and closes the connection's stream.
pub(super) struct Exchange {
    response: Response,
    /// `None` once the body is over, or when there is none.
    reader: Option<ReadableStreamDefaultReader>,
    pending: Option<JsFuture>,
    abort: Abort,
}

/// Ends the fetch when dropped or when the time is up.
struct Abort {
    controller: AbortController,
    deadline: Option<(Timer, Duration)>,
}

impl Drop for Abort {
    fn drop(&mut self) {
        // Does nothing to a fetch that is over.
        self.controller.abort();
    }
}

impl Abort {
    fn new(deadline: Duration) -> Result<Self, Status> {
        let controller = AbortController::new().map_err(|_| lost("no AbortController"))?;
        let target = controller.clone();
        let timer = Timer::new(deadline, move || target.abort());
        Ok(Self { controller, deadline: Some((timer, deadline)) })
    }

    /// The status of a promise that was rejected. What the browser says differs by browser and stays out of the text,
    /// because clients tally error texts.
    fn rejected(&self, what: &str) -> Status {
        match &self.deadline {
            Some((timer, deadline)) if timer.has_fired() => Status::deadline_exceeded(*deadline),
            _ => lost(what),
        }
    }
}

fn lost(what: &str) -> Status {
    Status::new(Code::Unavailable, what)
}

impl Exchange {
    /// Sends the request and judges the response headers.
    pub(super) async fn start(url: &str, message: &[u8], deadline: Duration) -> Result<Self, Status> {
        let body = encode(message).map_err(|error| Status::new(Code::OutOfRange, error.to_string()))?;
        let abort = Abort::new(deadline)?;
        let init = request_init(&body, &abort.controller).map_err(|_| lost("fetch is not available"))?;
        drop(body);
        let promise = fetch(url, &init).map_err(|_| lost("fetch is not available"))?;
        let answer = JsFuture::from(promise).await.map_err(|_| abort.rejected("fetch failed"))?;
        let answer: FetchResponse = answer.unchecked_into();
        let headers = answer.headers();
        let response = Response::start(answer.status(), |name| headers.get(name).ok().flatten())?;
        let reader = answer.body().map(|stream| stream.get_reader().unchecked_into());
        Ok(Self { response, reader, pending: None, abort })
    }

    /// From now on the body may take as long as it likes.
    pub(super) fn without_deadline(mut self) -> Self {
        self.abort.deadline = None;
        self
    }

    /// The next message; `None` after a clean end.
    pub(super) async fn next_message(&mut self) -> Result<Option<Bytes>, Status> {
        poll_fn(|context| self.poll_message(context)).await
    }

    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Status>> {
        loop {
            if let Some(message) = self.response.next_message()? {
                return Poll::Ready(Ok(Some(message)));
            }
            if self.response.is_ended() {
                // Nothing may follow the trailers, so nothing is awaited.
                return Poll::Ready(Ok(None));
            }
            let Some(reader) = &self.reader else {
                return Poll::Ready(self.response.finish().map(|()| None));
            };
            let pending = self.pending.get_or_insert_with(|| JsFuture::from(reader.read()));
            let result = ready!(Pin::new(pending).poll(context));
            self.pending = None;
            let item = result.map_err(|_| self.abort.rejected("the connection was lost"))?;
            match chunk(&item) {
                Some(chunk) => self.response.push(&chunk.to_vec()),
                None => self.reader = None,
            }
        }
    }
}

/// The bytes of a stream's `{done, value}`; `None` at the end.
fn chunk(item: &JsValue) -> Option<Uint8Array> {
    let property = |name: &str| Reflect::get(item, &JsValue::from_str(name)).ok();
    if property("done")?.is_truthy() {
        return None;
    }
    property("value")?.dyn_into().ok()
}

fn request_init(body: &[u8], controller: &AbortController) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", CONTENT_TYPE)?;
    headers.set("accept", CONTENT_TYPE)?;
    headers.set("x-grpc-web", "1")?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&Uint8Array::from(body));
    init.set_signal(Some(&controller.signal()));
    init.set_cache(RequestCache::NoStore);
    // A validator needs to know nothing about the browser, and never moves.
    init.set_credentials(RequestCredentials::Omit);
    init.set_redirect(RequestRedirect::Error);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    Ok(init)
}

/// The answers of a server-streaming call. Dropping it ends the call.
pub struct Answers {
    /// `None` after the end or after an error.
    exchange: Option<Exchange>,
}

impl Answers {
    pub(super) fn new(exchange: Exchange) -> Self {
        Self { exchange: Some(exchange) }
    }
}

impl Stream for Answers {
    type Item = Result<Bytes, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(exchange) = &mut self.exchange else { return Poll::Ready(None) };
        let result = ready!(exchange.poll_message(context));
        if !matches!(result, Ok(Some(_))) {
            self.exchange = None;
        }
        Poll::Ready(result.transpose())
    }
}
