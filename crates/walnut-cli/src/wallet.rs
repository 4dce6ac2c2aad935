//! An open wallet: its folder, and a client that owns its chains.

use std::{path::Path, rc::Rc};

use rand_core::OsRng;
use walnut_base::{AccountOwner, AccountSecretKey, ChainId, ConfirmedBlockCertificate, GenesisConfig};
use walnut_client::{Client, Draft, LocalNode, Options, Outcome, Progress};
use walnut_execution::WasmApplications;
use walnut_storage::native::NativeStorage;

use crate::{
    error::CliError,
    faucet,
    folder::{Folder, KnownChain, WalletFile},
    host::{Connections, NativeHost},
    outside::NativeOutside,
};

/// See the module. The folder's database is locked while it lives.
pub struct Wallet {
    folder: Folder,
    file: WalletFile,
    client: Client<NativeHost<NativeStorage>>,
}

impl Wallet {
    /// Makes a wallet without chains in a folder.
    ///
    /// # Errors
    /// [`CliError::WalletExists`], [`CliError::File`], and [`CliError::Client`] when a database of another network is
    /// there.
    pub async fn create(
        path: &Path,
        genesis: &GenesisConfig,
        faucet: Option<String>,
    ) -> Result<Self, CliError> {
        let folder = Folder::create(path)?;
        let host = host(&folder)?;
        LocalNode::initialize(&host, genesis).await?;
        let file = WalletFile { genesis: genesis.hash(), faucet, chains: Vec::new() };
        folder.write(&file)?;
        Self::with(folder, file, host).await
    }

    /// Opens the wallet of a folder.
    ///
    /// # Errors
    /// [`CliError::NoWallet`], [`CliError::InUse`], [`CliError::OtherGenesis`], [`CliError::File`].
    pub async fn open(path: &Path) -> Result<Self, CliError> {
        let folder = Folder::open(path)?;
        let file = folder.read()?;
        let host = host(&folder)?;
        Self::with(folder, file, host).await
    }

    async fn with(
        folder: Folder,
        file: WalletFile,
        host: NativeHost<NativeStorage>,
    ) -> Result<Self, CliError> {
        // Who sees the program end wants its messages to have arrived.
        let options = Options { wait_for_outgoing_messages: true, ..Options::default() };
        let client = Client::open(Rc::new(host), options).await?;
        let found = client.network().genesis_config_hash;
        if found != file.genesis {
            return Err(CliError::OtherGenesis { expected: file.genesis, found });
        }
        for chain in &file.chains {
            client.own(chain.chain_id, chain.owner).await;
        }
        Ok(Self { folder, file, client })
    }

    /// The client.
    pub fn client(&self) -> &Client<NativeHost<NativeStorage>> {
        &self.client
    }

    /// The folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The wallet's chains; the first is meant when none is named.
    pub fn chains(&self) -> &[KnownChain] {
        &self.file.chains
    }

    /// The chain that is meant: the named one, or the first.
    ///
    /// # Errors
    /// [`CliError::NoChain`] and [`CliError::NotOwned`].
    pub fn chain(&self, named: Option<ChainId>) -> Result<KnownChain, CliError> {
        match named {
            None => self.chains().first().copied().ok_or(CliError::NoChain),
            Some(chain_id) => self
                .chains()
                .iter()
                .find(|chain| chain.chain_id == chain_id)
                .copied()
                .ok_or(CliError::NotOwned(chain_id)),
        }
    }

