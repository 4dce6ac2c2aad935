//! Starting other programs: with their output shown, captured, logged or both shown and captured.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// One program call.
pub(crate) struct Run {
    command: Command,
    timeout: Option<Duration>,
}

impl Run {
    /// A call of `program`, found on PATH.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self { command: Command::new(program), timeout: None }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    pub(crate) fn without_env(mut self, key: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(key);
        self
    }

    pub(crate) fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Ends the program and everything it started when it takes longer.
    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.command.process_group(0);
        self.timeout = Some(timeout);
        self
    }

    /// The call as a person would type it.
    pub(crate) fn shown(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    /// Runs with output shown; an error unless it succeeds.
    pub(crate) fn status(mut self) -> Result<()> {
        let child = self.spawn()?;
        let status = wait(child, self.timeout)?;
        self.check(status, "")
    }

    /// Runs and returns standard output; standard error goes into the error.
    pub(crate) fn output(mut self) -> Result<String> {
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.spawn()?;
        let stdout = collect(child.stdout.take().expect("stdout is piped"));
        let stderr = collect(child.stderr.take().expect("stderr is piped"));
        let status = wait(child, self.timeout)?;
        let (stdout, stderr) = (join(stdout), join(stderr));
        self.check(status, &stderr)?;
        Ok(stdout)
    }

    /// Runs with output in a file; the end of the file goes into the error.
    pub(crate) fn logged(mut self, log: &Path) -> Result<()> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let second = file.try_clone().context("cannot share the log file")?;
        self.command.stdin(Stdio::null()).stdout(file).stderr(second);
        let child = self.spawn()?;
        let status = wait(child, self.timeout)?;
        let text = std::fs::read_to_string(log).unwrap_or_default();
        self.check(status, &text).with_context(|| format!("log: {}", log.display()))
    }

    /// Runs with output shown and kept: whether it succeeded, and all lines of both streams.
    pub(crate) fn tee(mut self) -> Result<(bool, String)> {
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.spawn()?;
        let kept = Arc::new(Mutex::new(String::new()));
        let out = echo(child.stdout.take().expect("stdout is piped"), Arc::clone(&kept));
        let err = echo(child.stderr.take().expect("stderr is piped"), Arc::clone(&kept));
        let status = wait(child, self.timeout)?;
        for thread in [out, err] {
            thread.join().expect("copying lines does not panic");
        }
        let text = kept.lock().expect("no holder of the lock panics").clone();
        Ok((status.success(), text))
    }

    /// Starts the program and hands it over.
    pub(crate) fn spawn_with(mut self, stdout: Stdio, stderr: Stdio) -> Result<Child> {
        self.command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        self.spawn()
    }

    fn spawn(&mut self) -> Result<Child> {
        self.command.spawn().with_context(|| format!("cannot start `{}`", self.shown()))
    }

    fn check(&self, status: ExitStatus, output: &str) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        bail!("`{}` failed ({status}){}", self.shown(), tail(output, 20))
    }
}

/// The last lines of a text, indented under the line before.
fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].iter().map(|line| format!("\n    {line}")).collect()
}

fn wait(mut child: Child, timeout: Option<Duration>) -> Result<ExitStatus> {
    let Some(timeout) = timeout else {
        return child.wait().context("cannot wait for a child process");
    };
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for a child process")? {
            return Ok(status);
        }
        if start.elapsed() > timeout {
            // The group carries the child's own number; `timeout()` has made it a group leader.
            let group = format!("-{}", child.id());
            let killed = Command::new("kill").args(["-KILL", "--", &group]).status();
            child.wait().context("cannot reap a child process")?;
            killed.context("cannot start kill")?;
            bail!("no end after {} s", timeout.as_secs());
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn collect(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // A broken pipe ends the text; the exit status says whether that was a failure.
        if stream.read_to_end(&mut bytes).is_err() {
            bytes.extend_from_slice(b"\n(output cut off)");
        }
        bytes
    })
}

fn join(thread: thread::JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&thread.join().expect("reading a pipe does not panic")).into_owned()
}

fn echo(stream: impl Read + Send + 'static, kept: Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line);
            print!("{text}");
            kept.lock().expect("no holder of the lock panics").push_str(&text);
            line.clear();
        }
    })
}

#[cfg(test)]
mod tests;
