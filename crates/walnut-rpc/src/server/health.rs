//! A listener that says it is well, and nothing else.

use std::future::Future;

use tokio::net::TcpListener;
use tonic::transport::{Server, server::TcpIncoming};

use super::ServeError;

/// Answers `grpc.health.v1` with SERVING on a bound socket until `shutdown` completes: the part of a shard's port that the
/// reference's programs ask for.
///
/// # Errors
/// [`ServeError::Transport`].
pub async fn serve_health(
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let (_reporter, health) = tonic_health::server::health_reporter();
    Server::builder()
        .add_service(health)
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), shutdown)
        .await?;
    Ok(())
}
