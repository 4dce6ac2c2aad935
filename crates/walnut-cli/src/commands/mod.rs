//! What `walnut` does.

mod applications;
mod audit;
mod blocks;
mod chains;

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};
use walnut_base::{
    Account, AccountOwner, Amount, ApplicationId, ChainId, ConfirmedBlockCertificate, CryptoHash, ModuleId,
};
use walnut_client::audit::Share;

use crate::{error::CliError, report::Report, wallet::Wallet};

/// A command with its arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a wallet for a network.
    Init(Init),
    /// Draws a key and gets a chain for it from a faucet.
    RequestChain(RequestChain),
    /// Draws a key without a chain; others can make its owner one of theirs.
    Keygen,
    /// Takes in a chain of which the wallet has an owner's key.
    AdoptChain(AdoptChain),
    /// Shows the wallet's chains, as far as they are known here.
    Chains,
    /// Shows what a chain and its owners hold, as far as it is known here.
    Balance(OnChain),
    /// Brings the wallet's chains up to date, or any chain that is named.
    Sync(OnChain),
    /// Makes blocks of what waits in a chain's inbox.
    ProcessInbox(OnChain),
    /// Sends tokens.
    Transfer(Transfer),
    /// Makes a block of operations from a file: anything that the protocol knows.
    Execute(Execute),
    /// Publishes a module: the bytecode of a contract and a service.
    PublishModule(PublishModule),
    /// Publishes a file that applications can read by its hash.
    PublishData(PublishData),
    /// Creates an application of a published module.
    CreateApplication(CreateApplication),
    /// Calls an application: one block.
    Call(Call),
    /// Asks the service of an application. Changes nothing, and needs no network once the application is here.
    Query(Query),
    /// Shows the applications that a chain knows.
    Applications(OnChain),
    /// Shows what an application consists of, wherever it is.
    Describe(Describe),
    /// Checks chains from their first block on: signatures, committees, messages, events, and every outcome.
    ///
    /// Ends with 1 when something is wrong, and with 3 when something could not be decided.
    Audit(Audit),
}

/// Arguments of `init`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("network").required(true).args(["faucet", "genesis"]))]
pub struct Init {
    /// Address of a faucet, which tells the network's genesis and gives chains.
    #[arg(long)]
    faucet: Option<String>,
    /// File with the network's genesis.
    #[arg(long)]
    genesis: Option<PathBuf>,
    /// What the genesis must hash to: a faucet could name any network.
    #[arg(long)]
    genesis_hash: Option<CryptoHash>,
}

/// Arguments of `request-chain`.
#[derive(Debug, Args)]
pub struct RequestChain {
    /// Another faucet than that of `init`.
    #[arg(long)]
    faucet: Option<String>,
}

/// Arguments of `adopt-chain`.
#[derive(Debug, Args)]
pub struct AdoptChain {
    /// The chain.
    chain_id: ChainId,
    /// Whose key signs, if the wallet has several of the chain's.
    #[arg(long)]
    owner: Option<AccountOwner>,
}

/// Arguments of `execute`.
#[derive(Debug, Args)]
pub struct Execute {
    /// A JSON list of operations in the protocol's own words, such as `[{"System": {"CloseChain": null}}]`.
    operations: PathBuf,
    #[command(flatten)]
    on: OnChain,
}

/// A command about one chain.
#[derive(Debug, Args)]
pub struct OnChain {
    /// The chain; without it the wallet's first, or all where that makes sense.
    #[arg(long)]
    chain: Option<ChainId>,
}

/// Arguments of `transfer`.
#[derive(Debug, Args)]
pub struct Transfer {
    /// To whom: a chain, or an owner's account on it as OWNER@CHAIN.
    to: Account,
    /// How many tokens.
    amount: Amount,
    /// From this owner's account on the chain instead of the chain's own balance.
    #[arg(long)]
    from: Option<AccountOwner>,
    #[command(flatten)]
    on: OnChain,
}

/// Arguments of `publish-module`.
#[derive(Debug, Args)]
pub struct PublishModule {
    /// The contract, as a compiler writes it: .wasm.
    contract: PathBuf,
    /// The service.
    service: PathBuf,
    #[command(flatten)]
    on: OnChain,
}

/// Arguments of `publish-data`.
#[derive(Debug, Args)]
pub struct PublishData {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    on: OnChain,
}

/// Arguments of `create-application`.
#[derive(Debug, Args)]
pub struct CreateApplication {
    /// What `publish-module` answered.
    module_id: ModuleId,
    /// Public parameters, JSON; part of the application's name.
    #[arg(long, default_value = "null")]
    parameters: String,
    /// What the contract is instantiated with, JSON.
    #[arg(long, default_value = "null")]
    argument: String,
    /// Applications that it depends on.
    #[arg(long, num_args = 1..)]
    requires: Vec<ApplicationId>,
    #[command(flatten)]
    on: OnChain,
}

