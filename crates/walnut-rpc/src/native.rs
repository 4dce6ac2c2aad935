//! gRPC over HTTP/2 for native programs.

mod channel;
mod codec;

pub use channel::Http2;

use walnut_base::NodeError;

use crate::{
    address::base_url,
    remote_node::{Options, RemoteNode},
};

/// A validator reached over HTTP/2.
pub type NativeNode = RemoteNode<Http2>;

impl NativeNode {
    /// A node for a committee's `network_address` (`grpc:host:port` or `grpcs:host:port`). Connects on first use and again
    /// after a loss; one connection is shared by all clones.
    ///
    /// Must be called within a tokio runtime that drives the connection.
    pub fn new(network_address: &str, options: Options) -> Result<Self, NodeError> {
        let transport = Http2::new(&base_url(network_address)?, &options.deadlines)
            .map_err(|_| NodeError::CannotResolveValidatorAddress { address: network_address.to_owned() })?;
        Ok(Self::with_transport(network_address, transport, options))
    }
}
