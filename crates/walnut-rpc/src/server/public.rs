//! The public listener: gRPC over HTTP/2 and gRPC-web over HTTP/1 on one port, for any origin.

use std::{future::Future, io, sync::Arc};

use thiserror::Error;
use tokio::net::TcpListener;
use tonic::transport::{Server, server::TcpIncoming};
use tonic_web::GrpcWebLayer;
use tower_http::cors::{Any, CorsLayer};

use super::{adapter::Adapter, service::ValidatorService};
use crate::{
    limits::MESSAGE_BYTES_MAX,
    proto::{FILE_DESCRIPTOR_SET, validator_node_server::ValidatorNodeServer},
};

/// Why the public listener stopped.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The descriptor for reflection was refused: a mistake in this crate.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// Listening failed.
    #[error("transport: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The socket could not be prepared.
    #[error("socket: {0}")]
    Io(#[from] io::Error),
}

/// The service with the wire's size limits.
pub fn validator_node_server<S: ValidatorService>(service: Arc<S>) -> ValidatorNodeServer<Adapter<S>> {
    ValidatorNodeServer::new(Adapter::new(service))
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX)
}

/// Any origin, method and header, every response header exposed, no credentials: wallets come from anywhere, and nothing
/// here depends on who asks.
pub fn cors_layer() -> CorsLayer {
    CorsLayer::new().allow_origin(Any).allow_methods(Any).allow_headers(Any).expose_headers(Any)
}

/// Translates gRPC-web to gRPC; belongs inside the CORS layer.
pub fn grpc_web_layer() -> GrpcWebLayer {
    GrpcWebLayer::new()
}

/// Serves a validator on a bound socket until `shutdown` completes: `ValidatorNode`, `grpc.health.v1` and
/// `grpc.reflection.v1`; HTTP/1 accepted for gRPC-web; layers from the outside in: CORS, gRPC-web, router.
///
/// After `shutdown`, open requests are still answered, and subscriptions hold the listener until the service ends their
/// streams.
pub async fn serve<S: ValidatorService>(
    service: Arc<S>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<ValidatorNodeServer<Adapter<S>>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .build_v1()?;
    Server::builder()
        .accept_http1(true)
        // As the reference: one below the largest number, which hyper would take for a mistake.
        .max_concurrent_streams(Some(u32::MAX - 1))
        .layer(cors_layer())
        .layer(grpc_web_layer())
        .add_service(health)
        .add_service(reflection)
        .add_service(validator_node_server(service))
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), shutdown)
        .await?;
    Ok(())
}
