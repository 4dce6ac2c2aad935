//! Clock and timers of the browser.

use js_sys::{Function, Promise, Reflect};
use walnut_base::{TimeDelta, Timestamp};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Longest single timer: browsers overflow at 2^31 ms and run it at once.
const TIMER_MILLIS_MAX: u64 = 1 << 30;

/// The local clock.
pub(crate) fn now() -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since 1970 fit for ages"
    )]
    let millis = js_sys::Date::now().max(0.0) as u64;
    Timestamp::from(millis.saturating_mul(1_000))
}

/// Time since this worker started, by a clock that never goes back.
pub(crate) fn elapsed() -> TimeDelta {
    let now = || -> Option<f64> {
        let performance = Reflect::get(&js_sys::global(), &"performance".into()).ok()?;
        let now: Function = Reflect::get(&performance, &"now".into()).ok()?.dyn_into().ok()?;
        now.call0(&performance).ok()?.as_f64()
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and fits for ages"
    )]
    let micros = (now().unwrap_or_default().max(0.0) * 1_000.0) as u64;
    TimeDelta::from_micros(micros)
}

/// Waits for at least so long.
pub(crate) async fn sleep_millis(millis: u64) {
    #[expect(clippy::cast_precision_loss, reason = "below 2^30")]
    let millis = millis.min(TIMER_MILLIS_MAX) as f64;
    let promise = Promise::new(&mut |resolve, _| {
        let timer =
            Reflect::get(&js_sys::global(), &"setTimeout".into()).map(JsCast::unchecked_into::<Function>);
        // Every worker has setTimeout; without it the promise resolves at once rather than never.
        let started = timer.and_then(|timer| timer.call2(&JsValue::NULL, &resolve, &millis.into()));
        if started.is_err() {
            drop::<Result<JsValue, JsValue>>(resolve.call0(&JsValue::NULL));
        }
    });
    drop::<Result<JsValue, JsValue>>(JsFuture::from(promise).await);
}

/// Waits until the clock has reached the time.
pub(crate) async fn sleep_until(time: Timestamp) {
    loop {
        let left = time.delta_since(now()).as_micros();
        if left == 0 {
            return;
        }
        sleep_millis(left.div_ceil(1_000)).await;
    }
}

/// A number below the bound, for spreading reconnects; nothing depends on it being unpredictable.
pub(crate) fn jitter(bound: u64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a small number"
    )]
    let number = (js_sys::Math::random() * bound as f64) as u64;
    number
}
