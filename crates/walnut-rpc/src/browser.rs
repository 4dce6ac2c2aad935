//! gRPC-web over `fetch`, for windows and workers.

mod exchange;
mod fetch;
mod timer;

pub use exchange::Answers;
pub use fetch::Fetch;

use walnut_base::NodeError;

use crate::{
    address::base_url,
    remote_node::{Options, RemoteNode},
};

/// A validator reached over gRPC-web.
pub type BrowserNode = RemoteNode<Fetch>;

impl BrowserNode {
    /// A node for a committee's `network_address` (`grpc:host:port` or `grpcs:host:port`). The browser pools connections.
    pub fn new(network_address: &str, options: Options) -> Result<Self, NodeError> {
        Ok(Self::with_transport(network_address, Fetch::new(&base_url(network_address)?), options))
    }
}
