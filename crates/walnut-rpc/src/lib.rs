//! Between `walnut-base` values and validators: protobuf conversions and two transports.
//!
//! The crate promises the wire format of Linera 0.15.23 (`rpc.v1`): same paths, field numbers and payload encodings, and
//! the reference's judgement of which failures travel inside an answer and which as a gRPC status. It refuses to know
//! what answers mean: it verifies no signature, keeps no state, never reconnects a subscription.
//!
//! - [`RemoteNode`] is the client of one validator. `native::NativeNode` (feature `native`) speaks HTTP/2,
//!   `browser::BrowserNode` (feature `browser`, wasm32) speaks gRPC-web over `fetch`; both have the same methods.
//! - `server` (feature `server`): `ValidatorService` over base types, and everything to serve it publicly.
//! - `http` (feature `http`): plain HTTP, for what applications ask and for faucets.
//! - [`convert`] is pure; [`proto`] is generated; [`grpc_web`] is framing without a transport.
//!
//! Start with [`RemoteNode`] or, for a validator, with `server::ValidatorService`.

mod address;
mod answers;
#[cfg(all(feature = "browser", target_arch = "wasm32"))]
pub mod browser;
pub mod convert;
pub mod grpc_web;
#[cfg(all(feature = "http", not(target_arch = "wasm32")))]
pub mod http;
pub mod limits;
mod method;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub mod native;
pub mod proto;
mod remote_node;
mod retry;
#[cfg(all(feature = "server", not(target_arch = "wasm32")))]
pub mod server;
mod status;
mod transport;

pub use address::base_url;
pub use answers::Items;
pub use convert::ConversionError;
pub use limits::Deadlines;
pub use method::Method;
pub use remote_node::{Blobs, Notifications, Options, RemoteNode};
pub use retry::RetryPolicy;
pub use status::{Code, Status};
pub use transport::Transport;
