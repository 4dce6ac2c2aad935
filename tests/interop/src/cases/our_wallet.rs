//! Our wallet alone: the program `walnut`, which has the same node as the extension.

use anyhow::ensure;
use serde_json::json;
use walnut_base::{AccountOwner, ChainOwnership, OpenChainConfig, SystemOperation, TimeoutConfig};

use super::{Lab, Steps, steps::Failed};
use crate::our_wallet::{OurWallet, text};

/// Claims, pays, shares a chain, closes one, publishes, calls, asks.
pub(super) fn scenario(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    let faucet = lab.network.faucet();
    let new = |name: &str| OurWallet::init(lab.programs, &lab.network.folder().join(name), &faucet);
    let (ana, (ana_chain, ana_owner)) = steps.get("init from the faucet, request-chain", || {
        let wallet = new("our-ana")?;
        let chain = wallet.request_chain()?;
        let told = lab.check_balance(&wallet.balance(&chain.0)?, "1000")?;
        Ok(((wallet, chain), told))
    })?;
    let (ben, (ben_chain, ben_owner)) = steps.get("a second wallet", || {
        let wallet = new("our-ben")?;
        let chain = wallet.request_chain()?;
        Ok(((wallet, chain), "claimed".to_owned()))
    })?;
    steps.step("transfer, process-inbox", || {
        ana.ask(&["transfer", &ben_chain, "12.5"])?;
        lab.check_balance(&ana.balance(&ana_chain)?, "987.5")?;
        lab.check_balance(&ben.balance(&ben_chain)?, "1012.5")
    })?;
    steps.step("accounts of owners", || {
        let account = format!("{ben_owner}@{ben_chain}");
        ana.ask(&["transfer", &account, "7.5"])?;
        ben.balance(&ben_chain)?;
        ben.ask(&["transfer", &ben_chain, "2.5", "--from", &ben_owner])?;
        let owners = &ben.ask(&["balance"])?["owners"];
        ensure!(owners[&ben_owner] == "5", "accounts {owners}");
        Ok("5 left".to_owned())
    })?;
    let shared = steps.get("open a chain of two owners", || {
        let owners = [&ana_owner, &ben_owner].map(|owner| owner.parse::<AccountOwner>());
        let [first, second] = owners;
        let ownership =
            ChainOwnership::multiple([(first?, 100), (second?, 100)], 10, TimeoutConfig::default());
        let config = OpenChainConfig {
            ownership,
            balance: "100".parse()?,
            application_permissions: Default::default(),
        };
        let made = ana.execute(&ana_chain, [SystemOperation::OpenChain(config)])?;
        let chain = text(&made["created"][0])?;
        let chain = chain.rsplit(':').next().unwrap_or(&chain).to_owned();
        Ok((chain.clone(), chain))
    })?;
    steps.step("both owners make blocks", || {
        ana.ask(&["adopt-chain", &shared])?;
        ben.ask(&["adopt-chain", &shared])?;
        ana.ask(&["transfer", &ana_chain, "10", "--chain", &shared])?;
        ben.ask(&["transfer", &ben_chain, "20", "--chain", &shared])?;
        ana.ask(&["transfer", &ana_chain, "30", "--chain", &shared])?;
        lab.check_balance(&ben.balance(&shared)?, "40")
    })?;
    steps.step("change the owners; who is out is refused", || {
        let change = SystemOperation::ChangeOwnership {
            super_owners: Vec::new(),
            owners: vec![(ben_owner.parse()?, 100)],
            multi_leader_rounds: 10,
            open_multi_leader_rounds: false,
            timeout_config: TimeoutConfig::default(),
        };
        ben.execute(&shared, [change])?;
        ana.fail(&["transfer", &ana_chain, "1", "--chain", &shared], "may not propose on chain")
    })?;
    steps.step("close a chain; a payment bounces", || {
        let before = ana.balance(&ana_chain)?;
        ben.execute(&shared, [SystemOperation::CloseChain])?;
        ana.ask(&["transfer", &shared, "3"])?;
        ben.ask(&["process-inbox", "--chain", &shared])?;
        lab.check_balance(&ana.balance(&ana_chain)?, &before)
    })?;
    steps.step("publish data, read it on another chain", || {
        let file = lab.network.folder().join("our-data");
        std::fs::write(&file, b"a file of ours that anybody can read")?;
        let hash = text(&ana.ask(&["publish-data", &file.display().to_string()])?["hash"])?;
        let blob_id = walnut_base::BlobId { hash: hash.parse()?, blob_type: walnut_base::BlobType::Data };
        ben.execute(&ben_chain, [SystemOperation::VerifyBlob { blob_id }])?;
        Ok(hash)
    })?;
    steps.step("counter: publish, create, call, ask", || {
        let (contract, service) = lab.programs.example("counter");
        let module =
            ana.ask(&["publish-module", &contract.display().to_string(), &service.display().to_string()])?;
        let created = ana.ask(&["create-application", &text(&module["module"])?, "--argument", "35"])?;
        let counter = text(&created["application"])?;
        ana.ask(&["call", &counter, "--graphql", "mutation { increment(value: 7) }"])?;
        ben.ask(&["call", &counter, "--graphql", "mutation { increment(value: 5) }"])?;
        let values =
            (ana.ask(&["query", &counter, "{ value }"])?, ben.ask(&["query", &counter, "{ value }"])?);
        ensure!(values == (json!({ "value": 42 }), json!({ "value": 5 })), "{values:?}");
        Ok("42 and 5".to_owned())
    })
}
