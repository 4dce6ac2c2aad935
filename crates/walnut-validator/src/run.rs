//! One validator from configuration files.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
};

use thiserror::Error;
use tokio::net::TcpListener;
use walnut_base::GenesisConfig;
use walnut_rpc::server::{ServeError, serve};
use walnut_storage::{NativeStorage, StorageError, native::Options};

use crate::{
    genesis::ServerConfig,
    outside,
    storage::ValidatorStorage,
    validator::{StartError, Validator},
};

/// Memory of a validator that has a process to itself.
const DATABASE: Options = Options { cache_bytes: 128 << 20, memtable_bytes: 32 << 20, worker_threads: 2 };

/// Why a validator stopped or did not start.
#[derive(Debug, Error)]
pub enum RunError {
    /// The key of the configuration is not the one its secret belongs to.
    #[error("validator_secret does not belong to public_key")]
    WrongSecret,
    /// The database cannot be opened.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The validator cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The port cannot be bound.
    #[error("{address}: {error}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        error: io::Error,
    },
    /// The listener failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Runs one validator until `shutdown` completes. `ready` is called with the bound address.
///
/// # Errors
/// [`RunError`].
pub async fn run(
    config: ServerConfig,
    genesis: &GenesisConfig,
    data: &Path,
    listen: IpAddr,
    ready: impl FnOnce(SocketAddr),
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    if config.validator_secret.public() != config.validator.public_key {
        return Err(RunError::WrongSecret);
    }
    let address = SocketAddr::new(listen, config.public_port());
    let bind_error = |error| RunError::Bind { address, error };
    let listener = TcpListener::bind(address).await.map_err(bind_error)?;
    let bound = listener.local_addr().map_err(bind_error)?;
    let storage = ValidatorStorage::Native(NativeStorage::open(data, DATABASE)?);
    let shards = config.internal_network.shards.len();
    let validator =
        Validator::start(storage, genesis, &config.validator_secret, shards, outside::applications())?;
    ready(bound);
    let until_shutdown = async {
        shutdown.await;
        validator.end_subscriptions();
    };
    let served = serve(Arc::new(validator.front().clone()), listener, until_shutdown).await;
    if tokio::task::spawn_blocking(move || validator.stop()).await.is_err() {
        tracing::error!("stopping the validator panicked");
    }
    Ok(served?)
}
