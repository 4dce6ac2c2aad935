//! The reference's published web client, in Chromium: `web/run.mjs` says one line for each thing that it tried.

use std::process::Command;

use anyhow::{bail, ensure};
use serde_json::Value;

use super::{Lab, Steps, steps::Failed};
use crate::{
    network::{Makeup, Rules, file_stem},
    running,
};

/// What `web/run.mjs` does, one row for each of its cases.
pub(super) fn scenario(lab: &Lab<'_>, steps: &mut Steps<'_>) -> Result<(), Failed> {
    let lines = steps.get("starts in a page", || {
        let mut command = Command::new("node");
        command.arg("run.mjs").arg(lab.network.faucet()).current_dir(&lab.programs.web_client);
        command.arg("--chromium").arg(&lab.programs.chromium.program);
        command.arg("--cli").arg(lab.programs.ours.join("walnut"));
        command.arg("--examples").arg(&lab.programs.examples);
        if lab.rules != Rules::NoFees {
            command.arg("--fees");
        }
        if let Some(folder) = &lab.programs.conversations {
            command.arg("--record").arg(folder.join(file_stem(lab.makeup, lab.rules)));
        }
        let output = running::run(&mut command)?;
        let said = String::from_utf8(output.stdout)?;
        let lines = said.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        ensure!(!lines.is_empty(), "{}", running::tail(&String::from_utf8_lossy(&output.stderr)));
        let told = format!("{} cases", lines.len());
        Ok((lines, told))
    })?;
    for line in lines {
        let name = line["case"].as_str().unwrap_or("?");
        let detail = line["detail"].as_str().map_or_else(|| line["detail"].to_string(), str::to_owned);
        // A refusal comes with a stack of calls.
        let detail = format!("{} ms  {}", line["ms"], detail.lines().next().unwrap_or_default());
        let outcome = steps.step(name, || match line["ok"].as_bool() {
            Some(true) => Ok(detail),
            // Seen where blocks cost something: transfers in turn both ways end in a message out of order.
            _ if lab.makeup == Makeup::Theirs => Ok(format!("FAILS BETWEEN THEIR OWN PROGRAMS: {detail}")),
            _ => bail!("{detail}"),
        });
        // The script goes on after a case that failed, and so does the table.
        drop(outcome);
    }
    Ok(())
}
