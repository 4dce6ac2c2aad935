//! The admin changes prices and the committee; everybody follows.

use anyhow::{Context as _, ensure};

use super::{Lab, Steps, steps::Failed};
use crate::{network::Network, our_wallet::OurWallet, running::tail};

/// A price, then a validator leaves and comes back; epochs are revoked; both wallets go on paying.
pub(super) fn scenario(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    let faucet = lab.network.faucet();
    let admin = steps.get("the admin's keys in a new wallet of theirs", || {
        Ok((lab.network.admin()?, "the admin chain is synced".to_owned()))
    })?;
    let (theirs, (their_chain, _)) = steps.get("their wallet claims", || {
        let wallet = lab.network.their_wallet("committee-theirs")?;
        let chain = wallet.request_chain(&faucet)?;
        Ok(((wallet, chain), "claimed".to_owned()))
    })?;
    let (ours, (our_chain, _)) = steps.get("our wallet claims", || {
        let wallet = OurWallet::init(lab.programs, &lab.network.folder().join("committee-ours"), &faucet)?;
        let chain = wallet.request_chain()?;
        Ok(((wallet, chain), "claimed".to_owned()))
    })?;
    let pay = || -> anyhow::Result<()> {
        theirs.ask(&["transfer", "--from", &their_chain, "--to", &our_chain, "1"])?;
        ours.balance(&our_chain)?;
        ours.ask(&["transfer", &their_chain, "1"])?;
        theirs.ask(&["sync"])?;
        theirs.ask(&["process-inbox"])?;
        Ok(())
    };
    steps.step("resource-control-policy", || {
        let printed = admin.ask(&["resource-control-policy", "--operation-byte", "0.000000001"])?;
        pay()?;
        Ok(tail(&printed).chars().take(60).collect())
    })?;
    let removed = steps.get("validator remove", || {
        let printed = admin.ask(&["validator", "list"])?;
        let address = Network::validator_address(3);
        let line =
            printed.lines().position(|line| line.contains(&address)).context("validator 4 is not listed")?;
        let is_key = |word: &&str| word.len() == 66 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let words = printed.lines().skip(line.saturating_sub(2)).take(3).flat_map(str::split_whitespace);
        let key = words.into_iter().find(is_key).with_context(|| printed.clone())?.to_owned();
        admin.ask(&["validator", "remove", "--public-key", &key])?;
        pay()?;
        Ok((key.clone(), key))
    })?;
    steps.step("revoke-epochs", || {
        admin.ask(&["revoke-epochs", "1"])?;
        pay()?;
        let said = theirs.ask(&["validator", "list"])?;
        ensure!(!said.contains(&removed), "{removed} is still listed");
        Ok("three validators".to_owned())
    })
}
