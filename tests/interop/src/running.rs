//! Programs that run beside this one.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};

/// How long a command of a wallet may take. Debug builds of the reference on two cores are slow.
const COMMAND_TIME: Duration = Duration::from_secs(180);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// A server. It and its children are ended when this is dropped.
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts it with both outputs in a file.
    pub(crate) fn start(command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let file = File::create(log).with_context(|| log.display().to_string())?;
        // A group of its own, so that what it starts ends with it.
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn()?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Waits until its log holds this text.
    pub(crate) fn wait_for(&mut self, text: &str, limit: Duration) -> anyhow::Result<String> {
        let begin = Instant::now();
        loop {
            let log = self.log_text();
            if log.contains(text) {
                return Ok(log);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("ended with {status}: {}", tail(&log));
            }
            ensure!(begin.elapsed() < limit, "not ready after {limit:?}: {}", tail(&log));
            thread::sleep(PAUSE);
        }
    }

    /// What it has said.
    pub(crate) fn log_text(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        for signal in ["-TERM", "-KILL"] {
            if let Err(error) =
                Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status()
            {
                eprintln!("kill {group}: {error}");
            }
            thread::sleep(PAUSE * 10);
        }
        if let Err(error) = self.child.wait() {
            eprintln!("wait {group}: {error}");
        }
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<Output> {
    std::os::unix::process::CommandExt::process_group(command, 0);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let id = child.id();
    let (done, waits) = std::sync::mpsc::channel();
    thread::spawn(move || done.send(child.wait_with_output()));
    match waits.recv_timeout(COMMAND_TIME) {
        Ok(output) => Ok(output?),
        Err(_) => {
            Command::new("kill").args(["-KILL", "--", &format!("-{id}")]).status()?;
            bail!("no answer after {COMMAND_TIME:?}")
        }
    }
}

/// The end of a text, on one line.
pub(crate) fn tail(text: &str) -> String {
    const LENGTH: usize = 600;
    let start = text.char_indices().rev().nth(LENGTH).map_or(0, |(index, _)| index);
    text[start..].split_whitespace().collect::<Vec<_>>().join(" ")
}
