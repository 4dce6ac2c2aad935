//! Applications on a network, for a wallet in a browser to call.

use anyhow::{Context as _, Result, bail};
use walnut_base::{ApplicationId, ModuleId};
use walnut_cli::Connections;
use walnut_client::{Draft, created_application};

use crate::{
    applications::{CONTRACT, SERVICE, loop_contract},
    load::Sender,
    network::Network,
};

/// The chain that has them.
pub(crate) const CHAIN: usize = 3;

/// Two applications.
pub(crate) struct Published {
    /// A counter whose value is 7.
    pub(crate) counter: ApplicationId,
    /// One that turns in a loop as often as an operation says.
    pub(crate) turner: ApplicationId,
}

impl Published {
    /// Publishes both on a chain of the network.
    pub(crate) fn publish(network: &Network, chain: usize) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let (chain_id, key) = network.chain(chain)?;
            let sender = Sender::open(&network.genesis, &Connections::default(), chain_id, key).await?;
            let service = wat::parse_str(include_str!("../modules/loop_service.wat"))
                .context("the loop's service is no module")?;
            let counter = create(&sender, module(&sender, CONTRACT, SERVICE).await?, "7").await?;
            let turner = create(&sender, module(&sender, &loop_contract()?, &service).await?, "null").await?;
            Ok(Self { counter, turner })
        })
    }
}

async fn module(sender: &Sender, contract: &[u8], service: &[u8]) -> Result<ModuleId> {
    let (module_id, draft) = Draft::publish_module(contract, service)?;
    sender.make(draft).await?;
    Ok(module_id)
}

async fn create(sender: &Sender, module_id: ModuleId, argument: &str) -> Result<ApplicationId> {
    let draft = Draft::create_application(module_id, "null", argument, Vec::new())?;
    let block = sender.make(draft).await?;
    let Some(id) = created_application(block.block()) else { bail!("no application was created") };
    Ok(id)
}
