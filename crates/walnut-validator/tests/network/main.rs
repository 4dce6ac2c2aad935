//! Whole networks in this process, spoken to over real sockets.
#![allow(clippy::unwrap_used, reason = "tests")]

mod cycle;
mod downloads;
mod errors;
mod faults;
mod grpc_web;
mod restart;
mod subscriptions;
mod support;
