//! Which addresses are understood.

use super::*;

#[test]
fn addresses_become_urls() {
    let cases = [
        ("grpc:localhost:9100", "http://localhost:9100"),
        ("grpcs:validator-1.testnet.linera.net:443", "https://validator-1.testnet.linera.net:443"),
        ("GRPCS:Example.ORG:443", "https://example.org:443"),
        ("grpcs://example.org:443", "https://example.org:443"),
        ("grpc:127.0.0.1:1", "http://127.0.0.1:1"),
    ];
    for (address, url) in cases {
        assert_eq!(base_url(address), Ok(url.to_owned()));
    }
}

#[test]
fn other_addresses_are_refused() {
    let cases = [
        "",
        "grpc",
        "grpc:host",
        "grpc:host:0",
        "grpc:host:65536",
        "grpc:host:80:90",
        "grpc:[::1]:80",
        "grpc::80",
        "grpc:evil/path?:80",
        "grpc:user@host:80",
        "tcp:host:80",
        "udp:host:80",
        "http://host:80",
        "grpcx:host:80",
    ];
    for address in cases {
        assert_eq!(
            base_url(address),
            Err(NodeError::CannotResolveValidatorAddress { address: address.to_owned() })
        );
    }
}
