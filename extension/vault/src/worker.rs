//! The message loop of the dedicated worker.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect, Uint8Array};
use rand_core::{CryptoRng, RngCore};
use walnut_base::Timestamp;
use walnut_wallet::messages::{UiError, VaultEvent};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};
use zeroize::Zeroizing;

use crate::{Reply, Secret, Vault, frame};

/// Secrets of one frame at most.
const SECRETS_MAX: u32 = 4;

/// Bytes of one secret at most: a keystore file.
const SECRET_BYTES_MAX: u32 = 256 * 1024;

/// Starts the loop; called by the module's `init`.
#[wasm_bindgen(start)]
pub(crate) fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let vault = RefCell::new(Vault::default());
    let on_message = {
        let scope = scope.clone();
        // One message at a time: the handler never awaits, so the vault is never borrowed twice.
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            for (json, secrets) in answers(&mut vault.borrow_mut(), &event.data()) {
                post(&scope, &json, &secrets);
            }
        })
    };
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The loop lives as long as the worker.
    on_message.forget();
    post(&scope, &frame::event(&VaultEvent::Booted), &[]);
}

/// The answer to one frame, and an event if there is one. A frame without an id cannot be answered and is dropped.
fn answers(vault: &mut Vault, data: &JsValue) -> Vec<(String, Vec<Secret>)> {
    let secrets = take_secrets(data);
    let Some(json) = Reflect::get(data, &"json".into()).ok().and_then(|json| json.as_string()) else {
        return Vec::new();
    };
    let refusal = |error| Reply { response: Err(error), secrets: Vec::new() };
    let (id, reply) = match (frame::read_request(&json), secrets) {
        (Ok((id, request)), Ok(secrets)) => {
            (Some(id), vault.handle(request, secrets, now(), &mut BrowserRng))
        }
        (Ok((id, _)), Err(error)) => (Some(id), refusal(error)),
        (Err((id, error)), _) => (id, refusal(error)),
    };
    let mut answers = Vec::new();
    if let Some(event) = vault.take_event() {
        answers.push((frame::event(&event), Vec::new()));
    }
    if let Some(id) = id {
        answers.push((frame::response(id, &reply.response), reply.secrets));
    }
    answers
}

/// Copies the secrets and overwrites the originals.
fn take_secrets(data: &JsValue) -> Result<Vec<Secret>, UiError> {
    let bad = |what: &str| UiError::bad_message(what);
    let list = Reflect::get(data, &"secrets".into()).map_err(|_| bad("a frame is an object"))?;
    if list.is_undefined() || list.is_null() {
        return Ok(Vec::new());
    }
    let list: Array = list.dyn_into().map_err(|_| bad("secrets are a list"))?;
    if list.length() > SECRETS_MAX {
        return Err(bad("too many secrets"));
    }
    let mut secrets = Vec::new();
    let mut problem = None;
    for item in list.iter() {
        match item.dyn_into::<Uint8Array>() {
            Ok(array) => {
                if array.length() > SECRET_BYTES_MAX {
                    problem = Some(bad("a secret is too long"));
                } else {
                    secrets.push(Zeroizing::new(array.to_vec()));
                }
                array.fill(0, 0, array.length());
            }
            Err(_) => problem = Some(bad("secrets are byte arrays")),
        }
    }
    problem.map_or(Ok(secrets), Err)
}

fn post(scope: &DedicatedWorkerGlobalScope, json: &str, secrets: &[Secret]) {
    let frame = Object::new();
    let list = Array::new();
    let transfer = Array::new();
    for secret in secrets {
        let array = Uint8Array::from(secret.as_slice());
        transfer.push(&array.buffer());
        list.push(&array);
    }
    let is_built = Reflect::set(&frame, &"json".into(), &json.into()).is_ok()
        && Reflect::set(&frame, &"secrets".into(), &list).is_ok();
    // Secrets are transferred, not copied: no second copy stays in this worker's JavaScript heap.
    let is_posted = is_built && scope.post_message_with_transfer(&frame, &transfer).is_ok();
    assert!(is_posted, "plain strings and fresh buffers can always be posted");
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970: positive, below 2^53, and the cast saturates"
)]
fn now() -> Timestamp {
    Timestamp::from_micros((js_sys::Date::now() as u64).saturating_mul(1_000))
}

/// `crypto.getRandomValues`.
struct BrowserRng;

impl RngCore for BrowserRng {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        getrandom::getrandom(bytes).expect("every worker has crypto.getRandomValues");
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for BrowserRng {}
