//! The way to the host document: two BroadcastChannels and, for waking the browser's background, one port.
//!
//! A frame is `{ json: string, secrets: Uint8Array[] }`. Requests with secrets, and those whose answer carries some,
//! go over the vault's channel; the rest over the other one. Secrets are overwritten here as soon as they are sent or
//! read.

use std::{cell::RefCell, collections::BTreeMap};

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use walnut_wallet::messages::{CHANNEL_UI, CHANNEL_VAULT, UiRequest};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};
use zeroize::Zeroizing;

use crate::{
    frame::{self, Heard},
    message::{Message, Redacted, Secrets},
};

/// Name of the port by which the background learns that an interface is open.
const PORT_NAME: &str = "walnut/ui";

/// Sent over the port to have the host document closed and opened anew.
const RESTART: &str = "restart";

/// Largest first request number: see [`RequestId`].
const FIRST_ID_MAX: f64 = 4_503_599_627_370_496.0;

/// The connection of one window.
pub(crate) struct Transport {
    ui: BroadcastChannel,
    vault: BroadcastChannel,
    next_id: RefCell<u64>,
    pending: RefCell<BTreeMap<u64, UiRequest>>,
    port: RefCell<Option<JsValue>>,
}

impl Transport {
    /// Opens both channels; every message for interfaces goes to `dispatch`.
    pub(crate) fn open(dispatch: fn(Message)) -> Result<Self, JsValue> {
        let listen = |name: &str| -> Result<BroadcastChannel, JsValue> {
            let channel = BroadcastChannel::new(name)?;
            let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(message) =
                    crate::browser::with_transport(|transport| transport.read(&event.data())).flatten()
                {
                    dispatch(message);
                }
            });
            channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
            // The channel lives as long as the page.
            heard.forget();
            Ok(channel)
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a random number in [0, 2^52)"
        )]
        let first = (js_sys::Math::random() * FIRST_ID_MAX) as u64;
        Ok(Self {
            ui: listen(CHANNEL_UI)?,
            vault: listen(CHANNEL_VAULT)?,
            next_id: RefCell::new(first),
            pending: RefCell::new(BTreeMap::new()),
            port: RefCell::new(None),
        })
    }

    /// Sends a request; gives its number for [`Transport::give_up`].
    pub(crate) fn ask(&self, request: UiRequest, secrets: &Secrets) -> Result<u64, JsValue> {
        let id = {
            let mut next = self.next_id.borrow_mut();
            *next += 1;
            *next
        };
        let channel = if request.secrets().is_empty() { &self.ui } else { &self.vault };
        let json = frame::write(id, &request).map_err(|error| JsValue::from_str(&error.to_string()))?;
        let frame = Object::new();
        let arrays = Array::new();
        for secret in secrets {
            arrays.push(&Uint8Array::from(secret.as_slice()));
        }
        Reflect::set(&frame, &"json".into(), &json.into())?;
        Reflect::set(&frame, &"secrets".into(), &arrays)?;
        let sent = channel.post_message(&frame);
        overwrite(&arrays);
        sent?;
        self.pending.borrow_mut().insert(id, request);
        Ok(id)
    }

    /// Stops waiting for an answer; gives the request when it was still waited for.
    pub(crate) fn give_up(&self, id: u64) -> Option<UiRequest> {
        self.pending.borrow_mut().remove(&id)
    }

    /// Reads a frame. Anything that is not for an interface, or not understood, is none.
    fn read(&self, frame: &JsValue) -> Option<Message> {
        let json = Reflect::get(frame, &"json".into()).ok()?.as_string()?;
        let is_awaited = |id| self.pending.borrow().contains_key(&id);
        match frame::read(&json, is_awaited)? {
            Heard::Event(event) => Some(Message::Told(event)),
            Heard::Answer(id, result) => {
                let request = Box::new(self.give_up(id)?);
                Some(Message::Answered { request, result, secrets: Redacted(take_secrets(frame)) })
            }
        }
    }

    /// Wakes the browser's background, which starts the host document where it is not running.
    pub(crate) fn wake(&self) {
        if self.port.borrow().is_some() {
            return;
        }
        let Some(port) = connect() else { return };
        let closed = Closure::once_into_js(|| {
            crate::browser::with_transport(|transport| transport.port.borrow_mut().take());
        });
        if let Ok(event) = Reflect::get(&port, &"onDisconnect".into()) {
            call(&event, "addListener", &closed);
        }
        *self.port.borrow_mut() = Some(port);
    }

    /// Asks the background to close the host document and open it anew.
    pub(crate) fn restart_host(&self) {
        self.wake();
        if let Some(port) = self.port.borrow().as_ref() {
            call(port, "postMessage", &RESTART.into());
        }
    }
}

/// The extension API of this page; none where the page is opened outside of an extension.
pub(crate) fn extension_api() -> Option<JsValue> {
    ["browser", "chrome"].into_iter().find_map(|name| {
        let api = Reflect::get(&js_sys::global(), &name.into()).ok()?;
        let has_runtime = Reflect::get(&api, &"runtime".into()).is_ok_and(|runtime| runtime.is_object());
        has_runtime.then_some(api)
    })
}

/// Calls a method with one argument, as extension APIs take it. A method that is not there is nothing.
pub(crate) fn call(object: &JsValue, method: &str, argument: &JsValue) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    method.call1(object, argument).ok()
}

fn connect() -> Option<JsValue> {
    let runtime = Reflect::get(&extension_api()?, &"runtime".into()).ok()?;
    let info = Object::new();
    Reflect::set(&info, &"name".into(), &PORT_NAME.into()).ok()?;
    call(&runtime, "connect", &info)
}

fn take_secrets(frame: &JsValue) -> Secrets {
    let Ok(arrays) = Reflect::get(frame, &"secrets".into()) else { return Vec::new() };
    if !Array::is_array(&arrays) {
        return Vec::new();
    }
    let arrays = Array::from(&arrays);
    let secrets = arrays
        .iter()
        .filter_map(|array| array.dyn_into::<Uint8Array>().ok())
        .map(|array| Zeroizing::new(array.to_vec()))
        .collect();
    overwrite(&arrays);
    secrets
}

fn overwrite(arrays: &Array) {
    for array in arrays.iter() {
        if let Ok(array) = array.dyn_into::<Uint8Array>() {
            array.fill(0, 0, array.length());
        }
    }
}
