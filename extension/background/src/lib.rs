//! The node worker: the full node of every chain the wallet owns, in a dedicated worker of the extension.
//!
//! It verifies and executes blocks, keeps them in IndexedDB, talks to validators, prepares and proposes blocks. It never
//! sees a key: signatures are asked for by message, over content that was decoded and executed here first. One wasm
//! instance serves one network; the host document starts, supervises and replaces it.
//!
//! Every await may be the last thing this worker does. What must survive is committed before anything is said: the
//! pending proposal and the table of signatures by strict commits, everything else can be fetched or worked out again.
//!
//! Start reading at `worker.rs` (messages), then `app.rs` (what there is) and `requests/` (what can be asked).
#![cfg(target_arch = "wasm32")]

mod app;
mod applications;
mod claim;
mod errors;
mod fetch;
mod follow;
mod history;
mod host;
mod money;
mod outside;
mod records;
mod remote;
mod requests;
mod review;
mod session;
mod snapshot;
mod time;
mod worker;
