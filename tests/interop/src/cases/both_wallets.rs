//! Their wallet and ours together: payments, one chain of two owners, one application.

use anyhow::{Context as _, anyhow, ensure};
use serde_json::json;
use walnut_base::Account;
use walnut_forms::fungible;

use super::{Lab, Steps, steps::Failed};
use crate::our_wallet::{OurWallet, text};

/// Pays both ways, shares a chain, changes its owners, uses each other's application.
pub(super) fn scenario(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    let faucet = lab.network.faucet();
    let (theirs, (their_chain, their_owner)) = steps.get("their wallet claims", || {
        let wallet = lab.network.their_wallet("both-theirs")?;
        let chain = wallet.request_chain(&faucet)?;
        Ok(((wallet, chain), "claimed".to_owned()))
    })?;
    let (ours, (our_chain, our_owner)) = steps.get("our wallet claims", || {
        let wallet = OurWallet::init(lab.programs, &lab.network.folder().join("both-ours"), &faucet)?;
        let chain = wallet.request_chain()?;
        Ok(((wallet, chain), "claimed".to_owned()))
    })?;
    steps.step("payments both ways", || {
        theirs.ask(&["transfer", "--from", &their_chain, "--to", &our_chain, "1.25"])?;
        lab.check_balance(&ours.balance(&our_chain)?, "1001.25")?;
        ours.ask(&["transfer", &their_chain, "3.5"])?;
        theirs.ask(&["sync"])?;
        theirs.ask(&["process-inbox"])?;
        lab.check_balance(&theirs.ask(&["local-balance"])?, "1002.25")?;
        lab.check_balance(&ours.balance(&our_chain)?, "997.75")
    })?;
    let shared = steps.get("they open a chain for both", || {
        let owners = format!(r#"{{"{our_owner}":100,"{their_owner}":100}}"#);
        let printed = theirs.ask(&[
            "open-multi-owner-chain",
            "--from",
            &their_chain,
            "--owners",
            &owners,
            "--multi-leader-rounds",
            "10",
            "--initial-balance",
            "50",
        ])?;
        let chain = printed.lines().next().context("no chain")?.trim().to_owned();
        Ok((chain.clone(), chain))
    })?;
    steps.step("its owners take turns", || {
        ours.ask(&["adopt-chain", &shared])?;
        theirs.ask(&["assign", "--owner", &their_owner, "--chain-id", &shared])?;
        ours.ask(&["transfer", &our_chain, "5", "--chain", &shared])?;
        theirs.ask(&["sync", &shared])?;
        theirs.ask(&["transfer", "--from", &shared, "--to", &their_chain, "6"])?;
        ours.ask(&["transfer", &our_chain, "7", "--chain", &shared])?;
        lab.check_balance(&theirs.balance(&shared)?, "32")
    })?;
    steps.step("they change its owners; ours is refused", || {
        let owners = format!(r#"{{"{their_owner}":100}}"#);
        theirs.ask(&["change-ownership", "--chain-id", &shared, "--owners", &owners])?;
        ours.fail(&["transfer", &our_chain, "1", "--chain", &shared], "may not propose on chain")
    })?;
    steps.step("they publish and create, we call and ask", || {
        let counter = theirs.create(lab.programs, "counter", "null", "1")?;
        ours.ask(&["call", &counter, "--graphql", "mutation { increment(value: 4) }"])?;
        let mine = ours.ask(&["query", &counter, "{ value }"])?;
        ours.ask(&["sync", "--chain", &their_chain])?;
        let other = ours.ask(&["query", &counter, "{ value }", "--chain", &their_chain])?;
        ensure!((&mine, &other) == (&json!({ "value": 4 }), &json!({ "value": 1 })), "{mine} {other}");
        Ok("4 here, 1 there".to_owned())
    })?;
    let token = steps.get("we publish and create a token, they describe it", || {
        let (contract, service) = lab.programs.example("fungible");
        let module =
            ours.ask(&["publish-module", &contract.display().to_string(), &service.display().to_string()])?;
        let argument = json!({ "accounts": { &our_owner: "100" } }).to_string();
        let parameters = json!({ "ticker_symbol": "NUT" }).to_string();
        let module = text(&module["module"])?;
        let create = ["create-application", &module, "--parameters", &parameters, "--argument", &argument];
        let token = text(&ours.ask(&create)?["application"])?;
        let described = theirs.ask(&["describe-application", &token])?;
        ensure!(described.contains(&our_chain), "{described}");
        Ok((token.clone(), token))
    })?;
    steps.step("the token goes to their chain, and part of it back", || {
        let account = |chain: &str, owner: &str| -> anyhow::Result<Account> {
            Ok(Account { chain_id: chain.parse()?, owner: owner.parse()? })
        };
        let transfer = |owner: &str, amount: &str, target_account| -> anyhow::Result<fungible::Operation> {
            Ok(fungible::Operation::Transfer {
                owner: owner.parse()?,
                amount: amount.parse()?,
                target_account,
            })
        };
        let (to_them, to_us) = (account(&their_chain, &their_owner)?, account(&our_chain, &our_owner)?);
        let bytes = hex::encode(bcs::to_bytes(&transfer(&our_owner, "10", to_them)?)?);
        ours.ask(&["call", &token, "--bcs", &bytes])?;
        theirs.ask(&["sync"])?;
        theirs.ask(&["process-inbox"])?;
        theirs.call(&their_chain, &token, &transfer(&their_owner, "4", to_us)?)?;
        ours.balance(&our_chain)?;
        let bytes = hex::encode(bcs::to_bytes(&fungible::Operation::Balance { owner: our_owner.parse()? })?);
        let asked = ours.ask(&["call", &token, "--bcs", &bytes])?;
        let expected = fungible::Response::Balance("94".parse()?);
        let bytes = hex::decode(text(&asked["response"])?).map_err(|error| anyhow!("{asked}: {error}"))?;
        let found = bcs::from_bytes::<fungible::Response>(&bytes)?;
        ensure!(found == expected, "{found:?}");
        Ok("94 here, 6 there".to_owned())
    })
}
