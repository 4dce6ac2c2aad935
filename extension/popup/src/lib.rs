//! The interface of the wallet: one program for popup, side panel and tab.
//!
//! It promises: a first paint from the saved snapshot before anything answers; every text in [`words`]; no secret in
//! the model longer than its screen; nothing a stranger wrote is ever parsed as HTML. It refuses to know networks,
//! keys and blocks: it asks the host document over two BroadcastChannels and shows what comes back.
//!
//! ```text
//! browser event, host message ──► Message ──► update ──► Model ──► screens ──► tree ──► document
//!                                                └──► Command ──► browser, host
//! ```
//!
//! Everything but the last step on each line is plain Rust without a browser and runs in native tests. The document
//! is patched by [`tree`], about 200 lines of our own: a framework brought a hundred and seventy crates into the
//! program that shows people what they sign.
//!
//! Start reading at [`model`], then [`update`], then [`screens`].

#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "the browser half is the only caller"))]

#[cfg(target_arch = "wasm32")]
mod browser;
mod format;
mod frame;
mod message;
#[cfg(any(test, feature = "mock"))]
mod mock;
mod model;
mod parts;
mod route;
mod screens;
mod source;
#[cfg(target_arch = "wasm32")]
mod transport;
mod tree;
mod update;
mod words;

#[cfg(target_arch = "wasm32")]
pub use self::browser::start;
