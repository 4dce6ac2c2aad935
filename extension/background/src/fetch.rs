//! HTTP to the faucet.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, Request, RequestInit, Response};

use crate::time::sleep_millis;

/// How long a faucet may take: it makes a block, perhaps after others.
const DEADLINE_MILLIS: u64 = 30_000;

/// Posts JSON text and returns the answer's text.
///
/// # Errors
/// In words: not reachable, too slow, or an HTTP status that is not 200.
pub(crate) async fn post_json(url: &str, body: &str) -> Result<String, String> {
    let abort = AbortController::new().map_err(text)?;
    let exchange = Box::pin(exchange(url, body, &abort));
    let deadline = Box::pin(sleep_millis(DEADLINE_MILLIS));
    match futures_util::future::select(exchange, deadline).await {
        futures_util::future::Either::Left((answer, _)) => answer.map_err(text)?,
        futures_util::future::Either::Right(_) => {
            abort.abort();
            Err(format!("no answer within {} s", DEADLINE_MILLIS / 1_000))
        }
    }
}

async fn exchange(url: &str, body: &str, abort: &AbortController) -> Result<Result<String, String>, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&body.into());
    init.set_signal(Some(&abort.signal()));
    let request = Request::new_with_str_and_init(url, &init)?;
    let fetch: Function = Reflect::get(&js_sys::global(), &"fetch".into())?.dyn_into()?;
    let promise: Promise = fetch.call1(&JsValue::NULL, &request)?.dyn_into()?;
    let response: Response = JsFuture::from(promise).await?.dyn_into()?;
    let answer = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(match response.ok() {
        true => Ok(answer),
        false => Err(format!("HTTP {}: {answer:.200}", response.status())),
    })
}

fn text(error: impl Into<JsValue>) -> String {
    let error = error.into();
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => format!("{error:?}"),
    }
}