    /// Draws a key and gets a chain for it from a faucet: the given one, or the one that the wallet knows. A key that is
    /// here without a chain is used first: the faucet may have answered, and the answer was lost.
    ///
    /// # Errors
    /// [`CliError::NoFaucet`], [`CliError::Http`], [`CliError::Faucet`], and what downloading the chain ends with.
    pub async fn request_chain(&mut self, faucet: Option<String>) -> Result<KnownChain, CliError> {
        let url = faucet.or_else(|| self.file.faucet.clone()).ok_or(CliError::NoFaucet)?;
        let is_spare =
            |key: &AccountSecretKey| self.file.chains.iter().all(|chain| chain.owner != key.owner());
        let key = match self.folder.keys()?.into_iter().find(is_spare) {
            Some(key) => key,
            None => self.folder.add_key(AccountSecretKey::generate(&mut OsRng))?,
        };
        let owner = key.owner();
        let claimed = faucet::claim(&url, owner)?;
        let chain = KnownChain { chain_id: claimed.chain_id, owner };
        self.file.chains.push(chain);
        self.folder.write(&self.file)?;
        self.client.host().add_key(Rc::new(key));
        self.client.own(chain.chain_id, owner).await;
        self.client.sync_chain(chain.chain_id).await?;
        Ok(chain)
    }

    /// Draws a key that has no chain yet. It is stored when this returns.
    ///
    /// # Errors
    /// [`CliError::File`].
    pub fn draw_key(&mut self) -> Result<AccountOwner, CliError> {
        let key = self.folder.add_key(AccountSecretKey::generate(&mut OsRng))?;
        let owner = key.owner();
        self.client.host().add_key(Rc::new(key));
        Ok(owner)
    }

    /// Takes in a chain of which a key of this wallet is an owner; `named`, or the first that is one. A chain that is the
    /// wallet's already is signed for by that owner from now on.
    ///
    /// # Errors
    /// [`CliError::NoOwner`], [`CliError::File`], and what downloading the chain ends with.
    pub async fn adopt_chain(
        &mut self,
        chain_id: ChainId,
        named: Option<AccountOwner>,
    ) -> Result<KnownChain, CliError> {
        let info = self.client.sync_chain(chain_id).await?;
        let ownership = info.manager.ownership;
        let is_owner = |owner: &AccountOwner| {
            named.is_none_or(|named| named == *owner) && ownership.all_owners().any(|other| other == owner)
        };
        let mut owners = self.folder.keys()?.into_iter().map(|key| key.owner());
        let owner = owners.find(is_owner).ok_or(CliError::NoOwner(chain_id))?;
        let chain = KnownChain { chain_id, owner };
        self.file.chains.retain(|known| known.chain_id != chain_id);
        self.file.chains.push(chain);
        self.folder.write(&self.file)?;
        self.client.own(chain_id, owner).await;
        Ok(chain)
    }

    /// Brings the chain up to date and makes a block of what waits in its inbox and of the draft.
    ///
    /// # Errors
    /// [`CliError::Client`], [`CliError::Conflict`] and [`CliError::NotNow`].
    pub async fn execute(
        &self,
        chain_id: ChainId,
        draft: Draft,
    ) -> Result<ConfirmedBlockCertificate, CliError> {
        Box::pin(self.client.sync_all(chain_id)).await?;
        let execute = self.client.execute(chain_id, draft.operations, draft.blobs, &note);
        committed(Box::pin(execute).await?)
    }
}

/// The certificate, if the block was made.
pub(crate) fn committed(outcome: Outcome) -> Result<ConfirmedBlockCertificate, CliError> {
    match outcome {
        Outcome::Committed(certificate) => Ok(*certificate),
        Outcome::Conflict(certificate) => Err(CliError::Conflict(certificate.height())),
        Outcome::WaitForTimeout { timestamp, current_round, .. } => {
            Err(CliError::NotNow { round: current_round, until: timestamp })
        }
    }
}

/// Steps go to the log.
pub(crate) fn note(step: Progress) {
    match step {
        Progress::SpreadFailed(error) => {
            tracing::warn!(%error, "the block is final, but too few validators took its certificate yet");
        }
        step => tracing::info!(?step),
    }
}

fn host(folder: &Folder) -> Result<NativeHost<NativeStorage>, CliError> {
    let applications = WasmApplications::new(NativeOutside::default());
    let keys = folder.keys()?.into_iter().map(Rc::new);
    Ok(NativeHost::new(folder.database()?, applications, Connections::default(), keys))
}
