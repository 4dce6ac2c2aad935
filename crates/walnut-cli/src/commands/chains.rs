//! The wallet and its chains.

use std::path::Path;

use serde_json::json;
use walnut_base::{ChainId, ChainInfoQuery, GenesisConfig};
use walnut_client::{Client, Host};

use super::{AdoptChain, Init, OnChain, RequestChain, tokens};
use crate::{
    error::CliError,
    faucet,
    folder::{KnownChain, read_json},
    report::Report,
    wallet::Wallet,
};

const WARNING: &str = "Keys are stored there unencrypted: keep nothing of value in this wallet.";

pub(super) async fn init(folder: &Path, args: Init) -> Result<Report, CliError> {
    let genesis: GenesisConfig = match (&args.faucet, &args.genesis) {
        (_, Some(path)) => read_json(path)?,
        (Some(url), None) => faucet::genesis(url)?,
        (None, None) => return Err(CliError::NoFaucet),
    };
    let found = genesis.hash();
    if let Some(expected) = args.genesis_hash
        && expected != found
    {
        return Err(CliError::OtherGenesis { expected, found });
    }
    let wallet = Wallet::create(folder, &genesis, args.faucet).await?;
    let network = &wallet.client().network().name;
    let path = wallet.folder().path().display().to_string();
    Ok(Report::new(
        format!("A wallet for the network {network} is in {path}.\nGenesis: {found}\n{WARNING}"),
        json!({ "network": network, "genesis": found, "folder": path, "warning": WARNING }),
    ))
}

pub(super) async fn request_chain(wallet: &mut Wallet, args: RequestChain) -> Result<Report, CliError> {
    let chain = wallet.request_chain(args.faucet).await?;
    let balance = tokens(wallet.client().local().balances(chain.chain_id).await.map_err(local)?.chain);
    let path = wallet.folder().keystore_path().display().to_string();
    Ok(Report::new(
        format!(
            "{}\nOwner: {}\nBalance: {balance}\nIts key is in {path}, unencrypted.",
            chain.chain_id, chain.owner
        ),
        json!({ "chain": chain.chain_id, "owner": chain.owner, "balance": balance, "keystore": path }),
    ))
}

pub(super) fn keygen(wallet: &mut Wallet) -> Result<Report, CliError> {
    let owner = wallet.draw_key()?;
    Ok(Report::new(owner.to_string(), json!({ "owner": owner })))
}

pub(super) async fn adopt_chain(wallet: &mut Wallet, args: &AdoptChain) -> Result<Report, CliError> {
    let chain = wallet.adopt_chain(args.chain_id, args.owner).await?;
    summaries(wallet, &[chain]).await
}

pub(super) async fn chains(wallet: &Wallet) -> Result<Report, CliError> {
    summaries(wallet, wallet.chains()).await
}

pub(super) async fn sync(wallet: &Wallet, args: &OnChain) -> Result<Report, CliError> {
    let chains = match args.chain {
        Some(chain_id) => match wallet.chain(args.chain) {
            Ok(chain) => vec![chain],
            Err(_) => return sync_other(wallet, chain_id).await,
        },
        None => wallet.chains().to_vec(),
    };
    if chains.is_empty() {
        return Err(CliError::NoChain);
    }
    for chain in &chains {
        Box::pin(wallet.client().sync_all(chain.chain_id)).await?;
    }
    summaries(wallet, &chains).await
}

/// Somebody else's chain, so that applications can be asked about it.
async fn sync_other(wallet: &Wallet, chain_id: ChainId) -> Result<Report, CliError> {
    let info = Box::pin(wallet.client().sync_chain(chain_id)).await?;
    let (height, balance) = (info.next_block_height.0, tokens(info.chain_balance));
    Ok(Report::new(
        format!("{chain_id}\n  {height} blocks, {balance} tokens"),
        json!([{ "chain": chain_id, "height": height, "balance": balance }]),
    ))
}

pub(super) async fn balance(wallet: &Wallet, args: &OnChain) -> Result<Report, CliError> {
    let chain = wallet.chain(args.chain)?;
    let balances = wallet.client().local().balances(chain.chain_id).await.map_err(local)?;
    let mut lines = vec![format!("{} on {}", tokens(balances.chain), chain.chain_id)];
    let mut owners = serde_json::Map::new();
    for (owner, amount) in balances.owners {
        lines.push(format!("{} of {owner}", tokens(amount)));
        owners.insert(owner.to_string(), tokens(amount).into());
    }
    let json = json!({ "chain": chain.chain_id, "balance": tokens(balances.chain), "owners": owners });
    Ok(Report::new(lines.join("\n"), json))
}

async fn summaries(wallet: &Wallet, chains: &[KnownChain]) -> Result<Report, CliError> {
    let mut lines = Vec::new();
    let mut values = Vec::new();
    for chain in chains {
        let (height, balance, waiting) = summary(wallet.client(), chain).await?;
        lines.push(format!(
            "{}\n  owner {}\n  {height} blocks, {balance} tokens, {waiting} bundles in the inbox",
            chain.chain_id, chain.owner
        ));
        values.push(json!({
            "chain": chain.chain_id,
            "owner": chain.owner,
            "height": height,
            "balance": balance,
            "waiting": waiting,
        }));
    }
    let text = if lines.is_empty() { "No chains yet.".to_owned() } else { lines.join("\n") };
    Ok(Report::new(text, values.into()))
}

/// Blocks, tokens, and bundles that wait.
async fn summary<H: Host>(client: &Client<H>, chain: &KnownChain) -> Result<(u64, String, usize), CliError> {
    let query = ChainInfoQuery::new(chain.chain_id).with_pending_message_bundles();
    let info = client.local().chain_info(query).await.map_err(local)?;
    let waiting = info.requested_pending_message_bundles.len();
    Ok((info.next_block_height.0, tokens(info.chain_balance), waiting))
}

fn local(error: walnut_client::LocalError) -> CliError {
    CliError::Client(error.into())
}
