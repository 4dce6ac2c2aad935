//! One validator loses its power while the others go on; then it is needed.

use super::{Lab, Steps, steps::Failed};
use crate::our_wallet::OurWallet;

/// The validator that falls behind, and the one that is away afterwards. In a mixed committee the first is the reference's, the
/// second ours.
const BEHIND: usize = 1;
const AWAY: usize = 2;

/// Pays with three validators of four, brings the fourth back, and pays with a quorum that needs it.
pub(super) fn scenario(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    let faucet = lab.network.faucet();
    let (theirs, (their_chain, _)) = steps.get("their wallet claims", || {
        let wallet = lab.network.their_wallet("outage-theirs")?;
        let chain = wallet.request_chain(&faucet)?;
        Ok(((wallet, chain), "claimed".to_owned()))
    })?;
    let (ours, (our_chain, _)) = steps.get("our wallet claims", || {
        let wallet = OurWallet::init(lab.programs, &lab.network.folder().join("outage-ours"), &faucet)?;
        let chain = wallet.request_chain()?;
        Ok(((wallet, chain), "claimed".to_owned()))
    })?;
    let pay = |rounds: usize| -> anyhow::Result<()> {
        for _ in 0..rounds {
            theirs.ask(&["transfer", "--from", &their_chain, "--to", &our_chain, "1"])?;
            ours.ask(&["transfer", &their_chain, "2"])?;
        }
        Ok(())
    };
    let behind = steps.get("a validator is killed; both pay with three", || {
        let stopped = lab.network.kill(BEHIND)?;
        pay(3)?;
        theirs.ask(&["sync"])?;
        theirs.ask(&["process-inbox"])?;
        lab.check_balance(&ours.balance(&our_chain)?, "997")?;
        Ok((stopped, "paid six times".to_owned()))
    })?;
    let back = steps
        .get("it comes back, behind", || Ok((behind.restart(&lab.programs.logs)?, "answers".to_owned())))?;
    let away = steps.get("another is killed: now it is needed, and brought up to date", || {
        let stopped = lab.network.kill(AWAY)?;
        pay(2)?;
        theirs.ask(&["sync"])?;
        theirs.ask(&["process-inbox"])?;
        lab.check_balance(&theirs.ask(&["local-balance"])?, "1005")?;
        lab.check_balance(&ours.balance(&our_chain)?, "995")?;
        Ok((stopped, "paid four times".to_owned()))
    })?;
    let again = steps.get("all are back", || {
        let restarted = away.restart(&lab.programs.logs)?;
        pay(1)?;
        Ok((restarted, "paid twice".to_owned()))
    })?;
    // What was started here is needed until the network ends.
    lab.keep([back, again]);
    Ok(())
}
