//! Starting and stopping.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use futures_util::future::join_all;
use rand_core::OsRng;
use thiserror::Error;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use walnut_base::{ArithmeticError, ChainId, GenesisConfig};
use walnut_rpc::server::{ServeError, serve};
use walnut_storage::{MemoryStorage, NativeStorage, StorageError, native::Options};

use super::{
    LocalNetOptions,
    folder::{Folder, FolderError, Identity},
    listeners::{bind, bind_or_any},
};
use crate::{
    clock::now,
    faucet::{ChainFailure, Faucet, FaucetOptions, Proposer, serve_faucet},
    front::Front,
    genesis::{
        CommitteeConfig, GenesisOptions, NetworkKind, ServerConfig, ShardConfig, TlsKind, ValidatorOptions,
        create_genesis, draw_server_config,
    },
    outside,
    storage::ValidatorStorage,
    validator::{StartError, Validator},
};

/// Memory of one validator's database: small, since several share a process.
const DATABASE: Options = Options { cache_bytes: 8 << 20, memtable_bytes: 8 << 20, worker_threads: 1 };

/// How long open requests may take when the network stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);

/// The root chain of the faucet.
const FAUCET_CHAIN_INDEX: usize = 1;

/// Why a local network cannot start.
#[derive(Debug, Error)]
pub enum LocalNetError {
    /// A port cannot be bound. Those of validators are part of the genesis and cannot change.
    #[error("port {port} of 127.0.0.1: {error}")]
    Bind {
        /// The port; 0 when any would have done.
        port: u16,
        /// The system's reason.
        error: io::Error,
    },
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A database cannot be opened.
    #[error("the database of validator {number}: {error}")]
    Storage {
        /// Counted from 1.
        number: usize,
        /// The reason.
        error: StorageError,
    },
    /// A validator cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The committee's votes overflow.
    #[error(transparent)]
    Committee(#[from] ArithmeticError),
    /// The faucet cannot read its chain.
    #[error("the faucet: {0}")]
    Faucet(#[from] ChainFailure),
    /// A validator panicked while it started.
    #[error("a validator panicked while it started")]
    Panicked,
    /// A network without validators.
    #[error("a network needs at least one validator")]
    NoValidators,
    /// A faucet without a chain of its own.
    #[error("a faucet needs a root chain besides the admin chain")]
    NoFaucetChain,
}

/// A running network.
pub struct LocalNet {
    /// Base URL of the faucet, if there is one.
    pub faucet: Option<String>,
    /// Addresses of the validators as in the committee, `grpc:127.0.0.1:PORT`.
    pub validators: Vec<String>,
    /// The genesis.
    pub genesis: Arc<GenesisConfig>,
    /// Where the genesis is kept, if there is a data folder.
    pub genesis_path: Option<PathBuf>,
    running: Vec<Validator>,
    shutdown: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
}

impl LocalNet {
    /// Starts a network within the present tokio runtime. Everything answers when this returns.
    ///
    /// # Errors
    /// [`LocalNetError`]; nothing keeps running then.
    pub async fn start(options: LocalNetOptions) -> Result<Self, LocalNetError> {
        let folder = options.data.as_deref().map(Folder::open).transpose()?;
        let known = folder.as_ref().map(Folder::read).transpose()?.flatten();
        let (identity, listeners) = match known {
            Some(identity) => reopen(identity).await?,
            None => create(&options, folder.as_ref()).await?,
        };
        let (shutdown, _) = watch::channel(false);
        let mut net = Self {
            faucet: None,
            validators: Vec::new(),
            genesis: Arc::new(identity.genesis.clone()),
            genesis_path: folder.as_ref().map(Folder::genesis),
            running: Vec::new(),
            shutdown,
            servers: Vec::new(),
        };
        let started = net.start_all(&options, folder.as_ref(), &identity, listeners).await;
        match started {
            Ok(()) => Ok(net),
            Err(error) => {
                net.stop().await;
                Err(error)
            }
        }
    }

    async fn start_all(
        &mut self,
        options: &LocalNetOptions,
        folder: Option<&Folder>,
        identity: &Identity,
        listeners: Vec<TcpListener>,
    ) -> Result<(), LocalNetError> {
        // Side by side, since each waits for its disk.
        let applications = outside::applications();
        let starting = (1..).zip(&identity.servers).map(|(number, server)| {
            let (folder, genesis) = (folder.cloned(), self.genesis.clone());
            let (secret, shards) = (server.secret(), server.internal_network.shards.len());
            let applications = applications.clone();
            tokio::task::spawn_blocking(move || {
                let storage = open_storage(folder.as_ref(), number)?;
                Ok(Validator::start(storage, &genesis, &secret, shards, applications)?)
            })
        });
        let mut failure = None;
        for started in join_all(starting).await {
            match started.map_err(|_| LocalNetError::Panicked).flatten() {
                Ok(validator) => self.running.push(validator),
                Err(error) => failure = Some(error),
            }
        }
        if let Some(error) = failure {
            return Err(error);
        }
        for ((server, listener), validator) in identity.servers.iter().zip(listeners).zip(&self.running) {
            let front = Arc::new(validator.front().clone());
            self.validators.push(server.validator.network.address().to_string());
            let shutdown = self.until_shutdown();
            self.servers.push(tokio::spawn(async move {
                if let Err(error) = serve(front, listener, shutdown).await {
                    log_server_error(&error);
                }
            }));
        }
        match options.faucet_port {
            Some(port) => self.start_faucet(port, options, folder, identity).await,
            None => Ok(()),
        }
    }

    async fn start_faucet(
        &mut self,
        port: u16,
        options: &LocalNetOptions,
        folder: Option<&Folder>,
        identity: &Identity,
    ) -> Result<(), LocalNetError> {
        let chain_id = self.root_chain(FAUCET_CHAIN_INDEX).ok_or(LocalNetError::NoFaucetChain)?;
        let listener = match folder.and_then(Folder::faucet_port) {
            Some(last) if port == 0 => bind_or_any(last).await,
            _ => bind(port).await,
        };
        let bind_error = |error| LocalNetError::Bind { port, error };
        let listener = listener.map_err(bind_error)?;
        let port = listener.local_addr().map_err(bind_error)?.port();
        if let Some(folder) = folder {
            folder.write_faucet_port(port)?;
        }
        let key = identity.key_of_chain(FAUCET_CHAIN_INDEX)?;
        let proposer = Proposer::new(chain_id, key, self.fronts());
        let mut faucet_options = FaucetOptions::new(options.faucet_amount);
        faucet_options.daily_claim_amount = options.faucet_daily_amount;
        let faucet = Faucet::start(Arc::new(proposer), self.genesis.clone(), faucet_options).await?;
        let shutdown = self.until_shutdown();
        self.servers.push(tokio::spawn(async move {
            if let Err(error) = serve_faucet(faucet, listener, shutdown).await {
                tracing::error!(%error, "the faucet's listener stopped");
            }
        }));
        self.faucet = Some(format!("http://127.0.0.1:{port}"));
        Ok(())
    }

    /// A root chain by its number in the genesis; 0 is the admin chain, 1 the faucet's.
    pub fn root_chain(&self, index: usize) -> Option<ChainId> {
        self.genesis.chains.get(index).map(walnut_base::ChainDescription::id)
    }

    /// The validators, to be asked without a network.
    pub fn fronts(&self) -> Vec<Front> {
        self.running.iter().map(|validator| validator.front().clone()).collect()
    }

    fn until_shutdown(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut shutdown = self.shutdown.subscribe();
        async move {
            if shutdown.wait_for(|is_stopping| *is_stopping).await.is_err() {
                tracing::debug!("the network was dropped, which is as good a reason to stop");
            }
        }
    }

    /// Answers open requests, stores what was decided, and ends everything.
    pub async fn stop(mut self) {
        for validator in &self.running {
            validator.end_subscriptions();
        }
        self.shutdown.send_replace(true);
        for server in self.servers.drain(..) {
            let abort = server.abort_handle();
            if tokio::time::timeout(SHUTDOWN_TIMEOUT, server).await.is_err() {
                tracing::warn!("a listener still had open connections");
                abort.abort();
            }
        }
        let running = std::mem::take(&mut self.running);
        let stopped =
            tokio::task::spawn_blocking(move || running.into_iter().for_each(Validator::stop)).await;
        if stopped.is_err() {
            tracing::error!("stopping a validator panicked");
        }
    }
}

fn log_server_error(error: &ServeError) {
    tracing::error!(%error, "a validator's listener stopped");
}

fn open_storage(folder: Option<&Folder>, number: usize) -> Result<ValidatorStorage, LocalNetError> {
    let Some(folder) = folder else { return Ok(ValidatorStorage::Memory(MemoryStorage::new())) };
    let storage = NativeStorage::open(&folder.database(number), DATABASE);
    storage.map(ValidatorStorage::Native).map_err(|error| LocalNetError::Storage { number, error })
}

/// Binds the ports of a network that exists.
async fn reopen(identity: Identity) -> Result<(Identity, Vec<TcpListener>), LocalNetError> {
    let mut listeners = Vec::new();
    for server in &identity.servers {
        let port = server.public_port();
        listeners.push(bind(port).await.map_err(|error| LocalNetError::Bind { port, error })?);
    }
    Ok((identity, listeners))
}

/// Binds free ports and makes a network of them.
async fn create(
    options: &LocalNetOptions,
    folder: Option<&Folder>,
) -> Result<(Identity, Vec<TcpListener>), LocalNetError> {
    if options.validators == 0 {
        return Err(LocalNetError::NoValidators);
    }
    let bind_error = |error| LocalNetError::Bind { port: 0, error };
    let mut listeners = Vec::new();
    let mut servers: Vec<ServerConfig> = Vec::new();
    for _ in 0..options.validators {
        let listener = bind(0).await.map_err(bind_error)?;
        let port = listener.local_addr().map_err(bind_error)?.port();
        servers.push(draw_server_config(&mut OsRng, &validator_options(port, options.shards)));
        listeners.push(listener);
    }
    let committee =
        CommitteeConfig { validators: servers.iter().map(|server| server.validator.clone()).collect() };
    let mut policy = options.policy.prices();
    policy.http_request_allow_list.extend(options.http_request_allow_list.iter().cloned());
    let genesis_options = GenesisOptions {
        other_chains: options.chains,
        initial_funding: options.initial_funding,
        policy,
        network_name: None,
        timestamp: now(),
    };
    let identity = Identity::new(create_genesis(&mut OsRng, committee, genesis_options)?, servers);
    if let Some(folder) = folder {
        folder.write(&identity)?;
    }
    Ok((identity, listeners))
}

/// One process with shards that have no ports of their own.
fn validator_options(port: u16, shards: usize) -> ValidatorOptions {
    let host = "127.0.0.1".to_owned();
    let protocol = NetworkKind::Grpc(TlsKind::ClearText);
    ValidatorOptions {
        server_config_path: PathBuf::new(),
        port,
        external_protocol: protocol,
        internal_protocol: protocol,
        proxies: Vec::new(),
        shards: vec![ShardConfig { host: host.clone(), port: 0, metrics_port: None }; shards],
        block_exporters: Vec::new(),
        host,
    }
}
