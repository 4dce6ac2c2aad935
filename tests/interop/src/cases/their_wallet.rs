//! The reference's command-line wallet alone.

use anyhow::{Context as _, ensure};

use super::{Lab, Steps, steps::Failed};

/// Claims, pays, shares a chain, closes one, publishes, calls.
pub(super) fn scenario(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    let faucet = lab.network.faucet();
    let (ana, (ana_chain, ana_owner)) = steps.get("init from the faucet, request-chain", || {
        let wallet = lab.network.their_wallet("their-ana")?;
        let chain = wallet.request_chain(&faucet)?;
        let told = lab.check_balance(&wallet.balance(&chain.0)?, "1000")?;
        Ok(((wallet, chain), told))
    })?;
    let (ben, (ben_chain, ben_owner)) = steps.get("a second wallet", || {
        let wallet = lab.network.their_wallet("their-ben")?;
        let chain = wallet.request_chain(&faucet)?;
        Ok(((wallet, chain), "claimed".to_owned()))
    })?;
    steps.step("transfer, process-inbox", || {
        ana.ask(&["transfer", "--from", &ana_chain, "--to", &ben_chain, "12.5"])?;
        ben.ask(&["sync"])?;
        ben.ask(&["process-inbox"])?;
        lab.check_balance(&ana.balance(&ana_chain)?, "987.5")?;
        lab.check_balance(&ben.ask(&["local-balance"])?, "1012.5")
    })?;
    steps.step("accounts of owners", || {
        let account = format!("{ben_owner}@{ben_chain}");
        ana.ask(&["transfer", "--from", &ana_chain, "--to", &account, "7.5"])?;
        lab.check_balance(&ben.balance(&account)?, "7.5")?;
        ben.ask(&["process-inbox"])?;
        ben.ask(&["transfer", "--from", &account, "--to", &ben_chain, "2.5"])?;
        lab.check_balance(&ben.ask(&["local-balance", &account])?, "5")
    })?;
    steps.step("validator query", || {
        let printed = ana.ask(&["validator", "query", &crate::network::Network::validator_address(0)])?;
        Ok(crate::running::tail(&printed).chars().take(90).collect())
    })?;
    steps.step("validator list", || {
        let printed = ana.ask(&["validator", "list"])?;
        let found = printed.matches("grpc:").count();
        ensure!(found == crate::network::Makeup::VALIDATORS, "{found} validators in {printed}");
        Ok(format!("{found} validators"))
    })?;
    let shared = steps.get("open-multi-owner-chain", || {
        let owners = format!(r#"{{"{ana_owner}":100,"{ben_owner}":100}}"#);
        let printed = ana.ask(&[
            "open-multi-owner-chain",
            "--from",
            &ana_chain,
            "--owners",
            &owners,
            "--multi-leader-rounds",
            "10",
            "--initial-balance",
            "100",
        ])?;
        let chain = printed.lines().next().context("no chain")?.trim().to_owned();
        Ok((chain.clone(), chain))
    })?;
    steps.step("both owners make blocks", || {
        ana.ask(&["sync", &shared])?;
        ana.ask(&["assign", "--owner", &ana_owner, "--chain-id", &shared])?;
        ben.ask(&["assign", "--owner", &ben_owner, "--chain-id", &shared])?;
        ana.ask(&["transfer", "--from", &shared, "--to", &ana_chain, "10"])?;
        ben.ask(&["sync", &shared])?;
        ben.ask(&["transfer", "--from", &shared, "--to", &ben_chain, "20"])?;
        ana.ask(&["sync", &shared])?;
        ana.ask(&["transfer", "--from", &shared, "--to", &ana_chain, "30"])?;
        lab.check_balance(&ben.balance(&shared)?, "40")
    })?;
    steps.step("change-ownership; who is out is refused", || {
        let owners = format!(r#"{{"{ben_owner}":100}}"#);
        ben.ask(&["change-ownership", "--chain-id", &shared, "--owners", &owners])?;
        ana.ask(&["sync", &shared])?;
        ana.fail(&["transfer", "--from", &shared, "--to", &ana_chain, "1"], "isn't owner on chain")
    })?;
    steps.step("close-chain; a payment bounces", || {
        ben.ask(&["close-chain", &shared])?;
        let before = ana.balance(&ana_chain)?;
        ana.ask(&["process-inbox"])?;
        ana.ask(&["transfer", "--from", &ana_chain, "--to", &shared, "3"])?;
        ben.ask(&["sync", &shared])?;
        ben.ask(&["process-inbox", &shared])?;
        lab.check_balance(&ana.balance(&ana_chain)?, &before)
    })?;
    steps.step("publish-data-blob, read-data-blob", || {
        let file = lab.network.folder().join("data");
        std::fs::write(&file, b"a file that anybody can read")?;
        let hash = ana.ask(&["publish-data-blob", &file.display().to_string()])?;
        ben.ask(&["read-data-blob", &hash])?;
        Ok(hash)
    })?;
    let counter = steps.get("publish-and-create", || {
        let (contract, service) = lab.programs.example("counter");
        let (contract, service) = (contract.display().to_string(), service.display().to_string());
        let printed = ana.ask(&["publish-and-create", &contract, &service, "--json-argument", "35"])?;
        let application = printed.lines().next_back().context("no application")?.trim().to_owned();
        Ok((application.clone(), application))
    })?;
    steps.step("execute-operation, on two chains", || {
        let call = ["execute-operation", "--application-id", &counter, "--operation", "000700000000000000"];
        ana.ask(&call)?;
        ben.ask(&call)?;
        Ok("called".to_owned())
    })?;
    steps.step("follow-chain --sync in a new wallet", || {
        let eva = lab.network.their_wallet("their-eva")?;
        eva.ask(&["wallet", "follow-chain", &ana_chain, "--sync"])?;
        let shown = eva.ask(&["wallet", "show", &ana_chain])?;
        lab.check_balance(&eva.ask(&["local-balance", &ana_chain])?, &ana.ask(&["local-balance"])?)?;
        Ok(crate::running::tail(&shown).chars().take(60).collect())
    })
}
