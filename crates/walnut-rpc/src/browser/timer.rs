//! `setTimeout` as a guard and as a future.

use std::{cell::Cell, rc::Rc, time::Duration};

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    // Browsers answer with a number, other hosts with an object: the identifier stays opaque.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &js_sys::Function, milliseconds: i32) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

/// Longest time a browser timer can hold (about 24.8 days); longer ones fire at once.
fn timer_ms(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}

/// Runs a callback once after a time, unless dropped before.
pub(super) struct Timer {
    id: JsValue,
    fired: Rc<Cell<bool>>,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    pub(super) fn new(duration: Duration, mut callback: impl FnMut() + 'static) -> Self {
        let fired = Rc::new(Cell::new(false));
        let flag = Rc::clone(&fired);
        let callback = Closure::new(move || {
            flag.set(true);
            callback();
        });
        let id = set_timeout(callback.as_ref().unchecked_ref(), timer_ms(duration));
        Self { id, fired, _callback: callback }
    }

    pub(super) fn has_fired(&self) -> bool {
        self.fired.get()
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

/// Waits; dropping the future clears the timer.
pub(super) async fn sleep(duration: Duration) {
    let mut resolve = None;
    let promise = Promise::new(&mut |done, _| resolve = Some(done));
    let _timer = Timer::new(duration, move || {
        if let Some(done) = resolve.take() {
            // Calling a promise's resolver cannot throw.
            drop(done.call0(&JsValue::UNDEFINED));
        }
    });
    // The promise is never rejected.
    drop(JsFuture::from(promise).await);
}
