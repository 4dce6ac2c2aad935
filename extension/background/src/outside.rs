//! What applications learn of the world outside of their chain: a clock, HTTP by `fetch`, and a log in the console.

use js_sys::{Function, Promise, Reflect, Uint8Array};
use walnut_base::{ApplicationId, TimeDelta, http};
use walnut_execution::{ExecutionError, Outside};
use walnut_vm::LogLevel;
use walnut_wallet::address::shorten;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, Request, RequestCache, RequestCredentials,
    RequestInit, Response, Url,
};

use crate::time;

/// How long a service may think about a question. While it does, this worker does nothing else; and an application
/// that merely sent a message here is asked what it is, so none may hold the wallet up.
const QUERY_LIMIT: TimeDelta = TimeDelta::from_secs(2);

/// Characters of a log line that reach the console.
const LOG_CHARS_MAX: usize = 2_000;

/// The browser, as an application may feel it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BrowserOutside;

impl Outside for BrowserOutside {
    fn elapsed(&self) -> TimeDelta {
        time::elapsed()
    }

    fn query_limit(&self) -> Option<TimeDelta> {
        Some(QUERY_LIMIT)
    }

    fn url_host(&self, url: &str) -> Option<String> {
        let url = Url::new(url).ok()?;
        let is_web = matches!(url.protocol().as_str(), "http:" | "https:");
        Some(url.hostname()).filter(|host| is_web && !host.is_empty())
    }

    async fn http(
        &self,
        request: &http::Request,
        limits: http::Limits,
    ) -> Result<http::Response, ExecutionError> {
        let abort = AbortController::new().map_err(failed)?;
        let exchange = Box::pin(exchange(request, limits.maximum_bytes, &abort));
        let deadline = Box::pin(time::sleep_millis(limits.timeout.as_micros().div_ceil(1_000)));
        match futures_util::future::select(exchange, deadline).await {
            futures_util::future::Either::Left((response, _)) => {
                // What was not read is of no use to anybody.
                abort.abort();
                response
            }
            futures_util::future::Either::Right(_) => {
                abort.abort();
                Err(ExecutionError::HttpRequestFailed("no answer in time".into()))
            }
        }
    }

    fn log(&self, application_id: &ApplicationId, level: LogLevel, message: &str) {
        let message = message.chars().take(LOG_CHARS_MAX).collect::<String>();
        let line = format!("{level:?} of {}: {message}", shorten(&application_id.to_string()));
        web_sys::console::debug_1(&line.into());
    }
}

async fn exchange(
    request: &http::Request,
    maximum_bytes: u64,
    abort: &AbortController,
) -> Result<http::Response, ExecutionError> {
    let request = request_of(request, abort).map_err(failed)?;
    let send = || -> Result<Promise, JsValue> {
        let fetch: Function = Reflect::get(&js_sys::global(), &"fetch".into())?.dyn_into()?;
        fetch.call1(&JsValue::NULL, &request)?.dyn_into()
    };
    let response: Response =
        JsFuture::from(send().map_err(failed)?).await.map_err(failed)?.dyn_into().map_err(failed)?;
    let headers = headers_of(&response).map_err(failed)?;
    let mut size = headers.iter().map(|header| header.name.len() as u64 + header.value.len() as u64).sum();
    let body = read_body(&response, maximum_bytes, &mut size).await?;
    Ok(http::Response { status: response.status(), headers, body })
}

fn request_of(request: &http::Request, abort: &AbortController) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    for header in &request.headers {
        // The browser's strings of bytes: one character per byte.
        let value = header.value.iter().copied().map(char::from).collect::<String>();
        headers.append(&header.name, &value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_headers(&headers);
    if !request.body.is_empty() {
        init.set_body(&Uint8Array::from(&*request.body));
    }
    init.set_cache(RequestCache::NoStore);
    // An application speaks for itself, never with what the browser knows of the person.
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&abort.signal()));
    Request::new_with_str_and_init(&request.url, &init)
}

fn headers_of(response: &Response) -> Result<Vec<http::Header>, JsValue> {
    let mut headers = Vec::new();
    for pair in response.headers().entries() {
        let pair: js_sys::Array = pair?.dyn_into()?;
        let text = |index| pair.get(index).as_string().unwrap_or_default();
        let value = text(1).chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        headers.push(http::Header { name: text(0), value });
    }
    Ok(headers)
}

/// Reads until the end or the limit, whichever comes first: what is too much is never in memory.
async fn read_body(
    response: &Response,
    maximum_bytes: u64,
    size: &mut u64,
) -> Result<Vec<u8>, ExecutionError> {
    let mut bytes = Vec::new();
    let Some(body) = response.body() else { return Ok(bytes) };
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into().map_err(failed)?;
    loop {
        let part = JsFuture::from(reader.read()).await.map_err(failed)?;
        let field = |name: &str| Reflect::get(&part, &name.into());
        if field("done").map_err(failed)?.is_truthy() {
            return Ok(bytes);
        }
        let part: Uint8Array = field("value").map_err(failed)?.dyn_into().map_err(failed)?;
        *size += u64::from(part.length());
        if *size > maximum_bytes {
            return Err(ExecutionError::HttpResponseSizeLimitExceeded { limit: maximum_bytes, size: *size });
        }
        let start = bytes.len();
        bytes.resize(start + part.length() as usize, 0);
        part.copy_to(&mut bytes[start..]);
    }
}

fn failed(error: impl Into<JsValue>) -> ExecutionError {
    let error = error.into();
    let text = match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => format!("{error:?}"),
    };
    ExecutionError::HttpRequestFailed(text)
}
