//! The data folder of a local network: `genesis.json`, `keystore.json`, `server_N.json`, `faucet.json`, and one database
//! folder per validator, `validator_N`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use walnut_base::{AccountSecretKey, GenesisConfig, wallet_file::KeystoreFile};

use crate::genesis::{CreatedGenesis, FileError, ServerConfig, read_json, write_json, write_secret_json};

/// A data folder cannot be used.
#[derive(Debug, Error)]
pub enum FolderError {
    /// A file of it cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The folder cannot be made.
    #[error("{path}: {error}", path = path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// The keystore lacks the key of a chain.
    #[error("keystore.json has no key for the faucet's chain")]
    NoKey,
}

/// Facts that the faucet keeps beside its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FaucetFile {
    /// The port of the last time.
    pub(super) port: u16,
}

/// A network's identity: what a restart needs.
pub(super) struct Identity {
    /// The genesis.
    pub(super) genesis: GenesisConfig,
    /// The keys of its root chains.
    pub(super) keystore: KeystoreFile,
    /// One per validator.
    pub(super) servers: Vec<ServerConfig>,
}

impl Identity {
    pub(super) fn new(created: CreatedGenesis, servers: Vec<ServerConfig>) -> Self {
        Self { genesis: created.genesis.clone(), keystore: created.into_keystore(), servers }
    }

    /// The key of a root chain.
    pub(super) fn key_of_chain(&self, index: usize) -> Result<AccountSecretKey, FolderError> {
        let ownership = self.genesis.chains.get(index).map(|chain| &chain.config.ownership);
        let owner =
            ownership.and_then(|ownership| ownership.all_owners().next()).ok_or(FolderError::NoKey)?;
        let found = self.keystore.keys.iter().find(|(other, _)| other == owner);
        let (_, key) = found.ok_or(FolderError::NoKey)?;
        // Secret keys are not `Clone`; the keystore's text form is the way to a copy.
        let text = serde_json::to_string(&key.0).map_err(FileError::content(Path::new("keystore.json")))?;
        Ok(serde_json::from_str(&text).map_err(FileError::content(Path::new("keystore.json")))?)
    }
}

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder if needed.
    pub(super) fn open(path: &Path) -> Result<Self, FolderError> {
        fs::create_dir_all(path).map_err(|error| FolderError::Io { path: path.to_owned(), error })?;
        let path = path.canonicalize().map_err(|error| FolderError::Io { path: path.to_owned(), error })?;
        Ok(Self { path })
    }

    /// Where the genesis is.
    pub(super) fn genesis(&self) -> PathBuf {
        self.path.join("genesis.json")
    }

    /// Where a validator's database is; validators count from 1.
    pub(super) fn database(&self, number: usize) -> PathBuf {
        self.path.join(format!("validator_{number}"))
    }

    fn server(&self, number: usize) -> PathBuf {
        self.path.join(format!("server_{number}.json"))
    }

    /// What was there before; none in a fresh folder.
    pub(super) fn read(&self) -> Result<Option<Identity>, FolderError> {
        if !self.genesis().exists() {
            return Ok(None);
        }
        let mut servers = Vec::new();
        while self.server(servers.len() + 1).exists() {
            servers.push(read_json(&self.server(servers.len() + 1))?);
        }
        let keystore = read_json(&self.path.join("keystore.json"))?;
        Ok(Some(Identity { genesis: read_json(&self.genesis())?, keystore, servers }))
    }

    /// Keeps a new network. The genesis is written last: without it the folder counts as fresh.
    pub(super) fn write(&self, identity: &Identity) -> Result<(), FolderError> {
        for (number, server) in (1..).zip(&identity.servers) {
            write_secret_json(&self.server(number), server)?;
        }
        write_secret_json(&self.path.join("keystore.json"), &identity.keystore)?;
        Ok(write_json(&self.genesis(), &identity.genesis)?)
    }

    /// The faucet's port of the last time.
    pub(super) fn faucet_port(&self) -> Option<u16> {
        read_json::<FaucetFile>(&self.path.join("faucet.json")).ok().map(|file| file.port)
    }

    /// Remembers the faucet's port.
    pub(super) fn write_faucet_port(&self, port: u16) -> Result<(), FolderError> {
        Ok(write_json(&self.path.join("faucet.json"), &FaucetFile { port })?)
    }
}
