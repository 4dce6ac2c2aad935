//! Native client against a native server over loopback, and gRPC-web by hand.
#![allow(clippy::unwrap_used, reason = "tests")]

mod calls;
mod grpc_web;
mod limits;
mod streams;
mod support;
