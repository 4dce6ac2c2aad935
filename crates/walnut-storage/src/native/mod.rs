//! The embedded store of validators and native clients.
//!
//! `fjall` is a log-structured merge tree in Rust. Measured on the target machine against `redb` (500 durable commits of
//! 20 random keys of 500 bytes each): 0.21 ms per commit against 2.3 ms, because a commit appends to one journal
//! instead of rewriting tree pages.

mod database;

pub use database::{NativeStorage, Options};