/// Arguments of `call`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("operation").required(true).args(["bcs", "graphql"]))]
pub struct Call {
    /// The application.
    application_id: ApplicationId,
    /// The operation as the contract decodes it, in hexadecimal.
    #[arg(long)]
    bcs: Option<String>,
    /// A mutation: the service turns it into operations.
    #[arg(long)]
    graphql: Option<String>,
    /// Values of the mutation's variables: a JSON object.
    #[arg(long, conflicts_with = "bcs")]
    variables: Option<String>,
    #[command(flatten)]
    on: OnChain,
}

/// Arguments of `query`.
#[derive(Debug, Args)]
pub struct Query {
    /// The application.
    application_id: ApplicationId,
    /// The question, in GraphQL.
    graphql: String,
    /// Values of its variables: a JSON object.
    #[arg(long)]
    variables: Option<String>,
    /// The chain whose state is asked about; any chain. It is not synchronised.
    #[arg(long)]
    chain: Option<ChainId>,
}

/// Arguments of `describe`.
#[derive(Debug, Args)]
pub struct Describe {
    /// The application.
    application_id: ApplicationId,
}

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct Audit {
    /// The chains; without any all of the recording, or all of the wallet's.
    chains: Vec<ChainId>,
    /// A folder with a recorded network instead of the wallet's validators.
    #[arg(long)]
    recording: Option<PathBuf>,
    /// The wallet's own database instead of its validators.
    #[arg(long, conflicts_with = "recording")]
    local: bool,
    /// Ask every validator for every block, so that a block which only some of them show is found.
    #[arg(long, conflicts_with_all = ["recording", "local"])]
    every_validator: bool,
    /// Where the audit keeps its state, so that it can go on later. Without it in the wallet's folder; that of a recording
    /// is not kept.
    #[arg(long)]
    state: Option<PathBuf>,
    /// Where evidence is written.
    #[arg(long, default_value = ".")]
    evidence: PathBuf,
    /// Audit no more than so many chains, chosen by the seed; chains that they deal with are looked at in turn.
    #[arg(long)]
    sample: Option<usize>,
    /// What chooses the chains of a sample and of a share. Who shares the work agrees on one.
    #[arg(long, default_value = "")]
    seed: String,
    /// Audit this share of all chains, as K/M: the seed and a chain's name decide which share it is in.
    #[arg(long, default_value = "1/1")]
    of: Share,
    /// Chains at once.
    #[arg(long, default_value_t = 4)]
    at_once: usize,
    /// Check an evidence file instead, offline.
    #[arg(long, conflicts_with_all = ["chains", "local", "every_validator", "state", "sample"])]
    check: Option<PathBuf>,
    /// The network that the evidence has to be about; that of the recording if one is named.
    #[arg(long, requires = "check")]
    genesis: Option<PathBuf>,
}

impl Command {
    /// Does it, with the wallet in that folder.
    ///
    /// # Errors
    /// All of [`CliError`].
    pub fn run(self, folder: &Path) -> Result<Report, CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(CliError::file("the network"))?.block_on(Box::pin(self.execute(folder)))
    }

    async fn execute(self, folder: &Path) -> Result<Report, CliError> {
        match self {
            Self::Init(args) => return chains::init(folder, args).await,
            Self::Audit(args) if !args.needs_wallet() => return audit::without_wallet(&args).await,
            _ => {}
        }
        let mut wallet = Wallet::open(folder).await?;
        match self {
            // Answered above.
            Self::Init(_) => Err(CliError::WalletExists(folder.to_owned())),
            Self::RequestChain(args) => chains::request_chain(&mut wallet, args).await,
            Self::Keygen => chains::keygen(&mut wallet),
            Self::AdoptChain(args) => chains::adopt_chain(&mut wallet, &args).await,
            Self::Chains => chains::chains(&wallet).await,
            Self::Balance(args) => chains::balance(&wallet, &args).await,
            Self::Sync(args) => chains::sync(&wallet, &args).await,
            Self::ProcessInbox(args) => blocks::process_inbox(&wallet, &args).await,
            Self::Transfer(args) => blocks::transfer(&wallet, args).await,
            Self::Execute(args) => blocks::execute(&wallet, &args).await,
            Self::PublishModule(args) => blocks::publish_module(&wallet, &args).await,
            Self::PublishData(args) => blocks::publish_data(&wallet, &args).await,
            Self::CreateApplication(args) => blocks::create_application(&wallet, args).await,
            Self::Call(args) => applications::call(&wallet, args).await,
            Self::Query(args) => applications::query(&wallet, args).await,
            Self::Applications(args) => applications::applications(&wallet, &args).await,
            Self::Describe(args) => applications::describe(&wallet, &args).await,
            Self::Audit(args) => audit::with_wallet(&wallet, &args).await,
        }
    }
}

/// Tokens as people write them.
fn tokens(amount: Amount) -> String {
    amount.to_string().trim_end_matches('.').to_owned()
}

/// A block that was made, with what else there is to say about it.
fn made(certificate: &ConfirmedBlockCertificate, mut fields: Value) -> Value {
    fields["chain"] = json!(certificate.chain_id());
    fields["height"] = json!(certificate.height());
    fields["block"] = json!(certificate.hash());
    fields
}
