//! From a committee's `network_address` to a URL.

use walnut_base::{NetworkAddress, NodeError};

/// The URL, without a trailing slash, of `grpc:host:port` or `grpcs:host:port`, in any case: `http://host:port` or
/// `https://host:port`. `//` before the host is dropped, because `grpcs://host:port` is a natural slip that committees can
/// hold.
///
/// Anything else is [`NodeError::CannotResolveValidatorAddress`], also the reference's local test transports `tcp` and
/// `udp` (`linera-rpc/src/grpc/node_provider.rs`).
pub fn base_url(network_address: &str) -> Result<String, NodeError> {
    parse(network_address)
        .ok_or_else(|| NodeError::CannotResolveValidatorAddress { address: network_address.to_owned() })
}

fn parse(text: &str) -> Option<String> {
    let mut address: NetworkAddress = text.parse().ok()?;
    if let Some(host) = address.host.strip_prefix("//") {
        address.host = host.to_owned();
    }
    // The host becomes part of a URL: nothing that could end the authority may pass.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_usable = !address.host.is_empty() && address.host.bytes().all(is_plain) && address.port != 0;
    address.http_url().filter(|_| is_usable)
}

#[cfg(test)]
mod tests;
