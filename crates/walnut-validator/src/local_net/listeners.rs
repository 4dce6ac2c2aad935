//! Sockets on loopback.

use std::{io, net::Ipv4Addr};

use tokio::net::TcpListener;

/// Binds a port of 127.0.0.1, 0 for a free one.
pub(super) async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// Binds the port if it is free, else another one.
pub(super) async fn bind_or_any(port: u16) -> io::Result<TcpListener> {
    match bind(port).await {
        Err(error) if port != 0 && error.kind() == io::ErrorKind::AddrInUse => {
            tracing::warn!(port, "the port is taken; using another one");
            bind(0).await
        }
        result => result,
    }
}
