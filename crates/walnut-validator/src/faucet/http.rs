//! The faucet over HTTP: GraphQL on `POST /`, a page on `GET /`, readiness on `GET /ready`; open to any origin.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    response::Html,
    routing::get,
};
use tokio::net::TcpListener;
use walnut_rpc::server::cors_layer;

use super::{
    Faucet, FaucetChain,
    schema::{FaucetSchema, schema},
};

/// Largest request, in bytes: a query with a handful of owners.
const REQUEST_BYTES_MAX: usize = 64 * 1024;

/// A form for a person who opens the address in a browser.
const PAGE: &str = include_str!("page.html");

/// Serves a faucet on a bound socket until `shutdown` completes.
///
/// # Errors
/// When the socket fails.
pub async fn serve_faucet<C: FaucetChain>(
    faucet: Faucet<C>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = Router::new()
        .route("/", get(async || Html(PAGE)).post(answer::<C>))
        .route("/ready", get(async || "ready!"))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .layer(cors_layer())
        .with_state(Arc::new(schema(faucet)));
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

async fn answer<C: FaucetChain>(
    State(schema): State<Arc<FaucetSchema<C>>>,
    Json(request): Json<async_graphql::Request>,
) -> Json<async_graphql::Response> {
    Json(schema.execute(request).await)
}
