//! The reference's command-line wallet alone.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use walnut_forms::{counter, social};

use super::{Lab, Steps, steps::Failed};
use crate::{
    network::{Makeup, Network},
    running::{Running, tail},
    service::Service,
};

/// Blocks made until `watch` must have heard of one, and how long it has after each.
const WATCHED_BLOCKS_MAX: u32 = 10;
const WATCH_PAUSE: Duration = Duration::from_secs(5);

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
        let printed = ana.ask(&["validator", "query", &Network::validator_address(0)])?;
        Ok(tail(&printed).chars().take(90).collect())
    })?;
    steps.step("validator list", || {
        let printed = ana.ask(&["validator", "list"])?;
        let found = printed.matches("grpc:").count();
        ensure!(found == Makeup::VALIDATORS, "{found} validators in {printed}");
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
        let application = ana.create(lab.programs, "counter", "null", "35")?;
        Ok((application.clone(), application))
    })?;
    steps.step("execute-operation, on two chains", || {
        let operation = counter::Operation::Increment { value: 7 };
        ana.call(&ana_chain, &counter, &operation)?;
        ben.call(&ben_chain, &counter, &operation)?;
        Ok("called".to_owned())
    })?;
    steps.step("service: chains, a question, a mutation", || {
        let service = Service::start(&ana, &lab.programs.logs)?;
        let chains = service.ask("/", "query { chains { list } }")?;
        ensure!(chains.to_string().contains(&ana_chain), "{chains}");
        let path = format!("/chains/{ana_chain}/applications/{counter}");
        let before = service.ask(&path, "query { value }")?;
        service.ask(&path, "mutation { increment(value: 8) }")?;
        let after = service.ask(&path, "query { value }")?;
        ensure!(
            (before["value"].as_u64(), after["value"].as_u64()) == (Some(42), Some(50)),
            "{before} {after}"
        );
        Ok("42, then 50".to_owned())
    })?;
    steps.step("events: post, subscribe, read", || {
        let social = ana.create(lab.programs, "social", "null", "null")?;
        ana.call(&ana_chain, &social, &social::Operation::Post { text: "one".into() })?;
        ben.ask(&["sync", &ana_chain])?;
        ben.call(&ben_chain, &social, &social::Operation::Subscribe { chain_id: ana_chain.parse()? })?;
        ana.call(&ana_chain, &social, &social::Operation::Post { text: "two".into() })?;
        ben.ask(&["sync", &ana_chain])?;
        ben.ask(&["sync"])?;
        ben.ask(&["process-inbox"])?;
        let service = Service::start(&ben, &lab.programs.logs)?;
        let path = format!("/chains/{ben_chain}/applications/{social}");
        let feed = service.ask(&path, "query { count }")?;
        ensure!(feed["count"].as_u64() == Some(2), "{feed}");
        Ok("two posts of another chain".to_owned())
    })?;
    steps.step("change-application-permissions, show-ownership", || {
        let applications = format!(r#"["{counter}"]"#);
        ana.ask(&[
            "change-application-permissions",
            "--chain-id",
            &ana_chain,
            "--close-chain",
            &applications,
        ])?;
        let shown = ana.ask(&["show-ownership", "--chain-id", &ana_chain])?;
        ensure!(shown.contains(&ana_owner), "{shown}");
        Ok("changed".to_owned())
    })?;
    steps.step("open-chain; show-block; retry-pending-block", || {
        let printed = ana.ask(&["open-chain", "--from", &ana_chain, "--initial-balance", "5"])?;
        let chain = printed.lines().next().context("no chain")?.trim().to_owned();
        ana.ask(&["sync", &chain])?;
        ana.ask(&["transfer", "--from", &chain, "--to", &ana_chain, "1"])?;
        let shown = ana.ask(&["chain", "show-block", "0", &chain])?;
        ensure!(shown.contains("Transfer"), "{shown}");
        ana.ask(&["retry-pending-block", &chain])?;
        lab.check_balance(&ana.ask(&["local-balance", &chain])?, "4")
    })?;
    steps.step("validator sync", || {
        ana.ask(&["validator", "sync", &Network::validator_address(1), "--chains", &ana_chain])?;
        Ok("synced".to_owned())
    })?;
    let eva = steps.get("follow-chain --sync in a new wallet", || {
        let eva = lab.network.their_wallet("their-eva")?;
        eva.ask(&["wallet", "follow-chain", &ana_chain, "--sync"])?;
        let shown = eva.ask(&["wallet", "show", &ana_chain])?;
        lab.check_balance(&eva.ask(&["local-balance", &ana_chain])?, &ana.ask(&["local-balance"])?)?;
        Ok((eva, tail(&shown).chars().take(60).collect()))
    })?;
    steps.step("watch: hears of a block", || {
        let mut command = eva.command(&["watch", &ana_chain, "--raw"]);
        let mut watch = Running::start(&mut command, &lab.programs.logs.join("watch.log"))?;
        // It does not say when it listens, so it gets several blocks to hear of.
        for _ in 0..WATCHED_BLOCKS_MAX {
            ana.ask(&["transfer", "--from", &ana_chain, "--to", &ben_chain, "0.001"])?;
            if watch.wait_for("NewBlock", WATCH_PAUSE).is_ok() {
                return Ok("heard of".to_owned());
            }
        }
        bail!("heard of none of {WATCHED_BLOCKS_MAX} blocks: {}", tail(&watch.log_text()))
    })
}
