//! Where a validator listens.

use std::{fmt, str::FromStr};

use crate::ParseError;

/// How to speak to a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NetworkProtocol {
    /// gRPC without encryption.
    Grpc,
    /// gRPC over TLS.
    Grpcs,
    /// The simple protocol over TCP; local tests only.
    Tcp,
    /// The simple protocol over UDP; local tests only.
    Udp,
}

/// A validator's public address: `grpc:host:port` and the like, three parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NetworkAddress {
    /// The protocol.
    pub protocol: NetworkProtocol,
    /// Host name or IPv4 address.
    pub host: String,
    /// TCP or UDP port.
    pub port: u16,
}

impl NetworkAddress {
    /// The base URL of a gRPC address; none for the simple protocol.
    pub fn http_url(&self) -> Option<String> {
        let scheme = match self.protocol {
            NetworkProtocol::Grpc => "http",
            NetworkProtocol::Grpcs => "https",
            NetworkProtocol::Tcp | NetworkProtocol::Udp => return None,
        };
        Some(format!("{scheme}://{}:{}", self.host, self.port))
    }
}

/// The simple protocols are written with a capital, as upstream does.
impl fmt::Display for NetworkAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = match self.protocol {
            NetworkProtocol::Grpc => "grpc",
            NetworkProtocol::Grpcs => "grpcs",
            NetworkProtocol::Tcp => "Tcp",
            NetworkProtocol::Udp => "Udp",
        };
        write!(formatter, "{protocol}:{}:{}", self.host, self.port)
    }
}

/// Lower-cases everything first, as clients do.
impl FromStr for NetworkAddress {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.to_lowercase();
        let parts: Vec<_> = text.split(':').collect();
        let [protocol, host, port] = parts[..] else { return Err(ParseError::Malformed("network address")) };
        let protocol = match protocol {
            "grpc" => NetworkProtocol::Grpc,
            "grpcs" => NetworkProtocol::Grpcs,
            "tcp" => NetworkProtocol::Tcp,
            "udp" => NetworkProtocol::Udp,
            _ => return Err(ParseError::UnknownVariant("network protocol")),
        };
        let port = port.parse().map_err(|_| ParseError::Malformed("network port"))?;
        Ok(Self { protocol, host: host.to_owned(), port })
    }
}
